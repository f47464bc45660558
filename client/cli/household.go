package cli

import (
	"context"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// HouseholdCmd is who lives under one family card, and since when.
type HouseholdCmd struct {
	Create HouseholdCreate `cmd:"" help:"Record a household with its card and members."`
	Show   HouseholdShow   `cmd:"" help:"One household, less the members whom the caller may not see."`
	Add    HouseholdAdd    `cmd:"" help:"Somebody joins."`
	End    HouseholdEnd    `cmd:"" help:"Somebody leaves: moved out, married, died."`
	Card   HouseholdCard   `cmd:"" help:"A new family card; the earlier numbers stay."`
}

// HouseholdCreate records one.
type HouseholdCreate struct {
	Remote
	Write

	Path string `arg:"" name:"file" help:"JSON of a CreateHouseholdRequest; - is standard input."`
}

// Run records.
func (r *HouseholdCreate) Run(ctx context.Context, s Streams) error {
	req := &pb.CreateHouseholdRequest{}
	return act(ctx, s, target{Remote: r.Remote, Write: &r.Write}, "household create", req, pb.PersonServiceClient.CreateHousehold, wholeFrom(r.Path, req))
}

// HouseholdShow shows one.
type HouseholdShow struct {
	Remote

	ID string `arg:"" help:"UUID or households/…"`
}

// Run shows.
func (r *HouseholdShow) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "household show", func(ctx context.Context, c *client.Client, p *printer) error {
		household, err := c.Persons.GetHousehold(ctx, &pb.GetHouseholdRequest{Name: resource("households", r.ID)})
		if err != nil {
			return err
		}
		return p.one(household)
	})
}

// HouseholdChange is what every change of a household carries.
type HouseholdChange struct {
	Remote
	Write

	ID   string `arg:"" help:"UUID or households/…"`
	Etag string `placeholder:"ETAG" help:"Fail if the household is no longer as it was seen."`
}

func (h *HouseholdChange) household() target {
	return target{Remote: h.Remote, Write: &h.Write, name: resource("households", h.ID), etag: h.Etag}
}

// HouseholdAdd adds a member.
type HouseholdAdd struct {
	HouseholdChange

	Person string                       `required:"" placeholder:"PERSON" help:"Who joins, persons/…"`
	Role   Word[pb.HouseholdRole_Value] `required:"" placeholder:"ROLE" help:"HEAD, SPOUSE, CHILD, PARENT …"`
	From   string                       `placeholder:"YYYY-MM-DD" help:"First day; today if absent."`
}

// Run adds.
func (r *HouseholdAdd) Run(ctx context.Context, s Streams) error {
	req := &pb.AddHouseholdMemberRequest{Member: &pb.NewHouseholdMember{
		Person: resource("persons", r.Person), Role: r.Role.Value, FromDate: r.From,
	}}
	return act(ctx, s, r.household(), "household add", req, pb.PersonServiceClient.AddHouseholdMember)
}

// HouseholdEnd ends a membership.
type HouseholdEnd struct {
	HouseholdChange

	Person string `required:"" placeholder:"PERSON" help:"Who leaves, persons/…"`
	Until  string `placeholder:"YYYY-MM-DD" help:"Last day; today if absent."`
}

// Run ends.
func (r *HouseholdEnd) Run(ctx context.Context, s Streams) error {
	req := &pb.EndHouseholdMemberRequest{Person: resource("persons", r.Person), UntilDate: r.Until}
	return act(ctx, s, r.household(), "household end", req, pb.PersonServiceClient.EndHouseholdMember)
}

// HouseholdCard records a new card.
type HouseholdCard struct {
	HouseholdChange

	Number string                          `required:"" placeholder:"FILE" help:"File with the number of the KK, 16 digits; - is standard input."`
	Reason Word[pb.FamilyCardReason_Value] `required:"" placeholder:"REASON" help:"MARRIAGE, DIVORCE, MOVE, REISSUED, CORRECTION or FIRST."`
	From   string                          `placeholder:"YYYY-MM-DD" help:"First day; today if absent."`
}

// Run records.
func (r *HouseholdCard) Run(ctx context.Context, s Streams) error {
	req := &pb.ChangeFamilyCardRequest{Reason: r.Reason.Value, FromDate: r.From}
	return act(ctx, s, r.household(), "household card", req, pb.PersonServiceClient.ChangeFamilyCard, textFrom(r.Number, &req.CardNumber))
}
