package server

import (
	"context"
	"errors"
	"maps"
	"math"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// errorDomain is the domain of our reasons in google.rpc.ErrorInfo.
const errorDomain = "sinergi"

// Violation is one fault of a request. It never holds what was sent: an answer is copied into logs that no mask reaches.
type Violation struct {
	Field  string // lowerCamelCase path, such as measurements[1].weightKg; empty for the request as a whole
	Reason string // such as OUT_OF_RANGE
	Limit  string // what the contract's rule says, such as 120
}

// publicError is an answer as callers may read it: its texts follow from the reason alone.
type publicError struct {
	reason     pb.ErrorReason_Value
	meta       map[string]string
	retry      time.Duration // when it makes sense to call again
	violations []Violation
	conflict   *pb.ConflictDetail // with ETAG_MISMATCH of an update
}

func (e *publicError) Error() string { return e.reason.String() }

// because is an answer that its reason says whole.
func because(reason pb.ErrorReason_Value) *publicError { return &publicError{reason: reason} }

// unfit answers all faults of a request together. A fault of the request's id is the reason itself, for clients act on it.
func unfit(violations []Violation) *publicError {
	e := &publicError{reason: pb.ErrorReason_INVALID_FIELD, violations: violations}
	for _, v := range violations {
		if v.Reason == pb.ErrorReason_REQUEST_ID_MISSING.String() || v.Reason == pb.ErrorReason_REQUEST_ID_CONFLICT.String() {
			e.reason = reasonOf(v.Reason)
		}
	}
	return e
}

// publicOf is the one switch from what went wrong inside to what is said outside. What it does not know is INTERNAL.
func publicOf(err error) *publicError {
	var (
		public     *publicError
		refused    refusal
		stale      conflict
		rule       *casework.Error
		violations casework.Violations
	)
	switch {
	case errors.As(err, &public):
		return public
	case errors.As(err, &refused):
		return because(reasonOfOutcome(access.Outcome(refused)))
	case errors.As(err, &stale):
		return &publicError{reason: pb.ErrorReason_ETAG_MISMATCH, conflict: stale.detail}
	case errors.As(err, &rule):
		return publicOfRule(rule)
	case errors.As(err, &violations):
		return unfit(meantBy(violations))
	case errors.Is(err, store.ErrFull):
		return because(pb.ErrorReason_STORAGE_FULL)
	case errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrClock), errors.Is(err, store.ErrAway), errors.Is(err, store.ErrDoubt):
		return because(pb.ErrorReason_UNAVAILABLE)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return because(pb.ErrorReason_DEADLINE)
	}
	return publicOfStatus(err)
}

// reasonOfOutcome says a refusal of access. What Decide does not want to be told apart is one answer.
func reasonOfOutcome(o access.Outcome) pb.ErrorReason_Value {
	switch o {
	case access.Denied, access.Await, access.Invalid:
		return pb.ErrorReason_ACTION_NOT_ALLOWED
	case access.StepUp:
		return pb.ErrorReason_STEP_UP_REQUIRED
	case access.Unauthenticated:
		return pb.ErrorReason_UNAUTHENTICATED
	}
	return pb.ErrorReason_NOT_FOUND
}

// publicOfRule says an answer of the domain. A word that the contract lacks is a fault of a field, or ours.
func publicOfRule(e *casework.Error) *publicError {
	reason := reasonOf(e.Reason)
	if reason == pb.ErrorReason_UNSPECIFIED {
		if e.Kind != casework.KindInvalid || e.Field == "" {
			return because(pb.ErrorReason_INTERNAL)
		}
		reason = pb.ErrorReason_INVALID_FIELD
	}
	public := &publicError{reason: reason, meta: e.Meta}
	if e.Field != "" {
		public.violations = []Violation{{Field: e.Field, Reason: e.Reason}}
	}
	return public
}

// publicOfStatus says what gRPC itself answers. Its texts quote the caller or name Go types, so only the code is kept.
func publicOfStatus(err error) *publicError {
	switch status.Code(err) {
	case codes.Unimplemented:
		return because(pb.ErrorReason_ROUTE_NOT_FOUND)
	case codes.InvalidArgument:
		return unfit([]Violation{{Reason: "MALFORMED"}})
	case codes.NotFound:
		return because(pb.ErrorReason_NOT_FOUND)
	case codes.Unauthenticated:
		return because(pb.ErrorReason_UNAUTHENTICATED)
	case codes.ResourceExhausted:
		return because(pb.ErrorReason_BODY_TOO_LARGE)
	case codes.DeadlineExceeded, codes.Canceled:
		return because(pb.ErrorReason_DEADLINE)
	case codes.Unavailable:
		return because(pb.ErrorReason_UNAVAILABLE)
	}
	return because(pb.ErrorReason_INTERNAL)
}

func reasonOf(word string) pb.ErrorReason_Value {
	return pb.ErrorReason_Value(pb.ErrorReason_Value_value[word])
}

func meantBy(violations casework.Violations) []Violation {
	all := make([]Violation, len(violations))
	for i, v := range violations {
		all[i] = Violation{Field: v.Field, Reason: v.Reason}
	}
	return all
}

// status is the answer as it travels. A NOT_FOUND holds nothing that could tell one absence from another.
func (e *publicError) status(requestID string) *status.Status {
	said := reasons[e.reason]
	info := &errdetails.ErrorInfo{Reason: e.reason.String(), Domain: errorDomain}
	switch e.reason {
	case pb.ErrorReason_NOT_FOUND:
	case pb.ErrorReason_INTERNAL:
		info.Metadata = map[string]string{"request_id": requestID}
	default:
		info.Metadata = maps.Clone(e.meta)
	}
	details := []protoadapt.MessageV1{info}
	if len(e.violations) > 0 {
		details = append(details, badRequest(e.violations))
	}
	details = append(details,
		&errdetails.LocalizedMessage{Locale: "id", Message: said.id},
		&errdetails.LocalizedMessage{Locale: "en", Message: said.en})
	if e.conflict != nil {
		details = append(details, protoadapt.MessageV1Of(e.conflict))
	}
	if e.retry > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(e.retry)})
	}
	st, err := status.New(said.code, said.en).WithDetails(details...)
	if err != nil {
		return status.New(said.code, said.en) // all details are plain messages
	}
	return st
}

func badRequest(violations []Violation) *errdetails.BadRequest {
	bad := &errdetails.BadRequest{}
	for _, v := range violations {
		said := fieldText(v)
		bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
			Field: v.Field, Reason: v.Reason, Description: said.en,
			LocalizedMessage: &errdetails.LocalizedMessage{Locale: "id", Message: said.id},
		})
	}
	return bad
}

// reasonIn reads our reason back from an answer of the gRPC server, for the status line of REST.
func reasonIn(st *status.Status) pb.ErrorReason_Value {
	for _, d := range st.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok && info.GetDomain() == errorDomain {
			return reasonOf(info.GetReason())
		}
	}
	return pb.ErrorReason_UNSPECIFIED
}

// retryAfter is when to call again, in whole seconds.
func retryAfter(st *status.Status) int {
	for _, d := range st.Details() {
		if info, ok := d.(*errdetails.RetryInfo); ok {
			return int(math.Ceil(info.GetRetryDelay().AsDuration().Seconds()))
		}
	}
	return 0
}
