package statistics

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const referencePage = "../../docs/reference/statistics.md"

// TestTheReferenceSaysWhatTheCodeDoes holds the tables of the reference, between their marks, to the catalogue; -update writes them.
func TestTheReferenceSaysWhatTheCodeDoes(t *testing.T) {
	raw, err := os.ReadFile(referencePage)
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for name, want := range map[string]string{
		"released": datasetRows(), "live": tableRows(Live), "overseen": tableRows(OfOffice), "bands": bandRows(),
		"indicators": indicatorRows(), "columns": "`" + strings.Join(Columns, "`, `") + "`\n",
	} {
		begin, end := "<!-- "+name+": from domain/statistics -->\n", "<!-- /"+name+" -->\n"
		before, rest, ok := strings.Cut(page, begin)
		got, after, ended := strings.Cut(rest, end)
		if !ok || !ended {
			t.Errorf("%s has no marks of %s", referencePage, name)
			continue
		}
		if got != want && !*update {
			t.Errorf("%s: %s differs from the code; run this test with -update\ngot\n%s\nwant\n%s", referencePage, name, got, want)
		}
		page = before + begin + want + end + after
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(referencePage, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func datasetRows() string {
	var b strings.Builder
	b.WriteString("| dataset | counts, by | unit | period | side | shown | ε a year |\n|---|---|---|---|---|---|---|\n")
	for _, t := range Tables(Released) {
		var kinds []string
		for _, k := range t.Periods {
			kinds = append(kinds, strings.ToLower(k.String()))
		}
		shown := map[Noise]string{Exact: "exact, from 10", Geometric: "noise, then 0–9 or the nearest 5", Minimum: "n >= 10, the nearest 5"}[t.Noise]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %v |\n", t.ID, described(t), t.Unit.LabelEN, strings.Join(kinds, ", "),
			strings.ToLower(string(t.Side)), shown, t.Cost())
	}
	return b.String()
}

func described(t *Table) string {
	var by []string
	for _, d := range t.Axes {
		by = append(by, "`"+d.ID+"`")
	}
	if len(by) == 0 {
		return t.LabelEN
	}
	return t.LabelEN + ": " + strings.Join(by, " x ")
}

func tableRows(kind Kind) string {
	var b strings.Builder
	b.WriteString("| table | counts, by | unit | a row asks for |\n|---|---|---|---|\n")
	for _, t := range Tables(kind) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", t.ID, described(t), t.Unit.LabelEN, strings.Join(t.Classes(), " "))
	}
	return b.String()
}

// bandRows lists each dimension of the catalogue once for each list of items.
func bandRows() string {
	var b strings.Builder
	seen := map[string]bool{}
	b.WriteString("| dimension | of | items |\n|---|---|---|\n")
	for _, kind := range []Kind{Released, Live, OfOffice} {
		for _, t := range Tables(kind) {
			for i := range t.Axes {
				d := &t.Axes[i]
				row := fmt.Sprintf("| `%s` | %s | %s |\n", d.ID, d.Label, itemsOf(d))
				if !seen[row] {
					seen[row] = true
					b.WriteString(row)
				}
			}
		}
	}
	return b.String()
}

func itemsOf(d *Dimension) string {
	if d.List != Fixed {
		var own []string
		for _, item := range (&Frame{}).Items(d) {
			own = append(own, "`"+item.Code+"`")
		}
		return "the regency's list, " + strings.Join(own, ", ")
	}
	var codes []string
	for _, item := range d.Items {
		code := item.Code
		if item.under != "" {
			code = item.under + ":" + code
		}
		codes = append(codes, "`"+code+"`")
	}
	return strings.Join(codes, ", ")
}

func indicatorRows() string {
	var b strings.Builder
	b.WriteString("| id | label | numerator | denominator | basis | by | in releases |\n|---|---|---|---|---|---|---|\n")
	for _, i := range Indicators {
		where := "yes"
		if !i.Released {
			where = "live only"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", i.ID, i.Label, i.Numerator, dash(i.Denominator), i.Basis, dash(i.By), where)
	}
	return b.String()
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
