package casework_test

import (
	"slices"
	"testing"

	. "github.com/sinergi-pug/sinergi/domain/casework"
)

func TestChangesMeetWhereTheyNameTheSameField(t *testing.T) {
	for _, tt := range []struct {
		name          string
		mask, changed []string
		want          []string
	}{
		{"others changed nothing", []string{"risk"}, nil, nil},
		{"others changed another field", []string{"risk"}, []string{"intakeChannel"}, nil},
		{"others changed one of mine", []string{"risk", "hiddenAddress"}, []string{"hiddenAddress", "intakeChannel"}, []string{"hiddenAddress"}},
		{"nobody knows what", []string{"risk", "hiddenAddress"}, []string{AllFields}, []string{"risk", "hiddenAddress"}},
	} {
		if got := Meets(tt.mask, tt.changed); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestAChangeNamesItsFields(t *testing.T) {
	before := fileIn(DomesticViolence, StatusInService)
	after, err := before.JudgeRisk(Risk{Level: RiskHigh}, thursday)
	if err != nil || !slices.Equal(before.ChangedFields(after), []string{"risk"}) {
		t.Errorf("a new judgement changes %v, %v", before.ChangedFields(after), err)
	}
	after.IntakeChannel, after.Content.HiddenAddress = IntakePhone, "rumah aman"
	if got := before.ChangedFields(after); !slices.Equal(got, []string{"risk", "intakeChannel", "hiddenAddress"}) {
		t.Errorf("all three: %v", got)
	}
	if got := before.ChangedFields(before); got != nil {
		t.Errorf("nothing: %v", got)
	}
}

func TestACorrectedMeasurementCountsNowhere(t *testing.T) {
	old, other := Measurement{ID: ID{1}}, Measurement{ID: ID{3}}
	all := []Measurement{{ID: ID{2}, Corrects: ID{1}}, other, old}
	if got := Standing(all); len(got) != 2 || got[0].ID != (ID{2}) || got[1].ID != (ID{3}) {
		t.Errorf("standing: %v", got)
	}
	for id, want := range map[ID]bool{{1}: false, {2}: true, {3}: true, {9}: false} {
		if MayCorrect(id, all) != want {
			t.Errorf("%v may be corrected: %v", id, !want)
		}
	}
}
