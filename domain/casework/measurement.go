package casework

import "time"

// Measurement is one weighing or measuring of one child on one day. Append only: a correction names the old one.
type Measurement struct {
	ID           ID
	Case         CaseID
	Person       PersonID
	Unit         UnitID
	Account      AccountID
	HealthWorker bool // made by a WORKER of a HEALTH unit: such a one can name stunting
	Day          Date
	Village      string // in clear, on the ordinary side alone
	Recorded     time.Time
	Corrects     ID
	Content      MeasurementContent
}

// MeasurementContent is class F3_HEALTH: it stands sealed.
type MeasurementContent struct {
	WeightKG             float64 `json:"weightKg,omitempty"` // 0: not measured
	LengthCM             float64 `json:"lengthCm,omitempty"`
	Position             string  `json:"position,omitempty"` // LYING, STANDING
	Oedema               bool    `json:"oedema,omitempty"`
	MUACCM               float64 `json:"muacCm,omitempty"`
	HeadCM               float64 `json:"headCm,omitempty"`
	StatedTrend          string  `json:"statedTrend,omitempty"`
	DevelopmentNotPassed bool    `json:"developmentNotPassed,omitempty"`
	MeasuredBy           string  `json:"measuredBy,omitempty"`
}

// Corrected tells which measurements a later one corrects.
func Corrected(measurements []Measurement) map[ID]bool {
	corrected := map[ID]bool{}
	for _, m := range measurements {
		if m.Corrects != (ID{}) {
			corrected[m.Corrects] = true
		}
	}
	return corrected
}

// MayCorrect tells whether a measurement of a child may be corrected: it is hers, and nobody has yet. The faults have one word, so
// that a guess tells nothing of another child.
func MayCorrect(id ID, measurements []Measurement) bool {
	for _, m := range measurements {
		if m.ID == id {
			return !Corrected(measurements)[id]
		}
	}
	return false
}
