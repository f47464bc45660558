package casework

import (
	"math/rand/v2"
	"testing"
)

const (
	firstKK  = "3201130101200001"
	secondKK = "3201130202210002"
)

var censusDay = Date(20000)

func home(members ...Membership) Household {
	return Household{ID: HouseholdID{7}, Register: UnitID{1}, Side: Ordinary, Members: members}
}

func memberOf(register UnitID, side Side, born Date) Person {
	return Person{ID: PersonID{9}, Register: register, Side: side, Identity: PersonIdentity{BirthDate: BornOn(born)}}
}

func TestAPersonIsOfOneHouseholdAtATime(t *testing.T) {
	known := []Membership{
		{ID: ID{1}, Household: HouseholdID{5}, From: 100, Until: 200},
		{ID: ID{2}, Household: HouseholdID{6}, From: 300, Until: 300}, // written by mistake, ended the same day
		{ID: ID{3}, Household: HouseholdID{5}, From: 1000, Until: 0},
	}
	resident := memberOf(UnitID{1}, Ordinary, 10)
	for _, tt := range []struct {
		name        string
		p           Person
		from, until Date
		want        string
	}{
		{"before all of them", resident, 50, 100, ""},
		{"leaves one and joins the next on one day", resident, 200, 250, ""},
		{"between, over a mistake", resident, 250, 1000, ""},
		{"a day of another household", resident, 199, 250, "MEMBER_ELSEWHERE"},
		{"without end, into the one where she is", resident, 500, 0, "MEMBER_ELSEWHERE"},
		{"after she joined the last", resident, 2000, 0, "MEMBER_ELSEWHERE"},
		{"around one", resident, 50, 300, "MEMBER_ELSEWHERE"},
		{"from tomorrow", resident, censusDay + 1, 0, "fromDate IN_FUTURE"},
		{"until tomorrow", resident, 250, censusDay + 1, "untilDate IN_FUTURE"},
		{"backwards", resident, 250, 240, "untilDate BEFORE_FROM"},
		{"no day", resident, 0, 250, "fromDate REQUIRED"},
		{"before she was born", memberOf(UnitID{1}, Ordinary, 240), 230, 250, "fromDate BEFORE_BIRTH"},
		{"of the other side", memberOf(UnitID{1}, Protected, 10), 200, 250, "person PERSON_UNKNOWN"},
		{"of another register", memberOf(UnitID{2}, Ordinary, 10), 200, 250, "person PERSON_UNKNOWN"},
	} {
		m, err := home().Join(Membership{ID: ID{4}, Role: HouseholdChild, From: tt.from, Until: tt.until}, tt.p, known, censusDay)
		if got := reasonOf(err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if err == nil && (m.Household != home().ID || m.Person != tt.p.ID) {
			t.Errorf("%s: a membership of nobody", tt.name)
		}
	}
}

func TestAMembershipEndsOnce(t *testing.T) {
	m := Membership{ID: ID{1}, From: 100}
	for _, tt := range []struct {
		name    string
		m       Membership
		on      Date
		implied bool
		want    string
	}{
		{"later", m, 150, false, ""},
		{"the day it began, for it was a mistake", m, 100, false, ""},
		{"before it began", m, 99, false, "untilDate BEFORE_FROM"},
		{"tomorrow", m, censusDay + 1, false, "untilDate IN_FUTURE"},
		{"again, the same day", Membership{From: 100, Until: 150}, 150, true, ""},
		{"again, another day", Membership{From: 100, Until: 150}, 160, false, "untilDate ENDED"},
	} {
		ended, implied, err := tt.m.End(tt.on, censusDay)
		if reasonOf(err) != tt.want || implied != tt.implied || err == nil && ended.Until != tt.on {
			t.Errorf("%s: %v %v %v", tt.name, ended, implied, err)
		}
	}
}

func TestAHouseholdHasManyCardsOverTime(t *testing.T) {
	h, err := home().ChangeCard(FamilyCard{Number: firstKK, Reason: CardFirst, From: 100}, censusDay)
	if err != nil {
		t.Fatal(err)
	}
	married, err := h.ChangeCard(FamilyCard{Number: secondKK, Reason: CardMarriage, From: 500}, censusDay)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Cards) != 1 || h.Cards[0].Until != 0 {
		t.Error("the household as it was has changed")
	}
	for day, want := range map[Date]string{99: "", 100: firstKK, 499: firstKK, 500: secondKK, censusDay: secondKK} {
		if card, _ := married.CardOn(day); card.Number != want {
			t.Errorf("on day %d the card is %q, want %q", day, card.Number, want)
		}
	}
	for _, tt := range []struct {
		name string
		card FamilyCard
		want string
	}{
		{"the same number", FamilyCard{Number: secondKK, Reason: CardMove, From: 600}, "cardNumber UNCHANGED"},
		{"no KK", FamilyCard{Number: "32011301", Reason: CardMove, From: 600}, "cardNumber KK_FORMAT"},
		{"before the card before", FamilyCard{Number: firstKK, Reason: CardMove, From: 500}, "fromDate BEFORE_CARD"},
		{"tomorrow", FamilyCard{Number: firstKK, Reason: CardMove, From: censusDay + 1}, "fromDate IN_FUTURE"},
	} {
		if _, err := married.ChangeCard(tt.card, censusDay); reasonOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	mended, err := married.ChangeCard(FamilyCard{Number: "3201130202210003", Reason: CardCorrection, From: 500}, censusDay)
	if card, _ := mended.CardOn(500); err != nil || card.Number != "3201130202210003" {
		t.Errorf("a correction from the same day: %v", err)
	}
	if _, err := married.ChangeCard(FamilyCard{Number: firstKK, From: 600}, censusDay); reasonOf(err) != "reason REQUIRED" {
		t.Errorf("a card without a reason: %v", err)
	}
	if back, err := married.ChangeCard(FamilyCard{Number: firstKK, Reason: CardMove, From: 600}, censusDay); err != nil || len(back.Cards) != 3 {
		t.Errorf("a number that the household had before: %v", err)
	}
}

// Whatever is asked in whatever order, on each day a person is of one household at most and a household has one card at most.
func TestNoDayHasTwoOfAKind(t *testing.T) {
	reasons := []FamilyCardReason{CardMove, CardCorrection}
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 4))
		day := func() Date { return Date(1 + rnd.IntN(60)) }
		p := memberOf(UnitID{1}, Ordinary, 1)
		var known []Membership
		h := home()
		for i := range 40 {
			until := Date(0)
			if rnd.IntN(3) > 0 {
				until = day()
			}
			if m, err := h.Join(Membership{ID: ID{byte(i + 1)}, Role: HouseholdOther, From: day(), Until: until}, p, known, 60); err == nil {
				known = append(known, m)
			}
			if n := len(known); n > 0 && rnd.IntN(2) == 0 {
				at := rnd.IntN(n)
				known[at], _, _ = known[at].End(day(), 60)
			}
			number := firstKK
			if rnd.IntN(2) == 0 {
				number = secondKK
			}
			h, _ = h.ChangeCard(FamilyCard{Number: number, Reason: reasons[rnd.IntN(2)], From: day()}, 60)
		}
		if len(known) == 0 || len(h.Cards) == 0 {
			t.Fatalf("seed %d: nothing was tried", seed)
		}
		h.Members = known
		for d := Date(1); d <= 60; d++ {
			cards := 0
			for _, c := range h.Cards {
				if c.On(d) {
					cards++
				}
			}
			if n := len(h.MembersOn(d)); n > 1 || cards > 1 {
				t.Fatalf("seed %d: on day %d a person is of %d households, a household has %d cards", seed, d, n, cards)
			}
		}
	}
}

func TestTwinsAreTwoMembers(t *testing.T) {
	h := home()
	first, second := memberOf(UnitID{1}, Ordinary, 19000), memberOf(UnitID{1}, Ordinary, 19000)
	second.ID = PersonID{10}
	for i, twin := range []Person{first, second} {
		m, err := h.Join(Membership{ID: ID{byte(i + 1)}, Role: HouseholdChild, From: 19000}, twin, nil, censusDay)
		if err != nil {
			t.Fatal(err)
		}
		h.Members = append(h.Members, m)
	}
	if got := h.MembersOn(censusDay); len(got) != 2 || got[0].Person == got[1].Person {
		t.Errorf("twins are %v", got)
	}
}
