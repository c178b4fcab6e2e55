package message

import (
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
)

// table is a digest's rows as Slack's own table (docs.slack.dev/reference/block-kit/blocks/data-table-block).
func table(rows []row) *slack.DataTableBlock {
	t := slack.NewDataTableBlock("Tickets that wait for an answer").WithPageSize(len(rows))
	t.AddRow(cell("Ticket"), cell("Subject"), cell("Customer"), cell("Waits"), cell("Deadline"), cell("How it stands"), cell("Take it"), cell("Later"))
	for i, r := range rows {
		about := []slack.DataTableCell{block.LinkCell(r.ticket.Link, r.ticket.ID, maxInRow), cell(r.ticket.Subject), cell(r.ticket.Customer), cell(r.waits)}
		if r.waits == "" {
			t.AddRow(append(about, cell(""), cell(r.state), cell(""), cell(""))...)
			continue
		}
		if r.older {
			t.AddRow(append(about, dateCell(r.reminder.Deadline), cell(r.state), cell(""), cell(""))...)
			continue
		}
		t.AddRow(append(about, dateCell(r.reminder.Deadline), cell(r.state),
			slack.NewDataTableActionCell(buttons.InRow(buttons.ActionOwn, i+1, r.ref, r.reminder)),
			slack.NewDataTableActionCell(buttons.InRow(buttons.ActionSnooze, i+1, r.ref, r.reminder)))...)
	}
	return t
}

func cell(words string) slack.DataTableCell { return block.Cell(words, maxInRow) }

// dateCell is a time that each reader sees in their own time zone.
func dateCell(at time.Time) slack.DataTableCell {
	plain := at.UTC().Format("Jan 2 15:04 UTC")
	return slack.NewDataTableRichTextCell(slack.NewRichTextSection(slack.NewRichTextSectionDateElement(at.Unix(), "{date_short_pretty} {time}", nil, &plain)))
}
