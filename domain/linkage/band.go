package linkage

import "math"

// A Band is how sure a score is; only Likely and Strong are ever shown.
type Band uint8

// The bands.
const (
	Hidden Band = iota
	Weak        // kept for evaluation
	Likely      // "Sedang"
	Strong      // "Tinggi"
)

// Where the bands begin. They are odds, and so hold for a file of any size.
const (
	StrongFrom = 1.75
	LikelyFrom = -2.5
	WeakFrom   = Floor
)

// BandOf is the band of a final score.
func BandOf(score float32) Band {
	switch {
	case score >= StrongFrom:
		return Strong
	case score >= LikelyFrom:
		return Likely
	case score >= WeakFrom:
		return Weak
	}
	return Hidden
}

// Probability is what a final score means.
func Probability(score float32) float64 { return 1 / (1 + math.Exp2(-(float64(score) + 2.5))) }

// Bucket is the probability in tenths, 0 to 9: more digits would tell two candidates apart.
func Bucket(score float32) int { return min(9, int(Probability(score)*10)) }

func (b Band) String() string { return [...]string{"HIDDEN", "WEAK", "LIKELY", "STRONG"}[b] }
