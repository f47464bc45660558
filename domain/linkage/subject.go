package linkage

import "math"

// Floor is the score below which nothing is kept.
const Floor = -5.7

// Never is the score of a hypothesis that a pair cannot have.
var Never = float32(math.Inf(-1))

// A Matcher compares cards by one model and one count of the data at hand. It is read by many goroutines at once.
type Matcher struct {
	counts  *Counts
	weights [hypotheses]weights
	model   Model
	// twinBits is what it says for one household that two children were registered one after the other.
	twinBits float32
}

// NewMatcher brings a model and counts together.
func NewMatcher(m Model, c *Counts) *Matcher {
	return &Matcher{counts: c, weights: m.weights(c), model: m, twinBits: log2(twinShare / c.near.twin)}
}

// A Subject is a card that asks, with all that can be looked up beforehand: what its words are worth, how rare its address is, and
// the most that names can bring.
type Subject struct {
	Card  Card
	m     *Matcher
	place [hypotheses][placeLevels]float32
	tied  [placeLevels]float32 // as place, between rows of one file
	// what each word of a name is worth, by the kind that it is met among
	self, woman, man                    worth
	mother, motherAsMan, father, spouse worth
	bin                                 worth
	most                                [hypotheses]float32
}

// worth is what the words of a name say, in bits.
type worth struct {
	main, alias [maxWords]float32
	most        float32 // the better of both
	kind        kind
}

// Prepare looks everything up that a comparison needs. The card is copied.
func (m *Matcher) Prepare(card *Card) *Subject {
	s := &Subject{Card: *card, m: m}
	m.counts.Without(&s.Card)
	c := &s.Card
	u := m.counts.placeChances(c)
	for h := range hypotheses {
		placeWeights(&m.model.by[h].place, &u, &s.place[h])
	}
	placeWeights(&tiedPlace, &u, &s.tied)
	s.self = m.worth(&c.names[ofSelf], kindOf(c))
	s.woman = m.worth(&c.names[ofSelf], women)
	s.man = m.worth(&c.names[ofSelf], men)
	s.mother = m.worth(&c.names[ofMother], women)
	s.motherAsMan = m.worth(&c.names[ofMother], men)
	s.father = m.worth(&c.names[ofFather], men)
	s.spouse = m.worth(&c.names[ofHusband], men)
	for i := range int(c.names[ofSelf].father.n) {
		s.bin.main[i] = m.counts.information(men, c.names[ofSelf].father.word(i))
		s.bin.most += s.bin.main[i]
	}
	s.bin.most = max(s.bin.most, s.father.most)
	s.most = [hypotheses]float32{
		Self:      s.mostOf(Self, &s.self) + s.mostKin(Self) + s.bin.most,
		Mother:    max(s.mostOf(Mother, &s.woman), s.mostOf(Mother, &s.spouse)) + s.mostKin(Mother),
		Household: s.mostKin(Household) + s.bin.most,
	}
	return s
}

func placeWeights(m, u *[placeLevels]float64, w *[placeLevels]float32) {
	for _, cut := range [][2]placeLevel{{placeRT, placeVillage}, {placeVillage, placeOnlyKecamatan}, {placeOnlyKecamatan, placeLevels}} {
		grouped(m[cut[0]:cut[1]], u[cut[0]:cut[1]], w[cut[0]:cut[1]])
	}
}

func (m *Matcher) worth(n *Name, k kind) worth {
	w := worth{kind: k}
	var main, alias float32
	for i := range int(n.main.n) {
		w.main[i] = m.counts.information(k, n.main.word(i))
		main += w.main[i]
	}
	for i := range int(n.alias.n) {
		w.alias[i] = m.counts.information(k, n.alias.word(i))
		alias += w.alias[i]
	}
	w.most = max(main, alias)
	return w
}
