package buttons

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// The action_ids of a reminder's buttons.
const (
	ActionSnooze    = "slabuddy_snooze"     // by the usual length
	ActionSnoozeFor = "slabuddy_snooze_for" // by a length from a menu
	ActionUnsnooze  = "slabuddy_unsnooze"   // the reminders come at their own times again
	ActionOwn       = "slabuddy_own"        // I'm on it
	ActionCheck     = "slabuddy_check"      // I replied, check again
	ActionWhy       = "slabuddy_why"        // why me?
	ActionTakeOver  = "slabuddy_take_over"  // a ticket on the card of a change of shift
	ActionHandOver  = "slabuddy_hand_over"  // to somebody from a menu of people
)

// button is a button of reminders: all there is to know of one.
type button struct {
	id    string
	shown func(o offer) bool   // nil: always
	words func(o offer) string // 75 characters at most
	aloud func(o offer) string // what a screen reader says; it names the ticket
	menu  bool                 // of lengths, in place of a button; act gets which was chosen
	whom  bool                 // of people, in place of a button; act gets who was chosen
	// act does what the button is for and answers with a note.
	act func(ctx context.Context, a Actions, c escalation.Click, chosen pressed) (escalation.Note, error)
	// asks says that act calls out, so that it runs after the acknowledgement.
	asks    bool
	answers []escalation.NoteKind // what act may answer with
}

// offer is what decides which buttons a reminder has, and what they say.
type offer struct {
	*escalation.Reminder
	State
	ticket string
}

// State is what a reminder's buttons depend on of its timeline.
type State struct {
	Pending bool // a tier is still to come
	Snoozed bool // what is pending is put off
	Owned   bool // somebody is on it
}

func (o offer) snoozable() bool { return o.Pending && o.Reminder.Snooze > 0 }

// table is every button of a reminder, in the order in which they are shown.
var table = []button{
	{
		id:    ActionOwn,
		words: func(offer) string { return "I'm on it" },
		aloud: func(o offer) string { return "I'm on it: I take care of " + o.ticket },
		act: func(ctx context.Context, a Actions, c escalation.Click, _ pressed) (escalation.Note, error) {
			return a.Own(ctx, c)
		},
		answers: []escalation.NoteKind{
			escalation.NoteOwned, escalation.NoteTookOver, escalation.NoteAlreadyYours, escalation.NoteTwice, escalation.NoteClosed, escalation.NoteGone,
		},
	},
	{
		id:    ActionSnooze,
		shown: offer.snoozable,
		words: func(o offer) string { return "Snooze " + brief(o.Snooze) },
		aloud: func(o offer) string { return "Snooze " + o.ticket + " for " + mrkdwn.Lasting(o.Snooze) },
		act: func(ctx context.Context, a Actions, c escalation.Click, _ pressed) (escalation.Note, error) {
			return a.Snooze(ctx, c, 0)
		},
		answers: []escalation.NoteKind{
			escalation.NoteSnoozed, escalation.NoteLongest, escalation.NoteTwice, escalation.NoteNothing, escalation.NoteClosed, escalation.NoteGone,
		},
	},
	{
		id:    ActionSnoozeFor,
		shown: offer.snoozable,
		words: func(offer) string { return "Snooze for…" },
		menu:  true,
		act: func(ctx context.Context, a Actions, c escalation.Click, chosen pressed) (escalation.Note, error) {
			return a.Snooze(ctx, c, chosen.length)
		},
		answers: []escalation.NoteKind{
			escalation.NoteSnoozed, escalation.NoteLongest, escalation.NoteTwice, escalation.NoteNothing, escalation.NoteClosed, escalation.NoteGone,
		},
	},
	{
		id:    ActionUnsnooze,
		shown: func(o offer) bool { return o.Pending && o.Snoozed },
		words: func(offer) string { return "Unsnooze" },
		aloud: func(o offer) string { return "Take the snooze of " + o.ticket + " back" },
		act: func(ctx context.Context, a Actions, c escalation.Click, _ pressed) (escalation.Note, error) {
			return a.Unsnooze(ctx, c)
		},
		answers: []escalation.NoteKind{
			escalation.NoteUnsnoozed, escalation.NoteNotSnoozed, escalation.NoteTwice, escalation.NoteClosed, escalation.NoteGone,
		},
	},
	{
		id:    ActionHandOver,
		shown: func(o offer) bool { return o.Owned },
		words: func(offer) string { return "Hand over to…" },
		whom:  true,
		asks:  true,
		act: func(ctx context.Context, a Actions, c escalation.Click, chosen pressed) (escalation.Note, error) {
			return a.Assign(ctx, c, chosen.user)
		},
		answers: []escalation.NoteKind{
			escalation.NoteHandedOver, escalation.NoteAssigned, escalation.NoteNotAssigned, escalation.NoteAlreadyTheirs, escalation.NoteTwice, escalation.NoteClosed, escalation.NoteGone,
		},
	},
	{
		id:    ActionTakeOver,
		shown: func(offer) bool { return false }, // on the card of a change of shift alone
		words: func(offer) string { return "Take over" },
		aloud: func(o offer) string { return "Take over " + o.ticket },
		act: func(ctx context.Context, a Actions, c escalation.Click, _ pressed) (escalation.Note, error) {
			return a.AssignElsewhere(ctx, c, "me")
		},
		answers: []escalation.NoteKind{escalation.NoteAssigned, escalation.NoteAlreadyTheirs, escalation.NoteTwice, escalation.NoteClosed, escalation.NoteGone},
	},
	{
		id:    ActionCheck,
		shown: func(o offer) bool { return o.Desk != desk.None },
		words: func(offer) string { return "I replied, check again" },
		aloud: func(o offer) string { return "I replied to " + o.ticket + ", ask the help desk again" },
		asks:  true,
		act: func(ctx context.Context, a Actions, c escalation.Click, _ pressed) (escalation.Note, error) {
			return a.CheckAgain(ctx, c)
		},
		answers: []escalation.NoteKind{
			escalation.NoteSettled, escalation.NoteUnanswered, escalation.NoteSilent, escalation.NoteAskedSoon, escalation.NoteTwice, escalation.NoteNoDesk, escalation.NoteClosed, escalation.NoteGone,
		},
	},
	{
		id:    ActionWhy,
		words: func(offer) string { return "Why me?" },
		aloud: func(o offer) string { return "Why am I reminded of " + o.ticket + "?" },
		act: func(ctx context.Context, a Actions, c escalation.Click, _ pressed) (escalation.Note, error) {
			return a.Why(ctx, c)
		},
		answers: []escalation.NoteKind{escalation.NoteWhy, escalation.NoteGone},
	},
}

// refMark begins the block_id of a row with a menu of people, before the reminder that it belongs to.
const refMark = "slabuddy/"

// read is what a click on the button says.
func (b button) read(a slackapp.Action) (pressed, error) {
	switch {
	case b.menu:
		return readPressed(a.Selected)
	case b.whom:
		p, err := readPressed(strings.TrimPrefix(a.Block, refMark))
		p.user = a.Selected
		return p, err
	}
	return readPressed(a.Value)
}

// find is the button with an action_id, which has a number behind it in a digest.
func find(id string) (b button, ok bool) {
	id, _, _ = strings.Cut(id, rowMark)
	i := slices.IndexFunc(table, func(b button) bool { return b.id == id })
	if i < 0 {
		return button{}, false
	}
	return table[i], true
}

// Row are the buttons of a reminder. They are not part of the message's text: whoever reads that alone is told
// there what to say instead.
func Row(ref Ref, r *escalation.Reminder, s State) *block.Row {
	o := offer{r, s, "ticket " + mrkdwn.Cut(plain.Words(r.Ticket.ID), 30)}
	var row []slack.BlockElement
	for _, b := range table {
		if b.shown == nil || b.shown(o) {
			row = append(row, b.element(ref.String(), o))
		}
	}
	id := ""
	if s.Owned {
		id = refMark + ref.String() // a menu of people carries no value of its own
	}
	return block.Buttons(id, row...)
}

// HandOn is the menu of a note that tells somebody that they have a ticket now.
func HandOn(timeline string) *block.Row {
	b, _ := find(ActionHandOver)
	ref := Ref{Timeline: timeline}.String()
	return block.Buttons(refMark+ref, b.element(ref, offer{}))
}

// TakeOver is the button of the n-th ticket on the card of a change of shift.
func TakeOver(n int, timeline, ticket string) *slack.ButtonBlockElement {
	b, _ := find(ActionTakeOver)
	o := offer{ticket: "ticket " + mrkdwn.Cut(plain.Words(ticket), 30)}
	e := block.Button(ActionTakeOver+rowMark+strconv.Itoa(n), Ref{Timeline: timeline}.String(), b.words(o))
	e.AccessibilityLabel = mrkdwn.Cut(b.aloud(o), block.MaxButton)
	return e
}

// Undo is the button of a note that tells of a snooze.
func Undo(timeline string) *block.Row {
	b, _ := find(ActionUnsnooze)
	return block.Buttons("", b.element(Ref{Timeline: timeline}.String(), offer{ticket: "this ticket"}))
}

func (b button) element(value string, o offer) slack.BlockElement {
	if b.menu {
		var options []*slack.OptionBlockObject
		for _, d := range lengths(o.MaxSnooze) {
			options = append(options, block.Option(value+"/"+d.String(), mrkdwn.Lasting(d)))
		}
		return block.Menu(b.id, b.words(o), "", options...)
	}
	if b.whom {
		return block.People(b.id, b.words(o))
	}
	e := block.Button(b.id, value, b.words(o))
	e.AccessibilityLabel = mrkdwn.Cut(b.aloud(o), block.MaxButton)
	return e
}

// lengths are those offered, none longer than the longest allowed; 0 allows all.
func lengths(most time.Duration) []time.Duration {
	offered := []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour}
	for i := range offered {
		if most > 0 {
			offered[i] = min(offered[i], most)
		}
	}
	return slices.Compact(offered)
}

// brief says a duration in the little room of a button: "30 min", "2 h".
func brief(d time.Duration) string {
	switch {
	case d < time.Hour && d >= time.Minute:
		return strconv.Itoa(int(d.Round(time.Minute)/time.Minute)) + " min"
	case d < 24*time.Hour && d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return mrkdwn.Lasting(d)
}
