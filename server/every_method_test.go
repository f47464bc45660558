package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// What the tests over every method share: requests made from the descriptors, sent by both faces.

// fullMethod is a method's name on the wire.
func fullMethod(method protoreflect.MethodDescriptor) string {
	return fmt.Sprintf("/%s/%s", method.Parent().FullName(), method.Name())
}

func newMessage(desc protoreflect.MessageDescriptor) proto.Message {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(desc.FullName())
	if err != nil {
		panic(err) // all of the contract is registered
	}
	return kind.New().Interface()
}

// filler writes the fields of a request. Text gives each string; only what the contract asks for is written, or everything.
type filler struct {
	text       func(field protoreflect.FieldDescriptor, rules *validate.FieldRules) string
	everything bool
	depth      int
}

func (f filler) fill(m protoreflect.Message) {
	for i := range m.Descriptor().Fields().Len() {
		field := m.Descriptor().Fields().Get(i)
		rules, _ := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
		if rules == nil {
			rules = &validate.FieldRules{}
		}
		if !f.everything && !asked(field, rules) || field.IsMap() {
			continue
		}
		if !field.IsList() {
			if v, ok := f.value(m, field, rules); ok {
				m.Set(field, v)
			}
			continue
		}
		list := m.Mutable(field).List()
		for range max(rules.GetRepeated().GetMinItems(), 1) {
			if v, ok := f.value(m, field, rules.GetRepeated().GetItems()); ok {
				list.Append(v)
			}
		}
	}
}

// asked tells whether a request is none without the field.
func asked(field protoreflect.FieldDescriptor, rules *validate.FieldRules) bool {
	return rules.GetRequired() || rules.GetString().GetMinLen() > 0 || rules.GetString().GetPattern() != "" || rules.GetRepeated().GetMinItems() > 0 ||
		len(rules.GetEnum().GetNotIn()) > 0 || rules.GetInt32().GetGte() > 0 || field.Name() == "name" || field.Name() == "request_id"
}

func (f filler) value(m protoreflect.Message, field protoreflect.FieldDescriptor, rules *validate.FieldRules) (v protoreflect.Value, ok bool) {
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(f.text(field, rules)), true
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(field.Enum().Values().Get(1).Number()), true
	case protoreflect.MessageKind:
		if f.depth == 6 || field.Message().ParentFile().Package() != "sinergi.v1" {
			return v, false
		}
		inner := newMessage(field.Message()).ProtoReflect()
		filler{f.text, f.everything, f.depth + 1}.fill(inner)
		return protoreflect.ValueOfMessage(inner), true
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(max(rules.GetInt32().GetGte(), 1)), true
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(f.text(field, rules))), true
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true), f.everything
	}
	return v, false
}

// byGRPC sends a request and gives the answer as JSON, with no credential if as is empty.
func (w *world) byGRPC(as string, method protoreflect.MethodDescriptor, req proto.Message) (said []byte, err error) {
	ctx := context.Background()
	if as != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+w.token(as))
	}
	answer := newMessage(method.Output())
	if err = w.conn.Invoke(ctx, fullMethod(method), req, answer); err == nil {
		said, err = protojson.Marshal(answer)
	}
	return said, err
}

// byREST sends the same request as its route has it: names in the path, the rest in the query of a GET or in the body.
func (w *world) byREST(as string, method protoreflect.MethodDescriptor, req proto.Message) reply {
	w.t.Helper()
	verb, pattern := restOf(method)
	sent := proto.Clone(req)
	m := sent.ProtoReflect()
	path := nameInPath.ReplaceAllStringFunc(pattern, func(variable string) string {
		name, _, _ := strings.Cut(strings.Trim(variable, "{}"), "=")
		field := m.Descriptor().Fields().ByName(protoreflect.Name(name))
		value := m.Get(field).String()
		m.Clear(field)
		parts := strings.Split(value, "/")
		for i := range parts {
			parts[i] = url.PathEscape(parts[i])
		}
		return strings.Join(parts, "/")
	})
	if verb == http.MethodGet {
		query := url.Values{}
		m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			switch {
			case field.IsList() || field.Message() != nil:
			case field.Enum() != nil:
				query.Set(field.JSONName(), string(field.Enum().Values().ByNumber(v.Enum()).Name()))
			default:
				query.Set(field.JSONName(), fmt.Sprint(v.Interface()))
			}
			return true
		})
		return w.raw(as, verb, path+"?"+query.Encode(), "")
	}
	body, err := protojson.Marshal(sent)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.raw(as, verb, path, string(body), "Content-Type", "application/json")
}
