package server

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// regencyLists are the lists that figures are counted by, of one directory: a morning folds some thousand tables by them.
type regencyLists struct {
	directory *store.Directory
	frame     statistics.Frame
}

// frame is what a count needs besides its rows: the period, and the regency's lists, which are shared: nobody changes them.
func (s *Server) frame(p statistics.Period, now time.Time) statistics.Frame {
	d := s.store.Directory()
	lists := s.lists.Load()
	if lists == nil || lists.directory != d {
		lists = &regencyLists{d, listsOf(d)}
		s.lists.Store(lists)
	}
	f := lists.frame
	f.Period, f.Now = p, now
	return f
}

// listsOf are the lists of a directory. Units are named by their code.
func listsOf(d *store.Directory) (f statistics.Frame) {
	for _, region := range d.Regions() {
		item := statistics.Item{Code: region.Code, Label: region.Name, LabelEN: region.Name, BPS: region.BPS}
		switch region.Level {
		case casework.LevelDistrict:
			f.Kecamatan = append(f.Kecamatan, item)
		case casework.LevelVillage:
			f.Desa = append(f.Desa, item)
		}
	}
	for _, unit := range d.Units() {
		if unit.IsConfidential() {
			continue // listed by its contact alone
		}
		item := statistics.Item{Code: unit.Code, Label: unit.Name, LabelEN: unit.Name}
		f.Units = append(f.Units, item)
		switch unit.Type {
		case casework.UnitIntegratedHealthPost:
			f.Posyandu = append(f.Posyandu, item)
		case casework.UnitHealthCenter:
			f.Puskesmas = append(f.Puskesmas, item)
		}
	}
	return f
}

// unitCode is a unit as a figure names it; a confidential one goes by its contact.
func (s *Server) unitCode(id casework.UnitID) string {
	unit, _ := s.store.Directory().Unit(id)
	if unit.IsConfidential() {
		unit, _ = s.store.Directory().Unit(unit.Contact)
	}
	return unit.Code
}

// viewObservations makes tidy rows of what a table shows. The table's columns and the message's fields have one name.
func viewObservations(t *statistics.Table, f statistics.Frame, shown []statistics.Observation, stamp statistics.Stamp) []*pb.StatisticsRow {
	columns := t.Columns()
	rows := make([]*pb.StatisticsRow, 0, len(shown))
	for _, o := range shown {
		rows = append(rows, viewTidy(columns, statistics.Tidy(t, f.Period, f, o, stamp)))
	}
	return rows
}

// viewTidy makes the message of one tidy row.
func viewTidy(columns, cells []string) *pb.StatisticsRow {
	m := &pb.StatisticsRow{}
	fields := m.ProtoReflect().Descriptor().Fields()
	for i, column := range columns {
		switch field := fields.ByName(protoreflect.Name(column)); {
		case cells[i] == "" || field == nil:
		case column == "nilai":
			if n, err := strconv.ParseFloat(cells[i], 64); err == nil {
				m.Nilai = proto.Float64(n)
			}
		default:
			m.ProtoReflect().Set(field, protoreflect.ValueOfString(cells[i]))
		}
	}
	return m
}

// viewCodeNames are the names of a table's codes: all items of the catalogue's own dimensions, and of the regency's lists those that stand
// in a row, for a list of four hundred villages explains a table of ten to nobody.
func viewCodeNames(t *statistics.Table, f statistics.Frame, shown []statistics.Observation) []*pb.CodeName {
	var names []*pb.CodeName
	for a := range t.Axes {
		d := &t.Axes[a]
		used := map[string]bool{}
		for _, o := range shown {
			if a < len(o.Items) {
				used[o.Items[a]] = true
			}
		}
		given := map[string]bool{}
		for _, item := range f.Items(d) {
			if (d.List == statistics.Fixed || used[item.Code]) && !given[item.Code] { // a category of several indices has one name
				given[item.Code] = true
				names = append(names, &pb.CodeName{Dimension: d.ID, Code: item.Code, Name: item.Label, NameEn: item.LabelEN})
			}
		}
	}
	return append(names, indicatorNames(shown)...)
}

func indicatorNames(shown []statistics.Observation) (names []*pb.CodeName) {
	given := map[string]bool{}
	for _, o := range shown {
		if i, ok := statistics.FindIndicator(o.Indicator); ok && !given[i.ID] {
			given[i.ID] = true
			names = append(names, &pb.CodeName{Dimension: "indikator", Code: i.ID, Name: i.Label, NameEn: i.LabelEN})
		}
	}
	return names
}

// viewName is a code with its name.
func viewName(dimension string, i statistics.Item) *pb.CodeName {
	return &pb.CodeName{Dimension: dimension, Code: i.Code, Name: i.Label, NameEn: i.LabelEN}
}

// viewLive is a table of one's own unit, without its rows yet.
func viewLive(t *statistics.Table, now time.Time) *pb.StatisticsTable {
	return &pb.StatisticsTable{Dataset: t.ID, Title: t.Label, AsOfTime: timestamp(now)}
}

// viewReleased is a released table, without its rows yet.
func viewReleased(t *statistics.Table) *pb.StatisticsTable {
	return &pb.StatisticsTable{
		Dataset: t.ID, Title: t.Label + " (satuan: " + t.Unit.Label + ")",
		Note: []string{statistics.NewRelease(t, statistics.Period{}).Note(t), t.Metadata().Batasan},
	}
}

// viewFile is a table as a file, in place of its rows and names.
func viewFile(m *pb.StatisticsTable, file []byte, media, extension string) *pb.StatisticsTable {
	return &pb.StatisticsTable{
		Dataset: m.GetDataset(), Title: m.GetTitle(), Release: unsigned(m.GetRelease()), Note: m.GetNote(), AsOfTime: m.GetAsOfTime(), Etag: m.GetEtag(),
		File: file, ContentType: media, FileName: fileName(m) + extension,
	}
}

// viewMark tells from which release rows are; bare leaves out its signed file.
func viewMark(row store.Release, v *shownRelease, bare bool) *pb.ReleaseMark {
	m := &pb.ReleaseMark{
		Name: named("releases", row.ID), Period: row.Period, AsOfSeq: row.AsOf, Ledger: v.ledger, Signature: v.lines, Note: row.Note,
	}
	if !bare {
		m.SignedFile = v.file
	}
	return m
}

// viewOpenData is a release as a file for the portal.
func viewOpenData(v release, shown *pb.Release, file []byte) *pb.OpenDataFile {
	return &pb.OpenDataFile{Release: shown, File: file, FileName: v.Dataset + "-" + v.Period + ".txt"}
}
