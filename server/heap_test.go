package server_test

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/server"
)

// What is alive in a storm has room, and the room is given back; in a process of its own, for the limit is all of a process's.
func TestTheHeapGivesWayToAStormAndComesBack(t *testing.T) {
	const variable, limit = "CHILD_HEAP", 55 << 20
	if os.Getenv(variable) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), variable+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	server.SizeHeap()
	settles := func(what string, good func(int64) bool) {
		t.Helper()
		for range 100 {
			runtime.GC()
			if good(debug.SetMemoryLimit(-1)) {
				return
			}
			time.Sleep(10 * time.Millisecond) // the limit is set by a goroutine after a collection
		}
		t.Fatalf("%s: the limit is %d MiB", what, debug.SetMemoryLimit(-1)>>20)
	}
	settles("at rest", func(l int64) bool { return l == limit })
	var storm [][]byte
	for range 100 {
		storm = append(storm, make([]byte, 1<<20))
	}
	settles("with 100 MiB alive", func(l int64) bool { return l > 150<<20 })
	runtime.KeepAlive(storm)
	settles("afterwards", func(l int64) bool { return l == limit })
}
