package server_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// table is an answer of QueryReleased.
type table struct {
	Rows    []map[string]any
	Release []struct{ Name, Period, Signature, SignedFile, Note string }
	Note    []string
	Etag    string
}

func tableOf(t testing.TB, r reply) (m table) {
	t.Helper()
	if r.Status != 200 {
		t.Fatalf("%d %s", r.Status, r.reason())
	}
	if err := json.Unmarshal(r.Body, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// state of a release, as the REVIEWER sees it.
func (f *planning) state(t *testing.T, key string) string {
	t.Helper()
	state, _ := f.released(t, "penelaah")[key]["state"].(string)
	return state
}

func (f *planning) stands(t *testing.T, key, want string) {
	t.Helper()
	if got := f.state(t, key); got != want {
		t.Errorf("on %s %s is %q, want %q", f.clock.day(), key, got, want)
	}
}

const lacking = "data bulan Maret belum masuk semua"

// TestHeadsSpeakOfAProtectedReleaseAndTheReviewerDecides plays approval, objection, silence and cancelling.
func TestHeadsSpeakOfAProtectedReleaseAndTheReviewerDecides(t *testing.T) {
	t.Parallel()
	f := newPlanning(t, "2027-01-12")
	f.victim(t, "bidan-cibinong", 1)
	hidden := f.victim(t, "bidan-citeureup", 2)
	f.child(t, "gizi-cibinong", 3)
	f.until(t, "2027-04-11")
	const first = "kdrt-month 2027Q1"
	rel := f.released(t, "kepala-cibinong")[first]
	if got := fmt.Sprint(rel["allowedActions"]); got != "[approve hold]" || rel["state"] != "DRAWN" || rel["heldFor"] != nil {
		t.Fatalf("the head of a contributing unit: %v", rel)
	}
	for _, who := range []string{"kepala-uptd", "kepala-rsud", "statistik-dinkes"} { // they contribute nothing, or prepare nothing
		if all := f.released(t, who); all[first] != nil {
			t.Errorf("%s sees %v", who, all[first])
		}
	}
	never := object{"name": "releases/" + newID()}
	refusedAlike(t, f.act("kepala-uptd", rel, "approve", nil), f.act("kepala-uptd", never, "approve", nil), 403)
	refusedAlike(t, f.act("penelaah", never, "resolve", object{"outcome": "PUBLISH"}), f.act("penelaah", object{"name": "releases/x"}, "resolve", object{"outcome": "PUBLISH"}), 404)
	stale := f.stale(t, "kepala-cibinong")
	refusedAlike(t, f.act(stale, rel, "approve", nil), f.act(stale, never, "approve", nil), 401)
	for _, who := range []string{"bidan-cibinong", "statistik-dinkes", "kader-melati"} {
		refusedAlike(t, f.act(who, rel, "hold", object{"reason": lacking}), f.act(who, never, "hold", object{"reason": lacking}), 403)
	}

	// A head who is kept from her unit's only case is told nothing of a release that it is in.
	if got := f.released(t, "kepala-citeureup")[first]; got == nil {
		t.Fatal("the head of the other unit does not see it")
	}
	f.post("bidan-citeureup", hidden+":addBlock", object{"account": f.accountOf(t, "kepala-citeureup"), "reason": "ipar klien"}).expect(t, 200, nil, nil)
	if got := f.released(t, "kepala-citeureup")[first]; got != nil {
		t.Errorf("a head who is kept from the case sees %v", got)
	}
	refusedAlike(t, f.act("kepala-citeureup", rel, "approve", nil), f.act("kepala-citeureup", never, "approve", nil), 403)

	say := object{"requestId": newID(), "reason": lacking}
	told := func() int {
		return bytes.Count(f.call("penelaah", "GET", "/v1/notices", nil).Body, []byte("REVIEW_DUE"))
	}
	if told() != 0 {
		t.Error("the reviewer is told of a release that nobody holds")
	}
	held := f.act("kepala-cibinong", rel, "hold", say)
	held.expect(t, 200, []string{`"state":"HELD"`, lacking}, []string{"heldFor"})
	f.act("kepala-cibinong", rel, "hold", say).expect(t, 200, []string{`"state":"HELD"`}, nil)
	if n := told(); n != 1 {
		t.Errorf("of a release that is held the reviewer is told %d times", n)
	}
	f.act("kepala-cibinong", rel, "approve", nil).expect(t, 400, []string{"RELEASE_STATE"}, nil)
	if seen := f.released(t, "penelaah")[first]; seen["reason"] != lacking || seen["heldFor"] != "HOLD" {
		t.Errorf("the reviewer: %v", seen)
	}
	ordinary := f.released(t, "kepala-cibinong")["stunting-kecamatan-quarter 2027Q1"]
	f.act("kepala-cibinong", ordinary, "hold", object{"reason": lacking}).expect(t, 400, []string{"RELEASE_HELD_ALREADY"}, nil)
	f.act("kepala-cibinong", ordinary, "approve", nil).expect(t, 400, []string{"RELEASE_STATE"}, nil) // it asks nobody
	f.act("penelaah", rel, "resolve", object{"outcome": "CANCEL"}).expect(t, 400, []string{"REQUIRED"}, nil)
	f.until(t, "2027-04-23")
	f.stands(t, first, "HELD")
	f.until(t, "2027-04-27") // ten working days after Sunday the 11th end on Friday the 23rd: silence publishes on Monday
	f.stands(t, first, "PUBLISHED")
	f.act("penelaah", rel, "resolve", object{"outcome": "PUBLISH"}).expect(t, 400, []string{"RELEASE_STATE"}, nil)

	f.until(t, "2028-01-11")
	cancelled, kept := "kdrt-kecamatan-year 2027", "kdrt-sex-age-year 2027"
	mine := f.released(t, "kepala-cibinong")
	f.act("kepala-cibinong", mine[cancelled], "hold", object{"reason": lacking}).expect(t, 200, []string{"HELD"}, nil)
	before := f.query("kader-melati", "kdrt-kecamatan-year", "&dimension=periode:2027")
	f.act("penelaah", mine[cancelled], "resolve", object{"outcome": "CANCEL", "reason": "kesalahan pencatatan kecamatan"}).
		expect(t, 200, []string{`"state":"CANCELLED"`}, nil)
	f.act("kepala-cibinong", mine[kept], "approve", nil).expect(t, 200, []string{"DRAWN"}, nil)
	f.act("kepala-cibinong", mine["kdrt-year 2027"], "approve", nil).expect(t, 200, nil, nil)
	f.until(t, "2028-01-20")
	f.stands(t, cancelled, "CANCELLED")
	f.stands(t, kept, "PUBLISHED")
	same := f.query("kader-melati", "kdrt-kecamatan-year", "&dimension=periode:2027")
	unknown := f.query("kader-melati", "kdrt-kecamatan-year", "&dimension=periode:2031")
	if string(before.Body) != string(same.Body) || string(same.Body) != string(unknown.Body) || len(tableOf(t, same).Rows) != 0 ||
		headerText(stripped(same)) != headerText(stripped(unknown)) {
		t.Errorf("a cancelled period is told from one that never was: %s %s", same.Body, unknown.Body)
	}
	f.exported(t, mine[kept], mine["kdrt-month 2027Q4"])
	f.verified(t)
}

// exported holds what goes to the portal: of the protected tables two alone, by the walidata alone, signed.
func (f *planning) exported(t *testing.T, public, internal object) {
	t.Helper()
	f.act("statistik-dinkes", public, "exportOpenData", nil).expect(t, 403, []string{"ACTION_NOT_ALLOWED"}, nil)
	_, err := store.Update(context.Background(), f.served.Store, func(w *store.Writer) (struct{}, error) {
		return struct{}{}, w.SetSetting("walidata_unit", "DINKES")
	})
	if err != nil {
		t.Fatal(err)
	}
	if internal == nil {
		internal = f.released(t, "penelaah")["overlap-year 2027"]
	}
	f.act("statistik-dinkes", internal, "exportOpenData", nil).expect(t, 400, []string{"RELEASE_STATE"}, nil)
	got := f.act("statistik-dinkes", public, "exportOpenData", nil)
	got.expect(t, 200, []string{"exportTime"}, nil)
	file, err := base64.StdEncoding.DecodeString(got.text("file"))
	if err != nil {
		t.Fatal(err)
	}
	f.signed(t, file)
	f.holdsItsRows(t, file)
	if seen := tableOf(t, f.call("kader-melati", "GET", "/v1/statistics/datasets/kdrt-sex-age-year:query", nil)); seen.Release[0].SignedFile != got.text("file") {
		t.Error("the file at the portal is another than the release's")
	}
}

// holdsItsRows holds that whoever gets the file from the portal reads in it, as a CSV and by its columns, what everybody reads here.
func (f *planning) holdsItsRows(t *testing.T, file []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kdrt.txt")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, _, signed := bytes.Cut(raw, []byte("\n\n— "))
	_, values, told := bytes.Cut(text, []byte("\n\n"))
	all, err := csv.NewReader(bytes.NewReader(values)).ReadAll()
	if err != nil || !signed || !told || len(all) < 2 {
		t.Fatalf("%v in %s", err, raw)
	}
	of := map[string]int{}
	for i, column := range all[0] {
		of[column] = i
	}
	shown := map[string]string{}
	for _, row := range tableOf(t, f.query("kader-melati", "kdrt-sex-age-year", "&dimension=periode:2027")).Rows {
		shown[fmt.Sprint(row["indikator"], row["jenisKelamin"], row["kelompokUmur"])] = fmt.Sprint(row["statusNilai"], row["nilaiTampil"])
	}
	cell := func(row []string, column string) any {
		if at, ok := of[column]; ok && row[at] != "" {
			return row[at]
		}
		return nil
	}
	for _, row := range all[1:] {
		key := fmt.Sprint(cell(row, "indikator"), cell(row, "jenis_kelamin"), cell(row, "kelompok_umur"))
		if got := fmt.Sprint(cell(row, "status_nilai"), cell(row, "nilai_tampil")); shown[key] != got {
			t.Errorf("%s is %s in the file, and %q to whoever asks", key, got, shown[key])
		}
		delete(shown, key)
	}
	if len(shown) > 0 {
		t.Errorf("the file lacks %v", shown)
	}
}

// signed holds that the journal's key has signed a file, and that it opens no more with one byte changed.
func (f *planning) signed(t *testing.T, file []byte) {
	t.Helper()
	keys := f.call("auditor", "GET", "/v1/journal/keys", nil)
	verifier, err := note.NewVerifier(keys.text("keys.0"))
	if err != nil {
		t.Fatalf("%v in %s", err, keys.Body)
	}
	if _, err := note.Open(file, note.VerifierList(verifier)); err != nil {
		t.Error(err)
	}
	changed := []byte(strings.Replace(string(file), "kdrt_victims", "kdrt_victimz", 1))
	if _, err := note.Open(changed, note.VerifierList(verifier)); err == nil {
		t.Error("a changed file opens")
	}
}

// refusedAlike holds that what is not the caller's and what never was are answered alike.
func refusedAlike(t *testing.T, got, want reply, status int) {
	t.Helper()
	if got.Status != status || want.Status != status || string(got.Body) != string(want.Body) {
		t.Errorf("%d %s, but of what never was: %d %s", got.Status, got.Body, want.Status, want.Body)
	}
	if a, b := headerText(stripped(got)), headerText(stripped(want)); a != b {
		t.Errorf("%s, but of what never was: %s", a, b)
	}
}

func stripped(r reply) reply {
	r.Header.Del("Date")
	r.Header.Del("X-Request-Id")
	return r
}

// session serves a folder until it is ended.
func session(t *testing.T, dir string, c *calendarClock) (f *planning, end func()) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	served, err := serveRegency(ctx, server.RegencyConfig{Dir: dir, Now: c.now, Unlimited: true, NoSweep: true})
	if err != nil {
		t.Fatal(err)
	}
	f = &planning{world: &world{t: t, dir: dir, served: served}, clock: c}
	f.awake(t)
	return f, func() {
		stop()
		if err := served.Wait(); err != nil {
			t.Error(err)
		}
	}
}

// TestARestoredCopyDrawsNothingAgain puts back a copy from before a draw. The key folder knows better; where that is as old, the operator's
// word does; and where neither is heard the control draws again, which is what they are for.
func TestARestoredCopyDrawsNothingAgain(t *testing.T) {
	inAFile(t)
	dir, clock := t.TempDir(), clockAt("2027-01-12")
	f, end := session(t, dir, clock)
	for n := range 15 {
		f.victim(t, "bidan-cibinong", n)
	}
	f.until(t, "2027-04-02")
	end()
	copyOf := t.TempDir()
	if err := os.CopyFS(filepath.Join(copyOf, "data"), os.DirFS(filepath.Join(dir, "data"))); err != nil {
		t.Fatal(err)
	}
	f, end = session(t, dir, clock)
	f.until(t, "2027-04-11")
	f.until(t, "2027-04-21")
	const key, query = "kdrt-month 2027Q1", "/v1/statistics/datasets/kdrt-month:query"
	before := f.call("penelaah", "GET", query, nil)
	published := tableOf(t, before)
	end()

	again := func(keys bool) *planning {
		if err := os.RemoveAll(filepath.Join(dir, "data")); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(filepath.Join(dir, "data"), os.DirFS(filepath.Join(copyOf, "data"))); err != nil {
			t.Fatal(err)
		}
		if !keys {
			if err := os.Remove(filepath.Join(dir, "keys", "releases.drawn")); err != nil {
				t.Fatal(err)
			}
		}
		f, end = session(t, dir, clock)
		return f
	}

	f = again(true)
	f.sweep(t)
	rel := f.released(t, "penelaah")[key]
	if rel["state"] != "HELD" || rel["heldFor"] != "RESTORED" {
		t.Fatalf("after a restore: %v", rel)
	}
	f.until(t, "2027-06-01") // silence draws nothing
	f.stands(t, key, "HELD")
	forged := strings.Replace(published.Release[0].SignedFile, "A", "B", 1)
	f.act("penelaah", rel, "resolve", object{"outcome": "PUBLISH", "publishedFile": forged}).expect(t, 400, []string{"NOT_SIGNED"}, nil)
	f.act("penelaah", rel, "resolve", object{"outcome": "PUBLISH", "publishedFile": published.Release[0].SignedFile}).
		expect(t, 200, []string{`"state":"PUBLISHED"`}, nil)
	if got := f.call("penelaah", "GET", query, nil); string(got.Body) != string(before.Body) {
		t.Errorf("put back: %s, was %s", got.Body, before.Body)
	}
	f.verified(t)
	end()

	clock.set("2027-04-21", 9)
	f = again(false)
	if n, err := server.Restored(context.Background(), f.served.Store); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	f.sweep(t)
	f.stands(t, key, "HELD")
	f.act("penelaah", f.released(t, "penelaah")[key], "resolve", object{"outcome": "PUBLISH"}).expect(t, 200, []string{`"state":"CLOSED"`}, nil)
	f.sweep(t) // the REVIEWER says that it was never drawn
	f.stands(t, key, "DRAWN")
	f.verified(t)
	end()

	f = again(false)
	f.sweep(t)
	f.until(t, "2027-05-10")
	redrawn := tableOf(t, f.call("penelaah", "GET", query, nil))
	end()
	if redrawn.Release[0].SignedFile == published.Release[0].SignedFile {
		t.Error("the control drew nothing again, so this test says nothing")
	}
}
