package linkage_test

import (
	"runtime"
	"testing"
	"weak"

	"github.com/sinergi-pug/sinergi/domain/linkage"
)

// What is counted lives as long as the server; the cards that it was counted from do not.
func TestCountsKeepNoSample(t *testing.T) {
	r := linkage.NewRecount(1)
	kept := weak.Make(r)
	counts := r.Counts()
	runtime.GC()
	if kept.Value() != nil {
		t.Error("the counts keep the samples in memory")
	}
	runtime.KeepAlive(counts)
}
