package casework

const configurable = "default kabupaten, dapat diatur"

// defaultRow is a row of the table as the pages print it: one duration for each urgency.
type defaultRow struct {
	caseType CaseType
	service  ReferralServiceType
	duty     DutyName
	by       [3]Duration // EMERGENCY, URGENT, ROUTINE; empty: no row
	step     Duration    // empty: as the duration
	kind     DeadlineKind
	basis    string
}

// defaultRows are the deadlines shipped (referral 7, domain 8). LEGAL rows are to be confirmed by the regency's lawyer.
var defaultRows = []defaultRow{
	{duty: DutyAcknowledge, by: [3]Duration{"15 min", "4 wh", "1 wd"}},
	{duty: DutyDecide, by: [3]Duration{"1 h", "1 wd", "3 wd"}},
	{duty: DutyAnswer, by: [3]Duration{"1 h", "1 wd", "3 wd"}},
	{duty: DutyFirstService, by: [3]Duration{"24 h", "3 wd", "7 wd"}},
	{duty: DutyReview, by: [3]Duration{"7 d", "14 d", "30 d"}},
	{duty: DutyAttend, by: [3]Duration{"24 h", "1 wd", "1 wd"}},
	{duty: DutyRecontact, by: [3]Duration{"24 h", "2 wd", "5 wd"}},
	{duty: DutyNote, by: [3]Duration{"7 d", "14 d", "30 d"}},
	{duty: DutyConfirm, by: [3]Duration{"3 wd", "5 wd", "10 wd"}, step: "2 wd"},
	{duty: DutyReroute, by: [3]Duration{"1 h", "4 wh", "1 wd"}},

	{caseType: DomesticViolence, duty: DutyDecide, by: [3]Duration{"1 h", "2 h", "24 h"}, basis: "praktik layanan UPTD PPA"},
	{caseType: DomesticViolence, duty: DutyFirstService, by: [3]Duration{"2 h", "6 h", "3 wd"}, basis: "praktik layanan UPTD PPA"},
	{
		caseType: DomesticViolence, service: ServiceLawEnforcement, duty: DutyFirstService, by: [3]Duration{"24 h", "24 h", "24 h"},
		kind: Legal, basis: "UU 23/2004 pasal 16",
	},
	{service: ServiceOutreach, duty: DutyDecide, by: [3]Duration{"1 h", "1 h", ""}},
	{service: ServiceOutreach, duty: DutyFirstService, by: [3]Duration{"12 h", "12 h", ""}},
	{service: ServiceTemporaryShelter, duty: DutyDecide, by: [3]Duration{"1 h", "1 h", ""}},
	{service: ServiceTemporaryShelter, duty: DutyFirstService, by: [3]Duration{"12 h", "12 h", ""}},
	{service: ServicePsychologicalSupport, duty: DutyDecide, by: [3]Duration{"", "", "1 wd"}},
	{service: ServicePsychologicalSupport, duty: DutyFirstService, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceLegalAid, duty: DutyDecide, by: [3]Duration{"", "", "1 wd"}},
	{service: ServiceLegalAid, duty: DutyFirstService, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceNutritionConfirmation, duty: DutyDecide, by: [3]Duration{"", "1 wd", "3 wd"}, basis: "penimbangan bulanan"},
	{service: ServiceNutritionConfirmation, duty: DutyFirstService, by: [3]Duration{"", "7 d", "14 d"}, basis: "penimbangan bulanan"},
	{service: ServiceSpecialistPediatric, duty: DutyDecide, by: [3]Duration{"", "", "3 wd"}, basis: "penimbangan bulanan"},
	{service: ServiceSpecialistPediatric, duty: DutyFirstService, by: [3]Duration{"", "", "14 d"}, basis: "penimbangan bulanan"},
	{service: ServiceNutritionTreatment, duty: DutyDecide, by: [3]Duration{"1 h", "", ""}},
	{service: ServiceNutritionTreatment, duty: DutyFirstService, by: [3]Duration{"24 h", "", ""}},
	{service: ServiceSocialAssistance, duty: DutyDecide, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceSocialAssistance, duty: DutyFirstService, by: [3]Duration{"", "", "14 d"}},
	{service: ServiceCivilRegistration, duty: DutyDecide, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceCivilRegistration, duty: DutyFirstService, by: [3]Duration{"", "", "14 d"}},
	{service: ServiceWaterSanitation, duty: DutyDecide, by: [3]Duration{"", "", "3 wd"}},
	{service: ServiceWaterSanitation, duty: DutyFirstService, by: [3]Duration{"", "", "14 d"}},

	// Duties of a case. Violence by risk: HIGH, MEDIUM, LOW or not assessed; nutrition by the urgency of its finding.
	{duty: DutyScreen, by: [3]Duration{"1 h", "3 wd", "3 wd"}, basis: "siklus penimbangan"},
	{duty: DutyAssess, by: [3]Duration{"14 d", "14 d", "14 d"}},
	{duty: DutyPlan, by: [3]Duration{"7 d", "7 d", "7 d"}},
	{duty: DutyStart, by: [3]Duration{"7 d", "7 d", "7 d"}},
	{duty: DutyFollowUp, by: [3]Duration{"30 d", "30 d", "30 d"}},
	{caseType: DomesticViolence, duty: DutyScreen, by: violenceScreen, basis: "praktik layanan UPTD PPA"},
	{caseType: ChildViolence, duty: DutyScreen, by: violenceScreen, basis: "praktik layanan UPTD PPA"},
	{caseType: WomanViolence, duty: DutyScreen, by: violenceScreen, basis: "praktik layanan UPTD PPA"},
	{caseType: DomesticViolence, duty: DutyAssess, by: violenceStep},
	{caseType: ChildViolence, duty: DutyAssess, by: violenceStep},
	{caseType: WomanViolence, duty: DutyAssess, by: violenceStep},
	{caseType: DomesticViolence, duty: DutyPlan, by: violenceStep},
	{caseType: ChildViolence, duty: DutyPlan, by: violenceStep},
	{caseType: WomanViolence, duty: DutyPlan, by: violenceStep},
	{caseType: DomesticViolence, duty: DutyStart, by: violenceStep},
	{caseType: ChildViolence, duty: DutyStart, by: violenceStep},
	{caseType: WomanViolence, duty: DutyStart, by: violenceStep},
	{caseType: DomesticViolence, duty: DutyFollowUp, by: violenceFollowUp},
	{caseType: ChildViolence, duty: DutyFollowUp, by: violenceFollowUp},
	{caseType: WomanViolence, duty: DutyFollowUp, by: violenceFollowUp},

	// Duties of tasks, reviews and disclosures. Risk is reviewed from the last assessment on.
	{duty: DutyRiskReview, by: [3]Duration{"7 d", "30 d", "90 d"}},
	{duty: DutyTask, by: [3]Duration{"24 h", "3 wd", "7 wd"}},
	{duty: DutyPoliceReport, by: [3]Duration{"72 h", "72 h", "72 h"}, kind: Legal, basis: "UU 12/2022 pasal 41"},
	// As soon as possible; the office above is told a day after the suspicion.
	{duty: DutyChildAbuseReport, by: [3]Duration{"1 h", "1 h", "1 h"}, step: "23 h", kind: Legal, basis: "Permenkes 68/2013 pasal 6-8"},
	{duty: DutyReviewException, by: [3]Duration{"72 h", "72 h", "72 h"}},
	{duty: DutyReviewGlass, by: [3]Duration{"72 h", "72 h", "72 h"}},
	{duty: DutyAnswerGlass, by: [3]Duration{"72 h", "72 h", "72 h"}},
	{duty: DutyRenewConsent, by: [3]Duration{"14 d", "14 d", "14 d"}}, // from two weeks before the consent ends
}

var (
	violenceScreen   = [3]Duration{"1 h", "6 h", "24 h"}
	violenceStep     = [3]Duration{"24 h", "3 wd", "7 wd"}
	violenceFollowUp = [3]Duration{"7 d", "14 d", "30 d"}
	urgencies        = [3]Urgency{Emergency, Urgent, Routine}
)

// DefaultDeadlines are the rows with which an empty database begins.
func DefaultDeadlines() []Deadline {
	var all []Deadline
	for _, r := range defaultRows {
		for i, duration := range r.by {
			if duration == "" {
				continue
			}
			d := Deadline{
				CaseType: r.caseType, Service: r.service, Urgency: urgencies[i], Duty: r.duty,
				Kind: r.kind, Duration: duration, Step: r.step, Basis: r.basis,
			}
			all = append(all, d.completed())
		}
	}
	return all
}

func (d Deadline) completed() Deadline {
	if d.Kind == "" {
		d.Kind = Target
	}
	if d.Step == "" {
		d.Step = d.Duration
	}
	if d.Basis == "" {
		d.Basis = configurable
	}
	return d
}
