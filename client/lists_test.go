package client_test

import (
	"context"
	"iter"
	"net"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// Whatever the list, it is asked for by whole pages, page by page to its end.
func TestEveryListIsReadToItsEnd(t *testing.T) {
	pager := &pager{asked: map[string][]string{}}
	c := dial(t, pager.start(t), client.Options{})
	ctx := t.Context()
	for _, list := range []struct {
		method string
		read   func() (items int, err error)
	}{
		{"ListReferrals", count(ctx, c.AllReferrals, &pb.ListReferralsRequest{})},
		{"ListCases", count(ctx, c.AllCases, &pb.ListCasesRequest{})},
		{"ListTimeline", count(ctx, c.AllTimeline, &pb.ListTimelineRequest{})},
		{"ListRoster", count(ctx, c.AllRoster, &pb.ListRosterRequest{})},
		{"ListDuties", count(ctx, c.AllDuties, &pb.ListDutiesRequest{})},
		{"ListReviews", count(ctx, c.AllReviews, &pb.ListReviewsRequest{})},
		{"ListNotices", count(ctx, c.AllNotices, &pb.ListNoticesRequest{})},
		{"ListAbsences", count(ctx, c.AllAbsences, &pb.ListAbsencesRequest{})},
		{"ListUnits", count(ctx, c.AllUnits, &pb.ListUnitsRequest{})},
		{"ListRegions", count(ctx, c.AllRegions, &pb.ListRegionsRequest{})},
	} {
		items, err := list.read()
		if err != nil || items != 2*pages {
			t.Errorf("%s: %d items, %v; want %d", list.method, items, err, 2*pages)
		}
		pager.mu.Lock()
		got := strings.Join(pager.asked[list.method], " ")
		pager.mu.Unlock()
		if got != "100: 100:I 100:II" {
			t.Errorf("%s asked for pages %q", list.method, got)
		}
	}
}

func count[Q, T any](ctx context.Context, list func(context.Context, Q) iter.Seq2[T, error], req Q) func() (int, error) {
	return func() (items int, _ error) {
		for _, err := range list(ctx, req) {
			if err != nil {
				return items, err
			}
			items++
		}
		return items, nil
	}
}

const pages = 3

// pager answers every list with three pages of two empty items, and writes down what it was asked.
type pager struct {
	mu    sync.Mutex // guards asked
	asked map[string][]string
}

func (p *pager) start(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.UnknownServiceHandler(p.page))
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() { server.Stop(); running.Wait() })
	return listener.Addr().String()
}

func (p *pager) page(_ any, stream grpc.ServerStream) error {
	path, _ := grpc.MethodFromServerStream(stream)
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(strings.ReplaceAll(path[1:], "/", ".")))
	if err != nil {
		return err
	}
	method := found.(protoreflect.MethodDescriptor)
	asked := dynamicpb.NewMessage(method.Input())
	if err := stream.RecvMsg(asked); err != nil {
		return err
	}
	token := asked.Get(method.Input().Fields().ByName("page_token")).String()
	size := asked.Get(method.Input().Fields().ByName("page_size")).String()
	p.mu.Lock()
	p.asked[string(method.Name())] = append(p.asked[string(method.Name())], size+":"+token)
	p.mu.Unlock()
	answer := dynamicpb.NewMessage(method.Output())
	items := answer.Mutable(method.Output().Fields().Get(0)).List()
	items.AppendMutable()
	items.AppendMutable()
	if len(token) < pages-1 {
		answer.Set(method.Output().Fields().ByName("next_page_token"), protoreflect.ValueOfString(token+"I"))
	}
	return stream.SendMsg(answer)
}
