package server

import (
	"crypto/rand"
	"errors"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// caseNumber and legNumber are made of chance alone, and tell nothing.
func caseNumber() string { return casework.NewNumber(casework.CaseNumber, chance()) }
func legNumber() string  { return casework.NewNumber(casework.LegNumber, chance()) }

func chance() (four [4]byte) {
	_, _ = rand.Read(four[:]) // it never fails
	return four
}

// sendLegs sends each leg of the filing, or notes the inside service that it is.
func (j *filed) sendLegs() error {
	for i, leg := range j.legs {
		unit, err := j.receiver(leg)
		if err != nil {
			return err
		}
		if leg.urgency == "" {
			leg.urgency = j.urgencyOf(leg.service)
		}
		if unit.Register == j.k.Register {
			if err := j.inside(leg, unit); err != nil {
				return err
			}
			continue
		}
		number := j.number
		if j.sent() > 0 {
			if number, err = j.w.FreeLegNumber(legNumber); err != nil {
				return err
			}
		}
		if err := j.send(i, leg, unit, number); err != nil {
			return err
		}
	}
	return nil
}

// sent is how many legs of the filing left the register: the first carries the number of the filing.
func (j *filed) sent() int {
	n := 0
	for _, leg := range j.legsDone {
		if !leg.Inside {
			n++
		}
	}
	return n
}

// urgencyOf is the urgency that the findings pre-select for a nutrition service; ROUTINE for any other.
func (j *filed) urgencyOf(service casework.ReferralServiceType) casework.Urgency {
	switch service {
	case casework.ServiceNutritionConfirmation, casework.ServiceNutritionTreatment, casework.ServiceSpecialistPediatric:
		return j.urgencyOfFindings()
	}
	if j.k.Type.IsViolence() {
		return j.k.DutyUrgency("")
	}
	return casework.Routine
}

// receiver is the unit that a leg names, or the only one that offers the service for the client's area.
func (j *filed) receiver(leg newLeg) (casework.Unit, error) {
	directory := j.store.Directory()
	if leg.receiver != (casework.UnitID{}) {
		unit, _ := directory.Unit(leg.receiver)
		if !unit.KnownTo(j.caller.Unit.ID) {
			return casework.Unit{}, casework.Violations{{Field: leg.path + ".receiverUnit", Reason: "UNIT_UNKNOWN"}}
		}
		return unit, nil
	}
	var fit []casework.Unit
	for _, unit := range directory.Units() {
		if o, ok := directory.Offer(unit.ID, leg.service); !ok || !o.Covers(j.area()) || unit.IsConfidential() {
			continue
		}
		works, err := j.w.Working(unit, j.now)
		if err != nil {
			return casework.Unit{}, err
		}
		if works {
			fit = append(fit, unit)
		}
	}
	if len(fit) != 1 {
		return casework.Unit{}, casework.Violations{{Field: leg.path + ".receiverUnit", Reason: "REQUIRED"}}
	}
	return fit[0], nil
}

func (j *filed) area() string { return areaOf(j.person) }

// inside makes no leg: a service asked of a unit of the own register is the case's own duty there.
func (j *filed) inside(leg newLeg, unit casework.Unit) error {
	task, made, err := j.w.PutTask(j.id(), j.k.ID, store.InsideService, leg.service, unit.ID, j.entry)
	if err != nil {
		return err
	}
	duty := casework.Duty{Kind: casework.OnTask, Object: task, Case: j.k.ID, Name: casework.DutyFirstService, Started: j.now}
	if duty.Unit, err = j.w.AccountableOn(unit, j.k.ID); err != nil {
		return err
	}
	if duty, err = j.start(duty, leg.service, leg.urgency); err != nil {
		return err
	}
	switch {
	case made:
		err = j.w.PutDuty(duty, j.entry)
	case !j.outside(): // a kader or app is not told by an earlier due time that somebody asked before
		duty, err = j.w.DutyOf(j.k.ID, task)
	}
	j.legsDone = append(j.legsDone, j.viewFiledLeg(casework.Referral{Receiver: unit.ID, Service: leg.service}, duty, true))
	return err
}

// start fixes the instants of a duty by the table of the day.
func (j *filed) start(duty casework.Duty, service casework.ReferralServiceType, urgency casework.Urgency) (casework.Duty, error) {
	d := j.store.Directory()
	return d.Deadlines.Start(duty, casework.DeadlineKey{
		CaseType: j.k.Type, Service: service, Urgency: urgency, Duty: duty.Name,
		Day: casework.DateOf(j.now),
	}, d.Calendar)
}

// send makes one leg, with its basis and its first duty, if the rules let it be filed (casework.Referral.File).
func (j *filed) send(i int, leg newLeg, unit casework.Unit, number string) error {
	l := casework.Referral{
		ID: leg.id, Number: number, Case: j.k.ID, FiledBy: j.caller.Account,
		Sender: j.caller.Unit.ID, SenderRegister: j.k.Register, Receiver: unit.ID, ReceiverRegister: unit.Register,
		Service: leg.service, Urgency: leg.urgency, After: j.after(leg),
		Request: casework.LegRequest{Question: leg.question, OverrideReason: leg.override},
	}
	known, err := j.filingFacts(j.w, j.k, j.area(), leg.service, unit)
	if err != nil {
		return err
	}
	basis, hidden, err := j.basis(i, l) // before an open leg is looked for: that a basis lacks must not tell of one
	if err != nil {
		return err
	}
	if !hidden {
		known.OpenLeg, hidden, err = j.openLeg(j.w, j.k.ID, leg.service, unit.ID)
	}
	if err != nil {
		return err
	}
	known.BasisValid = true
	if l, _, err = l.File(known, j.now); err != nil {
		return at(leg.path, err)
	}
	if hidden {
		return j.receiptAlone(l)
	}
	l.Disclosure = basis.ID
	return j.putLeg(l)
}

// after is the leg of this filing that a leg is to follow; zero: none, or an inside service, which is nobody's leg to wait for.
func (j *filed) after(leg newLeg) casework.LegID {
	if leg.after == nil || j.legsDone[*leg.after].Inside {
		return casework.LegID{}
	}
	return j.legs[*leg.after].id
}

// at tells to which leg of the request a guard belongs.
func at(path string, err error) error {
	if e, ok := errors.AsType[*casework.Error](err); ok {
		return e.With("field", path)
	}
	return err
}

// filingFacts gathers what the guards of a new leg ask about receiver and case. A unit without accounts is served by letter.
func (c call) filingFacts(w *store.Writer, k casework.Case, area string, service casework.ReferralServiceType, unit casework.Unit) (f casework.Filing, err error) {
	f = casework.Filing{CaseOpen: k.Closed.IsZero(), Risk: k.RiskLevel}
	works, err := w.Working(unit, c.now)
	if err != nil {
		return f, err
	}
	able, err := w.MayHandle(unit, k.ID)
	if err != nil {
		return f, err
	}
	f.ReceiverAble = works && able
	offer, ok := c.store.Directory().Offer(unit.ID, service)
	f.OffersService = ok
	f.CoversArea = area == "" || offer.Covers(area)
	if service != casework.ServiceMediation {
		return f, nil
	}
	incidents, err := w.Incidents(k)
	for _, i := range incidents {
		f.Forms = append(f.Forms, i.Forms...)
	}
	return f, err
}

// openLeg looks for an open leg of the same case, service and receiver. One that the caller may not see is hidden.
func (c call) openLeg(w *store.Writer, k casework.CaseID, service casework.ReferralServiceType, unit casework.UnitID) (open casework.LegID, hidden bool, err error) {
	open, ok, err := w.OpenLeg(k, service, unit)
	if err != nil || !ok {
		return casework.LegID{}, false, err
	}
	f, err := w.ReferralFor(c.caller, open, c.now)
	if err != nil {
		return casework.LegID{}, false, err
	}
	if access.Decide(f.Facts.Doing(access.Read)).Grant.Shows(access.F1Own) {
		return open, false, nil
	}
	return casework.LegID{}, true, nil
}

// receiptAlone answers as if the leg were sent, and makes it a task of the case's officer instead: the answer must tell neither of
// another's filing nor of a level that was raised.
func (j *filed) receiptAlone(l casework.Referral) error {
	duty, err := j.firstDuty(l)
	if err != nil {
		return err
	}
	j.legsDone = append(j.legsDone, j.viewFiledLeg(l, duty, false))
	return j.askOfficer(l.Service)
}

func (j *filed) putLeg(l casework.Referral) error {
	about := object{"leg", casework.ID(l.ID), j.k.ID, j.k.Level, l.Disclosure}
	var entry [16]byte
	err := j.w.PutReferral(l, j.person.ID, func(value [32]byte) [16]byte {
		entry = j.append(j.w, access.File, j.act, about, journal.Event{Name: "file", After: string(l.State), Revision: 1, Value: value})
		return entry
	})
	if err != nil {
		return err
	}
	duty, err := j.firstDuty(l)
	if err != nil {
		return err
	}
	j.borne = j.borne || l.Number == j.number
	j.legsDone = append(j.legsDone, j.viewFiledLeg(l, duty, false))
	if err := j.w.PutDuty(duty, entry); err != nil {
		return err
	}
	return j.w.NotifyOther(l, casework.NoticeLegArrived, false, entry)
}

// firstDuty is what the receiver owes from the sending on.
func (j *filed) firstDuty(l casework.Referral) (casework.Duty, error) {
	owed, _ := l.Owes(casework.Earlier{}, j.now)
	return j.legDuty(j.w, l, j.k, owed)
}

// askOfficer makes a task of a service that was asked again by somebody who may not know that it is under way.
func (j *filed) askOfficer(service casework.ReferralServiceType) error {
	unit, _ := j.store.Directory().Unit(j.k.Unit)
	accountable, err := j.w.Accountable(unit)
	if err != nil {
		return err
	}
	task, made, err := j.w.PutTask(j.id(), j.k.ID, store.AskedAgain, service, accountable, j.entry)
	if err != nil || !made {
		return err
	}
	officers, err := j.w.Officers(j.k.ID, j.now)
	if err != nil {
		return err
	}
	duty := casework.Duty{
		Kind: casework.OnTask, Object: task, Case: j.k.ID, Unit: accountable, Name: casework.DutyFirstService, Started: j.now,
		Officer: append(officers, casework.AccountID{})[0],
	}
	if duty, err = j.start(duty, service, casework.Routine); err != nil {
		return err
	}
	return j.w.PutDuty(duty, j.entry)
}

// owe starts the status duty of a case.
func (c call) owe(w *store.Writer, k casework.Case, officer casework.AccountID, urgency casework.Urgency, entry [16]byte) error {
	return c.oweWithGrace(w, k, officer, urgency, entry, 0)
}

// oweWithGrace starts it later by a time of grace: that of a case which a unit brings in in its first days.
func (c call) oweWithGrace(w *store.Writer, k casework.Case, officer casework.AccountID, urgency casework.Urgency, entry [16]byte, grace time.Duration) error {
	name, ok := k.Owes()
	if !ok {
		return nil
	}
	unit, _ := c.store.Directory().Unit(k.Unit)
	accountable, err := w.Accountable(unit)
	if err != nil {
		return err
	}
	duty := casework.Duty{
		Kind: casework.OnCase, Object: casework.ID(k.ID), Case: k.ID, Unit: accountable, Officer: officer,
		Name: name, Started: c.now,
	}
	d := c.store.Directory()
	duty, err = d.Deadlines.Start(duty, casework.DeadlineKey{
		CaseType: k.Type, Urgency: k.DutyUrgency(urgency), Duty: name,
		Day: casework.DateOf(c.now),
	}, d.Calendar)
	if err != nil {
		return err
	}
	return w.PutDuty(duty.WithGrace(grace), entry)
}
