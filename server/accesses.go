package server

import (
	"context"
	"encoding/binary"

	"github.com/sinergi-pug/sinergi/domain/access"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// ListAccesses lists, for the client, who looked at her case and what for: unit and role, never a name. With each line goes the entry
// of the journal that it is made from, and the proof that it is under the newest checkpoint: so who keeps the journal cannot leave a
// line out or add one and still have the auditor's root.
func (s *cases) ListAccesses(ctx context.Context, req *pb.ListAccessesRequest) (*pb.ListAccessesResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListAccessesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		f, err := c.caseBy(r, req.GetName())
		if err != nil {
			return nil, nil, err
		}
		act := orStepUp(f.Facts.Doing(access.SubjectAccesses))
		if !act.Allowed() {
			return nil, nil, c.refuse(access.SubjectAccesses, act, aboutCase(f.Case), req.GetName())
		}
		from, err := c.cursor("accesses", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		looks, err := r.Looks(f.Case.ID, int64(binary.BigEndian.Uint64(from.ID[8:])), size+1)
		if err != nil {
			return nil, nil, err
		}
		var after store.Cursor
		if len(looks) > size {
			looks = looks[:size]
			after = numbered(looks[size-1].Number)
		}
		proofs, err := proveLooks(r, looks)
		if err != nil {
			return nil, nil, err
		}
		rec := c.record(access.SubjectAccesses, act, aboutCase(f.Case))
		return c.viewAccesses(looks, proofs, c.pageToken("accesses", req, after)), &rec, nil
	})
}

// lookProofs are the proofs of a page of looks under one checkpoint.
type lookProofs struct {
	checkpoint string
	hashes     map[int64][][32]byte
}

// proveLooks proves those that the newest checkpoint covers.
func proveLooks(r *store.Reader, looks []store.Look) (p lookProofs, err error) {
	newest, ok, err := r.NewestCheckpoint()
	if err != nil || !ok {
		return p, err
	}
	p = lookProofs{newest.Note, map[int64][][32]byte{}}
	for _, l := range looks {
		if l.Number >= newest.Size {
			continue
		}
		if p.hashes[l.Number], _, err = r.InclusionProof(l.Number, newest.Size); err != nil {
			return p, err
		}
	}
	return p, nil
}
