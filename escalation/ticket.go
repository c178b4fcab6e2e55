package escalation

import (
	"fmt"
	"strconv"
	"time"
)

// TimeOf reads a Slack ts as a time. It reads the digits: a float would lose the last ones.
func TimeOf(ts string) (time.Time, error) {
	const wholePart, fraction = 10, 6
	if len(ts) < wholePart+1+fraction || ts[len(ts)-fraction-1] != '.' {
		return time.Time{}, fmt.Errorf("%q is not a Slack ts (seconds, a dot, six digits)", ts)
	}
	s, errS := strconv.ParseUint(ts[:len(ts)-fraction-1], 10, 34)
	us, errU := strconv.ParseUint(ts[len(ts)-fraction:], 10, 32)
	if errS != nil || errU != nil {
		return time.Time{}, fmt.Errorf("%q is not a Slack ts (seconds, a dot, six digits)", ts)
	}
	return time.Unix(int64(s), int64(us)*1000).UTC(), nil
}

// Ticket is what the help desk posted in a watched channel. Only ID is always there.
type Ticket struct {
	ID       string `json:"id"`
	Priority string `json:"priority,omitempty"`
	Type     string `json:"type,omitempty"`
	Customer string `json:"customer,omitempty"`
	Subject  string `json:"subject,omitempty"`
	Link     string `json:"link,omitempty"`
}

// Thread is the place of a ticket's message, and of everything said about it.
type Thread struct {
	Workspace string // Slack team id, T…
	Channel   string // C… or G…
	TS        string // Slack's ts of the ticket message: seconds, a dot, six digits; a key, never a float
}

// Message is a top-level message of a watched channel that carries a ticket.
type Message struct {
	Thread
	PostedAt time.Time // Thread.TS as a time
	Ticket   Ticket
}

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

// Deleted is what the deletion of a message does to the timeline in whose thread it was the first: the next reminder is
// posted in the channel (rule 1). The timeline still knows the message, so that its event opens nothing when it is
// delivered again.
func Deleted(t Timeline, message Thread, now time.Time) Change {
	if t.State != Open || message.TS == "" || t.ThreadNow() != message {
		return Change{}
	}
	t = t.clone()
	t.Gone, t.Moved = true, ""
	return Change{Timeline: &t, Events: []Event{gone(t.ID, now, message.TS)}}
}

func gone(timeline string, now time.Time, ts string) Event {
	return Event{Timeline: timeline, At: now, Kind: EventGone, Details: Details{Cause: "the message was deleted", TS: ts}}
}

// landed records a reminder that is posted in the channel itself: its thread is the ticket's from now on. Slack posts a
// reply in the channel if its thread is gone (rule 12), so this may be how we learn of a deletion.
func (t *Timeline) landed(ts string, at time.Time) (events []Event) {
	if was := t.ThreadNow().TS; was != "" {
		events = []Event{gone(t.ID, at, was)}
	}
	t.Gone, t.Moved = true, ts
	return events
}
