package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// What the store reads is neither printed nor logged, by itself, in a list or behind a pointer; and neither is a key.
func TestNothingThatTheStoreReadsIsPrintedOrLogged(t *testing.T) {
	const canary = "Kenanga"
	leg := LegFile{Leg: casework.Referral{Request: casework.LegRequest{Question: canary}}}
	account := Account{Name: canary, NIK: canary}
	for name, value := range map[string]any{
		"account": account, "*account": &account, "sign-in": SignIn{TOTP: canary, Subject: canary}, "invitation": Invitation{TOTP: canary},
		"block": Block{Reason: canary}, "hold": Hold{Order: canary}, "case": CaseFile{Case: casework.Case{Content: casework.CaseContent{HiddenAddress: canary}}},
		"leg": leg, "duty": DutyFile{Leg: &leg}, "*duty": &DutyFile{Leg: &leg}, "happening": Happening{Text: canary}, "note": Note{Note: casework.Note{Text: canary}},
		"task": TaskRow{Task: casework.Task{Content: casework.TaskContent{Text: canary}}}, "answer": Answered{Answer: []byte(canary)}, "key": Key{wrapped: []byte(canary)},
		"index": indexKeys{now: []byte(canary)}, "*index": &indexKeys{now: []byte(canary)}, "keys": &keyring{journal: []byte(canary)}, "store": &Store{keys: &keyring{journal: []byte(canary)}},
		"page": legPage{rows: []legRow{{leg: leg.Leg}}},
	} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			fmt.Fprintf(&out, verb, value)
			fmt.Fprintf(&out, verb, []any{value})
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("seen", "value", value, slog.Group("in", "value", value))
		}
		if text := out.String(); strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
			t.Errorf("%s tells %s", name, text)
		}
	}
	// The negative control: the values do hold it.
	if raw, err := json.Marshal(account); err != nil || !bytes.Contains(raw, []byte(canary)) {
		t.Errorf("%s %v", raw, err)
	}
}
