// Package escalationtest is a sample ticket with its timeline, its people and the facts about it, for the tests of
// escalation and of the packages below it.
package escalationtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// OnlyIn are settings whose help desk is one workspace's.
func OnlyIn(own string) func(workspace string) *escalation.Settings {
	return func(workspace string) *escalation.Settings {
		s := Settings()
		s.HasDesk = workspace == own || workspace == ""
		return s
	}
}

// Posted0 is when the ticket of these tests was posted: a Monday, nine o'clock.
var Posted0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// At is a time so many minutes after the ticket's message.
func At(minutes float64) time.Time {
	return Posted0.Add(time.Duration(minutes * float64(time.Minute)))
}

var (
	Ana  = calendar.Engineer{Name: "Ana Silva", Aliases: []string{"Ana"}, Slack: "U0ANA", Email: "ana@example.com"}
	Bob  = calendar.Engineer{Name: "Bob Stone", Aliases: []string{"Bob"}, Slack: "U0BOB"}
	Cleo = calendar.Engineer{Name: "Cleo Marsh", Email: "cleo@example.com"} // Slack finds her by e-mail
	Dan  = calendar.Engineer{Name: "Dan Reed"}                              // nobody knows his Slack account
)

func ToUser(id, name string) circle.Recipient {
	return circle.Recipient{Kind: circle.ToUser, ID: id, Name: name}
}
func ToGroup(id, name string) circle.Recipient {
	return circle.Recipient{Kind: circle.ToGroup, ID: id, Name: name}
}

var (
	ToAna     = ToUser("U0ANA", "Ana Silva")
	ToBob     = ToUser("U0BOB", "Bob Stone")
	ToCleo    = ToUser("U0CLEO", "Cleo Marsh")
	ToSupport = ToGroup("S0SUPPORT", "@support")
	ToHead    = ToGroup("S0HEAD", "@head-of-success")
)

// Directory knows two user groups and Cleo's address.
type Directory struct{}

func (Directory) Group(_, handle string) (string, bool) {
	id, ok := map[string]string{"support": "S0SUPPORT", "head-of-success": "S0HEAD", "bob": "S0BOBS"}[handle]
	return id, ok
}

func (Directory) UserByEmail(_, email string) (string, bool) {
	id, ok := map[string]string{"cleo@example.com": "U0CLEO"}[email]
	return id, ok
}

// Gone are Zoe, who has left, and a group that was disabled.
func (Directory) Gone(_, id string) bool { return id == "U0ZOE" || id == "S0DEAD" }

// Zone knows Cleo's alone.
func (Directory) Zone(_, user string) *time.Location {
	if user == "U0CLEO" {
		return time.FixedZone("Europe/Lisbon", 0)
	}
	return nil
}

// Shift is a roster with Ana and Bob on shift, and Bob working on Auth.
func Shift() calendar.Roster {
	return calendar.Roster{
		At: Posted0, AsOf: Posted0,
		OnShift:  []calendar.Engineer{Ana, Bob},
		Embedded: []calendar.Embedded{{Engineer: Bob, Products: []string{"Auth"}}},
	}
}

func Settings() *escalation.Settings {
	s := escalation.DefaultSettings()
	s.Engineers = []calendar.Engineer{Ana, Bob, Cleo, Dan}
	s.Products = map[string][]string{"Auth": {"login", "sso"}}
	s.Channels = map[string]policy.Channel{"C0ENTERPRISE": {}}
	return &s
}

// Facts are those of a moment at which the help desk says that nobody has replied.
func Facts(now time.Time) escalation.Facts {
	return escalation.Facts{
		Now: now, Answer: desk.Answer{Status: desk.Unanswered},
		Roster: Shift(), Directory: Directory{}, Settings: Settings(), NewID: Counter("job"),
	}
}

// Deps are those of a flow in the sample's surroundings. The help desk says that nobody has replied.
func Deps(now func() time.Time) (flow.Deps, *prometheus.Registry) {
	m, reg := Metrics()
	return flow.Deps{
		Desk: Saying{Status: desk.Unanswered}, Roster: func(string) calendar.Roster { return Shift() }, Directory: Directory{},
		Settings: func(string) *escalation.Settings { return Settings() }, Now: now, NewID: Counter("job"), Logger: Quiet(), Metrics: m,
	}, reg
}

// Saying is a help desk that says the same of every ticket; nothing, if that is no answer.
type Saying desk.Answer

func (d Saying) Ask(_ context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	got := map[string]desk.Answer{}
	for _, q := range qs {
		got[q.TicketID] = desk.Answer(d)
	}
	return got, nil
}

// Counter numbers ids.
func Counter(prefix string) func() string {
	var n atomic.Int64
	return func() string { return fmt.Sprintf("%s-%d", prefix, n.Add(1)) }
}

func Message() escalation.Message {
	return escalation.Message{
		Thread:   escalation.Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: "1772442000.000100"},
		PostedAt: Posted0,
		Ticket:   escalation.Ticket{ID: "42", Priority: "high", Type: "login"},
	}
}

// Enterprise is a timeline of the enterprise policy (10, 20, 35 and 50 minutes), changed by each edit.
func Enterprise(edits ...func(*escalation.Timeline)) escalation.Timeline {
	t := escalation.Begin("tl-1", Message(), policy.BuiltIn()["enterprise"], &escalation.Settings{GiveUp: 30 * 24 * time.Hour}, Posted0)
	for _, edit := range edits {
		edit(&t)
	}
	return t
}

// InStates puts the tiers into these states, the first tier first.
func InStates(states ...escalation.TierState) func(*escalation.Timeline) {
	return func(t *escalation.Timeline) {
		for i, s := range states {
			tier := &t.Tiers[i]
			tier.State = s
			switch s {
			case escalation.TierPosted:
				tier.PostedAt, tier.TS, tier.Round = tier.Due, fmt.Sprintf("17.%06d", i+1), max(tier.Round, 1)
			case escalation.TierOwed, escalation.TierFailed:
				tier.Round = max(tier.Round, 1)
			}
		}
	}
}

func Closed(s escalation.TimelineState) func(*escalation.Timeline) {
	return func(t *escalation.Timeline) { t.State, t.ClosedAt = s, At(12) }
}

// KeysOf are the keys of the jobs that a change owes.
func KeysOf(c escalation.Change) []string {
	var keys []string
	for _, j := range c.Jobs {
		keys = append(keys, j.Key)
	}
	return keys
}

// Standing are the postings of these tiers' first reminders.
func Standing(tiers ...int) func(*escalation.Timeline) {
	return func(t *escalation.Timeline) {
		for _, i := range tiers {
			t.Posts = append(t.Posts, escalation.Posting{TS: fmt.Sprintf("17.%06d", i), Tier: i, Round: 1})
		}
	}
}

func Quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func Metrics() (*flow.Metrics, *prometheus.Registry) {
	reg := prometheus.NewRegistry()
	return flow.NewMetrics(reg), reg
}

func Equal[T any](t *testing.T, what string, got, want T, opts ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Value is the value of the one sample of a metric that has these labels' values, in any order: a
// counter's or gauge's, or how many observations a histogram has. 0 if there is none.
func Value(t *testing.T, reg *prometheus.Registry, name string, labels ...string) float64 {
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

// Samples is the value of a counter, or the count of a histogram, with those labels, each
// "name=value", in the order of their names.
func Samples(reg *prometheus.Registry, name string, labels ...string) int {
	families, err := reg.Gather()
	if err != nil {
		return -1
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			var has []string
			for _, l := range m.GetLabel() {
				has = append(has, l.GetName()+"="+l.GetValue())
			}
			if family.GetName() == name && slices.Equal(has, labels) {
				return int(m.GetCounter().GetValue()) + int(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return 0
}

var ByAna = escalation.Mention{
	MentionKey: escalation.MentionKey{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: "1772442300.000900"},
	ThreadTS:   "1772442000.000100", User: "U0ANA", Text: "<@U0BOT>",
}

// AnasShift is on the calendar until minute 90.
var AnasShift = calendar.Shift{Title: "Support: Ana", Start: At(-60), End: At(90)}

func ClickBy(user, name string, when time.Time) escalation.Click {
	return escalation.Click{Thread: Message().Thread, Timeline: "tl-1", Tier: 1, Round: 1, User: user, Name: name, At: when}
}

func OwnedBy(o escalation.Owner) func(*escalation.Timeline) {
	return func(t *escalation.Timeline) { t.Owner = o }
}

// Post is what the only job of a change posts.
func Post(t *testing.T, c escalation.Change) escalation.Post {
	t.Helper()
	if len(c.Jobs) != 1 {
		t.Fatalf("%d jobs, want one", len(c.Jobs))
	}
	var p escalation.Post
	if err := json.Unmarshal(c.Jobs[0].Payload, &p); err != nil {
		t.Fatalf("payload: %v", err)
	}
	return p
}

func Payload(t *testing.T, p escalation.Post) []byte {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
