package server

import (
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// frameOf is what a release is counted by besides its rows: the period, the end of its observation, and the regency's lists.
func (s *Server) frameOf(p statistics.Period, until time.Time) statistics.Frame {
	f := s.frame(p, until)
	f.Units = slices.DeleteFunc(slices.Clone(f.Units), func(i statistics.Item) bool {
		u, _ := s.store.Directory().UnitByCode(i.Code)
		return !speakableUnit(u)
	})
	return f
}

// speakableUnit tells whether a unit may receive an ordinary leg, and so stands in a table of those: no unit of protection or law, no
// confidential one, and no post, whose legs are its health centre's.
func speakableUnit(u casework.Unit) bool {
	sector := u.Type.Sector()
	return sector != casework.SectorWomenChildProtection && sector != casework.SectorLawJustice && !u.Type.SharesRegister() &&
		u.Contact == (casework.UnitID{})
}

// regencyRows are all rows of the regency that a group of tables counts in a period, with what those tables open of them.
func (s *Server) regencyRows(r *store.Reader, group []release, frame statistics.Frame) (rows statistics.Rows, err error) {
	var o opens
	for _, v := range group {
		of := opensOf(v.table)
		o.age, o.trend = o.age || of.age, o.trend || of.trend
		o.overlap = o.overlap || v.table.ID == "overlap-year"
	}
	switch group[0].table.Needs {
	case statistics.OfCases:
		rows.Cases, err = s.regencyCases(r, frame.Period, o)
	case statistics.OfMeasurements:
		rows.Measurements, err = s.regencyMeasurements(r, frame.Period, o)
	case statistics.OfLegs:
		rows.Legs, err = s.regencyLegs(r, frame)
	}
	return rows, err
}

// regencyCases are the cases that were open at some time of the year up to the period's end: who counts at the first registration of a year
// needs that year from its start.
func (s *Server) regencyCases(r *store.Reader, p statistics.Period, o opens) (all []statistics.Case, err error) {
	stretch := store.Stretch{From: statistics.Period{Kind: statistics.Year, Year: p.Year}.Start(), Until: p.End()}
	var victims []casework.PersonID
	for _, register := range s.store.Directory().Registers() {
		found, err := r.CasesOpenIn(register, stretch)
		if err != nil {
			return nil, err
		}
		for _, k := range found {
			c, err := caseFigure(r, k, o)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
			if o.overlap && k.Case.Type == casework.DomesticViolence {
				victims = append(victims, k.Case.Subject)
			}
		}
	}
	links, err := linksToCount(r, victims)
	statistics.JoinCases(all, links, p.Year)
	return all, err
}

// linksToCount are the confirmed links, and with them which of these victims' records was copied from which. Between two releases a link may be
// made or undone: what is published stays as it was drawn.
func linksToCount(r *store.Reader, victims []casework.PersonID) (links []statistics.Link, err error) {
	joined, err := r.Joined(victims)
	for _, j := range joined {
		links = append(links, statistics.Link{A: j.Persons[0].String(), B: j.Persons[1].String(), OnePerson: j.Counts})
	}
	return links, err
}

// regencyMeasurements are those of the ordinary side that were made in the period.
func (s *Server) regencyMeasurements(r *store.Reader, p statistics.Period, o opens) (all []statistics.Measurement, err error) {
	for _, register := range s.store.Directory().Registers() {
		found, err := r.MeasurementsMade(register, casework.Date(p.First()), casework.Date(p.Next()))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			m, err := s.measurementFigure(r, f, len(all), o)
			if err != nil {
				return nil, err
			}
			all = append(all, m)
		}
	}
	links, err := linksToCount(r, nil)
	statistics.JoinChildren(all, links)
	return all, err
}

// regencyLegs are the legs that were sent in the period, with all legs of their chains: one unit of protection at a far end makes all of a
// chain protected.
func (s *Server) regencyLegs(r *store.Reader, f statistics.Frame) (all []statistics.Leg, err error) {
	found, err := r.ChainsSent(store.Stretch{From: f.Period.Start(), Until: f.Period.End()})
	if err != nil {
		return nil, err
	}
	for _, k := range found {
		l, err := s.legFigure(r, k, f.Now)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}
