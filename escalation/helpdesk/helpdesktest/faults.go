package helpdesktest

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// Fault is something a desk can do wrong, or differently.
type Fault string

const (
	Hang         Fault = "hang"          // no answer before the caller gives up
	Cut          Fault = "cut"           // the connection ends in the middle of the answer
	ServerError  Fault = "server error"  // 500
	Limited      Fault = "limited"       // 429, Retry-After 30
	Garbage      Fault = "garbage"       // 200, and no JSON
	HalfJSON     Fault = "half JSON"     // 200, and the list breaks off
	WebPage      Fault = "web page"      // 200, and HTML: a login page, say
	WrongField   Fault = "wrong field"   // was_replied where have_replied belongs
	Partial      Fault = "partial"       // every other ticket is left out
	OtherTickets Fault = "other tickets" // the answers are about tickets nobody asked about
	Twice        Fault = "twice"         // every ticket is answered about twice
	NumericIDs   Fault = "numeric ids"   // ticket ids as numbers
	UnixTimes    Fault = "Unix times"    // timestamps as Unix seconds
	NullTimes    Fault = "null times"    // timestamps as null
	StringIDs    Fault = "string ids"    // ticket ids as strings
	ErrorInside  Fault = "error inside"  // 200, and an error and no answer
)

// RetryAfter is how long a Limited desk asks its callers to wait.
const RetryAfter = 30 * time.Second

// Always is a number of requests that a fault outlasts.
const Always = math.MaxInt

// injected is a fault, and for how many more requests it lasts.
type injected struct {
	fault Fault
	left  int
}

// Fail makes the next requests, so many of them, meet f. Faults queue up.
func (h *host) Fail(f Fault, requests int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = append(h.faults, injected{f, requests})
}

// Heal takes back all faults and the delay.
func (h *host) Heal() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults, h.delay = nil, 0
}

// nextFault is the fault the request at hand meets, if any; h is locked.
func (h *host) nextFault() Fault {
	if len(h.faults) == 0 {
		return ""
	}
	f := h.faults[0].fault
	if h.faults[0].left--; h.faults[0].left <= 0 {
		h.faults = h.faults[1:]
	}
	return f
}

func (d *Desk) respond(w http.ResponseWriter, r *http.Request, answers []answer, f Fault) {
	if d.misbehave(w, r, f) {
		return
	}
	if f == WrongField {
		writeWrongField(w, answers)
		return
	}
	body, err := json.Marshal(bend(answers, f))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, http.StatusOK, body, f)
}

// misbehave answers as f has it where that does not depend on the question, and reports whether it did.
func (h *host) misbehave(w http.ResponseWriter, r *http.Request, f Fault) bool {
	switch f {
	case Hang:
		h.pause(r.Context(), time.Hour)
	case ServerError:
		http.Error(w, `{"error":"something broke"}`, http.StatusInternalServerError)
	case Limited:
		w.Header().Set("Retry-After", strconv.Itoa(int(RetryAfter/time.Second)))
		http.Error(w, `{"error":"slow down"}`, http.StatusTooManyRequests)
	case Garbage:
		io.WriteString(w, "replied: yes, I think so")
	case WebPage:
		io.WriteString(w, "<!doctype html>\n<title>Please log in</title>")
	case ErrorInside:
		io.WriteString(w, `{"error":{"title":"Sorry","message":"something broke"},"errors":[{"code":"server_error"}]}`)
	default:
		return false
	}
	return true
}

// write sends an answer, or the half of it that f leaves.
func write(w http.ResponseWriter, code int, body []byte, f Fault) {
	w.Header().Set("Content-Type", "application/json")
	switch f {
	case Cut:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(code)
		w.Write(body[:len(body)/2])
	case HalfJSON:
		w.WriteHeader(code)
		w.Write(body[:len(body)/2])
	default:
		w.WriteHeader(code)
		w.Write(body)
	}
}

// idField finds ticket ids in an answer.
var idField = regexp.MustCompile(`"(id|ticket_id)":"?(\d+)"?`)

// rewrite changes the ids of a vendor's answer as f would have it.
func rewrite(body []byte, f Fault) []byte {
	switch f {
	case StringIDs:
		return idField.ReplaceAll(body, []byte(`"$1":"$2"`))
	case NumericIDs:
		return idField.ReplaceAll(body, []byte(`"$1":$2`))
	case OtherTickets:
		return idField.ReplaceAll(body, []byte(`"$1":${2}99`))
	}
	return body
}

func writeWrongField(w io.Writer, answers []answer) {
	type wrong struct {
		TicketID   any   `json:"ticket_id"`
		WasReplied *bool `json:"was_replied"`
	}
	list := make([]wrong, len(answers))
	for i, a := range answers {
		list[i] = wrong{a.TicketID, a.HaveReplied}
	}
	json.NewEncoder(w).Encode(list)
}

// bend changes good answers as f would have it.
func bend(answers []answer, f Fault) []answer {
	var bent []answer
	for i, a := range answers {
		switch f {
		case Partial:
			if i%2 == 1 {
				continue
			}
		case OtherTickets:
			a.TicketID = fmt.Sprintf("other-%v", a.TicketID)
		case Twice:
			bent = append(bent, a)
		case NumericIDs:
			a.TicketID = json.Number(fmt.Sprint(a.TicketID))
		case UnixTimes:
			if at, ok := a.Timestamp.(string); ok {
				t, _ := time.Parse(time.RFC3339, at)
				a.Timestamp = t.Unix()
			}
		case NullTimes:
			a.Timestamp = json.RawMessage("null")
		}
		bent = append(bent, a)
	}
	return bent
}
