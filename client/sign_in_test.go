package client

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestATokenIsKeptForOneServerAndOneReader(t *testing.T) {
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	seen := map[string]bool{}
	for _, addr := range []string{"127.0.0.1:9090", "localhost:9090", "[::1]:9090", "sinergi.example:443", "../../x:1"} {
		file, err := TokenFile(addr)
		if err != nil || seen[file] || filepath.Dir(file) != filepath.Join(state, "sinergi") {
			t.Errorf("%s: got %s, %v", addr, file, err)
		}
		seen[file] = true
	}
	t.Setenv("XDG_STATE_HOME", "relative")
	t.Setenv("HOME", "/home/rina")
	if file, err := TokenFile("a:1"); err != nil || !strings.HasPrefix(file, "/home/rina/.local/state/sinergi/") {
		t.Errorf("got %s, %v", file, err)
	}
	file := filepath.Join(state, "below", "a.token")
	for _, token := range []string{"sng_usr_one", "sng_usr_two"} {
		if err := KeepToken(file, token); err != nil {
			t.Fatal(err)
		}
		if got, err := Token(file)(context.Background()); err != nil || got != token {
			t.Errorf("got %s, %v", got, err)
		}
	}
	for path, mode := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: got %v, %v, want %v", path, info.Mode(), err, mode)
		}
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("the folder has %v, %v", left, err)
	}
	for range 2 {
		if err := ForgetToken(file); err != nil {
			t.Error(err)
		}
	}
	if _, err := Token(file)(context.Background()); err == nil {
		t.Error("a forgotten token is read")
	}
}
