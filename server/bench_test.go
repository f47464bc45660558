package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

const callers = 32

// filing is the promise of the figures: a new child, one measurement, one leg to a hospital.
func filing(n int64) *pb.FileReferralRequest {
	return &pb.FileReferralRequest{
		RequestId: client.NewRequestID(),
		NewPerson: &pb.NewPerson{
			Name: fmt.Sprintf("Anak Contoh %d", n), Sex: pb.Sex_FEMALE, BirthDate: birthDate(20),
			NikAbsence: pb.NikAbsence_NOT_SHOWN,
			Mother:     &pb.Kin{Name: fmt.Sprintf("Ibu Contoh %d", n)},
			Address:    &pb.Address{AreaCode: "32.01.01.1006"},
		},
		Measurements: []*pb.NewMeasurement{{MeasuredOn: today(), WeightKg: proto.Float64(6.9), LengthCm: proto.Float64(75.6), Position: pb.Position_LYING}},
		Legs:         []*pb.NewLeg{{Service: pb.ReferralServiceType_NUTRITION_TREATMENT, ReceiverUnit: "units/RSUD-CIBINONG"}},
		Disclosures:  []*pb.NewDisclosure{{Basis: pb.BasisKind_CARE}},
	}
}

// load runs f b.N times from 32 callers at once and reports rate and 99th percentile.
func load(b *testing.B, f func(caller int, n int64) error) {
	b.Helper()
	server.Tune() // as the process that serves does
	var next atomic.Int64
	times := make([][]time.Duration, callers)
	var group sync.WaitGroup
	b.ResetTimer()
	start, spent := time.Now(), processorTime(b)
	for c := range callers {
		group.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				began := time.Now()
				if err := f(c, n); err != nil {
					b.Error(err)
					return
				}
				times[c] = append(times[c], time.Since(began))
			}
		})
	}
	group.Wait()
	took := time.Since(start)
	b.StopTimer()
	b.ReportMetric(float64((processorTime(b)-spent).Microseconds())/float64(b.N), "cpu-us/call") // what others on the machine do not change
	var all []time.Duration
	for _, t := range times {
		all = append(all, t...)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	if len(all) > 0 {
		b.ReportMetric(float64(len(all))/took.Seconds(), "calls/s")
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	}
}

// processorTime is what this process, callers and server, has had of the cores.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// dialEach gives each few callers a connection of their own, as apps have.
func dialEach(b *testing.B, w *world) []*grpc.ClientConn {
	conns := make([]*grpc.ClientConn, 4)
	for i := range conns {
		conn, err := grpc.NewClient(w.served.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { conn.Close() })
		conns[i] = conn
	}
	return conns
}

func BenchmarkFileReferralGRPC(b *testing.B) {
	w := newWorld(b)
	conns, ctx := dialEach(b, w), bearerOf(w, "gizi-cibinong")
	load(b, func(caller int, n int64) error {
		_, err := pb.NewReferralServiceClient(conns[caller%len(conns)]).FileReferral(ctx, filing(n))
		return err
	})
}

// BenchmarkFileReferralUncounted files into a database without the indexes that counts find their rows by (migration 0009): beside
// BenchmarkFileReferralGRPC it tells what figures cost a filing.
func BenchmarkFileReferralUncounted(b *testing.B) {
	w := newWorld(b)
	dropIndexes(b, w, "measurements_unit", "measurements_corrects", "cases_closed", "cases_became", "notes_served", "duties_past")
	conns, ctx := dialEach(b, w), bearerOf(w, "gizi-cibinong")
	load(b, func(caller int, n int64) error {
		_, err := pb.NewReferralServiceClient(conns[caller%len(conns)]).FileReferral(ctx, filing(n))
		return err
	})
}

func dropIndexes(b *testing.B, w *world, names ...string) {
	b.Helper()
	db := rawDatabase(b, w.dir)
	for _, name := range names {
		if _, err := db.Exec("DROP INDEX " + name); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFileReferralREST(b *testing.B) {
	w := newWorld(b)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	load(b, func(_ int, n int64) error {
		body, err := jsonOf(filing(n))
		if err != nil {
			return err
		}
		return post(client, w, "gizi-cibinong", "/v1/referrals:file", body)
	})
}

func jsonOf(m *pb.FileReferralRequest) ([]byte, error) {
	p := m.NewPerson
	body := object{
		"requestId":    m.RequestId,
		"newPerson":    object{"name": p.Name, "sex": "FEMALE", "birthDate": p.BirthDate, "nikAbsence": "NOT_SHOWN", "mother": object{"name": p.Mother.Name}, "address": object{"areaCode": p.Address.AreaCode}},
		"measurements": []object{{"measuredOn": today(), "weightKg": 6.9, "lengthCm": 75.6, "position": "LYING"}},
	}
	if len(m.Legs) > 0 {
		body["legs"] = []object{{"service": m.Legs[0].Service.String(), "receiverUnit": m.Legs[0].ReceiverUnit}}
		body["disclosures"] = []object{{"basis": "CARE"}}
	}
	return json.Marshal(body)
}

func post(client *http.Client, w *world, as, path string, body []byte) error {
	req, err := http.NewRequest("POST", "http://"+w.served.HTTP+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+w.token(as))
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", resp.Status, answer.Bytes())
	}
	return nil
}

func BenchmarkListReferrals(b *testing.B) {
	w := newWorld(b)
	for n := range int64(200) {
		if _, err := w.referrals().FileReferral(w.as("gizi-cibinong"), filing(n)); err != nil {
			b.Fatal(err)
		}
	}
	conns := dialEach(b, w)
	for _, side := range []struct {
		name, as  string
		direction pb.ListReferralsRequest_Direction_Value
	}{
		{"outbox", "gizi-cibinong", pb.ListReferralsRequest_Direction_OUTBOX},
		{"inbox", "dokter-rsud", pb.ListReferralsRequest_Direction_INBOX},
	} {
		b.Run(side.name, func(b *testing.B) {
			ctx := bearerOf(w, side.as)
			load(b, func(caller int, _ int64) error {
				page, err := pb.NewReferralServiceClient(conns[caller%len(conns)]).ListReferrals(ctx, &pb.ListReferralsRequest{Direction: side.direction, PageSize: 20})
				if err == nil && len(page.Referrals) != 20 {
					return fmt.Errorf("%d legs on the page, want 20", len(page.Referrals))
				}
				return err
			})
		})
	}
}

// BenchmarkListDuties reads pages of 20 in a regency with 50,000 open duties: those of the puskesmas' cases, those of the hospital's
// legs, and one's own.
func BenchmarkListDuties(b *testing.B) {
	w := newWorld(b)
	fileMany(b, w, 25_000, pb.Urgency_UNSPECIFIED)
	conns := dialEach(b, w)
	for _, list := range []struct {
		name, as string
		scope    pb.ListDutiesRequest_Scope_Value
	}{
		{"cases", "gizi-cibinong", pb.ListDutiesRequest_Scope_UNIT},
		{"legs", "dokter-rsud", pb.ListDutiesRequest_Scope_UNIT},
		{"own", "gizi-cibinong", pb.ListDutiesRequest_Scope_ME},
	} {
		b.Run(list.name, func(b *testing.B) {
			ctx := bearerOf(w, list.as)
			load(b, func(caller int, _ int64) error {
				page, err := pb.NewDutyServiceClient(conns[caller%len(conns)]).ListDuties(ctx, &pb.ListDutiesRequest{Scope: list.scope, PageSize: 20})
				if err == nil && len(page.Duties) != 20 {
					return fmt.Errorf("%d duties on the page, want 20", len(page.Duties))
				}
				return err
			})
		})
	}
}
