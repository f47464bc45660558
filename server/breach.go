package server

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// BreachReport lists whose records an account has seen or changed: the subjects who must be told within 3x24 hours (UU 27/2022
// art. 46). It names nobody. It says which unit keeps each record, whose head finds out who it is and how to reach her safely; that a
// unit keeps a record may itself be a secret, so the list is for the REVIEWER and goes to each head in her own part.
type BreachReport struct {
	Folders `embed:""`
	Account string    `required:"" placeholder:"CODE" help:"Account, by its code in the users' file."`
	Since   time.Time `required:"" placeholder:"TIME" help:"From when on, such as 2026-01-31T08:00:00+07:00."`
	Until   time.Time `placeholder:"TIME" help:"Up to when; now if absent."`
	Out     string    `placeholder:"FILE" help:"Write the list to a file of mode 0600 and not to the terminal."`
}

// Run prints one person a line: record, unit, first and last time, entries, whether anything was changed, classes shown.
func (c *BreachReport) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		found, err := Touched(ctx, st, c.Account, c.Since, c.Until)
		if err != nil {
			return err
		}
		if c.Out == "" {
			return printTouched(os.Stdout, os.Stderr, st, found)
		}
		file, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return misconfigured(err)
		}
		defer file.Close()
		if err := printTouched(file, os.Stderr, st, found); err != nil {
			return err
		}
		return file.Close()
	})
}

// Touched looks up an account and what it has seen. That somebody looked is an entry too.
func Touched(ctx context.Context, st *store.Store, account string, since, until time.Time) (store.Touching, error) {
	if until.IsZero() {
		until = st.Now().Add(time.Second)
	}
	type found struct {
		id casework.AccountID
		t  store.Touching
	}
	f, err := store.Read(ctx, st, func(r *store.Reader) (f found, err error) {
		id, known, err := r.AccountByCode(account)
		if err == nil && !known {
			err = misconfigured(fmt.Errorf("no account %q: the users' file has its code", account))
		}
		if err != nil {
			return f, err
		}
		f.id = id
		f.t, err = r.Touched(id, since, until)
		return f, err
	})
	if err != nil {
		return f.t, err
	}
	_, err = store.Update(ctx, st, func(w *store.Writer) (struct{}, error) {
		entry := operator("breach.report", "breachReport")
		entry.ObjectKind, entry.Object = "account", st.Pseudonym("account", f.id[:])
		w.Append(entry, f.id[:], nil)
		return struct{}{}, nil
	})
	return f.t, err
}

func printTouched(out, notes io.Writer, st *store.Store, t store.Touching) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	if len(t.Persons) > 0 {
		fmt.Fprintln(w, "person\tunit\tfirst\tlast\tentries\tchanged\tshown")
	}
	for _, p := range t.Persons {
		unit, _ := st.Directory().Unit(p.Unit)
		changed := "no"
		if p.Changed {
			changed = "yes"
		}
		fmt.Fprintf(w, "persons/%s\t%s\t%s\t%s\t%d\t%s\t%s\n", p.Person, unit.Code, p.First.Format(time.RFC3339), p.Last.Format(time.RFC3339),
			p.Entries, changed, strings.Join(shown(access.Mask(p.Mask)), ","))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(notes, "%d persons; %d entries of this account among %d; %d of them about records that are erased since.\n",
		len(t.Persons), t.Own, t.Entries, t.Lost)
	fmt.Fprintln(notes, "Reads of ordinary cases (L1) in the account's own register are not in the journal, and not here.\n"+
		"The list is for the REVIEWER; give each head of a unit the lines of her unit alone, never by e-mail.")
	return nil
}
