package server

import (
	"github.com/sinergi-pug/sinergi/domain/access"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
	"github.com/sinergi-pug/sinergi/store"
)

// accounts is who calls: sign-in and sessions, accounts and their roles.
type accounts struct {
	pb.UnimplementedAccountServiceServer
	*Server
}

var (
	errNotFound = refusal(access.NotFound)
	errDenied   = refusal(access.Denied)
)

// refuseOwn undoes all but the entry of what a caller may not do with her own account.
func (c call) refuseOwn(action string, err error) error {
	rec := c.own(action, "")
	rec.Entry.Outcome = "DENIED"
	return &store.Refusal{Record: rec, Err: err}
}
