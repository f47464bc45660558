package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// viewBlock makes the message of a block. A grant of another case shows nothing.
func viewBlock(g access.Grant, b store.Block) *pb.Block {
	m := &pb.Block{}
	if g.Case() != b.Case {
		return m
	}
	m.Name, m.Account, m.Unit = named("blocks", b.ID), accountName(b.Account), unitName(b.Unit)
	m.CreateTime, m.EndTime, m.Reason = timestamp(b.From), timestamp(b.Until), b.Reason
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// viewHold makes the message of a legal hold.
func viewHold(g access.Grant, h store.Hold) *pb.LegalHold {
	m := &pb.LegalHold{}
	if g.Case() != h.Case {
		return m
	}
	m.Case, m.FromTime, m.UntilTime, m.OrderNumber = caseName(h.Case), timestamp(h.From), timestamp(h.Until), h.Order
	sightOf(g).clear(m.ProtoReflect())
	return m
}

// viewErased says when a record was erased, and nothing else: nothing else is left.
func viewErased(at time.Time) *pb.ErasePersonResponse {
	return &pb.ErasePersonResponse{EraseTime: timestamp(at)}
}

// viewCopy makes the client's own copy: all of her case, the bases on which others read, and who looked.
func (p *protection) viewCopy(g access.Grant, whole *pb.Case, all []casework.Disclosure, looks []store.Look) *pb.SubjectCopy {
	m := &pb.SubjectCopy{Case: whole, CreateTime: timestamp(p.now)}
	for _, d := range all {
		m.Disclosures = append(m.Disclosures, p.viewDisclosure(g, d, nil))
	}
	for _, l := range looks {
		m.Accesses = append(m.Accesses, p.viewLook(l))
	}
	return m
}
