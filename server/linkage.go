package server

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/linkage"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Pairs of records that may be one person or one household. What is stored of them, by the background or by a person, is nobody's to see
// until Decide has said so on both cases as they stand now: so nothing has to be withdrawn when a level, a block or an assignment
// changes, and nothing that was shown once is kept to be shown again. Whoever looks from the less secret side gets the bytes of who has
// no match, after the same work: what is not there is replaced by a look at her own case.

// linkages shows pairs and takes what persons say of them.
type linkages struct {
	pb.UnimplementedLinkageServiceServer
	*Server
}

const (
	// matchesMost is how many matches of one client are shown.
	matchesMost = 5
	// matchesLooked is how many candidates are looked at at least, there or not.
	matchesLooked = 8
	// linksLooked is how many links are looked at at least when a case is read, there or not.
	linksLooked = 2
)

// linkReader is what Reader and Writer both can.
type linkReader interface {
	CaseFor(store.Caller, casework.CaseID, time.Time) (store.CaseFile, error)
	CasesOf(store.Caller, casework.PersonID, time.Time) ([]store.CaseFile, error)
	Candidates(casework.PersonID) ([]linkage.Candidate, error)
	Link(casework.ID) (casework.Link, bool, error)
	LinksOf(casework.PersonID) ([]casework.Link, error)
	LinkUnderReview(casework.ID) (casework.Link, bool, error)
	ComparedMark(a, b casework.PersonID) ([32]byte, error)
}

// holds tells whether the caller is the linkage officer of a case: named on it, or the head of its unit.
func holds(f store.CaseFile) bool {
	head := f.Facts.Relations&access.Owner != 0 && f.Facts.Role == access.Supervisor
	return f.Facts.Relations&access.Assigned != 0 || head
}

// ofSide decides whether the caller may look at pairs from a case at all: as she might at one whose other case is as secret as this.
func ofSide(f store.CaseFile) access.Decision {
	facts := f.Facts
	facts.OwnLevel = facts.Level
	facts.Cond |= access.Candidate
	if holds(f) {
		facts.Cond |= access.HoldsOwnSide
	}
	return access.Decide(facts.Doing(access.LinkReview))
}

// sideOf is the case from which the caller looks at the pairs of a record: of those that are hers the most secret. Refused, it is the one
// whose refusal tells her most.
func (c call) sideOf(r linkReader, subject casework.PersonID) (own store.CaseFile, act access.Decision, err error) {
	files, err := r.CasesOf(c.caller, subject, c.now)
	if err != nil {
		return own, act, err
	}
	own.Facts = c.caller.Facts(c.now)
	act = ofSide(own)
	for _, f := range files {
		d := ofSide(f)
		switch {
		case d.Allowed() && (!act.Allowed() || f.Facts.Level > own.Facts.Level), !act.Allowed() && tellsMore(d, act):
			own, act = f, d
		}
	}
	return own, act, nil
}

// tellsMore orders refusals: what is hers and not so now, what she sees, what is not there.
func tellsMore(a, b access.Decision) bool {
	order := []access.Outcome{access.NotFound, access.Denied, access.StepUp}
	return slices.Index(order, a.Outcome) > slices.Index(order, b.Outcome)
}

// recordPair is two records, seen from a case of the caller's own.
type recordPair struct {
	near  store.CaseFile // of the caller
	other casework.PersonID
	far   store.CaseFile // the most secret case of the other record
	facts access.Facts   // of the far case, with what a decision on the pair must know
	link  casework.Link
	known bool // somebody has said something of it
	found *linkage.Candidate
}

// pairOf gathers what Decide must know of a pair. A block on any case of either record is one on the pair, and the other record is as
// secret as its most secret case.
func (c call) pairOf(r linkReader, own store.CaseFile, other casework.PersonID) (p recordPair, err error) {
	files, err := r.CasesOf(c.caller, other, c.now)
	if err != nil {
		return p, err
	}
	link, known, err := r.Link(c.store.PairID(own.Case.Subject, other))
	p = paired(c.caller.Facts(c.now), own, files, known)
	p.other, p.link = other, link
	return p, err
}

// paired puts a pair together of the near case and all cases of the other record; nobody is what Decide knows of the caller alone.
func paired(nobody access.Facts, own store.CaseFile, files []store.CaseFile, known bool) recordPair {
	p := recordPair{near: own, known: known}
	p.far.Facts = nobody
	blocked := own.Facts.Blocked
	for _, f := range files {
		blocked = blocked || f.Facts.Blocked
		if !f.Case.Sealed && (!p.far.Known || f.Facts.Level > p.far.Facts.Level) {
			p.far = f
		}
	}
	// What she may read of the far case for another reason tells nothing of the pair.
	p.facts = p.far.Facts
	p.facts.Relations, p.facts.Blocked, p.facts.OwnLevel = 0, blocked, own.Facts.Level
	if holds(own) {
		p.facts.Cond |= access.HoldsOwnSide
	}
	if p.known || !p.acrossOrdinary() {
		p.facts.Cond |= access.Candidate
	}
	return p
}

// acrossOrdinary tells whether both cases are ordinary and of two registers: a child in two posyandu is found inside one register only.
func (p recordPair) acrossOrdinary() bool {
	return p.near.Facts.Level == access.L1 && p.far.Facts.Level == access.L1 && p.near.Case.Register != p.far.Case.Register
}

// review decides whether the caller may know of the pair.
func (p recordPair) review() access.Decision { return access.Decide(p.facts.Doing(access.LinkReview)) }

// pointer decides what a confirmed link shows of the far case: by that link alone, whatever else the caller may read of it.
func (p recordPair) pointer() access.Decision {
	facts := p.facts.Doing(access.Read)
	if p.near.Facts.Relations&access.Assigned != 0 {
		facts.Relations = access.Match
	}
	return access.Decide(facts)
}

// rejected tells whether a rejection of the pair stands.
func (c call) rejected(r linkReader, p recordPair) (bool, error) {
	if p.link.State != casework.LinkRejected {
		return false, nil
	}
	compared, err := r.ComparedMark(p.near.Case.Subject, p.other)
	return p.link.Rejected(compared, c.now), err
}

// likely are the candidates of a record that are ever shown.
func likely(r linkReader, subject casework.PersonID) ([]linkage.Candidate, error) {
	all, err := r.Candidates(subject)
	return slices.DeleteFunc(all, func(c linkage.Candidate) bool { return linkage.BandOf(c.Score) < linkage.Likely }), err
}

// matchesOf are the matches that the caller may know of, seen from a case. looked is how many are looked at at least.
func (c call) matchesOf(r linkReader, own store.CaseFile, most, looked int) (shown []recordPair, err error) {
	found, err := likely(r, own.Case.Subject)
	if err != nil {
		return nil, err
	}
	for i := range max(looked, len(found)) {
		other := own.Case.Subject // where there is none
		if i < len(found) {
			other = casework.PersonID(found[i].ID)
		}
		p, err := c.pairOf(r, own, other)
		if err != nil {
			return nil, err
		}
		if i >= len(found) || len(shown) == most || p.link.State == casework.LinkConfirmed || p.acrossOrdinary() || !p.review().Allowed() {
			continue
		}
		away, err := c.rejected(r, p)
		if err != nil {
			return nil, err
		}
		if p.found = &found[i]; !away {
			shown = append(shown, p)
		}
	}
	return shown, nil
}

// FindMatches shows the best matches of one client.
func (s *linkages) FindMatches(ctx context.Context, req *pb.FindMatchesRequest) (*pb.FindMatchesResponse, error) {
	missedOf(ctx).mute()
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.FindMatchesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		if err := c.meter(s.matches, access.LinkReview, "MATCH_LIMIT"); err != nil {
			return nil, nil, err
		}
		subject, _ := parseName("persons", req.GetSubject())
		own, act, err := c.sideOf(r, casework.PersonID(subject))
		if err != nil {
			return nil, nil, err
		}
		if !act.Allowed() {
			return nil, nil, c.refuse(access.LinkReview, act, aboutCase(own.Case), req.GetSubject())
		}
		most := matchesMost
		if limit := int(req.GetLimit()); limit > 0 {
			most = limit
		}
		shown, err := c.matchesOf(r, own, most, matchesLooked)
		if err != nil {
			return nil, nil, err
		}
		rec := c.record(access.LinkReview, act, aboutCase(own.Case))
		return c.viewMatches(access.Decide(own.Facts.Doing(access.Read)).Grant, shown), &rec, nil
	})
}

// ListCandidates shows the matches of the caller's own open cases. A case without any is not in the list, and neither is a gap.
func (s *linkages) ListCandidates(ctx context.Context, req *pb.ListCandidatesRequest) (*pb.ListCandidatesResponse, error) {
	missedOf(ctx).mute()
	size := pageSize(req.GetPageSize())
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListCandidatesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		if c.caller.Role != casework.RoleWorker && c.caller.Role != casework.RoleSupervisor {
			return nil, nil, c.refuse(access.LinkReview, ofSide(store.CaseFile{Facts: c.caller.Facts(c.now)}), object{}, "candidates")
		}
		var filter store.CaseFilter
		if filter.Before, err = c.cursor("candidates", req, req.GetPageToken()); err != nil {
			return nil, nil, err
		}
		return c.candidateList(r, req, filter, size)
	})
}

func (c call) candidateList(r *store.Reader, req *pb.ListCandidatesRequest, filter store.CaseFilter, size int) (*pb.ListCandidatesResponse, *store.Record, error) {
	m := &pb.ListCandidatesResponse{}
	var log pageLog
	next, err := listed(size, filter.Before, func(before store.Cursor, limit int) ([]store.CaseFile, error) {
		filter.Before, filter.Limit = before, limit
		return r.ListCases(c.caller, c.now, filter)
	}, func(f store.CaseFile) store.Cursor { return store.Cursor{Time: f.Case.Opened, ID: f.Case.ID} }, func(f store.CaseFile) (func() error, error) {
		act := ofSide(f)
		if !act.Allowed() {
			return nil, nil
		}
		shown, err := c.matchesOf(r, f, matchesMost, 0)
		if err != nil || len(shown) == 0 {
			return nil, err
		}
		return func() error {
			read := access.Decide(f.Facts.Doing(access.Read))
			m.Matches = append(m.Matches, c.viewMatches(read.Grant, shown).GetMatches()...)
			log.add(c, act, &f.Case, f.Case.ID)
			return nil
		}, nil
	})
	if err != nil {
		return nil, nil, err
	}
	m.NextPageToken = c.pageToken("candidates", req, next)
	rec := log.record(c)
	if rec != nil {
		rec.Entry.Action = access.LinkReview.String()
	}
	return m, rec, nil
}

// A match is named by a reference that is sealed to the caller, and taken once within a day: it tells nobody whom it means, and is no
// name under which anything could be asked again.

// matchRefSize is what is sealed of one: case, other record, end.
const matchRefSize = 16 + 16 + 8

func (c call) matchRef(own casework.CaseID, other casework.PersonID) string {
	plain := make([]byte, 0, matchRefSize)
	plain = append(append(plain, own[:]...), other[:]...)
	plain = binary.BigEndian.AppendUint64(plain, uint64(c.now.Add(casework.MatchTime).UnixMicro()))
	return base64.RawURLEncoding.EncodeToString(c.cursors.Seal(nil, nil, plain, c.matchContext()))
}

func (c call) matchContext() []byte { return append([]byte("match/"), c.caller.Account[:]...) }

// namedMatch is what a reference names, with the mark that it is spent by.
type namedMatch struct {
	own   casework.CaseID
	other casework.PersonID
	mark  [16]byte
}

// matchBy opens a reference; ok is false for what is none of this caller's, or is over. An act that waited for its second person has
// named its match in time.
func (c call) matchBy(ref string) (m namedMatch, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(ref)
	if err != nil {
		return m, false
	}
	plain, err := c.cursors.Open(nil, nil, sealed, c.matchContext())
	if err != nil || len(plain) != matchRefSize {
		return m, false
	}
	m = namedMatch{casework.CaseID(plain[:16]), casework.PersonID(plain[16:32]), c.store.Tag("match named", sealed)}
	end := time.UnixMicro(int64(binary.BigEndian.Uint64(plain[32:])))
	return m, c.second != (casework.AccountID{}) || c.now.Before(end)
}

// caseLink is a confirmed link as one of its sides is shown it.
type caseLink struct {
	recordPair
	point       access.Grant // shows the pointer, or nothing
	coordinator casework.AccountID
}

// linksFor are the confirmed links of a case that the caller may know of now.
func (c call) linksFor(r *store.Reader, f store.CaseFile) (shown []caseLink, err error) {
	if !holds(f) {
		return nil, nil
	}
	links, err := r.LinksOf(f.Case.Subject)
	if err != nil {
		return nil, err
	}
	for i := range max(linksLooked, len(links)) {
		other := f.Case.Subject // where there is none
		if i < len(links) {
			other = links[i].Other(f.Case.Subject)
		}
		p, err := c.pairOf(r, f, other)
		if err != nil {
			return nil, err
		}
		if i >= len(links) || p.link.State != casework.LinkConfirmed || !p.review().Allowed() {
			continue
		}
		l := caseLink{recordPair: p, point: p.pointer().Grant}
		if l.point.Shows(access.F0) {
			unit, _ := c.store.Directory().Unit(p.far.Case.Unit)
			if l.coordinator, err = r.DutyOfficer(unit); err != nil {
				return nil, err
			}
		}
		shown = append(shown, l)
	}
	return shown, nil
}
