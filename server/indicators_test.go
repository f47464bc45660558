package server_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// knownLegs are five legs of one morning from the puskesmas to the hospital, each with a story of its own; the clock goes on to 5 April.
type knownLegs struct {
	w *world
	c *atTime
}

func (k knownLegs) send(t *testing.T, name string) string {
	t.Helper()
	filed, err := k.w.referrals().FileReferral(k.w.as("gizi-cibinong"), &pb.FileReferralRequest{
		RequestId: newID(), NewPerson: &pb.NewPerson{
			Name: name, Sex: pb.Sex_FEMALE, BirthDate: "2025-01-10", NikAbsence: pb.NikAbsence_NOT_SHOWN, Mother: &pb.Kin{Name: "Ibu " + name},
			Address: &pb.Address{AreaCode: "32.01.01.1006"},
		},
		Measurements: []*pb.NewMeasurement{{MeasuredOn: "2026-03-01", WeightKg: proto.Float64(7.2), LengthCm: proto.Float64(68), Position: pb.Position_LYING}},
		Legs:         []*pb.NewLeg{{Service: pb.ReferralServiceType_SPECIALIST_PEDIATRIC, ReceiverUnit: "units/RSUD-CIBINONG"}},
		Disclosures:  []*pb.NewDisclosure{care},
	})
	if err != nil {
		t.Fatal(err)
	}
	return filed.Legs[0].Referral
}

// at does one event on legs at a moment.
func (k knownLegs) at(t *testing.T, moment, as, event string, more object, legs ...string) {
	t.Helper()
	k.c.set(t, moment)
	k.w.renewed(t, as)
	for _, leg := range legs {
		k.w.event(as, leg, event, more).expect(t, 200, nil, nil)
	}
}

// figuresOf are the figures of a table as a whole: indicator and detail.
func figuresOf(m *pb.StatisticsTable) map[string]string {
	all := map[string]string{}
	for _, r := range m.Rows {
		all[strings.Join(strings.Fields(strings.Join([]string{r.Indikator, r.Rincian, r.SektorLain, r.StatusRujukan, r.Kategori}, " ")), " ")] = r.NilaiTampil
	}
	return all
}

// TestTheIndicatorsOfLegsAreThoseOfKnownLegs is A13 for the indicators of legs, from events by the API to the figure: each is counted by
// hand below.
func TestTheIndicatorsOfLegsAreThoseOfKnownLegs(t *testing.T) {
	t.Parallel()
	c := &atTime{}
	c.set(t, "2026-03-02 08:00")
	k := knownLegs{serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Now: c.now, Unlimited: true, NoSweep: true}), c}
	served, declined, cancelled, missed := k.send(t, "Dilayani"), k.send(t, "Ditolak"), k.send(t, "Batal"), k.send(t, "Mangkir")
	k.send(t, "Diam")
	k.at(t, "2026-03-02 09:00", "dokter-rsud", "acknowledge", nil, served, declined, cancelled, missed)
	k.at(t, "2026-03-02 10:00", "dokter-rsud", "accept", nil, served)
	k.at(t, "2026-03-02 14:00", "dokter-rsud", "decline", object{"reason": "NO_CAPACITY"}, declined)
	k.at(t, "2026-03-02 18:00", "gizi-cibinong", "cancel", object{"reason": "CLIENT_REQUEST"}, cancelled)
	k.at(t, "2026-03-03 08:00", "dokter-rsud", "recordProgress", object{"kind": "SERVED"}, served)
	k.at(t, "2026-03-03 09:00", "dokter-rsud", "accept", nil, missed)
	k.at(t, "2026-03-03 10:00", "dokter-rsud", "recordProgress", object{"kind": "SCHEDULED", "appointmentTime": "2026-03-04T02:00:00Z"}, missed)
	k.at(t, "2026-03-03 12:00", "dokter-rsud", "reportOutcome", object{"outcome": "FULL", "summary": "selesai"}, served)
	k.at(t, "2026-03-03 13:00", "gizi-cibinong", "confirm", nil, served)
	k.at(t, "2026-03-04 10:00", "dokter-rsud", "recordProgress", object{"kind": "NO_SHOW"}, missed)
	c.set(t, "2026-04-05 08:00")
	for _, ask := range []struct{ who, table string }{{"kepala-cibinong", "referral-out-month"}, {"kepala-rsud", "referral-in-month"}} {
		k.w.renewed(t, ask.who)
		m, err := k.w.statistics().QueryLive(k.w.as(ask.who), &pb.QueryLiveRequest{Table: ask.table, Period: "2026-03"})
		if err != nil {
			t.Fatal(err)
		}
		got := figuresOf(m)
		for key, want := range map[string]string{
			"legs_sent HEALTH CLOSED": "1", "legs_sent HEALTH DECLINED": "1", "legs_sent HEALTH SENT": "1", "legs_sent HEALTH CANCELLED": "1",
			"acknowledged_pct": "80", "accepted_pct": "40", // 4 and 2 of 5
			"served_pct": "20", "closed_pct": "20", // 1 of 5 chains
			"acceptance_pct":             "67",        // 2 of 3 that were decided
			"decision_hours_median":      "25",        // 2, 6, 25 and two that rank last: the third
			"decision_hours_p90":         "> 30 hari", // the fifth
			"undecided":                  "2",
			"first_service_hours_median": "> 30 hari", "unserved": "4",
			"on_time_pct ACKNOWLEDGE": "80",                         // the silent one is late
			"loop_closed_pct":         "50", "unconfirmed_pct": "0", // of the two accepted
			"no_show_pct": "100", "lost_pct": "0", "unmet_pct": "0", "consent_ended_pct": "0", "letter_pct": "0", "hops 0": "100",
			"late_network_pct": "0",
		} {
			if got[key] != want {
				t.Errorf("%s, %s: got %q, want %q", ask.table, key, got[key], want)
			}
		}
		if t.Failed() {
			for _, key := range slices.Sorted(maps.Keys(got)) {
				t.Logf("%s = %s", key, got[key])
			}
		}
	}
}
