package store

import (
	"fmt"
)

// The ledger says what the releases of a year cost one person who is in them. It is a table of its own, and not a sum over the releases,
// so that a draw beyond the year's figure is refused by what was spent and not by what is shown.

// spend adds a draw to the ledger; its key refuses a second draw of one period.
func (w *Writer) spend(s Spending, entry [16]byte) error {
	_, err := w.exec("INSERT INTO ledger (dataset, period, year, side, cost, entry) VALUES ($1, $2, $3, $4, $5, $6)",
		s.Dataset, s.Period, s.Year, s.Side, s.Cost, entry)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// Spent reads what the draws of a year cost, in their order. Served by ledger_year.
func (t *tx) Spent(year int) ([]Spending, error) {
	all, err := list(t, scanSpending, "SELECT dataset, period, year, side, cost FROM ledger WHERE year = $1 ORDER BY dataset, period", year)
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return all, nil
}

func scanSpending(r row) (s Spending, err error) {
	return s, r.scan(&s.Dataset, &s.Period, &s.Year, &s.Side, &s.Cost)
}
