package statistics

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
)

// tails[k-1] is 2^64 · e^(-k/2), rounded down: a word below it says that a geometric number is at least k. The last is the last
// above zero, so the greatest number is 88; what lies beyond has a probability of 2^-64.
var tails = geometricTails()

// geometricTails computes in 200 bits, so that every threshold is right to its last bit.
func geometricTails() (thresholds []uint64) {
	const bits = 200
	alpha := inverseSqrtE(bits)
	power := new(big.Float).SetPrec(bits).SetInt(new(big.Int).Lsh(big.NewInt(1), 64))
	for {
		power.Mul(power, alpha)
		word, _ := power.Uint64()
		if word == 0 {
			return thresholds
		}
		thresholds = append(thresholds, word)
	}
}

// inverseSqrtE is e^-0.5 by its series.
func inverseSqrtE(bits uint) *big.Float {
	sum := new(big.Float).SetPrec(bits).SetInt64(1)
	term := new(big.Float).SetPrec(bits).SetInt64(1)
	for n := int64(1); n < 60; n++ {
		term.Quo(term, new(big.Float).SetPrec(bits).SetInt64(-2*n))
		sum.Add(sum, term)
	}
	return sum
}

// geometric is how many thresholds a word lies below. It looks at all of them whatever the word is: how long it takes tells
// nothing of the noise.
func geometric(word uint64) int {
	n := 0
	for _, t := range tails {
		_, below := subtract(word, t)
		n += below
	}
	return n
}

// subtract gives the borrow of a - b, which is 1 if a < b, without a branch.
func subtract(a, b uint64) (difference uint64, borrow int) {
	difference = a - b
	return difference, int(((^a & b) | (^(a ^ b) & difference)) >> 63)
}

// noise draws G1 - G2 for ε = 0.5: two-sided geometric, P(k) ∝ e^(-|k|/2), standard deviation 2.8. It takes 16 bytes, always.
func noise(random io.Reader) (int, error) {
	var words [16]byte
	if _, err := io.ReadFull(random, words[:]); err != nil {
		return 0, fmt.Errorf("draw noise: %w", err)
	}
	return geometric(binary.LittleEndian.Uint64(words[:8])) - geometric(binary.LittleEndian.Uint64(words[8:])), nil
}

// Draw makes of a folded release what is shown of it: for the noisy tables it adds noise to every cell once, zeros too, in the
// order of the cells, and shows it. random is crypto/rand in the server and may be nil for a table without noise. If it fails,
// nothing comes back.
func Draw(f Folded, random io.Reader) ([]Observation, error) {
	switch f.Table.Noise {
	case Minimum:
		return show(f, atLeastTen{}), nil
	case Exact:
		if f.Table.Kind != Released {
			return nil, fmt.Errorf("statistics: %s is not released", f.Table.ID)
		}
		return show(f, onlyYear{}), nil
	}
	noisy := make([]int, len(f.Counts))
	for cell, n := range f.Counts {
		extra, err := noise(random)
		if err != nil {
			return nil, err
		}
		noisy[cell] = n + extra
	}
	return show(f, drawn{noisy}), nil
}
