package linkage

// What a word costs that agrees, but not letter by letter.
const (
	lossOneEdit = 2.5 // one edit in 6 letters or more
	lossEdits   = 4
	initialBits = 2.5
)

// A verdict is what one name says.
type verdict struct {
	level NameLevel
	bits  float32
}

// weigh compares a name of the subject with one of a card, by the weights of levels given. An alias counts at most as a part of the
// name.
func (s *Subject) weigh(a *Name, w *worth, b *Name, levels *[nameLevels]float32, near bool) verdict {
	if a.Missing() || b.Missing() {
		return verdict{level: MissingName}
	}
	best := s.weighWords(&a.main, &w.main, w.kind, &b.main, NameExact, levels)
	if best.level == NameNone && fuzzy(a, b) {
		best = verdict{NameFuzzy, levels[NameFuzzy]}
	}
	if best.level <= NameWeak && near && a.plain.n == a.main.n && b.plain.n == b.main.n {
		best = better(best, s.weighPlain(a, w, b, levels))
	}
	if a.alias.n > 0 {
		best = better(best, s.weighWords(&a.alias, &w.alias, w.kind, &b.main, NameSubset, levels))
	}
	if b.alias.n > 0 {
		best = better(best, s.weighWords(&a.main, &w.main, w.kind, &b.alias, NameSubset, levels))
	}
	if a.alias.n > 0 && b.alias.n > 0 {
		best = better(best, s.weighWords(&a.alias, &w.alias, w.kind, &b.alias, NameSubset, levels))
	}
	return best
}

// weighPlain compares unfolded words, for folding widens a slip in a short name: Susi and Suai are one edit apart, susi and sue are
// not. Only neighbours are worth it.
func (s *Subject) weighPlain(a *Name, w *worth, b *Name, levels *[nameLevels]float32) verdict {
	p := pair(&a.plain, &b.plain)
	v := verdict{level: p.level, bits: levels[p.level]}
	if p.level <= NameFuzzy {
		return v
	}
	for i := range int(a.main.n) {
		v.bits += s.wordBits(&a.main, &w.main, w.kind, &b.main, &p, i)
	}
	return v
}

func better(a, b verdict) verdict {
	if b.bits > a.bits {
		return b
	}
	return a
}

func (s *Subject) weighWords(a *words, info *[maxWords]float32, k kind, b *words, most NameLevel, levels *[nameLevels]float32) verdict {
	p := pair(a, b)
	v := verdict{level: min(p.level, most)}
	v.bits = levels[v.level]
	if v.level == NameWeak && (weakOnly(a) || weakOnly(b)) {
		v.bits = levels[NameSubset] // nothing else could have agreed: what the words say is little enough
	}
	if v.level == NameNone || v.level == NameFuzzy {
		return v
	}
	paired := 0
	for i := range int(a.n) {
		if p.how[i] != unlike {
			paired++
		}
		v.bits += s.wordBits(a, info, k, b, &p, i)
	}
	v.bits -= waysBits[a.n][paired]
	return v
}

// waysBits is log2 of how many ways there are to choose so many words of a name: any of three may agree by chance.
var waysBits = func() (bits [maxWords + 1][maxWords + 1]float32) {
	for n := range bits {
		ways := 1.
		for k := range n + 1 {
			bits[n][k] = log2(ways)
			ways = ways * float64(n-k) / float64(k+1)
		}
	}
	return bits
}()

// weakOnly tells whether a name has nothing but weak words and initials.
func weakOnly(w *words) bool { return w.weak|w.initial == 1<<w.n-1 }

// wordBits is what a paired word says. A word with a typo is rare and yet says no more than the word that it was meant to be.
func (s *Subject) wordBits(a *words, info *[maxWords]float32, k kind, b *words, p *pairing, i int) float32 {
	bits := info[i]
	switch p.how[i] {
	case unlike:
		return 0
	case bySpelling:
		if a.initial>>i&1 == 1 {
			return min(bits, initialBits)
		}
		return bits
	case byInitial:
		return min(bits, initialBits)
	case byOneEdit, byTwoEdits, byWinkler:
		other := b.word(int(p.with[i]))
		bits = min(bits, s.m.counts.information(k, other))
		if p.how[i] == byOneEdit && min(len(a.word(i)), len(other)) >= 6 {
			return max(bits-lossOneEdit, 0)
		}
	}
	return max(bits-lossEdits, 0)
}

// mostOf is the most that weigh can give, nothing for a name that is missing.
func (s *Subject) mostOf(h Hypothesis, w *worth) float32 { return w.bound(&s.m.weights[h].name) }

func (w *worth) bound(levels *[nameLevels]float32) float32 {
	most := max(0, levels[NameFuzzy])
	for l := NameWeak; l < nameLevels; l++ {
		if l != NameFuzzy {
			most = max(most, levels[l]+w.most)
		}
	}
	return most
}

// mostKin is the most that kin can bring.
func (s *Subject) mostKin(h Hypothesis) float32 {
	kin := &s.m.weights[h].kin
	if h == Mother {
		return max(s.man.bound(kin), s.spouse.bound(kin))
	}
	most := max(s.mother.bound(kin), s.motherAsMan.bound(kin)) + s.father.bound(kin)
	if h == Household {
		most += s.spouse.bound(kin)
	}
	return most
}

// near tells whether the two live in one RT.
func (e *Evidence) near() bool { return e.level[FieldPlace] == uint8(placeRT) }

func (e *Evidence) name(f Field, v verdict) {
	if v.level != MissingName {
		e.set(f, uint8(v.level), v.bits)
	}
}

// selfNames: is S the person of R? A baby without a name has its mother's.
func (s *Subject) selfNames(r *Card, m *Match) {
	e, w := &m.Evidence[Self], &s.m.weights[Self]
	near := e.near()
	a, b := &s.Card.names[ofSelf], &r.names[ofSelf]
	v := verdict{level: MissingName}
	if a.role != BabyOf && b.role != BabyOf {
		v = s.weigh(a, &s.self, b, &w.name, near)
		if v.level == NameNone && e.level[FieldNIK] != uint8(numberExact) {
			m.Raw[Self] = Never
			return
		}
	}
	e.name(FieldName, v)
	s.kin(r, e, &w.kin)
	s.patronymic(r, e, w)
	m.Raw[Self] = w.prior + e.sum()
}

// motherNames: is S the mother whom R names? "Ny. Asep" is Asep's wife.
func (s *Subject) motherNames(r *Card, m *Match) {
	e, w := &m.Evidence[Mother], &s.m.weights[Mother]
	near := e.near()
	a, b := &s.Card.names[ofSelf], &r.names[ofMother]
	if b.Missing() && r.names[ofSelf].role == BabyOf {
		b = &r.names[ofSelf]
	}
	v := s.weigh(a, &s.woman, b, &w.name, near)
	husband := s.weigh(&s.Card.names[ofHusband], &s.spouse, &r.names[ofFather], &w.kin, near)
	if a.role == WifeOf && s.Card.names[ofHusband].Missing() {
		husband = s.weigh(a, &s.man, &r.names[ofFather], &w.kin, near)
	}
	v = s.instead(v, &s.Card.names[ofHusband], &s.spouse, b, &w.name, near)
	if (v.level == MissingName || v.level == NameNone) && e.level[FieldNIK] != uint8(numberExact) {
		m.Raw[Mother] = Never
		return
	}
	e.name(FieldName, v)
	e.name(FieldHusband, husband)
	m.Raw[Mother] = w.prior + e.sum()
}

// householdNames: is R about another person of S's household?
func (s *Subject) householdNames(r *Card, m *Match) {
	e, w := &m.Evidence[Household], &s.m.weights[Household]
	near := e.near()
	s.kin(r, e, &w.kin)
	e.name(FieldHusband, s.weigh(&s.Card.names[ofHusband], &s.spouse, &r.names[ofFather], &w.kin, near))
	s.patronymic(r, e, w)
	if !e.householdGround() {
		m.Raw[Household] = Never
		return
	}
	m.Raw[Household] = w.prior + e.sum()
}

// householdGround tells whether anything speaks for one household: kin, a card, or the address to the RT.
func (e *Evidence) householdGround() bool {
	for _, f := range []Field{FieldKK, FieldPlace, FieldMother, FieldFather, FieldHusband, FieldMotherNIK} {
		if e.level[f] != missing && e.bits[f] > 0 {
			return true
		}
	}
	return false
}

// kin compares parents with parents, and with whom "Ny. Asep" may mean.
func (s *Subject) kin(r *Card, e *Evidence, levels *[nameLevels]float32) {
	near := e.near()
	mother, father := &s.Card.names[ofMother], &s.Card.names[ofFather]
	m := s.weigh(mother, &s.mother, &r.names[ofMother], levels, near)
	if r.names[ofMother].Missing() && r.names[ofSelf].role == BabyOf {
		m = s.weigh(mother, &s.mother, &r.names[ofSelf], levels, near)
	}
	f := s.weigh(father, &s.father, &r.names[ofFather], levels, near)
	f = s.instead(f, father, &s.father, &r.names[ofMother], levels, near)
	if mother.role == WifeOf && (m.level == MissingName || m.level <= NameFuzzy) {
		if as := s.weigh(mother, &s.motherAsMan, &r.names[ofFather], levels, near); as.level != MissingName && as.level > NameFuzzy {
			m = as
		}
	}
	e.name(FieldMother, m)
	e.name(FieldFather, f)
}

// instead compares a man's name with what stands for a mother's: "Ny. Asep" is his wife, and often the "Ny." is left out.
func (s *Subject) instead(v verdict, man *Name, w *worth, mother *Name, levels *[nameLevels]float32, near bool) verdict {
	if v.level != MissingName && v.level > NameFuzzy {
		return v
	}
	as := s.weigh(man, w, mother, levels, near)
	if as.level == MissingName || as.level <= NameFuzzy {
		return v
	}
	if mother.role != WifeOf {
		as.bits -= bySlip
	}
	if v.level == MissingName && as.bits > 0 || as.bits > v.bits {
		return as
	}
	return v
}

// patronymic compares "binti Iwan" with a father's name.
func (s *Subject) patronymic(r *Card, e *Evidence, w *weights) {
	bin, other := &s.Card.names[ofSelf].father, &r.names[ofFather].main
	info := &s.bin.main
	if bin.n == 0 {
		bin, other, info = &s.Card.names[ofFather].main, &r.names[ofSelf].father, &s.father.main
	}
	if bin.n == 0 || other.n == 0 {
		return
	}
	p := pair(bin, other)
	if p.level <= NameFuzzy {
		e.set(FieldPatronymic, 0, w.bin[0])
		return
	}
	bits := w.bin[1]
	for i := range int(bin.n) {
		bits += s.wordBits(bin, info, men, other, &p, i)
	}
	e.set(FieldPatronymic, 1, bits)
}
