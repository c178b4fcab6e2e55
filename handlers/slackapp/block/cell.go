package block

import (
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// Cell is plain text in a table, of so many characters at most. Slack takes none that is empty.
func Cell(words string, most int) slack.DataTableCell {
	return slack.NewDataTableRawTextCell(shown(words, most))
}

// LinkCell is a Cell that leads somewhere, if Slack takes the link.
func LinkCell(link, words string, most int) slack.DataTableCell {
	if link == "" || len(link) > mrkdwn.MaxLink {
		return Cell(words, most)
	}
	return slack.NewDataTableRichTextCell(slack.NewRichTextSection(slack.NewRichTextSectionLinkElement(link, shown(words, most), nil)))
}

func shown(words string, most int) string {
	if words = mrkdwn.Cut(plain.Line(words), most); words == "" {
		return "–"
	}
	return words
}
