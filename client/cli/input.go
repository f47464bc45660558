package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// maxInput is what the server takes at most, and a little more so that it is the server who says no.
const maxInput = 2 << 20

// readFile reads a file, or standard input for "-".
func readFile(s Streams, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(io.LimitReader(s.In, maxInput))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxInput))
}

// readText reads a text for a field of free text; no path is no text.
func readText(s Streams, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := readFile(s, path)
	if err != nil {
		return "", &Fault{What: "read " + path, Why: cause(err), Code: exitUsage}
	}
	return strings.TrimSpace(string(text)), nil
}

// readMessage reads JSON with the names of the API. A name that the API does not have is an error: a misspelt field
// must not vanish.
func readMessage(s Streams, path string, m proto.Message) error {
	text, err := readFile(s, path)
	if err != nil {
		return &Fault{What: "read " + path, Why: cause(err), Code: exitUsage}
	}
	if err := protojson.Unmarshal(text, m); err != nil {
		// protojson writes a space in its errors that varies from build to build.
		why := strings.TrimSpace(strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "proto:"))
		return &Fault{What: "read " + path, Why: why, Remedy: "the fields are those of the API", Code: exitUsage}
	}
	return nil
}

// cause is an error of a file without the path, which stands before it already.
func cause(err error) string {
	if pathErr, ok := err.(*os.PathError); ok {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// sure asks before what cannot be taken back, unless it was said with --yes.
func sure(yes bool, o Output, act, thing string) source {
	return func(s Streams) error {
		if yes {
			return nil
		}
		return confirmed(s, o, act, thing)
	}
}

// confirmed asks for the thing's name before something that cannot be taken back.
func confirmed(s Streams, o Output, act, thing string) error {
	if o.NoInput || !terminal(s.In) {
		return &Fault{What: act, Why: "it cannot be taken back", Remedy: "say --yes", Code: exitUsage}
	}
	fmt.Fprintf(s.Err, "%s %s cannot be taken back. Type %s to go on: ", act, thing, thing)
	typed, err := bufio.NewReader(s.In).ReadString('\n')
	if err != nil || strings.TrimSpace(typed) != thing {
		return &Fault{What: act, Why: "not confirmed", Code: exitFailed}
	}
	return nil
}
