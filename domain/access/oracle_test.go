package access

import (
	"encoding/csv"
	"math/bits"
	"os"
	"slices"
	"strings"
)

// The oracle reads the table as access.md says it is read, one row after the other. It shares no code with Decide: its
// own points, its own closure, its own words.

// A point is one question. Its axes are numbered; yes/no axes are bits, the others are values.
type point struct {
	action Action
	bits   uint64
	v      [9]uint8
}

// The axes, in the order in which the walk fixes them.
const (
	axActive = iota
	axBlocked
	axRole
	axState
	axLevel
	axOwn
	axSector
	axScope
	axMFA
	axRelation // the first yes/no axis; 9 relations, 3 bases, then the circumstances
)

var (
	valueWords = [9][]string{
		axActive: {"0", "1"}, axBlocked: {"0", "1"},
		axRole:   {"", "INTAKE", "WORKER", "SUPERVISOR", "STATS", "REVIEWER", "AUDITOR", "ADMIN", "APP"},
		axState:  {"", "OPEN", "CLOSED", "SEALED"},
		axLevel:  {"", "L1", "L2", "L3"},
		axOwn:    {"none", "L1", "L2", "L3"},
		axSector: {"OTHER", "HEALTH", "SOCIAL", "PROTECTION"},
		axMFA:    {"NONE", "FRESH", "RECENT"},
	}
	relationWords = []string{"ASSIGNED", "OWNER", "SUBMITTER", "PENDING", "RECEIVER", "FORMER", "BREAKGLASS", "OVERSEER", "MATCH"}
	basisWords    = []string{"CONSENT", "CARE", "EXCEPTION"}
	condWords     = strings.Fields(`reason cosign second self not_self own_unit own_or_child_unit regency_unit office_above
		review sent_to_review addressed recent filed_30d child_growth leg_over letter_unit not_recorder done_or_by_hand
		exact_key quota candidate holds_own_side exact_evidence held_conflict held_right_ended held_invalid giver_guardian
		giver_perpetrator requester_guardian requester_perpetrator contact_perpetrator expiry_over_365d no_method
		carries_exception`)
	bitWords = slices.Concat(relationWords, basisWords, condWords)
	allAxes  = uint64(1)<<(axRelation+len(bitWords)) - 1
	cosign   = bit("cosign")
)

func bit(word string) uint64 { return 1 << (axRelation + must(slices.Index(bitWords, word), word)) }

// row is one line of the table.
type row struct {
	line     int // of the file, from 0
	id, kind string
	oneOf    []oneOf
	anyOf    []uint64 // one bit of each
	all      uint64
	upward   bool // match_up
	sees     bool
	result   string
	mask     Mask
	scoped   bool
	effects  Effects
}

type oneOf struct {
	axis int
	set  uint16
}

// tri is what is known of a row while some axes are still open.
type tri int

const (
	no tri = iota
	maybe
	yes
)

// holds tells whether the row's own columns hold at a point of which some axes are known, and which others it reads.
func (r *row) holds(p *point, known uint64) (tri, uint64) {
	var unread uint64
	for _, c := range r.oneOf {
		if known>>c.axis&1 == 0 {
			unread |= 1 << c.axis
		} else if c.set>>p.v[c.axis]&1 == 0 {
			return no, 0
		}
	}
	for _, any := range r.anyOf {
		if p.bits&any&known == 0 {
			if any&^known == 0 {
				return no, 0
			}
			unread |= any &^ known
		}
	}
	all := r.all
	if r.kind == "act" {
		all &^= cosign // lacking it, an act waits
	}
	if all&known&^p.bits != 0 {
		return no, 0
	}
	unread |= r.all &^ known
	if r.upward {
		if open := (1<<axOwn | 1<<axLevel) &^ known; open != 0 {
			unread |= open
		} else if p.v[axOwn] < p.v[axLevel] {
			return no, 0
		}
	}
	if unread != 0 {
		return maybe, unread
	}
	return yes, 0
}

// answer is what the table says at a point.
type answer struct {
	outcome, rule string
	mask          Mask
	effects       Effects
	broken        string // rules of consent, with spaces
}

type oracle struct {
	rows [actionEnd][]*row // by action, in file order
}

// answer asks the table, leaving one row out if it is not nil.
func (o *oracle) answer(p *point, without *row) answer {
	var a answer
	decided := false
	for _, r := range o.rows[p.action] {
		if holds, _ := r.holds(p, allAxes); holds != yes || r == without {
			continue
		}
		switch r.kind {
		case "gate", "act":
			if decided || r.sees && !o.sees(p, without) {
				continue
			}
			decided = true
			a = answer{outcome: r.result, rule: r.id, mask: o.shows(p, r), effects: r.effects}
			if r.kind == "act" && r.all&cosign&^p.bits != 0 {
				a = answer{outcome: "AWAIT", rule: r.id}
			}
		case "read":
			if decided || r.result == "NOT_FOUND" && a.rule != "" {
				continue
			}
			if a.rule == "" {
				a.outcome, a.rule = r.result, r.id
			}
			a.mask |= o.shows(p, r)
			a.effects |= r.effects
		case "post":
			shows := a.outcome == "ALLOW" && (p.action != Read || a.mask&^Receipt != 0)
			if shows || a.outcome == "DENIED" || a.outcome == "AWAIT" {
				a = answer{outcome: r.result, rule: r.id}
			}
		case "consent":
			if a.outcome == "ALLOW" || a.outcome == "AWAIT" {
				a = answer{outcome: r.result, rule: r.id}
			}
			a.broken += r.id + " "
		}
	}
	return a
}

// sees is the word of cond: the read mask, before R8, has F0 or F1_LATE.
func (o *oracle) sees(p *point, without *row) bool {
	for _, r := range o.rows[Read] {
		if holds, _ := r.holds(p, allAxes); holds == yes && r != without && (r.kind == "gate" || r.kind == "read") {
			if o.shows(p, r)&(F0|F1Late) != 0 {
				return true
			}
			if r.kind == "gate" {
				return false
			}
		}
	}
	return false
}

func (o *oracle) shows(p *point, r *row) Mask {
	m := r.mask
	if r.scoped {
		m = whole(sectored(m, p)) & whole(sectored(scopes[p.v[axScope]]|F0|F1Own, p))
	}
	return whole(m)
}

func sectored(m Mask, p *point) Mask {
	if m&F3Sector != 0 {
		m = m&^F3Sector | [4]Mask{0, F3Health, F3Social, F3Protection}[p.v[axSector]]
	}
	return m
}

// whole is the closure as the page writes it, turned until it rests.
func whole(m Mask) Mask {
	for _, part := range [...][2]Mask{
		{F1, F1Own},
		{F1Own, Receipt | F1Late},
		{F2, F2Link | F2Roster},
		{F3, F3Health | F3Social | F3Protection | F3Named | F3Last},
		{F4, F4Named},
	} {
		if m&part[0] != 0 {
			m |= part[1]
		}
	}
	return m
}

// scopes are the scopes that a basis may have: each class alone, none, all, and some mixtures.
var scopes = func() []Mask {
	list := []Mask{0, maskEnd - 1, F0 | F1 | F2, F0 | F1 | F2 | F3Sector, F1 | F3Named | F4Named, F2Link | F3Health | F4}
	for m := F0; m < maskEnd; m <<= 1 {
		list = append(list, m)
	}
	return list
}()

// readTable reads the CSV.
func readTable(path string) (*oracle, []*row, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, nil, err
	}
	o := &oracle{}
	var all []*row
	for i, line := range lines[1:] {
		r := readRow(line)
		r.line = i
		all = append(all, r)
		for action, name := range actionNames {
			if name != "" && r.covers(line[2], name) {
				o.rows[action] = append(o.rows[action], r)
			}
		}
	}
	return o, all, nil
}

var systemPrefixes = strings.Fields("growth. person. stats. journal. review. account. token. absence. directory. deadline. webhook.")

func isSystem(action string) bool {
	return action == "file" || action == "notify" ||
		slices.ContainsFunc(systemPrefixes, func(p string) bool { return strings.HasPrefix(action, p) })
}

func (r *row) covers(column, action string) bool {
	if r.kind == "act" && action == "read" {
		return false // A90 and A91 say CASE, and mean its acts
	}
	words := strings.Split(column, "!")
	switch words[0] {
	case "*":
		return true
	case "CASE":
		return !isSystem(action) && !slices.Contains(words[1:], action)
	case "SYSTEM":
		return isSystem(action)
	}
	return slices.Contains(strings.Split(column, "|"), action)
}

func readRow(line []string) *row {
	r := &row{id: line[0], kind: line[1], result: line[12]}
	for column, axis := range map[int]int{3: axActive, 4: axRole, 6: axBlocked, 7: axLevel, 8: axState, 9: axMFA} {
		r.oneOf = append(r.oneOf, among(axis, line[column])...)
	}
	for _, column := range []int{5, 10} {
		var any uint64
		for _, word := range words(line[column], "|") {
			any |= bit(word)
		}
		if any != 0 {
			r.anyOf = append(r.anyOf, any)
		}
	}
	for _, word := range words(line[11], "&") {
		switch word {
		case "match_up":
			r.upward = true
		case "sees":
			r.sees = true
		case "content":
			// What answer has content, post asks itself.
		case "writes_sector":
			r.oneOf = append(r.oneOf, among(axSector, "HEALTH")...)
		case "bg_sector":
			r.oneOf = append(r.oneOf, among(axSector, "HEALTH|PROTECTION")...)
		default:
			r.all |= bit(word)
		}
	}
	mask := line[13]
	if inner, ok := strings.CutPrefix(mask, "SCOPE("); ok {
		r.scoped, mask = true, strings.TrimSuffix(inner, ")")
	}
	for _, word := range words(mask, "|") {
		r.mask |= 1 << must(slices.Index(maskNames[:], word), word)
	}
	for _, word := range words(line[14], "|") {
		r.effects |= 1 << must(slices.Index([]string{"owner", "reviewer", "subject", "review72h"}, word), word)
	}
	return r
}

func among(axis int, column string) []oneOf {
	var set uint16
	for _, word := range words(column, "|") {
		set |= 1 << must(slices.Index(valueWords[axis], word), word)
	}
	if set == 0 {
		return nil
	}
	return []oneOf{{axis, set}}
}

func words(column, sep string) []string {
	if column == "" {
		return nil
	}
	return strings.Split(column, sep)
}

func must(i int, word string) int {
	if i < 0 {
		panic("the table has a word that the oracle does not know: " + word)
	}
	return i
}

// String tells a point in the words of the table.
func (p *point) String() string {
	said := []string{p.action.String()}
	for axis, values := range valueWords {
		if values != nil {
			said = append(said, values[p.v[axis]])
		}
	}
	for rest := p.bits >> axRelation; rest != 0; rest &= rest - 1 {
		said = append(said, bitWords[bits.TrailingZeros64(rest)])
	}
	return strings.Join(said, " ") + " scope " + scopes[p.v[axScope]].String()
}
