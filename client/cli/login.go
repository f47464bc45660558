package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// loginWithin is how long a person has to approve a device or to come back from the sign-on.
const loginWithin = 10 * time.Minute

// Login signs in and keeps the token for the commands that follow.
type Login struct {
	Remote

	Password bool                `xor:"way" help:"Ask for account, password and code; from standard input they are three lines."`
	SSO      bool                `name:"sso" xor:"way" help:"By the regency's sign-on, in a browser on this machine."`
	Account  string              `placeholder:"CODE" help:"Account, for --password; asked for if absent."`
	Recovery bool                `help:"With --password: a recovery code in place of the second factor."`
	Unit     string              `placeholder:"CODE" help:"Unit to act in; the account's first role if absent."`
	Role     Word[pb.Role_Value] `placeholder:"ROLE" help:"Role to act in, if the account has two there."`
}

// Run signs in. Without a way named, the person approves this command where she is signed in already: no password is typed here.
func (l *Login) Run(ctx context.Context, s Streams) error {
	way := l.byDevice
	switch {
	case l.Password:
		way = l.byPassword
	case l.SSO:
		way = l.bySignOn
	}
	return l.signIn(ctx, s, func(ctx context.Context, c *client.Client) (*pb.Credential, error) { return way(ctx, s, c) })
}

// signIn does it without a token, then keeps the one that comes.
func (l *Login) signIn(ctx context.Context, s Streams, way func(context.Context, *client.Client) (*pb.Credential, error)) error {
	file, err := l.kept()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, loginWithin)
	defer cancel()
	var options client.Options
	if l.CA != "" {
		options.TLS = client.TLS(l.CA)
	}
	c, err := client.Dial(ctx, l.GRPC, options)
	if err != nil {
		return &Fault{What: "login", Why: err.Error(), Code: exitUsage}
	}
	defer c.Close()
	session, err := way(ctx, c)
	if err != nil {
		return explain("login", l.Lang, err)
	}
	return keepSession(s, l.Remote, file, session)
}

// keepSession keeps the token and says whose it is, without it.
func keepSession(s Streams, r Remote, file string, session *pb.Credential) error {
	if err := client.KeepToken(file, session.GetToken()); err != nil {
		return &Fault{What: "login", Why: err.Error(), Code: exitFailed}
	}
	if !r.Quiet {
		m := session.GetMembership()
		fmt.Fprintf(s.Err, "sinergi: signed in as %s until %s\n", strings.ToLower(m.GetRole().String()), session.GetExpireTime().AsTime().Local().Format(time.RFC3339))
		if os.Getenv("SINERGI_TOKEN") != "" {
			fmt.Fprintln(s.Err, "sinergi: SINERGI_TOKEN is set and goes first; unset it to use this sign-in")
		}
	}
	return nil
}

// kept is the file of the token: the one that was named, else one of this server's own.
func (r Remote) kept() (string, error) {
	if r.TokenFile != "" {
		return r.TokenFile, nil
	}
	file, err := client.TokenFile(r.GRPC)
	if err != nil {
		return "", &Fault{What: "token", Why: err.Error(), Remedy: "name a file with --token-file", Code: exitUsage}
	}
	return file, nil
}

func (l *Login) byDevice(ctx context.Context, s Streams, c *client.Client) (*pb.Credential, error) {
	if l.Unit != "" || l.Role.Value != 0 {
		return nil, &Fault{What: "login", Why: "who approves chooses the role", Remedy: `say --membership to "sinergi device approve"`, Code: exitUsage}
	}
	return c.SignInByDevice(ctx, "sinergi login", func(d *pb.StartDeviceResponse) error {
		where := d.GetVerificationUri()
		if where == "" {
			where = fmt.Sprintf("where you are signed in: sinergi device approve %s", clean(d.GetUserCode()))
		}
		_, err := fmt.Fprintf(s.Err, "sinergi: code %s, until %s. Approve it %s\n",
			clean(d.GetUserCode()), d.GetExpireTime().AsTime().Local().Format(time.TimeOnly), clean(where))
		return err
	})
}

func (l *Login) byPassword(ctx context.Context, s Streams, c *client.Client) (*pb.Credential, error) {
	ask := newAsker(s, l.Output)
	req := &pb.SignInRequest{Account: l.Account, Unit: resource("units", l.Unit), Role: l.Role.Value}
	var err error
	if req.Account == "" {
		if req.Account, err = ask.line("account"); err != nil {
			return nil, err
		}
	}
	if req.Password, err = ask.secret("password"); err != nil {
		return nil, err
	}
	code := &req.TotpCode
	if l.Recovery {
		code = &req.RecoveryCode
	}
	if *code, err = ask.secret("code"); err != nil {
		return nil, err
	}
	return c.Accounts.SignIn(ctx, req)
}

// asker asks a person, or reads the lines of a script. What is secret is not shown while it is typed.
type asker struct {
	s      Streams
	lines  *bufio.Reader
	person *os.File // standard input, if a person sits there
	mute   bool
}

func newAsker(s Streams, o Output) *asker {
	a := &asker{s: s, lines: bufio.NewReader(io.LimitReader(s.In, maxInput)), mute: o.NoInput}
	if terminal(s.In) {
		a.person = s.In.(*os.File)
	}
	return a
}

func (a *asker) line(what string) (string, error) {
	if a.person != nil {
		if a.mute {
			return "", &Fault{What: what, Why: "it would have to be asked for", Code: exitUsage}
		}
		fmt.Fprintf(a.s.Err, "%s: ", what)
	}
	text, err := a.lines.ReadString('\n')
	if text = strings.TrimRight(text, "\r\n"); text == "" {
		return "", &Fault{What: what, Why: "nothing was given", Code: exitUsage}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", &Fault{What: what, Why: cause(err), Code: exitUsage}
	}
	return text, nil
}

func (a *asker) secret(what string) (string, error) {
	if a.person == nil || a.mute {
		return a.line(what)
	}
	fmt.Fprintf(a.s.Err, "%s: ", what)
	text, err := term.ReadPassword(int(a.person.Fd()))
	fmt.Fprintln(a.s.Err)
	if err != nil || len(text) == 0 {
		return "", &Fault{What: what, Why: "nothing was given", Code: exitUsage}
	}
	return string(text), nil
}

func (l *Login) bySignOn(ctx context.Context, s Streams, c *client.Client) (*pb.Credential, error) {
	b, err := browse(ctx, s, c)
	if err != nil {
		return nil, err
	}
	return c.Accounts.CompleteSignOn(ctx, &pb.CompleteSignOnRequest{
		State: b.state, Secret: b.secret, Code: b.code, Unit: resource("units", l.Unit), Role: l.Role.Value,
	})
}

// broughtBack is what proves a sign-in at the provider: what came through the browser, and the secret that did not.
type broughtBack struct{ state, code, secret string }

// browse sends a person to the provider with a browser and waits on a loopback address for what it sends back (RFC 8252).
func browse(ctx context.Context, s Streams, c *client.Client) (b broughtBack, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return b, err
	}
	back := "http://" + listener.Addr().String() + "/"
	begun, err := c.Accounts.BeginSignOn(ctx, &pb.BeginSignOnRequest{RedirectUri: back})
	if err != nil {
		listener.Close()
		return b, err
	}
	fmt.Fprintf(s.Err, "sinergi: open this on this machine and sign in there:\n%s\n", begun.GetAuthorizationUri())
	code, err := waitForCode(ctx, listener, begun.GetState())
	return broughtBack{begun.GetState(), code, begun.GetSecret()}, err
}

// waitForCode serves one page until the browser comes back with our state. What comes with another state is somebody else's.
func waitForCode(ctx context.Context, listener net.Listener, state string) (string, error) {
	codes := make(chan url.Values, 1)
	page := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if r.Method != http.MethodGet || r.URL.Path != "/" || query.Get("state") != state {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		fmt.Fprintln(w, "Selesai. Silakan kembali ke terminal. / Done; go back to the terminal.")
		select {
		case codes <- query:
		default:
		}
	})}
	ended := make(chan error, 1)
	go func() { ended <- page.Serve(listener) }() // ends with Shutdown
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = page.Shutdown(stop)
		<-ended
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case query := <-codes:
		if query.Get("code") == "" {
			return "", &Fault{What: "sign-on", Why: "it did not let you in", Code: exitFailed}
		}
		return query.Get("code"), nil
	}
}

// Logout ends the session and forgets its token.
type Logout struct{ Remote }

// Run ends. A token that has ended already is forgotten too.
func (l *Logout) Run(ctx context.Context, s Streams) error {
	file, err := l.kept()
	if err != nil {
		return err
	}
	err = l.do(ctx, s, "logout", func(ctx context.Context, c *client.Client, _ *printer) error {
		_, err := c.Accounts.SignOut(ctx, &pb.SignOutRequest{})
		return err
	})
	var fault *Fault
	if err != nil && !(errors.As(err, &fault) && fault.Reason == pb.ErrorReason_UNAUTHENTICATED.String()) {
		return err
	}
	return client.ForgetToken(file)
}

// StepUp gives the second factor again.
type StepUp struct {
	Remote

	Recovery bool `xor:"way" help:"A recovery code in place of the second factor."`
	SSO      bool `name:"sso" xor:"way" help:"By the regency's sign-on, in a browser on this machine."`
}

// Run asks for the code, or sends to the sign-on, and keeps the new token, for the old one ends.
func (u *StepUp) Run(ctx context.Context, s Streams) error {
	file, err := u.kept()
	if err != nil {
		return err
	}
	remote, req := u.Remote, &pb.StepUpRequest{}
	if u.SSO {
		remote.Timeout = loginWithin
	} else {
		code := &req.TotpCode
		if u.Recovery {
			code = &req.RecoveryCode
		}
		if *code, err = newAsker(s, u.Output).secret("code"); err != nil {
			return err
		}
	}
	return remote.do(ctx, s, "step-up", func(ctx context.Context, c *client.Client, _ *printer) error {
		if u.SSO {
			b, err := browse(ctx, s, c)
			if err != nil {
				return err
			}
			req.State, req.SignOnCode, req.Secret = b.state, b.code, b.secret
		}
		session, err := c.Accounts.StepUp(ctx, req)
		if err != nil {
			return err
		}
		return keepSession(s, u.Remote, file, session)
	})
}

// Switch acts in another role.
type Switch struct {
	Remote

	Unit string              `arg:"" placeholder:"UNIT" help:"Unit of the role, by its code; or memberships/UUID."`
	Role Word[pb.Role_Value] `placeholder:"ROLE" help:"Role, if there are two in the unit."`
}

// Run switches. Whoever names a unit means the role there.
func (w *Switch) Run(ctx context.Context, s Streams) error {
	return w.do(ctx, s, "switch", func(ctx context.Context, c *client.Client, p *printer) error {
		membership, err := membershipNamed(ctx, c, w.Unit, w.Role.Value)
		if err != nil {
			return err
		}
		me, err := c.Accounts.Switch(ctx, &pb.SwitchRequest{Membership: membership})
		if err != nil {
			return err
		}
		return p.one(me)
	})
}

// membershipNamed is the caller's role in a unit, as the API names it.
func membershipNamed(ctx context.Context, c *client.Client, typed string, role pb.Role_Value) (string, error) {
	if typed == "" || strings.HasPrefix(typed, "memberships/") {
		return typed, nil
	}
	unit, err := c.Directory.GetUnit(ctx, &pb.GetUnitRequest{Name: resource("units", typed)})
	if err != nil {
		return "", err
	}
	me, err := c.Accounts.WhoAmI(ctx, &pb.WhoAmIRequest{})
	if err != nil {
		return "", err
	}
	for _, m := range me.GetMemberships() {
		if m.GetUnit() == unit.GetName() && m.GetApproveTime() != nil && m.GetUntilTime() == nil && (role == 0 || m.GetRole() == role) {
			return m.GetName(), nil
		}
	}
	return "", &Fault{What: "switch", Why: "you have no such role there", Remedy: `look with "sinergi whoami"`, Code: exitNotFound}
}

// DeviceCmd is devices that want to be let in.
type DeviceCmd struct {
	Approve DeviceApprove `cmd:"" help:"Let the device that shows a code act for you, as long as your second factor is fresh."`
}

// DeviceApprove lets one in.
type DeviceApprove struct {
	Remote

	Code string              `arg:"" help:"Code that the device shows."`
	Unit string              `placeholder:"CODE" help:"Unit of the role that the device acts in; the role of now if absent."`
	Role Word[pb.Role_Value] `placeholder:"ROLE" help:"Role, if there are two in the unit."`
	Yes  bool                `help:"Do not ask. Only for a code from your own device."`
}

// Run shows what asks, asks back, and lets it in: who reads a code out on the telephone may be anybody.
func (d *DeviceApprove) Run(ctx context.Context, s Streams) error {
	return d.do(ctx, s, "device approve", func(ctx context.Context, c *client.Client, p *printer) error {
		membership, err := membershipNamed(ctx, c, d.Unit, d.Role.Value)
		if err != nil {
			return err
		}
		req := &pb.ApproveDeviceRequest{UserCode: d.Code, Membership: membership, ValidateOnly: true}
		asks, err := c.Accounts.ApproveDevice(ctx, req)
		if err != nil {
			return err
		}
		if err := d.sure(s, asks.GetClient()); err != nil {
			return err
		}
		req.ValidateOnly = false
		answer, err := c.Accounts.ApproveDevice(ctx, req)
		if err != nil {
			return err
		}
		return p.one(answer)
	})
}

func (d *DeviceApprove) sure(s Streams, asks string) error {
	if d.Yes {
		return nil
	}
	if d.NoInput || !terminal(s.In) {
		return &Fault{What: "device approve", Why: fmt.Sprintf("a device that calls itself %q would see what you see", clean(asks)), Remedy: "say --yes", Code: exitUsage}
	}
	fmt.Fprintf(s.Err, "A device that calls itself %q will see what you see. Is it before you? [y/N] ", clean(asks))
	typed, err := bufio.NewReader(s.In).ReadString('\n')
	if answer := strings.ToLower(strings.TrimSpace(typed)); err != nil || answer != "y" && answer != "yes" && answer != "ya" {
		return &Fault{What: "device approve", Why: "not confirmed", Code: exitFailed}
	}
	return nil
}
