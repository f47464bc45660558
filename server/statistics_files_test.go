package server

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// aTable is a small release with each kind of value, and with texts that a spreadsheet would like to run.
func aTable() (*pb.StatisticsTable, *pb.Dataset) {
	row := func(place, name, category string, value float64, status, shown string) *pb.StatisticsRow {
		r := &pb.StatisticsRow{
			Dataset: "stunting-kecamatan-quarter", Periode: "2026Q1", KodeWilayahKemendagri: place, NamaWilayah: name, Indikator: "children",
			Satuan: "anak", StatusNilai: status, DiperbaruiPada: "2026-04-11", Kategori: category, NilaiTampil: shown,
			Rilis: "releases/0b3ad6c4-9b1e-4a57-8d0f-0f6c56a10d11",
		}
		if value >= 0 {
			r.Nilai = proto.Float64(value)
		}
		return r
	}
	m := &pb.StatisticsTable{
		Dataset: "stunting-kecamatan-quarter", Title: "Status TB/U menurut kecamatan (anak)", Etag: "e1",
		AsOfTime: timestamppb.New(time.Date(2026, 4, 13, 2, 0, 0, 0, time.UTC)),
		Note:     []string{"Tabel ditarik terpisah."},
		Release: []*pb.ReleaseMark{{
			Name: "releases/0b3ad6c4-9b1e-4a57-8d0f-0f6c56a10d11", Period: "2026Q1", AsOfSeq: 812, Ledger: 3.5, Signature: "— x",
		}},
		Rows: []*pb.StatisticsRow{
			row("32.01.01", "Cibinong", "STUNTED", 125, "R", "125"),
			row("32.01.01", "Cibinong", "NORMAL_HEIGHT", 1240, "R", "1240"),
			row("32.01.02", "=1+1", "STUNTED", -1, "B", "0–9"),
			row("32.01.02", "=1+1", "NORMAL_HEIGHT", 15, "R", "15"),
		},
	}
	pct := row("32.01.01", "Cibinong", "", 9, "R", "9")
	pct.Indikator, pct.Satuan = "stunted_pct", "persen"
	m.Rows = append(m.Rows, pct)
	of := &pb.Dataset{
		Dataset: m.Dataset, Title: "Status TB/U menurut kecamatan", Concept: "Status TB/U", Producer: "Kabupaten Bogor",
		Epsilon: 0.5, EpsilonYear: 15.5, CatalogueVersion: 1,
		Columns: []string{
			"dataset", "periode", "kode_wilayah_kemendagri", "kode_wilayah_bps", "nama_wilayah", "indikator", "jenis_kelamin", "kelompok_umur",
			"nilai", "satuan", "status_nilai", "diperbarui_pada", "kategori", "sektor_asal", "sektor_tujuan", "unit", "nilai_tampil", "rilis",
		},
		Dimensions: []*pb.DatasetDimension{
			{Dimension: "kategori", Column: "kategori", Label: "Kategori TB/U", Items: []*pb.CodeName{
				{Code: "STUNTED", Name: "Pendek"}, {Code: "NORMAL_HEIGHT", Name: "Normal"},
			}},
			{Dimension: "kecamatan", Column: "kode_wilayah_kemendagri", Label: "Kecamatan"},
		},
		IndicatorDefinitions: []*pb.DatasetIndicator{{
			Indicator: "stunted_pct", Label: "Pendek", Numerator: "TB/U < -2 SD", Denominator: "plausible", Unit: "persen", Basis: "last measurement",
		}},
	}
	return m, of
}

func TestAFileOfATableIsCSV(t *testing.T) {
	t.Parallel()
	m, of := aTable()
	for _, tt := range []struct {
		name  string
		asked *pb.QueryReleasedRequest
		head  string
		comma rune
	}{
		{"comma", &pb.QueryReleasedRequest{Format: pb.TableFormat_CSV}, "dataset,periode,", ','},
		{"semicolon", &pb.QueryReleasedRequest{Format: pb.TableFormat_CSV, Delimiter: pb.Delimiter_SEMICOLON}, "dataset;periode;", ';'},
		{"byte order mark", &pb.QueryReleasedRequest{Format: pb.TableFormat_CSV, Bom: true}, "\ufeffdataset,periode,", ','},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tableFile(tt.asked, m, func() *pb.Dataset { return of })
			if err != nil {
				t.Fatal(err)
			}
			named := got.GetFileName() == "stunting-kecamatan-quarter-2026Q1.csv"
			if got.GetContentType() != "text/csv; charset=utf-8" || !named || len(got.GetRows()) > 0 {
				t.Errorf("got %s %s with %d rows", got.GetContentType(), got.GetFileName(), len(got.GetRows()))
			}
			text := string(got.GetFile())
			if !strings.HasPrefix(text, tt.head) || strings.Count(text, "\r\n") != 6 || strings.Count(text, "\n") != 6 {
				t.Errorf("not RFC 4180:\n%s", text)
			}
			r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
			r.Comma = tt.comma
			lines, err := r.ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			want := []string{
				"stunting-kecamatan-quarter", "2026Q1", "32.01.02", "", "'=1+1", "children", "", "", "", "anak", "B", "2026-04-11", "STUNTED", "", "",
				"", "0–9", "releases/0b3ad6c4-9b1e-4a57-8d0f-0f6c56a10d11",
			}
			if diff := cmp.Diff(want, lines[3]); diff != "" {
				t.Errorf("a hidden value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTextThatASpreadsheetWouldRunIsText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+62": "'+62", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "0–9": "0–9", "": "", "a=b": "a=b",
	} {
		if got := statistics.SafeText(in); got != want {
			t.Errorf("SafeText(%q): got %q, want %q", in, got, want)
		}
	}
	m, of := aTable()
	m.Rows[0].Nilai = proto.Float64(-2.5) // a number is none of it
	got, err := tableFile(&pb.QueryLiveRequest{Format: pb.TableFormat_CSV}, m, func() *pb.Dataset { return of })
	if err != nil || !strings.Contains(string(got.GetFile()), ",-2.5,") {
		t.Errorf("a negative number: %v\n%s", err, got.GetFile())
	}
}

func TestAFileOfATableIsAWorkbook(t *testing.T) {
	t.Parallel()
	m, of := aTable()
	got, err := tableFile(&pb.QueryOverseenRequest{Format: pb.TableFormat_XLSX}, m, func() *pb.Dataset { return of })
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(got.GetFile()))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if diff := cmp.Diff([]string{"Data", "Grafik", "Metadata"}, book.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	for cell, want := range map[string]struct {
		kind  excelize.CellType
		value string
	}{
		"A1": {excelize.CellTypeSharedString, "dataset"}, "R1": {excelize.CellTypeSharedString, "rilis"},
		"I2": {excelize.CellTypeUnset, "125"}, "Q2": {excelize.CellTypeUnset, "125"}, // numbers have no type
		"I4": {excelize.CellTypeUnset, ""}, "Q4": {excelize.CellTypeSharedString, "0–9"},
		"E4": {excelize.CellTypeSharedString, "=1+1"}, "B2": {excelize.CellTypeSharedString, "2026Q1"},
	} {
		kind, err := book.GetCellType("Data", cell)
		value, valueErr := book.GetCellValue("Data", cell)
		formula, formulaErr := book.GetCellFormula("Data", cell)
		if err != nil || valueErr != nil || formulaErr != nil || kind != want.kind || value != want.value || formula != "" {
			t.Errorf("%s: got %v %q formula %q, want %v", cell, kind, value, formula, want)
		}
	}
	grid, err := book.GetRows("Grafik")
	if err != nil {
		t.Fatal(err)
	}
	// Rows that GetRows gives end at their last cell that is not empty.
	if diff := cmp.Diff([][]string{{"", "Pendek", "Normal"}, {"Cibinong", "125", "1240"}, {"=1+1", "", "15"}}, grid[3:]); diff != "" {
		t.Errorf("what is charted (-want +got):\n%s", diff)
	}
	drawn := zipped(t, got.GetFile())["xl/charts/chart1.xml"]
	for _, must := range []string{"<barChart>", "Grafik!$A$5:$A$6", "Grafik!$C$5:$C$6", `dispBlanksAs val="gap"`} {
		if !strings.Contains(drawn, must) {
			t.Errorf("no %q in the chart:\n%s", must, drawn)
		}
	}
	if text := zipped(t, got.GetFile())["xl/worksheets/sheet1.xml"]; strings.Contains(text, "<f>") || strings.Contains(text, "<f ") {
		t.Error("a formula in sheet Data")
	}
}

func zipped(t *testing.T, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

// A row of the contract, a row of the domain and a file have the same columns in the same order, and each dimension has one.
func TestARowHasAColumnForEachDimension(t *testing.T) {
	t.Parallel()
	for i, column := range statistics.Columns {
		if f := rowFields.Get(i); string(f.Name()) != column || int(f.Number()) != i+1 {
			t.Errorf("column %d: the contract has %s, number %d, want %s", i, f.Name(), f.Number(), column)
		}
	}
	for _, kind := range tableKinds {
		for _, table := range statistics.Tables(kind) {
			m := viewTable(table, statistics.Frame{})
			for _, column := range m.GetColumns() {
				if rowFields.ByName(protoreflect.Name(column)) == nil {
					t.Errorf("%s: a row has no field %s", table.ID, column)
				}
			}
			for _, d := range m.GetDimensions() {
				if !slices.Contains(m.GetColumns(), d.GetColumn()) {
					t.Errorf("%s: dimension %s has no column", table.ID, d.GetDimension())
				}
			}
			if len(m.GetTitle()) == 0 || len(m.GetDefinition()) == 0 || len(m.GetMethod()) == 0 || m.GetCatalogueVersion() == 0 {
				t.Errorf("%s: metadata without title, definition, method or version: %v", table.ID, m)
			}
		}
	}
}

// The same table is the same file, to whoever asks and each time: two copies that differ would tell when they were made.
func TestTheSameTableMakesTheSameFile(t *testing.T) {
	t.Parallel()
	m, of := aTable()
	for i := range 500 { // a list of villages
		row := proto.CloneOf(m.GetRows()[i%4])
		row.NamaWilayah += " " + strconv.Itoa(i)
		m.Rows = append(m.Rows, row)
	}
	for _, format := range []pb.TableFormat_Value{pb.TableFormat_CSV, pb.TableFormat_XLSX} {
		first, err := tableFile(&pb.QueryReleasedRequest{Format: format}, m, func() *pb.Dataset { return of })
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if again, err := tableFile(&pb.QueryReleasedRequest{Format: format}, m, func() *pb.Dataset { return of }); err != nil || !proto.Equal(first, again) {
				t.Errorf("%s: another file of the same table, %v", format, err)
			}
		}
	}
}

func BenchmarkWorkbookOfThousandRows(b *testing.B) {
	m, of := aTable()
	for i := range 995 {
		m.Rows = append(m.Rows, m.GetRows()[i%5])
	}
	for b.Loop() {
		if _, err := tableXLSX(m, of); err != nil {
			b.Fatal(err)
		}
	}
}
