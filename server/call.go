package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// refusal is an answer of Decide. What is not yours and what never was are the same one.
type refusal access.Outcome

func (r refusal) Error() string { return access.Outcome(r).String() }

// call is one call inside its transaction: who, when, and what the journal will say of it.
type call struct {
	*Server
	caller store.Caller
	now    time.Time
	entry  journal.Entry      // request, origin, actor, role, unit
	logs   func(rule string)  // tells the log by which rule
	second casework.AccountID // who approves what the caller has asked for; zero in all other calls
	missed *missed            // what this call has not found
}

// begin reads who calls.
func (s *Server) begin(ctx context.Context, callerOf func(string, time.Time) (store.Caller, error), now time.Time) (call, error) {
	p, _ := ctx.Value(principalKey{}).(principal)
	caller, err := callerOf(p.credential, now)
	if err != nil {
		return call{}, err
	}
	c := call{Server: s, caller: caller, now: now, logs: func(rule string) { noteRule(ctx, rule) }, missed: missedOf(ctx)}
	if !caller.Active {
		return c, errNobody
	}
	if caller.Role == casework.RoleApp {
		s.lastUses.note(caller.Credential, now)
	}
	c.entry = journal.Entry{
		Version: journal.Version, RequestID: RequestID(ctx), Origin: origin(ctx),
		Actor: s.store.Pseudonym("account", caller.Account[:]), Role: string(caller.Role), Unit: caller.Unit.ID,
	}
	return c, nil
}

// writing begins a call that may write.
func (s *Server) writing(ctx context.Context, w *store.Writer) (call, error) {
	by, two := ctx.Value(bySecondKey{}).(bySecond)
	if !two {
		return s.begin(ctx, w.Caller, w.Now())
	}
	c, err := s.begin(ctx, by.firstCaller(w), w.Now())
	c.second, c.entry.Cosigner = by.second, s.store.Pseudonym("account", by.second[:])
	return c, err
}

// reading begins a call that only reads. Its time is the server's clock, never below the newest entry.
func (s *Server) reading(ctx context.Context, r *store.Reader) (call, error) {
	return s.begin(ctx, r.Caller, r.Now())
}

// Scopes of an app's token: what it may be used for, whatever the app may do.
const (
	scopeFile   = "file"
	scopeStatus = "status"
	scopeAssess = "assess"
)

// scoped holds an app to what its token is for; a person's token is for all that the person may do.
func (c call) scoped(scope string, action access.Action) error {
	if c.caller.Role != casework.RoleApp || slices.Contains(strings.Fields(c.caller.Scopes), scope) {
		return nil
	}
	return c.refuse(action, access.Decision{Outcome: access.Denied, Rule: "SCOPE"}, object{}, scope)
}

// object is what a journal entry is about.
type object struct {
	kind   string // case, person, leg, measurement, incident
	id     [16]byte
	caseID casework.CaseID
	level  casework.Level
	basis  casework.DisclosureID
}

func aboutCase(k casework.Case) object {
	return object{"case", k.ID, k.ID, k.Level, casework.DisclosureID{}}
}

func aboutLeg(f store.LegFile) object {
	return object{"leg", f.Leg.ID, f.Case.ID, f.Case.Level, f.Leg.Disclosure}
}

// record is the entry of a decision about an object.
func (c call) record(action access.Action, d access.Decision, about object) store.Record {
	c.logs(d.Rule.String())
	e := c.entry
	e.Action, e.Rule, e.Outcome, e.Mask = action.String(), d.Rule.String(), d.Outcome.String(), uint32(d.Grant.Mask())
	e.Purpose = string(d.Rule.Purpose())
	rec := store.Record{Entry: e}
	if about.id != ([16]byte{}) {
		rec.Entry.ObjectKind, rec.Entry.Object = about.kind, c.store.Pseudonym(about.kind, about.id[:])
		rec.Entry.Level, rec.Entry.Basis = string(about.level), about.basis
		rec.Object, rec.Case = about.id[:], about.caseID[:]
	}
	return rec
}

// refuse undoes all but the entry of the refusal. An id that is not there has a tag of what was asked, like one that is. Who has met too
// many of them is told so in place of the next.
func (c call) refuse(action access.Action, d access.Decision, about object, asked string) error {
	rec := c.record(action, d, about)
	if about.id == ([16]byte{}) {
		tag := c.store.Tag("asked", []byte(asked))
		rec.Entry.ObjectKind, rec.Entry.Object = "asked", tag
	}
	if d.Outcome != access.NotFound {
		return &store.Refusal{Record: rec, Err: refusal(d.Outcome)}
	}
	c.missed.note(c.caller.Account)
	if retry, over := c.misses.over(c.caller.Account); over {
		c.missed.hidden.Add(1)
		return &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: retry}
	}
	return &store.Refusal{Record: rec, Err: refusal(d.Outcome), Also: func(w *store.Writer, entry [16]byte) error {
		return c.tellOfBlocked(w, d.Rule == ruleBlocked, about.caseID, entry)
	}}
}

// ofCase is a decision to read a case, less a receipt: that is of a filing, and does not even say that the case is there.
func ofCase(read access.Decision) access.Decision {
	if read.Allowed() && read.Grant.Mask()&^access.Receipt == 0 {
		return access.Decision{Rule: read.Rule}
	}
	return read
}

// refuseAs refuses a read on the way of another act, whose answer is a fault of its field.
func (c call) refuseAs(fault casework.Violations, read access.Decision, about object, asked string) error {
	err := c.refuse(access.Read, access.Decision{Rule: read.Rule}, about, asked)
	if refused, ok := err.(*store.Refusal); ok {
		refused.Err = fault
	}
	return err
}

// append writes the entry of an event whose value is sealed.
func (c call) append(w *store.Writer, action access.Action, d access.Decision, about object, event journal.Event) [16]byte {
	rec := c.record(action, d, about)
	rec.Entry.Event = event
	return w.AppendRecord(rec)
}

// mutation is a request that changes something.
type mutation interface {
	proto.Message
	GetRequestId() string
}

// requestOf gives the id of a request and the mark of its body without the id.
func (s *Server) requestOf(m mutation) (id [16]byte, mark [32]byte, err error) {
	id, err = uuid.Parse(m.GetRequestId())
	if err != nil {
		return id, mark, &casework.Error{Kind: casework.KindInvalid, Reason: "REQUEST_ID_MISSING", Field: "requestId"}
	}
	msg := m.ProtoReflect()
	field := msg.Descriptor().Fields().ByName("request_id")
	value := msg.Get(field)
	msg.Clear(field)
	body, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	msg.Set(field, value)
	return id, s.store.Mac("request", []byte(msg.Descriptor().FullName()), body), err
}

// errReused is a request_id that was used for something else.
var errReused = &casework.Error{Kind: casework.KindInvalid, Reason: "REQUEST_ID_REUSED", Field: "requestId"}

// answered gives the stored answer of a request that was done before, into answer. Access has been decided before: shows is what
// the caller may read now. If that has shrunk since, only name, number and time are left.
func (c call) answered(a store.Answered, method string, mark [32]byte, shows access.Mask, answer proto.Message) error {
	if a.Mark != mark || a.Method != method {
		return errReused
	}
	if err := proto.Unmarshal(a.Answer, answer); err != nil {
		return errors.New("stored answer does not parse")
	}
	if was := access.Mask(a.Mask); was&^shows != 0 {
		keepReceipt(answer.ProtoReflect())
	}
	return nil
}

// keepReceipt leaves of a message what says only that it was taken.
func keepReceipt(m protoreflect.Message) {
	m.Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		switch field.Name() {
		case "name", "number", "record_time", "sent_time":
		default:
			m.Clear(field)
		}
		return true
	})
}

// keep stores the answer beside its effect.
func (c call) keep(w *store.Writer, request [16]byte, a store.Answered, answer proto.Message) error {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(answer)
	if err != nil {
		return err
	}
	a.Answer = raw
	return w.PutAnswer(c.caller.Account, request, a)
}

// newID draws an id of a record about a person: UUID v4, for v7 would tell when a victim came.
func newID() casework.ID { return casework.ID(uuid.New()) }
