package casework

// Vocabularies: identifiers are the same in Go, SQL and the contract; the label is the only Indonesian text of a value. Those of persons, cases,
// referrals, consent, violence and oversight have files of their own.

type labels[T comparable] map[T]string

func (l labels[T]) has(v T) bool {
	_, ok := l[v]
	return ok
}

// Role: role of a membership (design: access).
type Role string

const (
	RoleIntake     Role = "INTAKE"
	RoleWorker     Role = "WORKER"
	RoleSupervisor Role = "SUPERVISOR"
	RoleStats      Role = "STATS"
	RoleReviewer   Role = "REVIEWER"
	RoleAuditor    Role = "AUDITOR"
	RoleAdmin      Role = "ADMIN"
	RoleApp        Role = "APP"
)

var roleLabels = labels[Role]{
	RoleIntake:     "Penerima laporan",
	RoleWorker:     "Pekerja sosial",
	RoleSupervisor: "Koordinator",
	RoleStats:      "Statistik",
	RoleReviewer:   "Penelaah",
	RoleAuditor:    "Auditor",
	RoleAdmin:      "Pengelola",
	RoleApp:        "Aplikasi",
}

// Label is the Indonesian text of the value.
func (v Role) Label() string { return roleLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Role) Valid() bool { return roleLabels.has(v) }

// Sector: sector of a unit.
type Sector string

const (
	SectorHealth               Sector = "HEALTH"
	SectorSocial               Sector = "SOCIAL"
	SectorWomenChildProtection Sector = "WOMEN_CHILD_PROTECTION"
	SectorPopulationFamily     Sector = "POPULATION_FAMILY"
	SectorLawJustice           Sector = "LAW_JUSTICE"
	SectorEducation            Sector = "EDUCATION"
	SectorReligion             Sector = "RELIGION"
	SectorCivilRegistry        Sector = "CIVIL_REGISTRY"
	SectorVillageGovernment    Sector = "VILLAGE_GOVERNMENT"
	SectorPlanning             Sector = "PLANNING"
	SectorCivilSociety         Sector = "CIVIL_SOCIETY"
)

var sectorLabels = labels[Sector]{
	SectorHealth:               "Kesehatan",
	SectorSocial:               "Sosial",
	SectorWomenChildProtection: "Perlindungan perempuan dan anak",
	SectorPopulationFamily:     "Pengendalian penduduk dan KB",
	SectorLawJustice:           "Penegakan hukum",
	SectorEducation:            "Pendidikan",
	SectorReligion:             "Keagamaan",
	SectorCivilRegistry:        "Kependudukan",
	SectorVillageGovernment:    "Pemerintahan desa",
	SectorPlanning:             "Perencanaan",
	SectorCivilSociety:         "Masyarakat sipil",
}

// Label is the Indonesian text of the value.
func (v Sector) Label() string { return sectorLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Sector) Valid() bool { return sectorLabels.has(v) }

// UnitType: type of a unit.
type UnitType string

const (
	UnitHealthOffice           UnitType = "HEALTH_OFFICE"
	UnitHealthCenter           UnitType = "HEALTH_CENTER"
	UnitAuxHealthCenter        UnitType = "AUX_HEALTH_CENTER"
	UnitIntegratedHealthPost   UnitType = "INTEGRATED_HEALTH_POST"
	UnitHospital               UnitType = "HOSPITAL"
	UnitSocialOffice           UnitType = "SOCIAL_OFFICE"
	UnitPKHTeam                UnitType = "PKH_TEAM"
	UnitSocialWorkerDistrict   UnitType = "SOCIAL_WORKER_DISTRICT"
	UnitSocialServicePost      UnitType = "SOCIAL_SERVICE_POST"
	UnitWomenChildOffice       UnitType = "WOMEN_CHILD_OFFICE"
	UnitPPAServiceUnit         UnitType = "PPA_SERVICE_UNIT"
	UnitPolicePPA              UnitType = "POLICE_PPA"
	UnitProsecutor             UnitType = "PROSECUTOR"
	UnitCourt                  UnitType = "COURT"
	UnitNGOLegalAid            UnitType = "NGO_LEGAL_AID"
	UnitReligiousAffairsOffice UnitType = "RELIGIOUS_AFFAIRS_OFFICE"
	UnitFamilyCompanionTeam    UnitType = "FAMILY_COMPANION_TEAM"
	UnitPKK                    UnitType = "PKK"
	UnitEducationOffice        UnitType = "EDUCATION_OFFICE"
	UnitCivilRegistryOffice    UnitType = "CIVIL_REGISTRY_OFFICE"
	UnitDistrict               UnitType = "DISTRICT"
	UnitVillage                UnitType = "VILLAGE"
	UnitPuspaga                UnitType = "PUSPAGA"
	UnitVillageTaskForce       UnitType = "VILLAGE_TASK_FORCE"
	UnitHotline                UnitType = "HOTLINE"
	UnitFamilyPlanningPost     UnitType = "FAMILY_PLANNING_POST"
	UnitStuntingTeam           UnitType = "STUNTING_TEAM"
	UnitSchool                 UnitType = "SCHOOL"
	UnitPrivateClinic          UnitType = "PRIVATE_CLINIC"
	UnitSocialCenter           UnitType = "SOCIAL_CENTER"
	UnitVictimAgency           UnitType = "VICTIM_AGENCY"
	UnitPlanningAgency         UnitType = "PLANNING_AGENCY"
)

var unitTypeLabels = labels[UnitType]{
	UnitHealthOffice:           "Dinas Kesehatan",
	UnitHealthCenter:           "Puskesmas",
	UnitAuxHealthCenter:        "Pustu, Poskesdes",
	UnitIntegratedHealthPost:   "Posyandu",
	UnitHospital:               "Rumah sakit",
	UnitSocialOffice:           "Dinas Sosial",
	UnitPKHTeam:                "Pendamping PKH",
	UnitSocialWorkerDistrict:   "TKSK",
	UnitSocialServicePost:      "Puskesos/SLRT",
	UnitWomenChildOffice:       "DP3AP2KB",
	UnitPPAServiceUnit:         "UPTD PPA",
	UnitPolicePPA:              "Unit/Satuan PPA Polres",
	UnitProsecutor:             "Kejaksaan",
	UnitCourt:                  "Pengadilan",
	UnitNGOLegalAid:            "LBH/LSM",
	UnitReligiousAffairsOffice: "KUA",
	UnitFamilyCompanionTeam:    "Tim Pendamping Keluarga",
	UnitPKK:                    "TP PKK",
	UnitEducationOffice:        "Dinas Pendidikan",
	UnitCivilRegistryOffice:    "Disdukcapil",
	UnitDistrict:               "Kecamatan",
	UnitVillage:                "Desa/Kelurahan",
	UnitPuspaga:                "PUSPAGA",
	UnitVillageTaskForce:       "Satgas PPA desa",
	UnitHotline:                "SAPA 129, call center 112",
	UnitFamilyPlanningPost:     "Balai KB/PLKB",
	UnitStuntingTeam:           "TP3S",
	UnitSchool:                 "Sekolah",
	UnitPrivateClinic:          "Praktik bidan/klinik",
	UnitSocialCenter:           "Sentra Kemensos",
	UnitVictimAgency:           "LPSK",
	UnitPlanningAgency:         "Bappeda",
}

// Label is the Indonesian text of the value.
func (v UnitType) Label() string { return unitTypeLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v UnitType) Valid() bool { return unitTypeLabels.has(v) }

// Channel: how a unit works with Sinergi.
type Channel string

const (
	ChannelOnline Channel = "ONLINE"
	ChannelLetter Channel = "LETTER"
)

var channelLabels = labels[Channel]{
	ChannelOnline: "Daring",
	ChannelLetter: "Lewat surat",
}

// Label is the Indonesian text of the value.
func (v Channel) Label() string { return channelLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Channel) Valid() bool { return channelLabels.has(v) }

// AccountKind: what an account is of.
type AccountKind string

const (
	AccountPerson AccountKind = "PERSON"
	AccountApp    AccountKind = "APP"
)

var accountKindLabels = labels[AccountKind]{
	AccountPerson: "Orang",
	AccountApp:    "Aplikasi",
}

// Label is the Indonesian text of the value.
func (v AccountKind) Label() string { return accountKindLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v AccountKind) Valid() bool { return accountKindLabels.has(v) }
