package server_test

import (
	"slices"
	"strings"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// longLists are the lists that the contract makes longer than 100: children of one stateless assessment.
var longLists = map[protoreflect.FullName]uint64{"sinergi.v1.AssessRequest.children": 1000}

// longTexts are no texts but proofs of another machine, which grow with what that machine says of a person.
var longTexts = map[protoreflect.FullName]uint64{
	"sinergi.v1.AcceptInvitationRequest.id_token": 16_000, "sinergi.v1.SignInRequest.id_token": 16_000, "sinergi.v1.StepUpRequest.id_token": 16_000,
}

const (
	longestText = 10_000
	longestList = 100
)

// bounds says what a field of a request lacks: a text of at most 10,000 characters, a list of at most 100 items.
func bounds(field protoreflect.FieldDescriptor) (faults []string) {
	rules, _ := proto.GetExtension(field.Options(), validate.E_Field).(*validate.FieldRules)
	text, bytes := rules.GetString(), rules.GetBytes()
	if field.IsList() {
		most, listed := rules.GetRepeated().GetMaxItems(), longLists[field.FullName()]
		if most == 0 || most > max(longestList, listed) {
			faults = append(faults, "no max_items up to 100")
		}
		text, bytes = rules.GetRepeated().GetItems().GetString(), rules.GetRepeated().GetItems().GetBytes()
	}
	if field.IsMap() && (rules.GetMap().GetMaxPairs() == 0 || rules.GetMap().GetMaxPairs() > longestList) {
		faults = append(faults, "no max_pairs up to 100")
	}
	most := max(text.GetMaxLen(), text.GetLen())
	bounded := most > 0 && most <= max(longestText, longTexts[field.FullName()]) || text.GetUuid() || len(text.GetIn()) > 0 || ends(text.GetPattern())
	if field.Kind() == protoreflect.StringKind && !bounded {
		faults = append(faults, "no max_len up to 10,000")
	}
	if most := max(bytes.GetMaxLen(), bytes.GetLen()); field.Kind() == protoreflect.BytesKind && (most == 0 || most > 1<<20) {
		faults = append(faults, "no max_len up to 1 MiB")
	}
	return faults
}

// ends tells whether a pattern says how long a text may be.
func ends(pattern string) bool {
	return strings.HasPrefix(pattern, "^") && strings.HasSuffix(pattern, "$") && !strings.ContainsAny(pattern, "*+")
}

// requestFields are the fields of all requests, those of messages inside included.
func requestFields() (all []protoreflect.FieldDescriptor) {
	var seen []protoreflect.FullName
	var walk func(protoreflect.MessageDescriptor)
	walk = func(message protoreflect.MessageDescriptor) {
		if slices.Contains(seen, message.FullName()) || message.ParentFile().Package() != "sinergi.v1" {
			return
		}
		seen = append(seen, message.FullName())
		for i := range message.Fields().Len() {
			field := message.Fields().Get(i)
			all = append(all, field)
			if field.Message() != nil {
				walk(field.Message())
			}
		}
	}
	eachMethod(func(method protoreflect.MethodDescriptor) { walk(method.Input()) })
	return all
}

// Nothing that a caller sends is without an end: each text and list is bounded by the contract itself.
func TestEveryTextAndListOfARequestIsBounded(t *testing.T) {
	t.Parallel()
	fields := requestFields()
	if len(fields) < 300 {
		t.Fatalf("%d fields of requests: this test has lost the contract", len(fields))
	}
	for _, field := range fields {
		for _, fault := range bounds(field) {
			t.Errorf("%s: %s", field.FullName(), fault)
		}
	}
	// The negative control: fields of answers have no bounds, and are found.
	unbounded := 0
	eachMethod(func(method protoreflect.MethodDescriptor) {
		for i := range method.Output().Fields().Len() {
			unbounded += len(bounds(method.Output().Fields().Get(i)))
		}
	})
	if unbounded < 20 {
		t.Errorf("%d unbounded fields of answers found, want most", unbounded)
	}
}
