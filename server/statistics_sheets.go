package server

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// The sheets of a table's workbook, in their order.
const (
	sheetData     = "Data"
	sheetChart    = "Grafik"
	sheetMetadata = "Metadata"
)

// workbook writes a file of sheets. The first fault stays, and all that comes after it is nothing. It never uses excelize's stream
// writer, which puts large sheets into a temporary file.
type workbook struct {
	*excelize.File
	bold, wrap int
	err        error
}

func (b *workbook) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

// cell writes one cell: text as text, so that no text is ever a formula, and a number as a number.
func (b *workbook) cell(sheet string, column, row int, value any) {
	at, err := excelize.CoordinatesToCellName(column, row)
	b.do(err)
	switch v := value.(type) {
	case string:
		if v != "" {
			b.do(b.SetCellStr(sheet, at, v))
		}
	case float64:
		b.do(b.SetCellFloat(sheet, at, v, -1, 64))
	}
}

func (b *workbook) styled(sheet, from, to string, style int) {
	b.do(b.SetCellStyle(sheet, from, to, style))
}

// tableXLSX is a workbook: the rows, one native chart of them, and the metadata. The same table makes the same bytes.
func tableXLSX(m *pb.StatisticsTable, of *pb.Dataset) ([]byte, error) {
	b := &workbook{File: excelize.NewFile()}
	defer b.Close()
	b.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return steadyZip{zip.NewWriter(w)} })
	b.do(b.SetSheetName("Sheet1", sheetData))
	for _, sheet := range []string{sheetChart, sheetMetadata} {
		_, err := b.NewSheet(sheet)
		b.do(err)
	}
	made := m.GetAsOfTime().AsTime().UTC().Format(time.RFC3339)
	b.do(b.SetDocProps(&excelize.DocProperties{
		Creator: "Sinergi", LastModifiedBy: "Sinergi", Title: m.GetTitle(), Created: made, Modified: made,
	}))
	b.styles()
	b.dataSheet(m, of)
	b.chartSheet(m, of)
	b.metadataSheet(m, of)
	if b.err != nil {
		return nil, fmt.Errorf("write a workbook: %w", b.err)
	}
	var file bytes.Buffer
	if err := b.Write(&file); err != nil {
		return nil, fmt.Errorf("write a workbook: %w", err)
	}
	return file.Bytes(), nil
}

// steadyZip leaves out the types of pictures, which excelize names in the order of a map: two workbooks of one table would differ, and
// ours has no picture.
type steadyZip struct{ *zip.Writer }

// Create begins a part.
func (z steadyZip) Create(name string) (io.Writer, error) {
	w, err := z.Writer.Create(name)
	if name == "[Content_Types].xml" {
		return typesWriter{w}, err
	}
	return w, err
}

type typesWriter struct{ io.Writer }

// Write gets the whole part at once.
func (w typesWriter) Write(part []byte) (int, error) {
	if _, err := w.Writer.Write(pictureTypes.ReplaceAll(part, nil)); err != nil {
		return 0, err
	}
	return len(part), nil
}

var pictureTypes = regexp.MustCompile(`<Default Extension="\w+" ContentType="image/[^"]*"></Default>`)

func (b *workbook) styles() {
	var err error
	b.bold, err = b.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	b.do(err)
	b.wrap, err = b.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	b.do(err)
}

// dataSheet has the tidy rows under their columns' names, as the CSV.
func (b *workbook) dataSheet(m *pb.StatisticsTable, of *pb.Dataset) {
	columns := columnsOf(of)
	for i, column := range columns {
		b.cell(sheetData, i+1, 1, column)
	}
	for r, row := range m.GetRows() {
		for i, column := range columns {
			b.cell(sheetData, i+1, r+2, cellValue(row, column))
		}
	}
	last, err := excelize.ColumnNumberToName(len(columns))
	b.do(err)
	b.styled(sheetData, "A1", last+"1", b.bold)
	b.do(b.SetColWidth(sheetData, "A", last, 16))
	b.do(b.SetPanes(sheetData, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	b.do(b.AutoFilter(sheetData, fmt.Sprintf("A1:%s%d", last, len(m.GetRows())+1), nil))
}

// cellValue is a cell as a spreadsheet has it. Codes and periods are text also where they look like numbers.
func cellValue(row *pb.StatisticsRow, column string) any {
	switch {
	case row.Nilai == nil:
	case column == valueColumn, column == "nilai_tampil" && row.GetNilaiTampil() == decimalPoint(row.GetNilai()):
		return row.GetNilai()
	}
	return cellText(row, column)
}

// The table of the chart begins here, below its title and notes.
const chartHead = 4

// chartSheet has the displayed values as a small table, and over them a chart that Excel and LibreOffice can change. A value that is
// not shown is a blank cell, hence a gap and no bar of height 0.
func (b *workbook) chartSheet(m *pb.StatisticsTable, of *pb.Dataset) {
	f := pictureOf(m, of)
	b.cell(sheetChart, 1, 1, m.GetTitle())
	b.styled(sheetChart, "A1", "A1", b.bold)
	b.cell(sheetChart, 1, 2, chartNote(f))
	b.do(b.SetColWidth(sheetChart, "A", "A", 32))
	if len(f.places) == 0 {
		return
	}
	for i, name := range f.series {
		b.cell(sheetChart, i+2, chartHead, name)
	}
	for r, place := range f.places {
		b.cell(sheetChart, 1, chartHead+1+r, place.name)
		for i, value := range place.values {
			if value != nil {
				b.cell(sheetChart, i+2, chartHead+1+r, *value)
			}
		}
	}
	at, err := excelize.CoordinatesToCellName(len(f.series)+3, chartHead)
	b.do(err)
	b.do(b.AddChart(sheetChart, at, chart(m.GetTitle(), f)))
}

func chartNote(f picture) string {
	if len(f.places) == 0 {
		return "Tidak ada nilai."
	}
	note := "Satuan: " + f.unit + ". Nilai yang tidak ditampilkan (0–9, n < 10) dikosongkan."
	if f.left > 0 {
		note += fmt.Sprintf(" %d baris lagi ada di lembar Data.", f.left)
	}
	return note
}

// chart draws columns side by side, never stacked: a stack with gaps would show a total that nobody has.
func chart(title string, f picture) *excelize.Chart {
	zero, motley, last := 0.0, false, chartHead+len(f.places)
	c := &excelize.Chart{
		Type: excelize.Col, ShowBlanksAs: "gap", VaryColors: &motley,
		Title:     chartText(title),
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: uint(max(640, min(1600, 24*len(f.places)*len(f.series)))), Height: 420},
		YAxis:     excelize.ChartAxis{Minimum: &zero, MajorGridLines: true, Title: chartText(f.unit)},
	}
	if f.line {
		c.Type = excelize.Line
	}
	if len(f.series) == 1 {
		c.Legend.Position = "none"
	}
	for i := range f.series {
		column, _ := excelize.ColumnNumberToName(i + 2) // never over mostSeries, or what one place has
		c.Series = append(c.Series, excelize.ChartSeries{
			Name:       fmt.Sprintf("%s!$%s$%d", sheetChart, column, chartHead),
			Categories: fmt.Sprintf("%s!$A$%d:$A$%d", sheetChart, chartHead+1, last),
			Values:     fmt.Sprintf("%s!$%s$%d:$%s$%d", sheetChart, column, chartHead+1, column, last),
		})
	}
	return c
}

func chartText(text string) excelize.ChartTitle {
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: text}}}
}

// metadataSheet is the page that goes with the figures, to be printed on A4.
func (b *workbook) metadataSheet(m *pb.StatisticsTable, of *pb.Dataset) {
	for i, line := range metadataLines(m, of) {
		b.cell(sheetMetadata, 1, i+1, line[0])
		b.cell(sheetMetadata, 2, i+1, line[1])
		left, right := fmt.Sprintf("A%d", i+1), fmt.Sprintf("B%d", i+1)
		b.styled(sheetMetadata, left, right, b.wrap)
		if line[1] == "" {
			b.styled(sheetMetadata, left, left, b.bold)
		}
	}
	b.do(b.SetColWidth(sheetMetadata, "A", "A", 30))
	b.do(b.SetColWidth(sheetMetadata, "B", "B", 90))
	a4, portrait, wide, high, fit := 9, "portrait", 1, 0, true
	b.do(b.SetPageLayout(sheetMetadata, &excelize.PageLayoutOptions{
		Size: &a4, Orientation: &portrait, FitToWidth: &wide, FitToHeight: &high,
	}))
	b.do(b.SetSheetProps(sheetMetadata, &excelize.SheetPropsOptions{FitToPage: &fit}))
	b.do(b.SetHeaderFooter(sheetMetadata, &excelize.HeaderFooterOptions{OddFooter: "&L" + m.GetDataset() + "&R&P/&N"}))
}

// metadataLines are a name and a value each, a heading without a value. They follow Satu Data Indonesia: the activity (MS-Keg), its
// variables (MS-Var), its indicators (MS-Ind).
func metadataLines(m *pb.StatisticsTable, of *pb.Dataset) [][2]string {
	lines := [][2]string{{m.GetTitle(), ""}}
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, [2]string{name, value})
		}
	}
	heading := func(text string) { lines = append(lines, [2]string{"", ""}, [2]string{text, ""}) }

	heading("Kegiatan statistik (MS-Keg)")
	add("Dataset", of.GetDataset())
	add("Judul (Inggris)", of.GetTitleEn())
	add("Produsen data", of.GetProducer())
	add("Metode", of.GetMethod())
	add("Periode", strings.Join(of.GetPeriods(), ", "))
	add("Dasar waktu dan tempat", of.GetBasis())
	add("Satuan hitungan", of.GetUnitOfCount())
	add("Aturan tampilan", of.GetDisplayRule())
	add("ε tiap sel", epsilonText(of.GetEpsilon()))
	add("ε setahun bagi satu orang", epsilonText(of.GetEpsilonYear()))
	add("Batasan", of.GetLimits())
	add("Versi katalog", fmt.Sprint(of.GetCatalogueVersion()))
	if m.GetAsOfTime() != nil {
		add("Keadaan pada", casework.DateOf(m.GetAsOfTime().AsTime()).String())
	}

	heading("Variabel (MS-Var)")
	add("Konsep", of.GetConcept())
	add("Definisi", of.GetDefinition())
	add("Ukuran", of.GetMeasure())
	add("Satuan", of.GetUnit())
	for _, d := range of.GetDimensions() {
		add(d.GetLabel(), itemText(d))
	}

	if len(of.GetIndicatorDefinitions()) > 0 {
		heading("Indikator (MS-Ind)")
	}
	for _, i := range of.GetIndicatorDefinitions() {
		add(i.GetLabel(), indicatorText(i))
	}

	heading("Status nilai")
	for _, s := range valueStatuses {
		add(s[0], s[1])
	}
	if len(m.GetRelease()) > 0 {
		heading("Rilis")
	}
	for _, r := range m.GetRelease() {
		add(r.GetPeriod(), strings.TrimSpace(fmt.Sprintf("%s; jurnal sampai nomor %d; ε terpakai %s. %s",
			r.GetName(), r.GetAsOfSeq(), decimalPoint(r.GetLedger()), r.GetNote())))
		add("Tanda tangan", r.GetSignature())
	}
	for i, note := range m.GetNote() {
		if i == 0 {
			heading("Catatan")
		}
		add("", note)
	}
	return lines
}

// valueStatuses explain column status_nilai.
var valueStatuses = [][2]string{
	{"R", "dibulatkan ke kelipatan 5"},
	{"B", "di bawah 10: nilai kosong, ditampilkan 0–9; bukan nol"},
	{"M", "n di bawah 10: tidak ditampilkan"},
	{"E", "angka tepat"},
}

func epsilonText(epsilon float64) string {
	if epsilon == 0 {
		return "tanpa derau"
	}
	return decimalPoint(epsilon)
}

func itemText(d *pb.DatasetDimension) string {
	var items []string
	for _, item := range d.GetItems() {
		items = append(items, item.GetCode()+" "+item.GetName())
	}
	return strings.Join(items, "; ")
}

func indicatorText(i *pb.DatasetIndicator) string {
	text := i.GetIndicator() + ": " + i.GetNumerator()
	if i.GetDenominator() != "" {
		text += " / " + i.GetDenominator()
	}
	return text + ". Satuan: " + i.GetUnit() + ". Dasar: " + i.GetBasis() + "."
}
