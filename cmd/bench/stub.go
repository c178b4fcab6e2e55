package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// stub is an HTTP/1.1 server that costs next to nothing: no headers are parsed but the length, and
// answers are ready to be sent.
type stub struct {
	ln     net.Listener
	answer func(path, body, out []byte) []byte

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// newStub serves on a port of loopback. answer appends a whole response to out; it is called by many
// goroutines.
func newStub(answer func(path, body, out []byte) []byte) (*stub, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &stub{ln: ln, answer: answer, conns: map[net.Conn]struct{}{}}
	go s.accept()
	return s, nil
}

func (s *stub) url() string { return "http://" + s.ln.Addr().String() }

func (s *stub) close() {
	s.ln.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
}

func (s *stub) accept() {
	for {
		c, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[c] = struct{}{}
		s.mu.Unlock()
		go s.serve(c)
	}
}

func (s *stub) serve(c net.Conn) {
	defer c.Close()
	in := requests{conn: c, buf: make([]byte, 0, 16<<10)}
	var out []byte
	for {
		path, body, err := in.next()
		if err != nil {
			return
		}
		out = s.answer(path, body, out[:0])
		if _, err := c.Write(out); err != nil {
			return
		}
	}
}

// requests reads the requests of one connection, one after the other.
type requests struct {
	conn net.Conn
	buf  []byte
	used int // the part of buf that the last request took
}

var (
	endOfHeaders  = []byte("\r\n\r\n")
	contentLength = []byte("\r\nContent-Length: ")
)

// next returns slices that are good until the next call.
func (r *requests) next() (path, body []byte, err error) {
	r.buf = r.buf[:copy(r.buf, r.buf[r.used:])]
	r.used = 0
	end := -1
	for {
		if end = bytes.Index(r.buf, endOfHeaders); end >= 0 {
			break
		}
		if err := r.more(); err != nil {
			return nil, nil, err
		}
	}
	length := lengthOf(r.buf[:end])
	start := end + len(endOfHeaders)
	for len(r.buf) < start+length {
		if err := r.more(); err != nil {
			return nil, nil, err
		}
	}
	r.used = start + length
	line, _, _ := bytes.Cut(r.buf[:end], []byte("\r\n"))
	_, line, _ = bytes.Cut(line, []byte(" "))
	path, _, _ = bytes.Cut(line, []byte(" "))
	return path, r.buf[start:r.used], nil
}

func (r *requests) more() error {
	if len(r.buf) == cap(r.buf) {
		r.buf = append(make([]byte, 0, 2*cap(r.buf)), r.buf...)
	}
	n, err := r.conn.Read(r.buf[len(r.buf):cap(r.buf)])
	r.buf = r.buf[:len(r.buf)+n]
	if n > 0 {
		return nil
	}
	return errors.Join(err, io.EOF)
}

func lengthOf(headers []byte) int {
	i := bytes.Index(headers, contentLength)
	if i < 0 {
		return 0
	}
	digits, _, _ := bytes.Cut(headers[i+len(contentLength):], []byte("\r\n"))
	n, _ := strconv.Atoi(string(digits))
	return n
}

// response appends a whole response with body to out.
func response(out []byte, body ...[]byte) []byte {
	length := 0
	for _, b := range body {
		length += len(b)
	}
	out = append(out, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "...)
	out = strconv.AppendInt(out, int64(length), 10)
	out = append(out, endOfHeaders...)
	for _, b := range body {
		out = append(out, b...)
	}
	return out
}

// slackStub accepts every post without limits, and answers what a starting bot asks.
type slackStub struct {
	*stub
	posts  atomic.Int64
	onPost func(body []byte, at time.Time) // may be nil; called by many goroutines
}

const workspace = "T0BENCH"

// Answers to methods other than chat.postMessage. What is not here is answered with a bare ok.
var slackAnswers = map[string]string{
	"auth.test":             `{"ok":true,"url":"https://bench.slack.com/","team":"Bench","user":"slabuddy","team_id":"` + workspace + `","user_id":"U0BOT","bot_id":"B0BOT"}`,
	"usergroups.list":       `{"ok":true,"usergroups":[{"id":"S0SUPPORT","team_id":"` + workspace + `","handle":"support","name":"Support"},{"id":"S0HEAD","team_id":"` + workspace + `","handle":"head-of-success","name":"Heads"}]}`,
	"users.list":            `{"ok":true,"members":[]}`,
	"conversations.replies": `{"ok":true,"messages":[],"has_more":false}`,
}

func newSlackStub(onPost func(body []byte, at time.Time)) (*slackStub, error) {
	s := &slackStub{onPost: onPost}
	// A ts has six digits after the dot: they count the posts.
	since := time.Now().Unix()
	var err error
	s.stub, err = newStub(func(path, body, out []byte) []byte {
		method := path[bytes.LastIndexByte(path, '/')+1:]
		if string(method) != "chat.postMessage" {
			if answer, ok := slackAnswers[string(method)]; ok {
				return response(out, []byte(answer))
			}
			return response(out, []byte(`{"ok":true}`))
		}
		if s.onPost != nil {
			s.onPost(body, time.Now())
		}
		n := s.posts.Add(1)
		var ts [32]byte
		b := append(ts[:0], `"`...)
		b = strconv.AppendInt(b, since+n/1e6, 10)
		b = append(b, '.')
		b = append(strconv.AppendInt(b, 1e6+n%1e6, 10), `"}`...)
		dot := bytes.IndexByte(b, '.')
		b = append(b[:dot+1], b[dot+2:]...) // the leading 1 only kept the zeros
		return response(out, []byte(`{"ok":true,"channel":"C0BENCH","ts":`), b)
	})
	return s, err
}

func (s *slackStub) apiURL() string { return s.url() + "/api/" }

// newDeskStub is a generic help desk where nobody has replied to anything, after think.
func newDeskStub(think time.Duration) (*stub, error) {
	return newForgetfulDesk(think, func([]byte) bool { return false })
}

// newForgetfulDesk knows nothing of some tickets.
func newForgetfulDesk(think time.Duration, unknown func(id []byte) bool) (*stub, error) {
	id := []byte(`"ticket_id":"`)
	return newStub(func(_, body, out []byte) []byte {
		time.Sleep(think)
		answer := []byte{'['}
		for {
			i := bytes.Index(body, id)
			if i < 0 {
				break
			}
			body = body[i+len(id):]
			end := bytes.IndexByte(body, '"')
			if unknown(body[:end]) {
				continue
			}
			if len(answer) > 1 {
				answer = append(answer, ',')
			}
			answer = append(append(append(answer, `{"ticket_id":"`...), body[:end]...), `","have_replied":false}`...)
		}
		return response(out, append(answer, ']'))
	})
}
