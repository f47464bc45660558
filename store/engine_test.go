package store_test

import (
	"os"
	"testing"

	"github.com/sinergi-pug/sinergi/store"
	"github.com/sinergi-pug/sinergi/store/storetest"
)

func TestMain(m *testing.M) {
	storetest.Child(store.Open)
	changeKeysForever()
	os.Exit(m.Run())
}

func TestSQLiteKeepsThePromisesOfTheStore(t *testing.T) { storetest.Run(t, store.Open) }
