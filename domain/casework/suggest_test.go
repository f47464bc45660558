package casework

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Monday, 30 November 2026, 10:00 WIB.
var suggestNow = time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)

func unitOf(n byte) UnitID { return UnitID{15: n} }

// needOf looks from unit 1 of register 1 for a client of a village of Cibinong.
func needOf() Need {
	return Need{
		Service: ServiceNutritionTreatment, Urgency: Routine, Area: "32.01.01.1006", Now: suggestNow,
		Unit: unitOf(1), Register: unitOf(1), Case: unitOf(1),
	}
}

// receiverOf is a unit that may be asked, unless change takes something away.
func receiverOf(n byte, name string, change func(*Receiver)) Receiver {
	r := Receiver{
		Unit:     Unit{ID: unitOf(n), Register: unitOf(n), Code: fmt.Sprintf("U-%d", n), Name: name, Channel: ChannelOnline},
		Coverage: []Coverage{{Area: "32.01.01", Capacity: CapacityOpen}},
		Works:    true, Able: true,
	}
	if change != nil {
		change(&r)
	}
	return r
}

func room(area string, c Capacity) func(*Receiver) {
	return func(r *Receiver) { r.Coverage = []Coverage{{Area: area, Capacity: c}} }
}

func TestEachFilterOfASuggestionSaysExclusionReason(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Receiver)
		need   func(*Need)
		want   ExclusionReason
	}{
		{name: "a unit that fits"},
		{name: "it does not offer the service", change: func(r *Receiver) { r.Coverage = nil }, want: NotServiceNotOffered},
		{name: "it covers another kecamatan", change: room("32.01.03", CapacityOpen), want: NotAreaNotCovered},
		{name: "32.01.01 does not begin 32.01.011", change: room("32.01.0", CapacityOpen), want: NotAreaNotCovered},
		{name: "it covers one village, and the client's is not known", change: room("32.01.01.1006", CapacityOpen), need: func(n *Need) { n.Area = "32.01.01" }, want: NotAreaNotCovered},
		{name: "nobody knows where the client lives", change: room("32.01.03", CapacityOpen), need: func(n *Need) { n.Area = "" }},
		{name: "it is closed for good, or nobody supervises it", change: func(r *Receiver) { r.Works = false }, want: NotInactive},
		{name: "it is who asks", change: func(r *Receiver) { r.Unit.ID = unitOf(1) }, want: NotIsSender},
		{name: "it is of the own register", change: func(r *Receiver) { r.Unit.Register = unitOf(1) }},
		{name: "a receiver does not hand on to its own register", change: func(r *Receiver) { r.Unit.Register = unitOf(1) }, need: func(n *Need) { n.Case = unitOf(9) }, want: NotIsSender},
		{name: "nor back to the sender's", change: func(r *Receiver) { r.Unit.Register = unitOf(9) }, need: func(n *Need) { n.Case = unitOf(9) }, want: NotIsSender},
		{name: "the service is being asked of it", change: func(r *Receiver) { r.OpenLeg = true }, want: NotOpenLegExists},
		{name: "all of its officers are blocked", change: func(r *Receiver) { r.Able = false }, want: NotUnavailable},
		{name: "full is no reason to be left out", change: room("32.01", CapacityFull)},
		{name: "nor is an earlier no", change: func(r *Receiver) { r.Declined = DeclineSafety }},
		{name: "the first filter answers", change: func(r *Receiver) { r.Works, r.OpenLeg, r.Able = false, true, false }, want: NotInactive},
	} {
		need := needOf()
		if tt.need != nil {
			tt.need(&need)
		}
		suggested, excluded := Suggest(need, []Receiver{receiverOf(2, "Puskesmas", tt.change)})
		var got ExclusionReason
		if len(excluded) == 1 {
			got = excluded[0].Why
		}
		if got != tt.want || len(suggested)+len(excluded) != 1 {
			t.Errorf("%s: why not %q, want %q; %d suggested", tt.name, got, tt.want, len(suggested))
		}
	}
}

func TestSuggestionsStandInTheOrderOfThePage(t *testing.T) {
	open := AroundTheClock()
	closed := Hours{{time.Sunday, 480, 960}}
	for _, tt := range []struct {
		name          string
		urgency       Urgency
		first, second func(*Receiver)
	}{
		{"in an emergency who is there now, though full", Emergency, func(r *Receiver) { r.Unit.Hours = open; r.Coverage[0].Capacity = CapacityFull }, func(r *Receiver) { r.Unit.Hours = closed }},
		{"otherwise room before hours", Routine, func(r *Receiver) { r.Unit.Hours = closed }, func(r *Receiver) { r.Unit.Hours = open; r.Coverage[0].Capacity = CapacityFull }},
		{"hours that nobody stated are not open", Emergency, func(r *Receiver) { r.Unit.Hours = open }, nil},
		{"open before limited", Routine, room("32.01", CapacityOpen), room("32.01.01", CapacityLimited)},
		{"limited before unknown", Routine, room("32.01", CapacityLimited), room("32.01.01", CapacityUnknown)},
		{"unknown before a waiting list", Routine, room("32.01", CapacityUnknown), room("32.01.01", CapacityWaitlist)},
		{"a waiting list before full", Routine, room("32.01", CapacityWaitlist), room("32.01.01", CapacityFull)},
		{"never stated is unknown", Routine, room("32.01", ""), room("32.01.01", CapacityWaitlist)},
		{
			"full until a minute ago is unknown", Routine, func(r *Receiver) { r.Coverage = []Coverage{{"32.01", CapacityFull, suggestNow}} },
			room("32.01.01", CapacityWaitlist),
		},
		{
			"full for another minute is full", Routine, room("32.01", CapacityWaitlist),
			func(r *Receiver) { r.Coverage = []Coverage{{"32.01", CapacityFull, suggestNow.Add(time.Minute)}} },
		},
		{"village before sub-district", Routine, room("32.01.01.1006", CapacityOpen), room("32.01.01", CapacityOpen)},
		{"sub-district before regency", Routine, room("32.01.01", CapacityOpen), room("32.01", CapacityOpen)},
		{"nearness before an earlier no", Routine, func(r *Receiver) { r.Declined = DeclineNoCapacity }, room("32.01", CapacityOpen)},
		{"who has not said no before", Routine, nil, func(r *Receiver) { r.Declined = DeclineNoCapacity }},
		{
			"room hangs on the area, not on the unit", Routine,
			func(r *Receiver) {
				r.Coverage = []Coverage{{Area: "32.01", Capacity: CapacityFull}, {Area: "32.01.01", Capacity: CapacityOpen}}
			},
			func(r *Receiver) {
				r.Coverage = []Coverage{{Area: "32.01", Capacity: CapacityOpen}, {Area: "32.01.01", Capacity: CapacityFull}}
			},
		},
		{
			"of two equally near, the one with room", Routine,
			func(r *Receiver) {
				r.Coverage = []Coverage{{Area: "32.01.01", Capacity: CapacityFull}, {Area: "32.01.01", Capacity: CapacityOpen}}
			},
			room("32.01.01", CapacityLimited),
		},
	} {
		need := needOf()
		need.Urgency = tt.urgency
		// The name would put the second first.
		receivers := []Receiver{receiverOf(3, "A", tt.second), receiverOf(2, "B", tt.first)}
		suggested, _ := Suggest(need, receivers)
		if len(suggested) != 2 || suggested[0].Unit.Name != "B" {
			t.Errorf("%s: got %v first", tt.name, suggested)
		}
	}
}

func TestUnitsThatAreAlikeStandByName(t *testing.T) {
	suggested, _ := Suggest(needOf(), []Receiver{receiverOf(4, "B", nil), receiverOf(3, "A", nil), receiverOf(2, "A", nil)})
	var got []string
	for _, s := range suggested {
		got = append(got, s.Unit.Name+" "+s.Unit.Code)
	}
	if want := []string{"A U-2", "A U-3", "B U-4"}; !cmp.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestASuggestionTellsItsReasons(t *testing.T) {
	until := suggestNow.Add(FullFor)
	for _, tt := range []struct {
		name   string
		change func(*Receiver)
		area   string
		want   []Reason
	}{
		{"plain", nil, "32.01.01.1006", []Reason{{Code: "OFFERS_SERVICE"}, {Code: "COVERS_DISTRICT"}, {Code: "CAPACITY_OPEN"}}},
		{
			"all of them", func(r *Receiver) {
				r.Unit.Hours, r.Declined, r.Unit.Register = AroundTheClock(), DeclineNoCapacity, unitOf(1)
				r.Coverage = []Coverage{{"32.01.01.1006", CapacityFull, until}}
			}, "32.01.01.1006", []Reason{
				{Code: "OFFERS_SERVICE"},
				{Code: "COVERS_VILLAGE"},
				{Code: "CAPACITY_FULL", Until: until},
				{Code: "OPEN_NOW"},
				{Code: "DECLINED_BEFORE", Declined: DeclineNoCapacity},
				{Code: "INSIDE"},
			},
		},
		{"an end that has passed has no date", func(r *Receiver) { r.Coverage[0] = Coverage{"32.01", CapacityFull, suggestNow} }, "32.01.01.1006", []Reason{{Code: "OFFERS_SERVICE"}, {Code: "COVERS_REGENCY"}, {Code: "CAPACITY_UNKNOWN"}}},
		{"of a client whose home nobody knows no nearness is claimed", nil, "", []Reason{{Code: "OFFERS_SERVICE"}, {Code: "CAPACITY_OPEN"}}},
		{"but the regency's unit covers her", room("32.01", CapacityOpen), "", []Reason{{Code: "OFFERS_SERVICE"}, {Code: "COVERS_REGENCY"}, {Code: "CAPACITY_OPEN"}}},
	} {
		need := needOf()
		need.Area = tt.area
		suggested, excluded := Suggest(need, []Receiver{receiverOf(2, "Puskesmas", tt.change)})
		if len(suggested) != 1 {
			t.Fatalf("%s: not suggested: %v", tt.name, excluded)
		}
		if diff := cmp.Diff(tt.want, suggested[0].Reasons); diff != "" {
			t.Errorf("%s: reasons (-want +got)\n%s", tt.name, diff)
		}
	}
}

func TestAConfidentialUnitIsInNoList(t *testing.T) {
	shelter := receiverOf(2, "Rumah aman", func(r *Receiver) { r.Unit.Contact = unitOf(3) })
	for _, change := range []func(*Receiver){nil, func(r *Receiver) { r.Able = false }, func(r *Receiver) { r.Coverage = nil }} {
		hidden := shelter
		if change != nil {
			change(&hidden)
		}
		if suggested, excluded := Suggest(needOf(), []Receiver{hidden}); len(suggested)+len(excluded) != 0 {
			t.Errorf("the shelter is told of: %v, %v", suggested, excluded)
		}
	}
}

// Blocks and absences of staff show in nothing but the one word: neither in what else is said of the unit, nor in the others' order.
func TestABlockedUnitIsOnlyUnavailable(t *testing.T) {
	others := []Receiver{receiverOf(2, "A", nil), receiverOf(4, "C", nil)}
	blocked := receiverOf(3, "B", func(r *Receiver) { r.Able, r.Declined = false, DeclineConflictOfInterest })
	suggested, excluded := Suggest(needOf(), append(others, blocked))
	without, _ := Suggest(needOf(), others)
	if diff := cmp.Diff(without, suggested); diff != "" {
		t.Errorf("the others' list changes: %s", diff)
	}
	if diff := cmp.Diff([]Exclusion{{blocked.Unit, NotUnavailable}}, excluded); diff != "" {
		t.Errorf("more is said of it: %s", diff)
	}
}

func TestSuggestionsAreTotalAndDeterministic(t *testing.T) {
	chance := rand.New(rand.NewPCG(4, 11))
	for range 500 {
		need, receivers := anyNeed(chance), anyReceivers(chance)
		suggested, excluded := Suggest(need, receivers)
		listed := map[UnitID]int{}
		for _, s := range suggested {
			listed[s.Unit.ID]++
		}
		for _, e := range excluded {
			listed[e.Unit.ID]++
		}
		for _, r := range receivers {
			want := 1
			if r.Unit.IsConfidential() {
				want = 0
			}
			if listed[r.Unit.ID] != want {
				t.Fatalf("%s is listed %d times, want %d", r.Unit.Code, listed[r.Unit.ID], want)
			}
		}
		for i := range 4 {
			chance.Shuffle(len(receivers), func(a, b int) { receivers[a], receivers[b] = receivers[b], receivers[a] })
			for n := range receivers {
				slices.Reverse(receivers[n].Coverage)
			}
			again, out := Suggest(need, receivers)
			if diff := cmp.Diff(suggested, again) + cmp.Diff(excluded, out); diff != "" {
				t.Fatalf("shuffle %d gives another list: %s", i, diff)
			}
		}
	}
}

// One unit's facts never change whether, or in which order, the others are suggested.
func TestTheOrderOfTwoUnitsIsTheirOwn(t *testing.T) {
	chance := rand.New(rand.NewPCG(7, 129))
	for range 500 {
		need, receivers := anyNeed(chance), anyReceivers(chance)
		suggested, _ := Suggest(need, receivers)
		gone := receivers[chance.IntN(len(receivers))].Unit.ID
		rest, _ := Suggest(need, slices.DeleteFunc(slices.Clone(receivers), func(r Receiver) bool { return r.Unit.ID == gone }))
		want := slices.DeleteFunc(slices.Clone(suggested), func(s Suggestion) bool { return s.Unit.ID == gone })
		if diff := cmp.Diff(want, rest); diff != "" {
			t.Fatalf("without one unit the others stand otherwise: %s", diff)
		}
	}
}

func anyOf[T any](chance *rand.Rand, values ...T) T { return values[chance.IntN(len(values))] }

func anyNeed(chance *rand.Rand) Need {
	n := needOf()
	n.Urgency = anyOf(chance, Emergency, Urgent, Routine)
	n.Area = anyOf(chance, "", "32.01.01", "32.01.01.1006", "32.01.03.2001")
	n.Case = anyOf(chance, unitOf(1), unitOf(1), unitOf(2))
	return n
}

func anyReceivers(chance *rand.Rand) []Receiver {
	receivers := make([]Receiver, 1+chance.IntN(8))
	for i := range receivers {
		receivers[i] = receiverOf(byte(i+1), anyOf(chance, "A", "B"), func(r *Receiver) {
			r.Works, r.Able, r.OpenLeg = chance.IntN(5) > 0, chance.IntN(5) > 0, chance.IntN(5) == 0
			r.Declined = anyOf(chance, "", "", DeclineNoCapacity)
			r.Unit.Hours = anyOf(chance, nil, AroundTheClock(), Hours{{time.Monday, 480, 960}})
			r.Unit.Contact = anyOf(chance, UnitID{}, UnitID{}, UnitID{}, unitOf(1))
			r.Coverage = nil
			for range chance.IntN(4) {
				r.Coverage = append(r.Coverage, Coverage{
					Area:     anyOf(chance, "32.01", "32.01.01", "32.01.01.1006", "32.01.03"),
					Capacity: anyOf(chance, append(capacityOrder, "")...),
					Until:    anyOf(chance, time.Time{}, suggestNow.Add(-time.Hour), suggestNow.Add(time.Hour), suggestNow.Add(2*time.Hour)),
				})
			}
		})
	}
	return receivers
}

// A contact unit and the shelters behind it show as one: the best room of each area, and not how many there are.
func TestRoomOfSeveralUnitsIsTheBestOfEachArea(t *testing.T) {
	later, sooner := suggestNow.Add(2*time.Hour), suggestNow.Add(time.Hour)
	rows := []Coverage{
		{"32.01", CapacityFull, sooner},
		{"32.01", CapacityLimited, later},
		{"32.01.01", CapacityFull, suggestNow.Add(-1)}, // over
		{"32.01", CapacityLimited, sooner},
		{"32.01.01", CapacityWaitlist, time.Time{}},
	}
	want := []Coverage{{"32.01", CapacityLimited, later}, {"32.01.01", CapacityUnknown, time.Time{}}}
	for range len(rows) {
		rows = append(rows[1:], rows[0])
		got := BestRoom(rows, suggestNow)
		slices.SortFunc(got, func(a, b Coverage) int { return strings.Compare(a.Area, b.Area) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of %v (-want +got)\n%s", rows, diff)
		}
	}
}
