package server

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// What strangers send is read without a panic, and what is read comes out as it went in. `go test` tries the seeds; `.ci/run long fuzz`
// goes on from them.

func FuzzToken(f *testing.F) {
	for _, kind := range []string{"usr", "app"} {
		token, _, _, err := newToken(kind)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(token)
		f.Add(token[:len(token)-1] + "é")
		f.Add("xng_" + token[4:])
	}
	f.Add("")
	f.Fuzz(func(t *testing.T, token string) {
		p, ok := parseToken(token)
		if !ok {
			return
		}
		if rest, begins := strings.CutPrefix(token, "sng_"+p.kind+"_"+p.id); !begins || len(rest) != tokenSecretLength+tokenCRCLength {
			t.Errorf("%q is taken for one of kind %q with the id %q", token, p.kind, p.id)
		}
		for at := range len(token) { // one wrong letter is always found
			other := byte('0')
			if token[at] == other {
				other = '1'
			}
			if _, ok := parseToken(token[:at] + string(other) + token[at+1:]); ok {
				t.Errorf("%q is taken with another letter at %d", token, at)
			}
		}
	})
}

// A page token that we did not seal to this caller and this list is refused, whatever it holds.
func FuzzPageToken(f *testing.F) {
	st := openedStore(f, "2027-01-04 09:00")
	c := call{Server: &Server{store: st, cursors: st.Cursors()}, caller: store.Caller{Credential: "a"}, now: st.Now()}
	other := c
	other.caller.Credential = "b"
	req := &pb.ListCasesRequest{}
	sealed := c.pageToken("cases", req, store.Cursor{Time: c.now, ID: [16]byte{1}})
	for _, token := range []string{sealed, sealed[1:], sealed + "A", "", "=", strings.Repeat("A", 200)} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		at, err := c.cursor("cases", req, token)
		if err != nil {
			return
		}
		if token == "" {
			if !at.IsZero() {
				t.Error("no token goes on somewhere")
			}
			return
		}
		again, err := c.cursor("cases", req, c.pageToken("cases", req, at))
		if err != nil || again != at {
			t.Errorf("%v comes back as %v: %v", at, again, err)
		}
		if _, err := other.cursor("cases", req, token); err == nil {
			t.Error("the token serves another caller")
		}
		if _, err := c.cursor("duties", req, token); err == nil {
			t.Error("the token serves another list")
		}
	})
}

// FuzzMessage reads bytes as each message that a caller may send. What does not parse is marked and so refused; what does holds text
// alone, and is written as it was read.
func FuzzMessage(f *testing.F) {
	requests := allRequests()
	for _, seed := range []proto.Message{
		&pb.AssessRequest{}, &pb.FileReferralRequest{Case: "cases/x", RequestId: "1"}, &pb.CreateCaseRequest{}, &pb.ListDutiesRequest{PageSize: 7},
	} {
		wire, err := proto.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint16(slices.Index(requests, seed.ProtoReflect().Descriptor().FullName())), wire)
	}
	f.Add(uint16(0), []byte("\x0a\x02\xff\xfe"))
	f.Add(uint16(3), []byte(malformedMark))
	f.Add(uint16(5), bytes.Repeat([]byte{0x0a, 0x7f}, 300))
	codec := newWireCodec()
	f.Fuzz(func(t *testing.T, which uint16, wire []byte) {
		kind, err := protoregistry.GlobalTypes.FindMessageByName(requests[int(which)%len(requests)])
		if err != nil {
			t.Fatal(err)
		}
		m := kind.New().Interface()
		if err := codec.Unmarshal(mem.BufferSlice{mem.SliceBuffer(bytes.Clone(wire))}, m); err != nil {
			t.Fatalf("the codec answers by itself: %v", err)
		}
		onlyText(t, m.ProtoReflect())
		written, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again := kind.New().Interface()
		if err := proto.Unmarshal(written, again); err != nil || !proto.Equal(m, again) {
			t.Errorf("%x is read as %x: %v", wire, written, err)
		}
	})
}

// allRequests are the messages that the methods of the contract take.
func allRequests() (names []protoreflect.FullName) {
	protoregistry.GlobalFiles.RangeFilesByPackage("sinergi.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				names = append(names, methods.Get(j).Input().FullName())
			}
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

func onlyText(t *testing.T, m protoreflect.Message) {
	m.Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		each := func(v protoreflect.Value) {
			switch {
			case field.Message() != nil:
				onlyText(t, v.Message())
			case field.Kind() == protoreflect.StringKind && !utf8.ValidString(v.String()):
				t.Errorf("%s holds what is no text", field.FullName())
			}
		}
		switch {
		case field.IsMap(): // the contract has none
			t.Errorf("%s is a map", field.FullName())
		case field.IsList():
			for i := range v.List().Len() {
				each(v.List().Get(i))
			}
		default:
			each(v)
		}
		return true
	})
}

// FuzzLoad gives the operator's loads any file. Each is taken or refused with its faults, and a dry run changes nothing.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{
		"code,name\n32.01,KABUPATEN BOGOR\n32.01.01,Cibinong\n",
		"\ufeffcode,name,type,region\npkm,Puskesmas,HEALTH,32.01.01\n",
		"day,name,basis\n2027-01-01,Tahun Baru,SKB\n",
		"username,name,unit,role\nani,Ani,pkm,WORKER\n",
		"a\n\"", "a,a\n1,2\n", "\x00\n\xff\n", "day,name,basis\n2027-13-45,,\n",
	} {
		f.Add([]byte(seed))
	}
	st := openedStore(f, "2027-01-04 09:00")
	before := len(entries(f, st))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, load := range []func(context.Context, *store.Store, io.Reader, bool) (LoadReport, error){LoadUsers, LoadUnits, LoadRegions, LoadCalendar} {
			if report, err := load(t.Context(), st, bytes.NewReader(file), true); err == nil && len(report.Lines)+len(report.Faults) == 0 {
				t.Error("a file is taken without a word")
			}
		}
		if after := len(entries(t, st)); after != before {
			t.Errorf("a dry run is on record: %d entries after %d", after, before)
		}
	})
}
