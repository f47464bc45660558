package server

import (
	"unicode/utf8"

	"google.golang.org/grpc/encoding"
	protocodec "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// malformedMark is an unknown field, number 2²⁹-1, that stands for a message which does not parse.
const malformedMark = "\xf8\xff\xff\xff\x0f\x01"

// wireCodec is gRPC's own, but for messages that do not parse: gRPC would answer them itself, with Go text, before a
// credential was looked at. They go through the chain, marked, and validation refuses them.
type wireCodec struct{ encoding.CodecV2 }

func newWireCodec() wireCodec { return wireCodec{encoding.GetCodecV2(protocodec.Name)} }

func (c wireCodec) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(proto.Message)
	if err := c.CodecV2.Unmarshal(data, v); err == nil || !ok {
		return err
	}
	wire := data.Materialize()
	markText(m.ProtoReflect().Descriptor(), wire, 0)
	if proto.Unmarshal(wire, m) == nil {
		return nil
	}
	proto.Reset(m)
	m.ProtoReflect().SetUnknown(protoreflect.RawFields(malformedMark))
	return nil
}

// markText puts NUL for each byte that is no UTF-8, so that validation finds the field by its path.
func markText(desc protoreflect.MessageDescriptor, wire []byte, depth int) {
	if depth > deepest {
		return
	}
	for len(wire) > 0 {
		number, kind, n := protowire.ConsumeTag(wire)
		if n < 0 {
			return
		}
		value := wire[n:]
		size := protowire.ConsumeFieldValue(number, kind, value)
		if size < 0 {
			return
		}
		if f := desc.Fields().ByNumber(number); f != nil && kind == protowire.BytesType {
			inside, _ := protowire.ConsumeBytes(value)
			markField(f, inside, depth)
		}
		wire = value[size:]
	}
}

func markField(f protoreflect.FieldDescriptor, inside []byte, depth int) {
	switch f.Kind() {
	case protoreflect.MessageKind:
		markText(f.Message(), inside, depth+1)
	case protoreflect.StringKind:
		for i := 0; i < len(inside); {
			r, size := utf8.DecodeRune(inside[i:])
			if r == utf8.RuneError && size == 1 {
				inside[i] = 0
			}
			i += size
		}
	}
}
