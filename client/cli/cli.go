// Package cli is the commands that a person who works with Sinergi types: the API from a shell, the growth calculator,
// and the demo.
//
// A command is a struct with tags and a Run, a noun and then a verb. It holds no rule of the domain and no right: it says
// what was asked, and the server judges. Its promises are those of a good tool. Data goes to standard output and nothing
// else does; a pipe gets plain text by tabs, `--json` the names of the API. What fails says in one line what, why and what
// to do, and the exit code tells a script whether to look again, to repeat, or to give up. Nothing secret is ever the
// value of a flag, and no free text about a client either: other users of a machine can read a command line.
//
// Begin reading at [Commands]; how a command reaches the server is in remote.go, how it prints in print.go.
package cli

// Commands are the users' commands; main puts them beside the operator's.
type Commands struct {
	Demo       Demo          `cmd:"" help:"A synthetic regency, the whole journey, then a server to look around in."`
	Bench      Bench         `cmd:"" help:"How fast the server is on this machine, beside what the machine can do."`
	Referral   ReferralCmd   `cmd:"" help:"Send, take, serve and close referrals."`
	Case       CaseCmd       `cmd:"" help:"Read cases and carry them from the first report to the end."`
	Disclosure DisclosureCmd `cmd:"" help:"On what bases other units may read a case."`
	Duty       DutyCmd       `cmd:"" help:"What is owed, by whom, by when."`
	Task       TaskCmd       `cmd:"" help:"What is owed on a case besides its next step."`
	Glass      GlassCmd      `cmd:"" help:"Cases that were opened in an emergency."`
	Review     ReviewCmd     `cmd:"" help:"What waits for the caller's judgement."`
	Approval   ApprovalCmd   `cmd:"" help:"Acts that two persons do."`
	Notice     NoticeCmd     `cmd:"" help:"What the caller and the caller's unit were told."`
	Journal    JournalCmd    `cmd:"" help:"Who did what, by which right, and the proof that nobody rewrote it."`
	Person     PersonCmd     `cmd:"" help:"Find, read and correct persons of the own register."`
	Household  HouseholdCmd  `cmd:"" help:"Who lives under one family card, and since when."`
	Account    AccountCmd    `cmd:"" help:"Persons who sign in: their accounts, and your own password and codes."`
	Membership MembershipCmd `cmd:"" help:"Roles in units, which work once a second person approves."`
	Absence    AbsenceCmd    `cmd:"" help:"Who stands in for whom."`
	Growth     GrowthCmd     `cmd:"" help:"z-scores of children, without a server."`
	Stats      StatsCmd      `cmd:"" help:"Figures: the own unit's, the office's, and what is released to all."`
	Link       LinkCmd       `cmd:"" help:"Records that may be about one person or one household."`
	Whoami     Whoami        `cmd:"" help:"Account, role and unit of the token."`
	Login      Login         `cmd:"" help:"Sign in: approved where you are signed in already, by password, or by the regency's sign-on."`
	Logout     Logout        `cmd:"" help:"End the session and forget its token."`
	StepUp     StepUp        `cmd:"" help:"Give the second factor again."`
	Switch     Switch        `cmd:"" help:"Act in another role of your own."`
	Device     DeviceCmd     `cmd:"" help:"Let a device in that shows a code."`
	App        AppCmd        `cmd:"" help:"Programs of a unit that file by themselves, and their tokens."`
}
