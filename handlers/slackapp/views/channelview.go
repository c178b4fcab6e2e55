package views

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
	"github.com/slabuddy/slabuddy/handlers/slackapp/overview"
)

const (
	maxOptionValue = 150 // characters that Slack takes

	titleChannel = "Watch this channel"
	invite       = "Am I in the channel yet? If not, type `/invite @SLA Buddy` there: otherwise I neither see its tickets nor can I remind anybody."
)

// render draws the modal.
func (c *Channels) render(workspace string, s channelState, f fields, versions []setup.Setting, why string) slack.ModalViewRequest {
	view := c.book.View(workspace)
	var blocks []slack.Block
	if why != "" {
		blocks = append(blocks, block.Section(":information_source: "+why))
	}
	channel, watched := view.Channels[s.Channel]
	if channel.Origin == setup.File {
		f = fields{ChannelForm: channel.Form()} // nothing of it can be filled in
		return c.readOnly(workspace, s, f, append(blocks, block.Section(overview.Channel(s.Channel)+" is set in slabuddy.yaml by whoever runs me, and can only be changed there. This is what it says:")))
	}
	blocks = append(blocks, block.Section(standing(channel, watched, s)))
	blocks = append(blocks, policyField(view.Settings, s, f))
	blocks = append(blocks, hoursFields(view.Settings, s, f)...)
	if f.own {
		blocks = append(blocks, tierFields(s, f)...)
		blocks = append(blocks, promiseFields(s, f)...)
	}
	blocks = append(blocks, othersField(s, f))
	blocks = append(blocks, c.tried(workspace, view, s, f)...)
	blocks = append(blocks, history(versions)...)
	if watched {
		blocks = append(blocks, block.Rule(), block.Buttons("stop@"+strconv.Itoa(s.Generation), stopButton()))
	}
	blocks = append(blocks, block.Small(invite))
	return block.Modal(callbackChannel, titleChannel, "Save", pack(s), blocks)
}

func standing(c setup.ChannelView, watched bool, s channelState) string {
	if !watched {
		return "I do not watch " + overview.Channel(s.Channel) + " yet. Tell me whom to remind of its tickets, and when."
	}
	words := fmt.Sprintf("How I watch %s, as %s set it %s.", overview.Channel(s.Channel), signed(c.By), date(c.Mark))
	for _, missing := range c.Missing {
		words += "\n:warning: There is no policy “" + mrkdwn.EscapeLine(missing, 60) + "” any more: the default one is in force instead."
	}
	if c.NoHours {
		words += "\n:warning: Its hours are not configured any more: time counts around the clock."
	}
	if c.Unread != "" {
		words += "\n:hourglass: The holidays of " + c.Unread + " are not known yet. If they still are not in some minutes, whoever runs me has to give me access to Google's calendars."
	}
	return words
}

// signed is a person by mention, which pings nobody in a modal.
func signed(user string) string {
	if user == "" {
		return "somebody"
	}
	return mrkdwn.Ping(circle.Recipient{Kind: circle.ToUser, ID: user})
}

func date(m setup.Mark) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} at {time}|%s>", m.At.Unix(), m.At.UTC().Format("Jan 2 at 15:04 UTC"))
}

func policyField(settings *escalation.Settings, s channelState, f fields) slack.Block {
	var options []*slack.OptionBlockObject
	for _, name := range slices.Sorted(maps.Keys(settings.Policies)) {
		if !strings.Contains(name, "/") && len(name) <= maxOptionValue && len(options) < 99 {
			options = append(options, block.Option(name, name))
		}
	}
	options = append(options, block.Option(ownTiers, "Tiers of its own"))
	chosen := f.Policy
	switch {
	case f.own:
		chosen = ownTiers
	case chosen == "" || settings.Policies[chosen].Name == "":
		chosen = policy.Default
	}
	policy := block.Input(s.field(setup.FieldPolicy), "Policy", "When whom is reminded. Choose one that has a name, or set tiers for this channel alone.", false,
		block.Menu(actionPolicy, "Choose a policy", chosen, options...))
	policy.DispatchAction = true
	return policy
}

// othersField says which tickets run through another policy.
func othersField(s channelState, f fields) slack.Block {
	others := block.Field(setup.FieldByPriority, "urgent: enterprise", f.ByPriority, 1000)
	others.Multiline = true
	return block.Input(s.field(setup.FieldByPriority), "Other policies for some tickets",
		"One a line: a priority, a colon, and the policy's name. Or say which: type outage and customer acme: enterprise.", true, others)
}

func tierFields(s channelState, f fields) []slack.Block {
	var blocks []slack.Block
	for i := range s.Tiers {
		var t setup.TierForm
		if i < len(f.Tiers) {
			t = f.Tiers[i]
		}
		blocks = append(blocks, oneTier(s, i+1, t)...)
	}
	var buttons []slack.BlockElement
	if s.Tiers < policy.MaxTiers {
		buttons = append(buttons, block.Button(actionAdd, "", "Add a tier"))
	}
	if s.Tiers > 1 {
		buttons = append(buttons, block.Button(actionDrop, "", "Remove the last tier"))
	}
	return append(blocks,
		block.Buttons("tiers@"+strconv.Itoa(s.Generation), buttons...),
		block.Input(s.field(setup.FieldDeadline), "Deadline", "When the promise to the customer is broken, counted from the ticket. Empty: the last tier's time.", true,
			block.Field(setup.FieldDeadline, "1h", f.Deadline, 30)),
		block.Input(s.field(setup.FieldRepeat), "Repeat the last tier every", "Empty: it is posted once.", true,
			block.Field(setup.FieldRepeat, "30m", f.Repeat, 30)),
	)
}

func oneTier(s channelState, n int, t setup.TierForm) []slack.Block {
	optional := n > 1 // a tier left empty altogether does not count
	words, people := split(t.Notify)
	name := func(part string) string { return setup.TierField(n, part) }
	message := block.Field(name(setup.PartMessage), "Ticket {{.Ticket.ID}} is burning.", t.Message, 1000)
	message.Multiline = true
	choose := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeUser, block.Plain("Choose people", 150), name(partPeople))
	choose.InitialUsers = people
	return []slack.Block{
		block.Section("*Tier " + strconv.Itoa(n) + "*"),
		block.Input(s.field(name(setup.PartAfter)), "After", "How long the ticket has waited then: 10m, 2h, 1d. Or 15m before, which is a warning ahead of the deadline.", optional,
			block.Field(name(setup.PartAfter), "10m", t.After, 30)),
		block.Input(s.field(name(setup.PartNotify)), "Remind", "on-shift, non-embedded, embedded, assignee, here, channel, an engineer's name, or @ and a user group's handle; with commas between them.", true,
			block.Field(name(setup.PartNotify), "on-shift, @support", words, 500)),
		block.Input(s.field(name(partPeople)), "And these people", "", true, choose),
		block.Input(s.field(name(setup.PartMessage)), "With these words", "Said along with the reminder. {{.Ticket.ID}}, {{.Ticket.Customer}} and {{.Waited}} are filled in.", true, message),
	}
}

// tried says what would become of a ticket with what is filled in.
func (c *Channels) tried(workspace string, view *setup.View, s channelState, f fields) []slack.Block {
	channel := f.trying(view.Settings)
	if f.own && len(channel.Tiers) == 0 {
		return c.previewed(workspace, &escalation.Settings{}, s)
	}
	blocks := c.previewed(workspace, view.Trying(s.Channel, channel), s)
	if len(f.lately) > 0 {
		blocks = append(blocks, block.Section(f.lately[0]))
		if limits := f.lately[1:]; len(limits) > 0 {
			blocks = append(blocks, block.Small(strings.Join(limits, " ")))
		}
		return blocks
	}
	return append(blocks, block.Small("*Look again* also says what the last 30 days would have been like under this."))
}

// previewed says what would become of a ticket that came now.
func (c *Channels) previewed(workspace string, trying *escalation.Settings, s channelState) []slack.Block {
	lines := preview(workspace, s.Channel, c.roster(workspace), c.directory, trying, c.now())
	if len(lines) == 0 {
		lines = []string{"Fill in a tier to see whom it would ping."}
	}
	look := block.Button(actionPreview, "", "Look again")
	blocks := []slack.Block{block.Rule(), block.SectionWith(look, lines...)}
	return append(blocks, c.unreached(workspace, trying, s)...)
}

// unreached says of the channel's tiers which can reach nobody.
func (c *Channels) unreached(workspace string, settings *escalation.Settings, s channelState) (blocks []slack.Block) {
	channel, set := settings.Channels[s.Channel]
	if !set {
		return nil
	}
	for _, u := range settings.Unreached(channel.Policies(), c.reach(workspace)) {
		blocks = append(blocks, block.Section(":warning: "+mrkdwn.EscapeLine(u.Words(), 1000), "Name people or a user group there as well, and somebody hears of each ticket."))
	}
	return blocks
}

func history(versions []setup.Setting) []slack.Block {
	if len(versions) == 0 {
		return nil
	}
	blocks := []slack.Block{block.Rule(), block.Section("*The last changes*")}
	for i, v := range versions {
		line := fmt.Sprintf("Version %d, %s by %s: %s", v.Version, date(setup.Mark{At: v.At}), signed(v.By), change(v))
		if i == 0 {
			blocks = append(blocks, block.Section(line+" _(in force)_"))
			continue
		}
		blocks = append(blocks, block.SectionWith(block.Button(actionUndo, strconv.FormatInt(v.Version, 10), "Go back to this"), line))
	}
	return blocks
}

func stopButton() *slack.ButtonBlockElement {
	b := block.Button(actionStop, "", "Stop watching this channel")
	b.Style = slack.StyleDanger
	b.Confirm = slack.NewConfirmationBlockObject(block.Plain("Stop watching?", 100),
		block.Plain("New tickets in this channel will not be followed. You can go back any time.", 300),
		block.Plain("Stop watching", 30), block.Plain("Go on watching", 30))
	return b
}

// readOnly shows what the file sets.
func (c *Channels) readOnly(workspace string, s channelState, f fields, blocks []slack.Block) slack.ModalViewRequest {
	settings := c.book.View(workspace).Settings
	blocks = append(blocks, block.Section("Policy *"+mrkdwn.EscapeLine(settings.Channels[s.Channel].For(""), 60)+"*"))
	if f.ByPriority != "" {
		blocks = append(blocks, block.Section("*By priority*", mrkdwn.EscapeLine(strings.ReplaceAll(f.ByPriority, "\n", "; "), 1000)))
	}
	if n := len(settings.Channels[s.Channel].Choose); n > 0 {
		blocks = append(blocks, block.Section("*"+mrkdwn.Plural(n, "choice")+"* by what the ticket is, which go before that."))
	}
	blocks = append(blocks, c.previewed(workspace, settings, s)...)
	return block.Modal(callbackChannel, titleChannel, "", pack(s), append(blocks, block.Small(invite)))
}

// saved says what is in force now.
func (c *Channels) saved(workspace string, s channelState) slack.ModalViewRequest {
	view := c.book.View(workspace)
	lines := preview(workspace, s.Channel, c.roster(workspace), c.directory, view.Settings, c.now())
	blocks := []slack.Block{
		block.Section(":white_check_mark: Saved. I watch " + overview.Channel(s.Channel) + " like this from now on; tickets that are open already keep the times they were opened with."),
		block.Section(lines...),
	}
	blocks = append(blocks, c.unreached(workspace, view.Settings, s)...)
	return block.Modal(callbackNotice, titleChannel, "", "", append(blocks, block.Small(invite)))
}
