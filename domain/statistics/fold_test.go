package statistics

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var testFrame = Frame{
	Kecamatan: []Item{{Code: "32.01.01", Label: "Cibinong"}, {Code: "32.01.13", Label: "Ciampea"}},
	Desa:      []Item{{Code: "32.01.01.1001", Label: "Pondok Rajeg"}, {Code: "32.01.13.2001", Label: "Ciampea"}},
	Posyandu:  []Item{{Code: "y1"}, {Code: "y2"}},
	Puskesmas: []Item{{Code: "p1"}, {Code: "p2"}},
	Units:     []Item{{Code: "u1"}, {Code: "u2"}, {Code: "u3"}},
}

func draw[T any](t *rapid.T, name string, of ...T) T { return rapid.SampledFrom(of).Draw(t, name) }

// instant is near the edges of months and years of 2026 and 2027 more often than not.
func instant(t *rapid.T) time.Time {
	edge := Period{Month, draw(t, "year", 2026, 2027), rapid.IntRange(1, 12).Draw(t, "month")}.Start()
	return edge.Add(draw(t, "off", -time.Microsecond, 0, time.Hour, 9*24*time.Hour, 20*24*time.Hour))
}

func someCase(t *rapid.T, i int) Case {
	c := Case{
		ID: fmt.Sprint("c", i), Person: draw(t, "person", "", "a", "b", "c", "d"), Side: draw(t, "side", Ordinary, Protected),
		Status: draw(t, "status", "REPORTED", "IN_SERVICE", "MONITORING", ""), Risk: draw(t, "risk", "", "HIGH", "LOW"),
		Channel: draw(t, "channel", "PHONE", "OUTREACH", ""), Registered: instant(t), Sex: draw(t, "sex", "MALE", "FEMALE", "UNKNOWN", ""),
		Age: rapid.IntRange(0, 70).Draw(t, "age"), AgeKnown: rapid.Bool().Draw(t, "known"),
		Kecamatan: draw(t, "kecamatan", "32.01.01", "32.01.13", "32.02.01", ""), Legacy: rapid.IntRange(0, 9).Draw(t, "legacy") == 0,
		Nutrition: rapid.Bool().Draw(t, "nutrition"), Forms: draw(t, "forms", nil, []string{"PHYSICAL"}, []string{"PHYSICAL", "SEXUAL"}),
		Place: draw(t, "place", "", "HOUSEHOLD", "ONLINE"), Pairs: draw(t, "pairs", nil, []string{"Suami/Istri"}, []string{"Suami/Istri", "NA"}),
	}
	c.Type = draw(t, "type", "DOMESTIC_VIOLENCE", "DOMESTIC_VIOLENCE", "WOMAN_VIOLENCE", "CHILD_STUNTING", "CHILD_NUTRITION_RISK",
		"GROWTH_MONITORING")
	if rapid.IntRange(0, 2).Draw(t, "closed") == 0 {
		c.Closed = c.Registered.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "days")) * 24 * time.Hour)
		c.Status = "CLOSED"
		c.Closure = draw(t, "closure", "GOALS_MET", "MOVED", "NOT_SUBSTANTIATED", "DUPLICATE", "ENTERED_IN_ERROR")
	}
	return c
}

func someMeasurement(t *rapid.T, i int) Measurement {
	return Measurement{
		Child: draw(t, "child", "", "a", "b", "c"), Day: DayOf(instant(t)), Seq: int64(i), Sex: draw(t, "sex", "MALE", "FEMALE", ""),
		Months: rapid.IntRange(0, 62).Draw(t, "months"), AgeKnown: rapid.IntRange(0, 9).Draw(t, "known") > 0,
		Kecamatan: draw(t, "kecamatan", "32.01.01", "32.01.13", "99", ""), Desa: draw(t, "desa", "32.01.13.2001", "x", ""),
		Puskesmas: draw(t, "puskesmas", "p1", "p2", ""), Posyandu: draw(t, "posyandu", "y1", "y2", ""),
		HFA: draw(t, "hfa", "", "NOT_MEASURED", "STUNTED", "SEVERELY_STUNTED", "NORMAL_HEIGHT", "IMPLAUSIBLE"),
		WFA: draw(t, "wfa", "", "UNDERWEIGHT", "NORMAL_WEIGHT"), WFH: draw(t, "wfh", "", "WASTED", "OBESE"), BFA: draw(t, "bfa", "", "WASTED"),
		Trend: draw(t, "trend", "", "GAINED", "NOT_GAINED", "NOT_GAINED_TWICE", "FIRST_WEIGHING"), Weighed: rapid.Bool().Draw(t, "weighed"),
		Erroneous: rapid.IntRange(0, 9).Draw(t, "erroneous") == 0,
	}
}

// someLegs are chains of one to three legs.
func someLegs(t *rapid.T, i int) []Leg {
	sector := func() string {
		return draw(t, "sector", "HEALTH", "HEALTH", "HEALTH", "SOCIAL", "SOCIAL", "WOMEN_CHILD_PROTECTION", "LAW_JUSTICE", "EDUCATION")
	}
	root := Leg{
		Person: draw(t, "person", "", "a", "b", "c"), CaseSide: draw(t, "side", Ordinary, Ordinary, Protected),
		CaseType:    draw(t, "type", "CHILD_STUNTING", "CHILD_STUNTING", "CHILD_NUTRITION_RISK", "GROWTH_MONITORING", "DOMESTIC_VIOLENCE"),
		CaseLevel:   draw(t, "level", "L1", "L1", "L1", "L2"),
		CaseClosure: draw(t, "closure", "", "", "", "DUPLICATE"),
		Service:     draw(t, "service", "NUTRITION_TREATMENT", "GROWTH_FOLLOW_UP", "MEDICAL_CARE"),
	}
	root.Journey = Journey{Sender: "u1", SenderSector: sector(), Sex: draw(t, "sex", "MALE", "FEMALE", ""), Sent: instant(t)}
	root.ByLetter = rapid.IntRange(0, 4).Draw(t, "letter") == 0
	var all []Leg
	sent := root.Sent
	for n := range rapid.IntRange(1, 3).Draw(t, "legs") {
		l := root
		l.ID, l.Root, l.Sent = fmt.Sprint("l", i, "-", n), fmt.Sprint("l", i, "-0"), sent
		l.Receiver, l.ReceiverSector = draw(t, "receiver", "u2", "u3", "u9"), sector()
		l.State = draw(t, "state", "SENT", "ACCEPTED", "CLOSED", "CANCELLED", "DECLINED")
		later := func(name string) time.Time {
			if rapid.Bool().Draw(t, name) {
				return time.Time{}
			}
			return l.Sent.Add(time.Duration(rapid.IntRange(0, 40*24).Draw(t, name+" hours")) * time.Hour)
		}
		l.Acknowledged, l.Accepted, l.Served = later("acknowledged"), later("accepted"), later("served")
		l.Reported, l.Closed, l.Declined = later("reported"), later("closed"), later("declined")
		l.Lapsed, l.DeclineReason = rapid.Bool().Draw(t, "lapsed"), draw(t, "reason", "NO_CAPACITY", "NO_RESPONSE", "")
		l.Cancelled, l.CancelReason = later("cancelled"), draw(t, "cancel", "", "CLIENT_REQUEST", "CONSENT_WITHDRAWN", "ENTERED_IN_ERROR")
		l.Unconfirmed, l.Outcome = rapid.Bool().Draw(t, "unconfirmed"), draw(t, "outcome", "", "FULL", "PARTIAL", "NONE")
		l.Spans = []Span{{Duty: "DECIDE", Unit: l.Receiver, Due: l.Sent.Add(72 * time.Hour), Ended: l.Accepted, Occurred: later("occurred")}}
		all = append(all, l)
		sent = sent.Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "next")) * 24 * time.Hour)
	}
	return all
}

func someRows(t *rapid.T) Rows {
	var rows Rows
	for i := range rapid.IntRange(0, 16).Draw(t, "cases") {
		rows.Cases = append(rows.Cases, someCase(t, i))
	}
	for i := range rapid.IntRange(0, 16).Draw(t, "measurements") {
		rows.Measurements = append(rows.Measurements, someMeasurement(t, i))
	}
	for i := range rapid.IntRange(0, 8).Draw(t, "chains") {
		rows.Legs = append(rows.Legs, someLegs(t, i)...)
	}
	for range rapid.IntRange(0, 10).Draw(t, "services") {
		rows.Services = append(rows.Services, Service{
			draw(t, "service", "MEDICAL_CARE", "LEGAL_AID", "x"), DayOf(instant(t)), draw(t, "closure", "", "DUPLICATE"),
		})
	}
	for range rapid.IntRange(0, 10).Draw(t, "duties") {
		rows.Duties = append(rows.Duties, Duty{draw(t, "duty", "ACKNOWLEDGE", "DECIDE", "NOTE"), instant(t)})
	}
	return rows
}

// frameOf is a period in which something happened, if anything did.
func frameOf(t *rapid.T, table *Table, rows Rows) Frame {
	f := testFrame
	f.Now = at("2028-03-01T00:00:00Z")
	within := []time.Time{instant(t)}
	for _, l := range rows.Legs {
		within = append(within, l.Sent)
	}
	for _, c := range rows.Cases {
		within = append(within, c.Registered)
	}
	for _, m := range rows.Measurements {
		within = append(within, m.Day.At(12))
	}
	kind := draw(t, "kind", table.Periods...)
	if f.Period = PeriodOf(kind, draw(t, "within", within...)); kind == Moment {
		f.Now = instant(t)
	}
	return f
}

func sumOfCells(f Folded) (n int) {
	for _, c := range f.Counts {
		n += c
	}
	return n
}

// TestFoldIsTheBruteForce: every table of the list, on random rows, against a recount that knows nothing of how Fold works.
func TestFoldIsTheBruteForce(t *testing.T) {
	for _, kind := range []Kind{Released, Live, OfOffice} {
		for _, table := range Tables(kind) {
			t.Run(string(kind)+"/"+table.ID, func(t *testing.T) {
				seen := 0
				for range 10 { // a table of few rows may have none of them at first
					if seen += againstRecount(t, table); seen > 0 {
						return
					}
				}
				t.Errorf("%s: nothing was ever counted", table.ID)
			})
		}
	}
}

// againstRecount gives how much was counted.
func againstRecount(t *testing.T, table *Table) (seen int) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := only(table.Needs, someRows(rt))
		f := frameOf(rt, table, rows)
		folded := foldAny(rt, table, f, rows)
		want := recount(table, f, rows)
		got, total := map[string]int{}, 0
		for cell, n := range folded.Counts {
			if n > 0 {
				got[strings.Join(folded.Items(cell), "|")] = n
			}
		}
		for _, n := range want {
			total += n
		}
		for cell, n := range folded.Counts {
			if at, ok := folded.At(folded.Items(cell)...); !ok || at != n {
				rt.Fatalf("%s: At(%v) = %d %v, want %d", table.ID, folded.Items(cell), at, ok, n)
			}
		}
		if _, ok := folded.At(append(make([]string, len(table.Axes)), "x")...); ok {
			rt.Fatalf("%s has a cell of one axis too many", table.ID)
		}
		seen += total
		if !reflect.DeepEqual(got, want) && len(got)+len(want) > 0 {
			rt.Fatalf("%s %s: got %v, want %v", table.ID, f.Period, got, want)
		}
		if sum := sumOfCells(folded); sum != total || !table.Overlap && sum != folded.Total {
			rt.Fatalf("%s: cells sum to %d, total %d, recount %d", table.ID, sum, folded.Total, total)
		}
		if !table.Sparse && len(folded.Counts) != len(folded.cells) {
			rt.Fatalf("%s: %d counts for %d cells", table.ID, len(folded.Counts), len(folded.cells))
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "shuffle"), 1))
		if again := foldAny(rt, table, f, shuffled(rows, r)); !reflect.DeepEqual(again, folded) {
			rt.Fatalf("%s: another order of rows gives another table\n%+v\n%+v", table.ID, again, folded)
		}
	})
	return seen
}

// only keeps the rows that a table takes.
func only(kind RowKind, rows Rows) Rows {
	switch kind {
	case OfCases:
		return Rows{Cases: rows.Cases}
	case OfLegs:
		return Rows{Legs: rows.Legs}
	case OfServices:
		return Rows{Services: rows.Services}
	case OfDuties:
		return Rows{Duties: rows.Duties}
	}
	return Rows{Measurements: rows.Measurements}
}

func shuffled(rows Rows, r *rand.Rand) Rows {
	rows.Cases, rows.Measurements, rows.Legs = slices.Clone(rows.Cases), slices.Clone(rows.Measurements), slices.Clone(rows.Legs)
	r.Shuffle(len(rows.Cases), func(i, j int) { rows.Cases[i], rows.Cases[j] = rows.Cases[j], rows.Cases[i] })
	r.Shuffle(len(rows.Measurements), func(i, j int) {
		rows.Measurements[i], rows.Measurements[j] = rows.Measurements[j], rows.Measurements[i]
	})
	r.Shuffle(len(rows.Legs), func(i, j int) { rows.Legs[i], rows.Legs[j] = rows.Legs[j], rows.Legs[i] })
	return rows
}

func foldAny(t *rapid.T, table *Table, f Frame, rows Rows) Folded {
	folded, err := Fold(table, f, rows)
	if table.Kind == OfOffice {
		folded, err = FoldOverseen(table, f, overseenOf(rows))
	}
	if err != nil {
		t.Fatal(err)
	}
	return folded
}

// overseenOf gives each child a place in the register, and one judged measure for each child.
func overseenOf(rows Rows) OverseenRows {
	o := OverseenRows{Measurements: rows.Measurements, Legs: OrdinaryLegs(rows.Legs)}
	for _, child := range []string{"a", "b", "c"} {
		o.Enrolled = append(o.Enrolled, Enrolled{child, "y1", child == "a"})
		o.Quality = append(o.Quality, Quality{"p2", "SD_HFA", 1.1, len(rows.Measurements), "GOOD"})
	}
	return o
}

// recount counts a table the slow way: it asks for each row whether it is the one, and puts words together by hand.
func recount(table *Table, f Frame, rows Rows) map[string]int {
	cells := map[string]int{}
	put := func(codes ...string) { cells[strings.Join(codes, "|")]++ }
	sex := func(s string) string {
		return map[string]string{"MALE": "L", "FEMALE": "P"}[s] + map[bool]string{true: "NA"}[s != "MALE" && s != "FEMALE"]
	}
	listed := func(code string, list []Item, outside string) string {
		if slices.ContainsFunc(list, func(i Item) bool { return i.Code == code }) {
			return code
		}
		if code == "" {
			return NA
		}
		return outside
	}
	orNA := func(code string) string {
		if code == "" {
			return NA
		}
		return code
	}
	year := Period{Kind: Year, Year: f.Period.Year}
	good := func(c Case) bool {
		return c.Closure != "NOT_SUBSTANTIATED" && c.Closure != "DUPLICATE" && c.Closure != "ENTERED_IN_ERROR" && c.Type != "GROWTH_MONITORING"
	}
	kdrt := func(c Case) bool { return c.Type == "DOMESTIC_VIOLENCE" && c.Side == Protected && good(c) && !c.Legacy }
	nutrition := func(c Case) bool {
		return (c.Type == "CHILD_STUNTING" || c.Type == "CHILD_NUTRITION_RISK") && c.Side == Ordinary && good(c) && !c.Legacy
	}
	earlier := func(c Case, is func(Case) bool) bool { // some other case of the same person is the first of the year
		for _, o := range rows.Cases {
			if c.Person != "" && o.Person == c.Person && is(o) && year.Holds(o.Registered) &&
				(o.Registered.Before(c.Registered) || o.Registered.Equal(c.Registered) && o.ID < c.ID) {
				return true
			}
		}
		return false
	}
	violence := func(c Case) bool {
		return (c.Type == "DOMESTIC_VIOLENCE" || c.Type == "WOMAN_VIOLENCE") && c.Side == Protected && good(c) && !c.Legacy
	}
	here := func(c Case) bool { return f.Period.Holds(c.Registered) }
	seen := map[string]bool{}
	for _, c := range rows.Cases {
		first := here(c) && kdrt(c) && !earlier(c, kdrt)
		open := c.Registered.Before(f.Period.End()) && (c.Closed.IsZero() || !c.Closed.Before(f.Period.Start()))
		switch table.ID {
		case "kdrt-year", "kdrt-month":
			if first {
				put()
			}
		case "kdrt-kecamatan-year":
			if first {
				put(listed(c.Kecamatan, f.Kecamatan, LUAR))
			}
		case "kdrt-sex-age-year":
			if first {
				put(sex(c.Sex), ageWord(c, []int{0, 6, 18, 25, 45}))
			}
		case "overlap-year":
			who := c.Person
			if who == "" {
				who = "alone " + c.ID
			}
			if kdrt(c) && c.Nutrition && open && !seen[who] {
				seen[who] = true
				put()
			}
		case "nutrition-new-month":
			if here(c) && nutrition(c) && !earlier(c, nutrition) {
				put(c.Type)
			}
		case "caseload":
			if good(c) && c.Closed.IsZero() {
				put(c.Type, orNA(c.Status), map[bool]string{true: "NOT_ASSESSED"}[c.Risk == ""]+c.Risk)
			}
		case "intake-month":
			if good(c) && !c.Legacy && here(c) {
				put(c.Type, orNA(c.Channel))
			}
		case "violence-age-month":
			if violence(c) && here(c) {
				put(sex(c.Sex), ageWord(c, []int{0, 6, 13, 18, 25, 45, 60}))
			}
		case "violence-health-month":
			if violence(c) && open {
				put(sex(c.Sex), ageWord(c, []int{0, 5, 10, 18, 50}), map[bool]string{true: "NEW", false: "CONTINUING"}[here(c)])
			}
		case "violence-form-month":
			if violence(c) && here(c) {
				for _, form := range c.Forms {
					put(form)
				}
				if len(c.Forms) == 0 {
					put(NA)
				}
			}
		case "violence-relation-month":
			if violence(c) && here(c) {
				for _, pair := range c.Pairs {
					put(pair)
				}
			}
		case "violence-place-month":
			if violence(c) && here(c) {
				put(strings.Replace(orNA(c.Place), "ONLINE", "OTHER", 1))
			}
		case "closure-month":
			if good(c) && !c.Legacy && !c.Closed.IsZero() && f.Period.Holds(c.Closed) {
				put(c.Closure)
			}
		}
	}
	for _, s := range rows.Services {
		if s.Closure == "" && f.Period.HoldsDay(s.Day) {
			put(strings.Replace(s.Type, "x", NA, 1))
		}
	}
	for _, d := range rows.Duties {
		if d.Due.Before(f.Now) {
			put("OVERDUE")
		} else if DayOf(d.Due) == DayOf(f.Now) {
			put("DUE_TODAY")
		}
		if d.Name != "NOTE" {
			put("AWAITING")
		}
	}
	recountChildren(table, f, rows.Measurements, put, sex, listed)
	recountLegs(table, f, rows.Legs, put, sex, listed)
	switch table.ID {
	case "skdn-posyandu-month":
		cells["y1|S"] += 3
		cells["y1|K"]++
	case "quality-puskesmas-month":
		if n := len(rows.Measurements); n > 0 {
			cells["p2|SD_HFA"] = 3 * n
		}
	}
	return cells
}

// ageWord names the band whose lowest year is the last not above the age.
func ageWord(c Case, starts []int) string {
	if !c.AgeKnown {
		return NA
	}
	word := ""
	for i, low := range starts {
		if c.Age < low {
			break
		}
		if word = fmt.Sprintf("%d+", low); i+1 < len(starts) {
			word = fmt.Sprintf("%d-%d", low, starts[i+1]-1)
		}
	}
	return word
}

func recountChildren(table *Table, f Frame, rows []Measurement, put func(...string), sex func(string) string,
	listed func(string, []Item, string) string,
) {
	counts := func(m Measurement) bool {
		return !m.Erroneous && f.Period.HoldsDay(m.Day) && (!m.AgeKnown || m.Months <= 59)
	}
	of := map[string]func(Measurement) string{
		"HFA": func(m Measurement) string { return m.HFA }, "WFA": func(m Measurement) string { return m.WFA },
		"WFH": func(m Measurement) string { return m.WFH }, "BFA": func(m Measurement) string { return m.BFA },
	}
	has := func(m Measurement, index string) bool {
		if index == "TREND" {
			return m.Weighed
		}
		return of[index](m) != "" && of[index](m) != "NOT_MEASURED"
	}
	// better tells whether b is the one to count rather than a.
	better := func(a, b Measurement, index string) bool {
		if has(a, index) != has(b, index) {
			return has(b, index)
		}
		return b.Day > a.Day || b.Day == a.Day && b.Seq > a.Seq
	}
	for _, m := range rows {
		for _, index := range []string{"HFA", "WFA", "WFH", "BFA", "TREND"} {
			beaten := !counts(m)
			for _, o := range rows {
				beaten = beaten || m.Child != "" && o.Child == m.Child && counts(o) && better(m, o, index)
			}
			if beaten {
				continue
			}
			age := NA
			if m.AgeKnown {
				half := map[bool]int{true: m.Months / 6, false: m.Months/12 + 1}[m.Months < 12]
				age = []string{"0-5", "6-11", "12-23", "24-35", "36-47", "48-59"}[half]
			}
			trend := map[string]string{"": NA, "GAINED": "N", "NOT_GAINED": "T", "NOT_GAINED_TWICE": "2T", "FIRST_WEIGHING": "B"}[m.Trend]
			category := "NOT_MEASURED"
			if index != "TREND" && has(m, index) {
				category = of[index](m)
			}
			kecamatan, desa := listed(m.Kecamatan, f.Kecamatan, LUAR), listed(m.Desa, f.Desa, LUAR)
			switch name := strings.TrimSuffix(table.ID, "-quarter"); {
			case name == "stunting-kecamatan" && index == "HFA", name == "wasting-kecamatan" && index == "WFH",
				name == "underweight-kecamatan" && index == "WFA":
				put(category, kecamatan)
			case name == "stunting-sex-age" && index == "HFA", name == "wasting-sex-age" && index == "WFH":
				put(category, sex(m.Sex), age)
			case name == "weight-gain-kecamatan" && index == "TREND":
				put(trend, kecamatan)
			case name == "nutrition-month" && index != "TREND":
				put(index, category, sex(m.Sex), age)
			case name == "nutrition-desa-month" && index != "TREND":
				put(index, category, desa, sex(m.Sex), age)
			case name == "growth-desa-month" && index != "TREND":
				put(listed(m.Puskesmas, f.Puskesmas, NA), desa, sex(m.Sex), age, index, category)
			case name == "skdn-posyandu-month" && index == "TREND" && m.Weighed:
				put(listed(m.Posyandu, f.Posyandu, NA), "D")
				if trend != NA {
					put(listed(m.Posyandu, f.Posyandu, NA), trend)
				}
			}
		}
	}
}

func recountLegs(table *Table, f Frame, rows []Leg, put func(...string), sex func(string) string,
	listed func(string, []Item, string) string,
) {
	group := map[string]string{
		"HEALTH": "HEALTH", "SOCIAL": "SOCIAL", "WOMEN_CHILD_PROTECTION": "PROTECTION", "LAW_JUSTICE": "LAW", "EDUCATION": "OTHER",
	}
	stays := func(l Leg) bool { return l.CancelReason != "ENTERED_IN_ERROR" && l.CaseClosure == "" }
	ordinary := func(l Leg) bool {
		for _, o := range rows {
			if o.Root == l.Root && (o.CaseSide == Protected || o.CaseLevel != "L1" || o.Service == "MEDICAL_CARE" ||
				o.CaseType != "CHILD_STUNTING" && o.CaseType != "CHILD_NUTRITION_RISK" && o.CaseType != "GROWTH_MONITORING" ||
				strings.Contains("PROTECTION LAW", group[o.SenderSector]) || strings.Contains("PROTECTION LAW", group[o.ReceiverSector])) {
				return false
			}
		}
		return true
	}
	chainOf := func(root Leg) (legs []Leg) {
		for _, l := range rows {
			if l.Root == root.ID && stays(l) {
				legs = append(legs, l)
			}
		}
		return legs
	}
	for _, l := range rows {
		if !stays(l) || !f.Period.Holds(l.Sent) {
			continue
		}
		isRoot := l.ID == l.Root
		firstOfYear := isRoot && l.CaseSide == Protected
		for _, o := range rows {
			if o.ID == o.Root && o.CaseSide == Protected && stays(o) && l.Person != "" && o.Person == l.Person && f.Period.Holds(o.Sent) &&
				(o.Sent.Before(l.Sent) || o.Sent.Equal(l.Sent) && o.ID < l.ID) {
				firstOfYear = false
			}
		}
		switch table.ID {
		case "referral-protected-matrix-year":
			if firstOfYear {
				put(group[l.SenderSector], group[l.ReceiverSector])
			}
		case "referral-protected-outcome-year":
			if firstOfYear {
				put(outcomeWord(l, chainOf(l)))
			}
		case "referral-ordinary-matrix-quarter":
			if ordinary(l) {
				put(group[l.SenderSector], group[l.ReceiverSector])
			}
		case "referral-ordinary-unit-quarter":
			if ordinary(l) {
				put(listed(l.Receiver, f.Units, NA))
			}
		case "referral-ordinary-decline-quarter":
			if ordinary(l) && !l.Declined.IsZero() && l.Declined.Sub(l.Sent) <= 30*24*time.Hour {
				put(map[string]string{"": NA}[l.DeclineReason] + l.DeclineReason)
			}
		case "referral-ordinary-sex-quarter":
			if isRoot && ordinary(l) {
				put(sex(l.Sex), outcomeWord(l, chainOf(l)))
			}
		case "referral-in-month":
			put(l.SenderSector, l.State)
		case "referral-out-month":
			put(l.ReceiverSector, l.State)
		case "ordinary-legs-week":
			if ordinary(l) {
				put(listed(l.Receiver, f.Units, NA), l.State, "NONE", "NO")
			}
		}
	}
}

// outcomeWord is where a chain stood on day 30.
func outcomeWord(root Leg, legs []Leg) string {
	end := root.Sent.AddDate(0, 0, 30)
	then := func(t time.Time) bool { return !t.IsZero() && !t.After(end) }
	served, closed := false, false
	last := root
	for _, l := range legs {
		served, closed = served || then(l.Served), closed || then(l.Closed)
		if then(l.Sent) && (l.Sent.After(last.Sent) || l.Sent.Equal(last.Sent) && l.ID > last.ID) {
			last = l
		}
	}
	if served && closed {
		return "SERVED_CLOSED"
	}
	if served {
		return "SERVED_OPEN"
	}
	if then(last.Accepted) && !then(last.Declined) && !then(last.Cancelled) {
		return "ACCEPTED"
	}
	if then(last.Declined) {
		return "DECLINED"
	}
	if then(last.Cancelled) {
		return "CANCELLED"
	}
	return "UNDECIDED"
}

// PC-22: cases that are none are in no figure, by one rule, and come back when undone.
func TestCasesThatAreNoneCountNowhere(t *testing.T) {
	var rows []Case
	for i := range 18 {
		c := Case{ID: fmt.Sprint("c", i), Person: fmt.Sprint("p", i), Side: Ordinary, Type: "CHILD_NUTRITION_RISK"}
		c.Status, c.Channel = "REPORTED", "OUTREACH"
		c.Registered = wib("2026-05-12 09:00").Add(time.Duration(i) * time.Hour)
		switch {
		case i < 7:
			c.Closure = "ENTERED_IN_ERROR"
		case i < 10:
			c.Closure = "NOT_SUBSTANTIATED"
		case i < 12:
			c.Closure = "DUPLICATE"
		}
		if c.Closure != "" {
			c.Status, c.Closed = "CLOSED", wib("2026-05-20 09:00")
		}
		rows = append(rows, c)
	}
	f := testFrame
	f.Now = at("2026-07-01T00:00:00Z")
	counts := func(rows []Case) (all []int) {
		for _, tt := range []struct {
			kind   Kind
			id     string
			period Period
		}{
			{Live, "intake-month", Period{Month, 2026, 5}},
			{Live, "caseload", Period{}},
			{Released, "nutrition-new-month", Period{Month, 2026, 5}},
			{Live, "closure-month", Period{Month, 2026, 5}},
		} {
			f.Period = tt.period
			table, _ := Find(tt.kind, tt.id)
			folded, err := Fold(table, f, Rows{Cases: rows})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, sumOfCells(folded))
		}
		return all
	}
	if got := counts(rows); !slices.Equal(got, []int{6, 6, 6, 0}) {
		t.Errorf("intake, caseload, release, closures: %v, want 6 6 6 0", got)
	}
	rows[17].Closure, rows[17].Status, rows[17].Closed = "ENTERED_IN_ERROR", "CLOSED", wib("2026-06-01 09:00")
	if got := counts(rows); !slices.Equal(got, []int{5, 5, 5, 0}) {
		t.Errorf("after one more: %v, want 5 5 5 0", got)
	}
	rows[0].Closure, rows[0].Status, rows[0].Closed = "", "SCREENING", time.Time{} // undone
	if got := counts(rows); !slices.Equal(got, []int{6, 6, 6, 0}) {
		t.Errorf("after undoing one: %v, want 6 6 6 0", got)
	}
}

// A person counts once: two records that a confirmed link joins are one victim, of the first registration.
func TestJoinedRecordsAreOnePerson(t *testing.T) {
	var joined Joined
	joined.Join("r3", "r1")
	joined.Join("r2", "r3")
	for _, record := range []string{"r1", "r2", "r3"} {
		if joined.Key(record) != "r1" {
			t.Errorf("key of %s is %s", record, joined.Key(record))
		}
	}
	if joined.Key("r4") != "r4" {
		t.Error("a record joined with nobody has another's key")
	}
	c := func(id, record, when string) Case {
		return Case{ID: id, Person: joined.Key(record), Side: Protected, Type: "DOMESTIC_VIOLENCE", Registered: wib(when)}
	}
	rows := Rows{Cases: []Case{c("1", "r2", "2027-02-28 23:59"), c("2", "r3", "2027-03-01 00:00"), c("3", "r4", "2027-03-31 23:59")}}
	for period, want := range map[Period]int{{Month, 2027, 2}: 1, {Month, 2027, 3}: 1, {Quarter, 2027, 1}: 2} {
		f := testFrame
		f.Period, f.Now = period, period.End()
		folded, err := Fold(table(t, "kdrt-month"), f, rows)
		if err != nil || folded.Total != want {
			t.Errorf("%s: %d %v, want %d", period, folded.Total, err, want)
		}
	}
}

// PC-07: one instant is due, the next is late; "today" is the regency's.
func TestTheInboxTurnsAtTheDueTime(t *testing.T) {
	inbox, _ := Find(Live, "inbox")
	rows := Rows{Duties: []Duty{{"DECIDE", at("2026-02-20T03:00:00Z")}}}
	for now, want := range map[string][]int{
		"2026-02-20T03:00:00.000000Z": {0, 1, 1}, "2026-02-20T03:00:00.000001Z": {1, 0, 1},
		"2026-02-19T17:00:00Z": {0, 1, 1}, // midnight in the regency
		"2026-02-19T16:59:59Z": {0, 0, 1},
	} {
		f := testFrame
		f.Now = at(now)
		folded, err := Fold(inbox, f, rows)
		if err != nil || !slices.Equal(folded.Counts, want) {
			t.Errorf("at %s: %v %v, want %v", now, folded.Counts, err, want)
		}
	}
}

// The morning table of an office can be given nothing of violence: no field of its rows, at any depth, could hold it.
func TestOverseenRowsCannotHoldASecret(t *testing.T) {
	secret := []string{"side", "level", "block", "link", "person", "casetype", "service", "violence", "risk", "protected"}
	if found := fieldsNamed(reflect.TypeFor[OverseenRows](), secret); len(found) > 0 {
		t.Errorf("fields %v", found)
	}
	if found := fieldsNamed(reflect.TypeFor[Rows](), secret); len(found) < 5 {
		t.Errorf("the control is not found: %v", found)
	}
}

func fieldsNamed(t reflect.Type, words []string) (found []string) {
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Pointer:
		return fieldsNamed(t.Elem(), words)
	case reflect.Map:
		return []string{t.String()} // its keys could be anything
	case reflect.Struct:
	default:
		return nil
	}
	if t == reflect.TypeFor[time.Time]() {
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(f.Name), w) }) {
			found = append(found, t.Name()+"."+f.Name)
		}
		found = append(found, fieldsNamed(f.Type, words)...)
	}
	return found
}

// A8: raising the level, a protection unit at either end of the chain, another service: the leg leaves every ordinary table.
func TestAProtectedLegIsInNoOrdinaryTable(t *testing.T) {
	leg := func() []Leg {
		root := Leg{CaseSide: Ordinary, CaseType: "CHILD_STUNTING", CaseLevel: "L1", Service: "SOCIAL_ASSISTANCE"}
		root.Journey = Journey{ID: "a", Root: "a", SenderSector: "HEALTH", ReceiverSector: "SOCIAL", Receiver: "u2"}
		root.Sent, root.Declined = wib("2027-02-01 09:00"), wib("2027-02-02 09:00")
		next := root
		next.ID, next.Sent = "b", wib("2027-02-03 09:00")
		return []Leg{root, next}
	}
	in := func(rows []Leg) (n int) {
		f := testFrame
		f.Period, f.Now = Period{Quarter, 2027, 1}, Period{Quarter, 2027, 1}.End().Add(observation)
		for _, part := range []string{"matrix", "unit", "decline", "sex"} {
			folded, err := Fold(table(t, "referral-ordinary-"+part+"-quarter"), f, Rows{Legs: rows})
			if err != nil {
				t.Fatal(err)
			}
			n += folded.Total
		}
		return n + len(OrdinaryLegs(rows))
	}
	if n := in(leg()); n != 2+2+2+1+2 {
		t.Fatalf("the ordinary chain is counted %d times", n)
	}
	watched := leg()
	if watched[0].CaseType = monitoring; in(watched) != 2+2+2+1+2 {
		t.Error("a leg of a child that is watched is in no table")
	}
	for name, change := range map[string]func(*Leg){
		"level raised":           func(l *Leg) { l.CaseLevel = "L2" },
		"protection at its end":  func(l *Leg) { l.ReceiverSector = "WOMEN_CHILD_PROTECTION" },
		"police at its start":    func(l *Leg) { l.SenderSector = "LAW_JUSTICE" },
		"another service":        func(l *Leg) { l.Service = "MEDICAL_CARE" },
		"a violence case":        func(l *Leg) { l.CaseType = "DOMESTIC_VIOLENCE" },
		"the protected side":     func(l *Leg) { l.CaseSide = Protected },
		"a service nobody knows": func(l *Leg) { l.Service = "" },
	} {
		for i := range 2 { // on the root, or on the leg that follows it
			rows := leg()
			if change(&rows[i]); in(rows) != 0 {
				t.Errorf("%s on leg %d: counted", name, i)
			}
		}
	}
}

// What a small office may not see of a village is not there at all, as what is zero.
func TestASmallOfficeSeesVillagesFromTenUp(t *testing.T) {
	growth, _ := Find(OfOffice, "growth-desa-month")
	f := testFrame
	f.Period, f.Now = Period{Month, 2027, 3}, wib("2027-04-01 06:00")
	var rows OverseenRows
	for i := range 23 {
		m := Measurement{Child: fmt.Sprint(i), Day: f.Period.First(), Sex: "MALE", Months: 7, AgeKnown: true, Puskesmas: "p1", Desa: "32.01.01.1001"}
		if i < 9 {
			m.Desa = "32.01.13.2001"
		}
		rows.Measurements = append(rows.Measurements, m)
	}
	folded, err := FoldOverseen(growth, f, rows)
	if err != nil {
		t.Fatal(err)
	}
	if all := ShowOverseen(folded, false); len(all) != 2*4 { // two villages, four indices
		t.Errorf("the health office sees %d cells, want 8", len(all))
	}
	small := ShowOverseen(folded, true)
	if len(small) != 4 {
		t.Errorf("a kecamatan sees %d cells, want 4", len(small))
	}
	for _, o := range small {
		if o.Items[1] != "32.01.01.1001" || text(o.Shown) != "E 14" {
			t.Errorf("a kecamatan sees %v as %s", o.Items, text(o.Shown))
		}
	}
}

func TestFoldRefusesWhatATableIsNot(t *testing.T) {
	f := testFrame
	f.Period, f.Now = Period{Week, 2027, 5}, wib("2027-06-01 00:00")
	if _, err := Fold(table(t, "kdrt-year"), f, Rows{}); err == nil {
		t.Error("kdrt-year of a week")
	}
	overseen, _ := Find(OfOffice, "growth-desa-month")
	f.Period = Period{Month, 2027, 5}
	if _, err := Fold(overseen, f, Rows{}); err == nil {
		t.Error("an office's table takes any rows")
	}
	live, _ := Find(Live, "intake-month")
	if _, err := FoldOverseen(live, f, OverseenRows{}); err == nil {
		t.Error("a live table takes an office's rows")
	}
	folded, err := Fold(live, f, Rows{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Draw(folded, nil); err == nil {
		t.Error("a live table is drawn")
	}
	f.Now = time.Time{}
	if _, err := Fold(live, f, Rows{}); err == nil {
		t.Error("a count without a moment")
	}
}
