package cli

import (
	"fmt"
	"math/rand/v2"

	"google.golang.org/protobuf/proto"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// people makes up the clients of the demo: nobody's names, put together from lists, the same for the same seed.
type people struct {
	chance *rand.Rand
	taken  map[string]bool // names given: the story looks for a name where it must not be, and would find a namesake
}

func newPeople(seed uint64) *people {
	return &people{rand.New(rand.NewPCG(seed, 0x53_69_6e_65_72_67_69)), map[string]bool{}}
}

var (
	girlNames = []string{
		"Kirana", "Sekar", "Melur", "Wening", "Laras", "Puspita", "Ayuni", "Dinara", "Mustika", "Nirmala",
		"Cantika", "Galuh", "Hasna", "Jelita", "Kemala",
	}
	boyNames = []string{
		"Bayu", "Raka", "Galih", "Satria", "Wira", "Danu", "Prabu", "Elang", "Jaka", "Tirta",
		"Bagas", "Cakra", "Dimas", "Lintang", "Rangga",
	}
	womenNames = []string{
		"Imas", "Teti", "Euis", "Lilis", "Nunung", "Yoyoh", "Cucu", "Entin", "Rukmini", "Sumiati",
		"Aisah", "Dedeh", "Ecin", "Itoh", "Kokom", "Mimin", "Onah", "Popon", "Tarsih", "Wiwin",
	}
	menNames = []string{
		"Jajang", "Asep", "Dadang", "Ujang", "Endang", "Cecep", "Yayan", "Wawan", "Tatang", "Maman",
		"Adang", "Bubun", "Didin", "Gugun", "Ocim",
	}
	lastNames = []string{
		"Permana", "Komala", "Wiratma", "Sudrajat", "Rosmala", "Kartawi", "Hadiyana", "Suryana", "Anggana", "Mulyana",
		"Natawi", "Pramudia", "Sasmita", "Tanuwi", "Wangsa",
	}
	// Villages of the two kecamatan whose puskesmas the demo has.
	villages = map[string][]string{
		"32.01.01": {"32.01.01.1001", "32.01.01.1002", "32.01.01.1003", "32.01.01.1006"},
		"32.01.03": {"32.01.03.1006", "32.01.03.1007", "32.01.03.2001"},
	}
)

func pick[T any](p *people, from []T) T { return from[p.chance.IntN(len(from))] }

func (p *people) woman() string { return p.name(womenNames) }
func (p *people) man() string   { return p.name(menNames) }

// name gives a name that nobody has yet: of two words, or of three once most of those are given.
func (p *people) name(first []string) string {
	for tries := 0; ; tries++ {
		name := pick(p, first) + " " + pick(p, lastNames)
		if tries > 10 {
			name += " " + pick(p, lastNames)
		}
		if !p.taken[name] {
			p.taken[name] = true
			return name
		}
	}
}

func (p *people) address(kecamatan string) *pb.Address {
	return &pb.Address{
		AreaCode: pick(p, villages[kecamatan]),
		Rt:       fmt.Sprintf("%02d", 1+p.chance.IntN(8)),
		Rw:       fmt.Sprintf("%02d", 1+p.chance.IntN(12)),
	}
}

// girl is a child born on a day, known by her mother and without a NIK at hand: the commonest child of a weighing day.
func (p *people) girl(kecamatan, born string) *pb.NewPerson {
	return p.child(pb.Sex_FEMALE, girlNames, kecamatan, born)
}

func (p *people) child(sex pb.Sex_Value, first []string, kecamatan, born string) *pb.NewPerson {
	return &pb.NewPerson{
		Name: p.name(first), Sex: sex, BirthDate: born, NikAbsence: pb.NikAbsence_NOT_SHOWN,
		Mother: &pb.Kin{Name: p.woman()}, Address: p.address(kecamatan),
	}
}

// adult is a woman who may not be called at home.
func (p *people) adult(kecamatan string, age int) *pb.NewPerson {
	return &pb.NewPerson{
		Name: p.woman(), Sex: pb.Sex_FEMALE, AgeYears: proto.Int32(int32(age)), NikAbsence: pb.NikAbsence_NOT_ASKED,
		Address: p.address(kecamatan), SafeContact: &pb.SafeContact{DoNotCall: true},
	}
}

// medians of length, cm, and weight, kg, by completed months: rounded from the WHO standards, good enough for children who
// are made up. What a real measurement means is the server's to say.
var medians = []struct{ months, length, weight float64 }{
	{0, 49.5, 3.3}, {3, 60.5, 6.1}, {6, 66.5, 7.6}, {12, 75, 9.2}, {18, 81.5, 10.5}, {24, 87, 11.8}, {36, 95.5, 14.1}, {48, 103, 16.2}, {60, 109.5, 18.3},
}

// measured is a made-up measurement of a child so many months old; the children of the demo are shorter than the standard, as
// those of the regency are.
func (p *people) measured(months int, on string) *pb.NewMeasurement {
	length, weight := median(float64(months))
	short := 1 - 0.037*(1.1+0.9*p.chance.NormFloat64())
	position := pb.Position_STANDING
	if months < 24 {
		position = pb.Position_LYING
	}
	return &pb.NewMeasurement{
		MeasuredOn: on, Position: position,
		LengthCm: proto.Float64(tenth(length * short)),
		WeightKg: proto.Float64(tenth(weight * short * short * (0.98 + 0.05*p.chance.NormFloat64()))),
	}
}

func median(months float64) (length, weight float64) {
	for i := 1; i < len(medians); i++ {
		a, b := medians[i-1], medians[i]
		if months <= b.months {
			share := (months - a.months) / (b.months - a.months)
			return a.length + share*(b.length-a.length), a.weight + share*(b.weight-a.weight)
		}
	}
	last := medians[len(medians)-1]
	return last.length, last.weight
}

func tenth(x float64) float64 { return float64(int(x*10+0.5)) / 10 }
