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

// caution is taken off every score, in bits. At the thresholds a pair would else be right as often as not, which is best for F1 and too
// little for a worker who may go and ask: it raises precision by .013 and costs .003 of F1 on dev.
const caution = 1

// KeptFrom is the final score from which a pair is kept: the raw score that Floor lets through, less caution.
const KeptFrom = Floor - caution

// carries is what a row loses that inherits: it is never surer than the row that it inherits from.
const carries = .5

// Settle looks at all that was found for a subject at once: cards compete, and rows of one household inherit. It depends on
// nothing but the found cards, in any order.
func (m *Matcher) Settle(s *Subject, found []Found) []Settled {
	n := len(found)
	ties := m.ties(found)
	settled := make([]Settled, n)
	pooled := m.pool(found, ties)
	for h := range hypotheses {
		raw, beside := make([]float32, n), make([]float32, n)
		for i := range found {
			raw[i], beside[i] = pooled[i][h], Never
			if h != Household {
				beside[i] = pooled[i][Household] // a sibling, an aunt: the same pair by another name
			}
		}
		for i, score := range compete(raw, beside, h, ties) {
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

// pool lets the rows of one woman fill what the others lack: her age stands in one, her husband in the other. A pooled score is never
// surer than that the rows belong together.
func (m *Matcher) pool(found []Found, t ties) [][hypotheses]float32 {
	raw := make([][hypotheses]float32, len(found))
	for i := range found {
		raw[i] = found[i].Match.Raw
		for _, h := range []Hypothesis{Mother, Household} {
			for j := range found {
				if tie := t.at(i, j); i != j && tie.woman && tie.odds > 0 {
					score := m.weights[h].prior + pooled(h, &found[i].Match, &found[j].Match)
					raw[i][h] = max(raw[i][h], min(score, tie.odds))
				}
			}
		}
	}
	return raw
}

// pooled are the bits of both rows: of each field the row's own, or else the other's; of names the better.
func pooled(h Hypothesis, own, other *Match) (bits float32) {
	if own.Raw[h] == Never && other.Raw[h] == Never {
		return Never
	}
	for f := range fieldsCompared {
		a, b := own.bitsOf(h, f), other.bitsOf(h, f)
		switch {
		case own.levelOf(h, f) == missing:
			bits += b
		case f == FieldName || f == FieldHusband || f == FieldFather:
			bits += max(a, b)
		default:
			bits += a
		}
	}
	return bits
}

func (m *Match) levelOf(h Hypothesis, f Field) uint8 {
	if m.Raw[h] == Never {
		return missing
	}
	return m.Evidence[h].level[f]
}

func (m *Match) bitsOf(h Hypothesis, f Field) float32 {
	if m.Raw[h] == Never {
		return 0
	}
	return m.Evidence[h].bits[f]
}

// compete takes from each score what speaks for rivals: the other meaning of the same pair, and of each other group its best, as
// far as it is certain that it is another.
func compete(raw, beside []float32, h Hypothesis, t ties) []float32 {
	group := groups(len(raw), func(i, j int) bool { return t.at(i, j).one(h) })
	score := make([]float32, len(raw))
	best := make([]float64, len(raw))
	for i := range raw {
		clear(best)
		for j, g := range group {
			if g != group[i] {
				best[g] = max(best[g], math.Exp2(float64(raw[j]))*t.at(i, j).apart(h))
			}
		}
		rivals := math.Exp2(float64(beside[i]))
		for _, odds := range best {
			rivals += odds
		}
		score[i] = raw[i] - log2(1+rivals) - caution
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
			if tie.woman && direct[i].Score[Mother] >= -caution {
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
	mother       float32 // bits that two mothers who are named alike are one woman
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

// apart is the probability that two rows which match one subject are about two: children, women or households.
func (t *tie) apart(h Hypothesis) float64 {
	if h == Mother {
		return 1 / (1 + math.Exp2(float64(t.mother)))
	}
	return 1
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
	for _, h := range []Hypothesis{Self, Household} {
		if l := m.Evidence[h].level[FieldPlace]; l != missing {
			m.Evidence[h].bits[FieldPlace] = s.tied[l]
		}
	}
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
	k := &forth.Evidence[Household]
	named := k.level[FieldMother]
	t.mother = k.bits[FieldPlace] + k.bits[FieldKK] + k.bits[FieldMotherNIK] + k.bits[FieldFather] + min(k.bits[FieldMother], 0)
	t.woman = t.odds >= 0 && named != missing && named >= uint8(NameSubset) || k.level[FieldMotherNIK] == uint8(numberExact) ||
		t.mother >= 3 && named != missing
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
