package server_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/mattn/go-sqlite3"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/store"
)

// whole is one survivor's file in which every text says the canary.
type whole struct {
	canary, nik, phone        string
	caseName, person, leg     string
	sentCase, sender          string // her record at the unit that sent her
	childCase, child, home    string
	childNIK, card, childName string
}

// fillWhole files a survivor's case with whatever a worker may write on it, and a child's with a household.
func fillWhole(t *testing.T, w *world, canary string, n int) (f whole) {
	t.Helper()
	f = whole{canary: canary, nik: fmt.Sprintf("32010151029400%02d", n), phone: fmt.Sprintf("08129876543%d", n), childNIK: fmt.Sprintf("32010151022500%02d", n), card: fmt.Sprintf("32010102030400%02d", n)}
	say := func(what string) string { return what + " " + canary }
	const worker, head = "pendamping-uptd", "kepala-uptd"
	body := survivorFiling()
	body["newPerson"] = object{
		"name": say("Neng"), "sex": "FEMALE", "birthDate": "1994-02-11", "identifiers": []object{{"type": "NIK", "value": f.nik}},
		"mother": object{"name": say("Ibu")}, "address": object{"areaCode": "32.01.01.1006", "rt": "01", "rw": "02", "text": say("Gang")},
		"safeContact": object{"phone": f.phone, "instructions": say("telepon siang")},
	}
	body["incident"].(object)["chronology"] = say("dipukul")
	body["incident"].(object)["pairs"] = []object{{"perpetrator": say("Asep"), "relation": "HUSBAND", "cohabiting": "YES", "perpetratorNik": fmt.Sprintf("32010151018000%02d", n)}}
	body["risk"].(object)["reason"] = say("risiko")
	body["legs"].([]object)[0]["question"] = say("mohon")
	body["disclosures"].([]object)[0]["explainedBy"], body["disclosures"].([]object)[0]["purpose"] = say("bidan"), say("pendampingan")
	filed := w.call("bidan-cibinong", "POST", "/v1/referrals:file", body)
	filed.expect(t, 200, []string{`"case":"cases/`}, nil)
	sent := filed.text("legs.0.referral")
	f.sentCase = filed.text("case")
	f.sender = w.personOf(t, "bidan-cibinong", f.sentCase)
	w.event(worker, sent, "accept", nil).expect(t, 200, []string{canary}, nil)
	w.event(worker, sent, "recordProgress", object{"kind": "SERVED", "note": say("dilayani")}).expect(t, 200, nil, nil)
	w.event(worker, sent, "reportOutcome", object{"outcome": "FULL", "summary": say("selesai")}).expect(t, 200, nil, nil)

	f.caseName = w.openViolence(t, func(b object) {
		b["newPerson"], b["incident"], b["risk"] = body["newPerson"], body["incident"], body["risk"]
	})
	f.person = w.personOf(t, worker, f.caseName)
	for _, step := range []struct {
		event string
		more  object
	}{
		{"screen", nil},
		{"assess", object{"note": say("asesmen"), "risk": object{"level": "HIGH", "reason": say("pisau")}}},
		{"recordServiceConsent", object{"answer": "GIVEN", "by": "SELF"}},
		{"plan", object{"services": []string{"PSYCHOLOGICAL_SUPPORT"}, "note": say("rencana"), "agreedWithClient": true}},
		{"startService", nil},
		{"addNote", object{"kind": "SERVICE", "service": "PSYCHOLOGICAL_SUPPORT", "text": say("konseling")}},
		{"addLegalStep", object{"status": "REPORTED_TO_POLICE", "occurredOn": today(), "text": say("LP")}},
		{"addTask", object{"text": say("telepon"), "dueTime": time.Now().Add(time.Hour).Format(time.RFC3339)}},
		{"monitor", nil},
		{"resume", object{"reason": say("diancam")}},
		{"addBlock", object{"account": w.accountOf(t, "rekan-uptd"), "reason": say("tetangga")}},
	} {
		w.on(worker, f.caseName, step.event, step.more).expect(t, 200, nil, nil)
	}
	seen := w.call(worker, "GET", "/v1/"+f.caseName, nil)
	w.call(worker, "PATCH", "/v1/"+f.caseName, object{"requestId": newID(), "etag": seen.text("etag"), "updateMask": []string{"hiddenAddress"}, "hiddenAddress": say("rumah")}).
		expect(t, 200, []string{canary}, nil)
	filed = w.call(worker, "POST", "/v1/referrals:file", object{
		"requestId": newID(), "case": f.caseName,
		"legs": []object{{"service": "LAW_ENFORCEMENT", "receiverUnit": "units/POLRES-PPA", "question": say("mohon dilindungi")}},
		"disclosures": []object{{
			"basis": "CONSENT", "giver": "SELF", "method": "SPOKEN", "explainedBy": say("pendamping"), "purpose": say("hukum"), "classes": []string{"F0", "F1", "F2"},
		}},
	})
	filed.expect(t, 200, nil, nil)
	f.leg = filed.text("legs.0.referral")

	f.childName = say("Zahra")
	child := stuntedChild()
	child["newPerson"].(object)["name"], child["newPerson"].(object)["mother"] = f.childName, object{"name": say("Ibu")}
	delete(child["newPerson"].(object), "nikAbsence")
	child["newPerson"].(object)["identifiers"] = []object{{"type": "NIK", "value": f.childNIK}}
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", child).expect(t, 200, nil, nil)
	f.childCase = w.caseOf(t, f.childName)
	f.child = w.personOf(t, "bidan-cibinong", f.childCase)
	home := w.call("bidan-cibinong", "POST", "/v1/households", object{
		"requestId": newID(), "address": object{"areaCode": "32.01.01.1006", "rt": "001", "text": say("Gang")}, "cardNumber": f.card, "cardFrom": daysAgo(300),
		"members": []object{{"person": f.child, "role": "CHILD", "fromDate": daysAgo(100)}},
	})
	home.expect(t, 200, []string{canary}, nil)
	f.home = home.text("name")
	return f
}

// words are what of it must stand in no file.
func (f whole) words() []string { return []string{f.canary, f.nik, f.phone, f.childNIK, f.card} }

// hits searches every file of a folder, and its name, for words as they are and in the forms into which programs write them.
func hits(t *testing.T, folder string, words [][]byte) (found []string, files int) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files++
		for _, word := range words {
			forms := [][]byte{word, []byte(hex.EncodeToString(word)), []byte(base64.StdEncoding.EncodeToString(word)), bytes.Join(bytes.Split(word, nil), []byte{0})}
			for _, form := range forms {
				if len(form) > 0 && (bytes.Contains(text, form) || strings.Contains(path, string(form))) {
					found = append(found, fmt.Sprintf("%.8x… in %s", word, filepath.Base(path)))
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, files
}

func asBytes(words []string) (all [][]byte) {
	for _, word := range words {
		all = append(all, []byte(word))
	}
	return all
}

// idIn is the id in a name such as cases/….
func idIn(t *testing.T, name string) [16]byte {
	t.Helper()
	id, err := uuid.Parse(name[strings.Index(name, "/")+1:])
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// keyed are the bytes that only she has in the database: ids, wrapped keys, tags.
func (f whole) keyed(t *testing.T, dir string) (all [][]byte) {
	t.Helper()
	db := rawDatabase(t, dir)
	person, child, home, sender, sentCase := idIn(t, f.person), idIn(t, f.child), idIn(t, f.home), idIn(t, f.sender), idIn(t, f.sentCase)
	caseID, childCase := idIn(t, f.caseName), idIn(t, f.childCase)
	all = [][]byte{person[:], child[:], home[:], sender[:], caseID[:], childCase[:], sentCase[:]}
	rows, err := db.Query(`SELECT wrapped FROM deks WHERE owner IN (?1, ?2, ?3, ?6) UNION ALL SELECT tag FROM match_tags WHERE person IN (?1, ?2)
		UNION ALL SELECT tag FROM family_cards WHERE household = ?3 UNION ALL SELECT nik_tag FROM barred WHERE case_id = ?4
		UNION ALL SELECT id FROM legs WHERE case_id IN (?4, ?5, ?7) UNION ALL SELECT f2 FROM persons WHERE id IN (?1, ?2, ?6)
		UNION ALL SELECT f4 FROM incidents WHERE case_id = ?4 UNION ALL SELECT reason FROM journal WHERE case_id = ?4 AND reason IS NOT NULL`, person[:], child[:], home[:], caseID[:], childCase[:], sender[:], sentCase[:])
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var value []byte
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		all = append(all, value)
	}
	return all
}

// Every text of two survivors' files, and of their children's, is in no file of the server; and of the one who is erased nothing is left at
// all, while nobody else is harmed and the journal verifies.
func TestNothingOfAFileStandsInTheFilesAndNothingOfTheErased(t *testing.T) {
	inAFile(t)
	dir, tmp := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("SQLITE_TMPDIR", tmp)
	w := openWorld(t, dir, time.Now)
	hers := fillWhole(t, w, "Kenangaduri", 3)
	other := fillWhole(t, w, "Cempakabiru", 5)

	for _, folder := range []string{dir, tmp} {
		if found, _ := hits(t, folder, asBytes(append(hers.words(), other.words()...))); len(found) > 0 {
			t.Errorf("in the files: %v", found)
		}
	}
	if _, files := hits(t, dir, nil); files < 9 {
		t.Errorf("only %d files were searched", files)
	}
	keyed := hers.keyed(t, dir)
	if found, _ := hits(t, filepath.Join(dir, "data"), keyed); len(keyed) < 14 || len(found) < len(keyed) { // the control: the search finds
		t.Fatalf("%d of %d bytes of hers are found before the erasure", len(found), len(keyed))
	}

	for _, name := range []string{hers.person, hers.sender, hers.child} {
		_, err := store.Update(t.Context(), w.served.Store, func(tx *store.Writer) (struct{}, error) {
			id := casework.PersonID(idIn(t, name))
			entry := tx.Append(journal.Entry{Version: journal.Version, Origin: "console", Action: "case.erase", Outcome: "ALLOW"}, id[:], nil)
			return struct{}{}, tx.ErasePerson(id, entry)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var left []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if left, _ = hits(t, dir, keyed); len(left) == 0 {
			break
		}
	}
	if len(left) > 0 {
		t.Errorf("left of the erased: %v", left)
	}
	for _, name := range []string{hers.caseName, hers.sentCase, hers.childCase, hers.person, hers.sender, hers.child, hers.home} {
		for _, who := range []string{"pendamping-uptd", "kepala-uptd", "bidan-cibinong", "kepala-cibinong"} {
			w.call(who, "GET", "/v1/"+name, nil).expect(t, 404, []string{"NOT_FOUND"}, hers.words())
		}
	}
	w.call("polwan-ppa", "GET", "/v1/"+hers.leg, nil).expect(t, 404, []string{"NOT_FOUND"}, hers.words())
	for who, paths := range map[string][]string{
		"pendamping-uptd": {"/v1/cases", "/v1/duties", "/v1/notices", "/v1/referrals?direction=OUTBOX", "/v1/" + other.caseName, "/v1/" + other.caseName + "/timeline"},
		"bidan-cibinong":  {"/v1/cases", "/v1/duties?scope=ME", "/v1/notices", "/v1/" + other.childCase, "/v1/" + other.home, "/v1/" + other.child},
	} {
		for _, path := range paths {
			got := w.call(who, "GET", path, nil)
			if got.Status != 200 && !strings.HasSuffix(path, "timeline") {
				t.Errorf("%s %s: %d %s", who, path, got.Status, got.Body)
			}
			for _, word := range append(hers.words(), hers.caseName, hers.sentCase, hers.person, hers.sender, hers.child) {
				if bytes.Contains(got.Body, []byte(word)) {
					t.Errorf("%s tells %s of the erased: %s", path, who, got.Body)
				}
			}
		}
	}
	w.call("pendamping-uptd", "GET", "/v1/"+other.caseName, nil).expect(t, 200, []string{other.canary}, nil)
	w.call("bidan-cibinong", "GET", "/v1/"+other.child, nil).expect(t, 200, []string{other.canary}, nil)
	w.verified(t)
	nothingPoints(t, w, hers)
}

// nothingPoints holds that the server goes on without her, and that what she was found by finds nobody.
func nothingPoints(t *testing.T, w *world, hers whole) {
	t.Helper()
	if err := w.served.Sweep(context.Background()); err != nil {
		t.Errorf("the sweep stumbles over the erased: %v", err)
	}
	child := stuntedChild()
	child["newPerson"].(object)["name"], child["newPerson"].(object)["mother"] = hers.childName, object{"name": "Ibu " + hers.canary}
	delete(child["newPerson"].(object), "nikAbsence")
	child["newPerson"].(object)["identifiers"] = []object{{"type": "NIK", "value": hers.childNIK}}
	w.call("bidan-cibinong", "POST", "/v1/referrals:file", child).expect(t, 200, nil, nil)
	if again := w.personOf(t, "bidan-cibinong", w.caseOf(t, hers.childName)); again == hers.child {
		t.Error("the erased record is found again")
	}
}
