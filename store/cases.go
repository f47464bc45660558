package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// errIDTaken is an id of the client's choice that names a record already. Whether the caller may know it is not asked here.
var errIDTaken = &casework.Error{Kind: casework.KindInvalid, Reason: "ID_UNUSABLE"}

// digest is what the journal keeps of sealed columns: an older value put back into its own cell opens, but is not this.
func digest(sealed ...[]byte) [32]byte {
	h := sha256.New()
	for _, s := range sealed {
		h.Write(s)
	}
	var sum [32]byte
	h.Sum(sum[:0])
	return sum
}

// LockCase is the first statement of every closure that writes inside a case. Without it one closes a case while another files
// into it, and neither revision nor READ COMMITTED stops that.
func (w *Writer) LockCase(id casework.CaseID) error {
	return w.markRow(w.row("UPDATE cases SET lock = lock + 1 WHERE id = $1 RETURNING register, id", id))
}

// What a filing writes into tables that are asked by case stands there by the place of its case, and not by its id: places rise with time, so
// that rows of one day lie side by side, where those of ids of chance would each touch a page of their own. $1 is the id of the case.
const (
	placeOf = "(SELECT k.place FROM cases k WHERE k.id = $1)"
	inCase  = "place = " + placeOf
)

// What is asked by person stands by her place in the same way. $1 is her id.
const (
	placeOfPerson = "(SELECT h.place FROM persons h WHERE h.id = $1)"
	ofPerson      = "person_place = " + placeOfPerson
)

// PutCase stores a new case.
func (w *Writer) PutCase(k casework.Case, entry func(value [32]byte) [16]byte) error {
	w.mark(k.Register)
	w.within(k.ID)
	f3, f4, err := w.sealCase(k)
	if err != nil {
		return err
	}
	_, err = w.exec(`INSERT INTO cases (id, number, register, unit, type, level, status, state, subject, kecamatan, channel, index_incident,
			risk, risk_assessed, service_consent, care_refused, legacy, opened, lock, revision, entry, f3, f4, place, person_place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'OPEN', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 1, $18, $19, $20,
			(SELECT COALESCE(max(place), 0) + 1 FROM cases), (SELECT h.place FROM persons h WHERE h.id = $8))`,
		k.ID, k.Number, k.Register, k.Unit, k.Type, k.Level, k.Status, k.Subject, k.Kecamatan, k.IntakeChannel,
		orNull(k.IndexIncident[:]), k.RiskLevel, k.RiskAssessed, k.Consent, k.CareRefused, k.Legacy, k.Opened, entry(digest(f3, f4)), f3, f4)
	if isUnique(err) {
		return errIDTaken
	}
	return err
}

// UpdateCase stores what an event changed, on the revision that was read. The content is whole: whoever changes a case has opened it.
func (w *Writer) UpdateCase(k casework.Case, entry func(value [32]byte) [16]byte) error {
	w.mark(k.Register)
	w.within(k.ID)
	if err := w.markReceivers(k.ID); err != nil {
		return err // its level, its end and its seal are theirs, too
	}
	f3, f4, err := w.sealCase(k)
	if err != nil {
		return err
	}
	n, err := w.exec(`UPDATE cases SET type = $3, level = $4, status = $5, channel = $6, index_incident = $7, risk = $8, risk_assessed = $9,
			service_consent = $10, care_refused = $11, closed = $12, closure = $13, reopens = $14, revision = revision + 1, entry = $15,
			f3 = $16, f4 = $17, state = $18,
			became = CASE WHEN type = 'GROWTH_MONITORING' AND $3 <> 'GROWTH_MONITORING' THEN $19 ELSE became END
		WHERE id = $1 AND revision = $2`,
		k.ID, k.Revision, k.Type, k.Level, k.Status, k.IntakeChannel, orNull(k.IndexIncident[:]), k.RiskLevel, k.RiskAssessed,
		k.Consent, k.CareRefused, k.Closed, k.Closure, k.Reopened, entry(digest(f3, f4)), f3, f4, sealState(k), w.Now())
	if isUnique(err) {
		return casework.Precondition("CASE_EXISTS") // another case of the child was opened since
	}
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	return err
}

func sealState(k casework.Case) string {
	if k.Sealed {
		return sealedState
	}
	return "OPEN"
}

func (w *Writer) sealCase(k casework.Case) (f3, f4 []byte, err error) {
	if f3, err = w.sealJSON(caseCell(k, "f3"), k.Content); err != nil || k.Content.HiddenAddress == "" {
		return f3, nil, err
	}
	f4, err = w.Seal(caseCell(k, "f4"), []byte(k.Content.HiddenAddress))
	return f3, f4, err
}

func caseCell(k casework.Case, column string) Cell {
	return Cell{Table: "cases", Column: column, Row: k.ID[:], Owner: Owner(k.Subject)}
}

// CaseContent opens what of a case stands sealed.
func (t *tx) CaseContent(k casework.Case) (content casework.CaseContent, err error) {
	var f3, f4 []byte
	if err := t.row("SELECT f3, f4 FROM cases WHERE id = $1", k.ID).scan(&f3, &f4); err != nil {
		return content, err
	}
	if err := t.openJSON(caseCell(k, "f3"), f3, &content); err != nil || f4 == nil {
		return content, err
	}
	address, err := t.Open(caseCell(k, "f4"), f4)
	content.HiddenAddress = string(address)
	return content, err
}

// OpenGrowthCase finds the one open case of the growth group of a child; ok is false if there is none.
func (t *tx) OpenGrowthCase(subject casework.PersonID) (id casework.CaseID, ok bool, err error) {
	err = t.row("SELECT id FROM cases WHERE "+ofPerson+` AND closed IS NULL AND type IN ('CHILD_STUNTING', 'CHILD_NUTRITION_RISK', 'GROWTH_MONITORING')`, subject).
		scan(id[:]) // by cases_subject
	if errors.Is(err, errNoRows) {
		return id, false, nil
	}
	return id, err == nil, err
}

// CaseOf finds the newest case of a person record, for rights on a person are rights on her cases.
func (t *tx) CaseOf(subject casework.PersonID) (id casework.CaseID, ok bool, err error) {
	err = t.row("SELECT id FROM cases WHERE "+ofPerson+" ORDER BY closed IS NOT NULL, opened DESC LIMIT 1", subject).scan(id[:])
	if errors.Is(err, errNoRows) {
		return id, false, nil
	}
	return id, err == nil, err
}

// CasesOf are all cases of a person record, open ones first, the newest of each first: rights on a person are the union of those on her
// cases. Served by cases_subject.
func (t *tx) CasesOf(c Caller, subject casework.PersonID, now time.Time) ([]CaseFile, error) {
	rows, err := list(t, scanCase, "SELECT "+caseColumns+" FROM cases c WHERE c."+ofPerson+" ORDER BY c.closed IS NOT NULL, c.opened DESC, c.id", subject)
	if err != nil {
		return nil, fmt.Errorf("list the cases of a person: %w", err)
	}
	files := make([]CaseFile, 0, len(rows))
	for _, k := range rows {
		file, err := t.fileOf(k, c, now)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// CaseFilter chooses cases of a register.
type CaseFilter struct {
	Type   casework.CaseType // empty: any
	Closed bool              // also closed ones
	Before Cursor
	Limit  int
}

// Cursor is where a page of a list begins: after this instant and id.
type Cursor struct {
	Time time.Time
	ID   [16]byte
}

// IsZero tells whether the list begins at its first row.
func (c Cursor) IsZero() bool { return c.Time.IsZero() }

// ListCases reads cases of the caller's register, newest first: a superset, of which Decide chooses. Served by cases_open, or cases_register.
func (t *tx) ListCases(c Caller, now time.Time, f CaseFilter) ([]CaseFile, error) {
	before := f.Before.Time
	if f.Before.IsZero() {
		before = endOfTime
	}
	where := "WHERE c.register = $1 AND (c.opened, c.id) < ($2, $3)"
	args := []any{c.Unit.Register, before, f.Before.ID, f.Limit}
	if !f.Closed {
		where += " AND c.closed IS NULL"
	}
	if f.Type != "" {
		where += " AND c.type = $5"
		args = append(args, f.Type)
	}
	rows, err := list(t, scanCase, "SELECT "+caseColumns+" FROM cases c "+where+" ORDER BY c.opened DESC, c.id DESC LIMIT $4", args...)
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	files := make([]CaseFile, 0, len(rows))
	for _, k := range rows {
		file, err := t.fileOf(k, c, now)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// endOfTime is after every time that is kept.
var endOfTime = time.UnixMicro(1<<62 - 1)

// Assign names an officer of a case.
func (w *Writer) Assign(id casework.CaseID, officer casework.AccountID, entry [16]byte) error {
	_, err := w.exec("INSERT INTO assignments (case_id, place, account, from_time, entry) VALUES ($1, "+placeOf+", $2, $3, $4)", id, officer, w.Now(), entry)
	return err
}

// CaseOnly reads a case for the system's own events, which nobody asked for.
func (t *tx) CaseOnly(id casework.CaseID) (casework.Case, error) {
	k, err := scanCase(t.row("SELECT "+caseColumns+" FROM cases c WHERE c.id = $1", id))
	if err != nil {
		return casework.Case{}, fmt.Errorf("read a case: %w", err)
	}
	return k.Case, nil
}

// Officers of a case who are not kept from it, first named first.
func (t *tx) Officers(id casework.CaseID, now time.Time) ([]casework.AccountID, error) {
	return list(t, scanAccount, "SELECT account FROM assignments a WHERE "+inCase+` AND (until_time IS NULL OR until_time > $2)
			AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.case_id = a.case_id AND b.account = a.account AND b.until_time IS NULL)
		ORDER BY from_time, account`, id, now)
}

func scanAccount(r row) (id casework.AccountID, err error) { return id, r.scan(id[:]) }

// Submission records that an account filed into a case.
type Submission struct {
	Number   string // of the receipt, unless a leg of the filing bears it
	Account  casework.AccountID
	Case     casework.CaseID
	Opened   bool      // it opened the case
	Occurred time.Time // by the device's clock, which decides nothing: kept to tell a late worker from a slow network
}

// PutSubmission stores it.
func (w *Writer) PutSubmission(s Submission, entry [16]byte) error {
	var number any
	if s.Number != "" {
		number = s.Number
	}
	_, err := w.exec("INSERT INTO submissions (case_id, place, number, account, opened, time, occurred, entry) VALUES ($1, "+placeOf+", $2, $3, $4, $5, $6, $7)",
		s.Case, number, s.Account, s.Opened, w.Now(), s.Occurred, entry)
	return err
}

// FreeCaseNumber draws numbers until one is that of no case yet.
func (t *tx) FreeCaseNumber(draw func() string) (string, error) {
	return t.free("SELECT EXISTS (SELECT 1 FROM cases WHERE number = $1)", draw)
}

// FreeLegNumber draws numbers until one is that of no leg and no receipt yet.
func (t *tx) FreeLegNumber(draw func() string) (string, error) {
	return t.free("SELECT EXISTS (SELECT 1 FROM legs WHERE number = $1) OR EXISTS (SELECT 1 FROM submissions WHERE number = $1)", draw)
}

// numberDraws bounds the draws of one number. Of 25 bits there are 33 million: beside a million one draw in 33 is taken, beside half of all each
// second.
const numberDraws = 100

var errNoNumber = errors.New("store: no free number was drawn")

func (t *tx) free(isTaken string, draw func() string) (string, error) {
	for range numberDraws {
		n, taken := draw(), false
		if err := t.row(isTaken, n).scan(&taken); err != nil {
			return "", err
		}
		if !taken {
			return n, nil
		}
	}
	return "", errNoNumber
}

// LegsOf are the legs of a case, oldest first.
func (t *tx) LegsOf(k casework.CaseID) ([]casework.LegID, error) {
	return list(t, func(r row) (id casework.LegID, err error) { return id, r.scan(id[:]) },
		"SELECT id FROM legs WHERE "+inCase+" ORDER BY sent, id", k)
}

// OpenLegs are the legs of a case that have not ended. Served by legs_case.
func (t *tx) OpenLegs(k casework.CaseID) ([]casework.LegID, error) {
	return list(t, func(r row) (id casework.LegID, err error) { return id, r.scan(id[:]) },
		"SELECT id FROM legs WHERE "+inCase+" AND ended IS NULL ORDER BY sent, id", k)
}

// HasEmergencyLeg tells whether an EMERGENCY leg of the case is open. Served by legs_case.
func (t *tx) HasEmergencyLeg(k casework.CaseID) (has bool, err error) {
	err = t.row("SELECT EXISTS (SELECT 1 FROM legs WHERE "+inCase+" AND urgency = 'EMERGENCY' AND ended IS NULL)", k).scan(&has)
	return has, err
}

func joinServices(services []casework.ReferralServiceType) string {
	words := make([]string, len(services))
	for i, s := range services {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

func splitServices(text string) []casework.ReferralServiceType {
	var services []casework.ReferralServiceType
	for _, word := range strings.Fields(text) {
		services = append(services, casework.ReferralServiceType(word))
	}
	return services
}
