package server

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// Keys change by themselves while the server runs; the operator looks, and changes one on suspicion.

// keepKeysEvery is how often the server asks whether a key is due: their terms are months.
const keepKeysEvery = time.Hour

// keepKeys runs until ctx ends, at once and then each hour. What fails is tried again: every key serves until its change is whole.
func (s *Server) keepKeys(ctx context.Context) {
	ticker := time.NewTicker(keepKeysEvery)
	defer ticker.Stop()
	for {
		by := journal.Entry{Version: journal.Version, Origin: "timer", Role: "SERVER", Action: "key.manage", Outcome: "ALLOW"}
		switch err := s.store.KeepKeys(ctx, by); {
		case err == nil, ctx.Err() != nil:
		case errors.Is(err, store.ErrShared):
			s.log.InfoContext(ctx, "several servers run: keys that are due change when one is alone")
		default:
			s.log.ErrorContext(ctx, "a key that is due could not be changed; it serves until it can")
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// KeyList shows which keys there are, and none of them.
type KeyList struct {
	Folders `embed:""`
}

// Run prints one key a line: kind, id, what it does now, when it was made, and until when: it changes by itself, stopped sealing, was destroyed.
func (c *KeyList) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		fmt.Println("kind\tid\tstate\tmade\tuntil")
		for _, k := range st.Keys() {
			state, due := "current", k.Due()
			switch {
			case !k.Destroyed.IsZero():
				state, due = "destroyed", k.Destroyed
			case !k.Retired.IsZero():
				state, due = "old", k.Retired
			}
			fmt.Printf("%s\t%s\t%s\t%s\t%s\n", k.Kind, k.ID, state, day(k.Made), day(due))
		}
		if !st.KeysAreSaved() {
			fmt.Fprintln(os.Stderr, keysAreKept)
		}
		return nil
	})
}

// keysAreKept is told at every start while there are no backups.
const keysAreKept = "there is no backup of the keys, so old key encryption keys are kept and never destroyed"

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.DateOnly)
}

// KeyRotate changes keys before their time.
type KeyRotate struct {
	Folders `embed:""`
	Kind    string `arg:"" optional:"" enum:"kek,index,cursor,linkage,all" default:"all" help:"kek, index, cursor, linkage; all if none is named."`
}

// Run changes them, and returns when everything is under the new ones.
func (c *KeyRotate) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		for _, kind := range store.KeyKinds {
			if c.Kind != "all" && c.Kind != kind {
				continue
			}
			if err := st.ChangeKey(ctx, kind, operator("key.manage", "rotateKey")); err != nil {
				return err
			}
			fmt.Println(kind + "\tchanged")
		}
		return nil
	})
}

// KeyRenew gives one person, household or account a new data key.
type KeyRenew struct {
	Folders `embed:""`
	Owner   string `arg:"" help:"persons/…, households/… or accounts/…, on the suspicion that somebody has its data key."`
}

// Run seals all that is theirs again.
func (c *KeyRenew) Run(ctx context.Context) error {
	kind, text, _ := strings.Cut(c.Owner, "/")
	id, ok := casework.ParseID(text)
	if !ok || kind != "persons" && kind != "households" && kind != "accounts" {
		return misconfigured(fmt.Errorf("%q names no owner of a data key: give persons/…, households/… or accounts/…", c.Owner))
	}
	return c.with(ctx, func(st *store.Store) error {
		cells, err := st.RenewKey(ctx, store.Owner(id), operator("key.manage", "renewKey"))
		if err != nil {
			return err
		}
		fmt.Printf("%d\tcells sealed again\n", cells)
		return nil
	})
}

// ErasedList prints the list of the erased, for the day on which an older copy of the data is put back.
type ErasedList struct {
	Folders `embed:""`
}

// Run prints one line each: a keyed mark, what it was, when. It names nobody.
func (c *ErasedList) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		all, err := store.Read(ctx, st, func(r *store.Reader) ([]store.Erased, error) { return r.Erased() })
		for _, e := range all {
			fmt.Printf("%s\t%s\t%s\n", hex.EncodeToString(e.Mark[:]), e.Kind, e.Time.Format(time.RFC3339Nano))
		}
		return err
	})
}

// ErasedRepeat erases again, in data that was restored from an older copy, whoever was erased since.
type ErasedRepeat struct {
	Folders `embed:""`
	File    string `arg:"" help:"The newest list, made by erased list."`
}

// Run repeats the erasures of the list.
func (c *ErasedRepeat) Run(ctx context.Context) error {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	var all []store.Erased
	for n, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if line == "" {
			continue
		}
		e, err := parseErased(line)
		if err != nil {
			return misconfigured(fmt.Errorf("line %d of the list: %w", n+1, err))
		}
		all = append(all, e)
	}
	return c.with(ctx, func(st *store.Store) error {
		n, err := st.RepeatErasures(ctx, all, operator("case.erase", "repeatErasures"))
		if err != nil {
			return err
		}
		fmt.Printf("%d\terased again\n", n)
		return nil
	})
}

func parseErased(line string) (e store.Erased, err error) {
	fields := strings.Split(line, "\t")
	if len(fields) != 3 {
		return e, fmt.Errorf("%d columns, want mark, kind and time", len(fields))
	}
	if n, err := hex.Decode(e.Mark[:], []byte(fields[0])); err != nil || n != len(e.Mark) || len(fields[0]) != 2*len(e.Mark) {
		return e, fmt.Errorf("the mark is not %d hexadecimal digits", 2*len(e.Mark))
	}
	e.Kind = fields[1]
	e.Time, err = time.Parse(time.RFC3339Nano, fields[2])
	return e, err
}
