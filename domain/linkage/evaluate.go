package linkage

import (
	"fmt"
	"io"
	"slices"
)

// A Folder is what an evaluation reads: two agencies' files, and what is true of them where somebody knows.
type Folder struct {
	Health, Protection []Row
	Truth              []TruePair
}

// A TruePair is a row of truth.csv.
type TruePair struct {
	Subject, Other string
	Relation       Relationship
}

// A Relationship is a hypothesis by its name in files.
type Relationship string

// The relationships, in the order of the hypotheses.
const (
	PersonChild  Relationship = "person_child"
	PersonMother Relationship = "person_mother"
	InHousehold  Relationship = "household"
)

var relationships = [hypotheses]Relationship{PersonChild, PersonMother, InHousehold}

// ReadTruth reads truth.csv.
func ReadTruth(r io.Reader) ([]TruePair, error) {
	s, err := openSheet(r, "protection_id health_id relation")
	if err != nil {
		return nil, err
	}
	var all []TruePair
	for {
		more, err := s.next()
		if err != nil || !more {
			return all, err
		}
		t := TruePair{s.cell("protection_id"), s.cell("health_id"), Relationship(s.cell("relation"))}
		if !slices.Contains(relationships[:], t.Relation) {
			return nil, fmt.Errorf("line %d: the relation is none of person_child, person_mother, household", s.line+1)
		}
		all = append(all, t)
	}
}

// A Linking is a folder whose two files were compared, each protection row with each health row. It never looks at the truth.
type Linking struct {
	folder   *Folder
	Matcher  *Matcher
	Subjects []*Subject
	Found    [][]Found // by subject
	Settled  [][]Settled
}

// Link compares the files of a folder by a model, with u counted from them. done, if it is not nil, is told how many health rows are
// through, and may end it with an error.
func (f *Folder) Link(m Model, done func(rows int) error) (*Linking, error) {
	NameKecamatan(f.Health, f.Protection)
	count := NewRecount(1)
	cards := make([][]byte, len(f.Health))
	for i := range f.Health {
		c := NewCard(f.Health[i].person(1, i))
		count.Card(&c)
		cards[i] = c.Encode()
	}
	asking := make([]Card, len(f.Protection))
	for i := range f.Protection {
		asking[i] = NewCard(f.Protection[i].person(2, i))
		count.Subject(&asking[i])
	}
	l := &Linking{folder: f, Matcher: NewMatcher(m, count.Counts())}
	for i := range asking {
		l.Subjects = append(l.Subjects, l.Matcher.Prepare(&asking[i]))
	}
	scan := l.Matcher.NewScan(l.Subjects)
	for i := range cards {
		if err := scan.Card(cards[i]); err != nil {
			return nil, err
		}
		if done == nil {
			continue
		}
		if err := done(i + 1); err != nil {
			return nil, err
		}
	}
	for _, at := range scan.Wanted() {
		if err := scan.Kin(at, cards[at]); err != nil {
			return nil, err
		}
	}
	for i := range l.Subjects {
		found, settled := scan.Candidates(i)
		l.Found, l.Settled = append(l.Found, found), append(l.Settled, settled)
	}
	return l, nil
}

// person is the row's person under an id of its file.
func (r *Row) person(file byte, at int) Person {
	p := r.Person
	p.ID = [16]byte{file, byte(at >> 24), byte(at >> 16), byte(at >> 8), byte(at)}
	return p
}

// Again weighs what was found by another model, with the same counts: the step between two of EM.
func (l *Linking) Again(m Model) {
	l.Matcher = NewMatcher(m, l.Matcher.counts)
	for i, s := range l.Subjects {
		l.Subjects[i] = l.Matcher.Prepare(&s.Card)
		for k := range l.Found[i] {
			l.Subjects[i].Compare(&l.Found[i][k].Card, &l.Found[i][k].Match)
		}
		l.Settled[i] = l.Matcher.Settle(l.Subjects[i], l.Found[i])
	}
}

// Learn goes so many rounds of EM from the model that the folder was linked by, and leaves it linked by the last.
func (l *Linking) Learn(rounds int) Model {
	m := l.Matcher.model
	for range rounds {
		step := NewLearning(m)
		for i := range l.Found {
			step.Add(l.Found[i], l.Settled[i])
		}
		m = step.Model()
		l.Again(m)
	}
	return m
}

// A Prediction is a pair that is kept.
type Prediction struct {
	Subject, Other string
	Relation       Relationship
	Score          float32
}

// Predictions are all pairs that are kept, in the order of the files.
func (l *Linking) Predictions() []Prediction {
	var all []Prediction
	for i := range l.Found {
		for k := range l.Found[i] {
			for h := range hypotheses {
				if s := l.Settled[i][k].Score[h]; s >= KeptFrom {
					all = append(all, Prediction{l.folder.Protection[i].ID, l.folder.Health[l.Found[i][k].At].ID, relationships[h], s})
				}
			}
		}
	}
	return all
}

// Where a prediction counts: the thresholds of the starting model, of design page linkage 7.
const (
	PersonFrom    = -2.47
	HouseholdFrom = -3.26
)

// A Measure counts what was predicted against what is true.
type Measure struct {
	Name                   string
	True, Predicted, Right int
}

// Precision, recall and their harmonic mean.
func (m Measure) Precision() float64 { return float64(m.Right) / float64(max(1, m.Predicted)) }
func (m Measure) Recall() float64    { return float64(m.Right) / float64(max(1, m.True)) }

// F1 is the harmonic mean of precision and recall.
func (m Measure) F1() float64 {
	return 2 * float64(m.Right) / float64(max(1, m.Predicted+m.True))
}

type pairKey struct{ subject, other string }

// Measures are the persons, children and mothers among them, and the households: of these a pair counts by its best score, and any
// true pair is one.
func Measures(predictions []Prediction, truth []TruePair) []Measure {
	is := map[pairKey]Relationship{}
	child, mother, person := Measure{Name: "child"}, Measure{Name: "mother"}, Measure{Name: "persons"}
	house := Measure{Name: "household", True: len(truth)}
	for _, t := range truth {
		is[pairKey{t.Subject, t.Other}] = t.Relation
		switch t.Relation {
		case PersonChild:
			child.True++
			person.True++
		case PersonMother:
			mother.True++
			person.True++
		}
	}
	seen := map[pairKey]bool{}
	for _, p := range predictions {
		key := pairKey{p.Subject, p.Other}
		relation, known := is[key]
		if p.Score >= HouseholdFrom && !seen[key] {
			seen[key] = true
			house.count(known)
		}
		if p.Score < PersonFrom || p.Relation == InHousehold {
			continue
		}
		person.count(relation == p.Relation)
		if p.Relation == PersonChild {
			child.count(relation == p.Relation)
		} else {
			mother.count(relation == p.Relation)
		}
	}
	return []Measure{person, child, mother, house}
}

func (m *Measure) count(right bool) {
	m.Predicted++
	if right {
		m.Right++
	}
}

// FirstThree is the share of subjects with a true pair who have one among their three best.
func FirstThree(predictions []Prediction, truth []TruePair) float64 {
	right, best := map[pairKey]bool{}, map[string]map[string]float32{}
	for _, t := range truth {
		right[pairKey{t.Subject, t.Other}] = true
		best[t.Subject] = map[string]float32{}
	}
	for _, p := range predictions {
		if of := best[p.Subject]; of != nil {
			if s, ok := of[p.Other]; !ok || p.Score > s {
				of[p.Other] = p.Score
			}
		}
	}
	hit := 0
	for subject, of := range best {
		if inFirst(3, subject, of, right) {
			hit++
		}
	}
	return float64(hit) / float64(max(1, len(best)))
}

func inFirst(n int, subject string, scores map[string]float32, right map[pairKey]bool) bool {
	others := make([]string, 0, len(scores))
	for o := range scores {
		others = append(others, o)
	}
	slices.SortFunc(others, func(a, b string) int {
		switch {
		case scores[a] > scores[b], scores[a] == scores[b] && a > b:
			return -1
		}
		return 1
	})
	return slices.ContainsFunc(others[:min(n, len(others))], func(o string) bool { return right[pairKey{subject, o}] })
}

// A Group is how many true pairs of a kind were found: a mean hides whom a program does not see.
type Group struct {
	Name               string
	Persons, Household Measure // of which only True and Right are counted
}

// Groups are the recall by one-word name, moved, no NIK, guardian not the mother, and sex.
func (l *Linking) Groups(predictions []Prediction) []Group {
	score := map[pairKey]map[Relationship]float32{}
	for _, p := range predictions {
		key := pairKey{p.Subject, p.Other}
		if score[key] == nil {
			score[key] = map[Relationship]float32{}
		}
		score[key][p.Relation] = p.Score
	}
	subjects, others := byID(l.folder.Protection), byID(l.folder.Health)
	groups := []Group{
		{Name: "all"},
		{Name: "one-word name"},
		{Name: "moved"},
		{Name: "no NIK"},
		{Name: "guardian not the mother"},
		{Name: "girls and women"},
		{Name: "boys and men"},
	}
	for _, t := range l.folder.Truth {
		s, r := subjects[t.Subject], others[t.Other]
		if s == nil || r == nil {
			continue
		}
		in := membership(&s.Person, &r.Person, t.Relation)
		best := Never
		for _, x := range score[pairKey{t.Subject, t.Other}] {
			best = max(best, x)
		}
		of, scored := score[pairKey{t.Subject, t.Other}][t.Relation]
		for g := range groups {
			if !in[g] {
				continue
			}
			groups[g].Household.tally(best >= HouseholdFrom)
			if t.Relation != InHousehold {
				groups[g].Persons.tally(scored && of >= PersonFrom)
			}
		}
	}
	return groups
}

func (m *Measure) tally(found bool) {
	m.True++
	if found {
		m.Right++
	}
}

func byID(rows []Row) map[string]*Row {
	index := map[string]*Row{}
	for i := range rows {
		index[rows[i].ID] = &rows[i]
	}
	return index
}

// membership tells in which groups a true pair is, in their order.
func membership(s, r *Person, relation Relationship) [7]bool {
	name := NewName(s.Name)
	a, b := NewNumber(s.NIK), NewNumber(r.NIK)
	if relation == PersonMother {
		b = NewNumber(r.MotherNIK)
	}
	home, _ := place(s.Village, "")
	there, _ := place(r.Village, "")
	return [7]bool{
		true,
		name.main.n == 1,
		home != 0 && there != 0 && home != there,
		a.Missing() || b.Missing(),
		s.Guardian != "" && s.Relation != IsMother,
		s.Sex == Female,
		s.Sex == Male,
	}
}
