package access

import "testing"

// mix is what a busy morning asks for: mostly reads of lists, some acts, some refusals.
var mix = []Facts{
	{Action: Read, Active: true, Role: Worker, Sector: Health, Relations: Owner, Level: L1, State: Open},
	{
		Action: Read, Active: true, Role: Worker, Sector: Protection, Relations: Assigned | Owner | Submitter,
		Level: L3, State: Open, MFA: MFAFresh,
	},
	{
		Action: Read, Active: true, Role: Supervisor, Sector: Health, Relations: Owner | Assigned | Match,
		Level: L2, OwnLevel: L2, State: Open,
	},
	{Action: Read, Active: true, Role: Intake, Sector: Health, Relations: Owner | Submitter, Level: L1, State: Open, Cond: ChildGrowth},
	{
		Action: Read, Active: true, Role: Worker, Sector: Social, Relations: Receiver | Pending,
		Level: L1, State: Open, Basis: Consent, Scope: F1 | F2 | F3Named,
	},
	{Action: Read, Active: true, Role: Worker, Sector: Health, Level: L3, State: Open},
	{Action: CaseNote, Active: true, Role: Worker, Relations: Assigned, Level: L3, State: Open, MFA: MFARecent},
	{Action: ReferralAccept, Active: true, Role: Worker, Relations: Pending, Level: L1, State: Open},
	{Action: CaseUpdate, Active: true, Role: Worker, Relations: Receiver, Basis: Consent, Level: L2, State: Open},
	{Action: File, Active: true, Role: Intake, Cond: OwnUnit},
	{Action: Read, Active: true, Blocked: true, Role: Worker, Relations: Assigned, Level: L3, State: Open},
	{Action: StatsReleased, Active: true, Role: Stats},
}

func BenchmarkDecide(b *testing.B) {
	b.ReportAllocs()
	var shown Mask
	i := 0
	for b.Loop() {
		shown |= Decide(mix[i]).Grant.Mask()
		if i++; i == len(mix) {
			i = 0
		}
	}
	if shown == 0 {
		b.Fatal("nothing was ever shown")
	}
}

// BenchmarkDecideWorst is the read that meets most rows.
func BenchmarkDecideWorst(b *testing.B) {
	f := Facts{
		Action: Read, Active: true, Role: Supervisor, Sector: Health, Relations: anyRelation - 1, Level: L1, State: Open,
		Basis: Consent | Care | Exception, Scope: maskEnd - 1, Cond: told, OwnLevel: L3,
	}
	b.ReportAllocs()
	for b.Loop() {
		if !Decide(f).Allowed() {
			b.Fatal("not allowed")
		}
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		for _, f := range mix {
			_ = Join(Decide(f), Decide(f.Doing(Read)))
		}
	}); n != 0 {
		t.Errorf("Decide and Join of %d questions: got %v allocations, want none", len(mix), n)
	}
}
