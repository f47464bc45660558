package server

import (
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// readRandom fills bytes from the system's generator.
func readRandom(bytes []byte) error {
	if _, err := rand.Read(bytes); err != nil {
		return fmt.Errorf("draw chance: %w", err)
	}
	return nil
}

// sendLegs sends each leg of the filing, or notes the inside service that it is.
func (j *filed) sendLegs() error {
	numbers := j.legNumbers
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
			if number, err = j.w.FreeNumber(numbers); err != nil {
				return err
			}
		}
		if err := j.send(i, leg, unit, number); err != nil {
			return err
		}
		numbers = slices.DeleteFunc(slices.Clone(numbers), func(n string) bool { return n == number })
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
		return unit, nil
	}
	var fit []casework.Unit
	for _, unit := range directory.Units() {
		if o, ok := directory.Offer(unit.ID, leg.service); ok && o.Covers(j.area()) && unit.ActiveOn(j.now) {
			fit = append(fit, unit)
		}
	}
	if len(fit) != 1 {
		return casework.Unit{}, casework.Violations{{Field: leg.path + ".receiverUnit", Reason: "REQUIRED"}}
	}
	return fit[0], nil
}

func (j *filed) area() string {
	if area := j.person.Identity.Address.AreaCode; area != "" {
		return area
	}
	return j.person.Kecamatan
}

// inside makes no leg: a service asked of a unit of the own register is the case's own duty there.
func (j *filed) inside(leg newLeg, unit casework.Unit) error {
	task, made, err := j.w.PutTask(j.id(), j.k.ID, store.InsideService, leg.service, unit.ID, j.entry)
	if err != nil {
		return err
	}
	duty := casework.Duty{ID: j.id(), Kind: casework.OnTask, Object: task, Case: j.k.ID, Name: casework.DutyFirstService, Started: j.now}
	if duty.Unit, err = j.w.Accountable(unit); err != nil {
		return err
	}
	if duty, err = j.start(duty, leg.service, leg.urgency); err != nil {
		return err
	}
	switch {
	case made:
		err = j.w.PutDuty(duty, j.entry)
	case !j.outside(): // a kader or app is not told by an earlier due time that somebody asked before
		duty, err = j.w.DutyOf(task)
	}
	j.legsDone = append(j.legsDone, j.filedLeg(casework.Referral{Receiver: unit.ID, Service: leg.service}, duty, true))
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

// send makes one leg, with its basis and its first duty, after the guards of the page referral 4.
func (j *filed) send(i int, leg newLeg, unit casework.Unit, number string) error {
	if err := j.guard(leg, unit); err != nil {
		return err
	}
	basis, err := j.basis(i, unit) // first: that it is asked for must not tell of a leg that is there already
	if err != nil {
		return err
	}
	if done, err := j.alreadyOpen(leg, unit, number); err != nil || done {
		return err
	}
	l := casework.Referral{
		ID: leg.id, Number: number, Case: j.k.ID, Root: leg.id, FiledBy: j.caller.Account,
		Sender: j.caller.Unit.ID, SenderRegister: j.k.Register, Receiver: unit.ID, ReceiverRegister: unit.Register,
		Service: leg.service, Urgency: leg.urgency, State: casework.Sent, Disclosure: basis.ID, Sent: j.now,
		Request: casework.LegRequest{Question: leg.question, OverrideReason: leg.override},
	}
	about := object{"leg", casework.ID(l.ID), j.k.ID, j.k.Level, basis.ID}
	var entry [16]byte
	err = j.w.PutReferral(l, j.person.ID, func(value [32]byte) [16]byte {
		entry = j.append(j.w, access.File, j.act, about, journal.Event{Name: "file", After: string(l.State), Revision: 1, Value: value})
		return entry
	})
	if err != nil {
		return err
	}
	duty := casework.Duty{ID: j.id(), Kind: casework.OnLeg, Object: casework.ID(l.ID), Case: j.k.ID, Name: casework.DutyAcknowledge, Started: j.now}
	if duty.Unit, err = j.w.Accountable(unit); err != nil {
		return err
	}
	if duty, err = j.start(duty, l.Service, l.Urgency); err != nil {
		return err
	}
	j.legsDone = append(j.legsDone, j.filedLeg(l, duty, false))
	return j.w.PutDuty(duty, entry)
}

// alreadyOpen holds guard 5: one open leg for a case, service and receiver. Who may see it is told which; who may not gets the
// receipt that she would have got, and the case's officer a task, for the answer must not tell of another's filing.
func (j *filed) alreadyOpen(leg newLeg, unit casework.Unit, number string) (done bool, err error) {
	open, ok, err := j.w.OpenLeg(j.k.ID, leg.service, unit.ID)
	if err != nil || !ok {
		return false, err
	}
	f, err := j.w.ReferralFor(j.caller, open, j.now)
	if err != nil {
		return false, err
	}
	if access.Decide(f.Facts.Doing(access.Read)).Grant.Shows(access.F1Own) {
		return false, casework.Precondition("DUPLICATE_OPEN_LEG").With("referral", legName(open))
	}
	duty := casework.Duty{ID: j.id(), Kind: casework.OnLeg, Case: j.k.ID, Name: casework.DutyAcknowledge, Started: j.now}
	if duty.Unit, err = j.w.Accountable(unit); err != nil {
		return false, err
	}
	if duty, err = j.start(duty, leg.service, leg.urgency); err != nil {
		return false, err
	}
	l := casework.Referral{ID: leg.id, Number: number, Receiver: unit.ID, Service: leg.service, State: casework.Sent}
	j.legsDone = append(j.legsDone, j.filedLeg(l, duty, false))
	return true, j.askOfficer(leg.service)
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
		ID: j.id(), Kind: casework.OnTask, Object: task, Case: j.k.ID, Unit: accountable, Name: casework.DutyFirstService, Started: j.now,
		Officer: append(officers, casework.AccountID{})[0],
	}
	if duty, err = j.start(duty, service, casework.Routine); err != nil {
		return err
	}
	return j.w.PutDuty(duty, j.entry)
}

// guard holds guards 3, 4 and 6 of the page. The last one is UU 12/2022 art. 23: nobody mediates sexual violence.
func (j *filed) guard(leg newLeg, unit casework.Unit) error {
	able, err := j.w.CanHandle(unit, j.k.ID)
	switch {
	case err != nil:
		return err
	case !able || !unit.ActiveOn(j.now) || unit.Channel != casework.ChannelOnline:
		return casework.Precondition("RECEIVER_UNAVAILABLE").With("field", leg.path+".receiverUnit")
	case leg.service == casework.ServiceMediation && (j.k.RiskLevel == casework.RiskHigh || j.incident != nil && j.incident.Has(casework.FormSexual)):
		return casework.Precondition("SERVICE_NOT_ALLOWED").With("field", leg.path+".service")
	case leg.override != "":
		return nil
	}
	offer, ok := j.store.Directory().Offer(unit.ID, leg.service)
	if !ok {
		return casework.Precondition("SERVICE_MISMATCH").With("field", leg.path+".service")
	}
	if area := j.area(); area != "" && !offer.Covers(area) {
		return casework.Precondition("AREA_MISMATCH").With("field", leg.path+".receiverUnit")
	}
	return nil
}

// basis is the disclosure of a leg: one of the call's that covers it, or an earlier consent in force that names the receiver.
func (j *filed) basis(i int, unit casework.Unit) (casework.Disclosure, error) {
	for n := range j.disclosures {
		if d := j.disclosures[n]; len(d.legs) == 0 || slices.Contains(d.legs, i) {
			return j.newBasis(d.Disclosure, unit)
		}
	}
	if j.outside() { // what the case has is not theirs to learn: they bring a basis or have none
		return casework.Disclosure{}, casework.Precondition("BASIS_MISSING").With("field", fmt.Sprintf("legs[%d]", i))
	}
	earlier, ok, err := j.w.ConsentFor(j.k.ID, unit.ID, j.now)
	if err == nil && !ok {
		err = casework.Precondition("BASIS_MISSING").With("field", fmt.Sprintf("legs[%d]", i))
	}
	return earlier, err
}

// newBasis records a basis for one receiver. CARE carries only an ordinary leg of an L1 nutrition case between two health units;
// an exception is an act of its own, and never of a kader or an app.
func (j *filed) newBasis(d casework.Disclosure, unit casework.Unit) (casework.Disclosure, error) {
	d.ID, d.Case, d.From, d.To = casework.DisclosureID(j.id()), j.k.ID, j.caller.Unit.ID, []casework.UnitID{unit.ID}
	if d.Given.IsZero() || d.Given.After(j.now) {
		d.Given = j.now
	}
	switch {
	case d.Kind == casework.BasisCare && !j.isCare(unit):
		return d, casework.Precondition("BASIS_MISSING")
	case d.Kind.IsException():
		if err := j.except(); err != nil {
			return d, err
		}
	}
	return d, j.w.PutDisclosure(d, j.person.ID, j.entry)
}

func (j *filed) isCare(unit casework.Unit) bool {
	nutrition := j.k.Type.IsNutrition() || j.k.Type.IsGrowth()
	return nutrition && j.k.Level == casework.L1 &&
		j.caller.Unit.Type.Sector() == casework.SectorHealth && unit.Type.Sector() == casework.SectorHealth
}

// except decides an exception on the case as it now is.
func (j *filed) except() error {
	if j.outside() {
		return casework.Precondition("BASIS_MISSING")
	}
	file, err := j.w.CaseFor(j.caller, j.k.ID, j.now)
	if err != nil {
		return err
	}
	file.Facts.Cond |= access.HasReason
	if d := access.Decide(file.Facts.Doing(access.DisclosureException)); !d.Allowed() {
		return j.refuse(access.DisclosureException, d, aboutCase(file.Case), j.k.ID.String())
	}
	return nil
}

func (j *filed) filedLeg(l casework.Referral, duty casework.Duty, inside bool) *pb.FiledLeg {
	m := &pb.FiledLeg{
		Referral: legName(l.ID), Number: l.Number, Inside: inside, ReceiverUnit: unitName(l.Receiver),
		State:           enum[pb.ReferralState_Value](pb.ReferralState_Value_value, l.State),
		AccountableUnit: unitName(duty.Unit), Duty: enum[pb.DutyName_Value](pb.DutyName_Value_value, duty.Name),
		DueTime: timestamp(duty.Due), LegalDueTime: timestamp(duty.Legal),
	}
	if offer, ok := j.store.Directory().Offer(l.Receiver, l.Service); ok {
		m.Bring = offer.Bring
	}
	return m
}

// owe starts the status duty of a case.
func (c call) owe(w *store.Writer, k casework.Case, officer casework.AccountID, urgency casework.Urgency, id casework.ID, entry [16]byte) error {
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
		ID: id, Kind: casework.OnCase, Object: casework.ID(k.ID), Case: k.ID, Unit: accountable, Officer: officer,
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
	return w.PutDuty(duty, entry)
}
