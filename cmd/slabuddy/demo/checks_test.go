package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// reminded is a timeline whose reminders were posted, one tier after the other.
func reminded(posts ...post) outcome {
	o := outcome{opened: true, posts: posts, timeline: escalation.Timeline{State: escalation.Open}}
	for i, p := range posts {
		e := escalation.Event{At: p.at, Kind: escalation.EventPosted, Tier: i + 1}
		for _, name := range p.pinged {
			e.Mentioned = append(e.Mentioned, "U0"+strings.ToUpper(name))
		}
		o.events = append(o.events, e)
	}
	return o
}

func (o outcome) answeredAt(at time.Time) outcome {
	o.timeline.State, o.timeline.AnsweredAt = escalation.Answered, at
	for i := range o.posts {
		o.posts[i].settled = true
	}
	return o
}

// good is what the story should come to.
func good() map[string]outcome {
	all := map[string]outcome{
		unanswered: reminded(
			post{at: monday(9, 10), pinged: []string{"Bob", "Chloe"}}, post{at: monday(9, 20), pinged: []string{"Ana", "Bob", "Chloe"}},
			post{at: monday(9, 35), pinged: []string{"@support"}}, post{at: monday(9, 50), pinged: []string{"@head-of-success"}}),
		answered: reminded(post{at: monday(9, 14), pinged: []string{"Bob", "Chloe"}}).answeredAt(monday(9, 16)),
		feedback: {},
		snoozed: reminded(post{at: monday(9, 28), pinged: []string{"Bob", "Chloe"}}, post{at: monday(9, 58), pinged: []string{"Ana", "Bob", "Chloe"}}).
			answeredAt(monday(10, 2)),
		overnight: reminded(post{at: monday(23, 40), pinged: []string{"Dev"}}, post{at: tuesday(1, 40), pinged: []string{"Dev"}}).answeredAt(tuesday(1, 52)),
		owing:     reminded(post{at: tuesday(9, 45), pinged: []string{"Ana", "Bob", "Chloe"}}, post{at: tuesday(11, 1), pinged: []string{"Ana", "Bob", "Chloe"}}).answeredAt(tuesday(9, 51)),
	}
	change(all, owing, func(o *outcome) {
		for _, clock := range []policy.ClockKind{policy.NextReply, policy.NextReply, policy.Resolution} {
			o.events = append(o.events, escalation.Event{Kind: escalation.EventKept, Details: escalation.Details{Clock: clock}})
		}
		o.timeline.Clocks = []escalation.Clock{{Kind: policy.FirstReply}, {Kind: policy.Resolution, Deadline: tuesday(14, 55)}}
	})
	change(all, unanswered, func(o *outcome) { o.timeline.FirstReply().BreachedAt = monday(9, 50) })
	change(all, snoozed, func(o *outcome) {
		o.posts = []post{o.posts[0], {at: monday(9, 31)}, o.posts[1]}
		o.events = append(o.events, escalation.Event{Kind: escalation.EventSnoozed})
	})
	return all
}

func change(all map[string]outcome, ticket string, how func(*outcome)) {
	o := all[ticket]
	how(&o)
	all[ticket] = o
}

func TestEachCheckFailsWhereItShould(t *testing.T) {
	const (
		escalated = iota
		embedded
		inDesk
		ignored
		putOff
		policies
		morning
		nextOnes
		waiting
		quieted
		punctual
	)
	breach := func(o *outcome) { o.timeline.FirstReply().BreachedAt = monday(9, 50) }
	reopen := func(o *outcome) { o.timeline.State = escalation.Open }
	tests := []struct {
		name   string
		ticket string
		change func(*outcome)
		fails  []int
		says   string
	}{
		{"all is well", unanswered, func(*outcome) {}, nil, ""},
		{"a reminder is missing", unanswered, func(o *outcome) { o.posts = o.posts[:3] }, []int{escalated, punctual}, "stand 3 posts; it should be 4"},
		{"a reminder stands twice", unanswered, func(o *outcome) { o.posts = append(o.posts, o.posts[3]) }, []int{escalated, punctual}, "stand 5 posts; it should be 4"},
		{"a reminder is twice in the history", overnight, func(o *outcome) {
			o.posts, o.events = append(o.posts, o.posts[1]), append(o.events, o.events[1])
		}, []int{policies, punctual}, "stand 3 posts; it should be 2"},
		{"a reminder is late", unanswered, func(o *outcome) { o.events[0].Late = time.Minute }, []int{punctual}, "tier 1 of ticket 4101 was 1m0s late"},
		{"a reminder failed", answered, func(o *outcome) {
			o.events = append(o.events, escalation.Event{Kind: escalation.EventFailed, Tier: 2, Details: escalation.Details{Cause: "is_archived"}})
		}, []int{punctual}, "tier 2 of ticket 4102 could not be posted: is_archived"},
		{"Ana is pinged too early", unanswered, func(o *outcome) {
			o.events[0].Mentioned = append(o.events[0].Mentioned, ana)
		}, []int{embedded}, "1 times with tier 1"},
		{"Ana is never pinged", unanswered, func(o *outcome) {
			o.posts[1].pinged, o.events[1].Mentioned = []string{"Bob", "Chloe"}, nil
		}, []int{escalated}, "“09:20 Bob, Chloe”"},
		{"no breach is recorded", unanswered, func(o *outcome) { o.timeline.FirstReply().BreachedAt = time.Time{} }, []int{escalated}, "a breach is recorded: false"},
		{"it is taken for answered", unanswered, func(o *outcome) { o.timeline.State = escalation.Answered }, []int{escalated, quieted}, `"answered"; it should be "open"`},
		{"the reply goes unnoticed", answered, reopen, []int{inDesk, quieted}, `"open"; it should be "answered"`},
		{"the reply is misdated", answered, func(o *outcome) { o.timeline.AnsweredAt = monday(9, 19) }, []int{inDesk}, "answered at 09:19; it should be 09:16"},
		{"feedback is followed", feedback, func(o *outcome) { o.opened = true }, []int{ignored}, "a timeline was opened"},
		{"feedback is brought up", feedback, func(o *outcome) { o.posts = []post{{at: monday(9, 17)}} }, []int{ignored, punctual}, "it should be no posts"},
		{"the snooze is not answered", snoozed, func(o *outcome) { o.posts = []post{o.posts[0], o.posts[2]} }, []int{putOff, punctual}, "“09:28 Bob, Chloe”, “09:58"},
		{"the snooze moves the deadline wrongly", snoozed, breach, []int{putOff}, "a breach is recorded: true"},
		{"a reminder still pings though it is answered", overnight, func(o *outcome) { o.posts[1].settled = false }, []int{quieted}, "01:40 in the thread of ticket 4105 is settled: false"},
		{"the night is disturbed", owing, func(o *outcome) { o.posts[0].at = monday(23, 5) }, []int{morning}, "“23:05 Ana, Bob, Chloe”"},
		{"a next reply goes unnoticed", owing, func(o *outcome) { o.events = slices.Delete(o.events, 2, 3) }, []int{nextOnes}, "next reply was kept 1 times"},
		{"a next reply is late", owing, func(o *outcome) {
			o.events = append(o.events, escalation.Event{At: tuesday(11, 21), Kind: escalation.EventBreached, Details: escalation.Details{Clock: policy.NextReply}})
		}, []int{nextOnes}, "next reply was broken at 11:21"},
		{"the clock of the solution goes on", owing, func(o *outcome) { o.timeline.Clock(policy.Resolution).Deadline = tuesday(13, 0) }, []int{waiting}, "was not moved"},
		{"the night is short", overnight, reopen, []int{policies, quieted}, `"open"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all := good()
			change(all, tt.ticket, tt.change)
			var out strings.Builder
			failed := verify(newPage(&out, 200, false), all)
			if failed != len(tt.fails) || !strings.Contains(out.String(), tt.says) {
				t.Errorf("%d checks fail, want %d and %q:\n%s", failed, len(tt.fails), tt.says, &out)
			}
			for _, i := range tt.fails {
				if !strings.Contains(out.String(), "✗ "+checks()[i].says) {
					t.Errorf("this should fail: %s\n%s", checks()[i].says, &out)
				}
			}
		})
	}
}
