package escalation

import "time"

// ThreadNow is where the timeline's next post goes: the ticket's thread or, once the ticket's message was
// deleted, the thread of the reminder that took its place. Its TS is empty, which is the channel itself, while
// there is no such reminder yet.
func (t Timeline) ThreadNow() Thread {
	at := t.Thread
	if t.Gone {
		at.TS = t.Moved
	}
	return at
}

// Deleted works out what the deletion of a message changes about a timeline whose thread it headed: the next
// reminder stands in the channel (rule 1). The message itself stays known, so that its event, delivered once
// more, opens nothing.
func Deleted(t Timeline, message Thread, now time.Time) (c Change, changed bool) {
	if t.State != Open || message.TS == "" || t.ThreadNow() != message {
		return Change{}, false
	}
	t = t.clone()
	t.Gone, t.Moved = true, ""
	return Change{Timeline: &t, Events: []Event{gone(t.ID, now, message.TS)}}, true
}

func gone(timeline string, now time.Time, ts string) Event {
	return Event{Timeline: timeline, At: now, Kind: EventGone, Details: Details{Cause: "the message was deleted", TS: ts}}
}

// landed records a reminder that stands in the channel itself: its thread is the ticket's from now on. Slack
// puts a reply there whose thread is gone (rule 12), so it may be the first to tell of a deletion.
func (t *Timeline) landed(ts string, at time.Time) (events []Event) {
	if was := t.ThreadNow().TS; was != "" {
		events = []Event{gone(t.ID, at, was)}
	}
	t.Gone, t.Moved = true, ts
	return events
}
