// Package summary shows how the team did, as a message in Slack: a sentence, a picture and a table, or the same as a
// list where Slack takes neither.
package summary

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

const (
	mostListed = 10 // breaches of the list; the table pages
	pageSize   = 10
	mostField  = 60 // of a ticket's field in the table
)

// Message is a summary ready to be posted.
type Message struct {
	Text  string        // for notifications, screen readers and search
	Rich  []slack.Block // with picture and table
	Plain []slack.Block // without
}

// Of makes a message of a summary.
func Of(s escalation.Summary) Message {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		zone = time.UTC
	}
	head := "*" + span(s, zone) + ":* " + mrkdwn.EscapeLine(s.Sentence, block.MaxSection/2)
	first := []slack.Block{block.Section(head)}
	list := lines(s)
	m := Message{Text: strings.Join(append([]string{head}, list...), "\n")}
	m.Plain = append(first[:1:1], paragraphs(list)...)
	m.Rich = first
	if c := chart(s); c != nil {
		m.Rich = append(m.Rich, c)
	}
	switch {
	case len(s.Missed) > 0:
		m.Rich = append(m.Rich, table(s, zone))
		if more := s.Breaches - len(s.Missed); more > 0 {
			m.Rich = append(m.Rich, block.Small(fmt.Sprintf("…and %d more before these.", more)))
		}
	default:
		m.Rich = append(m.Rich, paragraphs(list)...)
	}
	return m
}

// Details are the lines under a summary.
func Details(s escalation.Summary) Message {
	var list []string
	for _, d := range s.Details {
		list = append(list, "• "+mrkdwn.EscapeLine(d, block.MaxSection/2))
	}
	blocks := paragraphs(list)
	return Message{Text: strings.Join(list, "\n"), Rich: blocks, Plain: blocks}
}

// span is the time that a summary is of: its last day is the one in which it ends.
func span(s escalation.Summary, zone *time.Location) string {
	return s.From.In(zone).Format("2 January") + " to " + s.To.In(zone).Add(-time.Second).Format("2 January 2006")
}

func paragraphs(lines []string) []slack.Block { return block.Say(lines...).Blocks() }

// lines are the breaches as a list.
func lines(s escalation.Summary) (all []string) {
	for _, m := range s.Missed[:min(len(s.Missed), mostListed)] {
		said := []string{"*" + mrkdwn.Hyperlink(m.Ticket.Link, "Ticket "+mrkdwn.EscapeLine(m.Ticket.ID, mostField)) + "*"}
		if m.Ticket.Subject != "" {
			said = append(said, mrkdwn.Quote(m.Ticket.Subject, mostField))
		}
		said = append(said, "<#"+mrkdwn.Escape(m.Channel)+">", clock(m.Clock), mrkdwn.When(m.At, s.To), mrkdwn.EscapeLine(m.Because, mostField))
		if m.Link != "" {
			said = append(said, mrkdwn.Hyperlink(m.Link, "thread"))
		}
		all = append(all, "• "+strings.Join(said, " · "))
	}
	if more := s.Breaches - len(all); more > 0 {
		all = append(all, fmt.Sprintf("…and %d more.", more))
	}
	return all
}

func clock(c policy.ClockKind) string { return strings.ReplaceAll(string(c), "_", " ") }

// chart is the first replies of each day or week (docs.slack.dev/reference/block-kit/blocks/data-visualization-block);
// nil where there is nothing to see.
func chart(s escalation.Summary) slack.Block {
	var labels []string
	var kept, breached []slack.DataVisualizationDataPoint
	decided := 0
	for _, b := range s.Bars {
		labels = append(labels, b.Label)
		kept = append(kept, slack.NewDataVisualizationDataPoint(b.Label, float64(b.Kept)))
		breached = append(breached, slack.NewDataVisualizationDataPoint(b.Label, float64(b.Breached)))
		decided += b.Kept + b.Breached
	}
	if decided == 0 {
		return nil
	}
	return slack.NewDataVisualizationBlock("First replies", slack.NewDataVisualizationBarChart(
		slack.NewDataVisualizationAxisConfig(labels...).WithYLabel("tickets"),
		slack.NewDataVisualizationDataSeries("in time", kept...), slack.NewDataVisualizationDataSeries("too late, or never", breached...)))
}

// table is the breaches (docs.slack.dev/reference/block-kit/blocks/data-table-block). It leads to their threads where
// Slack said of any where that is.
func table(s escalation.Summary, zone *time.Location) *slack.DataTableBlock {
	t := slack.NewDataTableBlock("Promises that broke").WithPageSize(pageSize)
	linked := slices.ContainsFunc(s.Missed, func(m escalation.Missed) bool { return m.Link != "" })
	add := func(thread slack.DataTableCell, row ...slack.DataTableCell) {
		if linked {
			row = append(row, thread)
		}
		t.AddRow(row...)
	}
	add(cell("Thread"), cell("Broken at"), cell("Ticket"), cell("Why"), cell("Late by"), cell("Subject"), cell("Priority"), cell("Promise"))
	for _, m := range s.Missed {
		subject, thread := m.Ticket.Subject, cell("")
		if subject == "" && m.Ticket.Customer == "" && m.Ticket.Link == "" {
			subject = "in a channel that not everybody reads"
		}
		if m.Link != "" {
			thread = block.LinkCell(m.Link, "thread", mostField)
		}
		add(thread, cell(m.At.In(zone).Format("2006-01-02 15:04")), block.LinkCell(m.Ticket.Link, m.Ticket.ID, mostField), cell(m.Because), cell(m.Late),
			cell(subject), cell(m.Ticket.Priority), cell(clock(m.Clock)))
	}
	return t
}

func cell(words string) slack.DataTableCell { return block.Cell(words, mostField) }
