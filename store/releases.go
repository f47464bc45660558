package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// A release keeps what was shown of a table and nothing else: no exact value and no noisy one has a column. Its text is signed by
// the journal's key, as a checkpoint is, and never changes.

// Release is one period of one released table, as far as its row says it. Words of states are those of the contract.
type Release struct {
	ID        casework.ID
	Dataset   string
	Period    string
	State     string
	HeldFor   string    // HOLD or RESTORED; empty: neither
	Closed    time.Time // end of the period, with its observation
	Drawn     time.Time
	Due       time.Time // until then somebody may speak
	Publish   time.Time // when it is to be published
	Published time.Time
	Exported  time.Time

	AsOf        int64 // number of the newest journal entry that it counts
	Catalogue   int
	Terminology string
	Deadlines   string
	Note        string
	Revision    int64
}

// Said is a unit's word on a release.
type Said struct {
	Unit    casework.UnitID // zero: the REVIEWER
	Word    string          // APPROVED, HELD; of the REVIEWER PUBLISH or CANCEL; empty: nothing yet
	Account casework.AccountID
	Time    time.Time
}

// The words that are said of a release.
const (
	SaidApproved = "APPROVED"
	SaidHeld     = "HELD"
)

// Spending is a row of the ledger: what one draw costs a person who is in it, in thousandths of epsilon.
type Spending struct {
	Dataset, Period string
	Year            int
	Side            string
	Cost            int64
}

const releaseColumns = `r.id, r.dataset, r.period, r.state, r.held_for, r.closed, r.drawn, r.due, r.publish, r.published, r.exported,
	r.as_of, r.catalogue, r.terminology, r.deadlines, r.note, r.revision`

func scanRelease(r row) (v Release, err error) {
	return v, r.scan(v.ID[:], &v.Dataset, &v.Period, &v.State, &v.HeldFor, &v.Closed, &v.Drawn, &v.Due, &v.Publish, &v.Published, &v.Exported,
		&v.AsOf, &v.Catalogue, &v.Terminology, &v.Deadlines, &v.Note, &v.Revision)
}

// Release reads one; ok is false if there is none.
func (t *tx) Release(id casework.ID) (v Release, ok bool, err error) {
	v, err = scanRelease(t.row("SELECT "+releaseColumns+" FROM releases r WHERE r.id = $1", id))
	if errors.Is(err, errNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

// ReleaseOf reads the release of a table and period. Served by releases_once.
func (t *tx) ReleaseOf(dataset, period string) (v Release, ok bool, err error) {
	v, err = scanRelease(t.row("SELECT "+releaseColumns+" FROM releases r WHERE r.dataset = $1 AND r.period = $2", dataset, period))
	if errors.Is(err, errNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

// UnendedReleases reads all that the clock or a person still has to do with, oldest first. They are few: a year's are published in
// weeks.
func (t *tx) UnendedReleases() ([]Release, error) {
	return list(t, scanRelease, "SELECT "+releaseColumns+" FROM releases r WHERE r.state NOT IN ('PUBLISHED', 'CANCELLED') ORDER BY r.closed, r.dataset, r.period")
}

// ReleasePeriods reads which periods of all tables have a release, as dataset and period.
func (t *tx) ReleasePeriods() (map[[2]string]bool, error) {
	all := map[[2]string]bool{}
	for r := range t.rows("SELECT r.dataset, r.period FROM releases r") {
		var key [2]string
		if err := r.scan(&key[0], &key[1]); err != nil {
			return nil, fmt.Errorf("read the periods of releases: %w", err)
		}
		all[key] = true
	}
	return all, nil
}

// ReleaseFilter chooses releases.
type ReleaseFilter struct {
	Dataset string // only of this table
	State   string // only in this state
	After   Cursor // newest period first
	Limit   int
}

// Releases reads releases, newest period first: a superset, of which the caller's rights choose.
func (t *tx) Releases(f ReleaseFilter) ([]Release, error) {
	where, args := "WHERE (r.closed, r.id) < ($1, $2)", []any{f.After.Time, f.After.ID, f.Limit}
	if f.After.IsZero() {
		args[0] = endOfTime
	}
	if f.Dataset != "" {
		args = append(args, f.Dataset)
		where += fmt.Sprintf(" AND r.dataset = $%d", len(args))
	}
	if f.State != "" {
		args = append(args, f.State)
		where += fmt.Sprintf(" AND r.state = $%d", len(args))
	}
	all, err := list(t, scanRelease, "SELECT "+releaseColumns+" FROM releases r "+where+" ORDER BY r.closed DESC, r.id DESC LIMIT $3", args...)
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	return all, nil
}

// PublishedReleases reads the published releases of a table, by period. Served by releases_once.
func (t *tx) PublishedReleases(dataset string) ([]Release, error) {
	return list(t, scanRelease, "SELECT "+releaseColumns+" FROM releases r WHERE r.dataset = $1 AND r.state = 'PUBLISHED' ORDER BY r.period", dataset)
}

// ReleaseText reads what was drawn: the text that was signed, and the lines of its signature.
func (t *tx) ReleaseText(id casework.ID) (text []byte, signature string, err error) {
	err = t.row("SELECT r.shown, r.signature FROM releases r WHERE r.id = $1", id).scan(&text, &signature)
	if err != nil {
		return nil, "", fmt.Errorf("read what a release shows: %w", err)
	}
	return text, signature, nil
}

// DrawnTexts reads the texts of all draws.
func (t *tx) DrawnTexts() (map[DrawnKey][]byte, error) {
	all := map[DrawnKey][]byte{}
	for r := range t.rows("SELECT r.dataset, r.period, r.shown FROM releases r WHERE r.shown IS NOT NULL") {
		var key DrawnKey
		var text []byte
		if err := r.scan(&key.Dataset, &key.Period, &text); err != nil {
			return nil, fmt.Errorf("read the texts of releases: %w", err)
		}
		all[key] = slices.Clone(text)
	}
	return all, nil
}

// SaidOf reads the units that contribute to a release, with what each has said, and the REVIEWER's word.
func (t *tx) SaidOf(release casework.ID) ([]Said, error) {
	all, err := list(t, func(r row) (s Said, err error) { return s, r.scan(s.Unit[:], &s.Word, s.Account[:], &s.Time) },
		"SELECT unit, said, account, time FROM release_units WHERE release = $1 ORDER BY unit", release)
	if err != nil {
		return nil, fmt.Errorf("read what was said of a release: %w", err)
	}
	return all, nil
}

// HeldBy are the instants at which a unit has held a release. Served by release_units_unit.
func (t *tx) HeldBy(unit casework.UnitID) ([]time.Time, error) {
	return list(t, func(r row) (at time.Time, err error) { return at, r.scan(&at) },
		"SELECT time FROM release_units WHERE unit = $1 AND said = 'HELD'", unit)
}

// SaidReason opens why something was said of a release; empty where nothing was written.
func (t *tx) SaidReason(release casework.ID, unit casework.UnitID) (string, error) {
	var account casework.AccountID
	var sealed []byte
	err := t.row("SELECT account, reason FROM release_units WHERE release = $1 AND unit = $2", release, unit).scan(account[:], &sealed)
	if errors.Is(err, errNoRows) || err == nil && sealed == nil {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read a reason: %w", err)
	}
	text, err := t.Open(saidCell(release, unit, account), sealed)
	if errors.Is(err, ErrErased) {
		return "", nil // its author was erased, and her words with her
	}
	return string(text), err
}

func saidCell(release casework.ID, unit casework.UnitID, account casework.AccountID) Cell {
	return Cell{"release_units", "reason", append(release[:], unit[:]...), Owner(account)}
}

// LockRelease locks one against another act on it.
func (w *Writer) LockRelease(id casework.ID) error {
	_, err := w.exec("UPDATE releases SET revision = revision WHERE id = $1", id)
	return err
}

// CloseRelease makes the row of a period that is over. made is false if there is one: a period has one release for ever.
func (w *Writer) CloseRelease(r Release, entry func() [16]byte) (made bool, err error) {
	if _, there, err := w.ReleaseOf(r.Dataset, r.Period); err != nil || there {
		return false, err
	}
	_, err = w.execEntry(`INSERT INTO releases (id, dataset, period, state, held_for, closed, revision, entry)
		VALUES ($1, $2, $3, $4, $5, $6, 1, $7)`, r.ID, r.Dataset, r.Period, r.State, orNoText(r.HeldFor), r.Closed, entry())
	if err != nil {
		return false, fmt.Errorf("close a period: %w", err)
	}
	return true, nil
}

// orNoText is NULL for an empty text.
func orNoText(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// PutRelease stores where a release stands. It never touches what was drawn.
func (w *Writer) PutRelease(r Release, entry [16]byte) error {
	n, err := w.exec(`UPDATE releases SET state = $3, held_for = $4, due = $5, publish = $6, published = $7, exported = $8, note = $9,
			revision = revision + 1, entry = $10
		WHERE id = $1 AND revision = $2`,
		r.ID, r.Revision, r.State, orNoText(r.HeldFor), r.Due, r.Publish, r.Published, r.Exported, orNoText(r.Note), entry)
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	if err != nil {
		return fmt.Errorf("put a release: %w", err)
	}
	return nil
}

// Drawing is what a draw leaves.
type Drawing struct {
	Release   Release
	Text      []byte // that was signed
	Signature string
	Units     []casework.UnitID // that contribute
	Spends    Spending
}

// errDrawn is a second draw of one period. Nothing is left of it.
var errDrawn = casework.Conflict("RELEASE_DRAWN")

// DrawRelease stores what was drawn with its row of the ledger and its contributing units: all or nothing, and once. A period that was
// drawn before refuses by the row itself and by the key of the ledger.
func (w *Writer) DrawRelease(d Drawing, entry [16]byte) error {
	r := d.Release
	n, err := w.exec(`UPDATE releases SET state = $2, held_for = NULL, drawn = $3, due = $4, publish = $5, published = $6, as_of = $7, catalogue = $8,
			terminology = $9, deadlines = $10, shown = $11, signature = $12, note = $13, revision = revision + 1, entry = $14
		WHERE id = $1 AND drawn IS NULL AND revision = $15`,
		r.ID, r.State, r.Drawn, r.Due, r.Publish, r.Published, r.AsOf, r.Catalogue, r.Terminology, r.Deadlines, d.Text, d.Signature, orNoText(r.Note), entry, r.Revision)
	if err != nil {
		return fmt.Errorf("store a draw: %w", err)
	}
	if n != 1 {
		return errDrawn
	}
	for _, unit := range d.Units {
		_, err := w.exec("INSERT INTO release_units (release, unit, entry) VALUES ($1, $2, $3) ON CONFLICT (release, unit) DO NOTHING", r.ID, unit, entry)
		if err != nil {
			return fmt.Errorf("store who contributes: %w", err)
		}
	}
	return w.spend(d.Spends, entry)
}

// PutSaid stores a word on a release in place of the unit's earlier one, with its sealed reason.
func (w *Writer) PutSaid(release casework.ID, s Said, reason string, entry [16]byte) error {
	var sealed any
	if reason != "" {
		text, err := w.Seal(saidCell(release, s.Unit, s.Account), []byte(reason))
		if err != nil {
			return fmt.Errorf("seal a reason: %w", err)
		}
		sealed = text
	}
	_, err := w.exec(`INSERT INTO release_units (release, unit, said, account, reason, time, entry) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (release, unit) DO UPDATE SET said = excluded.said, account = excluded.account, reason = excluded.reason,
			time = excluded.time, entry = excluded.entry`,
		release, s.Unit, s.Word, s.Account, sealed, s.Time, entry)
	if err != nil {
		return fmt.Errorf("put a word on a release: %w", err)
	}
	return nil
}

// SignNote signs a text by the journal's key, as a checkpoint is signed, and gives the lines of the signature. What is signed here can be
// taken for no checkpoint: its first line names no journal.
func (s *Store) SignNote(ctx context.Context, text string) (string, error) {
	s.signing.mu.Lock()
	signer := s.signing.key.signer
	s.signing.mu.Unlock()
	if signer == nil { // the first checkpoint makes the key
		if err := s.SignCheckpoint(ctx); err != nil {
			return "", err
		}
		s.signing.mu.Lock()
		signer = s.signing.key.signer
		s.signing.mu.Unlock()
	}
	if signer == nil {
		return "", errors.New("store: the journal has no key to sign with")
	}
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return string(signed[len(text)+1:]), nil
}

// OpenNote gives the text of a signed note, if a key of this journal has signed it.
func (t *tx) OpenNote(signed []byte) (string, error) {
	keys, err := t.checkpointKeys()
	if err != nil {
		return "", err
	}
	verifiers, err := verifiersOf(keys)
	if err != nil {
		return "", err
	}
	opened, err := note.Open(signed, verifiers)
	if err != nil {
		return "", err
	}
	return opened.Text, nil
}

// FirstFigure is when the regency's figures begin: at the first registration of a case, for a measurement is of one; zero: nothing was
// registered yet. No case is older than the journal's first entry, unless its rows were made by hand: then that entry counts.
func (t *tx) FirstFigure() (at time.Time, err error) {
	if err := t.row("SELECT min(opened) FROM cases").scan(&at); err != nil || at.IsZero() {
		return at, err
	}
	var first time.Time
	if err := t.row("SELECT time FROM journal ORDER BY number LIMIT 1").scan(&first); err != nil && !errors.Is(err, errNoRows) {
		return at, err
	}
	if first.After(at) {
		return first, nil
	}
	return at, nil
}
