package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/client"
)

// Who files, and who takes it.
const (
	benchSender   = "PKM-CIBINONG"
	benchReceiver = "RSUD-CIBINONG"
	// benchConnections are shared by the callers over gRPC, as a few apps share a server.
	benchConnections = 4
)

// benchTarget is the server that is measured, and the bare one beside it.
type benchTarget struct {
	sender, receiver, head string // tokens
	child                  *benchChild
	own                    bool // the child is the server that is measured
	firstAnswer            time.Duration

	scheme, http string
	caller       *http.Client
	conns, echo  []*grpc.ClientConn
}

// reach starts the child, finds the server, and knows three who call.
func (b *bench) reach(ctx context.Context) (*benchTarget, error) {
	began := time.Now()
	var at Addresses
	if b.Server != "" {
		text, err := os.ReadFile(b.Server)
		if err == nil {
			err = json.Unmarshal(text, &at)
		}
		if err != nil {
			return nil, &Fault{What: "bench", Why: cause(err), Remedy: `give what "demo --ready FILE" has written`, Code: exitUsage}
		}
	}
	child, err := startChild(ctx, b.dir, b.Database, b.Server == "")
	if err != nil {
		return nil, fmt.Errorf("bench: start a server: %w", err)
	}
	t := &benchTarget{child: child, own: b.Server == ""}
	if t.own {
		at = child.at.Regency
	}
	if err := t.connect(at); err != nil {
		return nil, errors.Join(err, t.close())
	}
	if t.own {
		if err := t.answered(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("bench: the first call: %w", err), t.close())
		}
		t.firstAnswer = time.Since(began)
	}
	return t, nil
}

// connect knows tokens and opens connections. A token leaves the machine only under TLS.
func (t *benchTarget) connect(at Addresses) error {
	for _, a := range at.Accounts {
		switch a.Unit + " " + a.Role {
		case benchSender + " WORKER":
			t.sender = a.Token
		case benchReceiver + " WORKER":
			t.receiver = a.Token
		case benchSender + " SUPERVISOR":
			t.head = a.Token
		}
	}
	if t.sender == "" || t.receiver == "" || t.head == "" {
		why := fmt.Sprintf("no tokens of a WORKER and a SUPERVISOR of %s and a WORKER of %s", benchSender, benchReceiver)
		return &Fault{What: "bench", Why: why, Remedy: "give the file of a made-up regency", Code: exitUsage}
	}
	security, config := insecure.NewCredentials(), (*tls.Config)(nil)
	t.scheme, t.http = "http://", at.HTTP
	if at.CA != "" {
		var err error
		if config, err = client.TLS(at.CA)(); err != nil {
			return &Fault{What: "bench", Why: err.Error(), Code: exitUsage}
		}
		security, t.scheme = credentials.NewTLS(config.Clone()), "https://"
	} else if !loopback(at.HTTP) || !loopback(at.GRPC) {
		return &Fault{What: "bench", Why: "the server is on another machine and has no certificate in the file", Remedy: `name it as "ca"`, Code: exitUsage}
	}
	t.caller = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchCallers[len(benchCallers)-1], TLSClientConfig: config}}
	var err error
	if t.conns, err = dialMany(at.GRPC, security); err != nil {
		return err
	}
	t.echo, err = dialMany(t.child.at.EchoGRPC, insecure.NewCredentials())
	return err
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

func dialMany(address string, security credentials.TransportCredentials) (conns []*grpc.ClientConn, err error) {
	for range benchConnections {
		// without our client's patience: a call that fails is counted, not repeated
		conn, err := grpc.NewClient("dns:///"+address, grpc.WithTransportCredentials(security), grpc.WithDisableRetry(), grpc.WithDisableServiceConfig())
		if err != nil {
			return conns, err
		}
		conns = append(conns, conn)
	}
	return conns, nil
}

func (t *benchTarget) grpc(ctx context.Context, work benchWork, caller int, method string, req proto.Message) error {
	conns, answer := t.echo, work.answer()
	if work.token != "" {
		conns, method = t.conns, "/"+servicePackage+method
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+work.token)
	}
	if err := conns[caller%len(conns)].Invoke(ctx, method, req, answer); err != nil {
		return err
	}
	if work.taken != nil {
		work.taken(answer)
	}
	return nil
}

func (t *benchTarget) rest(ctx context.Context, work benchWork, method string, req proto.Message) error {
	verb, address, body := http.MethodGet, "http://"+t.child.at.EchoHTTP+"/", []byte(nil)
	if work.token != "" {
		var path string
		var err error
		if verb, path, body, err = route(method, req); err != nil {
			return err
		}
		address = t.scheme + t.http + path
	}
	call, err := http.NewRequestWithContext(ctx, verb, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if work.token != "" {
		call.Header.Set("Authorization", "Bearer "+work.token)
	}
	if body != nil {
		call.Header.Set("Content-Type", "application/json")
	}
	resp, err := t.caller.Do(call)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxInput))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return restError(resp.StatusCode, text)
	}
	if work.taken != nil {
		work.taken(nil)
	}
	return nil
}

// answered makes the first call.
func (t *benchTarget) answered(ctx context.Context) error {
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+t.sender)
	return t.conns[0].Invoke(ctx, healthpb.Health_Check_FullMethodName, &healthpb.HealthCheckRequest{}, &healthpb.HealthCheckResponse{}, grpc.WaitForReady(true))
}

func (t *benchTarget) close() error {
	for _, conn := range append(t.conns, t.echo...) {
		_ = conn.Close()
	}
	if t.caller != nil {
		t.caller.CloseIdleConnections()
	}
	return t.child.end()
}

// memory is what the server that was started has of the machine's, in MB; 0 if it is another's, or the system does not tell.
func (t *benchTarget) memory() float64 {
	for line := range strings.Lines(t.child.told(t.own, "status")) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "VmRSS:" {
			kib, _ := strconv.ParseFloat(words[1], 64)
			return kib * 1024 / 1e6
		}
	}
	return 0
}

// cpu is what the server that was started has had of the cores; 0 as memory.
func (t *benchTarget) cpu() time.Duration {
	const user, tick = 11, 10 * time.Millisecond // of proc_pid_stat(5): fields 14 and 15, after the name that ends with a bracket
	_, text, _ := strings.Cut(t.child.told(t.own, "stat"), ") ")
	words := strings.Fields(text)
	if len(words) < user+2 {
		return 0
	}
	used, _ := strconv.Atoi(words[user])
	system, _ := strconv.Atoi(words[user+1])
	return time.Duration(used+system) * tick
}

const (
	// restLeast is longer than the two seconds after which the server compares the records that are new, by so much that it sees it do so;
	// restEach of a case more, for it rests five times as long as it has worked, and works the longer the more there are.
	restLeast = 3500 * time.Millisecond
	restEach  = time.Millisecond
	restMost  = 60 * time.Second
)

// settle waits until the server that was started has been at rest for as long as a row takes, a minute at most: writes leave work behind, the
// comparison of each record that they touch with its register, and that pauses. For rows of less than a tenth of a second, which measure nothing,
// it waits less. Another's server is not waited for, for nobody sees it rest.
func (t *benchTarget) settle(ctx context.Context, row time.Duration, cases int64) time.Duration {
	began, window := time.Now(), min(40*row, max(restLeast, row, min(time.Duration(cases)*restEach, restMost/6)))
	for t.own && time.Since(began) < restMost {
		before := t.cpu()
		select {
		case <-time.After(window):
		case <-ctx.Done():
			return 0
		}
		if t.cpu()-before < window/20 {
			return time.Since(began) - window
		}
	}
	return time.Since(began)
}

// benchChild is this program once more, as a server: a process of its own, whose memory is its own.
type benchChild struct {
	at      benchServed
	process *exec.Cmd
	input   io.Closer
	said    bytes.Buffer // on its standard error; to be read after its end
}

// benchServed is where the child serves.
type benchServed struct {
	Regency            Addresses
	EchoGRPC, EchoHTTP string
}

func startChild(ctx context.Context, dir, database string, regency bool) (*benchChild, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"bench", "--serving"}
	if regency {
		args = append(args, "--dir", dir, "--database", database)
	}
	c := &benchChild{process: exec.Command(program, args...)} // it ends when its input does, even if we are killed
	c.process.Stderr = &c.said
	if c.input, err = c.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.process.Start(); err != nil {
		return nil, err
	}
	if err := json.NewDecoder(out).Decode(&c.at); err != nil {
		return nil, errors.Join(c.end(), err, ctx.Err())
	}
	return c, nil
}

// end ends the child, and tells what it said if it did not end well.
func (c *benchChild) end() error {
	err := errors.Join(c.input.Close(), c.process.Wait())
	if err != nil {
		err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(c.said.Bytes()))
	}
	return err
}

// told is a file of /proc about the child, if it is the server.
func (c *benchChild) told(own bool, file string) string {
	if !own {
		return ""
	}
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(c.process.Process.Pid) + "/" + file)
	return string(text)
}

// serve is the child: a bare server of each face that answers empty calls, and a regency if there is a folder for it. It ends with its input.
func (c *Bench) serve(ctx context.Context, s Streams, start Start) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var at benchServed
	if c.Dir != "" {
		place := Place{Dir: c.Dir, HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Clock: time.Now, Unlimited: true}
		if c.Database != "" {
			address, err := os.ReadFile(c.Database)
			if err != nil {
				return err
			}
			place.Database = strings.TrimSpace(string(address))
		}
		regency, err := start(ctx, place)
		if err != nil {
			return err
		}
		defer func() { stop(); _ = regency.Wait() }()
		at.Regency = regency
	}
	g, h, end, err := serveEcho()
	if err != nil {
		return err
	}
	defer end()
	at.EchoGRPC, at.EchoHTTP = g, h
	if err := json.NewEncoder(s.Out).Encode(at); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, s.In)
	return err
}

// serveEcho serves empty calls with nothing of ours around them.
func serveEcho() (grpcAt, httpAt string, end func(), err error) {
	g, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", nil, err
	}
	h, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", nil, errors.Join(err, g.Close())
	}
	calls := grpc.NewServer()
	healthpb.RegisterHealthServer(calls, health.NewServer())
	pages := &http.Server{ReadHeaderTimeout: patienceOfRow, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	})}
	var serving sync.WaitGroup
	serving.Go(func() { _ = calls.Serve(g) })
	serving.Go(func() { _ = pages.Serve(h) })
	return g.Addr().String(), h.Addr().String(), func() { calls.Stop(); _ = pages.Close(); serving.Wait() }, nil
}
