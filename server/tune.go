package server

import (
	"runtime"
	"runtime/debug"
	readings "runtime/metrics"
	"sync"
	"sync/atomic"

	"github.com/trustelem/zxcvbn/frequency"
)

// The Go runtime of a process that serves: how much memory it may take, and how it shares out the processors. At rest and under the load that
// is promised it is small; while calls are refused it takes what it needs to answer all in time, and gives it back.

// heapLimit keeps the promise of 120 MB: the program's own pages and the caches of SQLite are the other half of it. crowdedLimit is the limit
// while calls are refused: a refusal costs little but what it allocates, and all of them together would keep the collector busy with a fifth of
// the processors.
const (
	heapLimit    = 55 << 20
	crowdedLimit = 256 << 20
)

// crowded is set when a call would find no place.
var crowded atomic.Bool

// Tune fits the process to serving.
var Tune = sync.OnceFunc(func() {
	clear(frequency.FrequencyLists) // 2 MB, of which zxcvbn has made its dictionaries by now
	debug.SetGCPercent(-1)          // the limit alone says when to collect: some 20 MB are alive
	tune(runtime.GOMAXPROCS(0))
})

// tune looks at the process after each collection. What is alive has room beside it, or the collector would run without end and answer nobody.
//
// The scheduler looks at the network when it has nothing else to do, and otherwise each 10 ms: on a server that is busy without end the first
// bytes of a call lie as long, and its refusal waits. With twice as many places as processors there is one that looks. At other times they
// would cost a twentieth of all work.
func tune(processors int) {
	alive := []readings.Sample{{Name: "/gc/heap/live:bytes"}}
	readings.Read(alive)
	least, places := int64(heapLimit), processors
	if crowded.Swap(false) {
		least, places = crowdedLimit, 2*processors
	}
	debug.SetMemoryLimit(max(least, 16<<20+int64(alive[0].Value.Uint64())*7/4))
	runtime.GOMAXPROCS(places)
	runtime.AddCleanup(new([64]byte), func(struct{}) { tune(processors) }, struct{}{})
}
