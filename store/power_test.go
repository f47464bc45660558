package store_test

import (
	"testing"

	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

func TestAPowerCutLosesNothingAcknowledged(t *testing.T) {
	cycles := 10
	if long("power") {
		cycles = 200
	}
	storetest.Power(t, store.Open, cycles)
}

// The negative control: were the log not synced at each commit, the same cut would lose what was acknowledged.
func TestAPowerCutWithoutFullSyncIsSeenToLose(t *testing.T) {
	if n := storetest.PowerControl(t, store.Open); n == 0 {
		t.Error("nothing was lost, though nothing was synced: the test of power cuts shows nothing")
	}
}

// The log is copied into a new database when the migrations are done: the connection that did it kept to itself that a sync had failed. The
// first five syncs are left out: they are of goose's own table, which it tries a second time to make, and nothing is there yet to be lost.
func TestAFailedFsyncAtTheFirstStartEndsTheProcess(t *testing.T) {
	syncs := []int{6, 17, 18, 19, 20}
	if long("fsync") {
		for n := 21; n <= 40; n++ {
			syncs = append(syncs, n)
		}
	}
	storetest.FailsAtFirst(t, store.Open, syncs)
}

func TestAFailedFsyncEndsTheProcess(t *testing.T) {
	cycles := 5
	if long("fsync") {
		cycles = 100
	}
	for _, fault := range []string{"sync", "half"} {
		t.Run(fault, func(t *testing.T) { storetest.Fails(t, store.Open, fault, cycles) })
	}
}

// The negative control: a disk that lies ends no process, and the test of failed syncs must complain of that.
func TestAFailedFsyncThatIsHiddenIsSeenToLose(t *testing.T) {
	n, complaint := storetest.FailsControl(t, store.Open)
	if complaint == nil {
		t.Error("the process went on, and the test does not see it")
	}
	t.Logf("%v; %d lost", complaint, n)
}
