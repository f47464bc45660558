package cli_test

import (
	"context"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sinergi-pug/sinergi/client"
	"github.com/sinergi-pug/sinergi/client/cli"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// grammar is that of main, without the operator's commands.
type grammar struct {
	cli.Commands

	Unit struct {
		List    cli.UnitList    `cmd:""`
		Show    cli.UnitShow    `cmd:""`
		Officer cli.UnitOfficer `cmd:""`
	} `cmd:""`
	Region struct {
		List cli.RegionList `cmd:""`
	} `cmd:""`
}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sinergi": func() {
			streams := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
			os.Exit(cli.Run(&grammar{}, os.Args[1:], streams, cli.Start(nil)))
		},
	})
}

// Each script types what a user would, against a small server on this machine; `exits N` checks the exit code.
func TestCommandsDoWhatTheyPromise(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			server := grpc.NewServer(grpc.UnaryInterceptor(known))
			o := &office{}
			pb.RegisterReferralServiceServer(server, o)
			pb.RegisterCaseServiceServer(server, o)
			pb.RegisterDutyServiceServer(server, o)
			pb.RegisterDirectoryServiceServer(server, o)
			pb.RegisterAccountServiceServer(server, o)
			var running sync.WaitGroup
			running.Go(func() { _ = server.Serve(listener) })
			env.Defer(func() { server.Stop(); running.Wait() })
			env.Setenv("SINERGI_GRPC", listener.Addr().String())
			env.Setenv("SINERGI_TOKEN", workerToken)
			env.Setenv("TZ", "Asia/Jakarta")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs the command and compares its exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

const (
	workerToken = "sng_usr_worker"
	legName     = "referrals/6f0e7a52-0b8f-4b8e-9c0a-0a1b2c3d4e5f"
	legNumber   = "R-7K2M-9N"
	caseName    = "cases/1c9d2b63-5a4e-4d3c-8b2a-1f0e9d8c7b6a"
	caseNumber  = "K-4Q8X-DT"
	clinic      = "units/aaaaaaaa-5a4e-4d3c-8b2a-1f0e9d8c7b6a"
	hospital    = "units/bbbbbbbb-5a4e-4d3c-8b2a-1f0e9d8c7b6a"
)

var due = timestamppb.New(time.Date(2026, 11, 24, 2, 14, 0, 0, time.UTC))

// office is a server with one unit's work: enough to see what a command sends and how it prints the answer.
type office struct {
	pb.UnimplementedReferralServiceServer
	pb.UnimplementedCaseServiceServer
	pb.UnimplementedDutyServiceServer
	pb.UnimplementedDirectoryServiceServer
	pb.UnimplementedAccountServiceServer
}

func known(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	if !slices.Equal(md.Get("authorization"), []string{"Bearer " + workerToken}) {
		return nil, fault(codes.Unauthenticated, pb.ErrorReason_UNAUTHENTICATED, "no valid credential", nil)
	}
	return next(ctx, req)
}

func fault(code codes.Code, reason pb.ErrorReason_Value, text string, meta map[string]string, more ...protoadapt.MessageV1) error {
	info := &errdetails.ErrorInfo{Reason: reason.String(), Domain: client.Domain, Metadata: meta}
	s, err := status.New(code, text).WithDetails(append([]protoadapt.MessageV1{info}, more...)...)
	if err != nil {
		panic(err)
	}
	return s.Err()
}

func (o *office) leg() *pb.Referral {
	return &pb.Referral{
		Name: legName, Number: legNumber, State: pb.ReferralState_SENT, Service: pb.ReferralServiceType_SPECIALIST_PEDIATRIC,
		Urgency: pb.Urgency_ROUTINE, SenderUnit: clinic, ReceiverUnit: hospital, AccountableUnit: hospital,
		Duty: pb.DutyName_ACKNOWLEDGE, DueTime: due, Overdue: true, AllowedActions: []string{"acknowledge", "accept"},
	}
}

func (o *office) FileReferral(_ context.Context, req *pb.FileReferralRequest) (*pb.FileReferralResponse, error) {
	if req.GetNote() == "down" {
		return nil, status.Error(codes.Unavailable, "stopping")
	}
	if req.GetNewPerson().GetName() == "" {
		return nil, fault(codes.InvalidArgument, pb.ErrorReason_INVALID_FIELD, "Some fields are wrong.", nil,
			&errdetails.LocalizedMessage{Locale: "id", Message: "Ada isian yang salah."},
			&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{
				Field: "newPerson.name", Description: "at least 1 character",
				LocalizedMessage: &errdetails.LocalizedMessage{Locale: "id", Message: "paling sedikit 1 huruf"},
			}}})
	}
	if len(req.GetRequestId()) != 36 {
		return nil, fault(codes.InvalidArgument, pb.ErrorReason_REQUEST_ID_MISSING, "no request_id", nil)
	}
	return &pb.FileReferralResponse{Number: legNumber, RecordTime: due, Findings: []pb.Finding_Value{pb.Finding_HFA_LOW}}, nil
}

func (o *office) GetReferral(_ context.Context, req *pb.GetReferralRequest) (*pb.Referral, error) {
	if req.GetName() != legName && req.GetName() != "referrals/"+legNumber {
		return nil, fault(codes.NotFound, pb.ErrorReason_NOT_FOUND, "not found", nil)
	}
	leg := o.leg()
	leg.Client = &pb.Person{FullName: "Kirana\x1b[31m\tRosmala\u202e"}
	return leg, nil
}

func (o *office) ListReferrals(_ context.Context, req *pb.ListReferralsRequest) (*pb.ListReferralsResponse, error) {
	if req.GetDirection() == pb.ListReferralsRequest_Direction_OUTBOX {
		return &pb.ListReferralsResponse{}, nil
	}
	second := o.leg()
	second.Number, second.Overdue, second.State = "R-0000-00", false, pb.ReferralState_ACCEPTED
	return &pb.ListReferralsResponse{Referrals: []*pb.Referral{o.leg(), second}}, nil
}

func (o *office) AcceptReferral(_ context.Context, req *pb.AcceptReferralRequest) (*pb.Referral, error) {
	if req.GetName() != legName || req.GetRequestId() == "" {
		return nil, fault(codes.NotFound, pb.ErrorReason_NOT_FOUND, "not found", nil)
	}
	leg := o.leg()
	leg.State, leg.Officer = pb.ReferralState_ACCEPTED, req.GetOfficer()
	return leg, nil
}

func (o *office) DeclineReferral(context.Context, *pb.DeclineReferralRequest) (*pb.Referral, error) {
	return nil, fault(codes.FailedPrecondition, pb.ErrorReason_REFERRAL_STATE, "The state does not allow it.",
		map[string]string{"state": "CLOSED"})
}

func (o *office) CancelReferral(_ context.Context, req *pb.CancelReferralRequest) (*pb.Referral, error) {
	leg := o.leg()
	leg.State, leg.CancelReason = pb.ReferralState_CANCELLED, req.GetReason()
	return leg, nil
}

func (o *office) ReportOutcome(_ context.Context, req *pb.ReportOutcomeRequest) (*pb.Referral, error) {
	leg := o.leg()
	leg.State, leg.Outcome, leg.UnmetServices, leg.Summary = pb.ReferralState_REPORTED, req.GetOutcome(), req.GetUnmetServices(), req.GetSummary()
	return leg, nil
}

func (o *office) ConfirmReferral(_ context.Context, req *pb.ConfirmReferralRequest) (*pb.Referral, error) {
	if req.GetEtag() == "old" {
		return nil, fault(codes.Aborted, pb.ErrorReason_ETAG_MISMATCH, "stale", nil)
	}
	return o.leg(), nil
}

func (o *office) AcknowledgeReferral(context.Context, *pb.AcknowledgeReferralRequest) (*pb.Referral, error) {
	return nil, fault(codes.PermissionDenied, pb.ErrorReason_ACTION_NOT_ALLOWED, "not allowed", nil)
}

func (o *office) GetCase(_ context.Context, req *pb.GetCaseRequest) (*pb.Case, error) {
	if req.GetName() != "cases/"+caseNumber {
		return nil, fault(codes.NotFound, pb.ErrorReason_NOT_FOUND, "not found", nil)
	}
	return &pb.Case{Name: caseName, Number: caseNumber, Type: pb.CaseType_CHILD_NUTRITION_RISK, Unit: clinic}, nil
}

func (o *office) ListCases(_ context.Context, req *pb.ListCasesRequest) (*pb.ListCasesResponse, error) {
	return &pb.ListCasesResponse{Cases: []*pb.Case{{
		Name: caseName, Number: caseNumber, Type: req.GetType(), Status: pb.CaseStatus_REPORTED, Level: pb.Level_L1, Unit: clinic,
		Duty: pb.DutyName_SCREEN, DueTime: due, Client: &pb.Person{FullName: "Kirana Rosmala"},
	}}}, nil
}

func (o *office) AddMeasurement(_ context.Context, req *pb.AddMeasurementRequest) (*pb.Measurement, error) {
	if req.GetName() != caseName {
		return nil, fault(codes.NotFound, pb.ErrorReason_NOT_FOUND, "not found", nil)
	}
	m := req.GetMeasurement()
	return &pb.Measurement{
		MeasuredOn: m.GetMeasuredOn(), WeightKg: m.WeightKg, LengthCm: m.LengthCm, Position: m.GetPosition(), MuacCm: m.MuacCm,
		Assessment: &pb.Assessment{HeightForAge: &pb.IndexResult{Z: proto.Float64(-2.31), Category: pb.GrowthCategory_STUNTED}},
	}, nil
}

func (o *office) ListDuties(_ context.Context, req *pb.ListDutiesRequest) (*pb.ListDutiesResponse, error) {
	return &pb.ListDutiesResponse{Duties: []*pb.Duty{{
		Kind: pb.DutyKind_LEG, Name: legName, Number: legNumber, Duty: pb.DutyName_ACKNOWLEDGE, Unit: hospital, DueTime: due,
		EscalationLevel: 2, Overdue: true, AllowedActions: []string{"acknowledge"},
	}}}, nil
}

func (o *office) GetUnit(_ context.Context, req *pb.GetUnitRequest) (*pb.Unit, error) {
	switch req.GetName() {
	case clinic, "units/PKM-CIBINONG":
		return &pb.Unit{Name: clinic, Code: "PKM-CIBINONG", DisplayName: "Puskesmas Cibinong", Type: pb.UnitType_HEALTH_CENTER}, nil
	case hospital:
		return &pb.Unit{Name: hospital, Code: "RSUD-CIBINONG"}, nil
	}
	return nil, fault(codes.NotFound, pb.ErrorReason_NOT_FOUND, "not found", nil)
}

func (o *office) ListUnits(_ context.Context, req *pb.ListUnitsRequest) (*pb.ListUnitsResponse, error) {
	return &pb.ListUnitsResponse{Units: []*pb.Unit{{
		Name: clinic, Code: "PKM-CIBINONG", DisplayName: "Puskesmas Cibinong", Type: pb.UnitType_HEALTH_CENTER, Sector: pb.Sector_HEALTH,
		AreaCode: "32.01.01", Services: []*pb.OfferedService{{Service: req.GetService()}},
	}}}, nil
}

func (o *office) WhoAmI(context.Context, *pb.WhoAmIRequest) (*pb.WhoAmIResponse, error) {
	return &pb.WhoAmIResponse{Role: pb.Role_WORKER, Unit: hospital}, nil
}
