package server_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/linkage"
)

// walkedFile is a file with what the walk believes of it.
type walkedFile struct {
	linkedFile
	ordinary bool
	register string
	floor    int
	level    int
	blocks   map[string]string // code of an account to its block
}

// linkWalk is some files that are all each other's matches, and what was said of them.
type linkWalk struct {
	w         *world
	t         *testing.T
	files     []*walkedFile
	confirmed map[[2]int]string // pair to its link
	rejected  map[[2]int]string
	did       map[string]int
}

func pairAt(i, j int) [2]int { return [2]int{min(i, j), max(i, j)} }

// TestNoPointerSurvivesItsReason confirms, rejects, undoes, raises, lowers, blocks and unblocks at random, and after each step asks all
// files for their links and matches, each by its officer: they are those of a model of ten lines.
func TestNoPointerSurvivesItsReason(t *testing.T) {
	t.Parallel()
	walks, steps := 1, 120
	if long("linkage") {
		walks, steps = 8, 1_250
	}
	if testing.Short() {
		steps = 30
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for n := range walks {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			walkLinks(t, rand.New(rand.NewPCG(seed, uint64(n))), steps)
		})
	}
}

// walkLinks walks once. Now and then two days pass, for a pair is named some sixteen times within two at most.
func walkLinks(t *testing.T, random *rand.Rand, steps int) {
	var leapt atomic.Int64
	w := linkWorld(t, func() time.Time { return time.Now().Add(time.Duration(leapt.Load())) })
	k := newLinkWalk(t, w)
	for n := range steps {
		if n%40 == 39 {
			leapt.Add(int64(49 * time.Hour))
			for _, f := range k.files {
				w.renewed(t, f.officer, f.head, "penelaah")
			}
		}
		k.step(random)
		k.check()
		if t.Failed() {
			return
		}
	}
	t.Logf("%d steps: %v", steps, k.did)
	if long("linkage") {
		w.verified(t)
	}
}

func newLinkWalk(t *testing.T, w *world) *linkWalk {
	k := &linkWalk{w: w, t: t, confirmed: map[[2]int]string{}, rejected: map[[2]int]string{}, did: map[string]int{}}
	add := func(f linkedFile, register string, level, floor int) {
		k.files = append(k.files, &walkedFile{linkedFile: f, ordinary: floor == 1, register: register, floor: floor, level: level, blocks: map[string]string{}})
	}
	child := func(officer, head, register string) {
		body := stuntedChild()
		body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
		delete(body, "legs")
		filed := w.call(officer, "POST", "/v1/referrals:file", body)
		filed.expect(t, 200, nil, nil)
		add(linkedFile{filed.text("case"), filed.text("person"), officer, head}, register, 1, 1)
	}
	child("gizi-cibinong", "kepala-cibinong", "PKM-CIBINONG")
	child("bidan-citeureup", "kepala-citeureup", "PKM-CITEUREUP")
	add(w.violenceFile(t, "pendamping-uptd", "kepala-uptd"), "UPTD-PPA", 3, 2)
	add(w.violenceFile(t, "polwan-ppa", "kepala-ppa"), "POLRES-PPA", 3, 2)
	add(w.violenceFile(t, "dokter-rsud", "kepala-rsud"), "RSUD-CIBINONG", 3, 2)
	for i, f := range k.files {
		for j, other := range k.files {
			if i != j {
				w.candidates(t, f.person, append(k.others(i, j), candidate(t, other.person, 4, true))...)
			}
		}
	}
	return k
}

// others are the candidates of a file up to another.
func (k *linkWalk) others(i, until int) (all []linkage.Candidate) {
	for j := range until {
		if j != i {
			all = append(all, candidate(k.t, k.files[j].person, 4, true))
		}
	}
	return all
}

// upward is whether the officer of i may know of a pair with j.
func (k *linkWalk) upward(i, j int) bool {
	f, other := k.files[i], k.files[j]
	return f.level >= other.level && f.blocks[f.officer] == "" && other.blocks[f.officer] == ""
}

// check asks every file for its links and its matches.
func (k *linkWalk) check() {
	k.t.Helper()
	for i, f := range k.files {
		links, matches := 0, 0
		for j, other := range k.files {
			if i == j || !k.upward(i, j) {
				continue
			}
			switch pair := pairAt(i, j); {
			case k.confirmed[pair] != "":
				links++
			case k.rejected[pair] == "" && (f.level > 1 || other.level > 1 || f.register == other.register):
				matches++
			}
		}
		read := k.w.call(f.officer, "GET", "/v1/"+f.name, nil)
		if got := count(read, "links"); got != links {
			k.t.Fatalf("%s at L%d of %s shows %d links, want %d: %v", f.name, f.level, f.officer, got, links, k.confirmed)
		}
		if got := count(k.w.matches(f.officer, f.person), "matches"); got != matches {
			k.t.Fatalf("%s at L%d of %s shows %d matches, want %d", f.name, f.level, f.officer, got, matches)
		}
	}
}

func count(r reply, list string) int {
	all, _ := r.value(list).([]any)
	return len(all)
}

// step does one thing at random.
func (k *linkWalk) step(random *rand.Rand) {
	k.t.Helper()
	i := random.IntN(len(k.files))
	j := (i + 1 + random.IntN(len(k.files)-1)) % len(k.files)
	f, other := k.files[i], k.files[j]
	acts := map[string]func(){
		"confirm": func() {
			k.say(f, k.confirmed, "links:confirm", object{"relation": "SAME_PERSON", "basis": "HOME_VISIT"})
		},
		"reject":         func() { k.say(f, k.rejected, "links:reject", object{"reason": "TWIN"}) },
		"undo":           func() { k.undo(f, pairAt(i, j), k.confirmed) },
		"undo rejection": func() { k.undo(f, pairAt(i, j), k.rejected) },
		"raise": func() {
			if f.level < 3 && f.blocks[f.officer] == "" {
				f.level++
				k.ok(f.officer, f.name+":raiseLevel", object{"level": fmt.Sprint("L", f.level), "reason": "klien takut"})
			}
		},
		"lower": func() {
			if f.level > f.floor {
				f.level--
				k.ok(f.head, f.name+":lowerLevel", object{"level": fmt.Sprint("L", f.level), "reason": why30})
			}
		},
		"block": func() {
			if f.blocks[other.officer] == "" {
				f.blocks[other.officer] = k.ok(f.head, f.name+":addBlock", object{"account": k.w.accountOf(k.t, other.officer), "reason": "keluarga terlapor"}).text("name")
			}
		},
		"unblock": func() {
			if block := f.blocks[other.officer]; block != "" {
				approval := k.w.post(f.head, block+":remove", object{"reason": why30}).awaited(k.t)
				k.ok("penelaah", approval+":approve", nil)
				delete(f.blocks, other.officer)
			}
		},
	}
	names := []string{"confirm", "confirm", "confirm", "reject", "undo", "undo rejection", "raise", "lower", "block", "unblock"}
	name := names[random.IntN(len(names))]
	acts[name]()
	k.did[name]++
}

func (k *linkWalk) ok(who, path string, body object) reply {
	k.t.Helper()
	got := k.w.post(who, path, body)
	got.expect(k.t, 200, nil, nil)
	return got
}

// say says of a pair, by the match that the officer is shown, if there is one: all of a walk's matches are asked for by their turn.
func (k *linkWalk) say(f *walkedFile, said map[[2]int]string, path string, body object) {
	k.t.Helper()
	shown := k.w.matches(f.officer, f.person)
	if n := count(shown, "matches"); n > 0 {
		body["matchRef"] = shown.text(fmt.Sprintf("matches.%d.matchRef", n-1))
		got := k.ok(f.officer, path, body)
		said[k.lastShown(f)] = got.text("name")
	}
}

// lastShown is the pair of the last match of a file, by the order of candidates: that of the files.
func (k *linkWalk) lastShown(f *walkedFile) [2]int {
	i := slices.Index(k.files, f)
	for j := len(k.files) - 1; j >= 0; j-- {
		other := k.files[j]
		if j == i || !k.upward(i, j) || k.confirmed[pairAt(i, j)] != "" || k.rejected[pairAt(i, j)] != "" {
			continue
		}
		if f.level > 1 || other.level > 1 || f.register == other.register {
			return pairAt(i, j)
		}
	}
	k.t.Fatal("a match was shown, and there is none")
	return [2]int{}
}

// undo takes a word back by the officer of a side, who may if it was hers, and is told of none that she is not shown.
func (k *linkWalk) undo(f *walkedFile, pair [2]int, said map[[2]int]string) {
	k.t.Helper()
	link := said[pair]
	if link == "" {
		return
	}
	got := k.w.post(f.head, link+":undo", object{"reason": "keliru"})
	if i := slices.Index(k.files, f); f.level < k.files[pair[0]+pair[1]-i].level {
		got.expect(k.t, 404, nil, nil)
		return
	}
	got.expect(k.t, 200, []string{"UNDONE"}, nil)
	delete(said, pair)
}
