package server

import (
	"slices"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/growth"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// figureReader is what a count opens its rows with: on a snapshot, or within the transaction of a draw.
type figureReader interface {
	FigureSubject(store.FigureCase) (casework.Person, error)
	FigureIncidents(store.FigureCase) ([]casework.Incident, error)
	OpenMeasurement(*store.FigureMeasurement) (casework.Person, error)
	VillageAtL1(store.FigureMeasurement) (string, error)
	Weighings(store.FigureMeasurement) ([]casework.Measurement, error)
	DutiesOf(casework.Referral) ([]store.PastDuty, error)
	Progress(casework.LegID, casework.PersonID, bool) ([]casework.Progress, error)
}

// opens are the parts of a row that a table counts; what it does not count stays sealed.
type opens struct {
	age       bool // of the victim, at the incident: birth date and the day of the index incident
	incidents bool // forms, place and pairs
	village   bool // where the child lives, or lived when it was last measured at L1
	trend     bool // of the last weighing
	overlap   bool // from which record a victim's was copied
}

// opensOf a table follow from its axes.
func opensOf(t *statistics.Table) (o opens) {
	for _, d := range t.Axes {
		switch {
		case d.ID == "kelompok_umur" && t.Needs == statistics.OfCases:
			o.age = true
		case d.ID == "bentuk" || d.ID == "tempat" || d.ID == "hubungan":
			o.incidents = true
		case d.ID == "desa":
			o.village = true
		}
	}
	o.trend = strings.HasPrefix(t.ID, "weight-gain-") || t.Needs == statistics.OfChildren
	return o
}

// caseFigure is a case as tables count it.
func caseFigure(r figureReader, k store.FigureCase, o opens) (statistics.Case, error) {
	c := statistics.Case{
		ID: k.Case.ID.String(), Person: k.Case.Subject.String(), Side: statistics.Side(k.Side), Type: string(k.Case.Type),
		Status: string(k.Case.Status), Channel: string(k.Case.IntakeChannel), Registered: k.Registered, Closed: k.Case.Closed,
		Closure: string(k.Case.Closure), Sex: string(k.Sex), Kecamatan: k.Case.Kecamatan, Legacy: k.Case.Legacy,
	}
	if k.Case.Type.IsViolence() {
		c.Risk = string(k.Case.RiskLevel)
	}
	if !o.age && !o.incidents || !k.Case.Type.IsViolence() {
		return c, nil
	}
	incidents, err := r.FigureIncidents(k)
	if err != nil {
		return c, err
	}
	if o.incidents {
		fillIncidents(&c, k.Case, incidents)
	}
	if o.age {
		person, err := r.FigureSubject(k)
		if err != nil {
			return c, err
		}
		c.Age, c.AgeKnown = person.Identity.BirthDate.AgeOn(incidentDay(k, incidents))
	}
	return c, nil
}

// incidentDay is the day at which a victim's age counts: of the index incident, or where no day is known that of registration.
func incidentDay(k store.FigureCase, incidents []casework.Incident) casework.Date {
	at := slices.IndexFunc(incidents, func(i casework.Incident) bool { return i.ID == k.Case.IndexIncident })
	if at >= 0 {
		if day, ok := casework.ParseBirthDate(incidents[at].OccurredOn); ok { // a day, a month or a year
			return day.First
		}
	}
	return casework.DateOf(k.Case.Opened)
}

// fillIncidents counts the case by the one rule of counting violence.
func fillIncidents(c *statistics.Case, k casework.Case, incidents []casework.Incident) {
	count := casework.Count([]casework.Counted{{Case: k.ID, IndexIncident: k.IndexIncident, Incidents: incidents}})
	for form := range count.Forms {
		c.Forms = append(c.Forms, string(form))
	}
	for place := range count.Places {
		c.Place = string(place)
	}
	for group, n := range count.Pairs {
		for range n {
			c.Pairs = append(c.Pairs, group)
		}
	}
}

// measurementFigure is a measurement as tables count it. Seq is its place in the scan, which is in the order of its making.
func (s *Server) measurementFigure(r figureReader, f store.FigureMeasurement, seq int, o opens) (statistics.Measurement, error) {
	person, err := r.OpenMeasurement(&f)
	if err != nil {
		return statistics.Measurement{}, err
	}
	birth := person.Identity.BirthDate
	m := statistics.Measurement{
		Child: person.ID.String(), Day: statistics.Day(f.Measurement.Day), Seq: int64(seq), Sex: string(f.Sex),
		AgeKnown: birth.Precision == casework.ToDay, Kecamatan: person.Kecamatan, Desa: f.Measurement.Village,
		Puskesmas: s.unitCode(f.Case.Register), Posyandu: s.unitCode(f.Case.Unit), Weighed: f.Measurement.Content.WeightKG > 0,
		Erroneous: f.Corrected || !statistics.Counts(string(f.Case.Closure)),
	}
	if m.AgeKnown {
		m.Months = birth.CompletedMonths(f.Measurement.Day)
	}
	a := growth.Assess(growthMeasurement(f.Measurement, person))
	m.HFA, m.WFA, m.WFH, m.BFA = categoryOf(&a, growth.HFA), categoryOf(&a, growth.WFA), categoryOf(&a, growth.WFH), categoryOf(&a, growth.BFA)
	if o.village && m.Desa == "" {
		if m.Desa, err = r.VillageAtL1(f); err != nil {
			return m, err
		}
	}
	if o.trend && m.Weighed {
		history, err := r.Weighings(f)
		if err != nil {
			return m, err
		}
		m.Trend = growth.Trend(sexes[person.Sex], growthDate(birth.First), weighings(f.Measurement, history)).String()
	}
	return m, nil
}

// legFigure is a leg as tables count it, with all that was owed on it.
func (s *Server) legFigure(r figureReader, f store.FigureLeg, now time.Time) (statistics.Leg, error) {
	l := f.Leg
	duties, err := r.DutiesOf(l)
	if err != nil {
		return statistics.Leg{}, err
	}
	progress, err := r.Progress(l.ID, f.Case.Subject, false)
	if err != nil {
		return statistics.Leg{}, err
	}
	j := statistics.Journey{
		ID: l.ID.String(), Root: l.Root.String(), Sex: string(f.Sex), Sender: s.unitCode(l.Sender), Receiver: s.unitCode(l.Receiver),
		SenderSector: s.sectorName(l.Sender), ReceiverSector: s.sectorName(l.Receiver), ByLetter: f.ByLetter, State: string(l.State),
		Duty: string(f.Duty.Name), Overdue: f.Duty.Overdue(now), Sent: l.Sent, Acknowledged: l.Acknowledged, Accepted: l.Accepted,
		Reported: l.Reported, Unconfirmed: l.Unconfirmed, DeclineReason: string(l.DeclineReason), CancelReason: string(l.CancelReason),
		Outcome: string(l.Outcome), OutcomeReason: string(l.OutcomeReason), FollowUp: l.FollowUp != (casework.LegID{}),
	}
	if j.Duty != "" {
		j.Accountable = s.unitCode(f.Duty.Unit)
	}
	fillDeclined(&j, duties)
	fillEnd(&j, l)
	fillProgress(&j, progress)
	fillSpans(&j, l, duties, progress, s.unitCode)
	return statistics.Leg{
		Journey: j, Person: f.Case.Subject.String(), CaseSide: statistics.Side(f.Side), CaseType: string(f.Case.Type),
		CaseLevel: string(f.Case.Level), CaseClosure: string(f.Case.Closure), Service: string(l.Service),
	}, nil
}

func (s *Server) sectorName(id casework.UnitID) string {
	unit, _ := s.store.Directory().Unit(id)
	return string(unit.Type.Sector())
}

// fillDeclined: a leg was declined when its sender came to owe another way. What nobody answered until the last instant was declined by
// nobody.
func fillDeclined(j *statistics.Journey, duties []store.PastDuty) {
	for i, d := range duties {
		if d.Name != casework.DutyReroute {
			continue
		}
		j.Declined = d.Started
		silent := i > 0 && duties[i-1].Name == casework.DutyAnswer && !duties[i-1].Lapse.IsZero() && duties[i-1].Lapse.Before(duties[i-1].Ended)
		j.Lapsed = j.DeclineReason == string(casework.DeclineNoResponse) || j.DeclineReason == string(casework.DeclineInfoMissing) && silent
		return
	}
}

// fillEnd says how the leg ended. One that its sender sent on after a decline was not decided by that.
func fillEnd(j *statistics.Journey, l casework.Referral) {
	switch l.State {
	case casework.Closed:
		j.Closed = l.Ended
	case casework.Cancelled:
		j.Cancelled = l.Ended
	case casework.Forwarded:
		if j.Declined.IsZero() {
			j.Forwarded = l.Ended
		}
	}
}

// fillProgress takes the first of each kind: progress comes oldest first.
func fillProgress(j *statistics.Journey, progress []casework.Progress) {
	for _, p := range progress {
		at := map[casework.ProgressKind]*time.Time{
			casework.ProgressScheduled: &j.Scheduled, casework.ProgressNoShow: &j.NoShow, casework.ProgressServed: &j.Served,
		}[p.Kind]
		if at != nil && at.IsZero() {
			*at = p.Recorded
		}
	}
}

// fillSpans: each duty was owed from its beginning to its end. FIRST_SERVICE is owed until the client is served, by its own due time,
// whatever waiting list or appointment took its place meanwhile, and once.
func fillSpans(j *statistics.Journey, l casework.Referral, duties []store.PastDuty, progress []casework.Progress,
	code func(casework.UnitID) string,
) {
	service, waited := -1, false
	for _, d := range duties {
		span := statistics.Span{
			Duty: string(d.Name), Unit: code(d.Unit), Due: d.Due, Second: d.Level2, Third: d.Level3, Ended: d.Ended,
		}
		if d.Name != casework.DutyFirstService {
			j.Spans = append(j.Spans, span)
			continue
		}
		if service >= 0 && !waited {
			continue // it began anew: the first is its own
		}
		waited = d.Waits() // for another leg: its own time begins when that one was served
		span.Ended = earliest(j.Served, j.Declined, l.Ended)
		for _, p := range progress {
			if p.Kind == casework.ProgressServed {
				span.Occurred = p.Occurred
				break
			}
		}
		if service >= 0 {
			j.Spans[service] = span
			continue
		}
		service = len(j.Spans)
		j.Spans = append(j.Spans, span)
	}
}

// earliest of some instants; zero if none has come.
func earliest(all ...time.Time) (first time.Time) {
	for _, t := range all {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}
