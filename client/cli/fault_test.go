package cli

import (
	"os"
	"regexp"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// reasonRow is a line of the reference: reason and gRPC code.
var reasonRow = regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\| ([A-Z_]+) \\|")

// The page of errors says with which code each reason comes, and which exit code follows from it: the command must do so for
// all of them, and for a state that stands in the way it must say what to do.
func TestEveryReasonOfTheReferenceHasItsExitCode(t *testing.T) {
	page, err := os.ReadFile("../../docs/reference/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	want := map[codes.Code]int{
		codes.NotFound: 3, codes.FailedPrecondition: 4, codes.Aborted: 4, codes.AlreadyExists: 4,
		codes.Unavailable: 5, codes.ResourceExhausted: 5, codes.DeadlineExceeded: 5,
	}
	rows := reasonRow.FindAllStringSubmatch(string(page), -1)
	if len(rows) != len(pb.ErrorReason_Value_value)-1 {
		t.Errorf("%d reasons on the page, %d in the contract", len(rows), len(pb.ErrorReason_Value_value)-1)
	}
	for _, r := range rows {
		var code codes.Code
		if err := code.UnmarshalJSON([]byte(`"` + r[2] + `"`)); err != nil {
			t.Fatal(err)
		}
		refusal, err := status.New(code, "refused").WithDetails(&errdetails.ErrorInfo{Reason: r[1], Domain: client.Domain})
		if err != nil {
			t.Fatal(err)
		}
		exit := want[code]
		if exit == 0 {
			exit = 1
		}
		got := ExitCode(explain("act", "en", refusal.Err()))
		if got != exit {
			t.Errorf("%s, %s: exit code %d, want %d", r[1], code, got, exit)
		}
		if code == codes.FailedPrecondition && remedies[pb.ErrorReason_Value(pb.ErrorReason_Value_value[r[1]])] == "" {
			t.Errorf("%s: nobody is told what to do", r[1])
		}
	}
}
