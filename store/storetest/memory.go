package storetest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// memory is where Linux keeps files in memory; roomInMemory is what must be free there.
const (
	memory       = "/dev/shm"
	ofTests      = "sinergi-test-" // and the process
	roomInMemory = 2 << 30         // six times what they need
)

// InMemory has the tests of this process make their folders in memory if there is room, and gives what removes them at the end. They would wait for
// the disk most of their time, and none is about it: power cuts and full disks are played on disks of their own. What is measured, and the
// promised sizes, stay on the disk. Call it in TestMain.
func InMemory() (end func()) {
	flag.Parse()
	var is syscall.Statfs_t
	err := syscall.Statfs(memory, &is)
	if err != nil || is.Bavail*uint64(is.Bsize) < roomInMemory || os.Getenv("LONG_ROW") != "" || flag.Lookup("test.bench").Value.String() != "" {
		return func() {}
	}
	removeLeft()
	dir := filepath.Join(memory, ofTests+strconv.Itoa(os.Getpid()))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return func() {}
	}
	if err := os.Setenv("TMPDIR", dir); err != nil {
		panic(err)
	}
	return func() {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

// removeLeft removes the folders of tests that were killed.
func removeLeft() {
	left, _ := filepath.Glob(filepath.Join(memory, ofTests+"*"))
	for _, dir := range left {
		process, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(dir), ofTests))
		if err == nil && syscall.Kill(process, 0) == syscall.ESRCH {
			_ = os.RemoveAll(dir)
		}
	}
}
