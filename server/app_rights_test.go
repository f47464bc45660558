package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// appMay is what an app's token is answered to, and by which row of the table.
var appMay = map[string]string{
	"ReferralService.FileReferral":  "A1",
	"GrowthService.Assess":          "A1b",
	"ReferralService.GetReferral":   "R2",
	"ReferralService.ListReferrals": "R2",
	"DirectoryService.GetUnit":      "A46c",
	"DirectoryService.ListUnits":    "A46c",
	"DirectoryService.ListRegions":  "A46c",
	"AccountService.WhoAmI":         "itself",
	"ReviewService.ListNotices":     "A44c: its own, of which there are none",
}

// Whoever finds an app's token in a repository can file for its unit and follow what it has filed. Every method of the contract is
// tried with it, on its own filing and on a survivor's.
func TestALeakedAppTokenFilesAndFollowsAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	foreign := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	foreign.expect(t, 200, nil, nil)
	body := stuntedChild()
	body["legs"], body["disclosures"] = []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG"}}, []object{{"basis": "CARE"}}
	own := w.call("app-melati", "POST", "/v1/referrals:file", body)
	own.expect(t, 200, nil, nil)
	seen := w.call("bidan-melati", "GET", "/v1/cases", nil) // the app is not told the names
	ownCase := seen.text("cases.0.name")
	legs := w.call("dokter-rsud", "GET", "/v1/referrals?direction=INBOX", nil)
	secrets := []string{survivor, villain, chronology, foreign.text("case"), foreign.text("caseNumber"), foreign.text("legs.0.number"), childName, motherName}
	targets := []map[string]string{
		{"number": foreign.text("caseNumber"), "cases": foreign.text("case"), "referrals": foreign.text("legs.0.referral"), "persons": foreign.text("person"), "accounts": w.accountOf(t, "bidan-cibinong")},
		{"number": seen.text("cases.0.number"), "cases": ownCase, "referrals": legs.text("referrals.0.name"), "accounts": w.accountOf(t, "app-melati")},
	}
	tried, answered := 0, map[string]bool{"ReferralService.FileReferral": true} // above
	for _, m := range everyMethod() {
		name := string(m.Parent().Name()) + "." + string(m.Name())
		if strings.HasPrefix(name, "AccountService.") && takenWithoutCredential[string(m.Name())] {
			continue
		}
		for _, target := range targets {
			tried++
			in, out, err := w.tryAsApp(m, target)
			raw, _ := protojson.Marshal(out)
			for _, secret := range secrets {
				if secret != "" && strings.Contains(string(raw), secret) {
					t.Errorf("%s tells %q", name, secret)
				}
			}
			switch reason := client.Reason(err); {
			case err == nil && appMay[name] == "" && holdsNoField(raw):
			case err == nil && appMay[name] == "":
				t.Errorf("%s answers an app: %s", name, raw)
			case err == nil:
				answered[name] = true
			case appMay[name] != "":
			case reason == pb.ErrorReason_NOT_FOUND, reason == pb.ErrorReason_ACTION_NOT_ALLOWED:
			case reason == pb.ErrorReason_ROUTE_NOT_FOUND: // not served yet
			default:
				t.Errorf("%s is not decided by who calls: %v %v; sent %v", name, reason, err, in)
			}
		}
	}
	for name := range appMay {
		if !answered[name] {
			t.Errorf("%s does not answer an app, or was tried with nothing that could be answered", name)
		}
	}
	if tried < 150 {
		t.Errorf("only %d calls were tried", tried)
	}
}

// holdsNoField tells an answer without any field: what the receipt of an own filing leaves of its case, and lists with nothing in
// them. Of a batch each part is refused.
func holdsNoField(raw []byte) bool {
	text := strings.Join(strings.Fields(string(raw)), "")
	return text == "{}" || strings.HasPrefix(text, `{"results":[{"name":`) && strings.Contains(text, `"NOT_FOUND"`) && strings.Count(text, `"name":`) == 1
}

// tryAsApp sends a request that would do if the caller might. What the contract has against it is mended, so that who calls decides.
func (w *world) tryAsApp(m protoreflect.MethodDescriptor, target map[string]string) (in, out proto.Message, err error) {
	in = filled(m, target)
	if body := soundForApp[string(m.Name())]; body != "" {
		fresh := dynamicpb.NewMessage(m.Input())
		body = strings.NewReplacer("CASE", target["cases"], "NUMBER", target["number"], "TODAY", today(), "UUID", newID()).Replace(body)
		if err := protojson.Unmarshal([]byte(body), fresh); err != nil {
			return in, dynamicpb.NewMessage(m.Output()), err
		}
		in = fresh
	}
	for range 8 {
		out = dynamicpb.NewMessage(m.Output())
		if m.IsStreamingServer() {
			err = firstOfStream(w, m, in, out)
		} else {
			err = w.conn.Invoke(w.as("app-melati"), "/"+string(m.Parent().FullName())+"/"+string(m.Name()), in, out)
		}
		if client.Reason(err) != pb.ErrorReason_INVALID_FIELD {
			return in, out, err
		}
		for _, v := range client.Violations(err) {
			clearPath(in.ProtoReflect(), strings.Split(v.Field, "."))
		}
	}
	return in, out, err
}

// clearPath clears the field of a path.
func clearPath(m protoreflect.Message, path []string) {
	name, _, inList := strings.Cut(path[0], "[")
	f := m.Descriptor().Fields().ByJSONName(name)
	switch {
	case f == nil:
	case len(path) == 1 || f.Kind() != protoreflect.MessageKind:
		m.Clear(f)
	case inList && m.Get(f).List().Len() > 0:
		clearPath(m.Mutable(f).List().Get(0).Message(), path[1:])
	case !inList && m.Has(f):
		clearPath(m.Mutable(f).Message(), path[1:])
	}
}

// soundForApp are requests that no filling by the types makes.
var soundForApp = map[string]string{
	"GetDataset":         `{"dataset": "kdrt-year"}`,
	"QueryReleased":      `{"dataset": "kdrt-year"}`,
	"QueryOverseen":      `{"table": "growth-desa-month"}`,
	"QueryLive":          `{"table": "caseload"}`,
	"UpdateCase":         `{"name": "CASE", "requestId": "UUID", "etag": "\"x\"", "updateMask": ["intakeChannel"], "intakeChannel": "IN_PERSON"}`,
	"UpdatePerson":       `{"name": "persons/UUID", "requestId": "UUID", "etag": "\"x\"", "updateMask": ["name"], "person": {"name": "Siti"}}`,
	"AddLegalStep":       `{"name": "CASE", "requestId": "UUID", "status": "REPORTED_TO_POLICE", "occurredOn": "TODAY"}`,
	"TransferCaseload":   `{"requestId": "UUID", "from": "accounts/11111111-1111-4111-8111-111111111111", "to": ["accounts/22222222-2222-4222-8222-222222222222"], "reason": "` + longReason + `"}`,
	"OpenGlass":          `{"requestId": "UUID", "caseNumber": "NUMBER", "code": "IMMINENT_DANGER", "reason": "` + longReason + `"}`,
	"RaiseReferralLevel": `{"name": "referrals/UUID", "requestId": "UUID", "level": "L3", "reason": "` + longReason + `"}`,
	"GetUnit":            `{"name": "units/RSUD-CIBINONG"}`,
	"Assess":             `{"children": [{"sex": "FEMALE", "ageDays": 400, "weightKg": 9}]}`,
	"EndTask":            `{"name": "tasks/UUID", "requestId": "UUID", "etag": "\"x\"", "state": "DONE", "reason": "` + longReason + `"}`,
}

var takenWithoutCredential = map[string]bool{
	"BeginEnrolment": true, "AcceptInvitation": true, "SignIn": true, "BeginSignOn": true, "CompleteSignOn": true, "StartDevice": true, "RedeemDevice": true,
}

func firstOfStream(w *world, m protoreflect.MethodDescriptor, in, out proto.Message) error {
	stream, err := w.conn.NewStream(w.as("app-melati"), &grpc.StreamDesc{ServerStreams: true}, "/"+string(m.Parent().FullName())+"/"+string(m.Name()))
	if err != nil {
		return err
	}
	if err := stream.SendMsg(in); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	return stream.RecvMsg(out)
}

// everyMethod is the contract's.
func everyMethod() (all []protoreflect.MethodDescriptor) {
	protoregistry.GlobalFiles.RangeFilesByPackage("sinergi.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				all = append(all, methods.Get(j))
			}
		}
		return true
	})
	return all
}

// shaped are values that a field of a name takes, where its type alone does not tell.
var shaped = map[protoreflect.Name]string{
	"request_id": "", "page_token": "", "filter": "", "receiver_case": "", "etag": `"x"`,
	"password": "salah-salah-salah", "new_password": "lentera-sungai-kemarin-7", "totp_code": "123456", "user_code": "BCDF-GHJK",
	"nik": "3201012304950001", "code": "app-x", "area_code": "32.01.01.1006", "certificate_sha256": strings.Repeat("ab", 32),
	"client": "x", "recovery_code": "", "id_token": "", "state": "", "sign_on_code": "", "secret": "", "family_card_number": "3201010101010001", "card_number": "3201010101010001",
}

// filled is a request as whoever knows every id would send it.
func filled(m protoreflect.MethodDescriptor, target map[string]string) proto.Message {
	in := dynamicpb.NewMessage(m.Input())
	fill(in, target, 0)
	if field := m.Input().Fields().ByName("name"); field != nil {
		in.Set(field, protoreflect.ValueOfString(target[kindOf(m)]))
		if target[kindOf(m)] == "" {
			in.Set(field, protoreflect.ValueOfString(kindOf(m)+"/"+newID()))
		}
	}
	return in
}

// kindOf is the collection in the path of a method.
func kindOf(m protoreflect.MethodDescriptor) string {
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	path := rule.GetGet() + rule.GetPost() + rule.GetPatch() + rule.GetDelete()
	_, pattern, _ := strings.Cut(path, "name=")
	kind, _, _ := strings.Cut(pattern, "/")
	return kind
}

func fill(in protoreflect.Message, target map[string]string, depth int) {
	fields := in.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if f.ContainingOneof() != nil && !f.HasOptionalKeyword() && f.ContainingOneof().Fields().Get(0) != f {
			continue
		}
		value, ok := valueOf(in, f, target, depth)
		if !ok {
			continue
		}
		if f.IsList() {
			list := in.Mutable(f).List()
			list.Append(value)
			continue
		}
		in.Set(f, value)
	}
}

func valueOf(in protoreflect.Message, f protoreflect.FieldDescriptor, target map[string]string, depth int) (v protoreflect.Value, ok bool) {
	switch f.Kind() {
	case protoreflect.StringKind:
		text := textOf(f, target)
		return protoreflect.ValueOfString(text), text != ""
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(f.Enum().Values().Get(1).Number()), f.Enum().Values().Len() > 1
	case protoreflect.MessageKind:
		if depth > 1 || f.IsMap() {
			return v, false
		}
		var m protoreflect.Message
		if f.IsList() {
			m = in.Mutable(f).List().NewElement().Message()
		} else {
			m = in.NewField(f).Message()
		}
		if f.Message().FullName() == "google.protobuf.Timestamp" {
			m.Set(f.Message().Fields().ByName("seconds"), protoreflect.ValueOfInt64(time.Now().Add(time.Hour).Unix()))
			return protoreflect.ValueOfMessage(m), true
		}
		if f.Message().FullName() == "google.protobuf.FieldMask" {
			return v, false
		}
		fill(m, target, depth+1)
		return protoreflect.ValueOfMessage(m), true
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(1), true
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(10), true
	}
	return v, false
}

func textOf(f protoreflect.FieldDescriptor, target map[string]string) string {
	name := string(f.Name())
	if text, ok := shaped[f.Name()]; ok {
		if name == "request_id" {
			return newID()
		}
		return text
	}
	switch {
	case strings.HasSuffix(name, "_id"):
		return newID()
	case strings.HasSuffix(name, "_on") || strings.HasSuffix(name, "_date"):
		return today()
	case strings.HasSuffix(name, "unit") || strings.HasSuffix(name, "units"):
		return "units/RSUD-CIBINONG"
	case name == "case" || name == "person" || name == "account" || name == "officer" || name == "deputy" || name == "referral" || name == "membership" || name == "household":
		kind := map[string]string{"officer": "accounts", "deputy": "accounts"}[name]
		if kind == "" {
			kind = name + "s"
		}
		if target[kind] != "" {
			return target[kind]
		}
		return kind + "/" + newID()
	case strings.Contains(name, "reason") || strings.Contains(name, "text") || strings.Contains(name, "note") || strings.Contains(name, "summary"):
		return longReason
	}
	return fmt.Sprint("isi ", len(name))
}
