package store

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
)

// Look is one entry of the journal about a case, as its client may have it: no person is named.
type Look struct {
	Number  int64
	Time    time.Time
	Unit    casework.UnitID
	Role    casework.Role
	Purpose access.Purpose
	Shown   bool   // anything beyond a receipt: false for an act
	Entry   []byte // canonical bytes
}

// Looks are the newest entries about a case by persons, newest first, before a number (0: from the newest on). What was refused is not
// among them: whoever stands beside the client while she reads would learn who is kept from her case. Nor is a pointer (R19), for nobody
// on this side is told of the other. Served by journal_case.
func (t *tx) Looks(k casework.CaseID, before int64, limit int) ([]Look, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	var looks []Look
	for r := range t.rows("SELECT bytes FROM journal WHERE "+inCase+" AND number < $2 ORDER BY number DESC", k, before) {
		var canonical []byte
		if err := r.scan(&canonical); err != nil {
			return nil, fmt.Errorf("read who looked at a case: %w", err)
		}
		e, err := journal.Parse(canonical)
		if err != nil {
			return nil, fmt.Errorf("read who looked at a case: %w", err)
		}
		if !isLook(e) {
			continue
		}
		looks = append(looks, Look{
			Number: int64(e.Number), Time: time.UnixMicro(e.Time).UTC(), Unit: e.Unit, Role: casework.Role(e.Role), Purpose: purposeOf(e),
			Shown: access.Mask(e.Mask)&^access.Receipt != 0, Entry: canonical,
		})
		if len(looks) == limit {
			break
		}
	}
	return looks, nil
}

// isLook tells whether an entry is of something that a person did or read.
func isLook(e journal.Entry) bool {
	done := e.Outcome == access.Allow.String() || e.Outcome == access.Await.String() // or asked for, with a second person
	return done && e.Unit != (casework.UnitID{}) && e.Rule != "R19"
}

// purposes are what an act was for, by the part of its name before the point; what is not here is care.
var purposes = map[string]access.Purpose{
	"referral": access.PurposeReferral, "disclosure": access.PurposeReferral, "breakglass": access.PurposeSafety, "review": access.PurposeReview,
	"approval": access.PurposeReview, "subject": access.PurposeSubjectRequest,
}

// purposeOf follows from the rule, or where the table gives the rule none, from the act. Users choose none.
func purposeOf(e journal.Entry) access.Purpose {
	if e.Purpose != "" {
		return access.Purpose(e.Purpose)
	}
	kind, _, _ := strings.Cut(e.Action, ".")
	if p, ok := purposes[kind]; ok {
		return p
	}
	return access.PurposeCare
}
