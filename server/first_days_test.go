package server_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/reflect/protoreflect"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/server"
)

// credit gives accounts of the users' file a token each.
func (p *staff) credit(t *testing.T, accounts ...string) {
	t.Helper()
	for _, code := range accounts {
		token, _, err := server.IssueToken(context.Background(), p.served.Store, code, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		p.served.Tokens[code] = token
	}
}

// shut are the methods that answer UNAVAILABLE to a caller, by each face; they say why, and nothing else. Those of accounts take their
// time and tokens away: they are asked if accounts is true.
func (p *staff) shut(t *testing.T, as string, accounts bool) (byGRPC, byREST []string) {
	t.Helper()
	eachMethod(func(method protoreflect.MethodDescriptor) {
		_, pattern := restOf(method)
		text := func(field protoreflect.FieldDescriptor, _ *validate.FieldRules) string {
			for _, variable := range nameInPath.FindAllString(pattern, -1) {
				if name, collection, _ := strings.Cut(strings.Trim(variable, "{}*"), "="); name == string(field.Name()) {
					return collection + newID() // as the route has it
				}
			}
			return newID()
		}
		if !accounts && strings.Contains(fullMethod(method), "AccountService/") || method.Name() == "SignOut" {
			return
		}
		req := newMessage(method.Input())
		filler{text: text}.fill(req.ProtoReflect())
		if _, err := p.byGRPC(as, method, req); status.Code(err) == codes.Unavailable {
			byGRPC = append(byGRPC, fullMethod(method))
			if reasonIs(err) != "UNAVAILABLE" || !strings.Contains(status.Convert(err).Proto().String(), "REVIEWER_MISSING") {
				t.Errorf("%s says %v", fullMethod(method), err)
			}
		}
		if answer := p.byREST(as, method, req); answer.Status == 503 {
			byREST = append(byREST, fullMethod(method))
			if !strings.Contains(string(answer.Body), "REVIEWER_MISSING") {
				t.Errorf("%s says %s", fullMethod(method), answer.Body)
			}
		}
	})
	return byGRPC, byREST
}

// Until a REVIEWER works, only accounts, the directory and the growth calculator do, whoever asks, by both faces; from then on all do, the
// control. That she leaves, or waits for her approval again, takes nobody's help away: health says that she is missing.
func TestUntilAReviewerWorksOnlyAccountsAndTheDirectoryDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p, end := regencyIn(t, dir)
	units, err := os.Open("regency/units.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer units.Close()
	all, err := os.ReadFile("regency/users.csv")
	if err != nil {
		t.Fatal(err)
	}
	users := slices.DeleteFunc(strings.Split(string(all), "\n"), func(line string) bool { return strings.Contains(line, ",REVIEWER,") })
	for _, load := range []func() (server.LoadReport, error){
		func() (server.LoadReport, error) { return server.LoadUnits(t.Context(), p.served.Store, units, false) },
		func() (server.LoadReport, error) {
			return server.LoadUsers(t.Context(), p.served.Store, strings.NewReader(strings.Join(users, "\n")), false)
		},
	} {
		if report, err := load(); err != nil || len(report.Faults) > 0 {
			t.Fatal(report.Faults, err)
		}
	}
	callers := []string{"admin-kabupaten", "kepala-cibinong", "bidan-cibinong", "kader-melati", "auditor", "app-melati"}
	p.credit(t, callers...)

	var want []string
	eachMethod(func(method protoreflect.MethodDescriptor) {
		name := fullMethod(method)
		if !strings.Contains(name, "AccountService/") && !strings.Contains(name, "DirectoryService/") && name != pb.GrowthService_Assess_FullMethodName {
			want = append(want, name)
		}
	})
	for _, as := range callers {
		byGRPC, byREST := p.shut(t, as, as == "admin-kabupaten")
		if !slices.Equal(byGRPC, want) || !slices.Equal(byREST, want) {
			t.Fatalf("%s: shut by gRPC %v\nby REST %v\nwant %v", as, byGRPC, byREST, want)
		}
		p.credit(t, as)
	}
	for _, e := range p.called() {
		if about, _, _ := strings.Cut(e.Action, "."); e.Origin != "console" && !slices.Contains([]string{"account", "token", "absence", "directory", "session", "growth"}, about) {
			t.Errorf("the first days have an entry about %s", e.Action)
		}
	}
	if answer := p.raw("", "GET", "/v1/cases", ""); answer.Status != 401 {
		t.Errorf("nobody is told %d %s", answer.Status, answer.Body)
	}

	p.missing(t, true)
	root, _ := p.served.Store.Directory().Root()
	made := p.created(t, "admin-kabupaten", "penelaah-satu", pb.Role_REVIEWER, root.Code)
	open := func(when string) {
		t.Helper()
		for _, as := range []string{"bidan-cibinong", "kepala-cibinong"} {
			if answer := p.call(as, "GET", "/v1/cases", nil); answer.Status != 200 {
				t.Errorf("%s: %s is told %d %s", when, as, answer.Status, answer.Body)
			}
		}
	}
	p.missing(t, false)
	if byGRPC, byREST := p.shut(t, "bidan-cibinong", false); len(byGRPC)+len(byREST) > 0 {
		t.Errorf("with a reviewer: shut by gRPC %v, by REST %v", byGRPC, byREST)
	}
	open("with a reviewer")

	p.enrolled(t, made.GetInvitation().GetInvitation())
	_, err = p.accounts().InviteAccount(p.as("admin-kabupaten"), &pb.InviteAccountRequest{Name: made.GetAccount().GetName(), RequestId: newID()})
	if err != nil {
		t.Fatal(err)
	}
	p.missing(t, true)
	end()
	p, _ = regencyIn(t, dir)
	p.credit(t, callers...)
	p.missing(t, true)
	open("after another start, while she waits to be approved again")
	_, err = p.accounts().DisableAccount(p.as("admin-kabupaten"), &pb.DisableAccountRequest{Name: made.GetAccount().GetName(), RequestId: newID(), AtOnce: true})
	if err != nil {
		t.Fatal(err)
	}
	p.missing(t, true)
	open("she has left")

	// Who has dismissed her cannot put her own in her place.
	next := p.created(t, "admin-kabupaten", "penelaah-baru", pb.Role_REVIEWER, "REGENCY").GetAccount().GetMemberships()[0]
	if next.GetApproveTime() != nil {
		t.Error("the REVIEWER after the first works without a second person")
	}
	p.missing(t, true)
	p.verified(t)
}

// missing holds that health names a reviewer, or does not, and is ready either way.
func (p *staff) missing(t *testing.T, want bool) {
	t.Helper()
	ready := p.raw("", "GET", "/readyz", "")
	if ready.Status != 200 || strings.Contains(string(ready.Body), "REVIEWER_MISSING") != want {
		t.Errorf("health says %d %s, want a reviewer missing: %v", ready.Status, ready.Body, want)
	}
}

// Whoever is kept from an act by nothing but the age of her second factor is told so; who may not do it at all is told that: the control.
func TestAnOldSecondFactorIsAskedForInAccounts(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	ctx := func(as string) context.Context { return bearerOf(p.world, as) }
	create := func(as, unit string) func() error {
		return func() error {
			_, err := p.accounts().CreateAccount(ctx(as), &pb.CreateAccountRequest{
				RequestId: newID(), Code: "bidan-" + newID()[:8], FullName: "Sri Wahyuni", Nik: freshNIK(), Role: pb.Role_WORKER, Unit: "units/" + unit,
			})
			return err
		}
	}
	made := p.created(t, "admin-kabupaten", "bidan-baru", pb.Role_WORKER, "PKM-CIBINONG").GetAccount()
	waits, app := made.GetMemberships()[0].GetName(), p.newApp(t, "PKM-CIBINONG")
	approve := func(as string) func() error {
		return func() error {
			_, err := p.accounts().ApproveMembership(ctx(as), &pb.ApproveMembershipRequest{Name: waits, RequestId: newID()})
			return err
		}
	}
	end := func(as, role string) func() error {
		return func() error {
			_, err := p.accounts().EndMembership(ctx(as), &pb.EndMembershipRequest{Name: role, RequestId: newID()})
			return err
		}
	}
	who, err := p.accounts().WhoAmI(ctx("admin-kabupaten"), &pb.WhoAmIRequest{})
	if err != nil {
		t.Fatal(err)
	}
	admin, reviewer, head, worker := p.stale(t, "admin-kabupaten"), p.stale(t, "penelaah"), p.stale(t, "kepala-cibinong"), p.stale(t, "bidan-cibinong")
	for _, tt := range []struct {
		what string
		call func() error
		want string
	}{
		{"an ADMIN makes an account", create(admin, "PKM-CIBINONG"), "STEP_UP_REQUIRED"},
		{"an ADMIN reads an account", func() error {
			_, err := p.accounts().GetAccount(ctx(admin), &pb.GetAccountRequest{Name: made.GetName()})
			return err
		}, "STEP_UP_REQUIRED"},
		{"an ADMIN makes a token", func() error {
			_, err := p.accounts().CreateAppToken(ctx(admin), &pb.CreateAppTokenRequest{Name: app, RequestId: newID(), Scopes: []string{"file"}})
			return err
		}, "STEP_UP_REQUIRED"},
		{"an ADMIN ends a role", end(admin, waits), "STEP_UP_REQUIRED"},
		{"the head approves", approve(head), "STEP_UP_REQUIRED"},
		{"the REVIEWER approves", approve(reviewer), "STEP_UP_REQUIRED"},
		{"the head refuses", end(head, waits), "STEP_UP_REQUIRED"},
		{"an ADMIN approves", approve(admin), "ACTION_NOT_ALLOWED"},
		{"a worker makes an account", create(worker, "PKM-CIBINONG"), "ACTION_NOT_ALLOWED"},
		{"a worker approves", approve(worker), "ACTION_NOT_ALLOWED"},
		{"an ADMIN ends her own role", end(admin, who.GetMembership().GetName()), "ACTION_NOT_ALLOWED"},
		{"an ADMIN makes an account, fresh", create("admin-kabupaten", "PKM-CIBINONG"), "OK"},
		{"the head approves, fresh", approve("kepala-cibinong"), "OK"},
	} {
		wantReason(t, tt.what, tt.call(), tt.want)
	}
	p.verified(t)
}
