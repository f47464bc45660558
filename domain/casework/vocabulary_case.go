package casework

// CaseType: type of a case (design: domain 1).
type CaseType string

const (
	DomesticViolence   CaseType = "DOMESTIC_VIOLENCE"
	ChildViolence      CaseType = "CHILD_VIOLENCE"
	WomanViolence      CaseType = "WOMAN_VIOLENCE"
	ChildStunting      CaseType = "CHILD_STUNTING"
	ChildNutritionRisk CaseType = "CHILD_NUTRITION_RISK"
	FamilyStuntingRisk CaseType = "FAMILY_STUNTING_RISK"
	GrowthMonitoring   CaseType = "GROWTH_MONITORING"
)

var caseTypeLabels = labels[CaseType]{
	DomesticViolence:   "KDRT",
	ChildViolence:      "Kekerasan terhadap anak",
	WomanViolence:      "Kekerasan terhadap perempuan, bukan KDRT",
	ChildStunting:      "Balita stunting",
	ChildNutritionRisk: "Balita bermasalah gizi",
	FamilyStuntingRisk: "Keluarga berisiko stunting",
	GrowthMonitoring:   "Pemantauan pertumbuhan",
}

// Label is the Indonesian text of the value.
func (v CaseType) Label() string { return caseTypeLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v CaseType) Valid() bool { return caseTypeLabels.has(v) }

// CaseStatus: status of a case; the label is that of a violence case.
type CaseStatus string

const (
	StatusReported   CaseStatus = "REPORTED"
	StatusScreening  CaseStatus = "SCREENING"
	StatusAssessment CaseStatus = "ASSESSMENT"
	StatusPlanning   CaseStatus = "PLANNING"
	StatusInService  CaseStatus = "IN_SERVICE"
	StatusMonitoring CaseStatus = "MONITORING"
	StatusClosed     CaseStatus = "CLOSED"
)

var caseStatusLabels = labels[CaseStatus]{
	StatusReported:   "Pengaduan diterima",
	StatusScreening:  "Identifikasi",
	StatusAssessment: "Asesmen biopsikososial",
	StatusPlanning:   "Rencana intervensi layanan",
	StatusInService:  "Pelaksanaan layanan",
	StatusMonitoring: "Pemantauan dan evaluasi",
	StatusClosed:     "Terminasi",
}

// Label is the Indonesian text of the value.
func (v CaseStatus) Label() string { return caseStatusLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v CaseStatus) Valid() bool { return caseStatusLabels.has(v) }

// Level: confidentiality of a case.
type Level string

const (
	L1 Level = "L1"
	L2 Level = "L2"
	L3 Level = "L3"
)

var levelLabels = labels[Level]{
	L1: "Biasa",
	L2: "Terbatas",
	L3: "Sangat terbatas",
}

// Label is the Indonesian text of the value.
func (v Level) Label() string { return levelLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Level) Valid() bool { return levelLabels.has(v) }

// Urgency: urgency of a leg; chosen by the sender, fixed for the leg.
type Urgency string

const (
	Emergency Urgency = "EMERGENCY"
	Urgent    Urgency = "URGENT"
	Routine   Urgency = "ROUTINE"
)

var urgencyLabels = labels[Urgency]{
	Emergency: "Gawat darurat",
	Urgent:    "Segera",
	Routine:   "Biasa",
}

// Label is the Indonesian text of the value.
func (v Urgency) Label() string { return urgencyLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Urgency) Valid() bool { return urgencyLabels.has(v) }

// DutyKind: what a duty is owed on.
type DutyKind string

const (
	OnLeg        DutyKind = "LEG"
	OnCase       DutyKind = "CASE"
	OnTask       DutyKind = "TASK"
	OnReview     DutyKind = "REVIEW"
	OnDisclosure DutyKind = "DISCLOSURE_EXPIRY"
	OnApproval   DutyKind = "APPROVAL"
)

var dutyKindLabels = labels[DutyKind]{
	OnLeg:        "Rujukan",
	OnCase:       "Kasus",
	OnTask:       "Tugas",
	OnReview:     "Telaah",
	OnDisclosure: "Persetujuan berakhir",
	OnApproval:   "Persetujuan kedua",
}

// Label is the Indonesian text of the value.
func (v DutyKind) Label() string { return dutyKindLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v DutyKind) Valid() bool { return dutyKindLabels.has(v) }

// DutyName: what is awaited now.
type DutyName string

const (
	DutyAcknowledge      DutyName = "ACKNOWLEDGE"
	DutyDecide           DutyName = "DECIDE"
	DutyFirstService     DutyName = "FIRST_SERVICE"
	DutyReview           DutyName = "REVIEW"
	DutyAttend           DutyName = "ATTEND"
	DutyRecontact        DutyName = "RECONTACT"
	DutyNote             DutyName = "NOTE"
	DutyConfirm          DutyName = "CONFIRM"
	DutyReroute          DutyName = "REROUTE"
	DutyScreen           DutyName = "SCREEN"
	DutyAssess           DutyName = "ASSESS"
	DutyPlan             DutyName = "PLAN"
	DutyStart            DutyName = "START"
	DutyFollowUp         DutyName = "FOLLOW_UP"
	DutyAnswer           DutyName = "ANSWER"
	DutyRiskReview       DutyName = "RISK_REVIEW"
	DutyPoliceReport     DutyName = "POLICE_REPORT"
	DutyChildAbuseReport DutyName = "CHILD_ABUSE_REPORT"
	DutyTask             DutyName = "TASK"
	DutyReviewException  DutyName = "REVIEW_EXCEPTION"
	DutyRenewConsent     DutyName = "RENEW_CONSENT"
	DutyReviewGlass      DutyName = "REVIEW_GLASS"
	DutyApprove          DutyName = "APPROVE"
	DutyAnswerGlass      DutyName = "ANSWER_GLASS"
	DutyReviewLink       DutyName = "REVIEW_LINK"
)

var dutyNameLabels = labels[DutyName]{
	DutyAcknowledge:      "Tandai dibaca",
	DutyDecide:           "Putuskan",
	DutyFirstService:     "Layanan pertama",
	DutyReview:           "Tinjau daftar tunggu",
	DutyAttend:           "Hadir pada janji",
	DutyRecontact:        "Hubungi kembali",
	DutyNote:             "Catat perkembangan",
	DutyConfirm:          "Konfirmasi hasil",
	DutyReroute:          "Rujuk ke unit lain",
	DutyScreen:           "Identifikasi",
	DutyAssess:           "Asesmen",
	DutyPlan:             "Susun rencana",
	DutyStart:            "Mulai layanan",
	DutyFollowUp:         "Tindak lanjut",
	DutyAnswer:           "Jawab pertanyaan",
	DutyRiskReview:       "Nilai ulang risiko",
	DutyPoliceReport:     "Laporkan ke polisi",
	DutyChildAbuseReport: "Laporkan dugaan kekerasan pada anak",
	DutyTask:             "Tugas",
	DutyReviewException:  "Telaah pengecualian",
	DutyRenewConsent:     "Perbarui persetujuan",
	DutyReviewGlass:      "Telaah buka darurat",
	DutyApprove:          "Setujui atau tolak",
	DutyAnswerGlass:      "Jelaskan buka darurat",
	DutyReviewLink:       "Telaah orang yang sama",
}

// Label is the Indonesian text of the value.
func (v DutyName) Label() string { return dutyNameLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v DutyName) Valid() bool { return dutyNameLabels.has(v) }

// IntakeChannel: how a case came in.
type IntakeChannel string

const (
	IntakeInPerson      IntakeChannel = "IN_PERSON"
	IntakePhone         IntakeChannel = "PHONE"
	IntakeMessage       IntakeChannel = "MESSAGE"
	IntakeLetter        IntakeChannel = "LETTER"
	IntakeThirdParty    IntakeChannel = "THIRD_PARTY"
	IntakeOutreach      IntakeChannel = "OUTREACH"
	IntakeReferral      IntakeChannel = "REFERRAL"
	IntakeHandover      IntakeChannel = "HANDOVER"
	IntakeSAPA129       IntakeChannel = "SAPA_129"
	IntakeGrowthSession IntakeChannel = "GROWTH_SESSION"
	IntakeFileImport    IntakeChannel = "FILE_IMPORT"
)

var intakeChannelLabels = labels[IntakeChannel]{
	IntakeInPerson:      "Datang langsung",
	IntakePhone:         "Telepon",
	IntakeMessage:       "WhatsApp/pesan",
	IntakeLetter:        "Surat/e-mail",
	IntakeThirdParty:    "Pihak lain",
	IntakeOutreach:      "Penjangkauan",
	IntakeReferral:      "Rujukan",
	IntakeHandover:      "Pelimpahan",
	IntakeSAPA129:       "SAPA 129",
	IntakeGrowthSession: "Penimbangan",
	IntakeFileImport:    "Impor berkas",
}

// Label is the Indonesian text of the value.
func (v IntakeChannel) Label() string { return intakeChannelLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v IntakeChannel) Valid() bool { return intakeChannelLabels.has(v) }

// ClosureReason: why a case was closed.
type ClosureReason string

const (
	ClosureGoalsMet          ClosureReason = "GOALS_MET"
	ClosureRecovered         ClosureReason = "RECOVERED"
	ClosureAgedOut           ClosureReason = "AGED_OUT"
	ClosureClientRequest     ClosureReason = "CLIENT_REQUEST"
	ClosureUnreachable       ClosureReason = "UNREACHABLE"
	ClosureMoved             ClosureReason = "MOVED"
	ClosureHandedOver        ClosureReason = "HANDED_OVER"
	ClosureLegalProcessEnded ClosureReason = "LEGAL_PROCESS_ENDED"
	ClosureNotSubstantiated  ClosureReason = "NOT_SUBSTANTIATED"
	ClosureDeceased          ClosureReason = "DECEASED"
	ClosureDuplicate         ClosureReason = "DUPLICATE"
	ClosureEnteredInError    ClosureReason = "ENTERED_IN_ERROR"
)

var closureReasonLabels = labels[ClosureReason]{
	ClosureGoalsMet:          "Tujuan layanan tercapai",
	ClosureRecovered:         "Status gizi membaik",
	ClosureAgedOut:           "Usia di atas 59 bulan",
	ClosureClientRequest:     "Permintaan klien",
	ClosureUnreachable:       "Tidak dapat dihubungi",
	ClosureMoved:             "Pindah wilayah",
	ClosureHandedOver:        "Dilimpahkan",
	ClosureLegalProcessEnded: "Proses hukum selesai",
	ClosureNotSubstantiated:  "Tidak terbukti / bukan kasus",
	ClosureDeceased:          "Meninggal",
	ClosureDuplicate:         "Data ganda",
	ClosureEnteredInError:    "Salah input",
}

// Label is the Indonesian text of the value.
func (v ClosureReason) Label() string { return closureReasonLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ClosureReason) Valid() bool { return closureReasonLabels.has(v) }

// NoteKind: what a note on a case records.
type NoteKind string

const (
	NoteNote           NoteKind = "NOTE"
	NoteService        NoteKind = "SERVICE"
	NoteContactAttempt NoteKind = "CONTACT_ATTEMPT"
	NoteSafetyCheck    NoteKind = "SAFETY_CHECK"
	NoteScreening      NoteKind = "SCREENING"
	NoteAssessment     NoteKind = "ASSESSMENT"
	NotePlan           NoteKind = "PLAN"
)

var noteKindLabels = labels[NoteKind]{
	NoteNote:           "Catatan",
	NoteService:        "Layanan diberikan",
	NoteContactAttempt: "Upaya menghubungi",
	NoteSafetyCheck:    "Pemeriksaan keamanan",
	NoteScreening:      "Hasil identifikasi",
	NoteAssessment:     "Hasil asesmen",
	NotePlan:           "Rencana layanan",
}

// Label is the Indonesian text of the value.
func (v NoteKind) Label() string { return noteKindLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v NoteKind) Valid() bool { return noteKindLabels.has(v) }

// TaskLabel: what a task of a case is.
type TaskLabel string

const (
	TaskInsideService    TaskLabel = "INSIDE_SERVICE"
	TaskAskedAgain       TaskLabel = "ASKED_AGAIN"
	TaskPoliceReport     TaskLabel = "POLICE_REPORT"
	TaskChildAbuseReport TaskLabel = "CHILD_ABUSE_REPORT"
	TaskRiskReview       TaskLabel = "RISK_REVIEW"
	TaskSkippedScreen    TaskLabel = "SKIPPED_SCREEN"
	TaskSkippedAssess    TaskLabel = "SKIPPED_ASSESS"
	TaskSkippedPlan      TaskLabel = "SKIPPED_PLAN"
	TaskByHand           TaskLabel = "BY_HAND"
)

var taskLabelLabels = labels[TaskLabel]{
	TaskInsideService:    "Layanan di dalam register",
	TaskAskedAgain:       "Layanan diminta lagi",
	TaskPoliceReport:     "Laporan polisi 3x24 jam",
	TaskChildAbuseReport: "Laporan dugaan kekerasan pada anak",
	TaskRiskReview:       "Nilai ulang risiko",
	TaskSkippedScreen:    "Identifikasi yang dilewati",
	TaskSkippedAssess:    "Asesmen yang dilewati",
	TaskSkippedPlan:      "Rencana yang dilewati",
	TaskByHand:           "Tugas petugas",
}

// Label is the Indonesian text of the value.
func (v TaskLabel) Label() string { return taskLabelLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v TaskLabel) Valid() bool { return taskLabelLabels.has(v) }

// TaskState: state of a task.
type TaskState string

const (
	TaskOpen   TaskState = "OPEN"
	TaskDone   TaskState = "DONE"
	TaskNotDue TaskState = "NOT_DUE"
)

var taskStateLabels = labels[TaskState]{
	TaskOpen:   "Terbuka",
	TaskDone:   "Selesai",
	TaskNotDue: "Tidak diperlukan",
}

// Label is the Indonesian text of the value.
func (v TaskState) Label() string { return taskStateLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v TaskState) Valid() bool { return taskStateLabels.has(v) }

// StuntingDiagnosis: a hospital worker's word on a low length for age.
type StuntingDiagnosis string

const (
	DiagnosisNotExamined StuntingDiagnosis = "NOT_EXAMINED"
	DiagnosisConfirmed   StuntingDiagnosis = "CONFIRMED"
	DiagnosisOtherCause  StuntingDiagnosis = "OTHER_CAUSE"
)

var stuntingDiagnosisLabels = labels[StuntingDiagnosis]{
	DiagnosisNotExamined: "Belum diperiksa",
	DiagnosisConfirmed:   "Stunting",
	DiagnosisOtherCause:  "Perawakan pendek, sebab lain",
}

// Label is the Indonesian text of the value.
func (v StuntingDiagnosis) Label() string { return stuntingDiagnosisLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v StuntingDiagnosis) Valid() bool { return stuntingDiagnosisLabels.has(v) }

// TimelineKind: what an entry of a timeline is.
type TimelineKind string

const (
	TimelineEvent       TimelineKind = "EVENT"
	TimelineReferral    TimelineKind = "REFERRAL"
	TimelineNote        TimelineKind = "NOTE"
	TimelineIncident    TimelineKind = "INCIDENT"
	TimelineMeasurement TimelineKind = "MEASUREMENT"
	TimelineTask        TimelineKind = "TASK"
	TimelineLegalStep   TimelineKind = "LEGAL_STEP"
	TimelineDisclosure  TimelineKind = "DISCLOSURE"
	TimelineAssignment  TimelineKind = "ASSIGNMENT"
)

var timelineKindLabels = labels[TimelineKind]{
	TimelineEvent:       "Perubahan status",
	TimelineReferral:    "Rujukan",
	TimelineNote:        "Catatan",
	TimelineIncident:    "Kejadian",
	TimelineMeasurement: "Pengukuran",
	TimelineTask:        "Tugas",
	TimelineLegalStep:   "Langkah hukum",
	TimelineDisclosure:  "Persetujuan",
	TimelineAssignment:  "Penugasan",
}

// Label is the Indonesian text of the value.
func (v TimelineKind) Label() string { return timelineKindLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v TimelineKind) Valid() bool { return timelineKindLabels.has(v) }
