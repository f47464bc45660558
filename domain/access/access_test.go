package access

import (
	"slices"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

func TestWhatIsLeftOutNarrows(t *testing.T) {
	for _, c := range []struct {
		name string
		f    Facts
		want Outcome
	}{
		{"nothing at all", Facts{}, Unauthenticated},
		{"no role", Facts{Action: Read, Active: true, Relations: Assigned, Level: L1, State: Open}, NotFound},
		{"a role that is none", Facts{Action: Read, Active: true, Role: App + 1, Relations: Assigned, Level: L1, State: Open}, NotFound},
		{"no level is L3", Facts{Action: Read, Active: true, Role: Worker, Relations: Owner, State: Open}, NotFound},
		{"a level that is none is L3", Facts{
			Action: Read, Active: true, Role: Worker, Relations: Owner,
			Level: L3 + 1, State: Open,
		}, NotFound},
		{"no level wants a second factor", Facts{Action: Read, Active: true, Role: Worker, Relations: Assigned, State: Open}, StepUp},
		{"no state is sealed", Facts{Action: Read, Active: true, Role: Worker, Relations: Assigned, Level: L1}, NotFound},
		{"a second factor of no known age is none", Facts{
			Action: Read, Active: true, Role: Worker, Relations: Assigned,
			State: Open, MFA: MFARecent + 1,
		}, StepUp},
		{"no own level is below all", Facts{
			Action: Read, Active: true, Role: Worker, Relations: Match,
			Level: L1, State: Open,
		}, NotFound},
		{"an own level that is none is below all", Facts{
			Action: Read, Active: true, Role: Worker, Relations: Match,
			Level: L1, OwnLevel: L3 + 1, State: Open,
		}, NotFound},
		{"an action that is none, seen", Facts{Active: true, Role: Worker, Relations: Assigned, Level: L1, State: Open}, Denied},
		{"an action that is none, not seen", Facts{Action: actionEnd, Active: true, Role: Worker, Level: L1, State: Open}, NotFound},
		{"an unknown author is neither self", Facts{Action: AbsenceSet, Active: true, Role: Worker}, Denied},
		{"nor another", Facts{Action: ReviewDecide, Active: true, Role: Reviewer, Cond: ReviewPending}, Denied},
		{"conditions that Decide works out are not believed", Facts{
			Action: BreakGlassOpen, Active: true, Role: Worker,
			Level: L1, State: Open,
			MFA: MFARecent, Cond: ExactKey | HasReason | WithinQuota | glassSector,
		}, NotFound},
		{"nor one that it knows nothing of", Facts{
			Action: CaseUpdate, Active: true, Role: Worker,
			Level: L1, State: Open, Cond: sees,
		}, NotFound},
	} {
		if d := Decide(c.f); d.Outcome != c.want {
			t.Errorf("%s: got %v by %v, want %v", c.name, d.Outcome, d.Rule, c.want)
		}
	}
}

func TestReasonOfAnotherActDoesNotOpenF4(t *testing.T) {
	head := Facts{Active: true, Role: Supervisor, Relations: Owner | BreakGlass, Level: L1, State: Open, Cond: HasReason | Cosigned}
	if d := Decide(head.Doing(CaseAssign).Doing(Read)); d.Grant.Shows(F4) {
		t.Error("the read after case.assign shows F4 for that act's reason")
	}
	if d := Decide(head.Doing(CaseOpen).Doing(Read)); !d.Grant.Shows(F4) {
		t.Error("the read after case.open does not show F4")
	}
}

func TestZeroDecisionShowsNothing(t *testing.T) {
	var d Decision
	if d.Outcome != NotFound || d.Allowed() || d.Grant.Shows(maskEnd-1) || Union().Mask() != 0 || Join().Allowed() {
		t.Errorf("the zero Decision: got %v, want NOT_FOUND and nothing shown", d)
	}
}

// receiver is an officer of the social office with one leg and its basis.
func receiver(leg byte, basis Basis, scope Mask) Facts {
	return Facts{
		Action: Read, Active: true, Role: Worker, Sector: Social, Relations: Receiver, Level: L1, State: Open,
		Leg: casework.LegID{leg}, Basis: basis, Scope: scope, Named: Named{}.With(leg), Case: casework.CaseID{7},
	}
}

func TestWideScopeNeverMeetsWeakBasis(t *testing.T) {
	consent := Decide(receiver(1, Consent, F1|F3Named))
	exception := Decide(receiver(2, Exception, maskEnd-1)) // names everything, and is capped
	read := Join(consent, exception)
	if got, want := read.Grant.Mask(), (F0 | F1 | F2 | F3Named).Closure(); got != want {
		t.Errorf("joined: got %v, want %v", got, want)
	}
	if read.Grant.Named() != (Named{}).With(1) {
		t.Errorf("joined: got the fields %x, want those of the consent's leg alone", read.Grant.Named())
	}
	if read.Effects != TellSubject || read.Rule != "R16a" ||
		read.Grant.Leg() != (casework.LegID{}) || read.Grant.Case() != (casework.CaseID{7}) {
		t.Errorf("joined: got %+v, want R16a, the subject told, and the Grant of the case", read)
	}
	if wrong := Decide(receiver(1, Consent|Exception, maskEnd-1)); wrong.Grant.Mask() == read.Grant.Mask() {
		t.Error("negative control: one call with both bases shows no more than two calls")
	}
}

func TestListedFieldsNeedAConsentThatOpensThem(t *testing.T) {
	for _, c := range []struct {
		name  string
		f     Facts
		shows bool
	}{
		{"a consent that lists fields", receiver(1, Consent, F4Named), true},
		{"a consent to the whole class", receiver(1, Consent, F4), true},
		{"a consent that opens none", receiver(1, Consent, F1|F2), false},
		{"an exception", receiver(1, Exception, maskEnd-1), false},
		{"care", receiver(1, Care, maskEnd-1), false},
		{"an officer of the case", func() Facts { f := receiver(1, Consent, F1); f.Relations = Assigned; return f }(), false},
	} {
		if got := Decide(c.f).Grant.Named().Has(1); got != c.shows {
			t.Errorf("%s: got listed fields %v, want %v", c.name, got, c.shows)
		}
	}
}

func TestGrantsOfTwoCasesShowNothing(t *testing.T) {
	one, two := receiver(1, Consent, F1), receiver(1, Consent, F1)
	two.Case = casework.CaseID{8}
	if got := Union(Decide(one).Grant, Decide(two).Grant); got.Mask() != 0 {
		t.Errorf("Union of two cases: got %v, want nothing", got.Mask())
	}
	if got := Union(Grant{}, Decide(one).Grant); got != Decide(one).Grant {
		t.Errorf("Union with nothing: got %+v, want the Grant itself", got)
	}
}

func TestOneStepUpIsTheWholeAnswers(t *testing.T) {
	receipt := Facts{Action: Read, Active: true, Role: Worker, Relations: Submitter, Level: L3, State: Open}
	leg := receiver(1, Consent, F1)
	leg.Level = L3
	if d := Join(Decide(receipt), Decide(leg)); d.Outcome != StepUp || d.Grant.Mask() != 0 {
		t.Errorf("Join: got %v showing %v, want STEP_UP and nothing", d.Outcome, d.Grant.Mask())
	}
	if d := Join(Decide(Facts{Action: Read, Active: true, Role: Worker}), Decide(receipt)); !d.Allowed() || d.Grant.Mask() != Receipt {
		t.Errorf("Join of a refusal and a receipt: got %v, want the receipt", d)
	}
}

func TestAGuardianWhoIsThePerpetratorGivesNoConsent(t *testing.T) {
	f := Facts{
		Action: DisclosureRecord, Active: true, Role: Worker, Relations: Assigned, Level: L1, State: Open,
		Cond: GiverGuardian | GiverPerpetrator | NoMethod,
	}
	if d := Decide(f); d.Outcome != Invalid || d.Rule != "G1" || d.Effects != 0 {
		t.Errorf("Decide: got %+v, want INVALID by G1", d)
	}
	if got := CheckConsent(f); len(got) != 2 || got[0] != "G1" || got[1] != "G5" {
		t.Errorf("CheckConsent: got %v, want G1 and G5", got)
	}
	f.Relations = 0
	if d := Decide(f); d.Outcome != NotFound {
		t.Errorf("Decide for a stranger: got %v, want NOT_FOUND, which tells nothing of the giver", d.Outcome)
	}
	if got := CheckConsent(Facts{Action: Notify, Cond: ContactPerpetrator}); len(got) != 1 || got[0] != "G3" {
		t.Errorf("CheckConsent of a message: got %v, want G3", got)
	}
}

// G3: no message about a client goes to somebody recorded as alleged perpetrator, whoever has it sent and however right the rest is. It is
// said of messages alone: other acts do not ask whom the contact is.
func TestAnAllegedPerpetratorIsSentNoMessage(t *testing.T) {
	for role := Intake; role <= App; role++ {
		for _, level := range []Level{L1, L2, L3} {
			for _, relation := range []Relation{0, Assigned, Owner, Receiver, Pending} {
				f := Facts{
					Action: Notify, Active: true, Role: role, Relations: relation, Level: level, State: Open, MFA: MFARecent, Basis: Consent,
					Cond: ContactPerpetrator | HasReason | Cosigned,
				}
				if got := CheckConsent(f); !slices.Equal(got, []Rule{"G3"}) {
					t.Errorf("%v %v %v: %v, want G3", role, level, relation, got)
				}
				if d := Decide(f); d.Allowed() {
					t.Errorf("%v %v %v: Decide allows it by %s", role, level, relation, d.Rule)
				}
				f.Cond &^= ContactPerpetrator
				if got := CheckConsent(f); len(got) != 0 {
					t.Errorf("%v %v %v: %v for a contact who is not", role, level, relation, got)
				}
			}
		}
	}
	for a := Action(0); a < Notify; a++ {
		if got := CheckConsent(Facts{Action: a, Cond: ContactPerpetrator}); slices.Contains(got, "G3") {
			t.Errorf("%s breaks G3", a)
		}
	}
}

func TestWordsAreThoseOfTheTable(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{ReferralSend.String(), "referral.send"},
		{Notify.String(), "notify"},
		{Action(0).String(), ""},
		{actionEnd.String(), ""},
		{(F0 | F1).String(), "F0|F1"},
		{Mask(0).String(), ""},
		{F3Sector.String(), "F3_SECTOR"},
		{StepUp.String(), "STEP_UP"},
		{Outcome(99).String(), ""},
		{Rule("R10").String(), "R10"},
		{Supervisor.String(), "SUPERVISOR"},
		{L3.String(), "L3"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// The journal and the scopes of disclosures hold these numbers: one that moves opens other fields than she consented to.
func TestBitsOfMasksNeverMove(t *testing.T) {
	for i, m := range []Mask{
		F0, F1, F2, F3, F4, Receipt, F1Own, F1Late, F2Link, F2Roster, F3Health, F3Social, F3Protection,
		F3Last, F3Named, F4Named, Reason, F3Sector,
	} {
		if m != 1<<i {
			t.Errorf("%v: got bit %#x, want %#x", m, uint32(m), 1<<i)
		}
	}
}

// Every rule that lets something of a case be read has its purpose, but those for which the page names none.
func TestPurposeFollowsFromTheRule(t *testing.T) {
	for _, r := range reads {
		if got := r.id.Purpose(); (got == "") != (r.id == "R19") {
			t.Errorf("%s: got purpose %q", r.id, got)
		}
	}
	for rule, want := range map[Rule]Purpose{
		"R12b": PurposeCare, "R17": PurposeReferral, "R18b": PurposeSafety, "R6a": PurposeReview,
		"A32": PurposeSubjectRequest, "A3": "", "R20": "",
	} {
		if got := rule.Purpose(); got != want {
			t.Errorf("%s: got purpose %q, want %q", rule, got, want)
		}
	}
}
