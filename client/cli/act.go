package cli

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// target is the thing that a change is about, as it was typed, and the road to it. One that is still to be made has no name.
type target struct {
	Remote
	*Write

	name string
	etag string
}

// act sends a change and prints the thing as it is now. A command fills in what is its own; texts and bodies are read from
// files first, then the name, request_id and etag are put where the request has them.
func act[S any, Q, A proto.Message](
	ctx context.Context, s Streams, on target, what string, req Q,
	method func(S, context.Context, Q, ...grpc.CallOption) (A, error), sources ...source,
) error {
	for _, read := range sources {
		if err := read(s); err != nil {
			return err
		}
	}
	if on.RequestID == "" {
		on.RequestID = said(req, "request_id") // a file may bring its own
	}
	say(req, "request_id", on.id())
	return on.again(on.do(ctx, s, what, func(ctx context.Context, c *client.Client, p *printer) error {
		name, err := named(ctx, c, on.name)
		if err != nil {
			return err
		}
		say(req, "name", name)
		say(req, "etag", on.etag)
		answer, err := method(service[S](c), ctx, req)
		if err != nil {
			return err
		}
		return p.one(answer)
	}))
}

// named is the resource name of what was typed: changes take no numbers, reads do.
func named(ctx context.Context, c *client.Client, name string) (string, error) {
	switch {
	case strings.HasPrefix(name, "referrals/") && numbered(name):
		leg, err := c.Referrals.GetReferral(ctx, &pb.GetReferralRequest{Name: name})
		return leg.GetName(), err
	case strings.HasPrefix(name, "cases/") && numbered(name):
		found, err := c.Cases.GetCase(ctx, &pb.GetCaseRequest{Name: name})
		return found.GetName(), err
	default:
		return name, nil
	}
}

// service gives the client of the service that a method belongs to: no two services have the same methods.
func service[S any](c *client.Client) S {
	for _, known := range []any{c.Referrals, c.Cases, c.Duties, c.Reviews, c.Persons, c.Growth, c.Statistics, c.Directory, c.Accounts, c.Linkage} {
		if found, ok := known.(S); ok {
			return found
		}
	}
	panic(fmt.Sprintf("client.Client has no %T", (*S)(nil)))
}

// say sets a text field by its name, if the message has it and there is something to say.
func say(m proto.Message, name protoreflect.Name, text string) {
	if field := m.ProtoReflect().Descriptor().Fields().ByName(name); field != nil && text != "" {
		m.ProtoReflect().Set(field, protoreflect.ValueOfString(text))
	}
}

// said is the text of a field; empty if the message has no such field.
func said(m proto.Message, name protoreflect.Name) string {
	field := m.ProtoReflect().Descriptor().Fields().ByName(name)
	if field == nil {
		return ""
	}
	return m.ProtoReflect().Get(field).String()
}

// source fills a part of a request before anything is sent, mostly from a file; no file fills nothing.
type source func(Streams) error

// textFrom reads a field of free text.
func textFrom(path string, into *string) source {
	return func(s Streams) (err error) {
		if path != "" {
			*into, err = readText(s, path)
		}
		return err
	}
}

// bodyFrom reads JSON with the names of the API into a field, which stays empty without a file.
func bodyFrom[M proto.Message](path string, into *M) source {
	return func(s Streams) error {
		if path == "" {
			return nil
		}
		*into = empty[M]()
		return readMessage(s, path, *into)
	}
}

// wholeFrom reads JSON into the request itself.
func wholeFrom(path string, req proto.Message) source {
	return func(s Streams) error { return readMessage(s, path, req) }
}

func empty[M proto.Message]() M {
	var none M
	return none.ProtoReflect().New().Interface().(M)
}
