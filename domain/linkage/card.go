package linkage

// Sex as registers have it.
type Sex uint8

// The sexes.
const (
	UnknownSex Sex = iota
	Male
	Female
)

// A Side is one of the two that never meet: a person with records on both has two cards.
type Side uint8

// The sides.
const (
	Ordinary Side = iota
	Protected
)

// A Relation is what a guardian is to the person. Only a parent is compared with a parent.
type Relation uint8

// The relations that matter here.
const (
	OtherRelation Relation = iota
	IsMother
	IsFather
)

// A Person is a person record and its kin as written: what a card is made from. Never put a shelter's address or a safe contact
// into it.
type Person struct {
	ID       [16]byte
	Side     Side
	Recorded Date // the date of the record

	Name  string
	Sex   Sex
	Birth Birth
	NIK   string
	KK    string

	Village   string // code of ten digits, dots allowed: 32.01.11.2007
	Kecamatan string // code of six, where the village is not known
	RW, RT    string

	Mother    string
	MotherNIK string
	MotherAge int // years on Recorded, 0 if not known
	Father    string
	Guardian  string
	Relation  Relation // of the guardian
	Husband   string
}

// A Card is a person as she is compared: folded, without anything that says which agency knows her, or why.
type Card struct {
	ID       [16]byte
	Side     Side
	Recorded Date

	sex       Sex
	birth     Birth
	birthNIK  bool // the birth is that of the NIK
	nik       Number
	motherNIK Number
	kk        Number
	mother    struct {
		birth Birth
		sure  bool // to the day, by her NIK
	}
	village   uint64 // code, 0 if not known
	kecamatan uint32
	rw, rt    uint16
	motherTie uint64 // hash of the mother's name, 0 if not known

	names [namesOfCard]Name
}

// Whose name it is.
const (
	ofSelf = iota
	ofMother
	ofFather
	ofGuardian // who is no parent
	ofHusband
	namesOfCard
)

// adulthood is the least age of a mother at a birth, in days.
const adulthood = 13*365 + 3

// NewCard makes the card of a person.
func NewCard(p Person) Card {
	c := Card{ID: p.ID, Side: p.Side, Recorded: p.Recorded, sex: p.Sex, birth: p.Birth}
	c.nik, c.kk, c.motherNIK = NewNumber(p.NIK), NewNumber(p.KK), NewNumber(p.MotherNIK)
	c.village, c.kecamatan = place(p.Village, p.Kecamatan)
	c.rw, c.rt = unitNumber(p.RW), unitNumber(p.RT)
	c.names[ofSelf], c.names[ofMother] = NewName(p.Name), NewName(p.Mother)
	c.names[ofFather], c.names[ofHusband] = NewName(p.Father), NewName(p.Husband)
	c.guardian(NewName(p.Guardian), p.Relation)
	if m, f := &c.names[ofMother], &c.names[ofFather]; !m.Missing() && m.main == f.main {
		m.role = WifeOf // the father's name stands twice
	}
	if m := &c.names[ofMother].main; m.n > 0 {
		c.motherTie = hash(m.whole())
	}
	c.readNIK()
	c.readMother(p.MotherAge)
	return c
}

// guardian puts a parent where parents are, unless one is written there.
func (c *Card) guardian(name Name, r Relation) {
	to := ofGuardian
	switch r {
	case IsMother:
		to = ofMother
	case IsFather:
		to = ofFather
	}
	if c.names[to].Missing() {
		c.names[to] = name
	}
}

// readNIK fills birth and sex from the NIK, and recognises a mother's NIK in a child's field: 1 in 80 records has it there.
func (c *Card) readNIK() {
	born, sex, ok := c.nik.birthIn(c.birth, c.Recorded)
	if !ok {
		return
	}
	if c.birth.Known() && c.birth.First-born.Last > adulthood {
		if c.motherNIK.Missing() && sex == Female {
			c.motherNIK = c.nik
		}
		c.nik = Number{}
		return
	}
	switch {
	case c.sex == UnknownSex:
		c.sex = sex
	case c.sex != sex:
		c.sex = UnknownSex // one of the two is wrong
	}
	if !c.birth.Known() || !c.birth.toDay() && c.birth.overlaps(born) {
		c.birth, c.birthNIK = born, true
	}
}

func (c *Card) readMother(age int) {
	if age > 0 {
		c.mother.birth = BornAged(age, c.Recorded)
	}
	if born, sex, ok := c.motherNIK.birthIn(c.mother.birth, c.Recorded); ok && sex == Female && c.birth.First-born.Last > adulthood {
		c.mother.birth, c.mother.sure = born, true
	}
}

// place reads codes; a village has its kecamatan in it.
func place(village, kecamatan string) (uint64, uint32) {
	v, n := code(village)
	if n != 10 {
		v = 0
	}
	k, n := code(kecamatan)
	if n != 6 {
		k = 0
	}
	if v != 0 {
		k = v / 10000
	}
	return v, uint32(k)
}

// code is the number of the digits of a text and how many they are; 99 if there is anything but dots between them.
func code(text string) (value uint64, digits int) {
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9' && digits < 18:
			value, digits = value*10+uint64(r-'0'), digits+1
		case r == '.' || r == ' ':
		default:
			return 0, 99
		}
	}
	return value, digits
}

// unitNumber reads an RT or RW: 3, 03 and 003 are one, and 0 is none.
func unitNumber(text string) uint16 {
	v, n := code(text)
	if n > 5 || v > 999 {
		return 0
	}
	return uint16(v)
}
