package escalation

import (
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// MentionKey identifies a message that mentions the bot.
type MentionKey struct {
	Workspace, Channel, TS string
}

// Mention is somebody @mentioning the bot.
type Mention struct {
	MentionKey
	ThreadTS string // "" outside a thread
	User     string
	Text     string
}

// Request is what somebody asked of the bot by mentioning it. Package saying reads it.
type Request struct {
	Kind     RequestKind
	For      time.Duration // RequestSnooze: the length asked for; 0: the default
	Until    time.Time     // RequestSnooze: until when, in place of For
	Zone     string        // whose time of day Until was given in
	Guessed  bool          // RequestSnooze: it was said in unknown words
	Whom     string        // RequestAssign: to whom, as it was said: a Slack user id, a name, "me"; "": nobody
	NewOwner NewOwner      // RequestAssign: who that is
}

// RequestKind is one of the few things the bot understands.
type RequestKind string

const (
	RequestSnooze   RequestKind = "snooze"
	RequestUnsnooze RequestKind = "unsnooze"
	RequestHelp     RequestKind = "help"
	RequestStatus   RequestKind = "status"
	RequestAssign   RequestKind = "assign"
	RequestDone     RequestKind = "done" // closes if there is no help desk; otherwise like RequestStop
	RequestStop     RequestKind = "stop" // the bot cannot do that: it says what ends the reminders
)

// Click is somebody pressing a button of a reminder, in the thread of a ticket.
type Click struct {
	Thread
	Timeline string
	Tier     int // 1-based; tier and round name the reminder; 0: that of a deadline, or, with round 0, a note
	Round    int
	User     string    // Slack user id
	Name     string    // as Slack shows it, for places where nobody may be pinged
	At       time.Time // when it was pressed, by our clock
	Bulk     bool      // pressed for all tickets of a digest at once
	Again    bool      // the same click was taken in before: it changes nothing (rule 29)
}

// Of says that the click is on a reminder that t has had, in t's own thread. A click knows its thread unless its
// message is gone.
func (c Click) Of(t Timeline) bool {
	here := c.Workspace == t.Workspace && c.Channel == t.Channel && (c.TS == "" || c.TS == t.TS || c.TS == t.Moved || t.inDigest(c.TS))
	onNote := c.Tier == 0 && c.Round >= 0 && c.Round <= t.DeadlinesTold
	return here && (onNote || c.Tier >= 1 && c.Tier <= len(t.Tiers) && c.Round >= 1 && c.Round <= t.Tiers[c.Tier-1].Round)
}

// inDigest says that a digest which names the ticket is posted under ts: people talk in its thread, too.
func (t Timeline) inDigest(ts string) bool {
	return slices.ContainsFunc(t.Posts, func(p Posting) bool { return p.Digest != "" && p.TS == ts })
}

// Respond is what a request does to a timeline, and the note that answers it. It is pure.
func Respond(t Timeline, by Mention, r Request, f Facts) (Change, Note) {
	done := r.Kind == RequestDone && !f.Settings.HasDesk
	switch {
	case r.Kind == RequestHelp:
		note := noteFor(by.User, f)
		note.Kind = NoteHelp
		return Change{}, note
	case r.Kind == RequestStatus:
		return Change{}, status(t, by.User, f)
	case t.State != Open:
		return Change{}, closedBefore(askedBy[r.Kind], t, by.User, f)
	case done:
		f.Answer = desk.Answer{Status: desk.Answered, Cause: "done by " + by.User}
		c := Decide(t, f)
		return c, about(NoteDone, *c.Timeline, by.User, f)
	case r.Kind == RequestStop, r.Kind == RequestDone:
		return Change{}, about(NoteStop, t, by.User, f)
	case r.Kind == RequestUnsnooze:
		return Unsnooze(t, Click{User: by.User}, f)
	case r.Kind == RequestAssign:
		return Assign(t, Click{User: by.User}, r.NewOwner, f)
	}
	c, note := snooze(t, snoozer{by.User, f.Now, r.For}, Wait{For: r.For, Until: r.Until}, f, Posting{})
	note.Zone, note.Guessed = r.Zone, r.Guessed
	return c, note
}

// askedBy is what somebody asked for by a request, for the note that tells them that the timeline is closed.
var askedBy = map[RequestKind]Asked{RequestDone: AskedDone, RequestStop: AskedStop, RequestUnsnooze: AskedUnsnooze, RequestAssign: AskedOwn}

// noteFor is what any note to somebody begins with.
func noteFor(user string, f Facts) Note {
	return Note{User: user, Snooze: f.Settings.Snooze, MaxSnooze: f.Settings.MaxSnooze, CanDone: !f.Settings.HasDesk}
}

func status(t Timeline, user string, f Facts) Note {
	note := about(NoteStatus, t, user, f)
	if t.State == Open {
		note.Next = nextTier(t, -1, f)
		note.Owed = t.owed() + 1
		note.Sums = f.Settings.Sums(t)
	}
	return note
}

// snoozer is who snoozes, when they asked for it, and for how long; 0 is the default length.
type snoozer struct {
	user string
	at   time.Time
	asks time.Duration
}

// SnoozeByClick snoozes as a mention does. A double click counts once; a quick click on another length is no double
// click.
func SnoozeByClick(t Timeline, c Click, d time.Duration, f Facts) (Change, Note) {
	if t.State != Open {
		return Change{}, closedBefore(AskedSnooze, t, c.User, f)
	}
	if t.SnoozedBy == c.User && t.SnoozedFor == d && c.At.Sub(t.SnoozedAt).Abs() < doubleClick {
		note := noteFor(c.User, f)
		note.Kind, note.Until, note.Next = NoteTwice, t.SnoozedUntil, nextSnoozed(t, f)
		return Change{}, note
	}
	return snooze(t, snoozer{c.User, c.At, d}, Wait{For: d}, f, c.posting())
}

// Twice answers a click that was taken in before and would change something now.
func Twice(c Click, f Facts) Note {
	note := noteFor(c.User, f)
	note.Kind = NoteTwice
	return note
}

// snooze postpones what is pending of an open timeline, by the default length if w names none, and brings the posted
// reminders up to date. clicked is the reminder whose button was pressed, if one was.
func snooze(t Timeline, by snoozer, w Wait, f Facts, clicked Posting) (Change, Note) {
	if w.For <= 0 && w.Until.IsZero() {
		w.For = f.Settings.Snooze
	}
	w.Most = f.Settings.MaxSnooze
	h := f.Settings.HoursOf(t)
	note := noteFor(by.user, f)
	first := t.nextSnoozable(f.Now)
	if first.IsZero() {
		note.Kind, note.Timeline = NoteNothing, &t
		return Change{}, note
	}
	unbound := Wait{For: w.For, Until: w.Until}
	note.Capped = unbound.put(first, first, f.Now, h).After(h.Add(f.Now, w.Most))
	snoozed, moved := Snooze(t, w, f.Now, h)
	if moved == 0 {
		note.Kind = NoteLongest
		note.postponed(t, f)
		return Change{}, note
	}
	snoozed.SnoozedBy, snoozed.SnoozedAt, snoozed.SnoozedFor = by.user, by.at, by.asks
	note.Kind, note.For = NoteSnoozed, moved
	note.postponed(snoozed, f)
	return Change{Timeline: &snoozed, Events: []Event{{
		Timeline: t.ID, At: f.Now, Kind: EventSnoozed,
		Details: Details{By: by.user, For: note.For, Until: snoozed.SnoozedUntil},
	}}, Jobs: refreshes(t, f, t.newest(clicked))}, note
}

// postponed puts into the note how a timeline was postponed.
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
	return nextTier(t, -1, f)
}

// circleFacts are the facts by which circles are resolved.
func (f Facts) circleFacts(t Timeline) circle.Facts {
	return circle.Facts{
		Workspace: t.Workspace, Product: f.Settings.Product(t.Ticket.Type), Assignee: t.Desk.Ticket.Assignee,
		Roster: f.Roster, Directory: f.Directory, Engineers: f.Settings.Engineers, LastResort: f.Settings.LastResort,
	}
}

// CheckAgain is what the help desk's answer (in f) does to a timeline when somebody had the help desk asked. An answer
// that closes nothing counts as in any walk. Without an answer nothing changes.
func CheckAgain(t Timeline, user string, f Facts) (Change, Note) {
	if t.State != Open {
		return Change{}, closedBefore(AskedCheck, t, user, f)
	}
	note := about(NoteUnanswered, t, user, f)
	note.Check = &Check{At: f.Now, Status: f.Answer.Status, RepliedAt: f.Answer.RepliedAt, Cause: f.Answer.Cause}
	if note.Check.RepliedAt.After(f.Now) {
		note.Check.RepliedAt = f.Now
	}
	switch f.Answer.Status {
	case desk.Unchecked:
		note.Kind = NoteSilent
		return Change{}, note
	case desk.None:
		note.Kind, note.CanDone = NoteNoDesk, true
		return Change{}, note
	}
	change := Decide(t, f)
	if change.Timeline != nil {
		note.Timeline = change.Timeline
	}
	switch note.Timeline.State {
	case Answered, Withdrawn:
		note.Kind = NoteSettled
	case Expired:
		note.Kind, note.Asked = NoteClosed, AskedCheck
	default:
		note.Check.Status = desk.Unanswered
	}
	return change, note
}

// CheckLater is CheckAgain where the help desk must not be asked just now: the poller asks about the ticket next.
func CheckLater(t Timeline, user string, f Facts) (Change, Note) {
	if t.State != Open {
		return Change{}, closedBefore(AskedCheck, t, user, f)
	}
	return hearAndAsk(t, f), about(NoteAskedSoon, t, user, f)
}

// Explain explains a reminder of t to one person.
func Explain(t Timeline, r Reminder, user string, f Facts) Note {
	note := about(NoteWhy, t, user, f)
	w := Why{Reminder: r, As: AsNobody}
	if r.Tier > 0 {
		w.Notify, w.Sum = t.Tiers[r.Tier-1].Notify, f.Settings.sum(t, *t.ClockOf(r.Tier - 1))
	}
	i := slices.IndexFunc(r.Mention, func(m circle.Recipient) bool { return m.Kind == circle.ToUser && m.ID == user })
	switch {
	case i >= 0 && r.Owner:
		w.As, w.Shift = AsOwner, r.Mention[i].Shift
	case i >= 0:
		w.As, w.Shift = AsPerson, r.Mention[i].Shift
	case r.mentions(circle.ToChannel), r.mentions(circle.ToHere):
		w.As = AsChannel
	case r.mentions(circle.ToGroup):
		w.As = AsGroup
	}
	note.Why = &w
	return note
}

func (r Reminder) mentions(kind circle.RecipientKind) bool {
	return slices.ContainsFunc(r.Mention, func(m circle.Recipient) bool { return m.Kind == kind })
}
