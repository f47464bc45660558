package statistics

import "strings"

// Columns of a tidy row, in the order that is a contract: new ones only at the end. The dimensions of a live table that have none
// here follow them, see [Table.Columns].
var Columns = []string{
	"dataset", "periode", "kode_wilayah_kemendagri", "kode_wilayah_bps", "nama_wilayah", "indikator", "jenis_kelamin", "kelompok_umur",
	"nilai", "satuan", "status_nilai", "diperbarui_pada", "kategori", "sektor_asal", "sektor_tujuan", "unit", "nilai_tampil", "rilis",
}

// Columns are those of a tidy row of the table.
func (t *Table) Columns() []string {
	columns := append([]string(nil), Columns...)
	for _, d := range t.Axes {
		if d.Column == "" {
			columns = append(columns, d.ID)
		}
	}
	if t.Legs || t.Kind == OfOffice && t.Needs != OfLegs {
		columns = append(columns, "rincian") // duty, level, band of quality
	}
	return columns
}

// Stamp is what all tidy rows of one answer share.
type Stamp struct {
	Updated string // as it is to be written
	Release string // id; empty: live
}

// Tidy is an observation as a row of [Table.Columns]. Codes stand as they are; places bring their name and both codes from the
// frame.
func Tidy(t *Table, p Period, f Frame, o Observation, s Stamp) []string {
	columns := t.Columns()
	row := make([]string, len(columns))
	set := func(column, value string) {
		for i, c := range columns {
			if c == column {
				row[i] = value
			}
		}
	}
	set("dataset", t.ID)
	set("periode", p.ID())
	set("indikator", o.Indicator)
	set("nilai", o.Shown.Nilai())
	set("satuan", o.Unit)
	set("status_nilai", string(o.Shown.Status))
	set("diperbarui_pada", s.Updated)
	set("nilai_tampil", o.Shown.Text)
	set("rilis", s.Release)
	set("rincian", o.Detail)
	for a, code := range o.Items {
		d := &t.Axes[a]
		if d.Column == "kode_wilayah_kemendagri" {
			f.setPlace(d, code, set)
			continue
		}
		if d.Column == "" {
			set(d.ID, code)
			continue
		}
		set(d.Column, code)
	}
	return row
}

func (f *Frame) setPlace(d *Dimension, code string, set func(column, value string)) {
	if item, ok := f.item(d, code); ok {
		set("kode_wilayah_kemendagri", code)
		set("kode_wilayah_bps", item.BPS)
		set("nama_wilayah", item.Label)
	}
}

// SafeText is a text cell of a CSV that a spreadsheet does not take for a formula.
func SafeText(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
