package statistics

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "append what is new to testdata/order.txt")

// Each band list holds each whole number exactly once, and NA what is not known.
func TestBandsOfAgesAreExhaustiveAndDisjoint(t *testing.T) {
	for _, d := range []*Dimension{&byKDRTAge, &bySimfoniAge, &byHealthAge, &byChildAge} {
		for age := range 200 {
			var in []string
			for _, item := range d.Items {
				if item.Code != NA && age >= item.low && age <= item.high {
					in = append(in, item.Code)
				}
			}
			if d == &byChildAge && age >= childUntil {
				continue // no child under five; left out before
			}
			if len(in) != 1 || d.band(age, true) != in[0] {
				t.Errorf("%s: %d lies in %v, band %s", d.Label, age, in, d.band(age, true))
			}
		}
		if d.band(20, false) != NA || d.band(-1, true) != NA {
			t.Errorf("%s: an age that is not known has a band", d.Label)
		}
	}
	for _, tt := range []struct {
		d    *Dimension
		ages map[int]string
	}{
		{&byKDRTAge, map[int]string{
			0: "0-5", 5: "0-5", 6: "6-17", 17: "6-17", 18: "18-24", 24: "18-24", 25: "25-44", 44: "25-44", 45: "45+", 99: "45+",
		}},
		{&bySimfoniAge, map[int]string{5: "0-5", 6: "6-12", 13: "13-17", 17: "13-17", 18: "18-24", 25: "25-44", 45: "45-59", 60: "60+"}},
		{&byHealthAge, map[int]string{4: "0-4", 5: "5-9", 9: "5-9", 10: "10-17", 18: "18-49", 49: "18-49", 50: "50+"}},
		{&byChildAge, map[int]string{5: "0-5", 6: "6-11", 11: "6-11", 12: "12-23", 24: "24-35", 36: "36-47", 48: "48-59", 59: "48-59"}},
	} {
		for age, want := range tt.ages {
			if got := tt.d.band(age, true); got != want {
				t.Errorf("%s: %d lies in %s, want %s", tt.d.Label, age, got, want)
			}
		}
	}
}

// Every table has a place for what is not known, but where the domain leaves nothing unknown; every value has one item.
func TestEveryDimensionHasAPlaceForWhatIsNotKnown(t *testing.T) {
	known := []string{
		"sektor_asal", "sektor_tujuan", "hasil", "kategori", "tingkat_risiko", "indeks", "baru_lama", "tugas", "terlambat", "kotak_masuk",
		"skdn", "mutu",
	} // categories have NOT_MEASURED, sectors OTHER, risk NOT_ASSESSED; the others are derived and never unknown
	for _, kind := range []Kind{Released, Live, OfOffice} {
		for _, table := range Tables(kind) {
			for i := range table.Axes {
				d := &table.Axes[i]
				items := (&Frame{}).Items(d)
				if !slices.ContainsFunc(items, func(i Item) bool { return i.Code == NA }) && !slices.Contains(known, d.ID) {
					t.Errorf("%s: %s has no NA", table.ID, d.ID)
				}
				var codes []string
				for _, item := range items {
					if item.Label == "" || item.LabelEN == "" {
						t.Errorf("%s: item %s has no label", table.ID, item.Code)
					}
					codes = append(codes, item.under+":"+item.Code)
				}
				if sorted := slices.Sorted(slices.Values(codes)); len(slices.Compact(sorted)) != len(codes) {
					t.Errorf("%s: %s has an item twice: %v", table.ID, d.ID, codes)
				}
				if d.Label == "" || d.LabelEN == "" || d.Class == "" || d.ID == "" {
					t.Errorf("%s: dimension %+v lacks a name or class", table.ID, d.ID)
				}
			}
		}
	}
}

// order lists columns, tables, dimensions and bands, one list a line: name, then its members in order.
func order() [][]string {
	lists := [][]string{append([]string{"columns"}, Columns...)}
	var indicators []string
	for _, i := range Indicators {
		indicators = append(indicators, i.ID)
	}
	lists = append(lists, append([]string{"indicators"}, indicators...))
	for _, kind := range []Kind{Released, Live, OfOffice} {
		tables := []string{string(kind)}
		for _, table := range Tables(kind) {
			tables = append(tables, table.ID)
		}
		lists = append(lists, tables)
		for _, table := range Tables(kind) {
			dimensions := []string{string(kind) + " " + table.ID + " dimensions"}
			for _, d := range table.Axes {
				dimensions = append(dimensions, d.ID)
			}
			lists = append(lists, dimensions, append([]string{string(kind) + " " + table.ID + " columns"}, table.Columns()...))
			for _, d := range table.Axes {
				items := []string{string(kind) + " " + table.ID + " " + d.ID}
				for _, item := range d.Items {
					items = append(items, strings.TrimPrefix(item.under+":"+item.Code, ":"))
				}
				lists = append(lists, items)
			}
		}
	}
	return lists
}

// appended says what is no append: a list or a member that is gone, or one in another place.
func appended(old, now [][]string) []string {
	var faults []string
	for _, list := range old {
		at := slices.IndexFunc(now, func(l []string) bool { return l[0] == list[0] })
		switch {
		case at < 0:
			faults = append(faults, list[0]+" is gone")
		case len(now[at]) < len(list) || !slices.Equal(now[at][:len(list)], list):
			faults = append(faults, list[0]+" was "+strings.Join(list[1:], ", ")+" and is "+strings.Join(now[at][1:], ", "))
		}
	}
	return faults
}

const orderFile = "testdata/order.txt"

// TestOrderChangesByAppendOnly is A15: the order of columns and bands is a contract.
func TestOrderChangesByAppendOnly(t *testing.T) {
	raw, err := os.ReadFile(orderFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var old [][]string
	for line := range strings.Lines(string(raw)) {
		old = append(old, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	for _, fault := range appended(old, order()) {
		t.Error(fault)
	}
	if *update && !t.Failed() {
		var b strings.Builder
		for _, list := range order() {
			b.WriteString(strings.Join(list, "\t") + "\n")
		}
		if err := os.WriteFile(orderFile, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !*update && len(old) < 40 {
		t.Errorf("%s holds %d lists", orderFile, len(old))
	}
}

func TestTheOrderFileFailsOnAllButAnAppend(t *testing.T) {
	old := [][]string{{"columns", "a", "b", "c"}, {"bands", "x"}}
	for name, now := range map[string][][]string{
		"swap":              {{"columns", "b", "a", "c"}, {"bands", "x"}},
		"removal":           {{"columns", "a", "b"}, {"bands", "x"}},
		"insertion":         {{"columns", "a", "new", "b", "c"}, {"bands", "x"}},
		"a list that leads": {{"columns", "a", "b", "c"}},
		"another name":      {{"columns", "a", "b", "d"}, {"bands", "x"}},
	} {
		if len(appended(old, now)) == 0 {
			t.Errorf("%s passes", name)
		}
	}
	grown := [][]string{{"columns", "a", "b", "c", "new"}, {"more"}, {"bands", "x", "y"}}
	if faults := appended(old, grown); len(faults) > 0 {
		t.Errorf("an append fails: %v", faults)
	}
}

func TestTheCatalogueIsThatOfThePage(t *testing.T) {
	cells := map[string]int{ // with the 40 kecamatan of Bogor
		"kdrt-year": 1, "kdrt-month": 1, "kdrt-kecamatan-year": 42, "kdrt-sex-age-year": 18, "referral-protected-matrix-year": 25,
		"referral-protected-outcome-year": 6, "overlap-year": 1, "stunting-kecamatan-quarter": 6 * 42, "stunting-sex-age-quarter": 6 * 3 * 7,
		"wasting-kecamatan-quarter": 8 * 42, "wasting-sex-age-quarter": 8 * 3 * 7, "underweight-kecamatan-quarter": 6 * 42,
		"weight-gain-kecamatan-quarter": 6 * 42, "nutrition-new-month": 3, "referral-ordinary-matrix-quarter": 25,
		"referral-ordinary-unit-quarter": 3, "referral-ordinary-decline-quarter": 12, "referral-ordinary-sex-quarter": 18,
	}
	f := Frame{Units: []Item{{Code: "u1"}, {Code: "u2"}}}
	for i := range 40 {
		f.Kecamatan = append(f.Kecamatan, Item{Code: "32.01." + decimal(i+1)})
	}
	for _, table := range Tables(Released) {
		f.Period = Parts(table.Periods[0], 2027)[0]
		f.Now = f.Period.End()
		folded, err := Fold(table, f, Rows{})
		if err != nil {
			t.Fatal(err)
		}
		if len(folded.Counts) != cells[table.ID] {
			t.Errorf("%s has %d cells, want %d", table.ID, len(folded.Counts), cells[table.ID])
		}
		protected := strings.HasPrefix(table.ID, "kdrt-") || strings.HasPrefix(table.ID, "referral-protected-") || table.ID == "overlap-year"
		if protected != (table.Side == Protected) || protected != table.NeedsApproval() {
			t.Errorf("%s counts the side %s", table.ID, table.Side)
		}
		if table.Public != (table.ID == "kdrt-year" || table.ID == "kdrt-sex-age-year") {
			t.Errorf("%s: public %v", table.ID, table.Public)
		}
		for _, d := range table.Axes {
			if slices.Contains([]string{"desa", "posyandu", "bentuk", "hubungan", "tempat"}, d.ID) {
				t.Errorf("%s is split by %s", table.ID, d.ID)
			}
		}
	}
	if len(Tables(Released)) != len(cells) {
		t.Errorf("%d datasets, want %d", len(Tables(Released)), len(cells))
	}
	if _, ok := Find(Live, "kdrt-year"); ok {
		t.Error("a dataset is a live table, too")
	}
	for _, table := range Tables(Live) {
		if _, ok := table.Axis("desa"); ok && strings.HasPrefix(table.ID, "violence-") {
			t.Errorf("%s carries desa", table.ID)
		}
	}
	for id, want := range map[string]string{
		"referral-in-month": "F1_OWN", "inbox": "F1_OWN", "caseload": "F1 F3_PROTECTION", "violence-form-month": "F1 F4", "intake-month": "F1",
	} {
		if table, _ := Find(Live, id); strings.Join(table.Classes(), " ") != want {
			t.Errorf("%s asks for %v, want %s", id, table.Classes(), want)
		}
	}
	relation, _ := Find(Live, "violence-relation-month")
	if !slices.Contains(relation.Classes(), "F4") {
		t.Errorf("the relation asks for %v", relation.Classes())
	}
}

func TestEveryTableSaysWhatItIs(t *testing.T) {
	for _, kind := range []Kind{Released, Live, OfOffice} {
		for _, table := range Tables(kind) {
			m := table.Metadata()
			for name, text := range map[string]string{
				"konsep": m.Konsep, "definisi": m.Definisi, "ukuran": m.Ukuran, "satuan": m.Satuan, "dasar": m.Dasar, "metode": m.Metode,
				"tampilan": m.Tampilan, "batasan": m.Batasan, "versi": m.Versi,
			} {
				if text == "" {
					t.Errorf("%s has no %s", table.ID, name)
				}
			}
			if len(table.Axes) > 0 && m.Klasifikasi == "" {
				t.Errorf("%s has no klasifikasi", table.ID)
			}
			for _, s := range table.Shares {
				if _, ok := FindIndicator(s.Indicator); !ok {
					t.Errorf("%s: indicator %s is not defined", table.ID, s.Indicator)
				}
			}
		}
	}
	overlap, _ := Find(Released, "overlap-year")
	if !strings.Contains(strings.ToLower(overlap.Metadata().Batasan), "paling sedikit") {
		t.Error("overlap-year does not say that links miss people")
	}
}
