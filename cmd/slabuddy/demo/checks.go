package demo

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// check is one thing that must have come out of the story.
type check struct {
	says  string
	holds func(map[string]outcome) error
}

// checks are what story must come to.
func checks() []check {
	return []check{
		{"Nobody answered ticket 4101: four reminders, to ever more people, and a breach at the deadline", func(all map[string]outcome) error {
			o := all[unanswered]
			return errors.Join(
				o.posted("09:10 Bob, Chloe", "09:20 Ana, Bob, Chloe", "09:35 @support", "09:50 @head-of-success"),
				o.is(escalation.Open), o.breached(true))
		}},
		{"Ana was on shift and embedded: no tier 1 pinged her, and tier 2 did", embeddedSpared},
		{"Ticket 4102 was answered in the help desk: one reminder, and none after the reply", func(all map[string]outcome) error {
			o := all[answered]
			return errors.Join(o.posted("09:14 Bob, Chloe"), o.is(escalation.Answered), o.repliedAt("09:16"), o.breached(false))
		}},
		{"Ticket 4103 was feedback: nothing was opened and nothing posted", func(all map[string]outcome) error {
			o := all[feedback]
			if o.opened {
				return errors.New("a timeline was opened")
			}
			return o.posted()
		}},
		{"Ticket 4104 was snoozed for 20 minutes: tier 2 came that much later, and the answer in time", func(all map[string]outcome) error {
			o := all[snoozed]
			return errors.Join(
				o.posted("09:28 Bob, Chloe", "09:31 nobody", "09:58 Ana, Bob, Chloe"),
				o.is(escalation.Answered), o.repliedAt("10:02"), o.breached(false))
		}},
		{"Ticket 4105 went by the other policy: reminders after 1 and 3 hours, and none after the reply", func(all map[string]outcome) error {
			o := all[overnight]
			return errors.Join(o.posted("23:40 Dev", "01:40 Dev"), o.is(escalation.Answered), o.repliedAt("01:52"), o.breached(false))
		}},
		{"Ticket 4106 came at night and waited for the morning: a warning 15 minutes before its deadline, and the reply in time", func(all map[string]outcome) error {
			o := all[owing]
			return errors.Join(o.posted("09:45 Ana, Bob, Chloe", "11:01 Ana, Bob, Chloe"), o.repliedAt("09:51"), o.breached(false))
		}},
		{"Its customer wrote again, twice: the next reply was promised each time, and kept", func(all map[string]outcome) error {
			return all[owing].kept(policy.NextReply, 2)
		}},
		{"It waited for its customer: the clock of its solution stood still, without a reminder, and it was solved in time", func(all map[string]outcome) error {
			return errors.Join(all[owing].kept(policy.Resolution, 1), all[owing].stoodStill(), all[owing].is(escalation.Answered))
		}},
		{"Once the customer had an answer, the reminders were settled: they ping nobody any more", settled},
		{"Every reminder was on time, and stands in its thread exactly once", exactlyOnce},
	}
}

// posted says how the bot's posts in the thread differ from those wanted.
func (o outcome) posted(want ...string) error {
	var got []string
	for _, p := range o.posts {
		got = append(got, p.String())
	}
	if slices.Equal(got, want) {
		return nil
	}
	return fmt.Errorf("in its thread stand %s; it should be %s", quote(got), quote(want))
}

func quote(posts []string) string {
	if len(posts) == 0 {
		return "no posts of the bot's"
	}
	return "“" + strings.Join(posts, "”, “") + "”"
}

func (o outcome) is(want escalation.TimelineState) error {
	if o.timeline.State == want {
		return nil
	}
	return fmt.Errorf("its timeline is %q; it should be %q", o.timeline.State, want)
}

func (o outcome) repliedAt(want string) error {
	if got := o.timeline.AnsweredAt.Format(hourTime); got != want {
		return fmt.Errorf("it counts as answered at %s; it should be %s", got, want)
	}
	return nil
}

func (o outcome) breached(want bool) error {
	if got := !o.timeline.FirstReply().BreachedAt.IsZero(); got != want {
		return fmt.Errorf("a breach is recorded: %t; it should be %t", got, want)
	}
	return nil
}

// kept says that the promise of a clock was not kept so often, or broken.
func (o outcome) kept(clock policy.ClockKind, want int) error {
	got := 0
	for _, e := range o.events {
		switch {
		case e.Clock != clock:
		case e.Kind == escalation.EventKept:
			got++
		case e.Kind == escalation.EventBreached:
			return fmt.Errorf("the promise of the %s was broken at %s", clock.Words(), e.At.Format(hourTime))
		}
	}
	if got != want {
		return fmt.Errorf("the promise of the %s was kept %d times; it should be %d", clock.Words(), got, want)
	}
	return nil
}

// stoodStill says that the resolution's deadline was not moved by the time of waiting for the customer.
func (o outcome) stoodStill() error {
	c := o.timeline.Clock(policy.Resolution)
	if c == nil || c.Deadline.Before(tuesday(14, 40)) {
		return errors.New("the deadline of its solution was not moved")
	}
	return nil
}

// settled holds the reminders of answered tickets to pinging nobody, and the others to the contrary.
func settled(all map[string]outcome) error {
	for _, ticket := range slices.Sorted(maps.Keys(all)) {
		o := all[ticket]
		for _, p := range o.posts {
			if len(p.pinged) > 0 && p.settled != (o.timeline.State == escalation.Answered) {
				return fmt.Errorf("the reminder of %s in the thread of ticket %s is settled: %t", p.at.Format(hourTime), ticket, p.settled)
			}
		}
	}
	return nil
}

// embeddedSpared goes by whom the App remembers to have mentioned with each tier. The Business plan has no tier for
// those whose hands are free.
func embeddedSpared(all map[string]outcome) error {
	pinged := map[int]int{} // how often Ana was, by tier
	for ticket, o := range all {
		if ticket == owing {
			continue
		}
		for _, e := range o.events {
			if e.Kind == escalation.EventPosted && slices.Contains(e.Mentioned, ana) {
				pinged[e.Tier]++
			}
		}
	}
	if pinged[1] > 0 || pinged[2] == 0 {
		return fmt.Errorf("she was pinged %d times with tier 1, and %d times with tier 2", pinged[1], pinged[2])
	}
	return nil
}

// exactlyOnce compares what is in the threads with what the App remembers: one post for each tier
// that was posted, one for each snooze, and no other.
func exactlyOnce(all map[string]outcome) error {
	var errs []error
	for _, ticket := range slices.Sorted(maps.Keys(all)) {
		posted, snoozes := map[int]bool{}, 0
		for _, e := range all[ticket].events {
			switch e.Kind {
			case escalation.EventSnoozed:
				snoozes++
			case escalation.EventPosted:
				posted[e.Tier] = true
				if e.Late >= time.Minute {
					errs = append(errs, fmt.Errorf("tier %d of ticket %s was %s late", e.Tier, ticket, e.Late))
				}
			case escalation.EventFailed:
				errs = append(errs, fmt.Errorf("tier %d of ticket %s could not be posted: %s", e.Tier, ticket, e.Cause))
			}
		}
		if got, want := len(all[ticket].posts), len(posted)+snoozes; got != want {
			errs = append(errs, fmt.Errorf("in the thread of ticket %s stand %d posts; it should be %d", ticket, got, want))
		}
	}
	return errors.Join(errs...)
}
