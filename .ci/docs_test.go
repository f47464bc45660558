package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestDocumentIsHeldToItsOutput(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines string // of one block
		fault string // part of the error, "" for none
	}{
		{name: "the same output", lines: "$ echo one; echo two\none\ntwo"},
		{name: "other output", lines: "$ echo two\none", fault: "finds no place: one"},
		{name: "one line too many in the output", lines: "$ echo one; echo two\none", fault: "says more"},
		{name: "one line too many in the document", lines: "$ echo one\none\ntwo", fault: "finds no place: two"},
		{name: "silence is promised and broken", lines: "$ echo one", fault: "says more"},
		{name: "standard error counts", lines: "$ echo oops >&2\noops"},
		{name: "a gap of lines", lines: "$ seq 9\n1\n…\n9"},
		{name: "a gap of no line", lines: "$ seq 2\n1\n…\n2"},
		{name: "a gap of lines is not a licence", lines: "$ seq 9\n1\n…\n10", fault: "finds no place: 10"},
		{name: "a gap within a line", lines: "$ echo R-7K2M-9N SENT\nR-… SENT"},
		{name: "a gap within a line stays in it", lines: `$ printf 'a b\nc\n'` + "\na…c", fault: "finds no place: a…c"},
		{name: "the document is no pattern", lines: "$ echo abc\na.c", fault: "finds no place"},
		{name: "a failing command", lines: "$ false", fault: "status 1"},
		{name: "a failure in the middle of a block", lines: "$ false\n$ echo fine\nfine", fault: "status 1"},
		{name: "an exit", lines: "$ exit 0", fault: "ended the shell"},
		{name: "a command over several lines", lines: "$ echo one \\\n    two\none two"},
		{name: "a quote over several lines", lines: "$ echo '{\n  \"a\": 1\n}'\n{\n  \"a\": 1\n}"},
		{name: "continuation as bash shows it", lines: "$ echo '{\n>   \"a\": 1\n> }' | tr -d '\\n '\n{\"a\":1}"},
		{name: "a here-document", lines: "$ cat <<END\none\nEND\none"},
		{name: "one shell for all commands", lines: "$ a=1; f() { echo $a; }; cd /\n$ f; pwd\n1\n/"},
		{name: "a command that reads gets nothing", lines: "$ cat\n$ echo still here\nstill here"},
		{name: "no line end", lines: "$ printf one\none"},
		{name: "a background command is waited for", lines: "$ sh -c 'sleep 0.2; echo ready; sleep 60' &\nready\n$ echo on\non"},
		{name: "a background command that ends too early", lines: "$ echo no &\nready", fault: "has ended"},
		{name: "a background command never says it", lines: "$ sleep 60 &\nready", fault: "not in time"},
		{name: "an interrupted command", lines: "$ sh -c 'trap \"exit 130\" INT; echo ready; while :; do sleep 0.1; done'\nready\n^C\n$ echo on\non"},
		{name: "a command that takes too long", lines: "$ sleep 60", fault: "not done in time"},
		{name: "a command that ran before", lines: "$ false # ran\n…\n$ echo on\non"},
		{name: "a command that ran before and promises more", lines: "$ false # ran\n…\nfine", fault: "status 1"},
		{name: "output before a command", lines: "one", fault: "output before the first command"},
		{name: "an open quote", lines: "$ echo 'one\ntwo", fault: "cannot parse"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			text := "# Title\n\n```console\n" + tt.lines + "\n```\n"
			if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := runFile(dir, "a.md", 3*time.Second, "false # ran")
			if got := fmt.Sprint(err); tt.fault == "" && err != nil || !strings.Contains(got, tt.fault) {
				t.Errorf("got %v, want %q", err, tt.fault)
			}
		})
	}
}

func TestOnlyConsoleBlocksAreRun(t *testing.T) {
	text := "```sh\n$ false\n```\n\n- item\n\n  ```console\n  $ echo one\n  one\n  ```\n\n````\n```console\n$ false\n```\n````\n"
	blocks, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) != 1 || blocks[0][0].text != "echo one" || blocks[0][0].line != 8 {
		t.Errorf("parse: got %+v, want one block of one command, echo one, at line 8", blocks)
	}
	if _, err := parse("```console\n$ true\n"); err == nil {
		t.Error("parse: an open fence passes")
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	sh, err := open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := sh.do(command{text: "sleep 600", background: true}, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	pid := sh.jobs[0]
	if err := syscall.Kill(pid, 0); err != nil {
		t.Fatalf("the background command does not run: %v", err)
	}
	sh.close()
	if err := syscall.Kill(pid, 0); err == nil {
		t.Error("the background command still runs")
	}
}
