package statistics

import (
	"math"
	"strconv"
)

func decimal(n int) string { return strconv.Itoa(n) }

// Status is what a value is, column status_nilai.
type Status string

// The statuses.
const (
	Rounded Status = "R" // to the nearest 5
	Below   Status = "B" // below 10: shown 0–9, zero is not told apart
	TooFew  Status = "M" // n under the minimum of 10
	Whole   Status = "E" // exact
)

// The words of what has no number.
const (
	belowText  = "0–9"
	tooFewText = "n < 10"
	overText   = "> 30 hari"
)

// least is the n from which a count is shown, step what it is rounded to.
const (
	least = 10
	step  = 5
)

// Shown is a value as its reader gets it. Where Empty, there is no number: it is never 0 in its place.
type Shown struct {
	Status Status
	Number float64 // a count, a whole percent, or hours
	Empty  bool
	Text   string // column nilai_tampil
}

// Nilai is the number as the tidy row has it, with a decimal point; empty where there is none.
func (s Shown) Nilai() string {
	if s.Empty {
		return ""
	}
	return strconv.FormatFloat(s.Number, 'f', -1, 64)
}

func number(status Status, n float64) Shown {
	return Shown{Status: status, Number: n, Text: strconv.FormatFloat(n, 'f', -1, 64)}
}

func nothing(status Status, text string) Shown { return Shown{Status: status, Empty: true, Text: text} }

// Display shows a count. What hides it is decided on the value before it is rounded (PC-21): noisy counts below 10 read 0–9, an
// ordinary count below 10 is too few, anything else is the nearest 5.
func Display(noise Noise, count int) Shown {
	switch {
	case noise == Exact:
		return number(Whole, float64(count))
	case count < least && noise == Minimum:
		return nothing(TooFew, tooFewText)
	case count < least:
		return nothing(Below, belowText)
	}
	return number(Rounded, float64((count*2+step)/(2*step)*step))
}

// displayExact shows the regency's year of domestic violence: exact, but below ten.
func displayExact(count int) Shown {
	if count < least {
		return nothing(Below, belowText)
	}
	return number(Whole, float64(count))
}

// Percent divides what is shown, whole percent. A part or denominator without a number gives none.
func Percent(part, whole Shown) Shown {
	for _, s := range []Shown{whole, part} {
		if s.Empty {
			return nothing(s.Status, "")
		}
	}
	if whole.Number == 0 {
		return nothing(TooFew, "")
	}
	return number(part.Status, min(100, math.Round(100*part.Number/whole.Number)))
}

// exactPercent is a live percentage; empty where there is nobody to divide by.
func exactPercent(part, whole int) Shown {
	if whole == 0 {
		return nothing(Whole, "")
	}
	return number(Whole, math.Round(100*float64(part)/float64(whole)))
}

// display shows hours to two digits.
func (h Hours) display(status Status, n int) Shown {
	switch {
	case n == 0:
		return nothing(status, "")
	case h.Over:
		return nothing(status, overText)
	}
	return number(status, twoDigits(h.Hours))
}

// twoDigits rounds to two significant digits: 143 h is 140, 5.26 h is 5.3.
func twoDigits(x float64) float64 {
	if x <= 0 {
		return 0
	}
	text := strconv.FormatFloat(x, 'e', 1, 64)
	rounded, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return rounded
}
