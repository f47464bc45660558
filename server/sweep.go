package server

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// The sweep does what time brings about: it tells of what is late, and ends what silence ends. No answer waits for it: how late
// something is follows from the clock alone. Each thing is one small transaction under its case's lock, so an event that commits
// before it wins.

// sweepEvery is how late a sweep may notice something.
const sweepEvery = time.Minute

// sweepJob is one kind of thing whose time comes.
type sweepJob struct {
	name string
	due  func(r *store.Reader, now time.Time, limit int) ([]store.Due, error) // longest due first
	do   func(s *Server, w *store.Writer, d store.Due) error                  // under the lock of d.Case; looks again
}

// sweepJobs are all there are. What comes later is a row here.
var sweepJobs = []sweepJob{
	{"lapse approvals", (*store.Reader).LapsedApprovals, (*Server).lapseApproval}, // before they would be late
	{"escalate", (*store.Reader).Risen, (*Server).escalate},
	{"lapse", (*store.Reader).Lapsed, (*Server).lapse},
	{"remind", (*store.Reader).Endings, (*Server).remindOfEnd},
	{"silent", (*store.Reader).UnansweredGlasses, (*Server).silent},
	{"age out", (*store.Reader).AgedOut, (*Server).ageOut},
	rightsThatEnd("disclosure"),
	rightsThatEnd("glass"),
	rightsThatEnd("absence"),
}

const (
	sweepPage  = 1024 // due things read at once
	sweepGroup = 64   // their transactions that share a commit
)

// sweeps runs until ctx ends, at once and then each minute.
func (s *Server) sweeps(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		due := s.Sweep
		if !s.store.Leads() {
			due = s.keepLastUses // another server does the rest for all
		}
		if err := due(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "sweep", "code", publicOf(err).reason.String())
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Sweep does all that is due now, by the server's clock. By a clock that is not to be believed nothing is due.
func (s *Server) Sweep(ctx context.Context) error {
	var errs []error
	for _, job := range sweepJobs {
		if s.store.ClockWrong() {
			return errors.Join(append(errs, store.ErrClock)...)
		}
		errs = append(errs, s.sweep(ctx, job))
	}
	errs = append(errs, s.tellOfSilentWitness(ctx), s.tidy(ctx), s.sweepReleases(ctx), s.keepMornings(ctx))
	return errors.Join(errs...)
}

// sweep does one job until nothing is due; what fails stays for the next time.
func (s *Server) sweep(ctx context.Context, job sweepJob) error {
	for {
		due, err := store.Read(ctx, s.store, func(r *store.Reader) ([]store.Due, error) { return job.due(r, r.Now(), sweepPage) })
		if err != nil {
			return err
		}
		if err := s.sweepAll(ctx, job, due); err != nil {
			return err
		}
		if len(due) < sweepPage {
			return nil
		}
	}
}

// sweepAll does each thing by itself: one that fails keeps no other from its time.
func (s *Server) sweepAll(ctx context.Context, job sweepJob, due []store.Due) error {
	var all []error
	for chunk := range slices.Chunk(due, sweepGroup) {
		errs := make([]error, len(chunk))
		var group sync.WaitGroup
		for i, d := range chunk {
			group.Go(func() {
				_, errs[i] = store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) {
					if err := w.LockCase(d.Case); err != nil {
						return struct{}{}, err
					}
					return struct{}{}, job.do(s, w, d)
				})
			})
		}
		group.Wait()
		all = append(all, errs...)
	}
	return errors.Join(all...)
}

// escalate tells of a duty that stands at a level of which nobody was told, each level once.
func (s *Server) escalate(w *store.Writer, due store.Due) error {
	d, told, open, err := w.OpenDuty(due.Object)
	if err != nil || !open {
		return err
	}
	late, err := lateFile(w, d)
	if err != nil {
		return err
	}
	for level := told + 1; level <= d.Level(w.Now()); level++ {
		entry := s.timer(w, late.about(), journal.Event{Name: "ESCALATED", Before: strconv.Itoa(level - 1), After: strconv.Itoa(level)})
		if err := w.PutEscalation(d, level, entry); err != nil {
			return err
		}
		if err := s.tellLate(w, late, level, entry); err != nil {
			return err
		}
	}
	return w.SetTold(d, d.Level(w.Now()))
}

// late is a duty with what it is owed on.
type late struct {
	duty casework.Duty
	k    casework.Case
	leg  casework.Referral // of a leg's duty
}

// lateFile reads what a duty is owed on. The server asks for itself: nobody is shown anything.
func lateFile(w *store.Writer, d casework.Duty) (late, error) {
	if d.Kind == casework.OnLeg {
		f, err := w.ReferralFor(store.Caller{}, casework.LegID(d.Object), w.Now())
		return late{d, f.Case, f.Leg}, err
	}
	f, err := w.CaseFor(store.Caller{}, d.Case, w.Now())
	return late{d, f.Case, casework.Referral{}}, err
}

// dutyObjects are the words of the journal for what a duty is owed on.
var dutyObjects = map[casework.DutyKind]string{
	casework.OnLeg: "leg", casework.OnCase: "case", casework.OnTask: "task", casework.OnReview: "review", casework.OnDisclosure: "disclosure",
	casework.OnApproval: "approval",
}

func (l late) about() object {
	return object{dutyObjects[l.duty.Kind], l.duty.Object, l.k.ID, l.k.Level, l.leg.Disclosure}
}

// timer appends the entry of what the clock did.
func (s *Server) timer(w *store.Writer, about object, event journal.Event) [16]byte {
	return w.AppendRecord(store.Record{
		Entry: journal.Entry{
			Version: journal.Version, Origin: "timer", Role: "SERVER", Outcome: "ALLOW", Event: event, Level: string(about.level), Basis: about.basis,
			ObjectKind: about.kind, Object: s.store.Pseudonym(about.kind, about.id[:]),
		},
		Object: about.id[:], Case: about.caseID[:],
	})
}

// tellLate tells who is to act at a level: the unit's own heads, then those of its parent, then those of the regency's coordinating
// unit. Of a case, which no office above may know, its own heads are told each time.
func (s *Server) tellLate(w *store.Writer, l late, level int, entry [16]byte) error {
	n := store.Notice{
		Kind: casework.NoticeDutyLate, ObjectKind: l.duty.Kind, Object: l.duty.Object, Case: l.k.ID, Level: level,
		Unit: l.duty.Unit, Role: casework.RoleSupervisor,
	}
	reviewed, err := w.RoleHeld(casework.RoleReviewer, l.duty.Unit)
	if err != nil {
		return err
	}
	if l.duty.Kind == casework.OnReview && reviewed {
		n.Role = casework.RoleReviewer
	}
	d := s.store.Directory()
	owes, _ := d.Unit(l.duty.Unit)
	switch {
	case l.duty.Kind != casework.OnLeg:
	case level == 2:
		n.Unit = owes.Parent
	case level == 3:
		n.Unit = d.Coordinating()
	case s.senderIsTold(l.leg):
		if err := w.NotifyOther(l.leg, n.Kind, true, entry); err != nil {
			return err
		}
	}
	return w.Notify(n, entry)
}

// senderIsTold tells whether the sender hears of a late leg at once: of an EMERGENCY, and where the receiver works by letter, for then
// nobody there is told by us.
func (s *Server) senderIsTold(l casework.Referral) bool {
	receiver, _ := s.store.Directory().Unit(l.Receiver)
	return l.Urgency == casework.Emergency || receiver.Channel == casework.ChannelLetter
}
