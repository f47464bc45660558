package casework

import (
	"strings"
	"time"
)

// Unit is an agency's place of work.
type Unit struct {
	ID          UnitID
	Code        string // short, of the operator: PKM-CIBINONG
	Name        string
	Aliases     []Alias // what else it is or was called
	Type        UnitType
	Parent      UnitID  // zero for the root
	Register    UnitID  // a posyandu or pustu and its parent are one register; every other unit is its own
	Channel     Channel // ONLINE has accounts, LETTER none
	AreaCode    string  // kecamatan where it lies
	ActiveFrom  time.Time
	ActiveUntil time.Time // zero: for ever
	Hours       Hours     // when somebody is there; empty: not known
	Contact     UnitID    // of a confidential unit (a shelter) alone: the unit by which it is listed
}

// Alias is another name of a unit: what it was called before, or is called by the people. A figure keeps the unit it was sent to,
// whatever its name has become.
type Alias struct {
	Name        string
	From, Until Date // first and last day; 0: open
}

// ActiveOn tells whether an instant lies within the unit's effective dates.
func (u Unit) ActiveOn(now time.Time) bool {
	return !now.Before(u.ActiveFrom) && (u.ActiveUntil.IsZero() || now.Before(u.ActiveUntil))
}

// IsConfidential tells whether a unit is listed by another alone: who looks for a woman shall not find the house.
func (u Unit) IsConfidential() bool { return u.Contact != UnitID{} }

// KnownTo tells whether a unit may be named to a caller of another: a confidential one is known to itself, to its contact and to the
// unit above it alone.
func (u Unit) KnownTo(asker UnitID) bool {
	return !u.IsConfidential() || asker == u.ID || asker == u.Contact || asker == u.Parent
}

// Works tells whether legs may be sent to a unit: within its effective dates and, unless it is served by letter, with a working
// supervisor, its own or its parent's, for without one nobody answers for what it leaves undone.
func (u Unit) Works(supervised bool, now time.Time) bool {
	return u.ActiveOn(now) && (u.Channel == ChannelLetter || supervised)
}

// Become is the unit as a new row of the directory makes it. While it is party to an open leg it neither ends, nor loses its
// accounts, nor passes to another register: the client on that leg would be nobody's, or another's.
func (u Unit) Become(next Unit, openLegs bool) (Unit, error) {
	ends := !next.ActiveUntil.IsZero()
	silenced := u.Channel == ChannelOnline && next.Channel == ChannelLetter
	if openLegs && (ends || silenced || u.Register != next.Register) {
		return u, Precondition("UNIT_HAS_OPEN_LEGS")
	}
	return next, nil
}

// Covers tells whether a Kemendagri code lies in another, or is it.
func Covers(area, code string) bool {
	return code == area || strings.HasPrefix(code, area+".")
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
