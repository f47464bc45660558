package server_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

func openStore(t *testing.T, dir string) *store.Store {
	t.Helper()
	st, err := storetest.OpenStore(t.Context(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// Invented places: a regency of two kecamatan.
const otherRegency = "\ufeffcode,name,level\n99.01,Kabupaten Rekaan,regency\n99.01.01,Awal,district\n99.01.01.2001,\"Awal, Hulu\",village\n99.01.02,Akhir,\n"

func loadRegions(t *testing.T, st *store.Store, file string, dryRun bool) server.LoadReport {
	t.Helper()
	report, err := server.LoadRegions(t.Context(), st, strings.NewReader(file), dryRun)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestAnotherRegencysCodesTakeThePlaceOfTheBuiltIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st, err := storetest.OpenStore(t.Context(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(st.Directory().Regions()); n != 476 {
		t.Fatalf("%d codes are built in, want 476", n)
	}
	loadRegions(t, st, otherRegency, true)
	if st.Directory().Region("99.01") != "" || st.Directory().Region("32.01") == "" {
		t.Error("a dry run changed the codes")
	}
	if lines := loadRegions(t, st, otherRegency, false).Lines; len(lines) != 4 {
		t.Errorf("the report has %q", lines)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	again := openStore(t, dir).Directory() // what was replaced does not come back with the next start
	if len(again.Regions()) != 4 || again.Region("99.01.01.2001") != "Awal, Hulu" || again.Region("32.01") != "" {
		t.Errorf("after the load the codes are %v", again.Regions())
	}
}

func TestOnceUnitsStandCodesAreOnlyAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	loadRegions(t, w.served.Store, otherRegency+"32.01.41,Baru,district\n32.01.01,Cibinong Raya,district\n", false)
	d := w.served.Store.Directory()
	for code, want := range map[string]string{
		"32.01": "Kabupaten Bogor", "99.01.01": "Awal", "32.01.41": "Baru", "32.01.01": "Cibinong Raya", "32.01.01.1001": "Pondok Rajeg",
	} {
		if got := d.Region(code); got != want {
			t.Errorf("%s is %q, want %q", code, got, want)
		}
	}
}

func TestAFileOfCodesIsTakenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	st := openStore(t, t.TempDir())
	for _, tt := range []struct {
		name, file string
		want       []string
	}{
		{"a code without its parent", "code,name\n99.01.01,Awal\n", []string{"line 2, code: 99.01, in which it lies, stands on no line above"}},
		{"the built-in codes are no parents of a replacement", "code,name\n32.01.41,Baru\n", []string{"line 2, code: 32.01, in which it lies, stands on no line above"}},
		{"the parent stands below", "code,name\n99.01,Rekaan\n99.01.01.2001,Hulu\n99.01.01,Awal\n", []string{"line 3, code: 99.01.01, in which it lies, stands on no line above"}},
		{
			"no code, and no name", "code,name\n9901,Rekaan\n99.01,\n",
			[]string{`line 2, code: "9901" is no code of a regency, kecamatan or village, such as 32.01, 32.01.01, 32.01.01.1006`, "line 3, name: is empty"},
		},
		{"twice", "code,name\n99.01,Rekaan\n99.01,Rekaan\n", []string{"line 3, code: 99.01 stands on line 2 already"}},
		{"another level than its form", "code,name,level\n99.01,Rekaan,village\n", []string{"line 2, level: is village, and a code of this form is a regency"}},
		{"the line after a name of two lines", "code,name\n99.01,\"Re\nkaan\"\n9,Awal\n", []string{`line 4, code: "9" is no code of a regency, kecamatan or village, such as 32.01, 32.01.01, 32.01.01.1006`}},
		{
			"a code of the statistics office of another form", "code,name,bps\n99.01,Rekaan,9901\n99.01.01,Awal,9901\n",
			[]string{`line 3, bps: "9901" is no code of the statistics office for a district, such as 3201, 3201070, 3201070001`},
		},
		{"no row", "code,name\n", []string{"the file has no row: it would leave the directory without any place"}},
	} {
		report := loadRegions(t, st, tt.file, false)
		if diff := cmp.Diff(tt.want, report.Faults); diff != "" {
			t.Errorf("%s: faults (-want +got)\n%s", tt.name, diff)
		}
	}
	for _, file := range []string{"", "name\nRekaan\n", "code,name\n99.01\n", "code,name\n99.01,Rekaan,x\n"} {
		if _, err := server.LoadRegions(t.Context(), st, strings.NewReader(file), false); err == nil {
			t.Errorf("%q is taken", file)
		}
	}
	if n := len(st.Directory().Regions()); n != 476 {
		t.Errorf("after files with faults there are %d codes, want 476", n)
	}
}

func TestTheOperatorsRegionLoadEndsWithTheCodeOfItsFaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folders := server.Folders{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")}
	for _, tt := range []struct {
		file string
		want error
	}{{otherRegency, nil}, {"code,name\n99,Rekaan\n", server.ErrFaults}} {
		file := filepath.Join(dir, "regions.csv")
		if err := os.WriteFile(file, []byte(tt.file), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := (&server.RegionLoad{Folders: folders, File: file, DryRun: true}).Run(t.Context()); !errors.Is(err, tt.want) {
			t.Errorf("%q ends with %v, want %v", tt.file, err, tt.want)
		}
	}
}
