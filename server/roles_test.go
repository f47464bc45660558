package server_test

import (
	"slices"
	"testing"
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// A role works once a second person says so, who is neither its owner nor who gave it.
func TestRoleWaitsForASecondPerson(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	made := p.created(t, "admin-kabupaten", "bidan-sri", pb.Role_WORKER, "PKM-CIBINONG")
	role := made.GetAccount().GetMemberships()[0].GetName()
	if l := p.enrolled(t, made.GetInvitation().GetInvitation()); l.token != "" {
		t.Error("a role that waits works")
	}
	approve := func(by string) error {
		_, err := p.accounts().ApproveMembership(p.as(by), &pb.ApproveMembershipRequest{Name: role, RequestId: newID()})
		return err
	}
	pending := func(by string) (codes []string) {
		list, err := p.accounts().ListPendingMemberships(p.as(by), &pb.ListPendingMembershipsRequest{})
		if err != nil {
			return []string{reasonIs(err)}
		}
		for _, m := range list.GetMemberships() {
			codes = append(codes, m.GetCode())
		}
		return codes
	}
	for by, want := range map[string][]string{
		"kepala-cibinong": {"bidan-sri"}, "kepala-dinkes": {"bidan-sri"}, "penelaah": {"bidan-sri"}, "kepala-citeureup": nil,
		"bidan-cibinong": {"ACTION_NOT_ALLOWED"}, "admin-kabupaten": {"ACTION_NOT_ALLOWED"}, "auditor": {"ACTION_NOT_ALLOWED"},
	} {
		if got := pending(by); !slices.Equal(got, want) {
			t.Errorf("%s sees %v waiting, want %v", by, got, want)
		}
	}
	for _, by := range []string{"admin-kabupaten", "bidan-cibinong", "kepala-citeureup", "statistik-dinkes", "auditor"} {
		wantReason(t, by+" approves", approve(by), "ACTION_NOT_ALLOWED")
	}
	wantReason(t, "the supervisor approves", approve("kepala-cibinong"), "OK")
	wantReason(t, "it again", approve("penelaah"), "ACCOUNT_STATE")

	// A head of casework is no second person for what is not casework.
	auditor := p.created(t, "admin-kabupaten", "auditor-dua", pb.Role_AUDITOR, "PKM-CIBINONG")
	role = auditor.GetAccount().GetMemberships()[0].GetName()
	wantReason(t, "a supervisor approves an auditor", approve("kepala-cibinong"), "ACTION_NOT_ALLOWED")
	wantReason(t, "the reviewer approves an auditor", approve("penelaah"), "OK")
}

// Nobody is the second person of what she gave herself, in whatever role she acts.
func TestGiverIsNoSecondPerson(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	two := p.created(t, "admin-kabupaten", "dua-peran", pb.Role_ADMIN, "PKM-CIBINONG")
	p.approved(t, "penelaah", two.GetAccount().GetMemberships()[0].GetName())
	l := p.enrolled(t, two.GetInvitation().GetInvitation())
	head, err := p.accounts().AddMembership(p.as("admin-kabupaten"), &pb.AddMembershipRequest{
		Name: two.GetAccount().GetName(), RequestId: newID(), Role: pb.Role_SUPERVISOR, Unit: "units/PKM-CIBINONG",
	})
	if err != nil {
		t.Fatal(err)
	}
	p.approved(t, "penelaah", head.GetName())
	_, err = p.accounts().AddMembership(bearer(l.token), &pb.AddMembershipRequest{Name: l.account, RequestId: newID(), Role: pb.Role_WORKER, Unit: "units/PKM-CIBINONG"})
	wantReason(t, "an administrator gives herself a role", err, "ACTION_NOT_ALLOWED")
	made, err := p.accounts().CreateAccount(bearer(l.token), &pb.CreateAccountRequest{
		RequestId: newID(), Code: "boneka", FullName: "Boneka", Nik: freshNIK(), Role: pb.Role_WORKER, Unit: "units/PKM-CIBINONG",
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.accounts().Switch(bearer(l.token), &pb.SwitchRequest{Membership: head.GetName()}); err != nil {
		t.Fatal(err)
	}
	me, err := p.accounts().WhoAmI(bearer(l.token), &pb.WhoAmIRequest{})
	if err != nil || me.GetRole() != pb.Role_SUPERVISOR || len(me.GetMemberships()) != 2 {
		t.Errorf("after the switch: %v, %v", me, err)
	}
	role := made.GetAccount().GetMemberships()[0].GetName()
	_, err = p.accounts().ApproveMembership(bearer(l.token), &pb.ApproveMembershipRequest{Name: role, RequestId: newID()})
	wantReason(t, "she approves what she gave", err, "ACTION_NOT_ALLOWED")
	_, err = p.accounts().Switch(bearer(l.token), &pb.SwitchRequest{Membership: role})
	wantReason(t, "a switch to another's role", err, "NOT_FOUND")
	_, err = p.accounts().CreateAccount(bearer(l.token), &pb.CreateAccountRequest{
		RequestId: newID(), Code: "lagi", FullName: "Lagi", Nik: freshNIK(), Role: pb.Role_WORKER, Unit: "units/PKM-CIBINONG",
	})
	wantReason(t, "as supervisor she makes accounts", err, "ACTION_NOT_ALLOWED")
}

// An administrator administers her units and those below, sees of an account nothing elsewhere, and takes nobody's place alone.
func TestAdministratorStaysInHerUnits(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	small := p.worker(t, "admin-pkm", pb.Role_ADMIN, "PKM-CIBINONG")
	as := bearer(small.token)
	elsewhere := p.created(t, "admin-kabupaten", "polisi", pb.Role_WORKER, "POLRES-PPA").GetAccount()
	shared := p.created(t, "admin-kabupaten", "dua-unit", pb.Role_WORKER, "PKM-CIBINONG").GetAccount()
	if _, err := p.accounts().AddMembership(p.as("admin-kabupaten"), &pb.AddMembershipRequest{Name: shared.GetName(), RequestId: newID(), Role: pb.Role_WORKER, Unit: "units/UPTD-PPA"}); err != nil {
		t.Fatal(err)
	}
	_, there := p.accounts().GetAccount(as, &pb.GetAccountRequest{Name: elsewhere.GetName()})
	_, never := p.accounts().GetAccount(as, &pb.GetAccountRequest{Name: "accounts/" + newID()})
	wantReason(t, "another unit's account", there, "ACTION_NOT_ALLOWED")
	wantReason(t, "one that never was", never, "ACTION_NOT_ALLOWED")
	seen, err := p.accounts().GetAccount(as, &pb.GetAccountRequest{Name: shared.GetName()})
	if err != nil || len(seen.GetMemberships()) != 1 {
		t.Errorf("of an account of two units she sees %v, %v", seen, err)
	}
	_, err = p.accounts().InviteAccount(as, &pb.InviteAccountRequest{Name: shared.GetName(), RequestId: newID()})
	wantReason(t, "she gets the key of an account that is another unit's too", err, "ACTION_NOT_ALLOWED")
	_, err = p.accounts().DisableAccount(as, &pb.DisableAccountRequest{Name: shared.GetName(), RequestId: newID()})
	wantReason(t, "she disables it", err, "ACTION_NOT_ALLOWED")
	_, err = p.accounts().InviteAccount(as, &pb.InviteAccountRequest{Name: small.account, RequestId: newID()})
	wantReason(t, "she invites herself", err, "ACTION_NOT_ALLOWED")
	_, err = p.accounts().ListAccounts(as, &pb.ListAccountsRequest{Unit: "units/DINKES"})
	wantReason(t, "the accounts of the unit above", err, "ACTION_NOT_ALLOWED")
	page, err := p.accounts().ListAccounts(as, &pb.ListAccountsRequest{PageSize: 2})
	if err != nil || len(page.GetAccounts()) != 2 || page.GetNextPageToken() == "" {
		t.Fatal(page, err)
	}
	next, err := p.accounts().ListAccounts(as, &pb.ListAccountsRequest{PageSize: 2, PageToken: page.GetNextPageToken()})
	if err != nil || next.GetAccounts()[0].GetCode() <= page.GetAccounts()[1].GetCode() {
		t.Error(next, err)
	}

	// She sets the supervisor's sign-in back and takes the invitation herself: she is nobody until a second person looks.
	head := p.worker(t, "kepala-baru", pb.Role_SUPERVISOR, "PKM-CIBINONG")
	invited, err := p.accounts().InviteAccount(as, &pb.InviteAccountRequest{Name: head.account, RequestId: newID()})
	if err != nil {
		t.Fatal(err)
	}
	wantReason(t, "the session before", p.whoAmI(head.token), "UNAUTHENTICATED")
	if taken := p.enrolled(t, invited.GetInvitation()); taken.token != "" {
		t.Error("an administrator alone has become the supervisor")
	}
	notices, err := pb.NewReviewServiceClient(p.conn).ListNotices(p.as("kepala-cibinong"), &pb.ListNoticesRequest{})
	if err != nil || !slices.ContainsFunc(notices.GetNotices(), func(n *pb.Notice) bool { return n.GetKind() == pb.NoticeKind_ACCOUNT_CHANGED }) {
		t.Errorf("the other supervisor is told nothing: %v", err)
	}
}

// A request that is repeated gives the same answer less its secret, which is kept nowhere.
func TestLinkIsShownOnce(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	req := &pb.CreateAccountRequest{RequestId: newID(), Code: "bidan-sri", FullName: "Sri", Nik: freshNIK(), Role: pb.Role_WORKER, Unit: "units/PKM-CIBINONG"}
	first, err := p.accounts().CreateAccount(p.as("admin-kabupaten"), req)
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.accounts().CreateAccount(p.as("admin-kabupaten"), req)
	if err != nil || again.GetAccount().GetName() != first.GetAccount().GetName() || again.GetInvitation().GetInvitation() != "" {
		t.Errorf("repeated: %v, %v", again, err)
	}
	req.RequestId = newID()
	_, err = p.accounts().CreateAccount(p.as("admin-kabupaten"), req)
	wantReason(t, "the code again", err, "ALREADY_EXISTS")
	req.Code, req.RequestId = "bidan-lain", newID()
	_, err = p.accounts().CreateAccount(p.as("admin-kabupaten"), req)
	wantReason(t, "the NIK again", err, "ALREADY_EXISTS")
	p.verified(t)
}

// Who owes is not ended before another has it, unless it must be at once: then others follow in the same transaction.
func TestWhoOwesIsNotEnded(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	l := p.worker(t, "gizi-baru", pb.Role_WORKER, "PKM-CIBINONG")
	p.served.Tokens["gizi-baru"] = l.token
	filed := p.call("gizi-baru", "POST", "/v1/referrals:file", stuntedChild())
	filed.expect(t, 200, nil, nil)
	kase := filed.text("case")
	p.call("gizi-baru", "GET", "/v1/"+kase, nil).expect(t, 200, nil, nil)
	me, err := p.accounts().WhoAmI(bearer(l.token), &pb.WhoAmIRequest{})
	if err != nil {
		t.Fatal(err)
	}
	admin := p.as("admin-kabupaten")
	_, err = p.accounts().EndMembership(admin, &pb.EndMembershipRequest{Name: me.GetMembership().GetName(), RequestId: newID()})
	wantReason(t, "the role of who owes", err, "OPEN_DUTIES")
	disable := &pb.DisableAccountRequest{Name: l.account, RequestId: newID()}
	_, err = p.accounts().DisableAccount(admin, disable)
	wantReason(t, "the account of who owes", err, "OPEN_DUTIES")
	disable.AtOnce, disable.RequestId = true, newID()
	ended, err := p.accounts().DisableAccount(admin, disable)
	if err != nil || ended.GetDisableTime() == nil || ended.GetEnrolled() {
		t.Fatal(ended, err)
	}
	wantReason(t, "its session", p.whoAmI(l.token), "UNAUTHENTICATED")
	_, err = p.signIn(l)
	wantReason(t, "its sign-in", err, "SIGN_IN_FAILED")
	p.call("kepala-cibinong", "GET", "/v1/"+kase, nil).expect(t, 200, nil, []string{l.account})
	_, err = p.accounts().InviteAccount(admin, &pb.InviteAccountRequest{Name: l.account, RequestId: newID()})
	wantReason(t, "an invitation of what is ended", err, "ACCOUNT_STATE")
	p.verified(t)
}

// PC-10, the account's part: moved to another unit she sees nothing of the old one from the next call on.
func TestMovedWorkerSeesNothingOfTheOldUnit(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	l := p.worker(t, "gizi-baru", pb.Role_WORKER, "PKM-CIBINONG")
	p.served.Tokens["gizi-baru"] = l.token
	filed := p.call("gizi-cibinong", "POST", "/v1/referrals:file", stuntedChild())
	filed.expect(t, 200, nil, nil)
	kase := filed.text("case")
	p.call("gizi-baru", "GET", "/v1/"+kase, nil).expect(t, 200, nil, nil)
	moved, err := p.accounts().AddMembership(p.as("admin-kabupaten"), &pb.AddMembershipRequest{Name: l.account, RequestId: newID(), Role: pb.Role_WORKER, Unit: "units/PKM-CITEUREUP"})
	if err != nil {
		t.Fatal(err)
	}
	p.approved(t, "kepala-citeureup", moved.GetName())
	me, err := p.accounts().WhoAmI(bearer(l.token), &pb.WhoAmIRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.accounts().Switch(bearer(l.token), &pb.SwitchRequest{Membership: moved.GetName()}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.accounts().EndMembership(p.as("admin-kabupaten"), &pb.EndMembershipRequest{Name: me.GetMembership().GetName(), RequestId: newID()}); err != nil {
		t.Fatal(err)
	}
	wantReason(t, "the switched session", p.whoAmI(l.token), "OK")
	p.call("gizi-baru", "GET", "/v1/"+kase, nil).expect(t, 404, []string{"NOT_FOUND"}, []string{childName})
	p.call("gizi-baru", "GET", "/v1/cases", nil).expect(t, 200, nil, []string{kase, childName})
	_, err = p.accounts().Switch(bearer(l.token), &pb.SwitchRequest{Membership: me.GetMembership().GetName()})
	wantReason(t, "back to the role that ended", err, "NOT_FOUND")
}

func TestPasswordAndCodesAreChangedWithAFreshFactor(t *testing.T) {
	t.Parallel()
	p := newStaff(t)
	l := p.worker(t, "bidan-sri", pb.Role_WORKER, "PKM-CIBINONG")
	other, err := p.signIn(l)
	if err != nil {
		t.Fatal(err)
	}
	p.clock.move(16 * time.Minute)
	change := &pb.ChangePasswordRequest{Password: l.password, NewPassword: "gerimis-jendela-kopi-42"}
	_, err = p.accounts().ChangePassword(bearer(l.token), change)
	wantReason(t, "with a factor of 16 minutes ago", err, "STEP_UP_REQUIRED")
	_, err = p.accounts().RenewRecoveryCodes(bearer(l.token), &pb.RenewRecoveryCodesRequest{})
	wantReason(t, "codes with it", err, "STEP_UP_REQUIRED")
	stepped, err := p.accounts().StepUp(bearer(l.token), &pb.StepUpRequest{RecoveryCode: l.codes[0]})
	if err != nil {
		t.Fatal(err)
	}
	as := bearer(stepped.GetToken())
	renewed, err := p.accounts().RenewRecoveryCodes(as, &pb.RenewRecoveryCodesRequest{})
	if err != nil || len(renewed.GetRecoveryCodes()) != 10 || slices.Contains(renewed.GetRecoveryCodes(), l.codes[1]) {
		t.Error(renewed, err)
	}
	if _, err := p.accounts().ChangePassword(as, change); err != nil {
		t.Fatal(err)
	}
	wantReason(t, "the other session", p.whoAmI(other.GetToken()), "UNAUTHENTICATED")
	wantReason(t, "this session", p.whoAmI(stepped.GetToken()), "OK")
	_, err = p.accounts().SignIn(from("192.0.2.1"), &pb.SignInRequest{Account: l.code, Password: l.password, TotpCode: p.code(l.secret)})
	wantReason(t, "the old password", err, "SIGN_IN_FAILED")
	_, err = p.accounts().SignIn(from("192.0.2.2"), &pb.SignInRequest{Account: l.code, Password: change.NewPassword, RecoveryCode: l.codes[1]})
	wantReason(t, "an old recovery code", err, "SIGN_IN_FAILED")
	_, err = p.accounts().SignIn(from("192.0.2.3"), &pb.SignInRequest{Account: l.code, Password: change.NewPassword, TotpCode: p.code(l.secret)})
	wantReason(t, "the new password", err, "OK")
	_, err = p.accounts().StepUp(p.as("app-melati"), &pb.StepUpRequest{TotpCode: "123456"})
	wantReason(t, "an app steps up", err, "ACTION_NOT_ALLOWED")
	_, err = p.accounts().SignOut(p.as("app-melati"), &pb.SignOutRequest{})
	wantReason(t, "an app signs out", err, "ACTION_NOT_ALLOWED")
}
