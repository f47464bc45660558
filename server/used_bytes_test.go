package server_test

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"testing"
)

// Which bytes of an SQLite file are used (https://sqlite.org/fileformat2.html): of every page of every tree its header, the pointers to its
// cells and the cells, and of overflow pages the pointer and what is in it. The rest nobody reads: free pages, gaps between cells, and the
// first 100 bytes of the file, most of which are reserved or counters.

// span is bytes of a file.
type span struct{ from, to int }

// bit is one of a file.
type bit struct {
	At   int
	Mask byte
}

// pages is a file while it is walked.
type pages struct {
	file   []byte
	size   int // of a page
	usable int // of it
	spans  []span
}

// usedBytes walks the trees of a database that nobody has open.
func usedBytes(t testing.TB, path string) []span {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &pages{file: file, size: int(binary.BigEndian.Uint16(file[16:]))}
	p.usable = p.size - int(file[20])
	for _, root := range roots(t, path) {
		if err := p.tree(root); err != nil {
			t.Fatal(err)
		}
	}
	return p.spans
}

// roots are the first pages of all trees; that of the schema is page 1.
func roots(t testing.TB, path string) (all []int) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT 1 UNION ALL SELECT rootpage FROM sqlite_master WHERE rootpage > 0")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var root int
		if err := rows.Scan(&root); err != nil {
			t.Fatal(err)
		}
		all = append(all, root)
	}
	return all
}

// Kinds of pages.
const (
	indexInterior = 2
	tableInterior = 5
	indexLeaf     = 10
	tableLeaf     = 13
)

func (p *pages) tree(n int) error {
	start := (n - 1) * p.size
	head := start
	if n == 1 {
		head += 100
	}
	kind := p.file[head]
	cells := int(binary.BigEndian.Uint16(p.file[head+3:]))
	pointers := head + 8
	switch kind {
	case indexInterior, tableInterior:
		pointers += 4
		if err := p.tree(int(binary.BigEndian.Uint32(p.file[head+8:]))); err != nil {
			return err
		}
	case indexLeaf, tableLeaf:
	default:
		return errors.New("a page of no known kind")
	}
	p.spans = append(p.spans, span{head, pointers + 2*cells})
	for i := range cells {
		if err := p.cell(kind, start+int(binary.BigEndian.Uint16(p.file[pointers+2*i:]))); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) cell(kind byte, from int) error {
	at := from
	if kind == indexInterior || kind == tableInterior {
		if err := p.tree(int(binary.BigEndian.Uint32(p.file[at:]))); err != nil {
			return err
		}
		at += 4
	}
	n, size := varint(p.file[at:])
	at += n
	if kind == tableInterior { // what was read is the row's number
		p.spans = append(p.spans, span{from, at})
		return nil
	}
	if kind == tableLeaf {
		n, _ := varint(p.file[at:])
		at += n
	}
	local := p.local(kind, size)
	at += local
	if local < size {
		p.overflow(int(binary.BigEndian.Uint32(p.file[at:])), size-local)
		at += 4
	}
	p.spans = append(p.spans, span{from, at})
	return nil
}

// local is how much of a payload stands in its own page.
func (p *pages) local(kind byte, size int) int {
	most := (p.usable-12)*64/255 - 23
	if kind == tableLeaf {
		most = p.usable - 35
	}
	if size <= most {
		return size
	}
	least := (p.usable-12)*32/255 - 23
	if k := least + (size-least)%(p.usable-4); k <= most {
		return k
	}
	return least
}

func (p *pages) overflow(n, left int) {
	for left > 0 {
		start := (n - 1) * p.size
		here := min(left, p.usable-4)
		p.spans = append(p.spans, span{start, start + 4 + here})
		n, left = int(binary.BigEndian.Uint32(p.file[start:])), left-here
	}
}

// varint gives the length and the value of SQLite's own, most significant bits first.
func varint(b []byte) (n, value int) {
	for n < 8 {
		value = value<<7 | int(b[n]&0x7f)
		if n++; b[n-1] < 0x80 {
			return n, value
		}
	}
	return 9, value<<8 | int(b[8])
}

// anyBit is one of the used bits, each with the same chance.
func anyBit(spans []span, chance *rand.Rand) bit {
	total := 0
	for _, s := range spans {
		total += s.to - s.from
	}
	at := chance.IntN(total)
	for _, s := range spans {
		if at < s.to-s.from {
			return bit{s.from + at, 1 << chance.IntN(8)}
		}
		at -= s.to - s.from
	}
	panic("no used byte")
}
