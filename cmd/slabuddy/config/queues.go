package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Queue is a queue of HTTP calls: pages, and what `slabuddy queue add` puts there.
type Queue struct {
	Workers     int               // calls at once
	Attempts    int               // of a job that does not bring its own limit
	Timeout     time.Duration     // of one attempt, the question to the help desk before a page included
	Rate        queue.Rate        // of attempts, all replicas together; zero: no limit
	Headers     map[string]string // of calls that do not set them; secrets as references
	Secrets     page.Grant        // which variables calls that were added by hand may be given, and where each may go
	Backoff     time.Duration     // the longest wait after a first failure; doubled with each
	BackoffMost time.Duration     // the longest wait after any
}

// DefaultQueue is a queue of which the file says nothing.
func DefaultQueue() Queue {
	return Queue{Workers: 4, Attempts: 10, Timeout: 15 * time.Second, Backoff: 2 * time.Second, BackoffMost: 5 * time.Minute}
}

// LongestTimeout bounds a call: its job's lease outlasts it.
const LongestTimeout = 5 * time.Minute

var queueName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// queues reads the queues. That of Slack is set apart: how often and how patiently Slack is called is
// fixed.
func (r *reader) queues(v value, c *Config) {
	for _, e := range r.entries(v, "queues") {
		where := "queues." + e.key
		switch {
		case e.key == escalation.QueueSlack:
			r.object(e.value, where, field{"workers", r.number(&c.SlackWorkers, where+".workers", 1, 1000)})
		case e.key == escalation.QueueUpdates:
			r.fail(e.at, "Leave it out: that queue brings reminders up to date by itself.", "the queue %q cannot be configured", e.key)
		case !queueName.MatchString(e.key):
			r.fail(e.at, "Use small letters, digits, - and _, such as page or webhooks.", "%q cannot be the name of a queue", e.key)
		default:
			c.Queues[e.key] = r.queue(e.value, where)
		}
	}
}

func (r *reader) queue(v value, where string) Queue {
	q := DefaultQueue()
	found := r.object(v, where,
		field{"workers", r.number(&q.Workers, where+".workers", 1, 1000)},
		field{"attempts", r.number(&q.Attempts, where+".attempts", 1, 1000)},
		field{"timeout", r.duration(&q.Timeout, where+".timeout")},
		field{"rate", func(v value) { q.Rate = r.rate(v, where+".rate") }},
		field{"headers", func(v value) { q.Headers = r.headers(v, where+".headers") }},
		field{"secrets", func(v value) { q.Secrets = r.grant(v, where+".secrets") }},
		field{"backoff", r.duration(&q.Backoff, where+".backoff")},
		field{"backoff_max", r.duration(&q.BackoffMost, where+".backoff_max")},
	)
	if at, ok := found["timeout"]; ok && q.Timeout > LongestTimeout {
		r.fail(at, "Make it shorter.", "%s.timeout is %s; %s is the longest", where, FormatDuration(q.Timeout), FormatDuration(LongestTimeout))
	}
	if q.BackoffMost < q.Backoff {
		r.fail(cmp.Or(found["backoff_max"], found["backoff"]), "Raise backoff_max or lower backoff.", "%s.backoff_max (%s) is shorter than backoff (%s)", where, FormatDuration(q.BackoffMost), FormatDuration(q.Backoff))
	}
	if q.Headers != nil {
		call := page.Call{Method: "GET", URL: "https://example.com", Headers: q.Headers}
		r.failCall(call, found["headers"], where, nil, found)
		r.failOwn(call.References(), found["headers"], where)
	}
	return q
}

// grant reads which variables may go where: HOOK_TOKEN: https://hooks.example.com.
func (r *reader) grant(v value, where string) page.Grant {
	g := page.Grant{}
	for _, e := range r.entries(v, where) {
		if !variableName.MatchString(e.key) {
			r.fail(e.at, "Write the variable's name, such as HOOK_TOKEN.", "%q is no name of an environment variable", e.key)
			continue
		}
		r.failOwn([]string{e.key}, e.at, where)
		to, ok := r.name(e.value, where+"."+e.key)
		if !ok {
			continue
		}
		origin := page.Origin(to)
		if to == page.Self {
			origin = page.Self
		}
		if origin == "" {
			r.fail(e.value.at, "Write https://hooks.example.com; or "+page.Self+", if the variable holds an address.", "%s.%s does not say where it may go", where, e.key)
		}
		g[e.key] = []string{origin}
	}
	return g
}

// failOwn refuses the program's own variables.
func (r *reader) failOwn(names []string, at place, where string) {
	for _, name := range names {
		if isOwn(name) {
			r.fail(at, "Put what this call needs into a variable of its own.", "%s refers to %s, which is for SLA Buddy itself", where, name)
		}
	}
}

// rate reads a rate such as 30/min.
func (r *reader) rate(v value, name string) queue.Rate {
	s, ok := r.name(v, name)
	if !ok {
		return queue.Rate{}
	}
	rate, err := ParseRate(s)
	if err != nil {
		r.fail(v.at, sentence(err), "%s cannot be %q", name, s)
	}
	return rate
}

// spans are what a rate may be per.
var spans = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "second": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hour": time.Hour,
	"d": day, "day": day,
}

// maxRate is the highest rate, of any span: beyond it there is no point in one.
const maxRate = 1_000_000

// ParseRate reads a rate: 10/s, 30/min, 500/h. Its error says what would be right.
func ParseRate(s string) (queue.Rate, error) {
	count, span, _ := strings.Cut(s, "/")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	per, known := spans[strings.ToLower(strings.TrimSpace(span))]
	if err != nil || n < 1 || n > maxRate || !known {
		return queue.Rate{}, errors.New("write a rate such as 10/s, 30/min or 500/h")
	}
	return queue.Rate{Jobs: n, Per: per}, nil
}

// headers reads names and values of an HTTP request's headers.
func (r *reader) headers(v value, where string) map[string]string {
	return r.texts(v, where, func(e entry) string {
		if !headerName.MatchString(e.key) {
			return "Use letters, digits and -, such as X-Team."
		}
		if name := textproto.CanonicalMIMEHeaderKey(e.key); slices.Contains(ownHeaders, name) {
			return "Leave it out: it is set for each call."
		}
		return ""
	})
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]+$`)

// ownHeaders are those that sending a call sets.
var ownHeaders = []string{"Content-Length", "Connection", "Transfer-Encoding", "Upgrade", "Trailer", "Te"}

// texts reads a mapping of names to plain values. fix says what is wrong with a name, "" if nothing is.
func (r *reader) texts(v value, where string, fix func(entry) string) map[string]string {
	texts := map[string]string{}
	for _, e := range r.entries(v, where) {
		if wrong := fix(e); wrong != "" {
			r.fail(e.at, wrong, "%q cannot stand in %s", e.key, where)
			continue
		}
		if s, ok := r.text(e.value, where+"."+e.key); ok {
			texts[e.key] = s
		}
	}
	return texts
}

// failCall reports what is wrong with a call, at the part it is wrong in. found has the places of the
// parts, at is for what is in none of them.
func (r *reader) failCall(c page.Call, at place, where string, facts []any, found map[string]place) {
	err := c.Check(facts...)
	if err == nil {
		return
	}
	name := where
	var wrong *page.FieldError
	if errors.As(err, &wrong) {
		name += "." + wrong.Field
		part, _, _ := strings.Cut(wrong.Field, ".")
		if p, ok := found[part]; ok {
			at = p
		}
		err = wrong.Err
	}
	switch {
	case errors.Is(err, page.ErrExposed):
		r.fail(at, "Put it into an environment variable, and write ${NAME} here.", "%s holds what looks like a secret", name)
	case errors.Is(err, page.ErrTooLong):
		r.fail(at, "Make it shorter.", "%s %s", name, err)
	case wrong != nil && wrong.Field == "url":
		r.fail(at, "Write it in full, such as https://example.com/hook, or name the variable that holds it: url_env: HOOK_URL.", "%s %s", name, err)
	case wrong != nil && wrong.Field == "method":
		r.fail(at, "There are "+strings.Join(page.Methods, ", ")+".", "%s: %s", name, err)
	default:
		r.failTemplate(at, name, err, pageFields)
	}
}

// pageFields are what the templates of a page may speak of.
var pageFields = []string{
	".Title", ".Message", ".Key", ".Permalink", ".Ticket.ID", ".Ticket.Priority", ".Ticket.Type", ".Ticket.Customer", ".Ticket.Subject",
	".Ticket.Link", ".Policy", ".Tier", ".Tiers", ".Waited", ".Severity", ".At", ".PostedAt", ".Due", ".Deadline", ".State", ".Unchecked",
}

// queueNames are those that pages may run in.
func (c *Config) queueNames() []string { return slices.Sorted(maps.Keys(c.Queues)) }

// queueNamed reads the name of a queue that there is.
func (r *reader) queueNamed(v value, name string, c *Config) string {
	s, ok := r.name(v, name)
	if !ok {
		return ""
	}
	if _, known := c.Queues[s]; !known {
		fix := didYouMean(s, c.queueNames(), "Queues here")
		if s == escalation.QueueSlack {
			fix = "That one is for what is posted to Slack. " + fmt.Sprintf("Queues here: %s.", strings.Join(c.queueNames(), ", "))
		}
		r.fail(v.at, fix, "there is no queue %q for %s", s, name)
	}
	return s
}
