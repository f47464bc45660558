package casework

import (
	"testing"
	"time"
)

func TestAReviewIsDecidedOnce(t *testing.T) {
	pending := NewReview(ID{1}, ReviewException, consentOf(1), hospital, officer, sentAt)
	decided, implied, err := pending.Decide(ReviewFounded, "Ancaman nyata", other, sentAt.Add(time.Hour))
	if err != nil || implied || decided.Pending() || decided.Outcome != ReviewFounded || decided.DecidedBy != other {
		t.Fatalf("decided %+v, %v, %v", decided.Outcome, implied, err)
	}
	kept := NewReview(ID{1}, ReviewWithdrawal, consentOf(1), hospital, officer, sentAt)
	for _, c := range []struct {
		name    string
		r       Review
		outcome ReviewOutcome
		reason  string
		by      AccountID
		implied bool
		want    string
	}{
		{"the same again", decided, ReviewFounded, "lain kata", other, true, ""},
		{"another outcome", decided, ReviewUnfounded, "salah", other, false, "REVIEW_STATE"},
		{"another person", decided, ReviewFounded, "setuju", officer, false, "REVIEW_STATE"},
		{"without a reason", pending, ReviewFounded, " ", other, false, "reason REQUIRED"},
		{"an exception kept in a word", kept, ReviewFounded, "perlu", other, false, "reason TOO_SHORT"},
		{"no outcome", pending, "MAYBE", "entah", other, false, "outcome NOT_AN_OUTCOME"},
	} {
		next, implied, err := c.r.Decide(c.outcome, c.reason, c.by, sentAt.Add(2*time.Hour))
		if implied != c.implied || reasonOf(err) != c.want || next.Revision != c.r.Revision || next.Outcome != c.r.Outcome {
			t.Errorf("%s: implied %v, %v", c.name, implied, err)
		}
	}
}
