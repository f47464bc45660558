package growth

// WeightTrend is whether a child gains weight as it should, from the growth card (KMS).
type WeightTrend uint8

// The trends.
const (
	NoTrend             WeightTrend = iota // no weighing
	Gained                                 // N: at least the minimal gain of the age reached
	NotGained                              // T
	NotGainedTwice                         // 2T: T and, before it, T
	NotWeighedLastMonth                    // O: the last weighing is older than 45 days
	FirstWeighing                          // B
)

var trendNames = [...]struct{ id, label string }{
	NoTrend:             {"", ""},
	Gained:              {"GAINED", "N"},
	NotGained:           {"NOT_GAINED", "T"},
	NotGainedTwice:      {"NOT_GAINED_TWICE", "2T"},
	NotWeighedLastMonth: {"NOT_WEIGHED_LAST_MONTH", "O"},
	FirstWeighing:       {"FIRST_WEIGHING", "B"},
}

// String is the identifier of the trend; empty for none.
func (t WeightTrend) String() string { return trendNames[t].id }

// Label is the letter of the growth card.
func (t WeightTrend) Label() string { return trendNames[t].label }

// ParseTrend reads an identifier; NoTrend for any other text.
func ParseTrend(id string) WeightTrend {
	for t, name := range trendNames {
		if id != "" && name.id == id {
			return WeightTrend(t)
		}
	}
	return NoTrend
}

// Weighing is one weight on one day.
type Weighing struct {
	Day      Date
	WeightKG float64
}

// Days between two weighings that make a trend, and the month to which a gain is scaled.
const (
	trendFrom = 20
	trendTo   = 45
)

// minimalGain is the KBM in grams by completed month of the age reached, boys and girls. Source: KMS and Buku KIA of the Ministry
// of Health; the steps by sex are to be confirmed by the health office.
var minimalGain = [2][12]float64{
	{0, 800, 900, 800, 600, 500, 400, 400, 300, 300, 300, 300},
	{0, 800, 900, 800, 600, 500, 400, 300, 300, 300, 300, 200},
}

const minimalGainLater = 200 // from 12 months on

func minimalGainGrams(sex Sex, months int) float64 {
	row := 0
	if sex == Female {
		row = 1
	}
	switch {
	case months < 1:
		return minimalGain[row][1] // a newborn weighed twice within its first month
	case months >= len(minimalGain[row]):
		return minimalGainLater
	}
	return minimalGain[row][months]
}

// Trend of the last of some weighings, oldest first.
func Trend(sex Sex, birth Date, weighings []Weighing) WeightTrend {
	n := len(weighings)
	switch {
	case n == 0:
		return NoTrend
	case n == 1:
		return FirstWeighing
	}
	last := step(sex, birth, weighings)
	if last == NotGained && step(sex, birth, weighings[:before(weighings)+1]) == NotGained {
		return NotGainedTwice
	}
	return last
}

// before is the newest weighing 20 days or more before the last; -1 if there is none.
func before(weighings []Weighing) int {
	last := weighings[len(weighings)-1]
	for i := len(weighings) - 2; i >= 0; i-- {
		if last.Day-weighings[i].Day >= trendFrom {
			return i
		}
	}
	return -1
}

// step compares the last weighing with the one a month before.
func step(sex Sex, birth Date, weighings []Weighing) WeightTrend {
	i := before(weighings)
	if i < 0 {
		return FirstWeighing
	}
	last, earlier := weighings[len(weighings)-1], weighings[i]
	days := float64(last.Day - earlier.Day)
	if days > trendTo {
		return NotWeighedLastMonth
	}
	gain := (last.WeightKG - earlier.WeightKG) * 1000 / days * daysPerMonth
	if gain+0.0001 < minimalGainGrams(sex, CompletedMonths(birth, last.Day)) { // grams out of a binary fraction of kilograms
		return NotGained
	}
	return Gained
}
