package server_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// TestEveryMethodWithEveryRole asks each method of each service as each role, by both faces. Who is not in the method's row of roleTable is
// refused, as if there were nothing; of those who are, at least one is let in, or the row would say nothing.
func TestEveryMethodWithEveryRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stale := maps.Clone(roleTable)
	eachMethod(func(method protoreflect.MethodDescriptor) {
		name := strings.TrimPrefix(fullMethod(method), "/sinergi.v1.")
		row, ok := roleTable[name]
		if !ok {
			t.Errorf("%s has no row in roleTable: say there who may call it", name)
			return
		}
		delete(stale, name)
		verb, _ := restOf(method)
		if verb == "" {
			t.Errorf("%s has no way by REST", name)
			return
		}
		w.asEveryRole(t, method, name, row)
	})
	for name := range stale {
		t.Errorf("%s has a row, and is no method", name)
	}
}

func (w *world) asEveryRole(t *testing.T, method protoreflect.MethodDescriptor, name string, row roleRow) {
	t.Helper()
	in, made := 0, true
	var calls sync.WaitGroup
	var mu sync.Mutex
	for _, role := range slices.Sorted(maps.Keys(whoOf)) {
		allowed := slices.Contains(strings.Fields(row.roles), role) || row.roles == "all" && role != "NOBODY" || row.roles == "anybody"
		for _, who := range whoOf[role] {
			if allowed && row.roles != "all" || w.things == nil { // who is refused changes nothing
				w.things = w.fresh(t)
			}
			first, second := w.requestFor(t, method, row), w.requestFor(t, method, row)
			ask := func() {
				said, byGRPC := w.byGRPC(who, method, first)
				w.credited(t, name, who)
				byREST := w.byREST(who, method, second)
				w.credited(t, name, who)
				mu.Lock()
				defer mu.Unlock()
				made = made && status.Code(byGRPC) != codes.Unimplemented
				grpcIn := letIn(status.Code(byGRPC)) && !(byGRPC == nil && tellsOfNobody(compactJSON(said)))
				restIn := !slices.Contains([]int{401, 403, 404, 501}, byREST.Status) && !(byREST.Status == 200 && tellsOfNobody(compactJSON(byREST.Body)))
				if grpcIn || restIn {
					in++
				}
				if (grpcIn || restIn) && !allowed {
					t.Errorf("%s as %s (%s): by gRPC %v, by REST %d %s", name, role, who, byGRPC, byREST.Status, byREST.Body)
				}
			}
			if strings.HasPrefix(name, "AccountService/") { // which take tokens away, and get new ones
				ask()
				continue
			}
			calls.Go(ask)
		}
	}
	calls.Wait()
	if in == 0 && row.roles != "" && made && !row.nothing {
		t.Errorf("%s: nobody is let in, so its row says nothing", name)
	}
}

// credited gives a caller a token again: some methods of accounts take it away.
func (w *world) credited(t *testing.T, name, who string) {
	t.Helper()
	if strings.HasPrefix(name, "AccountService/") && who != "" {
		w.renew(t, who)
	}
}

// tellsOfNobody are answers that a caller without any right gets as well: an empty list, and a batch of which each leg was not found.
func tellsOfNobody(body string) bool {
	return body == "{}" || strings.Contains(body, `"reason":"NOT_FOUND"`)
}

// compactJSON takes away the spaces that protojson puts in on purpose.
func compactJSON(raw []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// letIn tells whether a handler went further than to ask who calls: the state of things, a field's meaning, or success.
func letIn(code codes.Code) bool {
	switch code {
	case codes.NotFound, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented:
		return false
	}
	return true
}

// requestFor makes a request of a method that the contract takes, about things that are there: a fresh case and leg of PKM-CIBINONG to
// RSUD-CIBINONG.
func (w *world) requestFor(t *testing.T, method protoreflect.MethodDescriptor, row roleRow) proto.Message {
	t.Helper()
	names := map[string]string{"units": "units/PKM-CIBINONG", "accounts": w.accountOf(t, "rekan-uptd"), "growth": "growth"}
	_, pattern := restOf(method)
	maps.Copy(names, w.things)
	req := newMessage(method.Input())
	filler{text: func(field protoreflect.FieldDescriptor, rules *validate.FieldRules) string {
		return soundText(names, pattern, field, rules)
	}}.fill(req.ProtoReflect())
	if row.body != "" {
		more := newMessage(method.Input())
		body := row.body
		for collection, name := range names {
			body = strings.ReplaceAll(body, "<"+collection+">", name)
		}
		if err := protojson.Unmarshal([]byte(strings.ReplaceAll(body, "<today>", today())), more); err != nil {
			t.Errorf("%s: the body of its row: %v", method.FullName(), err)
		}
		more.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
			req.ProtoReflect().Clear(field)
			return true
		})
		proto.Merge(req, more)
	}
	return req
}

// fresh are a case, its leg and its person.
func (w *world) fresh(t *testing.T) map[string]string {
	t.Helper()
	body := stuntedChild()
	body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
	body["legs"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}
	body["disclosures"] = []object{{"basis": "CARE"}}
	filed := w.call("gizi-cibinong", "POST", "/v1/referrals:file", body)
	if filed.Status != 200 {
		t.Fatal(string(filed.Body))
	}
	return map[string]string{"referrals": filed.text("legs.0.referral"), "cases": filed.text("case"), "persons": filed.text("person")}
}

// soundText is a text that the contract takes in a field.
func soundText(names map[string]string, pattern string, field protoreflect.FieldDescriptor, rules *validate.FieldRules) string {
	name := string(field.Name())
	switch {
	case field.FullName().Parent() == field.ContainingMessage().FullName() && strings.Contains(pattern, "{"+name+"="):
		_, rest, _ := strings.Cut(pattern, "{"+name+"=")
		collection, _, _ := strings.Cut(rest, "/")
		if known := names[collection]; known != "" {
			return known
		}
		return collection + "/" + newID()
	case rules.GetString().GetUuid():
		return newID()
	case len(rules.GetString().GetIn()) > 0:
		return rules.GetString().GetIn()[0]
	case name == "case", name == "person", name == "account":
		return cmp.Or(names[name+"s"], name+"s/"+newID())
	case strings.HasSuffix(name, "unit"):
		return names["units"]
	case name == "officer", name == "deputy", name == "to", name == "from":
		return names["accounts"]
	case strings.HasSuffix(name, "_on"), strings.HasSuffix(name, "_date"), strings.HasSuffix(name, "_day"):
		return today()
	}
	const text = "uji peran, alasan yang cukup panjang untuk setiap aturan"
	most := rules.GetString().GetMaxLen()
	if most == 0 || most > uint64(len(text)) {
		return text
	}
	return text[:most]
}
