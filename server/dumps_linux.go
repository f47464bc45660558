package server

import "syscall"

// noCoreDumps keeps the memory of this process, with its opened keys, out of files and debuggers. A kernel that refuses keeps the
// operator's own setting; nothing else depends on it.
func noCoreDumps() {
	const setDumpable = 4 // PR_SET_DUMPABLE
	_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setDumpable, 0, 0)
}
