package deliver

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// poster answers with what it is given, and keeps what it was asked.
type poster struct {
	ts      string
	outside bool // where a post lands
	found   bool
	err     error

	sent      []escalation.Post
	jobs      []string
	since     time.Time
	refreshed []refreshed
	marks     map[escalation.Thread][]Marked
	replied   map[string]time.Time // in the channel
	marksErr  error
	read      []escalation.Thread
	rows      []int // those of the digest that is found
	digests   [][]DigestRow
}

func (p *poster) Post(_ context.Context, jobID string, post escalation.Post) (Landed, error) {
	p.sent, p.jobs = append(p.sent, post), append(p.jobs, jobID)
	return Landed{TS: p.ts, Outside: p.outside}, p.err
}

func (p *poster) Find(_ context.Context, jobID string, _ escalation.Thread, since time.Time) (Landed, bool, error) {
	p.jobs, p.since = append(p.jobs, jobID), since
	return Landed{TS: p.ts, Outside: p.outside, Rows: p.rows}, p.found, p.err
}

func (p *poster) Marks(_ context.Context, at escalation.Thread, since time.Time) (Marks, error) {
	p.read, p.since = append(p.read, at), since
	m := Marks{Ours: p.marks[at]}
	if at.TS == "" {
		m.Replied = p.replied
	}
	return m, p.marksErr
}

func (p *poster) RefreshDigest(_ context.Context, _ string, rows []DigestRow) error {
	p.digests = append(p.digests, rows)
	return p.err
}

func (p *poster) Refresh(_ context.Context, ts string, r escalation.Reminder, t escalation.Timeline) error {
	p.refreshed = append(p.refreshed, refreshed{ts, r, t})
	return p.err
}

// refreshed is one call of Refresh.
type refreshed struct {
	TS       string
	Reminder escalation.Reminder
	Timeline escalation.Timeline
}

func deliverer(p Poster, l DelivererStore, now time.Time) (*Deliverer, *prometheus.Registry) {
	d, reg := escalationtest.Deps(func() time.Time { return now })
	return &Deliverer{Deps: d, Store: l, Poster: p}, reg
}

func prepare(t *testing.T, d *Deliverer, jobs ...queue.Job) []queue.Task {
	t.Helper()
	tasks, err := d.Prepare(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	return tasks
}

var effects = cmp.AllowUnexported(escalation.ReminderPosted{}, escalation.ReminderDeferred{}, escalation.ReminderGivenUp{}, escalation.ReminderJob{})

func TestSendPostsAReminderAndMarksIt(t *testing.T) {
	job, tl := reminding(t)
	p := &poster{ts: "1772442610.000200"}
	d, reg := deliverer(p, &loader{Timelines: []escalation.Timeline{tl}}, at(10.5))

	got := prepare(t, d, job)[0].Send(t.Context())
	equal(t, "outcome", got, queue.Sent(escalation.ReminderPosted{
		ReminderJob: escalation.ReminderJob{Timeline: "tl-1", Tier: 1, Round: 1}, Due: at(10), At: at(10.5), TS: "1772442610.000200", Late: 30 * time.Second, Mentioned: []string{"U0ANA"},
	}), effects)
	equal(t, "job", p.jobs, []string{"job-1"})
	equal(t, "thread", p.sent[0].Thread, message().Thread)
	equal(t, "posted", value(t, reg, "slabuddy_reminders_total", "enterprise", "first_reply", "1", "posted"), 1)
	equal(t, "lateness observed", value(t, reg, "slabuddy_reminder_lateness_seconds"), 1)
}

func TestSendLeavesToTheQueueWhatAFailureMeans(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want queue.Kind
	}{
		{"limited", &queue.Error{Kind: queue.KindLimited, After: time.Second, Gate: "g", Err: errors.New("ratelimited")}, queue.KindLimited},
		{"terminal", &queue.Error{Kind: queue.KindTerminal, Err: errors.New("is_archived")}, queue.KindTerminal},
		{"not understood", errors.New("connection reset"), queue.KindUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job, tl := reminding(t)
			d, _ := deliverer(&poster{err: tt.err}, &loader{Timelines: []escalation.Timeline{tl}}, at(10))
			got := prepare(t, d, job)[0].Send(t.Context())
			equal(t, "kind", got.Kind, tt.want)
			equal(t, "effect", got.Effect, nil)
		})
	}
}

func TestSendDropsWhatIsOutdatedAndLeavesItToTheWalker(t *testing.T) {
	for _, tt := range []struct {
		name    string
		edit    func(*escalation.Timeline)
		reason  string
		outcome string
	}{
		{"answered", closed(escalation.Answered), "the timeline is answered", "dropped"},
		{"snoozed", func(tl *escalation.Timeline) { tl.Tiers[0].Due = at(40) }, "the timeline was snoozed", "deferred"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job, tl := reminding(t)
			tt.edit(&tl)
			p := &poster{}
			d, reg := deliverer(p, &loader{Timelines: []escalation.Timeline{tl}}, at(10.5))
			got := prepare(t, d, job)[0].Send(t.Context())
			equal(t, "kind", got.Kind, queue.KindDropped)
			equal(t, "reason", got.Err.Error(), tt.reason)
			equal(t, "effect", got.Effect, queue.Effect(escalation.ReminderDeferred{ReminderJob: escalation.ReminderJob{Timeline: "tl-1", Tier: 1, Round: 1}, At: at(10.5), Reason: tt.reason}), effects)
			equal(t, "posts", len(p.sent), 0)
			equal(t, "counted", value(t, reg, "slabuddy_reminders_total", "enterprise", "first_reply", "1", tt.outcome), 1)
		})
	}
}

// Rule 12: an attempt whose outcome is unknown is looked for by its job's id.
func TestLook(t *testing.T) {
	for _, tt := range []struct {
		name   string
		poster poster
		want   queue.Outcome
	}{
		{"found: it was posted when Slack says", poster{ts: "1772442606.000000", found: true}, queue.Sent(escalation.ReminderPosted{
			ReminderJob: escalation.ReminderJob{Timeline: "tl-1", Tier: 1, Round: 1}, Due: at(10), At: at(10.1), TS: "1772442606.000000", Late: 6 * time.Second, Mentioned: []string{"U0ANA"},
		})},
		{"found, with a ts that is no time", poster{ts: "odd", found: true}, queue.Sent(escalation.ReminderPosted{
			ReminderJob: escalation.ReminderJob{Timeline: "tl-1", Tier: 1, Round: 1}, Due: at(10), At: at(15), TS: "odd", Late: 5 * time.Minute, Mentioned: []string{"U0ANA"},
		})},
		{"not there", poster{}, queue.Absent()},
		{"could not look: proves nothing", poster{err: context.DeadlineExceeded}, queue.Outcome{Kind: queue.KindLookFail, Err: context.DeadlineExceeded}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job, tl := reminding(t)
			closed(escalation.Answered)(&tl) // what stands in the thread stands, answered or not
			d, _ := deliverer(&tt.poster, &loader{Timelines: []escalation.Timeline{tl}}, at(15))
			got := prepare(t, d, job)[0].Look(t.Context())
			equal(t, "outcome", got, tt.want, effects, cmpopts.EquateErrors())
			equal(t, "job", tt.poster.jobs, []string{"job-1"})
			equal(t, "since five minutes before the first attempt", tt.poster.since, at(5.1))
			equal(t, "posts", len(tt.poster.sent), 0)
		})
	}
}

// Rule 14: a reminder that is given up fails its tier.
func TestGiveUp(t *testing.T) {
	job, tl := reminding(t)
	d, reg := deliverer(&poster{}, &loader{Timelines: []escalation.Timeline{tl}}, at(10.5))
	var log strings.Builder
	d.Logger = slog.New(slog.NewTextHandler(&log, nil))
	got := prepare(t, d, job)[0].GiveUp(errors.New("is_archived"))
	equal(t, "effect", got, queue.Effect(escalation.ReminderGivenUp{ReminderJob: escalation.ReminderJob{Timeline: "tl-1", Tier: 1, Round: 1}, At: at(10.5), Reason: "is_archived"}), effects)
	equal(t, "counted", value(t, reg, "slabuddy_reminders_total", "enterprise", "first_reply", "1", "failed"), 1)
	if !strings.Contains(log.String(), "a reminder could not be posted and was given up") || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the queue logs the error; here it is said what it means: %s", log.String())
	}
}

// Notes answer a person: nothing makes them outdated, and no timeline is read for them.
func TestNoteIsPostedAsItIs(t *testing.T) {
	job := queue.Job{New: escalation.NewPostJob("job-9", "answer/1", escalation.Post{Thread: message().Thread, Note: &escalation.Note{Kind: escalation.NoteHelp}}, at(10))}
	p, l := &poster{ts: "17.000002"}, &loader{}
	d, _ := deliverer(p, l, at(300))
	task := prepare(t, d, job)[0]
	equal(t, "outcome", task.Send(t.Context()), queue.Sent(nil))
	equal(t, "sent", p.sent[0].Note.Kind, escalation.NoteHelp)
	equal(t, "timelines read", len(l.Asked), 0)
	if effect := task.GiveUp(errors.New("no")); effect != nil {
		t.Errorf("effect %v, want none", effect)
	}
}

func TestPrepareReadsABatchAtOnce(t *testing.T) {
	job, tl := reminding(t)
	note := queue.Job{New: escalation.NewPostJob("job-9", "answer/1", escalation.Post{Thread: message().Thread, Note: &escalation.Note{Kind: escalation.NoteHelp}}, at(10))}
	broken := queue.Job{New: queue.New{ID: "job-8", Payload: []byte("{")}}
	l := &loader{Timelines: []escalation.Timeline{tl}}
	p := &poster{ts: "17.000002"}
	d, _ := deliverer(p, l, at(10))

	tasks := prepare(t, d, broken, note, job)
	equal(t, "timelines read", l.Asked, []string{"tl-1"})
	equal(t, "one that cannot be read", tasks[0].Send(t.Context()).Kind, queue.KindTerminal)
	equal(t, "looked for", tasks[0].Look(t.Context()).Kind, queue.KindAbsent)
	equal(t, "the others are sent", []queue.Kind{tasks[1].Send(t.Context()).Kind, tasks[2].Send(t.Context()).Kind}, []queue.Kind{queue.KindSent, queue.KindSent})

	l.Err = errors.New("database gone")
	if _, err := d.Prepare(t.Context(), []queue.Job{job}); !errors.Is(err, l.Err) {
		t.Errorf("error %v: without the timelines nothing may be sent", err)
	}
}
