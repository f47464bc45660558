package server

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/protobuf/proto"
)

// Metadata that our own gateway sends beside the caller's. On every other listener whatever begins with x-sinergi- is a
// forgery and is taken away.
const (
	ownPrefix      = "x-sinergi-"
	keyPeer        = ownPrefix + "peer"        // the caller's address
	keyCertificate = ownPrefix + "certificate" // SHA-256 of the caller's certificate, if one came
	keyRequest     = ownPrefix + "request"     // the id of the call
	keyFaults      = ownPrefix + "faults-bin"  // what is wrong with the JSON, to be answered after authentication
)

// place is where a call comes from, as far as the transport has seen it.
type place struct {
	address     netip.Addr // zero: not known
	certificate [32]byte   // SHA-256 of the client's certificate; zero: none came, or a proxy stands between
}

// enter reads what the transport knows of a call.
func (s *Server) enter(ctx context.Context, p *passage, inMemory bool) context.Context {
	if !inMemory {
		p.origin = "grpc"
		p.peer, p.from = s.remote(ctx)
		return callerKeysOnly(ctx)
	}
	p.origin = "rest"
	p.peer, p.from = carried(first(ctx, keyPeer), first(ctx, keyCertificate))
	p.faults = readFaults(first(ctx, keyFaults))
	if id, err := uuid.Parse(first(ctx, keyRequest)); err == nil {
		p.id = id
	}
	return ctx
}

func first(ctx context.Context, key string) string {
	if values := metadata.ValueFromIncomingContext(ctx, key); len(values) > 0 {
		return values[0]
	}
	return ""
}

// callerKeys are the metadata of a gRPC caller that reach a handler, the same as callerHeaders of REST. Whatever else a client says of
// itself, keys of ours included, is taken away.
var callerKeys = []string{"authorization", "idempotency-key", "if-match", "accept-language", "last-event-id"}

func callerKeysOnly(ctx context.Context) context.Context {
	kept := make(metadata.MD, 2)
	for _, key := range callerKeys {
		if values := metadata.ValueFromIncomingContext(ctx, key); len(values) > 0 {
			kept[key] = values
		}
	}
	return metadata.NewIncomingContext(ctx, kept)
}

// remote is where a gRPC caller is, and the name by which its calls are counted.
func (s *Server) remote(ctx context.Context) (string, place) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return "", place{}
	}
	var certificates []*x509.Certificate
	if info, ok := p.AuthInfo.(credentials.TLSInfo); ok {
		certificates = info.State.PeerCertificates
	}
	remote, forwarded := p.Addr.String(), metadata.ValueFromIncomingContext(ctx, "x-forwarded-for")
	return callerAddress(remote, forwarded, s.cfg.TrustedProxies), placeOf(remote, forwarded, s.cfg.TrustedProxies, certificates)
}

// carried reads back what the gateway has seen of a caller.
func carried(peer, certificate string) (string, place) {
	var from place
	if address, err := netip.ParseAddr(peer); err == nil {
		from.address, peer = address, limitedAs(address)
	}
	if raw, err := hex.DecodeString(certificate); err == nil && len(raw) == len(from.certificate) {
		from.certificate = [32]byte(raw)
	}
	return peer, from
}

// placeOf is where a call comes from. The certificate of a proxy is not the client's, and the client's ended at the proxy.
func placeOf(remote string, forwarded []string, trusted []netip.Prefix, certificates []*x509.Certificate) (from place) {
	address, proxied := callerIP(remote, forwarded, trusted)
	from.address = address
	if len(certificates) > 0 && !proxied {
		from.certificate = sha256.Sum256(certificates[0].Raw)
	}
	return from
}

// callerAddress is the caller's address as calls are counted by it.
func callerAddress(remote string, forwarded []string, trusted []netip.Prefix) string {
	address, _ := callerIP(remote, forwarded, trusted)
	if !address.IsValid() {
		return remote
	}
	return limitedAs(address)
}

// callerIP is the transport's peer, or, if that is a proxy we were told to trust, the right-most address of the forwarded chain
// that is none of our proxies: what stands left of it anybody may have written.
func callerIP(remote string, forwarded []string, trusted []netip.Prefix) (address netip.Addr, proxied bool) {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return address, false
	}
	address = at.Addr().Unmap().WithZone("")
	chain := strings.Split(strings.Join(forwarded, ","), ",")
	proxied = trusts(trusted, address)
	for _, hop := range slices.Backward(chain) {
		if !trusts(trusted, address) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		address = next.Unmap().WithZone("")
	}
	return address, proxied
}

func trusts(trusted []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(address) })
}

// limitedAs is the address by which calls are counted: of IPv6 the /64, for one machine has all of it.
func limitedAs(address netip.Addr) string {
	if !address.Is6() {
		return address.String()
	}
	network, err := address.WithZone("").Prefix(64)
	if err != nil {
		return address.String()
	}
	return network.String()
}

// Faults of the JSON travel in one value; the texts are made from the reasons at the end.
func writeFaults(faults []Violation) string {
	bad := &errdetails.BadRequest{}
	for _, f := range faults {
		bad.FieldViolations = append(bad.FieldViolations,
			&errdetails.BadRequest_FieldViolation{Field: f.Field, Reason: f.Reason, Description: f.Limit})
	}
	raw, err := proto.Marshal(bad)
	if err != nil {
		return "" // paths are ASCII
	}
	return string(raw)
}

func readFaults(raw string) (faults []Violation) {
	bad := &errdetails.BadRequest{}
	if raw == "" || proto.Unmarshal([]byte(raw), bad) != nil {
		return nil
	}
	for _, f := range bad.GetFieldViolations() {
		faults = append(faults, Violation{Field: f.GetField(), Reason: f.GetReason(), Limit: f.GetDescription()})
	}
	return faults
}
