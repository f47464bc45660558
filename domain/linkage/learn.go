package linkage

import "slices"

// Learning is one step of EM: m is learned again from what the model itself believes, without labels. Begin with [Start], settle all
// subjects, add what was found, take the model, and go round until nothing moves; five rounds do.
//
// What speaks against a pair is not learned this way: who disagrees in it is hardly ever found, and those that are found are mostly
// brothers and sisters. Such shares stay as they were until confirmed and rejected pairs tell better.
type Learning struct {
	from  Model
	count [hypotheses]shares
}

// firmness is how many pairs the model that we begin with is worth: as many as it was learned from, of one hypothesis.
const firmness = 300

// NewLearning begins a step from the model that found the pairs.
func NewLearning(from Model) *Learning { return &Learning{from: from} }

// Add takes what was found for one subject, each pair by its probability.
func (l *Learning) Add(found []Found, settled []Settled) {
	for i := range found {
		for h := range hypotheses {
			if m := &found[i].Match; m.Raw[h] != Never && settled[i].Score[h] >= KeptFrom {
				l.count[h].add(h, &m.Evidence[h], Probability(settled[i].Score[h]+caution))
			}
		}
	}
}

func (s *shares) add(h Hypothesis, e *Evidence, p float64) {
	tally := func(f Field, counts []float64) {
		if level := e.level[f]; level != missing {
			counts[level] += p
		}
	}
	tally(FieldName, s.name[:])
	for _, f := range []Field{FieldMother, FieldFather, FieldHusband} {
		tally(f, s.kin[:])
	}
	if h == Mother {
		tally(FieldBirth, s.age[:])
	} else {
		tally(FieldBirth, s.birth[:])
	}
	if h != Household {
		tally(FieldNIK, s.nik[:])
	}
	tally(FieldKK, s.kk[:])
	tally(FieldPlace, s.place[:])
	tally(FieldSex, s.sex[:])
}

// Model is the model learned; its version is the next.
func (l *Learning) Model() Model {
	m := l.from
	m.Version++
	for h := range hypotheses {
		from, to, n := &l.from.by[h], &m.by[h], &l.count[h]
		mix(to.name[:], from.name[:], n.name[:], int(NameNone))
		mix(to.kin[:], from.kin[:], n.kin[:], int(NameNone))
		mix(to.birth[:], from.birth[:], n.birth[:], int(birthFar), int(birthDiffers), int(yearDiffers), int(ageDiffers))
		mix(to.age[:], from.age[:], n.age[:], int(ageOtherNIK), int(ageWithinSix), int(ageBeyond), int(ageUnusual))
		mix(to.nik[:], from.nik[:], n.nik[:], int(numberDiffers), int(numberTwin))
		mix(to.kk[:], from.kk[:], n.kk[:], int(numberDiffers), int(numberTwin))
		mix(to.place[:], from.place[:], n.place[:], int(placeOtherRW), int(placeKecamatan), int(placeElsewhere),
			int(placeVillageKecamatan), int(placeVillageElsewhere), int(placeOtherKecamatan))
		mix(to.sex[:], from.sex[:], n.sex[:], 0)
	}
	return m
}

// mix is the share of each level among what was counted and what was believed before, but for those that stay.
func mix(to, from, counted []float64, stay ...int) {
	believed, sum := 0., 0.
	for i := range from {
		if !slices.Contains(stay, i) {
			believed, sum = believed+from[i], sum+counted[i]
		}
	}
	if believed == 0 {
		return
	}
	for i := range to {
		if !slices.Contains(stay, i) {
			to[i] = believed * (counted[i] + firmness*from[i]/believed) / (sum + firmness)
		}
	}
}
