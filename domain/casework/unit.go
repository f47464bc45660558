package casework

import "time"

// Unit is an agency's place of work.
type Unit struct {
	ID          UnitID
	Code        string // short, of the operator: PKM-CIBINONG
	Name        string
	Type        UnitType
	Parent      UnitID    // zero for the root
	Register    UnitID    // a posyandu or pustu and its parent are one register; every other unit is its own
	Channel     Channel   // ONLINE has accounts, LETTER none
	AreaCode    string    // kecamatan where it lies
	DutyOfficer AccountID // takes what nobody else has taken; zero for none
	ActiveFrom  time.Time
	ActiveUntil time.Time // zero: for ever
}

// ActiveOn tells whether the unit works at an instant.
func (u Unit) ActiveOn(now time.Time) bool {
	return !now.Before(u.ActiveFrom) && (u.ActiveUntil.IsZero() || now.Before(u.ActiveUntil))
}

// SharesRegister tells whether units of the type keep one register with their parent.
func (t UnitType) SharesRegister() bool {
	return t == UnitIntegratedHealthPost || t == UnitAuxHealthCenter
}

// Sector is the sector of a type of unit.
func (t UnitType) Sector() Sector { return sectors[t] }

var sectors = map[UnitType]Sector{
	UnitHealthOffice:           SectorHealth,
	UnitHealthCenter:           SectorHealth,
	UnitAuxHealthCenter:        SectorHealth,
	UnitIntegratedHealthPost:   SectorHealth,
	UnitHospital:               SectorHealth,
	UnitSocialOffice:           SectorSocial,
	UnitPKHTeam:                SectorSocial,
	UnitSocialWorkerDistrict:   SectorSocial,
	UnitSocialServicePost:      SectorSocial,
	UnitWomenChildOffice:       SectorWomenChildProtection,
	UnitPPAServiceUnit:         SectorWomenChildProtection,
	UnitPolicePPA:              SectorLawJustice,
	UnitProsecutor:             SectorLawJustice,
	UnitCourt:                  SectorLawJustice,
	UnitNGOLegalAid:            SectorCivilSociety,
	UnitReligiousAffairsOffice: SectorReligion,
	UnitFamilyCompanionTeam:    SectorPopulationFamily,
	UnitPKK:                    SectorCivilSociety,
	UnitEducationOffice:        SectorEducation,
	UnitCivilRegistryOffice:    SectorCivilRegistry,
	UnitDistrict:               SectorVillageGovernment,
	UnitVillage:                SectorVillageGovernment,
	UnitPuspaga:                SectorWomenChildProtection,
	UnitVillageTaskForce:       SectorWomenChildProtection,
	UnitHotline:                SectorWomenChildProtection,
	UnitFamilyPlanningPost:     SectorPopulationFamily,
	UnitStuntingTeam:           SectorPopulationFamily,
	UnitSchool:                 SectorEducation,
	UnitPrivateClinic:          SectorHealth,
	UnitSocialCenter:           SectorSocial,
	UnitVictimAgency:           SectorLawJustice,
	UnitPlanningAgency:         SectorPlanning,
}

// AccessFold is one of the four sectors that access knows.
type AccessFold uint8

const (
	FoldOther AccessFold = iota
	FoldHealth
	FoldSocial
	FoldProtection
)

// AccessFold folds the directory's types: the police's women and children unit is protection, a village or school is other.
func (t UnitType) AccessFold() AccessFold {
	switch {
	case t == UnitPolicePPA:
		return FoldProtection
	case t.Sector() == SectorHealth:
		return FoldHealth
	case t.Sector() == SectorSocial:
		return FoldSocial
	case t.Sector() == SectorWomenChildProtection:
		return FoldProtection
	}
	return FoldOther
}
