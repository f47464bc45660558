package server

import (
	"context"
	"time"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	"github.com/sinergi-pug/sinergi/domain/statistics"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Who sees a release, and the list of them. Who contributes to one is told to nobody but the heads of the unit itself, and to such a head only where she may see
// a case of hers that is in it: else the list would tell a head who is kept from a case that there is one.

// releaseSight is what a caller may see of a release.
type releaseSight struct {
	shown       bool
	contributes bool // as a head of a contributing unit
	judges      bool // as the REVIEWER
	exports     bool // as the walidata
}

// sightOfRelease decides what a caller sees of one.
func (c call) sightOfRelease(r releaseReader, v release) (s releaseSight, err error) {
	s.shown = v.State == string(statistics.Published)
	switch c.caller.Role {
	case casework.RoleReviewer:
		s.shown, s.judges = true, true
	case casework.RoleStats:
		s.exports, err = c.isWalidata(r)
		s.shown = s.shown || s.exports
	case casework.RoleSupervisor:
		s.contributes, err = c.contributes(r, v)
		s.shown = s.shown || s.contributes
	}
	return s, err
}

// releaseReader is what Reader and Writer both can.
type releaseReader interface {
	Setting(string) (string, bool, error)
	CaseFor(store.Caller, casework.CaseID, time.Time) (store.CaseFile, error)
	ContributedCases(store.Contribution, casework.UnitID, int) ([]casework.CaseID, error)
	SaidOf(casework.ID) ([]store.Said, error)
	SaidReason(casework.ID, casework.UnitID) (string, error)
	Release(casework.ID) (store.Release, bool, error)
	ReleaseText(casework.ID) ([]byte, string, error)
	HeldBy(casework.UnitID) ([]time.Time, error)
}

// fewCases are looked at before all are.
const fewCases = 20

// contributes tells whether the caller heads a unit whose rows are in a release, and may see one of them.
func (c call) contributes(r releaseReader, v release) (bool, error) {
	if !v.contributor(c.caller.Unit.Register) {
		return false, nil
	}
	for limit := fewCases; ; limit = 1 << 30 {
		cases, err := r.ContributedCases(contributionOf(v.table, v.period), c.caller.Unit.Register, limit)
		if err != nil {
			return false, err
		}
		for _, id := range cases {
			f, err := r.CaseFor(c.caller, id, c.now)
			if err != nil {
				return false, err
			}
			if read := access.Decide(f.Facts.Doing(access.Read)); read.Allowed() && read.Grant.Shows(access.F1) {
				return true, nil
			}
		}
		if len(cases) < limit {
			return false, nil
		}
	}
}

func (v release) contributor(register casework.UnitID) bool {
	for _, s := range v.said {
		if s.Unit == register && s.Unit != (casework.UnitID{}) {
			return true
		}
	}
	return false
}

// walidataUnit is the setting that names the unit which gives data to the portal, by its code.
const walidataUnit = "walidata_unit"

// isWalidata tells whether the caller works for the walidata: the unit of the setting, else the regency's own.
func (c call) isWalidata(r releaseReader) (bool, error) {
	code, named, err := r.Setting(walidataUnit)
	if err != nil {
		return false, err
	}
	d := c.store.Directory()
	if named {
		unit, ok := d.UnitByCode(code)
		return ok && unit.ID == c.caller.Unit.ID, nil
	}
	root, ok := d.Root()
	return ok && root.ID == c.caller.Unit.ID, nil
}

// listingReleases decides who may list: heads their own, the REVIEWER and whoever makes statistics all.
func (c call) listingReleases() (access.Action, access.Decision) {
	action, facts := access.StatsDraft, c.caller.Facts(c.now)
	switch c.caller.Role {
	case casework.RoleSupervisor:
		action = access.StatsApprove
		facts.Cond |= access.OwnUnit // others' are left out
	case casework.RoleReviewer:
		action = access.ReviewList
		facts.Cond |= access.Addressed
	}
	return action, access.Decide(facts.Doing(action))
}

// ListReleases lists releases, newest period first.
func (s *statisticsService) ListReleases(ctx context.Context, req *pb.ListReleasesRequest) (*pb.ListReleasesResponse, error) {
	return store.ReadLogged(ctx, s.store, func(r *store.Reader) (*pb.ListReleasesResponse, *store.Record, error) {
		c, err := s.reading(ctx, r)
		if err != nil {
			return nil, nil, err
		}
		action, act := c.listingReleases()
		if !act.Allowed() {
			return nil, nil, c.refuse(action, act, object{}, "releases")
		}
		after, err := c.cursor("releases", req, req.GetPageToken())
		if err != nil {
			return nil, nil, err
		}
		m, err := c.releaseList(r, req, after)
		return m, c.onRecord(action, act), err
	})
}

// onRecord is the entry of a read of figures, which only a reviewer's needs: of her every read is on record.
func (c call) onRecord(action access.Action, act access.Decision) *store.Record {
	if c.caller.Role != casework.RoleReviewer {
		return nil
	}
	rec := c.record(action, act, object{})
	rec.Entry.ObjectKind = "release"
	return &rec
}

func (c call) releaseList(r *store.Reader, req *pb.ListReleasesRequest, after store.Cursor) (*pb.ListReleasesResponse, error) {
	m := &pb.ListReleasesResponse{}
	filter := store.ReleaseFilter{Dataset: req.GetDataset(), State: word[string](req.GetState())}
	next, err := listed(pageSize(req.GetPageSize()), after, func(after store.Cursor, limit int) ([]store.Release, error) {
		filter.After, filter.Limit = after, limit
		return r.Releases(filter)
	}, func(row store.Release) store.Cursor { return store.Cursor{Time: row.Closed, ID: row.ID} }, func(row store.Release) (func() error, error) {
		v, err := openRelease(r, row)
		if err != nil {
			return nil, err
		}
		sight, err := c.sightOfRelease(r, v)
		if err != nil || !sight.shown {
			return nil, err
		}
		return func() error {
			shown, err := c.viewRelease(r, v, sight)
			m.Releases = append(m.Releases, shown)
			return err
		}, nil
	})
	m.NextPageToken = c.pageToken("releases", req, next)
	return m, err
}

// viewRelease makes the message of a release, as far as the caller sees it.
func (c call) viewRelease(r releaseReader, v release, sight releaseSight) (*pb.Release, error) {
	m := &pb.Release{}
	if !sight.shown {
		return m, nil
	}
	m.Name, m.Dataset, m.Period, m.State = named("releases", v.ID), v.Dataset, v.Period, enum[pb.ReleaseState_Value](pb.ReleaseState_Value_value, v.State)
	m.CloseTime, m.DrawTime, m.DueTime, m.ExportTime = timestamp(v.Closed), timestamp(v.Drawn), timestamp(v.Due), timestamp(v.Exported)
	m.PublishTime = timestamp(later(v.Publish, v.Published))
	m.AsOfSeq, m.CatalogueVersion, m.TerminologyVersion, m.DeadlinesVersion = v.AsOf, int32(v.Catalogue), v.Terminology, v.Deadlines
	m.Note, m.Etag = v.Note, etag(v.Revision)
	if !v.Drawn.IsZero() {
		d, err := c.drawingOfRelease(r, v.Release)
		if err != nil {
			return nil, err
		}
		m.Ledger = d.ledger
	}
	m.AllowedActions = c.releaseActions(v, sight)
	return m, c.viewReasons(r, v, sight, m)
}

// viewReasons adds why a release is held: to the REVIEWER, and to a unit its own words.
func (c call) viewReasons(r releaseReader, v release, sight releaseSight, m *pb.Release) (err error) {
	of := c.caller.Unit.Register
	switch {
	case sight.judges && len(v.life.Holds) > 0:
		m.HeldFor = v.HeldFor
		of = v.lastHolder()
	case sight.judges:
		m.HeldFor = v.HeldFor
		return nil
	case !sight.contributes:
		return nil
	}
	m.Reason, err = r.SaidReason(v.ID, of)
	return err
}

// lastHolder is the unit that objected last.
func (v release) lastHolder() (unit casework.UnitID) {
	last := v.life.Holds[len(v.life.Holds)-1]
	for _, s := range v.said {
		if unitKey(s.Unit) == last.Unit {
			unit = s.Unit
		}
	}
	return unit
}

// releaseActions are what the caller may do with a release now.
func (c call) releaseActions(v release, sight releaseSight) (actions []string) {
	is := workdays(c.store.Directory())
	own := unitKey(c.caller.Unit.Register)
	if sight.contributes {
		if _, err := v.life.Approve(v.table, own, c.now); err == nil {
			actions = append(actions, "approve")
		}
		if _, err := v.life.Hold(v.table, is, own, "?", c.now, nil); err == nil {
			actions = append(actions, "hold")
		}
	}
	if sight.judges && v.State == string(statistics.Held) {
		actions = append(actions, "resolve")
	}
	if sight.exports && v.exportable() {
		actions = append(actions, "exportOpenData")
	}
	return actions
}

// exportable tells whether a release may go to the portal: of the protected tables two alone.
func (v release) exportable() bool {
	return v.State == string(statistics.Published) && (v.table.Side != statistics.Protected || v.table.Public)
}
