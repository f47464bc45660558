package casework

import (
	"fmt"
	"log/slog"
)

// What stands in a survivor's file prints and logs as nothing, as in hidden.go.

func (Plan) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (Closing) Format(s fmt.State, _ rune)     { fmt.Fprint(s, hidden) }
func (Ending) Format(s fmt.State, _ rune)      { fmt.Fprint(s, hidden) }
func (Start) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (Note) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (LegalStep) Format(s fmt.State, _ rune)   { fmt.Fprint(s, hidden) }
func (TaskContent) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (Counted) Format(s fmt.State, _ rune)     { fmt.Fprint(s, hidden) }
func (t Task) Format(s fmt.State, _ rune)      { fmt.Fprint(s, t.ID.String()) }

func (Plan) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (Closing) LogValue() slog.Value     { return slog.StringValue(hidden) }
func (Ending) LogValue() slog.Value      { return slog.StringValue(hidden) }
func (Start) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (Note) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (LegalStep) LogValue() slog.Value   { return slog.StringValue(hidden) }
func (TaskContent) LogValue() slog.Value { return slog.StringValue(hidden) }
func (Counted) LogValue() slog.Value     { return slog.StringValue(hidden) }
func (t Task) LogValue() slog.Value      { return slog.StringValue(t.ID.String()) }
