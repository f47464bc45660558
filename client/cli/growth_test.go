package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sinergi-pug/sinergi/domain/growth"
)

// assessed runs text through the command's work on 5 February 2026 and gives the cells by the names of the header; of columns
// that stand there twice, the last.
func assessed(t testing.TB, text string) ([]map[string]string, error) {
	t.Helper()
	today, _ := growth.DateOf(2026, 2, 5)
	var out bytes.Buffer
	err := assessCSV(strings.NewReader(text), &out, assessMode{today: today})
	lines, parseErr := csv.NewReader(&out).ReadAll()
	if parseErr != nil {
		t.Fatal(parseErr)
	}
	var rows []map[string]string
	for _, line := range lines[min(1, len(lines)):] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows, err
}

func TestTruthFilesRunThroughTheCommandAsTheyAre(t *testing.T) {
	files := map[string]int{"../../domain/growth/testdata/truth-dev.csv": 2000, "../../domain/growth/testdata/truth-dev-months-muac-headc.csv": 1000}
	if shared := os.Getenv("SINERGI_SHARED"); shared != "" {
		files[filepath.Join(shared, "data/who-growth/real-survey.csv")] = 8060
		files[filepath.Join(shared, "data/who-growth/truth-package-cases.csv")] = 38
	}
	for path, rows := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := assessCSV(bytes.NewReader(text), &out, assessMode{}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		compareWithItself(t, filepath.Base(path), &out, rows)
	}
}

// compareWithItself holds the computed columns against the input's own of the same names.
func compareWithItself(t *testing.T, file string, out *bytes.Buffer, rows int) {
	t.Helper()
	lines, err := csv.NewReader(out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != rows+1 {
		t.Errorf("%s: %d rows, want %d", file, len(lines)-1, rows)
	}
	head, width, compared := lines[0], len(lines[0])-len(resultColumns), 0
	for n, line := range lines[1:] {
		for i, name := range resultColumns {
			at := slices.Index(head[:width], name)
			if at < 0 {
				continue
			}
			compared++
			if want, got := line[at], line[width+i]; !same(name, want, got) {
				t.Errorf("%s line %d: %s %q, want %q", file, n+2, name, got, want)
			}
		}
		if fault := line[len(line)-1]; fault != "" {
			t.Errorf("%s line %d: error %q", file, n+2, fault)
		}
	}
	if compared < 10*rows {
		t.Errorf("%s: %d cells compared, want ten a row and more", file, compared)
	}
}

// same tells whether cells are equal; lengths and BMI have 15 digits, of which the last may differ.
func same(column, want, got string) bool {
	if column != "clenhei" && column != "cbmi" || want == got {
		return want == got
	}
	w, err1 := strconv.ParseFloat(want, 64)
	g, err2 := strconv.ParseFloat(got, 64)
	return err1 == nil && err2 == nil && math.Abs(w-g) <= 1e-9*math.Abs(w)
}

func TestARowThatCannotBeAssessedKeepsItsPlaceAndNamesItsFault(t *testing.T) {
	const head = "nama,sex,age_days,age,age_unit,birth_date,measured_on,weight_kg,lenhei_cm,measure,oedema,headc_cm,muac_cm\n"
	for _, tt := range []struct{ row, want string }{
		{"a,M,365,,,,,9,75,L,n,46,14", ""},
		{"a,,,,,,,,,,,,", ""}, // nothing measured is no fault
		{"a,m,NA,12,Months,,,9,75,l,N,NA,NA", ""},
		{"a,M,365,,,,,NaN,75,L,n,,", "weight_kg NOT_A_NUMBER"},
		{"a,M,365,,,,,Infinity,75,L,n,,", "weight_kg INFINITE"},
		{"a,M,365,,,,,-Infinity,75,L,n,,", "weight_kg INFINITE"},
		{"a,M,365,,,,,1e400,75,L,n,,", "weight_kg INFINITE"},
		{"a,M,365,,,,,-0,75,L,n,,", "weight_kg NOT_POSITIVE"},
		{"a,M,365,,,,,0,75,L,n,,", "weight_kg NOT_POSITIVE"},
		{`a,M,365,,,,,"9,1",75,L,n,,`, "weight_kg NOT_A_NUMBER"},
		{"a,M,365,,,,,0x9,75,L,n,,", "weight_kg NOT_A_NUMBER"},
		{"a,M,365,,,,,9,-75,L,n,0,x", "muac_cm NOT_A_NUMBER; lenhei_cm NOT_POSITIVE; headc_cm NOT_POSITIVE"},
		{"a,X,365,,,,,9,75,T,ya,,", "sex UNKNOWN_CODE; measure UNKNOWN_CODE; oedema UNKNOWN_CODE"},
		{"a,M,-1,,,,,9,75,L,n,,", "age_days NEGATIVE"},
		{"a,M,,-1,days,,,9,75,L,n,,", "age NEGATIVE"},
		{"a,M,,12,,,,9,75,L,n,,", "age_unit MISSING"},
		{"a,M,,12,weeks,,,9,75,L,n,,", "age_unit UNKNOWN_CODE"},
		{"a,M,,,,2025-02-29,2026-02-04,9,75,L,n,,", "birth_date DATE_INVALID"},
		{"a,M,,,,2025-02-28,,9,75,L,n,,", "measured_on MISSING"},
		{"a,M,,,,2026-02-05,2026-02-04,9,75,L,n,,", "measured_on BEFORE_BIRTH"},
		{"a,M,,,,2025-02-05,2026-02-06,9,75,L,n,,", "measured_on IN_FUTURE"},
		{"a,M,365", "row WIDTH"},
		{"a,M,365,,,,,9,75,L,n,,,more", "row WIDTH"},
	} {
		rows, err := assessed(t, head+"before,F,400,,,,,9,75,L,n,,\n"+tt.row+"\nafter,F,400,,,,,9,75,L,n,,\n")
		if len(rows) != 3 || rows[0]["nama"] != "before" || rows[1]["nama"] != "a" || rows[2]["nama"] != "after" || rows[2]["zlen"] != "-0.15" {
			t.Fatalf("%s: rows %v", tt.row, rows)
		}
		if got := rows[1]["error"]; got != tt.want || (err != nil) != (tt.want != "") {
			t.Errorf("%s: error %q, %v, want %q", tt.row, got, err, tt.want)
		}
		if tt.want != "" && (rows[1]["zlen"] != "" || rows[1]["cat_len"] != "" || ExitCode(err) != exitDamage) {
			t.Errorf("%s: assessed all the same: %v", tt.row, rows[1])
		}
	}
}

func TestColumnsGoByNameAndAllOfThemComeBack(t *testing.T) {
	rows, err := assessed(t, "\ufeffMeasured_On,Weight_kg,catatan, sex ,birth_date\r\n2026-02-04,3.6,\"a, \"\"b\"\"\",F,2026-01-05\r\n")
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if r := rows[0]; r["catatan"] != `a, "b"` || r["zwei"] != "-1.06" || r["cat_wei"] != "NORMAL_WEIGHT" || r["cat_len"] != "NOT_MEASURED" || r["fwei"] != "0" {
		t.Errorf("got %v", r)
	}
}

func TestFilesThatAreNoneAreRefusedInOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "the file is empty",
		"PK\x03\x04rest":                   "workbook",
		"berat,age_days\n9,1\n":            "no column sex",
		"sex;age_days\nM;1\n":              "no column sex",
		"sex,berat\nM,9\n":                 "no age",
		"sex,age\nM,9\n":                   "no age",
		"sex,age_days,SEX\nM,1,F\n":        "twice",
		"sex,age_days\nM,1\n\"secret,1\nF": "no CSV: ",
	} {
		_, err := assessed(t, text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.ContainsAny(err.Error(), "\n") || ExitCode(err) != exitUsage {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error has a value: %v", text, err)
		}
	}
}

func TestTheCommandReadsFilesAndStandardInput(t *testing.T) {
	type grammar struct {
		Growth GrowthCmd `cmd:""`
	}
	const text = "sex,age_days,zlen,lenhei_cm\nM,365,own,70\nM,365,own,0\n"
	path := filepath.Join(t.TempDir(), "children.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{path}, {"-"}, {path, "--csv"}, {"-", "--json"}} {
		var out, errors bytes.Buffer
		code := Run(&grammar{}, append([]string{"growth", "assess"}, args...), Streams{strings.NewReader(text), &out, &errors})
		if code != exitDamage || !strings.Contains(errors.String(), "1 of 2 rows") || strings.Count(errors.String(), "\n") != 1 {
			t.Errorf("%v: exit %d, %s", args, code, &errors)
		}
		if !strings.Contains(out.String(), "-2.42") || !strings.Contains(out.String(), "lenhei_cm NOT_POSITIVE") {
			t.Errorf("%v: %s", args, &out)
		}
	}
	for _, args := range [][]string{{filepath.Join(t.TempDir(), "none.csv")}, {"-", "--csv", "--json"}, {}} {
		var out, errors bytes.Buffer
		if code := Run(&grammar{}, append([]string{"growth", "assess"}, args...), Streams{strings.NewReader(text), &out, &errors}); code != exitUsage || out.Len() > 0 {
			t.Errorf("%v: exit %d, %s", args, code, &out)
		}
	}
}

func TestJSONKeepsInputAndResultApart(t *testing.T) {
	var out bytes.Buffer
	if err := assessCSV(strings.NewReader("sex,age_days,zlen,lenhei_cm\nM,365,\"o\"\"wn\",70\n"), &out, assessMode{json: true}); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Row    int
		Input  map[string]string
		Result map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	_, weighed := got.Result["zwei"]
	if got.Row != 1 || got.Input["zlen"] != `o"wn` || got.Result["zlen"] != -2.42 || got.Result["cat_len"] != "STUNTED" || weighed {
		t.Errorf("got %+v", got)
	}
}

func TestQualitySpeaksOfMeasuresNotOfRows(t *testing.T) {
	text, err := os.ReadFile("../../domain/growth/testdata/truth-dev-months-muac-headc.csv")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := assessCSV(bytes.NewReader(text), &out, assessMode{quality: true}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if lines[0] != "measure,value,n,band" || !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "FLAGGED_HFA,") }) || len(lines) > 20 {
		t.Errorf("got %s", &out)
	}
	out.Reset()
	if err := assessCSV(bytes.NewReader(text), &out, assessMode{quality: true, json: true}); err != nil || !json.Valid([]byte(strings.SplitN(out.String(), "\n", 2)[0])) {
		t.Errorf("%v: %s", err, &out)
	}
}

// Whatever is in a file: no panic, one row out for each row in, and no figure that is none.
func FuzzAssessCSV(f *testing.F) {
	f.Add("sex,age_days,weight_kg\nM,365,9\nF,NaN,1e308\n")
	f.Add("sex,birth_date,measured_on,lenhei_cm,weight_kg\nM,2024-02-30,,1e-300,1e300\n,,\n")
	f.Add("sex,age,age_unit,muac_cm\nF,1e300,months,12\nx,-1,days,\"\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		var rows int
		for _, mode := range []assessMode{{}, {json: true}, {quality: true}, {quality: true, json: true}} {
			var out bytes.Buffer
			err := assessCSV(strings.NewReader(text), &out, mode)
			if ExitCode(err) == exitUsage || mode.quality {
				continue
			}
			n := 0
			if mode.json {
				n = strings.Count(out.String(), "\n")
				if line, _, _ := strings.Cut(out.String(), "\n"); n > 0 && !json.Valid([]byte(line)) {
					t.Errorf("no JSON: %q", line)
				}
			} else if lines, err := csv.NewReader(&out).ReadAll(); err == nil {
				n = len(lines) - 1
			} else if utf8.ValidString(text) {
				t.Errorf("no CSV: %v", err)
			}
			if mode.json && n != rows {
				t.Errorf("%d rows as JSON, %d as CSV", n, rows)
			}
			rows = n
		}
	})
}
