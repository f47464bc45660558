package server

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// What is alive in a storm has room; who is refused in one has more, and a place that looks at the network; and all is given back. In a process
// of its own, for they are all of a process's.
func TestAProcessGivesWayToAStormAndComesBack(t *testing.T) {
	const variable = "CHILD_TUNE"
	if os.Getenv(variable) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), variable+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	processors := runtime.GOMAXPROCS(0)
	Tune()
	settles := func(what string, limit func(int64) bool, places int, meanwhile func()) {
		t.Helper()
		for range 100 {
			meanwhile()
			runtime.GC()
			if limit(debug.SetMemoryLimit(-1)) && runtime.GOMAXPROCS(0) == places {
				return
			}
			time.Sleep(10 * time.Millisecond) // they are set by a goroutine after a collection
		}
		t.Fatalf("%s: the limit is %d MiB, with %d places for %d processors", what, debug.SetMemoryLimit(-1)>>20, runtime.GOMAXPROCS(0), processors)
	}
	least := func(l int64) bool { return l == heapLimit }
	nothing := func() {}
	settles("at rest", least, processors, nothing)
	var storm [][]byte
	for range 100 {
		storm = append(storm, make([]byte, 1<<20))
	}
	settles("with 100 MiB alive", func(l int64) bool { return l > 150<<20 && l < crowdedLimit }, processors, nothing)
	runtime.KeepAlive(storm)
	settles("afterwards", least, processors, nothing)
	room := newAdmission(0)
	settles("while calls are refused", func(l int64) bool { return l == crowdedLimit }, 2*processors, func() { room.full() })
	settles("after that", least, processors, nothing)
}
