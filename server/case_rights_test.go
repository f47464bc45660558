package server

import (
	"encoding/csv"
	"os"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// The oracle of domain.md 7 names the action of access by which each event is decided: the service asks for the same.
func TestEachEventOfACaseIsDecidedByItsAction(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../domain/casework/testdata/case-transitions.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comment = '#'
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, line := range lines[1:] {
		event, action := casework.EventName(line[2]), line[7]
		if action == "" {
			continue // the system's
		}
		seen++
		if got := caseAct[event]; got.String() != action {
			t.Errorf("row %s %s: decided as %s, want %s", line[0], event, got, action)
		}
	}
	if seen < 30 {
		t.Errorf("%d rows read: the test has lost them", seen)
	}
}
