package escalation

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
)

// posted0 is when the ticket of these tests was posted: a Monday, nine o'clock.
var posted0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// at is a time so many minutes after the ticket's message.
func at(minutes float64) time.Time {
	return posted0.Add(time.Duration(minutes * float64(time.Minute)))
}

var (
	ana  = calendar.Engineer{Name: "Ana Silva", Aliases: []string{"Ana"}, Slack: "U0ANA", Email: "ana@example.com"}
	bob  = calendar.Engineer{Name: "Bob Stone", Aliases: []string{"Bob"}, Slack: "U0BOB"}
	cleo = calendar.Engineer{Name: "Cleo Marsh", Email: "cleo@example.com"} // Slack finds her by e-mail
	dan  = calendar.Engineer{Name: "Dan Reed"}                              // nobody knows his Slack account
)

func toUser(id, name string) Recipient  { return Recipient{Kind: ToUser, ID: id, Name: name} }
func toGroup(id, name string) Recipient { return Recipient{Kind: ToGroup, ID: id, Name: name} }

var (
	toAna     = toUser("U0ANA", "Ana Silva")
	toBob     = toUser("U0BOB", "Bob Stone")
	toCleo    = toUser("U0CLEO", "Cleo Marsh")
	toSupport = toGroup("S0SUPPORT", "@support")
	toHead    = toGroup("S0HEAD", "@head-of-success")
)

// directory knows two user groups and Cleo's address.
type directory struct{}

func (directory) Group(_, handle string) (string, bool) {
	id, ok := map[string]string{"support": "S0SUPPORT", "head-of-success": "S0HEAD", "bob": "S0BOBS"}[handle]
	return id, ok
}

func (directory) UserByEmail(_, email string) (string, bool) {
	id, ok := map[string]string{"cleo@example.com": "U0CLEO"}[email]
	return id, ok
}

// shift is a roster with Ana and Bob on shift, and Bob working on Auth.
func shift() calendar.Roster {
	return calendar.Roster{
		At: posted0, AsOf: posted0,
		OnShift:  []calendar.Engineer{ana, bob},
		Embedded: []calendar.Embedded{{Engineer: bob, Products: []string{"Auth"}}},
	}
}

func settings() *Settings {
	s := DefaultSettings()
	s.Engineers = []calendar.Engineer{ana, bob, cleo, dan}
	s.Products = map[string][]string{"Auth": {"login", "sso"}}
	s.Channels = map[string]ChannelPolicy{"C0ENTERPRISE": {}}
	return &s
}

// facts are those of a moment at which the help desk says that nobody has replied.
func facts(now time.Time) Facts {
	return Facts{
		Now: now, Answer: Answer{Status: DeskUnanswered},
		Roster: shift(), Directory: directory{}, Settings: settings(), NewID: counter("job"),
	}
}

// counter numbers ids.
func counter(prefix string) func() string {
	n := 0
	return func() string {
		n++
		return fmt.Sprintf("%s-%d", prefix, n)
	}
}

func message() Message {
	return Message{
		Thread:   Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: "1772442000.000100"},
		PostedAt: posted0,
		Ticket:   Ticket{ID: "42", Priority: "high", Type: "login"},
	}
}

// enterprise is a timeline of the enterprise policy (10, 20, 35 and 50 minutes), changed by each edit.
func enterprise(edits ...func(*Timeline)) Timeline {
	t := Begin("tl-1", message(), BuiltInPolicies()["enterprise"], 30*24*time.Hour, posted0)
	for _, edit := range edits {
		edit(&t)
	}
	return t
}

// inStates puts the tiers into these states, the first tier first.
func inStates(states ...TierState) func(*Timeline) {
	return func(t *Timeline) {
		for i, s := range states {
			tier := &t.Tiers[i]
			tier.State = s
			switch s {
			case TierPosted:
				tier.PostedAt, tier.TS, tier.Round = tier.Due, fmt.Sprintf("17.%06d", i+1), max(tier.Round, 1)
			case TierOwed, TierFailed:
				tier.Round = max(tier.Round, 1)
			}
		}
	}
}

// repeating makes the last tier repeat.
func repeating(every time.Duration) func(*Timeline) {
	return func(t *Timeline) { t.Tiers[len(t.Tiers)-1].Repeat = every }
}

func closed(s TimelineState) func(*Timeline) {
	return func(t *Timeline) { t.State, t.ClosedAt = s, at(12) }
}

func states(t Timeline) []TierState {
	var ss []TierState
	for _, tier := range t.Tiers {
		ss = append(ss, tier.State)
	}
	return ss
}

func dues(t Timeline) []time.Time {
	var ds []time.Time
	for _, tier := range t.Tiers {
		ds = append(ds, tier.Due)
	}
	return ds
}

func kinds(events []Event) []EventKind {
	var ks []EventKind
	for _, e := range events {
		ks = append(ks, e.Kind)
	}
	return ks
}

// keysOf are the keys of the jobs that a change owes.
func keysOf(c Change) []string {
	var keys []string
	for _, j := range c.Jobs {
		keys = append(keys, j.Key)
	}
	return keys
}

// standing are the postings of these tiers' first reminders.
func standing(tiers ...int) func(*Timeline) {
	return func(t *Timeline) {
		for _, i := range tiers {
			t.Posts = append(t.Posts, Posting{TS: fmt.Sprintf("17.%06d", i), Tier: i, Round: 1})
		}
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func metrics() (*Metrics, *prometheus.Registry) {
	reg := prometheus.NewRegistry()
	return NewMetrics(reg), reg
}

func equal[T any](t *testing.T, what string, got, want T, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// value is the value of the one sample of a metric that has these labels' values, in any order: a
// counter's or gauge's, or how many observations a histogram has. 0 if there is none.
func value(t *testing.T, reg *prometheus.Registry, name string, labels ...string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(labels)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var have []string
			for _, l := range m.GetLabel() {
				have = append(have, l.GetValue())
			}
			slices.Sort(have)
			if f.GetName() == name && slices.Equal(have, labels) {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return 0
}
