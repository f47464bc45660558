package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/linkage"
)

// Cards are what persons are compared by: one for each record, sealed, of one size, under an id that joins it to nothing. All of them can
// be made anew from the records, which is how they come about: after a change of the linkage key, in data from elsewhere, and under newer
// rules of folding. Erasing a record deletes its card, its candidates, and it from the candidates of others.

// followedSetting is up to which number of the journal cards follow the records.
const followedSetting = "linkage followed"

// cardsMade are the words of linkageSetting once there is a card for each record; NormVersion, for cards of other rules do not open.
func cardsMade(mark string) string { return mark + " made " + strconv.Itoa(linkage.NormVersion) }

const (
	cardsAtOnce = 512  // cards made in one transaction: some 15 ms, in which callers wait
	wipeAtOnce  = 1000 // rows deleted in one
)

// LinkPerson is what a card is made from: a record with the names of its kin and the number of its family card. The address of a shelter
// and the safe contact have no place in it. A kin who has a record of her own is called as she is there.
func (t *tx) LinkPerson(id casework.PersonID) (l linkage.Person, p casework.Person, err error) {
	if p, err = t.Person(id); err != nil {
		return l, p, err
	}
	var recorded time.Time
	if err := t.row("SELECT created FROM persons WHERE id = $1", id).scan(&recorded); err != nil {
		return l, p, err
	}
	i := p.Identity
	l = linkage.Person{
		ID: id, Side: linkSides[p.Side], Recorded: linkage.Date(casework.DateOf(recorded)), Name: i.Name, Sex: linkSexes[p.Sex], Birth: linkBirth(i.BirthDate),
		NIK: first(i, casework.IDNIK), KK: first(i, casework.IDKK), MotherNIK: first(i, casework.IDMotherNIK),
		Kecamatan: p.Kecamatan, Village: i.Address.AreaCode, RW: i.Address.RW, RT: i.Address.RT,
	}
	if l.KK == "" {
		if l.KK, err = t.familyCardOf(id); err != nil {
			return l, p, err
		}
	}
	return l, p, t.linkKin(&l, i, casework.DateOf(recorded))
}

var (
	linkSides = map[casework.Side]linkage.Side{casework.Ordinary: linkage.Ordinary, casework.Protected: linkage.Protected}
	linkSexes = map[casework.Sex]linkage.Sex{casework.Male: linkage.Male, casework.Female: linkage.Female}
)

func first(i casework.PersonIdentity, kind casework.IdentifierType) string {
	for _, id := range i.Identifiers {
		if id.Type == kind {
			return id.Value
		}
	}
	return ""
}

func linkBirth(b casework.BirthDate) linkage.Birth {
	year, month, _ := b.First.Split()
	switch b.Precision {
	case casework.ToDay:
		return linkage.BornOn(linkage.Date(b.First))
	case casework.ToMonth:
		return linkage.Birth{First: linkage.Date(b.First), Last: linkage.DateOf(year+int(month)/12, int(month)%12+1, 1) - 1}
	case casework.ToYear:
		return linkage.BornInYear(year)
	}
	return linkage.Birth{}
}

// linkKin fills in who is related. A guardian who is called like a parent is that parent.
func (t *tx) linkKin(l *linkage.Person, i casework.PersonIdentity, recorded casework.Date) error {
	mother, err := t.kin(i.Mother)
	if err != nil {
		return err
	}
	l.Mother = mother.Name
	if l.MotherNIK == "" {
		l.MotherNIK = first(mother, casework.IDNIK)
	}
	if age, known := mother.BirthDate.AgeOn(recorded); known {
		l.MotherAge = age
	}
	for _, kin := range []struct {
		of   casework.Kin
		name *string
	}{{i.Father, &l.Father}, {i.Guardian, &l.Guardian}, {i.Husband, &l.Husband}} {
		other, err := t.kin(kin.of)
		if err != nil {
			return err
		}
		*kin.name = other.Name
	}
	switch l.Guardian {
	case "":
	case l.Mother:
		l.Relation = linkage.IsMother
	case l.Father:
		l.Relation = linkage.IsFather
	}
	return nil
}

// kin is a relative as her own record has her, or by the bare name.
func (t *tx) kin(k casework.Kin) (casework.PersonIdentity, error) {
	if k.Person != (casework.PersonID{}) {
		p, err := t.Person(k.Person)
		if err == nil {
			return p.Identity, nil
		}
		if !IsGone(err) {
			return casework.PersonIdentity{}, err
		}
	}
	return casework.PersonIdentity{Name: k.Name}, nil
}

// familyCardOf is the number of her household's card, where she lives now.
func (t *tx) familyCardOf(id casework.PersonID) (string, error) {
	today := casework.DateOf(t.s.Now())
	household, err := t.HouseholdOn(id, today)
	if err != nil || household == (casework.HouseholdID{}) {
		return "", err
	}
	cards, err := t.cards(household)
	if err != nil {
		return "", err
	}
	card, _ := casework.Household{Cards: cards}.CardOn(today)
	return card.Number, nil
}

// LinkCard opens the card of a record, encoded; ok is false if it has none, or one of older rules.
func (t *tx) LinkCard(id casework.PersonID) (encoded []byte, ok bool, err error) {
	return t.linkCardAt(t.s.keys.rowOf(t.s.keys.linkage.Load(), cardTable, id))
}

// linkCardAt opens the card of a row; ok is false if it was erased since it was seen.
func (t *tx) linkCardAt(row [16]byte) (encoded []byte, ok bool, err error) {
	var sealed []byte
	err = t.row("SELECT sealed FROM link_cards WHERE id = $1", row).scan(&sealed)
	if errors.Is(err, errNoRows) {
		return nil, false, nil
	}
	if err == nil {
		encoded, err = t.s.keys.linkage.Load().open(nil, cardTable, row, sealed)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read a card: %w", err)
	}
	return encoded, true, nil
}

// linkCardsAfter visits a page of cards in the order of their rows, and tells how many there were. The zero row begins.
func (r *Reader) linkCardsAfter(row [16]byte, visit func(row [16]byte, encoded []byte) error) (last [16]byte, n int, err error) {
	key := r.s.keys.linkage.Load()
	space := make([]byte, 0, linkage.CardSize)
	last = row
	for row := range r.rows("SELECT id, sealed FROM link_cards WHERE id > $1 ORDER BY id LIMIT $2", row, scanAtOnce) {
		var sealed []byte
		if err := row.scan(last[:], &sealed); err != nil {
			return last, n, fmt.Errorf("read cards: %w", err)
		}
		n++
		encoded, err := key.open(space, cardTable, last, sealed)
		if err == nil {
			err = visit(last, encoded)
		}
		if err != nil {
			return last, n, fmt.Errorf("read cards: %w", err)
		}
	}
	return last, n, nil
}

// PutLinkCard keeps the card of a record that is still there.
func (w *Writer) PutLinkCard(id casework.PersonID, encoded []byte) error {
	there, err := w.hasPerson(id)
	if err != nil || !there {
		return err
	}
	return w.putLinkage(cardTable, w.s.keys.rowOf(w.s.keys.linkage.Load(), cardTable, id), encoded)
}

// Asks is the highest level of the open cases of a record; empty if none is open. Served by cases_subject.
func (t *tx) Asks(id casework.PersonID) (level casework.Level, err error) {
	err = t.row("SELECT COALESCE(max(level), '') FROM cases WHERE subject = $1 AND closed IS NULL", id).scan(&level)
	return level, err
}

// UpperSubjects are the records with an open case above L1, and whether all cards were compared with each. Served by cases_upper.
func (r *Reader) UpperSubjects() (compared map[casework.PersonID]bool, err error) {
	ids, err := list(&r.tx, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) },
		"SELECT DISTINCT subject FROM cases WHERE closed IS NULL AND level <> 'L1'")
	if err != nil {
		return nil, fmt.Errorf("list who asks: %w", err)
	}
	compared = make(map[casework.PersonID]bool, len(ids))
	for _, id := range ids {
		if _, compared[id], err = r.candidates(id); err != nil {
			return nil, err
		}
	}
	return compared, nil
}

// L1Subjects are the records of a register with an open case, none above L1. Served by cases_open.
func (t *tx) L1Subjects(register casework.UnitID) ([]casework.PersonID, error) {
	return list(t, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) },
		"SELECT subject FROM cases WHERE register = $1 AND closed IS NULL GROUP BY subject HAVING max(level) = 'L1'", register)
}

// News are the records that entries of the journal may have changed: the card, or who asks.
type News struct {
	Persons []casework.PersonID
	Next    uint64 // number of the first entry that was not read
	Erased  bool   // of somebody; her entries no longer tell of whom
	More    bool
}

// News reads at most so many entries from a number on.
func (r *Reader) News(from uint64, most int) (t News, err error) {
	t.Next = from
	seen := map[casework.PersonID]bool{}
	add := func(ids ...casework.PersonID) {
		for _, id := range ids {
			if !seen[id] {
				seen[id] = true
				t.Persons = append(t.Persons, id)
			}
		}
	}
	records, err := list(&r.tx, scanTouching, "SELECT object_id, case_id, bytes FROM journal WHERE number >= $1 ORDER BY number LIMIT $2", int64(from), most)
	if err != nil {
		return t, fmt.Errorf("follow the journal: %w", err)
	}
	for _, rec := range records {
		t.Next, t.Erased = rec.Entry.Number+1, t.Erased || rec.Entry.Action == "case.erase"
		ids, err := r.touchedBy(rec)
		if err != nil {
			return t, err
		}
		add(ids...)
	}
	t.More = len(records) == most
	return t, nil
}

func scanTouching(r row) (Record, error) {
	rec, err := scanRecord(r)
	rec.Object, rec.Case = bytes.Clone(rec.Object), bytes.Clone(rec.Case)
	return rec, err
}

// touchedBy an entry: a record with all who live with her, for cards hold the names of kin and the number of the household; the subject of
// a case of which anything was done.
func (t *tx) touchedBy(rec Record) (ids []casework.PersonID, err error) {
	if rec.Entry.Event.Name == "" {
		return nil, nil // somebody looked
	}
	if len(rec.Case) == 16 {
		ids, err = list(t, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) }, "SELECT subject FROM cases WHERE id = $1", rec.Case)
		if err != nil {
			return nil, fmt.Errorf("follow the journal: %w", err)
		}
	}
	if len(rec.Object) != 16 {
		return ids, nil
	}
	switch rec.Entry.ObjectKind {
	case "person":
		id := casework.PersonID(rec.Object)
		ids = append(ids, id)
		memberships, err := t.MembershipsOf(id)
		if err != nil {
			return nil, err
		}
		for _, m := range memberships {
			with, err := t.membersEver(m.Household)
			if err != nil {
				return nil, err
			}
			ids = append(ids, with...)
		}
	case "household":
		with, err := t.membersEver(casework.HouseholdID(rec.Object))
		if err != nil {
			return nil, err
		}
		ids = append(ids, with...)
	}
	return ids, nil
}

// membersEver are all who live or lived in a household. Served by household_members_household.
func (t *tx) membersEver(household casework.HouseholdID) ([]casework.PersonID, error) {
	return list(t, func(r row) (id casework.PersonID, err error) { return id, r.scan(id[:]) },
		"SELECT DISTINCT person FROM household_members WHERE household = $1", household)
}

// CardsFollow is up to which number of the journal cards follow; ok is false in data that has none yet.
func (t *tx) CardsFollow() (next uint64, ok bool, err error) {
	text, ok, err := t.Setting(followedSetting)
	if err != nil || !ok {
		return 0, false, err
	}
	next, err = strconv.ParseUint(text, 10, 64)
	return next, err == nil, err
}

// SetCardsFollow notes how far cards follow, with what it took.
func (w *Writer) SetCardsFollow(next uint64) error {
	return w.set(followedSetting, strconv.FormatUint(next, 10))
}

// set is SetSetting of what no cache depends on.
func (w *Writer) set(key, value string) error {
	_, err := w.execEntry("INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
	return err
}

// NextNumber is that of the entry to come.
func (t *tx) NextNumber() (next uint64, err error) {
	var n int64
	err = t.row("SELECT COALESCE(max(number) + 1, 0) FROM journal").scan(&n)
	return uint64(n), err
}

// EachCard visits all cards, and makes them first unless they are there. No linkage key changes meanwhile. What visit gets is overwritten
// by the next.
func (s *Store) EachCard(ctx context.Context, visit func(encoded []byte) error) error {
	s.keys.changing.Lock()
	defer s.keys.changing.Unlock()
	return s.eachCard(ctx, func(_ [16]byte, encoded []byte) error { return visit(encoded) })
}

// ScanCards lets all cards pass a scan, and then the kin of what it found. Between two pages it holds no snapshot, which would keep the
// log from beginning anew.
func (s *Store) ScanCards(ctx context.Context, scan *linkage.Scan) error {
	s.keys.changing.Lock()
	defer s.keys.changing.Unlock()
	var rows [][][16]byte // in pages, for a growing list would copy itself
	n := 0
	err := s.eachCard(ctx, func(row [16]byte, encoded []byte) error {
		if n%scanAtOnce == 0 {
			rows = append(rows, make([][16]byte, 0, scanAtOnce))
		}
		rows[n/scanAtOnce] = append(rows[n/scanAtOnce], row)
		n++
		return scan.Card(encoded)
	})
	if err != nil {
		return err
	}
	_, err = Read(ctx, s, func(r *Reader) (none struct{}, err error) {
		for _, at := range scan.Wanted() {
			encoded, there, err := r.linkCardAt(rows[at/scanAtOnce][at%scanAtOnce])
			if err == nil && there {
				err = scan.Kin(at, encoded)
			}
			if err != nil {
				return none, err
			}
		}
		return none, nil
	})
	return err
}

// scanAtOnce are the cards of one page.
const scanAtOnce = 4096

func (s *Store) eachCard(ctx context.Context, visit func(row [16]byte, encoded []byte) error) error {
	if err := s.makeCards(ctx); err != nil {
		return err
	}
	var last [16]byte
	for n := scanAtOnce; n == scanAtOnce; {
		_, err := Read(ctx, s, func(r *Reader) (none struct{}, err error) {
			last, n, err = r.linkCardsAfter(last, visit)
			return none, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// makeCards makes all cards, unless they are there. Nothing that was found under another key is kept. A killed run is simply run again.
func (s *Store) makeCards(ctx context.Context) error {
	mark := s.keys.mark(s.keys.linkage.Load().plain)
	text, err := Read(ctx, s, func(r *Reader) (string, error) {
		text, _, err := r.Setting(linkageSetting)
		return text, err
	})
	if err != nil || text == cardsMade(mark) {
		return err
	}
	if was, _, _ := strings.Cut(text, " "); was != mark {
		if err := s.wipeLinkage(ctx, candidateTable); err != nil {
			return err
		}
	}
	if err := s.setLinkage(ctx, mark); err != nil {
		return err
	}
	if err := s.wipeLinkage(ctx, cardTable); err != nil {
		return err
	}
	if err := s.cardAll(ctx); err != nil {
		return fmt.Errorf("make cards: %w", err)
	}
	return s.setLinkage(ctx, cardsMade(mark))
}

func (s *Store) setLinkage(ctx context.Context, value string) error {
	return s.update(ctx, func(w *Writer) error { return w.set(linkageSetting, value) })
}

// wipeLinkage deletes all rows of a table, some at a time.
func (s *Store) wipeLinkage(ctx context.Context, table string) error {
	for {
		var n int64
		err := s.update(ctx, func(w *Writer) (err error) {
			n, err = w.execEntry("DELETE FROM "+table+" WHERE id IN (SELECT t.id FROM "+table+" t ORDER BY t.id LIMIT $1)", wipeAtOnce)
			return err
		})
		if err != nil || n < wipeAtOnce {
			return err
		}
	}
}

// cardAll makes a card for each record in the order of their rows: in which the records came, their pages do not tell.
func (s *Store) cardAll(ctx context.Context) error {
	key := s.keys.linkage.Load()
	type place struct {
		row [16]byte
		id  casework.PersonID
	}
	places, err := Read(ctx, s, func(r *Reader) ([]place, error) {
		return list(&r.tx, func(r row) (p place, err error) {
			err = r.scan(p.id[:])
			p.row = s.keys.rowOf(key, cardTable, p.id)
			return p, err
		}, "SELECT id FROM persons")
	})
	if err != nil {
		return err
	}
	slices.SortFunc(places, func(a, b place) int { return bytes.Compare(a.row[:], b.row[:]) })
	for page := range slices.Chunk(places, cardsAtOnce) {
		cards := make([][]byte, len(page))
		_, err := Read(ctx, s, func(r *Reader) (none struct{}, err error) {
			r.passing = true
			for i, p := range page {
				if cards[i], err = r.makeCard(p.id); err != nil {
					return none, err
				}
			}
			return none, nil
		})
		if err != nil {
			return err
		}
		err = s.update(ctx, func(w *Writer) error {
			for i, p := range page {
				if cards[i] == nil {
					continue
				}
				if err := w.PutLinkCard(p.id, cards[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// IsGone tells whether a record is not there any more.
func IsGone(err error) bool { return errors.Is(err, errNoRows) || errors.Is(err, ErrErased) }

// makeCard is the card of a record; nil if she was erased meanwhile.
func (t *tx) makeCard(id casework.PersonID) ([]byte, error) {
	person, _, err := t.LinkPerson(id)
	if IsGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	card := linkage.NewCard(person)
	return card.Encode(), nil
}

// changeLinkage brings what was found under a new key, in one transaction with the mark that the database keeps of it, destroys the key
// before, and makes all cards anew.
func (s *Store) changeLinkage(ctx context.Context, by journal.Entry) error {
	plain, err := randomKey(s.cfg.Rand)
	if err == nil {
		err = writeDurably(s.nextLinkage(), plain)
	}
	if err != nil {
		return fmt.Errorf("make the next linkage key: %w", err)
	}
	next, err := s.keys.newLinkageKey(plain)
	if err != nil {
		return err
	}
	was := s.keys.linkage.Load()
	rows, err := s.movedRows(ctx, was, next)
	if err != nil {
		return err
	}
	_, err = Update(ctx, s, func(w *Writer) (struct{}, error) {
		by.ObjectKind, by.Event = "key", journal.Event{Name: "LINKAGE_KEY_CHANGED", After: s.keys.mark(plain)}
		w.Append(by, nil, nil)
		return struct{}{}, w.moveCandidates(was, next, rows)
	})
	if err != nil {
		s.keys.linkage.Store(was)
		return err
	}
	if err := s.promoteLinkage(next); err != nil {
		return err
	}
	if err := s.settleLives(); err != nil {
		return err
	}
	return s.makeCards(ctx)
}

// movedRows tells under which row each of those who may ask will stand.
func (s *Store) movedRows(ctx context.Context, was, next *linkageKey) (map[[16]byte][16]byte, error) {
	return Read(ctx, s, func(r *Reader) (map[[16]byte][16]byte, error) {
		rows := map[[16]byte][16]byte{}
		for row := range r.rows("SELECT DISTINCT subject FROM cases WHERE closed IS NULL") {
			var id casework.PersonID
			if err := row.scan(id[:]); err != nil {
				return nil, fmt.Errorf("list who asks: %w", err)
			}
			rows[s.keys.rowOf(was, candidateTable, id)] = s.keys.rowOf(next, candidateTable, id)
		}
		return rows, nil
	})
}

// moveCandidates seals all candidates under another key, in the order of their new rows. Of whom the rows do not tell they are found anew.
// From here on this goroutine writes under the new key.
func (w *Writer) moveCandidates(was, next *linkageKey, rows map[[16]byte][16]byte) error {
	type moved struct {
		row   [16]byte
		plain []byte
	}
	var all []moved
	for r := range w.rows("SELECT id, sealed FROM candidates") {
		var row [16]byte
		var sealed []byte
		if err := r.scan(row[:], &sealed); err != nil {
			return fmt.Errorf("move candidates: %w", err)
		}
		plain, err := was.open(nil, candidateTable, row, sealed)
		if to, known := rows[row]; known && err == nil {
			all = append(all, moved{to, plain})
		}
	}
	if _, err := w.execEntry("DELETE FROM candidates"); err != nil {
		return fmt.Errorf("move candidates: %w", err)
	}
	w.s.keys.linkage.Store(next)
	slices.SortFunc(all, func(a, b moved) int { return bytes.Compare(a.row[:], b.row[:]) })
	for _, m := range all {
		if err := w.putLinkage(candidateTable, m.row, m.plain); err != nil {
			return err
		}
	}
	return w.set(linkageSetting, w.s.keys.mark(next.plain))
}

// eraseLinkage deletes the card and the candidates of a record, and it from those of others. All of them are looked through, for none
// tells whose it is.
func (w *Writer) eraseLinkage(id casework.PersonID) error {
	for _, table := range []string{cardTable, candidateTable} {
		if err := w.dropLinkage(table, id); err != nil {
			return err
		}
	}
	key := w.s.keys.linkage.Load()
	type changed struct {
		row  [16]byte
		kept []linkage.Candidate
	}
	var all []changed
	hers := func(c linkage.Candidate) bool { return c.ID == id }
	for r := range w.rows("SELECT id, sealed FROM candidates") {
		var row [16]byte
		var sealed []byte
		if err := r.scan(row[:], &sealed); err != nil {
			return fmt.Errorf("erase a candidate: %w", err)
		}
		plain, err := key.open(nil, candidateTable, row, sealed)
		if err != nil {
			continue // under a key that is gone: nobody reads it
		}
		found, err := linkage.DecodeShortlist(plain)
		if err != nil || slices.ContainsFunc(found, hers) {
			all = append(all, changed{row, slices.DeleteFunc(found, hers)})
		}
	}
	for _, c := range all {
		if err := w.putLinkage(candidateTable, c.row, linkage.EncodeShortlist(c.kept)); err != nil {
			return err
		}
	}
	return nil
}

// checkLinkage opens all cards and candidates. While cards are still to be made anew, rows of an older key may stand there.
func checkLinkage(r *Reader, report func(string)) error {
	key := r.s.keys.linkage.Load()
	text, _, err := r.Setting(linkageSetting)
	if err != nil {
		return err
	}
	whole := text == cardsMade(r.s.keys.mark(key.plain))
	decode := map[string]func([]byte) (casework.PersonID, error){
		cardTable: func(plain []byte) (casework.PersonID, error) {
			var c linkage.Card
			err := c.Decode(plain)
			return c.ID, err
		},
		candidateTable: func(plain []byte) (casework.PersonID, error) {
			_, err := linkage.DecodeShortlist(plain)
			return casework.PersonID{}, err
		},
	}
	for table, of := range decode {
		for row := range r.rows("SELECT id, sealed FROM " + table) {
			var id [16]byte
			var sealed []byte
			if err := row.scan(id[:], &sealed); err != nil {
				return err
			}
			if !whole && !bytes.HasPrefix(sealed, key.dummy[:sealHead]) {
				continue
			}
			plain, err := key.open(nil, table, id, sealed)
			if err != nil {
				report(fmt.Sprintf("%s.sealed of %s: %v", table, casework.ID(id), err))
				continue
			}
			person, err := of(plain)
			if err != nil || table == candidateTable {
				continue // of older rules: made anew
			}
			there, err := r.hasPerson(person)
			if err != nil {
				return err
			}
			if !there || r.s.keys.rowOf(key, table, person) != id {
				report(fmt.Sprintf("%s has a row %s that is of nobody", table, casework.ID(id)))
			}
		}
	}
	return nil
}
