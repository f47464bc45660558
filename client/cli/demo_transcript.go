package cli

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// holds prints what must be true, and counts it if it is not.
func (s *stage) holds(ok bool, format string, args ...any) {
	if s.err != nil {
		return
	}
	mark := "holds"
	if !ok {
		mark = "BROKEN"
		s.broken++
	}
	s.say(mark, fmt.Sprintf(format, args...))
}

func (s *stage) title(text string) {
	if s.err == nil {
		fmt.Fprintf(s.out, "\n%s\n%s\n", text, strings.Repeat("-", len(text)))
	}
}

const (
	width  = 120
	margin = 13 // of what is said, so that its first word stands apart
)

// say prints a text beside its mark, wrapped, and cut after a few lines.
func (s *stage) say(mark, text string) {
	const most = 8
	lines := wrap(clean(text), width-margin)
	for i, line := range lines {
		if i == most {
			fmt.Fprintf(s.out, "%*s…\n", margin, "")
			return
		}
		fmt.Fprintf(s.out, "     %-7s %s\n", mark, line)
		mark = ""
	}
}

func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}

// part is one field of a message, in a few words.
type part struct{ field, text string }

// brief tells a message in a few words: what is set, ids shortened, units by their codes.
func (s *stage) brief(m proto.Message) string { return joined(s.parts(m.ProtoReflect())) }

func (s *stage) parts(m protoreflect.Message) []part {
	var parts []part
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		value := m.Get(field)
		if !m.Has(field) || forMachines[field.Name()] || unmeasured(field, value) {
			continue
		}
		text := ""
		if field.IsList() {
			var items []string
			for n := range value.List().Len() {
				items = append(items, s.value(field, value.List().Get(n)))
			}
			text = "[" + strings.Join(items, ", ") + "]"
		} else {
			text = s.value(field, value)
		}
		parts = append(parts, part{string(field.Name()), text})
	}
	return parts
}

func joined(parts []part) string {
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = p.field + " " + p.text
	}
	return strings.Join(words, ", ")
}

// news tells an answer; of a referral or case that the actor has seen before, only what has changed.
func (s *stage) news(who *actor, answer proto.Message) string {
	if table, ok := answer.(*pb.StatisticsTable); ok {
		return tableNews(table)
	}
	parts := s.parts(answer.ProtoReflect())
	named, ok := answer.(interface{ GetName() string })
	if !ok || named.GetName() == "" {
		return joined(parts)
	}
	key := who.who + named.GetName()
	before, now := s.seen[key], map[string]string{}
	var changed []part
	for _, p := range parts {
		now[p.field] = p.text
		if before[p.field] != p.text || p.field == "number" {
			changed = append(changed, p)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(before)) {
		if _, still := now[field]; !still {
			changed = append(changed, part{"no", field})
		}
	}
	s.seen[key] = now
	return joined(changed)
}

// forMachines is left out of the transcript: it serves machines.
var forMachines = map[protoreflect.Name]bool{"request_id": true, "etag": true, "page_size": true, "next_page_token": true, "person_id": true}

// unmeasured tells of an index without a z-score, of which an assessment has several.
func unmeasured(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
	if field.Message() == nil || field.IsList() {
		return false
	}
	index, ok := value.Message().Interface().(*pb.IndexResult)
	return ok && index != nil && index.Z == nil
}

func (s *stage) value(field protoreflect.FieldDescriptor, value protoreflect.Value) string {
	switch {
	case field.Enum() != nil:
		if known := field.Enum().Values().ByNumber(value.Enum()); known != nil {
			return string(known.Name())
		}
		return strconv.Itoa(int(value.Enum()))
	case field.Message() != nil:
		switch part := value.Message().Interface().(type) {
		case *timestamppb.Timestamp:
			return part.AsTime().In(wib).Format("02 Jan 15.04")
		case *pb.IndexResult:
			return fmt.Sprintf("%.2f %s", part.GetZ(), part.GetCategory())
		default:
			return "{" + s.brief(part) + "}"
		}
	case field.Kind() == protoreflect.DoubleKind:
		return strconv.FormatFloat(math.Round(value.Float()*100)/100, 'f', -1, 64)
	}
	text := value.String()
	if code, ok := s.units[text]; ok {
		return code
	}
	return shorten(text)
}

// shorten keeps the beginning of each UUID: enough to tell two apart on a screen.
func shorten(text string) string {
	const uuidLength, shown = 36, 8
	for i := 0; i+uuidLength <= len(text); i++ {
		part := text[i : i+uuidLength]
		if part[8] == '-' && part[13] == '-' && part[18] == '-' && part[23] == '-' {
			text = text[:i+shown] + "…" + text[i+uuidLength:]
		}
	}
	return text
}

// signposts tells where to go on, and as whom.
func (s *stage) signposts() {
	fmt.Fprintf(s.out, "\nThe regency serves until Ctrl-C.\n\n  REST     http://%s/v1/units   (documents: /docs/)\n  gRPC     %s\n\n", s.at.HTTP, s.at.GRPC)
	for _, a := range s.at.Accounts {
		fmt.Fprintf(s.out, "  %-10s  %-15s  %-20s  %s\n", a.Role, a.Unit, a.Name, a.Token)
	}
	for _, a := range s.at.AppTokens {
		fmt.Fprintf(s.out, "  %-10s  %-15s  %-20s  %s\n", "APP", a.Unit, "", a.Token)
	}
	fmt.Fprintf(s.out, "\nTry: SINERGI_TOKEN=… sinergi duty list --grpc %s\n", s.at.GRPC)
}
