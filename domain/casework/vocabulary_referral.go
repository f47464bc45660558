package casework

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
