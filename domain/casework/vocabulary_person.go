package casework

// Sex: sex of a person. Source: civil registry.
type Sex string

const (
	Male       Sex = "MALE"
	Female     Sex = "FEMALE"
	SexUnknown Sex = "UNKNOWN"
)

var sexLabels = labels[Sex]{
	Male:       "Laki-laki",
	Female:     "Perempuan",
	SexUnknown: "Tidak diketahui",
}

// Label is the Indonesian text of the value.
func (v Sex) Label() string { return sexLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Sex) Valid() bool { return sexLabels.has(v) }

// NameKind: kind of a name.
type NameKind string

const (
	NameNamed          NameKind = "NAMED"
	NameUnnamedNewborn NameKind = "UNNAMED_NEWBORN"
)

var nameKindLabels = labels[NameKind]{
	NameNamed:          "Bernama",
	NameUnnamedNewborn: "Bayi belum bernama",
}

// Label is the Indonesian text of the value.
func (v NameKind) Label() string { return nameKindLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v NameKind) Valid() bool { return nameKindLabels.has(v) }

// IdentifierType: type of an identifier.
type IdentifierType string

const (
	IDNIK       IdentifierType = "NIK"
	IDKK        IdentifierType = "KK"
	IDMotherNIK IdentifierType = "MOTHER_NIK"
	IDBPJS      IdentifierType = "BPJS"
	IDIHS       IdentifierType = "IHS"
	IDPassport  IdentifierType = "PASSPORT"
	IDLocal     IdentifierType = "LOCAL"
)

var identifierTypeLabels = labels[IdentifierType]{
	IDNIK:       "NIK",
	IDKK:        "Nomor KK",
	IDMotherNIK: "NIK ibu",
	IDBPJS:      "Nomor BPJS",
	IDIHS:       "Nomor SATUSEHAT",
	IDPassport:  "Paspor",
	IDLocal:     "Nomor lokal",
}

// Label is the Indonesian text of the value.
func (v IdentifierType) Label() string { return identifierTypeLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v IdentifierType) Valid() bool { return identifierTypeLabels.has(v) }

// Verification: how well an identifier is known.
type Verification string

const (
	Stated            Verification = "STATED"
	DocumentSeen      Verification = "DOCUMENT_SEEN"
	RegistryConfirmed Verification = "REGISTRY_CONFIRMED"
)

var verificationLabels = labels[Verification]{
	Stated:            "Disebutkan",
	DocumentSeen:      "Dokumen dilihat",
	RegistryConfirmed: "Dikonfirmasi Disdukcapil",
}

// Label is the Indonesian text of the value.
func (v Verification) Label() string { return verificationLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Verification) Valid() bool { return verificationLabels.has(v) }

// NIKAbsence: why there is no NIK.
type NIKAbsence string

const (
	NIKNotIssued NIKAbsence = "NOT_ISSUED"
	NIKNotShown  NIKAbsence = "NOT_SHOWN"
	NIKNotAsked  NIKAbsence = "NOT_ASKED"
)

var nikAbsenceLabels = labels[NIKAbsence]{
	NIKNotIssued: "Belum punya",
	NIKNotShown:  "Tidak dibawa",
	NIKNotAsked:  "Tidak ditanyakan",
}

// Label is the Indonesian text of the value.
func (v NIKAbsence) Label() string { return nikAbsenceLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v NIKAbsence) Valid() bool { return nikAbsenceLabels.has(v) }

// Relation: what the alleged perpetrator is to the victim.
type Relation string

const (
	RelationHusband            Relation = "HUSBAND"
	RelationWife               Relation = "WIFE"
	RelationUnregisteredSpouse Relation = "UNREGISTERED_SPOUSE"
	RelationExSpouse           Relation = "EX_SPOUSE"
	RelationFather             Relation = "FATHER"
	RelationMother             Relation = "MOTHER"
	RelationStepParent         Relation = "STEP_PARENT"
	RelationAdoptiveParent     Relation = "ADOPTIVE_PARENT"
	RelationChild              Relation = "CHILD"
	RelationSibling            Relation = "SIBLING"
	RelationGrandparent        Relation = "GRANDPARENT"
	RelationInLaw              Relation = "IN_LAW"
	RelationOtherRelative      Relation = "OTHER_RELATIVE"
	RelationGuardian           Relation = "GUARDIAN"
	RelationEmployer           Relation = "EMPLOYER"
	RelationDomesticWorker     Relation = "DOMESTIC_WORKER"
	RelationNeighbor           Relation = "NEIGHBOR"
	RelationPartnerOrFriend    Relation = "PARTNER_OR_FRIEND"
	RelationTeacher            Relation = "TEACHER"
	RelationCoworker           Relation = "COWORKER"
	RelationOther              Relation = "OTHER"
	RelationUnknown            Relation = "UNKNOWN"
)

var relationLabels = labels[Relation]{
	RelationHusband:            "Suami",
	RelationWife:               "Istri",
	RelationUnregisteredSpouse: "Pasangan nikah siri",
	RelationExSpouse:           "Mantan suami/istri",
	RelationFather:             "Ayah",
	RelationMother:             "Ibu",
	RelationStepParent:         "Orang tua tiri",
	RelationAdoptiveParent:     "Orang tua angkat",
	RelationChild:              "Anak",
	RelationSibling:            "Saudara kandung",
	RelationGrandparent:        "Kakek/nenek",
	RelationInLaw:              "Mertua/ipar",
	RelationOtherRelative:      "Kerabat lain",
	RelationGuardian:           "Wali/pengasuh",
	RelationEmployer:           "Majikan",
	RelationDomesticWorker:     "Pekerja rumah tangga",
	RelationNeighbor:           "Tetangga",
	RelationPartnerOrFriend:    "Pacar/teman",
	RelationTeacher:            "Guru",
	RelationCoworker:           "Rekan kerja",
	RelationOther:              "Lainnya",
	RelationUnknown:            "Tidak diketahui",
}

// Label is the Indonesian text of the value.
func (v Relation) Label() string { return relationLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Relation) Valid() bool { return relationLabels.has(v) }

// HouseholdRole: what a member is in a household.
type HouseholdRole string

const (
	HouseholdHead           HouseholdRole = "HEAD"
	HouseholdSpouse         HouseholdRole = "SPOUSE"
	HouseholdChild          HouseholdRole = "CHILD"
	HouseholdParent         HouseholdRole = "PARENT"
	HouseholdOtherRelative  HouseholdRole = "OTHER_RELATIVE"
	HouseholdDomesticWorker HouseholdRole = "DOMESTIC_WORKER"
	HouseholdOther          HouseholdRole = "OTHER"
)

var householdRoleLabels = labels[HouseholdRole]{
	HouseholdHead:           "Kepala keluarga",
	HouseholdSpouse:         "Suami/istri",
	HouseholdChild:          "Anak",
	HouseholdParent:         "Orang tua",
	HouseholdOtherRelative:  "Kerabat lain",
	HouseholdDomesticWorker: "Pekerja rumah tangga",
	HouseholdOther:          "Lainnya",
}

// Label is the Indonesian text of the value.
func (v HouseholdRole) Label() string { return householdRoleLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v HouseholdRole) Valid() bool { return householdRoleLabels.has(v) }

// FamilyCardReason: why a household has a new family card (KK).
type FamilyCardReason string

const (
	CardFirst      FamilyCardReason = "FIRST"
	CardMarriage   FamilyCardReason = "MARRIAGE"
	CardDivorce    FamilyCardReason = "DIVORCE"
	CardMove       FamilyCardReason = "MOVE"
	CardReissued   FamilyCardReason = "REISSUED"
	CardCorrection FamilyCardReason = "CORRECTION"
)

var familyCardReasonLabels = labels[FamilyCardReason]{
	CardFirst:      "Kartu pertama yang diketahui",
	CardMarriage:   "Perkawinan",
	CardDivorce:    "Perceraian",
	CardMove:       "Pindah",
	CardReissued:   "Diterbitkan ulang",
	CardCorrection: "Koreksi",
}

// Label is the Indonesian text of the value.
func (v FamilyCardReason) Label() string { return familyCardReasonLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v FamilyCardReason) Valid() bool { return familyCardReasonLabels.has(v) }
