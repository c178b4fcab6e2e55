package replay

import (
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// Conditions are what a workspace's tickets are replayed under: the settings that are tried, and who was
// there at the time.
type Conditions struct {
	Settings  *escalation.Settings
	Directory circle.Directory
	Rosters   review.Rosters // as they were; nil: none was kept
	Names     review.Names
	Zones     review.Zones
}

// run is one timeline's replay.
type run struct {
	conditions Conditions
	settings   *escalation.Settings // the conditions', with the pauses that the channel had
	facts      facts
	was        review.Record
	t          escalation.Timeline
	history    []escalation.Event
	jobs       int
	unknown    int // reminders of which nobody knows whom they would have mentioned
}

// Would is what would have become of a ticket.
type Would struct {
	review.Record
	Opens   bool // false: the conditions open nothing for it, and the record is as it was
	Nobody  int  // reminders of which nobody knows whom they would have mentioned
	Changed bool // it changed on the way, and it is not known what it had been
}

// Run is what would have become of a record's ticket by now.
func Run(r review.Record, conditions Conditions, now time.Time) Would {
	t := r.Timeline
	f := factsOf(r, conditions.Settings.HoursOf(t))
	m := escalation.Message{Thread: t.Thread, PostedAt: t.PostedAt, Ticket: f.original.ticket(t.Ticket)}
	p, whyNot := escalation.Opens(m, conditions.Settings)
	if whyNot != "" {
		return Would{Record: r}
	}
	settings := *conditions.Settings
	settings.Paused = nil
	x := &run{conditions: conditions, settings: &settings, facts: f, was: r}
	x.t = escalation.Begin(t.ID, m, p, x.settings, t.OpenedAt)
	x.live(now)
	return Would{review.Record{Timeline: x.t, History: x.history}, true, x.unknown, f.original.unknown}
}

// live goes from one thing that happens to the next.
func (x *run) live(now time.Time) {
	inputs := x.facts.inputs
	var floor time.Time // a walk that decided nothing comes again no sooner
	for {
		open := x.t.State == escalation.Open
		next := x.facts.awake(x.t.NextAt())
		if next.Before(floor) {
			next = floor
		}
		switch {
		case len(inputs) > 0 && (!open || !inputs[0].at.After(next) || inputs[0].heardAsking(next)):
			if inputs[0].at.After(now) {
				return
			}
			x.take(inputs[0])
			inputs = inputs[1:]
		case !open, next.After(now):
			return
		case !x.decide(next, x.facts.answer(next, x.settings)):
			floor = next.Add(time.Minute)
		}
	}
}

// walkTakes is how long after a due time the walk may hear what it asks for: it begins within a second, asks for as
// long as all may, and once more after a second.
const walkTakes = desk.AskShare + 2*time.Second

// heardAsking says that the desk told this as it was asked just before a due time's reminder (rule 5): it knew it by
// then, and was heard within the walk.
func (in input) heardAsking(due time.Time) bool {
	return in.told && !in.since.After(due) && !in.at.After(due.Add(walkTakes))
}

// take lets something happen.
func (x *run) take(in input) {
	if in.told {
		answer := x.facts.answered(in.at)
		answer.Facts = in.facts
		x.decide(in.at, answer)
		return
	}
	e := in.event
	var c escalation.Change
	switch e.Kind {
	case escalation.EventSnoozed:
		c, _ = escalation.SnoozeByClick(x.t, escalation.Click{User: e.By, At: in.at}, e.For, x.surroundings(in.at))
	case escalation.EventOwned:
		if name := x.conditions.Names[e.By]; e.From != "" {
			c, _ = escalation.Assign(x.t, escalation.Click{User: e.From}, escalation.NewOwner{User: e.By, Name: name}, x.surroundings(in.at))
		} else {
			c, _ = escalation.Own(x.t, escalation.Click{User: e.By, Name: name}, x.surroundings(in.at))
		}
	case escalation.EventUnsnoozed:
		c, _ = escalation.Unsnooze(x.t, escalation.Click{User: e.By}, x.surroundings(in.at))
	case escalation.EventPaused:
		x.settings.Paused = map[string]time.Time{x.t.Channel: e.Until}
		c = escalation.Pause(x.t, e.Until, e.By, in.at)
	case escalation.EventResumed:
		x.settings.Paused = nil
		c = escalation.Pause(x.t, time.Time{}, e.By, in.at)
	}
	if c.Timeline != nil {
		x.t, x.history = *c.Timeline, append(x.history, c.Events...)
	}
}

func (x *run) surroundings(at time.Time) escalation.Facts {
	return escalation.Facts{
		Now: at, Roster: x.rosterAt(at), Directory: x.conditions.Directory, Settings: x.settings,
		NewID: func() string { x.jobs++; return fmt.Sprintf("%s/%d", x.t.ID, x.jobs) },
	}
}

// decide decides as a walk does, and has what is decided posted at once; it reports whether anything was.
func (x *run) decide(at time.Time, answer desk.Answer) bool {
	f := x.surroundings(at)
	f.Answer = answer
	c := escalation.Decide(x.t, f)
	if c.Timeline == nil {
		return false
	}
	x.t, x.history = *c.Timeline, append(x.history, c.Events...)
	for _, job := range c.Jobs {
		if p, err := escalation.ReadPost(queue.Job{New: job}); err == nil && p.Reminder != nil {
			x.post(p, at)
		}
	}
	return true
}

// post has a reminder stand in its thread, or fail as it did.
func (x *run) post(p escalation.Post, at time.Time) {
	r := p.Reminder
	job := escalation.ReminderJob{Timeline: x.t.ID, Tier: r.Tier, Round: p.Round}
	effect := escalation.ReminderPosted{ReminderJob: job, Due: r.Due, RepeatAt: r.RepeatAt, At: at, Late: max(at.Sub(r.Due), 0), Mentioned: x.whom(r, at)}
	var events []escalation.Event
	if x.facts.awake(at) != at { // decided because something was told, while nothing could be posted
		events, _ = escalation.ReminderDeferred{ReminderJob: job, At: at, Reason: "nothing could be posted then", Clock: r.Clock}.Apply(&x.t)
	} else if x.failed(at) {
		events, _ = escalation.ReminderGivenUp{ReminderJob: job, At: at, Reason: "it failed then"}.Apply(&x.t)
	} else {
		events, _ = effect.Apply(&x.t)
	}
	x.history = append(x.history, events...)
}

// failed says that the reminder that was decided at that moment was given up.
func (x *run) failed(at time.Time) bool {
	for i, e := range x.was.History {
		if e.Kind != escalation.EventDue || e.At.Sub(at).Abs() > time.Minute {
			continue
		}
		return slices.ContainsFunc(x.was.History[i:], func(f escalation.Event) bool {
			return f.Kind == escalation.EventFailed && f.Tier == e.Tier && f.Round == e.Round
		})
	}
	return false
}

// whom is whom a reminder would have mentioned. Where the roster is not known, whoever was mentioned for the same
// words counts; if nobody was, nobody can say.
func (x *run) whom(r *escalation.Reminder, at time.Time) (ids []string) {
	for _, m := range r.Mention {
		ids = append(ids, m.Key())
	}
	if r.AtDeadline { // whoever put it off, or whoever was told
		return ids
	}
	words := x.t.Tiers[r.Tier-1].Notify
	circle := func(w string) bool {
		return w == circle.NonEmbedded || w == circle.OnShift || w == circle.Embedded
	}
	if r.Owner || x.conditions.Rosters.At(at).Known || !slices.ContainsFunc(words, circle) {
		return ids
	}
	for _, e := range x.was.History {
		if e.Kind == escalation.EventPosted && e.Tier <= len(x.was.Timeline.Tiers) && slices.Equal(x.was.Timeline.Tiers[e.Tier-1].Notify, words) {
			return e.Mentioned
		}
	}
	x.unknown++
	return nil
}

// rosterAt is who was on shift, as far as it was kept, by the engineers of the conditions.
func (x *run) rosterAt(at time.Time) calendar.Roster {
	kept := x.conditions.Rosters.At(at)
	if !kept.Known {
		return calendar.Roster{}
	}
	roster := calendar.Roster{At: at, AsOf: at, Shifts: map[string]calendar.Shift{}}
	for _, e := range x.settings.Engineers {
		if slices.Contains(kept.OnShift, e.Name) {
			roster.OnShift = append(roster.OnShift, e)
			if end := x.conditions.Rosters.Until(at, e.Name); !end.IsZero() {
				roster.Shifts[e.Name] = calendar.Shift{Start: at, End: end}
			}
		}
		if products, embedded := kept.Embedded[e.Name]; embedded {
			roster.Embedded = append(roster.Embedded, calendar.Embedded{Engineer: e, Products: products})
		}
		if slices.Contains(kept.Away, e.Name) {
			roster.Away = append(roster.Away, e)
		}
	}
	return roster
}
