package statistics

import (
	"cmp"
	"slices"
	"time"
)

// observation is how long a leg is watched, whatever its period: the last day of a quarter is measured like the first.
const observation = 30 * 24 * time.Hour

// Leg is one leg of a referral as figures take it. Sectors, units and spans are those at sending and never move; the zero time is
// not yet. Codes are those of the contract.
type Leg struct {
	Journey
	Person      string // of the client; one for all records of one side that confirmed links join
	CaseSide    Side
	CaseType    string // when the period closes
	CaseLevel   string
	CaseClosure string
	Service     string
}

// OrdinaryLeg is a leg whose whole chain tells nothing of violence. Only [OrdinaryLegs] makes one, and an overseen table can be
// given no other.
type OrdinaryLeg struct{ journey Journey }

// Journey is what a figure takes of any leg: the work of units. It names no client and nothing of the case's secrecy.
type Journey struct {
	ID, Root       string // opaque
	Sex            string // of the client
	Sender         string // unit ids at sending
	Receiver       string
	SenderSector   string // of the directory
	ReceiverSector string
	ByLetter       bool // the receiver works by letter

	State       string // now
	Duty        string // what is owed now; empty: nothing
	Accountable string // the unit that owes it
	Overdue     bool

	Sent, Acknowledged, Accepted time.Time
	Declined                     time.Time
	Lapsed                       bool // declined by nobody's answer
	Forwarded                    time.Time
	Scheduled, NoShow            time.Time // first
	Served                       time.Time // first record of SERVED
	Reported                     time.Time // last outcome
	Closed                       time.Time
	Unconfirmed                  bool
	Cancelled                    time.Time
	DeclineReason, CancelReason  string
	Outcome, OutcomeReason       string
	FollowUp                     bool // confirmed with a follow-up referral
	Spans                        []Span
}

// Span is one time that a duty of a leg was owed. FIRST_SERVICE has one span, its own, which ends with the first service,
// whatever waiting list or appointment was renewed meanwhile.
type Span struct {
	Duty          string
	Unit          string // accountable then
	Due           time.Time
	Second, Third time.Time // instants of escalation to level 2 and 3; zero: none
	Ended         time.Time // by the server's clock; zero: still owed
	Occurred      time.Time // corrected time of the device's event that ended it; zero: none (design: sync 6)
}

// ordinaryServices may be spoken of (section 2): the list of domain/casework, which a test of the server holds equal.
var ordinaryServices = []string{
	"NUTRITION_CONFIRMATION", "NUTRITION_TREATMENT", "SPECIALIST_PEDIATRIC", "GROWTH_FOLLOW_UP", "FAMILY_ACCOMPANIMENT",
	"SOCIAL_ASSISTANCE", "WATER_SANITATION", "CIVIL_REGISTRATION", "CHILD_EDUCATION",
}

// speakable tells whether nothing of the leg by itself points to violence. A leg of a child that is only watched is as ordinary as one of a
// nutrition case, into which such a case turns while its leg is on the way.
func (l *Leg) speakable() bool {
	return l.CaseSide == Ordinary && (isNutrition(l.CaseType) || l.CaseType == monitoring) && l.CaseLevel == "L1" && slices.Contains(ordinaryServices, l.Service) &&
		!guards(l.SenderSector) && !guards(l.ReceiverSector)
}

func guards(sector string) bool {
	group := SectorGroup(sector)
	return group == "PROTECTION" || group == "LAW"
}

// stays tells whether the leg counts at all: an error, and a leg of a case that left the figures, do not.
func (l *Leg) stays() bool { return l.CancelReason != "ENTERED_IN_ERROR" && Counts(l.CaseClosure) }

// OrdinaryLegs are the legs whose whole chain tells nothing of violence, without what would. The rows must hold all legs of
// each chain: one protection unit at its far end makes all of it protected. Every other leg is protected.
func OrdinaryLegs(rows []Leg) []OrdinaryLeg {
	secret := map[string]bool{}
	for i := range rows {
		if !rows[i].speakable() {
			secret[rows[i].root()] = true
		}
	}
	var ordinary []OrdinaryLeg
	for i := range rows {
		if !secret[rows[i].root()] && rows[i].stays() {
			ordinary = append(ordinary, OrdinaryLeg{rows[i].Journey})
		}
	}
	return ordinary
}

func (l *Journey) root() string {
	if l.Root == "" {
		return l.ID
	}
	return l.Root
}

// by tells whether something had happened by the end of the observation from a start; at the last instant it has.
func by(t, start time.Time) bool { return !t.IsZero() && !t.After(start.Add(observation)) }

func (l *Journey) by(t time.Time) bool { return by(t, l.Sent) }

// decided is when a person first decided, within the observation; zero: nobody did.
func (l *Journey) decided() time.Time {
	first := time.Time{}
	for _, t := range []time.Time{l.Accepted, l.declinedByPerson(), l.Forwarded} {
		if l.by(t) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

func (l *Journey) declinedByPerson() time.Time {
	if l.Lapsed {
		return time.Time{}
	}
	return l.Declined
}

// chain is the legs of one client's one need: what people call the referral.
type chain struct {
	root *Journey
	legs []*Journey // by time of sending
}

// chainsOf groups legs in the order of their roots. A chain whose root is not among the rows is left out: it belongs to the
// period of its root.
func chainsOf(legs []Journey) []*chain {
	at := map[string]*chain{}
	var all []*chain
	for i := range legs {
		if l := &legs[i]; l.root() == l.ID {
			at[l.ID] = &chain{root: l}
			all = append(all, at[l.ID])
		}
	}
	for i := range legs {
		if c := at[legs[i].root()]; c != nil {
			c.legs = append(c.legs, &legs[i])
		}
	}
	for _, c := range all {
		slices.SortFunc(c.legs, func(a, b *Journey) int { return cmp.Or(a.Sent.Compare(b.Sent), cmp.Compare(a.ID, b.ID)) })
	}
	return all
}

// served is the chain's first service within 30 days of its root; zero: none.
func (c *chain) served() time.Time {
	first := time.Time{}
	for _, l := range c.legs {
		if by(l.Served, c.root.Sent) && (first.IsZero() || l.Served.Before(first)) {
			first = l.Served
		}
	}
	return first
}

// closed tells whether the chain ended with an outcome within 30 days of its root.
func (c *chain) closed() bool {
	return slices.ContainsFunc(c.legs, func(l *Journey) bool { return by(l.Closed, c.root.Sent) })
}

// hops is how often the client was handed on within 30 days.
func (c *chain) hops() int {
	n := 0
	for _, l := range c.legs {
		if by(l.Sent, c.root.Sent) {
			n++
		}
	}
	return max(n-1, 0)
}

// outcome is where the chain stood on its 30th day: the first that holds (section 2). What was asked of an earlier unit is
// overtaken by the newest leg: a client who was accepted, handed on and is not answered is not accepted.
func (c *chain) outcome() string {
	last := c.root
	for _, l := range c.legs {
		if by(l.Sent, c.root.Sent) {
			last = l
		}
	}
	then := func(t time.Time) bool { return by(t, c.root.Sent) }
	switch served := !c.served().IsZero(); {
	case served && c.closed():
		return "SERVED_CLOSED"
	case served:
		return "SERVED_OPEN"
	case then(last.Accepted) && !then(last.Declined) && !then(last.Cancelled):
		return "ACCEPTED"
	case then(last.Declined):
		return "DECLINED"
	case then(last.Cancelled):
		return "CANCELLED"
	}
	return "UNDECIDED"
}
