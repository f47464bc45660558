package cli

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// AccountCmd is persons who sign in. What is secret is asked for, or read from standard input; no flag holds it, for flags stand in the
// history of the shell and in the list of processes.
type AccountCmd struct {
	Create   AccountCreate   `cmd:"" help:"Make a person's account, with the link that sets up its sign-in."`
	List     AccountList     `cmd:"" help:"Accounts with a role in a unit."`
	Show     AccountShow     `cmd:"" help:"One account."`
	Invite   AccountInvite   `cmd:"" help:"A new link for who lost the telephone or the password; all sessions end, and roles wait for approval again."`
	Disable  AccountDisable  `cmd:"" help:"End an account with all its sessions and tokens, within 5 seconds."`
	Enrol    AccountEnrol    `cmd:"" help:"Set up your own sign-in with an invitation, or the first administrator's with the setup link."`
	Password AccountPassword `cmd:"" help:"Change your own password; the other sessions end."`
	Codes    AccountCodes    `cmd:"" help:"Make new recovery codes for yourself; the earlier ones end."`
}

// MembershipCmd is roles in units.
type MembershipCmd struct {
	Add     MembershipAdd     `cmd:"" help:"Give an account one more role; it works once a second person approves it."`
	End     MembershipEnd     `cmd:"" help:"End a role, or refuse one that waits."`
	Approve MembershipApprove `cmd:"" help:"Let a role work that another has given."`
	Pending MembershipPending `cmd:"" help:"Roles that wait for your approval."`
}

// AccountCreate makes an account.
type AccountCreate struct {
	Remote
	Write

	Code string              `arg:"" help:"Name for it: lower-case letters, digits, -."`
	Name string              `required:"" placeholder:"TEXT" help:"Name of the staff member."`
	Role Word[pb.Role_Value] `required:"" placeholder:"ROLE" help:"First role."`
	Unit string              `required:"" placeholder:"CODE" help:"Its unit."`
}

// Run makes it. The NIK is asked for: it is personal, and by it the account is kept from the cases of those near it.
func (r *AccountCreate) Run(ctx context.Context, s Streams) error {
	nik, err := newAsker(s, r.Output).secret("NIK")
	if err != nil {
		return err
	}
	req := &pb.CreateAccountRequest{Code: r.Code, FullName: r.Name, Nik: nik, Role: r.Role.Value, Unit: resource("units", r.Unit)}
	return act(ctx, s, target{Remote: r.Remote, Write: &r.Write}, "account create", req, pb.AccountServiceClient.CreateAccount)
}

// AccountList lists.
type AccountList struct {
	Remote

	Unit  string `placeholder:"CODE" help:"Unit; the caller's if absent."`
	Limit int    `default:"100" help:"At most so many."`
}

// Run lists.
func (r *AccountList) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "account list", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllAccounts(ctx, &pb.ListAccountsRequest{Unit: resource("units", r.Unit)}), r.Limit, []column[*pb.Account]{
			{"code", func(_ *printer, a *pb.Account) string { return clean(a.GetCode()) }},
			{"name", func(_ *printer, a *pb.Account) string { return clean(a.GetFullName()) }},
			{"roles", func(_ *printer, a *pb.Account) string { return clean(rolesOf(a)) }},
			{"disabled", func(p *printer, a *pb.Account) string { return p.time(a.GetDisableTime()) }},
			{"account", func(_ *printer, a *pb.Account) string { return clean(a.GetName()) }},
		})
	})
}

// rolesOf are the roles that have not ended; one that waits for its second person has a question mark.
func rolesOf(a *pb.Account) string {
	var roles []string
	for _, m := range a.GetMemberships() {
		if m.GetUntilTime() != nil {
			continue
		}
		role := m.GetRole().String()
		if m.GetApproveTime() == nil {
			role += "?"
		}
		roles = append(roles, role)
	}
	return strings.Join(roles, " ")
}

// onAccount is a command on an account named by its code or name.
type onAccount struct {
	Remote

	Account string `arg:"" help:"Account, by its code or accounts/UUID."`
	Unit    string `placeholder:"CODE" help:"Unit in which its code is looked for; the caller's if absent."`
}

// name finds the account of a code among those of the unit.
func (r onAccount) name(ctx context.Context, c *client.Client) (string, error) {
	if strings.HasPrefix(r.Account, "accounts/") {
		return r.Account, nil
	}
	for a, err := range c.AllAccounts(ctx, &pb.ListAccountsRequest{PageSize: 100, Unit: resource("units", r.Unit)}) {
		if err != nil {
			return "", err
		}
		if a.GetCode() == r.Account {
			return a.GetName(), nil
		}
	}
	return "", &Fault{What: r.Account, Why: "no account of the unit has this code", Remedy: "name the unit with --unit", Code: exitUsage}
}

// change sends a change of the account.
func change[Q, A proto.Message](ctx context.Context, s Streams, r onAccount, w *Write, what string, req Q,
	method func(pb.AccountServiceClient, context.Context, Q, ...grpc.CallOption) (A, error),
) error {
	say(req, "request_id", w.id())
	return w.again(r.do(ctx, s, what, func(ctx context.Context, c *client.Client, p *printer) error {
		name, err := r.name(ctx, c)
		if err != nil {
			return err
		}
		say(req, "name", name)
		answer, err := method(c.Accounts, ctx, req)
		if err != nil {
			return err
		}
		return p.one(answer)
	}))
}

// AccountShow shows an account.
type AccountShow struct{ onAccount }

// Run shows it.
func (r *AccountShow) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "account show", func(ctx context.Context, c *client.Client, p *printer) error {
		name, err := r.name(ctx, c)
		if err != nil {
			return err
		}
		a, err := c.Accounts.GetAccount(ctx, &pb.GetAccountRequest{Name: name})
		if err != nil {
			return err
		}
		return p.one(a)
	})
}

// AccountInvite makes a new link.
type AccountInvite struct {
	onAccount
	Write
}

// Run makes it and shows it once.
func (r *AccountInvite) Run(ctx context.Context, s Streams) error {
	return change(ctx, s, r.onAccount, &r.Write, "account invite", &pb.InviteAccountRequest{}, pb.AccountServiceClient.InviteAccount)
}

// AccountDisable ends an account.
type AccountDisable struct {
	onAccount
	Write

	AtOnce bool `help:"Though it still owes: its units' duty officers follow."`
}

// Run ends it.
func (r *AccountDisable) Run(ctx context.Context, s Streams) error {
	return change(ctx, s, r.onAccount, &r.Write, "account disable", &pb.DisableAccountRequest{AtOnce: r.AtOnce}, pb.AccountServiceClient.DisableAccount)
}

// AccountEnrol sets up a sign-in.
type AccountEnrol struct {
	Remote

	SSO bool `name:"sso" help:"By the regency's sign-on, in a browser on this machine, in place of password and code."`
}

// Run asks for the invitation, shows what an authenticator needs, asks for password and code, and keeps the session if there is one. From
// standard input: invitation, of a setup link also code, name and NIK, then password and code, a line each.
func (r *AccountEnrol) Run(ctx context.Context, s Streams) error {
	file, err := r.kept()
	if err != nil {
		return err
	}
	ask := newAsker(s, r.Output)
	link, err := ask.secret("invitation")
	if err != nil {
		return err
	}
	if _, secret, ok := strings.Cut(link, "#"); ok {
		link = secret
	}
	options := client.Options{}
	if r.CA != "" {
		options.TLS = client.TLS(r.CA)
	}
	ctx, cancel := context.WithTimeout(ctx, loginWithin)
	defer cancel()
	c, err := client.Dial(ctx, r.GRPC, options)
	if err != nil {
		return &Fault{What: "account enrol", Why: err.Error(), Code: exitUsage}
	}
	defer c.Close()
	done, err := r.enrol(ctx, s, c, ask, link)
	if err != nil {
		return explain("account enrol", r.Lang, err)
	}
	if len(done.GetRecoveryCodes()) > 0 {
		fmt.Fprintln(s.Err, "sinergi: recovery codes, each for one time in place of the second factor; write them down, they are shown once:")
	}
	for _, code := range done.GetRecoveryCodes() {
		fmt.Fprintln(s.Out, clean(code))
	}
	if done.GetCredential() == nil {
		fmt.Fprintln(s.Err, "sinergi: the role waits for a second person; sign in once it is approved")
		return nil
	}
	return keepSession(s, r.Remote, file, done.GetCredential())
}

func (r *AccountEnrol) enrol(ctx context.Context, s Streams, c *client.Client, ask *asker, link string) (*pb.AcceptInvitationResponse, error) {
	begun, err := c.Accounts.BeginEnrolment(ctx, &pb.BeginEnrolmentRequest{Invitation: link})
	if err != nil {
		return nil, err
	}
	req := &pb.AcceptInvitationRequest{Invitation: link}
	if begun.GetSetup() {
		for _, field := range []struct {
			what string
			to   *string
		}{{"account code", &req.Code}, {"name", &req.FullName}, {"NIK (or -)", &req.Nik}} {
			if *field.to, err = ask.line(field.what); err != nil {
				return nil, err
			}
		}
		req.Nik = strings.Trim(req.Nik, "-") // a hyphen is none
	} else {
		fmt.Fprintf(s.Err, "sinergi: account %s\n", clean(begun.GetCode()))
	}
	if r.SSO {
		b, err := browse(ctx, s, c)
		if err != nil {
			return nil, err
		}
		req.State, req.SignOnCode, req.Secret = b.state, b.code, b.secret
		return c.Accounts.AcceptInvitation(ctx, req)
	}
	fmt.Fprintf(s.Err, "sinergi: put this into an authenticator app, as a key of time-based codes:\n  %s\n  %s\n", clean(begun.GetTotpSecret()), clean(begun.GetTotpUri()))
	if req.Password, err = ask.secret("new password"); err != nil {
		return nil, err
	}
	if req.TotpCode, err = ask.secret("code"); err != nil {
		return nil, err
	}
	return c.Accounts.AcceptInvitation(ctx, req)
}

// AccountPassword changes the own password.
type AccountPassword struct{ Remote }

// Run asks for both.
func (r *AccountPassword) Run(ctx context.Context, s Streams) error {
	ask := newAsker(s, r.Output)
	now, err := ask.secret("password")
	if err != nil {
		return err
	}
	next, err := ask.secret("new password")
	if err != nil {
		return err
	}
	return r.do(ctx, s, "account password", func(ctx context.Context, c *client.Client, p *printer) error {
		_, err := c.Accounts.ChangePassword(ctx, &pb.ChangePasswordRequest{Password: now, NewPassword: next})
		return err
	})
}

// AccountCodes makes new recovery codes.
type AccountCodes struct{ Remote }

// Run shows them once.
func (r *AccountCodes) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "account codes", func(ctx context.Context, c *client.Client, p *printer) error {
		codes, err := c.Accounts.RenewRecoveryCodes(ctx, &pb.RenewRecoveryCodesRequest{})
		if err != nil {
			return err
		}
		return p.one(codes)
	})
}

// MembershipAdd gives a role.
type MembershipAdd struct {
	onAccount
	Write

	Role Word[pb.Role_Value] `required:"" placeholder:"ROLE" help:"Role."`
	In   string              `required:"" placeholder:"CODE" help:"Unit of the new role."`
}

// Run gives it.
func (r *MembershipAdd) Run(ctx context.Context, s Streams) error {
	req := &pb.AddMembershipRequest{Role: r.Role.Value, Unit: resource("units", r.In)}
	return change(ctx, s, r.onAccount, &r.Write, "membership add", req, pb.AccountServiceClient.AddMembership)
}

// MembershipEnd ends a role.
type MembershipEnd struct {
	Remote
	Write

	Name string `arg:"" help:"memberships/UUID."`
}

// Run ends it.
func (r *MembershipEnd) Run(ctx context.Context, s Streams) error {
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("memberships", r.Name)}
	return act(ctx, s, on, "membership end", &pb.EndMembershipRequest{}, pb.AccountServiceClient.EndMembership)
}

// MembershipApprove lets a role work.
type MembershipApprove struct {
	Remote
	Write

	Name string `arg:"" help:"memberships/UUID."`
}

// Run lets it.
func (r *MembershipApprove) Run(ctx context.Context, s Streams) error {
	on := target{Remote: r.Remote, Write: &r.Write, name: resource("memberships", r.Name)}
	return act(ctx, s, on, "membership approve", &pb.ApproveMembershipRequest{}, pb.AccountServiceClient.ApproveMembership)
}

// MembershipPending lists what waits.
type MembershipPending struct {
	Remote

	Limit int `default:"100" help:"At most so many."`
}

// Run lists.
func (r *MembershipPending) Run(ctx context.Context, s Streams) error {
	return r.do(ctx, s, "membership pending", func(ctx context.Context, c *client.Client, p *printer) error {
		return list(p, c.AllPendingMemberships(ctx, &pb.ListPendingMembershipsRequest{}), r.Limit, []column[*pb.PendingMembership]{
			{"since", func(p *printer, m *pb.PendingMembership) string { return p.time(m.GetMembership().GetFromTime()) }},
			{"role", func(_ *printer, m *pb.PendingMembership) string { return m.GetMembership().GetRole().String() }},
			{"account", func(_ *printer, m *pb.PendingMembership) string { return clean(m.GetCode()) }},
			{"name", func(_ *printer, m *pb.PendingMembership) string { return clean(m.GetFullName()) }},
			{"membership", func(_ *printer, m *pb.PendingMembership) string { return clean(m.GetMembership().GetName()) }},
		})
	})
}
