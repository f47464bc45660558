package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// open are structs with free text that may be printed and logged as they are, each with what stands in it. A struct that is not here, and
// has free text, bytes or a part that is hidden, is hidden itself: in a log a name would outlive every erasure.
var open = map[string]string{
	"store.databaseError": "a code and the name of a constraint; of a statement that does not parse, its own text", "store.sqlite": "a path",
	"casework.Alias": "a name of a unit", "casework.Unit": "a unit", "casework.Coverage": "where a unit works", "casework.Region": "codes and names of places", "casework.Holiday": "its basis", "casework.Window": "its basis",
	"casework.Deadline": "its basis in law", "casework.defaultRow": "its basis in law", "casework.Duty": "the rule and basis of its due time", "casework.move": "words of the table",
	"casework.Error": "reason and field, by words of ours", "casework.Violation": "reason and field, by words of ours", "casework.Need": "an area code, for a moment",
	"growth.Fault": "field and reason", "growth.Mark": "words of ours", "growth.figure": "words of ours",
	"journal.Entry": "pseudonyms and words of ours", "journal.Event": "words of ours", "journal.Audit": "words of ours", "journal.Fault": "words of ours",
	"journal.Checkpoint": "a signed note of size and root", "journal.Verifier": "a public key", "journal.decoder": "canonical bytes, which name nobody",

	"linkage.Measure": "words of ours", "linkage.Group": "words of ours",

	"statistics.Indicator": "words of ours", "statistics.ShareRule": "words of ours", "statistics.Metadata": "words of ours", "statistics.Item": "a code with its name",
	"statistics.Dimension": "codes with their names", "statistics.Table": "words of ours", "statistics.Unit": "words of ours",
	"statistics.Stamp": "a day and an id", "statistics.Entry": "a table and a period", "statistics.Quality": "how a unit measures", "statistics.Covered": "how many a unit weighs",
	"statistics.Link": "opaque ids", "statistics.place": "codes of units and places", "statistics.Span": "a duty of a unit", "statistics.Shown": "a figure as it is shown", "statistics.Observation": "a figure as it is shown",

	"store.Release": "a table and a period", "store.Contribution": "a kind of case and a time", "store.Said": "one of three words", "store.ReleaseFilter": "how a page was asked for",
	"store.pastOfRelease": "a state", "store.Spending": "a table and a period", "store.DrawnKey": "a table and a period",

	"store.Grant": "hashes, tags and a client's own name", "store.breach": "ids and counts", "store.written": "a kind and an id",
	"store.Acting": "an operator's name for an account", "store.AppToken": "ids and networks of an app", "store.Credential": "a hash of random bits", "store.Proof": "a hash of random bits",
	"store.Caller": "words of a role", "store.callerRow": "words of a role", "store.CaseEvent": "words of the table", "store.FieldChange": "names of fields",
	"store.Cell": "a place", "store.sealedColumn": "a place", "store.Check": "words of ours", "store.Finding": "words of ours, and ids", "store.Erased": "a keyed mark",
	"store.KeyLife": "a mark", "store.lives": "marks", "store.Look": "words of ours", "store.Offer": "what a unit offers", "store.Submission": "a number that is handed out", "store.Config": "folders",
	"store.Record": "an entry, and its reason as it stands sealed", "store.dutyKey": "how a page was asked for", "store.pageKey": "how a page was asked for",
	"store.Checkpoint": "a signed note", "store.CheckpointKey": "a public key",
}

// A new type of domain or store that holds what a person said, or has a part that does, must print and log as nothing.
func TestWhatHoldsPersonalDataIsNeitherPrintedNorLogged(t *testing.T) {
	structs, methods := map[string]*ast.StructType{}, map[string][]string{}
	folders, err := filepath.Glob("domain/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range append(folders, "store") {
		readStructs(t, folder, structs, methods)
	}
	if len(structs) < 100 {
		t.Fatalf("only %d structs are read", len(structs))
	}
	hidden, used := map[string]bool{}, map[string]bool{}
	for changed := true; changed; { // a part makes the whole personal
		changed = false
		for name, s := range structs {
			if hidden[name] || !personal(name, s, hidden) {
				continue
			}
			if open[name] != "" {
				used[name] = true
				continue
			}
			hidden[name], changed = true, true
		}
	}
	for name := range hidden {
		if embeds(structs[name], strings.Split(name, ".")[0], methods) {
			continue
		}
		if !slices.Contains(methods[name], "Format") || !slices.Contains(methods[name], "LogValue") {
			t.Errorf("%s has free text, or a part that is hidden: give it Format and LogValue, or say in this test what its text is", name)
		}
	}
	for name := range open {
		if !used[name] {
			t.Errorf("%s is said to be open and has nothing that would be hidden, or is gone", name)
		}
	}
	if !hidden["casework.PersonIdentity"] || !hidden["casework.Person"] || !hidden["store.Account"] || hidden["casework.Unit"] {
		t.Error("the test takes the wrong structs for personal")
	}
}

func readStructs(t *testing.T, folder string, structs map[string]*ast.StructType, methods map[string][]string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil {
					name := strings.TrimPrefix(typeName(filepath.Base(folder), d.Recv.List[0].Type), "*")
					methods[name] = append(methods[name], d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if s, ok := spec.(*ast.TypeSpec); ok {
						if body, ok := s.Type.(*ast.StructType); ok {
							structs[file.Name.Name+"."+s.Name.Name] = body
						}
					}
				}
			}
		}
	}
}

// embeds tells whether a struct has both methods from what it embeds.
func embeds(s *ast.StructType, pkg string, methods map[string][]string) bool {
	for _, field := range s.Fields.List {
		if what := typeName(pkg, field.Type); len(field.Names) == 0 && slices.Contains(methods[what], "Format") && slices.Contains(methods[what], "LogValue") {
			return true
		}
	}
	return false
}

// personal tells whether a struct has a field of free text or bytes, or a part that is hidden.
func personal(name string, s *ast.StructType, hidden map[string]bool) bool {
	pkg, _, _ := strings.Cut(name, ".")
	for _, field := range s.Fields.List {
		if what := typeName(pkg, field.Type); what == "string" || what == "[]byte" || hidden[what] {
			return true
		}
	}
	return false
}

// typeName is the type at the heart of a field: of a slice, map or pointer what it holds.
func typeName(pkg string, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		if ast.IsExported(e.Name) || !slices.Contains([]string{"string", "byte", "bool", "int", "int64", "uint32", "uint64", "float64", "error", "any"}, e.Name) {
			return pkg + "." + e.Name
		}
		return e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
	case *ast.StarExpr:
		return typeName(pkg, e.X)
	case *ast.ArrayType:
		if heart := typeName(pkg, e.Elt); heart != "byte" {
			return heart
		}
		if e.Len == nil {
			return "[]byte"
		}
	case *ast.MapType:
		return typeName(pkg, e.Value)
	}
	return ""
}
