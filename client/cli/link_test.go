package cli

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A folder in the layout of the linkage data, with people who never were.
var linkFolder = map[string]string{
	"health.csv": `health_id,nik,nama_anak,jk,tgl_lahir,nama_ibu,nik_ibu,umur_ibu,nama_ayah,no_kk,kode_desa,desa,kecamatan,rt,rw,tgl_ukur
H1,3299014905240001,KALIRA ZANUBI,P,2024-05-09,Ny. Wiharyati Satun,,,Munadi,3299010502120001,3299010003,Satu,Kesatu,003,07,2026-02-01
H2,,Gunadi Ropidun,L,2022-11-23,Wiharyati S,,31,,3299010502120001,3299010003,Satu,Kesatu,3,7,2026-02-01
H3,,Tamila,P,2023-02-17,Ratunsih,,,,,3299190004,Dua,Kedua,1,1,2026-02-01
`,
	"protection.csv": `protection_id,nama_korban,nik,no_kk,jk,tgl_lahir,umur,tgl_lapor,kode_desa,desa,kecamatan,rt,rw,nama_wali,hub_wali,nama_suami
P1,Kalira Zanubi,3299014905240001,,P,2024-05-09,,2026-01-10,3299010003,Satu,Kesatu,3,7,Wiharyati Satun,ibu,
P2,Sahnadi Molun,,,L,,41,2026-01-10,,,Kedua,,,,,
`,
	"truth.csv": `protection_id,health_id,relation
P1,H1,person_child
P1,H2,household
`,
}

func writeLinkFolder(t *testing.T, change func(map[string]string)) string {
	t.Helper()
	files := map[string]string{}
	for name, text := range linkFolder {
		files[name] = text
	}
	if change != nil {
		change(files)
	}
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func evaluate(t *testing.T, c LinkEvaluate) (out, notes string, err error) {
	t.Helper()
	var o, n bytes.Buffer
	err = c.Run(t.Context(), Streams{Out: &o, Err: &n})
	return o.String(), n.String(), err
}

func TestLinkEvaluateWritesWhatTheScorerReads(t *testing.T) {
	dir := writeLinkFolder(t, nil)
	file := filepath.Join(t.TempDir(), "pred.csv")
	out, notes, err := evaluate(t, LinkEvaluate{Dir: dir, Out: file, Learn: 2})
	if err != nil {
		t.Fatal(err)
	}
	if notes != "" {
		t.Errorf("a program is shown %q on standard error", notes)
	}
	for _, must := range []string{"health rows\t3\n", "protection rows\t2\n", "child\t1\t1\t1.000\t1.000\t1.000\n", "household\t2\t2\t1.000\t1.000\t1.000\n", "no NIK\t0\t0.000\t1\t1.000\n", "girls and women\t1\t1.000\t2\t1.000\n"} {
		if !strings.Contains(out, must) {
			t.Errorf("%q is not told in\n%s", must, out)
		}
	}
	for _, mustNot := range []string{"KALIRA", "Kalira", "Wiharyati", "3299014905240001", "P1", "H1"} {
		if strings.Contains(out, mustNot) {
			t.Errorf("%q is told in\n%s", mustNot, out)
		}
	}
	opened, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	rows, err := csv.NewReader(opened).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[0], []string{"protection_id", "health_id", "relation", "score"}) {
		t.Errorf("header %v", rows[0])
	}
	if !slices.ContainsFunc(rows, func(r []string) bool { return slices.Equal(r[:3], []string{"P1", "H1", "person_child"}) }) {
		t.Errorf("the child is not among %v", rows)
	}
	if info, err := opened.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the pairs: %v, %v", info.Mode(), err)
	}
}

func TestLinkEvaluateNeedsNoTruth(t *testing.T) {
	dir := writeLinkFolder(t, func(files map[string]string) { delete(files, "truth.csv") })
	out, _, err := evaluate(t, LinkEvaluate{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "pairs kept\t") || strings.Contains(out, "recall") {
		t.Errorf("without truth it tells\n%s", out)
	}
}

// The truth is only counted against: the pairs are the same whatever it says.
func TestLinkEvaluateDoesNotLookAtTheTruth(t *testing.T) {
	pairs := func(change func(map[string]string)) string {
		file := filepath.Join(t.TempDir(), "pred.csv")
		if _, _, err := evaluate(t, LinkEvaluate{Dir: writeLinkFolder(t, change), Out: file, Learn: 1}); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if pairs(nil) != pairs(func(files map[string]string) {
		files["truth.csv"] = "protection_id,health_id,relation\nP2,H3,household\n"
	}) {
		t.Error("another truth gives other pairs")
	}
}

func TestLinkEvaluateSaysWhatIsWrongAndNoValue(t *testing.T) {
	for _, tt := range []struct {
		name, file, text, want string
	}{
		{"no file", "health.csv", "-", "no such file"},
		{"a column less", "protection.csv", "protection_id,nama_korban\n", "the column nik is missing"},
		{"a row of another width", "health.csv", linkFolder["health.csv"] + "Wiharyati,1\n", "line 5"},
		{"a relation of no name", "truth.csv", "protection_id,health_id,relation\nP1,H1,Wiharyati\n", "line 2"},
		{"an empty file", "health.csv", "", "no header"},
	} {
		dir := writeLinkFolder(t, func(files map[string]string) {
			files[tt.file] = tt.text
			if tt.text == "-" {
				delete(files, tt.file)
			}
		})
		_, _, err := evaluate(t, LinkEvaluate{Dir: dir})
		var fault *Fault
		if !errors.As(err, &fault) || fault.Code != exitUsage || !strings.Contains(fault.Why, tt.want) || strings.Contains(fault.Error(), "Wiharyati") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, _, err := evaluate(t, LinkEvaluate{Dir: writeLinkFolder(t, nil), Out: filepath.Join(t.TempDir(), "none", "pred.csv")}); ExitCode(err) != exitUsage {
		t.Errorf("a file that cannot be written: %v", err)
	}
}
