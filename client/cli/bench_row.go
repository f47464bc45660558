package cli

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// benchRow is what was measured of one work, over one face, by so many callers at once. Times are of calls that succeeded; of bare SQL they
// are those of commits.
type benchRow struct {
	Work      string  `json:"work"`
	Face      string  `json:"face"`
	Callers   int     `json:"callers"`
	Filed     int64   `json:"filed"` // cases, by this run, when the row began
	Calls     int     `json:"calls"` // that succeeded
	Errors    int     `json:"errors"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	CPU       float64 `json:"server_cpu_us,omitempty"` // of the server's process, a call; what others on the machine do changes it little
	Memory    float64 `json:"memory_mb,omitempty"`     // resident, after the row
	OfEcho    float64 `json:"of_echo,omitempty"`       // rate, as a share of empty calls over the same face
	OfBare    float64 `json:"of_bare,omitempty"`       // rate, as a share of the same rows as bare SQL
	Growth    float64 `json:"growth,omitempty"`        // cost, as a multiple of that at the first size
}

// benchSize is the server after the rows of one size.
type benchSize struct {
	Cases       int     `json:"cases"`
	Filed       int64   `json:"filed"`
	CaughtUp    float64 `json:"caught_up_s"`    // after filings and after events, until the server was at rest
	Memory      float64 `json:"memory_mb"`      // resident
	FirstAnswer float64 `json:"first_answer_s"` // since the start of the process, on an empty database
}

// timed takes the times of all calls; within is how long they took together, 0 if one came after the other.
func (r *benchRow) timed(times []time.Duration, within time.Duration) {
	if len(times) == 0 {
		return
	}
	if within == 0 {
		for _, t := range times {
			within += t
		}
	}
	slices.Sort(times)
	r.PerSecond = float64(len(times)) / within.Seconds()
	r.P50, r.P99 = milliseconds(times[len(times)/2]), milliseconds(times[len(times)*99/100])
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (r *benchRow) cells() []string {
	return []string{
		r.Work, r.Face, strconv.Itoa(r.Callers), strconv.FormatInt(r.Filed, 10), strconv.Itoa(r.Calls), strconv.Itoa(r.Errors),
		decimals(r.PerSecond, 0), decimals(r.P50, 2), decimals(r.P99, 2), decimals(r.CPU, 0), decimals(r.Memory, 0), decimals(r.OfEcho, 2), decimals(r.OfBare, 2), decimals(r.Growth, 2),
	}
}

// decimals is a figure in a table; nothing if it was not measured.
func decimals(x float64, digits int) string {
	if x == 0 {
		return ""
	}
	return strconv.FormatFloat(x, 'f', digits, 64)
}

// patienceOfRow is what calls under way may still take at the end of a row; a server that hangs must not hang the bench.
const patienceOfRow = 30 * time.Second

// measure lets so many callers call for d, once at least, each its next call when the last was answered, and gives the row and the first error.
// One call before is not counted: it opens connections, and counts anew what a table remembers.
func (l *benchLoad) measure(ctx context.Context, work benchWork, face string, callers int, d time.Duration) (benchRow, error) {
	ctx, cancel := context.WithTimeout(ctx, d+patienceOfRow)
	defer cancel()
	row := benchRow{Work: work.name, Face: face, Callers: callers, Filed: l.filed.Load()}
	l.call(ctx, work, face, 0)
	var group sync.WaitGroup
	var failed atomic.Int64
	var first atomic.Pointer[error]
	times := make([][]time.Duration, callers)
	start, spent := time.Now(), l.target.cpu()
	for caller := range callers {
		group.Go(func() {
			for again := false; (!again || time.Since(start) < d) && ctx.Err() == nil; again = true {
				took, more, err := l.call(ctx, work, face, caller)
				switch {
				case !more:
					return
				case err != nil:
					failed.Add(1)
					first.CompareAndSwap(nil, &err)
				default:
					times[caller] = append(times[caller], took)
				}
			}
		})
	}
	group.Wait()
	within := time.Since(start)
	all := slices.Concat(times...)
	row.Calls, row.Errors, row.Memory = len(all), int(failed.Load()), l.target.memory()
	row.timed(all, within)
	if len(all) > 0 {
		row.CPU = float64((l.target.cpu() - spent).Microseconds()) / float64(len(all))
	}
	if err := first.Load(); err != nil {
		return row, *err
	}
	return row, nil
}

// call makes one call and takes its time; more is false when there is nothing left to call.
func (l *benchLoad) call(ctx context.Context, work benchWork, face string, caller int) (took time.Duration, more bool, err error) {
	method, req := work.next(caller)
	if req == nil {
		return 0, false, nil
	}
	began := time.Now()
	if face == faceREST {
		err = l.target.rest(ctx, work, method, req)
	} else {
		err = l.target.grpc(ctx, work, caller, method, req)
	}
	return time.Since(began), true, err
}
