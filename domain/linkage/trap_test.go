package linkage

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
)

// A story is told by persons written down twice; what the small regency has besides gives u.
type story struct {
	subject Person
	others  []Person
}

var today = DateOf(2026, 3, 1)

// told settles a story and gives what was found of each other person.
func (s story) told() (found []Found, settled []Settled) {
	m := small().matcher
	s.subject.ID = [16]byte{1}
	card := NewCard(s.subject)
	subject := m.Prepare(&card)
	for i, p := range s.others {
		p.ID = [16]byte{2, byte(i)}
		c := NewCard(p)
		m.counts.Without(&c)
		f := Found{At: i, Card: c}
		subject.Compare(&f.Card, &f.Match)
		found = append(found, f)
	}
	return found, m.Settle(subject, found)
}

func at(p Person, village, rt, rw string) Person {
	p.Village, p.RT, p.RW = village, rt, rw
	if p.Recorded == 0 {
		p.Recorded = today
	}
	return p
}

const (
	home  = "3299010003"
	there = "3299190004"
)

// childRow is a child as a posyandu writes it.
func childRow(name string, born Date, mother, nik string) Person {
	return at(Person{Name: name, Sex: Female, Birth: BornOn(born), Mother: mother, NIK: nik}, home, "003", "7")
}

// The traps of design page linkage 8, each with what must and what must not be.
func TestFillersAreNoNumbers(t *testing.T) {
	for _, filler := range []string{
		"0000000000000000", "9999999999999999", "1111111111111111", "1212121212121212", "1234567890123456", "3201010101010001", "3201000000000000",
		"3299014503930000", "3299019913930001", "3299013002930001", "", "-", "tidak ada", "12345", "12345678901234567890",
	} {
		if n := NewNumber(filler); !n.Missing() {
			t.Errorf("%q is read as a number", filler)
		}
	}
	if n := NewNumber("3299.0145 0393-0001"); !n.whole() {
		t.Error("a sound number is not read")
	}
	// A number that more than five carry is one too, whatever it looks like.
	count := NewRecount(1)
	card := NewCard(Person{KK: "3299010502120001"})
	for range tooMany + 1 {
		count.Card(&card)
	}
	counts := count.Counts()
	if counts.Without(&card); !card.kk.Missing() {
		t.Error("a number of six persons still counts")
	}
}

func TestTwinsAreBothShownWithAWarning(t *testing.T) {
	born := DateOf(2024, 5, 9)
	found, settled := story{
		subject: at(Person{Name: "Kalira Zanubi", Sex: Female, Birth: BornOn(born), NIK: "3299014905240001", Guardian: "Wiharyati Satun", Relation: IsMother}, home, "3", "7"),
		others: []Person{
			childRow("Kalira Zanubi", born, "Wiharyati Satun", "3299014905240001"),
			childRow("Kalisa Zanubi", born, "Wiharyati Satun", "3299014905240002"),
		},
	}.told()
	if settled[0].Score[Self] < StrongFrom {
		t.Errorf("herself has %.2f", settled[0].Score[Self])
	}
	if settled[1].Score[Self] >= LikelyFrom {
		t.Errorf("the twin is taken for her, with %.2f", settled[1].Score[Self])
	}
	if settled[1].Score[Household] < StrongFrom {
		t.Errorf("the twin has %.2f for the household", settled[1].Score[Household])
	}
	for k := range settled {
		if w := found[k].Match.Warnings(Self, &settled[k]); !slices.Contains(w, TwinPossible) {
			t.Errorf("candidate %d has the warnings %v", k, w)
		}
	}
}

func TestACommonNameAndAVillageAreNoMatch(t *testing.T) {
	_, settled := story{
		subject: at(Person{Name: "Siti", Sex: Female, Birth: BornAged(27, today)}, home, "", ""),
		others:  []Person{childRow("Kalira", DateOf(2024, 5, 9), "Siti", ""), childRow("Zanubi", DateOf(2023, 5, 9), "Siti", "")},
	}.told()
	for k := range settled {
		if b := BandOf(settled[k].Score[settled[k].Best()]); b > Weak {
			t.Errorf("a Siti of the village is %v", b)
		}
	}
}

func TestWhoMovedIsStillFound(t *testing.T) {
	others := []Person{at(Person{Name: "Kalira", Sex: Female, Birth: BornOn(DateOf(2024, 5, 9)), Mother: "Wiharyati Satun", MotherNIK: "3299014503930002"}, home, "003", "7")}
	s := story{subject: at(Person{Name: "Wiharyati Satun", Sex: Female, NIK: "3299014503930002"}, there, "1", "1"), others: others}
	found, settled := s.told()
	if settled[0].Score[Mother] < StrongFrom {
		t.Errorf("a mother who moved has %.2f", settled[0].Score[Mother])
	}
	if w := found[0].Match.Warnings(Mother, &settled[0]); !slices.Contains(w, Moved) {
		t.Errorf("warnings %v, want MOVED", w)
	}
}

func TestAChildInTwoPosyanduIsOnePersonInTwoRows(t *testing.T) {
	born := DateOf(2024, 5, 9)
	second := at(childRow("KALIRA ZANUBI", born, "Wiharyati", ""), there, "2", "2")
	_, settled := story{
		subject: at(Person{Name: "Kalira Zanubi", Sex: Female, Birth: BornOn(born), Guardian: "Wiharyati Satun", Relation: IsMother}, home, "3", "7"),
		others:  []Person{childRow("Kalira Zanubi", born, "Wiharyati Satun", ""), second},
	}.told()
	for k := range settled {
		if settled[k].Score[Self] < LikelyFrom {
			t.Errorf("row %d has %.2f", k, settled[k].Score[Self])
		}
	}
	// The control: another child of that name and day, of another mother, does compete.
	other := at(childRow("Kalira Munadi", born, "Ratunsih", ""), there, "2", "2")
	_, settled = story{
		subject: at(Person{Name: "Kalira Zanubi", Sex: Female, Birth: BornOn(born), Guardian: "Wiharyati Satun", Relation: IsMother}, home, "3", "7"),
		others:  []Person{childRow("Kalira Zanubi", born, "Wiharyati Satun", ""), other},
	}.told()
	if settled[1].Score[Self] >= LikelyFrom {
		t.Errorf("a stranger's child has %.2f", settled[1].Score[Self])
	}
}

func TestAGuardianWhoIsNotTheMotherIsNotComparedWithHer(t *testing.T) {
	row := childRow("Kalira", DateOf(2024, 5, 9), "Wiharyati Satun", "")
	s := story{subject: at(Person{Name: "Munadi", Sex: Male, Birth: BornInYear(2015), Guardian: "Wiharyati Satun"}, home, "3", "7"), others: []Person{row}}
	found, _ := s.told()
	if e := &found[0].Match.Evidence[Household]; e.level[FieldMother] != missing {
		t.Error("an aunt is compared with the mother")
	}
	s.subject.Relation = IsMother
	if found, _ = s.told(); found[0].Match.Evidence[Household].bits[FieldMother] <= 0 {
		t.Error("the mother is not compared with the mother")
	}
	s.subject.Relation = IsFather
	s.others[0].Mother = "Ny. Wiharyati Satun" // written by her husband's name
	if found, _ = s.told(); found[0].Match.Evidence[Household].bits[FieldFather] <= 0 {
		t.Error("the father is not found in \"Ny.\"")
	}
}

func TestDatesAreTakenForWhatTheyAre(t *testing.T) {
	day := func(y, m, d int) Birth { return BornOn(DateOf(y, m, d)) }
	for _, tt := range []struct {
		name string
		a, b Birth
		want birthLevel
	}{
		{"the same day", day(2024, 5, 9), day(2024, 5, 9), birthExact},
		{"two days later", day(2024, 5, 9), day(2024, 5, 11), birthClose},
		{"a digit of the year", day(2024, 5, 9), day(2014, 5, 9), birthClose},
		{"a digit of the month", day(2024, 5, 9), day(2024, 6, 9), birthClose},
		{"day and month", day(2024, 5, 9), day(2024, 9, 5), birthSwapped},
		{"another day", day(2024, 5, 9), day(2024, 7, 21), birthDiffers},
		{"another age", day(2024, 5, 9), day(2019, 7, 21), birthFar},
		{"1 January is a year", day(2024, 1, 1), day(2024, 7, 21), yearAgrees},
		{"1 January of another year", day(2024, 1, 1), day(2023, 7, 21), yearDiffers},
		{"an age on a day", BornAged(1, DateOf(2026, 3, 1)), day(2024, 5, 9), ageAgrees},
		{"an age on that birthday", BornAged(2, DateOf(2026, 5, 9)), day(2024, 5, 9), ageAgrees},
		{"an age on the day before", BornAged(2, DateOf(2026, 5, 8)), day(2024, 5, 9), ageByOne},
		{"an age rounded", BornAged(2, DateOf(2026, 3, 1)), day(2024, 5, 9), ageByOne},
		{"another age", BornAged(9, DateOf(2026, 3, 1)), day(2024, 5, 9), ageDiffers},
		{"born on the 29th of February", BornAged(1, DateOf(2024, 2, 29)), day(2022, 3, 1), ageAgrees},
	} {
		if got := likeBirth(tt.a, tt.b); got != tt.want {
			t.Errorf("%s: level %d, want %d", tt.name, got, tt.want)
		}
		if got := likeBirth(tt.b, tt.a); got != tt.want {
			t.Errorf("%s, turned round: level %d, want %d", tt.name, got, tt.want)
		}
	}
	for d := DateOf(1899, 12, 1); d < DateOf(2101, 1, 1); d += 13 {
		if y, m, day := d.split(); DateOf(y, m, day) != d || !validDay(y, m, day) {
			t.Fatalf("day %d does not come back", d)
		}
	}
	if DateOf(1970, 1, 1) != 0 || DateOf(2000, 3, 1) != 11017 || validDay(2023, 2, 29) || !validDay(2024, 2, 29) {
		t.Error("the calendar is another than everybody's")
	}
}

func TestPlacesAreComparedByCode(t *testing.T) {
	card := func(village, rt, rw string) *Card {
		c := NewCard(at(Person{}, village, rt, rw))
		return &c
	}
	onlyKecamatan := NewCard(Person{Kecamatan: "329901"})
	a := card("32.99.01.0003", "3", "7")
	for _, tt := range []struct {
		name string
		b    *Card
		want placeLevel
	}{
		{"3 and 003", card(home, "003", "07"), placeRT},
		{"another RT", card(home, "4", "7"), placeRW},
		{"another RW", card(home, "3", "8"), placeOtherRW},
		{"no RT", card(home, "", "7"), placeVillage},
		{"RT 0 is none", card(home, "000", "7"), placeVillage},
		{"a village of one name elsewhere", card(there, "3", "7"), placeElsewhere},
		{"another village", card("3299010004", "3", "7"), placeKecamatan},
		{"the kecamatan alone", &onlyKecamatan, placeOnlyKecamatan},
		{"nothing", card("", "3", "7"), missing},
	} {
		if got := likePlace(a, tt.b); got != tt.want {
			t.Errorf("%s: level %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestTheAgeOfARecordWinsOverTheNIKsCentury(t *testing.T) {
	old := NewCard(Person{Name: "Ratunsih", Sex: Female, Birth: BornAged(103, today), NIK: "3299014503220001", Recorded: today})
	if y, _, _ := old.birth.First.split(); y != 1922 {
		t.Errorf("a great-grandmother is born in %d", y)
	}
	young := NewCard(Person{Name: "Kalira", NIK: "3299014503220001", Recorded: today})
	if y, _, _ := young.birth.First.split(); y != 2022 || young.sex != Female {
		t.Errorf("a child is born in %d", y)
	}
}

func TestAMothersNIKInAChildsRowIsHers(t *testing.T) {
	c := NewCard(childRow("Kalira", DateOf(2024, 5, 9), "Wiharyati", "3299014503930002"))
	if !c.nik.Missing() || c.motherNIK != NewNumber("3299014503930002") {
		t.Error("the mother's NIK is taken for the child's")
	}
	own := NewCard(childRow("Kalira", DateOf(2024, 5, 9), "Wiharyati", "3299014905240001"))
	if own.nik.Missing() || !own.motherNIK.Missing() {
		t.Error("the child's NIK is taken for the mother's")
	}
}

func TestOneNIKAgainstNameAndDateIsNeverShown(t *testing.T) {
	nik := "3299014905240001"
	found, settled := story{
		subject: at(Person{Name: "Kalira Zanubi", Sex: Female, Birth: BornOn(DateOf(2024, 5, 9)), NIK: nik}, home, "3", "7"),
		others:  []Person{childRow("Ratun Dinsih", DateOf(2021, 11, 23), "Munasih", nik)},
	}.told()
	if b := BandOf(settled[0].Score[Self]); b > Weak {
		t.Errorf("the pair is %v", b)
	}
	if w := found[0].Match.Warnings(Self, &settled[0]); !slices.Contains(w, NIKConflict) {
		t.Errorf("warnings %v, want NIK_CONFLICT", w)
	}
	if found[0].Match.NeedsSecond(Self) {
		t.Error("an equal NIK needs no second person")
	}
}

func TestAddressAndCardAloneMakeNoPerson(t *testing.T) {
	kk := "3299010502120001"
	row := childRow("Kalira Zanubi", DateOf(2024, 5, 9), "Wiharyati Satun", "")
	row.KK = kk
	_, settled := story{subject: at(Person{Name: "Gunadi Ropidun", Sex: Male, Birth: BornAged(61, today), KK: kk}, home, "3", "7"), others: []Person{row}}.told()
	if settled[0].Score[Self] > Never || settled[0].Score[Mother] > Never {
		t.Error("a grandfather is taken for the child or its mother")
	}
	if settled[0].Score[Household] < StrongFrom || settled[0].Best() != Household {
		t.Errorf("the household has %.2f", settled[0].Score[Household])
	}
	row.KK = ""
	found, settled := story{subject: at(Person{Name: "Gunadi Ropidun", Sex: Male, Birth: BornAged(61, today), KK: kk}, home, "3", "7"), others: []Person{row}}.told()
	if w := found[0].Match.Warnings(Household, &settled[0]); !slices.Contains(w, AddressOnly) {
		t.Errorf("warnings %v, want ADDRESS_ONLY", w)
	}
	if !found[0].Match.NeedsSecond(Household) {
		t.Error("an address alone is confirmed by one person")
	}
}

// PC-09, as far as it is pure: whatever identifier two records share, what is said of them has one shape and no value of either, and a
// card says nothing of unit, case or level, for it has no place for them.
func TestWhatIsSaidOfAPairHoldsNoValue(t *testing.T) {
	secret := []string{"kalira", "zanubi", "wiharyati", "satun", "3299014905240001", "3299010502120001", "2024", "3299010003"}
	subject := at(Person{Name: "Kalira Zanubi", Sex: Female, Birth: BornOn(DateOf(2024, 5, 9)), NIK: "3299014905240001", KK: "3299010502120001", Guardian: "Wiharyati Satun", Relation: IsMother}, home, "3", "7")
	row := childRow("Kalira Zanubi", DateOf(2024, 5, 9), "Wiharyati Satun", "3299014905240001")
	shapes := map[string]bool{}
	for _, by := range []func(*Person){
		func(*Person) {}, func(p *Person) { p.NIK = "" }, func(p *Person) { p.KK = subject.KK }, func(p *Person) { p.Birth = Birth{} },
	} {
		other := row
		by(&other)
		found, settled := story{subject: subject, others: []Person{other}}.told()
		f := &found[0]
		for h := range hypotheses {
			shape := ""
			for _, s := range f.Match.Told(h) {
				shape += s.Field.String() + " "
				if (s.Agreement == Missing) != (s.Agreement.Word() == "kosong") || s.Agreement == Missing && s.Bits != 0 {
					t.Errorf("%v of %v weighs %d", s.Agreement, s.Field, s.Bits)
				}
			}
			shapes[fmt.Sprint(h, shape)] = true
		}
		card := NewCard(subject)
		said := fmt.Sprintf("%+v %v %v %#v %d %v", card, found, settled, f, f.Match.Told(Self), f.Match.Warnings(Self, &settled[0]))
		said += slog.AnyValue(&card).String() + slog.AnyValue(*f).Resolve().String() + fmt.Sprint(subject, other, small().matcher.Prepare(&card))
		for _, s := range secret {
			if strings.Contains(strings.ToLower(said), s) {
				t.Errorf("%q is told", s)
			}
		}
	}
	if len(shapes) != int(hypotheses) {
		t.Errorf("%d shapes of evidence, want one a hypothesis: what is known must not be told by what is listed", len(shapes))
	}
}

func TestBandsFollowProbability(t *testing.T) {
	for _, tt := range []struct {
		score float32
		band  Band
		p     float64
	}{{StrongFrom, Strong, .95}, {LikelyFrom, Likely, .5}, {WeakFrom, Weak, .098}, {Never, Hidden, 0}, {40, Strong, 1}} {
		if got := Probability(tt.score); BandOf(tt.score) != tt.band || got < tt.p-.005 || got > tt.p+.005 {
			t.Errorf("score %v: %v, p %.3f; want %v, %.3f", tt.score, BandOf(tt.score), got, tt.band, tt.p)
		}
	}
	if BandOf(StrongFrom-.01) != Likely || BandOf(LikelyFrom-.01) != Weak || BandOf(WeakFrom-.01) != Hidden || Bucket(40) != 9 || Bucket(LikelyFrom) != 5 {
		t.Error("the bands do not meet where they should")
	}
}
