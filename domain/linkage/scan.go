package linkage

// A Scan compares subjects with cards that pass once. Of a card that nobody matches it keeps three hashes, so that a household
// inherits without a second scan: 24 bytes, 14 MB for a regency.
type Scan struct {
	m        *Matcher
	subjects []*Subject
	found    [][]Found
	ties     [][][3]uint64 // in pieces, for a growing slice would copy itself
	cards    int
	match    Match
	card     Card
}

// NewScan begins a scan for subjects that were prepared by the matcher.
func (m *Matcher) NewScan(subjects []*Subject) *Scan {
	return &Scan{m: m, subjects: subjects, found: make([][]Found, len(subjects))}
}

// Card looks at the next card, as it was encoded. Its place is the number of cards before it. Names are read only where a subject
// needs them.
func (sc *Scan) Card(encoded []byte) error {
	c := &sc.card
	if err := c.decodeHead(encoded); err != nil {
		return err
	}
	sc.m.counts.Without(c)
	at := sc.cards
	sc.tie(c.ties())
	named := false
	for i, s := range sc.subjects {
		if s.Card.ID == c.ID {
			continue
		}
		left := s.plausible(c, &sc.match)
		if left == 0 {
			continue
		}
		if !named {
			if err := c.decodeNames(encoded); err != nil {
				return err
			}
			named = true
		}
		if s.names(left, c, &sc.match) {
			sc.keep(i, Found{At: at, Card: *c, Match: sc.match})
		}
	}
	return nil
}

const tiesPiece = 4096

func (sc *Scan) tie(t [3]uint64) {
	if sc.cards%tiesPiece == 0 {
		sc.ties = append(sc.ties, make([][3]uint64, 0, tiesPiece))
	}
	last := &sc.ties[len(sc.ties)-1]
	*last = append(*last, t)
	sc.cards++
}

func (sc *Scan) tiesOf(at int) *[3]uint64 { return &sc.ties[at/tiesPiece][at%tiesPiece] }

// mostFound is how many cards a subject keeps; better ones push the worst out.
const mostFound = 128

func (sc *Scan) keep(i int, f Found) {
	if len(sc.found[i]) < mostFound {
		sc.found[i] = append(sc.found[i], f)
		return
	}
	worst := 0
	for k := range sc.found[i] {
		if sc.found[i][k].Match.Best() < sc.found[i][worst].Match.Best() {
			worst = k
		}
	}
	if f.Match.Best() > sc.found[i][worst].Match.Best() {
		sc.found[i][worst] = f
	}
}

// ties are hashes of what one household shares: card, mother's NIK, mother in the RT. 0 is none.
func (c *Card) ties() (t [3]uint64) {
	if c.kk.whole() {
		t[0] = c.kk.value
	}
	if c.motherNIK.whole() {
		t[1] = c.motherNIK.value
	}
	if c.motherTie != 0 && c.rt != 0 && c.rw != 0 && c.village != 0 {
		t[2] = c.motherTie ^ rtKey(c)*0x9e3779b97f4a7c15
	}
	return t
}

// Wanted are the places of cards that nobody matched but that share a household with one that somebody did; give each to Kin.
func (sc *Scan) Wanted() []int {
	type key struct {
		which int
		hash  uint64
	}
	looked := map[key]bool{}
	for _, found := range sc.found {
		for k := range found {
			for w, h := range sc.tiesOf(found[k].At) {
				if h != 0 {
					looked[key{w, h}] = true
				}
			}
		}
	}
	var wanted []int
	for at := range sc.cards {
		for w, h := range sc.tiesOf(at) {
			if h != 0 && looked[key{w, h}] {
				wanted = append(wanted, at)
				break
			}
		}
	}
	return wanted
}

// Kin takes a wanted card to each subject that found another of its household.
func (sc *Scan) Kin(at int, encoded []byte) error {
	c := &sc.card
	if err := c.Decode(encoded); err != nil {
		return err
	}
	sc.m.counts.Without(c)
	for i, s := range sc.subjects {
		if s.Card.ID == c.ID || !sc.related(i, at) {
			continue
		}
		s.Compare(c, &sc.match)
		sc.found[i] = append(sc.found[i], Found{At: at, Card: *c, Match: sc.match})
	}
	return nil
}

// related tells whether a subject found another card of the household and not this one.
func (sc *Scan) related(i, at int) bool {
	related := false
	for k := range sc.found[i] {
		other := sc.found[i][k].At
		if other == at {
			return false
		}
		for w, h := range sc.tiesOf(at) {
			related = related || h != 0 && h == sc.tiesOf(other)[w]
		}
	}
	return related
}

// Candidates settles what the i-th subject found.
func (sc *Scan) Candidates(i int) ([]Found, []Settled) {
	return sc.found[i], sc.m.Settle(sc.subjects[i], sc.found[i])
}
