package message

import (
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// table is a digest's rows as Slack's own table (docs.slack.dev/reference/block-kit/blocks/data-table-block).
func table(rows []row) *slack.DataTableBlock {
	t := slack.NewDataTableBlock("Tickets that wait for an answer").WithPageSize(len(rows))
	t.AddRow(cell("Ticket"), cell("Subject"), cell("Customer"), cell("Waits"), cell("Deadline"), cell("How it stands"), cell("Take it"), cell("Later"))
	for i, r := range rows {
		about := []slack.DataTableCell{ticketCell(r.ticket), cell(r.ticket.Subject), cell(r.ticket.Customer), cell(r.waits)}
		if r.waits == "" {
			t.AddRow(append(about, cell(""), cell(r.state), cell(""), cell(""))...)
			continue
		}
		t.AddRow(append(about, dateCell(r.reminder.Deadline), cell(r.state),
			slack.NewDataTableActionCell(buttons.InRow(buttons.ActionOwn, i+1, r.ref, r.reminder)),
			slack.NewDataTableActionCell(buttons.InRow(buttons.ActionSnooze, i+1, r.ref, r.reminder)))...)
	}
	return t
}

// cell is plain text. Slack takes none that is empty.
func cell(words string) slack.DataTableCell {
	if words == "" {
		words = "–"
	}
	return slack.NewDataTableRawTextCell(mrkdwn.Cut(plain.Line(words), maxInRow))
}

func ticketCell(t escalation.Ticket) slack.DataTableCell {
	if t.Link == "" || len(t.Link) > mrkdwn.MaxLink {
		return cell(t.ID)
	}
	name := mrkdwn.Cut(plain.Line(t.ID), maxInRow)
	return slack.NewDataTableRichTextCell(slack.NewRichTextSection(slack.NewRichTextSectionLinkElement(t.Link, name, nil)))
}

// dateCell is a time that each reader sees in their own time zone.
func dateCell(at time.Time) slack.DataTableCell {
	plain := at.UTC().Format("Jan 2 15:04 UTC")
	return slack.NewDataTableRichTextCell(slack.NewRichTextSection(slack.NewRichTextSectionDateElement(at.Unix(), "{date_short_pretty} {time}", nil, &plain)))
}
