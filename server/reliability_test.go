package server_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// What the rows of the reliability suite share (docs/reference/reliability.md).

// seedOf draws the seed of a test and prints it; SEED repeats one.
func seedOf(t testing.TB) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if again, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		seed = again
	}
	t.Logf("seed %d", seed)
	return seed
}

// newDice are the draws of a seed.
func newDice(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// rowsIn counts the rows of a folder's table by SQL: pages of a list would take a minute.
func rowsIn(t testing.TB, dir, table string) (n int) {
	t.Helper()
	db := rawDatabase(t, dir)
	if err := db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// memoryOf is what the system says of a process' memory, in KiB: VmRSS now, VmHWM at most.
func memoryOf(t testing.TB, pid int, what string) (kib int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("this system does not tell the memory of a process")
	}
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, what+": %d kB", &kib); err == nil {
			return kib
		}
	}
	t.Fatalf("no %s", what)
	return 0
}
