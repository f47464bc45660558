package statistics

import (
	"slices"
	"strings"
	"time"
)

// State is where a release stands (section 5).
type State string

// The states.
const (
	Open      State = "OPEN"      // the period, or the observation of its legs, is not over
	Closed    State = "CLOSED"    // corrections still come in
	Drawn     State = "DRAWN"     // the figures stand and wait
	Held      State = "HELD"      // a contributing unit objects; the REVIEWER decides
	Published State = "PUBLISHED" // for ever, unchanged
	Cancelled State = "CANCELLED" // by the REVIEWER
)

// Refusal is why something is not done to a release.
type Refusal string

// The refusals.
const (
	NoSuchRelease  Refusal = "RELEASE_UNKNOWN"
	AlreadyDrawn   Refusal = "RELEASE_DRAWN"
	LedgerSpent    Refusal = "LEDGER_SPENT"
	WrongState     Refusal = "RELEASE_STATE"
	TooEarly       Refusal = "RELEASE_TOO_EARLY"
	TooLate        Refusal = "RELEASE_TOO_LATE"
	ReasonMissing  Refusal = "REASON_MISSING"
	NotContributor Refusal = "NOT_CONTRIBUTING"
	HeldThisYear   Refusal = "HOLD_USED" // one a unit and year
	StopsForNobody Refusal = "RELEASE_NEEDS_NO_APPROVAL"
	WaitsForReview Refusal = "RELEASE_WAITS_FOR_REVIEWER" // after a restore
)

// Error is a refusal of this package.
type Error struct{ Reason Refusal }

func (e *Error) Error() string { return "statistics: " + string(e.Reason) }

// Refused is the error of a refusal.
func Refused(r Refusal) error { return &Error{r} }

// Days of the calendar of a release (section 5).
const (
	correctionDays  = 10 // after CLOSED
	approvalDays    = 5  // working days; silence is consent
	reviewDays      = 10 // working days; silence publishes
	drawHour        = 6
	publicationHour = 9
)

// Workday tells whether a day is a working day: the deadline calendar of the regency.
type Workday func(Day) bool

// Release is one period of one dataset on its way to everybody. Each act gives the next value and leaves this one alone.
type Release struct {
	Dataset      string
	Period       Period
	State        State
	Contributors []string // units with rows in it, fixed by the draw; not published
	Restored     bool     // it could have been drawn after the backup that was restored: the REVIEWER says what became of it

	Drawn     time.Time
	Approvals []string  // units whose head agreed
	Agreed    time.Time // all had agreed
	Holds     []Hold
	Resolved  time.Time // the REVIEWER let it go on
	Published time.Time
	Cancelled time.Time
	Reason    string // of the cancelling
}

// Hold is one unit's objection.
type Hold struct {
	Unit   string
	Time   time.Time
	Reason string // for the REVIEWER; not published
}

// Step is what the clock does next to a release.
type Step string

// The steps. ForReviewer waits for a person, End for ever.
const (
	Close       Step = "CLOSE"
	DrawNow     Step = "DRAW"
	Publish     Step = "PUBLISH"
	ForReviewer Step = "WAIT"
	End         Step = "END"
)

// NewRelease is an open release of a dataset and period.
func NewRelease(t *Table, p Period) Release { return Release{Dataset: t.ID, Period: p, State: Open} }

// ClosesAt is the end of the period, and for referral datasets of its observation.
func ClosesAt(t *Table, p Period) time.Time {
	if t.Referral() {
		return p.End().Add(observation)
	}
	return p.End()
}

// DrawnAt is ten days after the closing, at six in the morning: corrections of these ten days are in.
func DrawnAt(t *Table, p Period) time.Time {
	return (DayOf(ClosesAt(t, p)) + correctionDays).At(drawHour)
}

// after is the n-th working day after a day. A calendar that knows no working day for a month counts every day, so that nothing
// waits for ever.
func (is Workday) after(d Day, n int) Day {
	for idle := 0; n > 0; {
		d++
		if is == nil || is(d) || idle >= 31 {
			n--
			idle = 0
			continue
		}
		idle++
	}
	return d
}

// publication is nine o'clock of the next working day.
func (is Workday) publication(t time.Time) time.Time {
	return is.after(DayOf(t), 1).At(publicationHour)
}

// SilenceEnds is when the heads' silence becomes consent: the end of the fifth working day after the draw.
func (r Release) SilenceEnds(is Workday) time.Time {
	return (is.after(DayOf(r.Drawn), approvalDays) + 1).At(0)
}

// ReviewEnds is when the REVIEWER's silence publishes a held release: the end of the tenth working day after the hold.
func (r Release) ReviewEnds(is Workday) time.Time {
	return (is.after(DayOf(r.Holds[len(r.Holds)-1].Time), reviewDays) + 1).At(0)
}

// Next is what the clock does next, and when.
func (r Release) Next(t *Table, is Workday) (Step, time.Time) {
	switch {
	case r.State == Published, r.State == Cancelled:
		return End, time.Time{}
	case r.Restored:
		return ForReviewer, time.Time{}
	}
	switch r.State {
	case Open:
		return Close, ClosesAt(t, r.Period)
	case Closed:
		return DrawNow, DrawnAt(t, r.Period)
	case Held:
		return Publish, is.publication(r.ReviewEnds(is).Add(-1))
	}
	return Publish, is.publication(r.consent(t, is))
}

// consent is the instant from which nothing stands against publication: all heads have said yes, or the days of silence are over;
// and the REVIEWER has answered whoever objected.
func (r Release) consent(t *Table, is Workday) time.Time {
	from := r.SilenceEnds(is).Add(-1) // on its last day
	switch {
	case !t.NeedsApproval(), len(r.Contributors) == 0:
		return r.Drawn
	case !r.Agreed.IsZero():
		from = r.Agreed
	}
	if r.Resolved.After(from) {
		return r.Resolved
	}
	return from
}

func (r Release) agreed() bool {
	return !slices.ContainsFunc(r.Contributors, func(unit string) bool { return !slices.Contains(r.Approvals, unit) })
}

// due says whether the clock may take a step now.
func (r Release) due(step Step, t *Table, is Workday, now time.Time) error {
	next, at := r.Next(t, is)
	switch {
	case next == ForReviewer:
		return Refused(WaitsForReview)
	case next != step:
		return Refused(WrongState)
	case now.Before(at):
		return Refused(TooEarly)
	}
	return nil
}

// Close ends the period.
func (r Release) Close(t *Table, is Workday, now time.Time) (Release, error) {
	if err := r.due(Close, t, is, now); err != nil {
		return r, err
	}
	r.State = Closed
	return r, nil
}

// Draw notes that the figures were drawn, and whose rows are in them.
func (r Release) Draw(t *Table, is Workday, now time.Time, contributors []string) (Release, error) {
	if err := r.due(DrawNow, t, is, now); err != nil {
		return r, err
	}
	r.State, r.Drawn = Drawn, now
	r.Contributors = slices.Compact(slices.Sorted(slices.Values(contributors)))
	return r, nil
}

// Approve is a head's yes. Said twice it is said once.
func (r Release) Approve(t *Table, unit string, now time.Time) (Release, error) {
	if err := r.answers(t, unit); err != nil {
		return r, err
	}
	if !slices.Contains(r.Approvals, unit) {
		r.Approvals = append(slices.Clone(r.Approvals), unit)
	}
	if r.Agreed.IsZero() && r.agreed() {
		r.Agreed = now
	}
	return r, nil
}

// Hold is a head's no, with its reason. It stops a protected release until the REVIEWER decides, and may be said until silence
// became consent, also after another unit's was answered. A nutrition or an ordinary release stops for nobody: until it is
// published, a hold adds that a unit objects ([Release.Note]). earlier are the unit's holds so far, of all releases.
func (r Release) Hold(t *Table, is Workday, unit, reason string, now time.Time, earlier []Hold) (Release, error) {
	switch {
	case strings.TrimSpace(reason) == "":
		return r, Refused(ReasonMissing)
	case r.State != Drawn && r.State != Held:
		return r, Refused(WrongState)
	case !slices.Contains(r.Contributors, unit):
		return r, Refused(NotContributor)
	case held(unit, now, slices.Concat(earlier, r.Holds)):
		return r, Refused(HeldThisYear)
	case t.NeedsApproval() && !now.Before(r.SilenceEnds(is)):
		return r, Refused(TooLate)
	}
	r.Holds = append(slices.Clone(r.Holds), Hold{unit, now, reason})
	if t.NeedsApproval() {
		r.State = Held
	}
	return r, nil
}

// held tells whether a unit has held in the civil year of now.
func held(unit string, now time.Time, holds []Hold) bool {
	year := PeriodOf(Year, now)
	return slices.ContainsFunc(holds, func(h Hold) bool { return h.Unit == unit && year.Holds(h.Time) })
}

func (r Release) answers(t *Table, unit string) error {
	switch {
	case !t.NeedsApproval():
		return Refused(StopsForNobody)
	case r.State != Drawn:
		return Refused(WrongState)
	case !slices.Contains(r.Contributors, unit):
		return Refused(NotContributor)
	}
	return nil
}

// Resolve is the REVIEWER's answer to a hold: it goes on.
func (r Release) Resolve(now time.Time) (Release, error) {
	if r.State != Held {
		return r, Refused(WrongState)
	}
	r.State, r.Resolved = Drawn, now
	return r, nil
}

// Cancel ends a protected release for good; only the REVIEWER may, with a reason, and only before everybody has it.
func (r Release) Cancel(t *Table, reason string, now time.Time) (Release, error) {
	switch {
	case strings.TrimSpace(reason) == "":
		return r, Refused(ReasonMissing)
	case !t.NeedsApproval() && !r.Restored:
		return r, Refused(StopsForNobody)
	case r.State != Drawn && r.State != Held && !r.Restored:
		return r, Refused(WrongState)
	}
	r.State, r.Cancelled, r.Reason, r.Restored = Cancelled, now, reason, false
	return r, nil
}

// Publish hands the release to everybody.
func (r Release) Publish(t *Table, is Workday, now time.Time) (Release, error) {
	if err := r.due(Publish, t, is, now); err != nil {
		return r, err
	}
	r.State, r.Published = Published, now
	return r, nil
}

// Recover ends the wait after a restore: the REVIEWER says that it was never drawn, and the clock goes on.
func (r Release) Recover() (Release, error) {
	if !r.Restored {
		return r, Refused(WrongState)
	}
	r.Restored = false
	return r, nil
}

// RecoverPublished ends the wait after a restore with the signed file of what was published then; it is never drawn again.
func (r Release) RecoverPublished(drawn, published time.Time) (Release, error) {
	if !r.Restored {
		return r, Refused(WrongState)
	}
	r.State, r.Drawn, r.Published, r.Restored = Published, drawn, published, false
	return r, nil
}

// AfterRestore marks a release that could have been drawn between a backup and its restoring.
func (r Release) AfterRestore(t *Table, now time.Time) Release {
	if (r.State == Open || r.State == Closed) && !now.Before(DrawnAt(t, r.Period)) {
		r.Restored = true
	}
	return r
}

// Note stands under the table. That somebody objected to a protected one is not told.
func (r Release) Note(t *Table) string {
	note := "Tabel ditarik terpisah: jumlah bagian tidak harus sama dengan totalnya."
	if len(r.Holds) > 0 && !t.NeedsApproval() {
		note += " Unit keberatan: data belum lengkap."
	}
	return note
}

// fewAYear is the displayed year of domestic violence below which a month says too little of anything but single women.
const fewAYear = 160

// KDRTMonthly is the kind of period by which kdrt-month is published in a year: months, or quarters in the regency's first
// year and where the newest kdrt-year published before the year begins was below 160. ok is false while there is none.
func KDRTMonthly(firstYear, year int, newest Shown, ok bool) PeriodKind {
	if year <= firstYear || !ok || newest.Empty || newest.Number < fewAYear {
		return Quarter
	}
	return Month
}

// PeriodsOf are the periods of a year that a dataset is released for. months is what [KDRTMonthly] says.
func PeriodsOf(t *Table, year int, months PeriodKind) []Period {
	var all []Period
	for _, kind := range t.Periods {
		if t.ID == "kdrt-month" && kind != months {
			continue
		}
		all = append(all, Parts(kind, year)...)
	}
	return all
}
