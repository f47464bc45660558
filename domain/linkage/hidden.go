package linkage

import (
	"fmt"
	"log/slog"
)

// What is compared are names, numbers and addresses: it prints and logs as nothing, for a name in a log outlives every erasure.

const hidden = "[hidden]"

func (Person) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (Row) Format(s fmt.State, _ rune)    { fmt.Fprint(s, hidden) }
func (Card) Format(s fmt.State, _ rune)   { fmt.Fprint(s, hidden) }
func (Number) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (Name) Format(s fmt.State, _ rune)   { fmt.Fprint(s, hidden) }
func (words) Format(s fmt.State, _ rune)  { fmt.Fprint(s, hidden) }
func (token) Format(s fmt.State, _ rune)  { fmt.Fprint(s, hidden) }
func (sheet) Format(s fmt.State, _ rune)  { fmt.Fprint(s, hidden) }

func (Subject) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (Found) Format(s fmt.State, _ rune)   { fmt.Fprint(s, hidden) }
func (Scan) Format(s fmt.State, _ rune)    { fmt.Fprint(s, hidden) }
func (Recount) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (Counts) Format(s fmt.State, _ rune)  { fmt.Fprint(s, hidden) }
func (Matcher) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (sample) Format(s fmt.State, _ rune)  { fmt.Fprint(s, hidden) }

func (Person) LogValue() slog.Value { return slog.StringValue(hidden) }
func (Row) LogValue() slog.Value    { return slog.StringValue(hidden) }
func (Card) LogValue() slog.Value   { return slog.StringValue(hidden) }
func (Number) LogValue() slog.Value { return slog.StringValue(hidden) }
func (Name) LogValue() slog.Value   { return slog.StringValue(hidden) }
func (words) LogValue() slog.Value  { return slog.StringValue(hidden) }
func (token) LogValue() slog.Value  { return slog.StringValue(hidden) }
func (sheet) LogValue() slog.Value  { return slog.StringValue(hidden) }

func (Subject) LogValue() slog.Value { return slog.StringValue(hidden) }
func (Found) LogValue() slog.Value   { return slog.StringValue(hidden) }
func (Scan) LogValue() slog.Value    { return slog.StringValue(hidden) }
func (Recount) LogValue() slog.Value { return slog.StringValue(hidden) }
func (Counts) LogValue() slog.Value  { return slog.StringValue(hidden) }
func (Matcher) LogValue() slog.Value { return slog.StringValue(hidden) }
func (sample) LogValue() slog.Value  { return slog.StringValue(hidden) }

func (TruePair) Format(s fmt.State, _ rune)   { fmt.Fprint(s, hidden) }
func (Prediction) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (pairKey) Format(s fmt.State, _ rune)    { fmt.Fprint(s, hidden) }
func (Folder) Format(s fmt.State, _ rune)     { fmt.Fprint(s, hidden) }
func (Linking) Format(s fmt.State, _ rune)    { fmt.Fprint(s, hidden) }

func (TruePair) LogValue() slog.Value   { return slog.StringValue(hidden) }
func (Prediction) LogValue() slog.Value { return slog.StringValue(hidden) }
func (pairKey) LogValue() slog.Value    { return slog.StringValue(hidden) }
func (Folder) LogValue() slog.Value     { return slog.StringValue(hidden) }
func (Linking) LogValue() slog.Value    { return slog.StringValue(hidden) }
