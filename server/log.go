package server

import (
	"io"
	stdlog "log"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"

	"google.golang.org/grpc/grpclog"
)

// logKeys are all a log line may hold. No id of a case or person, no value, no error text of a decoder: logs are copied to
// places where no mask reaches. kind and at say of a panic its Go type and where it happened, never with what.
var logKeys = []string{
	slog.TimeKey, slog.LevelKey, slog.MessageKey,
	"request_id", "method", "code", "duration", "bytes", "actor", "rule", "build", "kind", "at",
}

// newLog writes JSON lines, and plain ones to a terminal. Keys outside the list are dropped.
func newLog(w io.Writer, level string) *slog.Logger {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: least, ReplaceAttr: keepAllowed}
	if file, ok := w.(*os.File); ok && isTerminal(file) {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// keepAllowed drops what is not on the list, and what could print itself: an error or a struct writes its own text.
func keepAllowed(groups []string, a slog.Attr) slog.Attr {
	own := a.Key == slog.LevelKey || a.Key == slog.TimeKey
	if len(groups) > 0 || !slices.Contains(logKeys, a.Key) || !own && a.Value.Kind() == slog.KindAny {
		return slog.Attr{}
	}
	return a
}

// ownTheLog sends what the store logs through our list of keys, and silences what libraries print by themselves: their texts name
// addresses and quote what was sent.
func ownTheLog(w io.Writer, level string) {
	slog.SetDefault(newLog(w, level))
	stdlog.SetOutput(io.Discard) // after SetDefault, which takes it
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// build names the program: its version, or the commit it was made from.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
