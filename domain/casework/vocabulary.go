package casework

// Vocabularies: identifiers are the same in Go, SQL and the contract; the label is the only Indonesian text of a value.

type labels[T comparable] map[T]string

func (l labels[T]) has(v T) bool {
	_, ok := l[v]
	return ok
}

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

// ReferralState: state of a leg (design: referral 2).
type ReferralState string

const (
	Sent         ReferralState = "SENT"
	Acknowledged ReferralState = "ACKNOWLEDGED"
	NeedsInfo    ReferralState = "NEEDS_INFO"
	Accepted     ReferralState = "ACCEPTED"
	InService    ReferralState = "IN_SERVICE"
	Reported     ReferralState = "REPORTED"
	Declined     ReferralState = "DECLINED"
	Forwarded    ReferralState = "FORWARDED"
	Closed       ReferralState = "CLOSED"
	Cancelled    ReferralState = "CANCELLED"
)

var referralStateLabels = labels[ReferralState]{
	Sent:         "Dikirim",
	Acknowledged: "Sudah dibaca",
	NeedsInfo:    "Perlu informasi",
	Accepted:     "Diterima",
	InService:    "Ditangani",
	Reported:     "Hasil dilaporkan",
	Declined:     "Ditolak",
	Forwarded:    "Dirujuk lanjut",
	Closed:       "Selesai",
	Cancelled:    "Dibatalkan",
}

// Label is the Indonesian text of the value.
func (v ReferralState) Label() string { return referralStateLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ReferralState) Valid() bool { return referralStateLabels.has(v) }

// ReferralServiceType: service asked of a receiver (design: domain 4).
type ReferralServiceType string

const (
	ServiceComplaintHandling     ReferralServiceType = "COMPLAINT_HANDLING"
	ServiceOutreach              ReferralServiceType = "OUTREACH"
	ServiceCaseManagement        ReferralServiceType = "CASE_MANAGEMENT"
	ServiceTemporaryShelter      ReferralServiceType = "TEMPORARY_SHELTER"
	ServiceMediation             ReferralServiceType = "MEDIATION"
	ServiceVictimAccompaniment   ReferralServiceType = "VICTIM_ACCOMPANIMENT"
	ServicePsychologicalSupport  ReferralServiceType = "PSYCHOLOGICAL_SUPPORT"
	ServiceMedicalCare           ReferralServiceType = "MEDICAL_CARE"
	ServiceForensicExam          ReferralServiceType = "FORENSIC_EXAM"
	ServiceLegalAid              ReferralServiceType = "LEGAL_AID"
	ServiceLawEnforcement        ReferralServiceType = "LAW_ENFORCEMENT"
	ServiceSocialRehabilitation  ReferralServiceType = "SOCIAL_REHABILITATION"
	ServiceSocialReintegration   ReferralServiceType = "SOCIAL_REINTEGRATION"
	ServiceRepatriation          ReferralServiceType = "REPATRIATION"
	ServiceReligiousCounseling   ReferralServiceType = "RELIGIOUS_COUNSELING"
	ServiceNutritionConfirmation ReferralServiceType = "NUTRITION_CONFIRMATION"
	ServiceNutritionTreatment    ReferralServiceType = "NUTRITION_TREATMENT"
	ServiceSpecialistPediatric   ReferralServiceType = "SPECIALIST_PEDIATRIC"
	ServiceGrowthFollowUp        ReferralServiceType = "GROWTH_FOLLOW_UP"
	ServiceFamilyAccompaniment   ReferralServiceType = "FAMILY_ACCOMPANIMENT"
	ServiceSocialAssistance      ReferralServiceType = "SOCIAL_ASSISTANCE"
	ServiceEconomicEmpowerment   ReferralServiceType = "ECONOMIC_EMPOWERMENT"
	ServiceWaterSanitation       ReferralServiceType = "WATER_SANITATION"
	ServiceCivilRegistration     ReferralServiceType = "CIVIL_REGISTRATION"
	ServiceChildEducation        ReferralServiceType = "CHILD_EDUCATION"
	ServicePremaritalScreening   ReferralServiceType = "PREMARITAL_SCREENING"
	ServiceParentingCounseling   ReferralServiceType = "PARENTING_COUNSELING"
	ServiceHealthInsurance       ReferralServiceType = "HEALTH_INSURANCE"
	ServiceFoodAid               ReferralServiceType = "FOOD_AID"
	ServiceHousing               ReferralServiceType = "HOUSING"
)

var referralServiceTypeLabels = labels[ReferralServiceType]{
	ServiceComplaintHandling:     "Pengaduan",
	ServiceOutreach:              "Penjangkauan korban",
	ServiceCaseManagement:        "Pengelolaan kasus",
	ServiceTemporaryShelter:      "Penampungan sementara",
	ServiceMediation:             "Mediasi",
	ServiceVictimAccompaniment:   "Pendampingan korban",
	ServicePsychologicalSupport:  "Penguatan psikologis",
	ServiceMedicalCare:           "Pelayanan kesehatan",
	ServiceForensicExam:          "Visum et repertum",
	ServiceLegalAid:              "Bantuan hukum",
	ServiceLawEnforcement:        "Penegakan hukum",
	ServiceSocialRehabilitation:  "Rehabilitasi sosial",
	ServiceSocialReintegration:   "Reintegrasi sosial",
	ServiceRepatriation:          "Pemulangan",
	ServiceReligiousCounseling:   "Pendampingan tokoh agama",
	ServiceNutritionConfirmation: "Konfirmasi status gizi",
	ServiceNutritionTreatment:    "Tata laksana gizi",
	ServiceSpecialistPediatric:   "Rujukan dokter spesialis anak",
	ServiceGrowthFollowUp:        "Pemantauan pertumbuhan lanjutan (rujuk balik)",
	ServiceFamilyAccompaniment:   "Pendampingan keluarga",
	ServiceSocialAssistance:      "Bantuan sosial",
	ServiceEconomicEmpowerment:   "Pemberdayaan ekonomi",
	ServiceWaterSanitation:       "Air minum dan sanitasi",
	ServiceCivilRegistration:     "Administrasi kependudukan",
	ServiceChildEducation:        "Layanan pendidikan",
	ServicePremaritalScreening:   "Skrining calon pengantin",
	ServiceParentingCounseling:   "Konseling keluarga",
	ServiceHealthInsurance:       "Kepesertaan JKN",
	ServiceFoodAid:               "Bantuan pangan",
	ServiceHousing:               "Rumah layak huni",
}

// Label is the Indonesian text of the value.
func (v ReferralServiceType) Label() string { return referralServiceTypeLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ReferralServiceType) Valid() bool { return referralServiceTypeLabels.has(v) }

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

// ProgressKind: what the officer of a leg records.
type ProgressKind string

const (
	ProgressContactAttempt ProgressKind = "CONTACT_ATTEMPT"
	ProgressWaitlisted     ProgressKind = "WAITLISTED"
	ProgressScheduled      ProgressKind = "SCHEDULED"
	ProgressNoShow         ProgressKind = "NO_SHOW"
	ProgressServed         ProgressKind = "SERVED"
	ProgressNote           ProgressKind = "NOTE"
)

var progressKindLabels = labels[ProgressKind]{
	ProgressContactAttempt: "Upaya menghubungi",
	ProgressWaitlisted:     "Daftar tunggu",
	ProgressScheduled:      "Terjadwal",
	ProgressNoShow:         "Tidak hadir",
	ProgressServed:         "Dilayani",
	ProgressNote:           "Catatan",
}

// Label is the Indonesian text of the value.
func (v ProgressKind) Label() string { return progressKindLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ProgressKind) Valid() bool { return progressKindLabels.has(v) }

// ContactChannel: how a client was, or may be, contacted.
type ContactChannel string

const (
	ByInPerson   ContactChannel = "IN_PERSON"
	ByPhone      ContactChannel = "PHONE"
	ByMessage    ContactChannel = "MESSAGE"
	ByVisit      ContactChannel = "VISIT"
	ByThirdParty ContactChannel = "THIRD_PARTY"
)

var contactChannelLabels = labels[ContactChannel]{
	ByInPerson:   "Tatap muka",
	ByPhone:      "Telepon",
	ByMessage:    "Pesan",
	ByVisit:      "Kunjungan rumah",
	ByThirdParty: "Melalui pihak lain",
}

// Label is the Indonesian text of the value.
func (v ContactChannel) Label() string { return contactChannelLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ContactChannel) Valid() bool { return contactChannelLabels.has(v) }

// Outcome: outcome of a leg.
type Outcome string

const (
	OutcomeFull    Outcome = "FULL"
	OutcomePartial Outcome = "PARTIAL"
	OutcomeNone    Outcome = "NONE"
)

var outcomeLabels = labels[Outcome]{
	OutcomeFull:    "Terlayani penuh",
	OutcomePartial: "Terlayani sebagian",
	OutcomeNone:    "Tidak terlayani",
}

// Label is the Indonesian text of the value.
func (v Outcome) Label() string { return outcomeLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Outcome) Valid() bool { return outcomeLabels.has(v) }

// DeclineReason: why a receiver declines.
type DeclineReason string

const (
	DeclineNoCapacity         DeclineReason = "NO_CAPACITY"
	DeclineOutOfArea          DeclineReason = "OUT_OF_AREA"
	DeclineOutOfAuthority     DeclineReason = "OUT_OF_AUTHORITY"
	DeclineNotEligible        DeclineReason = "NOT_ELIGIBLE"
	DeclineDuplicate          DeclineReason = "DUPLICATE"
	DeclineConflictOfInterest DeclineReason = "CONFLICT_OF_INTEREST"
	DeclineSafety             DeclineReason = "SAFETY"
	DeclineInfoMissing        DeclineReason = "INFO_MISSING"
	DeclineClientDeclined     DeclineReason = "CLIENT_DECLINED"
	DeclineOther              DeclineReason = "OTHER"
	DeclineNoResponse         DeclineReason = "NO_RESPONSE"
)

var declineReasonLabels = labels[DeclineReason]{
	DeclineNoCapacity:         "Kapasitas penuh",
	DeclineOutOfArea:          "Di luar wilayah",
	DeclineOutOfAuthority:     "Di luar kewenangan",
	DeclineNotEligible:        "Tidak memenuhi syarat",
	DeclineDuplicate:          "Ganda",
	DeclineConflictOfInterest: "Benturan kepentingan",
	DeclineSafety:             "Alasan keselamatan",
	DeclineInfoMissing:        "Data tidak lengkap",
	DeclineClientDeclined:     "Klien menolak",
	DeclineOther:              "Lainnya",
	DeclineNoResponse:         "Tidak ada jawaban",
}

// Label is the Indonesian text of the value.
func (v DeclineReason) Label() string { return declineReasonLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v DeclineReason) Valid() bool { return declineReasonLabels.has(v) }

// OutcomeReason: why an outcome is not FULL.
type OutcomeReason string

const (
	BecauseClientUnreachable  OutcomeReason = "CLIENT_UNREACHABLE"
	BecauseClientDeclined     OutcomeReason = "CLIENT_DECLINED"
	BecauseNotEligible        OutcomeReason = "NOT_ELIGIBLE"
	BecauseServedElsewhere    OutcomeReason = "SERVED_ELSEWHERE"
	BecauseServiceUnavailable OutcomeReason = "SERVICE_UNAVAILABLE"
	BecauseMoved              OutcomeReason = "MOVED"
	BecauseDeceased           OutcomeReason = "DECEASED"
)

var outcomeReasonLabels = labels[OutcomeReason]{
	BecauseClientUnreachable:  "Tidak dapat dihubungi",
	BecauseClientDeclined:     "Klien menolak",
	BecauseNotEligible:        "Tidak memenuhi syarat",
	BecauseServedElsewhere:    "Dilayani pihak lain",
	BecauseServiceUnavailable: "Layanan tidak tersedia",
	BecauseMoved:              "Pindah wilayah",
	BecauseDeceased:           "Meninggal",
}

// Label is the Indonesian text of the value.
func (v OutcomeReason) Label() string { return outcomeReasonLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v OutcomeReason) Valid() bool { return outcomeReasonLabels.has(v) }

// CancelReason: why a sender cancels.
type CancelReason string

const (
	CancelClientRequest    CancelReason = "CLIENT_REQUEST"
	CancelNoLongerNeeded   CancelReason = "NO_LONGER_NEEDED"
	CancelServedElsewhere  CancelReason = "SERVED_ELSEWHERE"
	CancelNoAlternative    CancelReason = "NO_ALTERNATIVE"
	CancelDuplicate        CancelReason = "DUPLICATE"
	CancelSafety           CancelReason = "SAFETY"
	CancelEnteredInError   CancelReason = "ENTERED_IN_ERROR"
	CancelConsentWithdrawn CancelReason = "CONSENT_WITHDRAWN"
)

var cancelReasonLabels = labels[CancelReason]{
	CancelClientRequest:    "Permintaan klien",
	CancelNoLongerNeeded:   "Tidak diperlukan lagi",
	CancelServedElsewhere:  "Dilayani pihak lain",
	CancelNoAlternative:    "Tidak ada unit lain",
	CancelDuplicate:        "Ganda",
	CancelSafety:           "Alasan keselamatan",
	CancelEnteredInError:   "Salah input",
	CancelConsentWithdrawn: "Persetujuan dicabut",
}

// Label is the Indonesian text of the value.
func (v CancelReason) Label() string { return cancelReasonLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v CancelReason) Valid() bool { return cancelReasonLabels.has(v) }

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

// Capacity: how much room a unit has for a service in an area.
type Capacity string

const (
	CapacityOpen     Capacity = "OPEN"
	CapacityLimited  Capacity = "LIMITED"
	CapacityWaitlist Capacity = "WAITLIST"
	CapacityFull     Capacity = "FULL"
	CapacityUnknown  Capacity = "UNKNOWN"
)

var capacityLabels = labels[Capacity]{
	CapacityOpen:     "Tersedia",
	CapacityLimited:  "Terbatas",
	CapacityWaitlist: "Daftar tunggu",
	CapacityFull:     "Penuh",
	CapacityUnknown:  "Tidak diketahui",
}

// Label is the Indonesian text of the value.
func (v Capacity) Label() string { return capacityLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v Capacity) Valid() bool { return capacityLabels.has(v) }

// SuggestionReason: why a unit is suggested as receiver.
type SuggestionReason string

const (
	WhyOffersService    SuggestionReason = "OFFERS_SERVICE"
	WhyCoversVillage    SuggestionReason = "COVERS_VILLAGE"
	WhyCoversDistrict   SuggestionReason = "COVERS_DISTRICT"
	WhyCoversRegency    SuggestionReason = "COVERS_REGENCY"
	WhyCapacityOpen     SuggestionReason = "CAPACITY_OPEN"
	WhyCapacityLimited  SuggestionReason = "CAPACITY_LIMITED"
	WhyCapacityWaitlist SuggestionReason = "CAPACITY_WAITLIST"
	WhyCapacityFull     SuggestionReason = "CAPACITY_FULL"
	WhyCapacityUnknown  SuggestionReason = "CAPACITY_UNKNOWN"
	WhyOpenNow          SuggestionReason = "OPEN_NOW"
	WhyDeclinedBefore   SuggestionReason = "DECLINED_BEFORE"
	WhyInside           SuggestionReason = "INSIDE"
)

var suggestionReasonLabels = labels[SuggestionReason]{
	WhyOffersService:    "Menyediakan layanan",
	WhyCoversVillage:    "Melayani desa klien",
	WhyCoversDistrict:   "Melayani kecamatan klien",
	WhyCoversRegency:    "Melayani seluruh kabupaten",
	WhyCapacityOpen:     "Kapasitas tersedia",
	WhyCapacityLimited:  "Kapasitas terbatas",
	WhyCapacityWaitlist: "Ada daftar tunggu",
	WhyCapacityFull:     "Kapasitas penuh",
	WhyCapacityUnknown:  "Kapasitas tidak diketahui",
	WhyOpenNow:          "Buka sekarang",
	WhyDeclinedBefore:   "Pernah menolak rujukan ini",
	WhyInside:           "Satu register: tidak menjadi rujukan",
}

// Label is the Indonesian text of the value.
func (v SuggestionReason) Label() string { return suggestionReasonLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v SuggestionReason) Valid() bool { return suggestionReasonLabels.has(v) }

// ExclusionReason: why a unit is not suggested.
type ExclusionReason string

const (
	NotServiceNotOffered ExclusionReason = "SERVICE_NOT_OFFERED"
	NotAreaNotCovered    ExclusionReason = "AREA_NOT_COVERED"
	NotInactive          ExclusionReason = "INACTIVE"
	NotIsSender          ExclusionReason = "IS_SENDER"
	NotOpenLegExists     ExclusionReason = "OPEN_LEG_EXISTS"
	NotUnavailable       ExclusionReason = "UNAVAILABLE"
)

var exclusionReasonLabels = labels[ExclusionReason]{
	NotServiceNotOffered: "Layanan tidak tersedia",
	NotAreaNotCovered:    "Di luar wilayah layanan",
	NotInactive:          "Unit tidak aktif",
	NotIsSender:          "Unit pengirim",
	NotOpenLegExists:     "Sudah ada rujukan terbuka",
	NotUnavailable:       "Tidak dapat menerima saat ini",
}

// Label is the Indonesian text of the value.
func (v ExclusionReason) Label() string { return exclusionReasonLabels[v] }

// Valid tells whether the value is of the vocabulary.
func (v ExclusionReason) Valid() bool { return exclusionReasonLabels.has(v) }

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
