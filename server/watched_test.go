package server

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// openStream serves one stream that never ends by itself, on a real store with the regency's people.
func openStream(t *testing.T) (*store.Store, *grpc.ClientConn) {
	t.Helper()
	dir := t.TempDir()
	st, err := storetest.OpenStore(t.Context(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := LoadUnits(t.Context(), st, bytes.NewReader(regencyUnits), false); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadUsers(t.Context(), st, bytes.NewReader(regencyUsers), false); err != nil {
		t.Fatal(err)
	}
	s := &Server{store: st}
	if err := s.prepare(); err != nil {
		t.Fatal(err)
	}
	watch := grpc.ServiceDesc{ServiceName: "test.Watch", HandlerType: (*any)(nil), Streams: []grpc.StreamDesc{{
		StreamName: "Watch", ServerStreams: true, ClientStreams: true,
		Handler: func(_ any, stream grpc.ServerStream) error {
			if err := stream.SendMsg(&pb.WhoAmIRequest{}); err != nil {
				return err
			}
			return stream.RecvMsg(&pb.WhoAmIRequest{}) // the client sends nothing: only the chain ends it
		},
	}}}
	err = s.assemble(Config{HTTP: "127.0.0.1:0", GRPC: "127.0.0.1:0", Limits: NoLimits, Log: &safeBuffer{}}, hooks{
		register:     func(r grpc.ServiceRegistrar) { s.registerServices(r); r.RegisterService(&watch, nil) },
		authenticate: s.authenticate, limitKey: s.limitKey, holds: s.holds, missing: s.missing, clockWrong: st.ClockWrong,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	_, address := s.Addresses()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		st.Close()
	})
	return st, conn
}

// Disabling an account, a role, a unit or a token ends its streams within 5 seconds; so does another role. One that nothing was done to
// goes on: the control.
func TestStreamEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	st, conn := openStream(t)
	change := func(f func(w *store.Writer, entry [16]byte) error) {
		t.Helper()
		_, err := store.Update(t.Context(), st, func(w *store.Writer) (struct{}, error) {
			return struct{}{}, f(w, w.Append(operator("account.manage", "test"), nil, nil))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	member := func(w *store.Writer, code string) store.Membership {
		m, err := w.MemberByCode(code, casework.UnitID{})
		if err != nil {
			t.Fatal(err)
		}
		return store.Membership{ID: m.ID, Account: m.Account, Role: m.Role, Unit: m.Unit}
	}
	type watched struct {
		what   string
		stream grpc.ClientStream
		id     string
	}
	var all []watched
	open := func(what, code string) *watched {
		token, _, err := IssueToken(t.Context(), st, code, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		given, _ := parseToken(token)
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
		stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}, "/test.Watch/Watch")
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.RecvMsg(&pb.WhoAmIRequest{}); err != nil {
			t.Fatal(err)
		}
		all = append(all, watched{what, stream, given.id})
		return &all[len(all)-1]
	}
	control := *open("nothing", "bidan-citeureup")
	all = nil
	open("account disabled", "bidan-cibinong")
	open("role ended", "kader-melati")
	moved := open("role moved", "gizi-cibinong").id
	revoked := open("token revoked", "kepala-cibinong").id
	open("unit ended", "tpk-cibinong")
	begun := time.Now()
	change(func(w *store.Writer, entry [16]byte) error {
		return w.DisableAccount(member(w, "bidan-cibinong").Account, entry)
	})
	change(func(w *store.Writer, entry [16]byte) error { return w.EndRole(member(w, "kader-melati"), entry) })
	change(func(w *store.Writer, entry [16]byte) error { return w.RevokeCredential(revoked, entry) })
	change(func(w *store.Writer, entry [16]byte) error {
		m := member(w, "gizi-cibinong")
		other, _ := st.Directory().UnitByCode("PKM-CITEUREUP")
		m.ID, m.Unit, m.From, m.Approved = newID(), other.ID, w.Now(), w.Now()
		if err := w.PutRole(m, entry); err != nil {
			return err
		}
		return w.SwitchCredential(moved, m.ID, entry)
	})
	change(func(w *store.Writer, entry [16]byte) error {
		unit, _ := st.Directory().UnitByCode("TPK-CIBINONG")
		unit.ActiveUntil = w.Now()
		return w.PutUnit(unit, nil, entry)
	})
	if err := st.ReloadDirectory(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		err := s.stream.RecvMsg(&pb.WhoAmIRequest{})
		if took := time.Since(begun); status.Code(err) != codes.Unauthenticated || took > 5*time.Second {
			t.Errorf("%s: the stream ends with %v after %v, want UNAUTHENTICATED within 5 s", s.what, err, took)
		}
	}
	goesOn := make(chan error, 1)
	go func() { goesOn <- control.stream.RecvMsg(&pb.WhoAmIRequest{}) }()
	select {
	case err := <-goesOn:
		t.Errorf("a stream that nothing was done to ends with %v", err)
	case <-time.After(recheckEvery + time.Second/2):
	}
}

// A slow-down follows its ladder, is not lengthened by tries during a wait, and ends: the right password after it is taken.
func TestTroubleSlowsDownAndNeverLocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, err := newThrottle()
		if err != nil {
			t.Fatal(err)
		}
		account := [16]byte{1}
		for i, want := range []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
			tell, err := slow.begin(account, "peer")
			if err != nil {
				t.Fatalf("try %d: %v", i, err)
			}
			tell(failed)
			for range 100 {
				if _, err := slow.begin(account, "peer"); err == nil {
					t.Fatal("a try during the wait is looked at")
				}
			}
			_, err = slow.begin(account, "peer")
			if wait := err.(*publicError).retry; wait != time.Duration(want)*time.Second {
				t.Errorf("after %d failures told to wait %v, want %d s", i+1, wait, want)
			}
			time.Sleep(time.Duration(want)*time.Second + time.Millisecond)
		}
		tell, err := slow.begin(account, "peer")
		if err != nil {
			t.Fatal(err)
		}
		tell(succeeded)
		if _, err := slow.begin(account, "peer"); err != nil {
			t.Errorf("after a success: %v", err)
		}
	})
}

// Many peers at once slow an account for those who never signed in at all, by half a minute at most; never the desk of its owner. One
// peer that tries many accounts is slowed too.
func TestStrangersKeepNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, err := newThrottle()
		if err != nil {
			t.Fatal(err)
		}
		account := [16]byte{1}
		tell, err := slow.begin(account, "desk")
		if err != nil {
			t.Fatal(err)
		}
		tell(succeeded)
		looked := 0
		for i := range 10_000 {
			if tell, err := slow.begin(account, string(rune('a'+i%200))); err == nil {
				looked++
				tell(failed)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if looked > 60 {
			t.Errorf("200 strangers had %d tries in 1,000 s", looked)
		}
		if _, err := slow.begin(account, "desk"); err != nil {
			t.Errorf("the owner at her desk is kept out: %v", err)
		}
		_, err = slow.begin(account, "new place")
		for err != nil {
			wait := err.(*publicError).retry
			if wait > 30*time.Second {
				t.Errorf("the owner at a new place is to wait %v", wait)
			}
			time.Sleep(wait + time.Millisecond)
			_, err = slow.begin(account, "new place")
		}
		sprayed := 0
		for i := range 1000 {
			if tell, err := slow.begin([16]byte{2, byte(i), byte(i >> 8)}, "sprayer"); err == nil {
				sprayed++
				tell(failed)
			}
		}
		if sprayed > 21 {
			t.Errorf("one peer tried %d accounts at once", sprayed)
		}
	})
}
