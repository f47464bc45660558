package server_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestMessagesAreMadeInViewsAlone holds that no handler fills a message of the contract by itself: what does not go through a view
// is not cleared. Empty ones, into which a stored answer is read or a page is gathered, are no exit.
func TestMessagesAreMadeInViewsAlone(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	inViews := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		filled := filledMessages(t, file)
		if strings.HasPrefix(file, "view") {
			inViews += len(filled)
			continue
		}
		for _, at := range filled {
			t.Errorf("%s fills a message outside the views", at)
		}
	}
	if inViews < 15 {
		t.Errorf("%d messages are filled in the views: this test has lost them", inViews)
	}
}

// filledMessages are the places where a file writes pb.X{field: …}. A request is no answer: a batch makes those of its calls.
func filledMessages(t *testing.T, file string) []string {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	ast.Inspect(parsed, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok || len(literal.Elts) == 0 {
			return true
		}
		if selector, ok := literal.Type.(*ast.SelectorExpr); ok {
			if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "pb" && !strings.HasSuffix(selector.Sel.Name, "Request") {
				places = append(places, set.Position(literal.Pos()).String())
			}
		}
		return true
	})
	return places
}
