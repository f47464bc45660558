package store

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// numbered rewrites PostgreSQL's $n to SQLite's ?n. SQLite takes $n as a *name* and numbers names by first appearance, so
// that "$2 … $1" would put values into the wrong columns, silently. Quoted text, names and comments stay as they are.
func numbered(query string) string {
	var out strings.Builder
	out.Grow(len(query))
	for i := 0; i < len(query); {
		n := skip(query[i:])
		if n == 0 {
			n = 1
			if query[i] == '$' && i+1 < len(query) && '0' <= query[i+1] && query[i+1] <= '9' {
				out.WriteByte('?')
				i++
				continue
			}
		}
		out.WriteString(query[i : i+n])
		i += n
	}
	return out.String()
}

// skip tells how many bytes at the head of query are quoted or a comment.
func skip(query string) int {
	for _, q := range [...]struct{ open, end string }{{"'", "'"}, {`"`, `"`}, {"--", "\n"}, {"/*", "*/"}} {
		if !strings.HasPrefix(query, q.open) {
			continue
		}
		end := strings.Index(query[len(q.open):], q.end)
		if end < 0 {
			return len(query)
		}
		return len(q.open) + end + len(q.end)
	}
	return 0
}

// value turns an argument into what both drivers take: int64, string, []byte or nil. A bool is 0 or 1, a time microseconds
// UTC and NULL when zero; types of the domain count as what they are made of.
func value(arg any) (driver.Value, error) {
	switch a := arg.(type) {
	case nil, int64, string, []byte:
		return a, nil
	case int:
		return int64(a), nil
	case bool:
		if a {
			return int64(1), nil
		}
		return int64(0), nil
	case [16]byte:
		return a[:], nil
	case time.Time:
		if a.IsZero() {
			return nil, nil
		}
		return a.UnixMicro(), nil
	}
	return valueOf(reflect.ValueOf(arg))
}

func valueOf(v reflect.Value) (driver.Value, error) {
	switch v.Kind() {
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Int:
		return v.Int(), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		return int64(v.Uint()), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return value(v.Bool())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Bytes(), nil
		}
	case reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			bytes := make([]byte, v.Len())
			reflect.Copy(reflect.ValueOf(bytes), v)
			return bytes, nil
		}
	}
	return nil, fmt.Errorf("store: no column holds a %s", v.Type())
}

// orNull gives NULL for an id that is empty or all zero.
func orNull(id []byte) any {
	for _, b := range id {
		if b != 0 {
			return id
		}
	}
	return nil
}

var errScan = errors.New("store: column does not fit its destination")

// assign puts a column into a destination: a pointer, or a []byte of fixed length such as id[:]. NULL gives the zero value.
func assign(dest any, column driver.Value) error {
	switch d := dest.(type) {
	case *int64:
		return assignInt(d, column)
	case *string:
		return assignText(d, column)
	case []byte:
		return assignFixed(d, column)
	case *[]byte:
		return assignBytes(d, column)
	case *[16]byte:
		return assignFixed(d[:], column)
	case *bool:
		var n int64
		err := assignInt(&n, column)
		*d = n != 0
		return err
	case *time.Time:
		if column == nil {
			*d = time.Time{}
			return nil
		}
		var micros int64
		err := assignInt(&micros, column)
		*d = time.UnixMicro(micros).UTC()
		return err
	}
	return assignTo(reflect.ValueOf(dest), column)
}

func assignInt(to *int64, column driver.Value) error {
	n, ok := column.(int64)
	if !ok && column != nil {
		return fmt.Errorf("%w: %T to int64", errScan, column)
	}
	*to = n
	return nil
}

func assignText(to *string, column driver.Value) error {
	text, ok := column.(string)
	if !ok && column != nil {
		return fmt.Errorf("%w: %T to string", errScan, column)
	}
	*to = text
	return nil
}

func assignBytes(to *[]byte, column driver.Value) error {
	bytes, ok := column.([]byte)
	if !ok && column != nil {
		return fmt.Errorf("%w: %T to []byte", errScan, column)
	}
	*to = bytes
	return nil
}

func assignFixed(to []byte, column driver.Value) error {
	if column == nil {
		clear(to)
		return nil
	}
	bytes, ok := column.([]byte)
	if !ok || len(bytes) != len(to) {
		return fmt.Errorf("%w: %T of %d bytes to %d", errScan, column, len(bytes), len(to))
	}
	copy(to, bytes)
	return nil
}

// assignTo serves pointers to the domain's own types, by what they are made of.
func assignTo(dest reflect.Value, column driver.Value) error {
	if dest.Kind() != reflect.Pointer || dest.IsNil() {
		return fmt.Errorf("%w: %s is no destination", errScan, dest.Type())
	}
	to := dest.Elem()
	switch to.Kind() {
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Int:
		var n int64
		if err := assignInt(&n, column); err != nil || to.OverflowInt(n) {
			return errors.Join(errScan, err)
		}
		to.SetInt(n)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		var n int64
		if err := assignInt(&n, column); err != nil || to.OverflowUint(uint64(n)) {
			return errors.Join(errScan, err)
		}
		to.SetUint(uint64(n))
	case reflect.String:
		var text string
		if err := assignText(&text, column); err != nil {
			return err
		}
		to.SetString(text)
	case reflect.Bool:
		return assignBool(to, column)
	case reflect.Array:
		if to.Type().Elem().Kind() != reflect.Uint8 {
			return fmt.Errorf("%w: %T to %s", errScan, column, to.Type())
		}
		return assignFixed(to.Slice(0, to.Len()).Bytes(), column)
	case reflect.Slice:
		if to.Type().Elem().Kind() != reflect.Uint8 {
			return fmt.Errorf("%w: %T to %s", errScan, column, to.Type())
		}
		var bytes []byte
		if err := assignBytes(&bytes, column); err != nil {
			return err
		}
		to.SetBytes(bytes)
	default:
		return fmt.Errorf("%w: %T to %s", errScan, column, to.Type())
	}
	return nil
}

func assignBool(to reflect.Value, column driver.Value) error {
	var n int64
	err := assignInt(&n, column)
	to.SetBool(n != 0)
	return err
}
