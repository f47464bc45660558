package statistics

import (
	"fmt"
	"log/slog"
)

// A row about somebody, and an exact count that was not shown yet, print and log as nothing.

const hidden = "[…]"

func (Case) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (Measurement) Format(s fmt.State, _ rune)  { fmt.Fprint(s, hidden) }
func (Enrolled) Format(s fmt.State, _ rune)     { fmt.Fprint(s, hidden) }
func (Service) Format(s fmt.State, _ rune)      { fmt.Fprint(s, hidden) }
func (Duty) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (Journey) Format(s fmt.State, _ rune)      { fmt.Fprint(s, hidden) }
func (OrdinaryLeg) Format(s fmt.State, _ rune)  { fmt.Fprint(s, hidden) }
func (Rows) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (OverseenRows) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (Joined) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (Folded) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (Share) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (Wait) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (tally) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (chain) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (cohort) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (aChild) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (Hold) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (Release) Format(s fmt.State, _ rune)      { fmt.Fprint(s, hidden) }

func (Case) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Measurement) LogValue() slog.Value  { return slog.StringValue(hidden) }
func (Enrolled) LogValue() slog.Value     { return slog.StringValue(hidden) }
func (Service) LogValue() slog.Value      { return slog.StringValue(hidden) }
func (Duty) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Journey) LogValue() slog.Value      { return slog.StringValue(hidden) }
func (OrdinaryLeg) LogValue() slog.Value  { return slog.StringValue(hidden) }
func (Rows) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (OverseenRows) LogValue() slog.Value { return slog.StringValue(hidden) }
func (Joined) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (Folded) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (Share) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (Wait) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (tally) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (chain) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (cohort) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (aChild) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (Hold) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Release) LogValue() slog.Value      { return slog.StringValue(hidden) }
