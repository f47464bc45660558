package store

import (
	"errors"
	"fmt"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// Chain reads the legs of a chain, first leg first. Served by the primary key and legs_root.
func (t *tx) Chain(root casework.LegID) ([]casework.Referral, error) {
	legs, err := list(t, scanLeg, "SELECT "+legColumns+" FROM legs l WHERE l.id = $1", root)
	if err != nil {
		return nil, fmt.Errorf("read the root of a chain: %w", err)
	}
	rest, err := list(t, scanLeg, "SELECT "+legColumns+" FROM legs l WHERE l.root = $1 AND l.previous IS NOT NULL ORDER BY l.sent, l.id", root)
	if err != nil {
		return nil, fmt.Errorf("read a chain: %w", err)
	}
	return inOrder(append(legs, rest...)), nil
}

// inOrder follows the links: a leg may be sent in the microsecond of the one before it.
func inOrder(legs []casework.Referral) []casework.Referral {
	for i := 1; i < len(legs); i++ {
		for j := i; j < len(legs); j++ {
			if legs[j].Previous == legs[i-1].ID {
				legs[i], legs[j] = legs[j], legs[i]
				break
			}
		}
	}
	return legs
}

// NextLeg is the leg to which one was handed on; zero if none follows.
func (t *tx) NextLeg(l casework.Referral) (id casework.LegID, receiver casework.UnitID, err error) {
	err = t.row("SELECT id, receiver FROM legs WHERE root = $1 AND previous = $2", l.Root, l.ID).scan(id[:], receiver[:])
	if errors.Is(err, errNoRows) {
		return casework.LegID{}, casework.UnitID{}, nil
	}
	return id, receiver, err
}

// Earlier is what has become of the leg that one waits for.
func (t *tx) Earlier(l casework.Referral) (e casework.Earlier, err error) {
	if l.After == (casework.LegID{}) {
		return e, nil
	}
	e.Waited = true
	chain, err := t.Chain(l.After)
	if err != nil {
		return e, err
	}
	for _, leg := range chain {
		served, err := t.firstServed(leg.ID)
		if err != nil {
			return e, err
		}
		if !served.IsZero() {
			e.Served = served
			return e, nil
		}
		e.Ended = leg.Ended // of the last leg: a forwarded one has the next behind it
	}
	return e, nil
}

// firstServed is when the first service on a leg was recorded; zero: not yet. Served by progress_leg.
func (t *tx) firstServed(leg casework.LegID) (at time.Time, err error) {
	err = t.row("SELECT recorded FROM progress WHERE leg = $1 AND kind = 'SERVED' ORDER BY recorded LIMIT 1", leg).scan(&at)
	if errors.Is(err, errNoRows) {
		return time.Time{}, nil
	}
	return at, err
}

// Waiting reads the accepted legs that wait for a chain to serve. Served by legs_after.
func (t *tx) Waiting(root casework.LegID) ([]casework.Referral, error) {
	return list(t, scanLeg, "SELECT "+legColumns+" FROM legs l WHERE l.after_leg = $1 AND l.ended IS NULL AND l.state = 'ACCEPTED'", root)
}

// ChainBegan is when a chain began: the device's time of its filing, if it gave one, else when its first leg was sent.
func (t *tx) ChainBegan(l casework.Referral) (began time.Time, err error) {
	if err := t.row("SELECT sent FROM legs WHERE id = $1", l.Root).scan(&began); err != nil {
		return began, fmt.Errorf("read when a chain began: %w", err)
	}
	for r := range t.rows("SELECT occurred FROM submissions WHERE "+inCase+" AND time = $2", l.Case, began) {
		var occurred time.Time
		if err := r.scan(&occurred); err != nil {
			return began, fmt.Errorf("read when a filing occurred: %w", err)
		}
		if !occurred.IsZero() && occurred.Before(began) {
			began = later(occurred, began.AddDate(0, 0, -lateDays))
		}
	}
	return began, nil
}

// lateDays is how long a filing may have waited for a network (design: sync 6).
const lateDays = 180

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
