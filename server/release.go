package server

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// release is the row of a release with the rules that it lives by. A change is made of the value that the rules give: stands puts it into
// the row.
type release struct {
	store.Release
	table  *statistics.Table
	period statistics.Period
	life   statistics.Release
	said   []store.Said
}

// Why a release is held.
const (
	heldByUnit   = "HOLD"
	heldRestored = "RESTORED"
)

// The REVIEWER's words on a release.
const (
	saidPublish = "PUBLISH"
	saidCancel  = "CANCEL"
)

// releaseID is the name of the release of a table and period: the same after a restore, for it is the same release. It tells nothing that
// the clock does not.
func releaseID(dataset, period string) casework.ID {
	return casework.ID(uuid.NewSHA1(uuid.NameSpaceOID, []byte("sinergi/release/"+dataset+"/"+period)))
}

// openRelease reads what was said of a release.
func openRelease(r interface {
	SaidOf(casework.ID) ([]store.Said, error)
}, row store.Release,
) (v release, err error) {
	v.Release = row
	var known bool
	if v.table, known = statistics.Find(statistics.Released, row.Dataset); !known {
		return v, fmt.Errorf("a release is of no table of the catalogue")
	}
	if v.period, known = statistics.ParsePeriod(row.Period); !known {
		return v, fmt.Errorf("a release is of no period")
	}
	if v.said, err = r.SaidOf(row.ID); err != nil {
		return v, err
	}
	v.life = v.lives()
	return v, nil
}

// lives is the row in the words of the rules.
func (v release) lives() statistics.Release {
	life := statistics.NewRelease(v.table, v.period)
	life.State, life.Drawn, life.Published = statistics.State(v.State), v.Drawn, v.Published
	if v.HeldFor == heldRestored {
		life.Restored, life.State = true, statistics.Closed
		if !v.Drawn.IsZero() {
			life.State = statistics.Drawn
		}
	}
	var agreed time.Time
	for _, s := range v.said {
		if s.Unit == (casework.UnitID{}) {
			if s.Word == saidPublish {
				life.Resolved = s.Time
			}
			continue
		}
		life.Contributors = append(life.Contributors, unitKey(s.Unit))
		switch s.Word {
		case store.SaidApproved:
			life.Approvals = append(life.Approvals, unitKey(s.Unit))
			agreed = later(agreed, s.Time)
		case store.SaidHeld:
			life.Holds = append(life.Holds, statistics.Hold{Unit: unitKey(s.Unit), Time: s.Time})
		}
	}
	slices.SortFunc(life.Holds, func(a, b statistics.Hold) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Unit, b.Unit)) })
	if len(life.Approvals) > 0 && len(life.Approvals) == len(life.Contributors) {
		life.Agreed = agreed
	}
	return life
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// unitKey is a unit in the words of the rules, which know no ids.
func unitKey(id casework.UnitID) string { return hex.EncodeToString(id[:]) }

// noteObjection stands with a release that a unit objected to and that stops for nobody.
const noteObjection = "unit keberatan: data belum lengkap"

// stands is the row after the rules gave another value.
func (v release) stands(life statistics.Release, is statistics.Workday) store.Release {
	row := v.Release
	row.State, row.HeldFor, row.Due, row.Publish = string(life.State), "", time.Time{}, time.Time{}
	row.Published = life.Published
	switch {
	case life.Restored:
		row.State, row.HeldFor = string(statistics.Held), heldRestored
		return row
	case life.State == statistics.Held:
		row.HeldFor, row.Due = heldByUnit, life.ReviewEnds(is)
	case life.State == statistics.Drawn && v.table.NeedsApproval() && len(life.Contributors) > 0:
		row.Due = life.SilenceEnds(is)
	}
	if len(life.Holds) > 0 && !v.table.NeedsApproval() {
		row.Note = noteObjection
	}
	if step, at := life.Next(v.table, is); step == statistics.Publish {
		row.Publish = at
	}
	return row
}

// workdays are those of the regency's calendar.
func workdays(d *store.Directory) statistics.Workday {
	return func(day statistics.Day) bool { return d.Calendar.WorksOn(casework.Date(day)) }
}

// contributionOf is whose rows make a table of a period. To be in overlap-year is told to nobody: all who had a victim's case open in the
// year are asked.
func contributionOf(t *statistics.Table, p statistics.Period) store.Contribution {
	c := store.Contribution{Kind: store.ContributesKDRT, Side: string(t.Side), From: p.Start(), Until: p.End()}
	switch {
	case t.Needs == statistics.OfMeasurements:
		c.Kind = store.ContributesMeasurements
	case t.Needs == statistics.OfLegs:
		c.Kind = store.ContributesLegs
	case t.Side == statistics.Ordinary:
		c.Kind = store.ContributesNewNutrition
	case t.ID == "overlap-year":
		c.Kind = store.ContributesOpenKDRT
	}
	return c
}

// clockEntry is the entry of what the clock did to a release, or could not do.
func clockEntry(st *store.Store, row store.Release, outcome string, event journal.Event) store.Record {
	return store.Record{
		Entry: journal.Entry{
			Version: journal.Version, Origin: "timer", Role: "SERVER", Outcome: outcome, Event: event,
			ObjectKind: "release", Object: st.Pseudonym("release", row.ID[:]),
		},
		Object: row.ID[:],
	}
}
