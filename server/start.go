package server

import (
	"context"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/sinergi-pug/sinergi/store"
)

// startedSetting is the row of settings that remembers with which configuration and program the server last started: marks of values,
// for some of them name folders of people.
const startedSetting = "started"

// recordStart puts on record that the server starts with another configuration, or as another build, than the last time: names of what
// changed, and no value.
func (c *Serve) recordStart(ctx context.Context, st *store.Store) error {
	now := c.marks(st)
	_, err := store.Update(ctx, st, func(w *store.Writer) (struct{}, error) {
		text, _, err := w.Setting(startedSetting)
		if err != nil {
			return struct{}{}, err
		}
		before := strings.Fields(text)
		var changed []string
		for _, mark := range now {
			if !slices.Contains(before, mark) {
				name, _, _ := strings.Cut(mark, "=")
				changed = append(changed, name)
			}
		}
		if len(changed) == 0 {
			return struct{}{}, nil
		}
		entry := operator("config.change", "start")
		entry.ObjectKind, entry.Event.Fields, entry.Event.After = "config", changed, build()
		w.Append(entry, nil, nil)
		return struct{}{}, w.SetSetting(startedSetting, strings.Join(now, " "))
	})
	return err
}

// marks are name=mark of each setting and of the build.
func (c *Serve) marks(st *store.Store) []string {
	mark := func(name, value string) string {
		sum := st.Mac("config", []byte(name), []byte(value))
		return name + "=" + hex.EncodeToString(sum[:8])
	}
	all := []string{mark("build", build())}
	for _, part := range []any{c.Folders, c.Config} {
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Tag.Get("env"); name != "" {
				all = append(all, mark(name, fmt.Sprint(v.Field(i))))
			}
		}
	}
	return all
}
