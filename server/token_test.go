package server

import (
	"regexp"
	"strings"
	"testing"
)

// leakedToken is what a scanner looks for; the CRC tells a token from a line that looks like one.
var leakedToken = regexp.MustCompile(`sng_(usr|app)_[0-9A-Za-z]{61}`)

func TestATokenIsFoundByScannersAndNothingElseIsOne(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for range 500 {
		for _, kind := range []string{"usr", "app"} {
			token, id, hash, err := newToken(kind)
			if err != nil {
				t.Fatal(err)
			}
			if found := leakedToken.FindString("export SINERGI_TOKEN=" + token + "\n"); found != token {
				t.Fatalf("a scanner finds %d of %d characters", len(found), len(token))
			}
			p, ok := parseToken(token)
			if !ok || p.id != id || p.hash != hash || p.kind != kind || ids[id] {
				t.Fatalf("got %+v, %v", p, ok)
			}
			ids[id] = true
		}
	}
	token, _, _, err := newToken("app")
	if err != nil {
		t.Fatal(err)
	}
	for i := range token { // any one character mistyped
		for _, other := range "0Az_" {
			wrong := token[:i] + string(other) + token[i+1:]
			if _, ok := parseToken(wrong); ok && wrong != token {
				t.Errorf("character %d may be %c", i, other)
			}
		}
	}
	for _, wrong := range []string{"", token[1:], token + "0", token[:len(token)-1], strings.ToUpper(token), strings.Replace(token, "app", "usr", 1), " " + token} {
		if _, ok := parseToken(wrong); ok {
			t.Errorf("%d characters are a token", len(wrong))
		}
	}
}

func TestAProofIsOfItsKindAndSecret(t *testing.T) {
	t.Parallel()
	token, _, hash, err := newToken("usr")
	if err != nil {
		t.Fatal(err)
	}
	given, _ := parseToken(token)
	for name, c := range map[string]struct {
		known heldAgainst
		want  bool
	}{
		"its own":        {heldAgainst{hash: hash, kind: "usr"}, true},
		"another secret": {heldAgainst{hash: [32]byte{1}, kind: "usr"}, false},
		"another kind":   {heldAgainst{hash: hash, kind: "app"}, false},
		"none":           {heldAgainst{}, false},
	} {
		if got := c.known.provenBy(given); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
