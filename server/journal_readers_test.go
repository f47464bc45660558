package server_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

func (w *world) journal() pb.JournalServiceClient { return pb.NewJournalServiceClient(w.conn) }

// listed reads all entries as one sees them.
func (w *world) listed(t testing.TB, as string) (all []*pb.JournalEntry) {
	t.Helper()
	req := &pb.ListEntriesRequest{PageSize: 100}
	for {
		page, err := w.journal().ListEntries(w.as(as), req)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.GetEntries()...)
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			return all
		}
	}
}

func TestWhoReadsTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sign(t)
	for _, path := range []string{"entries", "leaves", "checkpoint", "checkpoints", "inclusion?number=1&size=2", "consistency?from=1&size=2", "keys", "judgements"} {
		for as, status := range map[string]int{
			"auditor": 200, "penelaah": 200, "kepala-cibinong": 403, "gizi-cibinong": 403, "kader-melati": 403,
			"app-melati": 403, "admin-kabupaten": 403, "statistik-dinkes": 403,
		} {
			if path == "entries" && as == "kepala-cibinong" {
				status = 200
			}
			if got := w.call(as, "GET", "/v1/journal/"+path, nil); got.Status != status {
				t.Errorf("%s reads %s: %d %s, want %d", as, path, got.Status, got.Body, status)
			}
		}
	}
}

func (w *world) sign(t testing.TB) {
	t.Helper()
	if err := w.served.Store.SignCheckpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestEachReaderOfTheJournalSeesTheirPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	w.event("pendamping-uptd", filed.text("legs.0.referral"), "accept", nil).expect(t, 200, nil, nil)
	w.call("gizi-cibinong", "GET", "/v1/"+filed.text("case"), nil).expect(t, 404, nil, nil)
	clinic, _ := w.served.Store.Directory().UnitByCode("PKM-CIBINONG")
	uptd, _ := w.served.Store.Directory().UnitByCode("UPTD-PPA")

	all := w.listed(t, "auditor")
	reviewed := w.listed(t, "penelaah")
	if len(reviewed) <= len(all)-1 || len(all) < len(w.entries())-20 {
		t.Errorf("the auditor sees %d, the reviewer %d of %d", len(all), len(reviewed), len(w.entries()))
	}
	names := 0
	for _, e := range all {
		if e.GetAccount() != "" || e.GetAccountCode() != "" {
			t.Errorf("the auditor sees who acted: %v", e)
		}
	}
	for _, e := range reviewed {
		if e.GetAccountCode() == "bidan-cibinong" && e.GetAction() == "file" {
			names++
		}
	}
	if names == 0 {
		t.Error("the reviewer does not see who filed")
	}
	seen := map[string]int{}
	for _, e := range w.listed(t, "kepala-cibinong") {
		seen[e.GetUnit()]++
		if e.GetNumber() != 0 || e.GetRequestId() != "" || e.GetAccount() != "" || e.GetOutcome() == "NOT_FOUND" && e.GetObjectKind() != "case" {
			t.Errorf("the supervisor sees %v", e)
		}
	}
	if seen["units/"+uuid.UUID(clinic.ID).String()] == 0 || seen["units/"+uuid.UUID(uptd.ID).String()] != 0 {
		t.Errorf("the supervisor sees entries of %v", seen)
	}
}

// A head asks her list of the journal what she was not told: whether the id that answered NOT_FOUND is there. She learns the same of
// both, also of what her people did on a case from which she is blocked.
func TestTheJournalOfAUnitIsNoOracle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", survivorFiling())
	filed.expect(t, 200, nil, nil)
	id, err := uuid.Parse(strings.TrimPrefix(filed.text("case"), "cases/"))
	if err != nil {
		t.Fatal(err)
	}
	mine := func() (n int) {
		for _, e := range w.listed(t, "kepala-cibinong") {
			if e.GetAction() != "journal.unit" {
				n++
			}
		}
		return n
	}
	open := mine()
	head, err := uuid.Parse(strings.TrimPrefix(w.accountOf(t, "kepala-cibinong"), "accounts/"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Update(t.Context(), w.served.Store, func(sw *store.Writer) (struct{}, error) {
		entry := sw.Append(journal.Entry{Version: journal.Version, Action: "block.add"}, nil, id[:])
		k, err := sw.CaseOnly(casework.CaseID(id))
		if err != nil {
			return struct{}{}, err
		}
		_, err = sw.PutBlock(store.Block{ID: casework.ID(uuid.New()), Case: k.ID, Account: casework.AccountID(head)}, k, entry)
		return struct{}{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	hidden := mine()
	if hidden >= open {
		t.Errorf("blocked from the case she sees %d entries, before %d", hidden, open)
	}
	for _, path := range []string{filed.text("case"), "cases/" + newID()} {
		w.call("kepala-cibinong", "GET", "/v1/"+path, nil).expect(t, 404, nil, nil)
		w.call("bidan-citeureup", "GET", "/v1/"+path, nil).expect(t, 404, nil, nil)
		w.call("bidan-cibinong", "GET", "/v1/cases", nil).expect(t, 200, nil, nil) // a page with the hidden case
		if got := mine(); got != hidden {
			t.Errorf("after asking for %s her list has %d entries, %d before", path, got, hidden)
		}
	}
}

func TestProofsOfTheJournalHoldAndForgedOnesDoNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sign(t)
	as := w.as("auditor")
	c, err := w.journal().GetCheckpoint(as, &pb.GetCheckpointRequest{})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := w.journal().ListJournalKeys(as, &pb.ListJournalKeysRequest{})
	if err != nil || len(keys.GetKeys()) != 1 {
		t.Fatalf("keys %v, %v", keys, err)
	}
	v, err := note.NewVerifier(keys.GetKeys()[0])
	if err != nil {
		t.Fatal(err)
	}
	opened, err := note.Open([]byte(c.GetNote()), note.VerifierList(v))
	if err != nil {
		t.Fatal(err)
	}
	said, err := journal.ParseCheckpoint(opened.Text)
	if err != nil || said.Size != c.GetSize() {
		t.Fatal(said, err)
	}
	leaves, err := w.journal().ListLeaves(as, &pb.ListLeavesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for n := int64(0); n < said.Size; n += 3 {
		p, err := w.journal().GetInclusionProof(as, &pb.GetInclusionProofRequest{Number: n, Size: said.Size})
		if err != nil {
			t.Fatal(err)
		}
		leaf := journal.LeafHash(leaves.GetEntries()[n])
		if err := tlog.CheckRecord(hashes(p), said.Size, said.Root, n, leaf); err != nil {
			t.Errorf("entry %d: %v", n, err)
		}
		leaf[7] ^= 1
		if err := tlog.CheckRecord(hashes(p), said.Size, said.Root, n, leaf); err == nil {
			t.Errorf("entry %d: a forged leaf is accepted", n)
		}
	}
	for _, path := range []string{"inclusion?number=5&size=5", "inclusion?number=0&size=100000", "inclusion?number=0&size=0", "consistency?from=0&size=5", "consistency?from=6&size=5"} {
		w.call("auditor", "GET", "/v1/journal/"+path, nil).expect(t, 400, []string{"OUT_OF_RANGE"}, nil)
	}
}

func hashes(p *pb.Proof) (out []tlog.Hash) {
	for _, h := range p.GetHashes() {
		out = append(out, tlog.Hash(h))
	}
	return out
}

// witness is somebody outside with a key, who signs as C2SP tlog-cosignature says.
type witness struct {
	name string
	key  ed25519.PrivateKey
}

func newWitness(name string) witness {
	return witness{name, ed25519.NewKeyFromSeed([]byte(strings.Repeat("w", 32)))}
}

func (w witness) public() []byte { return append([]byte{4}, w.key.Public().(ed25519.PublicKey)...) }

func (w witness) hash() uint32 {
	sum := sha256.Sum256(append([]byte(w.name+"\n"), w.public()...))
	return binary.BigEndian.Uint32(sum[:])
}

func (w witness) verifier() string {
	return fmt.Sprintf("%s+%08x+%s", w.name, w.hash(), base64.StdEncoding.EncodeToString(w.public()))
}

// cosign adds a line to a checkpoint.
func (w witness) cosign(checkpoint string, at time.Time) string {
	text, _, _ := strings.Cut(checkpoint, "\n\n")
	sig := binary.BigEndian.AppendUint32(nil, w.hash())
	sig = binary.BigEndian.AppendUint64(sig, uint64(at.Unix()))
	sig = append(sig, ed25519.Sign(w.key, journal.CosignedText(uint64(at.Unix()), []byte(text+"\n")))...)
	return checkpoint + "— " + w.name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}

func witnessedWorld(t *testing.T, h *hand, keys ...string) *world {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	served, err := serveRegency(ctx, server.RegencyConfig{Dir: t.TempDir(), Now: h.now, Unlimited: true, NoSweep: true, Witnesses: keys})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(served.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		stop()
		if err := served.Wait(); err != nil {
			t.Error(err)
		}
	})
	return &world{t: t, served: served, conn: conn}
}

func TestAWitnessSignsFromOutsideAndItsSilenceIsTold(t *testing.T) {
	t.Parallel()
	h := &hand{}
	h.set(t, "2026-03-02 08:00")
	inspectorate := newWitness("inspektorat.example/saksi")
	w := witnessedWorld(t, h, inspectorate.verifier())
	w.sign(t)
	fetch := func() *pb.Checkpoint {
		t.Helper()
		c, err := w.journal().GetCheckpoint(w.as("auditor"), &pb.GetCheckpointRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := fetch()
	add := func(as, text string) reply {
		return w.call(as, "POST", "/v1/journal:addCosignature", object{"note": text})
	}
	good := inspectorate.cosign(first.GetNote(), h.now())
	for name, text := range map[string]string{
		"no cosignature":      first.GetNote(),
		"another's":           newWitness("orang.lain").cosign(first.GetNote(), h.now()),
		"of another size":     inspectorate.cosign(strings.Replace(first.GetNote(), fmt.Sprintf("\n%d\n", first.GetSize()), fmt.Sprintf("\n%d\n", first.GetSize()+1), 1), h.now()),
		"of another root":     inspectorate.cosign(strings.Replace(first.GetNote(), "\n"+strings.Split(first.GetNote(), "\n")[2], "\n"+base64.StdEncoding.EncodeToString(make([]byte, 32)), 1), h.now()),
		"a signature damaged": good[:len(good)-8] + "AAAA" + good[len(good)-4:],
		"no note":             "x",
	} {
		got := add("auditor", text)
		if got.Status != 400 || !strings.Contains(string(got.Body), "NOT_COSIGNED") {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	add("kepala-rsud", good).expect(t, 403, nil, nil)
	add("auditor", good).expect(t, 200, []string{"inspektorat.example/saksi"}, nil)
	before := len(w.entries())
	add("auditor", good).expect(t, 200, []string{"inspektorat.example/saksi"}, nil) // told again: nothing new
	if n := len(w.entries()); n != before {
		t.Errorf("%d entries of a cosignature that is known", n-before)
	}
	if c := fetch(); strings.Count(c.GetNote(), "\n— ") != 2 {
		t.Errorf("the checkpoint is %s", c.GetNote())
	}
	told := func() int {
		return strings.Count(string(w.call("penelaah", "GET", "/v1/notices", nil).Body), "WITNESS_SILENT")
	}
	for _, step := range []struct {
		at   string
		told int
	}{{"2026-03-03 07:59", 0}, {"2026-03-03 08:01", 1}, {"2026-03-03 08:05", 1}, {"2026-03-04 09:00", 2}} {
		w.at(t, h, step.at, "penelaah", "auditor", "kepala-rsud")
		w.sweep(t)
		if n := told(); n != step.told {
			t.Errorf("%s: the reviewer was told %d times, want %d", step.at, n, step.told)
		}
	}
	w.call("kepala-rsud", "GET", "/v1/notices", nil).expect(t, 200, nil, []string{"WITNESS_SILENT"})
	w.sign(t)
	add("auditor", inspectorate.cosign(fetch().GetNote(), h.now())).expect(t, 200, nil, nil)
	w.at(t, h, "2026-03-05 08:30", "penelaah")
	w.sweep(t)
	if n := told(); n != 2 {
		t.Errorf("told %d times though it signs again", n)
	}
}

func TestTheFaceForWitnessesHasHashesOnly(t *testing.T) {
	w := newWorld(t)
	for range 300 {
		_, err := store.Update(t.Context(), w.served.Store, func(sw *store.Writer) (struct{}, error) {
			sw.Append(journal.Entry{Version: journal.Version, Action: "read", Outcome: "ALLOW"}, nil, nil)
			return struct{}{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	w.sign(t)
	get := func(path string, header ...string) reply {
		t.Helper()
		req, err := http.NewRequest("GET", "http://"+w.served.HTTP+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Add(header[i], header[i+1])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return reply{resp.StatusCode, resp.Header, body}
	}
	checkpoint := get("/journal/checkpoint")
	text, _, _ := strings.Cut(string(checkpoint.Body), "\n\n")
	said, err := journal.ParseCheckpoint(text + "\n")
	if checkpoint.Status != 200 || err != nil || said.Size < 300 {
		t.Fatalf("%d %s, %v", checkpoint.Status, checkpoint.Body, err)
	}
	// A feeder makes its proofs from tiles alone.
	tree := tlog.Tree{N: said.Size, Hash: said.Root}
	reader := tlog.TileHashReader(tree, feeder{get, t})
	if _, err := tlog.ProveTree(said.Size, 17, reader); err != nil {
		t.Error(err)
	}
	last := said.Size - 256
	outside := []string{"X-Forwarded-For", "203.0.113.7"}
	for _, c := range []struct {
		path   string
		header []string
		status int
	}{
		{"/journal/tile/0/000", nil, 200},
		{fmt.Sprintf("/journal/tile/0/001.p/%d", last), nil, 200},
		{fmt.Sprintf("/journal/tile/0/001.p/%d", last+1), nil, 404},
		{"/journal/tile/0/001", nil, 404},
		{"/journal/tile/1/000.p/1", nil, 200},
		{"/journal/tile/1/000.p/2", nil, 404},
		{"/journal/tile/0/0", nil, 404},
		{"/journal/tile/9/000", nil, 404},
		{"/journal/tile/-1/000", nil, 404},
		{"/journal/tile/entries/000", nil, 404},
		{"/journal/tile/data/000", nil, 404},
		{"/journal/entries", nil, 404},
		{"/journal/", nil, 404},
		{"/journal/checkpoint", outside, 401},
		{"/journal/tile/0/000", outside, 401},
		{"/journal/checkpoint", append(outside, "Authorization", "Bearer "+w.token("auditor")), 200},
		{"/journal/tile/0/000", append(outside, "Authorization", "Bearer "+w.token("auditor")), 200},
		{"/journal/checkpoint", append(outside, "Authorization", "Bearer "+w.token("kepala-rsud")), 403},
		{"/journal/checkpoint", append(outside, "Authorization", "Bearer "+w.token("auditor"), "Authorization", "Bearer x"), 401},
		{"/journal/checkpoint", []string{"Forwarded", "for=203.0.113.7"}, 401},
	} {
		if got := get(c.path, c.header...); got.Status != c.status {
			t.Errorf("%s %v: %d %s, want %d", c.path, c.header, got.Status, got.Body, c.status)
		}
	}
	w.call("", "POST", "/journal/checkpoint", object{}).expect(t, 405, nil, nil)
}

// feeder reads tiles as C2SP names them.
type feeder struct {
	get func(string, ...string) reply
	t   *testing.T
}

func (f feeder) Height() int { return store.TileHeight }

func (f feeder) ReadTiles(tiles []tlog.Tile) (all [][]byte, err error) {
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", store.TileHeight), "/journal/tile/", 1)
		got := f.get(path)
		if got.Status != 200 {
			return nil, fmt.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
		all = append(all, got.Body)
	}
	return all, nil
}

func (f feeder) SaveTiles([]tlog.Tile, [][]byte) {}
