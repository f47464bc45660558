package linkage

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

var out = flag.String("out", "", "file for TestDev's predictions, for the scorer")

// TestDev holds the figures of design page linkage 7 on the data beside the design. It fits nothing on what it scores but u; no row of
// that data stands in the project.
func TestDev(t *testing.T) {
	folder := readFolder(t)
	l, err := folder.Link(Start(), nil)
	if err != nil {
		t.Fatal(err)
	}
	predictions := l.Predictions()
	writePredictions(t, predictions)
	measures := Measures(predictions, folder.Truth)
	for i, least := range []float64{.895, .955, .83, .80} {
		m := measures[i]
		t.Logf("%-10s P %.3f R %.3f F1 %.4f", m.Name, m.Precision(), m.Recall(), m.F1())
		if m.F1() < least {
			t.Errorf("%s: F1 %.4f, want at least %.3f", m.Name, m.F1(), least)
		}
	}
	first := FirstThree(predictions, folder.Truth)
	t.Logf("true household among the first three: %.3f", first)
	if first < .785 {
		t.Errorf("first three: %.3f, want at least .785", first)
	}
	for _, g := range l.Groups(predictions) {
		t.Logf("%-24s persons %.3f of %3d, household %.3f of %4d", g.Name, g.Persons.Recall(), g.Persons.True, g.Household.Recall(), g.Household.True)
		if g.Household.True == 0 {
			t.Errorf("the group %q has no pair", g.Name)
		}
	}
	l.strongAreRight(t, folder.Truth)
	l.filterLosesNothing(t)

	// EM without labels stays where it began.
	l.Learn(5)
	for i, m := range Measures(l.Predictions(), folder.Truth) {
		t.Logf("after EM: %-10s F1 %.4f", m.Name, m.F1())
		if m.Name == "persons" && m.F1() < measures[i].F1()-.005 {
			t.Errorf("EM ends at F1 %.4f of persons, more than .005 below %.4f", m.F1(), measures[i].F1())
		}
	}
}

// filterLosesNothing tries the pre-filter on the pairs of the folder: on all by LONG_ROW=linkage, else on each 60th.
func (l *Linking) filterLosesNothing(t *testing.T) {
	step := 60
	if long() {
		step = 1
	}
	for j := range l.folder.Health {
		c := NewCard(l.folder.Health[j].person(1, j))
		l.Matcher.counts.Without(&c)
		for i := j % step; i < len(l.Subjects); i += step {
			keptAsUnfiltered(t, l.Subjects[i], &c)
		}
	}
}

// strongAreRight: STRONG with the same NIK and an agreeing name is right in 999 of 1,000.
func (l *Linking) strongAreRight(t *testing.T, truth []TruePair) {
	is := map[pairKey]Relationship{}
	for _, p := range truth {
		is[pairKey{p.Subject, p.Other}] = p.Relation
	}
	n, right := 0, 0
	for i := range l.Found {
		for k := range l.Found[i] {
			for _, h := range []Hypothesis{Self, Mother} {
				m := &l.Found[i][k].Match
				if BandOf(l.Settled[i][k].Score[h]) != Strong || m.Raw[h] == Never {
					continue
				}
				e := &m.Evidence[h]
				if e.agreement(h, FieldNIK) != Exact || e.agreement(h, FieldName) < Subset {
					continue
				}
				n++
				if is[pairKey{l.folder.Protection[i].ID, l.folder.Health[l.Found[i][k].At].ID}] == relationships[h] {
					right++
				}
			}
		}
	}
	t.Logf("STRONG with NIK and name: %d of %d are right", right, n)
	if n == 0 || float64(right)/float64(n) < .999 {
		t.Errorf("STRONG with NIK and name: %d of %d are right, want .999", right, n)
	}
}

// readFolder reads the dev set, and fails where a file of it is missing: a figure nobody computed is no figure.
func readFolder(t *testing.T) *Folder {
	t.Helper()
	shared := os.Getenv("SINERGI_SHARED")
	if shared == "" {
		t.Skip("SINERGI_SHARED does not name the folder of the shared data")
	}
	f, err := &Folder{}, error(nil)
	read := func(name string, do func(io.Reader) error) {
		file, err := os.Open(filepath.Join(shared, "data", "linkage", "dev", name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if err := do(file); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	read("health.csv", func(r io.Reader) error { f.Health, err = ReadHealth(r); return err })
	read("protection.csv", func(r io.Reader) error { f.Protection, err = ReadProtection(r); return err })
	read("truth.csv", func(r io.Reader) error { f.Truth, err = ReadTruth(r); return err })
	return f
}

func writePredictions(t *testing.T, predictions []Prediction) {
	t.Helper()
	if *out == "" {
		return
	}
	file, err := os.Create(*out)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "protection_id,health_id,relation,score")
	for _, p := range predictions {
		fmt.Fprintf(w, "%s,%s,%s,%.4f\n", p.Subject, p.Other, p.Relation, p.Score)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAblations prints what each kind of evidence is worth on the dev set; by LONG_ROW=linkage alone, for it links five times.
func TestAblations(t *testing.T) {
	if !long() {
		t.Skip("by LONG_ROW=linkage")
	}
	for _, without := range []struct {
		name string
		do   func(*Person)
	}{
		{"nothing", func(*Person) {}},
		{"RT and RW", func(p *Person) { p.RT, p.RW = "", "" }},
		{"guardian and husband", func(p *Person) { p.Guardian, p.Husband = "", "" }},
		{"NIK", func(p *Person) { p.NIK, p.MotherNIK = "", "" }},
		{"KK", func(p *Person) { p.KK = "" }},
	} {
		folder := readFolder(t)
		for _, rows := range [][]Row{folder.Health, folder.Protection} {
			for i := range rows {
				without.do(&rows[i].Person)
			}
		}
		l, err := folder.Link(Start(), nil)
		if err != nil {
			t.Fatal(err)
		}
		line := ""
		for _, m := range Measures(l.Predictions(), folder.Truth) {
			line += fmt.Sprintf("  %s %.3f", m.Name, m.F1())
		}
		t.Logf("F1 without %-21s%s", without.name, line)
	}
}
