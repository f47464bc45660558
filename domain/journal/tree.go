package journal

import (
	"crypto/sha256"
	"math/bits"
)

// Edge is the right edge of a tree (RFC 6962) that grows: what the next leaf will be hashed with. The zero value is the empty tree.
// It needs no more memory for a million entries than for one.
type Edge struct {
	size  int64
	roots [63][32]byte // by level; of a complete subtree if that bit of size is set
}

// Size is the number of leaves.
func (e *Edge) Size() int64 { return e.size }

// Append adds a leaf, and to dst the hashes that a store keeps of it: its own, then each above it that it completes.
func (e *Edge) Append(dst []byte, leaf [32]byte) []byte {
	dst = append(dst, leaf[:]...)
	level := 0
	for ; e.size>>level&1 == 1; level++ {
		leaf = nodeHash(&e.roots[level], &leaf)
		dst = append(dst, leaf[:]...)
	}
	e.roots[level] = leaf
	e.size++
	return dst
}

// Root is the root of the tree.
func (e *Edge) Root() [32]byte {
	if e.size == 0 {
		return sha256.Sum256(nil)
	}
	level := bits.TrailingZeros64(uint64(e.size))
	root := e.roots[level]
	for level++; level < len(e.roots); level++ {
		if e.size>>level&1 == 1 {
			root = nodeHash(&e.roots[level], &root)
		}
	}
	return root
}

// Resume sets the edge of a tree of a size; read gives the root of the complete subtree of a level that stands at a place of it.
func (e *Edge) Resume(size int64, read func(level int, at int64) ([32]byte, error)) error {
	next := Edge{size: size}
	for level := range next.roots {
		if size>>level&1 == 0 {
			continue
		}
		var err error
		if next.roots[level], err = read(level, size>>level-1); err != nil {
			return err
		}
	}
	*e = next
	return nil
}

// nodeHash is the hash of two below.
func nodeHash(left, right *[32]byte) [32]byte {
	var both [65]byte
	both[0] = 1
	copy(both[1:], left[:])
	copy(both[33:], right[:])
	return sha256.Sum256(both[:])
}
