package storetest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Disk is a disk that forgets what was not synced, and that fails when it is told to. It stands between a child process and one folder:
// .ci/disk.c, loaded into the child, writes down what happens, and PowerCut plays that from the state before. So what is there after the
// cut is what a real disk may leave: all that was synced, and of the rest any part, in pieces of a sector.
type Disk struct {
	folder, library, log string
	files                map[uint64]*file // by inode, as the child sees them
	names                map[string]*file // those that are safe
	renamed              []naming         // made or unlinked since the folder was last synced
	fault                time.Time
	struck               string // the file that it struck
}

// file is what is safe of a file, and what has come since its last sync.
type file struct {
	safe   []byte
	unsafe []change
}

// change is bytes that were written at a place, or nil for a file that was cut to that length.
type change struct {
	at    uint64
	bytes []byte
}

// naming gives a name to a file, or takes it away (nil).
type naming struct {
	name string
	file *file
}

// sector is the least that a disk writes whole.
const sector = 512

// NewDisk compiles the library. Tests run in the folder of their package, one below the root.
func NewDisk(t testing.TB) *Disk {
	t.Helper()
	dir := t.TempDir()
	d := &Disk{library: filepath.Join(dir, "disk.so"), log: filepath.Join(dir, "log")}
	said, err := exec.Command("gcc", "-O2", "-shared", "-fPIC", "-o", d.library, filepath.FromSlash("../.ci/disk.c"), "-ldl").CombinedOutput()
	if err != nil {
		t.Fatalf("compile the disk: %v: %s", err, said)
	}
	return d
}

// Under puts a child onto the disk before it starts. What the folder holds now is safe. options are variables of .ci/disk.c.
func (d *Disk) Under(t testing.TB, cmd *exec.Cmd, folder string, options ...string) {
	t.Helper()
	if err := d.begin(folder); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(append(cmd.Environ(), "LD_PRELOAD="+d.library, "DISK_FOLDER="+d.folder, "DISK_LOG="+d.log), options...)
}

func (d *Disk) begin(folder string) error {
	d.files, d.names, d.renamed, d.fault, d.struck = map[uint64]*file{}, map[string]*file{}, nil, time.Time{}, ""
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var err error
	if d.folder, err = filepath.EvalSymlinks(folder); err != nil {
		return err
	}
	if err := os.WriteFile(d.log, nil, 0o600); err != nil { // a child may be killed before it has loaded the library
		return err
	}
	entries, err := os.ReadDir(d.folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() || volatile(entry.Name()) {
			continue
		}
		f := &file{}
		if f.safe, err = os.ReadFile(filepath.Join(d.folder, entry.Name())); err != nil {
			return err
		}
		d.files[info.Sys().(*syscall.Stat_t).Ino], d.names[entry.Name()] = f, f
	}
	return nil
}

// volatile tells the files that no power cut concerns: SQLite makes the index of its log anew, and the lock is empty.
func volatile(name string) bool { return strings.HasSuffix(name, "-shm") || name == "lock" }

// PowerCut puts the folder into a state in which a power cut at the child's end may have left it. Call it when the child is gone.
func (d *Disk) PowerCut(t testing.TB, chance *rand.Rand) {
	t.Helper()
	if err := d.play(); err != nil {
		t.Fatalf("play the log of the disk: %v", err)
	}
	kept := [3]float64{0, chance.Float64(), 1}[chance.IntN(3)] // share of what was not synced that reached the disk all the same
	for _, f := range d.files {
		for _, c := range f.unsafe {
			f.safe = c.part(f.safe, chance, kept)
		}
	}
	for _, n := range d.renamed[:int(kept*float64(len(d.renamed)))] { // a file system keeps the order of names
		d.name(n)
	}
	if err := d.restore(); err != nil {
		t.Fatalf("restore the folder: %v", err)
	}
}

// Fault is when the disk failed as it was told to; zero if it has not.
func (d *Disk) Fault() time.Time { return d.fault }

// Unsynced counts what would be lost if the power were cut when nothing but the synced reached the disk.
func (d *Disk) Unsynced() (n int) {
	for _, f := range d.files {
		n += len(f.unsafe)
	}
	return n
}

func (d *Disk) play() error {
	log, err := os.Open(d.log)
	if err != nil {
		return err
	}
	defer log.Close()
	buffered := bufio.NewReaderSize(log, 1<<20)
	for {
		var head struct{ What, File, At, Size uint64 }
		err := binary.Read(buffered, binary.NativeEndian, &head)
		bytes := make([]byte, head.Size)
		if err == nil {
			_, err = io.ReadFull(buffered, bytes)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF { // the process was killed in the middle of its last record: that write is lost
			return nil
		}
		if err != nil {
			return err
		}
		if err := d.happened(byte(head.What), head.File, head.At, bytes); err != nil {
			return err
		}
	}
}

// happened is one record of the log; the letters are those of .ci/disk.c.
func (d *Disk) happened(what byte, inode, at uint64, bytes []byte) error {
	f := d.files[inode]
	if f == nil && strings.IndexByte("WTSE", what) >= 0 {
		return fmt.Errorf("%c on a file that was never opened", what)
	}
	switch what {
	case 'C':
		d.files[inode] = &file{}
		d.renamed = append(d.renamed, naming{filepath.Base(string(bytes)), d.files[inode]})
	case 'O':
		if f == nil { // made by Go, which the library does not see
			d.files[inode] = &file{}
			d.name(naming{filepath.Base(string(bytes)), d.files[inode]})
		}
	case 'U':
		d.renamed = append(d.renamed, naming{filepath.Base(string(bytes)), nil})
	case 'D':
		for _, n := range d.renamed {
			d.name(n)
		}
		d.renamed = nil
	case 'W':
		f.unsafe = append(f.unsafe, change{at, bytes})
	case 'T':
		f.unsafe = append(f.unsafe, change{at, nil})
	case 'S':
		for _, c := range f.unsafe {
			f.safe = c.whole(f.safe)
		}
		f.unsafe = nil
	case 'E':
		f.unsafe = nil // for ever
	case 'F':
		d.fault, d.struck = time.UnixMicro(int64(at)), filepath.Base(string(bytes))
	default:
		return fmt.Errorf("unknown record %q", what)
	}
	return nil
}

func (d *Disk) name(n naming) {
	if n.file == nil {
		delete(d.names, n.name)
		return
	}
	d.names[n.name] = n.file
}

func (d *Disk) restore() error {
	entries, err := os.ReadDir(d.folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.Remove(filepath.Join(d.folder, entry.Name())); err != nil {
			return err
		}
	}
	for name, f := range d.names {
		if err := os.WriteFile(filepath.Join(d.folder, name), f.safe, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// whole is a file after a change.
func (c change) whole(to []byte) []byte {
	if c.bytes == nil {
		return to[:min(c.at, uint64(len(to)))]
	}
	if end := int(c.at) + len(c.bytes); end > len(to) {
		to = append(to, make([]byte, end-len(to))...)
	}
	copy(to[c.at:], c.bytes)
	return to
}

// part is a file of which each sector of the change came with the chance of kept.
func (c change) part(to []byte, chance *rand.Rand, kept float64) []byte {
	if c.bytes == nil {
		if chance.Float64() < kept {
			return c.whole(to)
		}
		return to
	}
	for from := 0; from < len(c.bytes); {
		end := min(len(c.bytes), from+sector-(int(c.at)+from)%sector)
		if chance.Float64() < kept {
			to = change{c.at + uint64(from), c.bytes[from:end]}.whole(to)
		}
		from = end
	}
	return to
}
