package message

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// The action_ids of a reminder's buttons.
const (
	ActionSnooze    = "slabuddy_snooze"     // by the usual length
	ActionSnoozeFor = "slabuddy_snooze_for" // by a length from a menu
	ActionOwn       = "slabuddy_own"        // I'm on it
	ActionCheck     = "slabuddy_check"      // I replied, check again
	ActionWhy       = "slabuddy_why"        // why me?
)

// reminderRef is what a reminder's buttons carry: <timeline>/<tier>/<round>.
type reminderRef struct {
	timeline    string
	tier, round int
}

func (r reminderRef) String() string {
	return r.timeline + "/" + strconv.Itoa(r.tier) + "/" + strconv.Itoa(r.round)
}

// Pressed is what a button of a reminder says of itself.
type Pressed struct {
	Timeline    string
	Tier, Round int
	For         time.Duration // of ActionSnoozeFor; else 0
}

// ReadPressed reads a value that act wrote: <timeline>/<tier>/<round>, from the menu with a length
// after it.
func ReadPressed(value string) (Pressed, error) {
	parts := strings.Split(value, "/")
	if len(parts) < 3 || len(parts) > 4 || parts[0] == "" {
		return Pressed{}, errors.New("a button's value is not <timeline>/<tier>/<round>")
	}
	p := Pressed{Timeline: parts[0]}
	var errTier, errRound, errFor error
	p.Tier, errTier = strconv.Atoi(parts[1])
	p.Round, errRound = strconv.Atoi(parts[2])
	if len(parts) == 4 {
		p.For, errFor = time.ParseDuration(parts[3])
	}
	if errTier != nil || errRound != nil || errFor != nil || p.Tier < 1 || p.Round < 0 || p.For < 0 {
		return Pressed{}, errors.New("a button's value is not <timeline>/<tier>/<round>")
	}
	return p, nil
}

// act adds the buttons of a reminder. They are not part of the text: whoever reads that alone is told
// there what to say instead.
func (s *said) act(ref reminderRef, r *escalation.Reminder, snoozable bool) {
	id := "ticket " + mrkdwn.Cut(mrkdwn.Printable(r.Ticket.ID), 30)
	value := ref.String()
	row := make([]slack.BlockElement, 0, 5)
	if snoozable && r.Snooze > 0 {
		row = append(row,
			newButton(ActionSnooze, value, "Snooze "+brief(r.Snooze), "Snooze "+id+" for "+mrkdwn.Lasting(r.Snooze)),
			newMenu(ActionSnoozeFor, value, "Snooze for…", lengths(r.MaxSnooze)))
	}
	row = append(row, newButton(ActionOwn, value, "I'm on it", "I'm on it: I take care of "+id))
	if r.Desk != escalation.DeskNone {
		row = append(row, newButton(ActionCheck, value, "I replied, check again", "I replied to "+id+", ask the help desk again"))
	}
	row = append(row, newButton(ActionWhy, value, "Why me?", "Why am I reminded of "+id+"?"))
	s.blocks = append(s.blocks, block.Buttons("", row...))
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

func newButton(action, value, words, aloud string) slack.BlockElement {
	b := block.Button(action, value, words)
	b.AccessibilityLabel = mrkdwn.Cut(aloud, block.MaxButton)
	return b
}

func newMenu(action, value, placeholder string, lengths []time.Duration) *slack.SelectBlockElement {
	var options []*slack.OptionBlockObject
	for _, d := range lengths {
		options = append(options, block.Option(value+"/"+d.String(), mrkdwn.Lasting(d)))
	}
	return block.Menu(action, placeholder, "", options...)
}
