package casework

import "slices"

// ordinaryServices are those of which the asking tells nothing of violence, and which the chain of health care carries (design:
// statistics 2; access, Bases).
var ordinaryServices = []ReferralServiceType{
	ServiceNutritionConfirmation, ServiceNutritionTreatment, ServiceSpecialistPediatric, ServiceGrowthFollowUp, ServiceFamilyAccompaniment,
	ServiceSocialAssistance, ServiceWaterSanitation, ServiceCivilRegistration, ServiceChildEducation,
}

func (s ReferralServiceType) isOrdinary() bool { return slices.Contains(ordinaryServices, s) }

// IsOrdinary tells whether a leg may be spoken of by its service: of an L1 nutrition case, for an ordinary service, with no unit of
// protection or law at either end.
func (r Referral) IsOrdinary(k Case, sender, receiver UnitType) bool {
	return k.Level == L1 && (k.Type.IsNutrition() || k.Type.IsGrowth()) && r.Service.isOrdinary() &&
		!sender.guards() && !receiver.guards()
}

// guards tells whether the unit's very part in a leg tells of violence.
func (t UnitType) guards() bool {
	s := t.Sector()
	return s == SectorWomenChildProtection || s == SectorLawJustice
}
