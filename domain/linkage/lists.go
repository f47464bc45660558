package linkage

// NormVersion numbers the lists and steps of this file and of fold.go. Whoever changes what a name folds to raises it: cards of
// another version are not compared but made anew.
const NormVersion = 1

// The lists of design page linkage 2. They are words of Indonesian registers, in small ASCII letters.
var (
	titles = set(`h hj haji hajah ibu bu ny nyonya nona nn sdri sdr saudari saudara bpk bapak pak an anak dek adik de mama mamah
		mamak mak emak umi bunda kh ust ustadz ustadzah dr drg drs dra ir prof alm almh istri bayi by rr rd raden`)
	degrees = set(`spd spdi se sh sag ssos skom st skm mkm amd amdkeb skep ners skeb mpd msi mm mh ma sip spsi sfarm sked sgz lc`)

	// What a leading title says of whose name follows it.
	wifeTitles   = set(`ny nyonya istri`)
	motherTitles = set(`ibu bu mama mamah mamak mak emak bunda umi`)
	babyTitles   = set(`by bayi`)

	patronymics = set(`bin binti bt`)
	aliases     = set(`als alias`)

	// Written where nothing is known. Signs alone ("-", "0", "?") have no letters and are missing as well.
	missingNames = set(`tidak.tahu tidak.ada`)

	canon = spellings(map[string]string{
		"muhamad": `muhammad mohamad mohammad mohamed muhamat moch moh mochamad mochammad muh mhd md mohd mukhamad muchamad`,
		"siti":    `st sti sity sitti`,
		"ahmad":   `achmad akhmad ahmat ahmed`,
		"abdul":   `abd abdoel`,
		"nur":     `noor nor nuur noer`,
		"nurul":   `norul noerul nrl`,
		"dede":    `dd ddh`,
		"dewi":    `dewy dewie devi`,
		"neneng":  `nng eneng`,
		"sri":     `srie sry`,
	})

	weakWords = set(`muhamad siti sri nur nurul abdul ahmad al az as dede neng`)
)

func set(words string) map[string]bool {
	s := map[string]bool{}
	for _, w := range fields(words) {
		s[w] = true
	}
	return s
}

func spellings(table map[string]string) map[string]string {
	s := map[string]string{}
	for to, from := range table {
		for _, w := range fields(from) {
			s[w] = to
		}
	}
	return s
}

// A respelling is one replacement of steps 7 and 8, done everywhere in a word before the next.
type respelling [2]string

var (
	oldSpelling = []respelling{{"oe", "u"}, {"dj", "j"}, {"tj", "c"}, {"nj", "ny"}, {"sj", "sy"}, {"ch", "kh"}}
	soundsAlike = []respelling{
		{"sy", "s"},
		{"sh", "s"},
		{"kh", "h"},
		{"gh", "g"},
		{"dh", "d"},
		{"th", "t"},
		{"dz", "z"},
		{"ts", "s"},
		{"ph", "p"},
		{"v", "p"},
		{"f", "p"},
		{"x", "ks"},
		{"q", "k"},
		{"z", "s"},
		{"y", "i"},
		{"ai", "e"},
		{"ae", "e"},
		{"ii", "i"},
		{"ie", "i"},
		{"o", "u"},
	}
)
