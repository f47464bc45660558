package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// The acceptance scenarios (design: domain 10). Each is told once, as steps, and played over REST and over gRPC. After each step
// everybody who must not know is made to listen: acceptance_sweep_test.go.

// step is one call of a scenario. {word} in it stands for what an earlier step kept under that word.
type step struct {
	as, method    string
	say           object            // the request; an id of its own is added
	want          string            // the reason of the refusal; none: it is done
	must, mustNot []string          // in the body of the answer, over either face
	keep          map[string]string // word: path in the answer
}

// play is one scenario on its way over one face, in a regency of its own.
type play struct {
	*world
	t     *testing.T
	over  func(w *world, as string, m method, say object) reply
	clock *clock
	kept  map[string]string
	secretsOf
}

// overBothFaces plays a scenario once over each face.
func overBothFaces(t *testing.T, tell func(p *play)) {
	t.Parallel()
	for name, over := range map[string]func(*world, string, method, object) reply{"REST": (*world).overREST, "gRPC": (*world).overGRPC} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &clock{}
			c.advance(time.Until(begin))
			p := &play{world: openWorld(t, t.TempDir(), c.now), t: t, over: over, clock: c, kept: map[string]string{}}
			p.leak = t.Errorf
			tell(p)
			p.finish()
		})
	}
}

// do plays a step, and then lets everybody listen who must not know. A scenario whose step fails ends.
func (p *play) do(s step) reply {
	p.t.Helper()
	got := p.quietly(s)
	p.eavesdrop()
	return got
}

// quietly plays a step that changes nothing that anybody could overhear.
func (p *play) quietly(s step) reply {
	p.t.Helper()
	m, ok := methods()[s.method]
	if !ok {
		p.t.Fatalf("the contract has no method %s", s.method)
	}
	say, _ := p.fill(s.say).(object)
	got := p.over(p.world, s.as, m, m.identified(say))
	what := s.as + " " + s.method
	if got.reasonOr() != s.want {
		p.t.Fatalf("%s: got %q, want %q: %d %s", what, got.reasonOr(), s.want, got.Status, got.Body)
	}
	for _, word := range s.must {
		if word := p.text(word); !bytes.Contains(got.Body, []byte(word)) {
			p.t.Errorf("%s lacks %q: %s", what, word, got.Body)
		}
	}
	for _, word := range s.mustNot {
		if word := p.text(word); got.tells(word) {
			p.t.Errorf("%s tells %q: %s", what, word, got.Body)
		}
	}
	for word, path := range s.keep {
		if p.kept[word] = got.text(path); p.kept[word] == "" {
			p.t.Fatalf("%s has no %s to keep: %s", what, path, got.Body)
		}
	}
	return got
}

// begin is the time at which every scenario begins: a Monday, 09:00 in Bogor, in a year without holidays.
var begin = time.Date(2027, time.February, 1, 2, 0, 0, 0, time.UTC)

// day is a date so many days from now.
func (p *play) day(days int) string {
	return p.clock.now().In(time.FixedZone("WIB", 7*3600)).AddDate(0, 0, days).Format(time.DateOnly)
}

// born is the birth date of somebody of so many months.
func (p *play) born(months int) string { return begin.AddDate(0, -months, 0).Format(time.DateOnly) }

// later moves the clock. Tokens of persons last 12 hours, so everybody signs in anew.
func (p *play) later(by time.Duration) {
	p.t.Helper()
	p.clock.advance(by)
	for _, u := range p.served.Users {
		if u.Role != "APP" {
			p.renew(p.t, u.Code)
		}
	}
}

// text fills the words that were kept into a text.
func (p *play) text(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(word string) string {
		value, ok := p.kept[strings.Trim(word, "{}")]
		if !ok {
			p.t.Errorf("nothing was kept as %s", word)
		}
		return value
	})
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

func (p *play) fill(v any) any {
	switch v := v.(type) {
	case string:
		return p.text(v)
	case object:
		filled := object{}
		for key, value := range v {
			filled[key] = p.fill(value)
		}
		return filled
	case []object:
		var filled []object
		for _, value := range v {
			filled = append(filled, p.fill(value).(object))
		}
		return filled
	case []string:
		var filled []string
		for _, value := range v {
			filled = append(filled, p.text(value))
		}
		return filled
	}
	return v
}

// method is one call of the contract, known by its name alone: no two services share one.
type method struct {
	protoreflect.MethodDescriptor
	verb, path string // of REST
}

var methods = sync.OnceValue(func() map[string]method {
	all := map[string]method{}
	contractFiles(func(file protoreflect.FileDescriptor) {
		for i := range file.Services().Len() {
			list := file.Services().Get(i).Methods()
			for j := range list.Len() {
				m := method{MethodDescriptor: list.Get(j)}
				rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
				for verb, path := range map[string]string{"GET": rule.GetGet(), "POST": rule.GetPost(), "PATCH": rule.GetPatch()} {
					if path != "" {
						m.verb, m.path = verb, path
					}
				}
				all[string(m.Name())] = m
			}
		}
	})
	return all
})

// identified gives a change an id, unless it has one.
func (m method) identified(say object) object {
	say = maps.Clone(say)
	if say == nil {
		say = object{}
	}
	if _, has := say["requestId"]; !has && m.Input().Fields().ByName("request_id") != nil {
		say["requestId"] = newID()
	}
	return say
}

var pathVariable = regexp.MustCompile(`\{(\w+)=[^}]*\}`)

// overREST sends a call to the path and with the verb that the contract gives it.
func (w *world) overREST(as string, m method, say object) reply {
	say = maps.Clone(say)
	path := pathVariable.ReplaceAllStringFunc(m.path, func(variable string) string {
		field := pathVariable.FindStringSubmatch(variable)[1]
		value, _ := say[field].(string)
		delete(say, field)
		return value
	})
	if m.verb == "GET" {
		query := url.Values{}
		for field, value := range say {
			query.Set(field, fmt.Sprint(value))
		}
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
		return w.plainly(as, m.verb, path, nil)
	}
	return w.plainly(as, m.verb, path, say)
}

// plainly sends a call over REST, and takes the spaces out of its answer that protojson varies on purpose.
func (w *world) plainly(as, verb, path string, body any) reply {
	got, err := w.try(as, verb, path, body)
	if err != nil {
		w.t.Error(err)
	}
	var compact bytes.Buffer
	if json.Compact(&compact, got.Body) == nil {
		got.Body = compact.Bytes()
	}
	return got
}

// overGRPC sends the same call by its full name. Its answer is shown as REST would show it.
func (w *world) overGRPC(as string, m method, say object) reply {
	in, out := messageOf(m.Input()), messageOf(m.Output())
	raw, err := json.Marshal(m.identified(say))
	if err == nil {
		err = protojson.Unmarshal(raw, in)
	}
	if err != nil {
		w.t.Errorf("%s: %v", m.FullName(), err)
		return reply{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+w.token(as))
	var header, trailer metadata.MD
	err = w.conn.Invoke(ctx, fmt.Sprintf("/%s/%s", m.Parent().FullName(), m.Name()), in, out, grpc.Header(&header), grpc.Trailer(&trailer))
	got := reply{Status: http.StatusOK, Header: http.Header{}}
	for _, md := range []metadata.MD{header, trailer} {
		for key, values := range md {
			got.Header[http.CanonicalHeaderKey(key)] = values
		}
	}
	said := out
	if err != nil {
		got.Status, said = runtime.HTTPStatusFromCode(status.Code(err)), status.Convert(err).Proto()
	}
	got.Body = asJSON(w.t, said)
	return got
}

func messageOf(d protoreflect.MessageDescriptor) proto.Message {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		panic(err) // every message of the contract is generated
	}
	return kind.New().Interface()
}

// asJSON writes a message without the spaces that protojson varies on purpose.
func asJSON(t testing.TB, m proto.Message) []byte {
	var compact bytes.Buffer
	raw, err := protojson.Marshal(m)
	if err == nil {
		err = json.Compact(&compact, raw)
	}
	if err != nil {
		t.Error(err)
	}
	return compact.Bytes()
}

// reasonOr is the reason of a refusal, or nothing of what was done.
func (r reply) reasonOr() string {
	switch reason := r.reason(); {
	case r.Status == http.StatusOK:
		return ""
	case reason != "":
		return reason
	}
	return fmt.Sprintf("status %d", r.Status)
}

// tells holds that a word is anywhere in an answer, its headers included.
func (r reply) tells(word string) bool {
	return bytes.Contains(r.Body, []byte(word)) || strings.Contains(headerText(r), word)
}

// allowing is a client's own consent to show some classes and fields to the receiver of one leg of a filing.
func allowing(leg int, classes []string, fields ...string) object {
	return object{
		"basis": "CONSENT", "legs": []int{leg}, "giver": "SELF", "method": "SPOKEN", "explainedBy": "petugas", "purpose": "pertolongan malam ini",
		"classes": classes, "fields": fields,
	}
}
