package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Attempts to open a case in an emergency. One that found nothing is a row like any other, without a case, and its reason is sealed
// under the key of its actor.

// PutGlass stores an attempt; the same one again counts once.
func (w *Writer) PutGlass(g casework.Glass, owner Owner, entry [16]byte) error {
	f4, err := w.Seal(glassCell(g.ID, owner), []byte(g.Reason))
	if err != nil {
		return fmt.Errorf("seal a glass: %w", err)
	}
	if g.Case != (casework.CaseID{}) {
		w.changeRights()
	}
	_, err = w.exec(`INSERT INTO glasses (id, account, unit, case_id, code, from_time, until_time, entry, f4)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO NOTHING`,
		g.ID, g.Account, g.Unit, orNull(g.Case[:]), g.Code, g.From, g.Until, entry, f4)
	if err != nil {
		return fmt.Errorf("put a glass: %w", err)
	}
	return nil
}

func glassCell(id casework.ID, owner Owner) Cell { return Cell{"glasses", "f4", id[:], owner} }

// CosignGlass opens the rest of a case to who opened it.
func (w *Writer) CosignGlass(g casework.Glass, entry [16]byte) error {
	w.changeRights()
	_, err := w.exec("UPDATE glasses SET cosigned = $2, cosigned_by = $3, entry = $4 WHERE id = $1", g.ID, g.Cosigned, g.CosignedBy, entry)
	return err
}

// SuspendGlass takes from the actor of a glass the right to another.
func (w *Writer) SuspendGlass(id casework.ID, since time.Time, entry [16]byte) error {
	_, err := w.exec("UPDATE glasses SET suspended = $2, entry = $3 WHERE id = $1 AND suspended IS NULL", id, since, entry)
	return err
}

// EndGlass closes a glass that should never have been broken, and suspends.
func (w *Writer) EndGlass(id casework.ID, now time.Time, entry [16]byte) error {
	w.changeRights()
	if _, err := w.exec("UPDATE glasses SET until_time = $2, end_noted = $2 WHERE id = $1 AND until_time > $2", id, now); err != nil {
		return err
	}
	return w.SuspendGlass(id, now, entry)
}

// RestoreGlass gives the right back.
func (w *Writer) RestoreGlass(id casework.ID, entry [16]byte) error {
	_, err := w.exec("UPDATE glasses SET suspended = NULL, entry = $2 WHERE id = $1 AND suspended IS NOT NULL", id, entry)
	return err
}

const glassColumns = "g.id, g.account, g.unit, g.case_id, g.code, g.from_time, g.until_time, g.cosigned, g.cosigned_by, g.suspended"

func scanGlass(r row) (g casework.Glass, err error) {
	return g, r.scan(g.ID[:], g.Account[:], g.Unit[:], g.Case[:], &g.Code, &g.From, &g.Until, &g.Cosigned, g.CosignedBy[:], &g.Suspended)
}

// Glass reads one; ok is false if there is none.
func (t *tx) Glass(id casework.ID) (g casework.Glass, ok bool, err error) {
	g, err = scanGlass(t.row("SELECT "+glassColumns+" FROM glasses g WHERE g.id = $1", id))
	if errors.Is(err, errNoRows) {
		return g, false, nil
	}
	return g, err == nil, err
}

// GlassReason opens the reason of a glass.
func (t *tx) GlassReason(g casework.Glass, subject casework.PersonID) (string, error) {
	var f4 []byte
	if err := t.row("SELECT f4 FROM glasses WHERE id = $1", g.ID).scan(&f4); err != nil || f4 == nil {
		return "", err
	}
	text, err := t.Open(glassCell(g.ID, Owner(subject)), f4)
	return string(text), err
}

// LockGlass locks the case of a glass, by the glass's name.
func (w *Writer) LockGlass(id casework.ID) error {
	return w.markRow(w.row("UPDATE cases SET lock = lock + 1 WHERE id = (SELECT case_id FROM glasses WHERE id = $1) RETURNING register, id", id))
}

// GlassStanding is what an account's earlier attempts leave it.
type GlassStanding struct {
	Recent    int  // attempts that still count
	Suspended bool // judged unfounded, or never answered for
}

// GlassStanding reads it. Served by glasses_account.
func (t *tx) GlassStanding(account casework.AccountID, now time.Time) (s GlassStanding, err error) {
	return s, t.row(`SELECT count(CASE WHEN from_time > $2 THEN 1 END), count(suspended) > 0 FROM glasses WHERE account = $1`,
		account, now.Add(-casework.GlassWindow)).scan(&s.Recent, &s.Suspended)
}

// openGlasses are the cases that an account has opened in an emergency, when rights stood at a count.
type openGlasses struct {
	glasses []casework.Glass
	rights  uint64
}

// glassesOf reads what an account opened and what was open a while ago, from memory while nothing about rights has changed: each row of
// each list asks, and hardly anybody has one.
func (t *tx) glassesOf(account casework.AccountID, now time.Time) ([]casework.Glass, error) {
	if g, ok := t.s.glasses.Get(account); ok && g.rights == t.rights && t.rights == t.s.rights.Load() {
		return g.glasses, nil
	}
	all, err := list(t, scanGlass, "SELECT "+glassColumns+" FROM glasses g WHERE g.account = $1 AND g.from_time > $2 AND g.case_id IS NOT NULL",
		account, now.Add(-2*casework.GlassLasts)) // by glasses_account
	if err != nil {
		return nil, fmt.Errorf("read what an account opened in an emergency: %w", err)
	}
	t.s.glasses.Add(account, openGlasses{all, t.rights})
	return all, nil
}

// glass reads whether the caller has opened the case in an emergency.
func (t *tx) glass(rights *caseRights, k casework.CaseID, c Caller, now time.Time) error {
	if c.Role != casework.RoleWorker && c.Role != casework.RoleSupervisor {
		return nil
	}
	all, err := t.glassesOf(c.Account, now)
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.Case != k || g.Unit != c.Unit.ID || !g.OpenAt(now) { // who opened it in one role has not in another
			continue
		}
		rights.glass = true
		rights.cosigned = rights.cosigned || !g.Cosigned.IsZero()
		rights.until(g.Until, now)
	}
	return nil
}

// EmergencyKey is the one exact thing by which a case is opened in an emergency.
type EmergencyKey struct {
	Number string
	NIK    string
}

// CasesInEmergency are the cases that have a number, or that are about who has a NIK, in every register and on both sides; newest
// first. Which of them may be opened Decide says.
func (t *tx) CasesInEmergency(c Caller, key EmergencyKey, now time.Time) ([]CaseFile, error) {
	if key.Number != "" {
		f, err := t.CaseByNumber(c, key.Number, now)
		if err != nil || !f.Known {
			return nil, err
		}
		return []CaseFile{f}, nil
	}
	var tags []MatchTag
	for _, register := range t.s.Directory().Registers() {
		tags = append(tags, t.s.nikTags(register, key.NIK)...)
	}
	return t.casesTagged(c, tags, now)
}

// CasesByNIK are the cases of the caller's register that are about who has a NIK: both sides are asked, and nothing joins them.
func (t *tx) CasesByNIK(c Caller, nik string, now time.Time) ([]CaseFile, error) {
	return t.casesTagged(c, t.s.nikTags(c.Unit.Register, nik), now)
}

func (t *tx) casesTagged(c Caller, tags []MatchTag, now time.Time) (files []CaseFile, err error) {
	persons, err := t.Matching(tags)
	if err != nil {
		return nil, fmt.Errorf("look a NIK up: %w", err)
	}
	for _, person := range persons {
		hers, err := t.CasesOf(c, person, now)
		if err != nil {
			return nil, err
		}
		files = append(files, hers...)
	}
	return files, nil
}

// nikTags are the keyed tags of a NIK in one register, one of each side, so that a stolen index joins no two units or sides.
func (s *Store) nikTags(register casework.UnitID, nik string) []MatchTag {
	return append(s.nikTag(register, casework.Ordinary, nik), s.nikTag(register, casework.Protected, nik)...)
}

func (s *Store) nikTag(register casework.UnitID, side casework.Side, nik string) []MatchTag {
	return s.indexTags("nik", register[:], []byte(side), []byte(nik))
}

// FindTags are the marks by which a person is found by exact NIK. They never say that two records are of one human being.
func (s *Store) FindTags(p casework.Person) (tags []MatchTag) {
	for _, nik := range p.Identity.NIKs() {
		tags = append(tags, s.nikTag(p.Register, p.Side, nik)...)
	}
	return tags
}

// UnansweredGlasses reads which reviews of glasses their actors have left unanswered, longest due first. Served by reviews_due.
func (t *tx) UnansweredGlasses(now time.Time, limit int) ([]Due, error) {
	return list(t, func(r row) (d Due, err error) { return d, r.scan(d.Object[:], d.Case[:]) },
		`SELECT v.id, v.case_id FROM reviews v JOIN glasses g ON g.id = v.object
		WHERE v.kind = 'GLASS' AND v.decided IS NULL AND v.answered IS NULL AND g.suspended IS NULL AND g.from_time < $1
		ORDER BY v.due, v.id
		LIMIT $2`, now.Add(-casework.GlassAnswer), limit)
}

// AnswerReview stores the actor's own account.
func (w *Writer) AnswerReview(r casework.Review, subject casework.PersonID, entry func(value [32]byte) [16]byte) error {
	sealed, err := w.Seal(answerCell(r.ID, subject), []byte(r.Said))
	if err != nil {
		return err
	}
	n, err := w.exec("UPDATE reviews SET answered = $3, answer_f4 = $4, revision = revision + 1, entry = $5 WHERE id = $1 AND revision = $2",
		r.ID, r.Revision, r.Answered, sealed, entry(digest(sealed)))
	if err == nil && n != 1 {
		return casework.Conflict("ETAG_MISMATCH")
	}
	return err
}

// ReviewAnswer opens the actor's own account of an act.
func (t *tx) ReviewAnswer(v casework.Review, subject casework.PersonID) (string, error) {
	if v.Answered.IsZero() {
		return "", nil
	}
	var sealed []byte
	if err := t.row("SELECT answer_f4 FROM reviews WHERE id = $1", v.ID).scan(&sealed); err != nil || sealed == nil {
		return "", err
	}
	text, err := t.Open(answerCell(v.ID, subject), sealed)
	return string(text), err
}

func answerCell(id casework.ID, subject casework.PersonID) Cell {
	return Cell{"reviews", "answer_f4", id[:], Owner(subject)}
}
