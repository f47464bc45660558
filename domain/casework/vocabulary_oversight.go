package casework

// NoticeKind: what a notice says. It never says about whom.
type NoticeKind string

const (
	NoticeDutyLate          NoticeKind = "DUTY_LATE"
	NoticeLegChanged        NoticeKind = "LEG_CHANGED"
	NoticeLegArrived        NoticeKind = "LEG_ARRIVED"
	NoticeReminder          NoticeKind = "REMINDER"
	NoticeAssigned          NoticeKind = "ASSIGNED"
	NoticeConsentEnded      NoticeKind = "CONSENT_ENDED"
	NoticeConsentEnding     NoticeKind = "CONSENT_ENDING"
	NoticeException         NoticeKind = "EXCEPTION"
	NoticeReviewDue         NoticeKind = "REVIEW_DUE"
	NoticeReviewDecided     NoticeKind = "REVIEW_DECIDED"
	NoticeGlassOpened       NoticeKind = "GLASS_OPENED"
	NoticeBlockedAttempt    NoticeKind = "BLOCKED_ATTEMPT"
	NoticeApprovalDue       NoticeKind = "APPROVAL_DUE"
	NoticeApprovalDecided   NoticeKind = "APPROVAL_DECIDED"
	NoticeLimitReached      NoticeKind = "LIMIT_REACHED"
	NoticeMembershipPending NoticeKind = "MEMBERSHIP_PENDING"
	NoticeAccountChanged    NoticeKind = "ACCOUNT_CHANGED"
	NoticeWitnessSilent     NoticeKind = "WITNESS_SILENT"
	NoticeProtectionChanged NoticeKind = "PROTECTION_CHANGED"
	NoticeLinkConfirmed     NoticeKind = "LINK_CONFIRMED"
)

var noticeKindLabels = labels[NoticeKind]{
	NoticeDutyLate:          "Tugas melewati tenggat",
	NoticeLegChanged:        "Rujukan berubah",
	NoticeLegArrived:        "Rujukan baru",
	NoticeReminder:          "Diingatkan unit pengawas",
	NoticeAssigned:          "Kasus ditugaskan",
	NoticeConsentEnded:      "Persetujuan berakhir",
	NoticeConsentEnding:     "Persetujuan akan berakhir",
	NoticeException:         "Pengecualian dicatat",
	NoticeReviewDue:         "Telaah menunggu",
	NoticeReviewDecided:     "Telaah diputuskan",
	NoticeGlassOpened:       "Kasus dibuka darurat",
	NoticeBlockedAttempt:    "Akun yang diblokir mencoba membuka kasus",
	NoticeApprovalDue:       "Menunggu orang kedua",
	NoticeApprovalDecided:   "Orang kedua sudah memutuskan",
	NoticeLimitReached:      "Batas terlampaui",
	NoticeMembershipPending: "Peran menunggu persetujuan",
	NoticeAccountChanged:    "Akun unit berubah",
	NoticeWitnessSilent:     "Saksi jurnal diam",
	NoticeProtectionChanged: "Perlindungan kasus berubah",
	NoticeLinkConfirmed:     "Orang yang sama dikonfirmasi",
}

// Label is the Indonesian text of the value.
func (v NoticeKind) Label() string { return noticeKindLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v NoticeKind) Valid() bool { return noticeKindLabels.has(v) }

// ReviewKind: what a reviewer looks at.
type ReviewKind string

const (
	ReviewException  ReviewKind = "EXCEPTION"
	ReviewWithdrawal ReviewKind = "WITHDRAWAL"
	ReviewGlass      ReviewKind = "GLASS"
	ReviewLink       ReviewKind = "LINK"
)

var reviewKindLabels = labels[ReviewKind]{
	ReviewException:  "Pengecualian",
	ReviewWithdrawal: "Pencabutan dengan pengecualian",
	ReviewGlass:      "Buka darurat",
	ReviewLink:       "Mungkin orang yang sama",
}

// Label is the Indonesian text of the value.
func (v ReviewKind) Label() string { return reviewKindLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ReviewKind) Valid() bool { return reviewKindLabels.has(v) }

// ReviewOutcome: what a review found.
type ReviewOutcome string

const (
	ReviewFounded   ReviewOutcome = "FOUNDED"
	ReviewUnfounded ReviewOutcome = "UNFOUNDED"
)

var reviewOutcomeLabels = labels[ReviewOutcome]{
	ReviewFounded:   "Beralasan",
	ReviewUnfounded: "Tidak beralasan",
}

// Label is the Indonesian text of the value.
func (v ReviewOutcome) Label() string { return reviewOutcomeLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ReviewOutcome) Valid() bool { return reviewOutcomeLabels.has(v) }

// GlassCode: what kind of emergency opens the glass.
type GlassCode string

const (
	GlassImminentDanger   GlassCode = "IMMINENT_DANGER"
	GlassChildInDanger    GlassCode = "CHILD_IN_DANGER"
	GlassMedicalEmergency GlassCode = "MEDICAL_EMERGENCY"
)

var glassCodeLabels = labels[GlassCode]{
	GlassImminentDanger:   "Nyawa terancam",
	GlassChildInDanger:    "Anak dalam bahaya",
	GlassMedicalEmergency: "Gawat darurat medis",
}

// Label is the Indonesian text of the value.
func (v GlassCode) Label() string { return glassCodeLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v GlassCode) Valid() bool { return glassCodeLabels.has(v) }

// ApprovalState: what became of an act that waits for a second person.
type ApprovalState string

const (
	ApprovalWaiting  ApprovalState = "WAITING"
	ApprovalApproved ApprovalState = "APPROVED"
	ApprovalRefused  ApprovalState = "REFUSED"
	ApprovalLapsed   ApprovalState = "LAPSED"
)

var approvalStateLabels = labels[ApprovalState]{
	ApprovalWaiting:  "Menunggu",
	ApprovalApproved: "Disetujui",
	ApprovalRefused:  "Ditolak",
	ApprovalLapsed:   "Lewat waktu",
}

// Label is the Indonesian text of the value.
func (v ApprovalState) Label() string { return approvalStateLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ApprovalState) Valid() bool { return approvalStateLabels.has(v) }

// CopyRequester: who asks for the copy of a case.
type CopyRequester string

const (
	CopyForSubject  CopyRequester = "SUBJECT"
	CopyForGuardian CopyRequester = "GUARDIAN"
)

var copyRequesterLabels = labels[CopyRequester]{
	CopyForSubject:  "Klien sendiri",
	CopyForGuardian: "Wali",
}

// Label is the Indonesian text of the value.
func (v CopyRequester) Label() string { return copyRequesterLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v CopyRequester) Valid() bool { return copyRequesterLabels.has(v) }

// LinkRelation: what two records have to do with each other.
type LinkRelation string

const (
	SamePerson    LinkRelation = "SAME_PERSON"
	SameHousehold LinkRelation = "SAME_HOUSEHOLD"
)

var linkRelationLabels = labels[LinkRelation]{
	SamePerson:    "Orang yang sama",
	SameHousehold: "Serumah",
}

// Label is the Indonesian text of the value.
func (v LinkRelation) Label() string { return linkRelationLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v LinkRelation) Valid() bool { return linkRelationLabels.has(v) }

// LinkBasis: what the word of whoever confirms a link rests on.
type LinkBasis string

const (
	LinkDocumentSeen LinkBasis = "DOCUMENT_SEEN"
	LinkAskedPerson  LinkBasis = "ASKED_PERSON"
	LinkHomeVisit    LinkBasis = "HOME_VISIT"
	LinkNIKVerified  LinkBasis = "NIK_VERIFIED"
)

var linkBasisLabels = labels[LinkBasis]{
	LinkDocumentSeen: "Dokumen dilihat",
	LinkAskedPerson:  "Ditanyakan kepada klien",
	LinkHomeVisit:    "Kunjungan rumah",
	LinkNIKVerified:  "NIK diverifikasi",
}

// Label is the Indonesian text of the value.
func (v LinkBasis) Label() string { return linkBasisLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v LinkBasis) Valid() bool { return linkBasisLabels.has(v) }

// LinkRejection: why a pair is none.
type LinkRejection string

const (
	LinkDifferentPerson LinkRejection = "DIFFERENT_PERSON"
	LinkTwin            LinkRejection = "TWIN"
	LinkOtherHousehold  LinkRejection = "OTHER_HOUSEHOLD"
	LinkDataWrong       LinkRejection = "DATA_WRONG"
	LinkNotSure         LinkRejection = "NOT_SURE"
)

var linkRejectionLabels = labels[LinkRejection]{
	LinkDifferentPerson: "Orang lain",
	LinkTwin:            "Kembar",
	LinkOtherHousehold:  "Rumah tangga lain",
	LinkDataWrong:       "Data salah",
	LinkNotSure:         "Belum tahu",
}

// Label is the Indonesian text of the value.
func (v LinkRejection) Label() string { return linkRejectionLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v LinkRejection) Valid() bool { return linkRejectionLabels.has(v) }

// LinkState: what became of a pair.
type LinkState string

const (
	LinkSentToReview LinkState = "SENT_TO_REVIEW"
	LinkConfirmed    LinkState = "CONFIRMED"
	LinkRejected     LinkState = "REJECTED"
	LinkUndone       LinkState = "UNDONE"
)

var linkStateLabels = labels[LinkState]{
	LinkSentToReview: "Menunggu telaah",
	LinkConfirmed:    "Sama",
	LinkRejected:     "Beda",
	LinkUndone:       "Dibatalkan",
}

// Label is the Indonesian text of the value.
func (v LinkState) Label() string { return linkStateLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v LinkState) Valid() bool { return linkStateLabels.has(v) }
