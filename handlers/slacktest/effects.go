package slacktest

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest/blocks"
)

// Effect is what a fault does to a call. Unless AfterAccepting is asked for, it strikes first, and
// the call takes no effect (but for those that say otherwise).
type Effect struct {
	name  string
	after bool
	do    func(*exchange)
}

// AfterAccepting lets the call take effect first: the message stays, only the answer is lost.
func (e Effect) AfterAccepting() Effect {
	e.after = true
	return e
}

func (e Effect) apply(x *exchange) {
	if e.after {
		x.accept()
	}
	e.do(x)
}

// RateLimited answers 429, to be tried again after d, in whole seconds.
func RateLimited(d time.Duration) Effect {
	return Effect{name: "rate limited", do: func(x *exchange) { x.reply(tooMany(d)) }}
}

func tooMany(wait time.Duration) result {
	seconds := max(1, int(math.Ceil(wait.Seconds())))
	return result{
		status: http.StatusTooManyRequests,
		header: http.Header{"Retry-After": {strconv.Itoa(seconds)}},
		body:   fail("ratelimited"),
	}
}

// Status answers with a bare HTTP status, such as 500.
func Status(code int) Effect {
	return Effect{name: fmt.Sprintf("status %d", code), do: func(x *exchange) {
		http.Error(x.rw, http.StatusText(code), code)
	}}
}

// Refused answers ok=false with an error code: internal_error, fatal_error, request_timeout,
// service_unavailable (after which the call may have taken effect, or not), token_revoked,
// account_inactive, or any other.
func Refused(code string) Effect {
	return Effect{name: code, do: func(x *exchange) { x.reply(okay(fail(code))) }}
}

// Cut ends the connection without an answer.
func Cut() Effect {
	return Effect{name: "connection cut", do: func(*exchange) {
		panic(http.ErrAbortHandler) // net/http's own way to cut a connection
	}}
}

// Garbage answers 200 with something that is not JSON.
func Garbage() Effect {
	return Effect{name: "garbage", do: func(x *exchange) {
		x.rw.Header().Set("Content-Type", "text/html")
		_, _ = x.rw.Write([]byte("<!DOCTYPE html><title>Slack is being worked on</title>"))
	}}
}

// Hang keeps the call waiting until release is closed, and then serves it as if nothing had been.
// If the client leaves earlier, a call that was not accepted never will be.
func Hang(release <-chan struct{}) Effect {
	return Effect{name: "hang", do: func(x *exchange) {
		select {
		case <-release:
			x.reply(x.accept())
		case <-x.r.Context().Done():
		case <-x.w.ctx.Done():
		}
	}}
}

// Late keeps the call waiting until release is closed, and then accepts it, also if the client has
// long left. It is the worst that can happen to somebody who looks whether an earlier try got
// through.
func Late(release <-chan struct{}) Effect {
	return Effect{name: "late", do: func(x *exchange) {
		select {
		case <-release:
			x.reply(x.accept())
		case <-x.w.ctx.Done():
		}
	}}
}

// Alter serves the call and changes the answer on its way out.
func Alter(change func(answer map[string]any)) Effect {
	return Effect{name: "altered", do: func(x *exchange) {
		out := x.accept()
		var body map[string]any
		if blocks.Decode(string(raw(out.body)), &body) == nil {
			change(body)
			out.body = body
		}
		x.reply(out)
	}}
}
