package server

import (
	"reflect"
	"regexp"
	"testing"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	"github.com/sinergi-pug/sinergi/store"
)

// secretNames are of what no row of an overseen table may have a place for.
var secretNames = regexp.MustCompile(`(?i)^(side|level|block|blocked|link|linked|caseside|caselevel|protected|incident|pairs?|forms?|risk|secret)`)

// secretFields are the fields of a type, at any depth, that could hold the protected side, a level, a block or a link.
func secretFields(of reflect.Type, path string, seen map[reflect.Type]bool) (found []string) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map || of.Kind() == reflect.Array {
		of = of.Elem()
	}
	secretTypes := []reflect.Type{reflect.TypeFor[casework.Side](), reflect.TypeFor[casework.Level](), reflect.TypeFor[casework.Case](), reflect.TypeFor[statistics.Side](), reflect.TypeFor[statistics.Leg](), reflect.TypeFor[statistics.Case]()}
	for _, secret := range secretTypes {
		if of == secret {
			return []string{path}
		}
	}
	if of.Kind() != reflect.Struct || seen[of] {
		return nil
	}
	seen[of] = true
	for i := range of.NumField() {
		f := of.Field(i)
		if secretNames.MatchString(f.Name) {
			found = append(found, path+"."+f.Name)
		}
		found = append(found, secretFields(f.Type, path+"."+f.Name, seen)...)
	}
	return found
}

func TestWhatAnOfficesTableIsMadeOfCannotHoldViolence(t *testing.T) {
	t.Parallel()
	for _, of := range []reflect.Type{
		reflect.TypeFor[statistics.OverseenRows](), reflect.TypeFor[store.GrowthChild](), reflect.TypeFor[monthOf](), reflect.TypeFor[statistics.Covered](),
	} {
		if found := secretFields(of, of.Name(), map[reflect.Type]bool{}); len(found) > 0 {
			t.Errorf("%v", found)
		}
	}
	// The negative control: what other tables are made of can.
	for _, of := range []reflect.Type{reflect.TypeFor[statistics.Rows](), reflect.TypeFor[store.FigureCase](), reflect.TypeFor[store.FigureLeg]()} {
		if len(secretFields(of, of.Name(), map[reflect.Type]bool{})) == 0 {
			t.Errorf("nothing is found in %s", of)
		}
	}
}
