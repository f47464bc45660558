package server_test

import (
	"context"
	"io"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// emptyRegency serves a database in which there is nobody.
func emptyRegency(t *testing.T, configure ...func(*server.Config)) *staff {
	t.Helper()
	p, _ := regencyIn(t, t.TempDir(), configure...)
	return p
}

// regencyIn serves the database of a folder, until the test ends or stops it.
func regencyIn(t *testing.T, dir string, configure ...func(*server.Config)) (p *staff, end func()) {
	t.Helper()
	return regencyAt(t, dir, &movedClock{}, configure...)
}

// regencyAt does so by a clock.
func regencyAt(t *testing.T, dir string, clock *movedClock, configure ...func(*server.Config)) (p *staff, end func()) {
	t.Helper()
	st, err := storetest.OpenStore(t.Context(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys"), Now: clock.now})
	if err != nil {
		t.Fatal(err)
	}
	cfg := server.Config{HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Log: io.Discard, Limits: server.NoLimits, Now: clock.now, NoSweep: true}
	for _, c := range configure {
		c(&cfg)
	}
	s, err := server.New(cfg, st)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	rest, rpc := s.Addresses()
	conn, err := grpc.NewClient(rpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	end = sync.OnceFunc(func() {
		conn.Close()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		st.Close()
	})
	t.Cleanup(end)
	return &staff{&world{t: t, served: server.Served{Store: st, Sweep: s.Sweep, HTTP: rest, GRPC: rpc, Tokens: map[string]string{}}, conn: conn}, clock}, end
}

// From an empty folder to a working regency by links and second persons alone; the journal marks who needed none.
func TestFirstStart(t *testing.T) {
	t.Parallel()
	p := emptyRegency(t)
	ctx := context.Background()
	old, ok, err := server.SetupLink(ctx, p.served.Store)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	link, _, err := server.SetupLink(ctx, p.served.Store)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.accounts().BeginEnrolment(ctx, &pb.BeginEnrolmentRequest{Invitation: old})
	wantReason(t, "a link that a newer one has replaced", err, "SIGN_IN_FAILED")
	begun, err := p.accounts().BeginEnrolment(ctx, &pb.BeginEnrolmentRequest{Invitation: link})
	if err != nil || !begun.GetSetup() {
		t.Fatal(begun, err)
	}
	accept := &pb.AcceptInvitationRequest{Invitation: link, Code: "kepala-ti", FullName: "Bambang Irawan", Password: goodPassword, TotpCode: "000000"}
	_, err = p.accounts().AcceptInvitation(ctx, accept)
	wantReason(t, "without the second factor", err, "SIGN_IN_FAILED")
	accept.TotpCode = p.code(begun.GetTotpSecret())
	waitOut(t, func() error {
		first, err := p.accounts().AcceptInvitation(ctx, accept)
		if err == nil {
			p.served.Tokens["kepala-ti"] = first.GetCredential().GetToken()
			if m := first.GetCredential().GetMembership(); m.GetRole() != pb.Role_ADMIN || m.GetApproveTime() == nil {
				t.Errorf("the first administrator is %v", m)
			}
		}
		return err
	})
	_, err = p.accounts().AcceptInvitation(ctx, accept)
	wantReason(t, "the link again", err, "SIGN_IN_FAILED")
	if _, ok, err := server.SetupLink(ctx, p.served.Store); ok || err != nil {
		t.Error("with an administrator there is another setup link", err)
	}
	root, _ := p.served.Store.Directory().Root()
	reviewer := p.created(t, "kepala-ti", "penelaah-satu", pb.Role_REVIEWER, root.Code)
	if reviewer.GetAccount().GetMemberships()[0].GetApproveTime() == nil {
		t.Error("the first reviewer waits for somebody who is not there")
	}
	p.served.Tokens["penelaah-satu"] = p.enrolled(t, reviewer.GetInvitation().GetInvitation()).token
	second := p.created(t, "kepala-ti", "penelaah-dua", pb.Role_REVIEWER, root.Code)
	if second.GetAccount().GetMemberships()[0].GetApproveTime() != nil {
		t.Error("a second reviewer works without a second person")
	}
	p.approved(t, "penelaah-satu", second.GetAccount().GetMemberships()[0].GetName())
	events := map[string]int{}
	_, err = store.Read(ctx, p.served.Store, func(r *store.Reader) (struct{}, error) {
		return struct{}{}, r.WalkJournal(0, func(rec store.Record) error {
			events[rec.Entry.Event.Name]++
			return nil
		})
	})
	if err != nil || events["firstAdmin"] != 1 || events["firstReviewer"] != 1 || events["approveRole"] != 1 {
		t.Error(events, err)
	}
	p.verified(t)
}

func TestSetupLinkLivesAnHour(t *testing.T) {
	t.Parallel()
	p := emptyRegency(t)
	link, _, err := server.SetupLink(t.Context(), p.served.Store)
	if err != nil {
		t.Fatal(err)
	}
	p.clock.move(time.Hour)
	_, err = p.accounts().BeginEnrolment(context.Background(), &pb.BeginEnrolmentRequest{Invitation: link})
	wantReason(t, "a setup link after an hour", err, "SIGN_IN_FAILED")
}
