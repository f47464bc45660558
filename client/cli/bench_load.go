package cli

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

const (
	faceGRPC = "grpc"
	faceREST = "rest"
)

var benchFaces = []string{faceGRPC, faceREST}

// benchWork is one kind of call.
type benchWork struct {
	name   string
	token  string // of who calls; none for the echo
	writes bool   // and leaves the server work for later
	// next is what a caller calls next; nil if nothing is left. The answer is made by answer and handed to taken, over gRPC: over REST it is
	// read to its end and not parsed.
	next   func(caller int) (method string, req proto.Message)
	answer func() proto.Message
	taken  func(answer proto.Message)
}

// benchLoad makes up what is called about. All filings are of one puskesmas to one hospital, more than any unit has: lists and figures of
// a unit are measured at their worst.
type benchLoad struct {
	target *benchTarget
	filed  atomic.Int64 // cases

	fresh chan string // referrals that nobody has acknowledged yet
	ways  []benchWay  // by caller

	mu    sync.Mutex // guards known
	known []benchCase
}

// benchCase is what one filing made.
type benchCase struct{ name, referral string }

// benchWay is how far a caller is with its referral.
type benchWay struct {
	referral string
	step     int
}

const (
	// knownMost bounds the cases that are read, chosen evenly from all that were filed.
	knownMost = 50_000
	// freshMost bounds the referrals that wait for events.
	freshMost = 200_000
	// benchPage is the page of a list.
	benchPage = 20
)

func newBenchLoad(target *benchTarget) *benchLoad {
	return &benchLoad{
		target: target, fresh: make(chan string, freshMost),
		ways: make([]benchWay, benchCallers[len(benchCallers)-1]),
	}
}

// echo is the empty call, to a bare server of the same machine.
func (l *benchLoad) echo() benchWork {
	return benchWork{
		name: "echo",
		next: func(int) (string, proto.Message) {
			return healthpb.Health_Check_FullMethodName, &healthpb.HealthCheckRequest{}
		},
		answer: func() proto.Message { return &healthpb.HealthCheckResponse{} },
	}
}

// works are all that is measured, in an order in which each finds what it needs.
func (l *benchLoad) works() []benchWork {
	sender, receiver, head := l.target.sender, l.target.receiver, l.target.head
	return []benchWork{
		l.filing(),
		{name: "event", token: receiver, writes: true, next: l.event, answer: made[pb.Referral]},
		{
			name: "duties", token: sender, answer: made[pb.ListDutiesResponse],
			next: asks("DutyService/ListDuties", &pb.ListDutiesRequest{Scope: pb.ListDutiesRequest_Scope_UNIT, PageSize: benchPage}),
		},
		{
			name: "referral", token: receiver, answer: made[pb.Referral],
			next: func(int) (string, proto.Message) {
				return "ReferralService/GetReferral", &pb.GetReferralRequest{Name: l.any().referral}
			},
		},
		{
			name: "case", token: sender, answer: made[pb.Case],
			next: func(int) (string, proto.Message) {
				return "CaseService/GetCase", &pb.GetCaseRequest{Name: l.any().name}
			},
		},
		{
			name: "live", token: head, answer: made[pb.StatisticsTable],
			next: asks("StatisticsService/QueryLive", &pb.QueryLiveRequest{Table: "caseload", SkipMeta: true}),
		},
	}
}

// made makes an empty answer.
func made[M any, A interface {
	*M
	proto.Message
}]() proto.Message {
	return A(new(M))
}

// asks is a call that is always the same.
func asks(method string, req proto.Message) func(int) (string, proto.Message) {
	return func(int) (string, proto.Message) { return method, req }
}

func (l *benchLoad) filing() benchWork {
	return benchWork{
		name: "file", token: l.target.sender, writes: true, answer: made[pb.FileReferralResponse],
		next: func(int) (string, proto.Message) { return "ReferralService/FileReferral", l.child() },
		taken: func(answer proto.Message) {
			l.filed.Add(1)
			if filed, ok := answer.(*pb.FileReferralResponse); ok && len(filed.GetLegs()) > 0 {
				l.keep(benchCase{filed.GetCase(), filed.GetLegs()[0].GetReferral()})
			}
		},
	}
}

// child is a new child, short for her age, with one measurement and one referral to the paediatrician. Children are as unlike as those of a
// regency: each new record is compared with those of its register, and namesakes born on one day would cost more than they do there.
func (l *benchLoad) child() *pb.FileReferralRequest {
	today := time.Now().In(wib)
	return &pb.FileReferralRequest{
		RequestId: client.NewRequestID(),
		NewPerson: &pb.NewPerson{
			Name: madeName() + " " + madeName(), Sex: pb.Sex_FEMALE, NikAbsence: pb.NikAbsence_NOT_SHOWN,
			BirthDate: today.AddDate(0, 0, -480-rand.IntN(240)).Format(time.DateOnly),
			Mother:    &pb.Kin{Name: madeName() + " " + madeName()},
			Address:   &pb.Address{AreaCode: benchVillages[rand.IntN(len(benchVillages))]},
		},
		NewCase: &pb.NewCase{Type: pb.CaseType_CHILD_NUTRITION_RISK, IntakeChannel: pb.IntakeChannel_GROWTH_SESSION},
		Measurements: []*pb.NewMeasurement{{
			MeasuredOn: today.Format(time.DateOnly), WeightKg: proto.Float64(8.4), LengthCm: proto.Float64(75.2), Position: pb.Position_LYING,
		}},
		Legs:        []*pb.NewLeg{{Service: pb.ReferralServiceType_SPECIALIST_PEDIATRIC, ReceiverUnit: "units/" + benchReceiver}},
		Disclosures: []*pb.NewDisclosure{{Basis: pb.BasisKind_CARE}},
	}
}

var benchVillages = villages["32.01.01"]

// madeName is three or four syllables: 60 million names, so that a filing finds no open referral of a namesake.
func madeName() string {
	name := []byte{}
	for range 3 + rand.IntN(2) {
		name = append(name, "bcdghjklmnprstwy"[rand.IntN(16)], "aiueo"[rand.IntN(5)])
	}
	name[0] -= 'a' - 'A'
	return string(name) + "nhrsk"[rand.IntN(5):][:1]
}

// keep remembers a case to be read, each of all with the same chance, and its referral for events.
func (l *benchLoad) keep(c benchCase) {
	select {
	case l.fresh <- c.referral:
	default:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.known) < knownMost {
		l.known = append(l.known, c)
	} else if i := rand.N(l.filed.Load()); i < knownMost {
		l.known[i] = c
	}
}

// any is one of the known cases.
func (l *benchLoad) any() benchCase {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known[rand.IntN(len(l.known))]
}

// event is the next step of the caller's referral: acknowledged, accepted, served, reported; then another's.
func (l *benchLoad) event(caller int) (string, proto.Message) {
	way := &l.ways[caller]
	if way.step == 0 {
		select {
		case way.referral = <-l.fresh:
		default:
			return "", nil
		}
	}
	step := way.step
	way.step = (step + 1) % 4
	switch id := client.NewRequestID(); step {
	case 0:
		return "ReferralService/AcknowledgeReferral", &pb.AcknowledgeReferralRequest{Name: way.referral, RequestId: id}
	case 1:
		return "ReferralService/AcceptReferral", &pb.AcceptReferralRequest{Name: way.referral, RequestId: id}
	case 2:
		return "ReferralService/RecordProgress", &pb.RecordProgressRequest{Name: way.referral, RequestId: id, Kind: pb.ProgressKind_SERVED}
	default:
		return "ReferralService/ReportOutcome", &pb.ReportOutcomeRequest{
			Name: way.referral, RequestId: id, Outcome: pb.Outcome_FULL, Summary: "Layanan selesai.",
		}
	}
}

// fill files until there are so many cases; its first error ends it.
func (l *benchLoad) fill(ctx context.Context, cases int64) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	work := l.filing()
	var group sync.WaitGroup
	var left atomic.Int64
	left.Store(cases - l.filed.Load())
	for caller := range benchCallers[1] {
		group.Go(func() {
			for ctx.Err() == nil && left.Add(-1) >= 0 {
				if _, _, err := l.call(ctx, work, faceGRPC, caller); err != nil {
					fail(fmt.Errorf("file: %w", err))
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}
