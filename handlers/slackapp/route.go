package slackapp

import (
	"context"
	"errors"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/saying"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// Types of events, as metric labels: those of Slack's that mean something here, and two of ours.
const (
	typeChallenge   = "url_verification"
	typeRateLimited = "app_rate_limited"
	typeCallback    = "event_callback"
	typeMessage     = "message"
	typeMention     = "app_mention"
	typeHome        = "app_home_opened"
	typeUninstalled = "app_uninstalled"
	typeRevoked     = "tokens_revoked"
	typeJoined      = "member_joined_channel"
	typeRenamed     = "channel_id_changed"
	typeOther       = "other"
	typeUnread      = "unread" // refused before its type was known
)

// label is the event's type, as one of a few known values.
func (e *envelope) label() string {
	if e.Type == typeRateLimited {
		return typeRateLimited
	}
	if e.Type == typeCallback {
		switch e.Event.Type {
		case typeMessage, typeMention, typeHome, typeUninstalled, typeRevoked, typeJoined, typeRenamed:
			return string(e.Event.Type)
		}
	}
	return typeOther
}

// route hands the event on by its type, and returns its outcome. An error means that it is not stored.
func (a *App) route(ctx context.Context, e *envelope) (outcome string, err error) {
	switch e.label() {
	case typeRateLimited:
		a.Log.Warn("Slack holds events back: more than 30,000 in an hour. Tickets may be missed",
			"workspace", e.workspace(), "minute", string(e.RateLimitedAt))
		return outcomeLimited, nil
	case typeUninstalled:
		return a.uninstalled(ctx, e, "the app was removed from the workspace")
	case typeRevoked:
		if len(e.Event.Tokens.Bot) == 0 {
			return outcomeIgnored, nil // a person's token, which the bot does not use
		}
		return a.uninstalled(ctx, e, "the bot's token was revoked")
	case typeJoined:
		if _, ours := a.joined(e); ours {
			return outcomeOwn, nil
		}
		return outcomeIgnored, nil
	case typeRenamed:
		return a.renamed(e), nil
	case typeOther:
		return outcomeIgnored, nil
	}
	m := &e.Event
	if m.Subtype == subtypeEdited {
		return a.edited(ctx, e)
	}
	if a.own(e) {
		return outcomeOwn, nil
	}
	at := escalation.Thread{Workspace: e.workspace(), Channel: string(m.Channel), TS: string(m.TS)}
	posted, err := escalation.TimeOf(at.TS)
	if err != nil || at.Workspace == "" || at.Channel == "" {
		return outcomeOdd, nil
	}
	if m.Type == typeMessage && m.Subtype == "message_deleted" {
		at.TS = string(m.DeletedTS)
		return outcomeDeleted, a.Deleter.Deleted(ctx, at)
	}
	outcome = outcomeIgnored
	if m.Type == typeMessage && m.Opens() {
		outcome, err = a.open(ctx, m, escalation.Message{Thread: at, PostedAt: posted})
		if err != nil {
			return "", err
		}
	}
	if a.mentions(e) {
		return a.hear(ctx, e, at, outcome)
	}
	return outcome, nil
}

// Take takes in a message that the scan has read, as if Slack had sent it as an event.
func (a *App) Take(ctx context.Context, workspace string, m Message) (outcome string, err error) {
	m.Type = typeMessage
	org := tolerant.Text(a.Self(workspace).Organisation) // Colleague finds out whether the channel is shared with another organisation
	return a.route(ctx, &envelope{Type: typeCallback, TeamID: tolerant.Text(workspace), OurEnterprise: org, Event: m})
}

func (a *App) uninstalled(ctx context.Context, e *envelope, why string) (outcome string, err error) {
	workspace := e.workspace()
	if workspace == "" {
		return outcomeOdd, nil
	}
	if a.Uninstalled == nil {
		return outcomeIgnored, nil
	}
	return outcomeGone, a.Uninstalled(ctx, workspace, why, e.happened(a.Now()))
}

// joined says that the event is the bot's own joining of a channel. Slack sends an event of that name, and a message in
// the channel.
func (a *App) joined(e *envelope) (channel string, ours bool) {
	m := &e.Event
	if e.Type != typeCallback || m.Channel == "" || m.User == "" || e.workspace() == "" {
		return "", false
	}
	joins := m.Type == typeJoined || m.Type == typeMessage && (m.Subtype == "channel_join" || m.Subtype == "group_join")
	bot := string(m.User) == e.bot() || string(m.User) == a.Self(e.workspace()).User
	return string(m.Channel), joins && bot
}

// own says that the bot itself posted the message. An app's posts have its id, so this works even before anything is
// known of the workspace.
func (a *App) own(e *envelope) bool {
	m, self := &e.Event, a.Self(e.workspace())
	return m.AppID != "" && m.AppID == e.AppID ||
		m.BotID != "" && string(m.BotID) == self.BotID ||
		m.User != "" && (string(m.User) == e.bot() || string(m.User) == self.User)
}

// errUnknown makes Slack deliver the event again.
var errUnknown = errors.New("which channels the workspace watches cannot be read just now")

func (a *App) open(ctx context.Context, m *Message, opening escalation.Message) (outcome string, err error) {
	settings := a.Settings()
	if !settings.Watches(opening.Workspace, opening.Channel) {
		if settings.Known != nil && !settings.Known(opening.Workspace) {
			return "", errUnknown
		}
		return outcomeUnwatched, nil
	}
	read := settings.Reader(opening.Workspace).Read(&m.Message)
	from := poster{opening.Workspace, opening.Channel, string(m.BotID)}
	switch {
	case read.Verdict == ticket.Readable:
		a.posters.note(from)
	case read.Verdict == ticket.None && a.posters.known(from):
		read.Verdict, read.Problem = ticket.Unreadable, ticket.Unusual(&m.Message)
	}
	if read.Problem.Reason != "" {
		a.report(opening, read.Problem)
	}
	if read.Verdict != ticket.Readable {
		a.Log.Debug("a message opens nothing", "why", string(read.Verdict), "channel", opening.Channel, "ts", opening.TS)
		return outcomeOf[read.Verdict], nil
	}
	var all []escalation.Message
	for _, t := range read.Tickets {
		opening.Ticket = t
		all = append(all, opening)
	}
	did, err := a.Opener.Open(ctx, all...)
	return string(did), err
}

// outcomeOf is the outcome of a message that opens nothing.
var outcomeOf = map[ticket.Verdict]string{
	ticket.None: outcomeNoTicket, ticket.Unreadable: outcomeUnreadable, ticket.Update: outcomeUpdate, ticket.Person: outcomePerson,
	ticket.Old: outcomeIgnored,
}

// report logs and counts a message that looks like a ticket and is not followed.
func (a *App) report(at escalation.Message, p ticket.Problem) {
	a.unreadable.WithLabelValues(p.Reason).Inc()
	a.Log.Warn("a message looks like a ticket, but cannot be read; see tickets.fields.id in the configuration",
		"reason", p.Reason, "channel", at.Channel, "ts", at.TS, "says", p.Words, "pattern", p.Pattern)
	if a.Unreadable != nil {
		a.Unreadable(at.Thread, p)
	}
}

// mentions says that the event is somebody's @mention of the bot. A mention within a quotation or code does not count.
// Each mention comes twice, as a message and as an app_mention, in either order.
func (a *App) mentions(e *envelope) bool {
	m := &e.Event
	names := func(text string) bool {
		return namesUser(text, e.bot()) || namesUser(text, a.Self(e.workspace()).User)
	}
	named := names(string(m.Text))
	if named && !names(saying.Unquoted(string(m.Text))) {
		return false
	}
	switch {
	case m.Type == typeMention:
		return true
	case m.Subtype == "", m.Subtype == "bot_message", m.Subtype == "file_share", m.Subtype == "thread_broadcast":
		return named
	}
	return false
}

// namesUser says that a text holds <@user> or <@user|name>.
func namesUser(text, user string) bool {
	if user == "" {
		return false
	}
	for rest := text; ; {
		_, after, found := strings.Cut(rest, "<@"+user)
		if !found {
			return false
		}
		if strings.HasPrefix(after, ">") || strings.HasPrefix(after, "|") {
			return true
		}
		rest = after
	}
}

// hear hands a mention on. otherwise is the outcome of its message as a ticket: if it opened something, that is the
// outcome.
func (a *App) hear(ctx context.Context, e *envelope, at escalation.Thread, otherwise string) (outcome string, err error) {
	m := &e.Event
	outcome = outcomeForeign
	colleague, err := a.byColleague(ctx, e)
	if colleague {
		outcome = outcomeHeard
		err = a.Hearer.Hear(ctx, escalation.Mention{
			MentionKey: escalation.MentionKey(at),
			ThreadTS:   string(m.ThreadTS),
			User:       string(m.User),
			Text:       string(m.Text),
		})
	}
	switch otherwise {
	case outcomeIgnored, outcomeUnwatched, outcomeNoTicket, outcomeUpdate, outcomePerson:
		return outcome, err
	}
	return otherwise, err
}

// slackbot posts for people, their own reminders for example, and has no bot id.
const slackbot = "USLACKBOT"

// byColleague says that a full member of the workspace wrote the message. If Slack does not say who it was, the error
// makes it deliver the message again.
func (a *App) byColleague(ctx context.Context, e *envelope) (bool, error) {
	switch {
	case !e.byPerson():
		return false, nil
	case !e.fromOurs() && (a.Colleague == nil || e.organisation() == ""):
		return false, nil // whether another workspace belongs to our organisation, only Slack knows
	case a.Colleague == nil:
		return true, nil
	}
	return a.Colleague(ctx, e.workspace(), string(e.Event.User))
}

// byPerson says that a person wrote the message, not a bot.
func (e *envelope) byPerson() bool {
	m := &e.Event
	return m.User != "" && m.User != slackbot && m.BotID == "" && m.Subtype != "bot_message"
}

// fromOurs says that the author of the message is of the workspace, or of its Enterprise Grid organisation, as far as the
// event says. In a channel shared with another organisation it does not.
func (e *envelope) fromOurs() bool {
	m := &e.Event
	org := e.organisation()
	for _, team := range []tolerant.Text{m.Team, m.UserTeam, m.SourceTeam} {
		ours := string(team) == e.workspace() || string(team) == org || org != "" && !e.SharedOutside
		if team != "" && !ours {
			return false
		}
	}
	return true
}
