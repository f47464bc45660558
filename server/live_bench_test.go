package server_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// What grown counts by, in SQL, from ?1 to ?2. Its ids and numbers lie as those that are drawn do, all over their indexes, or a new one
// would always meet the same few pages: a product with an odd number is another for each i.
const (
	grownCount  = "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2) "
	grownNumber = "printf('%08X', i * 2654435761 % 4294967296)"
	grownPlace  = "-1 - i" // before those that were filed
)

// grownID is the id of the i-th of a kind.
func grownID(kind string) string {
	return "unhex(" + grownNumber + " || hex('" + kind + "') || printf('%022d', i))"
}

// grown adds cases of other times and other registers, each with a child and a measurement: history and regency, which a unit's month must
// not pay for. Nothing of them is ever opened, so their sealed columns are chance. It writes past the store, whose server stands still.
func grown(t testing.TB, w *world, from, until int) {
	t.Helper()
	inAFile(t)
	files, err := filepath.Glob(filepath.Join(w.dir, "data", "*.db"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	db, err := sql.Open("sqlite3", "file:"+files[0]+"?_busy_timeout=60000&_synchronous=OFF&_cache_size=-4000000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	own, _ := w.served.Store.Directory().UnitByCode("PKM-CIBINONG")
	other, _ := w.served.Store.Directory().UnitByCode("PKM-CITEUREUP")
	now := time.Now()
	for _, statement := range []string{
		`INSERT INTO persons (id, register, unit, side, sex, kecamatan, created, revision, entry, f2, place)
			SELECT ` + grownID("p") + `, CASE i % 2 WHEN 0 THEN ?3 ELSE ?4 END, CASE i % 2 WHEN 0 THEN ?3 ELSE ?4 END, 'ORDINARY', 'MALE',
			'32.01.01', ?5, 1, zeroblob(16), randomblob(300), ` + grownPlace + ` FROM n`,
		// half is the unit's own, closed long ago; half another's, of this month
		`INSERT INTO cases (id, number, register, unit, type, level, status, state, subject, kecamatan, channel, risk, opened, closed, lock, revision, entry, f3, place, person_place)
			SELECT ` + grownID("c") + `, 'K-' || ` + grownNumber + `, CASE i % 2 WHEN 0 THEN ?3 ELSE ?4 END, CASE i % 2 WHEN 0 THEN ?3 ELSE ?4 END,
			'CHILD_NUTRITION_RISK', 'L1', CASE i % 2 WHEN 0 THEN 'CLOSED' ELSE 'REPORTED' END, 'OPEN', ` + grownID("p") + `, '32.01.01',
			'GROWTH_SESSION', '', ?5 - (i % 2 = 0) * 400 * 86400000000, CASE i % 2 WHEN 0 THEN ?5 - 200 * 86400000000 END, 1, 1, zeroblob(16), randomblob(100), ` + grownPlace + `, ` + grownPlace + `
			FROM n`,
		`INSERT INTO measurements (person_place, id, case_id, person, unit, account, health_worker, day, desa, recorded, entry, f3)
			SELECT ` + grownPlace + `, ` + grownID("m") + `, ` + grownID("c") + `, ` + grownID("p") + `,
			CASE i % 2 WHEN 0 THEN ?3 ELSE ?4 END, zeroblob(16), 0, ?5 / 86400000000 - (i % 2 = 0) * (300 + i % 900), '32.01.01.1006', ?5, zeroblob(16), randomblob(120)
			FROM n`,
	} {
		if _, err := db.Exec(grownCount+statement, from, until, own.ID[:], other.ID[:], now.UnixMicro()); err != nil {
			t.Fatal(err)
		}
	}
}

// quantiles of some calls.
func quantiles(t testing.TB, n int, call func() error) (p50, p99 time.Duration) {
	t.Helper()
	times := make([]time.Duration, n)
	for i := range times {
		began := time.Now()
		if err := call(); err != nil {
			t.Fatal(err)
		}
		times[i] = time.Since(began)
	}
	slices.Sort(times)
	return times[n/2], times[n*99/100]
}

// A14: a unit's board of the same month costs the same at 10 thousand and at a million cases in the database. By
// `LONG_ROW=statistics go test ./server -run TestABoardCostsItsMonth`; CI looks at 2 and 20 thousand, and only that nothing is wrong.
func TestABoardCostsItsMonth(t *testing.T) {
	children, sizes, calls := 40, []int{2_000, 20_000}, 9
	if long("statistics") {
		children, sizes, calls = 4_000, []int{10_000, 1_000_000}, 200
	}
	w := newWorld(t)
	register(t, w, children)
	of := daysAgo(1)[:7]
	request := &pb.QueryLiveRequest{Table: "nutrition-month", Period: of, SkipMeta: true}
	// A server that remembers no count; what it reads and opens stays warm in the store.
	fresh := func() error {
		anew, err := server.NewInProcess(w.served.Store)
		if err != nil {
			return err
		}
		answer, reason := anew.Call(w.token("kepala-cibinong")[8:20], "QueryLive", request)
		m, ok := answer.(*pb.StatisticsTable)
		if !ok || boardSum(m) != children {
			return fmt.Errorf("%v, %d of %d children", reason, boardSum(m), children)
		}
		return nil
	}
	at, medians := 0, []time.Duration{}
	for _, size := range sizes {
		grown(t, w, at, size)
		at = size
		began := time.Now()
		if err := fresh(); err != nil {
			t.Fatal(err)
		}
		cold := time.Since(began)
		p50, p99 := quantiles(t, calls, fresh)
		medians = append(medians, p50)
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+w.token("kepala-cibinong"))
		warm50, warm99 := quantiles(t, calls, func() error {
			_, err := w.statistics().QueryLive(ctx, request)
			return err
		})
		t.Logf("%d cases: %d children counted anew: first %v, p50 %v, p99 %v; from memory over gRPC: p50 %v, p99 %v", size, children, cold, p50, p99, warm50, warm99)
	}
	if ratio := float64(medians[1]) / float64(medians[0]); long("statistics") && ratio >= 1.2 {
		t.Errorf("p50 grew by %.2f, want less than 1.2", ratio)
	}
}

// boardSum counts children by weight for age.
func boardSum(m *pb.StatisticsTable) (n int) {
	for _, row := range m.GetRows() {
		if row.GetIndeks() == "WFA" {
			n += int(row.GetNilai())
		}
	}
	return n
}

// Reads of a board from memory by 32 callers who share the cores with the server.
func BenchmarkLiveCached(b *testing.B) {
	w := newWorld(b)
	register(b, w, 1_000)
	request := &pb.QueryLiveRequest{Table: "caseload", SkipMeta: true}
	conns, ctx := dialEach(b, w), bearerOf(w, "kepala-cibinong")
	load(b, func(caller int, _ int64) error {
		_, err := pb.NewStatisticsServiceClient(conns[caller%len(conns)]).QueryLive(ctx, request)
		return err
	})
}

// A month of 4,000 children counted anew, by a server that remembers no count.
func BenchmarkLiveAnew(b *testing.B) {
	w := newWorld(b)
	register(b, w, 4_000)
	request := &pb.QueryLiveRequest{Table: "nutrition-month", Period: daysAgo(1)[:7], SkipMeta: true}
	for b.Loop() {
		anew, err := server.NewInProcess(w.served.Store)
		if err != nil {
			b.Fatal(err)
		}
		if answer, reason := anew.Call(w.token("kepala-cibinong")[8:20], "QueryLive", request); answer == nil {
			b.Fatal(reason)
		}
	}
}
