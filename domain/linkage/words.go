package linkage

import "math/bits"

// What of a name is compared. Longer ones are cut: the sixth word of a name has never told two persons apart.
const (
	maxWords   = 6
	maxLetters = 44
)

// words are the words of one name, in memory that a comparison need not leave.
type words struct {
	n       uint8
	weak    uint8 // bit i: word i is one of the commonest, and counts but never alone
	initial uint8 // bit i: word i is one letter
	end     [maxWords]uint8
	text    [maxLetters]byte // without spaces, so that neighbours stand joined
	letters [maxWords]uint32 // which letters a word has
	first   [maxWords]byte   // its first letter as written: Aisyah folds to esa, and her initial is A
}

// foldedWeak are the weak words as they are compared.
var foldedWeak = func() map[string]bool {
	s := map[string]bool{}
	for w := range weakWords {
		s[foldWord(w)] = true
	}
	return s
}()

func (w *words) add(word []byte, first byte) {
	start := w.start(int(w.n))
	if w.n == maxWords || start == maxLetters || len(word) == 0 {
		return
	}
	size := copy(w.text[start:], word)
	i := w.n
	w.n++
	w.end[i] = uint8(start + size)
	w.first[i] = first
	w.letters[i] = lettersOf(w.word(int(i)))
	if size == 1 {
		w.initial |= 1 << i
	}
	if foldedWeak[string(w.word(int(i)))] {
		w.weak |= 1 << i
	}
}

func (w *words) start(i int) int {
	if i == 0 {
		return 0
	}
	return int(w.end[i-1])
}

func (w *words) word(i int) []byte { return w.text[w.start(i):w.end[i]] }

// whole is the name without its spaces.
func (w *words) whole() []byte {
	if w.n == 0 {
		return nil
	}
	return w.text[:w.end[w.n-1]]
}

// all are the letters of the whole name.
func (w *words) all() (set uint32) {
	for i := range int(w.n) {
		set |= w.letters[i]
	}
	return set
}

func (w *words) String() string {
	text := []byte{}
	for i := range int(w.n) {
		if i > 0 {
			text = append(text, ' ')
		}
		text = append(text, w.word(i)...)
	}
	return string(text)
}

func lettersOf(word []byte) (set uint32) {
	for _, c := range word {
		set |= 1 << (c & 31)
	}
	return set
}

func ones(set uint32) int { return bits.OnesCount32(set) }
