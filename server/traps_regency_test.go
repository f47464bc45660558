package server_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	_ "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// eachMethod visits every method of the contract, of whichever service: who adds one need not think of the tests that read this.
func eachMethod(visit func(protoreflect.MethodDescriptor)) {
	protoregistry.GlobalFiles.RangeFilesByPackage("sinergi.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				visit(methods.Get(j))
			}
		}
		return true
	})
}

// restOf is the way to a method by REST, "" if there is none.
func restOf(method protoreflect.MethodDescriptor) (verb, pattern string) {
	rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		return http.MethodGet, p.Get
	case *annotations.HttpRule_Post:
		return http.MethodPost, p.Post
	case *annotations.HttpRule_Patch:
		return http.MethodPatch, p.Patch
	case *annotations.HttpRule_Put:
		return http.MethodPut, p.Put
	case *annotations.HttpRule_Delete:
		return http.MethodDelete, p.Delete
	}
	return "", ""
}

var nameInPath = regexp.MustCompile(`\{\w+(?:=(\w+)/\*)?\}`)

// paths are those of the contract with their verbs, an id in the place of each variable: names gives those of a collection.
func paths(names map[string]string) map[string][]string {
	all, absent := map[string][]string{}, newID()
	eachMethod(func(method protoreflect.MethodDescriptor) {
		verb, pattern := restOf(method)
		path := nameInPath.ReplaceAllStringFunc(pattern, func(variable string) string {
			collection := nameInPath.FindStringSubmatch(variable)[1]
			if collection == "" { // an id of the catalogue, which names no row
				return "kdrt-year"
			}
			if name := names[collection]; name != "" {
				return name
			}
			return collection + "/" + absent
		})
		if pattern != "" && !slices.Contains(all[path], verb) {
			all[path] = append(all[path], verb)
		}
	})
	return all
}

// raw sends one HTTP request as it is written.
func (w *world) raw(as, verb, path, body string, headers ...string) reply {
	w.t.Helper()
	req, err := http.NewRequest(verb, "http://"+w.served.HTTP+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if as != "" {
		req.Header.Set("Authorization", "Bearer "+w.token(as))
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := wide.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, answer}
}

// called are the entries of calls; the server's own timer goes on meanwhile.
func (w *world) called() []entry {
	return slices.DeleteFunc(w.entries(), func(e entry) bool { return e.Origin == "timer" })
}

// PC-24: a POST with a form body once ran one of the other methods of its path, at random. Here the method that runs is the one that was
// written: against a real case, that the caller may read and change, nothing is done and nothing is journaled.
func TestGatewayRunsTheMethodThatWasWritten(t *testing.T) {
	t.Parallel()
	times := 2
	if long("gateway") {
		times = 1000
	}
	w := newWorld(t)
	leg, child := w.sendToHospital(t)
	names := map[string]string{"cases": child, "referrals": leg, "units": "units/PKM-CIBINONG"}
	before := len(w.called())
	tried := 0
	same := func(what string, status int, reason string, send func() reply) {
		t.Helper()
		first := send()
		if first.Status != status || first.reason() != reason {
			t.Errorf("%s: got %d %s, want %d %s", what, first.Status, first.reason(), status, reason)
			return
		}
		for range times - 1 {
			if again := send(); again.Status != status || !bytes.Equal(again.Body, first.Body) {
				t.Errorf("%s: once %s, once %s", what, first.Body, again.Body)
				return
			}
		}
		tried += times
	}
	for path, verbs := range paths(names) {
		for _, verb := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
			if !slices.Contains(verbs, verb) {
				same(verb+" "+path, 405, "METHOD_NOT_ALLOWED", func() reply {
					return w.raw("gizi-cibinong", verb, path, "reason=x", "Content-Type", "application/x-www-form-urlencoded", "X-HTTP-Method-Override", verbs[0])
				})
			}
		}
		if !slices.Contains(verbs, "POST") {
			continue
		}
		for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""} {
			for _, override := range []string{"", "DELETE", "GET", "PATCH"} {
				same("POST "+path+" as "+kind, 415, "CONTENT_TYPE", func() reply {
					return w.raw("gizi-cibinong", "POST", path, "reason=x", "Content-Type", kind, "X-HTTP-Method-Override", override)
				})
			}
		}
	}
	if after := w.called(); len(after) != before {
		t.Errorf("%d entries were journaled, the first %+v", len(after)-before, after[before])
	}
	if tried < 1000 {
		t.Errorf("%d requests tried: this test has lost the contract", tried)
	}
	// The negative control: written as it should be, it runs, and the override is not even looked at.
	ran := w.raw("gizi-cibinong", "POST", "/v1/"+child+":screen", `{"requestId":"`+newID()+`"}`, "Content-Type", "application/json", "X-HTTP-Method-Override", "GET")
	if ran.Status != 200 || len(w.called()) == before {
		t.Errorf("as it should be: got %d %s", ran.Status, ran.Body)
	}
}

// An unknown field would lose what keeps a secret; nothing of such a filing is stored, and nothing of it is said but its path.
func TestGatewayStoresNothingOfAnUnknownField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := len(w.entries())
	for field, change := range map[string]func(object){
		"levle":              func(f object) { f["levle"] = "L3" },
		"newPerson.nmae":     func(f object) { f["newPerson"].(object)["nmae"] = survivor },
		"newCase.levle":      func(f object) { f["newCase"].(object)["levle"] = "L3" },
		"legs[0].reciever":   func(f object) { f["legs"].([]object)[0]["reciever"] = "x" },
		"incident.chronolgy": func(f object) { f["incident"].(object)["chronolgy"] = chronology },
	} {
		body := survivorFiling()
		change(body)
		w.call("bidan-cibinong", "POST", "/v1/referrals:file", body).
			expect(t, 400, []string{`"` + field + `"`, "UNKNOWN_FIELD"}, []string{survivor, chronology, villain})
	}
	w.call("bidan-cibinong", "GET", "/v1/cases", nil).expect(t, 200, nil, []string{"cases/"})
	if after := len(w.entries()); after != before {
		t.Errorf("%d entries were journaled", after-before)
	}
}
