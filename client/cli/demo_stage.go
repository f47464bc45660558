package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/api/annotations"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/timestamppb"

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

// refused makes a call that must fail with a reason.
func refused[A proto.Message](ctx context.Context, s *stage, who *actor, method string, req proto.Message, reason pb.ErrorReason_Value) {
	if s.err != nil {
		return
	}
	s.announce(who, method, req)
	err := s.call(ctx, who, method, req, empty[A]())
	s.say("answer", orNone(client.Reason(err).String()))
	s.holds(client.Reason(err) == reason, "to this caller it does not exist")
}

func empty[A proto.Message]() A {
	var none A
	return none.ProtoReflect().New().Interface().(A)
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
		return s.callREST(ctx, who, method, req, answer)
	}
	return who.client.Connection().Invoke(ctx, "/"+servicePackage+method, req, answer)
}

const servicePackage = "sinergi.v1."

// identify gives a write its request_id, on both faces: REST has no client of ours that would.
func identify(m protoreflect.Message) {
	if field := m.Descriptor().Fields().ByName("request_id"); field != nil && !m.Has(field) {
		m.Set(field, protoreflect.ValueOfString(client.NewRequestID()))
	}
}

// callREST makes the call that the contract's google.api.http option describes, as a clinic's app would.
func (s *stage) callREST(ctx context.Context, who *actor, method string, req, answer proto.Message) error {
	verb, path, body, err := route(method, req)
	if err != nil {
		return err
	}
	scheme := "http://"
	if s.at.CA != "" {
		scheme = "https://"
	}
	call, err := http.NewRequestWithContext(ctx, verb, scheme+s.at.HTTP+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	token, err := who.token(ctx)
	if err != nil {
		return err
	}
	call.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		call.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.http.Do(call)
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
	return protojson.Unmarshal(text, answer)
}

// restError makes of a REST error what gRPC would have given.
func restError(code int, body []byte) error {
	said := &spb.Status{}
	if err := protojson.Unmarshal(body, said); err != nil {
		return status.Errorf(codes.Unknown, "HTTP %d", code)
	}
	return status.FromProto(said).Err()
}

// route reads verb, path and body of a call from the contract.
func route(method string, req proto.Message) (verb, path string, body []byte, err error) {
	name := protoreflect.FullName(servicePackage + strings.ReplaceAll(method, "/", "."))
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	if err != nil {
		return "", "", nil, fmt.Errorf("find %s in the contract: %w", method, err)
	}
	rule, _ := proto.GetExtension(found.Options(), annotations.E_Http).(*annotations.HttpRule)
	verb, path = http.MethodGet, rule.GetGet()
	if rule.GetPost() != "" {
		verb, path = http.MethodPost, rule.GetPost()
	}
	m := proto.Clone(req).ProtoReflect()
	if from, to := strings.Index(path, "{name="), strings.Index(path, "}"); from >= 0 {
		field := m.Descriptor().Fields().ByName("name")
		path = path[:from] + m.Get(field).String() + path[to+1:]
		m.Clear(field)
	}
	if verb == http.MethodGet {
		return verb, path + query(m), nil, nil
	}
	body, err = protojson.Marshal(m.Interface())
	return verb, path, body, err
}

// query writes the fields of a read that are set.
func query(m protoreflect.Message) string {
	values := url.Values{}
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		text := value.String()
		if field.Enum() != nil {
			text = string(field.Enum().Values().ByNumber(value.Enum()).Name())
		}
		values.Set(field.JSONName(), text)
		return true
	})
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// holds prints what must be true, and counts it if it is not.
func (s *stage) holds(ok bool, format string, args ...any) {
	if s.err != nil {
		return
	}
	mark := "holds"
	if !ok {
		mark = "BROKEN"
		s.broken++
	}
	s.say(mark, fmt.Sprintf(format, args...))
}

func (s *stage) title(text string) {
	if s.err == nil {
		fmt.Fprintf(s.out, "\n%s\n%s\n", text, strings.Repeat("-", len(text)))
	}
}

const (
	width  = 120
	margin = 13 // of what is said, so that its first word stands apart
)

// say prints a text beside its mark, wrapped, and cut after a few lines.
func (s *stage) say(mark, text string) {
	const most = 8
	lines := wrap(clean(text), width-margin)
	for i, line := range lines {
		if i == most {
			fmt.Fprintf(s.out, "%*s…\n", margin, "")
			return
		}
		fmt.Fprintf(s.out, "     %-7s %s\n", mark, line)
		mark = ""
	}
}

func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// part is one field of a message, in a few words.
type part struct{ field, text string }

// brief tells a message in a few words: what is set, ids shortened, units by their codes.
func (s *stage) brief(m proto.Message) string { return joined(s.parts(m.ProtoReflect())) }

func (s *stage) parts(m protoreflect.Message) []part {
	var parts []part
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		value := m.Get(field)
		if !m.Has(field) || forMachines[field.Name()] || unmeasured(field, value) {
			continue
		}
		text := ""
		if field.IsList() {
			var items []string
			for n := range value.List().Len() {
				items = append(items, s.value(field, value.List().Get(n)))
			}
			text = "[" + strings.Join(items, ", ") + "]"
		} else {
			text = s.value(field, value)
		}
		parts = append(parts, part{string(field.Name()), text})
	}
	return parts
}

func joined(parts []part) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = p.field + " " + p.text
	}
	return strings.Join(words, ", ")
}

// news tells an answer; of a referral or case that the actor has seen before, only what has changed.
func (s *stage) news(who *actor, answer proto.Message) string {
	parts := s.parts(answer.ProtoReflect())
	named, ok := answer.(interface{ GetName() string })
	if !ok || named.GetName() == "" {
		return joined(parts)
	}
	key := who.who + named.GetName()
	before, now := s.seen[key], map[string]string{}
	var changed []part
	for _, p := range parts {
		now[p.field] = p.text
		if before[p.field] != p.text || p.field == "number" {
			changed = append(changed, p)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(before)) {
		if _, still := now[field]; !still {
			changed = append(changed, part{"no", field})
		}
	}
	s.seen[key] = now
	return joined(changed)
}

// forMachines is left out of the transcript: it serves machines.
var forMachines = map[protoreflect.Name]bool{"request_id": true, "etag": true, "page_size": true, "next_page_token": true, "person_id": true}

// unmeasured tells of an index without a z-score, of which an assessment has several.
func unmeasured(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
	if field.Message() == nil || field.IsList() {
		return false
	}
	index, ok := value.Message().Interface().(*pb.IndexResult)
	return ok && index != nil && index.Z == nil
}

func (s *stage) value(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	switch {
	case field.Enum() != nil:
		if known := field.Enum().Values().ByNumber(value.Enum()); known != nil {
			return string(known.Name())
		}
		return strconv.Itoa(int(value.Enum()))
	case field.Message() != nil:
		switch part := value.Message().Interface().(type) {
		case *timestamppb.Timestamp:
			return part.AsTime().In(wib).Format("02 Jan 15.04")
		case *pb.IndexResult:
			return fmt.Sprintf("%.2f %s", part.GetZ(), part.GetCategory())
		default:
			return "{" + s.brief(part) + "}"
		}
	}
	text := value.String()
	if code, ok := s.units[text]; ok {
		return code
	}
	return shorten(text)
}

// shorten keeps the beginning of each UUID: enough to tell two apart on a screen.
func shorten(text string) string {
	const uuidLength, shown = 36, 8
	for i := 0; i+uuidLength <= len(text); i++ {
		part := text[i : i+uuidLength]
		if part[8] == '-' && part[13] == '-' && part[18] == '-' && part[23] == '-' {
			text = text[:i+shown] + "…" + text[i+uuidLength:]
		}
	}
	return text
}

// signposts tells where to go on, and as whom.
func (s *stage) signposts() {
	fmt.Fprintf(s.out, "\nThe regency serves until Ctrl-C.\n\n  REST     http://%s/v1/units   (documents: /docs/)\n  gRPC     %s\n\n", s.at.HTTP, s.at.GRPC)
	for _, a := range s.at.Accounts {
		fmt.Fprintf(s.out, "  %-10s  %-15s  %-20s  %s\n", a.Role, a.Unit, a.Name, a.Token)
	}
	for _, a := range s.at.AppTokens {
		fmt.Fprintf(s.out, "  %-10s  %-15s  %-20s  %s\n", "APP", a.Unit, "", a.Token)
	}
	fmt.Fprintf(s.out, "\nTry: SINERGI_TOKEN=… sinergi duty list --grpc %s\n", s.at.GRPC)
}
