package server_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// sheetColumn reads the column of a name of a workbook's first sheet.
func sheetColumn(t *testing.T, file []byte, name string) []string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Data")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], name)
	var all []string
	for _, row := range rows[1:] {
		all = append(all, row[at])
	}
	return all
}

// A workbook of an office stands as the regency's template does, and holds what the table without a template holds.
func TestAWorkbookStandsAsTheRegencysTemplate(t *testing.T) {
	t.Parallel()
	order := filepath.Join(t.TempDir(), "order.csv")
	if err := os.WriteFile(order, []byte("\ufeffPOS-MELATI-3,Melati tiga\r\n\r\nNOT-OURS\r\nPKM-CITEUREUP\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	units := map[bool][]string{}
	var plain *pb.StatisticsTable
	for _, with := range []bool{false, true} {
		w := configuredWorld(t, func(c *server.Config) {
			if with {
				c.TemplateOrder = order
			}
		})
		w.renewed(t, "statistik-dinkes")
		ask := &pb.QueryOverseenRequest{Table: "skdn-posyandu-month", Format: pb.TableFormat_XLSX}
		m, err := w.statistics().QueryOverseen(w.as("statistik-dinkes"), ask)
		if err != nil {
			t.Fatal(err)
		}
		units[with] = slices.Compact(sheetColumn(t, m.GetFile(), "unit"))
		if plain = w.overseen(t, "statistik-dinkes", "skdn-posyandu-month", ""); with && plain.Rows[0].GetUnit() == "POS-MELATI-3" {
			t.Error("the order of JSON is no template's")
		}
	}
	got := units[true]
	if len(got) < 3 || got[0] != "POS-MELATI-3" || got[1] != "PKM-CITEUREUP" {
		t.Fatalf("units stand as %v", got)
	}
	rest := slices.DeleteFunc(slices.Clone(units[false]), func(code string) bool { return code == "POS-MELATI-3" || code == "PKM-CITEUREUP" })
	if !slices.Equal(got[2:], rest) {
		t.Errorf("what the template does not name stands as %v, want %v", got[2:], rest)
	}
}

func TestATemplateWithACodeTwiceEndsTheStart(t *testing.T) {
	t.Parallel()
	order := filepath.Join(t.TempDir(), "order.txt")
	if err := os.WriteFile(order, []byte("A\nB\nA\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := serveRegency(t.Context(), server.RegencyConfig{Dir: t.TempDir(), Configure: func(c *server.Config) { c.TemplateOrder = order }})
	if err == nil || !strings.Contains(err.Error(), "A stands in "+order+" twice") {
		t.Errorf("the start says %v", err)
	}
}
