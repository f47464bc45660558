package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/client/cli"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// The bench starts this program once more as its server; in a test that is the test.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "bench" {
		main()
	}
	end := storetest.InMemory()
	code := m.Run()
	end()
	os.Exit(code)
}

// benched is one line of the bench.
type benched struct {
	Work    string  `json:"work"`
	Face    string  `json:"face"`
	Callers int     `json:"callers"`
	Calls   int     `json:"calls"`
	Errors  int     `json:"errors"`
	Rate    float64 `json:"per_second"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	Memory  float64 `json:"memory_mb"`
	OfEcho  float64 `json:"of_echo"`
	OfBare  float64 `json:"of_bare"`
	Growth  float64 `json:"growth"`
	Server  struct {
		Memory      float64 `json:"memory_mb"`
		FirstAnswer float64 `json:"first_answer_s"`
	} `json:"server"`
}

func bench(t *testing.T, args ...string) (code int, rows []benched, faults string) {
	t.Helper()
	var out, told bytes.Buffer
	args = append([]string{"bench", "--json", "--time", "20ms"}, args...)
	code = cli.Run(&commands{}, args, cli.Streams{Out: &out, Err: &told}, cli.Start(startRegency), cli.BareWrites(store.BareWrites))
	for text := range strings.Lines(out.String()) {
		var row benched
		if err := json.Unmarshal([]byte(text), &row); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		rows = append(rows, row)
	}
	return code, rows, told.String()
}

func TestTheBenchMeasuresEveryRow(t *testing.T) {
	t.Parallel()
	code, rows, faults := bench(t, "--cases", "200", "--dir", filepath.Join(t.TempDir(), "bench"))
	if code != 0 {
		t.Errorf("exit code %d, %s", code, faults)
	}
	seen, servers := map[string]int{}, 0
	for _, row := range rows {
		if row.Work == "" {
			servers++
			if row.Server.Memory < 10 || row.Server.FirstAnswer <= 0 {
				t.Errorf("the server: %+v", row.Server)
			}
			continue
		}
		seen[row.Work+" "+row.Face]++
		if row.Calls == 0 || row.Errors > 0 || row.Rate <= 0 || row.P50 <= 0 || row.P99 < row.P50 {
			t.Errorf("%+v", row)
		}
		if limit := row.Work == "echo" || row.Work == "bare"; !limit && row.OfEcho <= 0 || (row.Work == "file") != (row.OfBare > 0) || (row.Work == "bare") != (row.Memory < 10) {
			t.Errorf("beside its limits: %+v", row)
		}
	}
	want := map[string]int{"echo grpc": 3, "echo rest": 3, "bare sql": 3}
	for _, work := range []string{"file", "event", "duties", "referral", "case", "live"} {
		want[work+" grpc"], want[work+" rest"] = 3, 3
	}
	for row, n := range want {
		if seen[row] != n {
			t.Errorf("%s: %d rows, want %d", row, seen[row], n)
		}
	}
	if servers != 1 || len(seen) != len(want) {
		t.Errorf("%d servers, %v", servers, seen)
	}
}

// A figure of calls that fail is no figure: each is counted, and the bench fails.
func TestTheBenchFailsIfACallFails(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	at, err := startRegency(ctx, cli.Place{Dir: t.TempDir(), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Clock: time.Now, Unlimited: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { stop(); _ = at.Wait() }()
	for i, a := range at.Accounts {
		if a.Unit == "PKM-CIBINONG" && a.Role == "SUPERVISOR" {
			at.Accounts[i].Token = at.Accounts[0].Token // a kader has no table of the unit
		}
	}
	text, err := json.Marshal(at)
	if err != nil {
		t.Fatal(err)
	}
	ready := filepath.Join(t.TempDir(), "ready.json")
	if err := os.WriteFile(ready, text, 0o600); err != nil {
		t.Fatal(err)
	}
	code, rows, faults := bench(t, "--server", ready, "--cases", "200,1000")
	if code != 1 || !strings.Contains(faults, "calls failed") || !strings.Contains(faults, "live over rest, 32 callers") {
		t.Errorf("exit code %d, %s", code, faults)
	}
	const limits, ofSize = 9, 36
	for i, row := range rows {
		if again := i >= limits+ofSize; row.Work != "live" && again != (row.Growth > 0) {
			t.Errorf("row %d: growth is told from the second size on: %+v", i, row)
		}
		if failing := row.Work == "live"; failing != (row.Errors > 0) || failing == (row.Calls > 0) {
			t.Errorf("%+v", row)
		}
	}
	if len(rows) != limits+2*ofSize {
		t.Errorf("%d rows, want 81: of another's server only the answers are seen", len(rows))
	}
}
