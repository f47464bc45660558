package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
)

// stopWithin is how long calls have to end once the server stops; after 10 seconds the process is gone.
const stopWithin = 9 * time.Second

// Listen binds its addresses; port 0 takes a free one.
func (s *Server) Listen() (err error) {
	if s.httpListener, err = net.Listen("tcp", s.cfg.HTTP); err != nil {
		return fmt.Errorf("listen for REST on %s; another program may have it: %w", s.cfg.HTTP, err)
	}
	if s.grpcListener, err = net.Listen("tcp", s.cfg.GRPC); err != nil {
		return errors.Join(fmt.Errorf("listen for gRPC on %s; another program may have it: %w", s.cfg.GRPC, err), s.httpListener.Close())
	}
	if err = s.metrics.listen(s.cfg.Metrics); err != nil {
		return errors.Join(err, s.httpListener.Close(), s.grpcListener.Close())
	}
	return nil
}

// Addresses are where the server listens, after Listen.
func (s *Server) Addresses() (httpAddress, grpcAddress string) {
	return s.httpListener.Addr().String(), s.grpcListener.Addr().String()
}

// Serve answers calls until ctx ends or a listener fails. Then health says so, streams end, calls have 9 seconds, and what
// is left is cut off.
func (s *Server) Serve(ctx context.Context) error {
	s.log.Info("start", "build", build())
	failed := make(chan error, 4)
	var running sync.WaitGroup
	faces := []func() error{
		func() error { return s.private.Serve(s.memory) },
		func() error { return s.public.Serve(s.grpcListener) },
		s.serveHTTP,
	}
	if s.metrics.listener != nil {
		faces = append(faces, s.metrics.run)
	}
	for _, serve := range faces {
		running.Go(func() { failed <- serve() })
	}
	swept, endSweeps := context.WithCancel(ctx)
	if s.hooks.sweeps != nil && !s.cfg.NoSweep {
		running.Go(func() { s.hooks.sweeps(swept) })
		running.Go(func() { s.keepKeys(swept) })
		running.Go(func() { s.followCards(swept) })
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	endSweeps()
	err = errors.Join(err, s.stop())
	running.Wait()
	if s.store != nil { // none in tests of the transport
		err = errors.Join(err, s.keepLastUses(context.Background()))
	}
	s.log.Info("stop", "build", build())
	return err
}

func (s *Server) serveHTTP() error {
	var err error
	if s.http.TLSConfig != nil {
		err = s.http.ServeTLS(s.httpListener, "", "")
	} else {
		err = s.http.Serve(s.httpListener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// stop ends the faces before the services behind them.
func (s *Server) stop() error {
	s.ending.Store(true)
	s.health.Shutdown()
	s.endStreams()
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	var faces sync.WaitGroup
	faces.Go(func() { stopGRPC(ctx, s.public) })
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close() // the calls that are left had their time
	}
	faces.Wait()
	err = errors.Join(err, s.conn.Close())
	stopGRPC(ctx, s.private)
	return errors.Join(err, s.metrics.server.Close())
}

func stopGRPC(ctx context.Context, server *grpc.Server) {
	defer context.AfterFunc(ctx, server.Stop)()
	server.GracefulStop()
}
