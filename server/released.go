package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Published cells, as they were drawn. Nothing here adds, divides or ranks: a row that leaves is a row of a signed text. The answer follows
// from the request and the published releases alone, so it is the same for all; a period that is not published is one that never was.

// shownRelease is a drawn text, read. Nobody changes it.
type shownRelease struct {
	drawing
	messages []*pb.StatisticsRow
	file     []byte
	lines    string // of the signature
}

// shownKey is a text: what was drawn at an instant never changes.
type shownKey struct {
	id    casework.ID
	drawn int64
}

// shownMost is how many texts are kept in memory.
const shownMost = 256

// drawingOfRelease reads what was drawn, once.
func (s *Server) drawingOfRelease(r interface {
	ReleaseText(casework.ID) ([]byte, string, error)
}, row store.Release,
) (*shownRelease, error) {
	key := shownKey{row.ID, row.Drawn.UnixMicro()}
	if known, ok := s.shown.Get(key); ok {
		return known, nil
	}
	text, lines, err := r.ReleaseText(row.ID)
	if err != nil {
		return nil, err
	}
	v := &shownRelease{file: signedRelease(text, lines), lines: lines}
	if v.drawing, err = parseDrawing(string(text)); err != nil {
		return nil, err
	}
	for _, row := range v.rows {
		v.messages = append(v.messages, viewTidy(v.columns, row))
	}
	v.rows = nil
	s.shown.Add(key, v)
	return v, nil
}

// QueryReleased reads published cells.
func (s *statisticsService) QueryReleased(ctx context.Context, req *pb.QueryReleasedRequest) (*pb.StatisticsTable, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.StatisticsTable, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		act := access.Decide(c.caller.Facts(c.now).Doing(access.StatsReleased))
		t, known := statistics.Find(statistics.Released, req.GetDataset())
		if act.Allowed() && !known {
			act = access.Decision{Rule: "R20"}
		}
		if !act.Allowed() {
			return nil, nil, c.refuse(access.StatsReleased, act, object{}, req.GetDataset())
		}
		m, err := s.releasedTable(r, t, req, c.now)
		if err != nil {
			return nil, nil, err
		}
		m, err = tableFile(req, m, func() *pb.Dataset { return s.viewDataset(t, s.frameOf(statistics.Period{}, c.now)) })
		return m, c.onRecord(access.StatsReleased, act), err
	})
}

// releasedTable chooses the rows.
func (s *Server) releasedTable(r *store.Reader, t *statistics.Table, req *pb.QueryReleasedRequest, now time.Time) (*pb.StatisticsTable, error) {
	frame := s.frameOf(statistics.Period{}, now)
	rows, err := r.PublishedReleases(t.ID)
	if err != nil {
		return nil, err
	}
	choice, err := choiceOf(t, frame, req, periodsOf(rows), statistics.DayOf(now))
	if err != nil {
		return nil, err
	}
	places, all := bpsCodes(t, frame)
	if req.GetIdScheme() == pb.IdScheme_BPS && !all {
		return nil, casework.Violations{{Field: "idScheme", Reason: "NO_BPS_CODES"}}
	}
	m := viewReleased(t)
	mark, asOf := sha256.New(), time.Time{}
	bare := req.GetSkipMeta() || req.GetFormat() > pb.TableFormat_JSON
	for _, row := range rows {
		if !choice.hasPeriod(row.Period) {
			continue
		}
		v, err := s.drawingOfRelease(r, row)
		if err != nil {
			return nil, err
		}
		mark.Write(row.ID[:])
		mark.Write([]byte(v.lines))
		m.Release = append(m.Release, viewMark(row, v, bare))
		m.Rows = append(m.Rows, choice.rows(v.messages)...)
		asOf = later(asOf, row.Drawn)
		if row.Note != "" && !slices.Contains(m.GetNote(), row.Note) {
			m.Note = append(m.Note, row.Note)
		}
	}
	m.AsOfTime = timestamp(asOf)
	m.Etag = hex.EncodeToString(mark.Sum(nil)[:16])
	names := namesInRows(t, frame, m.GetRows())
	if !req.GetSkipMeta() {
		m.MetaData = names
	}
	m.Rows = labelled(t, m.GetRows(), names, places, req)
	return m, nil
}

func periodsOf(rows []store.Release) (all []statistics.Period) {
	for _, row := range rows {
		if p, ok := statistics.ParsePeriod(row.Period); ok {
			all = append(all, p)
		}
	}
	return all
}

// choice is which cells a request asks for.
type choice struct {
	periods []string            // none: all
	items   map[string][]string // by column; absent: all
	and     *choice             // of the filter; nil: none
}

const periodDimension, indicatorDimension = "periode", "indikator"

// choiceOf reads dimensions and filter. What the table has not is refused; a period that is not published is no fault, or its refusal would
// tell of those that are.
func choiceOf(t *statistics.Table, f statistics.Frame, req *pb.QueryReleasedRequest, published []statistics.Period, today statistics.Day) (choice, error) {
	c := choice{items: map[string][]string{}}
	for _, asked := range whole(t, req.GetDimension()) {
		dimension, list, chosen := strings.Cut(asked, ":")
		if err := c.add(t, f, dimension, list, chosen, published, today); err != nil {
			return c, err
		}
	}
	if filter := req.GetFilter(); filter != "" {
		dimension, item, one := strings.Cut(filter, ":")
		if strings.Contains(item, ",") || one && item == "" || dimension == periodDimension && isRelative(item, published, today) {
			return c, because(pb.ErrorReason_STAT_FILTER_AGGREGATES)
		}
		if !one {
			return c, unknownDimension(dimension, t)
		}
		only := choice{items: map[string][]string{}}
		if err := only.add(t, f, dimension, item, true, published, today); err != nil {
			return c, err
		}
		c.and = &only
	}
	return c, nil
}

// whole puts together again what came in parts: over REST a comma separates the values of a query, too, so that P,L of one dimension comes as
// two.
func whole(t *statistics.Table, parts []string) (all []string) {
	for _, part := range parts {
		last := len(all) - 1
		if last >= 0 && strings.Contains(all[last], ":") && continues(t, all[last], part) {
			all[last] += "," + part
			continue
		}
		all = append(all, part)
	}
	return all
}

// continues tells whether a part is one more item of the dimension before it.
func continues(t *statistics.Table, before, part string) bool {
	if strings.HasPrefix(before, periodDimension+":") {
		return part != "" && (part[0] >= '0' && part[0] <= '9' || strings.HasPrefix(part, "LAST_") || strings.HasPrefix(part, "THIS_"))
	}
	_, known := columnOf(t, part)
	return !known && part != periodDimension && !strings.Contains(part, ":")
}

func isRelative(word string, published []statistics.Period, today statistics.Day) bool {
	_, ok := statistics.Relative(word, today, published)
	return ok
}

// add narrows the choice by one dimension. Named twice, its items are those of both.
func (c *choice) add(t *statistics.Table, f statistics.Frame, dimension, list string, chosen bool, published []statistics.Period, today statistics.Day) error {
	items := strings.Split(list, ",")
	if !chosen {
		items = nil
	}
	if dimension == periodDimension {
		for _, item := range items {
			c.periods = append(c.periods, item)
			relative, _ := statistics.Relative(item, today, published)
			for _, p := range relative {
				c.periods = append(c.periods, p.ID())
			}
		}
		return nil
	}
	column, known := columnOf(t, dimension)
	if !known {
		return unknownDimension(dimension, t)
	}
	for _, item := range items {
		if !hasItem(t, f, dimension, item) {
			return unknownDimension(dimension, t)
		}
	}
	if chosen {
		c.items[column] = append(c.items[column], items...)
	}
	return nil
}

// columnOf is the column of a dimension of the table.
func columnOf(t *statistics.Table, dimension string) (string, bool) {
	if dimension == indicatorDimension {
		return dimension, true
	}
	at, ok := t.Axis(dimension)
	if !ok {
		return "", false
	}
	if column := t.Axes[at].Column; column != "" {
		return column, true
	}
	return dimension, true
}

// hasItem tells whether a dimension has an item: of the catalogue, or of the regency's lists.
func hasItem(t *statistics.Table, f statistics.Frame, dimension, code string) bool {
	if dimension == indicatorDimension {
		name := strings.TrimSuffix(strings.TrimSuffix(code, ".part"), ".whole")
		return name == t.Value || knownIndicator(name)
	}
	at, _ := t.Axis(dimension)
	return slices.ContainsFunc(f.Items(&t.Axes[at]), func(i statistics.Item) bool { return i.Code == code })
}

// knownIndicator takes also what stands beside an indicator: how many have no such time.
func knownIndicator(name string) bool {
	_, ok := statistics.FindIndicator(name)
	return ok || slices.Contains([]string{"undecided", "unserved", "legs_declined", "persons", "chains", "overlap_victims", "children", "new_cases"}, name)
}

// unknownDimension names a dimension only if it is one: an answer repeats nothing that a caller sent.
func unknownDimension(dimension string, t *statistics.Table) error {
	e := because(pb.ErrorReason_STAT_DIMENSION_UNKNOWN)
	if _, ok := columnOf(t, dimension); ok || dimension == periodDimension {
		e.meta = map[string]string{"dimension": dimension}
	}
	return e
}

func (c choice) hasPeriod(period string) bool {
	return (len(c.periods) == 0 || slices.Contains(c.periods, period)) && (c.and == nil || c.and.hasPeriod(period))
}

// rows are those of all rows that were chosen, in their order.
func (c choice) rows(all []*pb.StatisticsRow) (chosen []*pb.StatisticsRow) {
	for _, row := range all {
		if c.has(row) {
			chosen = append(chosen, row)
		}
	}
	return chosen
}

func (c choice) has(row *pb.StatisticsRow) bool {
	for column, items := range c.items {
		if !slices.Contains(items, textOf(row, column)) {
			return false
		}
	}
	return c.and == nil || c.and.has(row)
}

func textOf(row *pb.StatisticsRow, column string) string {
	m := row.ProtoReflect()
	return m.Get(m.Descriptor().Fields().ByName(protoreflect.Name(column))).String()
}

// namesInRows are the names of the codes that stand in rows, in the order of the dimensions and their items.
func namesInRows(t *statistics.Table, f statistics.Frame, rows []*pb.StatisticsRow) (names []*pb.CodeName) {
	add := func(dimension string, column string, items []statistics.Item) {
		stands := map[string]bool{}
		for _, row := range rows {
			stands[textOf(row, column)] = true
		}
		for _, i := range items {
			if stands[i.Code] {
				stands[i.Code] = false
				names = append(names, viewName(dimension, i))
			}
		}
	}
	for i := range t.Axes {
		column, _ := columnOf(t, t.Axes[i].ID)
		add(t.Axes[i].ID, column, f.Items(&t.Axes[i]))
	}
	var indicators []statistics.Item
	for _, i := range statistics.Indicators {
		indicators = append(indicators, statistics.Item{Code: i.ID, Label: i.Label, LabelEN: i.LabelEN})
	}
	add(indicatorDimension, indicatorDimension, indicators)
	return names
}

// labelled gives rows the codes or names that were asked. Rows are shared by all answers, so what changes is a copy.
func labelled(t *statistics.Table, rows []*pb.StatisticsRow, names []*pb.CodeName, places map[string]string, req *pb.QueryReleasedRequest) []*pb.StatisticsRow {
	scheme, label := req.GetIdScheme(), req.GetLabel()
	if scheme == pb.IdScheme_UNSPECIFIED && (label == pb.CodeLabel_UNSPECIFIED || label == pb.CodeLabel_BOTH) {
		return rows
	}
	of := map[[2]string]string{}
	for _, n := range names {
		column, _ := columnOf(t, n.GetDimension())
		of[[2]string{column, n.GetCode()}] = n.GetName()
	}
	all := make([]*pb.StatisticsRow, len(rows))
	for i, row := range rows {
		m, _ := proto.Clone(row).(*pb.StatisticsRow)
		switch label {
		case pb.CodeLabel_ID:
			m.NamaWilayah = ""
		case pb.CodeLabel_NAME:
			nameCodes(m, of)
		}
		switch scheme {
		case pb.IdScheme_KEMENDAGRI:
			m.KodeWilayahBps = ""
		case pb.IdScheme_BPS:
			m.KodeWilayahBps, m.KodeWilayahKemendagri = places[m.GetKodeWilayahKemendagri()], ""
		}
		all[i] = m
	}
	return all
}

// bpsCodes are the codes of the statistics office for the places of a table; what lies outside and what is not known keeps its own. all is
// false where the regency's list lacks one: a table with half its places blank is none. The code is a name of the place and no part of
// what was drawn, so that of today stands on what was drawn before it was known.
func bpsCodes(t *statistics.Table, f statistics.Frame) (codes map[string]string, all bool) {
	codes, all = map[string]string{}, true
	for i := range t.Axes {
		if column, _ := columnOf(t, t.Axes[i].ID); column != "kode_wilayah_kemendagri" {
			continue
		}
		for _, place := range f.Items(&t.Axes[i]) {
			codes[place.Code] = place.BPS
			if place.Code == statistics.LUAR || place.Code == statistics.NA {
				codes[place.Code] = place.Code
			}
			all = all && codes[place.Code] != ""
		}
	}
	return codes, all
}

// nameCodes puts names in the place of codes; a place has a column for each.
func nameCodes(m *pb.StatisticsRow, of map[[2]string]string) {
	fields := m.ProtoReflect()
	for key, name := range of {
		column := fields.Descriptor().Fields().ByName(protoreflect.Name(key[0]))
		if fields.Get(column).String() != key[1] || name == "" {
			continue
		}
		if key[0] == "kode_wilayah_kemendagri" {
			m.NamaWilayah, m.KodeWilayahKemendagri, m.KodeWilayahBps = name, "", ""
			continue
		}
		fields.Set(column, protoreflect.ValueOfString(name))
	}
}
