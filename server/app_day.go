package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// appDays holds each app to what it may file in a day of the regency: a stolen token must not drown a unit. It counts in memory and
// forgets each midnight, so that it costs a filing nothing and leaves no figure of anybody's work behind; a restart begins the day anew.
type appDays struct {
	limits Limits

	mu    sync.Mutex
	today casework.Date
	spent map[casework.AccountID]*appDay
}

// appDay is what an app has filed today, and whether its supervisor knows that it wanted more.
type appDay struct {
	filings, measurements int
	told                  bool
}

func newAppDays(limits Limits) *appDays { return &appDays{limits: limits} }

// of is the day of an app; the caller holds mu.
func (d *appDays) of(app casework.AccountID, now time.Time) *appDay {
	if today := casework.DateOf(now); d.spent == nil || d.today != today {
		d.today, d.spent = today, map[casework.AccountID]*appDay{}
	}
	day := d.spent[app]
	if day == nil {
		day = &appDay{}
		d.spent[app] = day
	}
	return day
}

// claim is what one filing takes of its app's day. It is taken inside the transaction, where it is known that the filing is new, and
// once however often the closure runs.
type claim struct {
	days                  *appDays
	filings, measurements int
	emergency             bool

	mu    sync.Mutex
	taken *appDay // nil: not yet, or given back
}

// claim is what a filing will take: a referral for each leg, a report for what holds more than measurements.
func (d *appDays) claim(f *filing) *claim {
	c := &claim{days: d, filings: len(f.legs), measurements: len(f.measurements)}
	if c.filings == 0 && (f.incident != nil || f.risk != nil || c.measurements == 0) {
		c.filings = 1
	}
	for _, leg := range f.legs {
		c.emergency = c.emergency || leg.urgency == casework.Emergency
	}
	return c
}

// overDay is a filing above its app's day.
type overDay struct {
	*publicError
	app  casework.AccountID
	unit casework.Unit
}

func (o *overDay) Unwrap() error { return o.publicError }

// take counts the filing of an app, or says when the next day begins. An emergency is refused by its own limit alone: no count of
// weighings stands in its way.
func (c *claim) take(caller store.Caller, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.taken != nil {
		return nil
	}
	d := c.days
	d.mu.Lock()
	defer d.mu.Unlock()
	day, most := d.of(caller.Account, now), d.limits.AppFilings
	if c.emergency && most >= 0 {
		most += max(d.limits.AppEmergencies, 0)
	}
	over := c.filings > 0 && most >= 0 && day.filings+c.filings > most ||
		!c.emergency && c.measurements > 0 && d.limits.AppMeasurements >= 0 && day.measurements+c.measurements > d.limits.AppMeasurements
	if over {
		tomorrow := (casework.DateOf(now) + 1).Time()
		public := &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: max(tomorrow.Sub(now), time.Second)}
		return &overDay{public, caller.Account, caller.Unit}
	}
	day.filings, day.measurements, c.taken = day.filings+c.filings, day.measurements+c.measurements, day
	return nil
}

// settle gives back what was taken for a filing that was refused. Of a caller who left nobody knows whether it was filed: it counts,
// or a stolen token would file for nothing by leaving early.
func (c *claim) settle(err error) {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.days.mu.Lock()
	defer c.days.mu.Unlock()
	if c.taken != nil {
		c.taken.filings, c.taken.measurements, c.taken = c.taken.filings-c.filings, c.taken.measurements-c.measurements, nil
	}
}

// first tells whether this is the first filing of the day that was too much; the supervisor is told once a day.
func (d *appDays) first(app casework.AccountID, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	day := d.of(app, now)
	told := day.told
	day.told = true
	return !told
}

// onAccount is what a notice of an account or app is about. Its name is nowhere shown.
const onAccount casework.DutyKind = "ACCOUNT"

// tellOverDay tells the heads of an app's unit that it wanted more than its day. It says neither what nor of whom.
func (s *Server) tellOverDay(ctx context.Context, over *overDay) error {
	if !s.apps.first(over.app, s.now()) {
		return nil
	}
	_, err := store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) {
		heads := over.unit.ID
		switch own, err := w.RoleHeld(casework.RoleSupervisor, heads); {
		case err != nil:
			return struct{}{}, err
		case !own: // a posyandu's are those of its puskesmas
			heads = over.unit.Parent
		}
		entry := w.AppendRecord(store.Record{
			Entry: journal.Entry{
				Version: journal.Version, RequestID: RequestID(ctx), Origin: origin(ctx),
				Actor: s.store.Pseudonym("account", over.app[:]), Role: string(casework.RoleApp), Unit: over.unit.ID,
				Action: access.File.String(), Outcome: pb.ErrorReason_RATE_LIMITED.String(),
				ObjectKind: "account", Object: s.store.Pseudonym("account", over.app[:]),
			},
			Object: over.app[:],
		})
		return struct{}{}, w.Notify(store.Notice{
			Kind: casework.NoticeLimitReached, ObjectKind: onAccount, Object: casework.ID(over.app), Unit: heads, Role: casework.RoleSupervisor,
		}, entry)
	})
	return err
}
