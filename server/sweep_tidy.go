package server

import (
	"context"
	"errors"

	"github.com/sinergi-pug/sinergi/store"
)

// tidyJobs are what is deleted once it has served its time: grants that nobody used, invitations that are over, and answers that nobody
// can ask for again.
var tidyJobs = []struct {
	over   func(*store.Reader) (bool, error)
	forget func(*store.Writer) error
}{
	{func(r *store.Reader) (bool, error) { return r.GrantsEnded(r.Now()) }, (*store.Writer).ForgetGrants},
	{func(r *store.Reader) (bool, error) { return r.InvitationsEnded(r.Now()) }, (*store.Writer).ForgetInvitations},
	{func(r *store.Reader) (bool, error) { return r.AnswersEnded(r.Now()) }, (*store.Writer).ForgetAnswers},
}

// tidyMost are the transactions of one job in one sweep: what is left then waits for the next, so that none holds up what is due.
const tidyMost = 64

// tidy keeps what the sweep keeps of callers: in which hours apps called, and nothing that has served its time.
func (s *Server) tidy(ctx context.Context) error {
	errs := []error{s.keepLastUses(ctx)}
	for _, job := range tidyJobs {
		errs = append(errs, s.tidyUp(ctx, job.over, job.forget))
	}
	return errors.Join(errs...)
}

// tidyUp deletes in small transactions; one with nothing to delete is not begun.
func (s *Server) tidyUp(ctx context.Context, over func(*store.Reader) (bool, error), some func(*store.Writer) error) error {
	for range tidyMost {
		ended, err := store.Read(ctx, s.store, over)
		if err != nil || !ended {
			return err
		}
		if _, err := store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) { return struct{}{}, some(w) }); err != nil {
			return err
		}
	}
	return nil
}
