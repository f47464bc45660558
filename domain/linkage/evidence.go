package linkage

import (
	"math"
	"slices"
)

// An Agreement is what the two values of a field are to each other, in the words of the contract.
type Agreement uint8

// The agreements.
const (
	Missing  Agreement = iota // one side has none: never against
	Conflict                  // they differ
	Partial                   // something agrees, something does not
	Subset                    // one is part of the other
	Similar
	Exact
)

func (a Agreement) String() string {
	return [...]string{"MISSING", "CONFLICT", "PARTIAL", "SUBSET", "SIMILAR", "EXACT"}[a]
}

// Word is the agreement as the linkage officer reads it: sama, mirip, berbeda, kosong.
func (a Agreement) Word() string {
	return [...]string{"kosong", "berbeda", "mirip", "mirip", "mirip", "sama"}[a]
}

func (f Field) String() string {
	return [...]string{"NIK", "KK", "NAME", "BIRTH", "SEX", "PLACE", "MOTHER", "MOTHER_NIK", "FATHER", "HUSBAND", "PATRONYMIC"}[f]
}

// A Statement is what one field says: in words, and in whole bits for (+) or against (-).
type Statement struct {
	Field     Field
	Agreement Agreement
	Bits      int
}

// What each level of a field is called.
var (
	ofNames   = [nameLevels]Agreement{Conflict, Partial, Partial, Partial, Subset, Similar, Exact}
	ofNumbers = [numberLevels]Agreement{Conflict, Conflict, Similar, Exact}
	ofBirths  = [birthLevels]Agreement{Conflict, Conflict, Similar, Similar, Exact, Conflict, Subset, Conflict, Similar, Subset}
	ofAges    = [ageLevels]Agreement{Exact, Similar, Conflict, Similar, Partial, Conflict, Conflict, Partial, Partial, Conflict}
	ofPlaces  = [placeLevels]Agreement{Exact, Similar, Partial, Partial, Conflict, Similar, Partial, Conflict, Partial, Conflict}
	ofYesNo   = [2]Agreement{Conflict, Exact}
)

func (e *Evidence) agreement(h Hypothesis, f Field) Agreement {
	l := e.level[f]
	if l == missing {
		return Missing
	}
	switch f {
	case FieldNIK, FieldKK, FieldMotherNIK:
		return ofNumbers[l]
	case FieldBirth:
		if h == Mother {
			return ofAges[l]
		}
		return ofBirths[l]
	case FieldPlace:
		return ofPlaces[l]
	case FieldSex, FieldPatronymic:
		return ofYesNo[l]
	}
	return ofNames[l]
}

// askedOf are the fields that a hypothesis looks at.
var askedOf = [hypotheses][]Field{
	Self:      {FieldNIK, FieldKK, FieldName, FieldBirth, FieldSex, FieldPlace, FieldMother, FieldMotherNIK, FieldFather, FieldPatronymic},
	Mother:    {FieldNIK, FieldKK, FieldName, FieldBirth, FieldPlace, FieldHusband},
	Household: {FieldKK, FieldPlace, FieldMother, FieldMotherNIK, FieldFather, FieldHusband, FieldPatronymic},
}

// Told puts the evidence of a hypothesis into words. It names fields and never a value, of neither side.
func (m *Match) Told(h Hypothesis) []Statement {
	e := &m.Evidence[h]
	told := make([]Statement, 0, len(askedOf[h]))
	for _, f := range askedOf[h] {
		told = append(told, Statement{f, e.agreement(h, f), int(math.Round(float64(e.bits[f])))})
	}
	return told
}

// NeedsSecond tells whether a second person must confirm: no NIK, KK or birth date is the same to the digit.
func (m *Match) NeedsSecond(h Hypothesis) bool {
	return !slices.ContainsFunc([]Field{FieldNIK, FieldKK, FieldBirth}, func(f Field) bool {
		return slices.Contains(askedOf[h], f) && m.Evidence[h].agreement(h, f) == Exact
	})
}

// A Warning is what a person must know before she believes a candidate.
type Warning string

// The warnings.
const (
	TwinPossible Warning = "TWIN_POSSIBLE" // another child of that day in the household, or numbers apart by the serial
	CommonName   Warning = "COMMON_NAME"   // many are called so
	NIKConflict  Warning = "NIK_CONFLICT"  // the NIK says otherwise than name and date
	AddressOnly  Warning = "ADDRESS_ONLY"  // nothing but the address speaks for one household
	Moved        Warning = "MOVED"         // the addresses are apart
)

// commonName is the bits below which a name that agrees tells little: one person in 64.
const commonName = 6

// Warnings are those of a hypothesis of a settled candidate, in the order above.
func (m *Match) Warnings(h Hypothesis, s *Settled) []Warning {
	e := &m.Evidence[h]
	var all []Warning
	say := func(w Warning, when bool) {
		if when {
			all = append(all, w)
		}
	}
	asked := func(f Field) bool { return slices.Contains(askedOf[h], f) && e.level[f] != missing }
	say(TwinPossible, s.Twin || asked(FieldNIK) && e.level[FieldNIK] == uint8(numberTwin))
	say(CommonName, asked(FieldName) && e.level[FieldName] > uint8(NameNone) && e.bits[FieldName] < commonName)
	say(NIKConflict, h != Household && (e.nikConflict() || asked(FieldNIK) && e.level[FieldNIK] == uint8(numberDiffers)))
	say(AddressOnly, h == Household && !s.Inherited[h] && e.onlyPlace())
	say(Moved, asked(FieldPlace) && ofPlaces[e.level[FieldPlace]] < Similar && e.level[FieldPlace] != uint8(placeOnlyKecamatan))
	return all
}

// nikConflict tells whether the NIK is the same, and name and date are not.
func (e *Evidence) nikConflict() bool {
	return e.level[FieldNIK] == uint8(numberExact) && e.level[FieldName] == uint8(NameNone) && e.bits[FieldBirth] < 0
}

func (e *Evidence) onlyPlace() bool {
	for f, bits := range e.bits {
		if Field(f) != FieldPlace && bits > 0 {
			return false
		}
	}
	return true
}
