package cli

import (
	"context"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// DisclosureCmd is on what bases other units may read a case.
type DisclosureCmd struct {
	List     DisclosureList     `cmd:"" help:"The bases of a case, newest first."`
	Record   DisclosureRecord   `cmd:"" help:"Record a consent or an exception, or renew one."`
	Withdraw DisclosureWithdraw `cmd:"" help:"End a basis on the client's word, at once."`
}

// DisclosureList lists.
type DisclosureList struct {
	Remote

	ID string `arg:"" name:"case" help:"Number (K-4Q8X-DT), UUID or cases/…"`
}

// Run lists.
func (l *DisclosureList) Run(ctx context.Context, s Streams) error {
	return l.do(ctx, s, "disclosure list", func(ctx context.Context, c *client.Client, p *printer) error {
		found, err := c.Cases.ListDisclosures(ctx, &pb.ListDisclosuresRequest{Name: resource("cases", l.ID)})
		if err != nil {
			return err
		}
		return list(p, each(found.GetDisclosures()), len(found.GetDisclosures()), []column[*pb.Disclosure]{
			{"name", func(_ *printer, d *pb.Disclosure) string { return clean(d.GetName()) }},
			{"basis", func(p *printer, d *pb.Disclosure) string { return p.word(d.GetBasis()) }},
			{"in force", func(_ *printer, d *pb.Disclosure) string { return yes(d.GetInForce()) }},
			{"receivers", func(p *printer, d *pb.Disclosure) string { return p.unitList(d.GetReceiverUnits()) }},
			{"services", func(p *printer, d *pb.Disclosure) string { return wordList(p, d.GetServices()) }},
			{"reads", func(p *printer, d *pb.Disclosure) string {
				return strings.Trim(wordList(p, d.GetReadClasses())+","+wordList(p, d.GetReadFields()), ",")
			}},
			{"until", func(p *printer, d *pb.Disclosure) string { return p.time(d.GetExpireTime()) }},
			{"withdrawn", func(p *printer, d *pb.Disclosure) string { return p.time(d.GetWithdrawTime()) }},
			{"may", func(_ *printer, d *pb.Disclosure) string { return clean(strings.Join(d.GetAllowedActions(), ",")) }},
		})
	})
}

// DisclosureRecord records one.
type DisclosureRecord struct {
	Remote
	Write

	ID   string `arg:"" name:"case" help:"Number (K-4Q8X-DT), UUID or cases/…"`
	Path string `arg:"" name:"file" help:"JSON of a NewDisclosure with receiverUnits, and replaces if it renews one; - is standard input."`
	Etag string `placeholder:"ETAG" help:"Fail if the case is no longer as it was seen."`
}

// Run records.
func (r *DisclosureRecord) Run(ctx context.Context, s Streams) error {
	req := &pb.RecordDisclosureRequest{}
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("cases", r.ID), etag: r.Etag}
	return act(ctx, s, on, "disclosure record", req, pb.CaseServiceClient.RecordDisclosure, bodyFrom(r.Path, &req.Disclosure))
}

// DisclosureWithdraw ends one.
type DisclosureWithdraw struct {
	Remote
	Write

	ID   string `arg:"" help:"UUID or disclosures/…, as a referral and disclosure list tell it."`
	Etag string `placeholder:"ETAG" help:"Fail if the basis is no longer as it was seen."`
	Yes  bool   `help:"Do not ask, though open referrals on it end at once."`
}

// Run withdraws.
func (r *DisclosureWithdraw) Run(ctx context.Context, s Streams) error {
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("disclosures", r.ID), etag: r.Etag}
	return act(ctx, s, on, "disclosure withdraw", &pb.WithdrawDisclosureRequest{}, pb.CaseServiceClient.WithdrawDisclosure,
		sure(r.Yes, r.Output, "withdraw", r.ID))
}

// unitList is the codes of units.
func (p *printer) unitList(names []string) string {
	codes := make([]string, len(names))
	for i, name := range names {
		codes[i] = p.unit(name)
	}
	return strings.Join(codes, ",")
}

// wordList is the values of an enum.
func wordList[E protoreflect.Enum](p *printer, all []E) string {
	words := make([]string, len(all))
	for i, e := range all {
		words[i] = p.word(e)
	}
	return strings.Join(words, ",")
}
