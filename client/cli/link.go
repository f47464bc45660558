package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jedib0t/go-pretty/v6/progress"

	"github.com/sinergi-pug/sinergi/domain/linkage"
)

// LinkCmd is about records that belong together.
type LinkCmd struct {
	Candidates LinkCandidates `cmd:"" help:"Who may be the same person, or of one household, as a client of yours. 30 clients an hour."`
	Show       LinkShow       `cmd:"" help:"Where the confirmed links of a case lead."`
	Review     LinkReview     `cmd:"" help:"Have the reviewer look at a match."`
	Reveal     LinkReveal     `cmd:"" help:"As the reviewer: name, birth year and village of both records of a match."`
	Confirm    LinkConfirm    `cmd:"" help:"Say that a match is one. On weaker evidence a second officer approves it."`
	Reject     LinkReject     `cmd:"" help:"Say that a match is none, or that you do not know yet."`
	Undo       LinkUndo       `cmd:"" help:"Take a confirmation or a rejection back."`
	Evaluate   LinkEvaluate   `cmd:"" help:"How well two files are linked whose truth is known. Needs no server and tells none."`
}

// LinkEvaluate links the two files of a folder as the server links cards, and counts against its truth.
type LinkEvaluate struct {
	Dir   string `arg:"" help:"Folder with health.csv and protection.csv; truth.csv, where it is, is only counted against."`
	Out   string `help:"CSV file for every pair that is kept, with its score. It names persons by the ids of the folder."`
	Learn int    `default:"0" help:"Rounds in which the weights are learned anew without labels; 5 are enough."`
	JSON  bool   `name:"json" help:"One JSON object a line."`
	Quiet bool   `help:"No progress on standard error."`
}

// Run writes the pairs, and tells how many there are and how many of the true ones were found, whole and by group.
func (c *LinkEvaluate) Run(ctx context.Context, s Streams) error {
	if c.Learn < 0 || c.Learn > 100 {
		return linkFault("--learn is 0 to 100 rounds", "5 are enough")
	}
	folder, err := readLinkFolder(c.Dir)
	if err != nil {
		return err
	}
	bar := newBar(s.Err, c.Quiet, "comparing", len(folder.Health))
	linking, err := folder.Link(linkage.Start(), func(rows int) error {
		bar.at(rows)
		return ctx.Err()
	})
	bar.end()
	if err != nil {
		return err
	}
	linking.Learn(c.Learn)
	predictions := linking.Predictions()
	if c.Out != "" {
		if err := writePredictions(c.Out, predictions); err != nil {
			return err
		}
	}
	return c.print(newPrinter(ctx, s, Output{JSON: c.JSON}, nil), folder, linking, predictions)
}

func linkFault(why, remedy string) error {
	return &Fault{What: "link evaluate", Why: why, Remedy: remedy, Code: exitUsage}
}

// readLinkFolder reads what the folder has; only the truth may be missing.
func readLinkFolder(dir string) (*linkage.Folder, error) {
	f := &linkage.Folder{}
	for _, file := range []struct {
		name string
		read func(io.Reader) error
	}{
		{"health.csv", func(r io.Reader) (err error) { f.Health, err = linkage.ReadHealth(r); return err }},
		{"protection.csv", func(r io.Reader) (err error) { f.Protection, err = linkage.ReadProtection(r); return err }},
		{"truth.csv", func(r io.Reader) (err error) { f.Truth, err = linkage.ReadTruth(r); return err }},
	} {
		opened, err := os.Open(filepath.Join(dir, file.name))
		if file.name == "truth.csv" && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, linkFault(file.name+": "+cause(err), "name a folder in the layout of the linkage data")
		}
		err = file.read(bufio.NewReader(opened))
		opened.Close()
		if err != nil {
			return nil, linkFault(file.name+": "+err.Error(), "the first line names the columns")
		}
	}
	return f, nil
}

// writePredictions writes what the scorer of the linkage data reads. Only the caller may read it.
func writePredictions(path string, predictions []linkage.Prediction) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return linkFault("--out: "+cause(err), "name a file that can be written")
	}
	table := csv.NewWriter(file)
	table.Write([]string{"protection_id", "health_id", "relation", "score"}) // the first error stays, and is asked for below
	for _, p := range predictions {
		table.Write([]string{p.Subject, p.Other, string(p.Relation), strconv.FormatFloat(float64(p.Score), 'f', 4, 32)})
	}
	table.Flush()
	if err := errors.Join(table.Error(), file.Close()); err != nil {
		return linkFault("--out could not be written", "is there room?")
	}
	return nil
}

// print tells counts, and where the truth is known, figures whole and by group.
func (c *LinkEvaluate) print(p *printer, f *linkage.Folder, l *linkage.Linking, predictions []linkage.Prediction) error {
	bands := map[linkage.Band]int{}
	for _, x := range predictions {
		bands[linkage.BandOf(x.Score)]++
	}
	counts := [][]string{
		{"health rows", strconv.Itoa(len(f.Health))},
		{"protection rows", strconv.Itoa(len(f.Protection))},
		{"pairs kept", strconv.Itoa(len(predictions))},
	}
	for b := linkage.Strong; b >= linkage.Weak; b-- {
		counts = append(counts, []string{b.String(), strconv.Itoa(bands[b])})
	}
	if err := linkTable(p, []string{"count", "value"}, counts); err != nil || len(f.Truth) == 0 {
		return err
	}
	var rows [][]string
	for _, m := range linkage.Measures(predictions, f.Truth) {
		rows = append(rows, []string{m.Name, strconv.Itoa(m.True), strconv.Itoa(m.Predicted), share(m.Precision()), share(m.Recall()), share(m.F1())})
	}
	if err := linkTable(p, []string{"measure", "true", "predicted", "precision", "recall", "f1"}, rows); err != nil {
		return err
	}
	first := [][]string{{"true household among the first three", share(linkage.FirstThree(predictions, f.Truth))}}
	if err := linkTable(p, []string{"ranking", "value"}, first); err != nil {
		return err
	}
	rows = nil
	for _, g := range l.Groups(predictions) {
		rows = append(rows, []string{g.Name, strconv.Itoa(g.Persons.True), share(g.Persons.Recall()), strconv.Itoa(g.Household.True), share(g.Household.Recall())})
	}
	return linkTable(p, []string{"group", "persons", "persons_recall", "pairs", "household_recall"}, rows)
}

// share is a figure in thousandths.
func share(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }

// linkTable prints a table, or an object for each row of it.
func linkTable(p *printer, heads []string, rows [][]string) error {
	if !p.JSON {
		return p.table(heads, rows)
	}
	lines := json.NewEncoder(p.out)
	for _, row := range rows {
		object := map[string]any{}
		for i, cell := range row {
			object[heads[i]] = json.Number(cell)
			if i == 0 {
				object[heads[i]] = cell
			}
		}
		if err := lines.Encode(object); err != nil {
			return err
		}
	}
	return nil
}

// bar is the progress that a person sees; a program sees none.
type bar struct {
	writer  progress.Writer
	tracker *progress.Tracker
	drawn   chan struct{}
}

func newBar(w io.Writer, quiet bool, what string, total int) *bar {
	if quiet || !terminal(w) {
		return &bar{}
	}
	b := &bar{writer: progress.NewWriter(), tracker: &progress.Tracker{Message: what, Total: int64(total)}, drawn: make(chan struct{})}
	b.writer.SetOutputWriter(w)
	b.writer.SetUpdateFrequency(100 * time.Millisecond)
	b.writer.SetAutoStop(true) // Stop is lost when it comes before the first drawing
	b.writer.AppendTracker(b.tracker)
	go func() {
		defer close(b.drawn)
		b.writer.Render()
	}()
	return b
}

func (b *bar) at(n int) {
	if b.tracker != nil {
		b.tracker.SetValue(int64(n))
	}
}

// end leaves the bar as it is and gives the terminal back.
func (b *bar) end() {
	if b.tracker == nil {
		return
	}
	if !b.tracker.IsDone() {
		b.tracker.MarkAsErrored()
	}
	<-b.drawn
}
