package server

import (
	"context"
	"fmt"

	"github.com/sinergi-pug/sinergi/store"
)

// DataRestored says that the data were put back from an older copy.
type DataRestored struct {
	Folders `embed:""`
}

// Run lets every release that could have been drawn since wait for the REVIEWER.
func (c *DataRestored) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		n, err := Restored(ctx, st)
		if err != nil {
			return err
		}
		fmt.Printf("%d\treleases wait for the reviewer\n", n)
		return nil
	})
}

// Walidata names the unit that gives published figures to the open-data portal.
type Walidata struct {
	Folders `embed:""`
	Unit    string `arg:"" placeholder:"CODE" help:"Unit, by its code. Without this command it is the regency's own."`
}

// Run names it.
func (c *Walidata) Run(ctx context.Context) error {
	return c.with(ctx, func(st *store.Store) error {
		unit, ok := st.Directory().UnitByCode(c.Unit)
		if !ok {
			return misconfigured(fmt.Errorf("no unit has the code %s: load units first", c.Unit))
		}
		_, err := store.Update(ctx, st, func(w *store.Writer) (struct{}, error) {
			w.Append(operator("directory.manage", "walidata"), unit.ID[:], nil)
			return struct{}{}, w.SetSetting(walidataUnit, unit.Code)
		})
		return err
	})
}
