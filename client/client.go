// Package client is Sinergi for Go programs: a clinic's app, a script, our own command.
//
// [Dial] gives the generated service clients on one connection. Three promises come with it. A call that fails because
// of the road and not because of its content is repeated, within the deadline of its context, and the caller sees only
// the end. A write carries one request_id through all its tries, so that a repeated filing is one filing. And a token
// never leaves the machine in the clear: only a server on the same machine is spoken to without TLS.
//
// It knows no rule of the domain: what a caller may do next stands in allowed_actions of the answer, what was wrong in
// [Reason] and [Violations]. Begin reading at Dial; the lists are in lists.go, the patience in retry.go.
package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// Options says how to reach a server and as whom. The zero value is right for a production server that asks for no
// credential: TLS by the roots of the system.
type Options struct {
	// Token gives the bearer token of a call; it is asked for each call, so a token that was replaced is used at once.
	// See [Token]. Nil: calls carry none.
	Token func(context.Context) (string, error)
	// TLS gives the transport's configuration. See [TLS]. Nil: the roots of the system, and no TLS at all to a loopback
	// address, where a token does not leave the machine.
	TLS func() (*tls.Config, error)
}

// Client is the services of one server on one connection. It may be used by many goroutines.
type Client struct {
	Referrals  pb.ReferralServiceClient
	Cases      pb.CaseServiceClient
	Duties     pb.DutyServiceClient
	Reviews    pb.ReviewServiceClient
	Persons    pb.PersonServiceClient
	Growth     pb.GrowthServiceClient
	Statistics pb.StatisticsServiceClient
	Directory  pb.DirectoryServiceClient
	Accounts   pb.AccountServiceClient
	Journal    pb.JournalServiceClient
	Linkage    pb.LinkageServiceClient

	conn *grpc.ClientConn
}

// maxMessage is what one call may weigh: a filing is at most 1 MiB, and has to be kept whole until it is answered, or it
// could not be sent again.
const maxMessage = 4 << 20

// maxAnswer is what an answer may weigh: an office's table of all its villages, as rows or as a workbook, is some megabytes.
const maxAnswer = 16 << 20

// Dial prepares a connection to addr, `host:port`. It asks for the token and the roots at once, so that a missing file is
// told here; the network is first used by the first call.
func Dial(ctx context.Context, addr string, opts Options) (*Client, error) {
	security, secure, err := security(addr, opts.TLS)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, err)
	}
	dial := []grpc.DialOption{
		grpc.WithTransportCredentials(security),
		grpc.WithDefaultServiceConfig(retryPolicy),
		// A TXT record of the domain must not be able to switch our patience off.
		grpc.WithDisableServiceConfig(),
		grpc.WithChainUnaryInterceptor(requestID, patience),
		grpc.WithDefaultCallOptions(grpc.MaxRetryRPCBufferSize(maxMessage), grpc.MaxCallRecvMsgSize(maxAnswer)),
		grpc.WithUserAgent("sinergi-go"),
		// A road that died without a word is noticed, or each call would wait on it for its whole time. Servers take a ping in 30 s.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 40 * time.Second, Timeout: 10 * time.Second}),
	}
	if opts.Token != nil {
		if _, err := opts.Token(ctx); err != nil {
			return nil, fmt.Errorf("dial %s: %w", addr, err)
		}
		dial = append(dial, grpc.WithPerRPCCredentials(bearer{opts.Token, secure}))
	}
	conn, err := grpc.NewClient("dns:///"+addr, dial...)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, err)
	}
	return over(conn), nil
}

func over(conn *grpc.ClientConn) *Client {
	return &Client{
		Referrals:  pb.NewReferralServiceClient(conn),
		Cases:      pb.NewCaseServiceClient(conn),
		Duties:     pb.NewDutyServiceClient(conn),
		Reviews:    pb.NewReviewServiceClient(conn),
		Persons:    pb.NewPersonServiceClient(conn),
		Growth:     pb.NewGrowthServiceClient(conn),
		Statistics: pb.NewStatisticsServiceClient(conn),
		Directory:  pb.NewDirectoryServiceClient(conn),
		Accounts:   pb.NewAccountServiceClient(conn),
		Journal:    pb.NewJournalServiceClient(conn),
		Linkage:    pb.NewLinkageServiceClient(conn),
		conn:       conn,
	}
}

// Connection is the connection itself, for services that Client does not name: health, reflection.
func (c *Client) Connection() grpc.ClientConnInterface { return c.conn }

// Close ends the connection; calls that are under way fail.
func (c *Client) Close() error { return c.conn.Close() }

// security chooses the transport; secure tells whether a listener on the road learns nothing.
func security(addr string, config func() (*tls.Config, error)) (_ credentials.TransportCredentials, secure bool, _ error) {
	if config != nil {
		tls, err := config()
		if err != nil {
			return nil, false, err
		}
		return credentials.NewTLS(tls), true, nil
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, false, err
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return insecure.NewCredentials(), false, nil
	}
	return credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12}), true, nil
}

// TLS trusts the certificates of a PEM file instead of the system's, for a server whose certificate a regency signed
// itself.
func TLS(ca string) func() (*tls.Config, error) {
	return func() (*tls.Config, error) {
		pem, err := os.ReadFile(ca)
		if err != nil {
			return nil, fmt.Errorf("read the roots: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, errors.New("read the roots: no certificate in " + ca)
		}
		return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
	}
}
