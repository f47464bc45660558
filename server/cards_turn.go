package server

import (
	"bytes"
	"context"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	"github.com/sinergi-pug/sinergi/store"
)

// A turn is what the follower does for some persons: their cards, whom these are compared with, and what is stored of it together.

// turn is what some persons change.
type turn struct {
	*cards
	made map[casework.PersonID][]byte              // cards that are new or changed
	rows map[casework.PersonID][]linkage.Candidate // what is stored for whom; nil deletes
	met  map[casework.PersonID][]casework.PersonID // of who asks: whose changed card matches, or did
}

func newTurn(c *cards) *turn {
	return &turn{
		cards: c, made: map[casework.PersonID][]byte{}, rows: map[casework.PersonID][]linkage.Candidate{},
		met: map[casework.PersonID][]casework.PersonID{},
	}
}

// put stores it. Nothing is stored of who was erased meanwhile.
func (s *Server) put(ctx context.Context, t *turn) error {
	_, err := store.Update(ctx, s.store, func(w *store.Writer) (none struct{}, err error) {
		for id, encoded := range t.made {
			if err := w.PutLinkCard(id, encoded); err != nil {
				return none, err
			}
		}
		for id, found := range t.rows {
			if found == nil {
				err = w.DropCandidates(id)
			} else {
				err = w.PutCandidates(id, found)
			}
			if err != nil {
				return none, err
			}
		}
		return none, nil
	})
	for id, found := range t.rows {
		if a := t.asking[id]; a != nil {
			a.candidates = idsOf(found)
		}
	}
	return err
}

// take compares each of some persons, and then looks again at whom they met.
func (t *turn) take(r *store.Reader, ids []casework.PersonID) error {
	changed := map[casework.UnitID][]casework.PersonID{} // by register
	for _, id := range ids {
		p, is, err := t.card(r, id)
		if err != nil {
			return err
		}
		if is {
			changed[p.Register] = append(changed[p.Register], id)
		}
	}
	for register, ids := range changed { // once all cards are made: two of one commit may match
		if err := t.within(r, register, ids); err != nil {
			return err
		}
	}
	for id, met := range t.met {
		if a := t.asking[id]; a != nil && !a.waits {
			known, err := r.Candidates(id)
			if err != nil {
				return err
			}
			if t.rows[id], err = t.judge(r, a, append(met, idsOf(known)...)); err != nil {
				return err
			}
		}
	}
	return nil
}

// card makes the card of a record, compares it with all who ask, and lets her ask or ask no more. is tells whether it is to be compared
// within its register.
func (t *turn) card(r *store.Reader, id casework.PersonID) (p casework.Person, is bool, err error) {
	person, p, err := r.LinkPerson(id)
	if store.IsGone(err) {
		delete(t.asking, id)
		return p, false, nil
	}
	if err != nil {
		return p, false, err
	}
	card := linkage.NewCard(person)
	encoded := card.Encode()
	was, there, err := r.LinkCard(id)
	if err != nil {
		return p, false, err
	}
	level, err := r.Asks(id)
	if err != nil {
		return p, false, err
	}
	changed := !there || !bytes.Equal(was, encoded)
	if changed {
		t.made[id] = encoded
		t.compare(id, card)
	}
	a := t.asking[id]
	switch {
	case level > casework.L1 && (changed || a == nil):
		a = &asking{encoded: encoded}
		t.rows[id] = nil // until she was compared with all
		if err := t.prepare(a); err != nil {
			return p, false, err
		}
		t.ask(id, a, true)
		return p, false, t.leaveRegister(r, id)
	case level > casework.L1:
		return p, false, nil
	case a != nil || level == "":
		delete(t.asking, id)
		t.rows[id] = nil
	}
	if level != casework.L1 || changed || a != nil {
		return p, level == casework.L1, nil
	}
	found, err := r.Candidates(id) // of before a level was lowered, perhaps, by a process that was killed
	return p, len(found) > 0, err
}

// compare finds who asks and matches a changed card, or did before it changed.
func (t *turn) compare(id casework.PersonID, card linkage.Card) {
	t.counts.Without(&card)
	var m linkage.Match
	for other, a := range t.asking {
		if other != id && !a.waits && (a.subject.Compare(&card, &m) || slices.Contains(a.candidates, id)) {
			t.met[other] = append(t.met[other], id)
		}
	}
}

// judge compares a subject with those who are her candidates, or may have become one.
func (t *turn) judge(r *store.Reader, a *asking, others []casework.PersonID) ([]linkage.Candidate, error) {
	slices.SortFunc(others, comparePersons)
	var found []linkage.Found
	for _, other := range slices.Compact(others) {
		encoded, err := t.cardOf(r, other)
		if store.IsGone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f := linkage.Found{At: len(found)}
		if err := f.Card.Decode(encoded); err != nil {
			return nil, err
		}
		t.counts.Without(&f.Card)
		a.subject.Compare(&f.Card, &f.Match)
		found = append(found, f)
	}
	found, err := t.withoutCopies(r, a.subject, found)
	if err != nil {
		return nil, err
	}
	return shortlist(found, t.matcher.Settle(a.subject, found)), nil
}

// shortlist is never nil: who asks has a row, found or not.
func shortlist(found []linkage.Found, settled []linkage.Settled) []linkage.Candidate {
	return append([]linkage.Candidate{}, linkage.Shortlist(found, settled)...)
}

// cardOf is a card as it will stand; while the cards are made anew it is made of the record.
func (t *turn) cardOf(r *store.Reader, id casework.PersonID) ([]byte, error) {
	if encoded, ok := t.made[id]; ok {
		return encoded, nil
	}
	encoded, there, err := r.LinkCard(id)
	if err != nil || there {
		return encoded, err
	}
	person, _, err := r.LinkPerson(id)
	if err != nil {
		return nil, err
	}
	card := linkage.NewCard(person)
	return card.Encode(), nil
}

// withoutCopies leaves out the record on the other side that one was copied from: who may know of both knows it.
func (c *cards) withoutCopies(r *store.Reader, subject *linkage.Subject, found []linkage.Found) ([]linkage.Found, error) {
	id := casework.PersonID(subject.Card.ID)
	var from casework.PersonID
	var err error
	if subject.Card.Side == linkage.Protected && len(found) > 0 {
		if from, err = copiedFrom(r, id); err != nil {
			return nil, err
		}
	}
	kept := make([]linkage.Found, 0, len(found))
	for _, f := range found {
		other := casework.PersonID(f.Card.ID)
		if subject.Card.Side == linkage.Ordinary && f.Card.Side == linkage.Protected {
			of, err := copiedFrom(r, other)
			if err != nil {
				return nil, err
			}
			if of == id {
				continue
			}
		}
		if from != other {
			kept = append(kept, f)
		}
	}
	return kept, nil
}

// copiedFrom is the ordinary record that a protected one was made of; none of who was erased meanwhile.
func copiedFrom(r *store.Reader, id casework.PersonID) (casework.PersonID, error) {
	p, err := r.Person(id)
	if store.IsGone(err) {
		return casework.PersonID{}, nil
	}
	return p.Identity.CopiedFrom, err
}

// within compares records at L1 with those of their register, both ways, in one pass over its cards. Whom one was a candidate of, and
// perhaps no longer is, is looked at again.
func (t *turn) within(r *store.Reader, register casework.UnitID, ids []casework.PersonID) error {
	members, err := r.L1Subjects(register)
	if err != nil {
		return err
	}
	slices.SortFunc(members, comparePersons)
	var near []*closest
	for _, id := range ids {
		if !isMember(members, id) {
			continue
		}
		a, err := t.member(r, id)
		if err != nil {
			return err
		}
		near = append(near, &closest{asking: a, id: id})
	}
	if err := t.pass(r, members, near); err != nil {
		return err
	}
	for _, n := range near {
		before, err := r.Candidates(n.id)
		if err != nil {
			return err
		}
		if err := t.judgeL1(r, n.id, n.asking, members, n.met); err != nil {
			return err
		}
		for _, id := range append(n.met, idsOf(before)...) {
			if !isMember(members, id) {
				continue
			}
			other, err := t.member(r, id)
			if err != nil {
				return err
			}
			if err := t.judgeL1(r, id, other, members, []casework.PersonID{n.id}); err != nil {
				return err
			}
		}
	}
	return nil
}

func comparePersons(a, b casework.PersonID) int { return bytes.Compare(a[:], b[:]) }

func isMember(members []casework.PersonID, id casework.PersonID) bool {
	_, is := slices.BinarySearchFunc(members, id, comparePersons)
	return is
}

// member opens a record of a register.
func (t *turn) member(r *store.Reader, id casework.PersonID) (*asking, error) {
	encoded, err := t.cardOf(r, id)
	if err != nil {
		return nil, err
	}
	a := &asking{encoded: encoded}
	return a, t.prepare(a)
}

// closest are those of a register whom a record matches best, best first.
type closest struct {
	*asking
	id     casework.PersonID
	met    []casework.PersonID
	scores []float32
}

func (n *closest) keep(id casework.PersonID, score float32) {
	at := len(n.scores)
	for at > 0 && n.scores[at-1] < score {
		at--
	}
	if at == registerMost {
		return
	}
	n.met, n.scores = slices.Insert(n.met, at, id), slices.Insert(n.scores, at, score)
	n.met, n.scores = n.met[:min(len(n.met), registerMost)], n.scores[:min(len(n.scores), registerMost)]
}

// pass compares all cards of a register with some of its records. It keeps none of them: a register may have ten thousands.
func (t *turn) pass(r *store.Reader, members []casework.PersonID, near []*closest) error {
	if len(near) == 0 {
		return nil
	}
	var card linkage.Card
	var m linkage.Match
	for _, id := range members {
		encoded, err := t.cardOf(r, id)
		if store.IsGone(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err := card.Decode(encoded); err != nil {
			return err
		}
		t.counts.Without(&card)
		for _, n := range near {
			if n.id != id && n.subject.Compare(&card, &m) {
				n.keep(id, m.Best())
			}
		}
	}
	return nil
}

// judgeL1 keeps a row only where something was found: hardly any record at L1 has one. Nobody above L1, or of elsewhere, stands in it.
func (t *turn) judgeL1(r *store.Reader, id casework.PersonID, a *asking, members, others []casework.PersonID) error {
	known, err := r.Candidates(id)
	if err != nil {
		return err
	}
	others = slices.Concat(others, idsOf(known), idsOf(t.rows[id]))
	others = slices.DeleteFunc(others, func(o casework.PersonID) bool { return !isMember(members, o) })
	list, err := t.judge(r, a, others)
	if len(list) == 0 {
		list = nil
	}
	t.rows[id] = list
	return err
}

// leaveRegister takes a record that asks from now on out of the rows of its register: at L1 nobody has a row of who is above.
func (t *turn) leaveRegister(r *store.Reader, id casework.PersonID) error {
	found, err := r.Candidates(id)
	if err != nil {
		return err
	}
	for _, other := range idsOf(found) {
		level, err := r.Asks(other)
		if err != nil {
			return err
		}
		if level != casework.L1 {
			continue
		}
		theirs, err := r.Candidates(other)
		if err != nil {
			return err
		}
		t.rows[other] = slices.DeleteFunc(theirs, func(c linkage.Candidate) bool { return c.ID == id })
		if len(t.rows[other]) == 0 {
			t.rows[other] = nil
		}
	}
	return nil
}
