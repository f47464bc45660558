package casework

import "slices"

// Meets gives the fields of a mask that others have changed since: where there are none, an update with a stale etag is no conflict
// (design: sync 3). AllFields, as a change, meets every field.
func Meets(mask, changed []string) []string {
	if slices.Contains(changed, AllFields) {
		return mask
	}
	var met []string
	for _, field := range mask {
		if slices.Contains(changed, field) {
			met = append(met, field)
		}
	}
	return met
}

// AllFields is what counts as changed since a base that is too old to know.
const AllFields = "*"

// Fields of a case that an update may name.
const (
	FieldRisk          = "risk"
	FieldIntakeChannel = "intakeChannel"
	FieldHiddenAddress = "hiddenAddress"
)

// ChangedFields are the fields in which two states of a case differ, of those that an update may name.
func (c Case) ChangedFields(next Case) []string {
	var fields []string
	for _, f := range []struct {
		name    string
		changed bool
	}{
		{FieldRisk, !c.Content.Risk.equal(next.Content.Risk) || c.RiskLevel != next.RiskLevel},
		{FieldIntakeChannel, c.IntakeChannel != next.IntakeChannel},
		{FieldHiddenAddress, c.Content.HiddenAddress != next.Content.HiddenAddress},
	} {
		if f.changed {
			fields = append(fields, f.name)
		}
	}
	return fields
}
