package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sinergi-pug/sinergi/client/cli"
)

// Each script is some days' work at the command line, against the real server with a regency of its own: what is typed, what
// must stand in the answer, what must not, and the exit code of each refusal. It begins on Monday, 6 April 2026, at 8.00 WIB.
//
//	as WHO …           types a command as an account of the regency; it must end with 0. `$NAME` in a file is filled in
//	refused CODE WHO … types one that must end with this exit code
//	keep NAME REGEXP   keeps what the last answer says, for $NAME
//	later DURATION     lets time pass
func TestCommandsCarryDaysOfWork(t *testing.T) {
	t.Setenv("SINERGI_TOKEN", "") // the scripts' people have their tokens in files
	testscript.Run(t, testscript.Params{
		Dir:   "client/cli/testdata/regency",
		Setup: func(env *testscript.Env) error { return serveScript(t, env) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"as": func(ts *testscript.TestScript, _ bool, args []string) { typed(ts, 0, args) },
			"refused": func(ts *testscript.TestScript, _ bool, args []string) {
				code, err := strconv.Atoi(args[0])
				ts.Check(err)
				typed(ts, code, args[1:])
			},
			"keep": keep,
			"later": func(ts *testscript.TestScript, _ bool, args []string) {
				d, err := time.ParseDuration(args[0])
				ts.Check(err)
				ts.Value((*town)(nil)).(*town).passed.Add(int64(d))
			},
		},
	})
}

// town is the regency of one script.
type town struct {
	at     cli.Addresses
	began  time.Time    // by the real clock
	passed atomic.Int64 // nanoseconds that the script let pass
}

func (r *town) now() time.Time {
	monday := time.Date(2026, time.April, 6, 1, 0, 0, 0, time.UTC)
	return monday.Add(time.Since(r.began) + time.Duration(r.passed.Load()))
}

func serveScript(t *testing.T, env *testscript.Env) (err error) {
	ctx, stop := context.WithCancel(t.Context())
	r := &town{began: time.Now()}
	env.Values[(*town)(nil)] = r
	r.at, err = startRegency(ctx, cli.Place{Dir: t.TempDir(), HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Clock: r.now})
	env.Defer(func() {
		stop()
		if r.at.Wait != nil {
			_ = r.at.Wait()
		}
	})
	return err
}

// typed runs a command in this process, with a token of its own and the second factor that is fresh by the regency's clock.
func typed(ts *testscript.TestScript, want int, args []string) {
	r, who := ts.Value((*town)(nil)).(*town), args[0]
	token, err := r.at.SignIn(context.Background(), who, r.unit(who))
	ts.Check(err)
	file := ts.MkAbs("token-" + who)
	ts.Check(os.WriteFile(file, []byte(token+"\n"), 0o600))
	var line []string
	for _, arg := range args[1:] {
		line = append(line, filled(ts, arg))
	}
	line = append(line, "--grpc", r.at.GRPC, "--token-file", file)
	got := cli.Run(&commands{}, line, cli.Streams{In: bytes.NewReader(nil), Out: ts.Stdout(), Err: ts.Stderr()}, cli.Start(nil))
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func (r *town) unit(who string) string {
	for _, a := range r.at.Accounts {
		if a.Code == who {
			return a.Unit
		}
	}
	for _, a := range r.at.AppTokens {
		if a.Code == who {
			return a.Unit
		}
	}
	return ""
}

// filled is an argument; one that is a file of the script is that file, with what the script has kept filled in.
func filled(ts *testscript.TestScript, arg string) string {
	text, err := os.ReadFile(ts.MkAbs(arg))
	if err != nil {
		return arg
	}
	path := filepath.Join(ts.MkAbs("."), "filled-"+arg)
	ts.Check(os.WriteFile(path, []byte(os.Expand(string(text), ts.Getenv)), 0o600))
	return path
}

func keep(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("the last answer has no %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}
