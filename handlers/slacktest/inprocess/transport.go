// Package inprocess carries HTTP requests without a socket, for tests in a testing/synctest bubble, where sockets hang.
package inprocess

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// Transport carries requests straight to a handler. What a socket would do, it does too: a client
// whose context ends gets its error at once, while the handler's own context ends; a handler that
// aborts cuts the connection.
func Transport(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

func (t transport) RoundTrip(out *http.Request) (*http.Response, error) {
	in, cancel, err := received(out)
	if err != nil {
		return nil, err
	}
	rec := &recorder{header: http.Header{}}
	done := make(chan error, 1)
	go func() {
		defer cancel()
		done <- rec.record(t.handler, in)
	}()
	select {
	case err := <-done:
		if err != nil {
			return nil, err
		}
		return rec.response(out), nil
	case <-out.Context().Done():
		return nil, context.Cause(out.Context())
	}
}

// received is a request as a server would see it.
func received(out *http.Request) (in *http.Request, cancel context.CancelFunc, err error) {
	var body []byte
	if out.Body != nil {
		body, err = io.ReadAll(out.Body)
		_ = out.Body.Close()
		if err != nil {
			return nil, nil, fmt.Errorf("reading the request: %w", err)
		}
	}
	ctx, cancel := context.WithCancel(out.Context())
	in = out.Clone(ctx)
	in.Body = io.NopCloser(bytes.NewReader(body))
	in.ContentLength = int64(len(body))
	in.RequestURI = out.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:49152"
	if in.Host == "" {
		in.Host = out.URL.Host
	}
	return in, cancel, nil
}

// recorder keeps what a handler answers.
type recorder struct {
	header http.Header
	sent   http.Header // header as it was when the status was written
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status, r.sent = status, r.header.Clone()
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

func (r *recorder) record(h http.Handler, in *http.Request) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			err = io.ErrUnexpectedEOF
		default:
			panic(p)
		}
	}()
	h.ServeHTTP(r, in)
	r.WriteHeader(http.StatusOK)
	return nil
}

func (r *recorder) response(to *http.Request) *http.Response {
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", r.status, http.StatusText(r.status)),
		StatusCode:    r.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        r.sent,
		Body:          io.NopCloser(&r.body),
		ContentLength: int64(r.body.Len()),
		Request:       to,
	}
}
