package server

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// The codes of another regency. Those of Kabupaten Bogor are built in; a file takes their place as long as no unit stands on them,
// and afterwards adds to what is known: a code that an address has been taken by never goes.

// LoadRegions takes a file of codes.
func LoadRegions(ctx context.Context, st *store.Store, file io.Reader, dryRun bool) (LoadReport, error) {
	t, err := readTable(file, "code", "name")
	if err != nil {
		return LoadReport{}, err
	}
	replace := len(st.Directory().Units()) == 0
	regions := t.regions(st, replace)
	report := LoadReport{Faults: t.faults}
	if len(t.faults) > 0 {
		return report, nil
	}
	for _, r := range regions {
		if r.BPS != "" {
			report.Lines = append(report.Lines, fmt.Sprintf("%s\t%s\t%s\t%s", r.Code, r.Level, r.Name, r.BPS))
			continue
		}
		report.Lines = append(report.Lines, fmt.Sprintf("%s\t%s\t%s", r.Code, r.Level, r.Name))
	}
	if dryRun {
		return report, nil
	}
	_, err = store.Update(ctx, st, func(w *store.Writer) (struct{}, error) {
		w.Append(operator("directory.manage", "loadRegions"), nil, nil)
		if replace {
			if err := w.ForgetRegions(); err != nil {
				return struct{}{}, err
			}
		}
		for _, r := range regions {
			if err := w.PutRegion(r); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	if err != nil {
		return report, err
	}
	return report, st.ReloadDirectory(ctx)
}

// regions reads the rows; what a place lies in stands above it, or is known already.
func (t *table) regions(st *store.Store, replace bool) []casework.Region {
	if len(t.rows) == 0 {
		t.faults = append(t.faults, "the file has no row: it would leave the directory without any place")
	}
	var regions []casework.Region
	above, line := map[string]bool{}, map[string]int{}
	if !replace {
		for _, r := range st.Directory().Regions() {
			above[r.Code] = true
		}
	}
	for i, row := range t.rows {
		r := casework.Region{Code: row["code"], Name: row["name"]}
		var form bool
		r.Level, form = casework.RegionLevel(r.Code)
		switch {
		case !form:
			t.fault(i, "code", fmt.Sprintf("%q is no code of a regency, kecamatan or village, such as 32.01, 32.01.01, 32.01.01.1006", r.Code))
		case line[r.Code] > 0:
			t.fault(i, "code", fmt.Sprintf("%s stands on line %d already", r.Code, line[r.Code]))
		case r.Parent() != "" && !above[r.Parent()]:
			t.fault(i, "code", fmt.Sprintf("%s, in which it lies, stands on no line above", r.Parent()))
		}
		if r.BPS = row["bps"]; form && r.BPS != "" && !isBPSCode(r) {
			t.fault(i, "bps", fmt.Sprintf("%q is no code of the statistics office for a %s, such as 3201, 3201070, 3201070001", r.BPS, r.Level))
		}
		if r.Name == "" {
			t.fault(i, "name", "is empty")
		}
		if level := row["level"]; form && level != "" && level != r.Level {
			t.fault(i, "level", fmt.Sprintf("is %s, and a code of this form is a %s", level, r.Level))
		}
		above[r.Code], line[r.Code] = true, t.lines[i]
		regions = append(regions, r)
	}
	return regions
}

// digitsOfBPS are those of a code of the statistics office.
var digitsOfBPS = map[string]int{casework.LevelRegency: 4, casework.LevelDistrict: 7, casework.LevelVillage: 10}

func isBPSCode(r casework.Region) bool {
	return len(r.BPS) == digitsOfBPS[r.Level] && strings.Trim(r.BPS, "0123456789") == ""
}

// RegionLoad takes the codes of another regency from a CSV file.
type RegionLoad struct {
	Folders `embed:""`
	File    string `arg:"" help:"CSV: code,name,level,bps."`
	DryRun  bool   `help:"Check everything, change nothing."`
}

// Run loads the codes.
func (c *RegionLoad) Run(ctx context.Context) error {
	return c.load(ctx, c.File, c.DryRun, LoadRegions)
}
