package cli

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// PersonCmd reads and corrects persons.
type PersonCmd struct {
	Show   PersonShow   `cmd:"" help:"One person, as far as the caller may see her."`
	Update PersonUpdate `cmd:"" help:"Correct what was recorded."`
	Erase  PersonErase  `cmd:"" help:"Erase a record with all of its cases, for ever; two persons."`
	Find   PersonFind   `cmd:"" help:"Clients of the own register by exact NIK."`
	Search PersonSearch `cmd:"" help:"Clients of the own register, by name or mother's name; 10 at most."`
}

// PersonShow shows one.
type PersonShow struct {
	Remote

	ID string `arg:"" help:"UUID or persons/…"`
}

// Run shows.
func (r *PersonShow) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "person show", func(ctx context.Context, c *client.Client, p *printer) error {
		person, err := c.Persons.GetPerson(ctx, &pb.GetPersonRequest{Name: resource("persons", r.ID)})
		if err != nil {
			return err
		}
		return p.one(person)
	})
}

// PersonUpdate corrects one.
type PersonUpdate struct {
	Remote
	Write

	ID    string   `arg:"" help:"UUID or persons/…"`
	Path  string   `arg:"" name:"file" help:"JSON of a PersonUpdate: what stands in it is changed; - is standard input."`
	Etag  string   `required:"" placeholder:"ETAG" help:"Of the person as she was read."`
	Clear []string `placeholder:"FIELD,…" help:"What is taken away: guardian, husband, birthOrder …"`
}

// Run corrects.
func (r *PersonUpdate) Run(ctx context.Context, s Streams) error {
	req := &pb.UpdatePersonRequest{}
	mask := func(Streams) error {
		req.UpdateMask = append(masked(req.GetPerson()), r.Clear...)
		return nil
	}
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("persons", r.ID), etag: r.Etag}
	return act(ctx, s, on, "person update", req, pb.PersonServiceClient.UpdatePerson, bodyFrom(r.Path, &req.Person), mask)
}

// masked names the fields that are set, in the order of the contract; name_kind and nik_absence go with their neighbours.
func masked(m proto.Message) []string {
	var set []protoreflect.FieldDescriptor
	m.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		set = append(set, field)
		return true
	})
	slices.SortFunc(set, func(a, b protoreflect.FieldDescriptor) int { return a.Index() - b.Index() })
	var names []string
	for _, field := range set {
		if name := field.JSONName(); name != "nameKind" && name != "nikAbsence" {
			names = append(names, name)
		}
	}
	return names
}

// PersonSearch finds. A name is never a flag's value: other users of a machine can read a command line.
type PersonSearch struct {
	Remote

	Name   string `xor:"whom" required:"" placeholder:"FILE" help:"File with the name or part of it; - is standard input."`
	Mother string `xor:"whom" required:"" placeholder:"FILE" help:"Or: file with the mother's name or part of it."`
	Born   int32  `placeholder:"YEAR" help:"Year of birth."`
	Area   string `placeholder:"CODE" help:"Village: 32.01.01.1003."`
}

// Run finds.
func (r *PersonSearch) Run(ctx context.Context, s Streams) error {
	req := &pb.SearchPersonsRequest{BirthYear: r.Born, AreaCode: r.Area}
	for _, read := range []source{textFrom(r.Name, &req.Name), textFrom(r.Mother, &req.Mother)} {
		if err := read(s); err != nil {
			return err
		}
	}
	return r.do(ctx, s, "person search", func(ctx context.Context, c *client.Client, p *printer) error {
		found, err := c.Persons.SearchPersons(ctx, req)
		if err != nil {
			return err
		}
		return list(p, each(found.GetPersons()), len(found.GetPersons()), []column[*pb.FoundPerson]{
			{"name", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetPerson().GetFullName()) }},
			{"sex", func(p *printer, f *pb.FoundPerson) string { return p.word(f.GetPerson().GetSex()) }},
			{"born", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetPerson().GetBirthDate()) }},
			{"mother", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetPerson().GetMother().GetName()) }},
			{"area", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetPerson().GetAddress().GetAreaCode()) }},
			{"case", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetCaseNumber()) }},
			{"person", func(_ *printer, f *pb.FoundPerson) string { return clean(f.GetPerson().GetName()) }},
		})
	})
}
