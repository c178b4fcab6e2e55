package row

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation"
)

// readBody reads a body as Body writes it. That happens three times for each reminder, and encoding/json
// took a tenth of a reminder's processor time for it. ok is false for whatever is unusual here (white
// space, null, an owner, a key that is not known): such a body is left to encoding/json.
func readBody(js []byte) (b body, ok bool) {
	r := reader{rest: string(js)} // all texts of the body are parts of this one
	r.object(func(key string) {
		switch key {
		case "ticket":
			r.ticket(&b.Ticket)
		case "opened_at":
			b.OpenedAt = instant(r.number())
		case "expires_at":
			b.ExpiresAt = instant(r.number())
		case "tiers":
			b.Tiers = make([]tier, 0, 4) // a policy has a few
			r.list(func() { b.Tiers = append(b.Tiers, r.tier()) })
		case "desk":
			b.Desk = escalation.AnswerStatus(r.text())
		case "desk_at":
			b.DeskAt = instant(r.number())
		case "deadline_passed":
			b.DeadlinePassed = r.yes()
		case "snoozed_until":
			b.SnoozedUntil = instant(r.number())
		case "snoozed_by":
			b.SnoozedBy = r.text()
		case "snoozed_at":
			b.SnoozedAt = instant(r.number())
		case "paused_until":
			b.PausedUntil = instant(r.number())
		case "posts":
			b.Posts = []escalation.Posting{}
			r.list(func() { b.Posts = append(b.Posts, r.posting()) })
		case "cause":
			b.Cause = r.text()
		default:
			r.odd = true
		}
	})
	return b, !r.odd && len(r.rest) == 0
}

func (r *reader) ticket(t *escalation.Ticket) {
	r.object(func(key string) {
		switch key {
		case "id":
			t.ID = r.text()
		case "priority":
			t.Priority = r.text()
		case "type":
			t.Type = r.text()
		case "customer":
			t.Customer = r.text()
		case "subject":
			t.Subject = r.text()
		case "link":
			t.Link = r.text()
		default:
			r.odd = true
		}
	})
}

func (r *reader) tier() (t tier) {
	r.object(func(key string) {
		switch key {
		case "after":
			t.After = time.Duration(r.number())
		case "notify":
			t.Notify = make([]string, 0, 1)
			r.list(func() { t.Notify = append(t.Notify, r.text()) })
		case "message":
			t.Message = r.text()
		case "repeat":
			t.Repeat = time.Duration(r.number())
		case "due":
			t.Due = instant(r.number())
		case "state":
			t.State = escalation.TierState(r.text())
		case "round":
			t.Round = int(r.number())
		case "posted_at":
			t.PostedAt = instant(r.number())
		case "ts":
			t.TS = r.text()
		default:
			r.odd = true
		}
	})
	return t
}

func (r *reader) posting() (p escalation.Posting) {
	r.object(func(key string) {
		switch key {
		case "ts":
			p.TS = r.text()
		case "tier":
			p.Tier = int(r.number())
		case "round":
			p.Round = int(r.number())
		default:
			r.odd = true
		}
	})
	return p
}

// reader reads JSON without white space, value by value. Once something was odd it reads no further.
type reader struct {
	rest string
	odd  bool
}

// object calls member with each key; member reads the value.
func (r *reader) object(member func(key string)) {
	r.enclosed('{', '}', func() {
		key, _ := r.quoted()
		r.expect(':')
		if !r.odd {
			member(key)
		}
	})
}

// list calls item to read each value.
func (r *reader) list(item func()) { r.enclosed('[', ']', item) }

func (r *reader) enclosed(open, shut byte, item func()) {
	r.expect(open)
	if r.took(shut) {
		return
	}
	for !r.odd {
		item()
		if r.took(shut) {
			return
		}
		r.expect(',')
	}
}

// took takes c if it comes next.
func (r *reader) took(c byte) bool {
	if r.odd || len(r.rest) == 0 || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

func (r *reader) expect(c byte) {
	if !r.took(c) {
		r.odd = true
	}
}

func (r *reader) text() string {
	inside, escaped := r.quoted()
	if escaped {
		return r.unescaped(inside)
	}
	return inside
}

func (r *reader) unescaped(inside string) (s string) {
	if err := json.Unmarshal([]byte(`"`+inside+`"`), &s); err != nil {
		r.odd = true
	}
	return s
}

// quoted is what stands between the quotes of a string.
func (r *reader) quoted() (inside string, escaped bool) {
	r.expect('"')
	for i := 0; i < len(r.rest) && !r.odd; i++ {
		switch c := r.rest[i]; {
		case c == '"':
			inside, r.rest = r.rest[:i], r.rest[i+1:]
			r.odd = !utf8.ValidString(inside)
			return inside, escaped
		case c == '\\':
			escaped = true
			i++ // whatever it is, it does not end the string
		case c < ' ':
			r.odd = true
		}
	}
	r.odd = true
	return "", false
}

// number is a whole one.
func (r *reader) number() (n int64) {
	negative := r.took('-')
	digits := 0
	for ; digits < len(r.rest) && '0' <= r.rest[digits] && r.rest[digits] <= '9'; digits++ {
		n = 10*n + int64(r.rest[digits]-'0')
	}
	const most = 18 // that surely fit
	if r.odd || digits == 0 || digits > most || digits > 1 && r.rest[0] == '0' {
		r.odd = true
		return 0
	}
	r.rest = r.rest[digits:]
	if negative {
		return -n
	}
	return n
}

// yes is true; what is false is not written.
func (r *reader) yes() bool {
	rest, found := strings.CutPrefix(r.rest, "true")
	if r.odd || !found {
		r.odd = true
		return false
	}
	r.rest = rest
	return true
}
