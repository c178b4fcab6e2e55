package helpdesk

import (
	"strings"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// StatusWord is one of a desk's words for the state of a ticket, and what it means. A word that is not
// listed means nothing: no ticket is closed or paused by it.
type StatusWord struct {
	Word  string
	Means desk.Status
}

func meaning(words []StatusWord, word string) desk.Status {
	for _, w := range words {
		if strings.EqualFold(w.Word, word) {
			return w.Means
		}
	}
	return desk.StatusUnknown
}

// detail puts facts into an answer, and what they sum up to; without facts what the desk said of the
// ticket holds, but for times that have not come. A reply after all that the customer wrote answers the
// ticket, however old it is (rule 5).
func detail(a desk.Answer, facts []desk.Fact, now time.Time) desk.Answer {
	a.Facts = desk.Tidy(facts, now)
	t := &a.Ticket
	if len(facts) > 0 {
		t.CustomerWrote, t.WaitingSince, t.LastReply = desk.Messages(a.Facts)
	}
	for _, at := range []*time.Time{&t.CustomerWrote, &t.WaitingSince, &t.LastReply, &t.SolvedAt} {
		if at.After(now.Add(desk.Tolerance)) {
			*at = time.Time{}
		}
	}
	if a.Status == desk.Unanswered && !t.CustomerWrote.IsZero() && t.LastReply.After(t.CustomerWrote) {
		a.Status, a.RepliedAt = desk.Answered, t.LastReply
	}
	if !t.Status.Over() {
		t.SolvedAt = time.Time{}
	} else if t.SolvedAt.IsZero() {
		t.SolvedAt = solvedAt(a.Facts)
	}
	return a
}

// solvedAt is when the ticket was solved that is solved now: later words, such as closed, move nothing.
func solvedAt(tidy []desk.Fact) (at time.Time) {
	for _, f := range tidy {
		if f.Kind != desk.FactStatus {
			continue
		}
		switch over := desk.Status(f.Value).Over(); {
		case !over:
			at = time.Time{}
		case at.IsZero():
			at = f.At
		}
	}
	return at
}

// inDetail adds the facts about those tickets that were asked about in detail. What cannot be found out
// costs no answer.
func inDetail(found map[desk.Question]finding, odd *problems, now time.Time, facts func(desk.Question, *desk.Answer) ([]desk.Fact, error)) {
	var qs []desk.Question
	for q, f := range found {
		if q.InDetail && f.survivor == "" {
			qs = append(qs, q)
		}
	}
	var mu sync.Mutex
	each(qs, func(q desk.Question) {
		if odd.hopeless() {
			return
		}
		mu.Lock()
		f := found[q]
		mu.Unlock()
		told, err := facts(q, &f.answer)
		if err != nil {
			odd.add(q.TicketID, err)
			return
		}
		f.answer = detail(f.answer, told, now)
		mu.Lock()
		defer mu.Unlock()
		found[q] = f
	})
}

// looks remembers what was read of tickets in detail, so that what did not change is not asked about
// again. Desks date changes by the second, and a ticket may change twice in one: so what has only just
// changed is read once more.
type looks struct {
	mu   sync.Mutex
	seen map[string]look
}

type look struct {
	changed time.Time // the desk's date of the last change
	sure    bool
	facts   []desk.Fact
}

const (
	maxLooks    = 5000            // bounds the memory; a full one begins again
	justChanged = 2 * time.Minute // far more than clocks differ
)

// recall is what was read since the ticket changed last.
func (l *looks) recall(ticket string, changed time.Time) (facts []desk.Fact, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.seen[ticket]
	return seen.facts, seen.sure && seen.changed.Equal(changed)
}

func (l *looks) keep(ticket string, changed, now time.Time, facts []desk.Fact) {
	if changed.IsZero() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	was, known := l.seen[ticket]
	if l.seen == nil || !known && len(l.seen) >= maxLooks {
		l.seen = map[string]look{}
	}
	again := known && was.changed.Equal(changed)
	l.seen[ticket] = look{changed, again || now.Sub(changed) > justChanged, facts}
}

// names remembers what a desk said about people and groups, by their numbers.
type names struct {
	mu    sync.Mutex
	known map[string]named
}

type named struct {
	person desk.Person
	staff  bool
	until  time.Time
}

const (
	namesKept = time.Hour
	maxNames  = 10_000
)

// find is what is known by that key, or what ask finds out.
func (n *names) find(key string, now time.Time, ask func() (named, error)) (named, error) {
	if who := n.recall(key, now); !who.until.IsZero() {
		return who, nil
	}
	who, err := ask()
	if err != nil {
		return named{}, err
	}
	n.keep(key, now, who)
	return who, nil
}

// recall is what is known by that key; zero if nothing is.
func (n *names) recall(key string, now time.Time) named {
	n.mu.Lock()
	defer n.mu.Unlock()
	if who := n.known[key]; now.Before(who.until) {
		return who
	}
	return named{}
}

func (n *names) keep(key string, now time.Time, who named) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil || len(n.known) >= maxNames {
		n.known = map[string]named{}
	}
	who.until = now.Add(namesKept)
	n.known[key] = who
}
