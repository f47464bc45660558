package casework

import "time"

// absenceDays bounds an absence: longer ones are a change of officer (TransferCaseload), which is told.
const absenceDays = 365

// Absence is a time in which a deputy has the duties and rights of an account, for that time alone. Changed in its end alone.
type Absence struct {
	ID      ID
	Account AccountID
	Deputy  AccountID
	Unit    UnitID
	From    time.Time
	Until   time.Time // from then on the deputy is none
}

// At tells whether the deputy stands in at an instant.
func (a Absence) At(now time.Time) bool { return !now.Before(a.From) && now.Before(a.Until) }

// meets tells whether two absences share an instant. One that ended before it began has none.
func (a Absence) meets(b Absence) bool {
	first := a.From
	if b.From.After(first) {
		first = b.From
	}
	return a.At(first) && b.At(first)
}

// Stead is what is known of who shall stand in.
type Stead struct {
	SameRole bool      // the deputy holds the account's role in the register, and works
	Known    []Absence // of the account and of the deputy
}

// Set makes an absence. It begins now at the earliest, for a right is not given backwards. A deputy who is away in that time would
// leave the work with nobody: nobody deputises for a deputy.
func (a Absence) Set(s Stead, now time.Time) (Absence, error) {
	if a.From.Before(now) {
		a.From = now
	}
	var v Violations
	v.check(a.Until.After(now), "untilTime", "NOT_AHEAD")
	v.check(a.Until.After(a.From) || !a.Until.After(now), "untilTime", "BEFORE_FROM")
	v.check(a.Until.Sub(a.From) <= absenceDays*24*time.Hour, "untilTime", "OUT_OF_RANGE")
	if err := v.orNil(); err != nil {
		return a, err
	}
	if a.Deputy == a.Account || !s.SameRole {
		return a, Precondition("DEPUTY_INVALID")
	}
	for _, k := range s.Known {
		switch {
		case k.ID == a.ID || !k.meets(a):
		case k.Account == a.Account:
			return a, Precondition("ABSENCE_OVERLAP")
		case k.Account == a.Deputy:
			return a, Precondition("DEPUTY_INVALID")
		}
	}
	return a, nil
}

// Renew gives an absence that is not over another end; one that has come ends it now.
func (a Absence) Renew(until time.Time, s Stead, now time.Time) (renewed Absence, implied bool, err error) {
	if !until.After(now) {
		renewed, implied = a.End(now)
		return renewed, implied, nil
	}
	from := a.From
	a.Until = until
	a, err = a.Set(s, now)
	a.From = from
	return a, false, err
}

// End brings an absence to its end now. One that has not begun never does; one that is over stays as it was.
func (a Absence) End(now time.Time) (ended Absence, implied bool) {
	if !now.Before(a.Until) {
		return a, true
	}
	a.Until = now
	return a, false
}

// StandsInFor are the accounts for which a deputy acts at an instant: those who named her, and not those for whom they act
// themselves.
func StandsInFor(absences []Absence, deputy AccountID, now time.Time) []AccountID {
	var absent []AccountID
	for _, a := range absences {
		if a.Deputy == deputy && a.At(now) {
			absent = append(absent, a.Account)
		}
	}
	return absent
}
