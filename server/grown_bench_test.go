package server_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// grownLegs gives each case of grown what a filing leaves besides: key, tags, submission, disclosure, leg, duties, notice, entries, stored answer.
// Half is over, half is open and of other units.
func grownLegs(t testing.TB, w *world, from, until int) {
	t.Helper()
	db := rawDatabase(t, w.dir)
	own, _ := w.served.Store.Directory().UnitByCode("PKM-CIBINONG")
	other, _ := w.served.Store.Directory().UnitByCode("PKM-CITEUREUP")
	now := time.Now()
	due := now.AddDate(0, 1, 0) // or half a million duties would be raised meanwhile
	const side, far = "CASE i % 2 WHEN 0 THEN ?3 ELSE ?4 END", "CASE i % 2 WHEN 0 THEN ?4 ELSE ?3 END"
	if _, err := db.Exec("PRAGMA cache_size = -4000000"); err != nil { // kilobytes: indexes of chance are filled in memory
		t.Fatal(err)
	}
	for _, statement := range []string{
		// wrapped by the key of those that were filed
		"INSERT INTO deks (owner, epoch, wrapped) SELECT " + grownID("p") + ", 0, CAST((SELECT substr(d.wrapped, 1, 5) FROM deks d LIMIT 1) || randomblob(60) AS BLOB) FROM n",
		// four entries, before the first that the journal has of its own
		`INSERT INTO journal (number, id, time, object_id, case_id, bytes, place) SELECT -4 * i - e - 1, randomblob(16), ?5, ` + grownID("p") + ", " + grownID("c") + `, randomblob(205), ` + grownPlace + `
			FROM n, (SELECT 0 AS e UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3)`,
		"INSERT INTO match_tags (tag, person) SELECT randomblob(16), " + grownID("p") + " FROM n",
		"INSERT INTO assignments (place, case_id, account, from_time, entry) SELECT " + grownPlace + ", " + grownID("c") + ", ?4, ?5, randomblob(16) FROM n",
		"INSERT INTO submissions (place, account, case_id, opened, time, entry) SELECT " + grownPlace + ", ?4, " + grownID("c") + ", 1, ?5, randomblob(16) FROM n",
		`INSERT INTO disclosures (id, case_id, kind, unit, from_time, scope, named, entry, f3, services, receivers, account, place)
			SELECT ` + grownID("d") + ", " + grownID("c") + ", 'CARE', " + side + ", ?5, 131079, 0, randomblob(16), randomblob(36), 'SPECIALIST_PEDIATRIC', " + far + ", ?4, " + grownPlace + " FROM n",
		`INSERT INTO legs (id, number, case_id, root, hop, account, sender, sender_register, receiver, receiver_register, service, urgency, state,
			disclosure, sent, no_shows, reopens, unconfirmed, revision, entry, f3, place)
			SELECT ` + grownID("l") + ", 'R-' || " + grownNumber + ", " + grownID("c") + ", " + grownID("l") + ", 0, ?4, " + side + ", " + side + ", ?4, ?4," +
			"'SPECIALIST_PEDIATRIC', 'ROUTINE', CASE i % 2 WHEN 0 THEN 'CONFIRMED' ELSE 'SENT' END, " + grownID("d") + ", ?5, 0, 0, 0, 1, randomblob(16), randomblob(36), " + grownPlace + " FROM n",
		`INSERT INTO duties (id, kind, object, case_id, unit, duty, started, due, level2, level3, rule, entry, rise, basis, place, ended)
			SELECT randomblob(16), 'LEG', ` + grownID("l") + ", " + grownID("c") + `, ?4, 'ACKNOWLEDGE', ?5, ?6, ?6, ?6, 'ANY/ANY/ROUTINE/ACKNOWLEDGE/TARGET', randomblob(16), ?6,
			'siklus penimbangan', ` + grownPlace + `, CASE i % 2 WHEN 0 THEN ?5 END FROM n`,
		`INSERT INTO notices (target, time, id, role, kind, object_kind, object, case_id, level, entry)
			SELECT ?4, ?5 - i, randomblob(16), '', 'LEG_ARRIVED', 'LEG', ` + grownID("l") + ", " + grownID("c") + ", 0, randomblob(16) FROM n",
		`INSERT INTO requests (account, id, method, mac, owner, case_id, mask, answer, time)
			SELECT ?4, randomblob(16), 'sinergi.v1.ReferralService.FileReferral', randomblob(32), ` + grownID("p") + ", " + grownID("c") + ", 65535, randomblob(456), ?5 FROM n",
	} {
		if _, err := db.Exec(grownCount+statement, from, until, own.ID[:], other.ID[:], now.UnixMicro(), due.UnixMicro()); err != nil {
			t.Fatal(statement, err)
		}
	}
	// Or the next calls would pay for copying all this.
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	readThrough(t, filepath.Join(w.dir, "data", "sinergi.db"))
}

// readThrough has a file in the kernel's memory, where that of a server that has run for days is: the log that fills it may have pushed it out.
func readThrough(t testing.TB, name string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.Copy(io.Discard, f); err != nil {
		t.Fatal(err)
	}
}

// grownFilings are what was filed, by its ids alone, for the heap is the server's too, and how many of the referrals have been acknowledged.
type grownFilings struct {
	mu    sync.Mutex
	all   []grownFiling
	acked int
}

type grownFiling struct{ leg, of uuid.UUID }

func (g *grownFilings) add(leg, of string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all = append(g.all, grownFiling{uuid.MustParse(path.Base(leg)), uuid.MustParse(path.Base(of))})
}

// fresh is a referral that nobody has acknowledged; none, which the server refuses, when the row file has filed too few.
func (g *grownFilings) fresh() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.acked == len(g.all) {
		return ""
	}
	g.acked++
	return "referrals/" + g.all[g.acked-1].leg.String()
}

// any is another for each n, of all.
func (g *grownFilings) any(n int64) grownFiling {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.all) == 0 {
		return grownFiling{}
	}
	return g.all[n*2_654_435_761%int64(len(g.all))]
}

// grownFolder is the folder of a regency that has so many legs of others and of before.
type grownFolder struct {
	dir   string
	legs  int
	laid  bool
	filed int64 // children so far: each has another name
	known grownFilings
}

func (g *grownFolder) lay(b *testing.B, w *world) {
	if g.laid {
		return
	}
	fileMany(b, w, 2_000, pb.Urgency_UNSPECIFIED)
	grown(b, w, 0, g.legs)
	grownLegs(b, w, 0, g.legs)
	syscall.Sync()
	fileMany(b, w, 6_000, pb.Urgency_ROUTINE) // the first after so much writing find pages cold and the disk busy
	g.laid, g.filed = true, 1_000_000
}

// serve has no sweep, for what a server does by itself between calls (overdue duties, the comparison of records) is no cost of a call.
func (g *grownFolder) serve(t testing.TB) *world {
	return serveWorld(t, server.RegencyConfig{Dir: g.dir, Unlimited: true, NoSweep: true})
}

// grownCall is a call of somebody, the n-th of its row.
type grownCall struct {
	name, as string
	call     func(ctx context.Context, conn *grpc.ClientConn, g *grownFolder, n int64) error
}

var grownCalls = []grownCall{
	{"file", "gizi-cibinong", func(ctx context.Context, conn *grpc.ClientConn, g *grownFolder, n int64) error {
		answer, err := pb.NewReferralServiceClient(conn).FileReferral(ctx, filing(g.filed+n))
		if err == nil {
			g.known.add(answer.GetLegs()[0].GetReferral(), answer.GetCase())
		}
		return err
	}},
	{"acknowledge", "dokter-rsud", func(ctx context.Context, conn *grpc.ClientConn, g *grownFolder, _ int64) error {
		_, err := pb.NewReferralServiceClient(conn).AcknowledgeReferral(ctx, &pb.AcknowledgeReferralRequest{Name: g.known.fresh(), RequestId: client.NewRequestID()})
		return err
	}},
	{"referral", "gizi-cibinong", func(ctx context.Context, conn *grpc.ClientConn, g *grownFolder, n int64) error {
		_, err := pb.NewReferralServiceClient(conn).GetReferral(ctx, &pb.GetReferralRequest{Name: "referrals/" + g.known.any(n).leg.String()})
		return err
	}},
	{"case", "gizi-cibinong", func(ctx context.Context, conn *grpc.ClientConn, g *grownFolder, n int64) error {
		_, err := pb.NewCaseServiceClient(conn).GetCase(ctx, &pb.GetCaseRequest{Name: "cases/" + g.known.any(n).of.String()})
		return err
	}},
	{"duties", "gizi-cibinong", func(ctx context.Context, conn *grpc.ClientConn, _ *grownFolder, _ int64) error {
		_, err := pb.NewDutyServiceClient(conn).ListDuties(ctx, &pb.ListDutiesRequest{PageSize: 20})
		return err
	}},
	{"inbox", "dokter-rsud", func(ctx context.Context, conn *grpc.ClientConn, _ *grownFolder, _ int64) error {
		_, err := pb.NewDutyServiceClient(conn).ListDuties(ctx, &pb.ListDutiesRequest{Scope: pb.ListDutiesRequest_Scope_UNIT, PageSize: 20})
		return err
	}},
}

// row measures a call on a server of its own, which has answered some before.
func (g *grownFolder) row(b *testing.B, c grownCall) {
	began := time.Now()
	w := g.serve(b)
	start := time.Since(began)
	g.lay(b, w)
	conns, ctx := dialEach(b, w), bearerOf(w, c.as)
	for n := range int64(64) {
		if err := c.call(ctx, conns[0], g, n); err != nil {
			b.Fatal(err)
		}
	}
	g.filed += 64
	syscall.Sync() // or calls would wait for the disk to have what others left
	load(b, func(caller int, n int64) error { return c.call(ctx, conns[caller%len(conns)], g, n) })
	b.ReportMetric(float64(start.Milliseconds()), "start-ms")
	g.filed += int64(b.N) + 1
}

// BenchmarkGrown is what calls cost among so many legs of others and of before; `LONG_ROW=growth go test ./server -run '^$' -bench Grown
// -benchtime 6000x` does it at 10 thousand and at a million, three times in turn, for the machine is another from minute to minute.
// Compare cpu-us/call: each at most 1.3 times (issue: two databases).
func BenchmarkGrown(b *testing.B) {
	sizes, times := []int{1_000, 10_000}, 1
	if long("growth") {
		sizes, times = []int{10_000, 1_000_000}, 3
	}
	var folders []*grownFolder
	for _, size := range sizes {
		folders = append(folders, &grownFolder{dir: b.TempDir(), legs: size})
	}
	for _, c := range grownCalls {
		for range times {
			for _, g := range folders {
				b.Run(fmt.Sprintf("%s/%d", c.name, g.legs), func(b *testing.B) { g.row(b, c) })
			}
		}
	}
}
