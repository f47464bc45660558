package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// AppCmd is programs of a unit that file by themselves, and their tokens.
type AppCmd struct {
	Create AppCreate      `cmd:"" help:"An account for a program of one unit."`
	Token  AppTokenCreate `cmd:"" name:"token" help:"Make a token of an app, shown once."`
	Tokens AppTokenList   `cmd:"" help:"Tokens of an app, with their last use."`
	Revoke AppTokenRevoke `cmd:"" help:"End a token within 5 seconds."`
}

// AppCreate makes the account.
type AppCreate struct {
	Remote
	Write

	Code string `arg:"" help:"Name for it: lower-case letters, digits, -."`
	Name string `required:"" placeholder:"TEXT" help:"What it is, such as the product and the place."`
	Unit string `required:"" placeholder:"CODE" help:"Its unit."`
}

// Run makes it. An app needs nobody's approval: it can only file and follow what it has filed.
func (a *AppCreate) Run(ctx context.Context, s Streams) error {
	req := &pb.CreateAccountRequest{
		Code: a.Code, FullName: a.Name, Kind: pb.AccountKind_APP, Role: pb.Role_APP, Unit: resource("units", a.Unit),
	}
	return act(ctx, s, target{Remote: a.Remote, Write: &a.Write}, "app create", req, pb.AccountServiceClient.CreateAccount)
}

// AppTokenCreate makes a token.
type AppTokenCreate struct {
	Remote
	Write

	App         string    `arg:"" help:"App, by its code or accounts/UUID."`
	Scopes      []string  `placeholder:"file,status,assess" help:"What it is for; all if absent."`
	CIDRs       []string  `name:"cidr" placeholder:"CIDR" help:"Networks from which alone it is taken."`
	Certificate string    `placeholder:"SHA256|FILE" help:"Client certificate without which it is not taken: its SHA-256, or the PEM file."`
	Until       time.Time `placeholder:"RFC3339" help:"Until when; 90 days at most, and if absent."`
	Out         string    `placeholder:"FILE" help:"Write the token to a file of mode 0600 and not to the terminal."`
}

// Run makes it and shows it once.
func (a *AppTokenCreate) Run(ctx context.Context, s Streams) error {
	certificate, err := fingerprint(a.Certificate)
	if err != nil {
		return err
	}
	req := &pb.CreateAppTokenRequest{
		RequestId: a.id(), Scopes: a.Scopes, Cidrs: a.CIDRs, CertificateSha256: certificate, ExpireTime: instant(a.Until),
	}
	return a.again(a.do(ctx, s, "app token", func(ctx context.Context, c *client.Client, p *printer) error {
		if req.Name, err = appNamed(ctx, c, a.App); err != nil {
			return err
		}
		made, err := c.Accounts.CreateAppToken(ctx, req)
		if err != nil {
			return err
		}
		if made.GetToken() == "" && made.GetAppToken() != nil {
			return &Fault{
				What: "app token", Why: "this request was done before, and a token is shown once",
				Remedy: "revoke " + clean(made.GetAppToken().GetName()) + " and make another with a new --request-id", Code: exitState,
			}
		}
		if a.Out != "" {
			if err := client.KeepToken(a.Out, made.GetToken()); err != nil {
				return err
			}
			made.Token = ""
		}
		return p.one(made)
	}))
}

// fingerprint is the SHA-256 of a certificate: as typed, with colons or without, or of a PEM file.
func fingerprint(typed string) (string, error) {
	text := strings.ToLower(strings.ReplaceAll(typed, ":", ""))
	if raw, err := hex.DecodeString(text); typed == "" || err == nil && len(raw) == sha256.Size {
		return text, nil
	}
	file, err := os.ReadFile(typed)
	if err != nil {
		return "", &Fault{What: "read " + typed, Why: cause(err), Code: exitUsage}
	}
	block, _ := pem.Decode(file)
	if block == nil || block.Type != "CERTIFICATE" {
		return "", &Fault{What: "read " + typed, Why: "no certificate in it", Code: exitUsage}
	}
	return fmt.Sprintf("%x", sha256.Sum256(block.Bytes)), nil
}

// AppTokenList lists.
type AppTokenList struct {
	Remote

	App string `arg:"" help:"App, by its code or accounts/UUID."`
}

// Run lists.
func (a *AppTokenList) Run(ctx context.Context, s Streams) error {
	return a.do(ctx, s, "app tokens", func(ctx context.Context, c *client.Client, p *printer) error {
		name, err := appNamed(ctx, c, a.App)
		if err != nil {
			return err
		}
		answer, err := c.Accounts.ListAppTokens(ctx, &pb.ListAppTokensRequest{Name: name})
		if err != nil {
			return err
		}
		return list(p, each(answer.GetTokens()), len(answer.GetTokens()), []column[*pb.AppToken]{
			{"token", func(_ *printer, t *pb.AppToken) string { return clean(t.GetName()) }},
			{"scopes", func(_ *printer, t *pb.AppToken) string { return clean(strings.Join(t.GetScopes(), ",")) }},
			{"from", func(_ *printer, t *pb.AppToken) string { return clean(strings.Join(t.GetCidrs(), ",")) }},
			{"until", func(p *printer, t *pb.AppToken) string { return p.time(t.GetExpireTime()) }},
			{"revoked", func(p *printer, t *pb.AppToken) string { return p.time(t.GetRevokeTime()) }},
			{"last used", func(p *printer, t *pb.AppToken) string { return p.time(t.GetLastUseTime()) }},
		})
	})
}

// AppTokenRevoke ends a token.
type AppTokenRevoke struct {
	Remote
	Write

	Token string `arg:"" help:"Token, tokens/ID."`
	Yes   bool   `help:"Do not ask."`
}

// Run ends it.
func (a *AppTokenRevoke) Run(ctx context.Context, s Streams) error {
	name := resource("tokens", a.Token)
	return act(ctx, s, target{Remote: a.Remote, Write: &a.Write, name: name}, "app revoke", &pb.RevokeAppTokenRequest{},
		pb.AccountServiceClient.RevokeAppToken, sure(a.Yes, a.Output, "revoking", name))
}

// appNamed is an app's resource name, by the administrator's name for it in the own unit.
func appNamed(ctx context.Context, c *client.Client, typed string) (string, error) {
	if strings.HasPrefix(typed, "accounts/") || !numbered("accounts/"+typed) {
		return resource("accounts", typed), nil
	}
	req := &pb.ListAccountsRequest{PageSize: 100}
	for {
		page, err := c.Accounts.ListAccounts(ctx, req)
		if err != nil {
			return "", err
		}
		for _, a := range page.GetAccounts() {
			if a.GetCode() == typed {
				return a.GetName(), nil
			}
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			return "", &Fault{What: "app", Why: "no account of your unit has this code", Remedy: "give its accounts/UUID", Code: exitNotFound}
		}
	}
}
