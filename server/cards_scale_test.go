package server

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// The promises of design page linkage 7, through the real store: LONG_ROW=linkage holds them at the size of a regency.
func TestCardsOfARegencyKeepTheirTimeAndMemory(t *testing.T) {
	size, open, strict := 4500, 40, strings.EqualFold(os.Getenv("LONG_ROW"), "linkage")
	if strict {
		size, open = 556_000, 5_000
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	}
	st, err := storetest.OpenStore(t.Context(), store.Config{Data: filepath.Join(t.TempDir(), "data"), Keys: filepath.Join(t.TempDir(), "keys")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	fillRegency(t, st, size, open)
	s := &Server{store: st, log: slog.New(slog.NewTextHandler(io.Discard, nil)), cfg: Config{}}

	holds := func(what string, most time.Duration, memory int, do func()) {
		t.Helper()
		took, peak := costOf(do)
		t.Logf("%s: %v of the processor, at most %d MB more in memory", what, took.Round(time.Millisecond/10), peak>>20)
		if strict && (took > most || peak > memory<<20) {
			t.Errorf("%s: want at most %v and %d MB", what, most, memory)
		}
	}
	none := func([]byte) error { return nil }
	holds(fmt.Sprintf("all %d cards made", size), 2*time.Minute, 400, func() { must(t, st.EachCard(t.Context(), none)) })
	compareAll(t, st, open)
	holds("all cards opened", 4*time.Second, 64, func() { must(t, st.EachCard(t.Context(), none)) })
	holds("opened who asks, u and fillers recounted", time.Minute, 400, func() {
		s.cards, err = s.loadCards(t.Context())
		must(t, err)
	})
	c := s.cards
	if len(c.asking) != open || len(c.waiting) != 0 {
		t.Fatalf("%d ask and %d wait, want %d and none", len(c.asking), len(c.waiting), open)
	}
	asker := regencyPerson(0)
	holds("one subject against all cards", 4*time.Second, 64, func() {
		c.waiting = append(c.waiting, asker)
		must(t, s.scanWaiting(t.Context(), c))
	})
	found := c.asking[asker].candidates
	for n := 1; n < 4; n++ {
		if !slices.Contains(found, regencyPerson(n)) {
			t.Errorf("%d found of her household, and child %d is not", len(found), n)
		}
	}

	fillCandidates(t, st, asker, size) // as many as there may be
	c.asking[asker].candidates = nil
	sibling := siblingOf(t, st, 0, size)
	holds(fmt.Sprintf("a new card against %d subjects", open), 50*time.Millisecond, 64, func() {
		turn := newTurn(c)
		_, err := store.Read(t.Context(), st, func(r *store.Reader) (struct{}, error) { return struct{}{}, turn.take(r, []casework.PersonID{sibling}) })
		must(t, err)
		if turn.rows[asker] == nil {
			t.Error("the new card is of her household, and her row is not judged anew")
		}
		must(t, s.put(t.Context(), turn))
	})
	holds("all cards under another key", 2*time.Minute, 400, func() {
		must(t, st.ChangeKey(t.Context(), "linkage", journal.Entry{Version: journal.Version, Origin: "timer", Action: "key.manage"}))
	})
	findings, err := st.Verify(t.Context())
	for _, f := range findings {
		if f.Check == "linkage" {
			t.Error(f)
		}
	}
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// costOf is the processor's time of what is done, for others share the machine, and by how much the heap grew meanwhile. Garbage is
// collected early: by default the heap may double before.
func costOf(do func()) (time.Duration, int) {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	spent := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, peak := m.HeapInuse, atomic.Uint64{}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	begin := spent()
	do()
	took := spent() - begin
	close(stop)
	<-done
	return took, max(0, int(peak.Load())-int(before))
}

// A regency of households of four: a mother and three children, whose names are put together from syllables.
func regencyPerson(n int) (id casework.PersonID) {
	binary.BigEndian.PutUint64(id[:], uint64(n)*0x9e3779b97f4a7c15) // in no order
	binary.BigEndian.PutUint64(id[8:], uint64(n)+1)
	return id
}

var syllables = strings.Fields("ra ma su ti ni wa da la ka ha ri mu sa ta na yu ro li wi ju di fa ki pu gi bu ne")

func syllableName(n uint64) string {
	var b strings.Builder
	for i := range 6 {
		n = n*6364136223846793005 + 1442695040888963407
		b.WriteString(syllables[(n>>33)%uint64(len(syllables))])
		if i == 2 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func regencyIdentity(n int) (p casework.Person) {
	house := n / 4
	p = casework.Person{ID: regencyPerson(n), Side: casework.Ordinary, Sex: casework.Female, Kecamatan: fmt.Sprintf("32.99.%02d", house%40+1)}
	p.Identity.Address = casework.Address{
		AreaCode: fmt.Sprintf("32.99.%02d.%04d", house%40+1, house/40%11+2001), RT: fmt.Sprint(house%7 + 1), RW: fmt.Sprint(house%13 + 1),
	}
	mother := syllableName(uint64(house) * 7919)
	if n%4 == 0 {
		p.Identity.Name, p.Identity.BirthDate = mother, casework.BornOn(casework.Date(7000+house%4000))
		p.Identity.Husband.Name = syllableName(uint64(house) * 104729)
		return p
	}
	if n%2 == 0 {
		p.Sex = casework.Male
	}
	p.Identity.Name, p.Identity.Mother.Name = syllableName(uint64(n)*31337), mother
	p.Identity.Father.Name = syllableName(uint64(house) * 104729)
	p.Identity.BirthDate = casework.BornOn(casework.Date(18_700 + n*37%1700))
	return p
}

// fillRegency puts persons, of whom so many mothers ask and were compared.
func fillRegency(t *testing.T, st *store.Store, size, open int) {
	t.Helper()
	for from := 0; from < size; from += 500 {
		var all []casework.Person
		var keys []store.Key
		for n := from; n < min(size, from+500); n++ {
			p := regencyIdentity(n)
			key, err := st.WrapKey(store.Owner(p.ID))
			must(t, err)
			all, keys = append(all, p), append(keys, key)
		}
		_, err := store.Update(context.Background(), st, func(w *store.Writer) (none struct{}, err error) {
			for i, p := range all {
				if err := w.PutPerson(p, keys[i], regencyEntry(w)); err != nil {
					return none, err
				}
				if n := from + i; n%4 == 0 && n/4 < open {
					if err := putAsking(w, p.ID); err != nil {
						return none, err
					}
				}
			}
			return none, nil
		})
		must(t, err)
	}
	_, err := store.Update(context.Background(), st, func(w *store.Writer) (struct{}, error) {
		next, err := w.NextNumber()
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, w.SetCardsFollow(next)
	})
	must(t, err)
}

// compareAll says of all who ask that they were compared.
func compareAll(t *testing.T, st *store.Store, open int) {
	t.Helper()
	_, err := store.Update(context.Background(), st, func(w *store.Writer) (none struct{}, err error) {
		for n := range open {
			if err := w.PutCandidates(regencyPerson(4*n), nil); err != nil {
				return none, err
			}
		}
		return none, nil
	})
	must(t, err)
}

func regencyEntry(w *store.Writer) func([32]byte) [16]byte {
	return func(value [32]byte) [16]byte {
		return w.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "fill", Event: journal.Event{Value: value}}, nil, nil)
	}
}

func putAsking(w *store.Writer, id casework.PersonID) error {
	k := casework.Case{
		ID: casework.CaseID(id), Number: casework.NewNumber(casework.CaseNumber, [4]byte(id[:4])), Subject: id,
		Type: casework.DomesticViolence, Level: casework.L2, Status: casework.DomesticViolence.BirthStatus(), Opened: w.Now(),
	}
	return w.PutCase(k, regencyEntry(w))
}

// fillCandidates gives a subject as many candidates as a row has room for.
func fillCandidates(t *testing.T, st *store.Store, id casework.PersonID, size int) {
	t.Helper()
	_, err := store.Update(context.Background(), st, func(w *store.Writer) (struct{}, error) {
		var all []linkage.Candidate
		for n := range linkage.ShortlistLength {
			all = append(all, linkage.Candidate{ID: regencyPerson(size - 1 - n*4), Score: -5})
		}
		return struct{}{}, w.PutCandidates(id, all)
	})
	must(t, err)
}

// siblingOf puts one more child of a household.
func siblingOf(t *testing.T, st *store.Store, house, size int) casework.PersonID {
	t.Helper()
	p := regencyIdentity(4*house + 1)
	p.ID = regencyPerson(size)
	p.Identity.Name = "Muhammad " + syllableName(4711)
	key, err := st.WrapKey(store.Owner(p.ID))
	must(t, err)
	_, err = store.Update(context.Background(), st, func(w *store.Writer) (struct{}, error) { return struct{}{}, w.PutPerson(p, key, regencyEntry(w)) })
	must(t, err)
	return p.ID
}
