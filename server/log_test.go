package server

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/casework"
)

// logCalls finds in a source each call of a logger, and says what is wrong with it: its message is a constant, each key is a constant
// of the list, and no argument is an error's text.
func logCalls(fset *token.FileSet, file *ast.File) (calls int, faults []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		first, ok := messageAt(call)
		if !ok {
			return true
		}
		calls++
		fault := func(what string) { faults = append(faults, fset.Position(call.Pos()).String()+": "+what) }
		if len(call.Args) <= first || literal(call.Args[first]) == "" {
			fault("the message is no constant")
			return true
		}
		for i, arg := range call.Args[first+1:] {
			switch {
			case isAttr(arg):
				key := literal(arg.(*ast.CallExpr).Args[0])
				if !slices.Contains(logKeys, key) {
					fault("key " + key)
				}
			case call.Ellipsis.IsValid(): // attributes that were checked where they were made
			case i%2 == 0 && !slices.Contains(logKeys, literal(arg)):
				fault("key " + literal(arg))
			}
			ast.Inspect(arg, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Error" {
					fault("an error's text")
				}
				return true
			})
		}
		return true
	})
	return calls, faults
}

// messageAt is where the message stands among the arguments of a call of a logger.
func messageAt(call *ast.CallExpr) (int, bool) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !isLogger(sel.X) {
		return 0, false
	}
	switch sel.Sel.Name {
	case "Debug", "Info", "Warn", "Error":
		return 0, true
	case "DebugContext", "InfoContext", "WarnContext", "ErrorContext":
		return 1, true
	case "Log", "LogAttrs":
		return 2, true
	}
	return 0, false
}

func isLogger(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "slog" || x.Name == "log" || x.Name == "logger"
	case *ast.SelectorExpr:
		return x.Sel.Name == "log" || x.Sel.Name == "logger"
	}
	return false
}

func isAttr(arg ast.Expr) bool {
	call, ok := arg.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && len(call.Args) > 0 && isLogger(sel.X)
}

func literal(x ast.Expr) string {
	lit, ok := x.(*ast.BasicLit)
	if !ok {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return text
}

// A key outside the list is dropped when it is written; here it fails, so that nobody looks for it in vain.
func TestTheProgramLogsAllowedKeysAlone(t *testing.T) {
	t.Parallel()
	fset, total := token.NewFileSet(), 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"proto", "build", ".git"}, d.Name()) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		calls, faults := logCalls(fset, file)
		total += calls
		for _, fault := range faults {
			t.Error(fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total < 8 {
		t.Errorf("%d calls of a logger found, want all", total)
	}
}

// The negative control: what must not be logged is found.
func TestWrongLogLinesAreFound(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		`s.log.Info("start", "build", build())`:                                     false,
		`slog.Error("x", "code", 1)`:                                                false,
		`s.log.LogAttrs(ctx, slog.LevelInfo, "x", slog.String("method", m))`:        false,
		`s.log.LogAttrs(ctx, slog.LevelInfo, "call", attrs...)`:                     false,
		`s.log.Info("start "+name)`:                                                 true,
		`s.log.Info(err.Error())`:                                                   true,
		`slog.Error("x", "name", n)`:                                                true,
		`slog.ErrorContext(ctx, "x", "error", err)`:                                 true,
		`slog.Error("x", "code", err.Error())`:                                      true,
		`s.log.LogAttrs(ctx, slog.LevelInfo, "x", slog.String("case", m))`:          true,
		`s.log.LogAttrs(ctx, slog.LevelInfo, "x", slog.Any("code", errors.New(a)))`: false, // dropped as it is written
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() { "+line+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, faults := logCalls(token.NewFileSet(), file); (len(faults) > 0) != want {
			t.Errorf("%s: got %v", line, faults)
		}
	}
}

func TestTheHandlerDropsWhatIsNotOnTheList(t *testing.T) {
	t.Parallel()
	var b safeBuffer
	log := newLog(&b, "debug")
	person := casework.Kin{Name: "Siti Aminah"}
	log.Info("x", "name", "Siti Aminah", "method", "m", "error", errors.New("Siti Aminah"))
	log.Info("x", "code", errors.New("Siti Aminah"), "method", person, "actor", &person, "kind", []string{"Siti Aminah"})
	log.With("nik", "Siti Aminah").WithGroup("Siti").Info("x", "code", "Siti Aminah")
	log.Info("x", slog.Group("method", slog.String("code", "Siti Aminah")))
	if strings.Contains(b.String(), "Siti Aminah") {
		t.Errorf("got %s", b.String())
	}
	if strings.Count(b.String(), "\n") != 4 || !strings.Contains(b.String(), `"method":"m"`) {
		t.Errorf("what may be logged is missing: %s", b.String())
	}
}
