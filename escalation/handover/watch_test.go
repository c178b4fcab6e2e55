package handover

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// at is so many minutes after nine on a Monday.
func at(minutes int) time.Time {
	return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

// board is a database that several replicas share, and the calendar that they read.
type board struct {
	jobs      map[string]queue.New
	open      []escalation.Timeline
	handovers []calendar.Handover
	ahead     calendar.Outlook
	private   map[string]bool // channels that not everybody may read
	held      bool            // the clock is off
}

func (b *board) ListOpen(context.Context, escalation.OpenQuery) ([]escalation.Timeline, error) {
	return slices.Clone(b.open), nil
}

func (b *board) AddJobs(_ context.Context, jobs []queue.New, _ time.Time) error {
	for _, j := range jobs {
		if _, stands := b.jobs[j.Key]; !stands {
			b.jobs[j.Key] = j
		}
	}
	return nil
}

func (b *board) JobsByKey(_ context.Context, keys []string) (found []queue.Job, err error) {
	for _, k := range keys {
		if j, ok := b.jobs[k]; ok {
			found = append(found, queue.Job{New: j})
		}
	}
	return found, nil
}

func (b *board) HasCalendar(string) bool { return true }

func (b *board) Handovers(_ string, from, to time.Time) (all []calendar.Handover) {
	for _, h := range b.handovers {
		if h.At.After(from) && !h.At.After(to) {
			all = append(all, h)
		}
	}
	return all
}

func (b *board) Ahead(string, time.Duration) calendar.Outlook { return b.ahead }

// replica is a program that looks at a moment.
func (b *board) replica(t *testing.T, now time.Time) {
	t.Helper()
	deps, _ := escalationtest.Deps(func() time.Time { return now })
	monday := weekly.Moment{Day: time.Monday, Hour: 9}
	public := func(_ context.Context, _ string, channels []string) map[string]bool {
		may := map[string]bool{}
		for _, c := range channels {
			may[c] = !b.private[c]
		}
		return may
	}
	w := &Watch{Deps: deps, Store: b, Rosters: b, Public: public, Hold: func() bool { return b.held }, Places: func(context.Context) ([]Place, error) {
		return []Place{{Workspace: "T0ACME", HandoverSettings: escalation.HandoverSettings{Channel: "C0SHIFT", Outlook: &monday}, Zone: time.UTC}}, nil
	}}
	if err := w.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (b *board) keys() (keys []string) {
	for k := range b.jobs {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Rule 24: each change of shift has one card, and each week one outlook, whichever replica looks and however often.
func TestEachChangeIsToldOnce(t *testing.T) {
	b := &board{jobs: map[string]queue.New{}, open: []escalation.Timeline{escalationtest.Enterprise()}, ahead: calendar.Outlook{From: at(0), Until: at(7 * 24 * 60)}}
	b.replica(t, at(-1))
	if keys := b.keys(); len(keys) != 0 {
		t.Fatalf("before the change: %q", keys)
	}
	b.handovers = []calendar.Handover{{At: at(-30), Goes: []string{"Dee"}, Comes: []string{"Ana"}}, {At: at(0), Goes: []string{"Ana"}, Comes: []string{"Bob"}, On: []string{"Bob"}}}
	for _, minute := range []int{0, 0, 1, 59, 60 * 11} { // two replicas at once, later looks, a restart
		b.replica(t, at(minute))
	}
	want := []string{"handover/T0ACME/1795424400", "outlook/T0ACME/1795424400"}
	if keys := b.keys(); !slices.Equal(keys, want) {
		t.Fatalf("told %q, want %q", keys, want)
	}
	var p escalation.Post
	if err := json.Unmarshal(b.jobs[want[0]].Payload, &p); err != nil {
		t.Fatal(err)
	}
	if p.Channel != "C0SHIFT" || p.TS != "" || len(p.Handover.Open) != 1 || p.Handover.Comes[0] != "Bob" {
		t.Errorf("the card is %+v", p.Handover)
	}
	b.replica(t, at(7*24*60+60*13)) // down over the next Monday's moment, and for long
	if n := len(b.jobs); n != 2 {
		t.Errorf("%d jobs: an outlook of a morning long past is of no use", n)
	}
	b.replica(t, at(7*24*60))
	if n := len(b.jobs); n != 3 {
		t.Errorf("%d jobs, want the next week's outlook", n)
	}
}

// Rule 15: while the clock is off, nothing is told.
func TestNothingIsToldWhileTheClockIsOff(t *testing.T) {
	b := &board{jobs: map[string]queue.New{}, held: true, handovers: []calendar.Handover{{At: at(0), Goes: []string{"Ana"}, Comes: []string{"Bob"}}}}
	b.replica(t, at(0))
	if keys := b.keys(); len(keys) != 0 {
		t.Errorf("told %q", keys)
	}
}

// Rule 29: the card's readers need not be those of a private channel: of its tickets the ids are all they see.
func TestACardSaysNothingOfAPrivateChannelsTickets(t *testing.T) {
	secret := escalationtest.Enterprise()
	secret.Channel, secret.Ticket = "C0SECRET", escalation.Ticket{ID: "7", Subject: "merger", Customer: "Initech", Link: "https://desk.example.com/7"}
	open := escalationtest.Enterprise()
	open.Ticket.Subject = "login"
	b := &board{
		jobs: map[string]queue.New{}, open: []escalation.Timeline{secret, open}, private: map[string]bool{"C0SECRET": true},
		handovers: []calendar.Handover{{At: at(0), Goes: []string{"Ana"}, Comes: []string{"Bob"}}},
	}
	b.replica(t, at(0))
	card := string(b.jobs["handover/T0ACME/1795424400"].Payload)
	for _, word := range []string{"merger", "Initech", "desk.example.com/7"} {
		if strings.Contains(card, word) {
			t.Errorf("it tells %q: %s", word, card)
		}
	}
	if !strings.Contains(card, `"login"`) || !strings.Contains(card, "C0SECRET") {
		t.Errorf("the card is %s", card)
	}
}

// A calendar that is not known tells nothing; once it is, the week's outlook follows.
func TestAnOutlookWaitsForTheCalendar(t *testing.T) {
	b := &board{jobs: map[string]queue.New{}}
	b.replica(t, at(0))
	b.ahead = calendar.Outlook{From: at(5), Until: at(7 * 24 * 60), Gaps: []calendar.Interval{{Start: at(60), End: at(120)}}}
	b.replica(t, at(5))
	if keys := b.keys(); !slices.Equal(keys, []string{"outlook/T0ACME/1795424400"}) {
		t.Errorf("told %q", keys)
	}
}
