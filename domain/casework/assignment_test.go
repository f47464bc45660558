package casework

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestWhoFollowsWhenNobodyIsLeft(t *testing.T) {
	duty, chief, worker := AccountID{1}, AccountID{2}, AccountID{3}
	parentDuty, parentChief, parentWorker := AccountID{11}, AccountID{12}, AccountID{13}
	own := Desk{duty, []AccountID{chief}, []AccountID{worker}}
	parent := Desk{parentDuty, []AccountID{parentChief}, []AccountID{parentWorker}}
	for _, tt := range []struct {
		name        string
		own, parent Desk
		kept        []AccountID
		want        AccountID
	}{
		{"the unit's duty officer", own, parent, nil, duty},
		{"its supervisor, if the duty officer is blocked", own, parent, []AccountID{duty}, chief},
		{"its supervisor, if there is no duty officer", Desk{Supervisors: []AccountID{chief}}, parent, nil, chief},
		{"the parent's duty officer", own, parent, []AccountID{duty, chief}, parentDuty},
		{"a post without anybody", Desk{}, parent, nil, parentDuty},
		{"a worker of the unit before the parent's supervisor", own, Desk{Supervisors: []AccountID{parentChief}}, []AccountID{duty, chief}, worker},
		{"the parent's supervisor", own, parent, []AccountID{duty, chief, worker, parentDuty}, parentChief},
		{"the last there is", own, parent, []AccountID{duty, chief, worker, parentDuty, parentChief}, parentWorker},
		{"nobody", own, parent, []AccountID{duty, chief, worker, parentDuty, parentChief, parentWorker}, AccountID{}},
		{"a unit without a parent", Desk{}, Desk{}, nil, AccountID{}},
	} {
		got, ok := Follower(tt.own, tt.parent, func(a AccountID) bool { return slices.Contains(tt.kept, a) })
		if got != tt.want || ok != (tt.want != AccountID{}) {
			t.Errorf("%s: %v %v, want %v", tt.name, got, ok, tt.want)
		}
	}
}

func TestAnOpenCaseKeepsAnOfficer(t *testing.T) {
	two := []AccountID{siti, dewi}
	if left, implied, err := Release(two, siti); err != nil || implied || !slices.Equal(left, []AccountID{dewi}) || len(two) != 2 {
		t.Errorf("one of two: %v %v %v", left, implied, err)
	}
	if left, _, err := Release([]AccountID{siti}, siti); reasonOf(err) != "OFFICER_INVALID" || !slices.Equal(left, []AccountID{siti}) {
		t.Errorf("the last one: %v %v", left, err)
	}
	if left, implied, err := Release(two, rani); err != nil || !implied || !slices.Equal(left, two) {
		t.Errorf("somebody who is none: %v %v %v", left, implied, err)
	}
}

func TestACaseloadIsSharedOut(t *testing.T) {
	things := []ID{{5}, {1}, {3}, {2}, {4}}
	free := func(ID, AccountID) bool { return false }
	moves, stays := Distribute(things, []AccountID{siti, dewi}, free)
	want := []Move{{ID{1}, siti}, {ID{2}, dewi}, {ID{3}, siti}, {ID{4}, dewi}, {ID{5}, siti}}
	if !slices.Equal(moves, want) || stays != nil {
		t.Errorf("shared out: %v, stays %v", moves, stays)
	}
	moves, stays = Distribute(things, []AccountID{siti}, func(item ID, _ AccountID) bool { return item == ID{3} })
	if len(moves) != 4 || !slices.Equal(stays, []ID{{3}}) {
		t.Errorf("what she is kept from: %v, stays %v", moves, stays)
	}
	if moves, stays := Distribute(things, nil, free); moves != nil || len(stays) != 5 {
		t.Errorf("to nobody: %v %v", moves, stays)
	}
}

// Each thing goes to one receiver who is not kept from it or stays because all are; the order in which things come says nothing; and
// where nobody is kept, no receiver gets two more than another.
func TestSharingOutIsFairAndAlwaysTheSame(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 9))
		things, to := make([]ID, rnd.IntN(40)), make([]AccountID, 1+rnd.IntN(5))
		for i := range things {
			things[i] = ID{byte(i), byte(rnd.IntN(256))}
		}
		for i := range to {
			to[i] = AccountID{byte(i + 1)}
		}
		blocks := seed % 2 * 3 // every second time nobody is kept
		kept := func(item ID, a AccountID) bool { return blocks > 0 && (uint64(item[1])+uint64(a[0]))%blocks == 0 }
		moves, stays := Distribute(things, to, kept)
		rnd.Shuffle(len(things), func(i, j int) { things[i], things[j] = things[j], things[i] })
		again, _ := Distribute(things, to, kept)
		if !slices.Equal(moves, again) || len(moves)+len(stays) != len(things) {
			t.Fatalf("seed %d: %d things, %d moved, %d stay; in another order %v", seed, len(things), len(moves), len(stays), again)
		}
		got := make([]int, len(to)+1)
		for _, m := range moves {
			if kept(m.Item, m.To) {
				t.Fatalf("seed %d: who is blocked got one", seed)
			}
			got[m.To[0]]++
		}
		for _, s := range stays {
			if slices.ContainsFunc(to, func(a AccountID) bool { return !kept(s, a) }) {
				t.Fatalf("seed %d: one stays that somebody could take", seed)
			}
		}
		if counts := got[1:]; blocks == 0 && slices.Max(counts)-slices.Min(counts) > 1 {
			t.Fatalf("seed %d: shared out as %v", seed, counts)
		}
	}
}
