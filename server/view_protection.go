package server

import (
	"github.com/sinergi-pug/sinergi/domain/access"
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
