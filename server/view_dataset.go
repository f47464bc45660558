package server

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// viewDataset makes the metadata of a table by Satu Data Indonesia (Perpres 39/2019). An empty frame leaves out the regency's lists: a
// unit's four hundred villages are not part of what a table is.
func (s *Server) viewDataset(t *statistics.Table, f statistics.Frame) *pb.Dataset {
	m := viewTable(t, f)
	m.Producer, m.EpsilonYear = s.producer(), yearCost(t, s.cfg.epsilons())
	return m
}

func viewTable(t *statistics.Table, f statistics.Frame) *pb.Dataset {
	d := t.Metadata()
	version, _ := strconv.ParseInt(d.Versi, 10, 32) // a number, by the test of the catalogue
	m := &pb.Dataset{
		Dataset: t.ID, Kind: viewKind(t.Kind), Title: t.Label, TitleEn: t.LabelEN, Concept: d.Konsep, Definition: d.Definisi,
		Classification: d.Klasifikasi, Measure: d.Ukuran, Unit: d.Satuan, UnitOfCount: t.Unit.Label, Basis: d.Dasar, Method: d.Metode,
		DisplayRule: d.Tampilan, Limits: d.Batasan, Epsilon: d.Epsilon, CatalogueVersion: int32(version),
		Columns: t.Columns(),
	}
	for _, kind := range t.Periods {
		if kind != statistics.Moment {
			m.Periods = append(m.Periods, strings.ToLower(kind.String()))
		}
	}
	for i := range t.Axes {
		m.Dimensions = append(m.Dimensions, viewDimension(&t.Axes[i], f))
	}
	for _, i := range indicatorsOf(t) {
		m.Indicators = append(m.Indicators, i.ID)
		m.IndicatorDefinitions = append(m.IndicatorDefinitions, &pb.DatasetIndicator{
			Indicator: i.ID, Label: i.Label, LabelEn: i.LabelEN, Unit: i.Unit, Numerator: i.Numerator, Denominator: i.Denominator, Basis: i.Basis,
		})
	}
	return m
}

// producer is who answers for the figures: the regency.
func (s *Server) producer() string {
	for _, region := range s.store.Directory().Regions() {
		if region.Level == casework.LevelRegency {
			return "Pemerintah " + region.Name
		}
	}
	return ""
}

func viewKind(kind statistics.Kind) pb.DatasetKind_Value {
	return enum[pb.DatasetKind_Value](pb.DatasetKind_Value_value, string(kind))
}

// yearCost is what all tables of the same people cost one person in a year: the guard that the ledger keeps.
func yearCost(t *statistics.Table, limits statistics.Limits) float64 {
	switch {
	case t.Kind != statistics.Released:
		return 0
	case t.ID == "overlap-year":
		return limits.WithOverlap
	case t.Side == statistics.Protected:
		return limits.Protected
	case t.Epsilon > 0:
		return limits.Child
	}
	return 0
}

// viewDimension names a code once: a category of several indices stands in each of them.
func viewDimension(d *statistics.Dimension, f statistics.Frame) *pb.DatasetDimension {
	m := &pb.DatasetDimension{Dimension: d.ID, Label: d.Label, Column: orElse(d.Column, d.ID)}
	if d.List != statistics.Fixed && len(f.Kecamatan) == 0 {
		return m
	}
	given := map[string]bool{}
	for _, item := range f.Items(d) {
		if !given[item.Code] {
			given[item.Code] = true
			m.Items = append(m.Items, viewName(d.ID, item))
		}
	}
	return m
}

// indicatorsOf are the figures that a table carries, in the order of the list: its count and shares, and what is told of legs.
func indicatorsOf(t *statistics.Table) []statistics.Indicator {
	own := []string{t.Value}
	for _, share := range t.Shares {
		own = append(own, share.Indicator)
	}
	return slices.DeleteFunc(slices.Clone(statistics.Indicators), func(i statistics.Indicator) bool {
		ofLegs := strings.HasSuffix(i.Basis, "sent") && i.ID != "decline_share"
		return !slices.Contains(own, i.ID) && !(t.Legs && ofLegs && (i.Released || t.Kind == statistics.Live))
	})
}
