package cli

import "io"

// Streams are where a command reads and writes: standard input, output and error in main, buffers in a test.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}
