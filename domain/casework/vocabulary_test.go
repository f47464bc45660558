package casework

import (
	"maps"
	"os"
	"regexp"
	"testing"
)

// texts gives a table of labels as identifier to label, whatever its type.
func texts[T ~string](table labels[T]) map[string]string {
	plain := map[string]string{}
	for value, label := range table {
		plain[string(value)] = label
	}
	return plain
}

// vocabularies by their name in the contract.
func vocabularies() map[string]map[string]string {
	return map[string]map[string]string{
		"Sex": texts(sexLabels), "Role": texts(roleLabels), "Sector": texts(sectorLabels), "UnitType": texts(unitTypeLabels),
		"Channel": texts(channelLabels), "CaseType": texts(caseTypeLabels), "CaseStatus": texts(caseStatusLabels), "Level": texts(levelLabels),
		"Urgency": texts(urgencyLabels), "ReferralState": texts(referralStateLabels), "ReferralServiceType": texts(referralServiceTypeLabels),
		"DutyKind": texts(dutyKindLabels), "DutyName": texts(dutyNameLabels), "ProgressKind": texts(progressKindLabels),
		"ContactChannel": texts(contactChannelLabels), "Outcome": texts(outcomeLabels), "DeclineReason": texts(declineReasonLabels),
		"OutcomeReason": texts(outcomeReasonLabels), "CancelReason": texts(cancelReasonLabels), "BasisKind": texts(basisKindLabels),
		"ConsentGiver": texts(consentGiverLabels), "ConsentMethod": texts(consentMethodLabels), "NameKind": texts(nameKindLabels),
		"IdentifierType": texts(identifierTypeLabels), "Verification": texts(verificationLabels), "NikAbsence": texts(nikAbsenceLabels),
		"IntakeChannel": texts(intakeChannelLabels), "ViolenceForm": texts(violenceFormLabels), "SexualOffence": texts(sexualOffenceLabels),
		"IncidentPlace": texts(incidentPlaceLabels), "RiskSign": texts(riskSignLabels), "RiskLevel": texts(riskLevelLabels),
		"Relation": texts(relationLabels), "YesNo": texts(yesNoLabels), "TimelineKind": texts(timelineKindLabels), "FamilyCardReason": texts(familyCardReasonLabels), "HouseholdRole": texts(householdRoleLabels), "StuntingDiagnosis": texts(stuntingDiagnosisLabels), "ReviewOutcome": texts(reviewOutcomeLabels), "ReviewKind": texts(reviewKindLabels), "NoticeKind": texts(noticeKindLabels), "ExclusionReason": texts(exclusionReasonLabels), "SuggestionReason": texts(suggestionReasonLabels), "Capacity": texts(capacityLabels), "TaskState": texts(taskStateLabels), "TaskLabel": texts(taskLabelLabels), "NoteKind": texts(noteKindLabels), "LegalStatus": texts(legalStatusLabels), "ServiceConsentAnswer": texts(serviceConsentAnswerLabels), "ClosureReason": texts(closureReasonLabels), "HeardBy": texts(heardByLabels), "InfoQuestion": texts(infoQuestionLabels),
		"GlassCode": texts(glassCodeLabels), "ApprovalState": texts(approvalStateLabels), "AccountKind": texts(accountKindLabels), "CopyRequester": texts(copyRequesterLabels),
		"LinkRelation": texts(linkRelationLabels), "LinkBasis": texts(linkBasisLabels), "LinkRejection": texts(linkRejectionLabels), "LinkState": texts(linkStateLabels),
	}
}

var (
	enumMessage = regexp.MustCompile(`(?ms)^message (\w+) \{\n(.*?)^\}`)
	enumValue   = regexp.MustCompile(`(?s)(\w+) = [1-9]\d*\s*\[\s*\(label\) = "([^"]*)"`)
)

// Identifiers and labels are the same in Go and in the contract; one that drifts would be stored and never read again.
func TestVocabulariesAreThoseOfTheContract(t *testing.T) {
	raw, err := os.ReadFile("../../proto/sinergi/v1/vocabulary.proto")
	if err != nil {
		t.Fatal(err)
	}
	contract := map[string]map[string]string{}
	for _, m := range enumMessage.FindAllStringSubmatch(string(raw), -1) {
		values := map[string]string{}
		for _, v := range enumValue.FindAllStringSubmatch(m[2], -1) {
			values[v[1]] = v[2]
		}
		contract[m[1]] = values
	}
	for name, ours := range vocabularies() {
		if theirs := contract[name]; !maps.Equal(ours, theirs) {
			t.Errorf("%s: here %v, in the contract %v", name, ours, theirs)
		}
	}
}

func TestAValueIsOfItsVocabularyOrNot(t *testing.T) {
	for name, table := range vocabularies() {
		for value, label := range table {
			if label == "" {
				t.Errorf("%s %s has no label", name, value)
			}
		}
	}
	if !ServiceHousing.Valid() || ServiceHousing.Label() != "Rumah layak huni" || ReferralServiceType("").Valid() || Sex("male").Valid() {
		t.Error("a value outside its vocabulary is taken, or one inside is not")
	}
}

func TestEveryTypeOfUnitHasASectorAndAFold(t *testing.T) {
	folds := map[Sector]AccessFold{SectorHealth: FoldHealth, SectorSocial: FoldSocial, SectorWomenChildProtection: FoldProtection}
	for unit := range unitTypeLabels {
		want := folds[unit.Sector()]
		if unit == UnitPolicePPA {
			want = FoldProtection
		}
		if !unit.Sector().Valid() || unit.AccessFold() != want {
			t.Errorf("%s: sector %q, fold %d", unit, unit.Sector(), unit.AccessFold())
		}
		if shares := unit == UnitIntegratedHealthPost || unit == UnitAuxHealthCenter; unit.SharesRegister() != shares {
			t.Errorf("%s shares a register: %v", unit, !shares)
		}
	}
}
