package casework

import (
	"strings"
	"time"
)

// ConsentDays bounds a consent: 90 days unless said otherwise, 365 at most.
const (
	ConsentDays    = 90
	ConsentDaysMax = 365
)

// ConsentTerm is the span of a consent given on a day for as long as its last day; 0 for a day that was not said. A consent holds
// to the end of its last day.
func ConsentTerm(given, last, today Date) (from, until time.Time, v Violations) {
	if given == 0 {
		given = today
	}
	if last == 0 {
		last = given + ConsentDays
	}
	v.check(given <= today, "givenOn", "IN_FUTURE")
	switch {
	case last < today:
		v.Add("expiresOn", "IN_PAST")
	case last-given > ConsentDaysMax:
		v.Add("expiresOn", "OVER_365_DAYS")
	}
	return given.Time(), (last + 1).Time(), v
}

// CheckConsent is what the rules have against a consent as it was stated: it says who gave it, how, and who explained it. Whoever
// gives it for the client is named, or nobody could tell that it was the alleged perpetrator.
func CheckConsent(c DisclosureContent) Violations {
	var v Violations
	v.require(c.Giver != "", "giver")
	v.require(c.Method != "", "method")
	v.require(strings.TrimSpace(c.ExplainedBy) != "", "explainedBy")
	v.require(c.Giver == "" || c.Giver == GiverSelf || c.GiverPerson != PersonID{} || strings.TrimSpace(c.GiverName) != "", "giverName")
	return v
}

// reminderDays are the days before its end on which the return unit is reminded of a basis, without content.
var reminderDays = [...]int{14, 3}

// ReminderDue is the reminder of its end that is due, in days before it; 0 for none. sent is the last one that was given. What
// was missed while the server stood still is not made up for: the nearer one says it. A consent shorter than a reminder's days is
// not reminded on the day on which it is given.
func (d Disclosure) ReminderDue(sent int, now time.Time) int {
	if d.Expires.IsZero() || !d.ValidAt(now) {
		return 0
	}
	due := 0
	for _, days := range reminderDays {
		at := d.Expires.Add(-time.Duration(days) * 24 * time.Hour)
		if !now.Before(at) && at.After(d.Given) && (sent == 0 || days < sent) {
			due = days
		}
	}
	return due
}
