package cli

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// The sheet puts what was published of both sexes side by side: numbers as numbers, 0–9 as it is shown, not known as its own column,
// and says of what is not measured and not published that it is so.
func TestTheGapSheetIsWhatWasPublished(t *testing.T) {
	row := func(sex, age, indicator, unit, shown string, value float64) *pb.StatisticsRow {
		r := &pb.StatisticsRow{
			Dataset: "kdrt-sex-age-year", Periode: "2026", JenisKelamin: sex, KelompokUmur: age, Indikator: indicator, Satuan: unit, NilaiTampil: shown,
		}
		if value > 0 {
			r.Nilai = proto.Float64(value)
		}
		return r
	}
	tables := map[string]*pb.StatisticsTable{"kdrt-sex-age-year": {
		Rows: []*pb.StatisticsRow{
			row("L", "18-24", "kdrt_victims", "korban", "0–9", 0), row("P", "18-24", "kdrt_victims", "korban", "85", 85),
			row("NA", "18-24", "kdrt_victims", "korban", "0–9", 0), row("P", "25-44", "kdrt_victims", "korban", "=SUM(A1)", 0),
			row("", "", "kdrt_share_child", "persen", "20", 20),
		},
		Release: []*pb.ReleaseMark{{Name: "releases/r1", Period: "2026"}},
	}}
	about := map[string]*pb.Dataset{"kdrt-sex-age-year": {
		Title: "Korban KDRT", Dimensions: []*pb.DatasetDimension{{Items: []*pb.CodeName{{Code: "18-24", Name: "18–24 tahun"}}}},
		IndicatorDefinitions: []*pb.DatasetIndicator{{Indicator: "kdrt_victims", Label: "Korban KDRT"}},
	}}
	file, err := gapBook(2026, tables, about)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Data terpilah")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Akses: rujukan menurut hasil pada hari ke-30", "", "", "", "", "", "", "", "", "referral-ordinary-sex-quarter: belum terbit"},
		{"Risiko kekerasan: korban KDRT", "2026", "Korban KDRT", "", "18–24 tahun", "0–9", "85", "0–9", "korban", "kdrt-sex-age-year"},
		{"Risiko kekerasan: korban KDRT", "2026", "Korban KDRT", "", "25-44", "", "=SUM(A1)", "", "korban", "kdrt-sex-age-year"},
		{"Partisipasi", "", "", "", "", "", "", "", "", "tidak diukur oleh Sinergi"},
		{"Kontrol", "", "", "", "", "", "", "", "", "tidak diukur oleh Sinergi"},
	}
	if diff := cmp.Diff(want, append(rows[4:5:5], rows[10:]...)); diff != "" {
		t.Errorf("Data terpilah (-want +got):\n%s", diff)
	}
	for cell, want := range map[string]excelize.CellType{
		"G11": excelize.CellTypeUnset, "F11": excelize.CellTypeSharedString, "G12": excelize.CellTypeSharedString, // a number has no type
	} {
		formula, _ := book.GetCellFormula("Data terpilah", cell)
		if got, err := book.GetCellType("Data terpilah", cell); err != nil || got != want || formula != "" {
			t.Errorf("%s: type %v, formula %q, error %v; want %v and none", cell, got, formula, err, want)
		}
	}
}
