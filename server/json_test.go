package server

import (
	"context"
	"math"
	"strings"
	"testing"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// nested is an array or object n levels deep.
func nested(open, inner, shut string, n int) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(shut, n)
}

// badBodies are bodies of Assess and all that is said of each: PC-25 and the traps of protection.md.
var badBodies = []struct{ name, body, want string }{
	{"an unknown field at the top", `{"levle":"L3"}`, "levle UNKNOWN_FIELD,children TOO_FEW"},
	{"an unknown field deep inside", `{"children":[` + soundChild + `,{"sex":"MALE","wieghtKg":7}]}`, "children[1].wieghtKg UNKNOWN_FIELD"},
	{"a key that may be a name", `{"children":[` + soundChild + `],"Siti Aminah":1}`, "? UNKNOWN_FIELD"},
	{"a key that may be a NIK", `{"children":[` + soundChild + `],"3201014106200001":1}`, "? UNKNOWN_FIELD"},
	{"an escaped unknown key", `{"children":[` + soundChild + `],"le\u0076le":1}`, "levle UNKNOWN_FIELD"},
	{"the same key twice", `{"children":[{"sex":"MALE","weightKg":7,"weightKg":8}]}`, "children[0].weightKg DUPLICATE_KEY"},
	{"the same key in both spellings", `{"children":[{"sex":"MALE","weightKg":7,"weight_kg":8}]}`, "children[0].weightKg DUPLICATE_KEY"},
	{"the same key, once escaped", `{"children":[{"sex":"MALE","weightKg":7,"weight\u004bg":8}]}`, "children[0].weightKg DUPLICATE_KEY"},
	{"the same list twice", `{"children":[` + soundChild + `],"children":[]}`, "children DUPLICATE_KEY"},
	{"null and a value", `{"children":[{"sex":"MALE","weightKg":null,"weightKg":8}]}`, "children[0].weightKg DUPLICATE_KEY"},
	{"NaN as text", `{"children":[{"sex":"MALE","weightKg":"NaN"}]}`, "children[0].weightKg NOT_A_NUMBER"},
	{"Infinity as text", `{"children":[{"sex":"MALE","weightKg":"Infinity"}]}`, "children[0].weightKg NOT_A_NUMBER"},
	{"-Infinity as text", `{"children":[{"sex":"MALE","weightKg":"-Infinity"}]}`, "children[0].weightKg NOT_A_NUMBER"},
	{"1e400", `{"children":[{"sex":"MALE","weightKg":1e400}]}`, "children[0].weightKg NOT_A_NUMBER"},
	{"1e400 as text", `{"children":[{"sex":"MALE","weightKg":"1e400"}]}`, "children[0].weightKg NOT_A_NUMBER"},
	{"minus zero", `{"children":[{"sex":"MALE","weightKg":-0}]}`, "children[0].weightKg NEGATIVE_ZERO"},
	{"minus zero where zero is taken", `{"children":[{"sex":"MALE","ageDays":-0.0}]}`, "children[0].ageDays NEGATIVE_ZERO"},
	{"zero", `{"children":[{"sex":"MALE","weightKg":0}]}`, "children[0].weightKg NOT_ABOVE"},
	{"a negative number", `{"children":[{"sex":"MALE","ageDays":-1}]}`, "children[0].ageDays TOO_SMALL"},
	{"hexadecimal as text", `{"children":[{"sex":"MALE","weightKg":"0x1p3"}]}`, "children[0].weightKg WRONG_TYPE"},
	{"inf as Go reads it", `{"children":[{"sex":"MALE","weightKg":"inf"}]}`, "children[0].weightKg WRONG_TYPE"},
	{"a space in a number", `{"children":[{"sex":"MALE","weightKg":" 7"}]}`, "children[0].weightKg WRONG_TYPE"},
	{"an empty number", `{"children":[{"sex":"MALE","weightKg":""}]}`, "children[0].weightKg WRONG_TYPE"},
	{"true for a number", `{"children":[{"sex":"MALE","weightKg":true}]}`, "children[0].weightKg WRONG_TYPE"},
	{"an object for a number", `{"children":[{"sex":"MALE","weightKg":{"kg":7}}]}`, "children[0].weightKg WRONG_TYPE"},
	{"a number for a text", `{"children":[{"sex":"MALE","measuredOn":20260101}]}`, "children[0].measuredOn WRONG_TYPE"},
	{"a text for a switch", `{"children":[{"sex":"MALE","oedema":"true"}]}`, "children[0].oedema WRONG_TYPE"},
	{"a text for an object", `{"children":["MALE"]}`, "children[0] WRONG_TYPE"},
	{"null for an object of a list", `{"children":[null]}`, "children[0] WRONG_TYPE"},
	{"an object for a list", `{"children":{"sex":"MALE"}}`, "children WRONG_TYPE"},
	{"an unknown name of an enum", `{"children":[{"sex":"WOMAN"}]}`, "children[0].sex UNKNOWN_VALUE"},
	{"an unknown number of an enum", `{"children":[{"sex":77}]}`, "children[0].sex UNKNOWN_VALUE"},
	{"a fraction for an enum", `{"children":[{"sex":1.5}]}`, "children[0].sex WRONG_TYPE"},
	{"an enum that is missing", `{"children":[{"weightKg":7}]}`, "children[0].sex REQUIRED"},
	{"a text too long", `{"children":[{"sex":"MALE","birthDate":"2026-01-01T00:00:00Z"}]}`, "children[0].birthDate TOO_LONG"},
	{"NUL in a text", `{"children":[{"sex":"MALE","birthDate":"2026\u0000"}]}`, "children[0].birthDate ENCODING"},
	{"two faults of two kinds", `{"children":[{"sex":"WOMAN","weightKg":-1}]}`, "children[0].sex UNKNOWN_VALUE,children[0].weightKg NOT_ABOVE"},
	{
		"JSON, shape and meaning at once", `{"children":[{"sex":"MALE","wieghtKg":1,"lengthCm":"NaN","muacCm":-2,"measuredOn":"2026-02-30"}]}`,
		"children[0].wieghtKg UNKNOWN_FIELD,children[0].lengthCm NOT_A_NUMBER,children[0].muacCm NOT_ABOVE,children[0].measuredOn DATE_INVALID",
	},
	{"depth 40 in an unknown field", `{"x":` + nested("[", "1", "]", 40) + `}`, "x UNKNOWN_FIELD,x TOO_DEEP"},
	{"depth 40 of objects", nested(`{"children":`, "1", "}", 40), "children WRONG_TYPE,children TOO_DEEP"},
	{"depth 100,000", `{"x":` + strings.Repeat("[", 100_000), "x UNKNOWN_FIELD,x TOO_DEEP"},
	{"an array for a body", `[]`, " MALFORMED"},
	{"a text for a body", `"x"`, " MALFORMED"},
	{"a body that ends early", `{"children":[`, "children[0] MALFORMED"},
	{"a body that goes on", `{"children":[]} {}`, " MALFORMED"},
	{"a comma too many", `{"children":[` + soundChild + `,]}`, "children[1] MALFORMED"},
	{"bytes that are no UTF-8", "{\"children\":[{\"birthDate\":\"\xff\"}]}", "children[0].birthDate MALFORMED"},
	{"half of a surrogate pair", `{"children":[{"birthDate":"\ud800"}]}`, "children[0].birthDate MALFORMED"},
	{"NaN as a word", `{"children":[{"sex":"MALE","weightKg":NaN}]}`, "children[0].weightKg MALFORMED"},
	{"a plus sign", `{"children":[{"sex":"MALE","weightKg":+7}]}`, "children[0].weightKg MALFORMED"},
}

func trapBadBodies(t *testing.T) {
	f := newFace(t, nil)
	for _, c := range badBodies {
		t.Run(c.name, func(t *testing.T) {
			a := f.send("POST", growthPath, c.body)
			reason, violations := a.reason(t)
			if got := strings.Join(violations, ","); a.code != 400 || reason != "INVALID_FIELD" || got != c.want {
				t.Errorf("got %d %s %q, want %q", a.code, reason, got, c.want)
			}
			for _, leak := range []string{"Siti", "3201014106200001", "proto:", "json", "WOMAN"} {
				if strings.Contains(a.body, leak) {
					t.Errorf("the answer holds %q: %s", leak, a.body)
				}
			}
		})
	}
	if f.probe.calls() != 0 {
		t.Errorf("%d handlers ran", f.probe.calls())
	}
}

func TestSoundBodiesPass(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	for _, body := range []string{
		`{"children":[` + soundChild + `]}`,
		`{"children":[{"sex":"FEMALE","weight_kg":"8.1","age_days":4e2,"birthDate":null}]}`,
		`{"children":[{"sex":1,"weightKg":8}]}`,
		` {"children" : [ {"sex":"MAL\u0045"} ] } `,
	} {
		if a := f.send("POST", growthPath, body); a.code != 200 {
			t.Errorf("%s: got %d %s", body, a.code, a.body)
		}
	}
}

func TestManyFaultsAreCutOff(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	body := `{"children":[` + strings.TrimSuffix(strings.Repeat(`{"sex":"X","weightKg":"NaN"},`, 900), ",") + `]}`
	a := f.send("POST", growthPath, body)
	if _, violations := a.reason(t); a.code != 400 || len(violations) != mostFaults+1 || violations[mostFaults] != " TOO_MANY_TO_LIST" {
		t.Errorf("got %d with %d violations, %s", a.code, len(violations), violations[len(violations)-1])
	}
}

// PC-25 by gRPC, where no JSON stands before the message.
func TestWhatIsNoValueIsRefusedByGRPC(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	for name, value := range map[string]float64{
		"NaN": math.Float64frombits(0x7ff8000000000000), "signalling NaN": math.Float64frombits(0x7ff0000000000001),
		"infinity": math.Inf(1), "minus infinity": math.Inf(-1), "minus zero": math.Copysign(0, -1), "zero": 0, "minus one": -1,
	} {
		req := &pb.AssessRequest{Children: []*pb.MeasuredChild{{Sex: pb.Sex_MALE}, {Sex: pb.Sex_MALE, WeightKg: &value}}}
		_, err := f.growth().Assess(asCaller(t), req)
		if got := violationsOf(err); len(got) != 1 || !strings.HasPrefix(got[0], "children[1].weightKg ") {
			t.Errorf("%s: got %v, want the path of the weight alone", name, got)
		}
	}
	if f.probe.calls() != 0 {
		t.Error("a handler ran")
	}
}

func TestWireThatIsNoMessageIsRefusedByPath(t *testing.T) {
	t.Parallel()
	f := newFace(t, nil)
	child := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 1)
	text := append(protowire.AppendTag(child, 2, protowire.BytesType), 2, 0xff, 'a') // birth_date
	bad := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), text)
	newer := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType),
		append(append([]byte{}, child...), protowire.AppendVarint(protowire.AppendTag(nil, 999, protowire.VarintType), 1)...))
	for name, c := range map[string]struct {
		wire []byte
		want string
	}{
		"no UTF-8":        {bad, "children[0].birthDate ENCODING"},
		"a newer field":   {newer, "children[0] UNKNOWN_FIELD"},
		"no message":      {[]byte{0x0a, 0xff}, " MALFORMED"},
		"the mark itself": {[]byte(malformedMark), " MALFORMED"},
	} {
		err := f.invokeRaw(asCaller(t), c.wire)
		if got := strings.Join(violationsOf(err), ","); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %q, want %q (%v)", name, got, c.want, err)
		}
		if err := f.invokeRaw(context.Background(), c.wire); reasonIn(status.Convert(err)) != pb.ErrorReason_UNAUTHENTICATED {
			t.Errorf("%s without a credential: got %v", name, err)
		}
	}
}

// invokeRaw sends bytes that may be no message.
func (f *face) invokeRaw(ctx context.Context, wire []byte) error {
	m := &pb.AssessRequest{}
	m.ProtoReflect().SetUnknown(protoreflect.RawFields(wire)) // written as they are
	return f.conn.Invoke(ctx, pb.GrowthService_Assess_FullMethodName, m, &pb.AssessResponse{})
}

// Whatever the walk lets through protojson takes, and what protojson takes is not lost.
func FuzzReadJSON(f *testing.F) {
	for _, c := range badBodies {
		f.Add([]byte(c.body))
	}
	f.Add([]byte(`{"children":[` + soundChild + `]}`))
	known := shapes{}
	shape := known.of((&pb.AssessRequest{}).ProtoReflect().Descriptor())
	f.Fuzz(func(t *testing.T, body []byte) {
		sound, faults := readJSON(body, shape)
		if len(sound) == 0 {
			return
		}
		whole, part := &pb.AssessRequest{}, &pb.AssessRequest{}
		wholeErr := decodeJSON(body, whole, false)
		if err := decodeJSON(sound, part, len(faults) > 0); err != nil {
			t.Errorf("what is left does not decode: %v\n%s\n%s", err, body, sound)
		}
		if len(faults) == 0 && wholeErr == nil && !proto.Equal(whole, part) {
			t.Errorf("the walk changed %s", body)
		}
	})
}
