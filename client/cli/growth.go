package cli

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/growth"
)

// GrowthCmd is what can be done with measurements without a server.
type GrowthCmd struct {
	Assess GrowthAssess `cmd:"" help:"Z-scores, flags and categories for each row of a CSV file."`
}

// GrowthAssess computes the z-scores of a file, row by row. It writes every input column, then its own; a row that cannot be
// assessed keeps its place and names its fault.
type GrowthAssess struct {
	File    string `arg:"" help:"CSV with the columns sex; age_days, or age and age_unit, or birth_date and measured_on; weight_kg, lenhei_cm, measure, oedema, headc_cm, muac_cm. - is standard input."`
	CSV     bool   `name:"csv" xor:"form" help:"CSV, as without a flag."`
	JSON    bool   `name:"json" xor:"form" help:"One JSON object a line."`
	Quality bool   `help:"How well was measured, instead of the rows."`
}

// Run assesses the file; rows in error make the exit code 6, after all rows were written.
func (c *GrowthAssess) Run(s Streams) error {
	in := s.In
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return growthFault(cause(err), "give a CSV file, or - for standard input")
		}
		defer file.Close()
		in = file
	}
	y, m, d := time.Now().Date()
	today, _ := growth.DateOf(y, m, d)
	return assessCSV(in, s.Out, assessMode{json: c.JSON, quality: c.Quality, today: today})
}

func growthFault(why, remedy string) error {
	return &Fault{What: "growth assess", Why: why, Remedy: remedy, Code: exitUsage}
}

type assessMode struct {
	json, quality bool
	today         growth.Date
}

func assessCSV(r io.Reader, w io.Writer, mode assessMode) error {
	in, err := openSheet(r)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	if mode.quality {
		err = writeQuality(in, out, mode)
	} else {
		err = writeRows(in, out, mode)
	}
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err == nil && in.bad > 0 {
		return &Fault{What: "growth assess", Why: fmt.Sprintf("%d of %d rows could not be assessed", in.bad, in.rows), Remedy: "the column error says why", Code: exitDamage}
	}
	return err
}

// resultColumns are the columns after those of the input: names of the WHO's package, then the categories.
var resultColumns = strings.Split("clenhei,cbmi,zlen,zwei,zwfl,zbmi,zhc,zac,flen,fwei,fwfl,fbmi,fhc,fac,cat_len,cat_wei,cat_wfl,cat_bmi,error", ",")

// shownIndices are the indices in the order of those columns; the first four have a category.
var shownIndices = [...]growth.Index{growth.HFA, growth.WFA, growth.WFH, growth.BFA, growth.HC, growth.AC}

// results are the cells of the result columns.
func results(a growth.Assessment) []string {
	cells := []string{figureText(a.CorrectedLengthCM), figureText(a.BMI)}
	var flags, categories []string
	for _, i := range shownIndices {
		z, flag := "", ""
		if r := a.Index[i]; r.Known {
			z, flag = strconv.FormatFloat(r.Z, 'f', 2, 64), "0"
			if r.Flagged {
				flag = "1"
			}
		}
		cells, flags = append(cells, z), append(flags, flag)
		categories = append(categories, a.Index[i].Category.String())
	}
	return append(slices.Concat(cells, flags, categories[:4]), "")
}

// figureText has 15 digits, as the WHO's package writes them.
func figureText(v growth.Value) string {
	figure, known := v.Get()
	if !known {
		return ""
	}
	return strconv.FormatFloat(figure, 'g', 15, 64)
}

func writeRows(in *sheet, out *bufio.Writer, mode assessMode) error {
	table := csv.NewWriter(out)
	defer table.Flush()
	if !mode.json {
		if err := table.Write(slices.Concat(in.head, resultColumns)); err != nil {
			return err
		}
	}
	return in.each(mode.today, func(m growth.Measurement, cells []string, faults string) error {
		result := make([]string, len(resultColumns))
		if faults == "" {
			result = results(growth.Assess(m))
		}
		result[len(result)-1] = faults
		if !mode.json {
			return table.Write(slices.Concat(cells, result))
		}
		// Apart, for an input may have columns of the same names, as the truth files do.
		text := append(strconv.AppendInt([]byte(`{"row":`), int64(in.rows), 10), `,"input":`...)
		text = appendObject(text, in.head, cells, false)
		text = appendObject(append(text, `,"result":`...), resultColumns, result, true)
		_, err := out.Write(append(text, "}\n"...))
		return err
	})
}

// appendObject writes names and cells in their order; of results, numbers are numbers, and what is not known is left out.
func appendObject(text []byte, names, cells []string, result bool) []byte {
	text = append(text, '{')
	first := true
	for i, cell := range cells {
		if result && cell == "" {
			continue
		}
		if !first {
			text = append(text, ',')
		}
		first = false
		text = append(appendString(text, names[i]), ':')
		if _, err := strconv.ParseFloat(cell, 64); result && err == nil {
			text = append(text, cell...)
			continue
		}
		text = appendString(text, cell)
	}
	return append(text, '}')
}

func appendString(text []byte, s string) []byte {
	quoted, _ := json.Marshal(s) // a string always has a form in JSON
	return append(text, quoted...)
}

// writeQuality judges the file as the work of one measurer, post or puskesmas; rows in error are left out.
func writeQuality(in *sheet, out *bufio.Writer, mode assessMode) error {
	var ms []growth.Measurement
	err := in.each(mode.today, func(m growth.Measurement, _ []string, faults string) error {
		if faults == "" {
			ms = append(ms, m)
		}
		return nil
	})
	if err != nil {
		return err
	}
	names := []string{"measure", "value", "n", "band"}
	table := csv.NewWriter(out)
	defer table.Flush()
	if !mode.json {
		table.Write(names) // the first error stays, and Flush of the buffer below returns it
	}
	report := growth.Quality(ms)
	for _, m := range report.Marks(growth.DefaultThresholds()) {
		cells := []string{m.Measure, strconv.FormatFloat(m.Value, 'f', 4, 64), strconv.Itoa(m.N), m.Band.String()}
		if !mode.json {
			table.Write(cells)
			continue
		}
		out.Write(append(appendObject(nil, names, cells, true), '\n'))
	}
	return nil
}

// sheet is a CSV file with a header, read once.
type sheet struct {
	csv       *csv.Reader
	head      []string
	columns   map[string]int
	rows, bad int
}

// growthColumns are the columns that mean something here; all others pass.
var growthColumns = []string{"sex", "age_days", "age", "age_unit", "birth_date", "measured_on", "weight_kg", "lenhei_cm", "measure", "oedema", "headc_cm", "muac_cm"}

func openSheet(r io.Reader) (*sheet, error) {
	text := bufio.NewReader(r)
	start, _ := text.Peek(4)
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return nil, growthFault("this is a workbook (XLSX), not CSV", "save the sheet as CSV")
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		text.Discard(3) // the mark that Excel sets before UTF-8
	}
	in := &sheet{csv: csv.NewReader(text), columns: map[string]int{}}
	in.csv.FieldsPerRecord = -1 // a row of another width is that row's fault
	head, err := in.csv.Read()
	if err == io.EOF {
		return nil, growthFault("the file is empty", "its first line names the columns")
	}
	if err != nil {
		return nil, unreadable(err)
	}
	in.head = head
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(growthColumns, name) {
			continue
		}
		if _, twice := in.columns[name]; twice {
			return nil, growthFault("the column "+name+" stands there twice", "leave one")
		}
		in.columns[name] = i
	}
	return in, in.complete()
}

// complete refuses a file that cannot give a z-score in any row, before the first is written.
func (in *sheet) complete() error {
	if !in.has("sex") {
		return growthFault("there is no column sex", "the first line names the columns, separated by commas")
	}
	if in.has("age_days") || in.has("age", "age_unit") || in.has("birth_date", "measured_on") {
		return nil
	}
	return growthFault("there is no age", "give age_days, or age and age_unit, or birth_date and measured_on")
}

func (in *sheet) has(names ...string) bool {
	for _, name := range names {
		if _, ok := in.columns[name]; !ok {
			return false
		}
	}
	return true
}

// unreadable tells the place; the parser's text never has a value.
func unreadable(err error) error {
	return growthFault("no CSV: "+strings.TrimPrefix(err.Error(), "parse "), "values with commas or quotes stand in quotes")
}

// each reads the rows in their order. Cells are as many as the header has.
func (in *sheet) each(today growth.Date, do func(m growth.Measurement, cells []string, faults string) error) error {
	for {
		cells, err := in.csv.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		in.rows++
		r := row{sheet: in, today: today}
		if len(cells) != len(in.head) {
			r.fault("row", "WIDTH")
			cells = append(cells, make([]string, len(in.head))...)[:len(in.head)]
		}
		r.cells = cells
		m := r.measurement()
		if len(r.faults) > 0 {
			in.bad++
		}
		if err := do(m, cells, strings.Join(r.faults, "; ")); err != nil {
			return err
		}
	}
}
