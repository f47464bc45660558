package server

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/grpc/metadata"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// The face for witnesses: the newest checkpoint and tiles of hashes, as C2SP tlog-checkpoint and tlog-tiles have them, for any feeder.
// There are no entries here: a hash tells of nothing, and a size of how much was done by all units together. So it is for this
// machine and for who checks the journal, and tiles end where the newest checkpoint does.

// journalFace is where the face begins.
const journalFace = "/journal/"

// serveWitness answers a feeder.
func (s *Server) serveWitness(w http.ResponseWriter, r *http.Request) {
	newest, err := s.witnessed(r)
	if err != nil {
		s.writeGRPCError(r.Context(), nil, nil, w, r, err)
		return
	}
	face := strings.TrimPrefix(r.URL.Path, journalFace)
	tile, isTile := parseTile(face)
	var body []byte
	switch {
	case face == "checkpoint" && newest.Size > 0:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		body = []byte(newest.Note)
	case isTile && inside(tile, newest.Size):
		body, err = store.Read(r.Context(), s.store, func(r *store.Reader) ([]byte, error) { return r.Tile(tile.L, tile.N, tile.W) })
		w.Header().Set("Content-Type", "application/octet-stream")
	default:
		s.writeError(w, r, because(pb.ErrorReason_ROUTE_NOT_FOUND))
		return
	}
	if err != nil {
		s.writeError(w, r, publicOf(err))
		return
	}
	_, _ = w.Write(body) // a feeder that left needs no answer
}

// witnessed is the newest checkpoint, for a feeder on this machine or with the token of who may check the journal. The token is judged
// by the chain that judges all: we ask our own JournalService for it.
func (s *Server) witnessed(r *http.Request) (store.Checkpoint, error) {
	if s.onThisMachine(r) {
		return store.Read(r.Context(), s.store, func(r *store.Reader) (store.Checkpoint, error) {
			newest, _, err := r.NewestCheckpoint()
			return newest, err
		})
	}
	ctx := r.Context()
	for _, value := range r.Header.Values("Authorization") {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", value)
	}
	c, err := pb.NewJournalServiceClient(s.conn).GetCheckpoint(ctx, &pb.GetCheckpointRequest{})
	return store.Checkpoint{Size: c.GetSize(), Note: c.GetNote()}, err
}

// onThisMachine tells whether a request began here. Behind a proxy every request comes from this machine, so one that was sent on by
// anybody, or a server that is known by another address, counts as from outside.
func (s *Server) onThisMachine(r *http.Request) bool {
	if s.cfg.URL != "" || !loopback(s.cfg.HTTP) || len(r.Header.Values("X-Forwarded-For"))+len(r.Header.Values("Forwarded"))+len(r.Header.Values("Via")) > 0 {
		return false
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && at.Addr().Unmap().IsLoopback()
}

// parseTile reads tile/<L>/<N>[.p/<W>], N in groups of three digits of which all but the last begin with x. It takes one form of each.
func parseTile(path string) (t tlog.Tile, ok bool) {
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok {
		return t, false
	}
	// tlog's own tiles have their height in front.
	t, err := tlog.ParseTilePath("tile/" + strconv.Itoa(store.TileHeight) + "/" + rest)
	return t, err == nil && t.H == store.TileHeight && t.L >= 0
}

// inside tells whether all hashes of a tile are below a size.
func inside(t tlog.Tile, size int64) bool {
	level := size >> (store.TileHeight * t.L)
	return t.L < 8 && t.N >= 0 && t.W >= 1 && t.W <= 1<<store.TileHeight && t.N<<store.TileHeight+int64(t.W) <= level
}

// witnessSilence is how long no witness may sign before the reviewer is told, and how often she is told again.
const witnessSilence = 24 * time.Hour

// tellOfSilentWitness tells the reviewer of a day on which no witness signed: then nobody outside would know the history from another.
func (s *Server) tellOfSilentWitness(ctx context.Context) error {
	now := s.now()
	if len(s.witnesses) == 0 || now.Sub(time.UnixMicro(s.silenceTold.Load())) < witnessSilence {
		return nil
	}
	silence, err := store.Read(ctx, s.store, func(r *store.Reader) (silence, error) { return readSilence(r) })
	if err != nil || silence.since.IsZero() || now.Sub(silence.since) < witnessSilence {
		return err
	}
	if now.Sub(silence.told) < witnessSilence { // by this server before it was started again
		s.silenceTold.Store(silence.told.UnixMicro())
		return nil
	}
	s.silenceTold.Store(now.UnixMicro())
	_, err = store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) {
		unit, ok, err := w.ReviewerUnit(w.Now())
		if err != nil || !ok {
			return struct{}{}, err
		}
		entry := w.AppendRecord(store.Record{Entry: journal.Entry{
			Version: journal.Version, Origin: "timer", Role: "SERVER", Action: "notify", Outcome: "ALLOW", ObjectKind: "journal",
			Event: journal.Event{Name: string(casework.NoticeWitnessSilent)},
		}})
		return struct{}{}, w.Notify(store.Notice{Kind: casework.NoticeWitnessSilent, Unit: unit, Role: casework.RoleReviewer}, entry)
	})
	return err
}

// silence is since when no witness has signed, and when that was last told.
type silence struct{ since, told time.Time }

// readSilence counts from the newest cosignature, else from the first checkpoint.
func readSilence(r *store.Reader) (s silence, err error) {
	if s.since, err = r.NewestCosignature(); err != nil {
		return s, err
	}
	if s.since.IsZero() {
		first, err := r.Checkpoints(0, 1)
		if err != nil || len(first) == 0 {
			return s, err
		}
		s.since = first[0].Time
	}
	unit, ok, err := r.ReviewerUnit(r.Now())
	if err != nil || !ok {
		return s, err
	}
	s.told, err = r.LastTold(unit, casework.NoticeWitnessSilent)
	return s, err
}
