package server

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// typeName is the JSON type of a field, as JSON Schema calls it.
func typeName(f protoreflect.FieldDescriptor) string {
	switch f.Kind() {
	case protoreflect.BoolKind:
		return "boolean"
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.EnumKind, protoreflect.MessageKind, protoreflect.GroupKind:
		return "string"
	case protoreflect.DoubleKind, protoreflect.FloatKind:
		return "number"
	}
	return "integer"
}

// scalarFault is what is wrong with a literal for a field, or "".
func scalarFault(f protoreflect.FieldDescriptor, kind jsontext.Kind, raw jsontext.Value) string {
	quoted := kind == '"'
	switch f.Kind() {
	case protoreflect.BoolKind:
		return unless(kind == 't' || kind == 'f', "WRONG_TYPE")
	case protoreflect.StringKind, protoreflect.BytesKind:
		return unless(quoted, "WRONG_TYPE")
	case protoreflect.EnumKind:
		if kind == '0' {
			return unless(fitsInteger(string(raw), 32, true), "WRONG_TYPE")
		}
		return orElse(unless(quoted, "WRONG_TYPE"), textFault(f, unquote(raw)))
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return orElse(unless(quoted, "WRONG_TYPE"), textFault(f, unquote(raw)))
	}
	if !quoted && kind != '0' {
		return "WRONG_TYPE"
	}
	if quoted { // protojson takes numbers as text, for 64 bits do not fit JavaScript
		raw = unquote(raw)
	}
	return textFault(f, raw)
}

func unless(ok bool, reason string) string {
	if ok {
		return ""
	}
	return reason
}

// textFault is what is wrong with the text of a value, from JSON or a query.
func textFault(f protoreflect.FieldDescriptor, raw []byte) string {
	text := string(raw)
	switch f.Kind() {
	case protoreflect.EnumKind:
		return unless(f.Enum().Values().ByName(protoreflect.Name(text)) != nil, "UNKNOWN_VALUE")
	case protoreflect.MessageKind:
		if f.Message().FullName() == "google.protobuf.Timestamp" {
			return unless(isTimestamp(text), "BAD_TIME")
		}
		return ""
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.BoolKind:
		return ""
	case protoreflect.DoubleKind, protoreflect.FloatKind:
		return numberFault(text)
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return unless(fitsInteger(text, 32, true), "WRONG_TYPE")
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return unless(fitsInteger(text, 32, false), "WRONG_TYPE")
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return unless(fitsInteger(text, 64, false), "WRONG_TYPE")
	}
	return unless(fitsInteger(text, 64, true), "WRONG_TYPE")
}

// numberFault refuses what is no finite number: NaN and Infinity, which protojson takes as text, and 1e400.
func numberFault(text string) string {
	switch text {
	case "NaN", "Infinity", "-Infinity":
		return "NOT_A_NUMBER"
	}
	if !isNumber(text) {
		return "WRONG_TYPE"
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(value, 0) {
		return "NOT_A_NUMBER"
	}
	return ""
}

// isNumber tells whether text is a number of JSON; Go's own parsers take more.
func isNumber(text string) bool {
	if text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	return text[len(text)-1] >= '0' && jsontext.Value(text).IsValid()
}

// fitsInteger takes 5, 5.0 and 5e0, as protojson does.
func fitsInteger(text string, bits int, signed bool) bool {
	if !isNumber(text) {
		return false
	}
	var err error
	if signed {
		_, err = strconv.ParseInt(text, 10, bits)
	} else {
		_, err = strconv.ParseUint(text, 10, bits)
	}
	if err == nil {
		return true
	}
	value, err := strconv.ParseFloat(text, 64)
	limit := math.Ldexp(1, min(bits, 53)-1)
	return err == nil && value == math.Trunc(value) && value < limit && value >= -limit && (signed || value >= 0)
}

// isTimestamp takes RFC 3339 with at most nanoseconds.
func isTimestamp(text string) bool {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		return false
	}
	_, fraction, found := strings.Cut(text, ".")
	return !found || len(strings.TrimRight(fraction, "Z+-:0123456789")) == 0 && strings.IndexAny(fraction, "Z+-") <= 9
}
