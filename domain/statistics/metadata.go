package statistics

import "strings"

// Metadata is what stands beside every figure of a table, by Satu Data Indonesia (Perpres 39/2019; Peraturan BPS 4/2020 on the
// standard of data, 5/2020 on metadata): in Indonesian, as the portal and the sheet print it.
type Metadata struct {
	Konsep      string // what is counted
	Definisi    string // who or what counts, once or more
	Klasifikasi string // the bands
	Ukuran      string // jumlah, persen, jam
	Satuan      string // unit of count
	Dasar       string // the date and place by which a row belongs to a cell
	Metode      string // how it was gathered and counted
	Epsilon     float64
	Tampilan    string // display rule
	Batasan     string // what it does not say
	Versi       string // of the catalogue
}

// Metadata of a table.
func (t *Table) Metadata() Metadata {
	return Metadata{
		Konsep: t.Label, Definisi: definitions[t.Value], Klasifikasi: t.classification(), Ukuran: t.measure(), Satuan: t.Unit.Label,
		Dasar: t.basis(), Metode: t.method(), Epsilon: t.Epsilon, Tampilan: t.displayRule(), Batasan: t.limits(), Versi: CatalogueVersion,
	}
}

// definitions by the indicator of a cell.
var definitions = map[string]string{
	"kdrt_victims": "Korban dalam kasus KDRT (UU 23/2004) yang terdaftar; satu orang dihitung sekali setahun, pada pendaftaran pertama. " +
		"Kasus tidak terbukti, ganda, dan salah input tidak dihitung.",
	"persons": "Orang pada sisi terlindung yang dirujuk; satu orang dihitung sekali setahun, pada rantai rujukan pertama.",
	"overlap_victims": "Korban dalam kasus KDRT yang terbuka atau terdaftar pada tahun itu, yang tautannya ke kasus gizi yang terbuka " +
		"pada tahun yang sama telah dikonfirmasi.",
	"children": "Anak 0–59 bulan yang ditimbang atau diukur; satu anak dihitung sekali dalam satu periode, pada pengukuran terakhir " +
		"yang memuat ukuran itu. Kategori menurut Permenkes 2/2020.",
	"new_cases":     "Anak atau keluarga dengan kasus gizi; dihitung sekali setahun, pada kasus pertama.",
	"legs_sent":     "Rujukan yang dikirim dalam periode; setiap rujukan diamati 30 hari sejak dikirim. Salah input tidak dihitung.",
	"legs_declined": "Rujukan yang dikirim dalam periode dan ditolak, oleh petugas atau karena tidak dijawab, dalam 30 hari.",
	"chains":        "Rantai rujukan yang rujukan pertamanya dikirim dalam periode; hasil pada hari ke-30.",
	"duties":        "Tugas yang belum selesai pada saat ditanya. Satu tugas dapat terhitung pada lebih dari satu baris.",
	"open_cases":    "Kasus yang belum ditutup pada saat ditanya, termasuk kasus lama yang diambil alih.",
	"cases_registered": "Kasus yang didaftarkan dalam bulan itu. Kasus tidak terbukti, ganda, salah input, dan pemantauan pertumbuhan tidak " +
		"dihitung.",
	"victims":      "Korban: satu kasus satu korban.",
	"forms":        "Bentuk kekerasan; satu korban dapat mengalami lebih dari satu bentuk.",
	"pairs":        "Pasangan korban dan terlapor.",
	"incidents":    "Kejadian indeks: yang dilaporkan saat pendaftaran, satu tiap korban.",
	"services":     "Layanan yang diberikan, menurut tanggal layanan.",
	"cases_closed": "Kasus yang ditutup dalam bulan itu.",
	"measurements": "Pengukuran yang menjadi dasar ukuran mutu.",
}

func (t *Table) classification() string {
	var all []string
	for i := range t.Axes {
		d := &t.Axes[i]
		if d.List != Fixed {
			all = append(all, d.Label+" (daftar kabupaten)")
			continue
		}
		var items []string
		for _, item := range d.Items {
			items = append(items, item.Label)
		}
		all = append(all, d.Label+": "+strings.Join(items, "; "))
	}
	return strings.Join(all, " × ")
}

func (t *Table) measure() string {
	switch {
	case t.Legs:
		return "jumlah, persen, jam"
	case len(t.Shares) > 0:
		return "jumlah, persen"
	}
	return "jumlah"
}

func (t *Table) basis() string {
	switch t.Needs {
	case OfLegs:
		return "Tanggal kirim; unit, sektor, dan batas waktu saat dikirim tidak berubah kemudian."
	case OfMeasurements, OfChildren, OfQuality:
		return "Tanggal ukur; tempat tinggal anak saat diukur. Periode menurut waktu Asia/Jakarta."
	case OfServices:
		return "Tanggal layanan."
	}
	return "Tanggal pendaftaran di server, waktu Asia/Jakarta; kecamatan tempat tinggal saat pendaftaran, bukan tempat penampungan."
}

func (t *Table) method() string {
	switch t.Kind {
	case Live:
		return "Pencatatan layanan unit sendiri; dihitung saat ditanya dari kasus yang boleh dilihat pengguna."
	case OfOffice:
		return "Pencatatan pengukuran dan rujukan biasa unit di bawahnya; dihitung sekali sehari pukul 06.00."
	}
	if t.Needs == OfMeasurements {
		return "Pencatatan pengukuran di posyandu dan puskesmas; dihitung sekali, 10 hari setelah periode berakhir. Bukan SSGI dan bukan e-PPGBM."
	}
	return "Pencatatan kasus dan rujukan; dihitung sekali, 10 hari setelah periode dan masa pengamatannya berakhir."
}

func (t *Table) displayRule() string {
	switch {
	case t.Noise == Geometric:
		return "Setiap sel diberi derau geometrik dua sisi (ε 0,5) satu kali; hasil di bawah 10 ditampilkan 0–9, selebihnya dibulatkan ke " +
			"kelipatan 5; persen hanya dari nilai yang ditampilkan."
	case t.Noise == Minimum:
		return "Tanpa derau; n di bawah 10 tidak ditampilkan, selebihnya dibulatkan ke kelipatan 5; persen bulat, jam dua angka."
	case t.Kind == Released:
		return "Angka tepat; di bawah 10 ditampilkan 0–9."
	}
	return "Angka tepat."
}

func (t *Table) limits() string {
	switch {
	case t.ID == "overlap-year":
		return "Paling sedikit: tautan tidak menemukan semua orang."
	case t.Kind == Live:
		return "Hanya kasus yang boleh dilihat pengguna; bukan angka kabupaten."
	case t.Needs == OfMeasurements, t.Needs == OfChildren:
		return "Hanya anak yang diukur di Sinergi; baca bersama cakupan (D/S) dan mutu pengukuran."
	case t.Side == Protected:
		return "Hanya yang dilaporkan; bukan seluruh kejadian. Jumlah bagian tidak harus sama dengan total."
	case t.Needs == OfLegs:
		return "Rujukan terlindung tidak termasuk."
	}
	return "Angka yang tercatat di Sinergi. Jumlah bagian tidak harus sama dengan total."
}
