package cli

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/client"
)

// Output is how a command speaks.
type Output struct {
	JSON    bool   `name:"json" help:"JSON with the names of the API; lists have one object per line."`
	Lang    string `enum:"en,id" default:"en" help:"Language of values and messages: ${enum}."`
	Quiet   bool   `help:"No remarks on standard error."`
	NoInput bool   `name:"no-input" help:"Fail instead of asking."`
}

// Remote is how a command reaches the server.
type Remote struct {
	Output `embed:""`

	GRPC      string        `name:"grpc" env:"SINERGI_GRPC" default:"127.0.0.1:9090" placeholder:"HOST:PORT" help:"Address of the server's gRPC. Default ${default}."`
	TokenFile string        `env:"SINERGI_TOKEN_FILE" placeholder:"FILE" help:"File with the token, mode 0600; by default the one that login keeps. The token itself may stand in $SINERGI_TOKEN, never in a flag."`
	CA        string        `name:"ca" env:"SINERGI_CA" placeholder:"FILE" help:"Certificates to trust instead of the system's."`
	Timeout   time.Duration `default:"30s" help:"How long to try."`
}

// do connects, works within the time limit, and turns an error into one that a person can act on.
func (r Remote) do(ctx context.Context, s Streams, what string, work func(context.Context, *client.Client, *printer) error) error {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	options, err := r.options()
	if err != nil {
		return err
	}
	c, err := client.Dial(ctx, r.GRPC, options)
	if err != nil {
		return &Fault{What: what, Why: err.Error(), Code: exitUsage}
	}
	defer c.Close()
	return explain(what, r.Lang, work(ctx, c, newPrinter(ctx, s, r.Output, c)))
}

func (r Remote) options() (client.Options, error) {
	var options client.Options
	token := os.Getenv("SINERGI_TOKEN")
	if token != "" && r.TokenFile != "" {
		return options, &Fault{What: "token", Why: "both SINERGI_TOKEN and SINERGI_TOKEN_FILE are set", Remedy: "unset one", Code: exitUsage}
	}
	switch {
	case r.TokenFile != "":
		options.Token = client.Token(r.TokenFile)
	case token != "":
		options.Token = client.StaticToken(token)
	default:
		options.Token = r.signedIn()
	}
	if r.CA != "" {
		options.TLS = client.TLS(r.CA)
	}
	return options, nil
}

// signedIn is the token that login has kept for this server; nil if there is none.
func (r Remote) signedIn() func(context.Context) (string, error) {
	file, err := client.TokenFile(r.GRPC)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(file); err != nil {
		return nil
	}
	return client.Token(file)
}

// Write is what every change carries.
type Write struct {
	RequestID string `name:"request-id" placeholder:"UUID" help:"Id of a change that is being repeated; a new one if absent."`
}

// id is the request's id. It is made here and not by the client, so that an error can name it: who repeats with the same
// id never does a thing twice.
func (w *Write) id() string {
	if w.RequestID == "" {
		w.RequestID = client.NewRequestID()
	}
	return w.RequestID
}

// again adds to an error of the road that, and how, the change is safe to repeat.
func (w *Write) again(err error) error {
	if f, ok := err.(*Fault); ok && f.Code == exitUnreachable {
		f.Remedy = strings.TrimPrefix(f.Remedy+"; it is safe with --request-id "+w.id(), "; ")
	}
	if f, ok := err.(*Fault); ok && f.Reason == "AWAITING_SECOND" {
		f.Remedy += " with --request-id " + w.id()
	}
	return err
}

// resource makes a resource name of what people type: `R-7K2M-9N`, a UUID, or the name itself.
func resource(collection, id string) string {
	if id == "" || strings.HasPrefix(id, collection+"/") {
		return id
	}
	return collection + "/" + id
}

// numbered tells whether a resource is named by its number, which reads take and changes do not.
func numbered(name string) bool {
	const uuidLength = 36
	_, id, _ := strings.Cut(name, "/")
	return len(id) != uuidLength
}
