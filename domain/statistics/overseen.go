package statistics

import (
	"cmp"
	"slices"
)

// Unit is the unit in whose row a leg counts: the one that owes something on it now, or else the one that was asked.
func (l OrdinaryLeg) Unit() string {
	if l.journey.Duty == "" {
		return l.journey.Receiver
	}
	return l.journey.Accountable
}

// Covered is how many of the children of a village, registered at a puskesmas, it weighed: D and S, which stand beside each prevalence.
type Covered struct {
	Puskesmas, Desa     string
	Weighed, Registered int
	Band                string // of the coverage: GOOD, DOUBTFUL, BAD
}

// measuring are the measures of quality that tell how far an index is to be believed.
var measuring = map[string][]string{
	"HFA": {"FLAGGED_HFA", "SD_HFA", "LENGTH_DIGITS", "POSITION_MISSING", "MONTH_HEAPING"},
	"WFA": {"FLAGGED_WFA", "SD_WFA", "WEIGHT_DIGITS", "MONTH_HEAPING"},
	"WFH": {"FLAGGED_WFH", "SD_WFH", "WEIGHT_DIGITS", "LENGTH_DIGITS", "POSITION_MISSING"},
}

// bandOrder: what is not judged is better known than what is bad.
var bandOrder = []string{"", "GOOD", "DOUBTFUL", "BAD"}

// Measuring is the worst band of what a puskesmas measured an index with; empty if nothing could be judged.
func Measuring(index, puskesmas string, quality []Quality) string {
	worst := ""
	for _, q := range quality {
		if q.Puskesmas == puskesmas && slices.Contains(measuring[index], q.Measure) &&
			slices.Index(bandOrder, q.Band) > slices.Index(bandOrder, worst) {
			worst = q.Band
		}
	}
	return worst
}

// place is where a prevalence is of.
type place struct{ puskesmas, desa string }

// ShowGrowth is how an office's table of growth is shown: its cells; then for each village of a puskesmas the coverage and the
// prevalences of section 3, each with what it was divided from. A prevalence has the band of its measuring as its detail: one that is BAD
// colours no map.
func ShowGrowth(f Folded, covered []Covered, quality []Quality, small bool) []Observation {
	all, by := ShowOverseen(f, small), exactly{small}
	sums := map[place]map[string]map[string]int{}
	var places []place
	at := func(p place) map[string]map[string]int {
		if sums[p] == nil {
			sums[p] = map[string]map[string]int{}
			places = append(places, p)
		}
		return sums[p]
	}
	for cell, n := range f.Counts {
		items := f.Items(cell)
		of := at(place{items[0], items[1]})
		if of[items[4]] == nil {
			of[items[4]] = map[string]int{}
		}
		of[items[4]][items[5]] += n
	}
	for _, c := range covered {
		at(place{c.Puskesmas, c.Desa})
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(f.places[0][a.puskesmas], f.places[0][b.puskesmas]), cmp.Compare(f.places[1][a.desa], f.places[1][b.desa]))
	})
	for _, p := range places {
		for _, c := range covered {
			if c.Puskesmas == p.puskesmas && c.Desa == p.desa {
				all = append(all, shareOf(by, &f, "coverage_pct", c.Band, p.items(""), c.Weighed, c.Registered)...)
			}
		}
		for _, index := range []string{"HFA", "WFA", "WFH"} {
			band := Measuring(index, p.puskesmas, quality)
			for _, rule := range prevalences[index] {
				part, whole := sumOf(sums[p][index], rule.Part), sumOf(sums[p][index], rule.Whole)
				all = append(all, shareOf(by, &f, rule.Indicator, band, p.items(index), part, whole)...)
			}
		}
	}
	return all
}

func (p place) items(index string) []string { return []string{p.puskesmas, p.desa, "", "", index, ""} }

func sumOf(of map[string]int, codes []string) (n int) {
	for _, code := range codes {
		n += of[code]
	}
	return n
}

// shareOf are a percentage and what it was divided from. A share of nobody is none.
func shareOf(by exactly, f *Folded, indicator, detail string, items []string, part, whole int) []Observation {
	if whole == 0 {
		return nil
	}
	a, b, percent := by.share(f, &Share{Part: part, Whole: whole})
	return []Observation{
		{indicator + ".part", detail, items, f.Table.Unit.Label, a},
		{indicator + ".whole", detail, items, f.Table.Unit.Label, b},
		{indicator, detail, items, "persen", percent},
	}
}

// ShowSKDN is how an office's table of posyandu is shown: its cells; then for each post D/S and, of the children with a trend, those who
// did not gain.
func ShowSKDN(f Folded, small bool) []Observation {
	all, by := ShowOverseen(f, small), exactly{small}
	for _, post := range f.Axes[0] {
		n := func(codes ...string) (n int) {
			for _, code := range codes {
				is, _ := f.At(post.Code, code)
				n += is
			}
			return n
		}
		items := []string{post.Code, ""}
		all = append(all, shareOf(by, &f, "coverage_pct", "", items, n("D"), n("S"))...)
		all = append(all, shareOf(by, &f, "not_gaining_pct", "", items, n("T", "2T"), n("N", "T", "2T"))...)
	}
	return all
}

// ShowQuality is how an office's table of quality is shown. Of fewer than ten measurements a small office is told nothing.
func ShowQuality(f Folded, small bool) []Observation {
	if small {
		f.Marks = slices.DeleteFunc(slices.Clone(f.Marks), func(q Quality) bool { return q.N < least })
	}
	return ShowOverseen(f, small)
}
