package store

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
)

var (
	sightFrom = time.Date(2026, 2, 19, 3, 0, 0, 0, time.UTC)
	hospital  = casework.Unit{ID: casework.UnitID{2}, Register: casework.UnitID{2}, Type: casework.UnitHospital}
	clinic    = casework.Unit{ID: casework.UnitID{1}, Register: casework.UnitID{1}, Type: casework.UnitHealthCenter}
)

// seen is a leg on its way through random events, with its basis: what its receiver's people read of it follows.
type seen struct {
	row legRow
	now time.Time
}

// step does one event at random; one that is refused changes nothing.
func (s *seen) step(t *rapid.T) (event string) {
	l, doctors := s.row.leg, []casework.AccountID{{1}, {2}}
	who := rapid.SampledFrom(doctors).Draw(t, "who")
	valid := s.row.basis.ValidAt(s.now)
	events := map[string]func() (casework.Referral, casework.Change, error){
		"acknowledge": func() (casework.Referral, casework.Change, error) { return l.Acknowledge(s.now) },
		"requestInfo": func() (casework.Referral, casework.Change, error) {
			return l.RequestInfo([]casework.InfoQuestion{casework.AskNeed}, s.now)
		},
		"provideInfo": func() (casework.Referral, casework.Change, error) {
			return l.ProvideInfo([]casework.InfoAnswer{{Question: casework.AskNeed, Reply: casework.Yes}}, valid, s.now)
		},
		"accept": func() (casework.Referral, casework.Change, error) {
			return l.Accept(casework.Acceptance{Officer: who, OfficerAble: true, BasisValid: valid}, s.now)
		},
		"decline": func() (casework.Referral, casework.Change, error) {
			return l.Decline(casework.DeclineOther, casework.UnitID{}, s.now)
		},
		"served": func() (casework.Referral, casework.Change, error) {
			p := casework.Progress{Kind: casework.ProgressServed, ServedOn: casework.DateOf(s.now)}
			return l.RecordProgress(p, casework.Serving{BasisValid: valid, Began: sightFrom}, s.now)
		},
		"report": func() (casework.Referral, casework.Change, error) {
			return l.ReportOutcome(casework.Reporting{Outcome: casework.OutcomeFull}, s.now)
		},
		"confirm":  func() (casework.Referral, casework.Change, error) { return l.Confirm(casework.LegID{}, "", s.now) },
		"reopen":   func() (casework.Referral, casework.Change, error) { return l.Reopen("lagi", s.now) },
		"cancel":   func() (casework.Referral, casework.Change, error) { return l.Cancel(casework.CancelSafety, s.now) },
		"reassign": func() (casework.Referral, casework.Change, error) { return l.Reassign(who, true, casework.ByReceiver) },
		"withdraw": func() (casework.Referral, casework.Change, error) {
			s.row.basis.Withdrawn = s.now
			return l.Withdraw(s.now)
		},
		"wait": func() (casework.Referral, casework.Change, error) {
			s.now = s.now.Add(20 * 24 * time.Hour) // the basis runs out at some time
			return l, casework.Change{Implied: true}, nil
		},
	}
	names := []string{
		"acknowledge", "requestInfo", "provideInfo", "accept", "accept", "decline", "served", "report", "confirm", "reopen", "cancel", "reassign", "withdraw", "wait",
	}
	event = rapid.SampledFrom(names).Draw(t, "event")
	if next, change, err := events[event](); err == nil && !change.Implied {
		s.row.leg = next
	}
	return event
}

// reads is the mask of one of the receiver's people.
func (s *seen) reads(role casework.Role, account casework.AccountID) access.Mask {
	c := Caller{Account: account, Role: role, Unit: hospital, Active: true, MFATime: s.now}
	return access.Decide(s.row.file(c, s.now).Facts.Doing(access.Read)).Grant.Mask()
}

func (s *seen) may(account casework.AccountID, action access.Action) bool {
	c := Caller{Account: account, Role: casework.RoleWorker, Unit: hospital, Active: true, MFATime: s.now}
	return access.Decide(s.row.file(c, s.now).Facts.Doing(action)).Allowed()
}

// Invariants 9 and 10 of referral.md 12, on what the store makes of a row: before the accept and after the end the receiver reads
// F0 and F1_OWN; it reads more from an accept or a reassign on, the officer alone, and no more once the basis is over; which never
// takes away to decline or to report.
func TestTheReceiverOfAReferralReadsMoreAsItsOfficerAlone(t *testing.T) {
	checks := 1000
	if os.Getenv("LONG_ROW") == "referral" {
		checks = 1_000_000
	}
	if err := flag.Set("rapid.checks", fmt.Sprint(checks)); err != nil {
		t.Fatal(err)
	}
	pointer := (access.F0 | access.F1Own).Closure()
	opened := 0
	rapid.Check(t, func(t *rapid.T) {
		s := &seen{now: sightFrom.Add(time.Minute), row: legRow{
			leg: casework.Referral{
				ID: casework.LegID{7}, State: casework.Sent, Sent: sightFrom, Sender: clinic.ID, SenderRegister: clinic.ID,
				Receiver: hospital.ID, ReceiverRegister: hospital.ID, Urgency: casework.Routine, Service: casework.ServiceMedicalCare,
			},
			receives: true,
			basis:    casework.Disclosure{Kind: casework.BasisConsent, Given: sightFrom, Expires: sightFrom.AddDate(0, 0, 90), Scope: uint32(access.F0 | access.F1 | access.F2 | access.F3Sector)},
		}}
		s.row.caseRow.Case = casework.Case{ID: casework.CaseID{3}, Register: clinic.ID, Unit: clinic.ID, Level: rapid.SampledFrom([]casework.Level{casework.L1, casework.L2, casework.L3}).Draw(t, "level")}
		before := map[casework.AccountID]access.Mask{}
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			event := s.step(t)
			l := s.row.leg
			serving := slices.Contains([]casework.ReferralState{casework.Accepted, casework.InService, casework.Reported}, l.State)
			for _, who := range []casework.AccountID{{1}, {2}, {9}} {
				mask := s.reads(casework.RoleWorker, who)
				more := mask&^pointer != 0
				officer := serving && l.Officer == who
				if more && (!officer || !s.row.basis.ValidAt(s.now)) {
					t.Fatalf("%s after %s: %v reads %v, officer %v", l.State, event, who, mask, officer)
				}
				if mask&^before[who] != 0 && more && event != "accept" && event != "reassign" {
					t.Fatalf("%s after %s: %v now reads %v, before %v", l.State, event, who, mask, before[who])
				}
				before[who] = mask
				if officer && !(s.may(who, access.ReferralDecline) && s.may(who, access.ReferralReport)) {
					t.Fatalf("%s: its officer may not decline or report", l.State)
				}
				if more {
					opened++
				}
			}
			for _, role := range []casework.Role{casework.RoleSupervisor, casework.RoleIntake} {
				if mask := s.reads(role, casework.AccountID{9}); mask&^pointer != 0 {
					t.Fatalf("%s: %s reads %v", l.State, role, mask)
				}
			}
			if !s.row.basis.Withdrawn.IsZero() && !l.State.IsFinal() {
				t.Fatalf("%s on a basis that was withdrawn", l.State)
			}
		}
	})
	if opened == 0 {
		t.Error("nobody ever read more: this test has seen nothing")
	}
}
