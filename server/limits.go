package server

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// limitedKeys is how many callers a limiter remembers, some 2 MiB. Who is forgotten begins with a full burst.
const limitedKeys = 10_000

// limiter holds each key to a rate. A nil limiter holds nobody.
type limiter struct {
	perSecond rate.Limit
	burst     int
	buckets   *lru.Cache[string, *rate.Limiter]
}

func newLimiter(perSecond float64, burst int) (*limiter, error) {
	if perSecond <= 0 {
		return nil, nil
	}
	buckets, err := lru.New[string, *rate.Limiter](limitedKeys)
	if err != nil {
		return nil, err
	}
	return &limiter{rate.Limit(perSecond), burst, buckets}, nil
}

// take counts one call of key, or says when to come again. Nobody's calls are not counted.
func (l *limiter) take(key string) error {
	if l == nil || key == "" {
		return nil
	}
	now := time.Now() // not the server's clock: tests and the demo move that by days
	bucket := l.bucket(key)
	if bucket.AllowN(now, 1) {
		return nil
	}
	next := bucket.ReserveN(now, 1)
	wait := next.DelayFrom(now)
	next.CancelAt(now)
	return &publicError{reason: pb.ErrorReason_RATE_LIMITED, retry: max(wait, time.Millisecond)}
}

func (l *limiter) bucket(key string) *rate.Limiter {
	if bucket, ok := l.buckets.Get(key); ok {
		return bucket
	}
	bucket := rate.NewLimiter(l.perSecond, l.burst)
	if earlier, ok, _ := l.buckets.PeekOrAdd(key, bucket); ok {
		return earlier // another call of the same key was faster
	}
	return bucket
}
