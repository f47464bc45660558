package server

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// etag is a revision as clients see it: opaque.
func etag(revision int64) string { return "v" + strconv.FormatInt(revision, 36) }

// pageSize is what was asked, 20 if nothing was. The shape bounds it at 100.
func pageSize(asked int32) int {
	if asked <= 0 {
		return 20
	}
	return int(asked)
}

// listed reads a list until a page is full of rows that may be shown, and one more tells of a next page. A page with a gap, or an
// empty one with a next, would tell of a row that is not shown. show gives nil for such a row, else what adds it to the page; the
// cursor that comes back is that of the last row shown, and zero at the end of the list.
func listed[R any](size int, from store.Cursor, read func(store.Cursor, int) ([]R, error), at func(R) store.Cursor, show func(R) (add func() error, err error)) (store.Cursor, error) {
	shown, limit := 0, size+1
	var last store.Cursor
	for {
		rows, err := read(from, limit)
		if err != nil {
			return last, err
		}
		for _, row := range rows {
			add, err := show(row)
			if err != nil {
				return last, err
			}
			from = at(row)
			if add == nil {
				continue
			}
			if shown == size {
				return last, nil
			}
			if err := add(); err != nil {
				return last, err
			}
			last, shown = from, shown+1
		}
		if len(rows) < limit {
			return store.Cursor{}, nil
		}
		limit = min(4*limit, 500) // behind hidden rows there may be many
	}
}

// A page token is sealed to the caller and the filter, so that it tells no time and no id, and serves nobody else.

// pageToken seals where the next page begins.
func (c call) pageToken(list string, req proto.Message, after store.Cursor) string {
	if after.IsZero() {
		return "" // the list has ended
	}
	var plain [24]byte
	binary.BigEndian.PutUint64(plain[:], uint64(after.Time.UnixMicro()))
	copy(plain[8:], after.ID[:])
	return base64.RawURLEncoding.EncodeToString(c.cursors.Seal(nil, nil, plain[:], c.pageContext(list, req)))
}

// cursor opens a page token; an empty one begins the list.
func (c call) cursor(list string, req proto.Message, token string) (store.Cursor, error) {
	if token == "" {
		return store.Cursor{}, nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		var plain []byte
		if plain, err = c.cursors.Open(nil, nil, sealed, c.pageContext(list, req)); err == nil && len(plain) == 24 {
			return store.Cursor{Time: time.UnixMicro(int64(binary.BigEndian.Uint64(plain))).UTC(), ID: [16]byte(plain[8:])}, nil
		}
	}
	return store.Cursor{}, casework.Violations{{Field: "pageToken", Reason: "PAGE_TOKEN"}}
}

// pageContext is what a token is bound to: the list, the caller, and the request without its token.
func (c call) pageContext(list string, req proto.Message) []byte {
	msg := req.ProtoReflect()
	field := msg.Descriptor().Fields().ByName("page_token")
	token := msg.Get(field)
	msg.Clear(field)
	filter, err := proto.MarshalOptions{Deterministic: true}.Marshal(req)
	msg.Set(field, token)
	if err != nil {
		filter = nil
	}
	return append(append([]byte(list), c.caller.Credential...), filter...)
}
