package server_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/statistics"
)

// Who may read a release reads the same catalogue to the byte; the rest, and a table that never was, find nothing.
func TestTheCatalogueIsTheSameForAll(t *testing.T) {
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
