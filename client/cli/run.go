package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

const (
	exitInterrupted = 130
	// patienceAfterInterrupt is what a command has to end cleanly after Ctrl-C.
	patienceAfterInterrupt = 5 * time.Second
)

// Run parses args by a kong grammar, runs the command and gives the program's exit code. A command's Run may take a
// context.Context, [Streams], and whatever else is handed in. SIGTERM and Ctrl-C end the context; a second Ctrl-C, or five
// seconds, end the program.
func Run(grammar any, args []string, s Streams, more ...any) int {
	running, release := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer release()
	ctx, restore := signal.NotifyContext(running, os.Interrupt)
	defer restore()
	interrupted := func() bool { return ctx.Err() != nil && running.Err() == nil }
	defer context.AfterFunc(ctx, func() {
		restore()
		if interrupted() {
			time.AfterFunc(patienceAfterInterrupt, func() { os.Exit(exitInterrupted) })
		}
	})()

	err := parseAndRun(grammar, args, s, append([]any{ctx, s}, more...))
	if interrupted() {
		if err != nil && !errors.Is(err, context.Canceled) {
			Report(s.Err, err, slices.Contains(args, "--json"))
		}
		return exitInterrupted
	}
	if err != nil {
		Report(s.Err, err, slices.Contains(args, "--json"))
	}
	return ExitCode(err)
}

func parseAndRun(grammar any, args []string, s Streams, handed []any) error {
	run, err := parse(grammar, args, s)
	if err != nil {
		return err
	}
	return call(run, handed)
}

// parse is the Run of the command that args choose. kong would call it too, and keep its whole model, 3 MB of a server's heap, meanwhile.
func parse(grammar any, args []string, s Streams) (run reflect.Value, err error) {
	parser, err := kong.New(grammar,
		kong.Name("sinergi"),
		kong.Description("Referrals between agencies for children who do not grow and people who are hurt, with the loop closed and the secrets kept."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Writers(s.Out, s.Err),
	)
	if err != nil {
		return run, err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return run, &Fault{What: "usage", Why: err.Error(), Remedy: `see "sinergi --help"`, Code: exitUsage}
	}
	return command.Selected().Target.Addr().MethodByName("Run"), nil
}

// call hands run those of handed that its parameters ask for by their types.
func call(run reflect.Value, handed []any) error {
	var args []reflect.Value
	for i := range run.Type().NumIn() {
		wanted := run.Type().In(i)
		at := slices.IndexFunc(handed, func(h any) bool { return reflect.TypeOf(h).AssignableTo(wanted) })
		if at < 0 {
			return fmt.Errorf("a command asks for a %v, which nobody hands in", wanted)
		}
		args = append(args, reflect.ValueOf(handed[at]))
	}
	err, _ := run.Call(args)[0].Interface().(error)
	return err
}
