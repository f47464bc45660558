package linkage

import "bytes"

// How two words agree. What is no equality costs bits: a typo may be another word.
type likeness uint8

const (
	unlike likeness = iota
	byInitial
	byJoining
	byWinkler
	byTwoEdits
	byOneEdit
	bySpelling // equal
)

// like compares two folded words of more than one letter. The sets of letters spare most of the work.
func like(a, b []byte, inA, inB uint32) likeness {
	if bytes.Equal(a, b) {
		return bySpelling
	}
	short, long := min(len(a), len(b)), max(len(a), len(b))
	if short < 4 || ones(inA^inB) > 4 && ones(inA&inB) < 4 {
		return unlike
	}
	if long-short <= 2 && ones(inA^inB) <= 4 {
		switch edits := osa(a, b, 2); {
		case edits == 1:
			return byOneEdit
		case edits == 2 && short >= 6 && alike(a, b, inA, inB, .86):
			return byTwoEdits
		}
	}
	if short >= 6 && alike(a, b, inA, inB, .93) {
		return byWinkler
	}
	return unlike
}

// osa is the number of edits between two words (a letter more, less, other, or two neighbours swapped), or limit+1 if it is more.
func osa(a, b []byte, limit int) int {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if max(len(a), len(b))-min(len(a), len(b)) > limit {
		return limit + 1
	}
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	var rows [3][maxLetters + 1]uint8
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		row[0] = uint8(i)
		least := row[0]
		for j := 1; j <= len(b); j++ {
			cost := uint8(1)
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if int(least) > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(int(last[len(b)]), limit+1)
}

// alike tells whether the Jaro-Winkler similarity is at least this much. A letter that the other word lacks matches nothing, which
// spares nearly all the work.
func alike(a, b []byte, inA, inB uint32, least float64) bool {
	matches := float64(min(len(a)-ones(inA&^inB), len(b)-ones(inB&^inA)))
	jaroAtMost := (matches/float64(len(a)) + matches/float64(len(b)) + 1) / 3
	return jaroAtMost+.4*(1-jaroAtMost) >= least && winkler(a, b) >= least
}

// winkler is the Jaro-Winkler similarity of two words of at most 64 letters; a common beginning counts only from .7.
func winkler(a, b []byte) float64 {
	jaro := jaro(a, b)
	if jaro < .7 {
		return jaro
	}
	common := 0
	for common < min(len(a), len(b), 4) && a[common] == b[common] {
		common++
	}
	return jaro + float64(common)*.1*(1-jaro)
}

func jaro(a, b []byte) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	window := max(len(a), len(b))/2 - 1
	var usedA, usedB uint64
	matches := 0
	for i, c := range a {
		for j := max(0, i-window); j < min(len(b), i+window+1); j++ {
			if b[j] == c && usedB>>j&1 == 0 {
				usedA |= 1 << i
				usedB |= 1 << j
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	swapped, j := 0, 0
	for i := range a {
		if usedA>>i&1 == 0 {
			continue
		}
		for usedB>>j&1 == 0 {
			j++
		}
		if a[i] != b[j] {
			swapped++
		}
		j++
	}
	m := float64(matches)
	return (m/float64(len(a)) + m/float64(len(b)) + (m-float64(swapped/2))/m) / 3
}
