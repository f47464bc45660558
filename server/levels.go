package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// OpenCase is the one read that shows the owner's supervisor the whole of a case: with a reason, which the client finds in her list of
// who looked. The next read shows F0 to F3 again.
func (s *cases) OpenCase(ctx context.Context, req *pb.OpenCaseRequest) (*pb.Case, error) {
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Case, error) {
		p, err := s.protecting(ctx, w, req, access.CaseOpen)
		if err != nil {
			return nil, err
		}
		if p.old != nil {
			return asBefore(p, &pb.Case{})
		}
		if err := p.note(journal.Event{Name: string(casework.EventOpenCase)}); err != nil {
			return nil, err
		}
		if err := p.tell(); err != nil {
			return nil, err
		}
		return answerOf(p, p.whole)
	})
}

// leveling is a request for another level.
type leveling interface {
	protective
	GetEtag() string
	GetLevel() pb.Level_Value
}

// RaiseLevel makes a case more secret. Whoever works on it may, for it only protects.
func (s *cases) RaiseLevel(ctx context.Context, req *pb.RaiseLevelRequest) (*pb.Case, error) {
	return s.level(ctx, req, access.CaseRaiseLevel, casework.EventRaiseLevel, casework.Case.Raise)
}

// LowerLevel makes a case less secret, never below the floor of its type.
func (s *cases) LowerLevel(ctx context.Context, req *pb.LowerLevelRequest) (*pb.Case, error) {
	return s.level(ctx, req, access.CaseLowerLevel, casework.EventLowerLevel, casework.Case.Lower)
}

func (s *cases) level(ctx context.Context, req leveling, action access.Action, event casework.EventName, to func(casework.Case, casework.Level) (casework.Case, error)) (*pb.Case, error) {
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Case, error) {
		p, err := s.protecting(ctx, w, req, action)
		if err != nil {
			return nil, err
		}
		if p.old != nil {
			return asBefore(p, &pb.Case{})
		}
		if req.GetEtag() != "" && req.GetEtag() != etag(p.f.Case.Revision) {
			return nil, casework.Conflict("ETAG_MISMATCH")
		}
		next, err := to(p.f.Case, word[casework.Level](req.GetLevel()))
		if err != nil {
			return nil, err
		}
		if err := p.putLevel(event, next); err != nil {
			return nil, err
		}
		return answerOf(p, p.whole)
	})
}

// putLevel stores another level with all that follows from it, whoever asked for it and by which name.
func (p *protection) putLevel(event casework.EventName, next casework.Case) error {
	if err := p.change(event, next, []string{"level"}, string(p.f.Case.Level), string(next.Level)); err != nil {
		return err
	}
	return p.afterLevel()
}

// afterLevel brings about what follows from another level: accounts that it keeps out or lets in again, and the chain of health care,
// which carries ordinary cases alone.
func (p *protection) afterLevel() error {
	if err := p.w.JudgeBlocks(p.f.Case.ID, p.entry); err != nil {
		return err
	}
	if p.action == access.CaseRaiseLevel {
		if err := p.endCare(); err != nil {
			return err
		}
	}
	return p.tell()
}

// endCare ends the bases by the chain of care as their time would end them: the legs stay, for the child's need does, and their
// receivers read no more than the leg until the client consents. A level that falls again revives none.
func (p *protection) endCare() error {
	all, err := p.w.Disclosures(p.f.Case)
	if err != nil {
		return err
	}
	legs, err := p.w.OpenReferrals(p.f.Case.ID)
	if err != nil {
		return err
	}
	for _, d := range casework.CareOf(all) {
		if !d.ValidAt(p.now) {
			continue
		}
		if err := p.w.ExpireDisclosure(d.ID, p.entry); err != nil {
			return err
		}
		if err := p.w.EndDuties(d.Case, casework.ID(d.ID)); err != nil {
			return err
		}
		for _, l := range legs {
			if l.Disclosure != d.ID {
				continue
			}
			for _, byReceiver := range []bool{false, true} {
				if err := p.w.NotifyOther(l, casework.NoticeConsentEnded, byReceiver, p.entry); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
