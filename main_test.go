package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sinergi-pug/sinergi/client/cli"
)

// The demo is the main job over the public API of the real program, both journeys with all that must and must not be seen. It
// must hold for any seed, and end soon: it is the first thing that a newcomer runs.
func TestEveryStepOfTheDemoHolds(t *testing.T) {
	for _, seed := range []string{"1", "2"} {
		var out, faults bytes.Buffer
		args := []string{"demo", "--once", "--seed", seed, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"}
		code := cli.Run(&commands{}, args, cli.Streams{Out: &out, Err: &faults}, cli.Start(startRegency))
		if code != 0 || !strings.HasSuffix(out.String(), "every step held\n") || faults.Len() > 0 {
			t.Errorf("seed %s: exit code %d, %s\n%s", seed, code, &faults, &out)
		}
	}
}
