package views

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// said is what the modal tells of what was just done.
type said struct {
	words string
	back  string // the value of a button that undoes it; "": there is none
}

const (
	titleTeam     = "Support team"
	mostEngineers = 80 // the view's own blocks beside them stay below Slack's hundred
)

// render draws the modal: somebody's fields, and the team below them.
func (e *Engineers) render(workspace string, s teamState, f setup.Engineer, done said) slack.ModalViewRequest {
	var blocks []slack.Block
	if done.words != "" {
		blocks = append(blocks, doneBlock(done))
	}
	blocks = append(blocks, engineerFields(s, f)...)
	blocks = append(blocks, block.Rule())
	blocks = append(blocks, e.team(workspace)...)
	return block.Modal(callbackEngineers, titleTeam, "Save", pack(s), blocks)
}

func doneBlock(done said) slack.Block {
	if done.back == "" {
		return block.Section(done.words)
	}
	return block.SectionWith(block.Button(actionBack, done.back, "Undo"), done.words)
}

func engineerFields(s teamState, f setup.Engineer) []slack.Block {
	user := slack.NewOptionsSelectBlockElement(slack.OptTypeUser, block.Plain("Choose somebody", 150), actionUser)
	user.InitialUser = f.Slack
	who := block.Input(s.field(setup.FieldUser), "Who", "Whom I mention in Slack.", false, user)
	who.DispatchAction = true
	return []slack.Block{
		who,
		block.Input(s.field(setup.FieldName), "Name", "As the calendar's events have it.", false,
			block.Field(setup.FieldName, "Ana Silva", f.Name, 60)),
		block.Input(s.field(setup.FieldAliases), "Other names", "Whatever else the calendar or a policy calls them; with commas between.", true,
			block.Field(setup.FieldAliases, "Ana, Silva", strings.Join(f.Aliases, ", "), 500)),
		block.Input(s.field(setup.FieldEmail), "E-mail address", "By which they are invited to calendar events.", true,
			block.Field(setup.FieldEmail, "ana@example.com", f.Email, 200)),
		block.Input(s.field(setup.FieldProducts), "Products", "What they work on while they are embedded; with commas between.", true,
			block.Field(setup.FieldProducts, "Auth, Storage", strings.Join(f.Products, ", "), 500)),
	}
}

// team is a line for each engineer, with a menu beside those who can be changed here.
func (e *Engineers) team(workspace string) []slack.Block {
	all := e.book.View(workspace).Engineers
	if len(all) == 0 {
		return []slack.Block{block.Section("The support team is empty as yet. Choose somebody above, and save.")}
	}
	blocks := []slack.Block{block.Section(fmt.Sprintf("*The support team: %s*", mrkdwn.Plural(len(all), "engineer")))}
	for i, engineer := range all {
		if i == mostEngineers {
			return append(blocks, block.Small(fmt.Sprintf("…and %d more. Choose somebody above to see and change them.", len(all)-i)))
		}
		line := e.line(workspace, engineer)
		if engineer.Origin == setup.File || engineer.Slack == "" {
			blocks = append(blocks, block.Section(line))
			continue
		}
		menu := slack.NewOverflowBlockElement(actionChange,
			block.Option("edit "+engineer.Slack, "Edit"), block.Option("remove "+engineer.Slack, "Remove"))
		section := block.SectionWith(menu, line)
		section.BlockID = "engineer/" + engineer.Slack + "@" + strconv.FormatInt(engineer.Version, 10)
		blocks = append(blocks, section)
	}
	return blocks
}

func (e *Engineers) line(workspace string, engineer setup.EngineerView) string {
	line := "*" + mrkdwn.EscapeLine(engineer.Name, 60) + "*"
	if engineer.Slack != "" {
		line += " " + signed(engineer.Slack)
	}
	var facts []string
	if len(engineer.Aliases) > 0 {
		facts = append(facts, "also "+mrkdwn.EscapeLine(mrkdwn.List(engineer.Aliases), 200))
	}
	if len(engineer.Products) > 0 {
		facts = append(facts, "works on "+mrkdwn.EscapeLine(mrkdwn.List(engineer.Products), 200))
	}
	if engineer.Email != "" {
		facts = append(facts, mrkdwn.EscapeLine(engineer.Email, 100))
	}
	if len(facts) > 0 {
		line += "\n" + strings.Join(facts, " · ")
	}
	if engineer.Origin == setup.File {
		line += "\n_Set in slabuddy.yaml, and to be changed there._"
	}
	if e.gone(workspace, engineer.Engineer) {
		line += "\n:warning: This Slack account is deactivated: no reminder reaches anybody. Remove them, or choose another account."
	}
	return line
}
