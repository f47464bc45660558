package casework

import (
	"bytes"
	"slices"
)

// Desk is who can take a case at a unit: never a kader, whom an open case does not wait for.
type Desk struct {
	DutyOfficer AccountID // zero: none is named
	Supervisors []AccountID
	Workers     []AccountID
}

// Follower is who takes a case that a block or a departure leaves without an officer: the unit's duty officer, its SUPERVISOR, the
// parent's duty officer. Where the three are missing or kept from it, whoever else there is follows, for no open case is nobody's;
// ok is false if there is nobody at all. Kept tells of who is blocked on the case.
func Follower(own, parent Desk, kept func(AccountID) bool) (follower AccountID, ok bool) {
	for _, rank := range [...][]AccountID{
		{own.DutyOfficer},
		own.Supervisors,
		{parent.DutyOfficer},
		own.Workers,
		parent.Supervisors,
		parent.Workers,
	} {
		for _, account := range rank {
			if account != (AccountID{}) && !kept(account) {
				return account, true
			}
		}
	}
	return AccountID{}, false
}

// Release takes an officer from a case that others go on with. An open case keeps one at least.
func Release(officers []AccountID, leaves AccountID) (left []AccountID, implied bool, err error) {
	if !slices.Contains(officers, leaves) {
		return officers, true, nil
	}
	left = slices.DeleteFunc(slices.Clone(officers), func(a AccountID) bool { return a == leaves })
	if len(left) == 0 {
		return officers, false, Precondition("OFFICER_INVALID")
	}
	return left, false, nil
}

// Move is one thing of a caseload and who takes it.
type Move struct {
	Item ID
	To   AccountID
}

// Distribute gives the things of a caseload to several receivers: each to the one who got the fewest so far and is not kept from it,
// by the order in which they were named. What everybody is kept from stays. The same things and receivers give the same answer, in
// whatever order the things come.
func Distribute(items []ID, to []AccountID, kept func(ID, AccountID) bool) (moves []Move, stays []ID) {
	items = slices.Clone(items)
	slices.SortFunc(items, func(a, b ID) int { return bytes.Compare(a[:], b[:]) })
	items = slices.Compact(items)
	got := make(map[AccountID]int, len(to))
	for _, item := range items {
		best := -1
		for i, account := range to {
			if !kept(item, account) && (best < 0 || got[account] < got[to[best]]) {
				best = i
			}
		}
		if best < 0 {
			stays = append(stays, item)
			continue
		}
		got[to[best]]++
		moves = append(moves, Move{item, to[best]})
	}
	return moves, stays
}
