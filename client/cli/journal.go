package cli

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// JournalCmd is who did what, by which right, and the proof that nobody rewrote it.
type JournalCmd struct {
	List       JournalList       `cmd:"" help:"Entries, newest first: of the own unit, or of all for reviewer and auditor."`
	Judgements JournalJudgements `cmd:"" help:"Exceptions and opened glasses, by number, and when each was judged; for reviewer and auditor."`
	Checkpoint JournalCheckpoint `cmd:"" help:"The newest signed checkpoint, to be printed or given to a witness; for reviewer and auditor."`
	Cosign     JournalCosign     `cmd:"" help:"Bring back a checkpoint that a witness has signed; for reviewer and auditor."`
	Export     JournalExport     `cmd:"" help:"Write all that an offline check needs into a file; for reviewer and auditor."`
	Verify     JournalVerify     `cmd:"" help:"Check such a file, without a server and without a network."`
}

// JournalList lists.
type JournalList struct {
	Remote

	Since   time.Time `placeholder:"TIME" help:"Not older than this, such as 2026-01-31T08:00:00+07:00."`
	Until   time.Time `placeholder:"TIME" help:"Older than this."`
	Action  string    `placeholder:"ACT" help:"Only this act, such as case.assign."`
	Refused bool      `help:"Only what was refused."`
	Limit   int       `default:"100" help:"At most so many."`
}

// Run lists.
func (l *JournalList) Run(ctx context.Context, s Streams) error {
	req := &pb.ListEntriesRequest{Action: l.Action, Refused: l.Refused}
	if !l.Since.IsZero() {
		req.Since = timestamppb.New(l.Since)
	}
	if !l.Until.IsZero() {
		req.Until = timestamppb.New(l.Until)
	}
	return l.do(ctx, s, "journal list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllEntries(ctx, req), l.Limit, []column[*pb.JournalEntry]{
			{"number", func(_ *printer, e *pb.JournalEntry) string { return numberOf(e) }},
			{"time", func(p *printer, e *pb.JournalEntry) string { return p.time(e.GetTime()) }},
			{"who", func(_ *printer, e *pb.JournalEntry) string { return clean(who(e)) }},
			{"role", func(p *printer, e *pb.JournalEntry) string { return p.word(e.GetRole()) }},
			{"unit", func(p *printer, e *pb.JournalEntry) string { return p.unit(e.GetUnit()) }},
			{"act", func(_ *printer, e *pb.JournalEntry) string { return clean(e.GetAction()) }},
			{"rule", func(_ *printer, e *pb.JournalEntry) string { return clean(e.GetRule()) }},
			{"outcome", func(_ *printer, e *pb.JournalEntry) string { return clean(e.GetOutcome()) }},
			{"object", func(_ *printer, e *pb.JournalEntry) string { return clean(e.GetObjectKind()) }},
			{"event", func(_ *printer, e *pb.JournalEntry) string { return clean(e.GetEvent()) }},
			{"shown", func(_ *printer, e *pb.JournalEntry) string { return clean(strings.Join(e.GetShown(), ",")) }},
		})
	})
}

// numberOf is empty for whoever gets no numbers; an entry with the id of a call and the number 0 is the first.
func numberOf(e *pb.JournalEntry) string {
	if e.GetNumber() == 0 && e.GetRequestId() == "" {
		return ""
	}
	return fmt.Sprint(e.GetNumber())
}

// who is the code of an account if it was told, else the beginning of its pseudonym.
func who(e *pb.JournalEntry) string {
	if e.GetAccountCode() != "" {
		return e.GetAccountCode()
	}
	return e.GetActor()[:min(8, len(e.GetActor()))]
}

// JournalJudgements lists.
type JournalJudgements struct {
	Remote

	Open  bool `help:"Only those that wait."`
	Limit int  `default:"100" help:"At most so many."`
}

// Run lists.
func (l *JournalJudgements) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "journal judgements", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllJudgements(ctx, &pb.ListJudgementsRequest{Open: l.Open}), l.Limit, []column[*pb.Judgement]{
			{"number", func(_ *printer, j *pb.Judgement) string { return fmt.Sprint(j.GetNumber()) }},
			{"kind", func(p *printer, j *pb.Judgement) string { return p.word(j.GetKind()) }},
			{"unit", func(p *printer, j *pb.Judgement) string { return p.unit(j.GetUnit()) }},
			{"done", func(p *printer, j *pb.Judgement) string { return p.time(j.GetStartTime()) }},
			{"due", func(p *printer, j *pb.Judgement) string { return p.time(j.GetDueTime()) }},
			{"judged", func(p *printer, j *pb.Judgement) string { return p.time(j.GetDecideTime()) }},
			{"late", func(_ *printer, j *pb.Judgement) string { return strings.Repeat("!", btoi(j.GetLate())) }},
		})
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// JournalCheckpoint prints the newest checkpoint.
type JournalCheckpoint struct {
	Remote
}

// Run prints the note as it was signed.
func (j *JournalCheckpoint) Run(ctx context.Context, s Streams) error {
	return j.do(ctx, s, "journal checkpoint", func(ctx context.Context, c *client.Client, p *printer) error {
		newest, err := c.Journal.GetCheckpoint(ctx, &pb.GetCheckpointRequest{})
		if err != nil || p.JSON {
			return errors.Join(err, onlyIf(err == nil, func() error { return p.one(newest) }))
		}
		_, err = io.WriteString(p.out, newest.GetNote())
		return err
	})
}

func onlyIf(condition bool, f func() error) error {
	if !condition {
		return nil
	}
	return f()
}

// JournalCosign brings a cosignature back.
type JournalCosign struct {
	Remote

	File string `arg:"" help:"File with the checkpoint and the line of the witness; - is standard input."`
}

// Run sends it.
func (j *JournalCosign) Run(ctx context.Context, s Streams) error {
	var text string
	if err := textFrom(j.File, &text)(s); err != nil {
		return err
	}
	return j.do(ctx, s, "journal cosign", func(ctx context.Context, c *client.Client, p *printer) error {
		newest, err := c.Journal.AddCosignature(ctx, &pb.AddCosignatureRequest{Note: text + "\n"}) // a signed note ends with its last line
		if err != nil {
			return err
		}
		return p.one(newest)
	})
}

// JournalExport writes a bundle.
type JournalExport struct {
	Remote

	Out string `required:"" placeholder:"FILE" help:"File to write; it must not be there yet. A million entries take some minutes: give --timeout 30m."`
}

// Run fetches keys, checkpoints and every entry that the newest of them says.
func (j *JournalExport) Run(ctx context.Context, s Streams) error {
	return j.do(ctx, s, "journal export", func(ctx context.Context, c *client.Client, p *printer) (err error) {
		if _, err := os.Stat(j.Out); !errors.Is(err, fs.ErrNotExist) {
			return &Fault{What: "journal export", Why: j.Out + " is there already", Remedy: "give --out another name", Code: exitUsage}
		}
		file, err := os.CreateTemp(filepath.Dir(j.Out), ".bundle-*") // 0600
		if err != nil {
			return err
		}
		defer os.Remove(file.Name())
		size, err := export(ctx, c, p, file)
		if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
			return err
		}
		if err := os.Rename(file.Name(), j.Out); err != nil {
			return err
		}
		fmt.Fprintf(p.notes, "%d entries in %s; check it with: sinergi journal verify %s\n", size, j.Out, j.Out)
		return nil
	})
}

func export(ctx context.Context, c *client.Client, p *printer, out io.Writer) (size int64, err error) {
	keys, err := c.Journal.ListJournalKeys(ctx, &pb.ListJournalKeysRequest{})
	if err != nil {
		return 0, err
	}
	var notes []string
	for {
		page, err := c.Journal.ListCheckpoints(ctx, &pb.ListCheckpointsRequest{AfterSize: size, PageSize: 100})
		if err != nil {
			return 0, err
		}
		if len(page.GetCheckpoints()) == 0 {
			break
		}
		for _, one := range page.GetCheckpoints() {
			notes, size = append(notes, one.GetNote()), one.GetSize()
		}
	}
	if size == 0 {
		return 0, &Fault{What: "journal export", Why: "nothing is signed yet", Remedy: "a checkpoint comes within a minute: repeat then", Code: exitUnreachable}
	}
	b := newBundleWriter(out)
	for _, part := range []struct {
		name  string
		lines []string
	}{{partKeys, keys.GetKeys()}, {partWitnesses, keys.GetWitnesses()}, {partCheckpoints, notes}} {
		if err := b.text(part.name, part.lines); err != nil {
			return 0, err
		}
	}
	if err := exportEntries(ctx, c, b, size, progressOf(p)); err != nil {
		return 0, err
	}
	return size, b.close()
}

func exportEntries(ctx context.Context, c *client.Client, b *bundleWriter, size int64, tell func(done, of int64)) error {
	const atOnce = 2000
	for next := int64(0); next < size; {
		page, err := c.Journal.ListLeaves(ctx, &pb.ListLeavesRequest{First: next, PageSize: int32(min(atOnce, size-next))})
		if err != nil {
			return err
		}
		if len(page.GetEntries()) == 0 {
			break // what is missing the check will tell
		}
		for _, canonical := range page.GetEntries() {
			if err := b.entry(canonical); err != nil {
				return err
			}
			next++
		}
		tell(next, size)
	}
	return nil
}

// progressOf tells a person at a terminal how far it is.
func progressOf(p *printer) func(done, of int64) {
	if !p.fancy {
		return func(int64, int64) {}
	}
	return func(done, of int64) {
		fmt.Fprintf(p.notes, "\r%d of %d", done, of)
		if done >= of {
			fmt.Fprintln(p.notes)
		}
	}
}

// JournalVerify checks a bundle.
type JournalVerify struct {
	Output `embed:""`

	Bundle  string   `arg:"" help:"File of journal export."`
	Key     []string `placeholder:"KEY" help:"Verifier key of the journal, as you were given it; else the bundle's own is believed, and named."`
	Witness []string `placeholder:"KEY" help:"Verifier key of a witness, who must have signed."`
	Earlier []string `placeholder:"FILE" help:"Checkpoint or bundle of before, which must be continued: finds what was rolled back or forked."`
}

// Run prints OK with size and root, or what is the first that is wrong. It opens no connection.
func (j *JournalVerify) Run(_ context.Context, s Streams) error {
	t := trust{keys: j.Key, witnesses: j.Witness}
	for _, path := range j.Earlier {
		notes, err := earlierNotes(path)
		if err != nil {
			return &Fault{What: "journal verify", Why: err.Error(), Code: exitUsage}
		}
		t.earlier = append(t.earlier, notes...)
	}
	if _, err := verifiers(append(j.Key, j.Witness...)); err != nil {
		return &Fault{What: "journal verify", Why: err.Error(), Code: exitUsage}
	}
	b, done, err := openBundle(j.Bundle)
	if err != nil {
		return err
	}
	defer done()
	found, err := b.verify(t)
	if err != nil {
		return &Fault{
			What: "journal verify", Why: err.Error(), Code: exitDamage,
			Remedy: "keep this file, tell the inspectorate, and compare with the checkpoints of the witness",
		}
	}
	return found.print(s.Out, j.JSON)
}

// openBundle opens a file as a bundle.
func openBundle(path string) (*bundle, func() error, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, &Fault{What: "journal verify", Why: err.Error(), Code: exitUsage}
	}
	info, err := file.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	b, err := readBundle(file, info.Size())
	if err != nil {
		return nil, nil, errors.Join(&Fault{What: "journal verify", Why: err.Error(), Code: exitDamage}, file.Close())
	}
	return b, file.Close, nil
}

// earlierNotes are the checkpoints of a file: one note, or those of a bundle.
func earlierNotes(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(text, []byte("PK")) {
		return []string{string(text)}, nil
	}
	b, err := readBundle(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return nil, err
	}
	return b.checkpoints, nil
}

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// print says what was found.
func (v verdict) print(out io.Writer, asJSON bool) error {
	if asJSON {
		line, err := json.Marshal(v)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\n", line)
		return err
	}
	fmt.Fprintf(out, "OK\nsize\t%d\nroot\t%s\norigin\t%s\ncheckpoints\t%d\n", v.Size, v.Root, clean(v.Origin), v.Checkpoints)
	for _, k := range v.Keys {
		fmt.Fprintf(out, "key\t%s\n", clean(k))
	}
	if v.Assumed {
		fmt.Fprintln(out, "note\tthe first key is the bundle's own: compare it with the one that you were given, or give it with --key")
	}
	for _, name := range slices.Sorted(maps.Keys(v.Witnessed)) {
		fmt.Fprintf(out, "witness\t%s\t%d\n", clean(name), v.Witnessed[name])
	}
	return nil
}
