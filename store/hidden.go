package store

import (
	"fmt"
	"log/slog"
)

// What the store reads, and its keys, print and log as nothing, as what the domain holds does: see domain/casework/hidden.go. A test of
// the whole house finds what is missing here.

const hidden = "[…]"

func (Account) Format(s fmt.State, _ rune)           { fmt.Fprint(s, hidden) }
func (SignIn) Format(s fmt.State, _ rune)            { fmt.Fprint(s, hidden) }
func (Invitation) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (Block) Format(s fmt.State, _ rune)             { fmt.Fprint(s, hidden) }
func (Hold) Format(s fmt.State, _ rune)              { fmt.Fprint(s, hidden) }
func (CaseFile) Format(s fmt.State, _ rune)          { fmt.Fprint(s, hidden) }
func (LegFile) Format(s fmt.State, _ rune)           { fmt.Fprint(s, hidden) }
func (DutyFile) Format(s fmt.State, _ rune)          { fmt.Fprint(s, hidden) }
func (Happening) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (Answered) Format(s fmt.State, _ rune)          { fmt.Fprint(s, hidden) }
func (legRow) Format(s fmt.State, _ rune)            { fmt.Fprint(s, hidden) }
func (legPage) Format(s fmt.State, _ rune)           { fmt.Fprint(s, hidden) }
func (dutyRow) Format(s fmt.State, _ rune)           { fmt.Fprint(s, hidden) }
func (dutyPage) Format(s fmt.State, _ rune)          { fmt.Fprint(s, hidden) }
func (accountF2) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (signInF2) Format(s fmt.State, _ rune)          { fmt.Fprint(s, hidden) }
func (approvalTexts) Format(s fmt.State, _ rune)     { fmt.Fprint(s, hidden) }
func (linkContent) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (Joined) Format(s fmt.State, _ rune)            { fmt.Fprint(s, hidden) }
func (legalContent) Format(s fmt.State, _ rune)      { fmt.Fprint(s, hidden) }
func (Key) Format(s fmt.State, _ rune)               { fmt.Fprint(s, hidden) }
func (indexKeys) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (EmergencyKey) Format(s fmt.State, _ rune)      { fmt.Fprint(s, hidden) }
func (openGlasses) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (cursorKeys) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (linkageKey) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (signingKey) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (*keyring) Format(s fmt.State, _ rune)          { fmt.Fprint(s, hidden) }
func (*Store) Format(s fmt.State, _ rune)            { fmt.Fprint(s, hidden) } // its caches hold names
func (*tx) Format(s fmt.State, _ rune)               { fmt.Fprint(s, hidden) }
func (*group) Format(s fmt.State, _ rune)            { fmt.Fprint(s, hidden) }
func (cursors) Format(s fmt.State, _ rune)           { fmt.Fprint(s, hidden) }
func (*signing) Format(s fmt.State, _ rune)          { fmt.Fprint(s, hidden) }
func (Morning) Format(s fmt.State, _ rune)           { fmt.Fprint(s, hidden) }
func (GrowthChild) Format(s fmt.State, _ rune)       { fmt.Fprint(s, hidden) }
func (growthCase) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (sealedMeasurement) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (FigureCase) Format(s fmt.State, _ rune)        { fmt.Fprint(s, hidden) }
func (FigureMeasurement) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (FigureService) Format(s fmt.State, _ rune)     { fmt.Fprint(s, hidden) }
func (FigureLeg) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (LegFigure) Format(s fmt.State, _ rune)         { fmt.Fprint(s, hidden) }
func (*Sight) Format(s fmt.State, _ rune)            { fmt.Fprint(s, hidden) }

func (Account) LogValue() slog.Value           { return slog.StringValue(hidden) }
func (SignIn) LogValue() slog.Value            { return slog.StringValue(hidden) }
func (Invitation) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (Block) LogValue() slog.Value             { return slog.StringValue(hidden) }
func (Hold) LogValue() slog.Value              { return slog.StringValue(hidden) }
func (CaseFile) LogValue() slog.Value          { return slog.StringValue(hidden) }
func (LegFile) LogValue() slog.Value           { return slog.StringValue(hidden) }
func (DutyFile) LogValue() slog.Value          { return slog.StringValue(hidden) }
func (Happening) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Answered) LogValue() slog.Value          { return slog.StringValue(hidden) }
func (legRow) LogValue() slog.Value            { return slog.StringValue(hidden) }
func (legPage) LogValue() slog.Value           { return slog.StringValue(hidden) }
func (dutyRow) LogValue() slog.Value           { return slog.StringValue(hidden) }
func (dutyPage) LogValue() slog.Value          { return slog.StringValue(hidden) }
func (accountF2) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (signInF2) LogValue() slog.Value          { return slog.StringValue(hidden) }
func (linkContent) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (Joined) LogValue() slog.Value            { return slog.StringValue(hidden) }
func (approvalTexts) LogValue() slog.Value     { return slog.StringValue(hidden) }
func (legalContent) LogValue() slog.Value      { return slog.StringValue(hidden) }
func (Key) LogValue() slog.Value               { return slog.StringValue(hidden) }
func (indexKeys) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (EmergencyKey) LogValue() slog.Value      { return slog.StringValue(hidden) }
func (openGlasses) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (linkageKey) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (cursorKeys) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (signingKey) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (*keyring) LogValue() slog.Value          { return slog.StringValue(hidden) }
func (*Store) LogValue() slog.Value            { return slog.StringValue(hidden) }
func (*tx) LogValue() slog.Value               { return slog.StringValue(hidden) }
func (*group) LogValue() slog.Value            { return slog.StringValue(hidden) }
func (cursors) LogValue() slog.Value           { return slog.StringValue(hidden) }
func (*signing) LogValue() slog.Value          { return slog.StringValue(hidden) }
func (Morning) LogValue() slog.Value           { return slog.StringValue(hidden) }
func (GrowthChild) LogValue() slog.Value       { return slog.StringValue(hidden) }
func (growthCase) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (sealedMeasurement) LogValue() slog.Value { return slog.StringValue(hidden) }
func (FigureCase) LogValue() slog.Value        { return slog.StringValue(hidden) }
func (FigureMeasurement) LogValue() slog.Value { return slog.StringValue(hidden) }
func (FigureService) LogValue() slog.Value     { return slog.StringValue(hidden) }
func (FigureLeg) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (LegFigure) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (*Sight) LogValue() slog.Value            { return slog.StringValue(hidden) }

// What is drawn and not yet published is nobody's to see.
func (Drawing) Format(s fmt.State, _ rune) { fmt.Fprint(s, hidden) }
func (Drawing) LogValue() slog.Value       { return slog.StringValue(hidden) }
