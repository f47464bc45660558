package server_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// Single bits are flipped in the database of a small regency while it is open, each in a copy of its own; then it is verified, and everything
// is read: an answer is the one of before or an error. A child does it, for a file that cannot be trusted ends its process.

// damage is what came of one bit, as the child says it in three lines: when it begins, has verified, and has read.
type damage struct {
	Flip           int
	Verified, Read bool     // so far the child came
	Found          []string // checks of Verify that found something; "error" if it could not go on
	Engine         bool     // SQLite's own integrity_check found something, without the sums of pages
	Wrong          []string // methods whose answer was another
	Refused        int      // answers that were errors
	Ended          bool     // the process ended by itself
}

func (d damage) reported() bool { return len(d.Found) > 0 || d.Ended && !d.Verified }

const corruptVariable = "CHILD_OF_CORRUPTION" // file of its corruption

// corruption is what a child does.
type corruption struct {
	Dir        string // of the regency
	Scratch    string // for copies: a child that ends by itself leaves the last of its own
	Seed       uint64
	From, Flip int // the first flip and the one after the last
	Signed     bool
	Tokens     map[string]string
	At         time.Time
}

func TestCorruptionIsReportedAndNeverServed(t *testing.T) {
	t.Parallel()
	inAFile(t)
	flips := 50
	if long("corruption") {
		flips = 1000
	}
	c := tally(t, flipAll(t, newCorruption(t, flips)))
	if c.wrong > 0 || c.reported*1000 < flips*999 {
		t.Errorf("%d of %d bits gave a wrong answer, %d were reported; want none, and 99.9 %%", c.wrong, flips, c.reported)
	}
	if c.refused == 0 {
		t.Error("no answer was an error: the test shows nothing")
	}
	if c.engine*100 > flips*80 { // a negative control
		t.Errorf("SQLite alone sees %d of %d: the test shows little", c.engine, flips)
	}
}

// The negative control: were each page's sum right again after the flip, as without sums, wrong answers would be given and seen here.
func TestCorruptionWithoutSumsIsSeenToBeServed(t *testing.T) {
	t.Parallel()
	inAFile(t)
	flips := 20
	if long("corruption") {
		flips = 400
	}
	job := newCorruption(t, flips)
	job.Signed = true
	c := tally(t, flipAll(t, job))
	if c.reported == flips || c.wrong == 0 && flips > 100 { // one bit in ten is served; among 20 there may be none
		t.Errorf("%d wrong answers, %d of %d reported: the test shows nothing", c.wrong, c.reported, flips)
	}
}

// TestCorruptChild is the child of the tests above.
func TestCorruptChild(t *testing.T) {
	t.Parallel()
	inAFile(t)
	text, err := os.ReadFile(os.Getenv(corruptVariable))
	if os.IsNotExist(err) {
		return
	}
	var job corruption
	if err == nil {
		err = json.Unmarshal(text, &job)
	}
	if err != nil {
		t.Fatal(err)
	}
	right := agreed(readAll(t, job), readAll(t, job))
	for n := job.From; n < job.Flip; n++ {
		job.one(t, n, right)
	}
}

func newCorruption(t *testing.T, flips int) corruption {
	t.Helper()
	scratch, err := os.MkdirTemp(roomy(), "corruption")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(scratch) })
	job := corruption{Dir: t.TempDir(), Scratch: scratch, Seed: uint64(time.Now().UnixNano()), Flip: flips}
	t.Logf("seed %d", job.Seed)
	t.Run("fill", func(t *testing.T) { job.Tokens = fillRegency(t, job.Dir) })
	job.At = time.Now()
	return job
}

// flipAll has children flip all bits; one that ends by itself is followed by the next.
func flipAll(t *testing.T, job corruption) []damage {
	t.Helper()
	all := make([]damage, job.Flip)
	for ; job.From < job.Flip; job.From++ {
		said := job.child(t, func(d damage) { job.From, all[d.Flip] = d.Flip, d })
		if all[job.From].Read {
			continue
		}
		if !strings.Contains(said, "the disk failed") {
			t.Fatalf("the child: %s", said)
		}
		all[job.From].Ended = true
	}
	return all
}

// child runs one, and gives what it said besides.
func (c corruption) child(t *testing.T, heard func(damage)) (said string) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "corruption.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCorruptChild$", "-test.timeout=1h")
	cmd.Env = append(os.Environ(), corruptVariable+"="+file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		line, ok := strings.CutPrefix(lines.Text(), "damage ")
		if !ok {
			said += lines.Text() + "\n"
			continue
		}
		var d damage
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		heard(d)
	}
	_ = cmd.Wait() // how it ended, it has said
	return said
}

// one flips one bit of a copy.
func (c corruption) one(t *testing.T, n int, right []heard) {
	t.Helper()
	d := damage{Flip: n}
	d.say()
	dir, st := c.copied(t)
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "data", "sinergi.db")
	at := anyBit(usedBytes(t, file), rand.New(rand.NewPCG(c.Seed, uint64(n))))
	if err := at.flip(file, c.Signed); err != nil {
		t.Fatal(err)
	}
	d.Engine = engineSees(file)
	findings, err := st.Verify(context.Background())
	if err != nil {
		d.Found = append(d.Found, "error")
	}
	for _, f := range findings {
		d.Found = append(d.Found, f.Check)
	}
	d.Verified = true
	d.say()
	d.reads(t, st, right)
	d.Read = true
	d.say()
	_ = st.Close() // it may know of the damage
}

func (d damage) say() {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	fmt.Printf("damage %s\n", text)
}

// copied opens a copy of the regency whose log is empty: all stands in the file.
func (c corruption) copied(t *testing.T) (dir string, st *store.Store) {
	t.Helper()
	dir, err := os.MkdirTemp(c.Scratch, "copy")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"data", "keys"} {
		if err := os.CopyFS(filepath.Join(dir, folder), os.DirFS(filepath.Join(c.Dir, folder))); err != nil {
			t.Fatal(err)
		}
		if err := lockDown(filepath.Join(dir, folder)); err != nil {
			t.Fatal(err)
		}
	}
	st, err = store.Open(context.Background(), store.Config{
		Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Now: func() time.Time { return c.At },
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "data", "sinergi.db"))
	if err == nil {
		_, err = db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, st
}

// flip changes the bit; signed makes the page's sum (store/pagesum.c) right again.
func (b bit) flip(file string, signed bool) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	const size = 4096
	page, at := make([]byte, size), int64(b.At/size*size)
	if _, err := f.ReadAt(page, at); err != nil {
		return err
	}
	page[b.At%size] ^= b.Mask
	if signed {
		binary.NativeEndian.PutUint64(page[size-8:], pageSum(page, at))
	}
	_, err = f.WriteAt(page, at)
	return err
}

func pageSum(page []byte, at int64) uint64 {
	h := uint64(0x9e3779b97f4a7c15) ^ uint64(at)
	for i := 0; i < len(page)-8; i += 8 {
		h = (h ^ binary.NativeEndian.Uint64(page[i:])) * 0xff51afd7ed558ccd
		h ^= h >> 32
	}
	return h
}

// engineSees asks SQLite alone, past the sums.
func engineSees(file string) bool {
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro&immutable=1&vfs=unix")
	if err != nil {
		return true
	}
	defer db.Close()
	var said string
	err = db.QueryRow("PRAGMA integrity_check").Scan(&said)
	return err != nil || said != "ok"
}

// heard is a read with its answer.
type heard struct {
	credential, method string
	request, answer    proto.Message
}

func (d *damage) reads(t *testing.T, st *store.Store, right []heard) {
	t.Helper()
	calls, err := server.NewInProcess(st)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range right {
		answer, _ := calls.Call(h.credential, h.method, h.request)
		switch {
		case answer == nil:
			d.Refused++
		case !proto.Equal(answer, h.answer):
			d.Wrong = append(d.Wrong, h.method)
		}
	}
}

// agreed are the reads that answer twice alike: not those that tell of the reads before them.
func agreed(first, second []heard) (both []heard) {
	for i, h := range first {
		if proto.Equal(h.answer, second[i].answer) {
			both = append(both, h)
		}
	}
	return both
}

// readAll reads what several accounts may see.
func readAll(t *testing.T, job corruption) (all []heard) {
	t.Helper()
	dir, st := job.copied(t)
	defer os.RemoveAll(dir)
	defer st.Close()
	calls, err := server.NewInProcess(st)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"bidan-cibinong", "kepala-cibinong", "gizi-cibinong", "dokter-rsud"} {
		credential := server.CredentialOf(job.Tokens[code])
		read := func(method string, request proto.Message) proto.Message {
			answer, reason := calls.Call(credential, method, request)
			if answer != nil {
				all = append(all, heard{credential, method, request, answer})
			} else if strings.HasPrefix(method, "List") {
				t.Fatalf("%s of %s: %v", method, code, reason)
			}
			return answer
		}
		for _, k := range read("ListCases", &pb.ListCasesRequest{PageSize: 100, Closed: true}).(*pb.ListCasesResponse).Cases {
			read("GetCase", &pb.GetCaseRequest{Name: k.Name})
			read("ListTimeline", &pb.ListTimelineRequest{Name: k.Name, PageSize: 100})
			read("ListDisclosures", &pb.ListDisclosuresRequest{Name: k.Name})
			read("GetGrowthRecord", &pb.GetGrowthRecordRequest{Name: k.Name})
			read("GetPerson", &pb.GetPersonRequest{Name: k.Client.GetName()})
		}
		for _, direction := range []pb.ListReferralsRequest_Direction_Value{pb.ListReferralsRequest_Direction_INBOX, pb.ListReferralsRequest_Direction_OUTBOX} {
			for _, leg := range read("ListReferrals", &pb.ListReferralsRequest{Direction: direction, PageSize: 100}).(*pb.ListReferralsResponse).Referrals {
				read("GetReferral", &pb.GetReferralRequest{Name: leg.Name})
			}
		}
		read("ListDuties", &pb.ListDutiesRequest{PageSize: 100})
		read("ListNotices", &pb.ListNoticesRequest{PageSize: 100})
	}
	return all
}

// countedDamage is what came of all bits.
type countedDamage struct{ reported, engine, wrong, ended, refused int }

func tally(t *testing.T, all []damage) (c countedDamage) {
	t.Helper()
	by, shown := map[string]int{}, map[string]int{}
	for _, d := range all {
		count := func(n *int, is bool) {
			if is {
				*n++
			}
		}
		count(&c.reported, d.reported())
		count(&c.engine, d.Engine)
		count(&c.wrong, len(d.Wrong) > 0)
		count(&c.ended, d.Ended)
		count(&c.refused, d.Refused > 0 || d.Ended)
		slices.Sort(d.Found)
		for _, check := range slices.Compact(d.Found) {
			by[check]++
		}
		for _, method := range d.Wrong {
			shown[method]++
		}
	}
	t.Logf("%d bits: %d reported by Verify (%v), %d by SQLite alone; %d gave a wrong answer (%v), %d errors, %d ended the process",
		len(all), c.reported, by, c.engine, c.wrong, shown, c.refused, c.ended)
	return c
}
