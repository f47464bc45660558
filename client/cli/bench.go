package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// Bench measures a server: callers on this machine file, carry referrals on, and read, over both faces, beside the limits that the machine
// sets, measured in the same run. It makes up its people; a real regency's server is not a place for it.
type Bench struct {
	Server   string        `placeholder:"FILE" help:"A running server of made-up people, by its addresses and tokens as \"demo --unlimited --ready\" writes them; it gets thousands of cases more. By default one of its own."`
	Dir      string        `placeholder:"DIR" help:"Empty folder on the disk that shall be measured, where the data stay; a temporary one if absent."`
	Database string        `placeholder:"FILE" help:"File with the postgres://… of an empty PostgreSQL database, to measure on that; by default SQLite in --dir."`
	Cases    []int         `default:"1000" placeholder:"N,…" help:"Cases to file before measuring; after several sizes the growth of each cost is told. Default ${default}."`
	Time     time.Duration `default:"4s" help:"How long each of the 45 rows is measured. Default ${default}."`
	JSON     bool          `name:"json" help:"One JSON object a line."`
	Quiet    bool          `help:"No remarks on standard error."`
	Serving  bool          `hidden:"" help:"Be the server of a bench, until standard input ends."`
}

// BareWrites writes the rows of filings as bare SQL into a new database in dir, so many a commit, and gives the time of each commit; main
// hands it in, for this package knows no database.
type BareWrites func(ctx context.Context, dir string, group int, d time.Duration) (commits []time.Duration, err error)

// benchCallers are how many call at once.
var benchCallers = []int{1, 32, 128}

// serverGroup is the most filings that the server writes in one commit.
const serverGroup = 64

// Run measures. An error in any call makes it fail, after all rows are told.
func (c *Bench) Run(ctx context.Context, s Streams, start Start, bare BareWrites) error {
	if start == nil || bare == nil {
		return errors.New("bench: this program was built without a server")
	}
	if c.Serving {
		return c.serve(ctx, s, start)
	}
	if c.Server != "" && c.Database != "" {
		return &Fault{What: "bench", Why: "--database is for a server of the bench's own, and --server names another", Code: exitUsage}
	}
	for i, n := range c.Cases {
		if n < 1 || i > 0 && n <= c.Cases[i-1] {
			return &Fault{What: "bench", Why: "the sizes of --cases do not rise from 1", Code: exitUsage}
		}
	}
	dir, err := newFolder("bench", c.Dir)
	if err != nil {
		return err
	}
	if c.Dir == "" {
		defer os.RemoveAll(dir)
	}
	b := &bench{Bench: c, s: s, dir: dir, bare: bare, seen: map[string]benchRow{}}
	err = b.run(ctx)
	if ctx.Err() != nil {
		return ctx.Err() // what failed after Ctrl-C says nothing about the server
	}
	return err
}

// bench is one run.
type bench struct {
	*Bench
	s      Streams
	dir    string
	bare   BareWrites
	target *benchTarget
	load   *benchLoad
	rows   []benchRow
	sizes  []benchSize
	seen   map[string]benchRow // the newest limit, and each row at the first size, by its key
	failed int                 // calls
}

func (b *bench) run(ctx context.Context) (err error) {
	b.target, err = b.reach(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.target.close()) }()
	b.load = newBenchLoad(b.target)
	if err := b.limits(ctx); err != nil {
		return err
	}
	for _, cases := range b.Cases {
		if err := b.size(ctx, cases); err != nil {
			return err
		}
	}
	if err := b.tables(); err != nil {
		return err
	}
	if b.failed > 0 {
		return &Fault{What: "bench", Why: fmt.Sprintf("%d calls failed", b.failed), Remedy: "standard error tells the first of each row", Code: exitFailed}
	}
	return nil
}

// limits measures what the machine can do at best: an empty call over each face, and the rows of a filing as bare SQL.
func (b *bench) limits(ctx context.Context) error {
	for _, face := range benchFaces {
		for _, callers := range benchCallers {
			if err := b.measure(ctx, b.load.echo(), face, callers); err != nil {
				return err
			}
		}
	}
	for _, callers := range benchCallers {
		if err := b.bareRow(ctx, callers); err != nil {
			return err
		}
	}
	return nil
}

// bareRow measures bare SQL in the groups that so many callers make.
func (b *bench) bareRow(ctx context.Context, callers int) error {
	dir, err := os.MkdirTemp(b.dir, "bare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	group := min(callers, serverGroup)
	commits, err := b.bare(ctx, dir, group, b.Time)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	row := benchRow{Work: "bare", Face: "sql", Callers: callers, Calls: len(commits) * group}
	row.timed(commits, 0)
	row.PerSecond *= float64(group)
	return b.tell(row)
}

// size files up to a size, and measures every work at it.
func (b *bench) size(ctx context.Context, cases int) error {
	began, before := time.Now(), b.load.filed.Load()
	if err := b.load.fill(ctx, int64(cases)); err != nil {
		return fmt.Errorf("bench: file %d cases: %w", cases, err)
	}
	b.remark("%d cases filed in %v, then 36 rows of %v", b.load.filed.Load()-before, time.Since(began).Round(time.Millisecond), b.Time)
	b.target.settle(ctx, b.Time, b.load.filed.Load())
	caughtUp, wrote := time.Duration(0), false
	for _, work := range b.load.works() {
		if wrote {
			caughtUp += b.target.settle(ctx, b.Time, b.load.filed.Load())
		}
		wrote = work.writes
		for _, face := range benchFaces {
			for _, callers := range benchCallers {
				if err := b.measure(ctx, work, face, callers); err != nil {
					return err
				}
			}
		}
	}
	size := benchSize{
		Cases: cases, Filed: b.load.filed.Load(), CaughtUp: caughtUp.Seconds(), Memory: b.target.memory(), FirstAnswer: b.target.firstAnswer.Seconds(),
	}
	if size.Memory == 0 {
		return nil // another's server, of which only the answers are seen
	}
	b.sizes = append(b.sizes, size)
	return b.line(map[string]benchSize{"server": size})
}

// measure makes one row.
func (b *bench) measure(ctx context.Context, work benchWork, face string, callers int) error {
	row, fault := b.load.measure(ctx, work, face, callers, b.Time)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if fault != nil {
		b.remark("%s over %s, %d callers: %v", work.name, face, callers, explain("call", "en", fault))
	}
	return b.tell(row)
}

// tell sets a row beside its limits and beside the same row at the first size.
func (b *bench) tell(row benchRow) error {
	b.failed += row.Errors
	if echo, ok := b.seen["echo/"+row.Face+"/"+strconv.Itoa(row.Callers)]; ok {
		row.OfEcho = times(row, echo)
	}
	if bare, ok := b.seen["bare/sql/"+strconv.Itoa(row.Callers)]; ok && row.Work == "file" {
		row.OfBare = times(row, bare)
	}
	key := row.Work + "/" + row.Face + "/" + strconv.Itoa(row.Callers)
	if first, ok := b.seen[key]; ok {
		row.Growth = times(first, row)
	} else {
		b.seen[key] = row
	}
	b.rows = append(b.rows, row)
	return b.line(row)
}

// times is the rate of a as a multiple of the other's.
func times(a, of benchRow) float64 {
	if of.PerSecond == 0 {
		return 0
	}
	return a.PerSecond / of.PerSecond
}

// line writes a row as soon as it is there, as JSON.
func (b *bench) line(row any) error {
	if !b.JSON {
		return nil
	}
	text, err := json.Marshal(row)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(b.s.Out, "%s\n", text)
	return err
}

// tables writes all rows for a person.
func (b *bench) tables() error {
	if b.JSON {
		return nil
	}
	p := newPrinter(context.Background(), b.s, Output{}, nil)
	heads, cells := []string{"work", "face", "callers", "filed", "calls", "errors", "per_second", "p50_ms", "p99_ms", "server_cpu_us", "memory_mb", "of_echo", "of_bare"}, [][]string{}
	if len(b.Cases) > 1 {
		heads = append(heads, "growth")
	}
	for _, row := range b.rows {
		cells = append(cells, row.cells()[:len(heads)])
	}
	if err := p.table(heads, cells); err != nil || len(b.sizes) == 0 {
		return err
	}
	fmt.Fprintln(b.s.Out)
	cells = nil
	for _, size := range b.sizes {
		cells = append(cells, []string{
			strconv.Itoa(size.Cases), strconv.FormatInt(size.Filed, 10), decimals(size.CaughtUp, 1), decimals(size.Memory, 0), decimals(size.FirstAnswer, 2),
		})
	}
	return p.table([]string{"cases", "filed", "caught_up_s", "memory_mb", "first_answer_s"}, cells)
}

// remark tells a person how far it is.
func (b *bench) remark(format string, args ...any) {
	if !b.Quiet {
		fmt.Fprintf(b.s.Err, "sinergi: %s\n", clean(fmt.Sprintf(format, args...)))
	}
}
