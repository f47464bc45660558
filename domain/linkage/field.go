package linkage

// A Hypothesis is what two cards may have to do with each other.
type Hypothesis uint8

// The hypotheses. S is the subject who asks, R the other card.
const (
	Self      Hypothesis = iota // S is the person R is about
	Mother                      // S is the mother named in the child's card R
	Household                   // R is about another person of S's household
	hypotheses
)

// A Field is one thing that is compared.
type Field uint8

// The fields, in the order in which they are told.
const (
	FieldNIK Field = iota
	FieldKK
	FieldName
	FieldBirth // for Mother: her age, by her NIK, by what is written, or by the child's birth
	FieldSex
	FieldPlace
	FieldMother
	FieldMotherNIK
	FieldFather
	FieldHusband
	FieldPatronymic
	fieldsCompared
)

// missing is the level of a field that one of the cards lacks. It weighs nothing: missing is never disagreement.
const missing = 255

// A placeLevel is how near two addresses are. What is known of both makes three groups.
type placeLevel uint8

const (
	placeRT placeLevel = iota
	placeRW
	placeOtherRW // of one village
	placeKecamatan
	placeElsewhere

	placeVillage // one of the two has no RT and RW
	placeVillageKecamatan
	placeVillageElsewhere

	placeOnlyKecamatan // one of the two has no village
	placeOtherKecamatan
	placeLevels
)

func likePlace(a, b *Card) placeLevel {
	switch {
	case a.kecamatan == 0 || b.kecamatan == 0:
		return missing
	case a.village == 0 || b.village == 0:
		if a.kecamatan == b.kecamatan {
			return placeOnlyKecamatan
		}
		return placeOtherKecamatan
	case a.rt == 0 || b.rt == 0 || a.rw == 0 || b.rw == 0:
		switch {
		case a.village == b.village:
			return placeVillage
		case a.kecamatan == b.kecamatan:
			return placeVillageKecamatan
		}
		return placeVillageElsewhere
	case a.village == b.village:
		switch {
		case a.rw != b.rw:
			return placeOtherRW
		case a.rt != b.rt:
			return placeRW
		}
		return placeRT
	case a.kecamatan == b.kecamatan:
		return placeKecamatan
	}
	return placeElsewhere
}

// An ageLevel is how well a woman's age fits that of a child's mother. The groups are what is known: her own birth by her NIK, her
// age, or the child's birth alone.
type ageLevel uint8

const (
	ageByNIK ageLevel = iota
	ageNearNIK
	ageOtherNIK

	ageWithinOne
	ageWithinThree
	ageWithinSix
	ageBeyond

	ageUsual   // 17 to 38 years at the birth
	agePlain   // 14 to 46
	ageUnusual // else
	ageLevels
)

const year = 365.25

// likeAge compares a woman with a child's mother.
func likeAge(woman, child *Card) ageLevel {
	b, m := woman.birth, child.mother.birth
	switch {
	case !b.Known():
		return missing
	case child.mother.sure && b.toDay():
		switch likeDay(b.First, m.First) {
		case birthExact:
			return ageByNIK
		case birthClose, birthSwapped:
			return ageNearNIK
		}
		return ageOtherNIK
	case m.Known():
		switch gap := float64(b.gap(m)) / year; {
		case gap <= 1:
			return ageWithinOne
		case gap <= 3:
			return ageWithinThree
		case gap <= 6:
			return ageWithinSix
		}
		return ageBeyond
	case !child.birth.Known():
		return missing
	}
	switch at := (float64(child.birth.First) - float64(b.First+b.Last)/2) / year; {
	case at >= 17 && at < 39:
		return ageUsual
	case at >= 14 && at < 47:
		return agePlain
	}
	return ageUnusual
}
