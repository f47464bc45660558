package server

import (
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

func (j *filed) newCaseOf() error {
	number, err := j.w.FreeCaseNumber(caseNumber)
	if err != nil {
		return err
	}
	k := j.newCase
	if k.ID == (casework.CaseID{}) {
		k.ID = casework.CaseID(j.id())
	}
	if k.IntakeChannel == "" {
		k.IntakeChannel = casework.IntakeInPerson
	}
	k.Number, k.Register, k.Unit, k.Subject = number, j.caller.Unit.Register, j.caller.Unit.ID, j.person.ID
	k.Kecamatan, k.Opened = j.person.Kecamatan, j.now
	if j.risk != nil {
		k.Content.Risk, k.RiskLevel = *j.risk, j.risk.Level
	}
	j.k = k
	return nil
}

// assessAll assesses what was measured and settles the type of the case.
func (j *filed) assessAll() error {
	if !j.made && len(j.measurements) > 0 {
		var err error
		if j.history, err = j.w.Measurements(j.person.ID); err != nil {
			return err
		}
	}
	newest, standing := casework.Date(-1<<31), j.standing()
	for _, m := range j.measurements {
		a := assess(m.Measurement, j.person, standing)
		if m.Day >= newest {
			newest, j.findings = m.Day, a.findings
		}
	}
	if j.opened {
		return j.settleType()
	}
	return nil
}

// standing is the child's history without what this filing or an earlier correction puts right.
func (j *filed) standing() []casework.Measurement {
	all := slices.Clone(j.history)
	for _, m := range j.measurements {
		all = append(all, m.Measurement)
	}
	corrected := casework.Corrected(all)
	return slices.DeleteFunc(slices.Clone(j.history), func(m casework.Measurement) bool { return corrected[m.ID] })
}

// settleType gives a new case its type by the findings (design: domain 5), and its level and status by the type.
func (j *filed) settleType() error {
	switch {
	case j.k.Type == "" && len(j.measurements) == 0 && !casework.CaseAge(j.person.Identity.BirthDate, casework.DateOf(j.now)):
		return casework.Violations{{Field: "newCase", Reason: "REQUIRED"}}
	case j.k.Type == "":
		j.k.Type = casework.GrowthMonitoring
		if len(j.measurements) > 0 {
			j.k.IntakeChannel = casework.IntakeGrowthSession
		}
	}
	j.k.Level, j.k.Status = j.k.Type.BirthLevel(), j.k.Type.BirthStatus()
	if !j.made {
		if err := j.staySecret(); err != nil {
			return err
		}
	}
	if !j.findings.Empty() {
		j.k, _ = j.k.FindNutritionRisk()
	}
	if j.incident != nil {
		j.k.IndexIncident = j.incident.ID
	}
	return j.takeOver()
}

// putCase stores the case with its officer and its duty.
func (j *filed) putCase() error {
	var err error
	if j.number, err = j.w.FreeLegNumber(legNumber); err != nil {
		return err
	}
	if !j.opened {
		return j.updateJoined()
	}
	event := journal.Event{Name: "open", After: string(j.k.Status), Revision: 1}
	if err := j.w.PutCase(j.k, j.noting("case", casework.ID(j.k.ID), event)); err != nil {
		return err
	}
	officer, err := j.officer()
	if err != nil {
		return err
	}
	if officer != (casework.AccountID{}) {
		if err := j.w.Assign(j.k.ID, officer, j.entry); err != nil {
			return err
		}
	}
	grace := time.Duration(0)
	if j.k.Legacy {
		grace = casework.LegacyGrace
	}
	return j.oweWithGrace(j.w, j.k, officer, j.urgencyOfFindings(), j.entry, grace)
}

// remember puts what happened to the case into its timeline; that it was opened stands in its own row.
func (j *filed) remember(event, before string, after casework.CaseStatus) error {
	return j.w.PutCaseEvent(j.k.ID, store.CaseEvent{
		Name: event, Before: before, After: string(after), Unit: j.caller.Unit.ID, Account: j.caller.Account,
	}, j.entry)
}

// officer is who answers for a new case: the filer, if a worker or supervisor; else whoever is on duty.
func (j *filed) officer() (casework.AccountID, error) {
	if len(j.keepers) > 0 && j.keepers[0] != (casework.AccountID{}) {
		return j.keepers[0], nil
	}
	if len(j.keepers) == 0 && (j.caller.Role == casework.RoleWorker || j.caller.Role == casework.RoleSupervisor) {
		return j.caller.Account, nil
	}
	return j.w.DutyOfficer(j.caller.Unit)
}

// updateJoined turns growth monitoring into a case, on a finding; else only the filing is recorded.
func (j *filed) updateJoined() error {
	next, changed := j.k, false
	if !j.findings.Empty() {
		next, changed = j.k.FindNutritionRisk()
	}
	if j.risk != nil {
		next.Content.Risk, next.RiskLevel = *j.risk, j.risk.Level
	}
	if j.incident != nil && next.IndexIncident == (casework.ID{}) {
		next.IndexIncident = j.incident.ID
	}
	event := journal.Event{Name: "join", Before: string(j.k.Status), After: string(next.Status), Fields: j.k.ChangedFields(next), Revision: j.k.Revision + 1}
	if err := j.w.UpdateCase(next, j.noting("case", casework.ID(j.k.ID), event)); err != nil {
		return err
	}
	if err := j.w.PutChange(casework.ID(j.k.ID), event.Revision, event.Fields, j.caller, j.entry); err != nil {
		return err
	}
	if changed {
		if err := j.remember(string(casework.EventReclassify), event.Before, next.Status); err != nil {
			return err
		}
	}
	j.k = next
	followed := j.k.Status == casework.StatusMonitoring && len(j.measurements) > 0 // the weighing is the follow-up that was owed
	if !changed && !followed {
		return nil
	}
	if err := j.w.EndDuties(j.k.ID, casework.ID(j.k.ID)); err != nil {
		return err
	}
	officers, err := j.w.Officers(j.k.ID, j.now)
	if err != nil {
		return err
	}
	return j.owe(j.w, j.k, append(officers, casework.AccountID{})[0], j.urgencyOfFindings(), j.entry)
}

func (j *filed) urgencyOfFindings() casework.Urgency {
	if j.findings.Empty() {
		return casework.Routine
	}
	_, urgency := j.findings.Urgent()
	return casework.Urgency(urgency)
}
