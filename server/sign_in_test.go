package server

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

// signers are accounts that sign in, called without a network between, so that a difference in time is the server's own.
type signers struct {
	*accounts
	t      testing.TB
	secret string
}

const signersPassword = "lentera-sungai-kemarin-7"

func newSigners(t testing.TB) *signers {
	t.Helper()
	dir := t.TempDir()
	st, err := storetest.OpenStore(t.Context(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
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
	g := &signers{&accounts{Server: s}, t, ""}
	if g.secret, err = newSecondFactor(); err != nil {
		t.Fatal(err)
	}
	g.set("bidan-cibinong")
	return g
}

// set gives an account a sign-in anew, so that its next code counts.
func (g *signers) set(code string) casework.AccountID {
	phc, err := g.hashPassword(g.t.Context(), signersPassword)
	if err != nil {
		g.t.Fatal(err)
	}
	id, err := store.Update(g.t.Context(), g.store, func(w *store.Writer) (casework.AccountID, error) {
		id, _, err := w.AccountByCode(code)
		if err != nil {
			return id, err
		}
		return id, w.PutSignIn(store.SignIn{Account: id, Password: phc, TOTP: g.secret}, w.Append(operator("account.manage", "test"), nil, nil))
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return id
}

func (g *signers) at(peer string) context.Context {
	return context.WithValue(g.t.Context(), passageKey{}, &passage{id: uuid.New(), origin: "grpc", peer: peer})
}

func (g *signers) code() string {
	code, err := totp.GenerateCode(g.secret, time.Now())
	if err != nil {
		g.t.Fatal(err)
	}
	return code
}

func (g *signers) try(peer, account, password string) error {
	_, err := g.SignIn(g.at(peer), &pb.SignInRequest{Account: account, Password: password, TotpCode: g.code()})
	return err
}

// An unknown account, one without a sign-in and a wrong password take one time: Welch's t over pairs in turn stays under 4.5. The control
// leaves the dummy hash out, and is seen.
func TestWrongPasswordAndUnknownAccountTakeOneTime(t *testing.T) {
	g := newSigners(t)
	g.slow = nil
	pairs := 25
	if strings.EqualFold(os.Getenv("LONG_ROW"), "identity") {
		pairs = 2000
	}
	measure := func(account string) float64 {
		begun := time.Now()
		if err := g.try("peer", account, "salah-sama-sekali-1"); publicOf(err).reason != pb.ErrorReason_SIGN_IN_FAILED {
			t.Fatal(err)
		}
		return float64(time.Since(begun).Microseconds())
	}
	for _, other := range []string{"tidak-ada", "kader-melati"} {
		var known, unknown []float64
		for i := range pairs {
			if i%2 == 0 {
				known, unknown = append(known, measure("bidan-cibinong")), append(unknown, measure(other))
			} else {
				unknown, known = append(unknown, measure(other)), append(known, measure("bidan-cibinong"))
			}
		}
		if tt := welch(known, unknown); math.Abs(tt) >= 4.5 {
			t.Errorf("%s: Welch's t is %.2f over %d pairs", other, tt, pairs)
		} else {
			t.Logf("%s: Welch's t is %.2f over %d pairs", other, tt, pairs)
		}
	}
	// The control: without a hash for nobody the two are told apart.
	var with, without []float64
	for range pairs {
		begun := time.Now()
		if _, err := g.passwordIs(t.Context(), "", "x"); err != nil {
			t.Fatal(err)
		}
		with = append(with, float64(time.Since(begun).Microseconds()))
		begun = time.Now()
		without = append(without, float64(time.Since(begun).Microseconds()))
	}
	if tt := welch(with, without); math.Abs(tt) < 4.5 {
		t.Errorf("the control is not seen: Welch's t is %.2f", tt)
	}
}

func welch(a, b []float64) float64 {
	mean := func(x []float64) (m, v float64) {
		for _, y := range x {
			m += y / float64(len(x))
		}
		for _, y := range x {
			v += (y - m) * (y - m) / float64(len(x)-1)
		}
		return m, v
	}
	ma, va := mean(a)
	mb, vb := mean(b)
	return (ma - mb) / math.Sqrt(va/float64(len(a))+vb/float64(len(b)))
}

// 1,000 wrong passwords from elsewhere, 32 at once: the owner at her desk signs in all the while, and at once.
func TestOwnerSignsInAmidAThousandWrongPasswords(t *testing.T) {
	t.Parallel()
	g := newSigners(t)
	if err := g.try("desk", "bidan-cibinong", signersPassword); err != nil {
		t.Fatal(err)
	}
	var looked, slowed atomic.Int64
	var attack sync.WaitGroup
	for client := range 32 {
		attack.Go(func() {
			for i := client; i < 1000; i += 32 {
				peer := []string{"hotel", "cafe", "office"}[i%3]
				switch publicOf(g.try(peer, "bidan-cibinong", "salah-sama-sekali-1")).reason {
				case pb.ErrorReason_SIGN_IN_FAILED:
					looked.Add(1)
				case pb.ErrorReason_RATE_LIMITED:
					slowed.Add(1)
				}
			}
		})
	}
	for range 5 {
		g.set("bidan-cibinong") // her next code
		if err := g.try("desk", "bidan-cibinong", signersPassword); err != nil {
			t.Errorf("the owner is kept out: %v", err)
		}
	}
	attack.Wait()
	if looked.Load()+slowed.Load() != 1000 || looked.Load() > 30 {
		t.Errorf("%d wrong passwords were looked at, %d were slowed down", looked.Load(), slowed.Load())
	}
}

// Whoever is disabled, or set back, while her password is hashed does not get in.
func TestDisabledWhileSigningIn(t *testing.T) {
	t.Parallel()
	g := newSigners(t)
	for name, change := range map[string]func(*store.Writer, casework.AccountID, [16]byte) error{
		"disabled": func(w *store.Writer, id casework.AccountID, e [16]byte) error { return w.DisableAccount(id, e) },
		"set back": func(w *store.Writer, id casework.AccountID, _ [16]byte) error { return w.ForgetSignIn(id) },
		"another password": func(w *store.Writer, id casework.AccountID, e [16]byte) error {
			return w.SetPassword(id, phcOf(make([]byte, argonSalt), make([]byte, argonHash)), e)
		},
	} {
		account := map[string]string{"disabled": "gizi-cibinong", "set back": "kepala-cibinong", "another password": "bidan-citeureup"}[name]
		id := g.set(account)
		for range cap(g.cores) {
			g.cores <- struct{}{} // all cores are busy: the sign-in waits for its hash
		}
		ended := make(chan error, 1)
		go func() { ended <- g.try("desk", account, signersPassword) }()
		time.Sleep(50 * time.Millisecond)
		_, err := store.Update(t.Context(), g.store, func(w *store.Writer) (struct{}, error) {
			return struct{}{}, change(w, id, w.Append(operator("account.manage", "test"), nil, nil))
		})
		if err != nil {
			t.Fatal(err)
		}
		for range cap(g.cores) {
			<-g.cores
		}
		if err := <-ended; err == nil || publicOf(err).reason != pb.ErrorReason_SIGN_IN_FAILED {
			t.Errorf("%s while signing in: %v", name, err)
		}
	}
}

// Hashes wait 2 seconds for a core and then say to come again, which counts as no failure.
func TestHashesQueueAndAreSentAway(t *testing.T) {
	g := newSigners(t)
	for range cap(g.cores) {
		g.cores <- struct{}{}
	}
	begun := time.Now()
	err := g.try("desk", "bidan-cibinong", signersPassword)
	if public := publicOf(err); public.reason != pb.ErrorReason_RATE_LIMITED || public.retry == 0 {
		t.Errorf("with all cores busy: %v", err)
	}
	if took := time.Since(begun); took < hashPatience || took > 2*hashPatience {
		t.Errorf("it waited %v", took)
	}
	for range cap(g.cores) {
		<-g.cores
	}
	if err := g.try("desk", "bidan-cibinong", signersPassword); err != nil {
		t.Errorf("after it: %v", err)
	}
}

// BenchmarkSignIn is a sign-in whole: one hash, one commit.
func BenchmarkSignIn(b *testing.B) {
	g := newSigners(b)
	g.slow = nil
	for b.Loop() {
		if err := g.try("desk", "bidan-cibinong", "salah-sama-sekali-1"); err == nil {
			b.Fatal("a wrong password is right")
		}
	}
}
