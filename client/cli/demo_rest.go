package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// callREST makes the call that the contract's google.api.http option describes, as a clinic's app would.
func (s *stage) callREST(ctx context.Context, who *actor, method string, req, answer proto.Message) error {
	verb, path, body, err := route(method, req)
	if err != nil {
		return err
	}
	scheme := "http://"
	if s.at.CA != "" {
		scheme = "https://"
	}
	call, err := http.NewRequestWithContext(ctx, verb, scheme+s.at.HTTP+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	token, err := who.token(ctx)
	if err != nil {
		return err
	}
	call.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		call.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.http.Do(call)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxInput))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return restError(resp.StatusCode, text)
	}
	return protojson.Unmarshal(text, answer)
}

// restError makes of a REST error what gRPC would have given.
func restError(code int, body []byte) error {
	said := &spb.Status{}
	if err := protojson.Unmarshal(body, said); err != nil {
		return status.Errorf(codes.Unknown, "HTTP %d", code)
	}
	return status.FromProto(said).Err()
}

// route reads verb, path and body of a call from the contract.
func route(method string, req proto.Message) (verb, path string, body []byte, err error) {
	name := protoreflect.FullName(servicePackage + strings.ReplaceAll(method, "/", "."))
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	if err != nil {
		return "", "", nil, fmt.Errorf("find %s in the contract: %w", method, err)
	}
	rule, _ := proto.GetExtension(found.Options(), annotations.E_Http).(*annotations.HttpRule)
	verb, path = http.MethodGet, rule.GetGet()
	if rule.GetPost() != "" {
		verb, path = http.MethodPost, rule.GetPost()
	}
	m := proto.Clone(req).ProtoReflect()
	if from, to := strings.Index(path, "{"), strings.Index(path, "}"); from >= 0 {
		variable, _, _ := strings.Cut(path[from+1:to], "=") // {name=cases/*} or {dataset}
		field := m.Descriptor().Fields().ByName(protoreflect.Name(variable))
		path = path[:from] + m.Get(field).String() + path[to+1:]
		m.Clear(field)
	}
	if verb == http.MethodGet {
		return verb, path + query(m), nil, nil
	}
	body, err = protojson.Marshal(m.Interface())
	return verb, path, body, err
}

// query writes the fields of a read that are set.
func query(m protoreflect.Message) string {
	values := url.Values{}
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		text := value.String()
		switch {
		case field.IsList():
			text = joinedList(value.List())
		case field.Enum() != nil:
			text = string(field.Enum().Values().ByNumber(value.Enum()).Name())
		}
		values.Set(field.JSONName(), text)
		return true
	})
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// joinedList is a list in a query: its items are separated by commas.
func joinedList(list protoreflect.List) string {
	var items []string
	for i := range list.Len() {
		items = append(items, list.Get(i).String())
	}
	return strings.Join(items, ",")
}
