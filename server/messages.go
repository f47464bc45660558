package server

import (
	"strings"

	"google.golang.org/grpc/codes"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// text is one sentence in both languages. Nothing in it comes from a caller.
type text struct{ en, id string }

// reasonText is a row of the closed list of answers.
type reasonText struct {
	code codes.Code
	text
}

// reasons has a row for each word of ErrorReason; a test holds the two together.
var reasons = map[pb.ErrorReason_Value]reasonText{
	pb.ErrorReason_INVALID_FIELD: {codes.InvalidArgument, text{
		"One or more fields are wrong; each is listed.", "Ada isian yang salah; semuanya tercantum.",
	}},
	pb.ErrorReason_REQUEST_ID_MISSING: {codes.InvalidArgument, text{
		"A change needs a request_id, or the header Idempotency-Key.", "Perubahan memerlukan request_id, atau tajuk Idempotency-Key.",
	}},
	pb.ErrorReason_REQUEST_ID_REUSED: {codes.InvalidArgument, text{
		"This request_id was used for another request; make a new one.", "request_id ini sudah dipakai untuk permintaan lain; buat yang baru.",
	}},
	pb.ErrorReason_REQUEST_ID_CONFLICT: {codes.InvalidArgument, text{
		"request_id and Idempotency-Key differ.", "request_id dan Idempotency-Key berbeda.",
	}},
	pb.ErrorReason_ID_UNUSABLE: {codes.InvalidArgument, text{
		"This id cannot be used; choose another.", "Id ini tidak dapat dipakai; pilih yang lain.",
	}},
	pb.ErrorReason_ALREADY_EXISTS: {codes.AlreadyExists, text{
		"The id names a record that exists.", "Id ini sudah dipakai sebuah catatan.",
	}},
	pb.ErrorReason_ETAG_MISMATCH: {codes.Aborted, text{
		"The record has changed since it was read; read it again.", "Catatan sudah berubah sejak dibaca; baca ulang.",
	}},
	pb.ErrorReason_NOT_FOUND: {codes.NotFound, text{
		"Not found.", "Tidak ditemukan.",
	}},
	pb.ErrorReason_ACTION_NOT_ALLOWED: {codes.PermissionDenied, text{
		"You may not do this.", "Anda tidak berwenang melakukan ini.",
	}},
	pb.ErrorReason_UNAUTHENTICATED: {codes.Unauthenticated, text{
		"No valid credential: send one bearer token.", "Kredensial tidak sah: kirim satu token bearer.",
	}},
	pb.ErrorReason_STEP_UP_REQUIRED: {codes.Unauthenticated, text{
		"Confirm with the second factor first.", "Konfirmasi dahulu dengan faktor kedua.",
	}},
	pb.ErrorReason_REFERRAL_STATE: {codes.FailedPrecondition, text{
		"The state of the referral does not allow this now.", "Keadaan rujukan belum mengizinkan ini.",
	}},
	pb.ErrorReason_CASE_STATE: {codes.FailedPrecondition, text{
		"The status of the case does not allow this now.", "Status kasus belum mengizinkan ini.",
	}},
	pb.ErrorReason_BASIS_MISSING: {codes.FailedPrecondition, text{
		"No basis of disclosure covers this.", "Tidak ada dasar berbagi data untuk ini.",
	}},
	pb.ErrorReason_RECEIVER_UNAVAILABLE: {codes.FailedPrecondition, text{
		"The receiving unit cannot take this now; choose another.", "Unit penerima tidak dapat menerima sekarang; pilih unit lain.",
	}},
	pb.ErrorReason_SERVICE_MISMATCH: {codes.FailedPrecondition, text{
		"The receiving unit does not offer this service.", "Unit penerima tidak menyediakan layanan ini.",
	}},
	pb.ErrorReason_AREA_MISMATCH: {codes.FailedPrecondition, text{
		"The receiving unit does not cover the client's area.", "Unit penerima tidak melayani wilayah klien.",
	}},
	pb.ErrorReason_DUPLICATE_OPEN_LEG: {codes.FailedPrecondition, text{
		"An open referral asks the same of the same unit.", "Sudah ada rujukan terbuka yang sama ke unit itu.",
	}},
	pb.ErrorReason_SERVICE_NOT_ALLOWED: {codes.FailedPrecondition, text{
		"This service is not allowed in this case (UU 12/2022 art. 23).", "Layanan ini tidak diperbolehkan dalam kasus ini (UU 12/2022 pasal 23).",
	}},
	pb.ErrorReason_OFFICER_INVALID: {codes.FailedPrecondition, text{
		"The officer is not an active worker or supervisor of the receiving unit.", "Petugas bukan pekerja atau koordinator aktif unit penerima.",
	}},
	pb.ErrorReason_ATTEMPTS_MISSING: {codes.FailedPrecondition, text{
		"CLIENT_UNREACHABLE needs three attempts on two channels.", "CLIENT_UNREACHABLE memerlukan tiga percobaan lewat dua saluran.",
	}},
	pb.ErrorReason_FOLLOW_UP_MISSING: {codes.FailedPrecondition, text{
		"Name the referral that follows, or why none does.", "Sebutkan rujukan lanjutan, atau alasan mengapa tidak ada.",
	}},
	pb.ErrorReason_CASE_EXISTS: {codes.FailedPrecondition, text{
		"The child has an open case.", "Anak ini sudah mempunyai kasus terbuka.",
	}},
	pb.ErrorReason_CHILD_AMBIGUOUS: {codes.FailedPrecondition, text{
		"More than one child fits; name the person.", "Lebih dari satu anak cocok; sebutkan orangnya.",
	}},
	pb.ErrorReason_CONFIRMATION_MISSING: {codes.FailedPrecondition, text{
		"A plausible measurement by a health worker within 30 days is missing.", "Belum ada pengukuran wajar oleh tenaga kesehatan dalam 30 hari.",
	}},
	pb.ErrorReason_RISK_MISSING: {codes.FailedPrecondition, text{
		"The case lacks its incident or its level of risk.", "Kasus belum memuat kejadian atau tingkat risikonya.",
	}},
	pb.ErrorReason_RATE_LIMITED: {codes.ResourceExhausted, text{
		"Too many calls; wait, then call again.", "Terlalu banyak panggilan; tunggu, lalu ulangi.",
	}},
	pb.ErrorReason_STORAGE_FULL: {codes.ResourceExhausted, text{
		"The server's disk is full; call its operator.", "Penyimpanan server penuh; hubungi pengelolanya.",
	}},
	pb.ErrorReason_INTERNAL: {codes.Internal, text{
		"A fault of the server; tell its operator the request id.", "Kesalahan server; sampaikan id permintaan kepada pengelolanya.",
	}},
	pb.ErrorReason_UNAVAILABLE: {codes.Unavailable, text{
		"The server is stopping or not ready; send the same request again.", "Server sedang berhenti atau belum siap; kirim ulang permintaan yang sama.",
	}},
	pb.ErrorReason_CONTENT_TYPE: {codes.InvalidArgument, text{
		"Only application/json is taken.", "Hanya application/json yang diterima.",
	}},
	pb.ErrorReason_BODY_TOO_LARGE: {codes.ResourceExhausted, text{
		"The body is over 1 MiB.", "Isi permintaan melebihi 1 MiB.",
	}},
	pb.ErrorReason_ROUTE_NOT_FOUND: {codes.Unimplemented, text{
		"There is no such path or method.", "Alamat atau metode itu tidak ada.",
	}},
	pb.ErrorReason_METHOD_NOT_ALLOWED: {codes.Unimplemented, text{
		"The path has no such method.", "Alamat ini tidak mempunyai metode itu.",
	}},
	pb.ErrorReason_DEADLINE: {codes.DeadlineExceeded, text{
		"Not done in time; send the same request again to settle it.", "Tidak selesai pada waktunya; kirim ulang permintaan yang sama untuk memastikannya.",
	}},
	pb.ErrorReason_INFO_ROUNDS: {codes.FailedPrecondition, text{
		"The receiver has asked twice already: decide.", "Penerima sudah bertanya dua kali: putuskan.",
	}},
	pb.ErrorReason_HOP_LIMIT: {codes.FailedPrecondition, text{
		"Handed on three times already: decline, and the sender chooses.", "Sudah tiga kali diteruskan: tolak, dan pengirim yang memilih.",
	}},
	pb.ErrorReason_FORWARD_CYCLE: {codes.FailedPrecondition, text{
		"This unit is the sender's or has had this referral already.", "Unit ini milik pengirim atau sudah pernah menerima rujukan ini.",
	}},
	pb.ErrorReason_REOPEN_LIMIT: {codes.FailedPrecondition, text{
		"Reopened twice already: confirm, and refer anew.", "Sudah dua kali dibuka kembali: konfirmasi, lalu rujuk baru.",
	}},
	pb.ErrorReason_CONSENT_MISSING: {codes.FailedPrecondition, text{
		"The client has not agreed to be served.", "Klien belum menyetujui layanan.",
	}},
	pb.ErrorReason_NOT_URGENT: {codes.FailedPrecondition, text{
		"Neither risk nor finding nor referral is an emergency.", "Risiko, temuan, atau rujukan tidak gawat darurat.",
	}},
	pb.ErrorReason_NOTE_MISSING: {codes.FailedPrecondition, text{
		"An assessment note is missing.", "Catatan asesmen belum ada.",
	}},
	pb.ErrorReason_PLAN_MISSING: {codes.FailedPrecondition, text{
		"The plan names no service, or the client has not agreed to it.", "Rencana belum memuat layanan, atau klien belum setuju.",
	}},
	pb.ErrorReason_SERVICE_MISSING: {codes.FailedPrecondition, text{
		"No service has been given yet.", "Belum ada layanan yang diberikan.",
	}},
	pb.ErrorReason_TASKS_OPEN: {codes.FailedPrecondition, text{
		"A step that was left out is still owed.", "Langkah yang dilewati masih harus dikerjakan.",
	}},
	pb.ErrorReason_TYPE_CHANGE: {codes.FailedPrecondition, text{
		"The type cannot be changed so.", "Jenis kasus tidak dapat diubah demikian.",
	}},
	pb.ErrorReason_TYPE_MISMATCH: {codes.FailedPrecondition, text{
		"Victim and alleged perpetrator say another type: reclassify first.", "Hubungan korban dan terlapor menunjukkan jenis lain: ubah jenisnya dahulu.",
	}},
	pb.ErrorReason_OPEN_LEGS: {codes.FailedPrecondition, text{
		"The case has open referrals.", "Kasus masih memiliki rujukan terbuka.",
	}},
	pb.ErrorReason_CLOSURE_UNMET: {codes.FailedPrecondition, text{
		"What this closure reason asks for does not hold.", "Syarat alasan penutupan ini belum terpenuhi.",
	}},
	pb.ErrorReason_HANDOVER_LEG_MISSING: {codes.FailedPrecondition, text{
		"No reported referral of case management with a case of the receiver.", "Belum ada rujukan pengelolaan kasus yang dilaporkan dengan kasus di penerima.",
	}},
	pb.ErrorReason_TASK_STATE: {codes.FailedPrecondition, text{
		"The task has ended otherwise.", "Tugas sudah berakhir dengan cara lain.",
	}},
	pb.ErrorReason_REVIEW_STATE: {codes.FailedPrecondition, text{
		"The review is decided already.", "Telaah sudah diputuskan.",
	}},
	pb.ErrorReason_OPEN_DUTIES: {codes.FailedPrecondition, text{
		"The account still owes something: transfer its caseload first.", "Akun masih memiliki tugas: alihkan dahulu beban kasusnya.",
	}},
	pb.ErrorReason_UNIT_HAS_OPEN_LEGS: {codes.FailedPrecondition, text{
		"The unit is party to open referrals.", "Unit masih menjadi pihak rujukan terbuka.",
	}},
	pb.ErrorReason_LEGACY_PERIOD: {codes.FailedPrecondition, text{
		"Earlier cases are taken over in the first 90 days of a unit alone.", "Kasus lama hanya dialihkan dalam 90 hari pertama unit.",
	}},
	pb.ErrorReason_DEPUTY_INVALID: {codes.FailedPrecondition, text{
		"The deputy must hold the same role in the register and be present.", "Pengganti harus memegang peran yang sama di register dan tidak sedang absen.",
	}},
	pb.ErrorReason_ABSENCE_OVERLAP: {codes.FailedPrecondition, text{
		"Another absence lies in this time.", "Ada ketidakhadiran lain pada waktu ini.",
	}},
	pb.ErrorReason_MEMBER_ELSEWHERE: {codes.FailedPrecondition, text{
		"The person lives in another household at that time.", "Orang ini tercatat di keluarga lain pada waktu itu.",
	}},
	pb.ErrorReason_ETAG_REQUIRED: {codes.InvalidArgument, text{
		"An update needs the etag that was read.", "Perubahan memerlukan etag yang dibaca.",
	}},
	pb.ErrorReason_UPDATE_MASK_REQUIRED: {codes.InvalidArgument, text{
		"An update names the fields that it changes.", "Perubahan harus menyebut isian yang diubah.",
	}},
	pb.ErrorReason_DISCLOSURE_STATE: {codes.FailedPrecondition, text{
		"The basis has ended.", "Dasar berbagi data sudah berakhir.",
	}},
	pb.ErrorReason_AWAITING_SECOND: {codes.FailedPrecondition, text{
		"A second person has to approve this; the same request again gives the answer.", "Perlu persetujuan orang kedua; kirim permintaan yang sama lagi untuk hasilnya.",
	}},
	pb.ErrorReason_SIGN_IN_FAILED: {codes.Unauthenticated, text{
		"Account, password, code or link is wrong or over.", "Akun, kata sandi, kode, atau tautan salah atau sudah berakhir.",
	}},
	pb.ErrorReason_AUTHORIZATION_PENDING: {codes.FailedPrecondition, text{
		"Nobody has approved the device yet; ask again after the interval.", "Belum ada yang menyetujui perangkat ini; tanya lagi setelah jedanya.",
	}},
	pb.ErrorReason_SIGN_ON_UNAVAILABLE: {codes.FailedPrecondition, text{
		"The sign-on of the regency is not set up or does not answer.", "Masuk lewat akun kabupaten belum diatur atau tidak menjawab.",
	}},
	pb.ErrorReason_APPROVAL_STATE: {codes.FailedPrecondition, text{
		"The approval has ended.", "Permintaan persetujuan sudah berakhir.",
	}},
	pb.ErrorReason_BLOCK_STANDS: {codes.FailedPrecondition, text{
		"The block stands as long as its cause does.", "Pemblokiran berlaku selama sebabnya masih ada.",
	}},
	pb.ErrorReason_LEGAL_HOLD: {codes.FailedPrecondition, text{
		"A legal hold keeps the case.", "Kasus ditahan oleh perintah hukum.",
	}},
	pb.ErrorReason_LEVEL_FLOOR: {codes.FailedPrecondition, text{
		"A case of this type is never less secret than this.", "Kasus jenis ini tidak boleh kurang rahasia dari ini.",
	}},
	pb.ErrorReason_TOKEN_LIMIT: {codes.FailedPrecondition, text{
		"Two tokens of the app are valid already; revoke one.", "Dua token aplikasi masih berlaku; cabut salah satunya.",
	}},
	pb.ErrorReason_COPY_REFUSED: {codes.FailedPrecondition, text{
		"Who asks is recorded as alleged perpetrator.", "Peminta tercatat sebagai terlapor.",
	}},
	pb.ErrorReason_ACCOUNT_STATE: {codes.FailedPrecondition, text{
		"The account, role or token has ended, or works already.", "Akun, peran, atau token sudah berakhir, atau sudah berlaku.",
	}},
	pb.ErrorReason_STAT_DIMENSION_UNKNOWN: {codes.InvalidArgument, text{
		"The table has no such dimension or item.", "Tabel ini tidak punya dimensi atau butir itu.",
	}},
	pb.ErrorReason_STAT_FILTER_AGGREGATES: {codes.InvalidArgument, text{
		"A filter takes one item of one dimension; more would be a sum.", "Saringan hanya menerima satu butir dari satu dimensi; lebih dari itu menjadi penjumlahan.",
	}},
	pb.ErrorReason_RELEASE_STATE: {codes.FailedPrecondition, text{
		"The release stands where this cannot be done.", "Rilis ini tidak lagi pada tahap untuk itu.",
	}},
	pb.ErrorReason_RELEASE_HELD_ALREADY: {codes.FailedPrecondition, text{
		"Your unit has held a release this year.", "Unit Anda sudah menahan satu rilis tahun ini.",
	}},
	pb.ErrorReason_LINK_REJECTED: {codes.FailedPrecondition, text{
		"This match was rejected; undo the rejection first.", "Kecocokan ini sudah ditolak; batalkan dahulu penolakannya.",
	}},
	pb.ErrorReason_LINK_STATE: {codes.FailedPrecondition, text{
		"The match stands where this cannot be done.", "Keadaan kecocokan ini tidak mengizinkan itu.",
	}},
}

// fieldTexts say what is wrong with a field. %s is the limit that the contract sets.
var fieldTexts = map[string]text{
	// The body as such.
	"MALFORMED":        {"The body is not a well-formed message.", "Isi permintaan bukan pesan yang utuh."},
	"TOO_DEEP":         {"Nested deeper than 32 levels.", "Bersarang lebih dari 32 tingkat."},
	"UNKNOWN_FIELD":    {"There is no such field.", "Isian ini tidak dikenal."},
	"DUPLICATE_KEY":    {"Given more than once.", "Diisi lebih dari sekali."},
	"WRONG_TYPE":       {"Must be of type %s.", "Harus berjenis %s."},
	"BAD_QUERY":        {"The query cannot be read; separate items by commas.", "Kueri tidak terbaca; pisahkan dengan koma."},
	"TOO_MANY_TO_LIST": {"There are more faults than are listed.", "Masih ada kesalahan lain yang tidak tercantum."},

	"ONE_OF_MATCH_REVIEW": {"Either a match or a review, not both.", "Kecocokan atau telaah, jangan keduanya."},
	"RELATION_UNLIKE":     {"A match of one household makes no one person.", "Kecocokan serumah tidak menjadikan satu orang."},

	// Shape.
	"REQUIRED":        {"Must be given.", "Wajib diisi."},
	"TOO_SHORT":       {"At least %s characters.", "Sedikitnya %s karakter."},
	"TOO_LONG":        {"At most %s characters.", "Paling banyak %s karakter."},
	"WRONG_LENGTH":    {"Exactly %s characters.", "Tepat %s karakter."},
	"NOT_A_UUID":      {"Must be a UUID.", "Harus berupa UUID."},
	"NOT_A_NUMBER":    {"Must be a finite number.", "Harus berupa bilangan terhingga."},
	"NEGATIVE_ZERO":   {"Minus zero is no value.", "Minus nol bukan nilai."},
	"NOT_ABOVE":       {"Must be above %s.", "Harus lebih dari %s."},
	"NOT_BELOW":       {"Must be below %s.", "Harus kurang dari %s."},
	"TOO_SMALL":       {"Must be %s or more.", "Harus %s atau lebih."},
	"TOO_LARGE":       {"Must be %s or less.", "Harus %s atau kurang."},
	"OUT_OF_RANGE":    {"Out of range.", "Di luar rentang."},
	"TOO_FEW":         {"At least %s items.", "Sedikitnya %s butir."},
	"TOO_MANY":        {"At most %s items.", "Paling banyak %s butir."},
	"DUPLICATE_ITEM":  {"The same item twice.", "Butir yang sama dua kali."},
	"UNKNOWN_VALUE":   {"Not a value of the list.", "Bukan nilai dari daftar."},
	"VALUE_NOT_TAKEN": {"This value is not taken here.", "Nilai ini tidak diterima di sini."},
	"BAD_TIME":        {"Must be a time such as 2026-01-31T08:00:00Z.", "Harus berupa waktu seperti 2026-01-31T08:00:00Z."},
	"ENCODING":        {"Must be UTF-8 text without NUL.", "Harus teks UTF-8 tanpa NUL."},
	"CONFLICT":        {"Header and body differ.", "Tajuk dan isi berbeda."},
	"INVALID":         {"Is not valid.", "Tidak sah."},
	"PAGE_TOKEN":      {"Is not a page token of this list.", "Bukan token halaman daftar ini."},
	"NOT_SIGNED":      {"Is no file of this release with the signature of a key of this journal.", "Bukan berkas rilis ini dengan tanda tangan kunci jurnal ini."},
	"NOT_RESTORED":    {"Is only taken for a release that waits after a restore.", "Hanya diterima untuk rilis yang menunggu setelah pemulihan."},
	"NOT_COSIGNED":    {"Is no checkpoint of this journal with the signature of a known witness.", "Bukan titik periksa jurnal ini dengan tanda tangan saksi yang dikenal."},
	"NETWORK_FORMAT":  {"Must be a network such as 10.1.0.0/16, or one address.", "Harus jaringan seperti 10.1.0.0/16, atau satu alamat."},
	"SHA256_FORMAT":   {"Must be 64 hexadecimal digits.", "Harus 64 angka heksadesimal."},
	"NAME_FORMAT":     {"Must be a resource name such as cases/{uuid}.", "Harus nama sumber daya seperti cases/{uuid}."},

	// Meaning.
	"DATE_INVALID":                  {"There is no such date; write YYYY-MM-DD.", "Tanggal itu tidak ada; tulis YYYY-MM-DD."},
	"IN_FUTURE":                     {"Lies in the future.", "Berada di masa depan."},
	"IN_PAST":                       {"Lies in the past.", "Berada di masa lalu."},
	"NOT_AHEAD":                     {"Must lie ahead.", "Harus di masa depan."},
	"NOT_PAST":                      {"Must not lie ahead.", "Tidak boleh di masa depan."},
	"BEFORE_BIRTH":                  {"Lies before the birth.", "Mendahului kelahiran."},
	"BEFORE_FILING":                 {"Lies before the filing.", "Mendahului pengajuan."},
	"BIRTH_DATE_IMPRECISE":          {"Must be a whole date to assess growth.", "Harus tanggal lengkap untuk menilai pertumbuhan."},
	"AGE_RANGE":                     {"The age does not fit.", "Umur tidak sesuai."},
	"ONE_AGE":                       {"Give one of birth date, age in days and age in months.", "Isi salah satu: tanggal lahir, umur hari, atau umur bulan."},
	"REQUIRED_TO_ASSESS":            {"Needed to assess growth.", "Diperlukan untuk menilai pertumbuhan."},
	"WEIGHT_RANGE":                  {"Not a child's weight in kg.", "Bukan berat badan anak dalam kg."},
	"LENGTH_RANGE":                  {"Not a child's length in cm.", "Bukan panjang badan anak dalam cm."},
	"MUAC_RANGE":                    {"Not a child's upper-arm circumference in cm.", "Bukan lingkar lengan atas anak dalam cm."},
	"HEAD_RANGE":                    {"Not a child's head circumference in cm.", "Bukan lingkar kepala anak dalam cm."},
	"PASSWORD_COMMON":               {"Too easy to guess: many have it, or it is made of your own words.", "Terlalu mudah ditebak: banyak dipakai, atau memuat kata tentang Anda."},
	"ACCOUNT_CODE":                  {"2 to 40 lower-case letters, digits and hyphens.", "2 sampai 40 huruf kecil, angka, dan tanda hubung."},
	"NIK_FORMAT":                    {"A NIK has 16 digits.", "NIK terdiri dari 16 angka."},
	"NIK_FILLER":                    {"A row of equal digits is no NIK; say why there is none.", "Deretan angka yang sama bukan NIK; sebutkan alasannya bila tidak ada."},
	"NIK_SERIAL":                    {"The last four digits of a NIK are not 0000.", "Empat angka terakhir NIK bukan 0000."},
	"NIK_DATE":                      {"The NIK holds no date that exists.", "NIK tidak memuat tanggal yang ada."},
	"KK_FORMAT":                     {"A KK number has 16 digits.", "Nomor KK terdiri dari 16 angka."},
	"BPJS_FORMAT":                   {"A BPJS number has 13 digits.", "Nomor BPJS terdiri dari 13 angka."},
	"PHONE_FORMAT":                  {"Is not a phone number.", "Bukan nomor telepon."},
	"AREA_FORMAT":                   {"Is not a code of the Kemendagri list.", "Bukan kode wilayah Kemendagri."},
	"AREA_UNKNOWN":                  {"The area is not known here.", "Wilayah tidak dikenal."},
	"ACCOUNT_UNKNOWN":               {"The account is not known here.", "Akun tidak dikenal."},
	"UNIT_UNKNOWN":                  {"The unit is not known here.", "Unit tidak dikenal."},
	"CONTROL_CHARACTER":             {"Holds a control character.", "Memuat karakter kendali."},
	"ONLY_WITHOUT_BIRTH_DATE":       {"Only without a birth date.", "Hanya bila tanggal lahir tidak ada."},
	"ONLY_WITHOUT_CASE":             {"Only without a case.", "Hanya bila kasus tidak disebut."},
	"ONLY_WITHOUT_NIK":              {"Only without a NIK.", "Hanya bila NIK tidak ada."},
	"ONLY_VIOLENCE":                 {"Only in a violence case.", "Hanya dalam kasus kekerasan."},
	"ONLY_NUTRITION":                {"Only in a nutrition case.", "Hanya dalam kasus gizi."},
	"ONLY_UNLESS_FULL":              {"Only if the outcome is not FULL.", "Hanya bila hasil bukan FULL."},
	"ONLY_WITH_PARTIAL":             {"Only if the outcome is PARTIAL.", "Hanya bila hasil PARTIAL."},
	"ONLY_WITH_SEXUAL":              {"Only with sexual violence.", "Hanya pada kekerasan seksual."},
	"REASON_REQUIRED":               {"A longer reason is needed.", "Alasan yang lebih lengkap diperlukan."},
	"GIVER_IS_ACCUSED":              {"Who is accused cannot consent.", "Terlapor tidak dapat memberi persetujuan."},
	"BEFORE_CARD":                   {"Lies before the card before.", "Mendahului kartu sebelumnya."},
	"BEFORE_FROM":                   {"Lies before the beginning.", "Mendahului awalnya."},
	"BEFORE_OPENING":                {"Lies before the opening.", "Mendahului pembukaan kasus."},
	"CASE_UNKNOWN":                  {"The case is not known here.", "Kasus tidak dikenal."},
	"ENDED":                         {"Has ended already.", "Sudah berakhir."},
	"FOLLOWS_FROM_LEGS":             {"Not with a filing: it follows from its referrals.", "Tidak pada pengajuan: mengikuti rujukannya."},
	"HOSPITAL_WORKER_ONLY":          {"Only by a worker of a hospital.", "Hanya oleh petugas rumah sakit."},
	"INSIDE":                        {"A unit of the own register needs neither referral nor basis.", "Unit di register sendiri tidak memerlukan rujukan maupun dasar berbagi data."},
	"LAW_RUNS_ON_ELAPSED_TIME":      {"A time of law runs on elapsed hours.", "Tenggat hukum dihitung dengan jam berjalan."},
	"PERIOD_FORMAT":                 {"The table has no such period; write 2026-10 for a month, 2026W43 for a week.", "Tabel ini tidak punya periode itu; tulis 2026-10 untuk bulan, 2026W43 untuk minggu."},
	"PERIOD_TOO_OLD":                {"Lies more than 24 months back.", "Lebih dari 24 bulan yang lalu."},
	"MONTH_FORMAT":                  {"Write YYYY-MM.", "Tulis YYYY-MM."},
	"NO_BPS_CODES":                  {"The regency's list of places has no BPS codes for all of them; load them with region load.", "Daftar wilayah kabupaten belum memuat kode BPS untuk semuanya; muat dengan region load."},
	"NOT_AN_EARLIER_LEG":            {"Must be the index of an earlier referral of this call.", "Harus urutan rujukan sebelumnya dalam pengajuan ini."},
	"NOT_ASKED":                     {"The receiver did not ask this.", "Penerima tidak menanyakan ini."},
	"NOT_A_DURATION":                {"Must be a duration such as 15 min, 4 wh, 1 wd, 24 h, 7 d.", "Harus berupa lama waktu seperti 15 min, 4 wh, 1 wd, 24 h, 7 d."},
	"NOT_A_STEP":                    {"Not a step of a legal process.", "Bukan langkah proses hukum."},
	"NOT_A_WOMAN_OF_18":             {"Must be a woman of 18 or more.", "Harus perempuan berumur 18 tahun atau lebih."},
	"NOT_BY_LETTER":                 {"The receiver has accounts and speaks for itself.", "Penerima memiliki akun dan mencatat sendiri."},
	"NOT_FOR_THIS_TYPE":             {"This reason is not for this type of case.", "Alasan ini bukan untuk jenis kasus ini."},
	"NOT_IN_A_CONSENT":              {"Not a class that a consent can open.", "Bukan kelas yang dapat dibuka persetujuan."},
	"NOT_OF_THE_CASE":               {"Not of this case.", "Bukan milik kasus ini."},
	"NOT_OF_THIS_CASE":              {"Not a referral of this case.", "Bukan rujukan kasus ini."},
	"NOT_SAME_CLIENT":               {"No other case of this client in the own register has this name.", "Tidak ada kasus lain klien ini di register sendiri dengan nama itu."},
	"NOT_TO_CORRECT":                {"No measurement of this child that can be corrected has this name.", "Tidak ada pengukuran anak ini dengan nama itu yang dapat dikoreksi."},
	"NO_SUCH_LEG":                   {"This call has no such referral.", "Pengajuan ini tidak memuat rujukan itu."},
	"ONE_OF_NUMBER_NIK":             {"Give either the case number or the NIK.", "Isi salah satu: nomor kasus atau NIK."},
	"NUMBER_FORMAT":                 {"Is not a number such as K-4Q8X-DT.", "Bukan nomor seperti K-4Q8X-DT."},
	"ONE_OF_CASE_REFERRAL":          {"Give either case or referral.", "Isi salah satu: case atau referral."},
	"ONLY_BY_LETTER":                {"Only for a receiver without accounts.", "Hanya untuk penerima tanpa akun."},
	"ONLY_BY_RECORD_DISCLOSURE":     {"Only when a basis is recorded on a case.", "Hanya saat dasar dicatat pada kasus."},
	"ONLY_BY_SENDER":                {"Only the sender brings a new basis or question.", "Hanya pengirim yang membawa dasar atau pertanyaan baru."},
	"ONLY_WITHOUT_REFERRAL":         {"Either a referral or an authority outside the regency.", "Rujukan atau instansi di luar kabupaten, salah satu."},
	"ONLY_WITH_A_FILING":            {"Only with a filing.", "Hanya pada pengajuan."},
	"ONLY_WITH_A_REFERRAL":          {"Only with a referral.", "Hanya bersama rujukan."},
	"ONLY_WITH_CONTACT_ATTEMPT":     {"Only in a note of an attempt to reach the client.", "Hanya pada catatan upaya menghubungi."},
	"ONLY_WITH_SERVICE":             {"Only in a note of a service given.", "Hanya pada catatan layanan diberikan."},
	"OTHER_CLOCK":                   {"Must run on the same clock as the duration.", "Harus memakai cara hitung waktu yang sama."},
	"OVER_365_DAYS":                 {"A consent lasts 365 days at most.", "Persetujuan berlaku paling lama 365 hari."},
	"PERSON_UNKNOWN":                {"The person is not known here.", "Orang ini tidak dikenal."},
	"REPLACED":                      {"Another basis has replaced it already.", "Sudah diganti dasar lain."},
	"SUPERVISOR_ONLY":               {"Only a supervisor may say this.", "Hanya koordinator yang dapat menyatakan ini."},
	"TWICE":                         {"Given twice.", "Disebut dua kali."},
	"UNCHANGED":                     {"Is the same as now.", "Sama dengan yang sekarang."},
	"UNIT_INACTIVE":                 {"The unit does not work now.", "Unit sedang tidak aktif."},
	"MASK_PATH":                     {"Is not a field of the mask.", "Bukan isian yang dapat diubah."},
	"NOT_A_REASON":                  {"Not a reason of the list.", "Bukan alasan dari daftar."},
	"NOT_A_SERVICE":                 {"Not a service of the list.", "Bukan layanan dari daftar."},
	"ONLY_WITH_LEGS":                {"Only with a referral; record it on the case.", "Hanya bersama rujukan; catat pada kasusnya."},
	"NOT_AN_OUTCOME":                {"Not an outcome of the list.", "Bukan hasil dari daftar."},
	"ONE_OF_PERSON_NEW_PERSON_CASE": {"Give one of person, newPerson and case.", "Isi salah satu: person, newPerson, atau case."},
}

// fieldText says a fault. A word that is itself a reason has the reason's text; a new one is at least named.
func fieldText(v Violation) text {
	said, ok := fieldTexts[v.Reason]
	if !ok {
		said = reasons[reasonOf(v.Reason)].text
	}
	if said.en == "" {
		said = fieldTexts["INVALID"]
	}
	if strings.Contains(said.en, "%s") && v.Limit == "" { // the domain names no limit
		return text{en: "Is too short, too long or out of range.", id: "Terlalu pendek, terlalu panjang, atau di luar rentang."}
	}
	return text{strings.ReplaceAll(said.en, "%s", v.Limit), strings.ReplaceAll(said.id, "%s", v.Limit)}
}
