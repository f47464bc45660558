package store

import "errors"

// The log of SQLite (WAL): it is kept short beside the writer, and holds nothing of what was erased. PostgreSQL looks after its own.

const (
	// walMax is the number of pages in the log at which the writer copies it into the database, and checkEvery how many
	// commits it lets pass before it looks. Four times as many pages save a few writes while the database is small; but such a log is
	// beyond the caches of a processor, and each page is read from it again.
	walMax     = 5_000
	checkEvery = 4
	// walRest is what the writer may copy itself; copiesMax how often the copier tries to get below it.
	walRest = 500
	// rewriteMost are the pages, 64 MiB, that are written anew after an erasure: some 0.5 s.
	rewriteMost = 16_384
	copiesMax   = 3
)

// openLog makes ready what keeps the log of a database in a file.
func (s *Store) openLog() (err error) {
	if s.copier, err = s.connect(true); err != nil {
		return err
	}
	s.emptyLog() // a process that was killed may have left in it what it had erased
	return nil
}

// checkpoint keeps the log short. It runs between two groups, after the answers have left. Copying 5,000 pages takes some
// 10 ms, in which nobody would commit; so a second connection copies most of them while the writer goes on, and the writer
// only the rest. That last step must be the writer's own: the log begins anew only when nothing in it is left to copy.
func (s *Store) checkpoint() {
	if s.remains {
		s.remains = !s.emptyLog()
	}
	if s.groups++; s.copier == nil || s.broken {
		return
	}
	look := s.groups%checkEvery == 0
	select {
	case err := <-s.copied: // and the less has been written since, the less is left
		s.copying, look = false, true
		s.distrust(err)
	default:
	}
	if !look {
		return
	}
	log, left, err := checkpoint(s.writer, "NOOP")
	s.distrust(err)
	switch {
	case err != nil || s.copying || log < walMax:
	case left > walRest && s.copies < copiesMax:
		s.copying = true
		s.copies++
		go s.copyLog() // ends in s.copied, which Close waits for
	default:
		s.copies = 0
		_, _, err := checkpoint(s.writer, "PASSIVE")
		s.distrust(err)
	}
}

// copyLog copies what the log holds now into the database, beside the writer.
func (s *Store) copyLog() {
	_, _, err := checkpoint(s.copier, "PASSIVE")
	s.copied <- err
}

// emptyLog copies the whole log into the database and cuts it to nothing, after an erasure: until then the log holds what was there
// before. It waits a moment for the readers who began before it; while they or the copier are at work longer it gives false.
func (s *Store) emptyLog() bool {
	if s.copier == nil {
		return true
	}
	if s.broken || s.copying {
		return false
	}
	t := tx{c: s.writer}
	var busy, log, done int64
	s.rewritten = s.rewritten || s.rewrite()
	_ = t.row("PRAGMA busy_timeout = 100").err
	err := t.row("PRAGMA wal_checkpoint(TRUNCATE)").scan(&busy, &log, &done)
	_ = t.row("PRAGMA busy_timeout = 5000").err
	s.writer.failure = nil
	s.distrust(err)
	return err == nil && busy == 0 && s.rewritten
}

// rewrite makes the file anew, if it is small enough to do so while callers wait: a page that gave some of its rows to another may keep
// their bytes behind those that stayed, where no overwriting of what is deleted finds them. In a larger file such bytes go when the page
// is next filled; by then they are marks of keys that are gone.
func (s *Store) rewrite() bool {
	var pages int64
	t := tx{c: s.writer}
	err := t.row("PRAGMA page_count").scan(&pages)
	s.writer.failure = nil
	if err == nil && pages <= rewriteMost {
		err = s.vacuum()
	}
	s.distrust(err)
	return err == nil
}

// vacuum has a connection of its own, for the writer's keeps statements in the middle of their rows.
func (s *Store) vacuum() error {
	l, err := s.engine.connect(true)
	if err != nil {
		return err
	}
	c := &conn{link: l}
	return errors.Join(c.do("VACUUM"), c.close())
}

// wipe has what this closure deletes leave the files too, once it has committed.
func (w *Writer) wipe() { w.s.remains, w.s.rewritten = true, false }

// checkpoint runs a checkpoint and tells how many pages the log has, and how many of them are not yet in the database.
func checkpoint(c *conn, mode string) (log, left int64, err error) {
	t := tx{c: c}
	var busy, done int64
	err = t.row("PRAGMA wal_checkpoint("+mode+")").scan(&busy, &log, &done)
	c.failure = nil
	return log, log - done, err
}
