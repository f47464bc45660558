// Package server is how Sinergi is reached: one set of gRPC services with a REST face, and the operator's commands.
//
// It promises: every call, by whichever face, goes through one chain (interceptors.go) and is authenticated before anything
// is said of its content; all faults of a request come in one answer, each with its path, in two languages; what is not the
// caller's and what never was are the same bytes at the same beat; no answer, log line or header repeats what a caller sent
// or what Go says. It never decides who may see what: that is access.Decide, and view.go is the only way from a record to a
// message.
//
// Begin with New, then the chain; serve.go is the life of what New has made, gateway.go is the way of a REST call to the same handlers, errors.go the one switch from
// what went wrong to what is said.
package server

import (
	"context"
	"crypto/cipher"
	"crypto/tls"
	"fmt"
	"io"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"buf.build/go/protovalidate"
	lru "github.com/hashicorp/golang-lru/v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Server serves the contract on two addresses. New makes it, Listen binds it, Serve runs it until its context ends.
type Server struct {
	cfg      Config
	store    *store.Store
	log      *slog.Logger
	hooks    hooks
	proofs   *lru.Cache[string, heldAgainst] // of credentials, by id
	lastUses lastUses                        // of apps' tokens
	signOn   *provider                       // the regency's; nil: none is configured
	begins   *limiter                        // of sign-ins that wait for a word from elsewhere, by peer
	cursors  cipher.AEAD                     // seals page tokens
	lives    *lru.Cache[liveKey, keptCount]  // counts of units, see live_cache.go
	longest  time.Duration                   // a call may take
	peers    *limiter
	accounts *limiter
	searches *limiter // by name
	misses   *quota   // answers NOT_FOUND
	lookups  *quota   // by NIK, that show nothing
	matches  *quota   // FindMatches
	reveals  *quota   // RevealForReview
	apps     *appDays
	metrics  *metrics
	open     *openStreams
	room     *admission                                                  // for calls
	fullTold atomic.Int64                                                // when the log was last told that there is none
	slow     *throttle                                                   // of sign-in
	identify func(ctx context.Context, idToken string) (identity, error) // asks the regency's sign-on; nil: there is none

	cores       chan struct{}               // a turn at hashing a password each
	nobodysHash [argonSalt + argonHash]byte // of no password

	lists       atomic.Pointer[regencyLists]        // that figures are counted by
	mornings    sync.Mutex                          // one count of what offices oversee at a time
	morningDone atomic.Int64                        // the newest day that was counted
	witnesses   []*journal.Verifier                 // whose cosignatures are kept
	template    templateOrder                       // of the workbooks of offices
	shown       *lru.Cache[shownKey, *shownRelease] // texts of releases, read
	drawnNoted  atomic.Bool                         // the key folder knows what this database has drawn
	cards       *cards                              // of those who ask, opened; see cards.go
	silenceTold atomic.Int64                        // microseconds at which the reviewer was last told that none signs

	contract  contract
	validator protovalidate.Validator
	meaning   map[string]func(proto.Message) casework.Violations // by method: what the rules have against a request

	health  *health.Server
	public  *grpc.Server // on the address of gRPC
	private *grpc.Server // the same services and chain, for our own gateway in memory
	memory  *bufconn.Listener
	conn    *grpc.ClientConn
	http    *http.Server

	httpListener, grpcListener net.Listener

	ending     atomic.Bool
	streams    context.Context // ends first of all on stop
	endStreams context.CancelFunc
}

// hooks are what the transport does not know by itself. Tests of the transport give their own.
type hooks struct {
	register     func(grpc.ServiceRegistrar)
	authenticate func(ctx context.Context, token string) (context.Context, error)
	limitKey     func(context.Context) string
	holds        func(context.Context) func() (bool, error) // tells of a stream whether its caller may go on
	missing      func(context.Context) (faults, missing []string)
	clockWrong   func() bool
	reviewed     func(context.Context) (bool, error) // tells whether the first days are over
	sweeps       func(context.Context)               // until its context ends
	meaning      map[string]func(proto.Message) casework.Violations
}

// New makes a server on an open store. It refuses addresses that others reach without TLS, and says what to do. The store
// stays the caller's to close, after Serve has ended.
func New(cfg Config, st *store.Store) (*Server, error) {
	s := &Server{store: st}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	return s, s.assemble(cfg, hooks{
		register:     s.registerServices,
		authenticate: s.authenticate,
		limitKey:     s.limitKey,
		holds:        s.holds,
		missing:      s.missing,
		clockWrong:   s.store.ClockWrong,
		reviewed:     s.store.Reviewed,
		sweeps:       s.sweeps,
		meaning:      s.meanings(),
	})
}

// registerServices is the list of what is served.
func (s *Server) registerServices(r grpc.ServiceRegistrar) {
	pb.RegisterReferralServiceServer(r, &referrals{Server: s})
	pb.RegisterCaseServiceServer(r, &cases{Server: s})
	pb.RegisterDutyServiceServer(r, &duties{Server: s})
	pb.RegisterReviewServiceServer(r, &reviews{Server: s})
	pb.RegisterPersonServiceServer(r, &persons{Server: s})
	pb.RegisterGrowthServiceServer(r, &growthService{Server: s})
	pb.RegisterStatisticsServiceServer(r, &statisticsService{Server: s})
	pb.RegisterDirectoryServiceServer(r, &directory{Server: s})
	pb.RegisterAccountServiceServer(r, &accounts{Server: s})
	pb.RegisterJournalServiceServer(r, &journalService{Server: s})
	pb.RegisterLinkageServiceServer(r, &linkages{Server: s})
}

// meanings are the checks of the domain that need no record: they are answered together with those of the shape.
func (s *Server) meanings() map[string]func(proto.Message) casework.Violations {
	return map[string]func(proto.Message) casework.Violations{
		pb.ReferralService_FileReferral_FullMethodName:     meaningOf(s.meaningOfFiling),
		pb.ReferralService_RecordProgress_FullMethodName:   meaningOf(s.meaningOfProgress),
		pb.ReferralService_RemindReferral_FullMethodName:   meaningOf(s.meaningOfReminder),
		pb.ReferralService_ForwardReferral_FullMethodName:  meaningOf(s.meaningOfForwarding),
		pb.CaseService_AssessCase_FullMethodName:           meaningOf(s.meaningOfAssessment),
		pb.CaseService_AddMeasurement_FullMethodName:       meaningOf(s.meaningOfMeasurement),
		pb.GrowthService_Assess_FullMethodName:             meaningOf(s.meaningOfChildren),
		pb.CaseService_AddNote_FullMethodName:              meaningOf(s.meaningOfNote),
		pb.CaseService_AddLegalStep_FullMethodName:         meaningOf(s.meaningOfLegalStep),
		pb.CaseService_AddIncident_FullMethodName:          meaningOf(s.meaningOfIncident),
		pb.CaseService_CloseCase_FullMethodName:            meaningOf(s.meaningOfClosure),
		pb.CaseService_UpdateCase_FullMethodName:           meaningOf(s.meaningOfCaseUpdate),
		pb.CaseService_RecordServiceConsent_FullMethodName: meaningOf(s.meaningOfServiceConsent),
		pb.DutyService_AddTask_FullMethodName:              meaningOf(s.meaningOfTask),
		pb.CaseService_ListRoster_FullMethodName:           meaningOf(s.meaningOfRoster),
		pb.StatisticsService_QueryOverseen_FullMethodName:  meaningOf(s.meaningOfOverseen),
		pb.CaseService_AssignCase_FullMethodName:           meaningOf(s.meaningOfAssignment),
		pb.CaseService_TransferCaseload_FullMethodName:     meaningOf(s.meaningOfTransfer),
		pb.CaseService_CreateCase_FullMethodName:           meaningOf(s.meaningOfCreation),
		pb.PersonService_UpdatePerson_FullMethodName:       meaningOf(s.meaningOfPersonUpdate),
		pb.PersonService_SearchPersons_FullMethodName:      meaningOf(s.meaningOfSearch),
		pb.PersonService_FindByNationalId_FullMethodName:   meaningOf(s.meaningOfLookup),
		pb.CaseService_OpenGlass_FullMethodName:            meaningOf(s.meaningOfGlass),
		pb.PersonService_CreateHousehold_FullMethodName:    meaningOf(s.meaningOfHousehold),
		pb.PersonService_AddHouseholdMember_FullMethodName: meaningOf(s.meaningOfMember),
		pb.PersonService_EndHouseholdMember_FullMethodName: meaningOf(s.meaningOfLeaving),
		pb.PersonService_ChangeFamilyCard_FullMethodName:   meaningOf(s.meaningOfCard),
		pb.AccountService_SetAbsence_FullMethodName:        meaningOf(s.meaningOfAbsence),
		pb.AccountService_CreateAccount_FullMethodName:     meaningOf(s.meaningOfAccount),
		pb.AccountService_AddMembership_FullMethodName:     meaningOf(s.meaningOfRole),
		pb.AccountService_SignIn_FullMethodName:            meaningOf(s.meaningOfSignIn),
		pb.AccountService_StepUp_FullMethodName:            meaningOf(s.meaningOfStepUp),
		pb.AccountService_AcceptInvitation_FullMethodName:  meaningOf(s.meaningOfAcceptance),
		pb.AccountService_CreateAppToken_FullMethodName:    meaningOf(s.meaningOfAppToken),
		pb.CaseService_RecordDisclosure_FullMethodName:     meaningOf(s.meaningOfDisclosure),
		pb.CaseService_AddBlock_FullMethodName:             meaningOf(func(req *pb.AddBlockRequest) casework.Violations { return s.meaningOfBlock(req) }),
		pb.ReferralService_AddReferralBlock_FullMethodName: meaningOf(func(req *pb.AddReferralBlockRequest) casework.Violations { return s.meaningOfBlock(req) }),
		pb.StatisticsService_QueryLive_FullMethodName:      meaningOf(s.meaningOfLive),
		pb.LinkageService_ConfirmLink_FullMethodName:       meaningOf(s.meaningOfConfirm),
		pb.LinkageService_RejectLink_FullMethodName:        meaningOf(s.meaningOfReject),
		pb.CaseService_OpenCase_FullMethodName:             s.meaningOfReason,
		pb.CaseService_LowerLevel_FullMethodName:           s.meaningOfReason,
		pb.CaseService_RemoveBlock_FullMethodName:          s.meaningOfReason,
		pb.CaseService_SealCase_FullMethodName:             s.meaningOfReason,
		pb.CaseService_UnsealCase_FullMethodName:           s.meaningOfReason,
		pb.CaseService_SetLegalHold_FullMethodName:         s.meaningOfReason,
		pb.CaseService_LiftLegalHold_FullMethodName:        s.meaningOfReason,
		pb.CaseService_CopySubject_FullMethodName:          s.meaningOfReason,
		pb.PersonService_ErasePerson_FullMethodName:        s.meaningOfReason,
	}
}

// meaningOf lets a check of one kind of request stand in the list of all.
func meaningOf[M proto.Message](check func(M) casework.Violations) func(proto.Message) casework.Violations {
	return func(m proto.Message) casework.Violations {
		req, ok := m.(M)
		if !ok {
			return nil
		}
		return check(req)
	}
}

// prepare makes what handlers need besides the store.
func (s *Server) prepare() (err error) {
	if s.proofs, err = lru.New[string, heldAgainst](10_000); err != nil {
		return err
	}
	if s.shown, err = lru.New[shownKey, *shownRelease](shownMost); err != nil {
		return err
	}
	if s.lives, err = lru.New[liveKey, keptCount](liveCounts); err != nil {
		return err
	}
	s.cursors = s.store.Cursors()
	return s.prepareSignIn()
}

// assemble puts the transport together.
func (s *Server) assemble(cfg Config, h hooks) (err error) {
	if s.cfg, err = cfg.completed(); err != nil {
		return err
	}
	if s.template, err = s.cfg.templateOrder(); err != nil {
		return err
	}
	if s.witnesses, err = s.cfg.witnesses(); err != nil {
		return err
	}
	s.hooks, s.meaning, s.longest = h, h.meaning, longestCall
	s.log, s.metrics = newLog(s.cfg.Log, s.cfg.LogLevel), newMetrics()
	if s.peers, err = newLimiter(s.cfg.PeerPerSecond, s.cfg.PeerBurst); err != nil {
		return err
	}
	if s.accounts, err = newLimiter(s.cfg.AccountPerSecond, s.cfg.AccountBurst); err != nil {
		return err
	}
	if s.searches, err = newLimiter(s.cfg.SearchesPerHour/3600, int(s.cfg.SearchesPerHour)); err != nil {
		return err
	}
	if s.misses, err = newQuota(s.cfg.NotFoundPerHour); err != nil {
		return err
	}
	if s.lookups, err = newQuota(s.cfg.LookupsPerHour); err != nil {
		return err
	}
	if s.matches, err = newQuota(s.cfg.MatchesPerHour); err != nil {
		return err
	}
	if s.reveals, err = newQuota(s.cfg.MatchesPerHour); err != nil {
		return err
	}
	s.apps, s.open, s.room = newAppDays(s.cfg.Limits), newOpenStreams(s.cfg.Streams), newAdmission(s.cfg.Calls)
	if err := s.prepareSignOn(); err != nil {
		return err
	}
	var pair *certificate
	if s.cfg.TLSCert != "" {
		if pair, err = loadCertificate(s.cfg.TLSCert, s.cfg.TLSKey); err != nil {
			return err
		}
	}
	s.streams, s.endStreams = context.WithCancel(context.Background())
	s.health = health.NewServer()
	s.public, s.private = s.newGRPC(pair, false), s.newGRPC(nil, true)
	s.contract = contractOf(s.public)
	s.metrics.serves(s.public)
	s.metrics.serve(pair)
	for _, name := range s.contract.names {
		s.health.SetServingStatus(name, healthpb.HealthCheckResponse_SERVING)
	}
	if s.validator, err = theRules(); err != nil {
		return err
	}
	return s.newHTTP(pair)
}

// newGRPC makes a gRPC server with all services. There are two, of the same services and chain: the one in memory alone
// believes what the gateway says of a caller.
func (s *Server) newGRPC(pair *certificate, inMemory bool) *grpc.Server {
	options := []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(s.unary(inMemory)),
		grpc.ChainStreamInterceptor(s.streaming(inMemory)),
		grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error { return because(pb.ErrorReason_ROUTE_NOT_FOUND) }),
		grpc.ForceServerCodecV2(newWireCodec()),
		grpc.MaxHeaderListSize(64 << 10), // our own gateway's list of faults is the longest header
	}
	if !inMemory {
		options = append(options,
			grpc.InTapHandle(s.turnedAway),
			grpc.StatsHandler(lines{}),
			grpc.MaxRecvMsgSize(largestBody),
			grpc.MaxConcurrentStreams(uint32(max(s.cfg.ConnectionStreams, 0))), // of 0 gRPC makes no limit
			grpc.ConnectionTimeout(10*time.Second),
			grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute, Timeout: 20 * time.Second}), // a lost phone holds its streams no longer
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 30 * time.Second, PermitWithoutStream: true}))
	}
	if pair != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(pair.config(tls.VersionTLS13))))
	}
	server := grpc.NewServer(options...)
	s.hooks.register(server)
	healthpb.RegisterHealthServer(server, healthService{s.health, func(ctx context.Context) []string { return s.readiness(ctx).Faults }})
	if s.cfg.on(s.cfg.Reflection) && !inMemory {
		reflection.Register(server)
	}
	return server
}

// newHTTP makes the REST face over a connection in memory.
func (s *Server) newHTTP(pair *certificate) (err error) {
	s.memory = bufconn.Listen(256 << 10)
	s.conn, err = grpc.NewClient("passthrough:///memory",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return s.memory.DialContext(ctx) }),
		grpc.WithUnaryInterceptor(carry),
		grpc.WithDisableServiceConfig(),
		grpc.WithDisableRetry(),
		grpc.WithIdleTimeout(0),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16<<20)))
	if err != nil {
		return fmt.Errorf("connect the gateway: %w", err)
	}
	rest, err := s.newGateway(context.Background(), s.conn)
	if err != nil {
		return err
	}
	s.http = &http.Server{
		Handler:           s.opened(http.MaxBytesHandler(s.pages(rest), largestBody)),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second, // 1 MiB over the worst line that a clinic has
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          stdlog.New(io.Discard, "", 0), // it names addresses and quotes requests
	}
	if pair != nil {
		s.http.TLSConfig = pair.config(tls.VersionTLS12, "h2", "http/1.1")
	}
	return nil
}

// pages are the addresses beside the contract's. There is no http.ServeMux: it would redirect what is not written plainly.
func (s *Server) pages(rest http.Handler) http.Handler {
	pages := map[string]http.HandlerFunc{"/healthz": serveAlive, "/readyz": s.serveReady}
	var docs http.Handler
	if s.cfg.on(s.cfg.Docs) {
		pages["/openapi.json"] = serveOpenAPI
		docs = newDocs()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, isPage := pages[r.URL.Path]
		isDocs := docs != nil && strings.HasPrefix(r.URL.Path, "/docs/")
		switch {
		case (isPage || isDocs || strings.HasPrefix(r.URL.Path, journalFace)) && r.Method != http.MethodGet && r.Method != http.MethodHead:
			s.writeError(w, r, because(pb.ErrorReason_METHOD_NOT_ALLOWED))
		case isPage:
			page(w, r)
		case strings.HasPrefix(r.URL.Path, journalFace):
			s.serveWitness(w, r)
		case isDocs:
			docs.ServeHTTP(w, r)
		default:
			rest.ServeHTTP(w, r)
		}
	})
}

// now is the server's clock, which the store has too.
func (s *Server) now() time.Time { return s.store.Now() }
