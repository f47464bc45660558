package linkage

import (
	"slices"
)

// A kind is whose names are counted together: Siti says little of a woman and much of a man.
type kind uint8

const (
	boys kind = iota
	girls
	women
	men
	kinds
)

// mostInformation is what one word can bring at most, in bits.
const mostInformation = 13

// randomPairs is how many pairs u is counted from.
const randomPairs = 60_000

// Counts are u, the half of the weights that is counted without labels from the data at hand: words of names, addresses, and the
// levels of random pairs.
type Counts struct {
	cards   int
	words   [kinds]map[uint64]uint32
	names   [kinds]int
	places  map[uint64]uint32
	known   struct{ kecamatan, village, rt int }
	by      [hypotheses]chances
	sex     [2]float64
	near    struct{ nik, kk, twin float64 }
	fillers []uint64 // sorted numbers that too many persons have
}

type chances struct {
	name, kin [nameLevels]float64
	birth     [birthLevels]float64
	age       [ageLevels]float64
}

// A Recount counts cards that pass once, in bounded memory: words, addresses, numbers, and a sample for random pairs.
type Recount struct {
	counts   Counts
	numbers  []uint64
	subjects sample
	cards    sample
}

// NewRecount begins to count; equal seeds give equal counts.
func NewRecount(seed uint64) *Recount {
	r := &Recount{}
	for k := range kinds {
		r.counts.words[k] = map[uint64]uint32{}
	}
	r.counts.places = map[uint64]uint32{}
	r.subjects.chance, r.cards.chance = chance(seed), chance(seed+1)
	return r
}

// Subject adds a card that asks. It may be among the cards too.
func (r *Recount) Subject(c *Card) { r.subjects.add(c) }

// Card adds a card that is looked through.
func (r *Recount) Card(c *Card) {
	r.counts.cards++
	r.cards.add(c)
	r.counts.countNames(c)
	r.counts.countPlace(c)
	for _, n := range []Number{c.nik, c.motherNIK, c.kk} {
		if n.whole() {
			r.numbers = append(r.numbers, n.value)
		}
	}
}

// Counts ends the counting.
func (r *Recount) Counts() *Counts {
	r.counts.findFillers(r.numbers)
	r.numbers = nil
	r.counts.pairs(&r.subjects, &r.cards)
	r.counts.nearNumbers(r.cards.kept)
	counts := r.counts // a pointer into r would keep the samples, 5 MB, for as long as somebody counts by it
	return &counts
}

func (c *Counts) countNames(card *Card) {
	c.countName(&card.names[ofSelf], kindOf(card))
	c.countName(&card.names[ofMother], women)
	c.countName(&card.names[ofFather], men)
	c.countName(&card.names[ofHusband], men)
}

// kindOf is the kind of a person's own name: a child until an adult age is known.
func kindOf(card *Card) kind {
	adult := card.birth.Known() && card.Recorded-card.birth.Last > adulthood
	switch {
	case adult && card.sex == Male:
		return men
	case adult:
		return women
	case card.sex == Male:
		return boys
	}
	return girls
}

func (c *Counts) countName(n *Name, k kind) {
	if n.Missing() {
		return
	}
	c.names[k]++
	for i := range int(n.main.n) {
		c.words[k][hash(n.main.word(i))]++
	}
}

// information is what it says that two names share a word, in bits.
func (c *Counts) information(k kind, word []byte) float32 {
	n := float64(c.names[k])
	return min(mostInformation, -log2((float64(c.words[k][hash(word)])+1)/(n+20)))
}

func (c *Counts) countPlace(card *Card) {
	if card.kecamatan == 0 {
		return
	}
	c.known.kecamatan++
	c.places[uint64(card.kecamatan)]++
	if card.village == 0 {
		return
	}
	c.known.village++
	c.places[villageKey(card)]++
	if card.rt == 0 || card.rw == 0 {
		return
	}
	c.known.rt++
	c.places[inRT(villageKey(card))]++
	c.places[rtKey(card)]++
	c.places[rwKey(card)]++
	c.places[inRT(uint64(card.kecamatan))]++
}

// Keys of places, and of those cards there whose RT is known; the top bits tell them apart.
func villageKey(c *Card) uint64 { return c.village | 1<<60 }
func rwKey(c *Card) uint64      { return (c.village<<10 | uint64(c.rw)) | 2<<60 }
func rtKey(c *Card) uint64      { return (c.village<<20 | uint64(c.rw)<<10 | uint64(c.rt)) | 3<<60 }

func inRT(key uint64) uint64 { return key | 1<<63 }

// placeChances are the shares of cards at each level from a subject's address, from exact counts. A half is added to each, for a
// place that no card has yet may get one.
func (c *Counts) placeChances(s *Card) (u [placeLevels]float64) {
	share := func(part, whole uint32) float64 { return (float64(part) + .5) / (float64(whole) + 2) }
	kecamatan, village := c.places[uint64(s.kecamatan)], c.places[villageKey(s)]
	all := uint32(c.known.village)
	u[placeVillage] = share(village, all)
	u[placeVillageKecamatan] = share(kecamatan-min(kecamatan, village), all)
	u[placeVillageElsewhere] = share(all-min(all, kecamatan), all)

	all = uint32(c.known.rt)
	kecamatan, village = c.places[inRT(uint64(s.kecamatan))], c.places[inRT(villageKey(s))]
	rt, rw := c.places[rtKey(s)], c.places[rwKey(s)]
	u[placeRT] = share(rt, all)
	u[placeRW] = share(rw-min(rw, rt), all)
	u[placeOtherRW] = share(village-min(village, rw), all)
	u[placeKecamatan] = share(kecamatan-min(kecamatan, village), all)
	u[placeElsewhere] = share(all-min(all, kecamatan), all)

	all = uint32(c.known.kecamatan)
	kecamatan = c.places[uint64(s.kecamatan)]
	u[placeOnlyKecamatan] = share(kecamatan, all)
	u[placeOtherKecamatan] = share(all-min(all, kecamatan), all)
	return u
}

// tooMany is how many persons may carry one number before it is a filler.
const tooMany = 5

func (c *Counts) findFillers(numbers []uint64) {
	slices.Sort(numbers)
	for i := 0; i < len(numbers); {
		j := i
		for j < len(numbers) && numbers[j] == numbers[i] {
			j++
		}
		if j-i > tooMany {
			c.fillers = append(c.fillers, numbers[i])
		}
		i = j
	}
}

// usable is a number that is no filler of this data.
func (c *Counts) usable(n Number) Number {
	if _, filler := slices.BinarySearch(c.fillers, n.value); filler {
		return Number{}
	}
	return n
}

// Without takes a card's fillers off; cards are compared without them.
func (c *Counts) Without(card *Card) {
	if len(c.fillers) > 0 {
		card.nik, card.kk, card.motherNIK = c.usable(card.nik), c.usable(card.kk), c.usable(card.motherNIK)
	}
}

// pairs counts the levels of random pairs. Half a pair is added to each level: what was not met may be.
func (c *Counts) pairs(subjects, cards *sample) {
	for h := range hypotheses {
		fill(c.by[h].name[:])
		fill(c.by[h].kin[:])
		fill(c.by[h].birth[:])
		fill(c.by[h].age[:])
	}
	fill(c.sex[:])
	if len(subjects.kept) == 0 || len(cards.kept) == 0 {
		return
	}
	for range randomPairs {
		s, r := subjects.any(), cards.any()
		c.pair(s, r)
	}
	for h := range hypotheses {
		share(c.by[h].name[:])
		share(c.by[h].kin[:])
	}
}

func (c *Counts) pair(s, r *Card) {
	if s.sex != UnknownSex && r.sex != UnknownSex {
		same := 0
		if s.sex == r.sex {
			same = 1
		}
		c.sex[same]++
	}
	if s.birth.Known() && r.birth.Known() {
		c.by[Self].birth[likeBirth(s.birth, r.birth)]++
	}
	c.countLevel(Self, s, r, ofSelf, ofSelf)
	if mayBeMother(s, r) {
		if l := likeAge(s, r); l != missing {
			c.by[Mother].age[l]++
		}
		c.countLevel(Mother, s, r, ofSelf, ofMother)
	}
	for _, h := range []Hypothesis{Self, Mother, Household} {
		for _, kin := range [][2]int{{ofMother, ofMother}, {ofFather, ofFather}, {ofHusband, ofFather}} {
			if a, b := &s.names[kin[0]], &r.names[kin[1]]; !a.Missing() && !b.Missing() {
				c.by[h].kin[levelOf(a, b)]++
			}
		}
	}
}

// nearNumbers counts how often two numbers of one region are near by chance: they share region and century and mostly the serial, and
// the days of five years lie close. That it is one in 500, and not one in 30,000, was measured; the address says the region again.
func (c *Counts) nearNumbers(cards []Card) {
	c.near.nik, c.near.twin = nearShare(cards, func(c *Card) Number { return c.nik })
	c.near.kk, _ = nearShare(cards, func(c *Card) Number { return c.kk })
}

// mostNumbers bounds the pairs that are looked at.
const mostNumbers = 600

func nearShare(cards []Card, of func(*Card) Number) (near, twin float64) {
	var numbers []Number
	for i := range cards {
		if n := of(&cards[i]); n.whole() && len(numbers) < mostNumbers {
			numbers = append(numbers, n)
		}
	}
	near, twin = 2, .3
	same := 1000. // what is usual, where there is little to count
	for i, a := range numbers {
		for _, b := range numbers[:i] {
			if a == b || a.value/regions != b.value/regions {
				continue
			}
			same++
			switch a.like(b) {
			case numberNear:
				near++
			case numberTwin:
				twin++
			}
		}
	}
	return near / same, twin / same
}

func (c *Counts) countLevel(h Hypothesis, s, r *Card, ofS, ofR int) {
	if a, b := &s.names[ofS], &r.names[ofR]; !a.Missing() && !b.Missing() {
		c.by[h].name[levelOf(a, b)]++
	}
}

func levelOf(a, b *Name) NameLevel {
	p := pair(&a.main, &b.main)
	if p.level == NameNone && fuzzy(a, b) {
		return NameFuzzy
	}
	return p.level
}

func fill(counts []float64) {
	for i := range counts {
		counts[i] = .5
	}
}

func share(counts []float64) {
	sum := 0.
	for _, n := range counts {
		sum += n
	}
	for i := range counts {
		counts[i] /= sum
	}
}

// A sample keeps some of the cards that pass, each with the same chance.
type sample struct {
	kept   []Card
	seen   uint64
	chance chance
}

const sampleSize = 2048

func (s *sample) add(c *Card) {
	s.seen++
	if len(s.kept) < sampleSize {
		s.kept = append(s.kept, *c)
		return
	}
	if i := s.chance.below(s.seen); i < sampleSize {
		s.kept[i] = *c
	}
}

func (s *sample) any() *Card { return &s.kept[s.chance.below(uint64(len(s.kept)))] }

// chance is SplitMix64: the domain has no die, and u needs no good one.
type chance uint64

func (c *chance) below(n uint64) uint64 {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return (z ^ z>>31) % n
}

// hash is FNV-1a, 64 bits.
func hash(text []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range text {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
