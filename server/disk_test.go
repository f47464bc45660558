package server_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// fullDisk is a server whose database lies on a disk of 64 MiB, half of which something else has taken.
type fullDisk struct {
	*world
	t       *testing.T
	dir     string
	child   *child
	ballast string

	mu      sync.Mutex
	numbers map[string]string // by request, of what was acknowledged; "" for what was refused
	filed   map[string]*pb.FileReferralRequest
}

func TestAFullDiskIsSaidAndNothingIsHalf(t *testing.T) {
	t.Parallel()
	inAFile(t)
	times := 1
	if long("disk") {
		times = 20
	}
	for n := range times {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			d := newFullDisk(t, 32<<20)
			own, secret := d.inState(t, "L1"), d.inState(t, "L3")
			if refused := d.load(); refused == 0 {
				t.Fatal("the disk was never full: the test shows nothing")
			}
			d.reads(own, secret)
			d.recovers(secret)
			d.whole()
		})
	}
}

// The negative controls: with room enough nobody is refused, and a half transaction is seen.
func TestADiskWithRoomRefusesNobodyAndAHalfIsSeen(t *testing.T) {
	t.Parallel()
	inAFile(t)
	d := newFullDisk(t, 0)
	for range 200 {
		d.file()
	}
	for request, number := range d.numbers {
		if number == "" {
			t.Errorf("%s was refused", request)
		}
	}
	d.child.kill()
	if err := d.counted(); err != nil {
		t.Error(err)
	}
	d.sql("DELETE FROM legs WHERE number = (SELECT min(number) FROM legs)")
	if err := d.counted(); err == nil {
		t.Error("a leg is gone from its case, and the count does not see it")
	}
}

// newFullDisk needs the right to mount, which CI has; elsewhere the test is left out.
func newFullDisk(t *testing.T, taken int) *fullDisk {
	t.Helper()
	d := &fullDisk{t: t, dir: t.TempDir(), numbers: map[string]string{}, filed: map[string]*pb.FileReferralRequest{}}
	data := filepath.Join(d.dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=64m,mode=0700")
	if errors.Is(err, syscall.EPERM) && os.Getenv("CI") == "" {
		t.Skip("only root may mount a small disk")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) })
	d.ballast = filepath.Join(data, "ballast")
	if err := os.WriteFile(d.ballast, make([]byte, taken), 0o600); err != nil {
		t.Fatal(err)
	}
	d.child = startChild(t, d.dir)
	d.world = attach(t, d.child)
	d.referrals() // dial before there are 32 callers
	return d
}

// file files a child, and holds that a refusal says why.
func (d *fullDisk) file() (refused bool) {
	d.mu.Lock()
	req := filing(int64(len(d.filed)))
	d.filed[req.RequestId], d.numbers[req.RequestId] = req, ""
	d.mu.Unlock()
	got, err := d.referrals().FileReferral(bearerOf(d.world, "gizi-cibinong"), req)
	if err != nil {
		d.full(err)
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.numbers[req.RequestId] = got.Number
	return false
}

// full holds that an error says that the disk is full.
func (d *fullDisk) full(err error) {
	reason, _ := reasonOf(err)
	if status.Code(err) != codes.ResourceExhausted || reason != "STORAGE_FULL" {
		d.t.Errorf("got %v, want RESOURCE_EXHAUSTED and STORAGE_FULL", err)
	}
}

// load has 32 callers file until each was refused a few times.
func (d *fullDisk) load() (refused int) {
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			mine := 0
			for range 2000 {
				if mine == 5 || d.t.Failed() {
					break
				}
				if d.file() {
					mine++
				}
			}
			d.mu.Lock()
			defer d.mu.Unlock()
			refused += mine
		})
	}
	group.Wait()
	return refused
}

// reads holds what can be read from a full disk: what needs no entry, always; what needs one, only while an entry still fits.
func (d *fullDisk) reads(own, secret string) {
	shown := 0
	for ; shown < 10_000; shown++ {
		_, err := d.cases().GetCase(bearerOf(d.world, "bidan-cibinong"), &pb.GetCaseRequest{Name: secret})
		if err != nil {
			d.full(err)
			break
		}
	}
	for range 20 {
		if _, err := d.cases().GetCase(bearerOf(d.world, "bidan-cibinong"), &pb.GetCaseRequest{Name: own}); err != nil {
			d.t.Errorf("a read that needs no entry: %v", err)
		}
		if got, err := d.cases().GetCase(bearerOf(d.world, "bidan-cibinong"), &pb.GetCaseRequest{Name: secret}); err == nil {
			d.t.Errorf("a read that needs an entry shows %s though none fits", got.Name)
		}
	}
	d.t.Logf("%d reads on record were answered before none fitted", shown)
}

// recovers makes room, and the same process goes on. Room is more than the ballast: the log may take 80 MB before it is copied.
func (d *fullDisk) recovers(secret string) {
	err := errors.Join(os.Remove(d.ballast), syscall.Mount("tmpfs", filepath.Dir(d.ballast), "tmpfs", syscall.MS_REMOUNT, "size=256m"))
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.cases().GetCase(bearerOf(d.world, "bidan-cibinong"), &pb.GetCaseRequest{Name: secret}); err != nil {
		d.t.Errorf("with room again, a read on record: %v", err)
	}
	acknowledged := 0
	for request, req := range d.filed {
		got, err := d.referrals().FileReferral(bearerOf(d.world, "gizi-cibinong"), req)
		if err != nil {
			d.t.Fatalf("with room again: %v", err)
		}
		if number := d.numbers[request]; number != "" {
			if acknowledged++; number != got.Number {
				d.t.Errorf("acknowledged as %s, now %s", number, got.Number)
			}
		}
		d.numbers[request] = got.Number
	}
	d.t.Logf("%d filed while the disk filled, %d acknowledged", len(d.filed), acknowledged)
}

// whole holds that all that was filed is there once, and nothing else.
func (d *fullDisk) whole() {
	d.child.kill()
	verifyFolder(d.t, d.dir)
	if err := d.counted(); err != nil {
		d.t.Error(err)
	}
}

// counted compares the rows with the filings: each made a child, a case, a measurement and a leg.
func (d *fullDisk) counted() error {
	db := d.open()
	defer db.Close()
	for _, query := range []string{
		"SELECT count(*) FROM legs",
		"SELECT count(*) FROM measurements m WHERE m.case_id IN (SELECT l.case_id FROM legs l)",
		"SELECT count(*) FROM cases c WHERE c.id IN (SELECT l.case_id FROM legs l)",
		"SELECT count(*) FROM persons p WHERE p.id IN (SELECT c.subject FROM cases c JOIN legs l ON l.case_id = c.id)",
		"SELECT count(*) FROM requests WHERE method LIKE '%FileReferral' AND case_id IN (SELECT l.case_id FROM legs l)",
	} {
		var n int
		if err := db.QueryRowContext(context.Background(), query).Scan(&n); err != nil {
			return err
		}
		if n != len(d.filed) {
			return fmt.Errorf("%s: %d, want %d", query, n, len(d.filed))
		}
	}
	return nil
}

func (d *fullDisk) open() *sql.DB {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(d.dir, "data", "sinergi.db")+"?_busy_timeout=5000")
	if err != nil {
		d.t.Fatal(err)
	}
	return db
}

func (d *fullDisk) sql(query string) {
	db := d.open()
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), query); err != nil {
		d.t.Fatal(err)
	}
}
