package casework

import "time"

// Duty is one thing owed: by whom, from when, by when. Its instants are fixed when it starts; no later change of table or
// calendar moves them.
type Duty struct {
	ID      ID
	Kind    DutyKind
	Object  ID // leg, case or task
	Case    CaseID
	Unit    UnitID    // the one accountable unit
	Officer AccountID // zero: the unit's
	Name    DutyName
	Started time.Time
	Due     time.Time
	Legal   time.Time // zero: no law says a time
	Level2  time.Time
	Level3  time.Time
	Lapse   time.Time // zero: never
	Rule    string    // the row of the deadline table
	Basis   string    // what it follows from, in words
}

// Level is how many of the due time and the two escalations are past. At exactly the due time a duty is not overdue.
func (d Duty) Level(now time.Time) int {
	level := 0
	for _, instant := range [...]time.Time{d.Due, d.Level2, d.Level3} {
		if !instant.IsZero() && instant.Before(now) { // who owes nothing is not late
			level++
		}
	}
	return level
}

// Overdue tells whether the due time is past.
func (d Duty) Overdue(now time.Time) bool { return d.Level(now) >= 1 }

// Rise is the instant after which a duty stands at the level above the one told; zero at the highest.
func (d Duty) Rise(told int) time.Time {
	instants := [...]time.Time{d.Due, d.Level2, d.Level3}
	if told >= len(instants) {
		return time.Time{}
	}
	return instants[told]
}
