package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
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

	err := parseAndRun(ctx, grammar, args, s, more)
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

func parseAndRun(ctx context.Context, grammar any, args []string, s Streams, more []any) error {
	parser, err := kong.New(grammar,
		kong.Name("sinergi"),
		kong.Description("Referrals between agencies for children who do not grow and people who are hurt, with the loop closed and the secrets kept."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Writers(s.Out, s.Err),
		kong.Bind(s),
		kong.Bind(more...),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return &Fault{What: "usage", Why: err.Error(), Remedy: `see "sinergi --help"`, Code: exitUsage}
	}
	return command.Run()
}
