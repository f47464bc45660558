package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"testing"
	"time"

	"github.com/sinergi-pug/sinergi/server"
	"github.com/sinergi-pug/sinergi/store"
)

// childVariable names the folder that a child process serves; the test binary runs itself so that it can be killed.
const childVariable = "CHILD_OF_TEST"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		if err := serveChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serveChild serves a regency and writes where, until it is killed.
func serveChild(dir string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	served, err := server.ServeRegency(ctx, server.RegencyConfig{Dir: dir, Unlimited: true})
	if err != nil {
		return err
	}
	text, err := json.Marshal(object{"http": served.HTTP, "grpc": served.GRPC, "tokens": served.Tokens})
	if err != nil {
		return err
	}
	ready := filepath.Join(dir, "ready.json")
	if err := os.WriteFile(ready+".part", text, 0o600); err != nil {
		return err
	}
	if err := os.Rename(ready+".part", ready); err != nil {
		return err
	}
	return served.Wait()
}

// child is a server in a process of its own.
type child struct {
	cmd    *exec.Cmd
	served server.Served
}

func startChild(t testing.TB, dir string) *child {
	t.Helper()
	ready := filepath.Join(dir, "ready.json")
	if err := os.RemoveAll(ready); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd}
	t.Cleanup(c.kill)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		text, err := os.ReadFile(ready)
		if err != nil {
			pause()
			continue
		}
		var where struct {
			HTTP, GRPC string
			Tokens     map[string]string
		}
		if err := json.Unmarshal(text, &where); err != nil {
			t.Fatal(err)
		}
		c.served = server.Served{HTTP: where.HTTP, GRPC: where.GRPC, Tokens: where.Tokens}
		return c
	}
	t.Fatal("the child does not serve")
	return nil
}

// pause waits for another process, which no clock of ours can hurry.
func pause() {
	timer := time.NewTimer(2 * time.Millisecond)
	<-timer.C
}

// kill ends the process as a power cut would, as far as a process can see one.
func (c *child) kill() {
	if c.cmd.ProcessState != nil {
		return
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// verifyFolder runs the operator's verification on a folder that nobody serves.
func verifyFolder(t testing.TB, dir string) {
	t.Helper()
	st, err := store.Open(context.Background(), store.Config{Data: filepath.Join(dir, "data"), Keys: filepath.Join(dir, "keys")})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	findings, err := st.Verify(context.Background())
	if err != nil || len(findings) > 0 {
		t.Errorf("verify: %v %v", findings, err)
	}
}
