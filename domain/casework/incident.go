package casework

import (
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Incident is one act or series of acts of violence; class F4.
type Incident struct {
	ID            ID              `json:"-"`
	OccurredOn    string          `json:"occurredOn,omitempty"` // YYYY-MM-DD or YYYY-MM
	OccurredUntil string          `json:"occurredUntil,omitempty"`
	Forms         []ViolenceForm  `json:"forms"`
	Offences      []SexualOffence `json:"offences,omitempty"`
	Place         IncidentPlace   `json:"place,omitempty"`
	Chronology    string          `json:"chronology,omitempty"`
	Pairs         []Pair          `json:"-"`
}

// Pair is the victim and one alleged perpetrator. The relation belongs to the pair, not to the perpetrator.
type Pair struct {
	ID          ID       `json:"-"`
	Perpetrator string   `json:"perpetrator,omitempty"`
	NIK         string   `json:"nik,omitempty"`
	Relation    Relation `json:"relation"`
	Cohabiting  YesNo    `json:"cohabiting,omitempty"`
}

// Risk is the worker's judgement of danger. Nothing computes the level: no scored instrument is prescribed.
type Risk struct {
	Signs  []RiskSign `json:"signs,omitempty"`
	Level  RiskLevel  `json:"level,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

// Understated tells whether a sign of deadly danger stands beside a level below HIGH without a written reason.
func (r Risk) Understated() bool {
	if r.Level == RiskHigh || r.Level == "" || r.Reason != "" {
		return false
	}
	for _, sign := range r.Signs {
		if sign == SignThreatToKill || sign == SignWeapon || sign == SignStrangulation {
			return true
		}
	}
	return false
}

// judged tells whether a worker has said how great the danger is.
func (r Risk) judged() bool { return r.Level.Valid() && r.Level != RiskNotAssessed }

func (r Risk) equal(s Risk) bool {
	return r.Level == s.Level && r.Reason == s.Reason && slices.Equal(r.Signs, s.Signs)
}

// Has tells whether the incident has a form.
func (i Incident) Has(form ViolenceForm) bool {
	for _, f := range i.Forms {
		if f == form {
			return true
		}
	}
	return false
}

// qualification says when a relation makes violence domestic, UU 23/2004 art. 2.
type qualification uint8

const (
	never qualification = iota
	always
	ifCohabiting
	unknown
)

var qualifies = map[Relation]qualification{
	RelationHusband:            always,
	RelationWife:               always,
	RelationUnregisteredSpouse: always,
	RelationFather:             always,
	RelationMother:             always,
	RelationStepParent:         always,
	RelationAdoptiveParent:     always,
	RelationChild:              always,
	RelationExSpouse:           ifCohabiting,
	RelationSibling:            ifCohabiting,
	RelationGrandparent:        ifCohabiting,
	RelationInLaw:              ifCohabiting,
	RelationOtherRelative:      ifCohabiting,
	RelationGuardian:           ifCohabiting,
	RelationEmployer:           ifCohabiting,
	RelationDomesticWorker:     ifCohabiting,
	RelationUnknown:            unknown,
}

// IsKDRT derives whether violence is domestic from the pairs; it is never typed in.
func IsKDRT(pairs []Pair) YesNo {
	answer := No
	if len(pairs) == 0 {
		answer = Unknown
	}
	for _, p := range pairs {
		switch p.isKDRT() {
		case Yes:
			return Yes
		case Unknown:
			answer = Unknown
		}
	}
	return answer
}

func (p Pair) isKDRT() YesNo {
	switch qualifies[p.Relation] {
	case always:
		return Yes
	case unknown:
		return Unknown
	case ifCohabiting:
		if p.Cohabiting == "" {
			return Unknown
		}
		return p.Cohabiting
	}
	return No
}

// Format prints nothing of an incident.
func (Incident) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }

// LogValue logs nothing of an incident.
func (Incident) LogValue() slog.Value { return slog.StringValue(hidden) }

// Format prints nothing of a pair.
func (Pair) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }

// LogValue logs nothing of a pair.
func (Pair) LogValue() slog.Value { return slog.StringValue(hidden) }

// ChildOn tells whether a victim was below 18 on the day of an incident; where no day is known, on the day of its report.
func ChildOn(birth BirthDate, i Incident, reported time.Time) bool {
	on := DateOf(reported)
	if day, ok := ParseBirthDate(i.OccurredOn); ok { // the same forms: a day, a month, a year
		on = day.First
	}
	age, known := birth.AgeOn(on)
	return known && age < 18
}
