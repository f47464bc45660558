package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// BareWrites writes rows like those of filings into a new database in the empty folder dir, group filings a commit, for d or until ctx
// ends, and gives how long each commit took, with its statements. It is the limit that a filing is held against: the same tables and indexes,
// the same durability, one connection; and nothing of what makes a filing one: no question, no right, no seal, no message. What is sealed
// in a filing is chance of the same length here.
func BareWrites(ctx context.Context, dir string, group int, d time.Duration) (commits []time.Duration, err error) {
	engine := sqlite{filepath.Join(dir, databaseName)}
	if err := engine.migrate(ctx); err != nil {
		return nil, err
	}
	l, err := engine.connect(true)
	if err != nil {
		return nil, err
	}
	c := &conn{link: l}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := (&tx{c: c}).row(fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", walMax)).err; err != nil {
		return nil, err
	}
	var b bareFiler
	for start := time.Now(); len(commits) == 0 || time.Since(start) < d && ctx.Err() == nil; {
		began := time.Now()
		if err := b.commit(c, group); err != nil {
			return commits, fmt.Errorf("write bare rows: %w", err)
		}
		commits = append(commits, time.Since(began))
	}
	return commits, nil
}

// bareFiler counts what it has filed, for numbers that rise.
type bareFiler struct{ filed int64 }

func (b *bareFiler) commit(c *conn, group int) error {
	if _, err := c.begin(true); err != nil {
		return err
	}
	for range group {
		if err := b.file(c); err != nil {
			c.undo()
			return err
		}
	}
	// Four entries are some seven hashes; the tree has one row a commit.
	if _, err := c.exec("INSERT INTO tree (first, hashes) VALUES ($1, zeroblob(224 * $2))", []any{b.filed, int64(group)}); err != nil {
		c.undo()
		return err
	}
	return c.commit(nil)
}

// file writes one filing. The ids of those who file and receive are the same each time, as in a unit; the others are chance.
func (b *bareFiler) file(c *conn) error {
	b.filed++
	var ids [5][16]byte
	_, _ = rand.Read(ids[0][:]) // never fails
	for i := range ids[1:] {
		ids[i+1] = ids[0]
		ids[i+1][15] += byte(i + 1)
	}
	entry := ids[4]
	binary.BigEndian.PutUint64(entry[:], uint64(b.filed)) // as ours, it begins with time
	args := []any{time.Now().UnixMicro(), b.filed, bareUnit[:], bareReceiver[:], ids[0][:], ids[1][:], ids[2][:], ids[3][:], entry[:]}
	for _, row := range bareFiling {
		if _, err := c.exec(row.insert, args[:row.args]); err != nil {
			return err
		}
	}
	return nil
}

var (
	bareUnit     = [16]byte{1}
	bareReceiver = [16]byte{2}
)

// bareFiling is what a filing of one child with one measurement and one leg writes. $1 is the time, $2 the count, $3 who files, $4 who
// receives, $5 the person, $6 the case, $7 the leg, $8 the disclosure, $9 the entry; args is the highest that a row has.
var bareFiling = []struct {
	args   int
	insert string
}{
	{5, "INSERT INTO deks (owner, epoch, wrapped) VALUES ($5, 0, randomblob(65))"},
	{5, "INSERT INTO match_tags (tag, person) VALUES (randomblob(16), $5)"},
	{9, `INSERT INTO persons (id, register, unit, side, sex, kecamatan, created, revision, entry, f2, place)
		VALUES ($5, $3, $3, 'ORDINARY', 'FEMALE', '32.01.01', $1, 1, $9, randomblob(255), $2)`},
	{9, `INSERT INTO cases (id, number, register, unit, type, level, status, state, subject, kecamatan, channel, risk, opened, lock, revision, entry, f3, service_consent, place, person_place)
		VALUES ($6, 'K-' || hex(randomblob(8)), $3, $3, 'CHILD_NUTRITION_RISK', 'L1', 'REPORTED', 'OPEN', $5, '32.01.01', 'GROWTH_SESSION', '', $1, 0, 1, $9,
		randomblob(45), '', $2, $2)`},
	{9, "INSERT INTO assignments (place, account, from_time, case_id, entry) VALUES ($2, $3, $1, $6, $9)"},
	{9, "INSERT INTO submissions (place, account, time, entry, opened, case_id) VALUES ($2, $3, $1, $9, 1, $6)"},
	{9, `INSERT INTO measurements (person_place, id, case_id, person, unit, account, health_worker, day, desa, recorded, entry, f3)
		VALUES ($2, randomblob(16), $6, $5, $3, $3, 1, $1 / 86400000000, '32.01.01.1006', $1, $9, randomblob(85))`},
	{9, `INSERT INTO disclosures (id, case_id, kind, unit, from_time, scope, named, entry, f3, services, receivers, account, place)
		VALUES ($8, $6, 'CARE', $3, $1, 131079, 0, $9, randomblob(36), 'SPECIALIST_PEDIATRIC', $4, $3, $2)`},
	{9, `INSERT INTO legs (id, number, case_id, root, hop, account, sender, sender_register, receiver, receiver_register, service, urgency, state,
			disclosure, sent, no_shows, reopens, unconfirmed, revision, entry, f3, place)
		VALUES ($7, 'R-' || hex(randomblob(8)), $6, $7, 0, $3, $3, $3, $4, $4, 'SPECIALIST_PEDIATRIC', 'ROUTINE', 'SENT', $8, $1, 0, 0, 0, 1, $9, randomblob(36), $2)`},
	{9, `INSERT INTO duties (id, kind, object, case_id, unit, duty, started, due, level2, level3, rule, entry, rise, basis, place)
		VALUES (randomblob(16), 'LEG', $7, $6, $4, 'ACKNOWLEDGE', $1, $1, $1, $1, 'ANY/ANY/ROUTINE/ACKNOWLEDGE/TARGET', $9, $1, 'siklus penimbangan', $2)`},
	{9, `INSERT INTO duties (id, kind, object, case_id, unit, officer, duty, started, due, level2, level3, rule, entry, rise, basis, place)
		VALUES (randomblob(16), 'CASE', $6, $6, $3, $3, 'SCREEN', $1, $1, $1, $1, 'ANY/ANY/ROUTINE/SCREEN/TARGET', $9, $1, 'siklus penimbangan', $2)`},
	{9, `INSERT INTO notices (target, time, id, role, kind, object_kind, object, case_id, level, entry)
		VALUES ($4, $1, randomblob(16), '', 'LEG_ARRIVED', 'LEG', $7, $6, 0, $9)`},
	{9, `INSERT INTO journal (number, id, time, object_id, case_id, bytes, place) VALUES
		(1000000000 + 4 * $2, $9, $1, $5, $6, randomblob(205), $2), (1000000001 + 4 * $2, randomblob(16), $1, $6, $6, randomblob(205), $2),
		(1000000002 + 4 * $2, randomblob(16), $1, $8, $6, randomblob(205), $2), (1000000003 + 4 * $2, randomblob(16), $1, $7, $6, randomblob(205), $2)`},
	{6, `INSERT INTO requests (account, id, method, mac, owner, case_id, mask, answer, time)
		VALUES ($3, randomblob(16), 'sinergi.v1.ReferralService.FileReferral', randomblob(32), $5, $6, 65535, randomblob(456), $1)`},
}
