package server

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// readQuery holds the parameters of a URL against the request's fields: grpc-gateway drops unknown ones without a word, so
// a misspelt filter would quietly list everything. Items of a list are separated by commas.
func readQuery(raw string, r *route) (sound string, faults []Violation) {
	if raw == "" {
		return "", nil
	}
	values, err := url.ParseQuery(raw)
	if err != nil { // a ";", or a broken escape
		return "", []Violation{{Reason: "BAD_QUERY"}}
	}
	kept := url.Values{}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names) // equal answers to equal requests
	given := map[string]bool{}
	for _, name := range names {
		items, fault := readParameter(name, values[name], r)
		if fault.Reason == "" && given[fault.Field] { // by both of its names
			fault.Reason = "DUPLICATE_KEY"
		}
		given[fault.Field] = true
		if fault.Reason != "" {
			faults = append(faults, fault)
			continue
		}
		kept[name] = items
	}
	return kept.Encode(), faults[:min(len(faults), mostFaults)]
}

// readParameter gives the items of one parameter, or what is wrong with it. Its Field is set either way.
func readParameter(name string, values []string, r *route) ([]string, Violation) {
	f := r.request.fields[name]
	if f == nil || f.message != nil || r.verb != "GET" || slices.Contains(r.inPath, string(f.desc.Name())) {
		return nil, Violation{Field: safeName([]byte(name)), Reason: "UNKNOWN_FIELD"}
	}
	if f.desc.IsList() {
		values = strings.Split(strings.Join(values, ","), ",")
	} else if len(values) > 1 {
		return nil, Violation{Field: f.name, Reason: "DUPLICATE_KEY"}
	}
	for i, value := range values {
		reason := orElse(unless(utf8.ValidString(value), "ENCODING"), textFault(f.desc, []byte(value)))
		if f.desc.Kind() == protoreflect.BoolKind {
			reason = unless(value == "true" || value == "false", "WRONG_TYPE")
		}
		if reason != "" && f.desc.IsList() {
			return nil, Violation{f.name + "[" + strconv.Itoa(i) + "]", reason, typeName(f.desc)}
		}
		if reason != "" {
			return nil, Violation{f.name, reason, typeName(f.desc)}
		}
	}
	return values, Violation{Field: f.name}
}
