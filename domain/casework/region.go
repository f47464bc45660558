package casework

import "strings"

// Region is a place of the Ministry of Home Affairs' list, with its code: 32.01 a regency, 32.01.01 a kecamatan, 32.01.01.1006 a
// village. The statistics office has other codes for the same places.
type Region struct {
	Code  string
	Name  string
	Level string // regency, district or village, as in the decree's list
	BPS   string // code of the statistics office; empty: not known
}

// Levels of a region.
const (
	LevelRegency  = "regency"
	LevelDistrict = "district"
	LevelVillage  = "village"
)

// regionForms are the lengths of a code's parts, and what such a code is.
var regionForms = []struct {
	parts []int
	level string
}{{[]int{2, 2}, LevelRegency}, {[]int{2, 2, 2}, LevelDistrict}, {[]int{2, 2, 2, 4}, LevelVillage}}

// RegionLevel is the level that a code's form tells; ok is false for what is no code of a regency or of a part of one.
func RegionLevel(code string) (level string, ok bool) {
	parts := strings.Split(code, ".")
	for _, form := range regionForms {
		if len(parts) == len(form.parts) && fits(parts, form.parts) {
			return form.level, true
		}
	}
	return "", false
}

func fits(parts []string, lengths []int) bool {
	for i, part := range parts {
		if len(part) != lengths[i] || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
}

// Parent is the code of the region in which this one lies; empty for a regency.
func (r Region) Parent() string {
	if r.Level == LevelRegency {
		return ""
	}
	return r.Code[:strings.LastIndexByte(r.Code, '.')]
}
