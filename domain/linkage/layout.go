package linkage

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A Row is a line of a folder in the layout of the linkage data: its id there and the person.
type Row struct {
	ID     string
	Person Person
}

// A sheet reads a CSV by the names of its columns.
type sheet struct {
	csv     *csv.Reader
	columns map[string]int
	cells   []string
	line    int
}

func openSheet(r io.Reader, columns string) (*sheet, error) {
	s := &sheet{csv: csv.NewReader(r), columns: map[string]int{}}
	head, err := s.csv.Read()
	if err != nil {
		return nil, fmt.Errorf("no header: %w", err)
	}
	for i, name := range head {
		s.columns[strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))] = i
	}
	for _, name := range fields(columns) {
		if _, ok := s.columns[name]; !ok {
			return nil, fmt.Errorf("the column %s is missing", name)
		}
	}
	return s, nil
}

func (s *sheet) cell(name string) string { return strings.TrimSpace(s.cells[s.columns[name]]) }

// next reads a row and tells whether there was one.
func (s *sheet) next() (bool, error) {
	var err error
	s.cells, err = s.csv.Read()
	s.line++
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("line %d is no CSV of %d columns", s.line+1, len(s.columns))
	}
	return true, nil
}

func (s *sheet) each(do func() Row) ([]Row, error) {
	var rows []Row
	for {
		more, err := s.next()
		if err != nil || !more {
			return rows, err
		}
		rows = append(rows, do())
	}
}

// ReadHealth reads health.csv: children that were measured, with their mothers.
func ReadHealth(r io.Reader) ([]Row, error) {
	s, err := openSheet(r, "health_id nik nama_anak jk tgl_lahir nama_ibu nik_ibu umur_ibu nama_ayah no_kk kode_desa kecamatan rt rw tgl_ukur")
	if err != nil {
		return nil, err
	}
	return s.each(func() Row {
		p := s.person("nama_anak", "tgl_ukur", "")
		p.Mother, p.MotherNIK, p.Father = s.cell("nama_ibu"), s.cell("nik_ibu"), s.cell("nama_ayah")
		p.MotherAge, _ = strconv.Atoi(s.cell("umur_ibu"))
		return Row{s.cell("health_id"), p}
	})
}

// ReadProtection reads protection.csv: people who were hurt, with their guardian or husband.
func ReadProtection(r io.Reader) ([]Row, error) {
	s, err := openSheet(r, "protection_id nama_korban nik no_kk jk tgl_lahir umur tgl_lapor kode_desa kecamatan rt rw nama_wali hub_wali nama_suami")
	if err != nil {
		return nil, err
	}
	return s.each(func() Row {
		p := s.person("nama_korban", "tgl_lapor", "umur")
		p.Side = Protected
		p.Guardian, p.Husband = s.cell("nama_wali"), s.cell("nama_suami")
		switch s.cell("hub_wali") {
		case "ibu":
			p.Relation = IsMother
		case "ayah":
			p.Relation = IsFather
		}
		return Row{s.cell("protection_id"), p}
	})
}

func (s *sheet) person(name, recorded, age string) Person {
	p := Person{
		Name: s.cell(name), NIK: s.cell("nik"), KK: s.cell("no_kk"),
		Village: s.cell("kode_desa"), Kecamatan: s.cell("kecamatan"), RW: s.cell("rw"), RT: s.cell("rt"),
	}
	p.Recorded, _ = parseDay(s.cell(recorded))
	switch s.cell("jk") {
	case "L":
		p.Sex = Male
	case "P":
		p.Sex = Female
	}
	p.Birth = s.birth(p.Recorded, age)
	return p
}

// birth is the date, or its year, or an age.
func (s *sheet) birth(recorded Date, age string) Birth {
	written := s.cell("tgl_lahir")
	if d, ok := parseDay(written); ok {
		return BornOn(d)
	}
	if y, err := strconv.Atoi(written); err == nil && len(written) == 4 {
		return BornInYear(y)
	}
	if age == "" {
		return Birth{}
	}
	if years, err := strconv.Atoi(s.cell(age)); err == nil && years >= 0 && years < 130 {
		return BornAged(years, recorded)
	}
	return Birth{}
}

func parseDay(text string) (Date, bool) {
	parts := strings.Split(text, "-")
	if len(parts) != 3 {
		return 0, false
	}
	var n [3]int
	for i, p := range parts {
		var err error
		if n[i], err = strconv.Atoi(p); err != nil {
			return 0, false
		}
	}
	if !validDay(n[0], n[1], n[2]) {
		return 0, false
	}
	return DateOf(n[0], n[1], n[2]), true
}

// NameKecamatan gives rows that have only the name of a kecamatan its code, as the other rows have both.
func NameKecamatan(lists ...[]Row) {
	codes := map[string]string{}
	for _, rows := range lists {
		for _, r := range rows {
			if v, n := code(r.Person.Village); n == 10 {
				codes[strings.ToLower(r.Person.Kecamatan)] = strconv.FormatUint(v/10000, 10)
			}
		}
	}
	for _, rows := range lists {
		for i := range rows {
			rows[i].Person.Kecamatan = codes[strings.ToLower(rows[i].Person.Kecamatan)]
		}
	}
}
