package server

import (
	"runtime"
	"runtime/debug"
	readings "runtime/metrics"
	"sync"

	"github.com/trustelem/zxcvbn/frequency"
)

// heapLimit keeps the promise of 120 MB: the program's own pages and the caches of SQLite are the other half of it.
const heapLimit = 55 << 20

// SizeHeap trades memory for time in the process of a server: collecting at four times what is alive costs a tenth less of all work than at
// twice that. What is alive is some 20 MB.
var SizeHeap = sync.OnceFunc(func() {
	clear(frequency.FrequencyLists) // 2 MB, of which zxcvbn has made its dictionaries by now
	debug.SetGCPercent(300)
	sizeHeap()
})

// sizeHeap sets the limit after each collection. A storm of calls has more alive at once than the limit has room for, and the collector, which
// would then run without end, answers nobody: the limit gives way for as long as the storm lasts.
func sizeHeap() {
	alive := []readings.Sample{{Name: "/gc/heap/live:bytes"}}
	readings.Read(alive)
	debug.SetMemoryLimit(max(heapLimit, 16<<20+int64(alive[0].Value.Uint64())*7/4))
	runtime.AddCleanup(new([64]byte), func(struct{}) { sizeHeap() }, struct{}{})
}
