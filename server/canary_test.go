package server_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/server"
)

const canary = "kenari7burung"

// sings finds the canary as it is, in capitals, in hexadecimal and in base64.
func sings(text string) bool {
	low := strings.ToLower(text)
	if strings.Contains(low, canary) || strings.Contains(low, hex.EncodeToString([]byte(canary))) {
		return true
	}
	for shift := range 3 {
		coded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat(" ", shift) + canary))
		if strings.Contains(text, coded[4:len(coded)-4]) {
			return true
		}
	}
	return false
}

// The negative control: a canary that was logged under a wrong key, or lies in a name, is found.
func TestCanaryIsHeard(t *testing.T) {
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "name", strings.ToUpper(canary))
	for _, text := range []string{b.String(), "x" + hex.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte("ab" + canary + "c"))} {
		if !sings(text) {
			t.Errorf("not heard in %s", text)
		}
	}
	if sings("kenari") {
		t.Error("heard where it is not")
	}
}

// TestCanaryInEveryFieldOfEveryMethod writes a canary into every text of every request, once into all of them and once into those alone
// that the contract leaves free, by both faces, for an app, a worker and nobody, with the log at its loudest. It is in no error, no line
// of the log and no file's name. (The database's files are searched by the store's tests.)
func TestCanaryInEveryFieldOfEveryMethod(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var raw syncBuffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&raw, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	w := configuredWorld(t, func(c *server.Config) { c.LogLevel = "debug" })
	things, sent := w.fresh(t), 0
	eachMethod(func(method protoreflect.MethodDescriptor) {
		_, pattern := restOf(method)
		for _, everything := range []bool{true, false} {
			text := func(field protoreflect.FieldDescriptor, rules *validate.FieldRules) string {
				if everything {
					return canary
				}
				sound := soundText(things, pattern, field, rules)
				if strings.HasPrefix(sound, "uji peran") && len(sound) > len(canary) {
					return canary + sound[len(canary):]
				}
				return sound
			}
			for _, who := range []string{"", "app-melati", "gizi-cibinong"} {
				req := newMessage(method.Input())
				filler{text: text, everything: everything}.fill(req.ProtoReflect())
				if _, err := w.byGRPC(who, method, req); err != nil && sings(err.Error()) {
					t.Errorf("%s by gRPC: %v", method.FullName(), err)
				}
				answer := w.byREST(who, method, req)
				if answer.Status >= 400 && sings(string(answer.Body)) {
					t.Errorf("%s by REST: %s", method.FullName(), answer.Body)
				}
				for name, values := range answer.Header {
					if sings(name + strings.Join(values, " ")) {
						t.Errorf("%s by REST: header %s", method.FullName(), name)
					}
				}
				sent += 2
				w.credited(t, strings.TrimPrefix(fullMethod(method), "/sinergi.v1."), who)
			}
		}
		if sings(w.served.Log()) || sings(raw.String()) {
			t.Fatalf("%s: the log sings", method.FullName())
		}
	})
	for _, root := range []string{temp, w.dir} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if sings(filepath.Base(path)) {
				t.Errorf("a file's name: %s", path)
			}
			if root == temp && err == nil && !d.IsDir() {
				t.Errorf("a temporary file was left: %s", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if sent < 1000 || !strings.Contains(w.served.Log(), `"method"`) {
		t.Errorf("%d requests: this test has lost the contract, or its log", sent)
	}
}

// syncBuffer is written by many at once.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
