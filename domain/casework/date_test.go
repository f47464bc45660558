package casework

import (
	"encoding/json"
	"testing"
	"time"
)

func TestADateIsReadWholeOrNotAtAll(t *testing.T) {
	for _, text := range []string{"2024-02-29", "1970-01-01", "1969-12-31", "2026-12-31"} {
		if got := mustDate(t, text); got.String() != text || DateOf(got.Time()) != got {
			t.Errorf("%s is read as %s", text, got)
		}
	}
	for _, text := range []string{"", "2025-02-29", "2024-02-31", "2024-13-01", "2024-00-10", "2024-7-5", "24-07-05", "05-07-2024", "2024-07-05 00:00:00", " 2024-07-05"} {
		if got, ok := ParseDate(text); ok {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

func TestBirthDatesAreAsPreciseAsTheyAreKnown(t *testing.T) {
	for text, precision := range map[string]Precision{"2024-07-05": ToDay, "2024-07": ToMonth, "2024": ToYear} {
		got, ok := ParseBirthDate(text)
		if !ok || got.Precision != precision || got.String() != text {
			t.Errorf("%s: got %s %v", text, got, got.Precision)
		}
		raw, err := json.Marshal(got)
		var back BirthDate
		if err != nil || json.Unmarshal(raw, &back) != nil || back != got {
			t.Errorf("%s does not come back from %s", text, raw)
		}
	}
	for _, text := range []string{"2025-02-29", "2024-13", "24", "0", "2024-07-", "1700", "20240705", "lusa"} {
		if got, ok := ParseBirthDate(text); ok {
			t.Errorf("%q is read as %s", text, got)
		}
	}
	var none BirthDate
	if raw, err := json.Marshal(none); err != nil || json.Unmarshal(raw, &none) != nil || none.Precision != Nothing {
		t.Errorf("no birth date: %s %v", raw, err)
	}
	if json.Unmarshal([]byte(`"kemarin"`), &none) == nil {
		t.Error("a word is a birth date")
	}
}

// PC-16: three limits nearly coincide; this one is 60 completed months.
func TestSixtyCompletedMonths(t *testing.T) {
	for _, tt := range []struct {
		born, on string
		months   int
	}{
		{"2021-03-01", "2026-02-28", 59},
		{"2021-03-01", "2026-03-01", 60},
		{"2020-02-29", "2025-02-28", 59},
		{"2020-02-29", "2025-03-01", 60},
		{"2024-01-31", "2024-02-29", 0},
		{"2024-01-31", "2024-03-01", 1},
		{"2024-07-05", "2024-07-05", 0},
		{"2024-07-05", "2024-07-04", -1},
	} {
		born := BornOn(mustDate(t, tt.born))
		on := mustDate(t, tt.on)
		if got := born.CompletedMonths(on); got != tt.months {
			t.Errorf("born %s, on %s: got %d, want %d", tt.born, tt.on, got, tt.months)
		}
		if got, want := CaseAge(born, on), tt.months >= 0 && tt.months < 60; got != want {
			t.Errorf("born %s, on %s: case age %v", tt.born, tt.on, got)
		}
	}
	if CaseAge(BirthDate{}, mustDate(t, "1972-01-01")) {
		t.Error("a child of unknown age has the age of a case")
	}
}

func TestAge(t *testing.T) {
	born := BornOn(mustDate(t, "2008-02-29"))
	for on, want := range map[string]int{"2026-02-28": 17, "2026-03-01": 18, "2008-02-29": 0, "2007-01-01": 0} {
		if got, ok := born.AgeOn(mustDate(t, on)); !ok || got != want {
			t.Errorf("on %s: got %d, want %d", on, got, want)
		}
	}
	if _, ok := (BirthDate{}).AgeOn(0); ok {
		t.Error("an unknown birth date has an age")
	}
}

func TestTheDayIsThatOfTheRegency(t *testing.T) {
	at := time.Date(2026, 2, 28, 17, 0, 0, 0, time.UTC)
	if got := DateOf(at).String(); got != "2026-03-01" {
		t.Errorf("17:00Z is of %s", got)
	}
	if got := DateOf(at.Add(-time.Microsecond)).String(); got != "2026-02-28" {
		t.Errorf("a microsecond before is of %s", got)
	}
}

func FuzzDates(f *testing.F) {
	f.Add("2024-07-05")
	f.Add("2024-07")
	f.Fuzz(func(t *testing.T, text string) {
		if d, ok := ParseDate(text); ok && d.String() != text {
			t.Errorf("%q becomes %s", text, d)
		}
		if b, ok := ParseBirthDate(text); ok && b.String() != text {
			t.Errorf("%q becomes %s", text, b)
		}
	})
}
