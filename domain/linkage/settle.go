package linkage

import "math"

// Found is a card that reached Floor for a subject, or is kin of one that did.
type Found struct {
	At    int // where the card stood
	Card  Card
	Match Match
}

// Settled is what becomes of a found card beside the others: the final score of each hypothesis.
type Settled struct {
	Score [hypotheses]float32
	// Inherited tells that the score comes from another row of the household.
	Inherited [hypotheses]bool
	// Twin tells that another candidate was born the same day in the same household.
	Twin bool
}

// Best is the hypothesis with the highest score, of equal ones the one that says most.
func (s *Settled) Best() Hypothesis {
	best := Self
	for h := Mother; h < hypotheses; h++ {
		if s.Score[h] > s.Score[best] {
			best = h
		}
	}
	return best
}

// carries is what a row loses that inherits: it is never surer than the row that it inherits from.
const carries = .5

// Settle looks at all that was found for a subject at once: cards compete, and rows of one household inherit. It depends on
// nothing but the found cards, in any order.
func (m *Matcher) Settle(s *Subject, found []Found) []Settled {
	n := len(found)
	ties := m.ties(found)
	settled := make([]Settled, n)
	for h := range hypotheses {
		raw := make([]float32, n)
		for i := range found {
			raw[i] = found[i].Match.Raw[h]
		}
		one := groups(n, func(i, j int) bool { return ties.at(i, j).one(h) })
		for i, score := range compete(raw, one) {
			settled[i].Score[h] = score
		}
	}
	inherit(settled, ties)
	for i := range n {
		for j := range n {
			if i != j && ties.at(i, j).twins {
				settled[i].Twin = true
			}
		}
	}
	return settled
}

// compete takes from each score what speaks for rivals: of each other group its best.
func compete(raw []float32, group []int) []float32 {
	odds := make([]float64, len(raw)) // by group, its best
	for i, g := range group {
		odds[g] = max(odds[g], math.Exp2(float64(raw[i])))
	}
	score := make([]float32, len(raw))
	for i, g := range group {
		rivals := 0.
		for other, o := range odds {
			if other != g {
				rivals += o
			}
		}
		score[i] = raw[i] - log2(1+rivals)
	}
	return score
}

// inherit carries scores over to rows of the same child, woman and household, one step far.
func inherit(settled []Settled, t ties) {
	direct := make([]Settled, len(settled))
	copy(direct, settled)
	take := func(j int, h Hypothesis, score float32) {
		if score > settled[j].Score[h] {
			settled[j].Score[h], settled[j].Inherited[h] = score, true
		}
	}
	for i := range direct {
		for j := range direct {
			if i == j {
				continue
			}
			tie := t.at(i, j)
			if tie.child {
				take(j, Self, min(direct[i].Score[Self]-carries, tie.same))
			}
			if tie.woman && direct[i].Score[Mother] >= 0 {
				take(j, Mother, min(direct[i].Score[Mother]-carries, tie.odds))
			}
			take(j, Household, min(max(direct[i].Score[Self], direct[i].Score[Mother], direct[i].Score[Household])-carries, tie.odds))
		}
	}
}

// A tie is what two found cards have to do with each other.
type tie struct {
	same         float32 // score that they are one person
	odds         float32 // score that they are of one household
	child, woman bool
	twins        bool
}

func (t *tie) one(h Hypothesis) bool {
	switch h {
	case Self:
		return t.child
	case Mother:
		return t.woman
	}
	return t.odds >= 0 || t.child
}

type ties struct {
	n   int
	all []tie
}

func (t ties) at(i, j int) *tie { return &t.all[i*t.n+j] }

func (m *Matcher) ties(found []Found) ties {
	n := len(found)
	t := ties{n, make([]tie, n*n)}
	subjects := make([]*Subject, n)
	for i := range found {
		subjects[i] = m.Prepare(&found[i].Card)
	}
	var forth, back Match
	for i := range n {
		for j := range i {
			subjects[i].weighKin(&subjects[j].Card, &forth)
			subjects[j].weighKin(&subjects[i].Card, &back)
			*t.at(i, j) = tieOf(&subjects[i].Card, &subjects[j].Card, &forth, &back)
			*t.at(j, i) = *t.at(i, j)
		}
	}
	return t
}

// weighKin compares without the pre-filter: ties below Floor are no ties, but their levels are looked at.
func (s *Subject) weighKin(r *Card, m *Match) {
	s.plausible(r, m)
	s.selfNames(r, m)
	s.householdNames(r, m)
}

func tieOf(a, b *Card, forth, back *Match) tie {
	t := tie{same: max(forth.Raw[Self], back.Raw[Self]), odds: max(forth.Raw[Household], back.Raw[Household])}
	e := &forth.Evidence[Self]
	bits := max(forth.Evidence[Self].bits[FieldName], back.Evidence[Self].bits[FieldName])
	born := a.birth.toDay() && a.birth == b.birth
	name := e.level[FieldName]
	nik := e.level[FieldNIK]
	t.child = born && a.sex == b.sex && (nik == missing || nik >= uint8(numberNear)) &&
		(nik == uint8(numberExact) || name != missing && name >= uint8(NameSubset) && bits > 6)
	mother := forth.Evidence[Household].level[FieldMother]
	t.woman = t.odds >= 0 && mother != missing && mother >= uint8(NameSubset) ||
		forth.Evidence[Household].level[FieldMotherNIK] == uint8(numberExact)
	t.twins = born && !t.child && t.odds >= 0
	return t
}

// groups numbers what belongs together, also by a third.
func groups(n int, one func(i, j int) bool) []int {
	group := make([]int, n)
	for i := range group {
		group[i] = i
	}
	root := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	for i := range n {
		for j := range i {
			if one(i, j) {
				a, b := root(i), root(j)
				group[max(a, b)] = min(a, b)
			}
		}
	}
	for i := range group {
		group[i] = root(i)
	}
	return group
}
