// Docs runs the documentation: every block marked `console` in the README and below docs/, as a reader would type it.
//
//	go run .ci/docs.go [-dir DIR] [-timeout 10m] [-ran COMMAND] [FILE.md …]
//
// A line that begins with "$ " is a command for bash; "> " goes on with it, and so does any line until bash can parse what
// it has. What follows is the output, standard output and error as a terminal shows them, and must be the same but for
// gaps: a line of "…" alone is any number of lines, "…" within a line is any text. A command must end with status 0.
// Two kinds of command do not end by themselves:
//
//   - one that ends in " &" goes on behind the following ones. Its output below it is waited for, what it says later is
//     not looked at, and it is stopped at the end of the file;
//   - one whose output ends in a line "^C" is interrupted when it has said the lines before.
//
// A command that has just run, for -ran says so, is not run again if the document promises nothing but that it ends well.
//
// All blocks of a file share one shell, as they share one reader; folders of data and configuration are fresh, and no
// SINERGI_ variable of the caller's but the tests' SINERGI_SHARED is passed on. After its first fault a file is left, for
// what follows would stand on it; the other files still run.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	dir := flag.String("dir", ".", "root of the repository, where the commands run")
	timeout := flag.Duration("timeout", 10*time.Minute, "longest time of one block")
	ran := flag.String("ran", "", "a command that ended well before, and needs no second run")
	flag.Parse()
	if err := run(*dir, *timeout, *ran, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dir string, timeout time.Duration, ran string, files []string) error {
	if len(files) == 0 {
		var err error
		if files, err = documents(dir); err != nil {
			return err
		}
	}
	var faults []error
	for _, file := range files {
		begin := time.Now()
		n, err := runFile(dir, file, timeout, ran)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%w", file, err))
			continue
		}
		if n > 0 {
			fmt.Printf("ok  \t%s\t%d blocks\t%.1fs\n", file, n, time.Since(begin).Seconds())
		}
	}
	return errors.Join(faults...)
}

// documents lists README.md and what is below docs/.
func documents(dir string) ([]string, error) {
	files := []string{"README.md"}
	err := filepath.WalkDir(filepath.Join(dir, "docs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			rel, _ := filepath.Rel(dir, path)
			files = append(files, rel)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return files, err
}

// runFile runs the blocks of one document and tells how many there were. Its errors begin with the line.
func runFile(dir, file string, timeout time.Duration, ran string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		return 0, err
	}
	blocks, err := parse(string(text))
	if err != nil || len(blocks) == 0 {
		return 0, err
	}
	sh, err := open(dir)
	if err != nil {
		return 0, err
	}
	defer sh.close()
	for _, b := range blocks {
		deadline := time.Now().Add(timeout)
		for _, c := range b {
			if c.text == ran && slices.Equal(c.want, []string{gap}) {
				continue
			}
			if err := sh.do(c, deadline); err != nil {
				return 0, fmt.Errorf("%d: $ %s\n%w", c.line, c.text, err)
			}
		}
	}
	return len(blocks), nil
}

// A command is what the reader types and what the document promises to come of it.
type command struct {
	line        int // of the document
	text        string
	want        []string
	background  bool // ends in " &"
	interrupted bool // its output ends in ^C
}

// A block is the commands between two fences.
type block []command

var fence = regexp.MustCompile("^( *)(```+|~~~+) *([^ `]*)")

func parse(text string) ([]block, error) {
	var blocks []block
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		open := fence.FindStringSubmatch(lines[i])
		if open == nil {
			continue
		}
		first := i + 1
		for i = first; i < len(lines) && strings.TrimSpace(lines[i]) != open[2]; i++ {
			lines[i] = strings.TrimPrefix(lines[i], open[1]) // a fence inside a list is indented with its list
		}
		if i == len(lines) {
			return nil, fmt.Errorf("%d: the fence is not closed", first)
		}
		if open[3] != "console" {
			continue
		}
		b, err := parseBlock(first+1, lines[first:i])
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// parseBlock reads the lines between two fences, the first of which is line number at.
func parseBlock(at int, lines []string) (block, error) {
	var b block
	for i := 0; i < len(lines); i++ {
		text, ok := strings.CutPrefix(lines[i], "$ ")
		if !ok {
			if len(b) == 0 {
				return nil, fmt.Errorf("%d: output before the first command: %q", at+i, lines[i])
			}
			last := &b[len(b)-1]
			last.want = append(last.want, strings.TrimRight(lines[i], " \t\r"))
			continue
		}
		c := command{line: at + i}
		for ; i+1 < len(lines) && (strings.HasPrefix(lines[i+1], "> ") || !complete(text)); i++ {
			text += "\n" + strings.TrimPrefix(lines[i+1], "> ")
		}
		if !complete(text) {
			return nil, fmt.Errorf("%d: bash cannot parse: %s", c.line, text)
		}
		c.text, c.background = strings.CutSuffix(text, " &")
		b = append(b, c)
	}
	for i := range b {
		c := &b[i]
		c.want = trim(c.want)
		if n := len(c.want); n > 0 && c.want[n-1] == "^C" {
			c.want, c.interrupted = c.want[:n-1], true
		}
	}
	return b, nil
}

// complete tells whether bash would run the text or wait for more of it. For a here-document without its end bash only
// warns.
func complete(text string) bool {
	if strings.HasSuffix(text, `\`) {
		return false
	}
	out, err := exec.Command("bash", "--noprofile", "--norc", "-n", "-c", text).CombinedOutput()
	return err == nil && len(out) == 0
}

// trim drops the empty lines at both ends.
func trim(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

const gap = "…"

// differ says where the output leaves what the document promises, or "" if it does not.
func differ(want []string, output string) string {
	got := strings.Split(output, "\n")
	for i := range got {
		got[i] = strings.TrimRight(got[i], " \t\r")
	}
	got = trim(got)
	text := strings.Join(got, "\n") + "\n"
	if len(got) == 0 {
		text = ""
	}
	if match(want, text) {
		return ""
	}
	promised := strings.Join(want, "\n")
	// The first line that finds no place tells most: everything up to it stands.
	for i := range want {
		if !match(append(slices.Clone(want[:i+1]), gap), text) {
			return fmt.Sprintf("finds no place: %s\n--- document\n%s\n--- output\n%s", want[i], promised, text)
		}
	}
	return fmt.Sprintf("says more\n--- document\n%s\n--- output\n%s", promised, text)
}

// match compares whole lines; each line of text ends with a newline.
func match(want []string, text string) bool {
	var p strings.Builder
	p.WriteString(`\A`)
	for _, line := range want {
		if line == gap {
			p.WriteString(`(?:[^\n]*\n)*`)
			continue
		}
		for i, part := range strings.Split(line, gap) {
			if i > 0 {
				p.WriteString(`[^\n]*`)
			}
			p.WriteString(regexp.QuoteMeta(part))
		}
		p.WriteString(`\n`)
	}
	p.WriteString(`\z`)
	return regexp.MustCompile(p.String()).MatchString(text)
}

// A shell is one bash for one document. Each command stands in a file that bash reads with `.`, so that variables, functions
// and the folder stay, while the command's standard input is empty and not the rest of our commands.
type shell struct {
	bash    *exec.Cmd
	in      *os.File
	scratch string
	n       int
	jobs    []int // groups of background commands

	mu   sync.Mutex
	said strings.Builder
	more chan struct{} // has something when said has grown or has ended
	end  bool
}

func open(dir string) (*shell, error) {
	scratch, err := os.MkdirTemp("", "sinergi-docs-")
	if err != nil {
		return nil, err
	}
	sh := &shell{scratch: scratch, more: make(chan struct{}, 1)}
	env, err := environment(scratch)
	if err != nil {
		return nil, err
	}
	sh.bash = exec.Command("bash", "--noprofile", "--norc")
	sh.bash.Dir = dir
	sh.bash.Env = env
	sh.bash.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, stdout, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	sh.in, sh.bash.Stdin, sh.bash.Stdout, sh.bash.Stderr = in, stdin, stdout, stdout
	if err := sh.bash.Start(); err != nil {
		return nil, err
	}
	stdin.Close()
	stdout.Close()
	go sh.listen(out) // ends when the last process that can write there has: close ends them all
	return sh, nil
}

// environment is a new user's: nothing configured, nothing kept.
func environment(scratch string) ([]string, error) {
	// Before XDG_CONFIG_HOME moves, or Go would lose its own settings.
	goenv, err := exec.Command("go", "env", "GOENV").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOENV: %w", err)
	}
	// A terminal would show curl's answer alone; into a pipe it also writes a progress meter.
	if err := os.WriteFile(filepath.Join(scratch, ".curlrc"), []byte("no-progress-meter\n"), 0o600); err != nil {
		return nil, err
	}
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "SINERGI_") && !strings.HasPrefix(v, "SINERGI_SHARED=")
	})
	return append(
		env, "GOENV="+strings.TrimSpace(string(goenv)), "NO_COLOR=1", "LC_ALL=C.UTF-8", "CURL_HOME="+scratch,
		"XDG_DATA_HOME="+filepath.Join(scratch, "data"), "XDG_STATE_HOME="+filepath.Join(scratch, "state"),
		"XDG_CONFIG_HOME="+filepath.Join(scratch, "config"),
	), nil
}

func (sh *shell) listen(out *os.File) {
	defer out.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := out.Read(buf)
		sh.mu.Lock()
		sh.said.Write(buf[:n])
		sh.end = err != nil
		sh.mu.Unlock()
		select {
		case sh.more <- struct{}{}:
		default: // somebody will look anyway
		}
		if err != nil {
			return
		}
	}
}

// do types one command and holds its output against the document.
func (sh *shell) do(c command, deadline time.Time) error {
	if c.background || c.interrupted {
		return sh.behind(c, deadline)
	}
	output, status, _, err := sh.say(c.text, deadline)
	if err != nil {
		return err
	}
	if status != 0 {
		return fmt.Errorf("ends with status %d\n--- output\n%s", status, output)
	}
	if d := differ(c.want, output); d != "" {
		return errors.New(d)
	}
	return nil
}

// behind starts a command that does not end by itself, in a group of its own and with a file as its terminal, and waits
// until the file has what the document promises.
func (sh *shell) behind(c command, deadline time.Time) error {
	file := filepath.Join(sh.scratch, fmt.Sprintf("background-%d", sh.n))
	_, _, pid, err := sh.say(fmt.Sprintf("set -m\n{ %s\n} >%s 2>&1 &\nset +m", c.text, file), deadline)
	if err != nil {
		return err
	}
	sh.jobs = append(sh.jobs, pid)
	want := append(slices.Clone(c.want), gap)
	for {
		alive := syscall.Kill(-pid, 0) == nil // before reading: what a dead one said is all in the file
		output, _ := os.ReadFile(file)
		d := differ(want, string(output))
		switch {
		case d == "":
			if c.interrupted {
				return sh.interrupt(pid, deadline)
			}
			return nil
		case !alive:
			return fmt.Errorf("has ended; %s", d)
		case time.Now().After(deadline):
			return fmt.Errorf("not in time; %s", d)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// interrupt is Ctrl-C: the whole group gets it, and the reader gets the prompt back. The status is 0 or 130, or what `go
// run` makes of it.
func (sh *shell) interrupt(pid int, deadline time.Time) error {
	if err := syscall.Kill(-pid, syscall.SIGINT); err != nil {
		return fmt.Errorf("ended before Ctrl-C: %w", err)
	}
	_, _, _, err := sh.say(fmt.Sprintf("wait %d 2>/dev/null", pid), deadline)
	return err
}

// say lets bash run the text, and returns what was said until its end, its status, and the last background process.
func (sh *shell) say(text string, deadline time.Time) (output string, status, pid int, err error) {
	sh.n++
	file := filepath.Join(sh.scratch, fmt.Sprintf("command-%d", sh.n))
	if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
		return "", 0, 0, err
	}
	mark := fmt.Sprintf("\x1e%d", sh.n)
	fmt.Fprintf(sh.in, `. %s </dev/null; printf '\036%d %%d %%d\036' $? ${!:-0}`+"\n", file, sh.n)
	late := time.NewTimer(time.Until(deadline))
	defer late.Stop()
	for {
		sh.mu.Lock()
		said, end := sh.said.String(), sh.end
		output, rest, ok := strings.Cut(said, mark+" ")
		if ok && strings.HasSuffix(rest, "\x1e") {
			sh.said.Reset()
		}
		sh.mu.Unlock()
		if ok && strings.HasSuffix(rest, "\x1e") {
			_, err := fmt.Sscanf(rest, "%d %d", &status, &pid)
			return output, status, pid, err
		}
		if end {
			return "", 0, 0, fmt.Errorf("ended the shell\n--- output\n%s", said)
		}
		select {
		case <-sh.more:
		case <-late.C:
			return "", 0, 0, fmt.Errorf("not done in time\n--- output\n%s", said)
		}
	}
}

// close ends every process that the document has started: kindly, and after 10 s not.
func (sh *shell) close() {
	groups := append(sh.jobs, sh.bash.Process.Pid)
	for _, g := range groups {
		syscall.Kill(-g, syscall.SIGTERM)
	}
	sh.in.Close()
	go sh.bash.Wait()
	for range 100 {
		groups = slices.DeleteFunc(groups, func(g int) bool { return syscall.Kill(-g, 0) != nil })
		if len(groups) == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	for _, g := range groups {
		syscall.Kill(-g, syscall.SIGKILL)
	}
	os.RemoveAll(sh.scratch)
}
