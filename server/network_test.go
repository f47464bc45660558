package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// The row network: filings over a road that does what roads do. Whatever was not answered is sent again with its request_id, until it is
// answered; then every filing is there once.

// harms are what a road does to a connection. A reset comes after a random byte; a silent road takes what is sent and gives nothing on,
// without a word; a road that is late cuts what is sent at random, and waits between the pieces; one that doubles sends all that the caller
// says to the server a second time, beside the first.
var harms = []string{"reset", "silent", "late", "double"}

// road is a way of TCP to the server that harms its first connections, and then lets them be: so a caller gets through in the end.
type road struct {
	listener net.Listener
	to       string

	mu   sync.Mutex
	dice *rand.Rand
	harm string
	left int         // connections that it will harm yet
	open []io.Closer // ends with the road
	all  []*passing

	under sync.WaitGroup
}

func newRoad(to, harm string, connections int, seed uint64) (*road, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &road{listener: listener, to: to, harm: harm, left: connections, dice: rand.New(rand.NewPCG(seed, 1))}
	r.under.Go(r.serve)
	return r, nil
}

func (r *road) address() string { return r.listener.Addr().String() }

func (r *road) close() {
	_ = r.listener.Close()
	r.mu.Lock()
	for _, c := range r.open {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.under.Wait()
}

// silence makes all connections that there are give nothing on, and does nothing to later ones.
func (r *road) silence() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.all {
		p.mute.Store(true)
	}
}

func (r *road) serve() {
	for {
		in, err := r.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", r.to)
		if err != nil {
			_ = in.Close()
			continue
		}
		r.join(in.(*net.TCPConn), out.(*net.TCPConn))
	}
}

// join lets two ends talk, with the harm of this connection, which is drawn now.
func (r *road) join(in, out *net.TCPConn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := &passing{harm: r.harm, dice: rand.New(rand.NewPCG(r.dice.Uint64(), 2)), ends: []*net.TCPConn{in, out}}
	r.open, r.all = append(r.open, in, out), append(r.all, h)
	if r.left == 0 {
		h.harm = ""
	}
	r.left = max(0, r.left-1)
	// A few filings are some thousand bytes each way. Which way is harmed is drawn too: a filing whose answer is lost is done.
	h.after[r.dice.IntN(2)] = 1 + r.dice.IntN(3000)
	var second *net.TCPConn
	if h.harm == "double" {
		if twin, err := net.Dial("tcp", r.to); err == nil {
			second = twin.(*net.TCPConn)
			r.open = append(r.open, second)
			r.under.Go(func() { _, _ = io.Copy(io.Discard, second) })
		}
	}
	r.under.Go(func() { h.carry(0, in, out, second) })
	r.under.Go(func() { h.carry(1, out, in, nil) })
}

// passing is one connection on its way.
type passing struct {
	harm  string
	after [2]int // bytes to the server, and from it, after which the harm comes; 0: this way is sound
	ends  []*net.TCPConn
	mute  atomic.Bool // it gives nothing on from now

	mu   sync.Mutex
	dice *rand.Rand
}

func (p *passing) draw(n int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dice.IntN(n)
}

// carry brings bytes one way, until an end or the harm.
func (p *passing) carry(way int, from, to, twin *net.TCPConn) {
	buffer := make([]byte, 16<<10)
	for passed := 0; ; {
		n, err := from.Read(buffer)
		piece := buffer[:n]
		if p.mute.Load() {
			_, _ = io.Copy(io.Discard, from)
			return
		}
		if at := p.after[way]; at > 0 && passed+n >= at {
			switch p.harm {
			case "reset":
				_, _ = to.Write(piece[:at-passed])
				p.reset()
				return
			case "silent":
				_, _ = to.Write(piece[:max(0, min(n, at-passed))])
				_, _ = io.Copy(io.Discard, from) // takes all, and says nothing
				return
			}
		}
		passed += n
		if !p.send(to, piece) || err != nil {
			_ = to.CloseWrite()
			if twin != nil {
				_ = twin.CloseWrite()
			}
			return
		}
		if twin != nil {
			_, _ = twin.Write(piece)
		}
	}
}

// send writes a piece; a late road in parts.
func (p *passing) send(to *net.TCPConn, piece []byte) bool {
	for p.harm == "late" && len(piece) > 1 {
		n := 1 + p.draw(len(piece)-1)
		if _, err := to.Write(piece[:n]); err != nil {
			return false
		}
		piece = piece[n:]
		wait(time.Duration(p.draw(8)) * time.Millisecond)
	}
	_, err := to.Write(piece)
	return err == nil
}

// reset ends both connections as a router does that forgot them: what is on its way is lost.
func (p *passing) reset() {
	for _, end := range p.ends {
		_ = end.SetLinger(0)
		_ = end.Close()
	}
}

// wait lets time pass on a road, which no clock of ours can hurry.
func wait(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
}

// sender files over a road by one of the two faces.
type sender interface {
	file(req *pb.FileReferralRequest) (number string, err error)
	anew() error // dials again, as whoever has heard nothing does
	close()
}

// patience of a sender with one call; a server that is far slower is the reason of a retry more, not of a failure.
const patience = 700 * time.Millisecond

// viaGRPC is the client package as programs use it.
type viaGRPC struct {
	address, token string
	*client.Client
}

func (v *viaGRPC) anew() (err error) {
	v.close()
	v.Client, err = client.Dial(context.Background(), v.address, client.Options{Token: func(context.Context) (string, error) { return v.token, nil }})
	return err
}

func (v *viaGRPC) close() {
	if v.Client != nil {
		_ = v.Client.Close()
	}
}

func (v *viaGRPC) file(req *pb.FileReferralRequest) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	got, err := v.Referrals.FileReferral(ctx, req)
	return got.GetNumber(), err
}

// viaREST is plain HTTP.
type viaREST struct {
	w       *world
	address string
	http    *http.Client
}

func (v *viaREST) anew() error {
	v.close()
	v.http = &http.Client{Timeout: patience, Transport: &http.Transport{}}
	return nil
}

func (v *viaREST) close() {
	if v.http != nil {
		v.http.CloseIdleConnections()
	}
}

func (v *viaREST) file(req *pb.FileReferralRequest) (string, error) {
	body, err := jsonOf(req)
	if err != nil {
		return "", err
	}
	over := *v.w
	over.served.HTTP, over.http = v.address, v.http
	got, err := over.try("gizi-cibinong", "POST", "/v1/referrals:file", body)
	switch {
	case err != nil:
		return "", err
	case got.Status == http.StatusServiceUnavailable || got.Status == http.StatusGatewayTimeout || got.Status == http.StatusTooManyRequests:
		return "", errors.New(got.reason())
	case got.Status != http.StatusOK:
		return "", fmt.Errorf("%w: %d %s", errRefused, got.Status, got.Body)
	}
	return got.text("number"), nil
}

// errRefused is an answer that no retry changes: no harm of a road is a reason for it.
var errRefused = errors.New("refused")

func (w *world) senders(address string) []sender {
	return []sender{&viaGRPC{address: address, token: w.token("gizi-cibinong")}, &viaREST{w: w, address: address}}
}

// harmed files over harmed roads and counts.
type harmed struct {
	w       *world
	fresh   bool // a retry gets an id of its own: the control
	nth     atomic.Int64
	unknown atomic.Int64 // outcomes that nobody knew

	mu       sync.Mutex
	settled  map[string]string // number of the receipt by request id
	requests []*pb.FileReferralRequest
}

// run is one road and three callers on it, with three filings each.
func (h *harmed) run(t *testing.T, seed uint64) {
	dice := rand.New(rand.NewPCG(seed, 0))
	harm, face, connections := harms[dice.IntN(len(harms))], dice.IntN(2), 1+dice.IntN(6)
	to := []string{h.w.served.GRPC, h.w.served.HTTP}[face]
	r, err := newRoad(to, harm, connections, seed)
	if err != nil {
		t.Error(err)
		return
	}
	defer r.close()
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			by := h.w.senders(r.address())[face]
			defer func() { by.close() }()
			if err := by.anew(); err != nil {
				t.Error(err)
				return
			}
			for range 3 {
				if err := h.settle(by); err != nil {
					t.Errorf("seed %d, a road that is %s: %v", seed, harm, err)
					return
				}
			}
		})
	}
	group.Wait()
}

// settle files one child, and sends the same again while its outcome is unknown.
func (h *harmed) settle(by sender) error {
	req := filing(h.nth.Add(1))
	if h.fresh || req.RequestId[0] < '8' {
		// A child that is measured and not sent on: a second referral is refused by itself, but a second measurement is one more.
		req.Legs, req.Disclosures = nil, nil
	}
	h.mu.Lock()
	h.requests = append(h.requests, req)
	h.mu.Unlock()
	for range 50 {
		number, err := by.file(req)
		if err == nil {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.settled[req.RequestId] = number
			return nil
		}
		if reason, _ := reasonOf(err); errors.Is(err, errRefused) || known[reason] {
			return err
		}
		h.unknown.Add(1)
		if h.fresh {
			req.RequestId = newID()
		}
		if err := by.anew(); err != nil {
			return err
		}
	}
	return errors.New("not settled after 50 tries")
}

// known are the answers to a filing that no road explains: REQUEST_ID_REUSED would say that bytes were changed.
var known = map[string]bool{
	"REQUEST_ID_REUSED": true, "INVALID_FIELD": true, "NOT_FOUND": true, "ACTION_NOT_ALLOWED": true, "INTERNAL": true, "UNAUTHENTICATED": true,
	"DUPLICATE_OPEN_LEG": true, "BASIS_MISSING": true,
}

// over runs so many roads, a few at a time.
func (h *harmed) over(t *testing.T, runs int, seed uint64) {
	h.settled = map[string]string{}
	places := make(chan struct{}, 12) // most of a run is waiting
	var group sync.WaitGroup
	for i := range runs {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			h.run(t, seed+uint64(i))
		})
	}
	group.Wait()
}

// TestNetworkThatFailsLosesAndDoublesNothing is the row network.
func TestNetworkThatFailsLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	runs := 100 // of some fifty one in a hundred sets of roads would do hardly any harm
	if long("network") {
		runs = 1000
	}
	seed := seedOf(t)
	h := &harmed{w: newWorld(t)}
	h.over(t, runs, seed)
	if t.Failed() {
		return
	}
	numbers := map[string]bool{}
	for _, req := range h.requests { // by a sound road: each is answered as it was
		got, err := h.w.referrals().FileReferral(bearerOf(h.w, "gizi-cibinong"), req)
		if number := h.settled[req.RequestId]; err != nil || got.GetNumber() != number {
			t.Errorf("settled as %s, and now %v, %v", number, got, err)
		}
		numbers[got.GetNumber()] = true
	}
	cases, measurements := rowsIn(t, h.w.dir, "cases"), rowsIn(t, h.w.dir, "measurements")
	if n := len(h.requests); cases != n || measurements != n || len(numbers) != n {
		t.Errorf("%d filings were settled; %d cases, %d measurements, %d numbers", n, cases, measurements, len(numbers))
	}
	h.w.verified(t)
	t.Logf("%d runs, %d filings, %d unknown outcomes: 0 lost, 0 doubled", runs, len(h.requests), h.unknown.Load())
	if h.unknown.Load() < int64(runs)/4 {
		t.Error("hardly an outcome was unknown: the roads did no harm")
	}
}

// The control: whoever sends again under a fresh request_id files twice what was done and not answered, and the count of measurements shows it.
func TestNetworkDoublesWhatIsSentAgainUnderAFreshID(t *testing.T) {
	t.Parallel()
	h := &harmed{w: newWorld(t), fresh: true}
	h.over(t, 30, seedOf(t))
	measurements := rowsIn(t, h.w.dir, "measurements")
	t.Logf("%d filings, %d unknown outcomes, %d measurements", len(h.requests), h.unknown.Load(), measurements)
	if measurements <= len(h.requests) {
		t.Error("nothing was doubled: the count shows nothing")
	}
}

// A connection that died without a word is noticed by either side: a caller's next call goes on after the client has found out, and the
// streams that a lost phone held are free again after the server has. It takes minutes, so `.ci/run long network` alone runs it.
func TestNetworkSilenceIsNoticedByBothSides(t *testing.T) {
	if !long("network") {
		t.Skip("takes two minutes: .ci/run long network")
	}
	w := configuredWorld(t, func(c *server.Config) { c.Streams = 1 })
	r, err := newRoad(w.served.GRPC, "", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	by := &viaGRPC{address: r.address(), token: w.token("gizi-cibinong")}
	if err := by.anew(); err != nil {
		t.Fatal(err)
	}
	defer by.close()
	if _, err := by.file(filing(1)); err != nil {
		t.Fatal(err)
	}
	watch, err := healthpb.NewHealthClient(by.Connection()).Watch(context.Background(), &healthpb.HealthCheckRequest{})
	if err == nil {
		_, err = watch.Recv()
	}
	if err != nil {
		t.Fatal(err)
	}
	r.silence()
	begun := time.Now()
	req := filing(2)
	for _, err = by.file(req); err != nil; _, err = by.file(req) { // the same client, which nobody dials anew
		if time.Since(begun) > 2*time.Minute {
			t.Fatalf("the client still talks to nobody: %v", err)
		}
	}
	t.Logf("the client goes on after %v", time.Since(begun).Round(time.Second))
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		watch, err := healthpb.NewHealthClient(w.conn).Watch(ctx, &healthpb.HealthCheckRequest{})
		if err == nil {
			_, err = watch.Recv()
		}
		cancel()
		if err == nil {
			break
		}
		if status.Code(err) != codes.ResourceExhausted || time.Since(begun) > 3*time.Minute {
			t.Fatalf("the lost stream is still counted: %v", err)
		}
		wait(time.Second)
	}
	t.Logf("the stream is free after %v", time.Since(begun).Round(time.Second))
}
