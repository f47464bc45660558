package server

import (
	"context"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// search is one call of SuggestReceivers: for which case or leg, and what the caller may read of it.
type search struct {
	call
	r     *store.Reader
	k     casework.Case
	leg   casework.Referral // zero where a case was named
	facts access.Facts
	about object
	open  func() (casework.Person, error) // the client
}

// SuggestReceivers lists whom to ask, with the reasons. It tells nothing of the client, of who is blocked, nor of a leg that the
// caller may not see.
func (s *referrals) SuggestReceivers(ctx context.Context, req *pb.SuggestReceiversRequest) (*pb.SuggestReceiversResponse, error) {
	if (req.GetCase() == "") == (req.GetReferral() == "") {
		return nil, casework.Violations{{Field: "case", Reason: "ONE_OF_CASE_REFERRAL"}}
	}
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.SuggestReceiversResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		l, err := c.search(r, req)
		if err != nil {
			return nil, nil, err
		}
		act := access.Decide(l.facts.Doing(access.ReferralSuggest))
		if !act.Allowed() {
			return nil, nil, c.refuse(access.ReferralSuggest, act, l.about, req.GetCase()+req.GetReferral())
		}
		need, err := l.need(req)
		if err != nil {
			return nil, nil, err
		}
		receivers, err := l.receivers(need, req.GetIncludeExcluded())
		if err != nil {
			return nil, nil, err
		}
		suggested, excluded := casework.Suggest(need, receivers)
		m := viewSuggestions(suggested, excluded, pageSize(req.GetPageSize()), req.GetIncludeExcluded())
		return m, l.record(act), nil
	})
}

// search finds the case or the leg; a receiver who hands on knows the leg alone.
func (c call) search(r *store.Reader, req *pb.SuggestReceiversRequest) (search, error) {
	if req.GetReferral() == "" {
		f, err := c.caseBy(r, req.GetCase())
		return search{
			call: c, r: r, k: f.Case, facts: f.Facts, about: aboutCase(f.Case),
			open: func() (casework.Person, error) { return r.Subject(f) },
		}, err
	}
	f, err := c.legBy(r, req.GetReferral())
	return search{
		call: c, r: r, k: f.Case, leg: f.Leg, facts: f.Facts, about: aboutLeg(f),
		open: func() (casework.Person, error) { return r.Client(&f) },
	}, err
}

// record is the entry of a search, like that of a read: who looks for a shelter tells that there is a woman.
func (l search) record(act access.Decision) *store.Record {
	if l.k.Level == casework.L1 && l.k.Register == l.caller.Unit.Register {
		return nil
	}
	rec := l.call.record(access.ReferralSuggest, act, l.about)
	return &rec
}

// need is what is looked for. Where the client lives counts as far as the caller may read it, for which units cover her village
// tells the village.
func (l search) need(req *pb.SuggestReceiversRequest) (casework.Need, error) {
	n := casework.Need{
		Service: word[casework.ReferralServiceType](req.GetService()), Urgency: word[casework.Urgency](req.GetUrgency()),
		Unit: l.caller.Unit.ID, Register: l.caller.Unit.Register, Case: l.k.Register,
		Now: l.now, Holidays: l.store.Directory().Calendar.Holidays,
	}
	if l.leg.ID != (casework.LegID{}) {
		n.Service = l.leg.Service
		if n.Urgency == "" {
			n.Urgency = l.leg.Urgency
		}
	}
	if n.Service == "" {
		return n, casework.Violations{{Field: "service", Reason: "REQUIRED"}}
	}
	if !access.Decide(l.facts.Doing(access.Read)).Grant.Shows(access.F2) {
		return n, nil
	}
	client, err := l.open()
	if n.Area = client.Identity.Address.AreaCode; n.Area == "" {
		n.Area = client.Kecamatan
	}
	return n, err
}

// receivers are the units with what the case's legs say of them. A leg that the caller may not see makes its receiver unavailable,
// and says no more.
func (l search) receivers(n casework.Need, all bool) ([]casework.Receiver, error) {
	receivers, err := l.r.Receivers(l.k.ID, n.Service, n.Area, all, n.Now)
	if err != nil {
		return nil, err
	}
	asked, err := l.r.AskedBefore(l.caller, l.k.ID, n.Service, l.leg.Root, n.Now)
	if err != nil {
		return nil, err
	}
	byUnit := map[casework.UnitID]*casework.Receiver{}
	for i := range receivers {
		byUnit[receivers[i].Unit.ID] = &receivers[i]
	}
	for _, f := range asked {
		r, ok := byUnit[f.Leg.Receiver]
		if !ok {
			continue
		}
		shown := access.Decide(f.Facts.Doing(access.Read)).Grant.Shows(access.F1Own)
		waits := f.Leg.Ended.IsZero() && f.Leg.State != casework.Declined
		switch {
		case waits && shown:
			r.OpenLeg = true
		case waits:
			r.Able = false
		case shown && f.Leg.DeclineReason != "":
			r.Declined = f.Leg.DeclineReason
		}
	}
	return receivers, nil
}
