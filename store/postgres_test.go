package store

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// A database that is away is not stormed: of all who ask, one a moment tries it, and the others hear what that one heard.
func TestADatabaseThatRefusesIsNotStormed(t *testing.T) {
	t.Parallel()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	var knocks atomic.Int64
	go func() {
		for {
			c, err := door.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var hello [8]byte // length and version; others on this machine may look for a server that had the port before
				if _, err := io.ReadFull(c, hello[:]); err == nil && hello[5] == 3 {
					knocks.Add(1)
				}
			}()
		}
	}()
	engine, err := newPostgres(fmt.Sprintf("postgres://a@%s/a?sslmode=disable", door.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	writer := &pgLink{engine: engine, mayWrite: true}
	begun := time.Now()
	for range 1000 {
		if _, err := writer.begin(true); !errors.Is(err, ErrAway) {
			t.Fatalf("%v, want %v", err, ErrAway)
		}
	}
	if n, most := knocks.Load(), 1+int64(time.Since(begun)/dialRest); n < 1 || n > most {
		t.Errorf("1,000 who asked knocked %d times in %v, want %d at most", n, time.Since(begun), most)
	}
	time.Sleep(dialRest)
	before := knocks.Load()
	_, _ = writer.begin(true)
	if knocks.Load() == before {
		t.Error("nobody knocks any more")
	}
}
