package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sinergi-pug/sinergi"

// A room is what one package may import besides the standard library. Arrows run one way: main → server → store → domain,
// client → proto.
type room struct {
	ours    []string // packages of this module; "domain/*" is any below domain
	modules []string // of others, with everything below them
	never   []string // of the standard library
}

// What a module is for, and what would replace it, is told in docs/decisions/0006-dependencies-taken.md.
var (
	wire = []string{
		"google.golang.org/grpc", "google.golang.org/protobuf", "google.golang.org/genproto",
		"github.com/grpc-ecosystem/grpc-gateway/v2",
	}
	serverModules = slices.Concat(wire, []string{
		"buf.build/go/protovalidate",
		"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go",
		"github.com/go-json-experiment/json/jsontext", // its neighbours are another encoding/json, which we do not want
		"github.com/grpc-ecosystem/go-grpc-middleware/v2",
		"github.com/google/uuid",
		"github.com/hashicorp/golang-lru/v2",
		"golang.org/x/mod",
		"filippo.io/age",
		"github.com/coreos/go-oidc/v3",
		"golang.org/x/oauth2", // the code flow under go-oidc
		"golang.org/x/crypto",
		"github.com/trustelem/zxcvbn",
		"github.com/pquerna/otp",
		"golang.org/x/time",
		"github.com/go-webauthn/webauthn",
		"github.com/prometheus/client_golang",
		"github.com/coreos/go-systemd/v22",
		"github.com/xuri/excelize/v2",
		"golang.org/x/text",
		"github.com/paulmach/orb",
		"github.com/klauspost/compress",
		"github.com/swaggest/swgui",
		"github.com/standard-webhooks/standard-webhooks/libraries",
	})
	// A rule that reads a clock, a die, a file or a database cannot be tried over its whole space.
	impure = []string{"crypto/rand", "database/sql", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec", "sync"}
)

// rooms is the table of imports of the design (architecture, "The house" and "Dependencies"). A package that is not there
// must not exist: who adds one adds its line, and says why in the commit.
var rooms = map[string]room{
	"proto/sinergi/v1": {modules: slices.Concat(wire, []string{
		"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go",
	})},

	"domain/access":     {ours: []string{"domain/casework"}, never: impure},
	"domain/casework":   {never: impure},
	"domain/growth":     {never: impure},
	"domain/journal":    {never: impure},
	"domain/linkage":    {modules: []string{"golang.org/x/text/unicode/norm"}, never: impure},
	"domain/statistics": {never: impure},

	"store": {
		ours: []string{"domain/*", "store/migrations"},
		modules: []string{
			"github.com/mattn/go-sqlite3", "github.com/jackc/pgx/v5", "github.com/pressly/goose/v3",
			"github.com/google/uuid", "github.com/hashicorp/golang-lru/v2",
			"github.com/tink-crypto/tink-go/v2", "golang.org/x/mod", "filippo.io/age",
		},
	},
	"store/migrations": {modules: []string{"github.com/pressly/goose/v3"}},
	"store/storetest":  {ours: []string{"store", "store/migrations", "domain/*"}, modules: []string{"github.com/google/go-cmp", "github.com/jackc/pgx/v5", "github.com/mattn/go-sqlite3"}},

	"server":         {ours: []string{"store", "domain/*", "proto/sinergi/v1", "server/console"}, modules: serverModules},
	"server/console": {ours: []string{"proto/sinergi/v1"}, modules: serverModules},

	"client": {ours: []string{"proto/sinergi/v1"}, modules: slices.Concat(wire, []string{
		"github.com/google/uuid", "github.com/standard-webhooks/standard-webhooks/libraries",
	})},
	"client/fhir": {ours: []string{"proto/sinergi/v1"}, modules: wire},
	"client/cli": {
		ours: []string{"client", "client/fhir", "proto/sinergi/v1", "domain/growth", "domain/linkage", "domain/journal"},
		modules: slices.Concat(wire, []string{
			"golang.org/x/mod", "filippo.io/age", "github.com/xuri/excelize/v2", "golang.org/x/text",
			"github.com/alecthomas/kong", "github.com/jedib0t/go-pretty/v6",
			"golang.org/x/term", // a password is not shown while it is typed
		}),
	},

	".": {ours: []string{"server", "store", "client/cli"}, modules: []string{"github.com/alecthomas/kong"}},
}

func TestEveryPackageImportsWhatItsRoomAllows(t *testing.T) {
	files := sources(t, ".")
	if len(files) == 0 {
		t.Fatal("no Go file found")
	}
	for _, f := range files {
		for _, imported := range f.imports {
			if fault := refuse(f.pkg, imported); fault != "" {
				t.Errorf("%s: %s", f.path, fault)
			}
		}
		if _, ok := rooms[f.pkg]; !ok {
			t.Errorf("%s: the package %s has no room in the table of imports", f.path, f.pkg)
		}
	}
}

// The negative control: each line is an import that would let a secret, a clock or a second way in.
func TestWrongImportsAreRefused(t *testing.T) {
	for _, tt := range []struct{ pkg, imported string }{
		{"proto/sinergi/v1", module + "/domain/casework"},
		{"proto/sinergi/v1", "github.com/google/uuid"},
		{"domain/access", module + "/domain/growth"},
		{"domain/access", module + "/store"},
		{"domain/access", "golang.org/x/text/unicode/norm"},
		{"domain/casework", module + "/domain/access"},
		{"domain/casework", module + "/proto/sinergi/v1"},
		{"domain/casework", "github.com/google/uuid"},
		{"domain/casework", "crypto/rand"},
		{"domain/journal", "database/sql"},
		{"domain/growth", module + "/domain/casework"},
		{"domain/linkage", "golang.org/x/text/language"},
		{"domain/linkage", "golang.org/x/text/unicode/normal"},
		{"domain/statistics", "math/rand/v2"},
		{"store", module + "/proto/sinergi/v1"},
		{"store", module + "/server"},
		{"store", module + "/client"},
		{"store", "google.golang.org/grpc/codes"},
		{"store", module + "/store/storetest"},
		{"store/storetest", module + "/server"},
		{"store/storetest", "github.com/pressly/goose/v3"},
		{"server", module + "/client"},
		{"server", module + "/store/migrations"},
		{"server", "github.com/jackc/pgx/v5/stdlib"},
		{"server", "github.com/mattn/go-sqlite3"},
		{"server", "github.com/pressly/goose/v3"},
		{"server", "github.com/tink-crypto/tink-go/v2/aead"},
		{"server", "github.com/go-json-experiment/json"},
		{"server", "github.com/google/go-cmp/cmp"},
		{"server/console", module + "/store"},
		{"server/console", module + "/domain/casework"},
		{"client", module + "/domain/casework"},
		{"client", module + "/store"},
		{"client", module + "/server"},
		{"client/fhir", module + "/client"},
		{"client/cli", module + "/store"},
		{"client/cli", module + "/server"},
		{"client/cli", module + "/domain/access"},
		{"client/cli", "github.com/mattn/go-sqlite3"},
		{".", module + "/client"},
		{".", module + "/domain/casework"},
		{".", "google.golang.org/grpc"},
		{"helpers", "fmt"},
		{"server/impl", "fmt"},
	} {
		if refuse(tt.pkg, tt.imported) == "" {
			t.Errorf("%s may import %s, want it refused", tt.pkg, tt.imported)
		}
	}
	for _, tt := range []struct{ pkg, imported string }{
		{"domain/access", module + "/domain/casework"},
		{"domain/casework", "time"},
		{"domain/linkage", "golang.org/x/text/unicode/norm"},
		{"store", module + "/domain/access"},
		{"store", "github.com/mattn/go-sqlite3"},
		{"server", "google.golang.org/grpc/test/bufconn"},
		{"server", "github.com/go-json-experiment/json/jsontext"},
		{".", module + "/client/cli"},
	} {
		if fault := refuse(tt.pkg, tt.imported); fault != "" {
			t.Errorf("%s, want it allowed", fault)
		}
	}
}

// refuse says why the package may not import, or "" if it may.
func refuse(pkg, imported string) string {
	r, ok := rooms[pkg]
	if !ok {
		return fmt.Sprintf("%s has no room in the table of imports", pkg)
	}
	below := func(dir string) bool { return imported == dir || strings.HasPrefix(imported, dir+"/") }
	switch first, _, _ := strings.Cut(imported, "/"); {
	case below(module):
		if slices.ContainsFunc(r.ours, func(may string) bool {
			may, any := strings.CutSuffix(may, "/*")
			return imported == module+"/"+may || any && below(module+"/"+may)
		}) {
			return ""
		}
	case !strings.Contains(first, "."): // the standard library has no domain
		if !slices.Contains(r.never, imported) {
			return ""
		}
	case slices.ContainsFunc(r.modules, below):
		return ""
	}
	return fmt.Sprintf("%s may not import %s", pkg, imported)
}

// The gateway's Register…HandlerServer calls a service without its interceptors: REST without authentication. Our gateway
// dials instead, with Register…Handler.
func TestGatewayNeverPassesTheInterceptorsBy(t *testing.T) {
	for _, f := range sources(t, ".") {
		if f.generated {
			continue // the generated code declares what nobody may call
		}
		if at, ok := bypass(f.path, nil); ok {
			t.Errorf("%s: passes by authentication, limits and validation", at)
		}
	}
	src := "package server\n\nfunc f() { pb.RegisterCaseServiceHandlerServer(ctx, mux, s) }\n"
	if _, ok := bypass("control.go", src); !ok {
		t.Error("the control is not found")
	}
}

var handlerServer = regexp.MustCompile(`^Register\w+HandlerServer$`)

// bypass finds the forbidden name in a file, or in src if it is not nil. A name is enough: a function may be called later.
func bypass(file string, src any) (at string, found bool) {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, file, src, parser.SkipObjectResolution)
	if err != nil {
		return err.Error(), true
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && handlerServer.MatchString(id.Name) {
			at, found = fset.Position(id.Pos()).String(), true
		}
		return !found
	})
	return at, found
}

// Folders whose name says nothing about what is inside.
func TestNoFolderIsNamedAfterNothing(t *testing.T) {
	if got := nameless(t, "."); len(got) > 0 {
		t.Errorf("folders %v, want a name that says what is inside", got)
	}
	control := t.TempDir()
	if err := os.MkdirAll(filepath.Join(control, "server", "internal"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := nameless(t, control); len(got) != 1 {
		t.Errorf("the control is not found: got %v", got)
	}
}

func nameless(t *testing.T, root string) []string {
	var found []string
	walk(t, root, func(file string, d fs.DirEntry) {
		if d.IsDir() && slices.Contains([]string{"internal", "pkg", "cmd", "utils", "third_party"}, d.Name()) {
			found = append(found, file)
		}
	})
	return found
}

// A source is a Go file that is no test, whatever its build tags are. A generator (`go run` by hand, below) is none either.
type source struct {
	path, pkg string
	imports   []string
	generated bool
}

func sources(t *testing.T, root string) []source {
	var files []source
	walk(t, root, func(file string, d fs.DirEntry) {
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if isGenerator(tree) {
			return
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		s := source{path: file, pkg: path.Dir(filepath.ToSlash(rel)), generated: ast.IsGenerated(tree)}
		for _, spec := range tree.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			s.imports = append(s.imports, imported)
		}
		files = append(files, s)
	})
	return files
}

// isGenerator tells a program that stands beside the package which it makes tables for, and can never be part of it: its
// tag is `ignore` and its package main. A file with the tag alone is read like any other.
func isGenerator(tree *ast.File) bool {
	return tree.Name.Name == "main" && slices.ContainsFunc(tree.Comments, func(g *ast.CommentGroup) bool {
		return g.End() < tree.Package && g.List[0].Text == "//go:build ignore"
	})
}

// walk visits what the go command would: not build/, testdata, nor what begins with a dot or an underscore.
func walk(t *testing.T, root string, visit func(file string, d fs.DirEntry)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if file == root {
			return nil
		}
		if d.IsDir() && (strings.ContainsAny(d.Name()[:1], "._") || d.Name() == "testdata" || file == filepath.Join(root, "build")) {
			return filepath.SkipDir
		}
		visit(file, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The reader itself: a build tag hides nothing, a test is not read.
func TestImportsAreReadBehindBuildTags(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"store/store.go":         "package store\n\nimport \"fmt\"\n",
		"store/odd.go":           "//go:build never\n\npackage store\n\nimport _ \"google.golang.org/grpc\"\n",
		"store/ignored.go":       "//go:build ignore\n\npackage store\n\nimport _ \"os\"\n",
		"store/generate.go":      "//go:build ignore\n\npackage main\n\nimport _ \"net\"\n",
		"store/store_test.go":    "package store\n\nimport \"testing\"\n",
		"store/testdata/data.go": "package data\n\nimport \"os\"\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, f := range sources(t, root) {
		got = append(got, f.pkg+" "+strings.Join(f.imports, " "))
	}
	slices.Sort(got)
	if want := []string{"store fmt", "store google.golang.org/grpc", "store os"}; !slices.Equal(got, want) {
		t.Errorf("sources: got %q, want %q", got, want)
	}
}
