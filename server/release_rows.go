package server

import (
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// frameOf is what a release is counted by besides its rows: the period, the end of its observation, and the regency's lists.
func (s *Server) frameOf(p statistics.Period, until time.Time) statistics.Frame {
	d := s.store.Directory()
	f := statistics.Frame{Period: p, Now: until}
	for _, r := range d.Regions() {
		if r.Level == casework.LevelDistrict {
			f.Kecamatan = append(f.Kecamatan, statistics.Item{Code: r.Code, Label: r.Name, LabelEN: r.Name})
		}
	}
	for _, u := range d.Units() {
		if speakableUnit(u) {
			f.Units = append(f.Units, statistics.Item{Code: u.Code, Label: u.Name, LabelEN: u.Name})
		}
	}
	return f
}

// speakableUnit tells whether a unit may receive an ordinary leg, and so stands in a table of those: no unit of protection or law, no
// confidential one, and no post, whose legs are its health centre's.
func speakableUnit(u casework.Unit) bool {
	sector := u.Type.Sector()
	return sector != casework.SectorWomenChildProtection && sector != casework.SectorLawJustice && !u.Type.SharesRegister() &&
		u.Contact == (casework.UnitID{})
}

// regencyRows are all rows of the regency that tables of a kind count in a period. Who counts at the first registration of a year needs
// that year from its start.
func (s *Server) regencyRows(r *store.Reader, needs statistics.RowKind, frame statistics.Frame) (rows statistics.Rows, err error) {
	for _, register := range s.store.Directory().Registers() {
		switch needs {
		case statistics.OfCases:
			rows.Cases, err = s.regencyCases(r, register, frame.Period, rows.Cases)
		case statistics.OfMeasurements:
			rows.Measurements, err = s.regencyMeasurements(r, register, frame.Period, rows.Measurements)
		case statistics.OfLegs:
			rows.Legs, err = s.regencyLegs(r, register, frame, rows.Legs)
		}
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// regencyCases adds the cases of a register that were registered or open in the year of a period.
func (s *Server) regencyCases(r *store.Reader, register casework.UnitID, p statistics.Period, all []statistics.Case) ([]statistics.Case, error) {
	year := statistics.Period{Kind: statistics.Year, Year: p.Year}
	stretch := store.Stretch{From: year.Start(), Until: p.End()}
	found, err := r.CasesOpenIn(register, stretch)
	if err != nil {
		return nil, err
	}
	for _, k := range found {
		c, err := regencyCase(r, k)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// regencyCase is a case as a release counts it: her age is that at the incident that was reported at registration, by completed years; where no
// day of it is known, at the registration.
func regencyCase(r *store.Reader, k store.FigureCase) (statistics.Case, error) {
	c := statistics.Case{
		ID: k.Case.ID.String(), Person: k.Case.Subject.String(), Side: statistics.Side(k.Side), Type: string(k.Case.Type), Status: string(k.Case.Status),
		Risk: string(k.Case.RiskLevel), Channel: string(k.Case.IntakeChannel), Registered: k.Registered, Closed: k.Case.Closed,
		Closure: string(k.Case.Closure), Sex: string(k.Sex), Kecamatan: k.Case.Kecamatan, Legacy: k.Case.Legacy,
	}
	if k.Side != casework.Protected {
		return c, nil
	}
	subject, err := r.FigureSubject(k)
	if err != nil {
		return c, err
	}
	incidents, err := r.FigureIncidents(k)
	if err != nil {
		return c, err
	}
	c.Age, c.AgeKnown = subject.Identity.BirthDate.AgeOn(dayOfIncident(k, incidents))
	return c, nil
}

// dayOfIncident is the day of the index incident; of one of which the month alone is known its first; else the day of registration.
func dayOfIncident(k store.FigureCase, incidents []casework.Incident) casework.Date {
	for _, i := range incidents {
		if i.ID != k.Case.IndexIncident {
			continue
		}
		for _, text := range []string{i.OccurredOn, i.OccurredOn + "-01"} {
			if day, ok := casework.ParseDate(text); ok {
				return day
			}
		}
	}
	return casework.DateOf(k.Registered)
}
