package statistics

// Link says that two records belong together, as a person has confirmed it or as one was copied from the other.
type Link struct {
	A, B      string
	OnePerson bool // of one side, and about one human being: they count as one
}

// JoinCases gives the records of one human being one key, and marks the cases whose person a link leads to a nutrition case open in the
// year. Keys join all that links join, however far apart: a figure counts human beings, and shows nobody which. The mark follows one link
// from any of her records: who lives with whom is not handed on.
func JoinCases(cases []Case, links []Link, year int) {
	joined := joinedBy(links)
	open := Period{Kind: Year, Year: year}
	nutrition := map[string]bool{}
	for i := range cases {
		c := &cases[i]
		if c.Side == Ordinary && c.counts() && isNutrition(c.Type) && c.openIn(open) {
			nutrition[c.Person] = true
		}
	}
	linked := map[string]bool{}
	for _, l := range links {
		if nutrition[l.B] {
			linked[joined.Key(l.A)] = true
		}
		if nutrition[l.A] {
			linked[joined.Key(l.B)] = true
		}
	}
	for i := range cases {
		c := &cases[i]
		c.Person = joined.Key(c.Person)
		c.Nutrition = c.Side == Protected && linked[c.Person]
	}
}

// JoinChildren gives the measurements of one child one key, whoever measured it.
func JoinChildren(all []Measurement, links []Link) {
	joined := joinedBy(links)
	for i := range all {
		all[i].Child = joined.Key(all[i].Child)
	}
}

func joinedBy(links []Link) *Joined {
	joined := &Joined{}
	for _, l := range links {
		if l.OnePerson {
			joined.Join(l.A, l.B)
		}
	}
	return joined
}
