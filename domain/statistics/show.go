package statistics

// Observation is one shown value: a row of the tidy table.
type Observation struct {
	Indicator string
	Detail    string   // duty, level or band of quality; empty: none
	Items     []string // code on each axis of the table; empty: all
	Unit      string   // satuan
	Shown     Shown
}

// ShowExact is how a live table is shown: each cell exact, percentages and hours of exact values.
func ShowExact(f Folded) []Observation { return show(f, exactly{}) }

// ShowOverseen is how an office's table is shown: exact, and to the offices of kecamatan and village (small) only from ten up.
func ShowOverseen(f Folded, small bool) []Observation { return show(f, exactly{small}) }

// shower turns the figures of one table into what is shown of them.
type shower interface {
	count(f *Folded, cell int) Shown
	share(f *Folded, s *Share) (part, whole, percent Shown)
	hours(h Hours, w *Wait) Shown
	beside(n int) Shown
}

func show(f Folded, by shower) []Observation {
	var all []Observation
	for cell := range f.Counts {
		shown := by.count(&f, cell)
		if shown.Empty && f.Table.Sparse {
			continue // or what is absent would be told from what is hidden
		}
		all = append(all, Observation{f.Table.Value, "", f.Items(cell), f.Table.Unit.Label, shown})
	}
	for i := range f.Shares {
		s := &f.Shares[i]
		part, whole, percent := by.share(&f, s)
		name := s.Indicator
		if len(s.whole) > 0 { // made of cells: what it was divided from is shown, too
			all = append(all, Observation{name + ".part", s.Detail, s.Items, f.Table.Unit.Label, part},
				Observation{name + ".whole", s.Detail, s.Items, f.Table.Unit.Label, whole})
		}
		all = append(all, Observation{name, s.Detail, s.Items, "persen", percent})
	}
	for i := range f.Waits {
		all = append(all, waits(&f.Waits[i], by)...)
	}
	for _, q := range f.Marks {
		all = append(all, Observation{q.Measure, q.Band, []string{q.Puskesmas, q.Measure}, "", number(Whole, q.Value)})
	}
	return all
}

func waits(w *Wait, by shower) []Observation {
	without := map[string]string{"decision_hours": "undecided", "first_service_hours": "unserved"}[w.Indicator]
	return []Observation{
		{w.Indicator + "_median", w.Detail, w.Items, "jam", by.hours(w.Median, w)},
		{w.Indicator + "_p90", w.Detail, w.Items, "jam", by.hours(w.P90, w)},
		{without, w.Detail, w.Items, "rujukan", by.beside(w.Without)},
	}
}

// exactly shows as it is; small hides what is below ten.
type exactly struct{ small bool }

func (e exactly) count(f *Folded, cell int) Shown { return e.beside(f.Counts[cell]) }

func (e exactly) beside(n int) Shown {
	if e.small && n < least {
		return nothing(TooFew, tooFewText)
	}
	return Display(Exact, n)
}

func (e exactly) share(_ *Folded, s *Share) (part, whole, percent Shown) {
	part, whole = e.beside(s.Part), e.beside(s.Whole)
	if part.Empty || whole.Empty {
		return part, whole, nothing(TooFew, "")
	}
	return part, whole, exactPercent(s.Part, s.Whole)
}

func (e exactly) hours(h Hours, w *Wait) Shown {
	if e.small && w.N < least {
		return nothing(TooFew, tooFewText)
	}
	return h.display(Whole, w.N+w.Without)
}

// atLeastTen shows ordinary legs of a release.
type atLeastTen struct{}

func (atLeastTen) count(f *Folded, cell int) Shown { return Display(Minimum, f.Counts[cell]) }
func (atLeastTen) beside(n int) Shown              { return Display(Minimum, n) }

func (atLeastTen) share(_ *Folded, s *Share) (part, whole, percent Shown) {
	part, whole = Display(Minimum, s.Part), Display(Minimum, s.Whole)
	return part, whole, Percent(part, whole)
}

func (atLeastTen) hours(h Hours, w *Wait) Shown {
	if w.N < least {
		return nothing(TooFew, tooFewText)
	}
	return h.display(Rounded, w.N)
}

// drawn shows noisy counts. A share's part and denominator are sums of the noisy cells, shown like any cell: nothing is drawn for
// them, so they cost nobody anything more.
type drawn struct{ noisy []int }

func (d drawn) count(_ *Folded, cell int) Shown { return Display(Geometric, d.noisy[cell]) }
func (drawn) beside(int) Shown                  { return nothing(Below, belowText) }
func (drawn) hours(Hours, *Wait) Shown          { return nothing(Below, belowText) }

func (d drawn) share(_ *Folded, s *Share) (part, whole, percent Shown) {
	part, whole = Display(Geometric, d.sum(s.part)), Display(Geometric, d.sum(s.whole))
	return part, whole, Percent(part, whole)
}

func (d drawn) sum(cells []int) (n int) {
	for _, cell := range cells {
		n += d.noisy[cell]
	}
	return n
}

// onlyYear shows the one exact figure that is released.
type onlyYear struct{}

func (onlyYear) count(f *Folded, cell int) Shown { return displayExact(f.Counts[cell]) }
func (onlyYear) beside(n int) Shown              { return displayExact(n) }
func (onlyYear) hours(Hours, *Wait) Shown        { return nothing(Below, belowText) }
func (onlyYear) share(*Folded, *Share) (part, whole, percent Shown) {
	return nothing(Below, belowText), nothing(Below, belowText), nothing(Below, "")
}
