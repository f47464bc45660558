package statistics

import (
	"fmt"
	"testing"
)

// A unit's month of 4,000 children, cold: section 6 promises tens of milliseconds, opening the rows included.
func BenchmarkNutritionMonth(b *testing.B) { benchmarkChildren(b, Live, "nutrition-month", 4000) }

// A quarter's release of 500,000 measurements.
func BenchmarkStuntingQuarter(b *testing.B) {
	benchmarkChildren(b, Released, "stunting-kecamatan-quarter", 500_000)
}

func benchmarkChildren(b *testing.B, kind Kind, id string, n int) {
	table, _ := Find(kind, id)
	f := testFrame
	f.Period, f.Now = Parts(Quarter, 2027)[0], wib("2028-01-01 00:00")
	if kind == Live {
		f.Period = Parts(Month, 2027)[0]
	}
	rows := make([]Measurement, n)
	for i := range rows {
		rows[i] = Measurement{
			Child: fmt.Sprint("child", i*2/3), Day: f.Period.First() + Day(i%28), Seq: int64(i), Sex: "MALE", Months: i % 60, AgeKnown: true,
			Kecamatan: "32.01.13", HFA: "STUNTED", WFA: "UNDERWEIGHT", WFH: "WASTED", BFA: "WASTED", Trend: "GAINED", Weighed: true,
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Fold(table, f, Rows{Measurements: rows}); err != nil {
			b.Fatal(err)
		}
	}
}
