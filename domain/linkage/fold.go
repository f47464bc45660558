package linkage

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A Role says whom a written name may mean besides the one it is written for.
type Role uint8

// "Ny. Asep" may be Asep's wife, "Mama Rizki" Rizki's mother, "By. Ny. Ratna" a child that has no name yet.
const (
	Own Role = iota
	WifeOf
	MotherOf
	BabyOf
)

// A Name is a person's name as it is compared: folded, in words, with what stood beside it. The zero Name is missing.
type Name struct {
	main, alias, father words
	plain               words // main before it was folded; only its form differs
	role                Role
}

// NewName folds a name as written. What says that nothing is known gives the zero Name.
func NewName(written string) Name {
	text, alias := cutAlias(ascii(written))
	n := Name{}
	var name []string
	name, n.father, n.role = strip(tokens(text))
	n.main, n.plain = fold(name)
	other, _, _ := strip(tokens(alias))
	var plainAlias words
	n.alias, plainAlias = fold(other)
	if n.main.n == 0 {
		n.main, n.plain, n.alias = n.alias, plainAlias, words{}
	}
	return n
}

// Missing tells whether there is nothing to compare.
func (n *Name) Missing() bool { return n.main.n == 0 }

// String is the folded name with spaces, for tests.
func (n *Name) folded() string { return n.main.String() }

// ascii is the name in small ASCII letters, without accents and apostrophes; every other sign is kept or becomes a space.
func ascii(written string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(written) {
		switch {
		case r == '\'' || r == '`' || r == '’' || r == '‘' || r == 'ʼ':
		case r >= 'A' && r <= 'Z':
			b.WriteByte(byte(r) + 'a' - 'A')
		case r < 128:
			b.WriteByte(byte(r))
		case r >= 0x300 && r < 0x370: // an accent, taken off its letter
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// cutAlias takes off `(x)`, `als x` and `alias x`.
func cutAlias(text string) (name, alias string) {
	if before, after, ok := strings.Cut(text, "("); ok {
		inside, rest, _ := strings.Cut(after, ")")
		return before + " " + rest, inside
	}
	for i, w := range tokens(text) {
		if i > 0 && aliases[w.text] {
			return text[:w.at], text[w.at+len(w.text):]
		}
	}
	return text, ""
}

// A token is a word as written and what stood behind it.
type token struct {
	text  string
	at    int
	after byte // the sign right behind it, 0 at the end
}

func tokens(text string) []token {
	var found []token
	start := -1
	for i := 0; i <= len(text); i++ {
		letter := i < len(text) && text[i] >= 'a' && text[i] <= 'z'
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			t := token{text: text[start:i], at: start}
			if i < len(text) {
				t.after = text[i]
			}
			found, start = append(found, t), -1
		}
	}
	return found
}

// strip takes off the father's name, titles, degrees and what follows a comma; the last word is never taken.
func strip(all []token) (name []string, father words, role Role) {
	if isMissing(all) {
		return nil, words{}, Own
	}
	for i := 1; i+1 < len(all); i++ {
		if patronymics[all[i].text] || all[i].text == "b" && all[i].after == '.' {
			rest, _, _ := strip(all[i+1:])
			father, _ = fold(rest)
			all = all[:i]
			break
		}
	}
	for i := range all {
		if all[i].after == ',' {
			all = all[:i+1]
			break
		}
	}
	for len(all) > 1 && titles[all[0].text] {
		role = max(role, roleOf(all[0].text))
		all = all[1:]
	}
	all = withoutDegrees(all)
	for i, t := range all {
		word := t.text
		if to, ok := canon[word]; ok {
			word = to
		}
		if i == 0 && word == "m" && len(all) > 1 {
			word = "muhamad"
		}
		name = append(name, word)
	}
	return name, father, role
}

func isMissing(all []token) bool {
	var said []string
	for _, t := range all {
		said = append(said, t.text)
	}
	return missingNames[strings.Join(said, ".")]
}

func roleOf(title string) Role {
	switch {
	case babyTitles[title]:
		return BabyOf
	case wifeTitles[title]:
		return WifeOf
	case motherTitles[title]:
		return MotherOf
	}
	return Own
}

// withoutDegrees takes off trailing degrees, also those written with dots: S.Pd, S. Kom. Two initials are none: without the dot
// they stay.
func withoutDegrees(all []token) []token {
again:
	for k := min(3, len(all)-1); k >= 1; k-- {
		tail, text, dotted := all[len(all)-k:], "", true
		for i, t := range tail {
			text += t.text
			dotted = dotted && (i == len(tail)-1 || t.after == '.')
		}
		if degrees[text] && dotted {
			all = all[:len(all)-k]
			goto again
		}
	}
	return all
}

// fold is steps 7 and 8, word by word.
func fold(name []string) (folded, plain words) {
	for _, w := range name {
		plain.add([]byte(w), w[0])
		folded.add([]byte(foldWord(w)), w[0])
	}
	return folded, plain
}

func foldWord(word string) string {
	for _, r := range slices.Concat(oldSpelling, soundsAlike) {
		word = strings.ReplaceAll(word, r[0], r[1])
	}
	word = single(word)
	if len(word) > 3 {
		word = strings.TrimSuffix(word, "h")
	}
	return word
}

func single(word string) string {
	out := make([]byte, 0, len(word))
	for i := range len(word) {
		if i == 0 || word[i] != word[i-1] {
			out = append(out, word[i])
		}
	}
	return string(out)
}

func fields(text string) []string { return strings.Fields(text) }
