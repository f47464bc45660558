package server_test

import (
	"crypto/rand"
	"hash/crc32"
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// guessed is a well-formed token with an id and a secret that is nobody's.
func guessed(t testing.TB, id string) string {
	t.Helper()
	var secret [31]byte
	if _, err := rand.Read(secret[:]); err != nil {
		t.Fatal(err)
	}
	body := "sng_app_" + id + base62(new(big.Int).SetBytes(secret[:]), 43)
	return body + base62(new(big.Int).SetUint64(uint64(crc32.ChecksumIEEE([]byte(body)))), 6)
}

// Who tries ids learns from neither answer nor time which of them are some app's.
func TestGuessingIdsOfTokensTellsNothing(t *testing.T) {
	w := newWorld(t)
	app := w.newApp(t, "PKM-CIBINONG")
	token := w.newToken(t, &pb.CreateAppTokenRequest{Name: app})
	w.call(w.holding("app", token.GetToken()), "GET", "/v1/units", nil).expect(t, 200, nil, nil) // so that the server remembers it
	known := token.GetAppToken().GetName()[len("tokens/"):]
	ask := func(token string) (time.Duration, string) {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
		begun := time.Now()
		_, err := w.accounts().WhoAmI(ctx, &pb.WhoAmIRequest{})
		took := time.Since(begun)
		refused(t, "a guess", err, pb.ErrorReason_UNAUTHENTICATED)
		return took, err.Error()
	}
	const pairs = 150
	var took [2][]float64
	var answers []string
	for range pairs {
		for i, id := range []string{known, base62(new(big.Int).SetInt64(time.Now().UnixNano()), 12)} {
			d, answer := ask(guessed(t, id))
			took[i] = append(took[i], d.Seconds())
			if !slices.Contains(answers, answer) {
				answers = append(answers, answer)
			}
		}
	}
	if len(answers) != 1 {
		t.Errorf("the answers are %v", answers)
	}
	if tt := welch(took[0], took[1]); math.Abs(tt) > 4.5 {
		t.Errorf("the time tells: t = %.1f", tt)
	}
	// Control: a token that is none at all does not wait for the beat, and is told apart.
	var quick []float64
	for range pairs {
		d, _ := ask("nonsense")
		quick = append(quick, d.Seconds())
	}
	if tt := welch(took[0], quick); math.Abs(tt) < 4.5 {
		t.Errorf("the control is not told apart: t = %.1f", tt)
	}
}
