package server

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	"github.com/sinergi-pug/sinergi/store"
)

// Cards follow the journal: after a commit, whoever is new or changed is compared with all who ask, and who begins to ask with all. Who
// asks are the subjects of open cases above L1; at L1 a record is compared within its own register alone. Nothing here is told to
// anybody: what is found is stored for the one who asks, and who may read that is decided where it is read.
//
// How far it has come is stored together with what came of it, and who asks and has no stored row has not been compared with all cards.
// So a process that is killed anywhere goes on by itself, and on any error the memory is dropped and built anew.

const (
	newsAtOnce    = 256              // entries of the journal that are read together
	cardsAtOnce   = 64               // persons that share a commit, and subjects that share a scan
	cursorAtLeast = 8192             // entries that touch no card, after which it is stored that they were read
	cardsCalm     = 2 * time.Second  // in which nobody wrote: then the follower begins
	cardsLatest   = 30 * time.Second // after which it begins all the same
	cardsRest     = 5                // times as long as it worked it rests by day: whoever calls is served first
	registerMost  = 8                // of those of a register whom a record matches are judged: in a list of one name all match all
	cardsNight    = 1                // the hour after which all is counted and compared anew
	cardsMorning  = 5                // the hour until which it need not rest
)

// cards are what is kept in memory, by the one goroutine that follows.
type cards struct {
	next, stored uint64 // number of the first entry that was not followed, in memory and on the disk
	counts       *linkage.Counts
	matcher      *linkage.Matcher
	asking       map[casework.PersonID]*asking
	waiting      []casework.PersonID // to be compared with all cards
	night        casework.Date       // for which all was counted last
	counted, new int                 // cards that were counted, and made since
}

// asking is a subject above L1, opened.
type asking struct {
	encoded    []byte
	subject    *linkage.Subject
	waits      bool
	candidates []casework.PersonID // as they are stored
}

// followCards runs until ctx ends. Whoever calls is served first: it begins when nobody writes, and by day works a sixth of the time at
// most.
func (s *Server) followCards(ctx context.Context) {
	for ctx.Err() == nil {
		changed, began := s.store.Changed(), time.Now()
		var more bool
		var err error
		if s.store.Leads() {
			more, err = s.followSome(ctx)
		} else {
			s.cards = nil // another server follows, and what it stores is read when this one leads again
		}
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "cards", "code", publicOf(err).reason.String())
		}
		if hour := s.now().In(casework.Zone).Hour(); hour < cardsNight || hour >= cardsMorning {
			pauseFor(ctx, cardsRest*time.Since(began))
		}
		if more {
			continue
		}
		select {
		case <-changed:
			s.calm(ctx)
		case <-ctx.Done():
		case <-time.After(sweepEvery): // the night comes without a commit
		}
	}
}

// calm waits until nobody writes.
func (s *Server) calm(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, cardsLatest)
	defer stop()
	for ctx.Err() == nil {
		select {
		case <-s.store.Changed():
			pauseFor(ctx, cardsCalm/20)
		case <-time.After(cardsCalm):
			return
		case <-ctx.Done():
		}
	}
}

// pauseFor waits, less if ctx ends.
func pauseFor(ctx context.Context, wait time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

// FollowCards does all that the journal asks for now. Only one may run at a time.
func (s *Server) FollowCards(ctx context.Context) error {
	for {
		if more, err := s.followSome(ctx); err != nil || !more {
			return err
		}
	}
}

// followSome takes some news, or if there are none one scan for those who wait.
func (s *Server) followSome(ctx context.Context) (more bool, err error) {
	if s.store.ClockWrong() {
		return false, store.ErrClock
	}
	defer func() {
		if err != nil {
			s.cards = nil
		}
	}()
	if s.cards == nil {
		c, err := s.loadCards(ctx)
		if err != nil {
			return false, err
		}
		s.cards = c
	}
	c := s.cards
	news, err := store.Read(ctx, s.store, func(r *store.Reader) (store.News, error) { return r.News(c.next, newsAtOnce) })
	if err != nil {
		return false, err
	}
	if err := s.takeNews(ctx, c, news); err != nil {
		return false, err
	}
	if news.More {
		return true, nil
	}
	if err := s.nightly(ctx, c); err != nil {
		return false, err
	}
	return len(c.waiting) > 0, s.scanWaiting(ctx, c)
}

// loadCards opens who asks. Whom the news will touch is not taken for known: what is stored for her may be of before.
func (s *Server) loadCards(ctx context.Context) (*cards, error) {
	c := &cards{asking: map[casework.PersonID]*asking{}, night: s.cardsNight()}
	if err := s.cardsBegin(ctx, c); err != nil {
		return nil, err
	}
	touched, err := s.touchedSince(ctx, c.next)
	if err != nil {
		return nil, err
	}
	if err := s.recount(ctx, c); err != nil {
		return nil, err
	}
	_, err = store.Read(ctx, s.store, func(r *store.Reader) (none struct{}, err error) {
		upper, err := r.UpperSubjects()
		if err != nil {
			return none, err
		}
		for id, compared := range upper {
			if touched[id] {
				continue
			}
			if err := c.load(r, id, compared); err != nil {
				return none, err
			}
		}
		return none, nil
	})
	return c, err
}

// cardsBegin reads how far cards follow; in data that had none they follow from now on, and are all made with the first count.
func (s *Server) cardsBegin(ctx context.Context, c *cards) error {
	next, err := store.Read(ctx, s.store, func(r *store.Reader) (uint64, error) {
		next, ok, err := r.CardsFollow()
		if err != nil || ok {
			return next, err
		}
		return r.NextNumber()
	})
	if err == nil {
		_, err = store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) { return struct{}{}, w.SetCardsFollow(next) })
	}
	c.next, c.stored = next, next
	return err
}

func (s *Server) touchedSince(ctx context.Context, next uint64) (map[casework.PersonID]bool, error) {
	touched := map[casework.PersonID]bool{}
	for {
		news, err := store.Read(ctx, s.store, func(r *store.Reader) (store.News, error) { return r.News(next, newsAtOnce) })
		if err != nil {
			return nil, err
		}
		for _, id := range news.Persons {
			touched[id] = true
		}
		if next = news.Next; !news.More {
			return touched, nil
		}
	}
}

// recount counts u and the fillers anew, and prepares who asks by them.
func (s *Server) recount(ctx context.Context, c *cards) error {
	count := linkage.NewRecount(1)
	asks, err := s.countAsking(ctx, count)
	if err != nil {
		return err
	}
	c.counted, c.new = 0, 0
	var card linkage.Card
	err = s.store.EachCard(ctx, func(encoded []byte) error {
		if err := card.Decode(encoded); err != nil {
			return err
		}
		count.Card(&card)
		if asks == 0 { // nobody is above L1: they ask each other
			count.Subject(&card)
		}
		c.counted++
		return nil
	})
	if err != nil {
		return err
	}
	c.counts = count.Counts()
	c.matcher = linkage.NewMatcher(linkage.Start(), c.counts)
	for _, a := range c.asking {
		if err := c.prepare(a); err != nil {
			return err
		}
	}
	return nil
}

// countAsking counts who asks, and tells how many those are.
func (s *Server) countAsking(ctx context.Context, count *linkage.Recount) (int, error) {
	return store.Read(ctx, s.store, func(r *store.Reader) (int, error) {
		upper, err := r.UpperSubjects()
		if err != nil {
			return 0, err
		}
		for id := range upper {
			person, _, err := r.LinkPerson(id)
			if err != nil {
				return 0, err
			}
			card := linkage.NewCard(person)
			count.Subject(&card)
		}
		return len(upper), nil
	})
}

func (c *cards) prepare(a *asking) error {
	var card linkage.Card
	if err := card.Decode(a.encoded); err != nil {
		return err
	}
	a.subject = c.matcher.Prepare(&card)
	return nil
}

// load opens somebody who asks, as she stands in the store.
func (c *cards) load(r *store.Reader, id casework.PersonID, compared bool) error {
	encoded, there, err := r.LinkCard(id)
	if err != nil || !there { // her card is news
		return err
	}
	a := &asking{encoded: encoded}
	if err := c.prepare(a); err != nil {
		return err
	}
	found, err := r.Candidates(id)
	a.candidates = idsOf(found)
	c.ask(id, a, !compared)
	return err
}

func (c *cards) ask(id casework.PersonID, a *asking, waits bool) {
	c.asking[id], a.waits = a, waits
	if waits && !slices.Contains(c.waiting, id) {
		c.waiting = append(c.waiting, id)
	}
}

func idsOf(found []linkage.Candidate) (ids []casework.PersonID) {
	for _, f := range found {
		ids = append(ids, casework.PersonID(f.ID))
	}
	return ids
}

// takeNews does what entries ask for, some persons at a time; how far it came is stored with the last of them.
func (s *Server) takeNews(ctx context.Context, c *cards, news store.News) error {
	if news.Erased {
		if err := s.forgetErased(ctx, c); err != nil {
			return err
		}
	}
	for page := range slices.Chunk(news.Persons, cardsAtOnce) {
		t := newTurn(c)
		_, err := store.Read(ctx, s.store, func(r *store.Reader) (none struct{}, err error) { return none, t.take(r, page) })
		if err == nil {
			err = s.put(ctx, t)
		}
		if err != nil {
			return err
		}
		c.new += len(t.made)
	}
	c.next = news.Next
	if len(news.Persons) == 0 && c.next-c.stored < cursorAtLeast {
		return nil
	}
	c.stored = c.next
	_, err := store.Update(ctx, s.store, func(w *store.Writer) (struct{}, error) { return struct{}{}, w.SetCardsFollow(c.stored) })
	return err
}

// forgetErased takes whoever is gone from memory; from the store she went with her record.
func (s *Server) forgetErased(ctx context.Context, c *cards) error {
	upper, err := store.Read(ctx, s.store, func(r *store.Reader) (map[casework.PersonID]bool, error) { return r.UpperSubjects() })
	for id := range c.asking {
		if _, asks := upper[id]; !asks && err == nil {
			delete(c.asking, id)
		}
	}
	return err
}

// nightly counts anew once a night, and compares all who ask with all. So it does when there are twice as many cards as were counted: the
// first day of a regency would be judged by nothing.
func (s *Server) nightly(ctx context.Context, c *cards) error {
	if c.night == s.cardsNight() && c.new <= c.counted+cardsAtOnce {
		return nil
	}
	if err := s.recount(ctx, c); err != nil {
		return err
	}
	c.waiting = slices.Collect(maps.Keys(c.asking))
	c.night = s.cardsNight()
	return nil
}

// cardsNight is the last day whose night has come.
func (s *Server) cardsNight() casework.Date {
	return casework.DateOf(s.now().Add(-cardsNight * time.Hour))
}

// scanWaiting compares some of those who wait with all cards.
func (s *Server) scanWaiting(ctx context.Context, c *cards) error {
	var ids []casework.PersonID
	var subjects []*linkage.Subject
	for len(c.waiting) > 0 && len(ids) < cardsAtOnce {
		id := c.waiting[0]
		c.waiting = c.waiting[1:]
		if a := c.asking[id]; a != nil {
			ids, subjects = append(ids, id), append(subjects, a.subject)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	scan := c.matcher.NewScan(subjects)
	if err := s.store.ScanCards(ctx, scan); err != nil {
		return err
	}
	t := newTurn(c)
	_, err := store.Read(ctx, s.store, func(r *store.Reader) (none struct{}, err error) {
		for i, id := range ids {
			found, settled := scan.Candidates(i)
			kept, err := c.withoutCopies(r, subjects[i], found)
			if err != nil {
				return none, err
			}
			if len(kept) < len(found) {
				found, settled = kept, c.matcher.Settle(subjects[i], kept)
			}
			t.rows[id] = shortlist(found, settled)
		}
		return none, nil
	})
	if err == nil {
		err = s.put(ctx, t)
	}
	if err != nil {
		return err
	}
	for _, id := range ids {
		c.asking[id].waits = false
	}
	return nil
}
