package statistics

import "slices"

// Items that stand in lists of every kind.
const (
	NA   = "NA"   // not known: shown, never spread over the others
	LUAR = "LUAR" // outside the regency, or not of the list
)

// Item is one value of a dimension: a band, a category, a place.
type Item struct {
	Code    string // as in filter= and in the tidy columns' codes
	Label   string // Indonesian
	LabelEN string
	BPS     string // of a place: the code of the statistics office

	under     string // of a category: the index it belongs to; empty: any
	low, high int    // of a band of whole numbers: both belong to it
	from      []string
}

// Dimension is one way of splitting a count. Its items are exhaustive and disjoint: each row falls into exactly one of them.
type Dimension struct {
	ID      string // as in dimension=
	Label   string // Indonesian
	LabelEN string
	Class   string // the field class that a caller's mask must hold, or her figure leaves the row out (design: access)
	Column  string // of the tidy row, see [Columns]; empty: a column of its own after them
	List    List   // where the items come from, if they are the regency's and not Items
	Items   []Item
}

// List names a list of the regency that a [Frame] gives.
type List uint8

// The lists. Fixed is none of them: the items stand in the catalogue.
const (
	Fixed List = iota
	Kecamatan
	Desa
	Posyandu
	Puskesmas
	Units
)

// code is the item that holds a value of the domain; what no item names is NA, or the last item where there is none.
func (d *Dimension) code(value string) string {
	for _, item := range d.Items {
		if item.Code == value || slices.Contains(item.from, value) {
			return item.Code
		}
	}
	return d.rest()
}

// band is the item that holds a whole number.
func (d *Dimension) band(value int, known bool) string {
	for _, item := range d.Items {
		if known && item.Code != NA && value >= item.low && value <= item.high {
			return item.Code
		}
	}
	return d.rest()
}

func (d *Dimension) rest() string {
	if slices.ContainsFunc(d.Items, func(i Item) bool { return i.Code == NA }) {
		return NA
	}
	return d.Items[len(d.Items)-1].Code
}

var notKnown = Item{Code: NA, Label: "Tidak diketahui", LabelEN: "Not known"}

const noEnd = 1 << 30

// band builders: code and label of an age are the same but for the dash.
func years(low, high int) Item {
	return ages(low, high, " tahun", " years")
}

func months(low, high int) Item {
	return ages(low, high, " bulan", " months")
}

func ages(low, high int, unit, unitEN string) Item {
	code, text := decimal(low)+"-"+decimal(high), decimal(low)+"–"+decimal(high)
	if high == noEnd {
		code, text = decimal(low)+"+", decimal(low)+"+"
	}
	return Item{Code: code, Label: text + unit, LabelEN: text + unitEN, low: low, high: high}
}

// The dimensions. Classes are those of the contract's fields from which the item is made (proto, option `classes`).
var (
	bySex = Dimension{
		ID: "jenis_kelamin", Label: "Jenis kelamin", LabelEN: "Sex", Class: "F1", Column: "jenis_kelamin",
		Items: []Item{
			{Code: "L", Label: "Laki-laki", LabelEN: "Male", from: []string{"MALE"}},
			{Code: "P", Label: "Perempuan", LabelEN: "Female", from: []string{"FEMALE"}},
			notKnown,
		},
	}
	byKDRTAge = Dimension{
		ID: "kelompok_umur", Label: "Kelompok umur saat kejadian", LabelEN: "Age at the incident", Class: "F2", Column: "kelompok_umur",
		Items: []Item{years(0, 5), years(6, 17), years(18, 24), years(25, 44), years(45, noEnd), notKnown},
	}
	bySimfoniAge = Dimension{
		ID: "kelompok_umur", Label: "Kelompok umur (SIMFONI PPA)", LabelEN: "Age (SIMFONI PPA)", Class: "F2", Column: "kelompok_umur",
		Items: []Item{years(0, 5), years(6, 12), years(13, 17), years(18, 24), years(25, 44), years(45, 59), years(60, noEnd), notKnown},
	}
	byHealthAge = Dimension{
		ID: "kelompok_umur", Label: "Kelompok umur (laporan KtP/A)", LabelEN: "Age (health report)", Class: "F2", Column: "kelompok_umur",
		Items: []Item{years(0, 4), years(5, 9), years(10, 17), years(18, 49), years(50, noEnd), notKnown},
	}
	byChildAge = Dimension{
		ID: "kelompok_umur", Label: "Kelompok umur", LabelEN: "Age", Class: "F2", Column: "kelompok_umur",
		Items: []Item{months(0, 5), months(6, 11), months(12, 23), months(24, 35), months(36, 47), months(48, 59), notKnown},
	}
	byKecamatan = Dimension{
		ID: "kecamatan", Label: "Kecamatan", LabelEN: "Kecamatan", Class: "F2", Column: "kode_wilayah_kemendagri", List: Kecamatan,
	}
	byDesa = Dimension{
		ID: "desa", Label: "Desa/kelurahan", LabelEN: "Village", Class: "F2", Column: "kode_wilayah_kemendagri", List: Desa,
	}
	byPosyandu  = Dimension{ID: "posyandu", Label: "Posyandu", LabelEN: "Posyandu", Class: "F1", Column: "unit", List: Posyandu}
	byPuskesmas = Dimension{ID: "puskesmas", Label: "Puskesmas", LabelEN: "Puskesmas", Class: "F1", Column: "unit", List: Puskesmas}
	byUnit      = Dimension{ID: "unit", Label: "Unit", LabelEN: "Unit", Class: "F1", Column: "unit", List: Units}
	byNew       = Dimension{
		ID: "baru_lama", Label: "Kasus baru/lama", LabelEN: "New or continuing", Class: "F1",
		Items: []Item{{Code: "NEW", Label: "Baru", LabelEN: "New"}, {Code: "CONTINUING", Label: "Lama", LabelEN: "Continuing"}},
	}

	fromSector = sectors5("sektor_asal", "Sektor asal", "From sector")
	toSector   = sectors5("sektor_tujuan", "Sektor tujuan", "To sector")

	byHFA    = category("HFA", "TB/U", "Height for age")
	byWFH    = category("WFH", "BB/TB", "Weight for height")
	byWFA    = category("WFA", "BB/U", "Weight for age")
	byTrends = Dimension{
		ID: "kategori", Label: "Kenaikan berat badan", LabelEN: "Weight gain", Class: "F3_HEALTH", Column: "kategori",
		Items: []Item{
			{Code: "N", Label: "N, naik", LabelEN: "Gained", from: []string{"GAINED"}},
			{Code: "T", Label: "T, tidak naik", LabelEN: "Not gained", from: []string{"NOT_GAINED"}},
			{Code: "2T", Label: "2T, dua kali tidak naik", LabelEN: "Not gained twice", from: []string{"NOT_GAINED_TWICE"}},
			{Code: "O", Label: "O, bulan lalu tidak ditimbang", LabelEN: "Not weighed last month", from: []string{"NOT_WEIGHED_LAST_MONTH"}},
			{Code: "B", Label: "B, pertama ditimbang", LabelEN: "First weighing", from: []string{"FIRST_WEIGHING"}},
			notKnown,
		},
	}
	byIndex = Dimension{
		ID: "indeks", Label: "Indeks", LabelEN: "Index", Class: "F3_HEALTH",
		Items: []Item{
			{Code: "HFA", Label: "TB/U", LabelEN: "Height for age"},
			{Code: "WFA", Label: "BB/U", LabelEN: "Weight for age"},
			{Code: "WFH", Label: "BB/TB", LabelEN: "Weight for height"},
			{Code: "BFA", Label: "IMT/U", LabelEN: "BMI for age"},
		},
	}
	byIndexCategory = Dimension{
		ID: "kategori", Label: "Kategori", LabelEN: "Category", Class: "F3_HEALTH", Column: "kategori",
		Items: slices.Concat(categories("HFA"), categories("WFA"), categories("WFH"), categories("BFA")),
	}
	byNewCaseType = Dimension{
		ID: "kategori", Label: "Jenis kasus", LabelEN: "Case type", Class: "F1", Column: "kategori",
		Items: []Item{typeItem("CHILD_STUNTING"), typeItem("CHILD_NUTRITION_RISK"), typeItem("FAMILY_STUNTING_RISK")},
	}
	byCaseType = Dimension{
		ID: "kategori", Label: "Jenis kasus", LabelEN: "Case type", Class: "F1", Column: "kategori",
		Items: []Item{
			typeItem("DOMESTIC_VIOLENCE"), typeItem("CHILD_VIOLENCE"), typeItem("WOMAN_VIOLENCE"),
			typeItem("CHILD_STUNTING"), typeItem("CHILD_NUTRITION_RISK"), typeItem("FAMILY_STUNTING_RISK"),
		},
	}
)

func typeItem(code string) Item {
	names := map[string][2]string{
		"DOMESTIC_VIOLENCE":    {"KDRT", "Domestic violence"},
		"CHILD_VIOLENCE":       {"Kekerasan terhadap anak", "Violence against a child"},
		"WOMAN_VIOLENCE":       {"Kekerasan terhadap perempuan, bukan KDRT", "Violence against a woman, not domestic"},
		"CHILD_STUNTING":       {"Balita stunting", "Stunted child"},
		"CHILD_NUTRITION_RISK": {"Balita bermasalah gizi", "Child with a nutrition problem"},
		"FAMILY_STUNTING_RISK": {"Keluarga berisiko stunting", "Family at risk of stunting"},
	}
	return Item{Code: code, Label: names[code][0], LabelEN: names[code][1]}
}

// categories are the classes of an index by Permenkes 2/2020, the worst first, then what has no class.
func categories(index string) []Item {
	all := slices.Concat(classesOf[index], []Item{
		{Code: "IMPLAUSIBLE", Label: "Outlier", LabelEN: "Implausible"},
		{Code: "NOT_MEASURED", Label: "Tidak diukur", LabelEN: "Not measured"},
	})
	for i := range all {
		all[i].under = index
	}
	return all
}

func category(index, label, labelEN string) Dimension {
	items := categories(index)
	for i := range items {
		items[i].under = "" // the only index of its table
	}
	return Dimension{
		ID: "kategori", Label: "Kategori " + label, LabelEN: labelEN, Class: "F3_HEALTH", Column: "kategori", Items: items,
	}
}

var wastingClasses = []Item{
	{Code: "SEVERELY_WASTED", Label: "Gizi buruk", LabelEN: "Severely wasted"},
	{Code: "WASTED", Label: "Gizi kurang", LabelEN: "Wasted"},
	{Code: "WELL_NOURISHED", Label: "Gizi baik", LabelEN: "Well nourished"},
	{Code: "RISK_OF_OVERNUTRITION", Label: "Berisiko gizi lebih", LabelEN: "Risk of overnutrition"},
	{Code: "OVERNOURISHED", Label: "Gizi lebih", LabelEN: "Overnourished"},
	{Code: "OBESE", Label: "Obesitas", LabelEN: "Obese"},
}

var classesOf = map[string][]Item{
	"HFA": {
		{Code: "SEVERELY_STUNTED", Label: "Sangat pendek", LabelEN: "Severely stunted"},
		{Code: "STUNTED", Label: "Pendek", LabelEN: "Stunted"},
		{Code: "NORMAL_HEIGHT", Label: "Normal", LabelEN: "Normal height"},
		{Code: "TALL", Label: "Tinggi", LabelEN: "Tall"},
	},
	"WFA": {
		{Code: "SEVERELY_UNDERWEIGHT", Label: "Berat badan sangat kurang", LabelEN: "Severely underweight"},
		{Code: "UNDERWEIGHT", Label: "Berat badan kurang", LabelEN: "Underweight"},
		{Code: "NORMAL_WEIGHT", Label: "Berat badan normal", LabelEN: "Normal weight"},
		{Code: "RISK_OF_OVERWEIGHT", Label: "Risiko berat badan lebih", LabelEN: "Risk of overweight"},
	},
	"WFH": wastingClasses,
	"BFA": wastingClasses,
}

// plausible are the categories of an index that a prevalence divides by.
func plausible(index string) []string {
	var codes []string
	for _, item := range classesOf[index] {
		codes = append(codes, item.Code)
	}
	return codes
}

// sectors5 fold the directory's sectors; the women's unit of the police is LAW here (section 2).
func sectors5(id, label, labelEN string) Dimension {
	return Dimension{ID: id, Label: label, LabelEN: labelEN, Class: "F1", Column: id, Items: []Item{
		{Code: "HEALTH", Label: "Kesehatan", LabelEN: "Health"},
		{Code: "SOCIAL", Label: "Sosial", LabelEN: "Social"},
		{Code: "PROTECTION", Label: "Perlindungan", LabelEN: "Protection", from: []string{"WOMEN_CHILD_PROTECTION"}},
		{Code: "LAW", Label: "Hukum", LabelEN: "Law", from: []string{"LAW_JUSTICE"}},
		{Code: "OTHER", Label: "Lainnya", LabelEN: "Other"},
	}}
}

// SectorGroup folds a directory sector as the matrices do: HEALTH, SOCIAL, PROTECTION, LAW or OTHER.
func SectorGroup(sector string) string { return toSector.code(sector) }

// named builds a dimension of a vocabulary of the domain, whose codes are its own.
func named(id, label, labelEN, class, column string, items ...[3]string) Dimension {
	d := Dimension{ID: id, Label: label, LabelEN: labelEN, Class: class, Column: column}
	for _, i := range items {
		d.Items = append(d.Items, Item{Code: i[0], Label: i[1], LabelEN: i[2]})
	}
	return d
}
