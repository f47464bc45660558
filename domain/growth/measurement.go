package growth

import "math"

// Sex of a child; the standards have a table for each. The zero value is not known, and gives no z-score.
type Sex uint8

// The sexes, numbered as in the contract.
const (
	SexUnknown Sex = iota
	Male
	Female
)

// Position in which the child was measured. The zero value is not recorded, and corrects nothing.
type Position uint8

// The positions: lying gives a length, standing a height, 0.7 cm less.
const (
	PositionUnknown Position = iota
	Lying
	Standing
)

// Value is a figure that may be missing; the zero Value is. Zero kilograms is a figure, and a wrong one: see [Check].
type Value struct {
	figure float64
	known  bool
}

// Some is a figure that was measured.
func Some(figure float64) Value { return Value{figure, true} }

// Maybe is a figure that was measured unless the pointer is nil, as optional fields of a message are.
func Maybe(figure *float64) Value {
	if figure == nil {
		return Value{}
	}
	return Some(*figure)
}

// Get returns the figure and whether there is one.
func (v Value) Get() (float64, bool) { return v.figure, v.known }

// usable tells whether a measure can be computed with: zero and less count as missing, as does what is not a finite number.
func (v Value) usable() bool { return v.known && v.figure > 0 && v.figure <= math.MaxFloat64 }

// Measurement is what was found at one child on one day, as it was read from the scale and the board.
type Measurement struct {
	Age      Age
	WeightKG Value
	LengthCM Value // length or height, as measured
	MUACCM   Value // mid-upper arm circumference, LiLA
	HeadCM   Value
	Sex      Sex
	Position Position
	Oedema   bool // pitting, of both feet
}
