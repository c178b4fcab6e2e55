package views

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/overview"
)

// callbackWeekReport is the modal of /sla-setup report.
const callbackWeekReport = "slabuddy_report_week"

// WeekReport is the modal in which it is set up where and when the week's report is posted.
type WeekReport struct{ placing }

// NewWeekReport returns the modal of /sla-setup report.
func NewWeekReport(c Config) *WeekReport {
	return &WeekReport{newPlacing(c, callbackWeekReport, "The week's report", setup.ReportScope)}
}

// Open answers /sla-setup report.
func (w *WeekReport) Open(_ context.Context, cmd slackapp.Command) (slackapp.Answer, error) {
	return w.place(cmd, w.render), nil
}

// render draws the modal. Where no report is posted yet, the channel of the command is offered.
func (w *WeekReport) render(view *setup.View, here string) slack.ModalViewRequest {
	plan := view.Settings.Report
	if view.Report.Origin == setup.File {
		return w.fixed(w.standing(view))
	}
	return w.asking(view,
		block.Section(w.standing(view)),
		block.Input(setup.FieldChannel, "Channel", "Whoever is in it reads how the team did. Left empty, the report is posted nowhere.", true, channelMenu(plan.Channel, here)),
		block.Input(setup.FieldAt, "When", "A day and a time, such as mon 09:00, on the clock of "+w.zone().String()+".", false,
			block.Field(setup.FieldAt, "mon 09:00", plan.At.String(), 20)),
		block.Small("It says how many first replies were in time, which were not and why, and what that was like the week before. `/sla report` says so any time."),
	)
}

// standing says what is in force.
func (w *WeekReport) standing(view *setup.View) string {
	plan := view.Settings.Report
	if plan.Channel == "" {
		return "Once a week I can post how the team did. I do not yet: choose where."
	}
	words := fmt.Sprintf("Once a week, %s (%s), I post in %s how the team did", plan.At, w.zone(), overview.Channel(plan.Channel))
	if view.Report.Origin == setup.Slack {
		words += fmt.Sprintf(", as %s set it %s", signed(view.Report.By), date(view.Report))
	}
	return words + "."
}

// Interact takes in what is submitted.
func (w *WeekReport) Interact(ctx context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	return w.change(ctx, i, func(channel string) (setup.Body, map[string]string) {
		at, err := weekly.Parse(text(i.View, setup.FieldAt, setup.FieldAt))
		if err != nil {
			return nil, map[string]string{setup.FieldAt: "Write a day and a time, such as mon 09:00."}
		}
		return setup.Report{Channel: channel, At: at}, nil
	}, func(v *setup.View) slack.ModalViewRequest { return w.saved(v.Settings.Report) })
}

// saved says what is in force now.
func (w *WeekReport) saved(plan escalation.Weekly) slack.ModalViewRequest {
	if plan.Channel == "" {
		return w.ended(":white_check_mark: Saved. I post no weekly report.")
	}
	next := plan.At.Next(w.now(), w.zone())
	return w.begun(fmt.Sprintf(":white_check_mark: Saved. The next one comes in %s on %s.", overview.Channel(plan.Channel), next.Format("Monday, 2 January, at 15:04 MST")))
}
