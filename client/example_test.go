package client_test

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// start runs a small server on this machine, for the examples.
func start(s *service) (addr string, stop func()) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterReferralServiceServer(server, s)
	pb.RegisterDirectoryServiceServer(server, s)
	go func() { _ = server.Serve(listener) }()
	return listener.Addr().String(), server.Stop
}

// An app files a referral. It may lose its connection in the middle: the call is repeated and files once.
func ExampleDial() {
	addr, stop := start(&service{faults: []error{fault(codes.Unavailable, pb.ErrorReason_UNAVAILABLE)}})
	defer stop()

	ctx := context.Background()
	c, err := client.Dial(ctx, addr, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	receipt, err := c.Referrals.FileReferral(ctx, &pb.FileReferralRequest{
		NewPerson: &pb.NewPerson{Name: "Neneng Sari", Sex: pb.Sex_FEMALE, BirthDate: "2025-03-02"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.GetNumber())
	// Output: R-7K2M-9N
}

func ExampleToken() {
	addr, stop := start(&service{})
	defer stop()
	dir, err := os.MkdirTemp("", "sinergi")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "token")
	if err := os.WriteFile(file, []byte("sng_app_0123456789\n"), 0o644); err != nil {
		log.Fatal(err)
	}

	_, err = client.Dial(context.Background(), addr, client.Options{Token: client.Token(file)})
	fmt.Println("others may read it, so it is refused:", err != nil)
	if err := os.Chmod(file, 0o600); err != nil {
		log.Fatal(err)
	}
	c, err := client.Dial(context.Background(), addr, client.Options{Token: client.Token(file)})
	fmt.Println("now it is taken:", err == nil)
	_ = c.Close()
	// Output:
	// others may read it, so it is refused: true
	// now it is taken: true
}

func ExampleTLS() {
	_, err := client.Dial(context.Background(), "sinergi.example.go.id:9090", client.Options{TLS: client.TLS("/nowhere/ca.pem")})
	fmt.Println(err)
	// Output: dial sinergi.example.go.id:9090: read the roots: open /nowhere/ca.pem: no such file or directory
}

func ExampleClient_AllUnits() {
	addr, stop := start(&service{})
	defer stop()
	c, err := client.Dial(context.Background(), addr, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	for unit, err := range c.AllUnits(context.Background(), &pb.ListUnitsRequest{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(unit.GetCode())
		if unit.GetCode() == "POS-002" {
			break
		}
	}
	// Output:
	// POS-000
	// POS-001
	// POS-002
}

func ExampleReason() {
	addr, stop := start(&service{faults: []error{fault(codes.FailedPrecondition, pb.ErrorReason_BASIS_MISSING)}})
	defer stop()
	c, err := client.Dial(context.Background(), addr, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	_, err = c.Referrals.FileReferral(context.Background(), &pb.FileReferralRequest{})
	switch client.Reason(err) {
	case pb.ErrorReason_BASIS_MISSING:
		fmt.Println("ask the client for consent first")
	case pb.ErrorReason_INVALID_FIELD:
		fmt.Println(client.Violations(err))
	}
	// Output: ask the client for consent first
}

// Who stores an item before it is sent gives it its id then: whatever becomes of the call, the same request again settles it.
func ExampleNewRequestID() {
	s := &service{}
	addr, stop := start(s)
	defer stop()
	c, err := client.Dial(context.Background(), addr, client.Options{Token: client.StaticToken("sng_app_0123456789")})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	stored := &pb.FileReferralRequest{RequestId: client.NewRequestID()}
	for range 2 {
		if _, err := c.Referrals.FileReferral(context.Background(), stored); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(len(s.ids), "calls, one id:", s.ids[0] == s.ids[1])
	// Output: 2 calls, one id: true
}

func ExampleViolations() {
	addr, stop := start(&service{faults: []error{fault(codes.InvalidArgument, pb.ErrorReason_INVALID_FIELD,
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "newPerson.name", Description: "at least 1 character"},
			{Field: "measurements[0].weightKg", Description: "a number above 0"},
		}})}})
	defer stop()
	c, err := client.Dial(context.Background(), addr, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	_, err = c.Referrals.FileReferral(context.Background(), &pb.FileReferralRequest{})
	for _, v := range client.Violations(err) {
		fmt.Println(v.Field, "-", v.Text)
	}
	// Output:
	// newPerson.name - at least 1 character
	// measurements[0].weightKg - a number above 0
}

// A worker changes what somebody else has changed meanwhile. The error names the fields: a person decides, not the program.
func ExampleConflict() {
	conflict := &pb.ConflictDetail{CurrentEtag: "v7", Fields: []*pb.FieldConflict{{Path: "risk"}}}
	addr, stop := start(&service{faults: []error{fault(codes.Aborted, pb.ErrorReason_ETAG_MISMATCH, conflict)}})
	defer stop()
	c, err := client.Dial(context.Background(), addr, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	_, err = c.Referrals.FileReferral(context.Background(), &pb.FileReferralRequest{})
	fmt.Println(client.Reason(err), client.Conflict(err).GetCurrentEtag(), client.Conflict(err).GetFields()[0].GetPath())
	// Output: ETAG_MISMATCH v7 risk
}
