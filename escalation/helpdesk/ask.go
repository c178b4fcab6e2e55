package helpdesk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

const (
	// atOnce is how many single calls of one Ask are under way at a time.
	atOnce = 6
	// reserve is left of an Ask's time to hand over what has been found out.
	reserve = 250 * time.Millisecond
	// maxMerges is how many times a ticket is followed into another one.
	maxMerges = 5
)

// finding is what a desk knows of one ticket.
type finding struct {
	answer   desk.Answer
	survivor string // the ticket it was merged into; answer is then to be found there
}

// lookup finds out about tickets. What it cannot find out is missing, and the error says why. The
// questions are about different tickets, or the same with different times.
type lookup func(ctx context.Context, qs []desk.Question) (map[desk.Question]finding, error)

// askAll asks about all of qs and follows merged tickets to the one that survived: a ticket merged
// away is answered when, and in the way that, its survivor is.
func (c *client) askAll(ctx context.Context, qs []desk.Question, look lookup) (map[string]desk.Answer, error) {
	if err := countable(qs); err != nil || len(qs) == 0 {
		return nil, c.named(err)
	}
	ctx, cancel := early(ctx)
	defer cancel()
	var odd problems
	answers := make(map[string]desk.Answer, len(qs))
	trails := newTrails(qs, &odd)
	for hop := 0; len(trails) > 0; hop++ {
		found, err := look(ctx, ends(trails))
		odd.add("", err)
		var merged []trail
		for _, t := range trails {
			f, ok := found[t.end()]
			switch {
			case !ok:
			case f.survivor == "":
				answers[t.asked.TicketID] = f.answer
			case slices.Contains(t.ids, f.survivor):
				odd.add(t.asked.TicketID, errors.New("it was merged in a circle"))
			case hop == maxMerges:
				odd.add(t.asked.TicketID, fmt.Errorf("it was merged more than %d times", maxMerges))
			default:
				merged = append(merged, t.into(f.survivor))
			}
		}
		trails = merged
	}
	return answers, c.named(odd.err(len(qs)))
}

// trail is a ticket asked about, and the tickets it was merged into one after the other.
type trail struct {
	asked desk.Question
	ids   []string
}

// newTrails leaves out what cannot be a ticket's number.
func newTrails(qs []desk.Question, odd *problems) []trail {
	var ts []trail
	for _, q := range qs {
		if !number(q.TicketID) {
			odd.add(fmt.Sprintf("%.20q", q.TicketID), errors.New("its id is not a ticket's number; please check tickets.fields.id"))
			continue
		}
		ts = append(ts, trail{q, []string{q.TicketID}})
	}
	return ts
}

func (t trail) end() desk.Question {
	return desk.Question{TicketID: t.ids[len(t.ids)-1], Since: t.asked.Since, InDetail: t.asked.InDetail}
}

func (t trail) into(id string) trail {
	return trail{t.asked, append(slices.Clip(t.ids), id)}
}

// ends are the questions about the last ticket of each trail, each once.
func ends(ts []trail) []desk.Question {
	seen := map[desk.Question]bool{}
	var qs []desk.Question
	for _, t := range ts {
		if q := t.end(); !seen[q] {
			seen[q] = true
			qs = append(qs, q)
		}
	}
	return qs
}

// countable refuses more questions than the port allows.
func countable(qs []desk.Question) error {
	if len(qs) > desk.MaxQuestions {
		return fmt.Errorf("%d questions at once, at most %d are allowed", len(qs), desk.MaxQuestions)
	}
	return nil
}

// early ends a little before ctx does, so that half an answer still arrives.
func early(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-reserve))
	}
	return context.WithCancel(ctx)
}

// named says whose error it is.
func (c *client) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", c.name, err)
}

// tickets are the different tickets that qs are about, in their order.
func tickets(qs []desk.Question) []string {
	seen := map[string]bool{}
	var ids []string
	for _, q := range qs {
		if !seen[q.TicketID] {
			seen[q.TicketID] = true
			ids = append(ids, q.TicketID)
		}
	}
	return ids
}

// each runs f for all of xs, a few at a time.
func each[T any](xs []T, f func(T)) {
	work := make(chan T)
	var workers sync.WaitGroup
	for range min(atOnce, len(xs)) {
		workers.Go(func() {
			for x := range work {
				f(x)
			}
		})
	}
	for _, x := range xs {
		work <- x
	}
	close(work)
	workers.Wait()
}

// findEach finds out about each of qs, a few at a time. What cannot be found out is left out.
func findEach(qs []desk.Question, odd *problems, find func(desk.Question) (finding, error)) map[desk.Question]finding {
	var mu sync.Mutex
	found := make(map[desk.Question]finding, len(qs))
	each(qs, func(q desk.Question) {
		f, err := find(q)
		if err != nil {
			odd.add(q.TicketID, err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		found[q] = f
	})
	return found
}

// problems gathers what went wrong in one Ask, so that one bad ticket costs no other.
type problems struct {
	mu    sync.Mutex
	first error
	n     int
	over  bool
}

// add notes that a ticket, or with "" the whole call, could not be understood.
func (p *problems) add(ticket string, err error) {
	if err == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	p.over = p.over || hopeless(err)
	if p.first != nil {
		return
	}
	p.first = err
	if ticket != "" {
		p.first = fmt.Errorf("ticket %s: %w", ticket, err)
	}
}

// errSpared is why a ticket was not asked about singly.
var errSpared = errors.New("it was not asked about, as the desk failed to answer about others")

// hopeless reports whether there is no point in further single calls.
func (p *problems) hopeless() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

func (p *problems) err(of int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n < 2 {
		return p.first
	}
	return fmt.Errorf("%d things went wrong asking about %d tickets, the first: %w", p.n, of, p.first)
}

// counts reports whether a reply of that time answers q (rule 5).
func counts(at time.Time, q desk.Question) bool { return !at.Before(q.Since.Add(-desk.Tolerance)) }

// firstCounting is the first of a ticket's public agent replies that answers q, if there is one.
func firstCounting(replies []time.Time, q desk.Question) (first time.Time, ok bool) {
	for _, at := range replies {
		if counts(at, q) && (!ok || at.Before(first)) {
			first, ok = at, true
		}
	}
	return first, ok
}

// memory is which tickets a desk has shown us. One that was there and is not any more was deleted;
// one that never was may belong to another account, or be no ticket at all.
type memory struct {
	mu  sync.Mutex
	ids map[string]bool
}

// maxMemory bounds a memory; a full one is emptied.
const maxMemory = 20_000

func (m *memory) saw(ticket string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ids == nil || len(m.ids) >= maxMemory {
		m.ids = map[string]bool{}
	}
	m.ids[ticket] = true
}

func (m *memory) knows(ticket string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ids[ticket]
}

// missing is what it means that a desk answers 404 about a ticket.
func (m *memory) missing(ticket, check string) (finding, error) {
	if m.knows(ticket) {
		return withdrawn("deleted"), nil
	}
	return finding{}, errors.New("it is not there; please check that it is a ticket of this account, and " + check)
}

// mergedAway is the cause where a desk does not say which ticket survived.
const mergedAway = "merged into another ticket"

func withdrawn(cause string) finding {
	return finding{answer: desk.Answer{Status: desk.Withdrawn, Cause: cause}}
}

func replied(at time.Time) finding {
	return finding{answer: desk.Answer{Status: desk.Answered, RepliedAt: at}}
}

func unrepliedYet() finding {
	return finding{answer: desk.Answer{Status: desk.Unanswered}}
}
