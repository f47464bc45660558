package cli

import (
	"strconv"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/growth"
)

// row reads one measurement and gathers what is wrong with it, each as `column REASON`: values stay where they are.
type row struct {
	*sheet
	today  growth.Date
	cells  []string
	faults []string
}

func (r *row) fault(column, reason string) { r.faults = append(r.faults, column+" "+reason) }

// cell is the text of a column; nothing if the file has none, and for NA, as R writes what is missing.
func (r *row) cell(column string) string {
	i, ok := r.columns[column]
	if !ok {
		return ""
	}
	text := strings.TrimSpace(r.cells[i])
	if text == "NA" {
		return ""
	}
	return text
}

func (r *row) measurement() growth.Measurement {
	m := growth.Measurement{
		Sex:      code(r, "sex", map[string]growth.Sex{"m": growth.Male, "f": growth.Female}),
		Age:      r.age(),
		WeightKG: r.number("weight_kg"),
		LengthCM: r.number("lenhei_cm"),
		Position: code(r, "measure", map[string]growth.Position{"l": growth.Lying, "h": growth.Standing}),
		Oedema:   code(r, "oedema", map[string]bool{"y": true, "n": false}),
		HeadCM:   r.number("headc_cm"),
		MUACCM:   r.number("muac_cm"),
	}
	for _, f := range growth.Check(m) {
		r.fault(r.column(f.Field), f.Reason)
	}
	return m
}

// column is the name here of a field of the contract.
func (r *row) column(field string) string {
	switch field {
	case "length_cm":
		return "lenhei_cm"
	case "head_cm":
		return "headc_cm"
	case "age":
		if r.cell("age_days") != "" {
			return "age_days"
		}
	}
	return field
}

// code is what a letter stands for, in either case; empty is not known, and another code a fault.
func code[T any](r *row, column string, codes map[string]T) T {
	text := strings.ToLower(r.cell(column))
	value, ok := codes[text]
	if !ok && text != "" {
		r.fault(column, growth.UnknownCode)
	}
	return value
}

// number reads a decimal number; what only looks like one to a machine (0x10, 1_0) is none. NaN and infinities are for
// [growth.Check] to refuse.
func (r *row) number(column string) growth.Value {
	text := r.cell(column)
	if text == "" {
		return growth.Value{}
	}
	figure, err := strconv.ParseFloat(text, 64)
	tooLarge := err != nil && figure != 0
	if err != nil && !tooLarge || strings.ContainsAny(text, "xX_") {
		r.fault(column, growth.NotANumber)
		return growth.Value{}
	}
	return growth.Some(figure)
}

// age takes the first form that the row has.
func (r *row) age() growth.Age {
	if days, ok := r.number("age_days").Get(); ok {
		return growth.AgeInDays(days)
	}
	if age, ok := r.number("age").Get(); ok {
		return r.ageIn(age)
	}
	return r.ageByDates()
}

func (r *row) ageIn(age float64) growth.Age {
	switch strings.ToLower(r.cell("age_unit")) {
	case "months":
		return growth.AgeInMonths(age)
	case "days":
		return growth.AgeInDays(age)
	case "":
		r.fault("age_unit", "MISSING")
	default:
		r.fault("age_unit", growth.UnknownCode)
	}
	return growth.Age{}
}

// ageByDates leaves the age unknown without a birth date, as the standard does; a birth date needs a day of measuring.
func (r *row) ageByDates() growth.Age {
	birth, born := r.date("birth_date")
	on, measured := r.date("measured_on")
	if born && !measured && r.cell("measured_on") == "" {
		r.fault("measured_on", "MISSING")
	}
	if !born || !measured {
		return growth.Age{}
	}
	faults := growth.CheckDates(birth, on, r.today)
	for _, f := range faults {
		r.fault(f.Field, f.Reason)
	}
	if faults != nil {
		return growth.Age{}
	}
	return growth.AgeBetween(birth, on)
}

func (r *row) date(column string) (growth.Date, bool) {
	text := r.cell(column)
	if text == "" {
		return 0, false
	}
	d, err := growth.ParseDate(text)
	if err != nil {
		r.fault(column, "DATE_INVALID")
	}
	return d, err == nil
}
