package linkage

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// A regency of our own: households in a grid of villages, with mothers, fathers, children and an aged relative, written down by two
// agencies in their ways. No name is a person's: they are put together from syllables.
type regency struct {
	die      chance
	villages int
	n        uint64 // persons so far
}

func newRegency(seed uint64, villages int) *regency {
	return &regency{die: chance(seed), villages: villages}
}

func (g *regency) one(of ...string) string { return of[g.die.below(uint64(len(of)))] }

func (g *regency) often(percent uint64) bool { return g.die.below(100) < percent }

var (
	heads = strings.Fields("ra ma su ti ni wa da la ka ha ri mu sa ta na yu ro li wi ju di fa ki pu gi bu ne ra za ya")
	tails = strings.Fields("ti yah ni wati na rah sih min din dar man wan lis tun ryani yati sno to ndi la")
)

func (g *regency) name(words uint64) string {
	var b strings.Builder
	for w := range 1 + g.die.below(words) {
		if w > 0 {
			b.WriteByte(' ')
		}
		if w == 0 && g.often(25) {
			b.WriteString(g.one("Siti ", "Muhammad ", "Nur ", "Sri ", "M. ", "Neng "))
		}
		b.WriteString(g.one(heads...))
		if g.often(50) {
			b.WriteString(g.one(heads...))
		}
		b.WriteString(g.one(tails...))
	}
	return b.String()
}

// slip writes a name down as somebody would who heard it.
func (g *regency) slip(name string) string {
	b := []byte(name)
	switch at := int(g.die.below(uint64(len(b)))); g.die.below(12) {
	case 0:
		b[at] = 'a' + byte(g.die.below(26))
	case 1:
		b = append(b[:at:at], b[min(at+1, len(b)):]...)
	case 2:
		return "Ny. " + name
	case 3:
		if first, _, ok := strings.Cut(name, " "); ok {
			return first
		}
	case 4:
		return strings.ToUpper(name)
	case 5:
		return name + " als " + g.name(1)
	case 6:
		return name[:1] + "."
	}
	return string(b)
}

func (g *regency) maybe(percent uint64, value string) string {
	if g.often(percent) {
		return value
	}
	return ""
}

// household gives the persons of one: a mother, one to three children, and at times one more.
func (g *regency) household() []Person {
	village := g.die.below(uint64(g.villages))
	code := fmt.Sprintf("3299%02d%04d", village/12+1, village%12+1)
	rt, rw := fmt.Sprintf("%03d", 1+g.die.below(6)), fmt.Sprint(1+g.die.below(14))
	mother, father := g.name(3), g.name(2)
	recorded := DateOf(2025, 1, 1) + Date(g.die.below(500))
	born := DateOf(1980, 1, 1) + Date(g.die.below(25*365))
	nik := g.nik(code, born, Female)
	kk := fmt.Sprintf("%s%02d%02d%02d%04d", code[:6], 1+g.die.below(28), 1+g.die.below(12), 8+g.die.below(17), 1+g.die.below(3))
	place := func(p Person) Person {
		p.Village, p.RT, p.RW, p.Recorded = code, g.maybe(90, rt), rw, recorded
		return p
	}
	people := []Person{place(Person{Name: g.slip(mother), Sex: Female, Birth: g.birth(born, recorded), NIK: g.maybe(40, nik), KK: g.maybe(25, kk), Husband: g.maybe(40, g.slip(father))})}
	for range 1 + g.die.below(3) {
		sex, day := Sex(1+g.die.below(2)), recorded-Date(g.die.below(5*365))
		people = append(people, place(Person{
			Name: g.slip(g.name(3)), Sex: sex, Birth: g.birth(day, recorded), NIK: g.maybe(40, g.nik(code, day, sex)), KK: g.maybe(30, kk),
			Mother: g.maybe(95, g.slip(mother)), MotherNIK: g.maybe(20, nik), MotherAge: int(g.die.below(2)) * int((recorded-born)/365), Father: g.maybe(35, g.slip(father)),
		}))
	}
	for i := range people {
		g.n++
		binary.BigEndian.PutUint64(people[i].ID[:], g.n)
	}
	return people
}

func (g *regency) birth(day, recorded Date) Birth {
	switch y, _, _ := day.split(); g.die.below(10) {
	case 0:
		return BornInYear(y)
	case 1, 2:
		return BornAged(int(float64(recorded-day)/year), recorded)
	case 3:
		return Birth{}
	}
	return BornOn(day)
}

func (g *regency) nik(code string, day Date, sex Sex) string {
	y, m, d := day.split()
	if sex == Female {
		d += 40
	}
	return fmt.Sprintf("%s%02d%02d%02d%04d", code[:6], d, m, y%100, 1+g.die.below(4))
}

// cards are so many cards of the regency, encoded one behind the other.
func (g *regency) cards(n int) []byte {
	all := make([]byte, 0, n*CardSize)
	for len(all) < n*CardSize {
		for _, p := range g.household() {
			if len(all) < n*CardSize {
				c := NewCard(p)
				all = append(all, c.Encode()...)
			}
		}
	}
	return all
}
