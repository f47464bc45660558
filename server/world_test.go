package server_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// world is a synthetic regency served for real: SQLite in a folder of its own, REST and gRPC on loopback.
type world struct {
	t      testing.TB
	dir    string
	served server.Served
	conn   *grpc.ClientConn
	http   *http.Client      // nil: wide
	things map[string]string // of requestFor: names of a case, its leg and its person, by collection
}

func newWorld(t testing.TB) *world {
	t.Helper()
	return openWorld(t, t.TempDir(), time.Now)
}

func openWorld(t testing.TB, dir string, now func() time.Time) *world {
	t.Helper()
	return serveWorld(t, server.RegencyConfig{Dir: dir, Now: now, Unlimited: true})
}

// openBehindProxy is a world whose callers may say where they call from.
func openBehindProxy(t testing.TB, dir string, now func() time.Time) *world {
	t.Helper()
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	return serveWorld(t, server.RegencyConfig{Dir: dir, Now: now, Unlimited: true, TrustedProxies: loopback})
}

// configuredWorld is one whose server is configured besides.
func configuredWorld(t testing.TB, configure func(*server.Config)) *world {
	t.Helper()
	return serveWorld(t, server.RegencyConfig{Dir: t.TempDir(), Unlimited: true, Configure: configure})
}

// serveRegency serves on the engine that the tests run on.
func serveRegency(ctx context.Context, cfg server.RegencyConfig) (served server.Served, err error) {
	if cfg.Database, err = storetest.Database(filepath.Join(cfg.Dir, "data")); err != nil {
		return served, err
	}
	return server.ServeRegency(ctx, cfg)
}

// rawDatabase opens the database of a folder past the store, as somebody with the disk in hand would.
func rawDatabase(t testing.TB, dir string) *sql.DB {
	t.Helper()
	db, err := storetest.RawDatabase(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

// inAFile skips on PostgreSQL what looks into the files of SQLite, or knows its words.
func inAFile(t testing.TB) {
	t.Helper()
	if storetest.OnPostgres() {
		t.Skip("of SQLite's files")
	}
}

// placed numbers the question marks of a query, as PostgreSQL wants them.
func placed(query string) string {
	for n := 1; strings.Contains(query, "?"); n++ {
		query = strings.Replace(query, "?", fmt.Sprint("$", n), 1)
	}
	return query
}

func serveWorld(t testing.TB, cfg server.RegencyConfig) *world {
	t.Helper()
	configure := cfg.Configure
	cfg.Configure = func(c *server.Config) {
		if c.Limits.Calls == 0 {
			c.Limits.Calls = 2048 // a test lets everybody ask everything at once
		}
		if configure != nil {
			configure(c)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	dir := cfg.Dir
	served, err := serveRegency(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(served.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: dir, served: served, conn: conn}
	t.Cleanup(func() {
		conn.Close()
		for _, client := range []*http.Client{wide, http.DefaultClient} {
			client.CloseIdleConnections() // the server gives one on which nothing was said yet five seconds
		}
		stop()
		if err := served.Wait(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// as is a context with the token of an account of regency/users.csv.
func (w *world) as(code string) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	w.t.Cleanup(cancel)
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+w.token(code))
}

func (w *world) token(code string) string {
	token, ok := w.served.Tokens[code]
	if !ok {
		w.t.Fatalf("no account %q", code)
	}
	return token
}

func (w *world) referrals() pb.ReferralServiceClient { return pb.NewReferralServiceClient(w.conn) }
func (w *world) cases() pb.CaseServiceClient         { return pb.NewCaseServiceClient(w.conn) }
func (w *world) duties() pb.DutyServiceClient        { return pb.NewDutyServiceClient(w.conn) }

// reply is an answer of REST.
type reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// value reads a field of the JSON body by a path such as "legs.0.number".
func (r reply) value(path string) any {
	var v any
	if json.Unmarshal(r.Body, &v) != nil {
		return nil
	}
	for _, key := range strings.Split(path, ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(node) {
				return nil
			}
			v = node[i]
		default:
			return nil
		}
	}
	return v
}

func (r reply) text(path string) string {
	s, _ := r.value(path).(string)
	return s
}

// wide keeps a connection for each of the many who call at once; http.DefaultClient keeps two.
var wide = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// call sends a request over REST. A nil body sends none.
func (w *world) call(as, method, path string, body any) reply {
	w.t.Helper()
	got, err := w.try(as, method, path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

// try is call for a server that may be gone.
func (w *world) try(as, method, path string, body any) (reply, error) {
	var reader io.Reader
	if body != nil {
		raw, ok := body.([]byte)
		if !ok {
			var err error
			if raw, err = json.Marshal(body); err != nil {
				return reply{}, err
			}
		}
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, "http://"+w.served.HTTP+path, reader)
	if err != nil {
		return reply{}, err
	}
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+w.token(as))
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	over := w.http
	if over == nil {
		over = wide
	}
	resp, err := over.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	return reply{resp.StatusCode, resp.Header, answer}, nil
}

// expect asserts status and what must, and must not, be in the body.
func (r reply) expect(t testing.TB, status int, must, mustNot []string) {
	t.Helper()
	if r.Status != status {
		t.Fatalf("status %d, want %d: %s", r.Status, status, r.Body)
	}
	var body bytes.Buffer // protojson spaces its output differently in each build
	if json.Compact(&body, r.Body) != nil {
		body.Reset()
		body.Write(r.Body)
	}
	for _, m := range must {
		if !bytes.Contains(body.Bytes(), []byte(m)) {
			t.Errorf("the answer lacks %q: %s", m, r.Body)
		}
	}
	for _, m := range mustNot {
		if bytes.Contains(body.Bytes(), []byte(m)) || bytes.Contains(r.Body, []byte(m)) {
			t.Errorf("the answer tells %q: %s", m, r.Body)
		}
	}
}

// attach is a world of a server in another process.
func attach(t testing.TB, c *child) *world {
	t.Helper()
	conn, err := grpc.NewClient(c.served.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &world{t: t, served: c.served, conn: conn}
}

// bearerOf is a context with a token and no deadline.
func bearerOf(w *world, code string) context.Context {
	return metadata.AppendToOutgoingContext(context.Background(), "authorization", "Bearer "+w.token(code))
}

// firstField is the field of the first violation of an error.
func firstField(err error) string {
	for _, d := range status.Convert(err).Details() {
		if bad, ok := d.(*errdetails.BadRequest); ok && len(bad.FieldViolations) > 0 {
			return bad.FieldViolations[0].Field
		}
	}
	return ""
}

func newID() string { return uuid.NewString() }

type object = map[string]any

// verified holds that every row has its entry, every seal opens and every open thing has its duty.
func (w *world) verified(t testing.TB) {
	t.Helper()
	findings, err := w.served.Store.Verify(context.Background())
	if err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
}

// daysAgo is a civil day of the regency before today.
func daysAgo(n int) string {
	return time.Now().In(time.FixedZone("WIB", 7*3600)).AddDate(0, 0, -n).Format(time.DateOnly)
}
