//go:build unix && !linux

package server

import "syscall"

// noCoreDumps keeps the memory of this process, with its opened keys, out of files.
func noCoreDumps() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }
