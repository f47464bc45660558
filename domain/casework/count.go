package casework

import (
	"slices"
	"strconv"
)

// Counted is a case as a count takes it.
type Counted struct {
	Case          CaseID
	Set           string // a confirmed link makes one set of several cases; empty: the case stands alone
	IndexIncident ID
	Incidents     []Incident
}

// Counts are figures that each name their unit: forms and pairs may exceed victims, and they are never added together.
type Counts struct {
	Victims      int
	Forms        map[ViolenceForm]int
	Places       map[IncidentPlace]int // one a victim: that of her index incident
	Pairs        map[string]int        // by SIMFONI's group of the relation
	Perpetrators int                   // alleged
	KDRT         map[CaseID]YesNo
}

// Total adds what may be added: the figures of one unit of count.
func Total[K comparable](figures map[K]int) int {
	total := 0
	for _, n := range figures {
		total += n
	}
	return total
}

// Count counts victims, forms, places, pairs and alleged perpetrators of violence cases (design: domain 3).
//
// A victim is a case. Her forms are a set, over all her incidents. A pair is she and one alleged perpetrator, however many
// incidents name him. Two pairs name one alleged perpetrator if they are of one confirmed set and carry the same NIK or, where one
// of them has none, the same folded name: two men of one name in two families stay two, and whom nobody names is one by himself.
func Count(cases []Counted) Counts {
	total := Counts{
		Victims: len(cases), Forms: map[ViolenceForm]int{}, Places: map[IncidentPlace]int{},
		Pairs: map[string]int{}, KDRT: map[CaseID]YesNo{},
	}
	sets := map[string]*accused{}
	for i, c := range cases {
		set := c.Set
		if set == "" {
			set = "#" + strconv.Itoa(i)
		}
		if sets[set] == nil {
			sets[set] = &accused{}
		}
		for form := range c.forms() {
			total.Forms[form]++
		}
		total.Places[c.place()]++
		for _, relation := range sets[set].pairsOf(c) {
			total.Pairs[relation.SimfoniGroup()]++
		}
		total.KDRT[c.Case] = IsKDRT(c.pairs())
	}
	for _, set := range sets {
		total.Perpetrators += len(set.known)
	}
	return total
}

func (c Counted) forms() map[ViolenceForm]bool {
	forms := map[ViolenceForm]bool{}
	for _, i := range c.Incidents {
		for _, f := range i.Forms {
			forms[f] = true
		}
	}
	return forms
}

func (c Counted) pairs() []Pair {
	var pairs []Pair
	for _, i := range c.Incidents {
		pairs = append(pairs, i.Pairs...)
	}
	return pairs
}

func (c Counted) place() IncidentPlace {
	for _, i := range c.Incidents {
		if i.ID == c.IndexIncident && i.Place != "" {
			return i.Place
		}
	}
	return PlaceUnknown
}

// accused are the alleged perpetrators of one confirmed set.
type accused struct{ known []Pair }

// pairsOf gives the relation of each pair of a victim, one for each alleged perpetrator: the one told first that is known.
func (a *accused) pairsOf(c Counted) []Relation {
	relations := map[int]Relation{}
	var order []int
	for _, p := range c.pairs() {
		who := a.recognise(p)
		if _, again := relations[who]; !again {
			order = append(order, who)
		}
		if r := relations[who]; r == "" || r == RelationUnknown {
			relations[who] = p.Relation
		}
	}
	all := make([]Relation, 0, len(order))
	for _, who := range order {
		all = append(all, relations[who])
	}
	return all
}

// recognise finds an alleged perpetrator among those of the set, by NIK before name, or adds him.
func (a *accused) recognise(p Pair) int {
	who := slices.IndexFunc(a.known, func(k Pair) bool { return p.NIK != "" && k.NIK == p.NIK })
	if who < 0 {
		who = slices.IndexFunc(a.known, func(k Pair) bool { return sameName(k, p) && (k.NIK == "" || p.NIK == "") })
	}
	if who < 0 {
		a.known = append(a.known, p)
		return len(a.known) - 1
	}
	if a.known[who].NIK == "" {
		a.known[who].NIK = p.NIK
	}
	return who
}

func sameName(a, b Pair) bool {
	name := FoldName(a.Perpetrator)
	return name != "" && name == FoldName(b.Perpetrator)
}

// SimfoniGroup is the group of a relation in the ministry's reports.
func (v Relation) SimfoniGroup() string {
	if group, ok := simfoniGroups[v]; ok {
		return group
	}
	return "Lainnya"
}

var simfoniGroups = map[Relation]string{
	RelationHusband:            "Suami/Istri",
	RelationWife:               "Suami/Istri",
	RelationUnregisteredSpouse: "Suami/Istri",
	RelationFather:             "Orang Tua",
	RelationMother:             "Orang Tua",
	RelationStepParent:         "Orang Tua",
	RelationAdoptiveParent:     "Orang Tua",
	RelationChild:              "Keluarga/Saudara",
	RelationSibling:            "Keluarga/Saudara",
	RelationGrandparent:        "Keluarga/Saudara",
	RelationInLaw:              "Keluarga/Saudara",
	RelationOtherRelative:      "Keluarga/Saudara",
	RelationEmployer:           "Majikan",
	RelationNeighbor:           "Tetangga",
	RelationPartnerOrFriend:    "Pacar/Teman",
	RelationTeacher:            "Guru",
	RelationCoworker:           "Rekan Kerja",
	RelationUnknown:            "NA",
}
