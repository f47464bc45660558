package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/store"
)

// The operator's commands, run on the server's machine. main puts them beside the users'.

// Folders says where data and keys lie. One folder for both would let a stolen copy open itself.
type Folders struct {
	Data string `env:"SINERGI_DATA" placeholder:"DIR" help:"Folder of the database. Default $$XDG_DATA_HOME/sinergi."`
	// Database is no flag: a command line is for all of the machine to see.
	Database     string `kong:"-" env:"SINERGI_DATABASE" secret:""`
	DatabaseFile string `env:"SINERGI_DATABASE_FILE" placeholder:"FILE" help:"File of mode 0600 with the postgres://… of a PostgreSQL, which is used in place of --data."`
	Keys         string `env:"SINERGI_KEYS" placeholder:"DIR" help:"Folder of the keys, not inside --data. Default $$XDG_CONFIG_HOME/sinergi/keys."`
}

// completed fills the defaults.
func (f Folders) completed() (Folders, error) {
	home, err := os.UserHomeDir()
	if err != nil && (f.Data == "" || f.Keys == "") {
		return f, errors.New("no home folder: give --data and --keys")
	}
	if f.Database, err = databaseAddress(f.DatabaseFile); err != nil {
		return f, err
	}
	if f.Data == "" {
		f.Data = filepath.Join(orElse(os.Getenv("XDG_DATA_HOME"), filepath.Join(home, ".local", "share")), "sinergi")
	}
	if f.Keys == "" {
		f.Keys = filepath.Join(orElse(os.Getenv("XDG_CONFIG_HOME"), filepath.Join(home, ".config")), "sinergi", "keys")
	}
	return f, nil
}

// databaseAddress is that of a PostgreSQL, from the environment or a file.
func databaseAddress(file string) (string, error) {
	address := os.Getenv("SINERGI_DATABASE")
	if file == "" {
		return address, nil
	}
	if address != "" {
		return "", errors.New("SINERGI_DATABASE and SINERGI_DATABASE_FILE are both set: one of them says where the database is")
	}
	return readSecret("--database-file", file)
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

// Exit codes of the operator's commands (design: experience).
const (
	exitConfiguration = 2
	exitDamage        = 6
)

// ending is an error that knows with which code the program ends.
type ending struct {
	error
	code int
}

// ExitCode is the code.
func (e ending) ExitCode() int { return e.code }

func (e ending) Unwrap() error { return e.error }

// misconfigured marks what the operator has to set right before anything can begin.
func misconfigured(err error) error {
	if err == nil {
		return nil
	}
	return ending{err, exitConfiguration}
}

// with runs f on the opened store.
func (f Folders) with(ctx context.Context, run func(*store.Store) error) error {
	if err := unknownVariables(os.Environ()); err != nil {
		return misconfigured(err) // a misspelt folder would be made, and be the wrong one
	}
	f, err := f.completed()
	if err != nil {
		return misconfigured(err)
	}
	st, err := store.Open(ctx, store.Config{Database: f.Database, Data: f.Data, Keys: f.Keys})
	if err != nil {
		return misconfigured(err)
	}
	return errors.Join(run(st), st.Close())
}

// Serve is the service.
type Serve struct {
	Folders `embed:""`
	Config  `embed:""`
}

// Run serves until ctx ends.
func (c *Serve) Run(ctx context.Context) error {
	ownTheLog(os.Stderr, c.LogLevel)
	noCoreDumps()
	return c.with(ctx, func(st *store.Store) error {
		if !st.KeysAreSaved() {
			fmt.Fprintln(os.Stderr, "sinergi: "+keysAreKept)
		}
		s, err := New(c.Config, st)
		if err != nil {
			return misconfigured(err)
		}
		if err := s.Listen(); err != nil {
			return misconfigured(err)
		}
		if err := c.recordStart(ctx, st); err != nil && !errors.Is(err, store.ErrClock) {
			return err
		}
		http, grpc := s.Addresses()
		Tune()
		if err := greetFirst(ctx, st, s.publicURL(), os.Stderr); err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "sinergi serves REST on %s and gRPC on %s; Ctrl-C stops it\n", http, grpc)
		return s.Serve(ctx)
	})
}

// variables are the names that the environment may use; SINERGI_SHARED is the tests'.
func variables() []string {
	names := []string{"SINERGI_SHARED", "SINERGI_TOKEN", "SINERGI_TOKEN_FILE", "SINERGI_CA"}
	for _, t := range []reflect.Type{reflect.TypeFor[Folders](), reflect.TypeFor[Config](), reflect.TypeFor[Limits]()} {
		for i := range t.NumField() {
			if name := t.Field(i).Tag.Get("env"); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// unknownVariables refuses a misspelt setting: a server that quietly runs without TLS is worse than one that does not start.
func unknownVariables(environment []string) error {
	known := variables()
	for _, entry := range environment {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "SINERGI_") && !slices.Contains(known, name) {
			return fmt.Errorf("the environment sets %s, which is no setting; the nearest is %s", name, nearest(name, known))
		}
	}
	return nil
}

// nearest is the known name that shares the longest beginning and end.
func nearest(name string, known []string) string {
	return slices.MaxFunc(known, func(a, b string) int { return alike(name, a) - alike(name, b) })
}

func alike(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for i := 1; i <= len(a) && i <= len(b) && a[len(a)-i] == b[len(b)-i]; i++ {
		n++
	}
	return n
}

// UnitLoad makes or changes units from a CSV file.
type UnitLoad struct {
	Folders `embed:""`
	File    string `arg:"" help:"CSV: code,name,type,parent,channel,area_code,services, and more: docs/reference/files.md."`
	DryRun  bool   `help:"Check everything, change nothing."`
}

// Run loads the units.
func (c *UnitLoad) Run(ctx context.Context) error { return c.load(ctx, c.File, c.DryRun, LoadUnits) }

// UserLoad makes accounts from a CSV file.
type UserLoad struct {
	Folders `embed:""`
	File    string `arg:"" help:"CSV: code,kind,name,nik,role,unit,duty_officer."`
	DryRun  bool   `help:"Check everything, change nothing."`
}

// Run loads the accounts.
func (c *UserLoad) Run(ctx context.Context) error { return c.load(ctx, c.File, c.DryRun, LoadUsers) }

// CalendarLoad takes holidays, working hours or deadlines from a CSV file; its header tells which.
type CalendarLoad struct {
	Folders `embed:""`
	File    string `arg:"" help:"CSV: date,kind,basis; or weekday,opens,closes,from,until,basis; or case_type,service,urgency,duty,kind,duration,step,from,until,basis."`
	DryRun  bool   `help:"Check everything, change nothing."`
}

// Run loads the file.
func (c *CalendarLoad) Run(ctx context.Context) error {
	return c.load(ctx, c.File, c.DryRun, LoadCalendar)
}

// AcceptClock says that a clock which stands far ahead of the newest entry is right.
type AcceptClock struct {
	Folders `embed:""`
}

// Run appends an entry by that clock, so that the next start finds it near.
func (c *AcceptClock) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		if err := st.AcceptClock(ctx, operator("clock.accept", "acceptClock")); err != nil {
			return err
		}
		fmt.Printf("%s is taken for the time\n", st.Now().Format(time.RFC3339))
		return nil
	})
}

// Coordinate names the unit whose heads are told of what stays undone at level 3.
type Coordinate struct {
	Folders `embed:""`
	Unit    string `arg:"" placeholder:"CODE" help:"Unit, by its code. Without this command it is the regency's office of women and child protection."`
}

// Run names it.
func (c *Coordinate) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		unit, ok := st.Directory().UnitByCode(c.Unit)
		if !ok {
			return misconfigured(fmt.Errorf("no unit has the code %s: load units first", c.Unit))
		}
		_, err := store.Update(ctx, st, func(w *store.Writer) (struct{}, error) {
			w.Append(operator("directory.manage", "coordinate"), unit.ID[:], nil)
			return struct{}{}, w.SetCoordinating(unit)
		})
		return err
	})
}

// ErrFaults is a file with rows in error; nothing of it was taken.
var ErrFaults error = ending{errors.New("rows in error, nothing was changed: mend them and load again"), exitDamage}

func (f Folders) load(ctx context.Context, path string, dryRun bool,
	load func(context.Context, *store.Store, io.Reader, bool) (LoadReport, error),
) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return f.with(ctx, func(st *store.Store) error {
		report, err := load(ctx, st, file, dryRun)
		if err != nil {
			return err
		}
		for _, line := range report.Lines {
			fmt.Println(line)
		}
		for _, fault := range report.Faults {
			fmt.Fprintln(os.Stderr, fault)
		}
		if len(report.Faults) > 0 {
			return ErrFaults
		}
		return nil
	})
}

// TokenCreate makes a credential of one membership.
type TokenCreate struct {
	Folders `embed:""`
	Account string        `required:"" placeholder:"CODE" help:"Account, by its code in the users' file."`
	Unit    string        `placeholder:"CODE" help:"Unit of the role; the account's first role if absent."`
	For     time.Duration `placeholder:"12h" help:"How long it lives: a person's at most 12 h, an app's at most 2160 h."`
	Scopes  []string      `placeholder:"file,status,assess" help:"What an app's token is for; all if absent."`
	Out     string        `placeholder:"FILE" help:"Write the token to a file of mode 0600 and not to the terminal."`
}

// Run makes the token and shows it once: the server keeps only its hash.
func (c *TokenCreate) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		token, expires, err := IssueToken(ctx, st, c.Account, c.Unit, c.For, c.Scopes...)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "valid until %s\n", expires.Format(time.RFC3339))
		if c.Out != "" {
			return os.WriteFile(c.Out, []byte(token+"\n"), 0o600)
		}
		fmt.Println(token)
		return nil
	})
}

// ConfigPrint shows the effective configuration and where each value comes from.
type ConfigPrint struct {
	Folders `embed:""`
	Config  `embed:""`
}

// Run prints one setting a line: name, value, source.
func (c *ConfigPrint) Run(context.Context) error {
	folders, err := c.Folders.completed()
	if err != nil {
		return misconfigured(err)
	}
	for _, part := range []any{folders, c.Config, c.Limits} {
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			tag := v.Type().Field(i).Tag
			if name := tag.Get("env"); name != "" {
				value := fmt.Sprint(v.Field(i))
				from := source(name, value, tag.Get("default"))
				if _, secret := tag.Lookup("secret"); secret && value != "" {
					value = "(not shown)"
				}
				fmt.Printf("%s\t%s\t%s\n", name, value, from)
			}
		}
	}
	return misconfigured(unknownVariables(os.Environ()))
}

// source tells where a value comes from: flag over environment over default.
func source(name, value, byDefault string) string {
	if set, ok := os.LookupEnv(name); ok && set == value {
		return "environment"
	}
	if byDefault != "" && value != byDefault {
		return "flag"
	}
	return "default"
}

// Verify opens every sealed column, checks that every row has its entry and every open thing its duty, and walks the journal.
type Verify struct {
	Folders `embed:""`
}

// ErrDamage is a verification that found something.
var ErrDamage error = ending{
	errors.New("the database is damaged: stop the server, keep a copy of both folders, and put back your newest whole copy"), exitDamage,
}

// Run prints what it found. A folder without a database is a wrong folder: an OK of one that was made a moment ago says nothing.
func (c *Verify) Run(ctx context.Context) error {
	if f, err := c.completed(); err == nil && f.Database == "" && !store.HasDatabase(f.Data) {
		return misconfigured(fmt.Errorf("%s holds no database: give --data the right folder", f.Data))
	}
	return c.with(ctx, func(st *store.Store) error {
		findings, err := st.Verify(ctx)
		if err != nil {
			return err
		}
		for _, f := range findings {
			fmt.Printf("%s\t%s\n", f.Check, f.What)
		}
		if len(findings) > 0 {
			return ErrDamage
		}
		fmt.Println("OK")
		return nil
	})
}
