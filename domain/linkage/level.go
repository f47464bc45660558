package linkage

import "bytes"

// A NameLevel is how far two names agree.
type NameLevel uint8

// In the order of the design's table, worst first; MissingName is no level but the lack of one.
const (
	NameNone NameLevel = iota
	NameWeak
	NameFuzzy
	NamePartial
	NameSubset
	NameSimilar
	NameExact
	nameLevels
	MissingName NameLevel = 255
)

// A pairing is how the words of two names were paired.
type pairing struct {
	level NameLevel
	how   [maxWords]likeness // of each word of the first name
	with  [maxWords]uint8    // the word of the second
}

// pair compares two names that are not missing. Order does not matter but for NameExact.
func pair(a, b *words) pairing {
	p := pairing{}
	var usedA, usedB uint8
	inOrder := a.n == b.n
	mark := func(i, j int, how likeness) {
		p.how[i], p.with[i] = how, uint8(j)
		usedA |= 1 << i
		usedB |= 1 << j
	}
	for i := range int(a.n) {
		for j := range int(b.n) {
			if usedB>>j&1 == 0 && a.letters[i] == b.letters[j] && bytes.Equal(a.word(i), b.word(j)) {
				mark(i, j, bySpelling)
				inOrder = inOrder && i == j
				break
			}
		}
	}
	allA, allB := uint8(1)<<a.n-1, uint8(1)<<b.n-1
	if usedA == allA && usedB == allB {
		p.level = NameSimilar
		if inOrder {
			p.level = NameExact
		}
		if usedA&^(a.weak|a.initial) == 0 {
			p.level = NameWeak
		}
		return p
	}
	for usedA != allA && usedB != allB { // the best pair first, so that the order of words and sides plays no part
		best, bi, bj := unlike, 0, 0
		for i := range int(a.n) {
			if (usedA|a.initial)>>i&1 == 1 {
				continue
			}
			for j := range int(b.n) {
				if (usedB|b.initial)>>j&1 == 1 {
					continue
				}
				if how := like(a.word(i), b.word(j), a.letters[i], b.letters[j]); how > best {
					best, bi, bj = how, i, j
				}
			}
		}
		if best == unlike {
			break
		}
		mark(bi, bj, best)
	}
	if usedA != allA && usedB != allB {
		p.join(a, b, &usedA, &usedB)
		p.initials(a, b, &usedA, &usedB)
	}
	p.judge(a, b, usedA, usedB)
	return p
}

// join pairs two neighbours of one name with one word of the other: Sri Wahyuni, Sriwahyuni.
func (p *pairing) join(a, b *words, usedA, usedB *uint8) {
	for i := 0; i+1 < int(a.n); i++ {
		for j := range int(b.n) {
			if *usedA>>i&3 == 0 && *usedB>>j&1 == 0 && joined(a.text[a.start(i):a.end[i+1]], b.word(j), a.letters[i]|a.letters[i+1], b.letters[j]) {
				p.how[i], p.how[i+1], p.with[i], p.with[i+1] = byJoining, byJoining, uint8(j), uint8(j)
				*usedA |= 3 << i
				*usedB |= 1 << j
			}
		}
	}
	for j := 0; j+1 < int(b.n); j++ {
		for i := range int(a.n) {
			if *usedB>>j&3 == 0 && *usedA>>i&1 == 0 && joined(a.word(i), b.text[b.start(j):b.end[j+1]], a.letters[i], b.letters[j]|b.letters[j+1]) {
				p.how[i], p.with[i] = byJoining, uint8(j)
				if b.weak>>j&1 == 1 {
					p.with[i]++ // the one that counts
				}
				*usedA |= 1 << i
				*usedB |= 3 << j
			}
		}
	}
}

func joined(a, b []byte, inA, inB uint32) bool {
	return len(a) >= 4 && len(b) >= 4 && max(len(a), len(b))-min(len(a), len(b)) <= 2 && alike(a, b, inA, inB, .94)
}

func (p *pairing) initials(a, b *words, usedA, usedB *uint8) {
	for i := range int(a.n) {
		for j := range int(b.n) {
			if *usedA>>i&1 == 0 && *usedB>>j&1 == 0 && (a.initial>>i&1 == 1 || b.initial>>j&1 == 1) && a.first[i] == b.first[j] {
				p.how[i], p.with[i] = byInitial, uint8(j)
				*usedA |= 1 << i
				*usedB |= 1 << j
			}
		}
	}
}

func (p *pairing) judge(a, b *words, usedA, usedB uint8) {
	strong := false
	for i := range int(a.n) {
		if p.how[i] > byInitial && (a.weak|a.initial)>>i&1 == 0 && (b.weak|b.initial)>>p.with[i]&1 == 0 {
			strong = true
		}
	}
	allA, allB := uint8(1)<<a.n-1, uint8(1)<<b.n-1
	switch {
	case !strong && usedA != 0:
		p.level = NameWeak
	case usedA == allA && usedB == allB:
		p.level = NameSimilar
	case usedA != 0 && (usedA == allA || usedB == allB):
		p.level = NameSubset
	case usedA != 0:
		p.level = NamePartial
	}
}

// fuzzy tells whether two names of which no word agrees sound like one: whole, or as a nickname that ends the other.
func fuzzy(a, b *Name) bool {
	x, y := a.main.whole(), b.main.whole()
	if min(len(x), len(y)) >= 4 && alike(x, y, a.main.all(), b.main.all(), .88) {
		return true
	}
	return nickname(&a.plain, &b.plain) || nickname(&b.plain, &a.plain)
}

// nickname tells whether the one word of short ends a word of long: Yati, Nurhayati. Folding changes beginnings.
func nickname(short, long *words) bool {
	if short.n != 1 || len(short.word(0)) < 4 {
		return false
	}
	for i := range int(long.n) {
		if bytes.HasSuffix(long.word(i), short.word(0)) {
			return true
		}
	}
	return false
}
