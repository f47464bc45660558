package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// liveKey is whose count of what: the unit and all of which the caller's mask is made. The account is always of it, though the heads of
// one unit mostly count alike: a key that is too fine costs a scan, one that is too coarse shows a case.
type liveKey struct {
	account  casework.AccountID
	unit     casework.UnitID
	role     casework.Role
	stepped  bool // with a second factor
	reasoned bool
	table    string
	period   statistics.Period
}

// keptCount is a count with what it was made from.
type keptCount struct {
	*liveCount
	rows, rights uint64
	directory    *store.Directory
	made         time.Time
	apart        map[casework.CaseID]bool // the caller is kept from them: no part of the count
}

// liveCounts is how many are kept: a month's table of children has some 500 rows of 400 bytes.
const liveCounts = 64

// counted is what the caller may count of a period: from memory while neither a row of her unit nor anybody's right has changed, and no
// right, due time or day that it hangs on has ended. What is written in a case that she is kept from ends nothing, or the time of her next
// answer would tell that somebody wrote there.
func (l *live) counted(p statistics.Period) (*liveCount, error) {
	key := liveKey{
		account: l.caller.Account, unit: l.caller.Unit.ID, role: l.caller.Role, stepped: l.caller.Facts(l.now).MFA != access.MFANone,
		reasoned: l.reasoned, table: l.table.ID, period: p,
	}
	directory := l.store.Directory()
	kept, ok := l.lives.Get(key)
	if ok && kept.directory == directory && l.r.Stands(l.caller.Unit.Register, kept.rows, kept.rights, kept.apart) && !l.now.Before(kept.made) &&
		(kept.ends.IsZero() || l.now.Before(kept.ends)) {
		return kept.liveCount, nil
	}
	if l.sight == nil {
		var err error
		if l.sight, err = l.r.Sight(l.caller, l.now); err != nil {
			return nil, err
		}
	}
	n, err := l.count(p)
	if err != nil || l.table.ID == inboxTable {
		return n, err
	}
	rows, rights := l.r.Version()
	l.lives.Add(key, keptCount{n, rows, rights, directory, l.now, l.sight.Blocked()})
	return n, nil
}
