package growth

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestTablesHoldTheFiguresOfTheWHO compares every row of the seven tables with the embedded ones.
func TestTablesHoldTheFiguresOfTheWHO(t *testing.T) {
	shared := os.Getenv("SINERGI_SHARED")
	if shared == "" {
		t.Skip("SINERGI_SHARED does not name the folder of the shared data")
	}
	for _, c := range []struct {
		file  string
		table table
		scale float64
	}{
		{"length-height-for-age.csv", lengthForAge, 1},
		{"weight-for-age.csv", weightForAge, 1},
		{"bmi-for-age.csv", bmiForAge, 1},
		{"head-circumference-for-age.csv", headForAge, 1},
		{"arm-circumference-for-age.csv", armForAge, 1},
		{"weight-for-length.csv", weightForLength, 10},
		{"weight-for-height.csv", weightForHeight, 10},
	} {
		file, err := os.Open(filepath.Join(shared, "data/who-growth", c.file))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(file).ReadAll()
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		if want := 2 * (c.table.last - c.table.first + 1); len(lines)-1 != want {
			t.Errorf("%s: %d rows, want %d", c.file, len(lines)-1, want)
		}
		for _, line := range lines[1:] {
			var f [4]float64
			for i := range f {
				if f[i], err = strconv.ParseFloat(line[i+1], 64); err != nil {
					t.Fatal(err)
				}
			}
			got := c.table.at(map[string]Sex{"M": Male, "F": Female}[line[0]], int(math.Round(f[0]*c.scale)))
			if want := (lms{f[1], f[2], f[3]}); got != want {
				t.Errorf("%s %v: %v, want %v", c.file, line[:2], got, want)
			}
		}
	}
}
