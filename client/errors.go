package client

import (
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// Domain is the domain of our reasons in google.rpc.ErrorInfo.
const Domain = "sinergi"

// Violation is one field that the server refused.
type Violation struct {
	// Field is its path: `measurements[0].weight_kg`.
	Field string
	// Reason is the machine's word for what is wrong with it.
	Reason string
	// Text says it in English, Teks in Indonesian; either may be empty.
	Text string
	Teks string
}

// Reason tells why a call failed, wrapped or not. A server that was not reached or did not answer in time could say
// nothing: that is UNAVAILABLE and DEADLINE. UNSPECIFIED is no error, or one that is not ours.
func Reason(err error) pb.ErrorReason_Value {
	if info, ok := detail[*errdetails.ErrorInfo](err); ok && info.GetDomain() == Domain {
		return pb.ErrorReason_Value(pb.ErrorReason_Value_value[info.GetReason()])
	}
	switch status.Code(err) {
	case codes.Unavailable:
		return pb.ErrorReason_UNAVAILABLE
	case codes.DeadlineExceeded:
		return pb.ErrorReason_DEADLINE
	default:
		return pb.ErrorReason_UNSPECIFIED
	}
}

// Metadata is what the server says beside the reason: state, allowed_actions, referral. Nil if nothing.
func Metadata(err error) map[string]string {
	info, _ := detail[*errdetails.ErrorInfo](err)
	return info.GetMetadata()
}

// Violations lists the fields that the server refused, all of them.
func Violations(err error) []Violation {
	request, _ := detail[*errdetails.BadRequest](err)
	var all []Violation
	for _, v := range request.GetFieldViolations() {
		found := Violation{Field: v.GetField(), Reason: v.GetReason(), Text: v.GetDescription()}
		if local := v.GetLocalizedMessage(); local.GetLocale() == "id" {
			found.Teks = local.GetMessage()
		}
		all = append(all, found)
	}
	return all
}

// Conflict is what others changed since the etag of an update, with ETAG_MISMATCH and as far as the caller may read it. Nil if
// the server does not say.
func Conflict(err error) *pb.ConflictDetail {
	found, _ := detail[*pb.ConflictDetail](err)
	return found
}

// Message is the server's sentence in a language, "en" or "id"; what the status says if there is none.
func Message(err error, language string) string {
	for _, d := range status.Convert(err).Details() {
		if text, ok := d.(*errdetails.LocalizedMessage); ok && text.GetLocale() == language {
			return text.GetMessage()
		}
	}
	return status.Convert(err).Message()
}

// RetryAfter is how long the server asks to wait, and whether it asks.
func RetryAfter(err error) (time.Duration, bool) {
	info, ok := detail[*errdetails.RetryInfo](err)
	return info.GetRetryDelay().AsDuration(), ok
}

// detail finds a detail of a type in the status of an error.
func detail[T any](err error) (T, bool) {
	for _, d := range status.Convert(err).Details() {
		if found, ok := d.(T); ok {
			return found, true
		}
	}
	var none T
	return none, false
}
