package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// The reference is written by hand, for a cause and a remedy cannot be generated; these tests hold it to the code. That the
// commands of a document run is seen to by .ci/docs.go.

// An error page that lacks a reason sends a clinic's developer to guess whether to repeat a filing.
func TestErrorsPageHasEachReasonAsTheServerSaysIt(t *testing.T) {
	want := map[string]reason{}
	for name, r := range reasonsInServer(t) {
		want[name] = r
	}
	values := pb.ErrorReason_UNSPECIFIED.Descriptor().Values()
	for i := range values.Len() {
		if name := string(values.Get(i).Name()); name != "UNSPECIFIED" && want[name].code == "" {
			t.Errorf("server/messages.go: no row for %s", name)
		}
	}
	got := map[string]reason{}
	for _, row := range tableRows(t, "docs/reference/errors.md", 8) {
		name := code(row[0])
		if _, twice := got[name]; twice {
			t.Errorf("errors.md: %s stands twice", name)
		}
		got[name] = reason{code: row[1], http: row[2], en: row[6], id: row[7]}
		if row[3] == "" || row[4] == "" || row[5] == "" {
			t.Errorf("errors.md: %s lacks its cause, its remedy, or whether to repeat", name)
		}
	}
	compare(t, "errors.md", got, want)
}

// reason is what the page and the server must say alike.
type reason struct{ code, http, en, id string }

// httpOfItsOwn are the reasons whose number does not follow from the gRPC code; server/answers.go has the same.
var httpOfItsOwn = map[string]string{
	"CONTENT_TYPE": "415", "BODY_TOO_LARGE": "413", "ROUTE_NOT_FOUND": "404", "METHOD_NOT_ALLOWED": "405",
}

// reasonsInServer reads the table of texts, which the server keeps to itself, from its source.
func reasonsInServer(t *testing.T) map[string]reason {
	file, err := parser.ParseFile(token.NewFileSet(), "server/messages.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]reason{}
	ast.Inspect(file, func(n ast.Node) bool {
		row, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		key, ok := row.Key.(*ast.SelectorExpr)
		if !ok || !strings.HasPrefix(key.Sel.Name, "ErrorReason_") {
			return true
		}
		var words []string
		ast.Inspect(row.Value, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				words = append(words, n.Sel.Name)
			case *ast.BasicLit:
				said, err := strconv.Unquote(n.Value)
				if err != nil {
					t.Fatal(err)
				}
				words = append(words, said)
			}
			return true
		})
		name := strings.TrimPrefix(key.Sel.Name, "ErrorReason_")
		if len(words) != 3 {
			t.Fatalf("server/messages.go: %s has %q, want a code and two texts", name, words)
		}
		r := reason{code: upper(words[0]), en: words[1], id: words[2]}
		var grpc codes.Code
		if err := grpc.UnmarshalJSON([]byte(strconv.Quote(r.code))); err != nil {
			t.Fatal(err)
		}
		if r.http = httpOfItsOwn[name]; r.http == "" {
			r.http = strconv.Itoa(runtime.HTTPStatusFromCode(grpc))
		}
		found[name] = r
		return true
	})
	return found
}

// upper writes InvalidArgument as the wire does: INVALID_ARGUMENT.
func upper(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

func TestConfigurationPageHasEachSetting(t *testing.T) {
	want := map[string]string{"SINERGI_TOKEN": "", "SINERGI_TOKEN_FILE": "", "SINERGI_CA": ""}
	for _, part := range []reflect.Type{reflect.TypeFor[server.Folders](), reflect.TypeFor[server.Config](), reflect.TypeFor[server.Limits]()} {
		for i := range part.NumField() {
			if tag := part.Field(i).Tag; tag.Get("env") != "" {
				want[tag.Get("env")] = tag.Get("default")
			}
		}
	}
	got := map[string]string{}
	for _, row := range tableRows(t, "docs/reference/configuration.md", 4) {
		got[code(row[0])] = ""
		if said := want[code(row[0])]; said != "" {
			got[code(row[0])] = code(row[2])
		}
	}
	compare(t, "configuration.md", got, want)
}

// The operator's files know three vocabularies; a word that the page lacks is not tried.
func TestFilesPageHasEachWord(t *testing.T) {
	want := map[string]bool{}
	for _, words := range []protoreflect.EnumDescriptor{
		pb.UnitType_UNSPECIFIED.Descriptor(), pb.Role_UNSPECIFIED.Descriptor(), pb.ReferralServiceType_UNSPECIFIED.Descriptor(),
	} {
		for i := 1; i < words.Values().Len(); i++ {
			want[string(words.Values().Get(i).Name())] = true
		}
	}
	got := map[string]bool{}
	for _, cells := range []int{2, 3} {
		for _, row := range tableRows(t, "docs/reference/files.md", cells) {
			if name := code(row[0]); name == strings.ToUpper(name) {
				got[name] = true
			}
		}
	}
	compare(t, "files.md", got, want)
}

func compare[V comparable](t *testing.T, page string, got, want map[string]V) {
	t.Helper()
	for name, w := range want {
		if g, ok := got[name]; !ok {
			t.Errorf("%s lacks %s", page, name)
		} else if g != w {
			t.Errorf("%s: %s is %+v, want %+v", page, name, g, w)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s has %s, which the code does not", page, name)
		}
	}
}

// tableRows are the rows of a page's tables that have so many cells and begin with a word in backquotes.
func tableRows(t *testing.T, page string, cells int) [][]string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		row := strings.Split(strings.Trim(line, "|"), "|")
		if len(row) != cells {
			continue
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no row of %d cells", page, cells)
	}
	return rows
}

func code(cell string) string { return strings.Trim(cell, "`") }

// A link of a document that leads nowhere costs a reader the trust in the rest of it.
func TestLinksOfDocumentsLeadSomewhere(t *testing.T) {
	var pages []string
	walk(t, ".", func(file string, d fs.DirEntry) {
		if strings.HasSuffix(file, ".md") {
			pages = append(pages, file)
		}
	})
	if len(pages) < 10 {
		t.Fatalf("only %d documents found", len(pages))
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range deadLinks(filepath.Dir(page), string(text)) {
			t.Errorf("%s: %s leads nowhere", page, link)
		}
	}
	control := "[a](docs_test.go) [b](nowhere.md#x) [c](https://example.org/)\n```console\n$ echo [d](in-code.md)\n```\n"
	if got := deadLinks(".", control); !slices.Equal(got, []string{"nowhere.md"}) {
		t.Errorf("the control: got %q, want nowhere.md alone", got)
	}
}

var (
	fenced = regexp.MustCompile("(?ms)^```.*?^```$")
	inCode = regexp.MustCompile("`[^`\n]*`")
	links  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

// deadLinks are the relative links of a text in a folder whose file is not there. Other people's pages are not asked.
func deadLinks(dir, text string) (dead []string) {
	text = inCode.ReplaceAllString(fenced.ReplaceAllString(text, ""), "")
	for _, link := range links.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(link[1], "#")
		if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(target))); err != nil {
			dead = append(dead, target)
		}
	}
	return dead
}
