package server

import (
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// putContent stores what the filing brings: incident, measurements, note, and the blocks that follow.
func (j *filed) putContent() error {
	if j.incident != nil {
		event := journal.Event{Name: "addIncident", Revision: 1}
		if err := j.w.PutIncident(*j.incident, j.k, j.appending("incident", j.incident.ID, event)); err != nil {
			return err
		}
		if err := j.afterIncident(); err != nil {
			return err
		}
	}
	for _, m := range j.measurements {
		if err := mayCorrect(m.Measurement, j.history, m.path); err != nil {
			return err
		}
		if err := j.putMeasurement(m.Measurement); err != nil {
			return err
		}
	}
	if !j.opened && len(j.measurements) > 0 { // the inside services that they are
		if err := j.w.EndTasks(j.k.ID, j.caller.Unit.ID, j.entry); err != nil {
			return err
		}
	}
	if j.note != "" {
		n := casework.Note{ID: j.id(), Unit: j.caller.Unit.ID, Account: j.caller.Account, Kind: casework.NoteNote, Text: j.note}
		if err := j.w.PutNote(n, j.k, j.entry); err != nil {
			return err
		}
	}
	return j.block()
}

// afterIncident makes the reports that the law wants, and ends the consents of who is named.
func (j *filed) afterIncident() error {
	if err := j.endConsentsOfAccused(j.w, j.k, j.entry); err != nil {
		return err
	}
	unit, _ := j.store.Directory().Unit(j.k.Unit)
	child := casework.ChildOn(j.person.Identity.BirthDate, *j.incident, j.now)
	for _, label := range casework.TasksOnIncident(j.k.Type, unit.Type, j.incident.Forms, child) {
		officers, err := j.w.Officers(j.k.ID, j.now)
		if err != nil {
			return err
		}
		officer := append(officers, casework.AccountID{})[0]
		if err := j.makeTask(j.w, j.k, label, officer, j.id(), j.entry); err != nil {
			return err
		}
	}
	return nil
}

func (j *filed) putMeasurement(m casework.Measurement) error {
	m = j.ownMeasurement(m, j.k, j.person)
	return j.w.PutMeasurement(m, j.appending("measurement", m.ID, journal.Event{Name: "addMeasurement", Revision: 1}))
}

// ownMeasurement fills what follows from who measures whom.
func (c call) ownMeasurement(m casework.Measurement, k casework.Case, p casework.Person) casework.Measurement {
	m.Case, m.Person, m.Unit, m.Account = k.ID, p.ID, c.caller.Unit.ID, c.caller.Account
	m.HealthWorker = c.caller.Role == casework.RoleWorker && c.caller.Unit.Type.Sector() == casework.SectorHealth
	if village := p.Identity.Address.AreaCode; p.Side == casework.Ordinary && k.Level == casework.L1 && len(village) > len("32.01.01") {
		m.Village = village
	}
	return m
}

// block keeps from a case the accounts of those recorded on it as alleged perpetrator, and at L2 and L3 as subject or of her household.
// Whoever records them is shown nothing of it.
func (j *filed) block() error {
	if j.incident == nil && (!j.opened || j.k.Level == casework.L1) {
		return nil
	}
	return j.w.JudgeBlocks(j.k.ID, j.entry)
}
