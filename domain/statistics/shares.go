package statistics

import (
	"slices"
)

// sharesOfCells are the percentages that a table gives of its own cells: one for each combination of its other axes, then one for
// the whole table.
func (y *tally) sharesOfCells() {
	for _, rule := range y.Table.Shares {
		if len(rule.Part) == 0 {
			y.sharesOfEach(rule)
			continue
		}
		if !rule.Total {
			for _, group := range y.groups(rule.Axis) {
				y.share(rule, group, rule.Part)
			}
		}
		y.share(rule, make([]string, len(y.Axes)), rule.Part)
	}
}

// sharesOfEach gives each item of the axis its share of all.
func (y *tally) sharesOfEach(rule ShareRule) {
	for _, item := range y.Axes[rule.Axis] {
		group := make([]string, len(y.Axes))
		group[rule.Axis] = item.Code
		s := y.share(rule, make([]string, len(y.Axes)), []string{item.Code})
		s.Items = group
	}
}

// groups are the combinations of all axes but one, each with an empty place for it.
func (y *tally) groups(without int) [][]string {
	var groups [][]string
	for cell := range y.cells {
		if items := y.Items(cell); y.cells[cell][without] == 0 {
			items[without] = ""
			groups = append(groups, items)
		}
	}
	if len(y.Axes) == 1 {
		return nil // the whole table is the only one
	}
	return groups
}

func (y *tally) share(rule ShareRule, group, part []string) *Share {
	s := Share{Indicator: rule.Indicator, Items: group}
	for cell := range y.cells {
		items := y.Items(cell)
		on := items[rule.Axis]
		if items[rule.Axis] = group[rule.Axis]; !fits(items, group) || len(rule.Whole) > 0 && !slices.Contains(rule.Whole, on) {
			continue
		}
		s.whole = append(s.whole, cell)
		s.Whole += y.Counts[cell]
		if slices.Contains(part, on) {
			s.part = append(s.part, cell)
			s.Part += y.Counts[cell]
		}
	}
	y.Shares = append(y.Shares, s)
	return &y.Shares[len(y.Shares)-1]
}

// fits tells whether a cell lies in a group, whose empty places hold everything.
func fits(items, group []string) bool {
	for a, code := range group {
		if code != "" && code != items[a] {
			return false
		}
	}
	return true
}
