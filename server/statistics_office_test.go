package server

import (
	"context"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// A workbook is for those who open it elsewhere: LibreOffice reads ours, keeps numbers numbers, runs no text, draws the chart. It is
// asked for where it is installed, as `.ci/run` sees to; with LONG_ROW=office it must be.
func TestOfficeLibreOpensTheWorkbook(t *testing.T) {
	t.Parallel()
	var own []string
	if os.Getenv("LONG_ROW") == "office" {
		own = []string{"ods"}
	}
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		if len(own) > 0 {
			t.Fatal("LibreOffice (Debian: libreoffice-calc-nogui) is not installed")
		}
		t.Skip("LibreOffice is not installed")
	}
	m, of := aTable()
	book, err := tableFile(&pb.QueryReleasedRequest{Format: pb.TableFormat_XLSX}, m, func() *pb.Dataset { return of })
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, book.GetFileName())
	if err := os.WriteFile(file, book.GetFile(), 0o600); err != nil {
		t.Fatal(err)
	}
	// A CSV of each sheet, with text in quotes and numbers bare; and the workbook as LibreOffice writes it itself, which says what it takes
	// for a chart and for a formula.
	for _, to := range append([]string{"csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,true,true,false,false,false,-1"}, own...) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		convert := exec.CommandContext(ctx, soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", to, "--outdir", dir, file)
		out, err := convert.CombinedOutput()
		cancel()
		if err != nil {
			t.Fatalf("%s: %v\n%s", to, err, out)
		}
	}
	stem := strings.TrimSuffix(file, ".xlsx")
	data, err := os.ReadFile(stem + "-Data.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, must := range []string{`,"children",,,125,"anak","R",`, `,"=1+1","children",,,,"anak","B",`, `"0–9"`, `,"2026Q1",`} {
		if !strings.Contains(string(data), must) {
			t.Errorf("no %s among the rows:\n%s", must, data)
		}
	}
	drawn, err := os.ReadFile(stem + "-Grafik.csv")
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(string(drawn)))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"=1+1", "", "15"}, lines[len(lines)-1]); diff != "" {
		t.Errorf("what is charted (-want +got):\n%s", diff)
	}
	if len(own) > 0 {
		heldByODS(t, stem+".ods")
	}
}

func heldByODS(t *testing.T, file string) {
	t.Helper()
	ods, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := zipped(t, ods)
	if !strings.Contains(parts["content.xml"], `office:value="125"`) || strings.Contains(parts["content.xml"], "table:formula") {
		t.Error("a number is no number to LibreOffice, or a text has become a formula")
	}
	chart := parts["Object 1/content.xml"]
	for _, must := range []string{`chart:class="chart:bar"`, "Grafik.$C$5:.$C$6", ">Pendek<"} {
		if !strings.Contains(strings.ReplaceAll(chart, "Grafik.C5:Grafik.C6", "Grafik.$C$5:.$C$6"), must) {
			t.Errorf("no %s in LibreOffice's chart:\n%s", must, chart)
		}
	}
}
