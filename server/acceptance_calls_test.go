package server_test

import (
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

type list struct {
	method string
	say    object
}

// lists are the calls that name nothing, and so may tell of anything.
var lists = []list{
	{"ListCases", object{}},
	{"ListCases", object{"closed": true}},
	{"ListReferrals", object{"direction": "INBOX"}},
	{"ListReferrals", object{"direction": "OUTBOX"}},
	{"ListReferrals", object{"overdue": true}},
	{"ListDuties", object{"scope": "ME"}},
	{"ListDuties", object{"scope": "UNIT"}},
	{"ListDuties", object{"scope": "OVERSEEN"}},
	{"ListNotices", object{}},
	{"ListReviews", object{}},
	{"ListReviews", object{"decided": true}},
	{"ListApprovals", object{}},
	{"ListApprovals", object{"ended": true}},
	{"ListRoster", object{}},
	{"ListAbsences", object{}},
	{"ListEntries", object{}},
	{"ListLeaves", object{}},
	{"ListJudgements", object{}},
}

// tellNothing are the lists that hold nothing of a person.
var tellNothing = []string{
	"ListUnits", "ListRegions", "WhoAmI", "ListAccounts", "ListPendingMemberships",
	"ListDatasets", "ListReleases", "GetCheckpoint", "ListCheckpoints", "ListJournalKeys", "GetInclusionProof", "GetConsistencyProof",
}

func TestAcceptanceListensByEveryListOfTheContract(t *testing.T) {
	t.Parallel()
	for name, m := range methods() {
		listed := slices.ContainsFunc(lists, func(l list) bool { return l.method == name })
		if m.verb == http.MethodGet && !strings.Contains(m.path, "{") && !listed && !slices.Contains(tellNothing, name) {
			t.Errorf("nobody listens by %s", name)
		}
	}
}

const nobody = "8a8f7f5e-0d4e-4f3b-9f0e-3d1a6d1c2b3a"

// sound are requests that lack nothing but the right to make them, for all methods that take the name of one thing.
var sound = map[string]object{
	"GetGrowthChart":       {"index": "HFA"},
	"DeclineReferral":      {"reason": "SAFETY"},
	"RecordProgress":       {"kind": "SERVED"},
	"ReportOutcome":        {"outcome": "FULL"},
	"CancelReferral":       {"reason": "SAFETY"},
	"RequestInfo":          {"questions": []string{"SAFETY"}},
	"ProvideInfo":          {"answers": []object{{"question": "SAFETY", "reply": "YES"}}},
	"ForwardReferral":      {"receiverUnit": "units/RSUD-CIBINONG"},
	"ReopenReferral":       {"reason": "belum selesai"},
	"ReassignReferral":     {"officer": "accounts/" + nobody, "reason": "petugas yang lama sedang tidak ada di tempat"},
	"RemindReferral":       {"reason": "sudah lewat batas waktu dan belum ada jawaban"},
	"AddMeasurement":       {"measurement": object{"measuredOn": "2026-01-05", "weightKg": 8.9, "lengthCm": 75.8, "position": "LYING"}},
	"UpdateCase":           {"updateMask": []string{"intakeChannel"}, "intakeChannel": "PHONE", "etag": "1"},
	"PlanCase":             {"services": []string{"NUTRITION_TREATMENT"}},
	"ResumeCase":           {"reason": "kembali"},
	"ReclassifyCase":       {"type": "CHILD_NUTRITION_RISK", "reason": "salah golongan"},
	"CloseCase":            {"reason": "CLIENT_REQUEST", "summary": "selesai"},
	"ReopenCase":           {"reason": "kembali"},
	"AddIncident":          {"incident": object{"occurredOn": "2026-01-05", "forms": []string{"PHYSICAL"}}},
	"AddNote":              {"text": "catatan"},
	"AddLegalStep":         {"status": "TRIAL", "occurredOn": "2026-01-05"},
	"RecordServiceConsent": {"answer": "GIVEN", "by": "SELF"},
	"AssignCase":           {"officer": "accounts/" + nobody, "reason": "petugas yang lama sedang tidak ada di tempat"},
	"RecordDisclosure": {"disclosure": object{
		"basis": "CONSENT", "giver": "SELF", "method": "SPOKEN", "explainedBy": "bidan", "purpose": "layanan", "receiverUnits": []string{"units/UPTD-PPA"},
	}},
	"AddTask":            {"text": "telepon Kamis", "dueTime": "2099-01-05T01:00:00Z"},
	"EndTask":            {"state": "DONE"},
	"AnswerReview":       {"text": "Pasien datang sendiri dan tidak sadar, keluarga tidak ada"},
	"DecideReview":       {"outcome": "FOUNDED", "reason": "alasan cukup"},
	"UpdatePerson":       {"updateMask": []string{"birthOrder"}, "person": object{"birthOrder": 2}, "etag": "1"},
	"AddHouseholdMember": {"member": object{"person": "persons/" + nobody, "role": "CHILD", "fromDate": "2026-01-05"}},
	"EndHouseholdMember": {"person": "persons/" + nobody, "untilDate": "2026-01-05"},
	"OpenCase":           {"reason": why30},
	"RaiseLevel":         {"level": "L3", "reason": "klien takut"},
	"LowerLevel":         {"level": "L2", "reason": why30},
	"AddBlock":           {"account": "accounts/" + nobody, "reason": "tetangga klien"},
	"RaiseReferralLevel": {"level": "L3", "reason": "klien takut"},
	"AddReferralBlock":   {"account": "accounts/" + nobody, "reason": "tetangga klien"},
	"RemoveBlock":        {"reason": why30},
	"SealCase":           {"reason": why30},
	"UnsealCase":         {"reason": why30},
	"SetLegalHold":       {"orderNumber": "12/Pid.Sus/2026", "reason": why30},
	"LiftLegalHold":      {"orderNumber": "13/Pid.Sus/2026", "reason": why30},
	"CopySubject":        {"requester": "SUBJECT", "reason": why30},
	"ErasePerson":        {"reason": why30},
	"Refuse":             {"reason": "alasannya tidak cukup"},
	"ChangeFamilyCard":   {"cardNumber": "3201011203850099", "reason": "MOVE", "fromDate": "2026-01-05"},
}

// overheard is a call about one thing.
type overheard struct {
	method method
	say    object
}

// questions are all calls of the contract that take the name of one thing; acts are left out unless asked for.
func questions(thing string, acts bool) (all []overheard) {
	kind, id, _ := strings.Cut(thing, "/")
	for _, name := range slices.Sorted(maps.Keys(methods())) {
		m := methods()[name]
		if !strings.Contains(m.path, "{name="+kind+"/*}") || m.verb != http.MethodGet && !acts || len(id) < 36 && !strings.HasPrefix(name, "Get") {
			continue // a number is for reading
		}
		say := object{"name": thing}
		maps.Copy(say, sound[string(m.Name())])
		all = append(all, overheard{m, say})
	}
	if !acts || len(id) < 36 {
		return all
	}
	for _, q := range aside[kind] {
		say := object{q.field: thing}
		maps.Copy(say, q.say)
		all = append(all, overheard{methods()[q.method], say})
	}
	return all
}

// aside are the calls that take the name of a thing somewhere else than in their path.
var aside = map[string][]struct {
	method, field string
	say           object
}{
	"cases": {
		{"FileReferral", "case", object{"note": "catatan"}},
		{"SuggestReceivers", "case", object{"service": "MEDICAL_CARE", "urgency": "ROUTINE"}},
	},
	"referrals": {{"SuggestReceivers", "referral", object{"service": "MEDICAL_CARE", "urgency": "ROUTINE"}}},
	"persons": {
		{"FileReferral", "person", object{"newCase": object{"type": "FAMILY_STUNTING_RISK"}}},
		{"FindMatches", "subject", nil},
	},
	"reviews": {
		{"ConfirmLink", "review", object{"relation": "SAME_PERSON", "basis": "HOME_VISIT"}},
		{"RejectLink", "review", object{"reason": "TWIN"}},
	},
}

// neverWas is a name of the same kind and form that was never given.
func neverWas(name string) string {
	kind, id, _ := strings.Cut(name, "/")
	if len(id) == 36 {
		return kind + "/" + newID()
	}
	var four [4]byte
	_, _ = rand.Read(four[:])
	if kind == "cases" {
		return kind + "/" + casework.NewNumber(casework.CaseNumber, four)
	}
	return kind + "/" + casework.NewNumber(casework.LegNumber, four)
}

// resource is the name of what was kept under a word; a number is a name too.
func resource(kept string) string {
	switch {
	case strings.HasPrefix(kept, "R-"):
		return "referrals/" + kept
	case strings.HasPrefix(kept, "K-"):
		return "cases/" + kept
	}
	return kept
}
