package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// printer writes answers in the form that the caller's end wants.
type printer struct {
	Output

	ctx    context.Context
	out    io.Writer
	notes  io.Writer // remarks for a person
	fancy  bool      // out is a terminal
	colour bool
	client *client.Client
	units  map[string]string // code by resource name, as far as asked
}

func newPrinter(ctx context.Context, s Streams, o Output, c *client.Client) *printer {
	p := &printer{Output: o, ctx: ctx, out: s.Out, notes: s.Err, fancy: terminal(s.Out), client: c, units: map[string]string{}}
	p.colour = p.fancy && os.Getenv("NO_COLOR") == ""
	if o.Quiet {
		p.notes = io.Discard
	}
	return p
}

// terminal tells whether a stream ends at a person.
func terminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// one prints one answer: JSON, or a line for each field that is set.
func (p *printer) one(m proto.Message) error {
	if p.JSON {
		return p.json(m)
	}
	rows := p.fields(nil, "", m.ProtoReflect())
	return p.table(nil, rows)
}

func (p *printer) json(m proto.Message) error {
	text, err := compactJSON(m)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s\n", text)
	return err
}

// compactJSON is protojson without the spaces that it varies from build to build.
func compactJSON(m proto.Message) ([]byte, error) {
	text, err := protojson.Marshal(m)
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	err = json.Compact(&compact, text)
	return compact.Bytes(), err
}

// column is one column of a list.
type column[T any] struct {
	head string
	cell func(*printer, T) string
}

// list prints up to limit items and says if there are more.
func list[T proto.Message](p *printer, items iter.Seq2[T, error], limit int, columns []column[T]) error {
	var rows [][]string
	seen := 0
	for item, err := range items {
		if err != nil {
			return err
		}
		if seen == limit {
			fmt.Fprintf(p.notes, "sinergi: there are more than %d; --limit shows them\n", limit)
			break
		}
		seen++
		if p.JSON {
			if err := p.json(item); err != nil {
				return err
			}
			continue
		}
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = c.cell(p, item)
		}
		rows = append(rows, row)
	}
	if p.JSON {
		return nil
	}
	heads := make([]string, len(columns))
	for i, c := range columns {
		heads[i] = c.head
	}
	return p.table(heads, rows)
}

// table draws for a person, and separates by tabs for a program.
func (p *printer) table(heads []string, rows [][]string) error {
	if !p.fancy {
		return p.tabs(heads, rows)
	}
	if len(rows) == 0 {
		fmt.Fprintln(p.notes, "sinergi: nothing")
		return nil
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.OptionsNoBordersAndSeparators
	if len(heads) > 0 {
		t.AppendHeader(tableRow(heads))
	}
	for _, row := range rows {
		t.AppendRow(tableRow(row))
	}
	_, err := fmt.Fprintln(p.out, t.Render())
	return err
}

func (p *printer) tabs(heads []string, rows [][]string) error {
	if len(heads) > 0 {
		rows = append([][]string{heads}, rows...)
	}
	for _, row := range rows {
		if _, err := fmt.Fprintln(p.out, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return nil
}

func tableRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = cell
	}
	return row
}

// fields flattens a message into rows of path and value; what is not set leaves no row.
func (p *printer) fields(rows [][]string, path string, m protoreflect.Message) [][]string {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if !m.Has(field) {
			continue
		}
		name, value := path+string(field.Name()), m.Get(field)
		if !field.IsList() {
			rows = p.field(rows, name, field, value)
			continue
		}
		for n := range value.List().Len() {
			rows = p.field(rows, name+"["+strconv.Itoa(n)+"]", field, value.List().Get(n))
		}
	}
	return rows
}

func (p *printer) field(rows [][]string, name string, field protoreflect.FieldDescriptor, value protoreflect.Value) [][]string {
	switch {
	case field.Enum() != nil:
		return append(rows, []string{name, p.enum(field.Enum(), value.Enum())})
	case field.Message() == nil:
		return append(rows, []string{name, p.plain(value.String())})
	}
	if when, ok := value.Message().Interface().(*timestamppb.Timestamp); ok {
		return append(rows, []string{name, p.time(when)})
	}
	return p.fields(rows, name+".", value.Message())
}

// plain is a text for a table; a unit is shown by its code, which people know.
func (p *printer) plain(s string) string {
	if strings.HasPrefix(s, "units/") {
		return p.unit(s)
	}
	return clean(s)
}

// word is the value of an enum in the caller's language; nothing if it is not said.
func (p *printer) word(e protoreflect.Enum) string { return p.enum(e.Descriptor(), e.Number()) }

func (p *printer) enum(d protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	value := d.Values().ByNumber(n)
	if value == nil {
		return strconv.Itoa(int(n)) // a newer server's
	}
	if n == 0 {
		return ""
	}
	if label, _ := proto.GetExtension(value.Options(), pb.E_Label).(string); p.Lang == "id" && label != "" {
		return label
	}
	return string(value.Name())
}

func (p *printer) time(t *timestamppb.Timestamp) string {
	switch {
	case t == nil:
		return ""
	case p.fancy:
		return t.AsTime().Local().Format("2006-01-02 15:04")
	default:
		return t.AsTime().Local().Format(time.RFC3339)
	}
}

// due is a due time, red on a terminal when it is past.
func (p *printer) due(t *timestamppb.Timestamp, overdue bool) string {
	switch {
	case !overdue:
		return p.time(t)
	case p.colour:
		return text.FgRed.Sprint(p.time(t))
	default:
		return p.time(t) + " !"
	}
}

// unit is the code of a unit; its resource name if the directory does not tell.
func (p *printer) unit(name string) string {
	if name == "" {
		return ""
	}
	code, ok := p.units[name]
	if ok {
		return code
	}
	code = clean(name)
	if unit, err := p.client.Directory.GetUnit(p.ctx, &pb.GetUnitRequest{Name: name}); err == nil {
		code = clean(unit.GetCode())
	}
	p.units[name] = code
	return code
}

// clean keeps what somebody wrote into a field from moving the cursor, ending the row or turning the text around.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}
