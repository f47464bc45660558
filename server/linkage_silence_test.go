package server_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sinergi-pug/sinergi/server"
)

// heard is all that a side can ask for, by what is asked.
func (w *world) heard(f linkedFile) map[string]reply {
	w.t.Helper()
	all := map[string]reply{}
	for _, who := range []string{f.officer, f.head} {
		for _, path := range []string{f.name, f.person, f.name + "/timeline", f.name + "/disclosures", "cases", "referrals?direction=OUTBOX", "duties", "duties?scope=ME", "notices", "reviews", "approvals"} {
			all[who+" "+path] = w.call(who, "GET", "/v1/"+path, nil)
		}
		all[who+" matches"] = w.matches(who, f.person)
		all[who+" list"] = w.call(who, "POST", "/v1/matches:list", object{})
	}
	all["accesses"] = w.call(f.head, "GET", "/v1/"+f.name+"/accesses", nil)
	return all
}

// said is what the log tells of calls, less when and how long.
func saidOf(t *testing.T, lines string) (all []string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		var call map[string]any
		if err := json.Unmarshal([]byte(line), &call); err != nil || call["msg"] != "call" {
			continue
		}
		all = append(all, fmt.Sprint(call["method"], call["code"], call["rule"], call["level"]))
	}
	return all
}

// TestTheLessSecretSideHearsTheSameWithASecretMatchAndWithout: all that it can ask for, byte for byte, and what the log says meanwhile.
// The two sides are told apart by what was stored of the pair alone: a hidden candidate, a review, a link, its reveal, its end.
func TestTheLessSecretSideHearsTheSameWithASecretMatchAndWithout(t *testing.T) {
	t.Parallel()
	for _, level := range []string{"L1", "L2"} {
		t.Run(level, func(t *testing.T) {
			var log syncBuffer
			w := serveWorld(t, server.RegencyConfig{
				Dir: t.TempDir(), Unlimited: true, NoSweep: true, Configure: func(c *server.Config) { c.Log, c.LogLevel = &log, "info" },
			})
			upper, lower := w.violenceFile(t, "pendamping-uptd", "kepala-uptd"), w.growthFile(t)
			if level == "L2" {
				w.post(lower.officer, lower.name+":raiseLevel", object{"level": "L2", "reason": "ayah mengancam"}).expect(t, 200, nil, nil)
			}
			w.heard(lower) // what is told once, and the list of who looked
			from := len(log.String())
			before := w.heard(lower)
			quiet := saidOf(t, log.String()[from:])
			hears := func(after string) {
				t.Helper()
				from := len(log.String())
				now := w.heard(lower)
				for what, was := range before {
					got := now[what]
					if what == "accesses" || strings.HasSuffix(what, "timeline") { // its own looks of a moment ago
						got.expect(t, was.Status, nil, []string{w.unitName("UPTD-PPA"), w.unitName("REGENCY"), "REVIEWER", "LINK"})
						continue
					}
					if !sameButForWhen(was, got) {
						t.Errorf("after %s, %s: %s, before: %s", after, what, got.Body, was.Body)
					}
				}
				if lines := saidOf(t, log.String()[from:]); !slices.Equal(lines, quiet) {
					t.Errorf("after %s the log says %v, before %v", after, lines, quiet)
				}
			}
			w.candidates(t, upper.person, candidate(t, lower.person, 4, false))
			if level == "L2" { // a subject above L1 has a row of its own, with all that was found
				w.candidates(t, lower.person, candidate(t, upper.person, 4, false))
			}
			hears("a match")
			asked := w.post(upper.officer, "matches:requestReview", object{"matchRef": w.matchRef(t, upper.officer, upper.person), "reason": "nama mirip"})
			asked.expect(t, 200, nil, nil)
			hears("a review")
			w.reveal("penelaah", asked.text("name")).expect(t, 200, nil, nil)
			hears("a reveal")
			link := w.post("penelaah", "links:confirm", object{"review": asked.text("name"), "relation": "SAME_PERSON", "basis": "NIK_VERIFIED"})
			link.expect(t, 200, nil, nil)
			w.call(upper.officer, "GET", "/v1/"+upper.name, nil).expect(t, 200, []string{"HEALTH"}, nil)
			hears("a link")
			w.post(upper.head, link.text("name")+":undo", object{"reason": "keliru"}).expect(t, 200, nil, nil)
			hears("its end")
		})
	}
}

// TestTheTimeOfASecretMatchTellsNothing compares two files of the less secret side that differ in nothing but a secret match and a
// confirmed link.
func TestTheTimeOfASecretMatchTellsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("a measurement")
	}
	pairs := 2000
	if long("linkage") {
		pairs = 10_000
	}
	w := serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Unlimited: true, NoSweep: true})
	upper := w.violenceFile(t, "pendamping-uptd", "kepala-uptd")
	files := map[bool]linkedFile{true: w.growthFile(t), false: w.growthFile(t)}
	for _, f := range files {
		w.post(f.officer, f.name+":raiseLevel", object{"level": "L2", "reason": "ayah mengancam"}).expect(t, 200, nil, nil)
	}
	second := w.violenceFile(t, "polwan-ppa", "kepala-ppa")
	w.candidates(t, upper.person, candidate(t, files[true].person, 4, true))
	w.confirms(t, upper.officer, upper.person).expect(t, 200, nil, nil)
	w.candidates(t, files[true].person, candidate(t, upper.person, 4, true), candidate(t, second.person, 2, true))
	ways := map[string]func(f linkedFile){
		"REST match": func(f linkedFile) { w.matches(f.officer, f.person).expect(t, 200, nil, []string{"matches"}) },
		"gRPC match": func(f linkedFile) {
			faces[1].call(w, f.officer, methods()["FindMatches"], object{"subject": f.person}).expect(t, 200, nil, []string{"matches"})
		},
		"REST case": func(f linkedFile) {
			w.call(f.officer, "GET", "/v1/"+f.name, nil).expect(t, 200, nil, []string{"links/"})
		},
		"gRPC case": func(f linkedFile) {
			faces[1].call(w, f.officer, methods()["GetCase"], object{"name": f.name}).expect(t, 200, nil, []string{"links/"})
		},
	}
	if !long("linkage") {
		pairs /= len(ways)
	}
	for what, ask := range ways {
		times := w.pairs(pairs, func(secret bool) { ask(files[secret]) })
		score := welch(times[0], times[1])
		mean, variance := moments(times[0])
		t.Logf("%s: t = %.2f over %d pairs of %.2f ms ± %.2f", what, score, pairs, 1000*mean, 1000*math.Sqrt(variance))
		if math.Abs(score) >= 4.5 {
			t.Errorf("%s: t = %.1f over %d pairs", what, score, pairs)
		}
	}
}
