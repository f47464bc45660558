package server

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"buf.build/go/protovalidate"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// theRules are those of every message that a service of ours takes, compiled before the first call, so that none pays for it or takes a lock;
// and once in a process, for they are the same for each server.
var theRules = sync.OnceValues(func() (protovalidate.Validator, error) {
	known := shapes{}
	protoregistry.GlobalFiles.RangeFilesByPackage("sinergi.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				known.of(methods.Get(j).Input())
			}
		}
		return true
	})
	var descriptors []protoreflect.MessageDescriptor
	for _, s := range known {
		descriptors = append(descriptors, s.desc)
	}
	v, err := protovalidate.New(protovalidate.WithMessageDescriptors(descriptors...), protovalidate.WithDisableLazy())
	if err != nil {
		return nil, fmt.Errorf("compile the rules of the contract: %w", err)
	}
	return v, nil
})

// keyed joins what REST says in headers with the message: Idempotency-Key and request_id, If-Match and etag. What does not
// agree is noted, and answered with all other faults.
func (s *Server) keyed(ctx context.Context, p *passage, next func(context.Context) error) error {
	known := s.contract.methods[p.method]
	if known == nil || p.request == nil {
		return next(ctx)
	}
	m := p.request.ProtoReflect()
	if field := known.requestID; field != nil {
		p.faults = append(p.faults, joinKey(ctx, m, field)...)
	}
	if field := known.etag; field != nil {
		p.faults = append(p.faults, joinETag(ctx, m, field)...)
	}
	return next(ctx)
}

func joinKey(ctx context.Context, m protoreflect.Message, field protoreflect.FieldDescriptor) []Violation {
	id := m.Get(field).String()
	for _, key := range metadata.ValueFromIncomingContext(ctx, "idempotency-key") {
		key = strings.Trim(key, `" `) // RFC drafts write it as a quoted string
		if id != "" && !strings.EqualFold(id, key) {
			return []Violation{{Field: field.JSONName(), Reason: pb.ErrorReason_REQUEST_ID_CONFLICT.String()}}
		}
		if id == "" {
			id = key
			m.Set(field, protoreflect.ValueOfString(key))
		}
	}
	if id == "" {
		return []Violation{{Field: field.JSONName(), Reason: pb.ErrorReason_REQUEST_ID_MISSING.String()}}
	}
	return nil
}

func joinETag(ctx context.Context, m protoreflect.Message, field protoreflect.FieldDescriptor) []Violation {
	for _, tag := range metadata.ValueFromIncomingContext(ctx, "if-match") {
		tag = strings.Trim(strings.TrimPrefix(strings.TrimSpace(tag), "W/"), `"`)
		said := m.Get(field).String()
		switch {
		case tag == "*": // any revision
		case said == "":
			m.Set(field, protoreflect.ValueOfString(tag))
		case said != tag:
			return []Violation{{Field: field.JSONName(), Reason: "CONFLICT"}}
		}
	}
	return nil
}

// validated answers all faults of a request at once: those of its JSON, its shape and its meaning.
func (s *Server) validated(ctx context.Context, p *passage, next func(context.Context) error) error {
	if s.contract.methods[p.method] == nil || p.request == nil {
		return next(ctx)
	}
	if faults := s.faultsOf(p); len(faults) > 0 {
		return unfit(faults)
	}
	return next(ctx)
}

func (s *Server) faultsOf(p *passage) []Violation {
	faults := p.faults
	if slices.ContainsFunc(faults, unreadable) {
		return faults
	}
	faults = merge(faults, s.shapeViolations(p.request))
	if check := s.meaning[p.method]; check != nil {
		faults = merge(faults, meantBy(check(p.request)))
	}
	if len(faults) > mostFaults {
		faults = append(faults[:mostFaults], Violation{Reason: "TOO_MANY_TO_LIST"})
	}
	return faults
}

// unreadable faults leave nothing of which more could be said.
func unreadable(v Violation) bool { return v.Reason == "MALFORMED" || v.Reason == "TOO_DEEP" }

// merge adds faults of fields of which nothing was said yet: a value that was refused is missing for the next check, and
// that is not the caller's fault.
func merge(faults, more []Violation) []Violation {
	said := len(faults)
	for _, v := range more {
		if !slices.ContainsFunc(faults[:said], func(f Violation) bool { return within(v.Field, f.Field) || itemOf(f.Field, v.Field) }) {
			faults = append(faults, v)
		}
	}
	return faults
}

// within tells whether a path is another one or below it.
func within(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && above != "" && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// itemOf tells whether a path is an item of a list: a list with a broken item was not read at all.
func itemOf(path, list string) bool {
	rest, ok := strings.CutPrefix(path, list)
	return ok && list != "" && strings.HasPrefix(rest, "[") && strings.IndexByte(rest, ']') == len(rest)-1
}

// shapeViolations are the faults that the contract alone can tell. A rule that fails to run is a fault of ours.
func (s *Server) shapeViolations(m proto.Message) []Violation {
	edge := edgeWalk{}
	edge.message(m.ProtoReflect())
	err := s.validator.Validate(m)
	invalid, ok := errors.AsType[*protovalidate.ValidationError](err)
	if err != nil && !ok {
		panic("a rule of the contract does not run") // at the first call of any test
	}
	if !ok {
		return edge.faults
	}
	faults := make([]Violation, 0, len(invalid.Violations))
	for _, v := range invalid.Violations {
		faults = append(faults, ruleViolation(m.ProtoReflect().Descriptor(), v))
	}
	return merge(edge.faults, faults)
}

// edgeWalk looks for what no field may hold, whatever its rules: numbers that are none, text that PostgreSQL refuses, times
// that no calendar has, and fields that this program does not know.
type edgeWalk struct {
	path   path
	faults []Violation
}

func (w *edgeWalk) fault(reason string) {
	if len(w.faults) <= mostFaults {
		w.faults = append(w.faults, Violation{Field: w.path.String(), Reason: reason})
	}
}

func (w *edgeWalk) message(m protoreflect.Message) {
	switch unknown := m.GetUnknown(); {
	case string(unknown) == malformedMark:
		w.fault("MALFORMED")
		return
	case len(unknown) > 0: // a newer client's field that we would drop may be the one that keeps a secret
		w.fault("UNKNOWN_FIELD")
	}
	if t, ok := m.Interface().(*timestamppb.Timestamp); ok {
		if !t.IsValid() {
			w.fault("BAD_TIME")
		}
		return
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if f.IsMap() || !edgeKind(f.Kind()) {
			return true
		}
		w.path.push(segment{name: f.JSONName()})
		if f.IsList() {
			w.list(f, v.List())
		} else {
			w.value(f, v)
		}
		w.path.pop()
		return true
	})
}

func (w *edgeWalk) list(f protoreflect.FieldDescriptor, list protoreflect.List) {
	for i := range list.Len() {
		w.path.push(segment{index: i})
		w.value(f, list.Get(i))
		w.path.pop()
	}
}

// edgeKind are the kinds that can hold such values.
func edgeKind(k protoreflect.Kind) bool {
	switch k {
	case protoreflect.DoubleKind, protoreflect.FloatKind, protoreflect.StringKind, protoreflect.MessageKind:
		return true
	}
	return false
}

func (w *edgeWalk) value(f protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch f.Kind() {
	case protoreflect.MessageKind:
		w.message(v.Message())
	case protoreflect.StringKind:
		if text := v.String(); strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
			w.fault("ENCODING")
		}
	default:
		switch x := v.Float(); {
		case math.IsNaN(x), math.IsInf(x, 0):
			w.fault("NOT_A_NUMBER")
		case x == 0 && math.Signbit(x):
			w.fault("NEGATIVE_ZERO")
		}
	}
}

// ruleReasons are our words for the rules of the contract, without the type before the dot.
var ruleReasons = map[string]string{
	"required": "REQUIRED", "min_len": "TOO_SHORT", "max_len": "TOO_LONG", "len": "WRONG_LENGTH",
	"uuid": "NOT_A_UUID", "uuid_empty": "NOT_A_UUID", "finite": "NOT_A_NUMBER",
	"gt": "NOT_ABOVE", "gte": "TOO_SMALL", "lt": "NOT_BELOW", "lte": "TOO_LARGE",
	"min_items": "TOO_FEW", "max_items": "TOO_MANY", "unique": "DUPLICATE_ITEM",
	"defined_only": "UNKNOWN_VALUE", "not_in": "VALUE_NOT_TAKEN", "in": "UNKNOWN_VALUE",
}

// ruleViolation says a broken rule in our words. What was sent is not repeated; the rule's limit is.
func ruleViolation(desc protoreflect.MessageDescriptor, v *protovalidate.Violation) Violation {
	_, rule, found := strings.Cut(v.Proto.GetRuleId(), ".")
	if !found {
		rule = v.Proto.GetRuleId()
	}
	said := Violation{Field: jsonPath(desc, v.Proto.GetField()), Reason: ruleReasons[rule]}
	switch {
	case said.Reason == "VALUE_NOT_TAKEN" && v.FieldValue.IsValid() && isZero(v.FieldValue), rule == "min_len" && v.FieldValue.IsValid() && isZero(v.FieldValue):
		said.Reason = "REQUIRED" // an enum's UNSPECIFIED, an empty text
	case said.Reason == "" && (strings.Contains(rule, "gt") || strings.Contains(rule, "lt")):
		said.Reason = "OUT_OF_RANGE" // rules of two bounds, such as gte_lt
	case said.Reason == "":
		said.Reason = "INVALID"
	}
	if v.RuleValue.IsValid() {
		said.Limit = limitText(v.RuleValue)
	}
	return said
}

func isZero(v protoreflect.Value) bool {
	switch x := v.Interface().(type) {
	case protoreflect.EnumNumber:
		return x == 0
	case string:
		return x == ""
	}
	return false
}

// limitText writes the bound of a rule; a rule that is only on or off has none.
func limitText(v protoreflect.Value) string {
	switch x := v.Interface().(type) {
	case int32, int64, uint32, uint64, float32, float64:
		return fmt.Sprint(x)
	}
	return ""
}

// jsonPath writes a path of proto names as JSON has them.
func jsonPath(desc protoreflect.MessageDescriptor, path *validate.FieldPath) string {
	var b strings.Builder
	for _, element := range path.GetElements() {
		name := element.GetFieldName()
		if desc != nil {
			if f := desc.Fields().ByNumber(protoreflect.FieldNumber(element.GetFieldNumber())); f != nil {
				name, desc = f.JSONName(), f.Message()
			}
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(name)
		if element.HasIndex() {
			b.WriteString("[" + strconv.FormatUint(element.GetIndex(), 10) + "]")
		}
	}
	return b.String()
}
