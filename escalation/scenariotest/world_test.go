package scenariotest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/act"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/intake"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/walk"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

// world is everything between a ticket's message and its thread but for what is outside: Slack, the
// help desk and the calendar are stand-ins. It lives in a testing/synctest bubble, where an hour
// passes as soon as everybody sleeps.
type world struct {
	t        *testing.T
	store    store.Store
	settings escalation.Settings
	roster   calendar.Roster
	turns    func(now time.Time) calendar.Roster // where shifts change; nil: roster is who is on
	slack    *slack
	desk     *scriptedDesk
	registry *prometheus.Registry
	start    time.Time

	opener   *intake.Opener
	mentions *intake.Mentions
	actions  *act.Actions
	pauses   *act.Pauses
	replies  *intake.Replies
	walker   *walk.Walker
	poller   *walk.Poller
	metrics  *flow.Metrics
	newID    func() string
	stop     []func()
}

// newWorld makes a world in which nothing runs yet. Ana is on shift, Bob too but works on Auth.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, slack: &slack{}, desk: &scriptedDesk{answers: map[string]desk.Answer{}, asked: map[string]int{}}, registry: prometheus.NewRegistry(), start: time.Now()}
	ana, bob := calendar.Engineer{Name: "Ana Silva", Slack: "U0ANA"}, calendar.Engineer{Name: "Bob Stone", Slack: "U0BOB"}
	w.roster = calendar.Roster{AsOf: w.start, OnShift: []calendar.Engineer{ana, bob}, Embedded: []calendar.Embedded{{Engineer: bob, Products: []string{"Auth"}}}}
	w.settings = escalation.DefaultSettings()
	w.settings.Channels = map[string]policy.Channel{"C0ENTERPRISE": {}}
	w.settings.Poll = 24 * time.Hour // polling has tests of its own
	w.settings.DigestFrom = 0        // and so have digests

	var ids atomic.Int64
	w.newID = func() string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", ids.Add(1)) }
	w.metrics = flow.NewMetrics(w.registry)

	w.store = sqlitetest.Open(t)
	w.mentions = &intake.Mentions{Deps: w.deps(), Store: w.store}
	w.actions = &act.Actions{Deps: w.deps(), Store: w.store}
	w.pauses = &act.Pauses{Deps: w.deps(), Store: w.store}
	w.replies = &intake.Replies{Deps: w.deps(), Store: w.store}
	w.opener = &intake.Opener{Deps: w.deps(), Store: w.store, Mentions: w.mentions, Replies: w.replies}
	w.walker = w.newWalker()
	w.poller = w.newPoller()
	return w
}

func (w *world) deps() flow.Deps {
	return flow.Deps{
		Desk: w.desk, Roster: w.on, Directory: escalationtest.Directory{}, Settings: w.rules, Now: time.Now, NewID: w.newID,
		Logger: w.log(), Metrics: w.metrics,
	}
}

func (w *world) newWalker() *walk.Walker {
	return &walk.Walker{Deps: w.deps(), Store: w.store, Hold: never, Tick: time.Minute}
}

func (w *world) newPoller() *walk.Poller {
	return &walk.Poller{Deps: w.deps(), Store: w.store, Hold: never, Idle: time.Minute}
}

func (w *world) on(string) calendar.Roster {
	if w.turns != nil {
		return w.turns(time.Now())
	}
	return w.roster
}
func (w *world) rules(string) *escalation.Settings { return &w.settings }
func (w *world) log() *slog.Logger                 { return slog.New(slog.DiscardHandler) }
func never() bool                                  { return false }

// run starts a replica: a walker and an engine of a few workers. end stops all that runs.
func (w *world) run() {
	w.t.Helper()
	w.runReplica(w.walker, w.registry)
}

func (w *world) runReplica(walker *walk.Walker, registry *prometheus.Registry) {
	w.t.Helper()
	deliverer := &deliver.Deliverer{Deps: w.deps(), Store: w.store, Poster: w.slack}
	engine, err := queue.NewEngine(queue.Config{
		Store: w.store, Now: time.Now, Rand: func() float64 { return 0.5 }, Logger: w.log(), Registerer: registry,
		Worker: w.newID(), Poll: time.Minute,
		Queues: []queue.QueueConfig{
			{Name: escalation.QueueSlack, Handler: deliverer, Workers: 32},
			{Name: escalation.QueueUpdates, Handler: deliverer, Workers: 2},
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.begin(walker.Run)
	w.begin(func(ctx context.Context) {
		if err := engine.Run(ctx); err != nil {
			w.t.Errorf("engine: %v", err)
		}
	})
	w.begin(func(ctx context.Context) {
		_ = w.store.Listen(ctx, store.Listener{Jobs: engine.Wake})
	})
}

// begin runs f until the end.
func (w *world) begin(f func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); f(ctx) }()
	w.stop = append(w.stop, func() { cancel(); <-ended })
}

// end stops what runs and closes the store.
func (w *world) end() {
	for _, stop := range w.stop {
		stop()
	}
	w.store.Close()
}

// tiers has tickets escalated after so many minutes each.
func (w *world) tiers(minutes ...int) {
	p := policy.Policy{Name: "enterprise"}
	for i, m := range minutes {
		tier := w.settings.Policies["enterprise"].Tiers[i]
		tier.After = time.Duration(m) * time.Minute
		p.Tiers = append(p.Tiers, tier)
	}
	w.settings.Policies["enterprise"] = p
}

// until sleeps until so many minutes after the start of the world.
func (w *world) until(minutes float64) { time.Sleep(time.Until(w.at(minutes))) }

func (w *world) at(minutes float64) time.Time {
	return w.start.Add(time.Duration(minutes * float64(time.Minute)))
}

// message is that of a ticket, posted just now.
func (w *world) message(ticket string) escalation.Message { return w.postedAt(ticket, time.Now()) }

func (w *world) postedAt(ticket string, at time.Time) escalation.Message {
	return escalation.Message{
		Thread:   escalation.Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: tsOf(at, ticket)},
		PostedAt: at,
		Ticket:   escalation.Ticket{ID: ticket, Priority: "high", Type: "login"},
	}
}

// tsOf makes the ts of one ticket differ from another's of the same moment.
func tsOf(at time.Time, ticket string) string {
	var n int
	_, _ = fmt.Sscan(ticket, &n)
	return fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/1000+n)
}

// open opens the timeline of a message and checks what became of it.
func (w *world) open(m escalation.Message, want flow.OpenOutcome) {
	w.t.Helper()
	got, err := w.opener.Open(w.t.Context(), m)
	if err != nil {
		w.t.Fatal(err)
	}
	if got != want {
		w.t.Errorf("ticket %s: %s, want %s", m.Ticket.ID, got, want)
	}
}

// hear has somebody mention the bot in a message's thread.
func (w *world) hear(m escalation.Message, text string) escalation.Mention {
	w.t.Helper()
	mention := escalation.Mention{
		MentionKey: escalation.MentionKey{Workspace: m.Workspace, Channel: m.Channel, TS: tsOf(time.Now(), "500")},
		ThreadTS:   m.TS, User: "U0ANA", Text: "<@U0BOT> " + text,
	}
	w.hearAgain(mention)
	return mention
}

func (w *world) hearAgain(mention escalation.Mention) {
	w.t.Helper()
	if err := w.mentions.Hear(w.t.Context(), mention); err != nil {
		w.t.Fatal(err)
	}
}

// timeline is the one of a message, and its history.
func (w *world) timeline(m escalation.Message) (escalation.Timeline, []escalation.Event) {
	w.t.Helper()
	t, found, err := w.store.FindByThread(w.t.Context(), m.Thread)
	if err != nil {
		w.t.Fatal(err)
	}
	if !found {
		return escalation.Timeline{}, nil
	}
	history, err := w.store.History(w.t.Context(), t.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return t, history
}

// history is what happened to a message's timeline, each event as its kind and tier.
func (w *world) history(m escalation.Message) []string {
	w.t.Helper()
	_, events := w.timeline(m)
	var told []string
	for _, e := range events {
		s := string(e.Kind)
		if e.Tier > 0 {
			s += fmt.Sprint(" ", e.Tier)
		}
		told = append(told, s)
	}
	return told
}

// scriptedDesk is a help desk that says what it is told to.
type scriptedDesk struct {
	mu      sync.Mutex
	answers map[string]desk.Answer // by ticket
	silent  map[string]bool        // tickets it says nothing about; all others not in answers are unanswered
	err     error
	hangs   bool
	calls   int
	asked   map[string]int // by ticket
}

func (d *scriptedDesk) say(ticket string, a desk.Answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers[ticket] = a
}

// was tells how often it was called, and how often asked about each ticket.
func (d *scriptedDesk) was() (calls int, asked map[string]int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calls, maps.Clone(d.asked)
}

func (d *scriptedDesk) Ask(ctx context.Context, qs []desk.Question) (map[string]desk.Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	if len(qs) > desk.MaxQuestions {
		return nil, fmt.Errorf("%d questions at once", len(qs))
	}
	if d.hangs {
		d.mu.Unlock()
		<-ctx.Done()
		d.mu.Lock()
		return nil, ctx.Err()
	}
	got := map[string]desk.Answer{}
	for _, q := range qs {
		d.asked[q.TicketID]++
		switch a, ok := d.answers[q.TicketID]; {
		case ok:
			got[q.TicketID] = a
		case !d.silent[q.TicketID]:
			got[q.TicketID] = desk.Answer{Status: desk.Unanswered}
		}
	}
	return got, d.err
}

// slack keeps what is posted.
type slack struct {
	mu       sync.Mutex
	messages []posted
	refuse   func(escalation.Post) error // asked before a message is taken
	lose     int                         // so many answers are lost after the message was taken
	now      func() time.Time            // nil: time.Now

	refreshes []refreshed
	digests   []refreshedDigest
	stuck     bool // whoever brings a reminder up to date waits until they lose patience
}

// posted is a message that stands in a thread.
type posted struct {
	escalation.Post
	At    time.Time
	JobID string
	MsgTS string
}

var errCut = errors.New("connection reset by peer")

func (s *slack) Post(_ context.Context, jobID string, p escalation.Post) (deliver.Landed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		if err := s.refuse(p); err != nil {
			return deliver.Landed{}, err
		}
	}
	now := time.Now
	if s.now != nil {
		now = s.now
	}
	ts := fmt.Sprintf("%d.%06d", now().Unix(), 900000+len(s.messages))
	s.messages = append(s.messages, posted{Post: p, At: now(), JobID: jobID, MsgTS: ts})
	if s.lose > 0 {
		s.lose--
		return deliver.Landed{}, errCut
	}
	return deliver.Landed{TS: ts}, nil
}

func (s *slack) Marks(context.Context, escalation.Thread, time.Time) (deliver.Marks, error) {
	return deliver.Marks{}, nil
}

func (s *slack) Find(_ context.Context, jobID string, _ escalation.Thread, _ time.Time) (deliver.Landed, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.JobID == jobID {
			found := deliver.Landed{TS: m.MsgTS}
			for _, r := range m.Rows {
				found.Rows = append(found.Rows, r.Row)
			}
			return found, true, nil
		}
	}
	return deliver.Landed{}, false, nil
}

func (s *slack) RefreshDigest(_ context.Context, ts string, rows []deliver.DigestRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.digests = append(s.digests, refreshedDigest{ts, rows, time.Now()})
	return nil
}

func (s *slack) Refresh(ctx context.Context, ts string, r escalation.Reminder, t escalation.Timeline) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stuck {
		s.mu.Unlock()
		<-ctx.Done()
		s.mu.Lock()
		return ctx.Err()
	}
	s.refreshes = append(s.refreshes, refreshed{ts, r, t})
	if s.lose > 0 {
		s.lose--
		return errCut
	}
	return nil
}

// refreshedDigest is a digest brought up to date.
type refreshedDigest struct {
	TS   string
	Rows []deliver.DigestRow
	At   time.Time
}

// refreshed is a reminder brought up to date.
type refreshed struct {
	TS       string
	Reminder escalation.Reminder
	Timeline escalation.Timeline
}

// away makes Slack refuse everything, surely, until it is back.
func (s *slack) away(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = func(escalation.Post) error {
		if time.Now().Before(until) {
			return &queue.Error{Kind: queue.KindRetry, Err: errors.New("service_unavailable")}
		}
		return nil
	}
}

// reminders are those that stand in a message's thread, in order.
func (s *slack) reminders(m escalation.Message) []posted {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []posted
	for _, p := range s.messages {
		if p.Thread == m.Thread && p.Reminder != nil {
			all = append(all, p)
		}
	}
	return all
}

// notes are the kinds of the bot's answers in a message's thread, in order.
func (s *slack) notes(m escalation.Message) []escalation.NoteKind {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []escalation.NoteKind
	for _, p := range s.messages {
		if p.Thread == m.Thread && p.Note != nil {
			all = append(all, p.Note.Kind)
		}
	}
	return all
}

// counted is a counter by its labels' values, joined.
func (w *world) counted(name string) map[string]float64 {
	w.t.Helper()
	families, err := w.registry.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	counts := map[string]float64{}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			var values [4]string // policy, clock, tier, outcome: the order that people name them in
			for _, l := range m.GetLabel() {
				values[slices.Index([]string{"policy", "clock", "tier", "outcome"}, l.GetName())] = l.GetValue()
			}
			key := strings.Join(slices.DeleteFunc(values[:], func(v string) bool { return v == "" }), "/")
			counts[key] = m.GetCounter().GetValue()
		}
	}
	return counts
}
