package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// kek is the keyset that wraps data keys: its primary key wraps, all of them unwrap.
type kek struct {
	tink.AEAD
	handle *keyset.Handle
}

func newKEK(handle *keyset.Handle) (*kek, error) {
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, err
	}
	return &kek{primitive, handle}, nil
}

func freshKEK() ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	return (&kek{handle: handle}).text()
}

func parseKEK(text []byte) (*kek, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(text)))
	if err != nil {
		return nil, errors.New("not a Tink keyset: restore the key folder from its backup") // its own error may quote the file
	}
	return newKEK(handle)
}

// text is the keyset as it stands in the key folder.
func (k *kek) text() ([]byte, error) {
	var text bytes.Buffer
	err := insecurecleartextkeyset.Write(k.handle, keyset.NewJSONWriter(&text))
	return text.Bytes(), err
}

// with is the keyset with a fresh primary key.
func (k *kek) withFresh() (*kek, error) {
	manager := keyset.NewManagerFromHandle(k.handle)
	id, err := manager.Add(aead.AES256GCMKeyTemplate())
	if err == nil {
		err = manager.SetPrimary(id)
	}
	return fromManager(manager, err)
}

// without is the keyset without one of its old keys.
func (k *kek) without(id uint32) (*kek, error) {
	manager := keyset.NewManagerFromHandle(k.handle)
	return fromManager(manager, manager.Delete(id))
}

func fromManager(manager *keyset.Manager, err error) (*kek, error) {
	if err != nil {
		return nil, fmt.Errorf("change the key encryption key: %w", err)
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("change the key encryption key: %w", err)
	}
	return newKEK(handle)
}

func (k *kek) primary() uint32 { return k.handle.KeysetInfo().GetPrimaryKeyId() }

// ids are those of all its keys.
func (k *kek) ids() (ids []uint32) {
	for _, info := range k.handle.KeysetInfo().GetKeyInfo() {
		ids = append(ids, info.GetKeyId())
	}
	return ids
}

// wrapHead is how what a key wraps begins: Tink's version 1 and the key's id.
func wrapHead(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte{1}, id) }

func kekID(id uint32) string { return fmt.Sprintf("%08x", id) }
