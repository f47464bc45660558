package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/statistics"
)

// Who may read a release reads the same catalogue to the byte; the rest, and a table that never was, find nothing.
func TestTheCatalogueIsTheSameForAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	paths := []string{"/v1/statistics/datasets", "/v1/statistics/datasets?kind=LIVE"}
	for _, kind := range []statistics.Kind{statistics.Released, statistics.OfOffice, statistics.Live} {
		for _, table := range statistics.Tables(kind) {
			paths = append(paths, "/v1/statistics/datasets/"+table.ID)
		}
	}
	for _, path := range paths {
		first := w.call("kader-melati", http.MethodGet, path, nil)
		if first.Status != http.StatusOK || len(first.Body) < 200 {
			t.Fatalf("%s: %d %s", path, first.Status, first.Body)
		}
		for _, as := range []string{"gizi-cibinong", "pendamping-uptd", "kepala-uptd", "statistik-dinkes", "penelaah"} {
			if got := w.call(as, http.MethodGet, path, nil); got.Status != http.StatusOK || !bytes.Equal(got.Body, first.Body) {
				t.Errorf("%s as %s: %d, %d bytes; the kader reads %d", path, as, got.Status, len(got.Body), len(first.Body))
			}
		}
	}
	never := w.call("gizi-cibinong", http.MethodGet, "/v1/statistics/datasets/kdrt-desa-year", nil)
	if never.Status != http.StatusNotFound {
		t.Errorf("a table that never was: %d", never.Status)
	}
	for _, as := range []string{"admin-kabupaten", "auditor", "app-melati"} {
		for _, path := range paths[:3] {
			if got := w.call(as, http.MethodGet, path, nil); got.Status != http.StatusNotFound || got.text("error") != never.text("error") {
				t.Errorf("%s as %s: %d %s", path, as, got.Status, got.Body)
			}
		}
	}
}

// Over REST a file is the answer itself, whether format or Accept asks for it; format goes first. An error stays an error in JSON.
func TestAFileIsTheAnswerOverREST(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const csv, xlsx = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	for _, tt := range []struct {
		verb, path, body, accept string
		media, begins, file      string
	}{
		{"POST", "/v1/statistics/live/caseload:query", `{}`, "text/csv", csv, "dataset,periode,", "caseload.csv"},
		{"POST", "/v1/statistics/live/caseload:query", `{"format":"XLSX"}`, "text/csv", xlsx, "PK\x03\x04", "caseload.xlsx"},
		{"POST", "/v1/statistics/live/caseload:query", `{"format":"CSV","bom":true,"delimiter":"SEMICOLON"}`, "", csv, "\ufeffdataset;periode;", "caseload.csv"},
		{"POST", "/v1/statistics/live/caseload:query", `{}`, "application/json, text/csv;q=0.5", "application/json", "{", ""},
		{"POST", "/v1/statistics/live/caseload:query", `{}`, "text/html,*/*;q=0.8", "application/json", "{", ""},
		{"GET", "/v1/statistics/datasets/kdrt-year:query", "", xlsx, xlsx, "PK\x03\x04", "kdrt-year.xlsx"},
		{"GET", "/v1/statistics/datasets/kdrt-year:query?format=JSON", "", xlsx, "application/json", "{", ""},
		{ // items of a dimension and dimensions are parted by the same comma
			"GET", "/v1/statistics/datasets/kdrt-sex-age-year:query?dimension=periode:2026,2027,jenis_kelamin:L,P,kelompok_umur", "", "text/csv",
			csv, "dataset,periode,", "kdrt-sex-age-year.csv",
		},
		{"GET", "/v1/statistics/datasets/kdrt-year:query?dimension=kabupaten", "", "text/csv", "application/json", `{"code":3`, ""},
	} {
		headers := []string{"Content-Type", "application/json"}
		if tt.accept != "" {
			headers = append(headers, "Accept", tt.accept)
		}
		got := w.raw("kepala-dinsos", tt.verb, tt.path, tt.body, headers...)
		name := ""
		if tt.file != "" {
			name = "attachment; filename=" + tt.file
		}
		text := strings.ReplaceAll(string(got.Body), `": `, `":`)
		if got.Header.Get("Content-Type") != tt.media || !strings.HasPrefix(text, tt.begins) || got.Header.Get("Content-Disposition") != name {
			t.Errorf("%s %s %s, Accept %s: %d %s %q %.60q", tt.verb, tt.path, tt.body, tt.accept, got.Status,
				got.Header.Get("Content-Type"), got.Header.Get("Content-Disposition"), text)
		}
	}
}
