package server_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/sinergi-pug/sinergi/client"
	pb "github.com/sinergi-pug/sinergi/proto/sinergi/v1"
)

// The storm is made by a process of its own, which steps back behind the server (nice): in life callers have their own processors. A client of
// gRPC takes as much of them for a call as the server does for a refusal, and could not make ten times what is sustained on the same machine;
// so it speaks bare HTTP/2. What is measured is what a few callers of this process see in the midst of it, by gRPC.
const stormVariable = "CHILD_STORM"

// gale is what a storm's process is told, and tells at its end.
type gale struct {
	GRPC, Token string
	PerSecond   float64
	Lasts       time.Duration

	Made, Left, Accepted, Refused, Filed int
	Other                                map[string]int
}

// blown runs the process.
func (g gale) blown() (gale, error) {
	text, err := json.Marshal(g)
	if err != nil {
		return g, err
	}
	cmd := exec.Command("nice", "-n", "10", os.Args[0], "-test.run=^$")
	cmd.Env, cmd.Stderr = append(os.Environ(), stormVariable+"="+string(text)), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return g, err
	}
	return g, json.Unmarshal(out, &g)
}

// blow is the main function of the process: it makes calls at a fixed rate, whether those before are answered or not. Those for which no
// connection has a place are left out.
func blow(text string) error {
	var g gale
	if err := json.Unmarshal([]byte(text), &g); err != nil {
		return err
	}
	gusts := make([]*gust, 64)
	for i := range gusts {
		var err error
		if gusts[i], err = newGust(g.GRPC, g.Token); err != nil {
			return err
		}
	}
	for begun, n := time.Now(), 0; time.Since(begun) < g.Lasts; pause() {
		for due := int(g.PerSecond * time.Since(begun).Seconds()); n < due; n++ {
			if !gusts[n%len(gusts)].call(int64(1<<32 + n)) {
				g.Left++
			}
		}
		for _, u := range gusts {
			if err := u.flush(); err != nil {
				return err
			}
		}
	}
	g.Made, g.Other = int(g.PerSecond*g.Lasts.Seconds())-g.Left, map[string]int{}
	for _, u := range gusts {
		u.end(&g)
	}
	return json.NewEncoder(os.Stdout).Encode(g)
}

// gust is one connection of the storm. Of two calls one files a child and one lists what is owed.
type gust struct {
	conn         net.Conn
	files, lists []byte // the header of each, which is always the same
	listed       []byte
	mu           sync.Mutex
	out          *bufio.Writer
	frames       *http2.Framer
	next         uint32 // stream
	under        int    // calls
	answered     gale
	refusal      string // the details of the last, for nearly all have the same
	gone         error  // why it reads no more
	allIn        *sync.Cond
}

const gustMost = 100 // the server takes no more at once on one connection

func newGust(addr, token string) (*gust, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	u := &gust{conn: conn, out: bufio.NewWriterSize(conn, 1<<16), next: 1, answered: gale{Other: map[string]int{}}}
	u.allIn = sync.NewCond(&u.mu)
	u.frames = http2.NewFramer(u.out, bufio.NewReaderSize(conn, 1<<16))
	u.frames.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	u.files, u.lists = header(addr, token, "ReferralService/FileReferral"), header(addr, token, "DutyService/ListDuties")
	u.listed = message(&pb.ListDutiesRequest{PageSize: 20})
	_, err = io.WriteString(u.out, http2.ClientPreface)
	err = errors.Join(err,
		u.frames.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20}),
		u.frames.WriteWindowUpdate(0, 1<<30)) // no answer waits for us
	if err != nil {
		return nil, err
	}
	go u.read()
	return u, u.flush()
}

// header is what a call begins with. Nothing of it is remembered by the connection, so that it can be sent again and again.
func header(addr, token, method string) []byte {
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	for _, f := range [][2]string{
		{":method", "POST"},
		{":scheme", "http"},
		{":path", "/sinergi.v1." + method},
		{":authority", addr},
		{"content-type", "application/grpc"},
		{"te", "trailers"},
		{"grpc-timeout", "20S"},
		{"authorization", "Bearer " + token},
	} {
		_ = enc.WriteField(hpack.HeaderField{Name: f[0], Value: f[1], Sensitive: true}) // into memory
	}
	return block.Bytes()
}

// message is m as gRPC frames it.
func message(m proto.Message) []byte {
	framed, err := proto.MarshalOptions{}.MarshalAppend(make([]byte, 5), m)
	if err != nil {
		panic(err)
	}
	binary.BigEndian.PutUint32(framed[1:], uint32(len(framed)-5))
	return framed
}

// isFiling tells which stream's call files a child.
func (u *gust) isFiling(stream uint32) bool { return stream/2%2 == 0 }

// call makes the n-th call, unless the connection has no place.
func (u *gust) call(n int64) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.under == gustMost || u.gone != nil {
		return false
	}
	block, body := u.lists, u.listed
	if u.isFiling(u.next) {
		block, body = u.files, message(filing(n))
	}
	err := errors.Join(
		u.frames.WriteHeaders(http2.HeadersFrameParam{StreamID: u.next, BlockFragment: block, EndHeaders: true}),
		u.frames.WriteData(u.next, true, body))
	if err != nil {
		u.gone = err
		return false
	}
	u.next += 2
	u.under++
	return true
}

func (u *gust) flush() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.out.Flush()
}

// read takes the answers.
func (u *gust) read() {
	for {
		frame, err := u.frames.ReadFrame()
		u.mu.Lock()
		if err == nil {
			err = u.take(frame)
		}
		if err != nil {
			u.gone = err
			u.allIn.Broadcast()
			u.mu.Unlock()
			return
		}
		u.mu.Unlock()
	}
}

// take notes one frame. The caller holds mu.
func (u *gust) take(frame http2.Frame) error {
	switch f := frame.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			return errors.Join(u.frames.WriteSettingsAck(), u.out.Flush())
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			return errors.Join(u.frames.WritePing(true, f.Data), u.out.Flush())
		}
	case *http2.GoAwayFrame:
		return fmt.Errorf("the server closes: %v", f.ErrCode)
	case *http2.MetaHeadersFrame:
		if f.StreamEnded() {
			u.note(f)
		}
	}
	return nil
}

// note counts an answer by its status, and by whether it says when to come again.
func (u *gust) note(f *http2.MetaHeadersFrame) {
	code, details := "", ""
	for _, field := range f.Fields {
		switch field.Name {
		case "grpc-status":
			code = field.Value
		case "grpc-status-details-bin":
			details = field.Value
		}
	}
	switch {
	case code == "0":
		u.answered.Accepted++
		if u.isFiling(f.StreamID) {
			u.answered.Filed++
		}
	case code == fmt.Sprint(uint32(codes.ResourceExhausted)) && (details != "" && details == u.refusal || saysWhen(details)):
		u.refusal = details
		u.answered.Refused++
	default:
		u.answered.Other["status "+code]++
	}
	if u.under--; u.under == 0 {
		u.allIn.Broadcast()
	}
}

// saysWhen tells whether the details of a status, as they stand in a header, say when to come again.
func saysWhen(details string) bool {
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(details, "="))
	var s spb.Status
	if err != nil || proto.Unmarshal(text, &s) != nil {
		return false
	}
	retry, told := client.RetryAfter(status.ErrorProto(&s))
	return told && retry > 0
}

// end waits for the last answers, and adds them up.
func (u *gust) end(g *gale) {
	timer := time.AfterFunc(25*time.Second, func() { u.conn.Close() }) // what has no answer then, gets none
	defer timer.Stop()
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.under > 0 && u.gone == nil {
		u.allIn.Wait()
	}
	g.Accepted += u.answered.Accepted
	g.Refused += u.answered.Refused
	g.Filed += u.answered.Filed
	for what, n := range u.answered.Other {
		g.Other[what] += n
	}
	if u.under > 0 {
		g.Other["no answer"] += u.under
	}
}
