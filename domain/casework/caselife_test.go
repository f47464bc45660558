package casework

import (
	"errors"
	"reflect"
	"testing"
	"time"
)

func reasonOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	if v, ok := errors.AsType[Violations](err); ok {
		return v[0].Field + " " + v[0].Reason
	}
	return ""
}

func caseIn(kind CaseType, status CaseStatus) Case {
	c := Case{ID: CaseID{3}, Type: kind, Status: status, Level: kind.BirthLevel()}
	if status == StatusClosed {
		c.Closed = sentAt
	}
	return c
}

func TestTypesOpenWhereTheyBelong(t *testing.T) {
	for kind := range caseTypeLabels {
		violence := kind == DomesticViolence || kind == ChildViolence || kind == WomanViolence
		level, side, status := L1, Ordinary, StatusReported
		if violence {
			level, side = L3, Protected
		}
		if kind == GrowthMonitoring {
			status = StatusMonitoring
		}
		if kind.IsViolence() != violence || kind.BirthLevel() != level || kind.Side() != side || kind.BirthStatus() != status {
			t.Errorf("%s opens at %s, %s, %s", kind, kind.BirthLevel(), kind.Side(), kind.BirthStatus())
		}
		if kind.IsViolence() && (kind.IsNutrition() || kind.IsGrowth()) {
			t.Errorf("%s is of both groups", kind)
		}
	}
	if GrowthMonitoring.IsNutrition() || FamilyStuntingRisk.IsGrowth() || !GrowthMonitoring.IsGrowth() {
		t.Error("growth monitoring is no nutrition case, and a family is no child")
	}
}

func TestAnAssessmentNeedsWhatThePageSays(t *testing.T) {
	today := DateOf(sentAt)
	danger := Risk{Level: RiskLow, Signs: []RiskSign{SignWeapon}}
	for _, tt := range []struct {
		name string
		kind CaseType
		know Assessment
		want string
		then CaseType
	}{
		{"violence without an index form", DomesticViolence, Assessment{Risk: Risk{Level: RiskHigh}}, "RISK_MISSING", ""},
		{"violence without a level", DomesticViolence, Assessment{IndexForm: true}, "RISK_MISSING", ""},
		{"violence not assessed", ChildViolence, Assessment{IndexForm: true, Risk: Risk{Level: RiskNotAssessed}}, "RISK_MISSING", ""},
		{"violence understated", WomanViolence, Assessment{IndexForm: true, Risk: danger}, "risk.reason REQUIRED", ""},
		{"violence", WomanViolence, Assessment{IndexForm: true, Risk: Risk{Level: RiskLow}}, "", WomanViolence},
		{"a child never measured by a health worker", ChildNutritionRisk, Assessment{}, "CONFIRMATION_MISSING", ""},
		{"31 days ago", ChildNutritionRisk, Assessment{ConfirmedOn: today - 31}, "CONFIRMATION_MISSING", ""},
		{"30 days ago", ChildNutritionRisk, Assessment{ConfirmedOn: today - 30}, "", ChildNutritionRisk},
		{"low once", ChildNutritionRisk, Assessment{ConfirmedOn: today, ConfirmedLow: true}, "", ChildNutritionRisk},
		{"low before, not now", ChildNutritionRisk, Assessment{ConfirmedOn: today, LowBefore: true}, "", ChildNutritionRisk},
		{"low twice", ChildNutritionRisk, Assessment{ConfirmedOn: today, ConfirmedLow: true, LowBefore: true}, "", ChildStunting},
		{"a family without a note", FamilyStuntingRisk, Assessment{}, "note REQUIRED", ""},
		{"a family", FamilyStuntingRisk, Assessment{Note: "skrining"}, "", FamilyStuntingRisk},
	} {
		before := caseIn(tt.kind, StatusScreening)
		after, _, err := before.Assess(tt.know, sentAt)
		if got := reasonOf(err); got != tt.want || err == nil && after.Type != tt.then {
			t.Errorf("%s: got %q, type %s", tt.name, got, after.Type)
		}
		if err != nil && !reflect.DeepEqual(before, after) {
			t.Errorf("%s: refused, and the case changed", tt.name)
		}
	}
}

func TestARecordedRiskIsKeptUnlessJudgedAnew(t *testing.T) {
	c := caseIn(DomesticViolence, StatusScreening)
	c.RiskLevel, c.Content.Risk = RiskHigh, Risk{Level: RiskHigh, Signs: []RiskSign{SignWeapon}}
	same, _, err := c.Assess(Assessment{IndexForm: true}, sentAt)
	if err != nil || same.RiskLevel != RiskHigh || len(same.Content.Risk.Signs) != 1 {
		t.Errorf("kept: %s %v", same.RiskLevel, err)
	}
	lower, _, err := c.Assess(Assessment{IndexForm: true, Risk: Risk{Level: RiskLow}}, sentAt)
	if err != nil || lower.RiskLevel != RiskLow || len(lower.Content.Risk.Signs) != 0 {
		t.Errorf("judged anew: %s %v", lower.RiskLevel, err)
	}
}

func TestAFindingTurnsMonitoringIntoACase(t *testing.T) {
	for kind := range caseTypeLabels {
		after, changed := caseIn(kind, StatusMonitoring).FindNutritionRisk()
		if changed != (kind == GrowthMonitoring) || changed && (after.Type != ChildNutritionRisk || after.Status != StatusReported) {
			t.Errorf("%s: %v, %s %s", kind, changed, after.Type, after.Status)
		}
	}
}

func TestEveryOpenCaseOwesOneThing(t *testing.T) {
	for status := range caseStatusLabels {
		if name, ok := caseIn(ChildStunting, status).Owes(); ok != (status != StatusClosed) || ok && !name.Valid() {
			t.Errorf("%s owes %q", status, name)
		}
	}
}

func TestACaseDutyReadsTheColumnOfItsRiskOrFinding(t *testing.T) {
	c := caseIn(DomesticViolence, StatusReported)
	for level, want := range map[RiskLevel]Urgency{RiskHigh: Emergency, RiskMedium: Urgent, RiskLow: Routine, RiskNotAssessed: Routine, "": Routine} {
		if c.RiskLevel = level; c.DutyUrgency(Emergency) != want {
			t.Errorf("%s: got %s, want %s", level, c.DutyUrgency(Emergency), want)
		}
	}
	child := caseIn(ChildNutritionRisk, StatusReported)
	if child.DutyUrgency(Emergency) != Emergency || child.DutyUrgency("") != Routine {
		t.Error("a child's case follows its finding")
	}
}

func TestGuardsOfFile(t *testing.T) {
	fits := Filing{CaseOpen: true, BasisValid: true, ReceiverAble: true, OffersService: true, CoversArea: true}
	leg := Referral{ID: LegID{7}, Service: ServiceLegalAid, Urgency: Routine, SenderRegister: UnitID{1}, ReceiverRegister: UnitID{2}}
	mediation := func(r *Referral, _ *Filing) { r.Service = ServiceMediation }
	long := "satu-satunya unit yang buka malam ini"
	for _, tt := range []struct {
		name   string
		change func(*Referral, *Filing)
		want   string
	}{
		{"all fits", func(*Referral, *Filing) {}, ""},
		{"the case is closed", func(_ *Referral, f *Filing) { f.CaseOpen = false }, "CASE_STATE"},
		{"inside the register", func(r *Referral, _ *Filing) { r.ReceiverRegister = r.SenderRegister }, "receiverUnit INSIDE"},
		{"an unheard service", func(r *Referral, _ *Filing) { r.Service = "HUG" }, "service NOT_A_SERVICE"},
		{"no urgency", func(r *Referral, _ *Filing) { r.Urgency = "" }, "urgency NOT_AN_URGENCY"},
		{"no basis", func(_ *Referral, f *Filing) { f.BasisValid = false }, "BASIS_MISSING"},
		{"nobody there", func(_ *Referral, f *Filing) { f.ReceiverAble = false }, "RECEIVER_UNAVAILABLE"},
		{"not offered", func(_ *Referral, f *Filing) { f.OffersService = false }, "SERVICE_MISMATCH"},
		{"not covered", func(_ *Referral, f *Filing) { f.CoversArea = false }, "AREA_MISMATCH"},
		{"overridden by a word", func(r *Referral, f *Filing) { f.CoversArea, r.Request.OverrideReason = false, "perlu" }, "AREA_MISMATCH"},
		{"overridden", func(r *Referral, f *Filing) {
			f.CoversArea, f.OffersService, r.Request.OverrideReason = false, false, long
		}, ""},
		{"no override of a missing basis", func(r *Referral, f *Filing) { f.BasisValid, r.Request.OverrideReason = false, long }, "BASIS_MISSING"},
		{"an open leg", func(_ *Referral, f *Filing) { f.OpenLeg = LegID{9} }, "DUPLICATE_OPEN_LEG"},
		{"mediation", mediation, ""},
		{"mediation at HIGH", func(r *Referral, f *Filing) { mediation(r, f); f.Risk = RiskHigh }, "SERVICE_NOT_ALLOWED"},
		{"mediation after sexual violence", func(r *Referral, f *Filing) {
			mediation(r, f)
			f.Forms = []ViolenceForm{FormPhysical, FormSexual}
		}, "SERVICE_NOT_ALLOWED"},
	} {
		r, f := leg, fits
		tt.change(&r, &f)
		sent, _, err := r.File(f, sentAt)
		if got := reasonOf(err); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if err == nil && (sent.State != Sent || !sent.Sent.Equal(sentAt) || sent.Root != leg.ID) || err != nil && !reflect.DeepEqual(r, sent) {
			t.Errorf("%s: the leg is %s of %v", tt.name, sent.State, sent.Root)
		}
	}
}

func TestUnitsWorkBetweenTheirDates(t *testing.T) {
	u := Unit{ActiveFrom: sentAt, ActiveUntil: sentAt.Add(time.Hour)}
	for after, want := range map[time.Duration]bool{-1: false, 0: true, time.Hour - 1: true, time.Hour: false} {
		if u.ActiveOn(sentAt.Add(after)) != want {
			t.Errorf("%s after the start: %v", after, !want)
		}
	}
	if u.ActiveUntil = (time.Time{}); !u.ActiveOn(sentAt.Add(1e6 * time.Hour)) {
		t.Error("a unit without an end ended")
	}
}

func TestADisclosureEndsByItsDayOrByTheClient(t *testing.T) {
	d := Disclosure{Given: sentAt, Expires: sentAt.Add(time.Hour)}
	for after, want := range map[time.Duration]bool{-1: false, 0: true, time.Hour - 1: true, time.Hour: false} {
		if d.ValidAt(sentAt.Add(after)) != want {
			t.Errorf("%s after: %v", after, !want)
		}
	}
	if d.Withdrawn = sentAt; d.ValidAt(sentAt) {
		t.Error("a withdrawn consent is in force")
	}
}
