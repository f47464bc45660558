package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// stage is where the story is told: it calls as its actors, over REST and gRPC by turns, prints each call with its answer,
// and remembers whether every step held. After the first call that fails unexpectedly it stays silent, so the story needs
// no error handling between its lines.
type stage struct {
	out    io.Writer
	at     Addresses
	clock  *demoClock
	http   *http.Client
	actors map[string]*actor            // by code of the account
	units  map[string]string            // code by resource name
	seen   map[string]map[string]string // what an actor last saw of a resource, field by field
	step   int
	rest   bool // the next call goes over REST
	broken int  // steps that did not hold
	err    error
}

// actor is somebody who calls.
type actor struct {
	who    string // "Yayah Rohaeti, WORKER of PKM-CIBINONG"
	unit   string // code
	token  func(context.Context) (string, error)
	client *client.Client
}

// shift is how long an actor works with one token: the regency's are for half a day, and the story lasts for weeks.
const shift = 10 * time.Hour

// signedIn gives an actor's token, a new one when the shift is over.
func (s *stage) signedIn(code, unit string) func(context.Context) (string, error) {
	var token string
	var since time.Time
	return func(ctx context.Context) (string, error) {
		if now := s.clock.now(); token == "" || now.Sub(since) > shift {
			fresh, err := s.at.SignIn(ctx, code, unit)
			if err != nil {
				return "", err
			}
			token, since = fresh, now
		}
		return token, nil
	}
}

// signIn gives everybody a token of the present, for those who look around when the story is told.
func (s *stage) signIn(ctx context.Context) (err error) {
	for i, a := range s.at.Accounts {
		if s.at.Accounts[i].Token, err = s.at.SignIn(ctx, a.Code, a.Unit); err != nil {
			return err
		}
	}
	for i, a := range s.at.AppTokens {
		if s.at.AppTokens[i].Token, err = s.at.SignIn(ctx, a.Code, a.Unit); err != nil {
			return err
		}
	}
	return nil
}

func newStage(ctx context.Context, out io.Writer, at Addresses, clock *demoClock) (*stage, error) {
	s := &stage{out: out, at: at, clock: clock, actors: map[string]*actor{}, units: map[string]string{}, seen: map[string]map[string]string{}}
	transport := &http.Transport{}
	if at.CA != "" {
		config, err := client.TLS(at.CA)()
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = config
	} else {
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	s.http = &http.Client{Transport: transport, Timeout: 15 * time.Second}
	reader := s.person(ctx, "PKM-CIBINONG", "WORKER", 0)
	if s.err != nil {
		return nil, s.err
	}
	for unit, err := range reader.client.AllUnits(ctx, &pb.ListUnitsRequest{}) {
		if err != nil {
			s.close()
			return nil, fmt.Errorf("read the directory: %w", err)
		}
		s.units[unit.GetName()] = unit.GetCode()
	}
	return s, nil
}

func (s *stage) close() {
	for _, a := range s.actors {
		_ = a.client.Close()
	}
	s.http.CloseIdleConnections()
}

// person is the nth account with this role in this unit.
func (s *stage) person(ctx context.Context, unit, role string, nth int) *actor {
	for _, a := range s.at.Accounts {
		if a.Unit != unit || a.Role != role {
			continue
		}
		if nth == 0 {
			return s.actor(ctx, a.Name+", "+role+" of "+unit, unit, a.Code)
		}
		nth--
	}
	s.fail(fmt.Errorf("the regency has no %s of %s", role, unit))
	return &actor{who: role + " of " + unit}
}

// app is the program of a unit.
func (s *stage) app(ctx context.Context, unit string) *actor {
	for _, a := range s.at.AppTokens {
		if a.Unit == unit {
			return s.actor(ctx, "the app of "+unit, unit, a.Code)
		}
	}
	s.fail(fmt.Errorf("the regency has no app of %s", unit))
	return &actor{who: "the app of " + unit}
}

func (s *stage) actor(ctx context.Context, who, unit, code string) *actor {
	if known, ok := s.actors[code]; ok {
		return known
	}
	options := client.Options{Token: s.signedIn(code, unit)}
	if s.at.CA != "" {
		options.TLS = client.TLS(s.at.CA)
	}
	c, err := client.Dial(ctx, s.at.GRPC, options)
	if err != nil {
		s.fail(err)
		return &actor{who: who}
	}
	s.actors[code] = &actor{who: who, unit: unit, token: options.Token, client: c}
	return s.actors[code]
}

func (s *stage) fail(err error) { s.err = errors.Join(s.err, err) }

// verdict ends the story: nil only if every step held.
func (s *stage) verdict() error {
	switch {
	case s.err != nil:
		return fmt.Errorf("demo: %w", s.err)
	case s.broken > 0:
		return fmt.Errorf("demo: %d of what must hold did not", s.broken)
	}
	fmt.Fprintf(s.out, "\n%d calls, half over REST, half over gRPC:\nevery step held\n", s.step)
	return nil
}

// ask makes one call and prints it with its answer.
func ask[A proto.Message](ctx context.Context, s *stage, who *actor, method string, req proto.Message) A {
	answer := empty[A]()
	if s.err != nil {
		return answer
	}
	s.announce(who, method, req)
	if err := s.call(ctx, who, method, req, answer); err != nil {
		s.fail(fmt.Errorf("step %d, %s by %s: %w", s.step, method, who.who, err))
		s.say("fails", err.Error())
		return answer
	}
	s.say("answer", s.news(who, answer))
	return answer
}

// refused makes a call that must fail with a reason; what that means is told.
func refused[A proto.Message](ctx context.Context, s *stage, who *actor, method string, req proto.Message, reason pb.ErrorReason_Value, meaning string) {
	if s.err != nil {
		return
	}
	s.announce(who, method, req)
	err := s.call(ctx, who, method, req, empty[A]())
	s.say("answer", orNone(client.Reason(err).String()))
	s.holds(client.Reason(err) == reason, "%s", meaning)
}

// announce prints who calls what, and turns to the other face for the next call.
func (s *stage) announce(who *actor, method string, req proto.Message) {
	s.step++
	call, asked := "gRPC "+method, s.parts(req.ProtoReflect())
	if s.rest {
		verb, path, body, err := route(method, req)
		if err != nil {
			s.fail(err)
			return
		}
		call = "REST " + verb + " " + path
		asked = slices.DeleteFunc(asked, func(p part) bool { return body == nil || p.field == "name" }) // the path says it
	}
	fmt.Fprintf(s.out, "\n%3d  %s  %s\n     %s\n", s.step, s.clock.now().In(wib).Format("02 Jan 15.04"), who.who, shorten(call))
	if len(asked) > 0 {
		s.say("asks", joined(asked))
	}
}

// call goes over the face whose turn it is.
func (s *stage) call(ctx context.Context, who *actor, method string, req, answer proto.Message) error {
	if s.err != nil {
		return s.err
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	identify(req.ProtoReflect())
	rest := s.rest
	s.rest = !s.rest
	if rest {
		return s.patiently(ctx, func() error { return s.callREST(ctx, who, method, req, answer) })
	}
	return who.client.Connection().Invoke(ctx, "/"+servicePackage+method, req, answer)
}

// patiently calls again after the time that a limit names, as our gRPC client does by itself.
func (s *stage) patiently(ctx context.Context, call func() error) error {
	for {
		err := call()
		wait, limited := client.RetryAfter(err)
		if !limited {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
	}
}

const servicePackage = "sinergi.v1."

// identify gives a write its request_id, on both faces: REST has no client of ours that would.
func identify(m protoreflect.Message) {
	if field := m.Descriptor().Fields().ByName("request_id"); field != nil && !m.Has(field) {
		m.Set(field, protoreflect.ValueOfString(client.NewRequestID()))
	}
}
