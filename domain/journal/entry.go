// Package journal is the entry of the journal and its canonical bytes: who did what, to what, by which right.
//
// It promises that one entry has exactly one form in bytes, that these bytes never change for entries already written
// (testdata pins them), and that Parse takes nothing which AppendCanonical would not have written. An entry names nobody:
// ids of persons and accounts are pseudonyms, values and reasons are hashes, so erasing a person leaves every proof whole.
// It never reads a clock, draws chance or touches the database. Begin with Entry, then AppendCanonical.
package journal

import "crypto/sha256"

// Version is the layout of the canonical bytes that AppendCanonical writes.
const Version = 1

// Entry is one line of the journal. A zero id, hash or text means that the field does not apply.
type Entry struct {
	Version    uint8    // 1; AppendCanonical writes no other
	ID         [16]byte // UUID v7, which also stands in the changed row
	Number     uint64   // gapless from 0, given by the sequencer at the group commit
	Time       int64    // microseconds UTC of the server's clock; order is by Number
	RequestID  [16]byte // the call
	Origin     string   // grpc, rest, console, import or timer
	Actor      [16]byte // pseudonym of the account
	Role       string   // the role acting
	Unit       [16]byte // the unit acting
	Action     string   // of access.md
	Rule       string   // the rule that allowed or refused
	Outcome    string   // what Decide said
	Mask       uint32   // what was shown, as class bits
	ObjectKind string   // case, person, leg or account
	Object     [16]byte // pseudonym of the object
	Level      string   // secrecy of the object at that time
	Basis      [16]byte // id of the disclosure
	Purpose    string   // follows from the rule
	Cosigner   [16]byte // pseudonym of the second person
	Event      Event    // the domain's event, if the state changed
	Reason     [32]byte // salted SHA-256; the text is sealed elsewhere and dies with its person
}

// Event is what happened to the object, without any value of it.
type Event struct {
	Name     string
	Before   string   // state before
	After    string   // state after
	Fields   []string // names of the changed fields
	Revision int64    // revision after
	Value    [32]byte // SHA-256 of the sealed new value
}

// LeafHash gives the RFC 6962 leaf hash of canonical bytes: SHA-256 over a zero byte and them.
func LeafHash(canonical []byte) [32]byte {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(canonical)
	var sum [32]byte
	h.Sum(sum[:0])
	return sum
}
