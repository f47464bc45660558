package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/sinergi-pug/sinergi/client/cli"
)

// The demo is the main job over the public API of the real program, both journeys with all that must and must not be seen. It
// must hold for any seed, and end soon: it is the first thing that a newcomer runs.
func TestEveryStepOfTheDemoHolds(t *testing.T) {
	t.Parallel()
	for _, seed := range []string{"1", "2"} {
		var out, faults bytes.Buffer
		args := []string{"demo", "--once", "--seed", seed, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"}
		code := cli.Run(&commands{}, args, cli.Streams{Out: &out, Err: &faults}, cli.Start(startRegency))
		if code != 0 || !strings.HasSuffix(out.String(), "every step held\n") || faults.Len() > 0 {
			t.Errorf("seed %s: exit code %d, %s\n%s", seed, code, &faults, &out)
		}
	}
}

// An operator who mistypes a folder must not read OK of a database that was made for the asking.
func TestVerifyOfAFolderWithoutADatabaseIsRefused(t *testing.T) {
	var out, faults bytes.Buffer
	folder := t.TempDir()
	code := cli.Run(&commands{}, []string{"verify", "--data", folder + "/data", "--keys", folder + "/keys"}, cli.Streams{Out: &out, Err: &faults})
	if code != 2 || out.Len() > 0 || !strings.Contains(faults.String(), "no database") {
		t.Errorf("exit code %d, %q, %q", code, &out, &faults)
	}
	if _, err := os.Stat(folder + "/data"); err == nil {
		t.Error("verify made the folder")
	}
}
