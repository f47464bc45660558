package linkage

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// small is two kecamatan that the tests of this package share; nobody changes it.
var small = sync.OnceValue(func() *world {
	t := &testing.T{}
	return newWorld(t, 24, 3_000, 60)
})

func (w *world) opened(i int) *Card {
	c := &Card{}
	if err := c.Decode(w.card(i)); err != nil {
		panic(err)
	}
	return c
}

// drawCard is a card of the regency, or one with parts of two.
func drawCard(t *rapid.T, label string) *Card {
	w := small()
	n := len(w.cards) / CardSize
	c := w.opened(rapid.IntRange(0, n-1).Draw(t, label))
	other := w.opened(rapid.IntRange(0, n-1).Draw(t, label+" other"))
	swap := rapid.Uint32().Draw(t, label+" parts")
	if swap&1 != 0 {
		c.birth, c.birthNIK = other.birth, other.birthNIK
	}
	if swap&2 != 0 {
		c.village, c.kecamatan, c.rw, c.rt = other.village, other.kecamatan, other.rw, other.rt
	}
	if swap&4 != 0 {
		c.nik, c.kk, c.motherNIK = other.nik, other.kk, other.motherNIK
	}
	for i := range c.names {
		if swap>>(8+i)&1 != 0 {
			c.names[i] = other.names[i]
		}
	}
	return c
}

// unfiltered compares as if there were no pre-filter.
func (s *Subject) unfiltered(r *Card, m *Match) {
	s.plausible(r, m)
	mask := uint8(1<<Self | 1<<Household)
	if mayBeMother(&s.Card, r) {
		mask |= 1 << Mother
	}
	s.names(mask, r, m)
}

// The pre-filter is what makes a scan of a regency possible, and it may cost nobody her match. LONG_ROW=linkage takes 10^8 pairs.
func TestThePreFilterLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := small()
		s := w.matcher.Prepare(drawCard(t, "subject"))
		keptAsUnfiltered(t, s, drawCard(t, "card"))
	})
	w, pairs := small(), 200_000
	if long() {
		pairs = 100_000_000
	}
	n := len(w.cards) / CardSize
	die, c := chance(5), Card{}
	var s *Subject
	for i := range pairs {
		if i%1000 == 0 {
			s = w.matcher.Prepare(w.opened(int(die.below(uint64(n)))))
		}
		if err := c.Decode(w.card(int(die.below(uint64(n))))); err != nil {
			t.Fatal(err)
		}
		keptAsUnfiltered(t, s, &c)
	}
}

func keptAsUnfiltered(t interface{ Fatalf(string, ...any) }, s *Subject, c *Card) {
	var with, without Match
	kept := s.Compare(c, &with)
	s.unfiltered(c, &without)
	if kept != (without.Best() >= Floor) {
		t.Fatalf("kept is %t, and without the filter the best score is %.4f", kept, without.Best())
	}
	for h := range hypotheses {
		if without.Raw[h] >= Floor && with.Raw[h] != without.Raw[h] {
			t.Fatalf("hypothesis %d: %.4f with the filter, %.4f without", h, with.Raw[h], without.Raw[h])
		}
	}
}

// The control: a filter that promises less than names can bring is found by the same comparison.
func TestAFilterThatLosesIsFound(t *testing.T) {
	w, lost := small(), 0
	for i := range w.subjects {
		s := *w.subjects[i]
		for h := range s.most {
			s.most[h] -= 25
		}
		home := i * (len(w.cards) / CardSize / len(w.subjects)) // the household stands around its subject
		for k := max(0, home-4); k < home+4; k++ {
			var with, without Match
			c := w.opened(k)
			kept := s.Compare(c, &with)
			s.unfiltered(c, &without)
			if !kept && without.Best() >= Floor {
				lost++
			}
		}
	}
	if lost == 0 {
		t.Error("a filter that is too strict loses nothing: the test sees nothing")
	}
}

// What one side lacks weighs nothing, whatever the other side has.
func TestWhatIsMissingIsNeverDisagreement(t *testing.T) {
	blank := []struct {
		name string
		do   func(*Card)
		of   []Field
	}{
		{"NIK", func(c *Card) { c.nik, c.motherNIK = Number{}, Number{} }, []Field{FieldNIK}},
		{"KK", func(c *Card) { c.kk = Number{} }, []Field{FieldKK}},
		{"mother's NIK", func(c *Card) { c.motherNIK = Number{} }, []Field{FieldMotherNIK}},
		{"address", func(c *Card) { c.village, c.kecamatan, c.rw, c.rt = 0, 0, 0, 0 }, []Field{FieldPlace}},
		{"birth", func(c *Card) { c.birth = Birth{}; c.mother.birth = Birth{}; c.mother.sure = false }, []Field{FieldBirth}},
		{"sex", func(c *Card) { c.sex = UnknownSex }, []Field{FieldSex}},
		{"mother", func(c *Card) { c.names[ofMother] = Name{} }, []Field{FieldMother}},
		{"father", func(c *Card) { c.names[ofFather] = Name{} }, []Field{FieldHusband}},
		{"name", func(c *Card) { c.names[ofSelf] = Name{} }, []Field{FieldPatronymic}},
	}
	rapid.Check(t, func(t *rapid.T) {
		s := small().matcher.Prepare(drawCard(t, "subject"))
		b := rapid.SampledFrom(blank).Draw(t, "blank")
		c := drawCard(t, "card")
		b.do(c)
		if b.name == "mother" || b.name == "father" { // "Ny. Asep" stands for both
			c.names[ofMother].role, c.names[ofSelf].role = Own, Own
			s.Card.names[ofMother].role, s.Card.names[ofSelf].father = Own, words{}
		}
		var m Match
		s.unfiltered(c, &m)
		for h := range hypotheses {
			if h == Mother && (!mayBeMother(&s.Card, c) || b.name == "mother" || b.name == "name") {
				continue
			}
			for _, f := range b.of {
				if m.Evidence[h].bits[f] < 0 {
					t.Fatalf("%s is missing and %v weighs %.2f under hypothesis %d", b.name, f, m.Evidence[h].bits[f], h)
				}
			}
		}
	})
	nothing := Card{}
	var m Match
	for _, s := range small().subjects {
		s.unfiltered(&nothing, &m)
		for h := range hypotheses {
			for f, bits := range m.Evidence[h].bits {
				if bits != 0 && !(h == Mother && !mayBeMother(&s.Card, &nothing)) {
					t.Errorf("against an empty card %v weighs %.2f", Field(f), bits)
				}
			}
		}
	}
}

func TestWhatIsSymmetricIsSo(t *testing.T) {
	word := rapid.StringMatching(`[a-z]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := []byte(word.Draw(t, "a")), []byte(word.Draw(t, "b"))
		if osa(a, b, 2) != osa(b, a, 2) {
			t.Fatalf("edits of %s and %s", a, b)
		}
		if winkler(a, b) != winkler(b, a) {
			t.Fatalf("similarity of %s and %s", a, b)
		}
		inA, inB := lettersOf(a), lettersOf(b)
		if len(a) > 0 && len(b) > 0 && like(a, b, inA, inB) != like(b, a, inB, inA) {
			t.Fatalf("likeness of %s and %s", a, b)
		}
		for _, least := range []float64{.86, .88, .93, .94} { // the bound by letters loses nothing
			if len(a) > 0 && len(b) > 0 && alike(a, b, inA, inB, least) != (winkler(a, b) >= least) {
				t.Fatalf("%s and %s: alike at %.2f, similarity %.4f", a, b, least, winkler(a, b))
			}
		}
		c, d := drawCard(t, "c"), drawCard(t, "d")
		if c.nik.like(d.nik) != d.nik.like(c.nik) || likePlace(c, d) != likePlace(d, c) {
			t.Fatal("numbers or places")
		}
		if c.birth.Known() && d.birth.Known() && likeBirth(c.birth, d.birth) != likeBirth(d.birth, c.birth) {
			t.Fatal("births")
		}
		x, y := &c.names[ofSelf], &d.names[ofMother]
		if !x.Missing() && !y.Missing() && levelOf(x, y) != levelOf(y, x) {
			t.Fatalf("%s and %s: %d and %d", x.folded(), y.folded(), levelOf(x, y), levelOf(y, x))
		}
	})
}

// The order of cards, of what was found, and of subjects changes no score.
func TestOrderChangesNothing(t *testing.T) {
	w := small()
	forth := w.scan(t, w.subjects)
	back := w.matcher.NewScan(w.subjects)
	n := len(w.cards) / CardSize
	for i := n - 1; i >= 0; i-- {
		if err := back.Card(w.card(i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range back.Wanted() {
		if err := back.Kin(at, w.card(n-1-at)); err != nil {
			t.Fatal(err)
		}
	}
	some := 0
	for i := range w.subjects {
		a, b := scores(forth.Candidates(i)), scores(back.Candidates(i))
		if !slices.Equal(a, b) {
			t.Errorf("subject %d: %q forth, %q back", i, a, b)
		}
		some += len(a)
	}
	if some < 50 {
		t.Errorf("only %d candidates, too few to tell", some)
	}
}

func scores(found []Found, settled []Settled) []string {
	var all []string
	for k := range found {
		for h, s := range settled[k].Score {
			if s >= KeptFrom {
				all = append(all, fmt.Sprintf("%x %d %.3f", found[k].Card.ID, h, s))
			}
		}
	}
	slices.Sort(all)
	return all
}

// Every card has one size, whoever it is about, and comes back as it was.
func TestCardsHaveOneSizeAndComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCard(t, "card")
		b := c.Encode()
		var back Card
		if err := back.Decode(b); err != nil {
			t.Fatal(err)
		}
		if len(b) != CardSize || back != *c {
			t.Fatalf("%d bytes, equal is %t", len(b), back == *c)
		}
	})
	long := strings.Repeat("Sjaefoeddin Abdoerrachman ", 12) + "als " + strings.Repeat("Noeraeni Chadidjah ", 8) + "binti " + strings.Repeat("Tjokroaminoto ", 9)
	c := NewCard(Person{Name: long, Mother: long, Father: long, Guardian: long, Husband: long})
	b := c.Encode()
	var back Card
	if err := back.Decode(b); err != nil || len(b) != CardSize {
		t.Fatalf("the longest names: %d bytes, %v", len(b), err)
	}
	if back.names[ofSelf].main.word(0) == nil || !back.names[ofHusband].main.equalFirst(&c.names[ofHusband].main) {
		t.Error("of the longest names not even the first word is kept")
	}
}

func (w *words) equalFirst(o *words) bool { return w.n > 0 && string(w.word(0)) == string(o.word(0)) }

func TestBytesThatAreNoCardAreRefused(t *testing.T) {
	whole := small().card(0)
	for name, b := range map[string][]byte{
		"nothing": nil, "short": whole[:CardSize-1], "long": append(slices.Clone(whole), 0),
		"another form": changed(whole, atVersion), "another folding": changed(whole, atNorm), "another role": changed(whole, atNames),
	} {
		var c Card
		if err := c.Decode(b); err != ErrCard {
			t.Errorf("%s: %v, want ErrCard", name, err)
		}
	}
}

func changed(b []byte, at int) []byte {
	b = slices.Clone(b)
	b[at] += 100
	return b
}

func FuzzDecode(f *testing.F) {
	f.Add(small().card(0)[atNames:])
	f.Add([]byte{0, 1, 200})
	f.Fuzz(func(t *testing.T, names []byte) {
		b := make([]byte, CardSize)
		b[atVersion], b[atNorm] = cardVersion, NormVersion
		copy(b[atNames:], names)
		var c Card
		if c.Decode(b) != nil {
			return
		}
		var m Match
		small().subjects[0].Compare(&c, &m)
		small().matcher.Prepare(&c).Compare(&c, &m)
	})
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"Hj. Siti, S.Pd", "(", "als", "b. b. b.", "ﬁ", "By. Ny.", "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, written string) {
		n := NewName(written)
		if again := NewName(n.plain.String()); !n.Missing() && n.role == Own && again.Missing() {
			t.Errorf("%q folds to a name whose plain form is none", written)
		}
	})
}
