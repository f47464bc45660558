package statistics

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// The golden tables of A13. Legs were sent on 1 February 2028, a leap year, at nine in the regency: day 30 ends on 2 March at
// nine. Each row is a leg in words; each indicator is counted by hand.
const sentAt = "2028-02-01 09:00"

func hours(h float64) time.Time {
	return wib(sentAt).Add(time.Duration(h * float64(time.Hour)))
}

const day30 = 30 * 24

// goldenLegs are ten chains of one unit; the last has two legs.
func goldenLegs() []Leg {
	leg := func(id string, fill func(*Leg)) Leg {
		l := Leg{CaseSide: Ordinary, CaseType: "CHILD_STUNTING", CaseLevel: "L1", Service: "NUTRITION_TREATMENT"}
		l.Journey = Journey{
			ID: id, Root: id, Sender: "u1", Receiver: "u2", SenderSector: "HEALTH", ReceiverSector: "HEALTH", Sex: "FEMALE", Sent: wib(sentAt),
		}
		fill(&l)
		return l
	}
	decide := func(due, ended float64) Span {
		s := Span{Duty: "DECIDE", Unit: "u2", Due: hours(due), Second: hours(2 * due), Third: hours(3 * due)}
		if ended > 0 {
			s.Ended = hours(ended)
		}
		return s
	}
	return []Leg{
		leg("a", func(l *Leg) { // everything in time, two keys; decided exactly at the due time
			l.Acknowledged, l.Accepted, l.Served, l.Reported, l.Closed = hours(1), hours(24), hours(48), hours(72), hours(80)
			l.State, l.Outcome, l.Spans = "CLOSED", "FULL", []Span{decide(24, 24)}
		}),
		leg("b", func(l *Leg) { // the same time: a tie; closed without confirmation at the last instant of day 30
			l.Acknowledged, l.Accepted, l.Served, l.Reported, l.Closed = hours(2), hours(24), hours(100), hours(200), hours(day30)
			l.State, l.Outcome, l.Unconfirmed, l.Spans = "CLOSED", "PARTIAL", true, []Span{decide(24, 24)}
		}),
		leg("c", func(l *Leg) { // one hour too late by the server, in time by the device
			l.Acknowledged, l.Accepted = hours(3), hours(25)
			s := decide(24, 25)
			s.Occurred = hours(23)
			l.NoShow = hours(50) // of an appointment that nobody recorded
			l.State, l.Spans = "ACCEPTED", []Span{s}
		}),
		leg("d", func(l *Leg) { // decided a microsecond after day 30
			l.Acknowledged, l.Accepted = hours(4), hours(day30).Add(time.Microsecond)
			s := decide(24, 0)
			s.Ended = l.Accepted
			l.State, l.Spans = "ACCEPTED", []Span{s}
		}),
		leg("e", func(l *Leg) { // declined by a person; re-routed by nobody
			l.Acknowledged, l.Declined, l.DeclineReason, l.State = hours(5), hours(12), "NO_CAPACITY", "DECLINED"
			l.Spans = []Span{decide(24, 12), {Duty: "REROUTE", Unit: "u1", Due: hours(36), Second: hours(60)}}
		}),
		leg("f", func(l *Leg) { // nobody answered
			l.Declined, l.Lapsed, l.DeclineReason, l.State = hours(96), true, "NO_RESPONSE", "DECLINED"
			l.Spans = []Span{decide(24, 96)}
		}),
		leg("g", func(l *Leg) { // withdrawn before an answer
			l.Cancelled, l.CancelReason, l.State = hours(6), "CONSENT_WITHDRAWN", "CANCELLED"
			l.Spans = []Span{decide(24, 6)}
		}),
		leg("h", func(l *Leg) { // appointed, did not come, lost
			l.Acknowledged, l.Accepted, l.Scheduled, l.NoShow = hours(1), hours(10), hours(11), hours(60)
			l.Reported, l.Closed = hours(300), hours(310)
			l.State, l.Outcome, l.OutcomeReason, l.Spans = "CLOSED", "NONE", "CLIENT_UNREACHABLE", []Span{decide(24, 10)}
		}),
		leg("i", func(l *Leg) { // an error: nowhere
			l.Cancelled, l.CancelReason, l.State = hours(1), "ENTERED_IN_ERROR", "CANCELLED"
		}),
		leg("j", func(l *Leg) { // accepted and handed on: by letter
			l.Acknowledged, l.Accepted, l.Forwarded, l.State, l.ByLetter = hours(20), hours(30), hours(40), "FORWARDED", true
			l.Spans = []Span{decide(24, 30)}
		}),
		leg("k", func(l *Leg) {
			l.Root, l.Receiver, l.Sent = "j", "u3", hours(40)
			l.Acknowledged, l.Accepted, l.Served, l.State = hours(41), hours(50), hours(90), "IN_SERVICE"
			l.Scheduled = hours(55)
		}),
		leg("z", func(l *Leg) { // the last instant of February 29 in the regency
			l.Sent, l.State = wib("2028-02-29 23:59"), "DECLINED"
			l.Declined, l.DeclineReason = wib("2028-03-31 00:00"), "OTHER" // a minute after its day 30
		}),
		leg("y", func(l *Leg) { // midnight: March
			l.Sent, l.State = wib("2028-03-01 00:00"), "SENT"
		}),
	}
}

func TestGoldenIndicatorsOfLegs(t *testing.T) {
	out, _ := Find(Live, "referral-out-month")
	f := testFrame
	f.Period, f.Now = Period{Month, 2028, 2}, wib("2028-06-01 00:00")
	folded, err := Fold(out, f, Rows{Legs: goldenLegs()})
	if err != nil {
		t.Fatal(err)
	}
	// a b c d e f g h j k z: eleven legs, ten chains.
	if folded.Total != 11 {
		t.Errorf("%d legs sent, want 11", folded.Total)
	}
	got := map[string]string{}
	for _, s := range folded.Shares {
		got[strings.TrimSuffix(s.Indicator+" "+s.Detail, " ")] = fmt.Sprintf("%d/%d", s.Part, s.Whole)
	}
	for indicator, want := range map[string]string{
		"acknowledged_pct":              "8/11", // a b c d e h j k
		"accepted_pct":                  "6/11", // a b c h j k; d a microsecond too late
		"served_pct":                    "3/10", // chains a b j
		"closed_pct":                    "3/10", // a b h
		"acceptance_pct":                "6/8",  // of a b c h j k, e, f
		"on_time_pct DECIDE":            "5/8",  // a b e g h of a b c d e f g h: d was due
		"on_time_pct DECIDE:LETTER":     "0/1",  // j
		"on_time_pct REROUTE":           "0/1",  // e: due, never done
		"on_time_pct NOTE":              "0/0",
		"overdue_pct":                   "5/11", // c d e f j
		"loop_closed_pct":               "2/6",  // a h
		"unconfirmed_pct":               "1/6",  // b
		"late_network_pct":              "1/5",  // c, of c d e f j
		"escalated_pct 1:DECIDE":        "3/10", // c d f; j by letter apart
		"escalated_pct 1:DECIDE:LETTER": "1/1",
		"escalated_pct 2:DECIDE":        "2/10", // d f
		"escalated_pct 3:DECIDE":        "2/10",
		"escalated_pct 2:REROUTE":       "1/10", // e
		"no_show_pct":                   "1/2",  // h of h k
		"lost_pct":                      "1/6",  // h
		"unmet_pct":                     "1/3",  // h of a b h: b nobody confirmed
		"consent_ended_pct":             "1/11", // g
		"hops 0":                        "9/10",
		"hops 1":                        "1/10", // j
		"hops 2":                        "0/10",
		"letter_pct":                    "1/11",
	} {
		if got[indicator] != want {
			t.Errorf("%s = %s, want %s", indicator, got[indicator], want)
		}
	}
	wantWaits(t, folded, map[string]string{
		// 10, 10, 12, 24, 24, 25 hours; d, f, g and z nobody decided. Of ten the fifth is the median, the ninth is never.
		"decision_hours":             "24 > 30 hari 4",
		"decision_hours LETTER":      "30 30 0",
		"first_service_hours":        "> 30 hari > 30 hari 7",
		"first_service_hours LETTER": "90 90 0",
	})
}

// wantWaits compares median, p90 and how many are without that time.
func wantWaits(t *testing.T, f Folded, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for _, w := range f.Waits {
		if strings.Join(w.Items, "") == "" {
			got[strings.TrimSuffix(w.Indicator+" "+w.Detail, " ")] = fmt.Sprintf("%s %s %d",
				w.Median.display(Whole, w.N+w.Without).Text, w.P90.display(Whole, w.N+w.Without).Text, w.Without)
		}
	}
	for indicator, text := range want {
		if got[indicator] != text {
			t.Errorf("%s = %q, want %q", indicator, got[indicator], text)
		}
	}
}

func TestGoldenOutcomesOnDayThirty(t *testing.T) {
	sex := table(t, "referral-ordinary-sex-quarter")
	f := testFrame
	f.Period, f.Now = Period{Quarter, 2028, 1}, wib("2028-06-01 00:00")
	folded, err := Fold(sex, f, Rows{Legs: goldenLegs()})
	if err != nil {
		t.Fatal(err)
	}
	// a, b served and closed; j served, going on; c and h accepted, not served; e and f declined; g cancelled; d, z, y undecided.
	for outcome, want := range map[string]int{
		"SERVED_CLOSED": 2, "SERVED_OPEN": 1, "ACCEPTED": 2, "DECLINED": 2, "CANCELLED": 1, "UNDECIDED": 3,
	} {
		if n, ok := folded.At("P", outcome); !ok || n != want {
			t.Errorf("%s: %d, want %d", outcome, n, want)
		}
	}
	decline := table(t, "referral-ordinary-decline-quarter")
	folded, err = Fold(decline, f, Rows{Legs: goldenLegs()})
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := folded.At("NO_RESPONSE"); n != 1 || folded.Total != 2 {
		t.Errorf("declined: %v", folded.Counts)
	}
	for _, s := range folded.Shares {
		if s.Items[0] == "NO_CAPACITY" && (s.Part != 1 || s.Whole != 2) {
			t.Errorf("decline_share of NO_CAPACITY: %d of %d", s.Part, s.Whole)
		}
	}
}

// The cohort is frozen: a leg of the quarter's last day is watched as long as one of its first, and nothing that happens later
// changes the figure.
func TestTheLastDayIsMeasuredLikeTheFirst(t *testing.T) {
	first, last := wib("2028-01-01 00:00"), wib("2028-03-31 23:59")
	unit := table(t, "referral-ordinary-unit-quarter")
	f := testFrame
	f.Period, f.Now = Period{Quarter, 2028, 1}, ClosesAt(unit, Period{Quarter, 2028, 1})
	shares := func(sent time.Time, after time.Duration) (accepted int) {
		l := Leg{CaseSide: Ordinary, CaseType: "CHILD_STUNTING", CaseLevel: "L1", Service: "NUTRITION_TREATMENT"}
		l.Journey = Journey{ID: "a", Receiver: "u2", SenderSector: "HEALTH", ReceiverSector: "HEALTH", Sent: sent, Accepted: sent.Add(after)}
		folded, err := Fold(unit, f, Rows{Legs: []Leg{l}})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range folded.Shares {
			if s.Indicator == "accepted_pct" && s.Items[0] == "u2" {
				accepted = s.Part
			}
		}
		return accepted
	}
	for after, want := range map[time.Duration]int{observation: 1, observation + 1: 0, time.Hour: 1} {
		for _, sent := range []time.Time{first, last} {
			if got := shares(sent, after); got != want {
				t.Errorf("sent %s, accepted after %s: %d, want %d", sent.In(Zone), after, got, want)
			}
		}
	}
}

// A live month is watched until now: what is not yet due is not late, and what is, is.
func TestNobodyIsLateBeforeTheDueTime(t *testing.T) {
	out, _ := Find(Live, "referral-out-month")
	l := goldenLegs()[3]
	l.Accepted, l.Spans[0].Ended = time.Time{}, time.Time{}
	for now, want := range map[float64]string{24: "overdue 0/1, in time 0/0", 24.001: "overdue 1/1, in time 0/1"} {
		f := testFrame
		f.Period, f.Now = Period{Month, 2028, 2}, hours(now)
		folded, err := Fold(out, f, Rows{Legs: []Leg{l}})
		if err != nil {
			t.Fatal(err)
		}
		var overdue, inTime Share
		for _, s := range folded.Shares {
			switch s.Indicator + s.Detail {
			case "overdue_pct":
				overdue = s
			case "on_time_pctDECIDE":
				inTime = s
			}
		}
		got := fmt.Sprintf("overdue %d/%d, in time %d/%d", overdue.Part, overdue.Whole, inTime.Part, inTime.Whole)
		if got != want {
			t.Errorf("at %v hours: %s, want %s", now, got, want)
		}
	}
}

// Percentiles by nearest rank, with ties and with those who were never done.
func TestPercentilesRankWhoWasNeverDoneLast(t *testing.T) {
	h := func(all ...int) (done []time.Duration) {
		for _, n := range all {
			done = append(done, time.Duration(n)*time.Hour)
		}
		return done
	}
	for _, tt := range []struct {
		done        []time.Duration
		of          int
		median, p90 string
	}{
		{h(), 0, "0", "0"},
		{h(), 3, "over", "over"},
		{h(5), 1, "5", "5"},
		{h(1, 2), 2, "1", "2"},
		{h(1, 2, 3), 3, "2", "3"},
		{h(1, 2, 2, 2), 4, "2", "2"},
		{h(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 10, "5", "9"},
		{h(1, 2, 3, 4, 5, 6, 7, 8), 10, "5", "over"},
		{h(1, 2, 3, 4, 5, 6, 7, 8, 9), 10, "5", "9"},
		{h(1), 2, "1", "over"},
		{h(1), 3, "over", "over"},
	} {
		for part, want := range map[float64]string{0.5: tt.median, 0.9: tt.p90} {
			got := rank(tt.done, tt.of, part)
			if text := fmt.Sprint(got.Hours); got.Over && want != "over" || !got.Over && text != want {
				t.Errorf("%v of %d at %v: %+v, want %s", tt.done, tt.of, part, got, want)
			}
		}
	}
}

// The released figures of one unit, shown: n >= 10 for a row and a denominator, percent of what is shown, hours to two digits.
func TestARowOfAReleaseIsShownAsThePageSays(t *testing.T) {
	unit := table(t, "referral-ordinary-unit-quarter")
	var rows []Leg
	for i := range 23 {
		l := goldenLegs()[0]
		l.ID, l.Root, l.Accepted = fmt.Sprint("l", i), fmt.Sprint("l", i), time.Time{}
		l.Receiver = "u2"
		if i < 13 {
			l.Accepted = hours(100 + float64(i))
		}
		rows = append(rows, l)
	}
	few := goldenLegs()[0]
	few.Receiver = "u3"
	f := testFrame
	f.Period, f.Now = Period{Quarter, 2028, 1}, wib("2028-06-01 00:00")
	folded, err := Fold(unit, f, Rows{Legs: append(rows, few)})
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Draw(folded, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, o := range shown {
		got[strings.TrimSuffix(o.Items[0]+" "+o.Indicator+" "+o.Detail, " ")] = text(o.Shown)
	}
	for what, want := range map[string]string{
		"u2 legs_sent": "R 25", "u3 legs_sent": "M n < 10", "NA legs_sent": "M n < 10",
		"u2 accepted_pct":          "R 60", // 13 of 23 are shown 15 of 25
		"u3 accepted_pct":          "M ",
		"u2 decision_hours_median": "R 110", "u2 decision_hours_p90": "R > 30 hari",
		"u3 decision_hours_median": "M n < 10",
		"u2 undecided":             "R 10",
	} {
		if got[what] != want {
			t.Errorf("%s is shown %q, want %q", what, got[what], want)
		}
	}
	for what := range got {
		for _, live := range []string{
			"escalated_pct", "no_show_pct", "lost_pct", "unmet_pct", "consent_ended_pct", "hops", "letter_pct", "late_network_pct",
		} {
			if strings.Contains(what, live) {
				t.Errorf("a release has %s", what)
			}
		}
	}
}

// Golden shares of children and victims.
func TestGoldenSharesOfPersons(t *testing.T) {
	f := testFrame
	f.Period, f.Now = Period{Quarter, 2028, 1}, wib("2028-06-01 00:00")
	child := func(name string, day string, hfa, trend string) Measurement {
		return Measurement{
			Child: name, Day: DayOf(wib(day + " 10:00")), Seq: 1, Sex: "MALE", Months: 20, AgeKnown: true, Kecamatan: "32.01.13",
			HFA: hfa, WFH: "WASTED", WFA: "UNDERWEIGHT", Trend: trend, Weighed: true,
		}
	}
	rows := Rows{Measurements: []Measurement{
		child("a", "2028-01-31", "NORMAL_HEIGHT", "GAINED"), child("a", "2028-02-29", "STUNTED", "NOT_GAINED"),
		child("b", "2028-03-31", "SEVERELY_STUNTED", "NOT_GAINED_TWICE"), child("b", "2028-04-01", "NORMAL_HEIGHT", "GAINED"),
		child("c", "2028-01-01", "IMPLAUSIBLE", "FIRST_WEIGHING"), child("d", "2027-12-31", "STUNTED", "GAINED"),
		child("e", "2028-02-01", "TALL", "GAINED"), child("e", "2028-03-01", "", "GAINED"), // weighed only: its height still counts
	}}
	want := func(id, indicator string, part, whole int) {
		t.Helper()
		folded, err := Fold(table(t, id), f, rows)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range folded.Shares {
			if s.Indicator == indicator && strings.Join(s.Items, "") == "" && (s.Part != part || s.Whole != whole) {
				t.Errorf("%s: %d of %d, want %d of %d", indicator, s.Part, s.Whole, part, whole)
			}
		}
		if !slices.ContainsFunc(folded.Shares, func(s Share) bool { return s.Indicator == indicator }) {
			t.Errorf("%s has no %s", id, indicator)
		}
	}
	want("stunting-kecamatan-quarter", "stunted_pct", 2, 3) // a, b of a, b, e
	want("stunting-kecamatan-quarter", "severely_stunted_pct", 1, 3)
	want("stunting-sex-age-quarter", "stunted_pct", 2, 3)
	want("wasting-kecamatan-quarter", "wasted_pct", 4, 4)
	want("wasting-sex-age-quarter", "severely_wasted_pct", 0, 4)
	want("underweight-kecamatan-quarter", "underweight_pct", 4, 4)
	want("weight-gain-kecamatan-quarter", "not_gaining_pct", 2, 3) // a, b of a, b, e; c is a first weighing

	f.Period = Period{Kind: Year, Year: 2028}
	victim := func(id string, age int, known bool) Case {
		return Case{ID: id, Side: Protected, Type: "DOMESTIC_VIOLENCE", Registered: wib("2028-02-29 23:59"), Age: age, AgeKnown: known}
	}
	rows = Rows{Cases: []Case{victim("1", 17, true), victim("2", 18, true), victim("3", 0, true), victim("4", 9, false)}}
	want("kdrt-sex-age-year", "kdrt_share_child", 2, 3)
}
