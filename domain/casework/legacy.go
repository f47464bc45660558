package casework

import (
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// First days of a unit: it brings in what it had on paper, and gets time to look through it.
const (
	legacyDays  = 90
	LegacyGrace = 30 * 24 * time.Hour
)

// Legacy is a case that a unit had before Sinergi. It is in the caseload and in no indicator, for its dates were not kept here.
type Legacy struct {
	OpenedOn      Date       `json:"openedOn"`
	Status        CaseStatus `json:"status"`                  // in which it was taken over
	LastContactOn Date       `json:"lastContactOn,omitempty"` // 0: not known
	SimfoniNumber string     `json:"simfoniNumber,omitempty"` // of the ministry's register; empty: none
}

// Check gives what stands against bringing in a case of a type, which is the SUPERVISOR's act: within 90 days of the unit's start.
func (l Legacy) Check(t CaseType, unit Unit, now time.Time) error {
	if !inFirstDays(unit, now) {
		return Precondition("LEGACY_PERIOD")
	}
	today := DateOf(now)
	var v Violations
	v.check(l.OpenedOn != 0, "legacy.openedOn", "REQUIRED")
	v.check(l.OpenedOn <= today, "legacy.openedOn", "IN_FUTURE")
	v.check(l.LastContactOn <= today, "legacy.lastContactOn", "IN_FUTURE")
	v.check(l.LastContactOn == 0 || l.LastContactOn >= l.OpenedOn, "legacy.lastContactOn", "BEFORE_OPENING")
	v.check(slices.Contains(t.legacyStatuses(), l.Status), "legacy.status", "VALUE_NOT_TAKEN")
	return v.orNil()
}

func inFirstDays(unit Unit, now time.Time) bool {
	return unit.ActiveOn(now) && now.Before(unit.ActiveFrom.Add(legacyDays*24*time.Hour))
}

// legacyStatuses are those in which an open case of the type may stand: growth monitoring has one.
func (t CaseType) legacyStatuses() []CaseStatus {
	if t == GrowthMonitoring {
		return []CaseStatus{StatusMonitoring}
	}
	return []CaseStatus{StatusReported, StatusScreening, StatusAssessment, StatusPlanning, StatusInService, StatusMonitoring}
}

// WithGrace moves what a legacy case owes from its first day by the time of grace. What a law says moves by nothing.
func (d Duty) WithGrace(grace time.Duration) Duty {
	for _, instant := range [...]*time.Time{&d.Due, &d.Level2, &d.Level3, &d.Lapse} {
		if !instant.IsZero() {
			*instant = instant.Add(grace)
		}
	}
	return d
}

// A number of the ministry's register leads to a victim: it prints and logs as nothing.
func (l Legacy) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }

func (l Legacy) LogValue() slog.Value { return slog.StringValue(hidden) }
