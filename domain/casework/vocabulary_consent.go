package casework

// BasisKind: basis on which a receiver may read (design: access).
type BasisKind string

const (
	BasisConsent BasisKind = "CONSENT"
	BasisCare    BasisKind = "CARE"
	BasisX1      BasisKind = "X1"
	BasisX2      BasisKind = "X2"
	BasisX3      BasisKind = "X3"
)

var basisKindLabels = labels[BasisKind]{
	BasisConsent: "Persetujuan",
	BasisCare:    "Rantai layanan kesehatan",
	BasisX1:      "Bahaya segera bagi jiwa",
	BasisX2:      "Kewajiban perlindungan anak",
	BasisX3:      "Perintah tertulis pihak berwenang",
}

// Label is the Indonesian text of the value.
func (v BasisKind) Label() string { return basisKindLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v BasisKind) Valid() bool { return basisKindLabels.has(v) }

// ConsentGiver: who gave a consent.
type ConsentGiver string

const (
	GiverSelf      ConsentGiver = "SELF"
	GiverGuardian  ConsentGiver = "GUARDIAN"
	GiverAuthority ConsentGiver = "AUTHORITY"
)

var consentGiverLabels = labels[ConsentGiver]{
	GiverSelf:      "Klien sendiri",
	GiverGuardian:  "Wali",
	GiverAuthority: "Pihak berwenang",
}

// Label is the Indonesian text of the value.
func (v ConsentGiver) Label() string { return consentGiverLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ConsentGiver) Valid() bool { return consentGiverLabels.has(v) }

// ConsentMethod: how a consent was given.
type ConsentMethod string

const (
	MethodWritten  ConsentMethod = "WRITTEN"
	MethodSpoken   ConsentMethod = "SPOKEN"
	MethodAssisted ConsentMethod = "ASSISTED"
)

var consentMethodLabels = labels[ConsentMethod]{
	MethodWritten:  "Tertulis",
	MethodSpoken:   "Lisan",
	MethodAssisted: "Dengan bantuan",
}

// Label is the Indonesian text of the value.
func (v ConsentMethod) Label() string { return consentMethodLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ConsentMethod) Valid() bool { return consentMethodLabels.has(v) }

// YesNo: an answer that may be unknown.
type YesNo string

const (
	Yes     YesNo = "YES"
	No      YesNo = "NO"
	Unknown YesNo = "UNKNOWN"
)

var yesNoLabels = labels[YesNo]{
	Yes:     "Ya",
	No:      "Tidak",
	Unknown: "Tidak diketahui",
}

// Label is the Indonesian text of the value.
func (v YesNo) Label() string { return yesNoLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v YesNo) Valid() bool { return yesNoLabels.has(v) }

// InfoQuestion: what a receiver asks before it decides. Codes, so that nothing about the client travels in a question.
type InfoQuestion string

const (
	AskAgeOrSex        InfoQuestion = "AGE_OR_SEX"
	AskArea            InfoQuestion = "AREA"
	AskNeed            InfoQuestion = "NEED"
	AskUrgency         InfoQuestion = "URGENCY"
	AskSafety          InfoQuestion = "SAFETY"
	AskContact         InfoQuestion = "CONTACT"
	AskConsent         InfoQuestion = "CONSENT"
	AskDocuments       InfoQuestion = "DOCUMENTS"
	AskPreviousService InfoQuestion = "PREVIOUS_SERVICE"
	AskCompanion       InfoQuestion = "COMPANION"
	AskChildren        InfoQuestion = "CHILDREN"
	AskDisability      InfoQuestion = "DISABILITY"
	AskOther           InfoQuestion = "OTHER"
)

var infoQuestionLabels = labels[InfoQuestion]{
	AskAgeOrSex:        "Umur atau jenis kelamin klien",
	AskArea:            "Wilayah tinggal",
	AskNeed:            "Kebutuhan yang diminta",
	AskUrgency:         "Alasan tingkat segera",
	AskSafety:          "Keamanan klien sekarang",
	AskContact:         "Cara aman menghubungi",
	AskConsent:         "Cakupan persetujuan",
	AskDocuments:       "Dokumen yang ada",
	AskPreviousService: "Layanan sebelumnya",
	AskCompanion:       "Pendamping dan transportasi",
	AskChildren:        "Anak yang ikut",
	AskDisability:      "Kebutuhan disabilitas",
	AskOther:           "Lainnya",
}

// Label is the Indonesian text of the value.
func (v InfoQuestion) Label() string { return infoQuestionLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v InfoQuestion) Valid() bool { return infoQuestionLabels.has(v) }

// HeardBy: how the return unit heard what a unit without accounts says.
type HeardBy string

const (
	HeardByPhone  HeardBy = "PHONE"
	HeardByLetter HeardBy = "LETTER"
	HeardByVisit  HeardBy = "VISIT"
)

var heardByLabels = labels[HeardBy]{
	HeardByPhone:  "Telepon",
	HeardByLetter: "Surat",
	HeardByVisit:  "Kunjungan",
}

// Label is the Indonesian text of the value.
func (v HeardBy) Label() string { return heardByLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v HeardBy) Valid() bool { return heardByLabels.has(v) }

// ServiceConsentAnswer: the client's yes or no to be served. Not a disclosure.
type ServiceConsentAnswer string

const (
	ServiceGiven     ServiceConsentAnswer = "GIVEN"
	ServiceRefused   ServiceConsentAnswer = "REFUSED"
	ServiceWithdrawn ServiceConsentAnswer = "WITHDRAWN"
	ServiceNotAsked  ServiceConsentAnswer = "NOT_ASKED"
)

var serviceConsentAnswerLabels = labels[ServiceConsentAnswer]{
	ServiceGiven:     "Setuju",
	ServiceRefused:   "Menolak",
	ServiceWithdrawn: "Dicabut",
	ServiceNotAsked:  "Belum ditanyakan",
}

// Label is the Indonesian text of the value.
func (v ServiceConsentAnswer) Label() string { return serviceConsentAnswerLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ServiceConsentAnswer) Valid() bool { return serviceConsentAnswerLabels.has(v) }
