package server

import (
	"encoding/hex"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// viewEntry makes the message of an entry, which names nobody: ids are pseudonyms. Who acted is for a reviewer alone. A supervisor
// gets no number, for between two of her own it would count what all other units did; no id of a call; and not which rows a page had.
func (c call) viewEntry(e journal.Entry, sight *journalSight) *pb.JournalEntry {
	m := &pb.JournalEntry{
		Id: uuid.UUID(e.ID).String(), Time: timestamp(time.UnixMicro(e.Time).UTC()), Origin: e.Origin,
		Actor: pseudonym(e.Actor), Unit: unitName(e.Unit), Role: pb.Role_Value(pb.Role_Value_value[e.Role]),
		Action: e.Action, Rule: e.Rule, Outcome: e.Outcome, Shown: shown(access.Mask(e.Mask)),
		ObjectKind: e.ObjectKind, Object: pseudonym(e.Object), Level: e.Level, Purpose: e.Purpose, Cosigner: pseudonym(e.Cosigner),
		Event: e.Event.Name, Before: e.Event.Before, After: e.Event.After,
	}
	if e.ObjectKind != pageKind {
		m.Fields = slices.Clone(e.Event.Fields)
	}
	if !sight.unit {
		m.Number, m.RequestId = int64(e.Number), idText(e.RequestID)
	}
	if who, ok := sight.actors[e.Actor]; ok {
		m.Account, m.AccountCode = accountName(who.ID), who.Code
	}
	return m
}

func idText(id [16]byte) string {
	if id == ([16]byte{}) {
		return ""
	}
	return uuid.UUID(id).String()
}

func pseudonym(id [16]byte) string {
	if id == ([16]byte{}) {
		return ""
	}
	return hex.EncodeToString(id[:])
}

// shown are the names of the classes in a mask.
func shown(mask access.Mask) (names []string) {
	for class, bits := range classBits {
		if bits != 0 && mask&bits == bits {
			names = append(names, class.String())
		}
	}
	slices.Sort(names)
	return names
}

func viewLeaves(entries [][]byte, size int64) *pb.ListLeavesResponse {
	return &pb.ListLeavesResponse{Entries: entries, Size: size}
}

func viewCheckpoint(c store.Checkpoint) *pb.Checkpoint {
	return &pb.Checkpoint{Size: c.Size, Note: c.Note, CreateTime: timestamp(c.Time)}
}

func viewCheckpoints(all []store.Checkpoint) *pb.ListCheckpointsResponse {
	m := &pb.ListCheckpointsResponse{}
	for _, c := range all {
		m.Checkpoints = append(m.Checkpoints, viewCheckpoint(c))
	}
	return m
}

func viewProof(hashes [][32]byte, leaf []byte) *pb.Proof {
	m := &pb.Proof{Leaf: leaf}
	for _, h := range hashes {
		m.Hashes = append(m.Hashes, h[:])
	}
	return m
}

func viewKeys(keys []store.CheckpointKey, witnesses []string) *pb.ListJournalKeysResponse {
	m := &pb.ListJournalKeysResponse{Witnesses: witnesses}
	for _, k := range keys {
		m.Keys = append(m.Keys, k.Public)
	}
	return m
}

// viewJudgement tells when an act was judged, and of whom or what nothing.
func viewJudgement(v casework.Review, number int64, now time.Time) *pb.Judgement {
	end := v.Decided
	if end.IsZero() {
		end = now
	}
	return &pb.Judgement{
		Number: max(number, 0), Kind: enum[pb.ReviewKind_Value](pb.ReviewKind_Value_value, v.Kind), Unit: unitName(v.Unit),
		StartTime: timestamp(v.Started), DueTime: timestamp(v.Due), DecideTime: timestamp(v.Decided), Late: end.After(v.Due),
	}
}
