package server

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/sinergi-pug/sinergi/domain/journal"
	"github.com/sinergi-pug/sinergi/domain/statistics"
)

// Config says how the server is reached. Its zero value serves on loopback, without TLS and with the API browser.
type Config struct {
	HTTP string `env:"SINERGI_HTTP" default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Address of REST."`
	GRPC string `env:"SINERGI_GRPC" default:"127.0.0.1:9090" placeholder:"ADDRESS" help:"Address of gRPC."`

	Metrics       string `env:"SINERGI_METRICS" placeholder:"ADDRESS" help:"Address of /metrics, such as 127.0.0.1:9091; none if absent."`
	MetricsRemote bool   `env:"SINERGI_METRICS_REMOTE" help:"Let other machines read the metrics, over TLS."`

	TLSCert string `env:"SINERGI_TLS_CERT" placeholder:"FILE" help:"Certificate chain, PEM; read again when it changes."`
	TLSKey  string `env:"SINERGI_TLS_KEY" placeholder:"FILE" help:"Its key, PEM; read again when it changes."`
	URL     string `env:"SINERGI_URL" placeholder:"URL" help:"Public address, if a proxy stands before the server."`

	TrustedProxies []netip.Prefix `env:"SINERGI_TRUSTED_PROXIES" placeholder:"CIDR" help:"Networks whose right-most X-Forwarded-For is believed."`

	Witnesses []string `env:"SINERGI_WITNESSES" placeholder:"KEY" help:"Verifier keys of the journal's witnesses; a day without a cosignature of one is told to the reviewer."`

	JournalReads string `env:"SINERGI_JOURNAL_READS" enum:"restricted,all" default:"restricted" help:"Which reads are on record: those of restricted and of others' cases, or all."`

	TemplateOrder string `env:"SINERGI_TEMPLATE_ORDER" placeholder:"FILE" help:"Codes of units and places, one a line, in the order in which the regency's own template has them."`

	EpsilonProtected float64 `env:"SINERGI_EPSILON_PROTECTED" default:"2.5" placeholder:"N" help:"What a year's releases may cost a person of the protected side, as a sum of epsilon."`
	EpsilonOverlap   float64 `env:"SINERGI_EPSILON_OVERLAP" default:"3" placeholder:"N" help:"The same for a victim who is in overlap-year besides."`
	EpsilonChild     float64 `env:"SINERGI_EPSILON_CHILD" default:"15.5" placeholder:"N" help:"The same for a child in the nutrition tables."`

	Docs       string `env:"SINERGI_DOCS" enum:"auto,on,off" default:"auto" help:"API browser at /docs/; auto is on when all listeners are loopback."`
	Reflection string `env:"SINERGI_REFLECTION" enum:"auto,on,off" default:"auto" help:"gRPC reflection; auto is on when all listeners are loopback."`
	LogLevel   string `env:"SINERGI_LOG" enum:"debug,info,warn,error" default:"info" help:"Least level that is logged."`

	Limits `embed:"" prefix:"limit-"`

	SignOnIssuer     string   `env:"SINERGI_SIGN_ON_ISSUER" placeholder:"URL" help:"The regency's OpenID Connect provider, as its tokens name it."`
	SignOnClient     string   `env:"SINERGI_SIGN_ON_CLIENT" placeholder:"ID" help:"Client id by which the provider knows this server."`
	SignOnSecretFile string   `env:"SINERGI_SIGN_ON_SECRET_FILE" placeholder:"FILE" help:"The client's secret, mode 0600; a public client has none."`
	SignOnRedirects  []string `env:"SINERGI_SIGN_ON_REDIRECTS" placeholder:"URL" help:"Where the provider may send a browser back, besides loopback."`
	SignOnFactors    []string `env:"SINERGI_SIGN_ON_FACTORS" placeholder:"ACR" help:"Values of acr that stand for a second factor."`

	Now func() time.Time `kong:"-"` // the server's clock; time.Now when nil
	Log io.Writer        `kong:"-"` // where the log goes; standard error when nil

	NoSweep bool `kong:"-"` // Sweep is called by whoever made the server
}

// Limits are how much one caller may ask for. A zero field has the default of protection.md, a negative one is off.
type Limits struct {
	AccountPerSecond  float64 `name:"account" env:"SINERGI_LIMIT_ACCOUNT" default:"20" placeholder:"N" help:"Calls a second of one account."`
	AccountBurst      int     `env:"SINERGI_LIMIT_ACCOUNT_BURST" default:"100" placeholder:"N" help:"Calls of one account at once."`
	PeerPerSecond     float64 `name:"peer" env:"SINERGI_LIMIT_PEER" default:"100" placeholder:"N" help:"Calls a second of one address before it says who it is."`
	PeerBurst         int     `env:"SINERGI_LIMIT_PEER_BURST" default:"100" placeholder:"N" help:"Calls of one address at once."`
	SearchesPerHour   float64 `name:"searches" env:"SINERGI_LIMIT_SEARCHES" default:"60" placeholder:"N" help:"Searches by name an hour, of one account."`
	NotFoundPerHour   float64 `name:"not-found" env:"SINERGI_LIMIT_NOT_FOUND" default:"60" placeholder:"N" help:"Answers NOT_FOUND an hour, to one account."`
	LookupsPerHour    float64 `name:"lookups" env:"SINERGI_LIMIT_LOOKUPS" default:"30" placeholder:"N" help:"Look-ups by NIK an hour that show nothing, of one account."`
	MatchesPerHour    float64 `name:"matches" env:"SINERGI_LIMIT_MATCHES" default:"30" placeholder:"N" help:"Calls of FindMatches an hour, of one account; and as many of RevealForReview."`
	AppFilings        int     `env:"SINERGI_LIMIT_APP_FILINGS" default:"1000" placeholder:"N" help:"Referrals and reports a day, of one app."`
	AppEmergencies    int     `env:"SINERGI_LIMIT_APP_EMERGENCIES" default:"100" placeholder:"N" help:"How many more a day, if they are an emergency."`
	AppMeasurements   int     `env:"SINERGI_LIMIT_APP_MEASUREMENTS" default:"20000" placeholder:"N" help:"Measurements a day, of one app."`
	Streams           int     `env:"SINERGI_LIMIT_STREAMS" default:"4" placeholder:"N" help:"Open streams of one account."`
	ConnectionStreams int     `env:"SINERGI_LIMIT_CONNECTION_STREAMS" default:"100" placeholder:"N" help:"Calls and streams of one gRPC connection at once."`
	Calls             int     `env:"SINERGI_LIMIT_CALLS" default:"128" placeholder:"N" help:"Calls under way at once, of all callers together."`
}

// NoLimits switches every rate off, for measurements. How many calls are under way at once is no caller's rate, and stays.
var NoLimits = Limits{
	AccountPerSecond: -1, PeerPerSecond: -1, SearchesPerHour: -1, AppFilings: -1, AppEmergencies: -1, AppMeasurements: -1, Streams: -1,
	NotFoundPerHour: -1, LookupsPerHour: -1, MatchesPerHour: -1,
}

// completed fills the defaults and refuses what would put personal data on the wire in clear.
func (c Config) completed() (Config, error) {
	c.HTTP, c.GRPC = orElse(c.HTTP, "127.0.0.1:8080"), orElse(c.GRPC, "127.0.0.1:9090")
	c.Docs, c.Reflection = orElse(c.Docs, "auto"), orElse(c.Reflection, "auto")
	c.LogLevel = orElse(c.LogLevel, "info")
	c.JournalReads = orElse(c.JournalReads, "restricted")
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = os.Stderr
	}
	c.Limits = c.Limits.completed()
	byDefault := statistics.DefaultLimits()
	c.EpsilonProtected = unlessZero(c.EpsilonProtected, byDefault.Protected)
	c.EpsilonOverlap = unlessZero(c.EpsilonOverlap, byDefault.WithOverlap)
	c.EpsilonChild = unlessZero(c.EpsilonChild, byDefault.Child)
	return c, c.check()
}

// epsilons are what a year's releases may cost one person (design: statistics 4).
func (c Config) epsilons() statistics.Limits {
	return statistics.Limits{Protected: c.EpsilonProtected, WithOverlap: c.EpsilonOverlap, Child: c.EpsilonChild}
}

func (l Limits) completed() Limits {
	l.AccountPerSecond, l.AccountBurst = unlessZero(l.AccountPerSecond, 20), unlessZero(l.AccountBurst, 100)
	l.PeerPerSecond, l.PeerBurst = unlessZero(l.PeerPerSecond, 100), unlessZero(l.PeerBurst, 100)
	l.SearchesPerHour = unlessZero(l.SearchesPerHour, 60)
	l.NotFoundPerHour, l.LookupsPerHour = unlessZero(l.NotFoundPerHour, 60), unlessZero(l.LookupsPerHour, 30)
	l.MatchesPerHour = unlessZero(l.MatchesPerHour, 30)
	l.AppFilings, l.AppEmergencies = unlessZero(l.AppFilings, 1000), unlessZero(l.AppEmergencies, 100)
	l.AppMeasurements = unlessZero(l.AppMeasurements, 20_000)
	l.Streams, l.ConnectionStreams = unlessZero(l.Streams, 4), unlessZero(l.ConnectionStreams, 100)
	l.Calls = unlessZero(l.Calls, 128)
	return l
}

func unlessZero[N int | float64](value, byDefault N) N {
	if value == 0 {
		return byDefault
	}
	return value
}

func (c Config) check() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("TLS needs both files: give --tls-cert and --tls-key")
	}
	for _, s := range []struct{ flag, value string }{{"--docs", c.Docs}, {"--reflection", c.Reflection}} {
		if s.value != "auto" && s.value != "on" && s.value != "off" {
			return fmt.Errorf("%s is on, off or auto", s.flag)
		}
	}
	if c.Metrics != "" {
		if err := c.checkMetrics(); err != nil {
			return err
		}
	}
	if c.JournalReads != "restricted" && c.JournalReads != "all" {
		return errors.New("--journal-reads is restricted or all")
	}
	for _, address := range []string{c.HTTP, c.GRPC} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("%q is no address to listen on: write HOST:PORT, such as 127.0.0.1:8080", address)
		}
		if !loopback(address) && !c.encrypted() {
			return fmt.Errorf("%s can be reached from other machines, so it needs TLS: give --tls-cert and --tls-key, "+
				"or --url https://… and --trusted-proxies if a proxy ends TLS, or listen on 127.0.0.1", address)
		}
	}
	return nil
}

// checkMetrics keeps the metrics on this machine unless somebody says otherwise: each counter is a statistic of the regency's work.
func (c Config) checkMetrics() error {
	if _, _, err := net.SplitHostPort(c.Metrics); err != nil {
		return fmt.Errorf("%q is no address for metrics: write HOST:PORT, such as 127.0.0.1:9091", c.Metrics)
	}
	if loopback(c.Metrics) || c.MetricsRemote && c.TLSCert != "" {
		return nil
	}
	return fmt.Errorf("%s can be reached from other machines, and metrics tell how much of what is done when: use 127.0.0.1, "+
		"or give --metrics-remote with --tls-cert and --tls-key", c.Metrics)
}

// encrypted tells whether calls from other machines come through TLS, ours or that of a proxy we were told to trust.
func (c Config) encrypted() bool {
	return c.TLSCert != "" || strings.HasPrefix(c.URL, "https://") && len(c.TrustedProxies) > 0
}

// local tells whether nobody but this machine reaches the server.
func (c Config) local() bool { return loopback(c.HTTP) && loopback(c.GRPC) }

// on tells what a switch with "auto" comes to: third-party script and the whole contract are for developers, so not beyond
// this machine unasked.
func (c Config) on(value string) bool { return value == "on" || value == "auto" && c.local() }

// loopback tells whether an address to listen on is this machine's own. An empty host is every address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// witnesses reads the keys of those who sign the journal's checkpoints from outside.
func (c Config) witnesses() (all []*journal.Verifier, err error) {
	for _, text := range c.Witnesses {
		v, err := journal.ParseVerifier(text)
		if err != nil {
			return nil, fmt.Errorf("--witnesses: %w", err)
		}
		all = append(all, v)
	}
	return all, nil
}
