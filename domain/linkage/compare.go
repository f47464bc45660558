package linkage

// Evidence is what each field says under one hypothesis: its level, and bits for or against.
type Evidence struct {
	level [fieldsCompared]uint8
	bits  [fieldsCompared]float32
}

func (e *Evidence) clear() {
	for f := range fieldsCompared {
		e.level[f] = missing
	}
	e.bits = [fieldsCompared]float32{}
}

func (e *Evidence) set(f Field, level uint8, bits float32) { e.level[f], e.bits[f] = level, bits }

func (e *Evidence) sum() (bits float32) {
	for _, b := range e.bits {
		bits += b
	}
	return bits
}

// A Match is what a comparison found: the raw score of each hypothesis, before any other card is looked at, and what it is made of.
type Match struct {
	Raw      [hypotheses]float32
	Evidence [hypotheses]Evidence
}

// Best is the highest raw score.
func (m *Match) Best() float32 { return max(m.Raw[Self], m.Raw[Mother], m.Raw[Household]) }

// Compare weighs the subject against a card and tells whether any hypothesis reaches Floor. It writes into m and allocates nothing.
// Names are compared only where numbers, dates, sex and address leave a chance, which loses nothing that reaches Floor.
func (s *Subject) Compare(r *Card, m *Match) bool {
	left := s.plausible(r, m)
	return left != 0 && s.names(left, r, m)
}

// names goes on with the hypotheses that are left.
func (s *Subject) names(left uint8, r *Card, m *Match) bool {
	if left&(1<<Self) != 0 {
		s.selfNames(r, m)
	}
	if left&(1<<Mother) != 0 {
		s.motherNames(r, m)
	}
	if left&(1<<Household) != 0 {
		s.householdNames(r, m)
	}
	m.doubtNIK()
	return m.Best() >= Floor
}

// doubtNIK holds a pair of one NIK, whose names and dates both differ, below what is shown: one of the numbers is a stranger's.
func (m *Match) doubtNIK() {
	for _, h := range []Hypothesis{Self, Mother} {
		if m.Evidence[h].nikConflict() {
			m.Raw[h] = min(m.Raw[h], LikelyFrom-.01)
		}
	}
}

// plausible weighs all but names, and gives the hypotheses (bit h) that names could still lift to Floor.
func (s *Subject) plausible(r *Card, m *Match) (left uint8) {
	m.Raw = [hypotheses]float32{Never, Never, Never}
	place := likePlace(&s.Card, r)
	kk := likeKK(s.Card.kk, r.kk)
	for h := range hypotheses {
		e, w := &m.Evidence[h], &s.m.weights[h]
		e.clear() // whatever comes: a match is used again, and may never tell of another pair
		if h == Mother && !mayBeMother(&s.Card, r) {
			continue
		}
		if place != missing {
			e.set(FieldPlace, uint8(place), s.place[h][place])
		}
		if kk != missing {
			e.set(FieldKK, kk, w.kk[kk])
		}
		s.plain(h, r, e, w)
		m.Raw[h] = w.prior + e.sum()
		if m.Raw[h]+s.most[h] < Floor-rounding {
			m.Raw[h] = Never
			continue
		}
		left |= 1 << h
	}
	return left
}

// rounding is more than sums of a few float32 in another order differ by.
const rounding = 1e-3

// plain weighs numbers, dates and sex.
func (s *Subject) plain(h Hypothesis, r *Card, e *Evidence, w *weights) {
	c := &s.Card
	number := func(f Field, a, b Number) numberLevel {
		if a.Missing() || b.Missing() {
			return missing
		}
		l := a.like(b)
		e.set(f, uint8(l), w.nik[l])
		return l
	}
	switch h {
	case Self:
		nik := number(FieldNIK, c.nik, r.nik)
		number(FieldMotherNIK, c.motherNIK, r.motherNIK)
		derived := nik != missing && nik >= numberTwin && (c.birthNIK || r.birthNIK) // the same digits again
		if c.birth.Known() && r.birth.Known() && !derived {
			l := likeBirth(c.birth, r.birth)
			e.set(FieldBirth, uint8(l), w.birth[l])
		}
		if c.sex != UnknownSex && r.sex != UnknownSex {
			same := uint8(0)
			if c.sex == r.sex {
				same = 1
			}
			e.set(FieldSex, same, w.sex[same])
		}
	case Mother:
		nik := number(FieldNIK, c.nik, r.motherNIK)
		l := likeAge(c, r)
		if l != missing && (nik == missing || nik < numberTwin || l >= ageWithinOne) {
			e.set(FieldBirth, uint8(l), w.age[l])
		}
	case Household:
		number(FieldMotherNIK, c.motherNIK, r.motherNIK)
		if !c.nik.Missing() && !r.nik.Missing() && c.nik.like(r.nik) == numberTwin {
			e.set(FieldNIK, uint8(numberTwin), s.m.twinBits)
		}
	}
}

// likeKK compares card numbers; cards issued one after the other are of two households.
func likeKK(a, b Number) uint8 {
	if a.Missing() || b.Missing() {
		return missing
	}
	l := a.like(b)
	if l == numberTwin {
		l = numberDiffers
	}
	return uint8(l)
}

// mayBeMother tells whether S can be the mother that R names.
func mayBeMother(s, r *Card) bool {
	return s.sex != Male && (!s.birth.Known() || !r.birth.Known() || r.birth.Last-s.birth.First >= adulthood)
}
