package statistics

import "slices"

// CatalogueVersion goes up with any change of a table, a dimension or a band. It stands in every release: a figure is read by the
// list it was drawn from.
const CatalogueVersion = "1"

// Kind is who a table is for (section 1).
type Kind string

// The kinds.
const (
	Live     Kind = "LIVE"     // one's own unit, exact, now
	OfOffice Kind = "OVERSEEN" // an office over the units below it, exact, this morning
	Released Kind = "RELEASED" // everybody, drawn once
)

// Noise is what stands between a cell and its reader.
type Noise string

// The kinds of noise.
const (
	Exact     Noise = "NONE"      // shown as it is: live, overseen; released only the regency's year of KDRT, from ten up
	Geometric Noise = "GEOMETRIC" // two-sided geometric, then 0–9 or the nearest 5
	Minimum   Noise = "MINIMUM"   // no noise; n below 10 is not shown, else the nearest 5: ordinary legs
)

// Unit is what a table counts.
type Unit struct{ ID, Label, LabelEN string }

// The units of count.
var (
	victims    = Unit{"VICTIM", "korban", "victims"}
	persons    = Unit{"PERSON", "orang", "persons"}
	children   = Unit{"CHILD", "anak", "children"}
	subjects   = Unit{"SUBJECT", "anak/keluarga", "children or families"}
	legs       = Unit{"LEG", "rujukan", "legs"}
	chains     = Unit{"CHAIN", "rantai rujukan", "chains"}
	casesUnit  = Unit{"CASE", "kasus", "cases"}
	forms      = Unit{"FORM", "bentuk kekerasan", "forms"}
	pairs      = Unit{"PAIR", "pasangan korban–terlapor", "pairs"}
	places     = Unit{"INCIDENT", "kejadian", "incidents"}
	services   = Unit{"SERVICE", "layanan", "services"}
	duties     = Unit{"DUTY", "tugas", "duties"}
	measurings = Unit{"MEASUREMENT", "pengukuran", "measurements"}
)

// Table is one table of the fixed list: a dataset that is released, a live table, or an office's.
type Table struct {
	ID      string
	Kind    Kind
	Label   string // Indonesian
	LabelEN string
	Axes    []Dimension // in the order of its cells, besides the period
	Unit    Unit
	Needs   RowKind
	Periods []PeriodKind // a release may have two: the quarters, and the year drawn from corrected data
	Side    Side         // whose persons it counts; empty: the caller's own rows, of both
	Noise   Noise
	Epsilon float64 // of one draw; 0 without noise
	Value   string  // indicator of a cell, in column indikator
	Shares  []ShareRule
	Legs    bool // carries the indicators of legs
	Public  bool // of the protected tables: may go to the open-data portal
	Sparse  bool // only cells that are not zero are listed: villages times units times categories are millions
	Overlap bool // cells are not a partition: one row may fall into several, as a duty that is late and awaits an answer

	count   func(*tally, *Rows)
	oversee func(*tally, *OverseenRows)
}

// ShareRule is a percentage that a table of one partition gives: of the cells whose item on an axis is one of Part, in those
// whose item is one of Whole.
type ShareRule struct {
	Indicator string
	Axis      int
	Part      []string
	Whole     []string
	Total     bool // only for the whole table
}

const epsilon = 0.5

// The list (sections 1 and 2). Order is that of ListDatasets; a table, a band or a dimension is only ever added at the end.
var released = []Table{
	{
		ID: "kdrt-year", Label: "Korban KDRT setahun", LabelEN: "Victims of domestic violence, year",
		Unit: victims, Needs: OfCases, Periods: []PeriodKind{Year}, Side: Protected, Noise: Exact, Value: "kdrt_victims", Public: true,
		count: countKDRT(),
	},
	{
		ID: "kdrt-month", Label: "Korban KDRT per bulan", LabelEN: "Victims of domestic violence, month",
		Unit: victims, Needs: OfCases, Periods: []PeriodKind{Month, Quarter}, Side: Protected, Noise: Geometric, Value: "kdrt_victims",
		count: countKDRT(),
	},
	{
		ID: "kdrt-kecamatan-year", Label: "Korban KDRT menurut kecamatan", LabelEN: "Victims of domestic violence by kecamatan",
		Axes: []Dimension{byKecamatan},
		Unit: victims, Needs: OfCases, Periods: []PeriodKind{Year}, Side: Protected, Noise: Geometric, Value: "kdrt_victims",
		count: countKDRT(func(c *Case) string { return c.Kecamatan }),
	},
	{
		ID: "kdrt-sex-age-year", Label: "Korban KDRT menurut jenis kelamin dan umur", LabelEN: "Victims of domestic violence by sex and age",
		Axes: []Dimension{bySex, byKDRTAge},
		Unit: victims, Needs: OfCases, Periods: []PeriodKind{Year}, Side: Protected, Noise: Geometric, Value: "kdrt_victims", Public: true,
		Shares: []ShareRule{{
			Indicator: "kdrt_share_child", Axis: 1, Total: true,
			Part: []string{"0-5", "6-17"}, Whole: []string{"0-5", "6-17", "18-24", "25-44", "45+"},
		}},
		count: countKDRT(sexOf, func(c *Case) string { return byKDRTAge.band(c.Age, c.AgeKnown) }),
	},
	{
		ID: "referral-protected-matrix-year", Label: "Rujukan terlindung antarsektor", LabelEN: "Protected referrals between sectors",
		Axes: []Dimension{fromSector, toSector},
		Unit: persons, Needs: OfLegs, Periods: []PeriodKind{Year}, Side: Protected, Noise: Geometric, Value: "persons",
		count: countProtectedChains(func(t *tally, c *chain) { t.add(c.root.SenderSector, c.root.ReceiverSector) }),
	},
	{
		ID: "referral-protected-outcome-year", Label: "Hasil rujukan terlindung", LabelEN: "Outcome of protected referrals",
		Axes: []Dimension{byOutcome},
		Unit: persons, Needs: OfLegs, Periods: []PeriodKind{Year}, Side: Protected, Noise: Geometric, Value: "persons",
		count: countProtectedChains(func(t *tally, c *chain) { t.add(c.outcome()) }),
	},
	{
		ID: "overlap-year", Label: "Korban KDRT dengan kasus gizi tertaut", LabelEN: "Victims of domestic violence with a linked nutrition case",
		Unit: victims, Needs: OfCases, Periods: []PeriodKind{Year}, Side: Protected, Noise: Geometric, Value: "overlap_victims",
		count: countOverlap,
	},
	childTable("stunting-kecamatan-quarter", "Status TB/U menurut kecamatan", "Height for age by kecamatan", "HFA", byHFA, byKecamatan),
	childTable("stunting-sex-age-quarter", "Status TB/U menurut jenis kelamin dan umur", "Height for age by sex and age", "HFA",
		byHFA, bySex, byChildAge),
	childTable("wasting-kecamatan-quarter", "Status BB/TB menurut kecamatan", "Weight for height by kecamatan", "WFH", byWFH, byKecamatan),
	childTable("wasting-sex-age-quarter", "Status BB/TB menurut jenis kelamin dan umur", "Weight for height by sex and age", "WFH",
		byWFH, bySex, byChildAge),
	childTable("underweight-kecamatan-quarter", "Status BB/U menurut kecamatan", "Weight for age by kecamatan", "WFA", byWFA, byKecamatan),
	childTable("weight-gain-kecamatan-quarter", "Kenaikan berat badan menurut kecamatan", "Weight gain by kecamatan", "TREND",
		byTrends, byKecamatan),
	{
		ID: "nutrition-new-month", Label: "Kasus gizi baru", LabelEN: "New nutrition cases", Axes: []Dimension{byNewCaseType},
		Unit: subjects, Needs: OfCases, Periods: []PeriodKind{Month}, Side: Ordinary, Noise: Geometric, Value: "new_cases",
		count: countNewNutrition,
	},
	{
		ID: "referral-ordinary-matrix-quarter", Label: "Rujukan biasa antarsektor", LabelEN: "Ordinary referrals between sectors",
		Axes: []Dimension{fromSector, toSector},
		Unit: legs, Needs: OfLegs, Periods: []PeriodKind{Quarter}, Side: Ordinary, Noise: Minimum, Value: "legs_sent", Legs: true,
		count: countOrdinary(func(l *Journey) []string { return []string{l.SenderSector, l.ReceiverSector} }),
	},
	{
		ID: "referral-ordinary-unit-quarter", Label: "Rujukan biasa menurut unit penerima", LabelEN: "Ordinary referrals by receiving unit",
		Axes: []Dimension{byUnit},
		Unit: legs, Needs: OfLegs, Periods: []PeriodKind{Quarter}, Side: Ordinary, Noise: Minimum, Value: "legs_sent", Legs: true,
		count: countOrdinary(func(l *Journey) []string { return []string{l.Receiver} }),
	},
	{
		ID: "referral-ordinary-decline-quarter", Label: "Alasan penolakan rujukan biasa", LabelEN: "Ordinary referrals declined, by reason",
		Axes: []Dimension{byDecline},
		Unit: legs, Needs: OfLegs, Periods: []PeriodKind{Quarter}, Side: Ordinary, Noise: Minimum, Value: "legs_declined",
		Shares: []ShareRule{{Indicator: "decline_share", Axis: 0}},
		count:  countDeclined,
	},
	{
		ID: "referral-ordinary-sex-quarter", Label: "Hasil rujukan biasa menurut jenis kelamin", LabelEN: "Outcome of ordinary referrals by sex",
		Axes: []Dimension{bySex, byOutcome},
		Unit: chains, Needs: OfLegs, Periods: []PeriodKind{Quarter}, Side: Ordinary, Noise: Minimum, Value: "chains",
		Shares: []ShareRule{
			{Indicator: "served_pct", Axis: 1, Part: []string{"SERVED_CLOSED", "SERVED_OPEN"}},
			{Indicator: "closed_pct", Axis: 1, Part: []string{"SERVED_CLOSED"}},
		},
		count: countOrdinaryChains,
	},
}

// childTable is a table of children by the last measurement of the quarter; its year is drawn again from corrected data.
func childTable(id, label, labelEN, index string, axes ...Dimension) Table {
	return Table{
		ID: id, Label: label, LabelEN: labelEN, Axes: axes,
		Unit: children, Needs: OfMeasurements, Periods: []PeriodKind{Quarter, Year}, Side: Ordinary, Noise: Geometric, Value: "children",
		Shares: prevalences[index],
		count:  func(t *tally, rows *Rows) { countChildren(t, rows.Measurements, index) },
	}
}

// prevalences are the shares of each index (section 3): of children with a plausible value, of trends among N, T and 2T.
var prevalences = map[string][]ShareRule{
	"HFA": {
		{Indicator: "stunted_pct", Part: []string{"STUNTED", "SEVERELY_STUNTED"}, Whole: plausible("HFA")},
		{Indicator: "severely_stunted_pct", Part: []string{"SEVERELY_STUNTED"}, Whole: plausible("HFA")},
	},
	"WFH": {
		{Indicator: "wasted_pct", Part: []string{"WASTED", "SEVERELY_WASTED"}, Whole: plausible("WFH")},
		{Indicator: "severely_wasted_pct", Part: []string{"SEVERELY_WASTED"}, Whole: plausible("WFH")},
	},
	"WFA":   {{Indicator: "underweight_pct", Part: []string{"UNDERWEIGHT", "SEVERELY_UNDERWEIGHT"}, Whole: plausible("WFA")}},
	"TREND": {{Indicator: "not_gaining_pct", Part: []string{"T", "2T"}, Whole: []string{"N", "T", "2T"}}},
}

var live = []Table{
	{
		ID: "inbox", Label: "Kotak masuk", LabelEN: "Inbox", Axes: []Dimension{byInbox},
		Unit: duties, Needs: OfDuties, Value: "duties", Overlap: true, count: countInbox,
	},
	{
		ID: "caseload", Label: "Kasus terbuka", LabelEN: "Open cases", Axes: []Dimension{byCaseType, byStatus, byRisk},
		Unit: casesUnit, Needs: OfCases, Value: "open_cases",
		count: countCases(func(c *Case, _ Period) bool { return c.Status != "CLOSED" && c.Closed.IsZero() && c.counts() },
			func(c *Case) string { return c.Type }, func(c *Case) string { return c.Status }, riskOf),
	},
	{
		ID: "intake-month", Label: "Kasus terdaftar", LabelEN: "Cases registered", Axes: []Dimension{byCaseType, byChannel},
		Unit: casesUnit, Needs: OfCases, Value: "cases_registered",
		count: countCases(registeredIn, func(c *Case) string { return c.Type }, func(c *Case) string { return c.Channel }),
	},
	{
		ID: "violence-age-month", Label: "Korban menurut umur (SIMFONI PPA)", LabelEN: "Victims by age (SIMFONI PPA)",
		Axes: []Dimension{bySex, bySimfoniAge}, Unit: victims, Needs: OfCases, Side: Protected, Value: "victims",
		count: countCases(violenceIn, sexOf, func(c *Case) string { return bySimfoniAge.band(c.Age, c.AgeKnown) }),
	},
	{
		ID: "violence-health-month", Label: "Korban menurut umur (laporan KtP/A puskesmas)", LabelEN: "Victims by age (health report)",
		Axes: []Dimension{bySex, byHealthAge, byNew}, Unit: victims, Needs: OfCases, Side: Protected, Value: "victims",
		count: countHealth,
	},
	{
		ID: "violence-form-month", Label: "Bentuk kekerasan (satuan: bentuk)", LabelEN: "Forms of violence (counted: forms)",
		Axes: []Dimension{byForm}, Unit: forms, Needs: OfCases, Side: Protected, Value: "forms",
		count: countEach(func(c *Case) []string { return orUnknown(c.Forms) }),
	},
	{
		ID: "violence-relation-month", Label: "Hubungan terlapor dengan korban (satuan: pasangan)",
		LabelEN: "Relation of the alleged perpetrator (counted: pairs)",
		Axes:    []Dimension{byRelation}, Unit: pairs, Needs: OfCases, Side: Protected, Value: "pairs",
		count: countEach(func(c *Case) []string { return c.Pairs }),
	},
	{
		ID: "violence-place-month", Label: "Tempat kejadian indeks (satuan: kejadian)",
		LabelEN: "Place of the index incident (counted: incidents)",
		Axes:    []Dimension{byPlace}, Unit: places, Needs: OfCases, Side: Protected, Value: "incidents",
		count: countEach(func(c *Case) []string { return []string{c.Place} }),
	},
	{
		ID: "service-month", Label: "Layanan diberikan", LabelEN: "Services given", Axes: []Dimension{byService},
		Unit: services, Needs: OfServices, Value: "services", count: countServices,
	},
	{
		ID: "closure-month", Label: "Kasus ditutup", LabelEN: "Cases closed", Axes: []Dimension{byClosure},
		Unit: casesUnit, Needs: OfCases, Value: "cases_closed",
		count: countCases(func(c *Case, p Period) bool { return c.inFigures() && p.Holds(c.Closed) },
			func(c *Case) string { return c.Closure }),
	},
	{
		ID: "nutrition-month", Label: "Status gizi anak", LabelEN: "Nutrition of children",
		Axes: []Dimension{byIndex, byIndexCategory, bySex, byChildAge}, Unit: children, Needs: OfMeasurements, Side: Ordinary, Value: "children",
		count: func(t *tally, rows *Rows) { countIndices(t, rows.Measurements) },
	},
	{
		ID: "nutrition-desa-month", Label: "Status gizi anak menurut desa", LabelEN: "Nutrition of children by village",
		Axes: []Dimension{byIndex, byIndexCategory, byDesa, bySex, byChildAge}, Unit: children, Needs: OfMeasurements, Side: Ordinary,
		Value: "children", Sparse: true, count: func(t *tally, rows *Rows) { countIndices(t, rows.Measurements, desaOf) },
	},
	{
		ID: "referral-in-month", Label: "Rujukan masuk", LabelEN: "Referrals received", Axes: []Dimension{byOtherSector, byState},
		Unit: legs, Needs: OfLegs, Value: "legs_sent", Legs: true,
		count: countLegs(func(l *Leg) string { return l.SenderSector }),
	},
	{
		ID: "referral-out-month", Label: "Rujukan keluar", LabelEN: "Referrals sent", Axes: []Dimension{byOtherSector, byState},
		Unit: legs, Needs: OfLegs, Value: "legs_sent", Legs: true,
		count: countLegs(func(l *Leg) string { return l.ReceiverSector }),
	},
}

var overseen = []Table{
	{
		ID: "growth-desa-month", Label: "Pertumbuhan menurut desa", LabelEN: "Growth by village",
		Axes: []Dimension{byPuskesmas, byDesa, bySex, byChildAge, byIndex, byIndexCategory},
		Unit: children, Needs: OfMeasurements, Periods: []PeriodKind{Month}, Side: Ordinary, Value: "children", Sparse: true,
		oversee: func(t *tally, rows *OverseenRows) { countGrowth(t, rows.Measurements) },
	},
	{
		ID: "skdn-posyandu-month", Label: "SKDN menurut posyandu", LabelEN: "SKDN by posyandu", Axes: []Dimension{byPosyandu, bySKDN},
		Unit: children, Needs: OfChildren, Periods: []PeriodKind{Month}, Side: Ordinary, Value: "children", Overlap: true, oversee: countSKDN,
	},
	{
		ID: "quality-puskesmas-month", Label: "Mutu pengukuran menurut puskesmas", LabelEN: "Quality of measuring by puskesmas",
		Axes: []Dimension{byPuskesmas, byQuality}, Unit: measurings, Needs: OfQuality, Periods: []PeriodKind{Month}, Side: Ordinary,
		Value: "measurements", Overlap: true, oversee: countQuality,
	},
	{
		ID: "ordinary-legs-week", Label: "Rujukan biasa menurut unit", LabelEN: "Ordinary legs by unit",
		Axes: []Dimension{byUnit, byState, byDuty, byOverdue}, Unit: legs, Needs: OfLegs, Periods: []PeriodKind{Week}, Side: Ordinary,
		Value: "legs_sent", Sparse: true, oversee: countOrdinaryLegs,
	},
}

func init() {
	for i := range released {
		released[i].Kind = Released
		if released[i].Noise == Geometric {
			released[i].Epsilon = epsilon
		}
	}
	for i := range live {
		live[i].Kind, live[i].Noise = Live, Exact
		if live[i].Periods = []PeriodKind{Month}; live[i].ID == "inbox" || live[i].ID == "caseload" {
			live[i].Periods = []PeriodKind{Moment}
		}
	}
	for i := range overseen {
		overseen[i].Kind, overseen[i].Noise = OfOffice, Exact
	}
}

// Tables are those of one kind, in the order of the list.
func Tables(kind Kind) []*Table {
	list := map[Kind][]Table{Released: released, Live: live, OfOffice: overseen}[kind]
	all := make([]*Table, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// Find is the table of a kind with an id; ok is false where there is none.
func Find(kind Kind, id string) (t *Table, ok bool) {
	for _, t := range Tables(kind) {
		if t.ID == id {
			return t, true
		}
	}
	return nil, false
}

// Has tells whether the table is counted for periods of the kind.
func (t *Table) Has(kind PeriodKind) bool { return slices.Contains(t.Periods, kind) }

// Axis is the place of a dimension among the table's axes; ok is false for one that it does not have.
func (t *Table) Axis(dimension string) (at int, ok bool) {
	at = slices.IndexFunc(t.Axes, func(d Dimension) bool { return d.ID == dimension })
	return at, at >= 0
}

// Classes are the field classes of all dimensions: a case counts in a live table only for a caller whose mask holds each.
func (t *Table) Classes() []string {
	classes := []string{"F1"} // that there is a case, when it came and what its state is
	if t.Needs == OfLegs || t.Needs == OfDuties {
		classes = []string{"F1_OWN"} // a party to a leg has no more of the case
	}
	for _, d := range t.Axes {
		if !slices.Contains(classes, d.Class) {
			classes = append(classes, d.Class)
		}
	}
	return classes
}

// Opens tells whether a dimension is of a field class.
func (t *Table) Opens(class string) bool { return slices.Contains(t.Classes(), class) }

// Referral tells whether the table observes its legs for 30 days after the period.
func (t *Table) Referral() bool { return t.Needs == OfLegs }

// NeedsApproval tells whether the heads of the contributing units are asked before publication: for the protected tables.
func (t *Table) NeedsApproval() bool { return t.Kind == Released && t.Side == Protected }
