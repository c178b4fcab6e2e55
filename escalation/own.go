package escalation

import (
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// On says whether the owner, if there is one, is still to be told alone at the given time: their shift is not
// over by then.
func (o Owner) On(at time.Time) bool { return o.User != "" && !o.Ended(at) }

// Ended says that the owner's shift, as far as it is known, is over.
func (o Owner) Ended(at time.Time) bool { return !o.Until.IsZero() && !at.Before(o.Until) }

// onShift is On, as far as the roster still has the owner: not away, nor with their shift handed on, and Slack their account.
func (o Owner) onShift(s circle.Facts, at time.Time) bool {
	theirs := func(e calendar.Engineer) bool { return e.Name == o.Name }
	switch {
	case !o.On(at), s.Gone(o.User), slices.ContainsFunc(s.Roster.Away, theirs):
		return false
	case o.Until.IsZero(), s.Roster.AsOf.IsZero():
		return true
	}
	return slices.ContainsFunc(s.Roster.OnShift, theirs)
}

// Own is "I'm on it". It names an owner and postpones like a mention; it disarms nothing. Whoever's shift is over
// may say it once more. Whoever was on it is told that they are not any more; said of many tickets at once, it leaves
// what a colleague is on.
func Own(t Timeline, c Click, f Facts) (Change, Note) {
	if t.State != Open {
		return Change{}, closedBefore(AskedOwn, t, c.User, f)
	}
	note := noteFor(c.User, f)
	was := t.Owner
	theirs := was.User == c.User
	if theirs && was.On(f.Now) {
		note.Kind, note.Owner = NoteAlreadyYours, &was
		return Change{}, note
	}
	if c.Bulk && was.On(f.Now) {
		note.Kind, note.Owner = NoteAlreadyTheirs, &was
		return Change{}, note
	}
	note.Kind = NoteOwned
	if was.On(f.Now) {
		note.Kind, note.Previous = NoteTookOver, &was
	}
	owned, moved := Snooze(t, Wait{For: f.Settings.Snooze, Most: f.Settings.MaxSnooze}, f.Now, f.Settings.HoursOf(t))
	owned.Owner = c.owner(f.around(t), f.Now)
	note.Owner = &owned.Owner
	event := Event{Timeline: t.ID, At: f.Now, Kind: EventOwned, Details: Details{By: c.User}}
	if moved > 0 {
		note.For = moved
		note.postponed(owned, f)
		event.For, event.Until = note.For, owned.SnoozedUntil
	}
	return Change{
		Timeline: &owned, Events: []Event{event},
		Jobs: append(refreshes(t, f, t.newest(c.posting())), relieved(t, owned, c, f)...),
	}, note
}

// relieved tells whoever was on a ticket, in its thread, that somebody else has taken it (rule 23). The answer to that
// goes to whoever took it alone.
func relieved(t, taken Timeline, c Click, f Facts) []queue.New {
	if !t.Owner.On(f.Now) || t.Owner.User == c.User {
		return nil
	}
	note := about(NoteRelieved, taken, c.User, f)
	note.Owner, note.Previous, note.Timeline = &taken.Owner, &t.Owner, &taken
	return []queue.New{assignmentPost(t, note, f)}
}

// assignmentPost tells of a change of owner in the ticket's thread. Of two changes made from one version one is saved.
func assignmentPost(t Timeline, n Note, f Facts) queue.New {
	post := Post{Thread: t.ThreadNow(), Timeline: t.ID, Note: &n}
	return NewPostJob(f.NewID(), fmt.Sprintf("assigned/%s/%d", t.ID, t.Version), post, f.Now)
}

// owner is who clicked, by the name the configuration gives them, until the end of their shift as far
// as the calendar knows it.
func (c Click) owner(s circle.Facts, now time.Time) Owner {
	o := Owner{User: c.User, Name: c.Name, Since: now}
	if i := slices.IndexFunc(s.Engineers, s.Is(c.User)); i >= 0 {
		o.Name = s.Engineers[i].Name
		if shift, on := s.Roster.Shifts[o.Name]; on && shift.End.After(now) {
			o.Until = shift.End
		}
	}
	return o
}

// recipient is the owner, to be pinged alone.
func (o Owner) recipient(s circle.Facts) circle.Recipient {
	r := circle.Recipient{Kind: circle.ToUser, ID: o.User, Name: o.Name}
	if shift, ok := s.Roster.Shifts[o.Name]; ok {
		r.Shift = &shift
	}
	return r
}
