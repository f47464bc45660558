package casework

import (
	"cmp"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// Sought is what a kader knows of whom she seeks: a name or the mother's, and what else she may know.
type Sought struct {
	Name      string
	Mother    string
	BirthYear int    // 0: not known
	Village   string // area code; empty: not known
}

// Check gives the faults of a search: without a name it would be a list, and with two letters nearly one.
func (s Sought) Check() error {
	var v Violations
	name, mother := soundLetters(s.Name), soundLetters(s.Mother)
	v.check(name > 0 || mother > 0, "name", "REQUIRED")
	v.check(name == 0 || name >= soughtLetters, "name", "TOO_SHORT")
	v.check(mother == 0 || mother >= soughtLetters, "mother", "TOO_SHORT")
	v.check(s.Village == "" || AreaCode(s.Village), "areaCode", "AREA_FORMAT")
	return v.orNil()
}

const soughtLetters = 3

func soundLetters(name string) int { return len([]rune(strings.ReplaceAll(FoldName(name), " ", ""))) }

// Finder is a search made ready: names are folded once and not for each person.
type Finder struct {
	name, mother []string
	sought       Sought
}

// Finder makes it ready.
func (s Sought) Finder() Finder {
	return Finder{wordsOf(s.Name), wordsOf(s.Mother), s}
}

// wordsOf are the words of a name, the longest first: "si" must not take the "Siti" that "siti" needs.
func wordsOf(name string) []string {
	words := strings.Fields(FoldName(name))
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return words
}

// Fits tells whether a person is one who is sought: each word said begins a word of her name, in any order, for "Siti N" is how a name
// is said over a table. What the register does not know of her does not keep her out.
func (f Finder) Fits(i PersonIdentity) bool {
	if f.sought.BirthYear != 0 && i.BirthDate.Precision != Nothing && i.BirthDate.First.Year() != f.sought.BirthYear {
		return false
	}
	if f.sought.Village != "" && i.Address.AreaCode != "" && !within(i.Address.AreaCode, f.sought.Village) {
		return false
	}
	return begin(f.name, i.Name) && begin(f.mother, i.Mother.Name)
}

// within tells whether an address lies in an area, or may: of one known to the kecamatan alone nobody knows.
func within(address, area string) bool {
	return strings.HasPrefix(address, area) || strings.HasPrefix(area, address)
}

// begin tells whether each word begins another word of a name.
func begin(words []string, name string) bool {
	if len(words) == 0 {
		return true
	}
	left := strings.Fields(FoldName(name))
	for _, word := range words {
		at := slices.IndexFunc(left, func(part string) bool { return strings.HasPrefix(part, word) })
		if at < 0 {
			return false
		}
		left = slices.Delete(left, at, at+1)
	}
	return true
}

// Whom somebody seeks prints and logs as nothing.
func (s Sought) Format(out fmt.State, _ rune) { fmt.Fprint(out, hidden) }
func (f Finder) Format(out fmt.State, _ rune) { fmt.Fprint(out, hidden) }

func (s Sought) LogValue() slog.Value { return slog.StringValue(hidden) }
func (f Finder) LogValue() slog.Value { return slog.StringValue(hidden) }
