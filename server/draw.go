package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// A draw counts a period once, on one snapshot beside the writer, adds the noise, and keeps what is shown. The exact and the noisy values
// live in this file's variables for as long as that takes and nowhere else: whoever steals the database finds what everybody may read.

// counted is a table of a period as its snapshot had it, before the noise.
type counted struct {
	release      release
	folded       statistics.Folded
	frame        statistics.Frame
	contributors []casework.UnitID
	asOf         int64
}

// drawDue draws all periods whose time has come. Tables of one kind and period are counted on one snapshot.
func (s *Server) drawDue(ctx context.Context) error {
	due, err := s.dueDraws(ctx)
	if err != nil || len(due) == 0 {
		return err
	}
	var errs []error
	for len(due) > 0 {
		first := due[0]
		alike := func(v release) bool { return v.table.Needs == first.table.Needs && v.period == first.period }
		var group []release
		for _, v := range due {
			if alike(v) {
				group = append(group, v)
			}
		}
		due = slices.DeleteFunc(due, alike)
		errs = append(errs, s.drawGroup(ctx, group))
	}
	return errors.Join(errs...)
}

// dueDraws reads which closed periods are to be drawn now. One that the key folder knows as drawn waits for the REVIEWER: this database is
// an older copy.
func (s *Server) dueDraws(ctx context.Context) ([]release, error) {
	all, err := s.unended(ctx)
	if err != nil {
		return nil, err
	}
	now := s.store.Now()
	all = slices.DeleteFunc(all, func(v release) bool {
		step, at := v.life.Next(v.table, workdays(s.store.Directory()))
		return step != statistics.DrawNow || now.Before(at)
	})
	if len(all) == 0 {
		return nil, nil
	}
	drawn, err := s.store.Drawn()
	if err != nil {
		return nil, err
	}
	var lost, due []release
	for _, v := range all {
		if _, before := drawn[store.DrawnKey{Dataset: v.Dataset, Period: v.Period}]; before {
			lost = append(lost, v)
			continue
		}
		due = append(due, v)
	}
	return due, waitForReviewer(ctx, s.store, lost)
}

// unended reads the releases that are not at their end.
func (s *Server) unended(ctx context.Context) ([]release, error) {
	return store.Read(ctx, s.store, func(r *store.Reader) ([]release, error) {
		rows, err := r.UnendedReleases()
		if err != nil {
			return nil, err
		}
		all := make([]release, len(rows))
		for i, row := range rows {
			if all[i], err = openRelease(r, row); err != nil {
				return nil, err
			}
		}
		return all, nil
	})
}

// drawGroup counts on one snapshot and draws one after the other.
func (s *Server) drawGroup(ctx context.Context, group []release) error {
	all, err := store.Read(ctx, s.store, func(r *store.Reader) ([]counted, error) { return s.count(r, group) })
	if err != nil {
		return fmt.Errorf("count a period: %w", err)
	}
	var errs []error
	for _, c := range all {
		errs = append(errs, s.drawOne(ctx, c))
	}
	return errors.Join(errs...)
}

// count reads the rows of a period once and folds each table of it.
func (s *Server) count(r *store.Reader, group []release) ([]counted, error) {
	size, err := r.TreeSize()
	if err != nil {
		return nil, err
	}
	first := group[0]
	frame := s.frameOf(first.period, statistics.ClosesAt(first.table, first.period))
	rows, err := s.regencyRows(r, group, frame)
	if err != nil {
		return nil, err
	}
	all := make([]counted, len(group))
	for i, v := range group {
		c := counted{release: v, frame: frame, asOf: size - 1}
		if c.folded, err = statistics.Fold(v.table, frame, rows); err != nil {
			return nil, err
		}
		if c.contributors, err = r.ContributingRegisters(contributionOf(v.table, v.period)); err != nil {
			return nil, err
		}
		all[i] = c
	}
	return all, nil
}

// drawOne adds the noise, signs what is shown, and stores it with the ledger and its entry in one transaction. Whatever goes wrong before
// that commit leaves nothing that anybody saw; the next sweep counts and draws anew.
func (s *Server) drawOne(ctx context.Context, c counted) error {
	now := s.store.Now()
	d, err := s.drawingOf(ctx, c, now)
	if errors.Is(err, errSpent) {
		return s.refuseDraw(ctx, c.release)
	}
	if err != nil {
		return err
	}
	observed, err := statistics.Draw(c.folded, rand.Reader)
	if err != nil {
		return err
	}
	d.columns = c.release.table.Columns()
	stamp := statistics.Stamp{Updated: casework.DateOf(now).String(), Release: named("releases", c.release.ID)}
	for _, o := range observed {
		d.rows = append(d.rows, safeRow(statistics.Tidy(c.release.table, c.release.period, c.frame, o, stamp)))
	}
	text, err := d.text(c.release.table)
	if err != nil {
		return err
	}
	signature, err := s.store.SignNote(ctx, text)
	if err != nil {
		return err
	}
	atStep("signed")
	if err := s.keepDraw(ctx, c, d, text, signature); err != nil {
		return err
	}
	atStep("kept")
	key := store.DrawnKey{Dataset: c.release.Dataset, Period: c.release.Period}
	return s.store.NoteDrawn(map[store.DrawnKey][32]byte{key: sha256.Sum256([]byte(text))})
}

// safeRow keeps a spreadsheet that opens the file from taking text for a formula.
func safeRow(row []string) []string {
	for i := range row {
		row[i] = statistics.SafeText(row[i])
	}
	return row
}

// drawingOf says what the draw is of, and asks the ledger.
func (s *Server) drawingOf(ctx context.Context, c counted, now time.Time) (drawing, error) {
	dir := s.store.Directory()
	root, _ := dir.Root()
	d := drawing{
		id: c.release.ID, dataset: c.release.Dataset, period: c.release.Period, drawn: now, asOf: c.asOf, catalogue: catalogueVersion(),
		terminology: terminologyVersion(dir), deadlines: deadlinesVersion(dir), producer: root.Name,
	}
	var err error
	d.ledger, err = store.Read(ctx, s.store, func(r *store.Reader) (float64, error) { return ledgerAfter(r, c.release, s.cfg.epsilons()) })
	return d, err
}

// keepDraw is the transaction of a draw.
func (s *Server) keepDraw(ctx context.Context, c counted, d drawing, text, signature string) error {
	is := workdays(s.store.Directory())
	_, err := store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) {
		row, known, err := w.Release(c.release.ID)
		if err != nil || !known {
			return struct{}{}, err
		}
		v, err := openRelease(w, row)
		if err != nil {
			return struct{}{}, err
		}
		if spent, err := ledgerAfter(w, v, s.cfg.epsilons()); err != nil || spent != d.ledger {
			return struct{}{}, errors.Join(err, errLedgerMoved)
		}
		life, err := v.life.Draw(v.table, is, d.drawn, unitKeys(c.contributors))
		if err != nil {
			return struct{}{}, err
		}
		row = v.stands(life, is)
		row.Drawn, row.AsOf, row.Catalogue, row.Terminology, row.Deadlines = d.drawn, d.asOf, d.catalogue, d.terminology, d.deadlines
		entry := w.AppendRecord(clockEntry(s.store, row, access.Allow.String(), journal.Event{
			Name: eventDrawn, Before: v.State, After: row.State, Revision: row.Revision + 1, Value: sha256.Sum256([]byte(text)),
		}))
		atStep("drawing")
		return struct{}{}, w.DrawRelease(store.Drawing{
			Release: row, Text: []byte(text), Signature: signature, Units: c.contributors, Spends: spendingOf(v),
		}, entry)
	})
	return err
}

// eventDrawn is what the journal calls a draw. A period has one.
const eventDrawn = "DRAWN"

func unitKeys(ids []casework.UnitID) []string {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = unitKey(id)
	}
	return keys
}

var (
	errSpent       = errors.New("the ledger of the year is spent")
	errLedgerMoved = errors.New("the ledger moved while a period was drawn")
)

// epsilonUnit is a thousandth, in which the ledger counts.
const epsilonUnit = 1000

func spendingOf(v release) store.Spending {
	return store.Spending{
		Dataset: v.Dataset, Period: v.Period, Year: v.period.Year, Side: string(v.table.Side), Cost: int64(v.table.Epsilon*epsilonUnit + 0.5),
	}
}

// ledgerAfter is what the year costs a person of the table's side with this draw. It refuses one that the year cannot bear.
func ledgerAfter(r interface {
	Spent(int) ([]store.Spending, error)
}, v release, limits statistics.Limits,
) (float64, error) {
	rows, err := r.Spent(v.period.Year)
	if err != nil {
		return 0, err
	}
	ledger := ledgerOf(rows)
	entry, err := ledger.Draw(v.table, v.period, limits)
	var refused *statistics.Error
	if errors.As(err, &refused) && refused.Reason == statistics.LedgerSpent {
		return 0, errSpent
	}
	if err != nil {
		return 0, err
	}
	return spentOn(append(ledger, entry), v), nil
}

func ledgerOf(rows []store.Spending) (ledger statistics.Ledger) {
	for _, row := range rows {
		if p, ok := statistics.ParsePeriod(row.Period); ok {
			ledger = append(ledger, statistics.Entry{Dataset: row.Dataset, Period: p, Epsilon: float64(row.Cost) / epsilonUnit})
		}
	}
	return ledger
}

func spentOn(ledger statistics.Ledger, v release) float64 {
	spent := ledger.Spent(v.period.Year)
	switch {
	case v.table.ID == "overlap-year":
		return spent.WithOverlap
	case v.table.Side == statistics.Protected:
		return spent.Protected
	case v.table.Noise == statistics.Geometric:
		return spent.Child
	}
	return 0
}

// refuseDraw ends a period that the ledger cannot bear: it is never drawn, and the journal says so once.
func (s *Server) refuseDraw(ctx context.Context, v release) error {
	_, err := store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) {
		row := v.Release
		row.State = string(statistics.Cancelled)
		entry := w.AppendRecord(clockEntry(s.store, row, access.Denied.String(), journal.Event{
			Name: string(statistics.LedgerSpent), Before: v.State, After: row.State, Revision: row.Revision + 1,
		}))
		return struct{}{}, w.PutRelease(row, entry)
	})
	return err
}

// atStep does nothing. Tests of this package kill the process there.
var atStep = func(string) {}
