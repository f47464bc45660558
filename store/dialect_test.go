package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPlaceholdersAreNumbersAndQuotedTextStays(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT $2, $1":           "SELECT ?2, ?1",
		"a = $10 AND b=$1":        "a = ?10 AND b=?1",
		"'$1' || $1":              "'$1' || ?1",
		`"$1" = $2`:               `"$1" = ?2`,
		"'it''s $1' = $1":         "'it''s $1' = ?1",
		"$1 -- not $2\n + $3":     "?1 -- not $2\n + ?3",
		"/* $1 */ $1":             "/* $1 */ ?1",
		"'open $1":                "'open $1",
		"CAST($1 AS TEXT) $ $x $": "CAST(?1 AS TEXT) $ $x $",
		"":                        "",
	} {
		if got := numbered(query); got != want {
			t.Errorf("numbered(%q): got %q, want %q", query, got, want)
		}
	}
}

func FuzzNumbered(f *testing.F) {
	f.Add("SELECT $2, '$1' -- $3")
	f.Fuzz(func(t *testing.T, query string) {
		if got := numbered(query); len(got) != len(query) {
			t.Errorf("numbered(%q): got %q, which has another length", query, got)
		}
	})
}

type (
	testID    [16]byte
	testState string
	testLevel uint8
)

func TestColumnsComeBackAsTheyWentIn(t *testing.T) {
	s := openForTest(t, Config{})
	at := time.Date(2026, 5, 4, 3, 2, 1, 987654000, time.UTC)
	_, err := Update(context.Background(), s, func(w *Writer) (int64, error) {
		var (
			id     testID
			fixed  [16]byte
			state  testState
			level  testLevel
			text   string
			n      int64
			yes    bool
			bytes  []byte
			when   time.Time
			never  = at
			absent = []byte("x")
		)
		// In another order than their numbers: SQLite would number $n by first appearance.
		err := w.row("SELECT $11, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10",
			testID{1}, [16]byte{2}, testState("SENT"), testLevel(3), "text", 7, true, []byte("bytes"), at, time.Time{}, []byte(nil)).
			scan(&absent, id[:], &fixed, &state, &level, &text, &n, &yes, &bytes, &when, &never)
		if err != nil {
			return 0, err
		}
		got := []any{id, fixed, state, level, text, n, yes, bytes, when, never, absent}
		want := []any{
			testID{1}, [16]byte{2}, testState("SENT"), testLevel(3), "text", int64(7), true, []byte("bytes"), at, time.Time{}, []byte(nil),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("columns (-want +got):\n%s", diff)
		}
		err = w.row("SELECT NULL, NULL, NULL, NULL, NULL").scan(&id, &state, &level, &yes, fixed[:])
		if id != (testID{}) || state != "" || level != 0 || yes || fixed != [16]byte{} || err != nil {
			t.Errorf("NULL: got %v %v %v %v %v, %v, want zero values", id, state, level, yes, fixed, err)
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestScanRefusesWhatDoesNotFit(t *testing.T) {
	s := openForTest(t, Config{})
	_, err := Read(context.Background(), s, func(r *Reader) (int, error) {
		var id testID
		var level testLevel
		var text string
		for name, err := range map[string]error{
			"too few destinations":  r.row("SELECT 1, 2").scan(&level),
			"text to a number":      r.row("SELECT 'x'").scan(&level),
			"number to text":        r.row("SELECT 1").scan(&text),
			"256 to 8 bits":         r.row("SELECT 256").scan(&level),
			"15 bytes to an id":     r.row("SELECT $1", make([]byte, 15)).scan(id[:]),
			"17 bytes to an id":     r.row("SELECT $1", make([]byte, 17)).scan(&id),
			"a value, no pointer":   r.row("SELECT 1").scan(level),
			"a type of no column":   r.row("SELECT 1").scan(new(float64)),
			"a slice of other type": r.row("SELECT 1").scan(new([]string)),
		} {
			if !errors.Is(err, errScan) {
				t.Errorf("%s: got %v, want errScan", name, err)
			}
		}
		if err := r.row("SELECT $1", 1.5).scan(&text); err == nil {
			t.Error("a float as an argument: no error")
		}
		if err := r.row("SELECT 1 WHERE 1 = 2").scan(&level); !errors.Is(err, errNoRows) {
			t.Errorf("no row: got %v, want errNoRows", err)
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRowsCanBeNestedAndLeft(t *testing.T) {
	s := openForTest(t, Config{})
	const query = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3"
	_, err := Read(context.Background(), s, func(r *Reader) (int, error) {
		var pairs [][2]int64
		for outer := range r.rows(query) {
			var pair [2]int64
			if err := outer.scan(&pair[0]); err != nil {
				return 0, err
			}
			for inner := range r.rows(query) {
				if err := inner.scan(&pair[1]); err != nil {
					return 0, err
				}
				if pairs = append(pairs, pair); pair[1] == 2 {
					break
				}
			}
		}
		want := [][2]int64{{1, 1}, {1, 2}, {2, 1}, {2, 2}, {3, 1}, {3, 2}}
		if diff := cmp.Diff(want, pairs); diff != "" {
			t.Errorf("pairs (-want +got):\n%s", diff)
		}
		all, err := list(&r.tx, func(r row) (n int64, err error) { return n, r.scan(&n) }, query)
		if diff := cmp.Diff([]int64{1, 2, 3}, all); diff != "" || err != nil {
			t.Errorf("list: %v (-want +got):\n%s", err, diff)
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
