package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// blocking is a request that says whom to keep from a case.
type blocking interface {
	GetAccount() string
	GetUnit() string
	GetReason() string
}

// meaningOfBlock is what the rules have against a block on any case.
func (s *Server) meaningOfBlock(req blocking) casework.Violations {
	in := s.intake()
	in.block(req)
	return in.faults
}

// block reads whom it names: an account or a unit.
func (in *intake) block(req blocking) (b store.Block) {
	switch {
	case req.GetAccount() == "" && req.GetUnit() == "":
		in.fault("account", "REQUIRED")
	case req.GetAccount() != "" && req.GetUnit() != "":
		in.fault("unit", "DUPLICATE_ITEM")
	case req.GetAccount() != "":
		b.Account = in.account("account", req.GetAccount())
	default:
		unit, _ := in.unitOf(req.GetUnit()) // one that is not known is told so after access
		b.Unit = unit.ID
	}
	b.Reason = req.GetReason()
	return b
}

// AddBlock keeps an account or a unit from a case, at once and in silence. Whoever works on the case may, for it only protects.
func (s *cases) AddBlock(ctx context.Context, req *pb.AddBlockRequest) (*pb.Block, error) {
	b := s.intake().block(req)
	b.ID = newID()
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Block, error) {
		p, err := s.protecting(ctx, w, req, access.BlockAdd)
		if err != nil {
			return nil, err
		}
		if p.old != nil {
			return asBefore(p, &pb.Block{})
		}
		b, err := p.addBlock(b)
		if err != nil {
			return nil, err
		}
		return answerOf(p, func(g access.Grant) (*pb.Block, error) { return viewBlock(g, b), nil })
	})
}

// addBlock stores a block, or finds that it stands. Of those that the server has added by itself nothing is said.
func (p *protection) addBlock(b store.Block) (store.Block, error) {
	if err := p.knows(b); err != nil {
		return b, err
	}
	all, err := p.w.Blocks(p.f.Case.ID)
	if err != nil {
		return b, err
	}
	for _, stands := range all {
		if stands.Account == b.Account && stands.Unit == b.Unit {
			err := p.note(journal.Event{Name: "IMPLIED"})
			return stands, err
		}
	}
	b.Case, b.By, b.From = p.f.Case.ID, p.caller.Account, p.now
	if err := p.note(journal.Event{Name: "addBlock"}); err != nil {
		return b, err
	}
	able, err := p.w.PutBlock(b, p.f.Case, p.entry)
	if err != nil {
		return b, err
	}
	if !able && p.f.Case.Open() {
		return b, casework.Precondition("OFFICER_INVALID") // an open case is nobody's for not one moment
	}
	return b, p.tell()
}

// knows holds that there is such an account or unit.
func (p *protection) knows(b store.Block) error {
	if b.Account != (casework.AccountID{}) {
		known, err := p.w.HasAccount(b.Account)
		if err == nil && !known {
			return casework.Violations{{Field: "account", Reason: "ACCOUNT_UNKNOWN"}}
		}
		return err
	}
	if unit, known := p.store.Directory().Unit(b.Unit); !known || !unit.KnownTo(p.caller.Unit.ID) {
		return casework.Violations{{Field: "unit", Reason: "UNIT_UNKNOWN"}} // a shelter is known to its contact alone
	}
	return nil
}

// ListBlocks lists what persons have added and not removed.
func (s *cases) ListBlocks(ctx context.Context, req *pb.ListBlocksRequest) (*pb.ListBlocksResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListBlocksResponse, *store.Record, error) {
		c, f, read, err := s.readCase(ctx, r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		m := &pb.ListBlocksResponse{}
		if !read.Grant.Shows(access.F1) {
			return m, c.readRecord(read, aboutCase(f.Case), f.Case), nil
		}
		all, err := r.Blocks(f.Case.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, b := range all {
			if read.Grant.Shows(access.F4) {
				if err := r.BlockReason(&b, f.Case); err != nil {
					return nil, nil, err
				}
			}
			m.Blocks = append(m.Blocks, viewBlock(read.Grant, b))
		}
		return m, c.readRecord(read, aboutCase(f.Case), f.Case), nil
	})
}

// RemoveBlock ends a block that a person has added; two persons. One that the server has added by itself is as unknown as one that never
// was: who asks for it must not learn whom the case names.
func (s *cases) RemoveBlock(ctx context.Context, req *pb.RemoveBlockRequest) (*pb.Block, error) {
	return twoPersons(ctx, s.Server, req, (*Server).removeBlock)
}

func (s *Server) removeBlock(ctx context.Context, w *store.Writer, req *pb.RemoveBlockRequest) (*pb.Block, error) {
	id, _ := parseName("blocks", req.GetName())
	if err := w.LockBlock(id); err != nil {
		return nil, err
	}
	p, err := s.protector(ctx, w, req, access.BlockRemove)
	if err != nil {
		return nil, err
	}
	b, known, err := w.Block(id)
	if err != nil {
		return nil, err
	}
	p.f.Facts = p.caller.Facts(p.now)
	if known {
		if p.f, err = w.CaseFor(p.caller, b.Case, p.now); err != nil {
			return nil, err
		}
	}
	if err := p.decide(p.f.Facts, req.GetName()); err != nil {
		return nil, err
	}
	if p.old != nil {
		return asBefore(p, &pb.Block{})
	}
	if !b.Until.IsZero() {
		return nil, casework.Precondition("BLOCK_STANDS")
	}
	if err := p.wait("blocks", b.ID); err != nil {
		return nil, err
	}
	if err := p.note(journal.Event{Name: "removeBlock"}); err != nil {
		return nil, err
	}
	if err := w.EndBlock(b, p.entry); err != nil {
		return nil, err
	}
	b.Until = p.now
	if err := p.tell(); err != nil {
		return nil, err
	}
	return answerOf(p, func(g access.Grant) (*pb.Block, error) { return viewBlock(g, b), nil })
}
