package scenariotest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

// oncall is the receiver of pages.
type oncall struct {
	mu     sync.Mutex
	calls  []called
	answer func(n int) error // of the nth call, from 1; nil: taken
	noLink bool
}

type called struct {
	At   time.Time
	Body string
}

func (o *oncall) Call(_ context.Context, r page.Request) (queue.Result, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls = append(o.calls, called{time.Now(), r.Body})
	if o.answer != nil {
		if err := o.answer(len(o.calls)); err != nil {
			return queue.Result{Status: 500}, err
		}
	}
	return queue.Result{Status: 202, Body: "taken"}, nil
}

func (o *oncall) Permalink(_ context.Context, workspace, channel, ts string) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.noLink {
		return "", errors.New("ratelimited")
	}
	return "https://acme.slack.com/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", ""), nil
}

// got are the bodies of all calls, with the minutes they came at.
func (o *oncall) got(w *world) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []string
	for _, c := range o.calls {
		all = append(all, fmt.Sprintf("%.1f %s", c.At.Sub(w.start).Minutes(), c.Body))
	}
	return all
}

// withPage has the last of the policy's tiers page, with the reminder's link if it waits for it.
func (w *world) withPage(body string, minutes ...int) *oncall {
	w.tiers(minutes...)
	tiers := w.settings.Policies["enterprise"].Tiers
	tiers[len(tiers)-1].Page = "oncall"
	resolve := page.Call{Method: "POST", URL: "https://oncall.example.com", Body: "resolve {{.Ticket.ID}}", Templates: true}
	w.settings.Pages = map[string]page.Page{"oncall": {
		Name: "oncall", Queue: escalation.QueuePage, Resolve: &resolve,
		Trigger: page.Call{Method: "POST", URL: "https://oncall.example.com", Body: body, Templates: true},
	}}
	return &oncall{}
}

// runPages starts the queue of pages.
func (w *world) runPages(o *oncall) {
	w.t.Helper()
	pager := &deliver.Pager{
		Deps: w.deps(), Store: w.store, Caller: o, Links: o, Secret: func(string) (string, bool) { return "", false },
	}
	engine, err := queue.NewEngine(queue.Config{
		Store: w.store, Now: time.Now, Rand: func() float64 { return 0.5 }, Logger: w.log(), Registerer: prometheus.NewRegistry(),
		Worker: w.newID(), Poll: time.Minute,
		Queues: []queue.QueueConfig{{
			Name: escalation.QueuePage, Handler: pager, Workers: 4, MaxAttempts: 10, Timeout: 15 * time.Second,
			SettleAfter: time.Second, LookAgain: time.Second, BackoffBase: 2 * time.Second,
		}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.begin(func(ctx context.Context) {
		if err := engine.Run(ctx); err != nil {
			w.t.Errorf("engine of pages: %v", err)
		}
	})
	w.begin(func(ctx context.Context) {
		_ = w.store.Listen(ctx, store.Listener{Jobs: engine.Wake})
	})
}

func (w *world) told(m escalation.Message, kinds ...escalation.EventKind) []string {
	w.t.Helper()
	_, events := w.timeline(m)
	var told []string
	for _, e := range events {
		if slices.Contains(kinds, e.Kind) {
			told = append(told, fmt.Sprintf("%s %d %s", e.Kind, e.Tier, e.Cause))
		}
	}
	return told
}

const plainPage, linkedPage = "trigger {{.Ticket.ID}}{{if .Unchecked}} unchecked{{end}}", "trigger {{.Ticket.ID}} {{.Permalink}}"

func TestATierPagesBesideItsReminderAndTakesThePageBackWhenAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := w.withPage(plainPage, 1, 2)
		w.run()
		w.runPages(o)
		w.poller.Idle, w.settings.Poll = time.Second, 10*time.Second
		w.begin(w.poller.Run)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(5)
		equal(t, "pages", o.got(w), []string{"2.0 trigger 42"})
		equal(t, "reminders", len(w.slack.reminders(m)), 2)
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(5)})
		w.until(6)
		got := o.got(w)
		if len(got) != 2 || !strings.HasSuffix(got[1], "resolve 42") {
			t.Fatalf("%q, %v: the second has to take the first back", got, w.history(m))
		}
		equal(t, "history", w.told(m, escalation.EventPaged, escalation.EventPageResolved), []string{"paged 2 ", "page_resolved 2 "})
		jobs, err := w.store.Jobs(t.Context(), queue.Filter{Queue: escalation.QueuePage})
		if err != nil || len(jobs) != 2 || jobs[0].Result.Status != 202 || jobs[0].Result.Body != "taken" {
			t.Errorf("the answers are not kept: %+v, %v", jobs, err)
		}
	})
}

func TestATierMayHaveAPageAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := w.withPage(plainPage, 1, 2, 3)
		w.settings.Policies["enterprise"].Tiers[1].Notify, w.settings.Policies["enterprise"].Tiers[1].Page = nil, "oncall"
		w.settings.Policies["enterprise"].Tiers[2].Page = ""
		w.run()
		w.runPages(o)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(10)
		equal(t, "pages", o.got(w), []string{"2.0 trigger 42"})
		equal(t, "history", w.history(m), []string{"opened", "due 1", "posted 1", "paged 2", "breached", "due 3", "posted 3"})
		equal(t, "next after tier 1", w.slack.reminders(m)[0].Reminder.Next.Notify, []string{"the page oncall"})
	})
}

// The page's job comes after the reminder's. Here the answer to the reminder is lost, so that nobody knows
// whether it stands, and the process that was to send the page dies with it in hand.
func TestAPageThatWaitsForItsReminderCarriesItsLinkThroughACrashBetweenTheTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := w.withPage(linkedPage, 1)
		w.slack.lose = 1
		w.run()
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(1.1)
		if got, err := w.store.Claim(t.Context(), claimPages()); err != nil || len(got.Jobs) > 0 {
			t.Fatalf("the page can be sent before its reminder is known to stand: %+v, %v", got.Jobs, err)
		}
		w.until(1.5) // looked for, and found
		equal(t, "reminders", len(w.slack.reminders(m)), 1)
		got, err := w.store.Claim(t.Context(), claimPages())
		if err != nil || len(got.Jobs) != 1 {
			t.Fatalf("the page cannot be sent after its reminder: %+v, %v", got.Jobs, err)
		} // and its process is no more
		w.runPages(o)
		w.until(5)
		link := "https://acme.slack.com/archives/C0ENTERPRISE/p" + strings.ReplaceAll(w.slack.reminders(m)[0].MsgTS, ".", "")
		equal(t, "pages", o.got(w), []string{"2.0 trigger 42 " + link})
	})
}

func claimPages() queue.Request {
	return queue.Request{Queue: escalation.QueuePage, Worker: "dead", N: 10, Now: time.Now(), Lease: 30 * time.Second, Timeout: 15 * time.Second}
}

// Slack away: the link is waited for, but somebody has to be woken.
func TestAPageGoesWithoutItsLinkIfTheReminderDoesNotGetThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.walker.Tick = time.Second
		o := w.withPage(linkedPage, 1)
		w.slack.away(w.at(60))
		w.run()
		w.runPages(o)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(59)
		equal(t, "pages", o.got(w), []string{"11.0 trigger 42 "})
		w.until(70)
		equal(t, "pages after the reminder stands", len(o.got(w)), 1)
		equal(t, "reminders", len(w.slack.reminders(m)), 1)
	})
}

func TestAPageGoesAtOnceIfItsReminderIsRefusedForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		w.walker.Tick = time.Second
		o := w.withPage(linkedPage, 1)
		w.slack.refuse = func(escalation.Post) error {
			return &queue.Error{Kind: queue.KindTerminal, Err: errors.New("is_archived")}
		}
		w.run()
		w.runPages(o)
		w.open(w.message("42"), flow.OpenedNew)
		w.until(3)
		equal(t, "pages", o.got(w), []string{"1.0 trigger 42 "})
	})
}

func TestALinkThatSlackDoesNotTellIsWaitedForTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := w.withPage(linkedPage, 1)
		o.noLink = true
		w.run()
		w.runPages(o)
		w.open(w.message("42"), flow.OpenedNew)
		w.until(20)
		equal(t, "pages", o.got(w), []string{"11.0 trigger 42 "})
	})
}

func TestAPageWaitsForAVerifiedAnswerTenMinutesAndThenSaysThatThereWasNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := w.withPage(plainPage, 1)
		w.desk.silent = map[string]bool{"42": true, "43": true}
		w.run()
		w.runPages(o)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.open(w.message("43"), flow.OpenedNew)
		w.until(6)
		w.desk.say("43", desk.Answer{Status: desk.Unanswered})
		w.until(10.9)
		equal(t, "pages", len(o.got(w)), 1)
		equal(t, "the answered question", strings.HasSuffix(o.got(w)[0], "trigger 43"), true)
		w.until(20)
		equal(t, "pages", o.got(w)[1:], []string{"11.0 trigger 42 unchecked"})
		equal(t, "history", w.told(m, escalation.EventPaged), []string{"paged 1 the help desk could not be asked"})
		jobs, _ := w.store.Jobs(t.Context(), queue.Filter{Queue: escalation.QueuePage})
		for _, j := range jobs {
			equal(t, "attempts that waiting cost", j.Attempts, 1)
		}
	})
}

func TestNobodyIsWokenForATicketThatIsAnsweredMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := w.withPage(plainPage, 1)
		w.desk.silent = map[string]bool{"42": true}
		w.run()
		w.runPages(o)
		w.poller.Idle = time.Second
		w.begin(w.poller.Run)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(5)
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(4)})
		w.until(20)
		equal(t, "pages", o.got(w), nil)
		tl, _ := w.timeline(m)
		equal(t, "state", tl.State, escalation.Answered)
		equal(t, "history", w.told(m, escalation.EventPageDropped), []string{"page_dropped 1 the help desk says that somebody has replied"})
		equal(t, "counted", w.pages(), map[string]float64{"oncall/answered": 1})
	})
}

func TestSnoozingPutsAPageOffThatWasNotSent(t *testing.T) {
	for name, alone := range map[string]bool{"beside a reminder": false, "alone": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				defer w.end()
				o := w.withPage(plainPage, 1)
				if alone {
					w.settings.Policies["enterprise"].Tiers[0].Notify = nil
				}
				w.desk.silent = map[string]bool{"42": true}
				w.run()
				w.runPages(o)
				m := w.message("42")
				w.open(m, flow.OpenedNew)
				w.until(5)
				w.hear(m, "30m")
				w.desk.say("42", desk.Answer{Status: desk.Unanswered})
				w.until(34)
				equal(t, "pages while snoozed", o.got(w), nil)
				w.until(60)
				equal(t, "pages", o.got(w), []string{"35.0 trigger 42"})
			})
		})
	}
}

func TestAPageIsForTheTicketsThatItsConditionsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := w.withPage(plainPage, 1)
		p := w.settings.Pages["oncall"]
		p.Only = page.Only{Priority: []string{"URGENT"}}
		w.settings.Pages["oncall"] = p
		w.run()
		w.runPages(o)
		urgent, high := w.message("1"), w.message("2")
		urgent.Ticket.Priority = "Urgent"
		w.open(urgent, flow.OpenedNew)
		w.open(high, flow.OpenedNew)
		w.until(5)
		equal(t, "pages", o.got(w), []string{"1.0 trigger 1"})
	})
}

// An outcome that nobody knows is tried again: the same incident twice is better than none.
func TestAPageOfUnknownOutcomeIsSentAgainAndTakenBackAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := w.withPage(plainPage, 1)
		o.answer = func(n int) error {
			if n == 1 {
				return &queue.Error{Kind: queue.KindUnknown, After: 2 * time.Minute, Err: errors.New("answered 502")}
			}
			return nil
		}
		w.run()
		w.runPages(o)
		w.poller.Idle, w.settings.Poll = time.Second, 10*time.Second
		w.begin(w.poller.Run)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(2)
		w.desk.say("42", desk.Answer{Status: desk.Answered, RepliedAt: w.at(2)})
		w.until(10)
		got := o.got(w)
		if len(got) != 2 || got[0] != "1.0 trigger 42" || !strings.HasSuffix(got[1], "resolve 42") {
			t.Errorf("%q: the page may have got through, and has to be taken back", got)
		}
	})
}

func TestACallThatMustNotBeMadeTwiceIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := &oncall{answer: func(int) error { return &queue.Error{Kind: queue.KindUnknown, Err: errors.New("no answer in time")} }}
		w.runPages(o)
		var jobs []queue.New
		for id, once := range map[string]bool{"once": true, "again": false} {
			call := page.Call{Method: "POST", URL: "https://example.com", Body: id, Once: once}
			j := escalation.NewCallJob(w.newID(), id, escalation.QueuePage, escalation.CallJob{Call: call}, time.Now())
			j.MaxAttempts = 3
			jobs = append(jobs, j)
		}
		if err := w.store.AddJobs(t.Context(), jobs, time.Now()); err != nil {
			t.Fatal(err)
		}
		w.until(5)
		counts := map[string]int{}
		for _, call := range o.got(w) {
			_, body, _ := strings.Cut(call, " ")
			counts[body]++
		}
		equal(t, "calls", counts, map[string]int{"once": 1, "again": 3})
	})
}

func TestTwoPagesUnderWayAreEachTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.end()
		o := w.withPage(plainPage, 1, 2)
		w.settings.Policies["enterprise"].Tiers[0].Page = "oncall"
		w.run()
		w.runPages(o)
		m := w.message("42")
		w.open(m, flow.OpenedNew)
		w.until(1.5)
		w.desk.mu.Lock()
		w.desk.silent = map[string]bool{"42": true} // the second page waits
		w.desk.mu.Unlock()
		w.until(3)
		tl, _ := w.timeline(m)
		equal(t, "first", tl.Tiers[0].Paging, escalation.PageSent)
		equal(t, "second", tl.Tiers[1].Paging, escalation.PageOwed)
		if err := w.replies.Hear(t.Context(), desk.Event{TicketID: "42", Kind: desk.Replied, At: w.at(3), Proof: true}); err != nil {
			t.Fatal(err)
		}
		w.until(10)
		got := o.got(w)
		if len(got) != 2 || !strings.HasSuffix(got[1], "resolve 42") {
			t.Errorf("%q", got)
		}
	})
}

// pages counts pages by name and outcome.
func (w *world) pages() map[string]float64 {
	w.t.Helper()
	families, err := w.registry.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	counts := map[string]float64{}
	for _, f := range families {
		if f.GetName() != "slabuddy_pages_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			values := map[string]string{}
			for _, l := range m.GetLabel() {
				values[l.GetName()] = l.GetValue()
			}
			counts[values["page"]+"/"+values["outcome"]] = m.GetCounter().GetValue()
		}
	}
	return counts
}
