package views

import (
	"context"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/overview"
)

// callbackShifts is the modal of /sla-setup handover.
const callbackShifts = "slabuddy_shifts"

// Shifts is the modal in which it is set up where changes of shift are told, and when the week ahead is.
type Shifts struct {
	placing
	reach func(workspace string) circle.Reach
}

// NewShifts returns the modal of /sla-setup handover.
func NewShifts(c Config) *Shifts {
	return &Shifts{newPlacing(c, callbackShifts, "Changes of shift", setup.HandoverScope), c.Reach}
}

// Open answers /sla-setup handover.
func (s *Shifts) Open(_ context.Context, cmd slackapp.Command) (slackapp.Answer, error) {
	return s.place(cmd, s.render), nil
}

// render draws the modal. Where nothing is told yet, the channel of the command is offered.
func (s *Shifts) render(view *setup.View, here string) slack.ModalViewRequest {
	set := view.Settings.Handover
	if view.Handover.Origin == setup.File {
		return s.fixed(s.standing(view))
	}
	outlook := ""
	if set.Outlook != nil {
		outlook = set.Outlook.String()
	}
	blocks := []slack.Block{block.Section(s.standing(view))}
	if !s.reach(view.Workspace).HasCalendar {
		blocks = append(blocks, block.Section(":warning: I have no shift calendar here, so I know of no change of shift. Whoever runs me can name one."))
	}
	return s.asking(view, append(blocks,
		block.Input(setup.FieldChannel, "Channel", "Whoever is in it sees which tickets are handed over. Left empty, nothing is told.", true, channelMenu(set.Channel, here)),
		block.Input(setup.FieldOutlook, "The week ahead", "A day and a time, such as mon 09:00, on the clock of "+s.zone().String()+". Left empty, the week ahead is not told.", true,
			block.Field(setup.FieldOutlook, "mon 09:00", outlook, 20)),
		block.Small("At each change of shift: who goes, who comes, and every open ticket, with *Take over* beside it. Of the week ahead: the hours with nobody on shift."),
	)...)
}

// standing says what is in force.
func (s *Shifts) standing(view *setup.View) string {
	set := view.Settings.Handover
	if set.Channel == "" {
		return "At each change of shift I can tell who goes, who comes, and what is handed over. I do not yet: choose where."
	}
	words := "I tell changes of shift in " + overview.Channel(set.Channel)
	if set.Outlook != nil {
		words += fmt.Sprintf(", and the week ahead %s (%s)", set.Outlook, s.zone())
	}
	if view.Handover.Origin == setup.Slack {
		words += fmt.Sprintf(", as %s set it %s", signed(view.Handover.By), date(view.Handover))
	}
	return words + "."
}

// Interact takes in what is submitted.
func (s *Shifts) Interact(ctx context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	return s.change(ctx, i, func(channel string) (setup.Body, map[string]string) {
		body := setup.Handover{Channel: channel}
		if words := strings.TrimSpace(text(i.View, setup.FieldOutlook, setup.FieldOutlook)); words != "" {
			at, err := weekly.Parse(words)
			if err != nil {
				return nil, map[string]string{setup.FieldOutlook: "Write a day and a time, such as mon 09:00, or leave it empty."}
			}
			body.Outlook = &at
		}
		return body, nil
	}, func(v *setup.View) slack.ModalViewRequest { return s.saved(v.Settings.Handover) })
}

// saved says what is in force now.
func (s *Shifts) saved(set escalation.HandoverSettings) slack.ModalViewRequest {
	if set.Channel == "" {
		return s.ended(":white_check_mark: Saved. I tell no changes of shift.")
	}
	words := ":white_check_mark: Saved. I tell the next change of shift in " + overview.Channel(set.Channel) + "."
	if set.Outlook != nil {
		words += " The week ahead comes on " + set.Outlook.Next(s.now(), s.zone()).Format("Monday, 2 January, at 15:04 MST") + "."
	}
	return s.begun(words)
}
