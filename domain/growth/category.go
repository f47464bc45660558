package growth

import "math"

// Category is a class of nutrition by Permenkes 2/2020. The zero value is none: the index has no classes, or the age none.
type Category uint8

// The categories, numbered as in the contract. "Gizi buruk" and its neighbours are of weight for length or height and of
// body mass index only.
const (
	NoCategory Category = iota
	NotMeasured
	Implausible
	SeverelyUnderweight
	Underweight
	NormalWeight
	RiskOfOverweight
	SeverelyStunted
	Stunted
	NormalHeight
	Tall
	SeverelyWasted
	Wasted
	WellNourished
	RiskOfOvernutrition
	Overnourished
	Obese
	MUACSevere
	MUACModerate
	MUACNormal
)

var categoryNames = [...]struct{ id, label string }{
	NoCategory:          {"", ""},
	NotMeasured:         {"NOT_MEASURED", "Tidak diukur"},
	Implausible:         {"IMPLAUSIBLE", "Outlier"},
	SeverelyUnderweight: {"SEVERELY_UNDERWEIGHT", "Berat badan sangat kurang"},
	Underweight:         {"UNDERWEIGHT", "Berat badan kurang"},
	NormalWeight:        {"NORMAL_WEIGHT", "Berat badan normal"},
	RiskOfOverweight:    {"RISK_OF_OVERWEIGHT", "Risiko berat badan lebih"},
	SeverelyStunted:     {"SEVERELY_STUNTED", "Sangat pendek"},
	Stunted:             {"STUNTED", "Pendek"},
	NormalHeight:        {"NORMAL_HEIGHT", "Normal"},
	Tall:                {"TALL", "Tinggi"},
	SeverelyWasted:      {"SEVERELY_WASTED", "Gizi buruk"},
	Wasted:              {"WASTED", "Gizi kurang"},
	WellNourished:       {"WELL_NOURISHED", "Gizi baik"},
	RiskOfOvernutrition: {"RISK_OF_OVERNUTRITION", "Berisiko gizi lebih"},
	Overnourished:       {"OVERNOURISHED", "Gizi lebih"},
	Obese:               {"OBESE", "Obesitas"},
	MUACSevere:          {"MUAC_SEVERE", "LiLA sangat kurang"},
	MUACModerate:        {"MUAC_MODERATE", "LiLA kurang"},
	MUACNormal:          {"MUAC_NORMAL", "LiLA normal"},
}

// String is the identifier of the category; empty for none.
func (c Category) String() string { return categoryNames[c].id }

// Label is the Indonesian text of the category; empty for none.
func (c Category) Label() string { return categoryNames[c].label }

// class is a category and the last z-score that belongs to it, in hundredths: below -3.00 ends at -3.01.
type class struct {
	last float64
	is   Category
}

var wasting = []class{
	{-301, SeverelyWasted},
	{-201, Wasted},
	{100, WellNourished},
	{200, RiskOfOvernutrition},
	{300, Overnourished},
	{math.MaxFloat64, Obese},
}

var classes = [Indices][]class{
	HFA: {{-301, SeverelyStunted}, {-201, Stunted}, {300, NormalHeight}, {math.MaxFloat64, Tall}},
	WFA: {{-301, SeverelyUnderweight}, {-201, Underweight}, {100, NormalWeight}, {math.MaxFloat64, RiskOfOverweight}},
	WFH: wasting,
	BFA: wasting,
}

func categoryOf(i Index, hundredths float64, flagged bool) Category {
	if flagged && classes[i] != nil {
		return Implausible
	}
	for _, c := range classes[i] {
		if hundredths <= c.last {
			return c.is
		}
	}
	return NoCategory
}

// armCategory is by centimetres from 6 to 59 completed months, whatever the z-score and its flag. Of the 8 flagged arms among
// 8,060 surveyed children (8.3 to 10.3 cm), 6 were of children wasted by weight for height, too: a child that thin must not fall
// out as an outlier. Implausible is what no arm of a child measures.
func armCategory(m *Measurement) Category {
	if months := m.Age.CompletedMonths(); !m.Age.known || months < 6 || months > 59 {
		return NoCategory
	}
	cm := m.MUACCM
	switch {
	case !cm.usable():
		return NotMeasured
	case !armCM.holds(cm.figure):
		return Implausible
	case cm.figure < 11.5:
		return MUACSevere
	case cm.figure < 12.5:
		return MUACModerate
	}
	return MUACNormal
}
