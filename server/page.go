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

// A page token is sealed to the caller and the filter, so that it tells no time and no id, and serves nobody else.

// pageToken seals where the next page begins.
func (c call) pageToken(list string, req proto.Message, after store.Cursor) string {
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
