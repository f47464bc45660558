package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
)

func TestNothingOfACasesFileIsPrintedOrLogged(t *testing.T) {
	closing := Closing{Summary: canary, Explanation: canary, ReceivingAuthority: canary}
	pair := Pair{Perpetrator: canary, NIK: canary}
	for name, value := range map[string]any{
		"plan": Plan{Note: canary}, "closing": closing, "ending": Ending{Closing: closing}, "start": Start{UrgentReason: canary},
		"note": Note{Text: canary}, "step": LegalStep{Text: canary},
		"task": Task{Content: TaskContent{Text: canary}}, "*task": &Task{Content: TaskContent{Reason: canary}}, "text": TaskContent{Text: canary},
		"counted": Counted{Incidents: []Incident{{Chronology: canary, Pairs: []Pair{pair}}}},
		"case":    Case{Content: CaseContent{Plan: Plan{Note: canary}, Closing: closing, UrgentReason: canary}},
	} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&out, verb, value)
			fmt.Fprintf(&out, verb, []any{value})
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("seen", "value", value, slog.Group("in", "value", value))
		}
		if tells(out.String()) {
			t.Errorf("%s tells %s", name, out.String())
		}
		// the negative control: the store does read it
		if raw, err := json.Marshal(value); err != nil || !bytes.Contains(raw, []byte(canary)) {
			t.Errorf("%s: %s %v", name, raw, err)
		}
	}
}
