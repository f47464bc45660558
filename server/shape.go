package server

import (
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// shape is what the transport needs of a message's descriptor, looked up once at start.
type shape struct {
	desc      protoreflect.MessageDescriptor
	fields    map[string]*fieldShape       // by lowerCamelCase and by proto name, as protojson takes both
	requestID protoreflect.FieldDescriptor // a mutation has it
	etag      protoreflect.FieldDescriptor // an event or update may have it
}

// fieldShape is one field; message is set if it holds messages of the contract.
type fieldShape struct {
	desc    protoreflect.FieldDescriptor
	name    string // lowerCamelCase
	message *shape
}

// shapes are those of all messages that calls send, by full name.
type shapes map[protoreflect.FullName]*shape

func (known shapes) of(desc protoreflect.MessageDescriptor) *shape {
	if s, ok := known[desc.FullName()]; ok {
		return s
	}
	s := &shape{
		desc: desc, fields: map[string]*fieldShape{},
		requestID: desc.Fields().ByName("request_id"), etag: desc.Fields().ByName("etag"),
	}
	known[desc.FullName()] = s // before its fields, which may hold the same message
	for i := range desc.Fields().Len() {
		field := desc.Fields().Get(i)
		f := &fieldShape{desc: field, name: field.JSONName()}
		if m := field.Message(); m != nil && !field.IsMap() && m.ParentFile().Package() != "google.protobuf" {
			f.message = known.of(m)
		}
		s.fields[field.JSONName()], s.fields[string(field.Name())] = f, f
	}
	return s
}

// route is one way to call a method by REST.
type route struct {
	verb, pattern string // POST, /v1/{name=cases/*}:assess
	method        string // /sinergi.v1.CaseService/AssessCase
	request       *shape
	inPath        []string // fields that the path gives
}

// contract is all that the transport knows of the registered services of ours.
type contract struct {
	shapes   shapes
	methods  map[string]*shape // by full method
	routes   map[string]*route // by verb and pattern
	patterns map[string]bool
	names    []string // of services
}

func contractOf(server *grpc.Server) contract {
	c := contract{shapes: shapes{}, methods: map[string]*shape{}, routes: map[string]*route{}, patterns: map[string]bool{}}
	for name := range server.GetServiceInfo() {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
		service, ok := found.(protoreflect.ServiceDescriptor)
		if err != nil || !ok || service.ParentFile().Package() != "sinergi.v1" {
			continue // health and reflection
		}
		c.names = append(c.names, name)
		for i := range service.Methods().Len() {
			c.add(service, service.Methods().Get(i))
		}
	}
	return c
}

func (c *contract) add(service protoreflect.ServiceDescriptor, method protoreflect.MethodDescriptor) {
	full := "/" + string(service.FullName()) + "/" + string(method.Name())
	request := c.shapes.of(method.Input())
	c.methods[full] = request
	rule, ok := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	if !ok || rule == nil {
		return
	}
	r := &route{method: full, request: request}
	r.verb, r.pattern = verbOf(rule)
	for _, part := range strings.Split(r.pattern, "{")[1:] {
		name, _, _ := strings.Cut(part, "}")
		name, _, _ = strings.Cut(name, "=")
		r.inPath = append(r.inPath, name)
	}
	c.routes[r.verb+" "+asMatched(r.pattern)] = r
	c.patterns[r.pattern] = true
}

// asMatched is a pattern as the gateway writes it when it has matched: a variable without a form is one segment.
func asMatched(pattern string) string {
	return bareVariable.ReplaceAllString(pattern, "{$1=*}")
}

var bareVariable = regexp.MustCompile(`\{(\w+)\}`)

// otherVerb tells whether a path was meant for another method: GET /v1/cases/{id}:assess would match GetCase, with the verb
// taken for a part of the id.
func (c *contract) otherVerb(r *route, params map[string]string) bool {
	for _, value := range params {
		if i := strings.LastIndexByte(value, ':'); i >= 0 && c.patterns[r.pattern+value[i:]] {
			return true
		}
	}
	return false
}

func verbOf(rule *annotations.HttpRule) (verb, pattern string) {
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		return "GET", p.Get
	case *annotations.HttpRule_Post:
		return "POST", p.Post
	case *annotations.HttpRule_Patch:
		return "PATCH", p.Patch
	case *annotations.HttpRule_Put:
		return "PUT", p.Put
	case *annotations.HttpRule_Delete:
		return "DELETE", p.Delete
	}
	return "", ""
}
