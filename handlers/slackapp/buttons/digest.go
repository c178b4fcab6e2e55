package buttons

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// The action_ids of what a digest's buttons do to all of its tickets.
const (
	ActionOwnAll    = "slabuddy_own_all"
	ActionSnoozeAll = "slabuddy_snooze_all"
)

// rowMark parts a button's action_id from the number of its row: within one table no two may be the same.
const rowMark = "#"

// InRow is a reminder's button in the n-th row of a digest. A screen reader says it with the name of
// the ticket.
func InRow(action string, n int, ref Ref, r *escalation.Reminder) *slack.ButtonBlockElement {
	b, _ := find(action)
	o := offer{r, State{Pending: true}, "ticket " + mrkdwn.Cut(plain.Words(r.Ticket.ID), 30)}
	e := block.Button(action+rowMark+strconv.Itoa(n), ref.String(), b.words(o))
	e.AccessibilityLabel = mrkdwn.Cut(b.aloud(o), block.MaxButton)
	return e
}

// ForAll are the buttons of a digest that are meant for all tickets which still wait.
func ForAll(refs []Ref, snooze time.Duration) *block.Row {
	var values []string
	for _, r := range refs {
		values = append(values, r.String())
	}
	all := strings.Join(values, " ")
	row := []slack.BlockElement{block.Button(ActionOwnAll, all, "I'm on all")}
	if snooze > 0 {
		row = append(row, block.Button(ActionSnoozeAll, all, "Snooze all "+brief(snooze)))
	}
	return block.Buttons("", row...)
}

func isForAll(action string) bool { return action == ActionOwnAll || action == ActionSnoozeAll }

// forAll does what a button for all tickets of a digest asks for: to each of them in turn, so that one that is
// closed, or not of this workspace, keeps none of the others from it.
func (b *Buttons) forAll(ctx context.Context, i slackapp.Interaction, at escalation.Thread) (slackapp.Answer, error) {
	action := i.Actions[0]
	var clicks []escalation.Click
	for value := range strings.FieldsSeq(action.Value) {
		p, err := readPressed(value)
		if err != nil || len(clicks) == escalation.MaxDigest {
			b.Logger.Info("a button cannot be read", "action", action.ID, "channel", i.Channel, "error", err)
			return b.saying(at, i.User, unreadable), nil
		}
		clicks = append(clicks, escalation.Click{
			Thread: at, Timeline: p.Timeline, Tier: p.Tier, Round: p.Round, User: i.User, Name: i.UserName, At: b.Now(), Bulk: true, Again: i.Again,
		})
	}
	count := tally{}
	for _, c := range clicks {
		note, err := b.forOne(ctx, action.ID, c)
		if err != nil {
			return slackapp.Answer{}, fmt.Errorf("act on %s: %w", action.ID, err)
		}
		count[note.Kind]++
	}
	return b.saying(at, i.User, count.words(action.ID)), nil
}

func (b *Buttons) forOne(ctx context.Context, action string, c escalation.Click) (escalation.Note, error) {
	switch action {
	case ActionOwnAll:
		return b.Actions.Own(ctx, c)
	case ActionSnoozeAll:
		return b.Actions.Snooze(ctx, c, 0)
	}
	return escalation.Note{}, errors.New("there is no such button")
}

// tally counts what came of it, by the note that each ticket was answered with.
type tally map[escalation.NoteKind]int

func (t tally) words(action string) string {
	yours := t[escalation.NoteOwned] + t[escalation.NoteTookOver] + t[escalation.NoteAlreadyYours]
	snoozed := t[escalation.NoteSnoozed] + t[escalation.NoteLongest] + t[escalation.NoteTwice]
	closed := t[escalation.NoteClosed]
	var said []string
	switch {
	case action == ActionOwnAll && yours > 0:
		said = append(said, "Thank you! You are on "+mrkdwn.Plural(yours, "ticket")+", and their next reminder is for you alone.")
	case action == ActionSnoozeAll && snoozed > 0:
		said = append(said, "I snoozed "+mrkdwn.Plural(snoozed, "ticket")+". The deadlines have not moved.")
	default:
		said = append(said, "I changed nothing: none of these tickets has a reminder left to come.")
	}
	if theirs := t[escalation.NoteAlreadyTheirs]; theirs > 0 {
		said = append(said, "A colleague is on "+mrkdwn.Plural(theirs, "other ticket")+", and I left that so.")
	}
	if closed > 0 {
		said = append(said, mrkdwn.Plural(closed, "ticket")+" had been closed before.")
	}
	return strings.Join(said, " ")
}
