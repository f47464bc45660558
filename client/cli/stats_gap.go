package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// gapPart is a part of the data sheet of a Gender Analysis Pathway (PPRG: Permendagri 15/2008 as amended by 67/2011): rows of one
// released table that is split by sex.
type gapPart struct {
	aspect, dataset string
	shares          bool // the percentages; else the counts
}

// gapParts are access, benefit and risk. What Sinergi does not measure stays blank, with that said.
var gapParts = []gapPart{
	{"Akses: rujukan menurut hasil pada hari ke-30", "referral-ordinary-sex-quarter", false},
	{"Manfaat: rujukan yang dilayani dan selesai", "referral-ordinary-sex-quarter", true},
	{"Manfaat: status TB/U", "stunting-sex-age-quarter", false},
	{"Manfaat: pendek dan sangat pendek", "stunting-sex-age-quarter", true},
	{"Manfaat: status BB/TB", "wasting-sex-age-quarter", false},
	{"Manfaat: gizi kurang dan gizi buruk", "wasting-sex-age-quarter", true},
	{"Risiko kekerasan: korban KDRT", "kdrt-sex-age-year", false},
	{"Partisipasi", "", false},
	{"Kontrol", "", false},
}

const notMeasured = "tidak diukur oleh Sinergi"

// gap writes the sheet from what was published of a year. It adds and divides nothing: each cell is one published value, and one that
// is shown as 0–9 stands there so.
func (r *StatsShow) gap(ctx context.Context, c *client.Client, p *printer) error {
	year := fmt.Sprintf("%04d", r.Gap)
	periods := "periode:" + strings.Join([]string{year, year + "Q1", year + "Q2", year + "Q3", year + "Q4"}, ",")
	tables, about := map[string]*pb.StatisticsTable{}, map[string]*pb.Dataset{}
	for _, part := range gapParts {
		if part.dataset == "" || tables[part.dataset] != nil {
			continue
		}
		table, err := c.Statistics.QueryReleased(ctx, &pb.QueryReleasedRequest{Dataset: part.dataset, Dimension: []string{periods}})
		if err != nil {
			return err
		}
		dataset, err := c.Statistics.GetDataset(ctx, &pb.GetDatasetRequest{Dataset: part.dataset})
		if err != nil {
			return err
		}
		tables[part.dataset], about[part.dataset] = table, dataset
	}
	file, err := gapBook(r.Gap, tables, about)
	if err != nil {
		return err
	}
	return r.save(p, r.XLSX, file)
}

// gapLine is one line of the sheet: the same thing of both sexes, and of those whose sex is not known.
type gapLine struct {
	period, indicator, category, age, unit string
	bySex                                  map[string]*pb.StatisticsRow
}

// gapLines puts rows that differ in sex alone beside each other, in their order.
func gapLines(table *pb.StatisticsTable, shares bool) []gapLine {
	var lines []gapLine
	for _, row := range table.GetRows() {
		if row.GetJenisKelamin() == "" || shares != (row.GetSatuan() == "persen") || strings.Contains(row.GetIndikator(), ".") {
			continue // of the whole table; or what a share was divided from, which stands among the counts
		}
		line := gapLine{
			period: row.GetPeriode(), indicator: row.GetIndikator(), category: row.GetKategori(), age: row.GetKelompokUmur(), unit: row.GetSatuan(),
		}
		at := slices.IndexFunc(lines, func(l gapLine) bool {
			return l.period == line.period && l.indicator == line.indicator && l.category == line.category && l.age == line.age
		})
		if at < 0 {
			at = len(lines)
			line.bySex = map[string]*pb.StatisticsRow{}
			lines = append(lines, line)
		}
		lines[at].bySex[row.GetJenisKelamin()] = row
	}
	return lines
}

// gapBook is a workbook with the sheets "Data terpilah" and "Sumber".
func gapBook(year int, tables map[string]*pb.StatisticsTable, about map[string]*pb.Dataset) ([]byte, error) {
	b := excelize.NewFile()
	defer b.Close()
	const data, sources = "Data terpilah", "Sumber"
	w := &gapWriter{book: b, sheet: data}
	w.check(b.SetSheetName("Sheet1", data))
	_, err := b.NewSheet(sources)
	w.check(err)
	w.line(fmt.Sprintf("Data pembuka wawasan, Gender Analysis Pathway %d", year))
	w.line("Nilai seperti yang terbit: 0–9 berarti di bawah 10, bukan nol. Tidak diketahui (NA) tidak dibagi ke L dan P.")
	w.line()
	w.line("Aspek", "Periode", "Indikator", "Kategori", "Kelompok umur", "Laki-laki", "Perempuan", "Tidak diketahui", "Satuan", "Dataset")
	for _, part := range gapParts {
		if part.dataset == "" {
			w.line(part.aspect, "", "", "", "", "", "", "", "", notMeasured)
			continue
		}
		names, lines := gapNames(tables[part.dataset], about[part.dataset]), gapLines(tables[part.dataset], part.shares)
		for _, l := range lines {
			w.line(part.aspect, l.period, cmp.Or(names[l.indicator], l.indicator), cmp.Or(names[l.category], l.category), cmp.Or(names[l.age], l.age),
				gapValue(l.bySex["L"]), gapValue(l.bySex["P"]), gapValue(l.bySex["NA"]), l.unit, part.dataset)
		}
		if len(lines) == 0 {
			w.line(part.aspect, "", "", "", "", "", "", "", "", part.dataset+": belum terbit")
		}
	}
	w.sheet, w.row = sources, 0
	for _, dataset := range []string{"referral-ordinary-sex-quarter", "stunting-sex-age-quarter", "wasting-sex-age-quarter", "kdrt-sex-age-year"} {
		w.about(about[dataset], tables[dataset])
	}
	w.check(b.SetColWidth(data, "A", "E", 24))
	w.check(b.SetColWidth(sources, "A", "A", 24))
	w.check(b.SetColWidth(sources, "B", "B", 100))
	if w.err != nil {
		return nil, w.err
	}
	var file bytes.Buffer
	err = b.Write(&file)
	return file.Bytes(), err
}

// gapNames are the names of codes of a table; no code stands in two of its dimensions with two meanings but NA, which means the same.
func gapNames(table *pb.StatisticsTable, about *pb.Dataset) map[string]string {
	names := map[string]string{}
	for _, d := range about.GetDimensions() {
		for _, item := range d.GetItems() {
			names[item.GetCode()] = item.GetName()
		}
	}
	for _, i := range about.GetIndicatorDefinitions() {
		names[i.GetIndicator()] = i.GetLabel()
	}
	for _, n := range table.GetMetaData() {
		names[n.GetCode()] = n.GetName()
	}
	return names
}

// gapValue is a number where one was published, else how it was shown.
func gapValue(row *pb.StatisticsRow) any {
	if row == nil {
		return ""
	}
	if row.Nilai == nil {
		return row.GetNilaiTampil()
	}
	return row.GetNilai()
}

// gapWriter writes lines below each other; the first fault stays.
type gapWriter struct {
	book  *excelize.File
	sheet string
	row   int
	err   error
}

func (w *gapWriter) check(err error) {
	if w.err == nil {
		w.err = err
	}
}

// line writes text as text, so that none is a formula, and numbers as numbers.
func (w *gapWriter) line(cells ...any) {
	w.row++
	for i, cell := range cells {
		at, err := excelize.CoordinatesToCellName(i+1, w.row)
		w.check(err)
		switch v := cell.(type) {
		case string:
			if v != "" {
				w.check(w.book.SetCellStr(w.sheet, at, v))
			}
		case float64:
			w.check(w.book.SetCellFloat(w.sheet, at, v, -1, 64))
		}
	}
}

func (w *gapWriter) about(d *pb.Dataset, table *pb.StatisticsTable) {
	w.line(d.GetTitle(), d.GetDataset())
	for _, line := range [][2]string{
		{"Definisi", d.GetDefinition()},
		{"Dasar", d.GetBasis()},
		{"Metode", d.GetMethod()},
		{"Aturan tampilan", d.GetDisplayRule()},
		{"Batasan", d.GetLimits()},
		{"Produsen data", d.GetProducer()},
	} {
		w.line(line[0], line[1])
	}
	for _, r := range table.GetRelease() {
		w.line("Rilis "+r.GetPeriod(), r.GetName())
	}
	w.line()
}
