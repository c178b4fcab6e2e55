package escalation_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/saying"
)

// Whatever happens to a timeline, in whatever order, it keeps its promises.
func TestTimelineKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		t.Repeat(map[string]func(*rapid.T){
			// What happens more often stands here more often.
			"time passes":     l.timePasses,
			"and passes":      l.timePasses,
			"and passes away": l.timePasses,
			"walk":            l.walk,
			"walk again":      l.walk,
			"deliver":         l.deliver,
			"give up":         l.giveUp,
			"try again":       l.tryAgain,
			"snooze":          l.snooze,
			"own":             l.own,
			"pause":           l.pause,
			"resume":          l.resume,
			"reply":           l.reply,
			"":                l.promises,
		})
		l.settle(t)
		l.promises(t)
		l.everybodyWasTold(t)
	})
}

// life is a timeline among walkers, people and workers.
type life struct {
	t       Timeline
	now     time.Time
	newID   func() string
	jobs    []Post // on their way: at most one, if the promises hold
	given   []Post // given up
	again   bool   // one of them was tried again just now
	retried bool   // something was tried again: it was not pending when others were snoozed, so the order of times is not kept
	keys    map[string]bool
	told    map[int]int // by tier: how many posted reminders were for it or covered it
	posts   int

	occasions int // to reply
	paused    map[string]time.Time
	settled   map[Posting]int // how often each reminder was owed a refresh after the timeline had closed
	history   []Event
	before    Timeline
}

func newLife(t *rapid.T) *life {
	p := policy.Policy{Name: "p"}
	var after time.Duration
	for i := range rapid.IntRange(1, 6).Draw(t, "tiers") {
		after += time.Duration(rapid.IntRange(1, 60).Draw(t, fmt.Sprint("gap ", i))) * time.Minute
		p.Tiers = append(p.Tiers, policy.Tier{After: after, Notify: []string{fmt.Sprint("U0TIER", i+1)}})
	}
	if rapid.Bool().Draw(t, "repeats") {
		p.Tiers[len(p.Tiers)-1].Repeat = 10 * time.Minute
	}
	p.Deadline = time.Duration(rapid.IntRange(0, 120).Draw(t, "deadline")) * time.Minute
	l := &life{
		t: Begin("tl-1", message(), p, &Settings{GiveUp: 30 * 24 * time.Hour}, posted0), now: posted0,
		newID: counter("job"), keys: map[string]bool{}, told: map[int]int{},
		paused: map[string]time.Time{}, settled: map[Posting]int{},
	}
	l.before = l.t.Clone()
	return l
}

func (l *life) timePasses(t *rapid.T) {
	spans := []time.Duration{5 * time.Minute, time.Minute, 20 * time.Second, 20 * time.Minute, time.Hour, 20 * time.Hour}
	l.now = l.now.Add(rapid.SampledFrom(spans).Draw(t, "span"))
}

func (l *life) walk(t *rapid.T) {
	earlier := desk.Answer{Status: desk.Answered, RepliedAt: posted0.Add(-time.Hour)}
	l.decide(t, rapid.SampledFrom([]desk.Answer{{}, {Status: desk.Unanswered}, earlier}).Draw(t, "answer"))
}

// reply closes a timeline, but not at the first occasion: a life is to be lived first.
func (l *life) reply(t *rapid.T) {
	if l.occasions++; l.occasions == 1 {
		t.Skip("too early")
	}
	l.decide(t, rapid.SampledFrom([]desk.Answer{{Status: desk.Answered, RepliedAt: l.now}, {Status: desk.Withdrawn, Cause: "solved"}}).Draw(t, "reply"))
}

func (l *life) decide(t rapid.TB, a desk.Answer) {
	f := l.facts()
	f.Answer = a
	c := Decide(l.t, f)
	switch {
	case c.Timeline != nil:
		l.change(t, c)
	case len(c.Events)+len(c.Jobs) > 0:
		t.Fatal("events or jobs without a timeline")
	}
	if l.t.State != Open {
		return
	}
	if next := l.t.NextAt(); !next.After(l.now) {
		t.Fatalf("decided at %s, and is to be looked at again at %s: a walker would not rest", l.now, next)
	}
	if l.t.Owed() < 0 && !l.paused["C0ENTERPRISE"].After(l.now) {
		for i, tier := range l.t.Tiers {
			if tier.State == TierPending && !tier.Due.After(l.now) {
				t.Fatalf("tier %d is due and was left pending", i+1)
			}
		}
	}
}

func (l *life) change(t rapid.TB, c Change) {
	l.t = *c.Timeline
	l.t.Version++ // as a store does
	l.history = append(l.history, c.Events...)
	for _, j := range c.Jobs {
		if l.keys[j.Key] {
			t.Fatalf("key %s is used again", j.Key)
		}
		l.keys[j.Key] = true
		var p Post
		if err := json.Unmarshal(j.Payload, &p); err != nil {
			t.Fatal(err)
		}
		switch {
		case p.Reminder != nil && !p.Reminder.AtDeadline && l.paused["C0ENTERPRISE"].After(l.now):
			t.Fatalf("a reminder was decided while the channel is paused")
		case p.Reminder != nil:
			l.jobs = append(l.jobs, p)
		case l.t.State != Open:
			l.settled[*p.Refresh]++
		}
	}
}

func (l *life) facts() Facts {
	f := facts(l.now)
	f.NewID, f.Settings.Paused = l.newID, l.paused
	return f
}

func (l *life) snooze(t *rapid.T) {
	text := rapid.SampledFrom([]string{"1m", "5m", "", "9h"}).Draw(t, "text")
	c, _ := Respond(l.t, byAna, saying.Read(text, posted0), l.facts())
	l.saved(t, c)
}

func (l *life) saved(t rapid.TB, c Change) {
	if c.Timeline != nil {
		l.change(t, c)
	}
}

func (l *life) own(t *rapid.T) {
	c, _ := Own(l.t, Click{User: rapid.SampledFrom([]string{"U0ANA", "U0BOB"}).Draw(t, "who")}, l.facts())
	l.saved(t, c)
}

// pause begins, prolongs or shortens a pause. It may end by itself, or before the walker sees it; the
// timeline may be stamped or not.
func (l *life) pause(t *rapid.T) {
	until := l.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
	l.paused["C0ENTERPRISE"] = until
	if rapid.Bool().Draw(t, "stamped") {
		c := Pause(l.t, until, "U0ANA", l.now)
		l.saved(t, c)
	}
}

func (l *life) resume(t *rapid.T) {
	delete(l.paused, "C0ENTERPRISE")
	c := Pause(l.t, time.Time{}, "U0ANA", l.now)
	l.saved(t, c)
}

// deliver sends the job on its way, or drops it.
func (l *life) deliver(t *rapid.T) {
	if len(l.jobs) == 0 {
		t.Skip("nothing is on its way")
	}
	l.send(t)
}

func (l *life) send(t rapid.TB) {
	p := l.jobs[0]
	l.jobs = l.jobs[1:]
	job := ReminderJob{Timeline: p.Timeline, Tier: p.Reminder.Tier, Round: p.Round}
	if reason := Outdated(&l.t, p, l.now); reason != "" {
		l.effect(ReminderDeferred{ReminderJob: job, At: l.now, Reason: reason, Clock: p.Reminder.Clock})
		return
	}
	if p.Reminder.AtDeadline {
		l.sendAtDeadline(t, p, job)
		return
	}
	switch tier := l.t.Tiers[p.Reminder.Tier-1]; {
	case l.t.State != Open:
		t.Fatalf("posted though the timeline is %s", l.t.State)
	case tier.Due.After(l.now):
		t.Fatalf("posted before it is due")
	case l.t.PausedUntil.After(l.now):
		t.Fatalf("posted while the channel is paused")
	case l.now.Sub(p.Reminder.DecidedAt) > time.Minute:
		t.Fatalf("posted %s after it was decided", l.now.Sub(p.Reminder.DecidedAt))
	}
	l.posts++
	l.told[p.Reminder.Tier]++
	for _, c := range p.Reminder.Covers {
		l.told[c]++
	}
	effect := ReminderPosted{ReminderJob: job, Due: p.Reminder.Due, At: l.now, TS: fmt.Sprintf("17.%06d", l.posts)}
	if p.Reminder.Owner && len(p.Reminder.Mention) != 1 {
		t.Fatalf("an owner's reminder pings %v", p.Reminder.Mention)
	}
	l.effect(effect)
}

// sendAtDeadline: rule 21 tells of a deadline once, not before it, and moves no tier.
func (l *life) sendAtDeadline(t rapid.TB, p Post, job ReminderJob) {
	switch {
	case l.t.State != Open, l.now.Before(p.Reminder.Deadline), l.now.Sub(p.Reminder.DecidedAt) > time.Minute:
		t.Fatalf("the deadline's reminder was posted at %s", l.now)
	case l.told[0] > 0:
		t.Fatalf("the deadline was told twice")
	}
	l.posts++
	l.told[0]++
	l.effect(ReminderPosted{ReminderJob: job, Due: p.Reminder.Due, At: l.now, TS: fmt.Sprintf("17.%06d", l.posts)})
}

func (l *life) giveUp(t *rapid.T) {
	if len(l.jobs) == 0 || rapid.Bool().Draw(t, "accepted after all") {
		t.Skip("nothing failed")
	}
	p := l.jobs[0]
	l.jobs, l.given = l.jobs[1:], append(l.given, p)
	l.told[p.Reminder.Tier] = -1000 // nobody is promised what Slack refuses
	for _, c := range p.Reminder.Covers {
		l.told[c] = -1000
	}
	l.effect(ReminderGivenUp{ReminderJob: ReminderJob{Timeline: p.Timeline, Tier: p.Reminder.Tier, Round: p.Round}, At: l.now, Reason: "is_archived"})
}

// tryAgain is somebody having a job tried again that was given up, however long ago.
func (l *life) tryAgain(t *rapid.T) {
	if len(l.given) == 0 {
		t.Skip("nothing was given up")
	}
	p := l.given[0]
	l.given, l.again, l.retried = l.given[1:], true, true
	reason := Outdated(&l.t, p, l.now)
	if reason == "" {
		t.Fatalf("a decision that had failed is posted as it was")
	}
	l.effect(ReminderDeferred{ReminderJob: ReminderJob{Timeline: p.Timeline, Tier: p.Reminder.Tier, Round: p.Round}, At: l.now, Reason: reason})
}

func (l *life) effect(e Effect) {
	events, _ := e.Apply(&l.t)
	l.t.Version++
	l.history = append(l.history, events...)
}

// settle lets everything that is owed come to its end.
func (l *life) settle(t rapid.TB) {
	clear(l.paused)
	// Between two days a moment at which no repetition is due: what was tried again has its turn.
	for _, span := range []time.Duration{24 * time.Hour, time.Second, 24 * time.Hour, time.Second, 24 * time.Hour} {
		l.now = l.now.Add(span)
		l.decide(t, desk.Answer{Status: desk.Unanswered})
		for len(l.jobs) > 0 {
			l.send(t)
		}
	}
}

// promises hold at every moment.
func (l *life) promises(t *rapid.T) {
	var owed int
	var lastDue time.Time
	last := len(l.t.Tiers) - 1
	for i, tier := range l.t.Tiers {
		was := l.before.Tiers[i]
		if tier.State == TierOwed {
			owed++
		}
		if was.State == TierPosted && tier.State != TierPosted {
			t.Fatalf("tier %d was posted and is %s", i+1, tier.State)
		}
		if was.State == TierFailed && tier.State != TierFailed && !l.again {
			t.Fatalf("tier %d had failed and is %s", i+1, tier.State)
		}
		if tier.Round < was.Round {
			t.Fatalf("tier %d went from round %d back to %d", i+1, was.Round, tier.Round)
		}
		if tier.Due.Before(was.Due) {
			t.Fatalf("tier %d came forward from %s to %s", i+1, was.Due, tier.Due)
		}
		if tier.State == TierPending || tier.State == TierOwed {
			if tier.Due.Before(lastDue) && !l.retried {
				t.Fatalf("tier %d is due before the one below it", i+1)
			}
			lastDue = tier.Due
		}
		if tier.Repeat == 0 && l.told[i+1] > 1 {
			t.Fatalf("people of tier %d were told %d times", i+1, l.told[i+1])
		}
	}
	ofTiers := slices.DeleteFunc(slices.Clone(l.jobs), func(p Post) bool { return p.Reminder.AtDeadline })
	if owed > 1 || len(ofTiers) != owed && l.t.State == Open || len(l.jobs)-len(ofTiers) > 1 {
		t.Fatalf("%d tiers are owed, %d of %d jobs on their way are theirs", owed, len(ofTiers), len(l.jobs))
	}
	if l.t.FirstReply().Deadline != l.before.FirstReply().Deadline || l.t.ExpiresAt != l.before.ExpiresAt {
		t.Fatal("the deadline or the end moved")
	}
	if l.before.State != Open && (l.t.State != l.before.State || l.t.ClosedAt != l.before.ClosedAt) {
		t.Fatalf("closed as %s, and then as %s", l.before.State, l.t.State)
	}
	for _, once := range []EventKind{EventBreached, EventAnswered, EventWithdrawn, EventExpired} {
		if n := l.happened(once, 0); n > 1 {
			t.Fatalf("%s %d times", once, n)
		}
	}
	if n := l.happened(EventPosted, 0); n != l.posts {
		t.Fatalf("%d reminders stand in the thread, the history has %d", l.posts, n)
	}
	if l.t.State != Open {
		for _, p := range l.t.Posts {
			if l.settled[p]+l.settled[Posting{Tier: p.Tier, Round: p.Round}] != 1 {
				t.Fatalf("closed, and reminder %+v was settled %d times", p, l.settled[p])
			}
		}
	}
	for i := range last {
		if n := l.happened(EventSuperseded, i+1); n > 1 {
			t.Fatalf("tier %d was superseded %d times", i+1, n)
		}
	}
	l.before, l.again = l.t.Clone(), false
}

func (l *life) happened(kind EventKind, tier int) (n int) {
	for _, e := range l.history {
		if e.Kind == kind && (tier == 0 || e.Tier == tier) {
			n++
		}
	}
	return n
}

// everybodyWasTold: a timeline that was never closed told the people of every tier, except where
// Slack refused the reminder.
func (l *life) everybodyWasTold(t *rapid.T) {
	if l.t.State != Open {
		return
	}
	for i, tier := range l.t.Tiers {
		repeats := tier.State == TierPending && tier.Repeat > 0 && !tier.PostedAt.IsZero()
		if !repeats && !slices.Contains([]TierState{TierPosted, TierSuperseded, TierFailed}, tier.State) {
			t.Fatalf("all is over, and tier %d is %s", i+1, tier.State)
		}
		if l.told[i+1] == 0 {
			t.Fatalf("the people of tier %d never heard of it", i+1)
		}
	}
}
