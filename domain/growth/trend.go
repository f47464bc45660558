package growth

import "math"

// WeightTrend is whether a child gains weight as it should, from the growth card (KMS).
type WeightTrend uint8

// The trends, numbered as in the contract.
const (
	NoTrend             WeightTrend = iota // none can be computed
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
		if name.id == id {
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

// grams rid the comparison of binary fractions: 5.0 - 4.2 kg is a hair below 800 g.
func (w Weighing) grams() int { return int(math.Round(w.WeightKG * 1000)) }

// MinimalGains are the KBM: grams that a child gains at least in the month that ends at a completed month of age, 1 to 60. 0 is
// not stated, and such a month has no trend.
type MinimalGains struct{ Boys, Girls [61]int }

// DefaultGains are those of the KMS and Buku KIA of the Ministry of Health; the steps by sex are to be confirmed by the health
// office.
func DefaultGains() (g MinimalGains) {
	copy(g.Boys[:], []int{0, 800, 900, 800, 600, 500, 400, 400, 300, 300, 300, 300})
	copy(g.Girls[:], []int{0, 800, 900, 800, 600, 500, 400, 300, 300, 300, 300, 200})
	for month := 12; month <= 60; month++ {
		g.Boys[month], g.Girls[month] = 200, 200
	}
	return g
}

// of is the minimal gain of a sex and month; for a sex that is not known only where both agree.
func (g *MinimalGains) of(sex Sex, month int) int {
	switch {
	case month < 0 || month >= len(g.Boys):
		return 0
	case sex == Male, g.Boys[month] == g.Girls[month]:
		return g.Boys[month]
	case sex == Female:
		return g.Girls[month]
	}
	return 0
}

// Trend of the last of a child's weighings, oldest first, by the default gains.
func Trend(sex Sex, birth Date, weighings []Weighing) WeightTrend {
	g := DefaultGains()
	return g.Trend(sex, birth, weighings)
}

// Trend of the last of a child's weighings, oldest first. It is compared with the newest one 20 to 45 days before; where there
// was one since, but none then, no trend can be computed. Implausible weights are the caller's to leave out.
func (g *MinimalGains) Trend(sex Sex, birth Date, weighings []Weighing) WeightTrend {
	trend, compared := g.step(sex, birth, weighings)
	if trend != NotGained {
		return trend
	}
	if earlier, _ := g.step(sex, birth, weighings[:compared+1]); earlier == NotGained {
		return NotGainedTwice
	}
	return NotGained
}

// step is the trend of the last weighing without its past, and the place of the weighing it was compared with.
func (g *MinimalGains) step(sex Sex, birth Date, weighings []Weighing) (trend WeightTrend, compared int) {
	last := len(weighings) - 1
	if last < 0 {
		return NoTrend, -1
	}
	if last == 0 {
		return FirstWeighing, -1
	}
	now := weighings[last]
	if now.Day-weighings[last-1].Day > 45 {
		return NotWeighedLastMonth, -1
	}
	for i := last - 1; i >= 0; i-- {
		then := weighings[i]
		switch days := now.Day - then.Day; {
		case days > 45:
			return NoTrend, -1
		case days >= 20:
			return g.compare(sex, CompletedMonths(birth, now.Day), now.grams()-then.grams(), int(days)), i
		}
	}
	return NoTrend, -1
}

// compare scales in whole numbers: gain / days × 30.4375 against the minimal gain.
func (g *MinimalGains) compare(sex Sex, month, gain, days int) WeightTrend {
	switch minimal := g.of(sex, month); {
	case minimal == 0:
		return NoTrend
	case gain*30_4375 >= minimal*days*1_0000:
		return Gained
	}
	return NotGained
}
