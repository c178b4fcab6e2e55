package escalation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// On says whether there is an owner who is still reminded alone at the given time: their shift is not over by then.
func (o Owner) On(at time.Time) bool { return o.User != "" && !o.Ended(at) }

// Ended says that the owner's shift, as far as it is known, is over.
func (o Owner) Ended(at time.Time) bool { return !o.Until.IsZero() && !at.Before(o.Until) }

// onShift is On for an owner who can be reminded: not away, still on shift by the roster, and with an account in Slack.
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

// Own is "I'm on it". It names an owner and postpones like a mention; it disarms nothing. An owner whose shift is over
// may say it again. A message tells the owner before that they are free of it. Said of many tickets at once, it leaves
// those alone that a colleague is on.
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
	owned.Owner = c.owner(f.circleFacts(t), f.Now)
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

// relieved tells the owner before, in the ticket's thread, that somebody else has taken it (rule 23). The click's own
// answer is seen only by who took it.
func relieved(t, taken Timeline, c Click, f Facts) []queue.New {
	if !t.Owner.On(f.Now) || t.Owner.User == c.User {
		return nil
	}
	note := about(NoteRelieved, taken, c.User, f)
	note.Owner, note.Previous, note.Timeline = &taken.Owner, &t.Owner, &taken
	return []queue.New{assignmentPost(t, note, f)}
}

// assignmentPost tells of a change of owner in the ticket's thread. Its key names the version that was changed: of two
// changes made from one version only one is saved.
func assignmentPost(t Timeline, n Note, f Facts) queue.New {
	post := Post{Thread: t.ThreadNow(), Timeline: t.ID, Note: &n}
	return NewPostJob(f.NewID(), fmt.Sprintf("assigned/%s/%d", t.ID, t.Version), post, f.Now)
}

// owner is the person who clicked, by their name in the configuration, until the end of their shift if the calendar
// knows it.
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

// Handing a ticket over (rule 23): somebody is made the owner by another person, or makes themselves the owner without
// a snooze. Nothing is postponed. One message in the thread tells the new owner, and the one before.

// NewOwner is whom somebody wants to give a ticket to.
type NewOwner struct {
	User    string  // Slack user id; "": nobody is known by that name
	Name    string  // as it was said, or as they are known, for places where nobody may be pinged
	Refused Refusal // why they cannot have it, as far as Slack says so
}

// Refusal is why somebody cannot be given a ticket.
type Refusal string

const (
	RefusedWhom     Refusal = "whom"     // nobody was named, or the bot knows nobody of that name
	RefusedStranger Refusal = "stranger" // a guest, a bot, or from outside
	RefusedUnsure   Refusal = "unsure"   // Slack could not be asked who they are
	RefusedAway     Refusal = "away"
	RefusedOff      Refusal = "off"    // an engineer who is not on shift
	RefusedUnread   Refusal = "unread" // who asks for it cannot read its channel
)

// NewOwner finds whom somebody means: themselves, a Slack user id, or an engineer's name. Only Slack can say whether
// that is a colleague.
func (f Facts) NewOwner(workspace, by, said string) NewOwner {
	said = strings.TrimPrefix(strings.TrimSpace(said), "@")
	switch {
	case said == "":
		return NewOwner{Refused: RefusedWhom}
	case strings.EqualFold(said, "me"), strings.EqualFold(said, "myself"):
		return NewOwner{User: by}
	case slackid.IsUser(said):
		return NewOwner{User: said}
	}
	s := circle.Facts{Workspace: workspace, Engineers: f.Settings.Engineers, Directory: f.Directory}
	for _, e := range s.Engineers {
		if r, ok := s.Engineer(e); ok && e.GoesBy(said) {
			return NewOwner{User: r.ID, Name: e.Name}
		}
	}
	return NewOwner{Name: said, Refused: RefusedWhom}
}

// Assign makes somebody the owner because another person says so. It snoozes nothing.
func Assign(t Timeline, c Click, to NewOwner, f Facts) (Change, Note) {
	if t.State != Open {
		return Change{}, closedBefore(AskedOwn, t, c.User, f)
	}
	s := f.circleFacts(t)
	owner := Click{User: to.User, Name: to.Name}.owner(s, f.Now)
	note := about(NoteAssigned, t, c.User, f)
	note.Name = c.owner(s, f.Now).Name
	if why := to.refusal(s, c.User); why != "" {
		note.Kind, note.Refused, note.Owner = NoteNotAssigned, why, &owner
		for _, e := range s.Roster.OnShift {
			note.OnShift = append(note.OnShift, e.Name)
		}
		return Change{}, note
	}
	was := t.Owner
	if was.User == to.User && was.On(f.Now) {
		note.Kind, note.Owner = NoteAlreadyTheirs, &was
		return Change{}, note
	}
	given := t.clone()
	given.Owner = owner
	note.Owner = &given.Owner
	if was.On(f.Now) {
		note.Previous = &was
	}
	note.Timeline = &given
	note.Next, note.Deadline = nextSnoozed(given, f), given.Nearest().Deadline
	return Change{
		Timeline: &given,
		Events:   []Event{{Timeline: t.ID, At: f.Now, Kind: EventOwned, Details: Details{By: to.User, From: c.User}}},
		Jobs:     refreshes(t, f, t.newest(c.posting())),
	}, note
}

// AssignByClick is Assign by a button. Its answer is seen only by who pressed it, so another message, in the thread,
// tells the new owner and the one before.
func AssignByClick(t Timeline, c Click, to NewOwner, f Facts) (Change, Note) {
	change, note := Assign(t, c, to, f)
	switch {
	case note.Kind != NoteAssigned:
	case to.User == c.User:
		change.Jobs = append(change.Jobs, relieved(t, *change.Timeline, c, f)...)
	default:
		change.Jobs = append(change.Jobs, assignmentPost(t, note, f))
		note.Kind = NoteHandedOver
	}
	return change, note
}

// refusal is why somebody cannot have a ticket. An owner is reminded alone, so they have to be at work. People who take
// a ticket themselves are.
func (to NewOwner) refusal(s circle.Facts, by string) Refusal {
	if to.Refused != "" || to.User == by {
		return to.Refused
	}
	theirs := s.Is(to.User)
	switch {
	case slices.ContainsFunc(s.Roster.Away, theirs):
		return RefusedAway
	case s.Roster.AsOf.IsZero(), !slices.ContainsFunc(s.Engineers, theirs):
		return "" // they have no shifts that anybody knows of
	case !slices.ContainsFunc(s.Roster.OnShift, theirs):
		return RefusedOff
	}
	return ""
}
