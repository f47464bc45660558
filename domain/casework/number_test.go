package casework

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestNumbersHaveOneForm(t *testing.T) {
	seed := rand.Uint64()
	dice := rand.New(rand.NewPCG(seed, 2))
	for range 2000 {
		n := dice.Uint32()
		number := NewNumber(LegNumber, [4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		if len(number) != len("R-7K2M-9N") || number[:2] != "R-" || number[6] != '-' {
			t.Fatalf("seed %d: %s", seed, number)
		}
		spoken := strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(number))
		for _, text := range []string{number, spoken, strings.ReplaceAll(number, "-", ""), strings.ReplaceAll(number, "-", " "), strings.ReplaceAll(number, "1", "I")} {
			if got, ok := ParseNumber(LegNumber, text); !ok || got != number {
				t.Fatalf("seed %d: ParseNumber(%s): got %s %v", seed, text, got, ok)
			}
		}
		if _, ok := ParseNumber(CaseNumber, number); ok {
			t.Fatalf("a leg's number %s names a case", number)
		}
	}
}

// Luhn mod 32 catches every wrong character, and every swap of neighbours but that of 0 and Z.
func TestAWrongCharacterOrASwapIsNoticed(t *testing.T) {
	seed := rand.Uint64()
	dice := rand.New(rand.NewPCG(seed, 3))
	places := []int{2, 3, 4, 5, 7, 8}
	for range 300 {
		number := NewNumber(CaseNumber, [4]byte{byte(dice.Uint32()), byte(dice.Uint32()), byte(dice.Uint32()), byte(dice.Uint32())})
		for i, at := range places {
			for _, c := range []byte(crockford) {
				wrong := []byte(number)
				wrong[at] = c
				if _, ok := ParseNumber(CaseNumber, string(wrong)); ok && c != number[at] {
					t.Fatalf("seed %d: %s passes for %s", seed, wrong, number)
				}
			}
			if i == 0 {
				continue
			}
			swapped := []byte(number)
			a, b := swapped[places[i-1]], swapped[at]
			swapped[places[i-1]], swapped[at] = b, a
			_, ok := ParseNumber(CaseNumber, string(swapped))
			if blind := a == b || a+b == '0'+'Z' && (a == '0' || a == 'Z'); ok != blind {
				t.Fatalf("seed %d: %s for %s passes: %v", seed, swapped, number, ok)
			}
		}
	}
}

func TestWhatIsNoNumber(t *testing.T) {
	for _, text := range []string{"", "R", "R-", "R-0000-0", "R-0000-000", "R-000U-00", "X-0000-00", "R-0000-0é"} {
		if got, ok := ParseNumber(LegNumber, text); ok {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}

func FuzzNumber(f *testing.F) {
	f.Add("R-7K2M-9N")
	f.Fuzz(func(t *testing.T, text string) {
		number, ok := ParseNumber(LegNumber, text)
		if !ok {
			return
		}
		if again, ok := ParseNumber(LegNumber, number); !ok || again != number {
			t.Errorf("%q gives %s, which gives %s", text, number, again)
		}
	})
}
