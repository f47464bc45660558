package linkage

import "math"

// A Model says how often each level of a field is met among true pairs, by hypothesis: the m of Fellegi and Sunter. The other
// half, u, is never part of a model: it is counted from the data at hand ([Counts]), for a copied u moves every threshold.
type Model struct {
	Version int
	by      [hypotheses]shares
}

// shares are the m of one hypothesis. Levels of a group share what is known, so only their proportion within it matters.
type shares struct {
	prior float64 // share of subjects that have such a pair
	name  [nameLevels]float64
	kin   [nameLevels]float64 // of mother, father, husband
	birth [birthLevels]float64
	age   [ageLevels]float64
	nik   [numberLevels]float64
	kk    [numberLevels]float64
	place [placeLevels]float64
	sex   [2]float64
	bin   [2]float64 // patronymic and father
}

// Start is the starting model of design page linkage 3.
func Start() Model {
	// In the order of the levels: none, weak, fuzzy, partial, subset, similar, exact.
	child := [nameLevels]float64{.005, .05, .02, .03, .12, .21, .56}
	woman := [nameLevels]float64{.002, .04, .02, .02, .16, .20, .57}
	numbers := [numberLevels]float64{.04, .008, .07, .87}
	m := Model{Version: 1}
	m.by[Self] = shares{
		prior: .29, name: child, nik: numbers,
		kin:   [nameLevels]float64{.06, .03, .03, .04, .14, .19, .51},
		birth: [birthLevels]float64{.002, .004, .006, .035, .70, .003, .08, .003, .04, .12},
		kk:    [numberLevels]float64{.07, .06, .07, .80},
		place: [placeLevels]float64{.53, .01, .003, .045, .025, .28, .025, .015, .06, .007},
		sex:   [2]float64{.015, .985}, bin: [2]float64{.1, .5},
	}
	m.by[Mother] = shares{
		prior: .31, name: woman, nik: [numberLevels]float64{.07, .008, .03, .87},
		kin:   [nameLevels]float64{.04, .02, .02, .03, .08, .21, .60},
		age:   [ageLevels]float64{.05, .003, .003, .23, .03, .003, .002, .51, .10, .004},
		kk:    [numberLevels]float64{.07, .03, .03, .90},
		place: [placeLevels]float64{.55, .02, .003, .045, .03, .23, .03, .02, .07, .007},
		sex:   [2]float64{.015, .985}, bin: [2]float64{.1, .5},
	}
	m.by[Household] = shares{
		prior: .105, nik: numbers,
		kin:   [nameLevels]float64{.03, .02, .02, .03, .19, .15, .62},
		kk:    [numberLevels]float64{.07, .06, .08, .81},
		place: [placeLevels]float64{.46, .01, .003, .06, .01, .34, .04, .005, .08, .007},
		sex:   [2]float64{.5, .5}, bin: [2]float64{.1, .5},
	}
	return m
}

// These u are fixed: equal numbers of different persons are too rare to count. Near ones are not, and are counted.
var (
	uNIK = [numberLevels]float64{1, .25, 0, 2e-7}
	uKK  = [numberLevels]float64{1, 1, 0, 2e-7}
)

// tiedPlace is m of the address between two rows of one household in one file: they were written in the same years, and whoever moved
// moved with both. Equal cards and equal mothers' NIKs show it without labels; what differs is a child taken to two posyandu.
var tiedPlace = [placeLevels]float64{.93, .002, .002, .04, .02, .94, .04, .02, .97, .03}

// weights are a model and counts together, in bits.
type weights struct {
	prior    float32
	name     [nameLevels]float32 // log2 m, to which the words' information comes; none and fuzzy are whole weights
	kin      [nameLevels]float32
	birth    [birthLevels]float32
	age      [ageLevels]float32
	nik, kk  [numberLevels]float32
	sex, bin [2]float32
}

func log2(x float64) float32 { return float32(math.Log2(x)) }

// grouped gives log2(m/u) of the levels of a group, each as a share of its group.
func grouped(m, u []float64, w []float32) {
	var sumM, sumU float64
	for i := range m {
		sumM, sumU = sumM+m[i], sumU+u[i]
	}
	for i := range m {
		w[i] = log2(m[i] / sumM / (u[i] / sumU))
	}
}

// twinShare is how many pairs of one household, both with a NIK, are twins.
const twinShare = .02

// bySlip is what it takes off that a name stands where another belongs.
const bySlip = 3

func (m *Model) weights(c *Counts) (w [hypotheses]weights) {
	for h := range hypotheses {
		s, u := &m.by[h], &c.by[h]
		w[h].prior = log2(s.prior / float64(max(c.cards, 1)))
		for l := range nameLevels {
			w[h].name[l], w[h].kin[l] = log2(s.name[l]+1e-9), log2(s.kin[l]+1e-9)
		}
		for _, l := range []NameLevel{NameNone, NameFuzzy} {
			w[h].name[l] -= log2(u.name[l])
			w[h].kin[l] -= log2(u.kin[l])
		}
		if s.birth[birthExact] > 0 {
			for _, group := range birthGroups {
				from, to := group[0], group[len(group)-1]+1
				grouped(s.birth[from:to], u.birth[from:to], w[h].birth[from:to])
			}
		}
		if s.age[ageUsual] > 0 {
			for _, cut := range [][2]ageLevel{{ageByNIK, ageWithinOne}, {ageWithinOne, ageUsual}, {ageUsual, ageLevels}} {
				grouped(s.age[cut[0]:cut[1]], u.age[cut[0]:cut[1]], w[h].age[cut[0]:cut[1]])
			}
		}
		uNIK, uKK := uNIK, uKK
		uNIK[numberNear], uKK[numberNear] = c.near.nik, c.near.kk
		for l := range numberLevels {
			w[h].nik[l], w[h].kk[l] = log2(s.nik[l]/uNIK[l]), log2(s.kk[l]/uKK[l])
		}
		grouped(s.sex[:], c.sex[:], w[h].sex[:])
		w[h].bin = [2]float32{log2(s.bin[0]), log2(s.bin[1])}
	}
	return w
}
