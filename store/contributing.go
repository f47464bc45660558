package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Which units a release is made of is asked of columns that stand in clear: register, side, type and times. It is a superset of what
// is counted in one thing alone: a second case of a victim contributes like her first.

// ContributionKind is what a table counts, as far as it says whose rows are in it.
type ContributionKind string

// The kinds.
const (
	ContributesKDRT         ContributionKind = "KDRT"          // victims, by registration
	ContributesOpenKDRT     ContributionKind = "OPEN_KDRT"     // victims whose case was open in the period
	ContributesLegs         ContributionKind = "LEGS"          // chains sent in it, of one side
	ContributesMeasurements ContributionKind = "MEASUREMENTS"  // of the ordinary side
	ContributesNewNutrition ContributionKind = "NEW_NUTRITION" // cases, by registration
)

// counted are the cases that stay in figures (design: domain 7).
const counted = " AND COALESCE(c.closure, '') NOT IN ('NOT_SUBSTANTIATED', 'DUPLICATE', 'ENTERED_IN_ERROR') AND c.legacy = 0"

// contributing are the conditions of each kind. $1 and $2 are the first instant of the period and that after it, $3 and $4 its days,
// $5 the side.
var contributing = map[ContributionKind]string{
	ContributesKDRT:     "c.type = 'DOMESTIC_VIOLENCE' AND " + registered + " >= $1 AND " + registered + " < $2",
	ContributesOpenKDRT: "c.type = 'DOMESTIC_VIOLENCE' AND " + registered + " < $2 AND (c.closed IS NULL OR c.closed >= $1)",
	ContributesLegs:     "EXISTS (SELECT 1 FROM legs l WHERE l.place = c.place AND l.root = l.id AND l.sent >= $1 AND l.sent < $2)",
	ContributesMeasurements: `EXISTS (SELECT 1 FROM measurements m WHERE m.person_place = c.person_place AND m.case_id = c.id AND m.day >= $3
		AND m.day < $4)`,
	ContributesNewNutrition: "c.type IN ('CHILD_STUNTING', 'CHILD_NUTRITION_RISK', 'FAMILY_STUNTING_RISK') AND " + registered + " >= $1 AND " +
		registered + " < $2",
}

// Contribution says whose rows are asked for.
type Contribution struct {
	Kind        ContributionKind
	Side        string
	From, Until time.Time
}

func (c Contribution) query(what, more string) (query string, args []any) {
	var q strings.Builder
	fmt.Fprintf(&q, "SELECT %s FROM cases c JOIN persons p ON p.id = c.subject WHERE p.side = $5 AND %s%s%s", what, contributing[c.Kind], counted, more)
	// Each names all its numbers, for PostgreSQL cannot type one that is nowhere.
	q.WriteString(" AND CAST($1 AS BIGINT) < CAST($2 AS BIGINT) AND CAST($3 AS BIGINT) <= CAST($4 AS BIGINT)")
	return q.String(), []any{c.From, c.Until, casework.DateOf(c.From), casework.DateOf(c.Until), c.Side}
}

// ContributingRegisters are the registers whose cases are in it. It is read once, at a draw.
func (t *tx) ContributingRegisters(c Contribution) ([]casework.UnitID, error) {
	query, args := c.query("DISTINCT c.register", "")
	all, err := list(t, func(r row) (id casework.UnitID, err error) { return id, r.scan(id[:]) }, query+" ORDER BY c.register", args...)
	if err != nil {
		return nil, fmt.Errorf("read who contributes: %w", err)
	}
	return all, nil
}

// ContributedCases are cases of one register that are in it, newest first, at most so many. Served by cases_register.
func (t *tx) ContributedCases(c Contribution, register casework.UnitID, limit int) ([]casework.CaseID, error) {
	query, args := c.query("c.id", " AND c.register = $6")
	all, err := list(t, func(r row) (id casework.CaseID, err error) { return id, r.scan(id[:]) },
		query+" ORDER BY c.opened DESC, c.id DESC LIMIT $7", append(args, register, limit)...)
	if err != nil {
		return nil, fmt.Errorf("read what a unit contributes: %w", err)
	}
	return all, nil
}
