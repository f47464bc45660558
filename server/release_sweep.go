package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"strconv"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// sweepReleases does what the clock brings about for releases: periods end, are drawn ten days later, and are published on the next working
// day after everybody has spoken or kept silence.
func (s *Server) sweepReleases(ctx context.Context) error {
	if s.store.ClockWrong() {
		return store.ErrClock
	}
	if err := closePeriods(ctx, s.store); err != nil {
		return err
	}
	return errors.Join(s.noteDrawn(ctx), s.drawDue(ctx), s.publishDue(ctx))
}

// noteDrawn lets the key folder know, once a start, what this database has drawn.
func (s *Server) noteDrawn(ctx context.Context) error {
	if s.drawnNoted.Load() {
		return nil
	}
	drawn, err := store.Read(ctx, s.store, func(r *store.Reader) (map[store.DrawnKey][32]byte, error) {
		texts, err := r.DrawnTexts()
		sums := map[store.DrawnKey][32]byte{}
		for key, text := range texts {
			sums[key] = sha256.Sum256(text)
		}
		return sums, err
	})
	if err != nil {
		return err
	}
	if err := s.store.NoteDrawn(drawn); err != nil {
		return err
	}
	s.drawnNoted.Store(true)
	return nil
}

// closePeriods makes the row of each period that is over: of every table, since the first case was registered.
func closePeriods(ctx context.Context, st *store.Store) error {
	now := st.Now()
	over, err := store.Read(ctx, st, func(r *store.Reader) ([]store.Release, error) { return periodsOver(r, now) })
	if err != nil || len(over) == 0 {
		return err
	}
	_, err = store.Update(ctx, st, func(w *store.Writer) (struct{}, error) {
		for _, row := range over {
			_, err := w.CloseRelease(row, func() [16]byte {
				return w.AppendRecord(clockEntry(st, row, access.Allow.String(), journal.Event{
					Name: "CLOSED", Before: string(statistics.Open), After: row.State, Revision: 1,
				}))
			})
			if err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

// periodsOver are the periods that have ended and have no row yet.
func periodsOver(r *store.Reader, now time.Time) (over []store.Release, err error) {
	first, err := r.FirstFigure()
	if err != nil || first.IsZero() {
		return nil, err
	}
	known, err := r.ReleasePeriods()
	if err != nil {
		return nil, err
	}
	years, err := shownYears(r)
	if err != nil {
		return nil, err
	}
	firstYear, lastYear := statistics.PeriodOf(statistics.Year, first).Year, statistics.PeriodOf(statistics.Year, now).Year
	for _, t := range statistics.Tables(statistics.Released) {
		for year := firstYear; year <= lastYear; year++ {
			for _, p := range statistics.PeriodsOf(t, year, years.months(firstYear, year)) {
				closed := statistics.ClosesAt(t, p)
				if !p.End().After(first) || closed.After(now) || known[[2]string{t.ID, p.ID()}] {
					continue
				}
				over = append(over, store.Release{
					ID: releaseID(t.ID, p.ID()), Dataset: t.ID, Period: p.ID(), State: string(statistics.Closed), Closed: closed,
				})
			}
		}
	}
	return over, nil
}

// yearsOfKDRT are the published figures of the regency's year, with the day from which each was known.
type yearsOfKDRT []struct {
	published time.Time
	shown     statistics.Shown
}

// shownYears reads them, oldest first.
func shownYears(r *store.Reader) (years yearsOfKDRT, err error) {
	rows, err := r.PublishedReleases("kdrt-year")
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		text, _, err := r.ReleaseText(row.ID)
		if err != nil {
			return nil, err
		}
		d, err := parseDrawing(string(text))
		if err != nil {
			return nil, err
		}
		if len(d.rows) == 0 {
			return nil, errReleaseText
		}
		value := viewTidy(d.columns, d.rows[0])
		years = append(years, struct {
			published time.Time
			shown     statistics.Shown
		}{row.Published, statistics.Shown{Number: value.GetNilai(), Empty: value.Nilai == nil}})
	}
	return years, nil
}

// months is by which periods kdrt-month is cut in a year, which is decided by what was published before that year began.
func (y yearsOfKDRT) months(firstYear, year int) statistics.PeriodKind {
	begins := statistics.Period{Kind: statistics.Year, Year: year}.Start()
	var newest statistics.Shown
	known := false
	for _, k := range y {
		if k.published.Before(begins) {
			newest, known = k.shown, true
		}
	}
	return statistics.KDRTMonthly(firstYear, year, newest, known)
}

// publishDue publishes what nothing stands against any more.
func (s *Server) publishDue(ctx context.Context) error {
	all, err := s.unended(ctx)
	if err != nil {
		return err
	}
	is, now := workdays(s.store.Directory()), s.store.Now()
	var errs []error
	for _, v := range all {
		if step, at := v.life.Next(v.table, is); step == statistics.Publish && !now.Before(at) {
			errs = append(errs, s.publish(ctx, v, is))
		}
	}
	return errors.Join(errs...)
}

// publish looks again, for a hold may have come in between.
func (s *Server) publish(ctx context.Context, v release, is statistics.Workday) error {
	_, err := store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) {
		row, known, err := w.Release(v.ID)
		if err != nil || !known || row.Revision != v.Revision {
			return struct{}{}, err
		}
		life, err := v.life.Publish(v.table, is, w.Now())
		if err != nil {
			return struct{}{}, err
		}
		next := v.stands(life, is)
		entry := w.AppendRecord(clockEntry(s.store, next, access.Allow.String(), journal.Event{
			Name: "PUBLISHED", Before: v.State, After: next.State, Revision: next.Revision + 1,
		}))
		return struct{}{}, w.PutRelease(next, entry)
	})
	return err
}

// waitForReviewer holds periods that may have been drawn in a history that this database has lost.
func waitForReviewer(ctx context.Context, st *store.Store, all []release) error {
	if len(all) == 0 {
		return nil
	}
	_, err := store.Update(ctx, st, func(w *store.Writer) (struct{}, error) {
		for i, v := range all {
			life := v.life
			life.Restored = true
			next := v.stands(life, workdays(st.Directory()))
			entry := w.AppendRecord(clockEntry(st, next, access.Allow.String(), journal.Event{
				Name: "RESTORED", Before: v.State, After: next.State, Revision: next.Revision + 1,
			}))
			if err := w.PutRelease(next, entry); err != nil {
				return struct{}{}, err
			}
			if i > 0 {
				continue // she is told once
			}
			if err := tellOfHeld(w, v, w.Now(), entry); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

// Restored says that the data come from an older copy: every period that could have been drawn since waits for the REVIEWER, who knows
// what was published, and a draw that waits for its publication does too, for somebody may have held it since. It gives how many wait.
func Restored(ctx context.Context, st *store.Store) (int, error) {
	if err := closePeriods(ctx, st); err != nil {
		return 0, err
	}
	now := st.Now()
	wait, err := store.Read(ctx, st, func(r *store.Reader) (wait []release, err error) {
		rows, err := r.UnendedReleases()
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			v, err := openRelease(r, row)
			if err != nil {
				return nil, err
			}
			if !v.life.Restored && (!v.Drawn.IsZero() || v.life.AfterRestore(v.table, now).Restored) {
				wait = append(wait, v)
			}
		}
		return wait, nil
	})
	if err != nil {
		return 0, err
	}
	return len(wait), waitForReviewer(ctx, st, wait)
}

// catalogueVersion is that of the list of tables.
func catalogueVersion() int {
	n, err := strconv.Atoi(statistics.CatalogueVersion)
	if err != nil {
		panic(err) // a constant of the program
	}
	return n
}
