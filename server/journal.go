package server

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// journalService lets people without access to any case see that the history is whole, and a supervisor what her own people did.
type journalService struct {
	pb.UnimplementedJournalServiceServer
	*Server
}

// journalAct is by which row of the table a caller reads entries: a supervisor those of her unit, a reviewer all with who acted,
// an auditor all.
func (c call) journalAct() (access.Action, access.Decision) {
	action := access.JournalAll
	facts := c.caller.Facts(c.now)
	switch c.caller.Role {
	case casework.RoleSupervisor:
		action = access.JournalUnit
		facts.Cond |= access.OwnUnit // rows of other units are left out
	case casework.RoleAuditor:
		action = access.JournalVerify
	}
	return action, access.Decide(facts.Doing(action))
}

// verifying begins a call that reads proofs: it shows hashes and what was signed, and nothing of anybody.
func (s *journalService) verifying(ctx context.Context, r *store.Reader) (call, access.Decision, error) {
	c, err := s.reading(ctx, r)
	if err != nil {
		return c, access.Decision{}, err
	}
	act := access.Decide(c.caller.Facts(c.now).Doing(access.JournalVerify))
	if !act.Allowed() {
		return c, act, c.refuse(access.JournalVerify, act, object{}, "journal")
	}
	return c, act, nil
}

// readOf is the entry of a page of the journal itself: one a page, whoever reads.
func (c call) readOf(action access.Action, act access.Decision) *store.Record {
	rec := c.record(action, act, object{})
	rec.Entry.ObjectKind = "journal"
	return &rec
}

// proven is the entry of a look at proofs, which only a reviewer's needs: of her every read is on record.
func (c call) proven(act access.Decision) *store.Record {
	if c.caller.Role != casework.RoleReviewer {
		return nil
	}
	return c.readOf(access.JournalVerify, act)
}

// ListEntries lists entries, newest first.
func (s *journalService) ListEntries(ctx context.Context, req *pb.ListEntriesRequest) (*pb.ListEntriesResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListEntriesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		action, act := c.journalAct()
		if !act.Allowed() {
			return nil, nil, c.refuse(action, act, object{}, "journal")
		}
		after, err := c.cursor("journal", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		m, err := c.entryList(r, req, after, size)
		return m, c.readOf(action, act), err
	})
}

// entryList reads a page. Its cursor is the number of the last entry shown.
func (c call) entryList(r *store.Reader, req *pb.ListEntriesRequest, after store.Cursor, size int) (*pb.ListEntriesResponse, error) {
	first, past, err := entryRange(r, req)
	if err != nil {
		return nil, err
	}
	if !after.IsZero() {
		past = int64(binary.BigEndian.Uint64(after.ID[8:]))
	}
	sight, err := c.journalSight(r)
	if err != nil {
		return nil, err
	}
	m := &pb.ListEntriesResponse{}
	next, err := listed(size, numbered(past), func(at store.Cursor, limit int) ([]store.Record, error) {
		return r.EntriesBefore(int64(binary.BigEndian.Uint64(at.ID[8:])), first, limit)
	}, func(rec store.Record) store.Cursor { return numbered(int64(rec.Entry.Number)) }, func(rec store.Record) (func() error, error) {
		e := rec.Entry
		if req.GetAction() != "" && e.Action != req.GetAction() || req.GetRefused() && !notDone(e) {
			return nil, nil
		}
		if shown, err := sight.shows(rec); err != nil || !shown {
			return nil, err
		}
		return func() error {
			m.Entries = append(m.Entries, c.viewEntry(e, sight))
			return nil
		}, nil
	})
	m.NextPageToken = c.pageToken("journal", req, next)
	return m, err
}

// notDone tells whether an entry is of something that was not done, and does not only wait for a second person.
func notDone(e journal.Entry) bool {
	return e.Outcome != access.Allow.String() && e.Outcome != access.Await.String()
}

// numbered is the cursor behind an entry. Its time is never zero, for a zero cursor begins the list.
func numbered(number int64) store.Cursor {
	at := store.Cursor{Time: time.UnixMicro(1).UTC()}
	binary.BigEndian.PutUint64(at.ID[8:], uint64(number))
	return at
}

// entryRange is what a request leaves of the journal: from the first number up to before another.
func entryRange(r *store.Reader, req *pb.ListEntriesRequest) (first, past int64, err error) {
	if req.GetSince() != nil {
		if first, err = r.NumberAt(req.GetSince().AsTime()); err != nil {
			return 0, 0, err
		}
	}
	if req.GetUntil() != nil {
		past, err = r.NumberAt(req.GetUntil().AsTime())
		return first, past, err
	}
	past, err = r.TreeSize()
	return first, past, err
}

// journalSight is what a caller may see of entries.
type journalSight struct {
	c       call
	r       *store.Reader
	unit    bool // her own unit's alone
	actors  map[[16]byte]store.Acting
	visible map[casework.CaseID]bool
}

func (c call) journalSight(r *store.Reader) (*journalSight, error) {
	s := &journalSight{c: c, r: r, unit: c.caller.Role == casework.RoleSupervisor, visible: map[casework.CaseID]bool{}}
	if c.caller.Role != casework.RoleReviewer {
		return s, nil
	}
	var err error
	s.actors, err = r.Actors()
	return s, err
}

// ofNobody are the kinds of objects that are no part of a case, and tell of nobody's. A page is none of them: that a colleague's list
// had a row worth an entry would tell of a case that is hidden.
var ofNobody = map[string]bool{"": true, "account": true, "unit": true, "key": true, "journal": true, "config": true, "token": true}

// shows decides one entry. A supervisor sees what was done in her register, but for what was done on a case that is hidden from her.
// A NOT_FOUND is left out whether there is a case behind it or not, or she could ask her list which of the two it was.
func (s *journalSight) shows(rec store.Record) (bool, error) {
	if !s.unit {
		return true, nil
	}
	unit, known := s.c.store.Directory().Unit(rec.Entry.Unit)
	if !known || unit.Register != s.c.caller.Unit.Register {
		return false, nil
	}
	if len(rec.Case) != 16 {
		return ofNobody[rec.Entry.ObjectKind] && rec.Entry.Outcome != access.NotFound.String(), nil
	}
	id := casework.CaseID(rec.Case)
	shown, asked := s.visible[id]
	if asked {
		return shown, nil
	}
	f, err := s.r.CaseFor(s.c.caller, id, s.c.now)
	if err != nil {
		return false, err
	}
	read := ofCase(access.Decide(f.Facts.Doing(access.Read)))
	s.visible[id] = read.Allowed()
	return read.Allowed(), nil
}

// leavesAtOnce is how many entries a page of leaves has if nothing is asked.
const leavesAtOnce = 1000

// ListLeaves gives canonical bytes in order, for whoever checks them without us.
func (s *journalService) ListLeaves(ctx context.Context, req *pb.ListLeavesRequest) (*pb.ListLeavesResponse, error) {
	size := int(req.GetPageSize())
	if size == 0 {
		size = leavesAtOnce
	}
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListLeavesResponse, *store.Record, error) {
		c, act, err := s.verifying(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		entries, err := r.Leaves(req.GetFirst(), size)
		if err != nil {
			return nil, nil, err
		}
		all, err := r.TreeSize()
		return viewLeaves(entries, all), c.readOf(access.JournalVerify, act), err
	})
}

// GetCheckpoint is the newest checkpoint.
func (s *journalService) GetCheckpoint(ctx context.Context, _ *pb.GetCheckpointRequest) (*pb.Checkpoint, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.Checkpoint, *store.Record, error) {
		c, act, err := s.verifying(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		newest, _, err := r.NewestCheckpoint()
		return viewCheckpoint(newest), c.proven(act), err
	})
}

// ListCheckpoints lists them, smallest first.
func (s *journalService) ListCheckpoints(ctx context.Context, req *pb.ListCheckpointsRequest) (*pb.ListCheckpointsResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListCheckpointsResponse, *store.Record, error) {
		c, act, err := s.verifying(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		all, err := r.Checkpoints(req.GetAfterSize(), pageSize(req.GetPageSize()))
		return viewCheckpoints(all), c.proven(act), err
	})
}

// GetInclusionProof proves that an entry is in the tree of a size.
func (s *journalService) GetInclusionProof(ctx context.Context, req *pb.GetInclusionProofRequest) (*pb.Proof, error) {
	return s.proof(ctx, "number", req.GetNumber(), req.GetSize(), func(r *store.Reader) (*pb.Proof, error) {
		hashes, leaf, err := r.InclusionProof(req.GetNumber(), req.GetSize())
		return viewProof(hashes, leaf[:]), err
	})
}

// GetConsistencyProof proves that a tree is the beginning of a later one.
func (s *journalService) GetConsistencyProof(ctx context.Context, req *pb.GetConsistencyProofRequest) (*pb.Proof, error) {
	return s.proof(ctx, "from", req.GetFrom()-1, req.GetSize(), func(r *store.Reader) (*pb.Proof, error) {
		hashes, err := r.ConsistencyProof(req.GetFrom(), req.GetSize())
		return viewProof(hashes, nil), err
	})
}

// proof refuses what no proof is of: an entry behind the tree, a tree behind the journal.
func (s *journalService) proof(ctx context.Context, field string, entry, size int64, prove func(*store.Reader) (*pb.Proof, error)) (*pb.Proof, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.Proof, *store.Record, error) {
		c, act, err := s.verifying(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		all, err := r.TreeSize()
		if err != nil {
			return nil, nil, err
		}
		var faults casework.Violations
		if size < 1 || size > all {
			faults = append(faults, casework.Violation{Field: "size", Reason: "OUT_OF_RANGE"})
		}
		if entry < 0 || entry >= size {
			faults = append(faults, casework.Violation{Field: field, Reason: "OUT_OF_RANGE"})
		}
		if len(faults) > 0 {
			return nil, nil, faults
		}
		m, err := prove(r)
		return m, c.proven(act), err
	})
}

// ListJournalKeys lists the public keys of the journal, and of the witnesses that are believed.
func (s *journalService) ListJournalKeys(ctx context.Context, _ *pb.ListJournalKeysRequest) (*pb.ListJournalKeysResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListJournalKeysResponse, *store.Record, error) {
		c, act, err := s.verifying(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		keys, err := r.CheckpointKeys()
		return viewKeys(keys, s.cfg.Witnesses), c.proven(act), err
	})
}

// AddCosignature keeps what a witness has signed. Only a line of a witness that is configured counts, and only under a checkpoint
// that is ours, word by word.
func (s *journalService) AddCosignature(ctx context.Context, req *pb.AddCosignatureRequest) (*pb.Checkpoint, error) {
	said, lines, fault := cosigned(req.GetNote(), s.witnesses)
	return store.Update(ctx, s.store, func(w *store.Writer) (*pb.Checkpoint, error) {
		c, err := s.writing(ctx, w)
		if err != nil {
			return nil, err
		}
		act := access.Decide(c.caller.Facts(c.now).Doing(access.JournalVerify))
		if !act.Allowed() {
			return nil, c.refuse(access.JournalVerify, act, object{}, "journal")
		}
		if fault != nil {
			return nil, notCosigned
		}
		ours, ok, err := w.CheckpointOf(said.Size)
		if err != nil {
			return nil, err
		}
		if !ok || !strings.HasPrefix(ours.Note, said.String()+"\n") {
			return nil, notCosigned
		}
		for witness, line := range lines {
			err := w.PutCosignature(said.Size, witness, line, func() [16]byte {
				rec := c.record(access.JournalVerify, act, object{})
				rec.Entry.ObjectKind, rec.Entry.Event = "journal", journal.Event{Name: "COSIGNED", After: fmt.Sprint(said.Size)}
				return w.AppendRecord(rec)
			})
			if err != nil {
				return nil, err
			}
		}
		ours, _, err = w.CheckpointOf(said.Size)
		return viewCheckpoint(ours), err
	})
}

// notCosigned is the answer to a note that no known witness has signed, or that says of another journal.
var notCosigned = casework.Violations{{Field: "note", Reason: "NOT_COSIGNED"}}

// cosigned opens a note and keeps the lines of known witnesses, by name.
func cosigned(text string, witnesses []*journal.Verifier) (said journal.Checkpoint, lines map[string]string, err error) {
	var all []note.Verifier
	for _, w := range witnesses {
		all = append(all, w)
	}
	opened, err := note.Open([]byte(text), note.VerifierList(all...))
	if err != nil {
		return said, nil, err
	}
	if said, err = journal.ParseCheckpoint(opened.Text); err != nil {
		return said, nil, err
	}
	lines = map[string]string{}
	for _, sig := range opened.Sigs {
		lines[sig.Name] = "— " + sig.Name + " " + sig.Base64
	}
	if len(lines) == 0 {
		return said, nil, errors.New("no witness")
	}
	return said, lines, nil
}

// ListJudgements lists exceptions and opened glasses with when they were judged: by number, for who sees no case.
func (s *journalService) ListJudgements(ctx context.Context, req *pb.ListJudgementsRequest) (*pb.ListJudgementsResponse, error) {
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListJudgementsResponse, *store.Record, error) {
		c, act, err := s.verifying(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		after, err := c.cursor("judgements", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		m := &pb.ListJudgementsResponse{}
		next, err := listed(size, after, func(after store.Cursor, limit int) ([]casework.Review, error) {
			return r.Judged(req.GetOpen(), after, limit)
		}, func(v casework.Review) store.Cursor { return store.Cursor{Time: v.Started, ID: v.ID} }, func(v casework.Review) (func() error, error) {
			return func() error {
				number, err := s.entryUnder(r, v)
				m.Judgements = append(m.Judgements, viewJudgement(v, number, c.now))
				return err
			}, nil
		})
		m.NextPageToken = c.pageToken("judgements", req, next)
		return m, c.readOf(access.JournalVerify, act), err
	})
}

// entryUnder is the number of the entry of the act that a review is about: the first of that instant on that object.
func (s *Server) entryUnder(r *store.Reader, v casework.Review) (int64, error) {
	objects := map[[16]byte]bool{}
	for _, kind := range []string{"disclosure", "glass", "case", "review"} {
		objects[s.store.Pseudonym(kind, v.Object[:])] = true
	}
	return r.NumberOf(v.Started, func(e journal.Entry) bool { return objects[e.Object] })
}
