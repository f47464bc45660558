package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// StatsCmd is figures. Nothing here is about one person.
type StatsCmd struct {
	List    StatsList       `cmd:"" help:"All tables that there are, with what they count."`
	About   StatsAbout      `cmd:"" help:"Metadata of one table, as Satu Data Indonesia wants it."`
	Show    StatsShow       `cmd:"" help:"One table: released, or your unit's own with --live, or your office's with --overseen."`
	Release StatsReleaseCmd `cmd:"" help:"How figures become public: approve, hold, resolve, export."`
}

// StatsList lists the catalogue.
type StatsList struct {
	Remote

	Kind Word[pb.DatasetKind_Value] `placeholder:"KIND" help:"Only RELEASED, OVERSEEN or LIVE tables."`
}

// Run lists.
func (l *StatsList) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "stats list", func(ctx context.Context, c *client.Client, p *printer) error {
		answer, err := c.Statistics.ListDatasets(ctx, &pb.ListDatasetsRequest{Kind: l.Kind.Value})
		if err != nil {
			return err
		}
		return list(p, atOnce(answer.GetDatasets()), len(answer.GetDatasets()), []column[*pb.Dataset]{
			{"dataset", func(_ *printer, d *pb.Dataset) string { return clean(d.GetDataset()) }},
			{"kind", func(p *printer, d *pb.Dataset) string { return p.word(d.GetKind()) }},
			{"period", func(_ *printer, d *pb.Dataset) string { return clean(strings.Join(d.GetPeriods(), ",")) }},
			{"counts", func(_ *printer, d *pb.Dataset) string { return clean(d.GetUnitOfCount()) }},
			{"noise", func(_ *printer, d *pb.Dataset) string { return epsilonText(d.GetEpsilon()) }},
			{"title", func(p *printer, d *pb.Dataset) string { return clean(p.inLanguage(d.GetTitle(), d.GetTitleEn())) }},
		})
	})
}

func epsilonText(epsilon float64) string {
	if epsilon == 0 {
		return ""
	}
	return "ε " + strconv.FormatFloat(epsilon, 'f', -1, 64)
}

// atOnce makes a list of what came at once.
func atOnce[T any](items []T) func(yield func(T, error) bool) {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// inLanguage is a text in the caller's language; the Indonesian one where there is no other.
func (p *printer) inLanguage(id, en string) string {
	if p.Lang == "id" || en == "" {
		return id
	}
	return en
}

// StatsAbout shows the metadata of one table.
type StatsAbout struct {
	Remote

	Dataset string `arg:"" help:"Id of the table, from stats list."`
}

// Run shows.
func (a *StatsAbout) Run(ctx context.Context, s Streams) error {
	return a.do(ctx, s, "stats about", func(ctx context.Context, c *client.Client, p *printer) error {
		d, err := c.Statistics.GetDataset(ctx, &pb.GetDatasetRequest{Dataset: a.Dataset})
		if err != nil {
			return err
		}
		return p.one(d)
	})
}

// StatsShow shows one table, or writes it into a file.
type StatsShow struct {
	Remote

	Dataset   string                   `arg:"" optional:"" help:"Id of the table, from stats list. Not with --gap."`
	Live      bool                     `xor:"kind" help:"Your own unit, now and exact."`
	Overseen  bool                     `xor:"kind" help:"The units below your office, as of this morning."`
	Period    []string                 `placeholder:"P" help:"2026, 2026Q1, 2026-01, 2026W05; of a release also several, or LAST_12_MONTHS, THIS_YEAR, LAST_YEAR, LAST_4_QUARTERS."`
	Until     string                   `placeholder:"P" help:"With --live: the last month."`
	Dimension []string                 `sep:"none" placeholder:"D" help:"Of a release: kecamatan, or kecamatan:32.01.01,32.01.02. Again for more."`
	Filter    string                   `placeholder:"D:ITEM" help:"Of a release: one item of one dimension, jenis_kelamin:P."`
	Codes     Word[pb.IdScheme_Value]  `placeholder:"SCHEME" help:"Of a release: KEMENDAGRI or BPS codes alone."`
	Label     Word[pb.CodeLabel_Value] `placeholder:"LABEL" help:"Of a release: ID, NAME or BOTH."`
	Reason    string                   `placeholder:"FILE" help:"With --live: file that says why, where the table asks a reason; - is standard input."`
	CSV       string                   `name:"csv" xor:"file" placeholder:"FILE" help:"Write CSV; - is standard output."`
	XLSX      string                   `name:"xlsx" xor:"file" placeholder:"FILE" help:"Write a workbook with a chart and the metadata."`
	BOM       bool                     `name:"bom" help:"CSV begins with a byte order mark, for Excel."`
	Semicolon bool                     `help:"CSV has semicolons between its columns."`
	Gap       int                      `placeholder:"YEAR" help:"The data sheet of a Gender Analysis Pathway (PPRG) from what was published of a year; with --xlsx."`
}

// Run shows.
func (r *StatsShow) Run(ctx context.Context, s Streams) error {
	if (r.Gap == 0) == (r.Dataset == "") || r.Gap != 0 && r.XLSX == "" {
		return &Fault{What: "stats show", Why: "either a table, or --gap YEAR with --xlsx FILE", Remedy: "stats list names the tables", Code: exitUsage}
	}
	if len(r.Period) > 1 && (r.Live || r.Overseen) {
		return &Fault{What: "stats show", Why: "one --period", Remedy: "with --live, --until names the last month", Code: exitUsage}
	}
	reason, err := readText(s, r.Reason)
	if err != nil {
		return err
	}
	return r.do(ctx, s, "stats show", func(ctx context.Context, c *client.Client, p *printer) error {
		if r.Gap != 0 {
			return r.gap(ctx, c, p)
		}
		table, err := r.query(ctx, c, reason)
		if err != nil {
			return err
		}
		if table.GetContentType() != "" {
			return r.save(p, cmp.Or(r.CSV, r.XLSX), table.GetFile())
		}
		return p.figures(table)
	})
}

// query asks the one of the three kinds that was typed.
func (r *StatsShow) query(ctx context.Context, c *client.Client, reason string) (*pb.StatisticsTable, error) {
	format, delimiter := pb.TableFormat_UNSPECIFIED, pb.Delimiter_UNSPECIFIED
	switch {
	case r.CSV != "":
		format = pb.TableFormat_CSV
	case r.XLSX != "":
		format = pb.TableFormat_XLSX
	}
	if r.Semicolon {
		delimiter = pb.Delimiter_SEMICOLON
	}
	period := strings.Join(r.Period, ",")
	switch {
	case r.Live:
		return c.Statistics.QueryLive(ctx, &pb.QueryLiveRequest{
			Table: r.Dataset, Period: period, UntilPeriod: r.Until, Reason: reason, Format: format, Bom: r.BOM, Delimiter: delimiter,
		})
	case r.Overseen:
		return c.Statistics.QueryOverseen(ctx, &pb.QueryOverseenRequest{
			Table: r.Dataset, Period: period, Format: format, Bom: r.BOM, Delimiter: delimiter,
		})
	}
	dimensions := slices.Clone(r.Dimension)
	if period != "" {
		dimensions = append(dimensions, "periode:"+period)
	}
	return c.Statistics.QueryReleased(ctx, &pb.QueryReleasedRequest{
		Dataset: r.Dataset, Dimension: dimensions, Filter: r.Filter, IdScheme: r.Codes.Value, Label: r.Label.Value,
		Format: format, Bom: r.BOM, Delimiter: delimiter,
	})
}

// save writes a file for its owner alone: what a unit counts is not for whoever else works on the machine.
func (r *StatsShow) save(p *printer, path string, file []byte) error {
	if path == "-" {
		_, err := p.out.Write(file)
		return err
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return &Fault{What: "write " + path, Why: cause(err), Code: exitUsage}
	}
	fmt.Fprintf(p.notes, "sinergi: %s written, %d bytes\n", filepath.Base(path), len(file))
	return nil
}

// shownColumns are what a person wants to see of a row, in the order of the contract; those that are empty in all rows are left out.
var shownColumns = []string{
	"periode", "nama_wilayah", "kode_wilayah_kemendagri", "unit", "jenis_kelamin", "kelompok_umur", "kategori", "sektor_asal", "sektor_tujuan",
	"status_kasus", "tingkat_risiko", "saluran_masuk", "baru_lama", "indeks", "status_rujukan", "tugas", "terlambat", "sektor_lain", "indikator",
	"rincian", "nilai_tampil", "satuan",
}

// figures prints a table: the rows, and under them what is to be said of them.
func (p *printer) figures(table *pb.StatisticsTable) error {
	if p.JSON {
		return p.json(table)
	}
	fmt.Fprintf(p.notes, "%s\n", clean(table.GetTitle()))
	var heads []string
	fields := (&pb.StatisticsRow{}).ProtoReflect().Descriptor().Fields()
	for _, column := range shownColumns {
		if field := fields.ByName(protoreflect.Name(column)); slices.ContainsFunc(table.GetRows(), func(r *pb.StatisticsRow) bool {
			return r.ProtoReflect().Has(field)
		}) {
			heads = append(heads, column)
		}
	}
	var rows [][]string
	for _, row := range table.GetRows() {
		cells := make([]string, len(heads))
		for i, head := range heads {
			cells[i] = clean(row.ProtoReflect().Get(fields.ByName(protoreflect.Name(head))).String())
		}
		rows = append(rows, cells)
	}
	if err := p.table(heads, rows); err != nil {
		return err
	}
	for _, note := range table.GetNote() {
		fmt.Fprintf(p.notes, "%s\n", clean(note))
	}
	if when := table.GetAsOfTime(); when != nil && len(rows) > 0 {
		fmt.Fprintf(p.notes, "%s\n", p.inLanguage("Keadaan ", "As of ")+p.time(when))
	}
	return nil
}
