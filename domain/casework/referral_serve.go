package casework

import "time"

// Serving is what is known when progress is recorded.
type Serving struct {
	BasisValid bool      // now
	Began      time.Time // when the chain began: the device's time of its filing, else when its first leg was sent
}

// RecordProgress adds an entry. SERVED starts the service; from then on the sender can no longer cancel.
func (r Referral) RecordProgress(p Progress, s Serving, now time.Time) (Referral, Change, error) {
	before := r.State
	if err := r.step(EventRecordProgress, ByReceiver); err != nil {
		return r, Change{}, err
	}
	if !p.Kind.Valid() {
		return r, Change{}, Violations{{"kind", "NOT_A_KIND"}}
	}
	if r.State == InService && p.Kind != ProgressServed && p.Kind != ProgressNote ||
		r.State == Accepted && p.Kind == ProgressNote {
		return r, Change{}, r.notNow()
	}
	if !s.BasisValid {
		return r, Change{}, Precondition("BASIS_MISSING")
	}
	if err := checkProgress(p, s.Began, now); err != nil {
		return r, Change{}, err
	}
	switch p.Kind {
	case ProgressServed:
		r.State, r.ExpectedOn, r.Appointment = InService, 0, time.Time{}
		if r.ServedOn == 0 || p.ServedOn < r.ServedOn {
			r.ServedOn = p.ServedOn
		}
	case ProgressWaitlisted:
		r.ExpectedOn, r.Appointment = p.ExpectedOn, time.Time{}
	case ProgressScheduled:
		r.ExpectedOn, r.Appointment = 0, p.Appointment
	case ProgressNoShow:
		r.NoShows++
		r.Appointment = time.Time{} // the client is to be given a new one
	}
	return r, r.done(EventRecordProgress, before), nil
}

func checkProgress(p Progress, began, now time.Time) error {
	var v Violations
	switch p.Kind {
	case ProgressContactAttempt:
		v.require(p.Channel != "", "channel")
	case ProgressWaitlisted:
		v.require(p.ExpectedOn != 0, "expectedOn")
	case ProgressScheduled:
		v.check(p.Appointment.After(now), "appointmentTime", "NOT_AHEAD")
	case ProgressNoShow:
		v.check(!p.Appointment.IsZero() && p.Appointment.Before(now), "appointmentTime", "NOT_PAST")
	case ProgressServed:
		v.check(p.ServedOn <= DateOf(now), "servedOn", "IN_FUTURE")
		v.check(p.ServedOn >= DateOf(began), "servedOn", "BEFORE_FILING")
	}
	return v.orNil()
}

// Reporting is what a receiver reports at the end.
type Reporting struct {
	Outcome       Outcome
	Reason        OutcomeReason
	Unmet         []ReferralServiceType
	Summary       string
	Attempts      int       // contact attempts recorded
	Channels      int       // on so many channels
	Violence      bool      // a case of violence: a client who cannot be found may be in danger
	SafetyChecked bool      // a supervisor has signed that her safety was looked to
	Recorder      AccountID // who records it for a receiver by letter; zero: the receiver reports itself
}

// ReportOutcome tells the end. The duty now changes sides: a second key confirms.
func (r Referral) ReportOutcome(o Reporting, now time.Time) (Referral, Change, error) {
	if !r.Reported.IsZero() && r.Outcome == o.Outcome && r.OutcomeReason == o.Reason {
		return r.implied(EventReportOutcome)
	}
	before := r.State
	if err := r.step(EventReportOutcome, ByReceiver); err != nil {
		return r, Change{}, err
	}
	if !o.Outcome.Valid() {
		return r, Change{}, Violations{{"outcome", "NOT_AN_OUTCOME"}}
	}
	if (r.State == Accepted) != (o.Outcome == OutcomeNone) {
		return r, Change{}, r.notNow() // NONE is said of a client who was never served, the others of one who was
	}
	if err := checkReport(o); err != nil {
		return r, Change{}, err
	}
	r.State, r.Outcome, r.OutcomeReason, r.Unmet, r.Reported = Reported, o.Outcome, o.Reason, o.Unmet, now
	r.Recorder, r.Report.Summary = o.Recorder, o.Summary
	return r, r.done(EventReportOutcome, before), nil
}

// An unreachable client was sought three times, on two ways.
const (
	attemptsNeeded = 3
	channelsNeeded = 2
)

func checkReport(o Reporting) error {
	var v Violations
	v.check(o.Outcome != OutcomeFull || o.Reason == "", "reason", "ONLY_UNLESS_FULL")
	v.require(o.Outcome == OutcomeFull || o.Reason.Valid(), "reason")
	v.require(o.Outcome != OutcomePartial || len(o.Unmet) > 0, "unmetServices")
	v.check(o.Outcome == OutcomePartial || len(o.Unmet) == 0, "unmetServices", "ONLY_WITH_PARTIAL")
	if err := v.orNil(); err != nil {
		return err
	}
	// Only NONE asks for attempts: a client who was served and then lost has none, for IN_SERVICE takes no such entry.
	if o.Outcome == OutcomeNone && o.Reason == BecauseClientUnreachable && !o.sought() {
		return Precondition("ATTEMPTS_MISSING")
	}
	return nil
}

// sought tells whether enough was done to find the client. Of a survivor who does not answer somebody has asked whether she lives,
// and a supervisor puts a name to it.
func (o Reporting) sought() bool {
	return o.Attempts >= attemptsNeeded && o.Channels >= channelsNeeded && (!o.Violence || o.SafetyChecked)
}
