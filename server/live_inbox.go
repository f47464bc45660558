package server

import (
	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// inboxMost is how many rows the inbox counts; a list that is longer has more than anybody counts.
const (
	inboxMost = 1000
	mostText  = "1.000+"
)

// duties counts the rows that ListDuties gives this caller, each decided as that list does.
func (l *live) duties(n *liveCount, _ statistics.Period, rows *statistics.Rows) error {
	filter := store.DutyFilter{Scope: store.OfUnit}
	_, err := listed(inboxMost, store.Cursor{}, func(after store.Cursor, limit int) ([]*store.DutyFile, error) {
		filter.After, filter.Limit = after, min(limit, 250)
		return l.r.Duties(l.caller, l.now, filter)
	}, func(d *store.DutyFile) store.Cursor { return store.Cursor{Time: d.Due, ID: d.ID} }, func(d *store.DutyFile) (func() error, error) {
		k, shown, err := l.ownDuty(d)
		if err != nil || !shown {
			return nil, err
		}
		if len(rows.Duties) == inboxMost {
			n.capped = true
		}
		return func() error {
			n.mask |= access.F1Own
			n.secret = n.secret || k != nil && (k.Level != casework.L1 || k.Register != l.caller.Unit.Register)
			rows.Duties = append(rows.Duties, statistics.Duty{Name: string(d.Name), Due: d.Due})
			return nil
		}, nil
	})
	return err
}

// ownDuty tells whether a duty is a row of the caller's list, and of which case.
func (l *live) ownDuty(d *store.DutyFile) (k *casework.Case, shown bool, err error) {
	switch {
	case d.Kind == casework.OnApproval:
		v, shown, err := l.approvalFor(l.r, *d.Approval)
		return &v.f.Case, shown && d.Approval.By != l.caller.Account, err
	case d.Name == casework.DutyAnswerGlass:
		return nil, d.Officer == l.caller.Account && !d.Case.Facts.Blocked, nil
	}
	_, k, shown = decideDuty(d)
	return k, shown, nil
}

// showMost says of a figure that is as long as the count that it may be longer.
func showMost(shown []statistics.Observation) {
	for i := range shown {
		if !shown[i].Shown.Empty && shown[i].Shown.Number >= inboxMost {
			shown[i].Shown.Text = mostText
		}
	}
}
