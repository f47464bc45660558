package server_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// door is one of the two faces of the contract, both with the same names, fields, errors and rights: a story told through one must
// be the same through the other.
type door struct {
	w   *world
	rpc bool
}

// throughBothDoors tells a story by REST and by gRPC, in one regency.
func throughBothDoors(t *testing.T, w *world, story func(*testing.T, door)) {
	t.Helper()
	for _, rpc := range []bool{false, true} {
		t.Run(map[bool]string{false: "REST", true: "gRPC"}[rpc], func(t *testing.T) { story(t, door{w, rpc}) })
	}
}

// event sends one event on a leg, with a request id of its own unless more holds one.
func (d door) event(as, leg, event string, more object) reply {
	body := object{"requestId": newID()}
	maps.Copy(body, more)
	if !d.rpc {
		return d.w.call(as, "POST", "/v1/"+leg+":"+event, body).tight()
	}
	body["name"] = leg
	return d.call(as, ":"+event, body)
}

func (d door) file(as string, body object) reply {
	if !d.rpc {
		return d.w.call(as, "POST", "/v1/referrals:file", body).tight()
	}
	return d.call(as, ":file", body)
}

func (d door) batch(as string, body object) reply {
	if !d.rpc {
		return d.w.call(as, "POST", "/v1/referrals:batch", body).tight()
	}
	return d.call(as, ":batch", body)
}

func (d door) get(as, leg string) reply {
	if !d.rpc {
		return d.w.call(as, "GET", "/v1/"+leg, nil).tight()
	}
	return d.call(as, "GetReferral", object{"name": leg})
}

// call finds the method by its name, or by the end of its REST path, and answers as the gateway would.
func (d door) call(as, method string, body object) reply {
	d.w.t.Helper()
	m := methodOf(method)
	in, out := dynamicpb.NewMessage(m.Input()), dynamicpb.NewMessage(m.Output())
	raw, err := json.Marshal(body)
	if err == nil {
		err = protojson.Unmarshal(raw, in)
	}
	if err != nil {
		d.w.t.Fatal(err)
	}
	err = d.w.conn.Invoke(d.w.as(as), "/"+string(m.Parent().FullName())+"/"+string(m.Name()), in, out)
	answer, code := protoreflect.ProtoMessage(out), 200
	if err != nil {
		st := status.Convert(err)
		answer, code = st.Proto(), runtime.HTTPStatusFromCode(st.Code())
	}
	if raw, err = protojson.Marshal(answer); err != nil {
		d.w.t.Fatal(err)
	}
	return reply{code, nil, raw}.tight()
}

// tight is the answer without spaces, which protojson varies on purpose.
func (r reply) tight() reply {
	var body bytes.Buffer
	if json.Compact(&body, r.Body) == nil {
		r.Body = body.Bytes()
	}
	return r
}

func methodOf(method string) protoreflect.MethodDescriptor {
	methods := pb.File_sinergi_v1_referral_service_proto.Services().ByName("ReferralService").Methods()
	for i := range methods.Len() {
		m := methods.Get(i)
		rule := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
		if string(m.Name()) == method || strings.HasSuffix(rule.GetPost(), method) {
			return m
		}
	}
	panic("no method " + method)
}

// child files a new child of the puskesmas with legs, and gives the answer.
func (d door) child(t *testing.T, as string, legs []object, disclosures ...object) reply {
	t.Helper()
	body := stuntedChild()
	body["newPerson"].(object)["name"] = childName + " " + newID()[:8]
	body["legs"], body["disclosures"] = legs, disclosures
	filed := d.file(as, body)
	filed.expect(t, 200, []string{`"state":"SENT"`}, nil)
	return filed
}

// toHospital is a child's leg from the puskesmas to the hospital, by the chain of care.
func (d door) toHospital(t *testing.T) (leg string) {
	t.Helper()
	legs := []object{{"service": "SPECIALIST_PEDIATRIC", "receiverUnit": "units/RSUD-CIBINONG", "question": question}}
	return d.child(t, "gizi-cibinong", legs, object{"basis": "CARE"}).text("legs.0.referral")
}

const question = "Mohon pemeriksaan penyebab lain"

// consent of the client herself, to what the classes and fields say.
func guardiansConsent(legs []int, classes []string, fields ...string) object {
	return object{
		"basis": "CONSENT", "giver": "GUARDIAN", "giverName": motherName, "method": "SPOKEN", "explainedBy": "petugas gizi", "purpose": "layanan", "legs": legs,
		"classes": classes, "fields": fields,
	}
}

// ok sends an event that must be taken, and says in which state the leg then is.
func (d door) ok(t *testing.T, as, leg, event string, more object, state string) reply {
	t.Helper()
	got := d.event(as, leg, event, more)
	if got.Status != 200 || state != "" && got.text("state") != state {
		t.Fatalf("%s by %s: %d %s, want %s", event, as, got.Status, got.Body, state)
	}
	return got
}

// refused sends an event that must be refused for a reason.
func (d door) refused(t *testing.T, as, leg, event string, more object, reason string) reply {
	t.Helper()
	got := d.event(as, leg, event, more)
	if got.Status == 200 || got.reason() != reason {
		t.Errorf("%s by %s: %d %s, want %s", event, as, got.Status, got.Body, reason)
	}
	return got
}

// offers tells what a caller may do with a leg now.
func (d door) offers(t *testing.T, as, leg string, want ...string) {
	t.Helper()
	if got := d.get(as, leg).actions(); !slices.Equal(got, want) {
		t.Errorf("%s is offered %v, want %v", as, got, want)
	}
}
