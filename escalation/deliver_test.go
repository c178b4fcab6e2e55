package escalation

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// poster answers with what it is given, and keeps what it was asked.
type poster struct {
	ts    string
	found bool
	err   error

	sent      []Post
	jobs      []string
	since     time.Time
	refreshed []refreshed
}

func (p *poster) Post(_ context.Context, jobID string, post Post) (string, error) {
	p.sent, p.jobs = append(p.sent, post), append(p.jobs, jobID)
	return p.ts, p.err
}

func (p *poster) Find(_ context.Context, jobID string, _ Thread, since time.Time) (string, bool, error) {
	p.jobs, p.since = append(p.jobs, jobID), since
	return p.ts, p.found, p.err
}

func (p *poster) Refresh(_ context.Context, ts string, r Reminder, t Timeline) error {
	p.refreshed = append(p.refreshed, refreshed{ts, r, t})
	return p.err
}

// refreshed is one call of Refresh.
type refreshed struct {
	TS       string
	Reminder Reminder
	Timeline Timeline
}

// loader is a database of a few timelines and jobs.
type loader struct {
	timelines []Timeline
	jobs      []queue.Job
	err       error
	asked     []string
	askedJobs []string
}

func (l *loader) JobsByKey(_ context.Context, keys []string) ([]queue.Job, error) {
	l.askedJobs = keys
	return l.jobs, l.err
}

func (l *loader) Load(_ context.Context, ids []string) ([]Timeline, error) {
	l.asked = ids
	return l.timelines, l.err
}

// reminding is a job that owes the reminder of the first tier, decided on time, and its timeline.
func reminding(t *testing.T) (queue.Job, Timeline) {
	t.Helper()
	c, _ := Decide(enterprise(), facts(at(10)))
	return queue.Job{New: c.Jobs[0], FirstSent: at(10.1)}, *c.Timeline
}

func deliverer(p Poster, l Loader, now time.Time) (*Deliverer, *prometheus.Registry) {
	m, reg := metrics()
	return &Deliverer{Timelines: l, Poster: p, Now: func() time.Time { return now }, Logger: quiet(), Metrics: m}, reg
}

func prepare(t *testing.T, d *Deliverer, jobs ...queue.Job) []queue.Task {
	t.Helper()
	tasks, err := d.Prepare(t.Context(), jobs)
	if err != nil {
		t.Fatal(err)
	}
	return tasks
}

var effects = cmp.AllowUnexported(posted{}, deferred{}, failed{}, reminderJob{})

func TestSendPostsAReminderAndMarksIt(t *testing.T) {
	job, tl := reminding(t)
	p := &poster{ts: "1772442610.000200"}
	d, reg := deliverer(p, &loader{timelines: []Timeline{tl}}, at(10.5))

	got := prepare(t, d, job)[0].Send(t.Context())
	equal(t, "outcome", got, queue.Sent(posted{
		reminderJob: reminderJob{"tl-1", 1, 1}, due: at(10), at: at(10.5), ts: "1772442610.000200", late: 30 * time.Second, mentioned: []string{"U0ANA"},
	}), effects)
	equal(t, "job", p.jobs, []string{"job-1"})
	equal(t, "thread", p.sent[0].Thread, message().Thread)
	equal(t, "posted", value(t, reg, "slabuddy_reminders_total", "enterprise", "1", "posted"), 1)
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
			d, _ := deliverer(&poster{err: tt.err}, &loader{timelines: []Timeline{tl}}, at(10))
			got := prepare(t, d, job)[0].Send(t.Context())
			equal(t, "kind", got.Kind, tt.want)
			equal(t, "effect", got.Effect, nil)
		})
	}
}

// Rule 13: a reminder that is no longer right is not posted.
func TestOutdated(t *testing.T) {
	_, owed := reminding(t)
	edit := func(edits ...func(*Timeline)) *Timeline {
		tl := owed.clone()
		for _, e := range edits {
			e(&tl)
		}
		return &tl
	}
	snoozed, _ := Snooze(owed, 30*time.Minute, at(10.2))
	for _, tt := range []struct {
		name string
		t    *Timeline
		now  time.Time
		want string
	}{
		{"as decided", edit(), at(10), ""},
		{"a decision is good for a minute", edit(), at(11), ""},
		{"and no longer", edit(), at(11).Add(1), "it was not posted within a minute of being decided"},
		{"answered", edit(closed(Answered)), at(10.5), "the timeline is answered"},
		{"withdrawn", edit(closed(Withdrawn)), at(10.5), "the timeline is withdrawn"},
		{"expired", edit(closed(Expired)), at(10.5), "the timeline is expired"},
		{"purged", nil, at(10.5), "its timeline is gone"},
		{"snoozed", &snoozed, at(10.5), "the timeline was snoozed"},
		{"snoozed, and the time is there", &snoozed, at(40.5), "the timeline was snoozed"},
		{"a higher tier has come due", edit(func(tl *Timeline) { tl.Tiers[1].Due = at(10.5) }), at(10.5), "tier 2 has come due"},
		{"the highest tells", edit(func(tl *Timeline) { tl.Tiers[3].Due = at(10.4) }), at(10.5), "tier 4 has come due"},
		{"a higher one that failed is not waited for", edit(inStates(TierOwed, TierFailed), func(tl *Timeline) { tl.Tiers[1].Due = at(10.5) }), at(10.5), ""},
		{"decided again", edit(func(tl *Timeline) { tl.Tiers[0].Round = 2 }), at(10.5), "the tier no longer waits for it"},
		{"pending again", edit(inStates(TierPending)), at(10.5), "the tier no longer waits for it"},
		{"tried again by hand", edit(inStates(TierFailed)), at(90), "its tier had failed, and somebody had it tried again"},
		{"tried again by hand, and answered", edit(inStates(TierFailed), closed(Answered)), at(90), "the timeline is answered"},
		{"a replica whose clock is behind sends it all the same", edit(), at(9.97), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := Decide(enterprise(), facts(at(10)))
			if got := outdated(tt.t, post(t, c), tt.now); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestSendDropsWhatIsOutdatedAndLeavesItToTheWalker(t *testing.T) {
	for _, tt := range []struct {
		name    string
		edit    func(*Timeline)
		reason  string
		outcome string
	}{
		{"answered", closed(Answered), "the timeline is answered", "dropped"},
		{"snoozed", func(tl *Timeline) { tl.Tiers[0].Due = at(40) }, "the timeline was snoozed", "deferred"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job, tl := reminding(t)
			tt.edit(&tl)
			p := &poster{}
			d, reg := deliverer(p, &loader{timelines: []Timeline{tl}}, at(10.5))
			got := prepare(t, d, job)[0].Send(t.Context())
			equal(t, "kind", got.Kind, queue.KindDropped)
			equal(t, "reason", got.Err.Error(), tt.reason)
			equal(t, "effect", got.Effect, any(deferred{reminderJob{"tl-1", 1, 1}, at(10.5), tt.reason}), effects)
			equal(t, "posts", len(p.sent), 0)
			equal(t, "counted", value(t, reg, "slabuddy_reminders_total", "enterprise", "1", tt.outcome), 1)
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
		{"found: it was posted when Slack says", poster{ts: "1772442606.000000", found: true}, queue.Sent(posted{
			reminderJob: reminderJob{"tl-1", 1, 1}, due: at(10), at: at(10.1), ts: "1772442606.000000", late: 6 * time.Second, mentioned: []string{"U0ANA"},
		})},
		{"found, with a ts that is no time", poster{ts: "odd", found: true}, queue.Sent(posted{
			reminderJob: reminderJob{"tl-1", 1, 1}, due: at(10), at: at(15), ts: "odd", late: 5 * time.Minute, mentioned: []string{"U0ANA"},
		})},
		{"not there", poster{}, queue.Absent()},
		{"could not look: proves nothing", poster{err: context.DeadlineExceeded}, queue.Outcome{Kind: queue.KindLookFail, Err: context.DeadlineExceeded}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job, tl := reminding(t)
			closed(Answered)(&tl) // what stands in the thread stands, answered or not
			d, _ := deliverer(&tt.poster, &loader{timelines: []Timeline{tl}}, at(15))
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
	d, reg := deliverer(&poster{}, &loader{timelines: []Timeline{tl}}, at(10.5))
	got := prepare(t, d, job)[0].GiveUp(errors.New("is_archived"))
	equal(t, "effect", got, any(failed{reminderJob{"tl-1", 1, 1}, at(10.5), "is_archived"}), effects)
	equal(t, "counted", value(t, reg, "slabuddy_reminders_total", "enterprise", "1", "failed"), 1)
}

// Notes answer a person: nothing makes them outdated, and no timeline is read for them.
func TestNoteIsPostedAsItIs(t *testing.T) {
	job := queue.Job{New: NewPostJob("job-9", "answer/1", Post{Thread: message().Thread, Note: &Note{Kind: NoteHelp}}, at(10))}
	p, l := &poster{ts: "17.000002"}, &loader{}
	d, _ := deliverer(p, l, at(300))
	task := prepare(t, d, job)[0]
	equal(t, "outcome", task.Send(t.Context()), queue.Sent(nil))
	equal(t, "sent", p.sent[0].Note.Kind, NoteHelp)
	equal(t, "timelines read", len(l.asked), 0)
	if effect := task.GiveUp(errors.New("no")); effect != nil {
		t.Errorf("effect %v, want none", effect)
	}
}

func TestPrepareReadsABatchAtOnce(t *testing.T) {
	job, tl := reminding(t)
	note := queue.Job{New: NewPostJob("job-9", "answer/1", Post{Thread: message().Thread, Note: &Note{Kind: NoteHelp}}, at(10))}
	broken := queue.Job{New: queue.New{ID: "job-8", Payload: []byte("{")}}
	l := &loader{timelines: []Timeline{tl}}
	p := &poster{ts: "17.000002"}
	d, _ := deliverer(p, l, at(10))

	tasks := prepare(t, d, broken, note, job)
	equal(t, "timelines read", l.asked, []string{"tl-1"})
	equal(t, "one that cannot be read", tasks[0].Send(t.Context()).Kind, queue.KindTerminal)
	equal(t, "looked for", tasks[0].Look(t.Context()).Kind, queue.KindAbsent)
	equal(t, "the others are sent", []queue.Kind{tasks[1].Send(t.Context()).Kind, tasks[2].Send(t.Context()).Kind}, []queue.Kind{queue.KindSent, queue.KindSent})

	l.err = errors.New("database gone")
	if _, err := d.Prepare(t.Context(), []queue.Job{job}); !errors.Is(err, l.err) {
		t.Errorf("error %v: without the timelines nothing may be sent", err)
	}
}

func TestTimeOf(t *testing.T) {
	got, err := TimeOf("1772442606.000123")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "time", got, at(10.1).Add(123*time.Microsecond))
	for _, ts := range []string{"", "1772442606", "1772442606.", "1772442606.12345", "1772442606.1234567", "17724426.000123", "-772442606.000123", "+772442606.000123", "1772442606.-00123", "1772442606,000123", "99999999999.000000", "1e10000000.000000"} {
		if got, err := TimeOf(ts); err == nil {
			t.Errorf("%q was read as %s", ts, got)
		}
	}
}
