package client

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// retryPolicy lets grpc itself repeat a call whose connection was lost or whose server is stopping. A write may be repeated
// because it carries its request_id: the second try gets the answer of the first.
const retryPolicy = `{
	"methodConfig": [{
		"name": [{"service": ""}],
		"retryPolicy": {
			"maxAttempts": 5,
			"initialBackoff": "0.1s",
			"maxBackoff": "3s",
			"backoffMultiplier": 2,
			"retryableStatusCodes": ["UNAVAILABLE"]
		}
	}]
}`

const (
	maxTries  = 5
	firstWait = 100 * time.Millisecond
)

// requestID gives a write its id before the first try. The id stays in the caller's message: whoever calls again with the
// same message, after an outcome that nobody knows, settles it instead of filing twice.
func requestID(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, next grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if m, ok := req.(proto.Message); ok {
		identify(m.ProtoReflect())
	}
	return next(ctx, method, req, reply, cc, opts...)
}

// NewRequestID makes the id of a write, for a caller that has to know it before the call: to write it down beside an item that
// is not yet sent, or to name it in an error. It rises with time, unlike the ids of persons, cases and referrals, which must not tell when
// somebody came: the server keeps those of an account side by side, and nobody else sees them.
func NewRequestID() string { return uuid.Must(uuid.NewV7()).String() }

func identify(m protoreflect.Message) {
	field := m.Descriptor().Fields().ByName("request_id")
	if field == nil || field.Kind() != protoreflect.StringKind || m.Get(field).String() != "" {
		return
	}
	m.Set(field, protoreflect.ValueOfString(NewRequestID()))
}

// patience repeats what grpc's own policy cannot judge: a limit, after the time that the server names, and a lost
// serialisation. It gives up at once if the wait would outlive the context.
func patience(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, next grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	for try := 1; ; try++ {
		err := next(ctx, method, req, reply, cc, opts...)
		wait, again := pause(err, try)
		if !again || try == maxTries || !fits(ctx, wait) {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// pause is how long to wait before the next try, and whether there is one.
func pause(err error, try int) (time.Duration, bool) {
	switch status.Code(err) {
	case codes.ResourceExhausted:
		// Without RetryInfo it is a full disk or a message too large: waiting changes nothing.
		return RetryAfter(err)
	case codes.Aborted:
		return rand.N(firstWait << (try - 1)), Reason(err) != pb.ErrorReason_ETAG_MISMATCH
	default:
		return 0, false
	}
}

func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() == nil && (!ok || time.Until(deadline) > wait)
}
