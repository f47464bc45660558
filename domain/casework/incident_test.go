package casework

import "testing"

// UU 23/2004 art. 2 by the table of domain.md 3: what a relation makes of violence when they live together, do not, or nobody knows.
func TestEachRelationQualifiesAsTheLawSays(t *testing.T) {
	always := []YesNo{Yes, Yes, Yes}
	cohabiting := []YesNo{Yes, No, Unknown}
	never := []YesNo{No, No, No}
	want := map[Relation][]YesNo{
		RelationHusband: always, RelationWife: always, RelationUnregisteredSpouse: always, RelationFather: always, RelationMother: always,
		RelationStepParent: always, RelationAdoptiveParent: always, RelationChild: always,
		RelationExSpouse: cohabiting, RelationSibling: cohabiting, RelationGrandparent: cohabiting, RelationInLaw: cohabiting,
		RelationOtherRelative: cohabiting, RelationGuardian: cohabiting, RelationEmployer: cohabiting, RelationDomesticWorker: cohabiting,
		RelationNeighbor: never, RelationPartnerOrFriend: never, RelationTeacher: never, RelationCoworker: never, RelationOther: never,
		RelationUnknown: {Unknown, Unknown, Unknown},
	}
	for relation := range relationLabels {
		if want[relation] == nil {
			t.Errorf("the test knows no %s", relation)
			continue
		}
		for i, cohabiting := range []YesNo{Yes, No, Unknown} {
			if got := IsKDRT([]Pair{{Relation: relation, Cohabiting: cohabiting}}); got != want[relation][i] {
				t.Errorf("%s, cohabiting %s: got %s, want %s", relation, cohabiting, got, want[relation][i])
			}
		}
	}
}

func TestKDRTOfSeveralPairs(t *testing.T) {
	husband := Pair{Relation: RelationHusband}
	neighbor := Pair{Relation: RelationNeighbor}
	brother := Pair{Relation: RelationInLaw, Cohabiting: No}
	unsaid := Pair{Relation: RelationInLaw}
	for _, tt := range []struct {
		name  string
		pairs []Pair
		want  YesNo
	}{
		{"no pair", nil, Unknown},
		{"one qualifies", []Pair{neighbor, unsaid, husband}, Yes},
		{"none does, one is not known", []Pair{neighbor, unsaid}, Unknown},
		{"none does", []Pair{neighbor, brother}, No},
		{"A of the counting test: by the husband alone", []Pair{brother, husband}, Yes},
	} {
		if got := IsKDRT(tt.pairs); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestDeadlySignsBelowHighNeedAReason(t *testing.T) {
	for sign := range riskSignLabels {
		deadly := sign == SignThreatToKill || sign == SignWeapon || sign == SignStrangulation
		for level := range riskLevelLabels {
			risk := Risk{Signs: []RiskSign{SignLeaving, sign}, Level: level}
			if got, want := risk.Understated(), deadly && level != RiskHigh; got != want {
				t.Errorf("%s at %s: got %v", sign, level, got)
			}
			risk.Reason = "terlapor sudah ditahan"
			if risk.Understated() {
				t.Errorf("%s at %s with a reason is understated", sign, level)
			}
		}
	}
}
