package client

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// SignInByDevice signs a program in that has no keyboard, or none that a password should be typed on. show is told the code
// and has to bring it before the eyes of a person, who types it where she is signed in: there it is approved, or never. It
// returns when that has happened, and with an error when nobody has within ten minutes or ctx ends. name is what she reads.
func (c *Client) SignInByDevice(ctx context.Context, name string, show func(*pb.StartDeviceResponse) error) (*pb.Credential, error) {
	started, err := c.Accounts.StartDevice(ctx, &pb.StartDeviceRequest{Client: name})
	if err != nil {
		return nil, err
	}
	if err := show(started); err != nil {
		return nil, err
	}
	ticker := time.NewTicker(max(time.Second, time.Duration(started.GetIntervalSeconds())*time.Second))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-ticker.C:
		}
		session, err := c.Accounts.RedeemDevice(ctx, &pb.RedeemDeviceRequest{DeviceCode: started.GetDeviceCode()})
		if Reason(err) != pb.ErrorReason_AUTHORIZATION_PENDING {
			return session, err
		}
	}
}

// TokenFile is where a person's token for a server is kept on her own machine: below $XDG_STATE_HOME, one file a server, so
// that a token never goes to another one.
func TokenFile(addr string) (string, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // the specification says to leave a relative one aside
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the token's file: %w", err)
		}
		state = filepath.Join(home, ".local", "state")
	}
	name := strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' {
			return r
		}
		return '_'
	}, strings.ToLower(addr))
	return filepath.Join(state, "sinergi", name+".token"), nil
}

// KeepToken writes a token to a file that nobody else may read, for [Token] to read. It is whole or not changed, and a program
// that reads it takes the new one at its next call.
func KeepToken(file, token string) error {
	folder := filepath.Dir(file)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	made, err := os.CreateTemp(folder, ".token-*") // 0600
	if err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	defer os.Remove(made.Name())
	_, err = made.WriteString(token + "\n")
	if closed := made.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(made.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	return nil
}

// ForgetToken takes a kept token away; one that is not there is no error.
func ForgetToken(file string) error {
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("forget the token: %w", err)
	}
	return nil
}
