package casework

import (
	"fmt"
	"log/slog"
)

// What a person said of herself prints and logs as nothing, and a noun logs as its id: a name in a log outlives every erasure,
// and slog's JSON handler would write the fields of a struct that does not say what it logs as.

func (Identifier) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (Address) Format(s fmt.State, _ rune)            { fmt.Fprint(s, hidden) }
func (Kin) Format(s fmt.State, _ rune)                { fmt.Fprint(s, hidden) }
func (SafeContact) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (Risk) Format(s fmt.State, _ rune)               { fmt.Fprint(s, hidden) }
func (CaseContent) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (Assessment) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (DisclosureContent) Format(s fmt.State, _ rune)  { fmt.Fprint(s, hidden) }
func (MeasurementContent) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (LegRequest) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (InfoAnswer) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (Acceptance) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (Forwarding) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (LegReport) Format(s fmt.State, _ rune)          { fmt.Fprint(s, hidden) }
func (Reporting) Format(s fmt.State, _ rune)          { fmt.Fprint(s, hidden) }
func (Progress) Format(s fmt.State, _ rune)           { fmt.Fprint(s, hidden) }
func (Loss) Format(s fmt.State, _ rune)               { fmt.Fprint(s, hidden) }
func (Moved) Format(s fmt.State, _ rune)              { fmt.Fprint(s, hidden) }
func (accused) Format(s fmt.State, _ rune)            { fmt.Fprint(s, hidden) }

func (Identifier) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Address) LogValue() slog.Value            { return slog.StringValue(hidden) }
func (Kin) LogValue() slog.Value                { return slog.StringValue(hidden) }
func (SafeContact) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (Risk) LogValue() slog.Value               { return slog.StringValue(hidden) }
func (CaseContent) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (Assessment) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (DisclosureContent) LogValue() slog.Value  { return slog.StringValue(hidden) }
func (MeasurementContent) LogValue() slog.Value { return slog.StringValue(hidden) }
func (LegRequest) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (InfoAnswer) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Acceptance) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Forwarding) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (LegReport) LogValue() slog.Value          { return slog.StringValue(hidden) }
func (Reporting) LogValue() slog.Value          { return slog.StringValue(hidden) }
func (Progress) LogValue() slog.Value           { return slog.StringValue(hidden) }
func (Loss) LogValue() slog.Value               { return slog.StringValue(hidden) }
func (Moved) LogValue() slog.Value              { return slog.StringValue(hidden) }
func (accused) LogValue() slog.Value            { return slog.StringValue(hidden) }

// A noun prints as its id, pointers to it too: fmt passes the Formatter of a field by when it reports a wrong verb behind a
// pointer.

func (p Person) Format(s fmt.State, _ rune)      { fmt.Fprint(s, p.ID.String()) }
func (c Case) Format(s fmt.State, _ rune)        { fmt.Fprint(s, c.ID.String()) } // even its type tells
func (r Referral) Format(s fmt.State, _ rune)    { fmt.Fprint(s, r.ID.String()) }
func (d Disclosure) Format(s fmt.State, _ rune)  { fmt.Fprint(s, d.ID.String()) }
func (m Measurement) Format(s fmt.State, _ rune) { fmt.Fprint(s, m.ID.String()) }

func (p Person) LogValue() slog.Value      { return slog.StringValue(p.ID.String()) }
func (c Case) LogValue() slog.Value        { return slog.StringValue(c.ID.String()) }
func (r Referral) LogValue() slog.Value    { return slog.StringValue(r.ID.String()) }
func (d Disclosure) LogValue() slog.Value  { return slog.StringValue(d.ID.String()) }
func (m Measurement) LogValue() slog.Value { return slog.StringValue(m.ID.String()) }
