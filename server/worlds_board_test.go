package server_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/domain/access"
	"github.com/sinergi-pug/sinergi/domain/casework"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// A7 of statistics.md: a live table counts what the lists show the same caller, row by row: a blocked caller's is the table without the
// case, and what is left out at L3 is left out whether there is any or not.

var liveTables = []string{
	"caseload", "intake-month", "violence-age-month", "violence-health-month", "violence-form-month", "violence-relation-month",
	"violence-place-month", "closure-month", "nutrition-month", "nutrition-desa-month", "referral-in-month", "referral-out-month",
}

// needsReason are the tables of F4, for the head of a unit.
var needsReason = []string{"violence-form-month", "violence-relation-month", "violence-place-month"}

const whyCounted = "laporan bulanan SIMFONI PPA unit, diminta kepala dinas"

// boards asks some tables, each twice: the second answer comes from memory, and is the first.
func (l *listener) boards(all bool) {
	l.inboxBoard()
	tables := liveTables
	if !all {
		tables = []string{oneOf(l.of, liveTables...), oneOf(l.of, liveTables...)}
	}
	for _, table := range tables {
		month := oneOf(l.of, l.now, l.now.AddDate(0, -1, 0)).In(wib).Format("2006-01")
		if table == "caseload" {
			month = ""
		}
		request := &pb.QueryLiveRequest{Table: table, Period: month, SkipMeta: true}
		if l.who.role == head && slices.Contains(needsReason, table) {
			request.Reason = whyCounted
		}
		first := l.board(request, month)
		if second := l.board(request, month); first != nil && !proto.Equal(first, second) {
			l.fault("%s of %q: asked again, got %v, want %v", table, month, second, first)
		}
	}
}

var wib = time.FixedZone("WIB", 7*60*60)

// board asks one table and compares it with the rows that the caller may see.
func (l *listener) board(request *pb.QueryLiveRequest, month string) *pb.StatisticsTable {
	got, reason := l.call("QueryLive", request)
	want := l.refusedLive()
	if reason != want {
		l.fault("QueryLive of %s: got %v, want %v", request.GetTable(), reason, want)
	}
	count, secret := 0, false
	if want == pb.ErrorReason_UNSPECIFIED {
		count, secret = l.countable(request.GetTable(), month)
		secret = secret || request.GetReason() != ""
	}
	l.recorded("QueryLive", reason, secret)
	if got == nil {
		return nil
	}
	m := got.(*pb.StatisticsTable)
	if n := l.counted(m); n != count {
		l.fault("%s of %q counts %d, the lists show %d", request.GetTable(), month, n, count)
	}
	if said, stale := slices.ContainsFunc(m.GetNote(), func(n string) bool { return len(n) > 8 && n[:8] == "tanpa L3" }), l.facts(l.who).MFA == access.MFANone; said != stale {
		l.fault("%s says that L3 is left out: %v, want %v", request.GetTable(), said, stale)
	}
	return m
}

// refusedLive: A37 and A49.
func (l *listener) refusedLive() pb.ErrorReason_Value {
	switch {
	case !l.who.active:
		return pb.ErrorReason_UNAUTHENTICATED
	case l.who.role == worker || l.who.role == head:
		return pb.ErrorReason_UNSPECIFIED
	case slices.Contains([]casework.Role{casework.RoleApp, casework.RoleAdmin, casework.RoleAuditor}, l.who.role):
		return pb.ErrorReason_NOT_FOUND
	}
	return pb.ErrorReason_ACTION_NOT_ALLOWED
}

// counted is the sum of the cells of a table: of the indices of a child one.
func (l *listener) counted(m *pb.StatisticsTable) (n int) {
	for _, row := range m.GetRows() {
		values := []string{"open_cases", "cases_registered", "victims", "forms", "pairs", "incidents", "cases_closed", "children", "legs_sent"}
		if slices.Contains(values, row.GetIndikator()) && (row.GetIndeks() == "" || row.GetIndeks() == "WFA") {
			n += int(row.GetNilai())
		}
	}
	return n
}

// countable counts by the oracle's own facts what the caller may count.
func (l *listener) countable(table, month string) (n int, secret bool) {
	switch table {
	case "referral-in-month", "referral-out-month":
		return l.countableLegs(table, month)
	case "nutrition-month", "nutrition-desa-month":
		return l.countableChildren(month)
	}
	in := func(t time.Time) bool { return !t.IsZero() && t.In(wib).Format("2006-01") == month }
	needs := map[string][]access.Mask{
		"caseload": {access.F3Protection}, "violence-age-month": {access.F2}, "violence-health-month": {access.F2},
		"violence-form-month": {access.F4}, "violence-relation-month": {access.F4}, "violence-place-month": {access.F4},
	}[table]
	for _, k := range l.cases {
		fits := in(k.opened)
		switch table {
		case "caseload":
			fits = k.closed.IsZero()
		case "closure-month":
			fits = in(k.closed)
		case "violence-health-month":
			end := l.now.In(wib)
			if month != end.Format("2006-01") {
				end = time.Date(end.Year(), end.Month(), 1, 0, 0, 0, 0, wib)
			}
			start := time.Date(end.Add(-time.Microsecond).Year(), end.Add(-time.Microsecond).Month(), 1, 0, 0, 0, 0, wib)
			fits = !k.opened.After(end) && (k.closed.IsZero() || !k.closed.Before(start))
		}
		if len(table) > 8 && table[:8] == "violence" {
			fits = fits && k.kind.IsViolence()
		}
		if fits && k.kind != casework.GrowthMonitoring && k.register == l.who.unit.register && l.opensAll(k, needs) {
			n, secret = n+1, secret || l.secret(k)
		}
	}
	return n, secret
}

// opensAll tells whether a read of a case shows F1 and all of some classes; a head has given her reason.
func (l *listener) opensAll(k *caseRow, needs []access.Mask) bool {
	f := l.caseFacts(l.who, k)
	if l.who.role == head && slices.Contains(needs, access.F4) {
		f.Cond |= access.HasReason
	}
	d := access.Decide(f)
	if !d.Allowed() || !d.Grant.Shows(access.F1) {
		return false
	}
	return !slices.ContainsFunc(needs, func(class access.Mask) bool { return !d.Grant.Shows(class) })
}

func (l *listener) countableLegs(table, month string) (n int, secret bool) {
	for _, leg := range l.legs {
		mine := leg.senderRegister == l.who.unit.register
		if table == "referral-in-month" {
			mine = l.serves(l.who, leg.kase)[leg.receiver]
		}
		d := l.readLeg(l.who, leg)
		if !mine || !d.Allowed() || !d.Grant.Shows(access.F1Own) {
			continue
		}
		switch sent := leg.sent.In(wib).Format("2006-01"); {
		case sent == month:
			n, secret = n+1, secret || l.secret(l.caseOf(leg.kase))
		case sent > month:
			secret = secret || l.secret(l.caseOf(leg.kase)) // a chain is watched on
		}
	}
	return n, secret
}

// countableChildren counts each child of whom a measurement of the month may be read.
func (l *listener) countableChildren(month string) (n int, secret bool) {
	rows, err := l.of.raw.Query("SELECT case_id, day FROM measurements m WHERE NOT EXISTS (SELECT 1 FROM measurements z WHERE z.corrects = m.id)")
	if err != nil {
		l.fault("%v", err)
		return 0, false
	}
	defer rows.Close()
	children := map[key]bool{}
	for rows.Next() {
		var id []byte
		var day casework.Date
		if err := rows.Scan(&id, &day); err != nil {
			l.fault("%v", err)
			return 0, false
		}
		k := l.caseOf(key(id))
		if day.String()[:7] == month && k.register == l.who.unit.register && l.opensAll(k, []access.Mask{access.F2, access.F3Health}) {
			children[k.subject], secret = true, secret || l.secret(k)
		}
	}
	return len(children), secret
}

// inboxBoard holds that the inbox counts the rows of the caller's list of duties.
func (l *listener) inboxBoard() {
	got, reason := l.call("QueryLive", &pb.QueryLiveRequest{Table: "inbox", SkipMeta: true})
	want := l.refusedLive()
	if l.who.active && l.who.role == intake {
		want = pb.ErrorReason_UNSPECIFIED
	}
	if reason != want {
		l.fault("QueryLive of inbox: got %v, want %v", reason, want)
	}
	if got == nil {
		l.recorded("QueryLive", reason, false)
		return
	}
	board := map[string]int{}
	for _, row := range got.(*pb.StatisticsTable).GetRows() {
		board[row.GetKategori()] = int(row.GetNilai())
	}
	list, secret := map[string]int{"OVERDUE": 0, "DUE_TODAY": 0, "AWAITING": 0}, l.wrote > 0
	for request := (&pb.ListDutiesRequest{PageSize: 100}); ; {
		answer, _ := l.call("ListDuties", request)
		page := answer.(*pb.ListDutiesResponse)
		secret = secret || l.wrote > 0
		for _, d := range page.GetDuties() {
			due := d.GetDueTime().AsTime()
			switch {
			case due.Before(l.now):
				list["OVERDUE"]++
			case due.In(wib).Format(time.DateOnly) == l.now.In(wib).Format(time.DateOnly):
				list["DUE_TODAY"]++
			}
			if d.GetDuty() == pb.DutyName_ACKNOWLEDGE || d.GetDuty() == pb.DutyName_DECIDE {
				list["AWAITING"]++
			}
		}
		if request.PageToken = page.GetNextPageToken(); request.GetPageToken() == "" {
			break
		}
	}
	if !maps.Equal(board, list) {
		l.fault("the inbox counts %v, the list has %v", board, list)
	}
	_ = secret
}

var _ = fmt.Sprint
