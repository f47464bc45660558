package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Demo starts a synthetic regency, plays the main job twice over the public API, and serves.
type Demo struct {
	Quiet     bool   `help:"No transcript."`
	Once      bool   `help:"End after the journey; exit code 0 only if every step held."`
	Ready     string `placeholder:"FILE" help:"Write addresses and tokens as JSON, mode 0600, when it serves."`
	Keep      string `placeholder:"DIR" help:"Keep the data in this empty folder; a temporary one if absent."`
	Seed      uint64 `default:"1" help:"Same seed, same people."`
	Unlimited bool   `help:"No limits of rate, for bench --server."`
	HTTP      string `name:"http" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"REST and console; port 0 is any free one. Default ${default}."`
	GRPC      string `name:"grpc" default:"127.0.0.1:9090" placeholder:"HOST:PORT" help:"gRPC; port 0 is any free one. Default ${default}."`
}

// Start starts the regency's server; main hands it in, for this package knows no server. The server runs until ctx ends.
type Start func(ctx context.Context, at Place) (Addresses, error)

// Place is where the regency's server lives, and in what time.
type Place struct {
	Dir        string
	Database   string // an empty PostgreSQL, in place of a file in Dir
	HTTP, GRPC string
	Clock      func() time.Time
	Unlimited  bool // no limits of rate, for measurements
}

// Addresses is how to reach the demo's server, and as whom. It is the content of the file of --ready.
type Addresses struct {
	HTTP      string     `json:"http"`
	GRPC      string     `json:"grpc"`
	CA        string     `json:"ca"` // file of the certificate; empty on plain loopback
	Accounts  []Account  `json:"accounts"`
	AppTokens []AppToken `json:"app_tokens"`

	// SignIn makes a new token for an account, with a second factor that is fresh by the regency's clock; no API does.
	SignIn func(ctx context.Context, code, unit string) (token string, err error) `json:"-"`
	// Sweep does what is due by the regency's clock, which runs in leaps.
	Sweep func(ctx context.Context) error `json:"-"`
	// Wait returns when the server has stopped after the end of its context.
	Wait func() error `json:"-"`
}

// Account is one person of the regency; her token has a fresh second factor.
type Account struct {
	Code     string `json:"code"` // of the account
	Role     string `json:"role"`
	Unit     string `json:"unit"` // code
	UnitType string `json:"unit_type"`
	Name     string `json:"name"`
	Token    string `json:"token"`
}

// AppToken is a program of one unit.
type AppToken struct {
	Code  string `json:"code"` // of the account
	Unit  string `json:"unit"` // code
	Token string `json:"token"`
}

// history is how far back the regency begins: fifteen months, so that a year, its quarters and its months are over and drawn. The
// story itself begins a month ago, for the consents of its first day must be in force at its end.
const (
	history = 456 * storyDay
	recent  = 60 * storyDay // from here on work lies about in every state
	begins  = 30 * storyDay
)

// Run runs the demo.
func (d *Demo) Run(ctx context.Context, s Streams, start Start) error {
	if start == nil {
		return errors.New("demo: this program was built without a server")
	}
	dir, err := newFolder("demo", d.Keep)
	if err != nil {
		return err
	}
	if d.Keep == "" {
		defer os.RemoveAll(dir)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	clock := &demoClock{behind: history}
	at, err := start(ctx, Place{Dir: dir, HTTP: d.HTTP, GRPC: d.GRPC, Clock: clock.now, Unlimited: d.Unlimited})
	if err != nil {
		return fmt.Errorf("demo: start the regency: %w", err)
	}
	out := s.Out
	if d.Quiet {
		out = io.Discard
	}
	err = d.play(ctx, out, at, clock)
	stop()
	if at.Wait == nil {
		return err
	}
	return errors.Join(err, at.Wait())
}

func (d *Demo) play(ctx context.Context, out io.Writer, at Addresses, clock *demoClock) error {
	stage, err := newStage(ctx, out, at, clock)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer stage.close()
	people := newPeople(d.Seed)
	stage.fill(ctx, people)
	stage.child(ctx, people)
	stage.survivor(ctx, people)
	clock.present()
	stage.figures(ctx)
	if ctx.Err() != nil {
		return ctx.Err() // what failed after Ctrl-C says nothing about the story
	}
	if err := stage.verdict(); err != nil || d.Once {
		return err
	}
	if err := stage.signIn(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if d.Ready != "" {
		if err := writeReady(d.Ready, stage.at); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	stage.signposts()
	<-ctx.Done()
	return nil
}

// newFolder makes the data's folder. One that holds anything is refused: it may be somebody's real data.
func newFolder(what, dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "sinergi-"+what+"-")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", &Fault{What: what, Why: err.Error(), Code: exitUsage}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", &Fault{What: what, Why: err.Error(), Code: exitUsage}
	}
	if len(entries) > 0 {
		return "", &Fault{What: what, Why: dir + " is not empty", Remedy: "name a new folder", Code: exitUsage}
	}
	return dir, nil
}

// writeReady writes the addresses so that whoever waits for the file finds it whole.
func writeReady(path string, at Addresses) error {
	text, err := json.Marshal(at)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".ready-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// demoClock is the regency's time: it runs like the real one, some days behind, and is moved on while the story is told.
type demoClock struct {
	mu     sync.Mutex // guards behind
	behind time.Duration
}

func (c *demoClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(-c.behind)
}

// pass lets time go by, never past the present.
func (c *demoClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.behind = max(0, c.behind-d)
}

// reach moves on until the clock is so far behind the present.
func (c *demoClock) reach(behind time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.behind = min(c.behind, behind)
}

// present ends the story: from now on the regency lives in real time.
func (c *demoClock) present() { c.reach(0) }

// wib is the regency's civil time. Western Indonesia has no summer time, so no database of zones is needed.
var wib = time.FixedZone("WIB", 7*60*60)

// day is a civil date of the story, some days from its today.
func (c *demoClock) day(offset int) string {
	return c.now().In(wib).AddDate(0, 0, offset).Format(time.DateOnly)
}
