package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "Kenanga"

// private are values full of what nobody may read in a log.
func private() map[string]any {
	kin := Kin{Name: canary}
	identity := PersonIdentity{
		Name: canary, Mother: kin, Address: Address{Text: canary, AreaCode: canary}, SafeContact: SafeContact{Phone: canary, Instructions: canary},
		Identifiers: []Identifier{{Type: IDNIK, Value: canary}},
	}
	pair := Pair{Perpetrator: canary, NIK: canary}
	incident := Incident{Chronology: canary, Pairs: []Pair{pair}}
	risk := Risk{Reason: canary}
	content := CaseContent{Risk: risk, AssessmentNote: canary}
	measured := MeasurementContent{MeasuredBy: canary}
	given := DisclosureContent{GiverName: canary, GiverNIK: canary, Reason: canary, ExplainedBy: canary, OrderNumber: canary}
	request, report := LegRequest{Question: canary, OverrideReason: canary, NoFollowUpReason: canary, ReopenReason: canary}, LegReport{Summary: canary}
	card := FamilyCard{Number: canary}
	answer := InfoAnswer{Question: AskOther, Text: canary}
	return map[string]any{
		"household": Household{Content: HouseholdContent{Address: Address{Text: canary}}, Cards: []FamilyCard{card}}, "*household": &Household{Cards: []FamilyCard{card}},
		"card": card, "*card": &card, "home": HouseholdContent{Address: Address{Text: canary}},
		"sought": Sought{Name: canary}, "legacy": Legacy{SimfoniNumber: canary},
		"answer": answer, "acceptance": Acceptance{OfficerName: canary}, "forwarding": Forwarding{Question: canary, OverrideReason: canary},
		"person": Person{Identity: identity}, "*person": &Person{Identity: identity}, "identity": identity, "kin": kin,
		"address": identity.Address, "contact": identity.SafeContact, "identifier": identity.Identifiers[0],
		"incident": incident, "pair": pair, "risk": risk, "case": Case{Content: content}, "content": content,
		"measurement": Measurement{Content: measured}, "measured": measured, "disclosure": Disclosure{Content: given}, "given": given,
		"leg": Referral{Request: request, Report: report}, "request": request, "report": report, "*leg": &Referral{Request: request},
		"progress": Progress{Note: canary}, "reporting": Reporting{Summary: canary}, "assessment": Assessment{Note: canary, Risk: risk},
		"somebody": Somebody{Name: canary, NIK: canary}, "review": Review{Reason: canary}, "*review": &Review{Reason: canary},
	}
}

func TestNothingPersonalIsPrintedOrLogged(t *testing.T) {
	for name, value := range private() {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			if text := fmt.Sprintf(verb, value); tells(text) {
				t.Errorf("%s by %s tells %s", name, verb, text)
			}
			if text := fmt.Sprintf(verb, []any{value}); tells(text) {
				t.Errorf("a list of %s by %s tells %s", name, verb, text)
			}
		}
		var out bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(h).Info("seen", "value", value, slog.Group("in", "value", value))
		}
		if tells(out.String()) {
			t.Errorf("%s in slog tells %s", name, out.String())
		}
	}
}

// tells finds the canary as text, and as the hexadecimal that %x makes of it.
func tells(text string) bool {
	return strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary))
}

// The negative control: the same values do hold the canary, so that the test above can fail.
func TestTheStoreStillReadsWhatIsHidden(t *testing.T) {
	for name, value := range private() {
		raw, err := json.Marshal(value)
		if err != nil || name != "incident" && !bytes.Contains(raw, []byte(canary)) {
			t.Errorf("%s: %s %v", name, raw, err)
		}
	}
}

func TestErrorsTellReasonAndFieldAlone(t *testing.T) {
	err := Exists("ALREADY_EXISTS", "code")
	told := err.With("state", "SENT").With("unit", "units/X")
	if err.Error() != "ALREADY_EXISTS (code)" || Precondition("CASE_STATE").Error() != "CASE_STATE" {
		t.Errorf("%v", err)
	}
	if len(err.Meta) != 0 || len(told.Meta) != 2 {
		t.Error("With changes the error that it was called on")
	}
}

func TestIDsHaveOneForm(t *testing.T) {
	const text = "8e5f4f7e-4a2c-4d8e-9a57-2f6d0c1b7a11"
	id, ok := ParseID(strings.ToUpper(text))
	if !ok || id.String() != text || !id.IsV4() {
		t.Errorf("ParseID: %s %v", id, ok)
	}
	if v7, ok := ParseID("019ab2c4-4a2c-7d8e-9a57-2f6d0c1b7a11"); !ok || v7.IsV4() {
		t.Error("a v7 is no v4")
	}
	for _, wrong := range []string{
		"", text[1:], text + "0", "{" + text[1:], strings.ReplaceAll(text, "-", ""), "8e5f4f7e4-a2c-4d8e-9a57-2f6d0c1b7a11", strings.Replace(text, "e", "g", 1),
		"-e5f4f7e-4a2c-4d8e-9a57-2f6d0c1b7a11", strings.Repeat("-", 36),
	} {
		if got, ok := ParseID(wrong); ok {
			t.Errorf("%q is read as %s", wrong, got)
		}
	}
}
