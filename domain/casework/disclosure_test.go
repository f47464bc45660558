package casework

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const oneDay = 24 * time.Hour

var (
	hospital = UnitID{1}
	uptd     = UnitID{2}
	police   = UnitID{3}
)

// consentOf is a consent for the hospital, in force since the leg was sent.
func consentOf(id byte, change ...func(*Disclosure)) Disclosure {
	d := Disclosure{
		ID: DisclosureID{id}, Kind: BasisConsent, To: []UnitID{hospital}, Given: sentAt, Expires: sentAt.Add(90 * oneDay),
		Content: DisclosureContent{Giver: GiverSelf},
	}
	for _, c := range change {
		c(&d)
	}
	return d
}

func legOn(basis byte, state ReferralState) Referral {
	l := legIn(state)
	l.Disclosure, l.Receiver = DisclosureID{basis}, hospital
	return l
}

func TestABasisCoversTheUnitsAndServicesThatItNamesAlone(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Disclosure)
		covers bool
	}{
		{"the receiver, for any service", func(*Disclosure) {}, true},
		{"the receiver among several", func(d *Disclosure) { d.To = []UnitID{uptd, hospital} }, true},
		{"the service", func(d *Disclosure) { d.Services = []ReferralServiceType{ServiceLegalAid, ServiceNutritionTreatment} }, true},
		{"another service", func(d *Disclosure) { d.Services = []ReferralServiceType{ServiceLegalAid} }, false},
		{"another unit", func(d *Disclosure) { d.To = []UnitID{uptd} }, false},
		{"nobody", func(d *Disclosure) { d.To = nil }, false},
		{"another case", func(d *Disclosure) { d.Case = CaseID{9} }, false},
	} {
		if got := consentOf(1, c.change).Covers(legOn(1, Sent)); got != c.covers {
			t.Errorf("a consent for %s covers the leg: %v", c.name, got)
		}
	}
}

func TestABasisHoldsFromItsGivingToItsEndOrWithdrawal(t *testing.T) {
	d := consentOf(1)
	ended, forever := d, d
	ended.Withdrawn, forever.Expires = sentAt.Add(oneDay), time.Time{}
	for _, c := range []struct {
		name string
		d    Disclosure
		at   time.Time
		want bool
	}{
		{"a minute before it was given", d, sentAt.Add(-time.Minute), false},
		{"when it was given", d, sentAt, true},
		{"in its last microsecond", d, d.Expires.Add(-time.Microsecond), true},
		{"at its end", d, d.Expires, false},
		{"after its withdrawal", ended, sentAt.Add(2 * oneDay), false},
		{"by a clock set back before its withdrawal", ended, sentAt.Add(time.Hour), false},
		{"without an end, ten years on", forever, sentAt.Add(3650 * oneDay), true},
	} {
		if got := c.d.ValidAt(c.at); got != c.want {
			t.Errorf("%s it holds: %v", c.name, got)
		}
	}
}

func TestAConsentLasts90DaysAndAtMost365(t *testing.T) {
	today := DateOf(sentAt)
	for _, c := range []struct {
		name        string
		given, last Date
		until       Date // the day after its last
		faults      Violations
	}{
		{"with no days said", 0, 0, today + 91, nil},
		{"given last week", today - 7, 0, today - 7 + 91, nil},
		{"for today alone", 0, today, today + 1, nil},
		{"for 365 days", 0, today + 365, today + 366, nil},
		{"for 366 days", 0, today + 366, today + 367, Violations{{"expiresOn", "OVER_365_DAYS"}}},
		{"given a year ago, for a year and today", today - 365, today, today + 1, nil},
		{"that ended yesterday", today - 9, today - 1, today, Violations{{"expiresOn", "IN_PAST"}}},
		{"given tomorrow", today + 1, today + 9, today + 10, Violations{{"givenOn", "IN_FUTURE"}}},
		{"given tomorrow for two years", today + 1, today + 800, today + 801, Violations{{"givenOn", "IN_FUTURE"}, {"expiresOn", "OVER_365_DAYS"}}},
	} {
		from, until, v := ConsentTerm(c.given, c.last, today)
		if c.given == 0 {
			c.given = today
		}
		if !from.Equal(c.given.Time()) || !until.Equal(c.until.Time()) || !reflect.DeepEqual(v, c.faults) {
			t.Errorf("a consent %s: from %v until %v, %v", c.name, from, until, v)
		}
	}
}

func TestAConsentSaysWhoGaveItAndHow(t *testing.T) {
	good := DisclosureContent{Giver: GiverSelf, Method: MethodSpoken, ExplainedBy: "bidan"}
	for name, c := range map[string]struct {
		change func(*DisclosureContent)
		want   Violations
	}{
		"whole":                       {func(*DisclosureContent) {}, nil},
		"without a method":            {func(c *DisclosureContent) { c.Method = "" }, Violations{{"method", "REQUIRED"}}},
		"explained by nobody":         {func(c *DisclosureContent) { c.ExplainedBy = "  " }, Violations{{"explainedBy", "REQUIRED"}}},
		"by a guardian without name":  {func(c *DisclosureContent) { c.Giver, c.GiverName = GiverGuardian, " " }, Violations{{"giverName", "REQUIRED"}}},
		"by an authority without one": {func(c *DisclosureContent) { c.Giver = GiverAuthority }, Violations{{"giverName", "REQUIRED"}}},
		"by a guardian on record":     {func(c *DisclosureContent) { c.Giver, c.GiverPerson = GiverGuardian, PersonID{4} }, nil},
		"empty":                       {func(c *DisclosureContent) { *c = DisclosureContent{} }, Violations{{"giver", "REQUIRED"}, {"method", "REQUIRED"}, {"explainedBy", "REQUIRED"}}},
	} {
		stated := good
		c.change(&stated)
		if got := CheckConsent(stated); !reflect.DeepEqual(got, c.want) {
			t.Errorf("a consent %s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAnExceptionSaysWhy(t *testing.T) {
	why := strings.Repeat("a", 30)
	for _, c := range []struct {
		kind    BasisKind
		content DisclosureContent
		want    Violations
	}{
		{BasisX1, DisclosureContent{Reason: why}, nil},
		{BasisX2, DisclosureContent{Reason: why[:29]}, Violations{{"reason", "TOO_SHORT"}}},
		{BasisX2, DisclosureContent{Reason: strings.Repeat(" ", 40)}, Violations{{"reason", "TOO_SHORT"}}},
		{BasisX3, DisclosureContent{Reason: why, OrderNumber: "B/12/2026"}, nil},
		{BasisX3, DisclosureContent{Reason: why}, Violations{{"orderNumber", "REQUIRED"}}},
		{BasisX3, DisclosureContent{}, Violations{{"reason", "TOO_SHORT"}, {"orderNumber", "REQUIRED"}}},
	} {
		if got := CheckException(c.kind, c.content); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.kind, got, c.want)
		}
	}
}

func TestTheChainOfHealthCareCarriesOrdinaryServicesBetweenHealthUnitsAlone(t *testing.T) {
	for _, c := range []struct {
		k        CaseType
		service  ReferralServiceType
		from, to UnitType
		want     bool
	}{
		{ChildStunting, ServiceSpecialistPediatric, UnitHealthCenter, UnitHospital, true},
		{ChildNutritionRisk, ServiceGrowthFollowUp, UnitHospital, UnitIntegratedHealthPost, true},
		{ChildNutritionRisk, ServicePsychologicalSupport, UnitHealthCenter, UnitHospital, false},
		{ChildNutritionRisk, ServiceSocialAssistance, UnitHealthCenter, UnitSocialOffice, false},
		{ChildNutritionRisk, ServiceNutritionTreatment, UnitSocialOffice, UnitHospital, false},
		{DomesticViolence, ServiceNutritionTreatment, UnitHealthCenter, UnitHospital, false},
	} {
		if got := CareCarries(c.k, c.service, c.from, c.to); got != c.want {
			t.Errorf("care carries %s of %s from %s to %s: %v", c.service, c.k, c.from, c.to, got)
		}
	}
}

func TestARenewalTakesOverWhatItRenewsAndWhatStandsOnNothing(t *testing.T) {
	old, expired := consentOf(1), consentOf(1, func(d *Disclosure) { d.Expires = sentAt.Add(time.Hour) })
	renewal := consentOf(2, func(d *Disclosure) { d.Replaces, d.Given = old.ID, sentAt.Add(oneDay) })
	another := consentOf(3, func(d *Disclosure) { d.Given = sentAt.Add(oneDay) })
	elsewhere := consentOf(4, func(d *Disclosure) { d.Replaces, d.To = old.ID, []UnitID{uptd} })
	now := sentAt.Add(2 * oneDay)
	for _, c := range []struct {
		name   string
		d      Disclosure
		l      Referral
		stands Disclosure
		want   bool
	}{
		{"its renewal, a leg in service", renewal, legOn(1, InService), old, true},
		{"its renewal after the end", renewal, legOn(1, Accepted), expired, true},
		{"another consent, a leg on one that holds", another, legOn(1, Accepted), old, false},
		{"another consent, a leg on one that has ended", another, legOn(1, Accepted), expired, true},
		{"a renewal that no longer names the receiver", elsewhere, legOn(1, Accepted), old, false},
		{"its renewal, a leg that was withdrawn", renewal, legOn(1, Cancelled), old, false},
		{"its renewal, a leg that is closed", renewal, legOn(1, Closed), old, false},
	} {
		if got := c.d.TakesOver(c.l, c.stands, now); got != c.want {
			t.Errorf("%s moves: %v", c.name, got)
		}
	}
	if renewal.TakesOver(legOn(1, Accepted), old, renewal.Given.Add(-time.Second)) {
		t.Error("a renewal takes over before it is given")
	}
}

func TestABasisIsReplacedOnceAndInItsCaseAlone(t *testing.T) {
	old, gone := consentOf(1), consentOf(1, func(d *Disclosure) { d.Withdrawn = sentAt })
	d := consentOf(2, func(d *Disclosure) { d.Replaces = old.ID })
	foreign := consentOf(1, func(d *Disclosure) { d.Case = CaseID{8} })
	for name, err := range map[string]error{
		"":                          errOr(d.MayReplace(old, false), d.MayReplace(gone, false)),
		"replaces REPLACED":         d.MayReplace(old, true),
		"replaces NOT_OF_THE_CASE":  d.MayReplace(foreign, false),
		"replaces NOT_OF_THE_CASE ": d.MayReplace(d, false),
	} {
		if got := reasonOf(err); got != strings.TrimSpace(name) {
			t.Errorf("%q, want %q", got, name)
		}
	}
}

func errOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func TestTheEndOfAConsentIsToldFourteenAndThreeDaysBefore(t *testing.T) {
	d := consentOf(1)
	at := func(days float64) time.Time { return d.Expires.Add(-time.Duration(days * float64(oneDay))) }
	short := consentOf(1, func(d *Disclosure) { d.Expires = sentAt.Add(10 * oneDay) })
	withdrawn := consentOf(1, func(d *Disclosure) { d.Withdrawn = sentAt })
	for _, c := range []struct {
		name string
		d    Disclosure
		sent int
		at   time.Time
		want int
	}{
		{"15 days before", d, 0, at(15), 0},
		{"14 days before", d, 0, at(14), 14},
		{"13 days before, told", d, 14, at(13), 0},
		{"3 days before", d, 14, at(3), 3},
		{"2 days before, told", d, 3, at(2), 0},
		{"2 days before, after the server stood still", d, 0, at(2), 3},
		{"at its end", d, 14, at(0), 0},
		{"of 10 days, on its first", short, 0, sentAt, 0},
		{"of 10 days, 3 before", short, 0, sentAt.Add(7 * oneDay), 3},
		{"withdrawn", withdrawn, 0, at(3), 0},
		{"without an end", consentOf(1, func(d *Disclosure) { d.Expires = time.Time{} }), 0, at(3), 0},
	} {
		if got := c.d.ReminderDue(c.sent, c.at); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAWithdrawalEndsTheWholeLineAndNothingBeyondIt(t *testing.T) {
	replaces := func(id byte) func(*Disclosure) { return func(d *Disclosure) { d.Replaces = DisclosureID{id} } }
	withdrawn := func(d *Disclosure) { d.Withdrawn = sentAt }
	for _, c := range []struct {
		name string
		all  []Disclosure
		of   byte
		want string
	}{
		{"alone", []Disclosure{consentOf(1), consentOf(2)}, 1, "1"},
		{"the renewal, named by the old one", []Disclosure{consentOf(1), consentOf(2, replaces(1))}, 1, "12"},
		{"the old one, named by its renewal", []Disclosure{consentOf(1), consentOf(2, replaces(1))}, 2, "12"},
		{"three in a row, by the middle", []Disclosure{consentOf(3, replaces(2)), consentOf(1), consentOf(2, replaces(1)), consentOf(4)}, 2, "312"},
		{"given anew after a withdrawal", []Disclosure{consentOf(1, withdrawn), consentOf(2, replaces(1))}, 2, "2"},
		{"withdrawn before", []Disclosure{consentOf(1, withdrawn), consentOf(2)}, 1, ""},
	} {
		var got strings.Builder
		for _, d := range Line(DisclosureID{c.of}, c.all) {
			got.WriteByte('0' + d.ID[0])
		}
		if got.String() != c.want {
			t.Errorf("%s: %q, want %q", c.name, got.String(), c.want)
		}
	}
}

func TestALegWithoutABasisEndsAndOneWithAnotherStays(t *testing.T) {
	x1 := consentOf(5, func(d *Disclosure) { d.Kind, d.Expires = BasisX1, time.Time{} })
	wide := consentOf(6)
	opens := func(d Disclosure, _ Referral) Opening {
		if d.ID == wide.ID {
			return Opening{Classes: 7}
		}
		return Opening{Classes: 3}
	}
	first := consentOf(1)
	for _, c := range []struct {
		name      string
		others    []Disclosure
		leg       Referral
		bare      bool
		moved     byte
		exception bool
	}{
		{"alone", nil, legOn(1, Accepted), true, 0, false},
		{"another consent in force", []Disclosure{consentOf(2)}, legOn(1, InService), false, 2, false},
		{"another consent that has ended", []Disclosure{consentOf(2, func(d *Disclosure) { d.Expires = sentAt })}, legOn(1, Sent), true, 0, false},
		{"another consent, for another unit", []Disclosure{consentOf(2, func(d *Disclosure) { d.To = []UnitID{uptd} })}, legOn(1, Sent), true, 0, false},
		{"another consent that shows more", []Disclosure{wide}, legOn(1, Accepted), true, 0, false},
		{"another consent that was replaced", []Disclosure{consentOf(2), consentOf(3, func(d *Disclosure) { d.Replaces, d.To = DisclosureID{2}, []UnitID{uptd} })}, legOn(1, Sent), true, 0, false},
		{"the chain of health care beside it", []Disclosure{consentOf(2, func(d *Disclosure) { d.Kind = BasisCare })}, legOn(1, Sent), true, 0, false},
		{"an exception for its receiver", []Disclosure{x1}, legOn(1, Reported), false, 5, true},
		{"on an exception itself", []Disclosure{x1}, legOn(5, Accepted), false, 0, true},
		{"over", nil, legOn(1, Closed), false, 0, false},
		{"of another consent", []Disclosure{consentOf(2)}, legOn(2, Accepted), false, 0, false},
	} {
		loss := Losing([]Disclosure{first}, append(c.others, first), []Referral{c.leg}, opens, sentAt.Add(oneDay))
		var moved byte
		if len(loss.Moved) > 0 {
			moved = loss.Moved[0].Basis[0]
		}
		if (len(loss.Bare) == 1) != c.bare || moved != c.moved || (len(loss.OnException) == 1) != c.exception {
			t.Errorf("a leg %s: bare %v, moved to %d, on an exception %v", c.name, len(loss.Bare) == 1, moved, len(loss.OnException) == 1)
		}
	}
}

// chance makes small worlds of bases and legs in which everything meets everything.
type chance struct{ *rand.Rand }

func (c chance) units() (to []UnitID) {
	for _, u := range []UnitID{hospital, uptd, police} {
		if c.IntN(2) == 0 {
			to = append(to, u)
		}
	}
	return to
}

func (c chance) bases() []Disclosure {
	all := make([]Disclosure, 1+c.IntN(6))
	for i := range all {
		d := consentOf(byte(i + 1))
		d.Kind = []BasisKind{BasisConsent, BasisConsent, BasisCare, BasisX1}[c.IntN(4)]
		d.To, d.Scope, d.Named = c.units(), uint32(c.IntN(8)), uint64(c.IntN(4))
		d.Expires = sentAt.Add(time.Duration(1+c.IntN(60)) * oneDay)
		if c.IntN(3) == 0 {
			d.Services = []ReferralServiceType{ServiceNutritionTreatment, ServiceLegalAid}[c.IntN(2):][:1]
		}
		if i > 0 && c.IntN(3) == 0 {
			d.Replaces = all[c.IntN(i)].ID
		}
		if c.IntN(5) == 0 {
			d.Withdrawn = sentAt
		}
		all[i] = d
	}
	return all
}

func (c chance) legs(bases []Disclosure) []Referral {
	legs := make([]Referral, c.IntN(6))
	for i := range legs {
		legs[i] = legOn(bases[c.IntN(len(bases))].ID[0], legStates[c.IntN(len(legStates))])
		legs[i].ID, legs[i].Receiver = LegID{byte(i)}, []UnitID{hospital, uptd, police}[c.IntN(3)]
		legs[i].Service = []ReferralServiceType{ServiceNutritionTreatment, ServiceLegalAid}[c.IntN(2)]
	}
	return legs
}

// read is what a leg's officer reads by its basis at an instant.
func read(l Referral, basis DisclosureID, all []Disclosure, now time.Time) Opening {
	d, ok := find(basis, all)
	if !ok || l.State.IsFinal() || !d.ValidAt(now) {
		return Opening{}
	}
	return Opening{d.Scope, d.Named}
}

// Invariant 10 of referral.md 12 and I5 of access.md, over random worlds.
func TestLosingABasisNeverAddsAndLeavesNoLegOnIt(t *testing.T) {
	c := chance{rand.New(rand.NewPCG(4, 10))}
	opens := func(d Disclosure, _ Referral) Opening { return Opening{d.Scope, d.Named} }
	bare, moved := 0, 0
	for range 20000 {
		all := c.bases()
		legs := c.legs(all)
		now := sentAt.Add(time.Duration(c.IntN(60)) * oneDay)
		ended := Line(all[c.IntN(len(all))].ID, all)
		loss := Losing(ended, all, legs, opens, now)
		after := withdraw(all, ended, now)
		bare, moved = bare+len(loss.Bare), moved+len(loss.Moved)
		for _, l := range legs {
			before := read(l, l.Disclosure, all, now)
			l = l.after(loss)
			if got := read(l, l.Disclosure, after, now); !got.Within(before) {
				t.Fatalf("a leg reads %+v that read %+v", got, before)
			}
			if _, on := find(l.Disclosure, ended); on && !l.State.IsFinal() {
				t.Fatalf("an open leg stands on a basis that has ended: %s", l.State)
			}
			if d, _ := find(l.Disclosure, after); read(l, l.Disclosure, after, now) != (Opening{}) && wasMoved(l, loss) && !d.Names(l.Receiver) {
				t.Fatal("a leg was moved to a basis that does not name its receiver")
			}
		}
	}
	if bare < 1000 || moved < 100 {
		t.Errorf("the worlds ended %d legs and moved %d: too few to tell", bare, moved)
	}
}

func withdraw(all, ended []Disclosure, now time.Time) []Disclosure {
	after := slices.Clone(all)
	for i := range after {
		if _, over := find(after[i].ID, ended); over {
			after[i].Withdrawn = now
		}
	}
	return after
}

func wasMoved(l Referral, loss Loss) bool {
	return slices.ContainsFunc(loss.Moved, func(m Moved) bool { return m.Leg.ID == l.ID })
}

// after is the leg as the loss leaves it.
func (r Referral) after(loss Loss) Referral {
	for _, m := range loss.Moved {
		if m.Leg.ID == r.ID {
			r.Disclosure = m.Basis
		}
	}
	if slices.ContainsFunc(loss.Bare, func(b Referral) bool { return b.ID == r.ID }) {
		r.State = Cancelled
	}
	return r
}

func TestABasisTakesOverNoLegWhoseReceiverItDoesNotName(t *testing.T) {
	c := chance{rand.New(rand.NewPCG(9, 1))}
	taken := 0
	for range 20000 {
		all := c.bases()
		now := sentAt.Add(time.Duration(c.IntN(60)) * oneDay)
		for _, l := range c.legs(all) {
			for _, d := range all {
				stands, _ := find(l.Disclosure, all)
				if !d.TakesOver(l, stands, now) {
					continue
				}
				taken++
				if !d.Names(l.Receiver) || !d.Serves(l.Service) || !d.ValidAt(now) || stands.ValidAt(now) && d.Replaces != stands.ID {
					t.Fatalf("a leg moved that should not: %+v", d)
				}
			}
		}
	}
	if taken < 1000 {
		t.Errorf("only %d legs were taken over", taken)
	}
}
