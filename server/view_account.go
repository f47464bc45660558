package server

import (
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// Messages of accounts and of what is shown of a sign-in once. They hold nothing about a client.

// viewAccount makes the message of an account, with the roles that it has in the caller's units.
func (c call) viewAccount(a store.Account, all []store.Membership, enrolled bool) *pb.Account {
	kind := pb.AccountKind_PERSON
	if a.Kind == "APP" {
		kind = pb.AccountKind_APP
	}
	m := &pb.Account{
		Name: accountName(a.ID), Etag: etag(a.Revision), Code: a.Code, Kind: kind, FullName: a.Name, DisableTime: timestamp(a.Until), Enrolled: enrolled,
	}
	for _, role := range all {
		if c.administers(role.Unit) {
			m.Memberships = append(m.Memberships, viewMembership(role))
		}
	}
	return m
}

// viewPending makes the message of a role that waits.
func viewPending(m store.Membership, a store.Account) *pb.PendingMembership {
	return &pb.PendingMembership{Membership: viewMembership(m), Code: a.Code, FullName: a.Name}
}

// viewInvitation shows a link's secret, once.
func viewInvitation(i store.Invitation, secret string) *pb.Invitation {
	return &pb.Invitation{Account: accountName(i.Account), Invitation: secret, ExpireTime: timestamp(i.Expires)}
}

// viewEnrolment shows what a sign-in is made of to who holds its link.
func viewEnrolment(e enrolment, uri string, signOn bool) *pb.BeginEnrolmentResponse {
	return &pb.BeginEnrolmentResponse{Setup: e.Setup(), Code: e.account.Code, TotpSecret: e.TOTP, TotpUri: uri, SignOn: signOn}
}

// viewRecoveryCodes shows them, once.
func viewRecoveryCodes(codes []string) *pb.RenewRecoveryCodesResponse {
	return &pb.RenewRecoveryCodesResponse{RecoveryCodes: codes}
}

// viewCredential shows a session's token, once.
func viewCredential(token string, m store.Membership, all []store.Membership, mfa, expires time.Time) *pb.Credential {
	return &pb.Credential{
		Token: token, ExpireTime: timestamp(expires), Account: accountName(m.Account), MfaTime: timestamp(mfa),
		Membership: viewMembership(m), Memberships: viewMemberships(all),
	}
}

// viewCreated is the answer to a new account; a person's gets its invitation beside it.
func (c call) viewCreated(a store.Account, all []store.Membership, invitation *pb.Invitation) *pb.CreateAccountResponse {
	return &pb.CreateAccountResponse{Account: c.viewAccount(a, all, false), Invitation: invitation}
}
