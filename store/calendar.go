package store

import "github.com/sinergi-pug/sinergi/domain/casework"

// What due times follow from: the table of deadlines, working hours, free days.

// seedDeadlines adds the shipped rows of each duty of which the table has none: all of an empty database, and those of the duties
// that a newer program brings. A row of a duty that the table knows is the regency's to change.
func (w *Writer) seedDeadlines() error {
	rows, err := w.Deadlines()
	if err != nil {
		return err
	}
	known := casework.TableOf(rows)
	for _, d := range casework.DefaultDeadlines() {
		if _, ok := known[d.Duty]; ok {
			continue
		}
		if err := w.PutDeadline(d); err != nil {
			return err
		}
	}
	return nil
}

// PutDeadline makes a row of the table, or changes the one of its key and first day.
func (w *Writer) PutDeadline(d casework.Deadline) error {
	_, err := w.exec(`INSERT INTO deadlines (case_type, service, urgency, duty, kind, effective_from, effective_until, duration, step, basis)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (case_type, service, urgency, duty, kind, effective_from) DO UPDATE SET effective_until = excluded.effective_until,
			duration = excluded.duration, step = excluded.step, basis = excluded.basis`,
		d.CaseType, d.Service, d.Urgency, d.Duty, d.Kind, d.From, d.Until, d.Duration, d.Step, d.Basis)
	return err
}

// Deadlines reads the table.
func (t *tx) Deadlines() ([]casework.Deadline, error) {
	return list(t, func(r row) (d casework.Deadline, err error) {
		return d, r.scan(&d.CaseType, &d.Service, &d.Urgency, &d.Duty, &d.Kind, &d.From, &d.Until, &d.Duration, &d.Step, &d.Basis)
	}, "SELECT case_type, service, urgency, duty, kind, effective_from, effective_until, duration, step, basis FROM deadlines")
}

// PutWindows makes the hours of a weekday from a day on, in place of what began on that day. They are all of one weekday and day.
func (w *Writer) PutWindows(windows []casework.Window) error {
	first := windows[0]
	if _, err := w.exec("DELETE FROM windows WHERE weekday = $1 AND effective_from = $2", int(first.Weekday), first.From); err != nil {
		return err
	}
	for _, v := range windows {
		if err := w.putWindow(v); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) putWindow(v casework.Window) error {
	_, err := w.exec("INSERT INTO windows (weekday, opens, closes, effective_from, effective_until, basis) VALUES ($1, $2, $3, $4, $5, $6)",
		int(v.Weekday), v.Opens, v.Closes, v.From, v.Until, v.Basis)
	return err
}

// Windows reads the working hours.
func (t *tx) Windows() ([]casework.Window, error) {
	return list(t, func(r row) (w casework.Window, err error) {
		return w, r.scan(&w.Weekday, &w.Opens, &w.Closes, &w.From, &w.Until, &w.Basis)
	}, "SELECT weekday, opens, closes, effective_from, effective_until, basis FROM windows")
}

// PutHoliday makes a day free, or working again. A duty that has begun keeps its times.
func (w *Writer) PutHoliday(h casework.Holiday) error {
	if h.Kind == casework.WorkingAgain {
		_, err := w.exec("DELETE FROM holidays WHERE day = $1", h.Day)
		return err
	}
	_, err := w.exec(`INSERT INTO holidays (day, kind, basis) VALUES ($1, $2, $3)
		ON CONFLICT (day) DO UPDATE SET kind = excluded.kind, basis = excluded.basis`, h.Day, h.Kind, h.Basis)
	return err
}

// Holidays reads the free days.
func (t *tx) Holidays() ([]casework.Holiday, error) {
	return list(t, func(r row) (h casework.Holiday, err error) { return h, r.scan(&h.Day, &h.Kind, &h.Basis) },
		"SELECT day, kind, basis FROM holidays")
}

func (d *Directory) loadDeadlines(t *tx) error {
	rows, err := t.Deadlines()
	d.Deadlines = casework.TableOf(rows)
	return err
}

func (d *Directory) loadCalendar(t *tx) (err error) {
	if d.Calendar.Windows, err = t.Windows(); err != nil {
		return err
	}
	holidays, err := t.Holidays()
	d.Calendar.Holidays = make(map[casework.Date]bool, len(holidays))
	for _, h := range holidays {
		d.Calendar.Holidays[h.Day] = true
	}
	return err
}
