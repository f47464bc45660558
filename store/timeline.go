package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Happening is one thing that happened in a case, with the class of which a reader must see to learn that it did.
type Happening struct {
	Kind    casework.TimelineKind
	Time    time.Time
	ID      casework.ID
	Event   string
	State   string
	Unit    casework.UnitID
	Account casework.AccountID
	Class   access.Mask
	Text    string // of a note
}

// Timeline is what happened in a case, as far as a mask opens it, in no order. A case has some hundred of these at most: they are read
// whole, each table by its index of the case, so that what is not shown leaves no gap in a page.
func (t *tx) Timeline(k casework.Case, shows func(access.Mask) bool) ([]Happening, error) {
	var all []Happening
	for _, part := range []func(casework.Case) ([]Happening, error){
		t.openingOf, t.eventsOf, t.legsOf, t.tasksOf, t.disclosuresOf, t.assignmentsOf, t.incidentsOf, t.measurementsOf, t.legalStepsOf,
	} {
		rows, err := part(k)
		if err != nil {
			return nil, fmt.Errorf("read a timeline: %w", err)
		}
		for _, h := range rows {
			if shows(h.Class) && !h.Time.IsZero() {
				all = append(all, h)
			}
		}
	}
	notes, err := t.Notes(k, shows)
	for _, n := range notes {
		all = append(all, Happening{
			Kind: casework.TimelineNote, Time: n.Recorded, ID: n.ID, Event: string(n.Kind), Unit: n.Unit, Account: n.Account, Class: n.Class, Text: n.Text,
		})
	}
	return all, err
}

// openingOf tells when the case was opened and by whose filing. Served by the primary key of submissions.
func (t *tx) openingOf(k casework.Case) ([]Happening, error) {
	h := Happening{Kind: casework.TimelineEvent, Time: k.Opened, ID: casework.ID(k.ID), Event: "open", Unit: k.Unit, Class: access.F1}
	err := t.row("SELECT account FROM submissions WHERE "+inCase+" AND opened = 1", k.ID).scan(h.Account[:])
	if errors.Is(err, errNoRows) {
		err = nil
	}
	return []Happening{h}, err
}

func (t *tx) eventsOf(k casework.Case) ([]Happening, error) {
	events, err := t.CaseEvents(k.ID)
	all := make([]Happening, len(events))
	for i, e := range events {
		all[i] = Happening{Kind: casework.TimelineEvent, Time: e.Time, ID: e.ID, Event: e.Name, State: e.After, Unit: e.Unit, Account: e.Account, Class: access.F1}
	}
	return all, err
}

// legsOf tells of each leg when it was sent, accepted, reported and ended; who did so at the receiver is the receiver's.
func (t *tx) legsOf(k casework.Case) (all []Happening, err error) {
	for r := range t.rows("SELECT id, account, sender, receiver, state, sent, accepted, reported, ended FROM legs WHERE "+inCase, k.ID) {
		var id casework.ID
		var filer casework.AccountID
		var sender, receiver casework.UnitID
		var state string
		var sent, accepted, reported, ended time.Time
		if err := r.scan(id[:], filer[:], sender[:], receiver[:], &state, &sent, &accepted, &reported, &ended); err != nil {
			return nil, err
		}
		h := Happening{Kind: casework.TimelineReferral, ID: id, Class: access.F1}
		for _, step := range []struct {
			at      time.Time
			event   casework.EventName
			state   string
			unit    casework.UnitID
			account casework.AccountID
		}{
			{sent, casework.EventFile, string(casework.Sent), sender, filer},
			{accepted, casework.EventAccept, string(casework.Accepted), receiver, casework.AccountID{}},
			{reported, casework.EventReportOutcome, string(casework.Reported), receiver, casework.AccountID{}},
			{ended, "", state, casework.UnitID{}, casework.AccountID{}},
		} {
			h.Time, h.Event, h.State, h.Unit, h.Account = step.at, string(step.event), step.state, step.unit, step.account
			all = append(all, h)
		}
	}
	return all, nil
}

func (t *tx) tasksOf(k casework.Case) ([]Happening, error) {
	tasks, err := t.Tasks(k.ID)
	var all []Happening
	for _, task := range tasks {
		h := Happening{Kind: casework.TimelineTask, ID: task.ID, Event: string(task.Label), Unit: task.Unit, Account: task.Officer, Class: access.F1}
		h.Time, h.State = task.Created, string(casework.TaskOpen)
		all = append(all, h)
		h.Time, h.State = task.Ended, string(task.State)
		all = append(all, h)
	}
	return all, err
}

func (t *tx) disclosuresOf(k casework.Case) (all []Happening, err error) {
	for r := range t.rows("SELECT id, kind, unit, from_time, withdrawn FROM disclosures WHERE "+inCase, k.ID) {
		h := Happening{Kind: casework.TimelineDisclosure, Event: "record", Class: access.F1}
		var withdrawn time.Time
		if err := r.scan(h.ID[:], &h.State, h.Unit[:], &h.Time, &withdrawn); err != nil {
			return nil, err
		}
		all = append(all, h)
		h.Event, h.Time, h.Unit = "withdraw", withdrawn, casework.UnitID{}
		all = append(all, h)
	}
	return all, nil
}

func (t *tx) assignmentsOf(k casework.Case) (all []Happening, err error) {
	for r := range t.rows("SELECT account, from_time, until_time FROM assignments WHERE "+inCase, k.ID) {
		h := Happening{Kind: casework.TimelineAssignment, Event: "assign", Class: access.F1}
		var until time.Time
		if err := r.scan(h.Account[:], &h.Time, &until); err != nil {
			return nil, err
		}
		h.ID = casework.ID(h.Account)
		all = append(all, h)
		h.Event, h.Time = "release", until
		all = append(all, h)
	}
	return all, nil
}

func (t *tx) incidentsOf(k casework.Case) ([]Happening, error) {
	return list(t, func(r row) (h Happening, err error) {
		h = Happening{Kind: casework.TimelineIncident, Event: string(casework.EventAddIncident), Class: access.F4}
		return h, r.scan(h.ID[:], &h.Time)
	}, "SELECT id, recorded FROM incidents WHERE case_id = $1", k.ID)
}

// measurementsOf are those of this case; the chart shows all of the child's. Served by the primary key.
func (t *tx) measurementsOf(k casework.Case) ([]Happening, error) {
	return list(t, func(r row) (h Happening, err error) {
		h = Happening{Kind: casework.TimelineMeasurement, Event: string(casework.EventAddMeasurement), Class: access.F3Health}
		return h, r.scan(h.ID[:], &h.Time, h.Unit[:], h.Account[:])
	}, "SELECT id, recorded, unit, account FROM measurements WHERE "+ofPerson+" AND case_id = $2", k.Subject, k.ID)
}

func (t *tx) legalStepsOf(k casework.Case) ([]Happening, error) {
	return list(t, func(r row) (h Happening, err error) {
		h = Happening{Kind: casework.TimelineLegalStep, Event: string(casework.EventAddLegalStep), Class: access.F4}
		return h, r.scan(h.ID[:], &h.Time, h.Unit[:], h.Account[:])
	}, "SELECT id, recorded, unit, account FROM legal_steps WHERE case_id = $1", k.ID)
}
