package casework

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Whom to ask for a service: filters, then an order (design: referral 10). No scores and no weights, so that a social worker can
// say why a unit stands where it stands.

// capacityOrder: unknown stands before a known wait, for who is not asked cannot say yes.
var capacityOrder = []Capacity{CapacityOpen, CapacityLimited, CapacityUnknown, CapacityWaitlist, CapacityFull}

// FullFor is how long a unit that declined for want of room counts as full; then nobody knows.
const FullFor = 7 * 24 * time.Hour

// Coverage is an area in which a unit offers a service, with its room there.
type Coverage struct {
	Area     string // Kemendagri code
	Capacity Capacity
	Until    time.Time // when the statement ends; zero: it stands until changed
}

// CapacityAt is the room at an instant, and until when that was said.
func (c Coverage) CapacityAt(now time.Time) (Capacity, time.Time) {
	if c.Capacity == "" || !c.Until.IsZero() && !now.Before(c.Until) {
		return CapacityUnknown, time.Time{}
	}
	return c.Capacity, c.Until
}

// whyCapacity begins the word of a capacity: CAPACITY_FULL.
const whyCapacity = "CAPACITY_"

// filterOrder is the order of the filters. UNAVAILABLE is never said more exactly: it would tell who is blocked.
var filterOrder = []ExclusionReason{
	NotServiceNotOffered, NotAreaNotCovered, NotInactive, NotIsSender, NotOpenLegExists, NotUnavailable,
}

// CoversAny tells whether one of the areas covers a code. An area that nobody stated is covered by each.
func CoversAny(coverage []Coverage, code string) bool {
	return slices.ContainsFunc(coverage, func(c Coverage) bool { return code == "" || Covers(c.Area, code) })
}

// BestRoom is the coverage with each area once, with the most room that is there at an instant; where several units stand behind
// one, they are not told apart.
func BestRoom(coverage []Coverage, now time.Time) []Coverage {
	var best []Coverage
	for _, c := range coverage {
		c.Capacity, c.Until = c.CapacityAt(now)
		i := slices.IndexFunc(best, func(b Coverage) bool { return b.Area == c.Area })
		switch {
		case i < 0:
			best = append(best, c)
		case cmp.Or(capacityRank(c.Capacity)-capacityRank(best[i].Capacity), best[i].Until.Compare(c.Until)) < 0:
			best[i] = c
		}
	}
	return best
}

// Need is what is looked for, and by whom.
type Need struct {
	Service  ReferralServiceType
	Urgency  Urgency
	Area     string // of the client; empty: not known
	Unit     UnitID // who looks
	Register UnitID // of who looks
	Case     UnitID // register of the case; another than Register where a receiver looks for whom to forward to
	Now      time.Time
	Holidays map[Date]bool
}

// Receiver is a unit as one that might be asked.
type Receiver struct {
	Unit     Unit
	Coverage []Coverage    // of the service asked, with that of the confidential units for which it speaks; empty: not offered
	Works    bool          // Unit.Works
	Able     bool          // by letter, or with a handler whom nothing keeps from this case
	OpenLeg  bool          // of the same case and service
	Declined DeclineReason // in this chain; empty: never
}

// Suggestion is a unit that may be asked, with the reasons.
type Suggestion struct {
	Unit    Unit
	Reasons []Reason
}

// Inside tells whether the unit is of the case's own register: no leg will arise.
func (s Suggestion) Inside() bool {
	return slices.ContainsFunc(s.Reasons, func(r Reason) bool { return r.Code == WhyInside })
}

// Reason is one reason.
type Reason struct {
	Code     SuggestionReason
	Until    time.Time     // of a capacity: when the statement ends; zero: until changed
	Declined DeclineReason // of DECLINED_BEFORE
}

// Exclusion is a unit that is not suggested, with the first filter that it does not pass.
type Exclusion struct {
	Unit Unit
	Why  ExclusionReason
}

// Suggest orders the units that may be asked, and tells of the others why not, the nearest miss first. The same facts give the same
// lists, in whatever order they come. A confidential unit is in neither: its contact unit stands for it.
func Suggest(n Need, receivers []Receiver) ([]Suggestion, []Exclusion) {
	var fit []option
	var out []Exclusion
	for _, r := range receivers {
		if r.Unit.IsConfidential() {
			continue
		}
		o := n.option(r)
		if why := n.whyNot(r, o); why != "" {
			out = append(out, Exclusion{r.Unit, why})
			continue
		}
		fit = append(fit, o)
	}
	slices.SortFunc(fit, n.compare)
	slices.SortFunc(out, func(a, b Exclusion) int {
		return cmp.Or(slices.Index(filterOrder, b.Why)-slices.Index(filterOrder, a.Why), compareUnits(a.Unit, b.Unit))
	})
	suggestions := make([]Suggestion, len(fit))
	for i, o := range fit {
		suggestions[i] = Suggestion{o.Unit, n.reasons(o)}
	}
	return suggestions, out
}

// option is a receiver with what serves this client best.
type option struct {
	Receiver
	covered  bool
	reach    int // village 0, district 1, regency 2; 3 where it is not known that it covers her
	capacity Capacity
	until    time.Time
	openNow  bool
}

// reaches are the kinds of areas, nearest first.
const (
	reachVillage = iota
	reachDistrict
	reachRegency
	reachUnknown
)

// option chooses the nearest area that covers the client, the one with most room of several alike.
func (n Need) option(r Receiver) option {
	best := option{Receiver: r, reach: reachUnknown + 1, openNow: r.Unit.Hours.OpenAt(n.Now, n.Holidays)}
	for _, c := range r.Coverage {
		if n.Area != "" && !Covers(c.Area, n.Area) {
			continue
		}
		o := best
		o.covered, o.reach = true, n.reach(c.Area)
		o.capacity, o.until = c.CapacityAt(n.Now)
		if !best.covered || cmp.Or(o.reach-best.reach, capacityRank(o.capacity)-capacityRank(best.capacity), best.until.Compare(o.until)) < 0 {
			best = o
		}
	}
	return best
}

// reach is how near an area is to the client. Of one whose area nobody stated, only what covers the regency covers her for certain.
func (n Need) reach(area string) int {
	reach := max(reachVillage, reachRegency-max(0, strings.Count(area, ".")-1))
	if n.Area == "" && reach < reachRegency {
		return reachUnknown
	}
	return reach
}

func capacityRank(c Capacity) int { return slices.Index(capacityOrder, c) }

// whyNot is the first filter that a unit does not pass; empty for none.
func (n Need) whyNot(r Receiver, o option) ExclusionReason {
	switch {
	case len(r.Coverage) == 0:
		return NotServiceNotOffered
	case !o.covered:
		return NotAreaNotCovered
	case !r.Works:
		return NotInactive
	case n.isSender(r.Unit):
		return NotIsSender
	case r.OpenLeg:
		return NotOpenLegExists
	case !r.Able:
		return NotUnavailable
	}
	return ""
}

// isSender: nobody refers to herself, and a receiver hands a client on neither to its own register nor back to the sender's.
func (n Need) isSender(u Unit) bool {
	return u.ID == n.Unit || n.Register != n.Case && (u.Register == n.Register || u.Register == n.Case)
}

// compare puts the units in the order of the page. It is total: codes are unique.
func (n Need) compare(a, b option) int {
	open := 0
	if n.Urgency == Emergency {
		open = before(a.openNow, b.openNow)
	}
	return cmp.Or(
		open,
		capacityRank(a.capacity)-capacityRank(b.capacity),
		a.reach-b.reach,
		before(a.Declined == "", b.Declined == ""),
		compareUnits(a.Unit, b.Unit),
	)
}

// before puts what holds first.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func compareUnits(a, b Unit) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Code, b.Code))
}

var reachReasons = map[int]SuggestionReason{
	reachVillage: WhyCoversVillage, reachDistrict: WhyCoversDistrict, reachRegency: WhyCoversRegency,
}

// reasons says why, in a fixed order.
func (n Need) reasons(o option) []Reason {
	reasons := []Reason{{Code: WhyOffersService}}
	if code, ok := reachReasons[o.reach]; ok {
		reasons = append(reasons, Reason{Code: code})
	}
	reasons = append(reasons, Reason{Code: SuggestionReason(whyCapacity + string(o.capacity)), Until: o.until})
	if o.openNow {
		reasons = append(reasons, Reason{Code: WhyOpenNow})
	}
	if o.Declined != "" {
		reasons = append(reasons, Reason{Code: WhyDeclinedBefore, Declined: o.Declined})
	}
	if o.Unit.Register == n.Case {
		reasons = append(reasons, Reason{Code: WhyInside})
	}
	return reasons
}
