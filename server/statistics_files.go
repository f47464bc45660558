package server

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// Media types of files.
const (
	typeCSV  = "text/csv; charset=utf-8"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// fileAsked is what a request says of the form of its table; each of the three queries has it.
type fileAsked interface {
	GetFormat() pb.TableFormat_Value
	GetBom() bool
	GetDelimiter() pb.Delimiter_Value
}

// tableFile gives a table the form that was asked: as it is for JSON, else as a file that holds what the rows and names held. The
// file is made of the table alone, so whoever may read the table gets the same bytes.
func tableFile(asked fileAsked, m *pb.StatisticsTable, of func() *pb.Dataset) (*pb.StatisticsTable, error) {
	var (
		file      []byte
		media     string
		extension string
		err       error
	)
	switch asked.GetFormat() {
	case pb.TableFormat_CSV:
		media, extension = typeCSV, ".csv"
		file, err = tableCSV(m, of(), asked.GetBom(), asked.GetDelimiter())
	case pb.TableFormat_XLSX:
		media, extension = typeXLSX, ".xlsx"
		file, err = tableXLSX(m, of())
	default:
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	return viewFile(m, file, media, extension), nil
}

// unsigned are the marks of releases without their signed files, which would be heavier than the file itself.
func unsigned(marks []*pb.ReleaseMark) []*pb.ReleaseMark {
	all := make([]*pb.ReleaseMark, len(marks))
	for i, mark := range marks {
		all[i] = proto.CloneOf(mark)
		all[i].SignedFile = nil
	}
	return all
}

// fileName is the table and its first and last period. Nothing else may stand in a name that lies about in a folder.
func fileName(m *pb.StatisticsTable) string {
	var periods []string
	for _, row := range m.GetRows() {
		if p := row.GetPeriode(); p != "" {
			periods = append(periods, p)
		}
	}
	if len(periods) == 0 {
		return m.GetDataset()
	}
	first, last := slices.Min(periods), slices.Max(periods)
	if first == last {
		return m.GetDataset() + "-" + first
	}
	return m.GetDataset() + "-" + first + "_" + last
}

// rowFields are the fields of a row by the name of their column.
var rowFields = (&pb.StatisticsRow{}).ProtoReflect().Descriptor().Fields()

// columnsOf are the columns of a table's file: those that it names, or all that rows have.
func columnsOf(of *pb.Dataset) []string {
	if len(of.GetColumns()) > 0 {
		return of.GetColumns()
	}
	var all []string
	for i := range rowFields.Len() {
		all = append(all, string(rowFields.Get(i).Name()))
	}
	return all
}

const valueColumn = "nilai"

// cellText is a cell as text: an absent value is empty, never 0.
func cellText(row *pb.StatisticsRow, column string) string {
	if column == valueColumn {
		if row.Nilai == nil {
			return ""
		}
		return decimalPoint(row.GetNilai())
	}
	f := rowFields.ByName(protoreflect.Name(column))
	if f == nil {
		return ""
	}
	return row.ProtoReflect().Get(f).String()
}

// decimalPoint writes a number as files have it, whatever the reader's language.
func decimalPoint(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// tableCSV is RFC 4180 in UTF-8. The decimal sign is a point also between semicolons.
func tableCSV(m *pb.StatisticsTable, of *pb.Dataset, bom bool, delimiter pb.Delimiter_Value) ([]byte, error) {
	var b bytes.Buffer
	if bom {
		b.WriteString("\ufeff")
	}
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if delimiter == pb.Delimiter_SEMICOLON {
		w.Comma = ';'
	}
	columns := columnsOf(of)
	lines := [][]string{columns}
	for _, row := range m.GetRows() {
		line := make([]string, len(columns))
		for i, column := range columns {
			if line[i] = cellText(row, column); column != valueColumn {
				line[i] = statistics.SafeText(line[i])
			}
		}
		lines = append(lines, line)
	}
	err := w.WriteAll(lines)
	return b.Bytes(), err
}

// codeNames are the names of the codes of a table, by column and code.
type codeNames map[[2]string]string

func namesOf(m *pb.StatisticsTable, of *pb.Dataset) codeNames {
	names, columns := codeNames{}, map[string]string{}
	for _, d := range of.GetDimensions() {
		columns[d.GetDimension()] = d.GetColumn()
		for _, item := range d.GetItems() {
			names[[2]string{d.GetColumn(), item.GetCode()}] = item.GetName()
		}
	}
	for _, n := range m.GetMetaData() {
		names[[2]string{columns[n.GetDimension()], n.GetCode()}] = n.GetName()
	}
	return names
}

// of is what people call what stands in a column of a row.
func (n codeNames) of(row *pb.StatisticsRow, column string) string {
	code := cellText(row, column)
	if column == "kode_wilayah_kemendagri" && row.GetNamaWilayah() != "" {
		return row.GetNamaWilayah()
	}
	if name := n[[2]string{column, code}]; name != "" {
		return name
	}
	return code
}

// asFile is the file in a message that is one, for the gateway, which gives it as it is.
func asFile(v any) (*pb.StatisticsTable, bool) {
	m, ok := v.(*pb.StatisticsTable)
	return m, ok && m.GetContentType() != ""
}

// takeFormat puts the format that a caller of REST accepts into a request that names none.
func takeFormat(req any, accepted pb.TableFormat_Value) {
	asked, ok := req.(fileAsked)
	if !ok || accepted == pb.TableFormat_UNSPECIFIED || asked.GetFormat() != pb.TableFormat_UNSPECIFIED {
		return
	}
	m := req.(proto.Message).ProtoReflect()
	m.Set(m.Descriptor().Fields().ByName("format"), protoreflect.ValueOfEnum(accepted.Number()))
}

// acceptedFormat is the format of the media type that an Accept header likes best; of equals the first. Anything else is JSON.
func acceptedFormat(header []string) pb.TableFormat_Value {
	best, format := 0.0, pb.TableFormat_UNSPECIFIED
	for _, part := range strings.Split(strings.Join(header, ","), ",") {
		media, params, _ := strings.Cut(part, ";")
		is, ok := map[string]pb.TableFormat_Value{
			"text/csv": pb.TableFormat_CSV, typeXLSX: pb.TableFormat_XLSX, "application/json": pb.TableFormat_UNSPECIFIED,
			"*/*": pb.TableFormat_UNSPECIFIED, "application/*": pb.TableFormat_UNSPECIFIED,
		}[strings.ToLower(strings.TrimSpace(media))]
		if q := quality(params); ok && q > best {
			best, format = q, is
		}
	}
	return format
}

// quality is the weight of a media type; what is no weight is 1, as if none were given.
func quality(params string) float64 {
	for _, p := range strings.Split(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if q, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil && strings.EqualFold(strings.TrimSpace(name), "q") {
			return q
		}
	}
	return 1
}
