package deliver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// doubtful is a memory in doubt.
type doubtful Doubt

func (d doubtful) Doubt(context.Context) (Doubt, error) { return Doubt(d), nil }

// tsAt is the ts of a message posted so many minutes after the sample ticket.
func tsAt(minutes float64) string {
	t := at(minutes)
	return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000)
}

// Rule 12: what the database may have forgotten is looked for before it is posted, and found by ticket, clock and tier.
func TestWhatTheDatabaseForgotIsNotPostedOnceMore(t *testing.T) {
	job, tl := reminding(t)
	thread := tl.ThreadNow()
	channel := escalation.Thread{Workspace: thread.Workspace, Channel: thread.Channel}
	post, err := escalation.ReadPost(job)
	if err != nil {
		t.Fatal(err)
	}
	mark, other := post.Reminder.Mark(), (escalation.Reminder{Ticket: post.Reminder.Ticket, Tier: 2}).Mark()
	in := doubtful{Since: at(8), Until: at(10.1)}
	posted := func(ts string, when time.Time) queue.Outcome {
		return queue.Sent(escalation.ReminderPosted{
			ReminderJob: escalation.ReminderJob{Timeline: "tl-1", Tier: 1, Round: 1}, Due: at(10), At: when, TS: ts,
			Late: max(when.Sub(at(10)), 0), Mentioned: []string{"U0ANA"}, Recalled: true,
		})
	}
	for _, tt := range []struct {
		name  string
		doubt doubtful
		now   time.Time
		marks map[escalation.Thread][]Marked
		edit  func(*escalation.Timeline)
		sent  bool
		want  queue.Outcome
	}{
		{name: "nothing is in doubt", now: at(10.5), marks: map[escalation.Thread][]Marked{thread: {{TS: tsAt(10), Marks: []string{mark}}}}, sent: true},
		{name: "it came due later", doubt: doubtful{Since: at(8), Until: at(9)}, now: at(10.5), marks: map[escalation.Thread][]Marked{thread: {{TS: tsAt(10), Marks: []string{mark}}}}, sent: true},
		{name: "in its thread", doubt: in, now: at(10.5), marks: map[escalation.Thread][]Marked{thread: {{TS: tsAt(9.95), Marks: []string{other}}, {TS: tsAt(10), Marks: []string{mark}}}}, want: posted(tsAt(10), at(10))},
		{name: "in a digest", doubt: in, now: at(10.5), marks: map[escalation.Thread][]Marked{channel: {{TS: tsAt(10), Marks: []string{other, mark}, Digest: true, Outside: true}}}, want: posted("", at(10))},
		{name: "another tier's", doubt: in, now: at(10.5), marks: map[escalation.Thread][]Marked{thread: {{TS: tsAt(10), Marks: []string{other}}}}, sent: true},
		{name: "an earlier one that the database knows", doubt: in, now: at(10.5), marks: map[escalation.Thread][]Marked{thread: {{TS: tsAt(10), Marks: []string{mark}}}},
			edit: func(tl *escalation.Timeline) { tl.Posts = []escalation.Posting{{TS: tsAt(10), Tier: 1, Round: 0}} }, sent: true},
		{name: "one from before it was due", doubt: in, now: at(10.5), marks: map[escalation.Thread][]Marked{thread: {{TS: tsAt(4), Marks: []string{mark}}}}, sent: true},
		{name: "so soon that what was on its way is not seen yet", doubt: in, now: at(10.2),
			want: queue.Failure(&queue.Error{Kind: queue.KindRetry, After: 4 * time.Second, Err: errTooSoon})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tl := tl
			if tt.edit != nil {
				tt.edit(&tl)
			}
			p := &poster{ts: tsAt(10.5), marks: tt.marks}
			d, _ := deliverer(p, &loader{Timelines: []escalation.Timeline{tl}}, tt.now)
			d.Memory = tt.doubt
			got := prepare(t, d, job)[0].Send(t.Context())
			equal(t, "posted", len(p.sent) == 1, tt.sent)
			if tt.sent {
				return
			}
			equal(t, "kind and wait", []any{got.Kind, got.After}, []any{tt.want.Kind, tt.want.After})
			equal(t, "effect", got.Effect, tt.want.Effect, effects)
			switch {
			case len(p.read) == 2:
				equal(t, "the thread is read since five minutes before", p.since, at(3))
			case len(p.read) == 1:
				equal(t, "the channel is read since a day before", p.since, at(3).Add(-threadsOf))
			}
		})
	}
}

// Rule 12: a look that fails never permits a post, and is made again.
func TestWhatCannotBeLookedForIsNotPosted(t *testing.T) {
	job, tl := reminding(t)
	for _, tt := range []struct {
		err  error
		want queue.Kind
	}{
		{errors.New("connection reset"), queue.KindRetry},
		{&queue.Error{Kind: queue.KindTerminal, Err: errors.New("channel_not_found")}, queue.KindRetry},
		{&queue.Error{Kind: queue.KindLimited, After: time.Minute, Gate: "g", Err: errors.New("ratelimited")}, queue.KindLimited},
	} {
		p := &poster{ts: tsAt(10.5), marksErr: tt.err}
		d, _ := deliverer(p, &loader{Timelines: []escalation.Timeline{tl}}, at(10.5))
		d.Memory = doubtful{Since: at(8), Until: at(10.1)}
		task := prepare(t, d, job)[0]
		equal(t, tt.err.Error(), task.Send(t.Context()).Kind, tt.want)
		equal(t, "posted", len(p.sent), 0)
		p.marksErr = nil
		equal(t, "then", task.Send(t.Context()).Kind, queue.KindSent)
	}
}

// Of a digest, those are left out that are posted already; the channel is read once, and no thread that was quiet.
func TestADigestLeavesOutWhatIsPostedAlready(t *testing.T) {
	job, timelines := digestOf(t)
	post, err := escalation.ReadPost(job)
	if err != nil {
		t.Fatal(err)
	}
	channel := post.Thread
	now := post.Rows[0].Reminder.DecidedAt.Add(20 * time.Second)
	until := now.Add(-15 * time.Second)
	stands := Marked{TS: fmt.Sprintf("%d.000100", until.Unix()), Marks: []string{post.Rows[1].Reminder.Mark()}, Digest: true, Outside: true}
	p := &poster{ts: "1772442610.000200", marks: map[escalation.Thread][]Marked{channel: {stands}}, replied: map[string]time.Time{
		post.Rows[0].TS: until.Add(-time.Hour), post.Rows[2].TS: until, // nobody meanwhile, and somebody
	}}
	d, _ := deliverer(p, &loader{Timelines: timelines}, now)
	d.Memory = doubtful{Since: until.Add(-time.Minute), Until: until}
	got := prepare(t, d, job)[0].Send(t.Context())
	equal(t, "kind", got.Kind, queue.KindSent)
	if len(p.sent) != 1 {
		t.Fatalf("%d posts", len(p.sent))
	}
	var rows []int
	for _, row := range p.sent[0].Rows {
		rows = append(rows, row.Row)
	}
	if slices.Contains(rows, 2) || len(rows) != len(post.Rows)-1 {
		t.Errorf("rows %v", rows)
	}
	equal(t, "read", p.read, []escalation.Thread{channel, post.Rows[2].Thread})
	equal(t, "the tiers", came(timelines, got.Effect), []escalation.TierState{posted, posted, posted})
	for _, effect := range got.Effect.(escalation.Effects) {
		if e, ok := effect.(escalation.ReminderPosted); ok {
			equal(t, e.Timeline, []any{e.Recalled, e.TS == ""}, []any{e.Timeline == post.Rows[1].Timeline, e.Timeline == post.Rows[1].Timeline})
		} else {
			t.Errorf("an effect of another kind: %#v", effect)
		}
	}
}
