package store

import (
	"runtime"
	"strconv"
	"strings"
)

// siteDepth is how many of our functions a site names.
const siteDepth = 8

// Site is where the program stands: our own functions with their lines, innermost first; while a panic is recovered, where it happened.
// A stack of the runtime would also print arguments, and so ids, dates and numbers.
func Site() string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters[:])])
	var at []string
	for {
		frame, more := frames.Next()
		if name, ours := strings.CutPrefix(frame.Function, "github.com/sinergi-pug/sinergi/"); ours {
			at = append(at, name+":"+strconv.Itoa(frame.Line))
		}
		if !more || len(at) == siteDepth {
			return strings.Join(at, " < ")
		}
	}
}
