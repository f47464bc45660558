package store_test

import (
	"os"
	"testing"

	"github.com/sinergi-pug/sinergi/store/storetest"
)

func TestMain(m *testing.M) {
	storetest.Child(storetest.OpenStore)
	changeKeysForever()
	end := storetest.InMemory()
	code := m.Run()
	end()
	os.Exit(code)
}

func TestTheEngineKeepsThePromisesOfTheStore(t *testing.T) { storetest.Run(t, storetest.OpenStore) }
