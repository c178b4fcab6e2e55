package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// conns is how many keep-alive connections events come on.
const conns = 64

// events makes signed requests to /slack/events, each with a message about a new ticket.
type events struct {
	prefix string
	since  time.Time
	n      atomic.Int64
}

func newEvents(prefix string) *events { return &events{prefix: prefix, since: time.Now()} }

const eventBody = `{"token":"unused","team_id":"` + workspace + `","api_app_id":"A0BENCH","event":{"type":"message","subtype":"bot_message",` +
	`"ts":"%s","channel":"%s","channel_type":"channel","bot_id":"B0DESK","username":"Help desk","text":"","event_ts":"%[1]s","attachments":[{"id":1,"color":"36a64f",` +
	`"fallback":"New ticket","pretext":"A new ticket came in","title":"Ticket %[3]s","title_link":"https://desk.example.com/tickets/%[3]s","fields":[` +
	`{"title":"Ticket ID","value":"%[3]s","short":true},{"title":"Ticket Priority","value":"high","short":true},{"title":"Type","value":"bug","short":true},` +
	`{"title":"Customer","value":"Example Industries","short":true},{"title":"Subject","value":"Signing in fails with an error nobody has seen before","short":false}]}]},` +
	`"type":"event_callback","event_id":"Ev%[3]s","event_time":%[4]d,"authorizations":[{"enterprise_id":null,"team_id":"` + workspace + `","user_id":"U0BOT","is_bot":true}],"is_ext_shared_channel":false}`

// next appends a whole request to out.
func (e *events) next(out []byte) []byte {
	n := e.n.Add(1)
	now := time.Now()
	posted := e.since.Add(time.Duration(n) * time.Microsecond) // a ts of its own for each
	body := fmt.Appendf(nil, eventBody, stamp(posted), channel(int(n)), e.prefix+strconv.FormatInt(n, 10), now.Unix())
	at := strconv.FormatInt(now.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(signingSecret))
	mac.Write([]byte("v0:" + at + ":"))
	mac.Write(body)
	out = append(out, "POST /slack/events HTTP/1.1\r\nHost: bench\r\nUser-Agent: Slackbot 1.0\r\nContent-Type: application/json\r\nX-Slack-Request-Timestamp: "...)
	out = append(out, at...)
	out = append(out, "\r\nX-Slack-Signature: v0="...)
	out = hex.AppendEncode(out, mac.Sum(nil))
	out = append(out, "\r\nContent-Length: "...)
	out = strconv.AppendInt(out, int64(len(body)), 10)
	out = append(out, endOfHeaders...)
	return append(out, body...)
}

// sender sends requests on one connection, one after the other.
type sender struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
}

func dial(address string) (*sender, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &sender{conn: conn, in: bufio.NewReader(conn)}, nil
}

// send sends the next event and waits for its acknowledgement. Any answer but 200 is an error.
func (s *sender) send(e *events) error {
	s.out = e.next(s.out[:0])
	if _, err := s.conn.Write(s.out); err != nil {
		return err
	}
	line, err := s.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
		return fmt.Errorf("an event was answered %q", line)
	}
	length := 0
	for {
		line, err := s.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
	}
	_, err = s.in.Discard(length)
	return err
}

// flood sends events on all connections as fast as they are acknowledged, for d, and returns how many
// were a second.
func flood(ctx context.Context, address string, e *events, d time.Duration) (rate float64, err error) {
	var sent atomic.Int64
	began := time.Now()
	end := began.Add(d)
	err = onConns(address, func(s *sender) error {
		for time.Now().Before(end) && ctx.Err() == nil {
			if err := s.send(e); err != nil {
				return err
			}
			sent.Add(1)
		}
		return ctx.Err()
	})
	return float64(sent.Load()) / time.Since(began).Seconds(), err
}

// trickle sends events at an even rate, for d. Each is timed from when it should have been sent: one
// held up by those before it is late, too.
func trickle(ctx context.Context, address string, e *events, every, d time.Duration) (latencies, error) {
	n := int(d / every)
	turns := make(chan time.Time, n)
	took := make(chan time.Duration, n)
	go func() {
		defer close(turns)
		began := time.Now()
		for i := range n {
			at := began.Add(time.Duration(i) * every)
			if sleep.For(ctx, time.Until(at)) != nil {
				return
			}
			turns <- at
		}
	}()
	err := onConns(address, func(s *sender) error {
		for at := range turns {
			if err := s.send(e); err != nil {
				return err
			}
			took <- time.Since(at)
		}
		return ctx.Err()
	})
	close(took)
	var all latencies
	for d := range took {
		all = append(all, d)
	}
	return all, err
}

// onConns runs f on every connection at once and returns the first error.
func onConns(address string, f func(*sender) error) error {
	var wg sync.WaitGroup
	errs := make(chan error, conns)
	for range conns {
		s, err := dial(address)
		if err != nil {
			return err
		}
		wg.Go(func() {
			defer s.conn.Close()
			if err := f(s); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}
