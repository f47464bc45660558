package statistics

import (
	"slices"
	"time"
)

// Side is the side of a person (design: access, Two sides of a person).
type Side string

// The sides.
const (
	Ordinary  Side = "ORDINARY"
	Protected Side = "PROTECTED"
)

// Case is one case as a table counts it. Codes are those of the contract; empty is not known.
type Case struct {
	ID         string // opaque
	Person     string // opaque; one for all records of one side that confirmed links join, see [Joined]
	Side       Side
	Type       string // as it is when counted
	Status     string
	Risk       string
	Channel    string    // of intake
	Registered time.Time // by the server's clock
	Closed     time.Time // last; zero: open
	Closure    string
	Sex        string
	Age        int // completed years at the incident, as known then
	AgeKnown   bool
	Kecamatan  string // Kemendagri code of the usual residence at registration, never of a shelter
	Legacy     bool   // taken over with the unit's start: in the caseload and in no other figure (design: domain 7)
	Nutrition  bool   // the record is linked to, or copied from, a person of a nutrition case open in the same year

	Forms []string // of all incidents, each once
	Place string   // of the index incident
	Pairs []string // SIMFONI group of each pair of victim and alleged perpetrator
}

// Measurement is one weighing or measuring of a child. It has no level, side, block or link, and nothing here depends on one: the
// caller hands over those of the ordinary side, at every level, and a child whose case was raised keeps the desa of its last one
// at L1.
type Measurement struct {
	Child     string // opaque; one for all records that confirmed links join
	Day       Day    // of measuring
	Seq       int64  // order among those of one day: journal number, or any other that does not repeat
	Sex       string
	Months    int // completed months of age on the day
	AgeKnown  bool
	Kecamatan string // Kemendagri codes of the usual residence
	Desa      string
	Puskesmas string // unit ids
	Posyandu  string
	HFA       string // category of the contract; empty: not measured
	WFA       string
	WFH       string
	BFA       string
	Trend     string // GAINED …; empty: cannot be computed
	Weighed   bool
	Erroneous bool // corrected by a later row, or of a case entered in error or double: in no figure
}

// Enrolled is a child of a posyandu's register, S of SKDN.
type Enrolled struct {
	Child    string
	Posyandu string
	Card     bool // has a growth card, K of SKDN
}

// Quality is one judged measure of how a puskesmas measured in a month (design: growth).
type Quality struct {
	Puskesmas string
	Measure   string // SD_HFA …
	Value     float64
	N         int    // measurements it was computed from
	Band      string // GOOD, DOUBTFUL, BAD; empty: too few
}

// Service is one service given in a case.
type Service struct {
	Type    string
	Day     Day
	Closure string // of its case
}

// Duty is one open duty of the unit or officer.
type Duty struct {
	Name string
	Due  time.Time
}

// Rows are what one scan found and opened. A table takes its own kind ([Table.Needs]) and leaves the others alone.
type Rows struct {
	Cases        []Case
	Measurements []Measurement
	Legs         []Leg
	Services     []Service
	Duties       []Duty
}

// OverseenRows are all that an office's morning table can be made of. No field of it, at any depth, can hold the protected
// side, a level, a block or a link; a test says so.
type OverseenRows struct {
	Measurements []Measurement
	Enrolled     []Enrolled
	Quality      []Quality
	Legs         []OrdinaryLeg
}

// RowKind is a kind of rows.
type RowKind string

// The kinds.
const (
	OfCases        RowKind = "cases"
	OfMeasurements RowKind = "measurements"
	OfLegs         RowKind = "legs"
	OfServices     RowKind = "services"
	OfDuties       RowKind = "duties"
	OfChildren     RowKind = "children" // measurements and the register
	OfQuality      RowKind = "quality"
)

// leavesFigures are the closures after which a case counts nowhere (design: domain 7).
var leavesFigures = []string{"NOT_SUBSTANTIATED", "DUPLICATE", "ENTERED_IN_ERROR"}

// Counts tells whether a case with this closure counts at all. It is the one rule of leaving the figures, for live tables,
// releases and indicators alike.
func Counts(closure string) bool { return !slices.Contains(leavesFigures, closure) }

func (c *Case) counts() bool { return Counts(c.Closure) && c.Type != monitoring }

// monitoring is the type of a child that is watched, which is no case of any figure.
const monitoring = "GROWTH_MONITORING"

// inFigures leaves out legacy, which only the caseload holds.
func (c *Case) inFigures() bool { return c.counts() && !c.Legacy }

func (c *Case) isViolence() bool {
	return c.Side == Protected && slices.Contains([]string{"DOMESTIC_VIOLENCE", "CHILD_VIOLENCE", "WOMAN_VIOLENCE"}, c.Type)
}

func (c *Case) isKDRT() bool { return c.Side == Protected && c.Type == "DOMESTIC_VIOLENCE" }

func isNutrition(caseType string) bool {
	return slices.Contains([]string{"CHILD_STUNTING", "CHILD_NUTRITION_RISK", "FAMILY_STUNTING_RISK"}, caseType)
}

// openIn tells whether the case was open at some time of the period.
func (c *Case) openIn(p Period) bool {
	return c.Registered.Before(p.End()) && (c.Closed.IsZero() || !c.Closed.Before(p.Start()))
}

// who is the key of the person; a row without one is a person of its own.
func (c *Case) who() string {
	if c.Person == "" {
		return "case " + c.ID
	}
	return "person " + c.Person
}

// Joined makes one key of records that confirmed links join. The zero value joins nothing.
type Joined struct{ parent map[string]string }

// Join says that two records are one human being.
func (j *Joined) Join(a, b string) {
	if j.parent == nil {
		j.parent = map[string]string{}
	}
	if a, b = j.Key(a), j.Key(b); a < b {
		j.parent[b] = a
	} else if b < a {
		j.parent[a] = b
	}
}

// Key is the same for all records of one human being, whatever order they were joined in: the smallest of their names.
func (j *Joined) Key(record string) string {
	for {
		up, ok := j.parent[record]
		if !ok {
			return record
		}
		record = up
	}
}
