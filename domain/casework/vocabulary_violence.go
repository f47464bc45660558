package casework

// ViolenceForm: form of violence.
type ViolenceForm string

const (
	FormPhysical      ViolenceForm = "PHYSICAL"
	FormPsychological ViolenceForm = "PSYCHOLOGICAL"
	FormSexual        ViolenceForm = "SEXUAL"
	FormNeglect       ViolenceForm = "NEGLECT"
	FormExploitation  ViolenceForm = "EXPLOITATION"
	FormTrafficking   ViolenceForm = "TRAFFICKING"
	FormOther         ViolenceForm = "OTHER"
)

var violenceFormLabels = labels[ViolenceForm]{
	FormPhysical:      "Fisik",
	FormPsychological: "Psikis",
	FormSexual:        "Seksual",
	FormNeglect:       "Penelantaran",
	FormExploitation:  "Eksploitasi",
	FormTrafficking:   "Perdagangan orang",
	FormOther:         "Lainnya",
}

// Label is the Indonesian text of the value.
func (v ViolenceForm) Label() string { return violenceFormLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ViolenceForm) Valid() bool { return violenceFormLabels.has(v) }

// SexualOffence: sexual offence, UU 12/2022 art. 4(1); only with form SEXUAL.
type SexualOffence string

const (
	OffenceNonphysicalHarassment SexualOffence = "NONPHYSICAL_HARASSMENT"
	OffencePhysicalHarassment    SexualOffence = "PHYSICAL_HARASSMENT"
	OffenceForcedContraception   SexualOffence = "FORCED_CONTRACEPTION"
	OffenceForcedSterilization   SexualOffence = "FORCED_STERILIZATION"
	OffenceForcedMarriage        SexualOffence = "FORCED_MARRIAGE"
	OffenceSexualTorture         SexualOffence = "SEXUAL_TORTURE"
	OffenceSexualExploitation    SexualOffence = "SEXUAL_EXPLOITATION"
	OffenceSexualSlavery         SexualOffence = "SEXUAL_SLAVERY"
	OffenceElectronicBased       SexualOffence = "ELECTRONIC_BASED"
	OffenceOther                 SexualOffence = "OTHER"
)

var sexualOffenceLabels = labels[SexualOffence]{
	OffenceNonphysicalHarassment: "Pelecehan seksual nonfisik",
	OffencePhysicalHarassment:    "Pelecehan seksual fisik",
	OffenceForcedContraception:   "Pemaksaan kontrasepsi",
	OffenceForcedSterilization:   "Pemaksaan sterilisasi",
	OffenceForcedMarriage:        "Pemaksaan perkawinan",
	OffenceSexualTorture:         "Penyiksaan seksual",
	OffenceSexualExploitation:    "Eksploitasi seksual",
	OffenceSexualSlavery:         "Perbudakan seksual",
	OffenceElectronicBased:       "Kekerasan seksual berbasis elektronik",
	OffenceOther:                 "Lainnya",
}

// Label is the Indonesian text of the value.
func (v SexualOffence) Label() string { return sexualOffenceLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v SexualOffence) Valid() bool { return sexualOffenceLabels.has(v) }

// IncidentPlace: place of an incident.
type IncidentPlace string

const (
	PlaceHousehold              IncidentPlace = "HOUSEHOLD"
	PlaceWorkplace              IncidentPlace = "WORKPLACE"
	PlaceSchool                 IncidentPlace = "SCHOOL"
	PlacePublicFacility         IncidentPlace = "PUBLIC_FACILITY"
	PlaceShortCourseInstitution IncidentPlace = "SHORT_COURSE_INSTITUTION"
	PlaceOnline                 IncidentPlace = "ONLINE"
	PlaceOther                  IncidentPlace = "OTHER"
	PlaceUnknown                IncidentPlace = "UNKNOWN"
)

var incidentPlaceLabels = labels[IncidentPlace]{
	PlaceHousehold:              "Rumah tangga",
	PlaceWorkplace:              "Tempat kerja",
	PlaceSchool:                 "Sekolah",
	PlacePublicFacility:         "Fasilitas umum",
	PlaceShortCourseInstitution: "Lembaga pendidikan kilat",
	PlaceOnline:                 "Daring",
	PlaceOther:                  "Lainnya",
	PlaceUnknown:                "Tidak diketahui",
}

// Label is the Indonesian text of the value.
func (v IncidentPlace) Label() string { return incidentPlaceLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v IncidentPlace) Valid() bool { return incidentPlaceLabels.has(v) }

// RiskSign: sign of danger to life or health.
type RiskSign string

const (
	SignThreatToKill     RiskSign = "THREAT_TO_KILL"
	SignWeapon           RiskSign = "WEAPON"
	SignStrangulation    RiskSign = "STRANGULATION"
	SignEscalation       RiskSign = "ESCALATION"
	SignForcedSex        RiskSign = "FORCED_SEX"
	SignPregnancy        RiskSign = "PREGNANCY"
	SignChildHarmed      RiskSign = "CHILD_HARMED"
	SignControlledAccess RiskSign = "CONTROLLED_ACCESS"
	SignLeaving          RiskSign = "LEAVING"
	SignSuicidality      RiskSign = "SUICIDALITY"
	SignSubstanceUse     RiskSign = "SUBSTANCE_USE"
	SignOwnFear          RiskSign = "OWN_FEAR"
)

var riskSignLabels = labels[RiskSign]{
	SignThreatToKill:     "Ancaman membunuh",
	SignWeapon:           "Senjata",
	SignStrangulation:    "Pencekikan",
	SignEscalation:       "Makin sering/berat",
	SignForcedSex:        "Pemaksaan hubungan seksual",
	SignPregnancy:        "Kekerasan saat hamil",
	SignChildHarmed:      "Anak ikut disakiti",
	SignControlledAccess: "Terlapor serumah/menguasai akses",
	SignLeaving:          "Baru atau akan berpisah",
	SignSuicidality:      "Keinginan bunuh diri",
	SignSubstanceUse:     "Terlapor pengguna zat",
	SignOwnFear:          "Korban sangat takut",
}

// Label is the Indonesian text of the value.
func (v RiskSign) Label() string { return riskSignLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v RiskSign) Valid() bool { return riskSignLabels.has(v) }

// RiskLevel: risk level, set by the worker; nothing computes it.
type RiskLevel string

const (
	RiskHigh        RiskLevel = "HIGH"
	RiskMedium      RiskLevel = "MEDIUM"
	RiskLow         RiskLevel = "LOW"
	RiskNotAssessed RiskLevel = "NOT_ASSESSED"
)

var riskLevelLabels = labels[RiskLevel]{
	RiskHigh:        "Tinggi",
	RiskMedium:      "Sedang",
	RiskLow:         "Rendah",
	RiskNotAssessed: "Belum dinilai",
}

// Label is the Indonesian text of the value.
func (v RiskLevel) Label() string { return riskLevelLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v RiskLevel) Valid() bool { return riskLevelLabels.has(v) }

// LegalStatus: a step of police, court or protection order; the newest by date is the status of the case.
type LegalStatus string

const (
	LegalNone             LegalStatus = "NONE"
	LegalReportedToPolice LegalStatus = "REPORTED_TO_POLICE"
	LegalProtectionOrder  LegalStatus = "PROTECTION_ORDER"
	LegalInvestigation    LegalStatus = "INVESTIGATION"
	LegalProsecution      LegalStatus = "PROSECUTION"
	LegalTrial            LegalStatus = "TRIAL"
	LegalVerdict          LegalStatus = "VERDICT"
	LegalWithdrawn        LegalStatus = "WITHDRAWN"
)

var legalStatusLabels = labels[LegalStatus]{
	LegalNone:             "Tidak ada",
	LegalReportedToPolice: "Laporan polisi",
	LegalProtectionOrder:  "Perintah perlindungan",
	LegalInvestigation:    "Penyidikan",
	LegalProsecution:      "Penuntutan",
	LegalTrial:            "Persidangan",
	LegalVerdict:          "Putusan",
	LegalWithdrawn:        "Laporan dicabut",
}

// Label is the Indonesian text of the value.
func (v LegalStatus) Label() string { return legalStatusLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v LegalStatus) Valid() bool { return legalStatusLabels.has(v) }
