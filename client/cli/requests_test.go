package cli_test

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/sinergi-pug/sinergi/client/cli"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// requests is what is typed, and what then goes to the server. In both, U1 to U3 stand for UUIDs; what is read from
// standard input stands in `in`. Changes carry a request_id besides.
var requests = []struct{ typed, in, method, want string }{
	{"referral file -", `{"note": "n"}`, "ReferralService.FileReferral", `{"note": "n"}`},
	{"referral file - --validate-only", `{"note": "n"}`, "ReferralService.FileReferral", `{"note": "n", "validateOnly": true}`},
	{"referral show R-7K2M-9N", "", "ReferralService.GetReferral", `{"name": "referrals/R-7K2M-9N"}`},
	{
		"referral list --outbox --overdue --state SENT,needs-info", "", "ReferralService.ListReferrals",
		`{"direction": "OUTBOX", "overdue": true, "states": ["SENT", "NEEDS_INFO"], "pageSize": 100}`,
	},
	{
		"referral suggest --case U1 --service LEGAL_AID --urgency EMERGENCY --excluded --limit 5", "", "ReferralService.SuggestReceivers",
		`{"case": "cases/U1", "service": "LEGAL_AID", "urgency": "EMERGENCY", "includeExcluded": true, "pageSize": 5}`,
	},
	{"referral suggest --referral U1", "", "ReferralService.SuggestReceivers", `{"referral": "referrals/U1", "pageSize": 20}`},
	{
		"referral acknowledge U1 --etag e --heard-by PHONE", "", "ReferralService.AcknowledgeReferral",
		`{"name": "referrals/U1", "etag": "e", "heardBy": "PHONE"}`,
	},
	{
		"referral request-info U1 --questions NEED,SAFETY --heard-by letter", "", "ReferralService.RequestInfo",
		`{"name": "referrals/U1", "questions": ["NEED", "SAFETY"], "heardBy": "LETTER"}`,
	},
	{
		"referral provide-info U1 --etag e --answers -", `{"answers": [{"question": "NEED", "reply": "YES", "text": "t"}]}`, "ReferralService.ProvideInfo",
		`{"name": "referrals/U1", "etag": "e", "answers": [{"question": "NEED", "reply": "YES", "text": "t"}]}`,
	},
	{
		"referral accept U1 --officer U2 --receiver-case U3", "", "ReferralService.AcceptReferral",
		`{"name": "referrals/U1", "officer": "accounts/U2", "receiverCase": "cases/U3"}`,
	},
	{
		"referral accept U1 --heard-by VISIT --officer-name -", "Ibu Rini\n", "ReferralService.AcceptReferral",
		`{"name": "referrals/U1", "heardBy": "VISIT", "officerName": "Ibu Rini"}`,
	},
	{
		"referral decline U1 --reason NO_CAPACITY --suggested-unit RSUD-CIBINONG --heard-by PHONE", "", "ReferralService.DeclineReferral",
		`{"name": "referrals/U1", "reason": "NO_CAPACITY", "suggestedUnit": "units/RSUD-CIBINONG", "heardBy": "PHONE"}`,
	},
	{
		"referral forward U1 --to UPTD-PPA --referral-id U2 --override-reason -", "why", "ReferralService.ForwardReferral",
		`{"name": "referrals/U1", "receiverUnit": "units/UPTD-PPA", "referralId": "U2", "overrideReason": "why"}`,
	},
	{
		"referral forward U1 --to UPTD-PPA --disclosure -", `{"basis": "CARE"}`, "ReferralService.ForwardReferral",
		`{"name": "referrals/U1", "receiverUnit": "units/UPTD-PPA", "disclosure": {"basis": "CARE"}}`,
	},
	{
		"referral progress U1 --kind SERVED --served-on 2026-11-20 --diagnosis CONFIRMED --note - --heard-by PHONE", "n", "ReferralService.RecordProgress",
		`{"name": "referrals/U1", "kind": "SERVED", "servedOn": "2026-11-20", "stuntingDiagnosis": "CONFIRMED", "note": "n", "heardBy": "PHONE"}`,
	},
	{
		"referral progress U1 --kind SCHEDULED --appointment 2026-12-01T09:00:00+07:00", "", "ReferralService.RecordProgress",
		`{"name": "referrals/U1", "kind": "SCHEDULED", "appointmentTime": "2026-12-01T02:00:00Z"}`,
	},
	{
		"referral report U1 --outcome NONE --reason CLIENT_UNREACHABLE --safety-checked-by U2 --summary - --heard-by LETTER", "s", "ReferralService.ReportOutcome",
		`{"name": "referrals/U1", "outcome": "NONE", "reason": "CLIENT_UNREACHABLE", "safetyCheckedBy": "accounts/U2", "summary": "s", "heardBy": "LETTER"}`,
	},
	{
		"referral confirm U1 --no-follow-up-reason -", "n", "ReferralService.ConfirmReferral",
		`{"name": "referrals/U1", "noFollowUpReason": "n"}`,
	},
	{"referral reopen U1 --reason -", "r", "ReferralService.ReopenReferral", `{"name": "referrals/U1", "reason": "r"}`},
	{"referral cancel U1 --reason SAFETY --yes", "", "ReferralService.CancelReferral", `{"name": "referrals/U1", "reason": "SAFETY"}`},
	{
		"referral reassign U1 --officer U2 --reason -", "r", "ReferralService.ReassignReferral",
		`{"name": "referrals/U1", "officer": "accounts/U2", "reason": "r"}`,
	},
	{"referral remind U1 --reason -", "r", "ReferralService.RemindReferral", `{"name": "referrals/U1", "reason": "r"}`},
	{"referral raise U1 --level l3 --reason -", "r", "ReferralService.RaiseReferralLevel", `{"name": "referrals/U1", "level": "L3", "reason": "r"}`},
	{"referral block U1 --account U2 --reason -", "r", "ReferralService.AddReferralBlock", `{"name": "referrals/U1", "account": "accounts/U2", "reason": "r"}`},
	{"referral block U1 --unit PKM-CIBINONG --reason -", "r", "ReferralService.AddReferralBlock", `{"name": "referrals/U1", "unit": "units/PKM-CIBINONG", "reason": "r"}`},
	{
		"referral batch ACKNOWLEDGE U1 referrals/U2", "", "ReferralService.BatchTransition",
		`{"event": "ACKNOWLEDGE", "names": ["referrals/U1", "referrals/U2"]}`,
	},

	{"case show K-4Q8X-DT", "", "CaseService.GetCase", `{"name": "cases/K-4Q8X-DT"}`},
	{"case list --type CHILD_STUNTING --closed", "", "CaseService.ListCases", `{"type": "CHILD_STUNTING", "closed": true, "pageSize": 100}`},
	{
		"case create -", `{"person": "persons/U1", "legacy": {"openedOn": "2026-01-02"}}`, "CaseService.CreateCase",
		`{"person": "persons/U1", "legacy": {"openedOn": "2026-01-02"}}`,
	},
	{
		"case update U1 --etag e --risk - --intake-channel PHONE", `{"level": "LOW"}`, "CaseService.UpdateCase",
		`{"name": "cases/U1", "etag": "e", "updateMask": ["risk", "intakeChannel"], "risk": {"level": "LOW"}, "intakeChannel": "PHONE"}`,
	},
	{
		"case update U1 --etag e --hidden-address -", "", "CaseService.UpdateCase",
		`{"name": "cases/U1", "etag": "e", "updateMask": ["hiddenAddress"]}`,
	},
	{"case screen U1 --etag e", "", "CaseService.ScreenCase", `{"name": "cases/U1", "etag": "e"}`},
	{"case assess U1 --risk -", `{"level": "HIGH"}`, "CaseService.AssessCase", `{"name": "cases/U1", "risk": {"level": "HIGH"}}`},
	{
		"case plan U1 --services LEGAL_AID,MEDIATION --agreed --note -", "n", "CaseService.PlanCase",
		`{"name": "cases/U1", "services": ["LEGAL_AID", "MEDIATION"], "agreedWithClient": true, "note": "n"}`,
	},
	{"case start U1 --urgent-reason -", "u", "CaseService.StartService", `{"name": "cases/U1", "urgentReason": "u"}`},
	{"case monitor U1", "", "CaseService.MonitorCase", `{"name": "cases/U1"}`},
	{"case resume U1 --reason -", "r", "CaseService.ResumeCase", `{"name": "cases/U1", "reason": "r"}`},
	{"case reclassify U1 --type CHILD_VIOLENCE --reason -", "r", "CaseService.ReclassifyCase", `{"name": "cases/U1", "type": "CHILD_VIOLENCE", "reason": "r"}`},
	{
		"case close U1 --reason HANDED_OVER --referral U2 --summary -", "s", "CaseService.CloseCase",
		`{"name": "cases/U1", "reason": "HANDED_OVER", "referral": "referrals/U2", "summary": "s"}`,
	},
	{
		"case close U1 --reason HANDED_OVER --receiving-authority -", "Kota Lain", "CaseService.CloseCase",
		`{"name": "cases/U1", "reason": "HANDED_OVER", "receivingAuthority": "Kota Lain"}`,
	},
	{
		"case close U1 --reason ENTERED_IN_ERROR --yes --duplicate-of U2 --deceased-on 2026-11-01 --safety-information-given --safety-checked --explanation -",
		"x", "CaseService.CloseCase",
		`{"name": "cases/U1", "reason": "ENTERED_IN_ERROR", "duplicateOf": "cases/U2", "deceasedOn": "2026-11-01",
		"safetyInformationGiven": true, "safetyChecked": true, "explanation": "x"}`,
	},
	{"case reopen U1 --reason -", "r", "CaseService.ReopenCase", `{"name": "cases/U1", "reason": "r"}`},
	{
		"case measure U1 --on 2026-11-24 --weight 8.5 --length 75.6 --position LYING --corrects U2 --stated-trend GAINED --not-passed", "", "CaseService.AddMeasurement",
		`{"name": "cases/U1", "measurement": {"measuredOn": "2026-11-24", "weightKg": 8.5, "lengthCm": 75.6, "position": "LYING",
		"corrects": "measurements/U2", "statedTrend": "GAINED", "developmentNotPassed": true}}`,
	},
	{
		"case incident U1 -", `{"forms": ["PHYSICAL"], "chronology": "c"}`, "CaseService.AddIncident",
		`{"name": "cases/U1", "incident": {"forms": ["PHYSICAL"], "chronology": "c"}}`,
	},
	{
		"case note U1 --kind SERVICE --service MEDIATION --served-on 2026-11-20 --text -", "t", "CaseService.AddNote",
		`{"name": "cases/U1", "kind": "SERVICE", "service": "MEDIATION", "servedOn": "2026-11-20", "text": "t"}`,
	},
	{"case note U1 --kind CONTACT_ATTEMPT --channel VISIT", "", "CaseService.AddNote", `{"name": "cases/U1", "kind": "CONTACT_ATTEMPT", "channel": "VISIT"}`},
	{
		"case legal U1 --status TRIAL --on 2026-11-20 --text -", "t", "CaseService.AddLegalStep",
		`{"name": "cases/U1", "status": "TRIAL", "occurredOn": "2026-11-20", "text": "t"}`,
	},
	{
		"case consent U1 --answer GIVEN --by SELF --on 2026-11-20", "", "CaseService.RecordServiceConsent",
		`{"name": "cases/U1", "answer": "GIVEN", "by": "SELF", "givenOn": "2026-11-20"}`,
	},
	{"case refuse-care U1 --yes", "", "CaseService.RefuseCare", `{"name": "cases/U1"}`},
	{
		"case assign U1 --officer U2 --release U3 --reason -", "r", "CaseService.AssignCase",
		`{"name": "cases/U1", "officer": "accounts/U2", "release": "accounts/U3", "reason": "r"}`,
	},
	{
		"case transfer --from U1 --to U2,U3 --reason -", "r", "CaseService.TransferCaseload",
		`{"from": "accounts/U1", "to": ["accounts/U2", "accounts/U3"], "reason": "r"}`,
	},
	{"case timeline K-4Q8X-DT", "", "CaseService.ListTimeline", `{"name": "cases/K-4Q8X-DT", "pageSize": 100}`},
	{
		"case roster --unit POS-MELATI-3 --month 2026-11 --not-weighed", "", "CaseService.ListRoster",
		`{"unit": "units/POS-MELATI-3", "month": "2026-11", "notWeighed": true, "pageSize": 100}`,
	},
	{"case growth U1", "", "CaseService.GetGrowthRecord", `{"name": "cases/U1"}`},
	{"case chart U1 --index WFH", "", "GrowthService.GetGrowthChart", `{"name": "cases/U1", "index": "WFH"}`},

	{"disclosure list U1", "", "CaseService.ListDisclosures", `{"name": "cases/U1"}`},
	{
		"disclosure record U1 - --etag e", `{"basis": "CONSENT", "receiverUnits": ["units/UPTD-PPA"]}`, "CaseService.RecordDisclosure",
		`{"name": "cases/U1", "etag": "e", "disclosure": {"basis": "CONSENT", "receiverUnits": ["units/UPTD-PPA"]}}`,
	},
	{"disclosure withdraw U1 --yes", "", "CaseService.WithdrawDisclosure", `{"name": "disclosures/U1"}`},

	{"duty list", "", "DutyService.ListDuties", `{"scope": "UNIT", "pageSize": 100}`},
	{"duty list --mine", "", "DutyService.ListDuties", `{"scope": "ME", "pageSize": 100}`},
	{"duty list --scope overseen --overdue", "", "DutyService.ListDuties", `{"scope": "OVERSEEN", "overdue": true, "pageSize": 100}`},
	{
		"task add U1 --due 2026-12-01T09:00:00+07:00 --officer U2 --text -", "t", "DutyService.AddTask",
		`{"name": "cases/U1", "dueTime": "2026-12-01T02:00:00Z", "officer": "accounts/U2", "text": "t"}`,
	},
	{"task end U1", "", "DutyService.EndTask", `{"name": "tasks/U1", "state": "DONE"}`},
	{"task end U1 --state not-due --reason -", "r", "DutyService.EndTask", `{"name": "tasks/U1", "state": "NOT_DUE", "reason": "r"}`},

	{
		"case glass K-4Q8X-DT --code MEDICAL_EMERGENCY --reason -", "r", "CaseService.OpenGlass",
		`{"caseNumber": "K-4Q8X-DT", "code": "MEDICAL_EMERGENCY", "reason": "r"}`,
	},
	{"glass cosign U1", "", "CaseService.CosignGlass", `{"name": "glasses/U1"}`},
	{"review answer U1 --text -", "t", "ReviewService.AnswerReview", `{"name": "reviews/U1", "text": "t"}`},
	{"person find --nik -", "3201015102940003", "PersonService.FindByNationalId", `{"nik": "3201015102940003"}`},
	{"case accesses K-4Q8X-DT", "", "CaseService.ListAccesses", `{"name": "cases/K-4Q8X-DT", "pageSize": 100}`},
	{"stats list --kind live", "", "StatisticsService.ListDatasets", `{"kind": "LIVE"}`},
	{"stats about kdrt-year", "", "StatisticsService.GetDataset", `{"dataset": "kdrt-year"}`},
	{
		"stats show kdrt-month --period 2026-01,2026-02 --dimension kecamatan:32.01.01,32.01.02 --filter jenis_kelamin:P --codes bps --label id", "",
		"StatisticsService.QueryReleased", `{"dataset": "kdrt-month", "dimension": ["kecamatan:32.01.01,32.01.02", "periode:2026-01,2026-02"],
			"filter": "jenis_kelamin:P", "idScheme": "BPS", "label": "ID"}`,
	},
	{
		"stats show violence-relation-month --live --period 2026-01 --until 2026-03 --reason -", "r", "StatisticsService.QueryLive",
		`{"table": "violence-relation-month", "period": "2026-01", "untilPeriod": "2026-03", "reason": "r"}`,
	},
	{
		"stats show ordinary-legs-week --overseen --period 2026W05 --csv - --bom --semicolon", "", "StatisticsService.QueryOverseen",
		`{"table": "ordinary-legs-week", "period": "2026W05", "format": "CSV", "bom": true, "delimiter": "SEMICOLON"}`,
	},
	{"stats show caseload --live --xlsx -", "", "StatisticsService.QueryLive", `{"table": "caseload", "format": "XLSX"}`},
	{
		"stats release list --dataset kdrt-year --state drawn", "", "StatisticsService.ListReleases",
		`{"dataset": "kdrt-year", "state": "DRAWN", "pageSize": 100}`,
	},
	{"stats release approve U1", "", "StatisticsService.ApproveRelease", `{"name": "releases/U1"}`},
	{"stats release hold U1 --reason -", "r", "StatisticsService.HoldRelease", `{"name": "releases/U1", "reason": "r"}`},
	{
		"stats release resolve U1 --outcome cancel --reason -", "r", "StatisticsService.ResolveRelease",
		`{"name": "releases/U1", "outcome": "CANCEL", "reason": "r"}`,
	},
	{
		"stats release resolve U1 --outcome publish --published -", "f", "StatisticsService.ResolveRelease",
		`{"name": "releases/U1", "outcome": "PUBLISH", "publishedFile": "Zg=="}`,
	},
	{"stats release export U1 --to -", "", "StatisticsService.ExportOpenData", `{"name": "releases/U1"}`},
	{"review list --decided", "", "ReviewService.ListReviews", `{"decided": true, "pageSize": 100}`},
	{"link candidates U1", "", "LinkageService.FindMatches", `{"subject": "persons/U1"}`},
	{"link candidates", "", "LinkageService.ListCandidates", `{"pageSize": 100}`},
	{"link show U1", "", "CaseService.GetCase", `{"name": "cases/U1"}`},
	{"link review m --reason -", "r", "LinkageService.RequestReview", `{"matchRef": "m", "reason": "r"}`},
	{"link reveal U1 --reason -", "r", "LinkageService.RevealForReview", `{"review": "reviews/U1", "reason": "r"}`},
	{
		"link confirm m --relation SAME_PERSON --basis home-visit --note -", "n", "LinkageService.ConfirmLink",
		`{"matchRef": "m", "relation": "SAME_PERSON", "basis": "HOME_VISIT", "note": "n"}`,
	},
	{
		"link confirm reviews/U1 --relation SAME_HOUSEHOLD --basis NIK_VERIFIED", "", "LinkageService.ConfirmLink",
		`{"review": "reviews/U1", "relation": "SAME_HOUSEHOLD", "basis": "NIK_VERIFIED"}`,
	},
	{"link reject m --reason not-sure", "", "LinkageService.RejectLink", `{"matchRef": "m", "reason": "NOT_SURE"}`},
	{"link undo U1 --reason -", "r", "LinkageService.UndoLink", `{"link": "links/U1", "reason": "r"}`},
	{"review decide U1 --outcome UNFOUNDED --reason -", "r", "ReviewService.DecideReview", `{"name": "reviews/U1", "outcome": "UNFOUNDED", "reason": "r"}`},
	{"case open U1 --reason -", "r", "CaseService.OpenCase", `{"name": "cases/U1", "reason": "r"}`},
	{"case raise U1 --level l3 --reason - --etag e", "r", "CaseService.RaiseLevel", `{"name": "cases/U1", "level": "L3", "reason": "r", "etag": "e"}`},
	{"case lower U1 --level L2 --reason -", "r", "CaseService.LowerLevel", `{"name": "cases/U1", "level": "L2", "reason": "r"}`},
	{"case block U1 --account U2 --reason -", "r", "CaseService.AddBlock", `{"name": "cases/U1", "account": "accounts/U2", "reason": "r"}`},
	{"case block U1 --unit PKM-CIBINONG --reason -", "r", "CaseService.AddBlock", `{"name": "cases/U1", "unit": "units/PKM-CIBINONG", "reason": "r"}`},
	{"case unblock U1 --reason -", "r", "CaseService.RemoveBlock", `{"name": "blocks/U1", "reason": "r"}`},
	{"case blocks K-4Q8X-DT", "", "CaseService.ListBlocks", `{"name": "cases/K-4Q8X-DT"}`},
	{"case seal U1 --reason -", "r", "CaseService.SealCase", `{"name": "cases/U1", "reason": "r"}`},
	{"case unseal U1 --reason -", "r", "CaseService.UnsealCase", `{"name": "cases/U1", "reason": "r"}`},
	{
		"case hold U1 --order - --reason testdata/why.txt", "12/2026", "CaseService.SetLegalHold",
		`{"name": "cases/U1", "orderNumber": "12/2026", "reason": "r"}`,
	},
	{
		"case hold U1 --lift --order - --reason testdata/why.txt", "13/2026", "CaseService.LiftLegalHold",
		`{"name": "cases/U1", "orderNumber": "13/2026", "reason": "r"}`,
	},
	{"case copy U1 --requester guardian --reason -", "r", "CaseService.CopySubject", `{"name": "cases/U1", "requester": "GUARDIAN", "reason": "r"}`},
	{"person erase U1 --yes --reason -", "r", "PersonService.ErasePerson", `{"name": "persons/U1", "reason": "r"}`},
	{"approval list --ended", "", "ReviewService.ListApprovals", `{"ended": true, "pageSize": 100}`},
	{"approval approve U1", "", "ReviewService.Approve", `{"name": "approvals/U1"}`},
	{"approval refuse U1 --reason -", "r", "ReviewService.Refuse", `{"name": "approvals/U1", "reason": "r"}`},

	{"notice list", "", "ReviewService.ListNotices", `{"pageSize": 100}`},

	{"person show U1", "", "PersonService.GetPerson", `{"name": "persons/U1"}`},
	{
		"person update U1 - --etag e --clear husband", `{"nameKind": "NAMED", "name": "Kirana", "birthDate": "2025"}`, "PersonService.UpdatePerson",
		`{"name": "persons/U1", "etag": "e", "updateMask": ["name", "birthDate", "husband"], "person": {"nameKind": "NAMED", "name": "Kirana", "birthDate": "2025"}}`,
	},
	{
		"person search --name - --born 2025 --area 32.01.01.1003", "Kirana", "PersonService.SearchPersons",
		`{"name": "Kirana", "birthYear": 2025, "areaCode": "32.01.01.1003"}`,
	},
	{"person search --mother -", "Imas", "PersonService.SearchPersons", `{"mother": "Imas"}`},
	{"household create -", `{"cardFrom": "2026-01-02"}`, "PersonService.CreateHousehold", `{"cardFrom": "2026-01-02"}`},
	{"household show U1", "", "PersonService.GetHousehold", `{"name": "households/U1"}`},
	{
		"household add U1 --person U2 --role CHILD --from 2026-01-02", "", "PersonService.AddHouseholdMember",
		`{"name": "households/U1", "member": {"person": "persons/U2", "role": "CHILD", "fromDate": "2026-01-02"}}`,
	},
	{
		"household end U1 --etag e --person U2 --until 2026-01-02", "", "PersonService.EndHouseholdMember",
		`{"name": "households/U1", "etag": "e", "person": "persons/U2", "untilDate": "2026-01-02"}`,
	},
	{
		"household card U1 --number - --reason MARRIAGE --from 2026-01-02", "3201010101010001\n", "PersonService.ChangeFamilyCard",
		`{"name": "households/U1", "cardNumber": "3201010101010001", "reason": "MARRIAGE", "fromDate": "2026-01-02"}`,
	},

	{
		"absence set --account U1 --deputy U2 --from 2026-12-01T00:00:00+07:00 --until 2026-12-08T00:00:00+07:00", "", "AccountService.SetAbsence",
		`{"account": "accounts/U1", "deputy": "accounts/U2", "fromTime": "2026-11-30T17:00:00Z", "untilTime": "2026-12-07T17:00:00Z"}`,
	},
	{"absence list", "", "AccountService.ListAbsences", `{"pageSize": 100}`},
	{"whoami", "", "AccountService.WhoAmI", `{}`},
	{"login", "", "AccountService.RedeemDevice", `{}`},
	{
		"account create bidan-rina --name Rina --role worker --unit PKM-CIBINONG", "3201374101900001\n", "AccountService.CreateAccount",
		`{"code": "bidan-rina", "fullName": "Rina", "nik": "3201374101900001", "role": "WORKER", "unit": "units/PKM-CIBINONG"}`,
	},
	{"account list --unit DINKES", "", "AccountService.ListAccounts", `{"unit": "units/DINKES", "pageSize": 100}`},
	{"account show accounts/U1", "", "AccountService.GetAccount", `{"name": "accounts/U1"}`},
	{"account invite accounts/U1", "", "AccountService.InviteAccount", `{"name": "accounts/U1"}`},
	{"account disable accounts/U1 --at-once", "", "AccountService.DisableAccount", `{"name": "accounts/U1", "atOnce": true}`},
	{
		"account enrol", "https://sinergi.example/setup#abc\np w\n123456\n", "AccountService.AcceptInvitation",
		`{"invitation": "abc", "password": "p w", "totpCode": "123456"}`,
	},
	{"account password", "p w\nnew p w\n", "AccountService.ChangePassword", `{"password": "p w", "newPassword": "new p w"}`},
	{"account codes", "", "AccountService.RenewRecoveryCodes", `{}`},
	{
		"membership add accounts/U1 --role supervisor --in DINKES", "", "AccountService.AddMembership",
		`{"name": "accounts/U1", "role": "SUPERVISOR", "unit": "units/DINKES"}`,
	},
	{"membership end U2", "", "AccountService.EndMembership", `{"name": "memberships/U2"}`},
	{"membership approve U2", "", "AccountService.ApproveMembership", `{"name": "memberships/U2"}`},
	{"membership pending", "", "AccountService.ListPendingMemberships", `{"pageSize": 100}`},
	{
		"login --password --account rina --unit PKM-CIBINONG --role worker", "p w\n123456\n", "AccountService.SignIn",
		`{"account": "rina", "password": "p w", "totpCode": "123456", "unit": "units/PKM-CIBINONG", "role": "WORKER"}`,
	},
	{
		"login --password --recovery", "rina\npw\nabcd-efgh\n", "AccountService.SignIn",
		`{"account": "rina", "password": "pw", "recoveryCode": "abcd-efgh"}`,
	},
	{"logout", "", "AccountService.SignOut", `{}`},
	{"step-up", "123456\n", "AccountService.StepUp", `{"totpCode": "123456"}`},
	{"step-up --recovery", "abcd-efgh\n", "AccountService.StepUp", `{"recoveryCode": "abcd-efgh"}`},
	{"switch memberships/U1", "", "AccountService.Switch", `{"membership": "memberships/U1"}`},
	{"device approve BCDF-GHJK --yes", "", "AccountService.ApproveDevice", `{"userCode": "BCDF-GHJK"}`},
	{
		"app create epus-melati --name ePuskesmas --unit POS-MELATI-3", "", "AccountService.CreateAccount",
		`{"code": "epus-melati", "fullName": "ePuskesmas", "kind": "APP", "role": "APP", "unit": "units/POS-MELATI-3"}`,
	},
	{
		"app token U1 --scopes file,status --cidr 10.1.0.0/16,2001:db8::/32 --until 2026-12-01T00:00:00+07:00", "", "AccountService.CreateAppToken",
		`{"name": "accounts/U1", "scopes": ["file", "status"], "cidrs": ["10.1.0.0/16", "2001:db8::/32"], "expireTime": "2026-11-30T17:00:00Z"}`,
	},
	{
		"app token accounts/U1 --certificate " + strings.Repeat("AB:", 31) + "AB", "", "AccountService.CreateAppToken",
		`{"name": "accounts/U1", "certificateSha256": "` + strings.Repeat("ab", 32) + `"}`,
	},
	{"app tokens U1", "", "AccountService.ListAppTokens", `{"name": "accounts/U1"}`},
	{"app revoke AbCdEf012345 --yes", "", "AccountService.RevokeAppToken", `{"name": "tokens/AbCdEf012345"}`},

	{"unit show PKM-CIBINONG", "", "DirectoryService.GetUnit", `{"name": "units/PKM-CIBINONG"}`},
	{
		"unit list --service LEGAL_AID --area 32.01.01 --type HOSPITAL --parent DINKES --inactive", "", "DirectoryService.ListUnits",
		`{"service": "LEGAL_AID", "areaCode": "32.01.01", "type": "HOSPITAL", "parent": "units/DINKES", "includeInactive": true, "pageSize": 100}`,
	},
	{"unit officer PKM-CIBINONG U1", "", "DirectoryService.SetDutyOfficer", `{"name": "units/PKM-CIBINONG", "officer": "accounts/U1"}`},
	{
		"journal list --since 2026-12-01T00:00:00+07:00 --until 2026-12-08T00:00:00+07:00 --action case.assign --refused", "", "JournalService.ListEntries",
		`{"since": "2026-11-30T17:00:00Z", "until": "2026-12-07T17:00:00Z", "action": "case.assign", "refused": true, "pageSize": 100}`,
	},
	{"journal judgements --open", "", "JournalService.ListJudgements", `{"open": true, "pageSize": 100}`},
	{"journal checkpoint", "", "JournalService.GetCheckpoint", `{}`},
	{"journal cosign -", "sinergi/journal\n1\n", "JournalService.AddCosignature", `{"note": "sinergi/journal\n1\n"}`},

	{"region list --parent 32.01", "", "DirectoryService.ListRegions", `{"parent": "32.01", "pageSize": 100}`},
}

// without are the methods that a shell has no command for, and why.
var without = map[string]string{
	"GrowthService.Assess":          "growth assess computes on this machine, without a server",
	"AccountService.BeginEnrolment": "account enrol begins with it and ends with AcceptInvitation",
	"AccountService.StartDevice":    "login begins with it and ends with RedeemDevice",
	"AccountService.BeginSignOn":    "login --sso begins with it and waits for a browser",
	"AccountService.CompleteSignOn": "login --sso ends with it",

	"JournalService.ListJournalKeys":     "journal export begins with it",
	"JournalService.ListCheckpoints":     "journal export goes on with it",
	"JournalService.ListLeaves":          "journal export ends with it",
	"JournalService.GetInclusionProof":   "for witnesses' programs: journal verify reckons it from the whole of a bundle",
	"JournalService.GetConsistencyProof": "for witnesses' programs: journal verify reckons it from the whole of a bundle",
}

func TestEveryMethodHasACommandThatSaysWhatWasTyped(t *testing.T) {
	server := &recorder{}
	addr := server.start(t)
	t.Setenv("SINERGI_TOKEN", workerToken)
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	missing := methods()
	for _, r := range requests {
		delete(missing, r.method)
		args := append(strings.Fields(ids.Replace(r.typed)), "--grpc", addr)
		var out, faults bytes.Buffer
		code := cli.Run(&grammar{}, args, cli.Streams{In: strings.NewReader(ids.Replace(r.in)), Out: &out, Err: &faults}, cli.Start(nil))
		method, got := server.last()
		if code != 0 || method != r.method {
			t.Errorf("%s: exit code %d, method %q, want %s: %s", r.typed, code, method, r.method, &faults)
			continue
		}
		want := dynamicpb.NewMessage(got.Descriptor())
		if err := protojson.Unmarshal([]byte(ids.Replace(r.want)), want); err != nil {
			t.Fatalf("%s: %v", r.typed, err)
		}
		if diff := cmp.Diff(proto.Message(want), proto.Message(got), protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", r.typed, diff)
		}
	}
	for method := range missing {
		if without[method] == "" {
			t.Errorf("%s has no command", method)
		}
	}
}

var ids = strings.NewReplacer(
	"U1", "11111111-1111-4111-8111-111111111111", "U2", "22222222-2222-4222-8222-222222222222", "U3", "33333333-3333-4333-8333-333333333333",
)

// methods are those of the contract.
func methods() map[string]bool {
	all := map[string]bool{}
	protoregistry.GlobalFiles.RangeFilesByPackage(pb.File_sinergi_v1_case_service_proto.Package(), func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				all[string(service.Name())+"."+string(service.Methods().Get(j).Name())] = true
			}
		}
		return true
	})
	return all
}

// recorder is a server that writes down what it was asked, and answers with nothing.
type recorder struct {
	mu     sync.Mutex // guards what follows
	method string
	asked  *dynamicpb.Message
}

func (r *recorder) start(t *testing.T) (addr string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.UnknownServiceHandler(r.record))
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() { server.Stop(); running.Wait() })
	return listener.Addr().String()
}

func (r *recorder) record(_ any, stream grpc.ServerStream) error {
	path, _ := grpc.MethodFromServerStream(stream)
	name := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", ".")
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return err
	}
	method := found.(protoreflect.MethodDescriptor)
	asked := dynamicpb.NewMessage(method.Input())
	if err := stream.RecvMsg(asked); err != nil {
		return err
	}
	if id := method.Input().Fields().ByName("request_id"); id != nil {
		if len(asked.Get(id).String()) != 36 {
			return fault(codes.InvalidArgument, pb.ErrorReason_REQUEST_ID_MISSING, "no request_id", nil)
		}
		asked.Clear(id) // every run has its own
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.method, r.asked = strings.TrimPrefix(name, "sinergi.v1."), asked
	return stream.SendMsg(dynamicpb.NewMessage(method.Output()))
}

// last gives what was asked last, once.
func (r *recorder) last() (method string, asked *dynamicpb.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	method, asked = r.method, r.asked
	r.method, r.asked = "", nil
	return method, asked
}
