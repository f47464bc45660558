package server

import (
	"slices"
	"strings"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// A chart has at most so many places on its axis, and so many series. The rest stands in the rows.
const (
	mostPlaces = 60
	mostSeries = 12
)

// picture is what a chart shows of a table: the values as they are displayed, and nothing where no number is.
type picture struct {
	unit   string
	series []string
	places []picturePlace
	line   bool // by periods
	left   int  // places that were too many
}

// picturePlace is one place on the axis.
type picturePlace struct {
	name   string
	values []*float64 // one a series
}

// pictureOf chooses what of a table is charted: its first indicator, that is its counts. Nothing is added up: what has many dimensions
// gets long names. Periods lie on the axis, else what has most items; categories and what else is short make the series.
func pictureOf(m *pb.StatisticsTable, of *pb.Dataset) picture {
	var rows []*pb.StatisticsRow
	for _, row := range m.GetRows() {
		if row.GetIndikator() == m.GetRows()[0].GetIndikator() && row.GetRincian() == "" {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return picture{}
	}
	axis, series := splitColumns(rows, of)
	f := picture{unit: rows[0].GetSatuan(), line: slices.Equal(axis, []string{"periode"})}
	names := namesOf(m, of)
	at := map[string]int{}
	for _, row := range rows {
		place, one := orElse(names.all(row, axis), m.GetTitle()), orElse(names.all(row, series), f.unit)
		column := slices.Index(f.series, one)
		if column < 0 {
			column = len(f.series)
			f.series = append(f.series, one)
		}
		line, known := at[place]
		if !known {
			line = len(f.places)
			at[place] = line
			f.places = append(f.places, picturePlace{name: place})
		}
		p := &f.places[line]
		p.values = append(p.values, make([]*float64, max(0, column+1-len(p.values)))...)
		p.values[column] = row.Nilai
	}
	if len(f.places) > mostPlaces {
		f.left = len(f.places) - mostPlaces
		f.places = f.places[:mostPlaces]
	}
	return f
}

// splitColumns parts the columns in which rows differ into those of the axis and those of the series.
func splitColumns(rows []*pb.StatisticsRow, of *pb.Dataset) (axis, series []string) {
	items := map[string]int{}
	for _, column := range slices.Concat([]string{"periode"}, dimensionColumns(of)) {
		if n := distinct(rows, column); n > 1 {
			items[column] = n
			series = append(series, column)
		}
	}
	rank := func(column string) int {
		switch column {
		case "periode":
			return 1 << 30
		case "kategori": // classes are what one compares, side by side
			return 0
		}
		return items[column]
	}
	for len(series) > 0 {
		most := slices.MaxFunc(series, func(a, b string) int { return rank(a) - rank(b) })
		if len(axis) > 0 && distinct(rows, series...) <= mostSeries {
			break
		}
		axis = append(axis, most)
		series = slices.DeleteFunc(series, func(c string) bool { return c == most })
	}
	return axis, series
}

func dimensionColumns(of *pb.Dataset) []string {
	var columns []string
	for _, d := range of.GetDimensions() {
		columns = append(columns, d.GetColumn())
	}
	return columns
}

// distinct counts how many different things stand in the columns.
func distinct(rows []*pb.StatisticsRow, columns ...string) int {
	seen := map[string]bool{}
	for _, row := range rows {
		var all strings.Builder
		for _, column := range columns {
			all.WriteString(cellText(row, column) + "\x00")
		}
		seen[all.String()] = true
	}
	return len(seen)
}

// all are the names of a row in some columns.
func (n codeNames) all(row *pb.StatisticsRow, columns []string) string {
	var parts []string
	for _, column := range columns {
		parts = append(parts, n.of(row, column))
	}
	return strings.Join(parts, " · ")
}
