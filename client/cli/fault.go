package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// Exit codes, the same for every command. A script reads them: 4 means look again before repeating, 5 means repeat later.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitNotFound    = 3 // also "not yours"
	exitState       = 4 // state, etag or duplicate
	exitUnreachable = 5 // or over a limit
	exitDamage      = 6 // a verification found damage, or a file has rows in error
)

// kongUsage is the code that kong gives to wrong usage; the rest of the world says 2.
const kongUsage = 80

// Fault is an error for a person: what failed, why, what to do.
type Fault struct {
	What   string
	Why    string
	Remedy string
	Reason string // the API's, or empty
	Code   int    // exit code
}

func (f *Fault) Error() string {
	text := f.What + ": " + f.Why
	if f.Remedy != "" {
		text += "; " + f.Remedy
	}
	return text
}

// ExitCode is the code with which the program ends.
func (f *Fault) ExitCode() int { return f.Code }

// ExitCode gives the exit code of what a command returned. Any error that knows its own code is believed.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	var known interface{ ExitCode() int }
	if !errors.As(err, &known) {
		return exitFailed
	}
	if code := known.ExitCode(); code != kongUsage {
		return code
	}
	return exitUsage
}

// Report prints an error as one line, or as one JSON value.
func Report(w io.Writer, err error, asJSON bool) {
	message := strings.Join(strings.Fields(err.Error()), " ")
	if !asJSON {
		fmt.Fprintf(w, "sinergi: %s\n", clean(message))
		return
	}
	var f *Fault
	if !errors.As(err, &f) {
		f = &Fault{}
	}
	type body struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	}
	text, err := json.Marshal(map[string]body{"error": {f.Reason, message}})
	if err == nil {
		fmt.Fprintf(w, "%s\n", text)
	}
}

// explain makes a Fault of what the server answered; other errors stay as they are, with what failed before them.
func explain(what, language string, err error) error {
	var fault *Fault
	if err == nil || errors.As(err, &fault) {
		return err
	}
	if errors.Is(err, context.Canceled) || status.Code(err) == codes.Canceled {
		return fmt.Errorf("%s: interrupted: %w", what, context.Canceled)
	}
	if _, ok := status.FromError(err); !ok {
		return fmt.Errorf("%s: %w", what, err)
	}
	reason := client.Reason(err)
	fault = &Fault{What: what, Why: why(err, language), Remedy: remedies[reason], Code: exitCodes[status.Code(err)]}
	if reason != pb.ErrorReason_UNSPECIFIED {
		fault.Reason = reason.String()
	}
	if fault.Code == 0 {
		fault.Code = exitFailed
	}
	if after, ok := client.RetryAfter(err); ok {
		fault.Remedy = fmt.Sprintf("repeat after %v", after)
	}
	return fault
}

// why is the server's sentence with all fields that it refused, and the state that stands in the way.
func why(err error, language string) string {
	text := strings.TrimSuffix(client.Message(err, language), ".")
	if at := strings.LastIndex(text, "desc = "); at >= 0 {
		// Of a server that was not reached grpc tells a whole story; its last word is the cause.
		text = strings.Trim(text[at+len("desc = "):], `"`)
	}
	var fields []string
	for _, v := range client.Violations(err) {
		said := v.Text
		if language == "id" && v.Teks != "" {
			said = v.Teks
		}
		fields = append(fields, v.Field+": "+strings.TrimSuffix(said, "."))
	}
	if len(fields) > 0 {
		text += " (" + strings.Join(fields, ", ") + ")"
	}
	if changed := client.Conflict(err).GetFields(); len(changed) > 0 {
		var paths []string
		for _, field := range changed {
			paths = append(paths, field.GetPath())
		}
		text += " (others changed " + strings.Join(paths, ", ") + ")"
	}
	meta := client.Metadata(err)
	if state := meta["state"]; state != "" {
		text += fmt.Sprintf(" (state %s, possible: %s)", state, orNone(meta["allowed_actions"]))
	}
	for _, key := range []string{"guard", "referral", "case", "approval", "missing"} {
		if name := meta[key]; name != "" {
			text += " (" + name + ")"
		}
	}
	return text
}

func orNone(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

var exitCodes = map[codes.Code]int{
	codes.NotFound:           exitNotFound,
	codes.FailedPrecondition: exitState,
	codes.Aborted:            exitState,
	codes.AlreadyExists:      exitState,
	codes.Unavailable:        exitUnreachable,
	codes.ResourceExhausted:  exitUnreachable,
	codes.DeadlineExceeded:   exitUnreachable,
}

// remedies says what to do about a reason, where there is something to do.
var remedies = map[pb.ErrorReason_Value]string{
	pb.ErrorReason_INVALID_FIELD:         "correct the fields and send again",
	pb.ErrorReason_REQUEST_ID_REUSED:     "use a new --request-id for a new request",
	pb.ErrorReason_ID_UNUSABLE:           "choose another id",
	pb.ErrorReason_ETAG_MISMATCH:         "decide by what it says now, with its new --etag",
	pb.ErrorReason_NOT_FOUND:             "check the number; what is not yours looks the same",
	pb.ErrorReason_ACTION_NOT_ALLOWED:    "ask the officer or the supervisor of the case",
	pb.ErrorReason_UNAUTHENTICATED:       `sign in with "sinergi login", or give a valid token with --token-file or SINERGI_TOKEN`,
	pb.ErrorReason_STEP_UP_REQUIRED:      `give the second factor with "sinergi step-up"`,
	pb.ErrorReason_REFERRAL_STATE:        `look with "sinergi referral show"`,
	pb.ErrorReason_CASE_STATE:            `look with "sinergi case show"`,
	pb.ErrorReason_BASIS_MISSING:         "record a basis: consent, care, or an exception by an officer",
	pb.ErrorReason_RECEIVER_UNAVAILABLE:  `choose another unit with "sinergi unit list --service"`,
	pb.ErrorReason_SERVICE_MISMATCH:      `choose another unit with "sinergi unit list --service"`,
	pb.ErrorReason_SERVICE_NOT_ALLOWED:   "ask for another service",
	pb.ErrorReason_AREA_MISMATCH:         `choose another unit with "sinergi unit list --area"`,
	pb.ErrorReason_DUPLICATE_OPEN_LEG:    "follow the open referral",
	pb.ErrorReason_OFFICER_INVALID:       "name an active worker or supervisor of the receiver",
	pb.ErrorReason_ATTEMPTS_MISSING:      "record three attempts on two channels first",
	pb.ErrorReason_FOLLOW_UP_MISSING:     "name the following referral, or why there is none",
	pb.ErrorReason_CASE_EXISTS:           "use the open case",
	pb.ErrorReason_CHILD_AMBIGUOUS:       "name the person",
	pb.ErrorReason_CONFIRMATION_MISSING:  "measure the child first",
	pb.ErrorReason_RISK_MISSING:          "record the risk first",
	pb.ErrorReason_INFO_ROUNDS:           "accept it, or decline with a reason",
	pb.ErrorReason_HOP_LIMIT:             "decline with --suggested-unit",
	pb.ErrorReason_FORWARD_CYCLE:         "choose another unit, or decline with --suggested-unit",
	pb.ErrorReason_REOPEN_LIMIT:          "confirm it, and name what follows or why nothing does",
	pb.ErrorReason_CONSENT_MISSING:       `ask the client, then "sinergi case consent"`,
	pb.ErrorReason_NOT_URGENT:            "go the steps, or assess the risk first",
	pb.ErrorReason_NOTE_MISSING:          `write it with "sinergi case note --kind ASSESSMENT"`,
	pb.ErrorReason_PLAN_MISSING:          "plan with --services, and --agreed when the client agrees",
	pb.ErrorReason_SERVICE_MISSING:       `record it with "sinergi case note --kind SERVICE", or wait for the receiver`,
	pb.ErrorReason_TASKS_OPEN:            `end them with "sinergi task end"`,
	pb.ErrorReason_TYPE_CHANGE:           "close this case and open another, if it is one",
	pb.ErrorReason_TYPE_MISMATCH:         `"sinergi case reclassify" first`,
	pb.ErrorReason_OPEN_LEGS:             "confirm or cancel its referrals first",
	pb.ErrorReason_CLOSURE_UNMET:         "meet what this reason asks for, or give the true one",
	pb.ErrorReason_HANDOVER_LEG_MISSING:  "wait for the receiver's report on the referral of CASE_MANAGEMENT",
	pb.ErrorReason_TASK_STATE:            `look with "sinergi case show"`,
	pb.ErrorReason_REVIEW_STATE:          "it needs nothing more",
	pb.ErrorReason_DISCLOSURE_STATE:      "record a new basis",
	pb.ErrorReason_AWAITING_SECOND:       "wait for the second person, then repeat",
	pb.ErrorReason_SIGN_IN_FAILED:        "check account, password and code",
	pb.ErrorReason_AUTHORIZATION_PENDING: "approve the code, or wait",
	pb.ErrorReason_SIGN_ON_UNAVAILABLE:   "sign in with password and code",
	pb.ErrorReason_APPROVAL_STATE:        "read the approval again",
	pb.ErrorReason_BLOCK_STANDS:          "the block stays",
	pb.ErrorReason_LEGAL_HOLD:            "lift the hold first",
	pb.ErrorReason_LEVEL_FLOOR:           "choose a higher level",
	pb.ErrorReason_TOKEN_LIMIT:           "revoke a token first",
	pb.ErrorReason_COPY_REFUSED:          "give the copy to the client herself",
	pb.ErrorReason_ACCOUNT_STATE:         "read the account again",
	pb.ErrorReason_RELEASE_STATE:         `"sinergi stats release list" shows where it stands`,
	pb.ErrorReason_LINK_REJECTED:         "undo the rejection first",
	pb.ErrorReason_LINK_STATE:            "look at the matches again",
	pb.ErrorReason_RELEASE_HELD_ALREADY:  "tell the reviewer what is wrong with it",
	pb.ErrorReason_OPEN_DUTIES:           `"sinergi case transfer" first`,
	pb.ErrorReason_UNIT_HAS_OPEN_LEGS:    "let its referrals end first",
	pb.ErrorReason_LEGACY_PERIOD:         "open it as a new case, without legacy",
	pb.ErrorReason_DEPUTY_INVALID:        "name somebody present with the same role in the register",
	pb.ErrorReason_ABSENCE_OVERLAP:       `look with "sinergi absence list"`,
	pb.ErrorReason_MEMBER_ELSEWHERE:      `"sinergi household end" there first`,
	pb.ErrorReason_ETAG_REQUIRED:         "read it, then give its --etag",
	pb.ErrorReason_UPDATE_MASK_REQUIRED:  "say what is to be changed",
	pb.ErrorReason_RATE_LIMITED:          "repeat later",
	pb.ErrorReason_STORAGE_FULL:          "call the operator",
	pb.ErrorReason_INTERNAL:              "tell the operator the request id",
	pb.ErrorReason_UNAVAILABLE:           "check --grpc and the network, then repeat",
	pb.ErrorReason_DEADLINE:              "repeat",
}
