package calendartest

import (
	"io"
	"net/http"
	"time"
)

// Fault is something that goes wrong with a request. It reports whether it answered it; if not, the
// request goes on as if nothing had happened.
type Fault func(w http.ResponseWriter, r *http.Request) (answered bool)

// Refuse answers with one of Google's errors.
func Refuse(e Error) Fault {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		e.Write(w)
		return true
	}
}

// Hang answers nothing until the client gives up.
func Hang(_ http.ResponseWriter, r *http.Request) bool {
	<-r.Context().Done()
	return true
}

// Slow answers as usual, so much later.
func Slow(by time.Duration) Fault {
	return func(_ http.ResponseWriter, r *http.Request) bool {
		timer := time.NewTimer(by)
		defer timer.Stop()
		select {
		case <-timer.C:
			return false
		case <-r.Context().Done():
			return true
		}
	}
}

// Garbage answers 200 with a page that is no JSON, as a proxy's log-in page would.
func Garbage(w http.ResponseWriter, _ *http.Request) bool {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	io.WriteString(w, "<!DOCTYPE html><title>Sign in</title>")
	return true
}

// CutOff ends the connection in the middle of an answer.
func CutOff(w http.ResponseWriter, _ *http.Request) bool {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Content-Length", "4096") // net/http closes the connection if less is written
	io.WriteString(w, `{"kind": "calendar#events", "items": [`)
	return true
}

// Verbatim answers every list with these items of a calendar whose zone is called so, as they are:
// unexpanded, unfiltered and unchecked, with what the request's fields select of them. It shows a
// client what no calendar of the simulation holds, such as a zone that does not exist.
func Verbatim(zone string, items ...Event) Fault {
	return func(w http.ResponseWriter, r *http.Request) bool {
		var fields mask
		if text := r.URL.Query().Get("fields"); text != "" {
			var refused *Error
			if fields, refused = parseMask(text); refused != nil {
				refused.Write(w)
				return true
			}
		}
		body, err := fields.apply(events{Kind: "calendar#events", TimeZone: zone, AccessRole: "reader", Items: items})
		if err != nil {
			BackendError().Write(w)
			return true
		}
		writeJSON(w, http.StatusOK, body)
		return true
	}
}
