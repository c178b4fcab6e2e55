package escalation

import (
	"time"
)

// Respond is what a request does to a timeline, and the note that answers it. It is pure.
func Respond(t Timeline, by Mention, r Request, f Facts) (Change, Note) {
	note := noteFor(by.User, f)
	done := r.Kind == RequestDone && !f.Settings.HasDesk
	switch {
	case r.Kind == RequestHelp:
		note.Kind = NoteHelp
		return Change{}, note
	case r.Kind == RequestStatus:
		return Change{}, status(t, note, f)
	case t.State != Open && done:
		return Change{}, closedBefore(AskedDone, t, by.User, f)
	case t.State != Open:
		return Change{}, closedBefore(AskedSnooze, t, by.User, f)
	case done:
		f.Answer = Answer{Status: DeskAnswered, Cause: "done by " + by.User}
		c, _ := Decide(t, f)
		note.Kind, note.Timeline = NoteDone, c.Timeline
		return c, note
	}
	return snooze(t, snoozer{by.User, f.Now}, r.For, f, Posting{})
}

// noteFor is what any note to somebody begins with.
func noteFor(user string, f Facts) Note {
	return Note{User: user, Snooze: f.Settings.Snooze, MaxSnooze: f.Settings.MaxSnooze, CanDone: !f.Settings.HasDesk}
}

func status(t Timeline, note Note, f Facts) Note {
	note.Kind, note.Timeline = NoteStatus, &t
	if t.State == Open {
		note.Next = nextTier(t, -1, f.Now, f.around(t))
		note.Owed = t.owed() + 1
	}
	return note
}

// snoozer is who snoozes, and when they asked for it.
type snoozer struct {
	user string
	at   time.Time
}

// SnoozeByClick is the same as by a mention, but for a double click, which counts once.
func SnoozeByClick(t Timeline, c Click, d time.Duration, f Facts) (Change, Note) {
	if t.State != Open {
		return Change{}, closedBefore(AskedSnooze, t, c.User, f)
	}
	if t.SnoozedBy == c.User && c.At.Sub(t.SnoozedAt).Abs() < doubleClick {
		note := noteFor(c.User, f)
		note.Kind, note.Until, note.Next = NoteTwice, t.SnoozedUntil, nextSnoozed(t, f)
		return Change{}, note
	}
	return snooze(t, snoozer{c.User, c.At}, d, f, c.posting())
}

// snooze postpones what is pending of an open timeline by d, or by the default length, and has the
// reminders that stand tell so. clicked is the one whose button was pressed, if one was.
func snooze(t Timeline, by snoozer, d time.Duration, f Facts, clicked Posting) (Change, Note) {
	note := noteFor(by.user, f)
	note.For = d
	if d <= 0 {
		note.For = f.Settings.Snooze
	}
	if note.For > f.Settings.MaxSnooze {
		note.For, note.Capped = f.Settings.MaxSnooze, true
	}
	snoozed, moved := Snooze(t, note.For, f.Now, f.Settings.HoursOf(t))
	if !moved {
		note.Kind, note.Timeline = NoteNothing, &t
		return Change{}, note
	}
	snoozed.SnoozedBy, snoozed.SnoozedAt = by.user, by.at
	note.Kind = NoteSnoozed
	note.postponed(snoozed, f)
	return Change{Timeline: &snoozed, Events: []Event{{
		Timeline: t.ID, At: f.Now, Kind: EventSnoozed,
		Details: Details{By: by.user, For: note.For, Until: snoozed.SnoozedUntil},
	}}, Jobs: refreshes(t, f, t.newest(clicked))}, note
}

// postponed tells what has become of a timeline that was postponed.
func (n *Note) postponed(t Timeline, f Facts) {
	deadline := t.Nearest().Deadline
	n.Until, n.Deadline = t.SnoozedUntil, deadline
	n.Next = nextSnoozed(t, f)
	if n.Next != nil {
		n.Until = n.Next.At
	}
	n.BeyondDeadline = deadline.After(f.Now) && n.Until.After(deadline)
}

// nextSnoozed counts an owed tier as pending: its job will find it snoozed.
func nextSnoozed(t Timeline, f Facts) *Next {
	t = t.clone()
	if i := t.owed(); i >= 0 {
		t.Tiers[i].State = TierPending
	}
	return nextTier(t, -1, f.Now, f.around(t))
}

func (f Facts) around(t Timeline) surroundings {
	return surroundings{t.Workspace, t.Ticket, t.Desk.Ticket.Assignee, f.Roster, f.Directory, f.Settings}
}
