package statistics

import (
	"slices"
)

// Indicator is one figure of section 3: what it divides by what. All are defined here and nowhere else.
type Indicator struct {
	ID          string
	Label       string // Indonesian
	LabelEN     string
	Unit        string // satuan: korban, persen, jam …
	Numerator   string // English, as the design says it
	Denominator string
	Basis       string // the date by which a row belongs to a period
	By          string // what it is split by besides the table's axes: duty, level and duty, reason; empty: nothing
	Released    bool   // may stand in a release; else live only
}

const (
	byRegistration = "registration"
	byLast         = "last measurement"
	bySent         = "sent"
	byRoot         = "root sent"
)

// Indicators are in the order in which a table lists them; new ones only at the end.
var Indicators = []Indicator{
	{
		ID: "kdrt_victims", Label: "Korban KDRT", LabelEN: "Victims of domestic violence", Unit: "korban",
		Numerator: "victims, first KDRT case of the year", Basis: byRegistration, Released: true,
	},
	{
		ID: "kdrt_share_child", Label: "Korban anak", LabelEN: "Child victims", Unit: "persen", Numerator: "victims 0–17",
		Denominator: "all victims with known age", Basis: byRegistration, Released: true,
	},
	{
		ID: "stunted_pct", Label: "Pendek + sangat pendek", LabelEN: "Stunted", Unit: "persen", Numerator: "children TB/U < -2 SD",
		Denominator: "children with a plausible TB/U", Basis: byLast, Released: true,
	},
	{
		ID: "severely_stunted_pct", Label: "Sangat pendek", LabelEN: "Severely stunted", Unit: "persen", Numerator: "TB/U < -3 SD",
		Denominator: "children with a plausible TB/U", Basis: byLast, Released: true,
	},
	{
		ID: "wasted_pct", Label: "Gizi kurang + gizi buruk", LabelEN: "Wasted", Unit: "persen", Numerator: "BB/TB < -2 SD",
		Denominator: "children with a plausible BB/TB", Basis: byLast, Released: true,
	},
	{
		ID: "severely_wasted_pct", Label: "Gizi buruk", LabelEN: "Severely wasted", Unit: "persen", Numerator: "BB/TB < -3 SD",
		Denominator: "children with a plausible BB/TB", Basis: byLast, Released: true,
	},
	{
		ID: "underweight_pct", Label: "BB kurang + sangat kurang", LabelEN: "Underweight", Unit: "persen", Numerator: "BB/U < -2 SD",
		Denominator: "children with a plausible BB/U", Basis: byLast, Released: true,
	},
	{
		ID: "not_gaining_pct", Label: "T", LabelEN: "Not gaining", Unit: "persen", Numerator: "last weighing T or 2T", Denominator: "N + T + 2T",
		Basis: byLast, Released: true,
	},
	{
		ID: "legs_sent", Label: "Rujukan dikirim", LabelEN: "Legs sent", Unit: "rujukan",
		Numerator: "legs sent in the period", Basis: bySent, Released: true,
	},
	{
		ID: "acknowledged_pct", Label: "Sudah dibaca", LabelEN: "Acknowledged", Unit: "persen", Numerator: "legs with that time by day 30",
		Denominator: "legs sent", Basis: bySent, Released: true,
	},
	{
		ID: "accepted_pct", Label: "Diterima", LabelEN: "Accepted", Unit: "persen",
		Numerator: "legs with that time by day 30", Denominator: "legs sent",
		Basis: bySent, Released: true,
	},
	{
		ID: "served_pct", Label: "Dilayani", LabelEN: "Served", Unit: "persen",
		Numerator: "chains with a SERVED by day 30", Denominator: "chains",
		Basis: byRoot, Released: true,
	},
	{
		ID: "closed_pct", Label: "Selesai", LabelEN: "Closed", Unit: "persen", Numerator: "chains CLOSED by day 30", Denominator: "chains",
		Basis: byRoot, Released: true,
	},
	{
		ID: "acceptance_pct", Label: "Tingkat penerimaan", LabelEN: "Acceptance", Unit: "persen", Numerator: "legs with accept_time",
		Denominator: "legs with accept, decline (any) or forward", Basis: bySent, Released: true,
	},
	{
		ID: "decision_hours", Label: "Jam sampai keputusan", LabelEN: "Hours to the decision", Unit: "jam",
		Numerator:   "first of accept, decline by a person, forward - sent; _median and _p90",
		Denominator: "legs; undecided ones rank last and stand beside it", Basis: bySent, Released: true,
	},
	{
		ID: "first_service_hours", Label: "Jam sampai layanan pertama", LabelEN: "Hours to the first service", Unit: "jam",
		Numerator:   "chain's first SERVED - root sent; _median and _p90",
		Denominator: "chains; unserved ones rank last and stand beside it", Basis: byRoot, Released: true,
	},
	{
		ID: "on_time_pct", Label: "Tepat waktu", LabelEN: "On time", Unit: "persen", Numerator: "spans of the duty that ended by their due time",
		Denominator: "spans ended, or due by day 30", Basis: bySent, By: "duty", Released: true,
	},
	{
		ID: "overdue_pct", Label: "Terlambat", LabelEN: "Overdue", Unit: "persen", Numerator: "legs that were ever past due by day 30",
		Denominator: "legs sent", Basis: bySent, Released: true,
	},
	{
		ID: "loop_closed_pct", Label: "Tuntas dua pihak", LabelEN: "Loop closed", Unit: "persen", Numerator: "CLOSED and confirmed",
		Denominator: "legs with accept_time", Basis: bySent, Released: true,
	},
	{
		ID: "unconfirmed_pct", Label: "Selesai tanpa konfirmasi", LabelEN: "Closed without confirmation", Unit: "persen",
		Numerator: "CLOSED and unconfirmed", Denominator: "legs with accept_time", Basis: bySent, Released: true,
	},
	{
		ID: "decline_share", Label: "Alasan penolakan", LabelEN: "Reasons for declining", Unit: "persen", Numerator: "declined with the reason",
		Denominator: "legs declined", Basis: bySent, By: "reason", Released: true,
	},
	{
		ID: "late_network_pct", Label: "Terlambat karena jaringan", LabelEN: "Late by the network", Unit: "persen",
		Numerator: "late spans in time by corrected occurred_time", Denominator: "late spans", Basis: bySent,
	},
	{
		ID: "escalated_pct", Label: "Naik tingkat", LabelEN: "Escalated", Unit: "persen",
		Numerator:   "legs that reached level 1, 2, 3, under the unit then accountable",
		Denominator: "legs sent", Basis: bySent, By: "level and duty",
	},
	{
		ID: "no_show_pct", Label: "Tidak hadir", LabelEN: "No show", Unit: "persen", Numerator: "legs with a NO_SHOW",
		Denominator: "legs with a SCHEDULED", Basis: bySent,
	},
	{
		ID: "lost_pct", Label: "Hilang kontak", LabelEN: "Lost", Unit: "persen", Numerator: "outcome NONE, CLIENT_UNREACHABLE",
		Denominator: "legs with accept_time", Basis: bySent,
	},
	{
		ID: "unmet_pct", Label: "Kebutuhan belum terpenuhi", LabelEN: "Unmet need", Unit: "persen",
		Numerator: "outcome PARTIAL or NONE, confirmed without follow_up_referral", Denominator: "legs with an outcome", Basis: bySent,
	},
	{
		ID: "consent_ended_pct", Label: "Persetujuan dicabut", LabelEN: "Consent withdrawn", Unit: "persen",
		Numerator: "CANCELLED, CONSENT_WITHDRAWN", Denominator: "legs sent", Basis: bySent,
	},
	{
		ID: "hops", Label: "Rujuk lanjut", LabelEN: "Handed on", Unit: "persen", Numerator: "chains by number of legs - 1", Denominator: "chains",
		Basis: byRoot, By: "number of legs - 1",
	},
	{
		ID: "letter_pct", Label: "Lewat surat", LabelEN: "By letter", Unit: "persen", Numerator: "legs whose receiver works by letter",
		Denominator: "legs sent", Basis: bySent,
	},
	{
		ID: "coverage_pct", Label: "Cakupan penimbangan (D/S)", LabelEN: "Coverage of weighing (D/S)", Unit: "persen",
		Numerator: "children weighed in the month", Denominator: "children registered", Basis: byLast,
	},
}

// FindIndicator is the indicator with an id.
func FindIndicator(id string) (Indicator, bool) {
	at := slices.IndexFunc(Indicators, func(i Indicator) bool { return i.ID == id })
	if at < 0 {
		return Indicator{}, false
	}
	return Indicators[at], true
}
