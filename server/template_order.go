package server

import (
	"fmt"
	"os"
	"slices"
	"strings"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// templateOrder is in which order the regency's own template has its units and places: a workbook of an office stands so, and the column
// of values is pasted into it whole.
type templateOrder map[string]int

// templateOrder reads the file: a code a line, which may be the first column of a CSV.
func (c Config) templateOrder() (templateOrder, error) {
	if c.TemplateOrder == "" {
		return nil, nil
	}
	text, err := os.ReadFile(c.TemplateOrder)
	if err != nil {
		return nil, fmt.Errorf("--template-order: %w", err)
	}
	order := templateOrder{}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		code, _, _ := strings.Cut(line, ",")
		code = strings.TrimSpace(code)
		if code == "" {
			continue
		}
		if _, twice := order[code]; twice {
			return nil, fmt.Errorf("--template-order: %s stands in %s twice", code, c.TemplateOrder)
		}
		order[code] = len(order)
	}
	return order, nil
}

// sort brings rows into the template's order; what it does not name keeps its own at the end.
func (o templateOrder) sort(rows []*pb.StatisticsRow) {
	place := func(code string) int {
		if at, ok := o[code]; ok {
			return at
		}
		return len(o)
	}
	slices.SortStableFunc(rows, func(a, b *pb.StatisticsRow) int {
		if by := place(a.GetUnit()) - place(b.GetUnit()); by != 0 {
			return by
		}
		return place(a.GetKodeWilayahKemendagri()) - place(b.GetKodeWilayahKemendagri())
	})
}
