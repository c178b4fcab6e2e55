package views

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/slackid"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
)

// The names of the modal of a channel, and of its buttons.
const (
	callbackChannel = "slabuddy_setup_channel"

	actionPolicy  = "slabuddy_setup_policy" // chosen: the rest is drawn again
	actionHours   = "slabuddy_setup_hours"  // the same
	actionAlways  = "slabuddy_setup_always" // the same, beside tiers of its own: Slack keeps a choice by its id, and there one is not offered
	actionAdd     = "slabuddy_setup_add"
	actionDrop    = "slabuddy_setup_drop"
	actionPreview = "slabuddy_setup_preview"
	actionUndo    = "slabuddy_setup_undo"
	actionStop    = "slabuddy_setup_stop"
)

// ownTiers is chosen instead of a policy's name. No name has a slash.
const ownTiers = "/own"

// Config is what the modals are made of.
type Config struct {
	Slack     Slack
	Book      Book
	People    People
	Readers   Readers
	Roster    func(workspace string) calendar.Roster
	Directory circle.Directory
	Reach     func(workspace string) circle.Reach // what is known of whom tiers may reach
	// Replay runs what is stored of a channel since then through other settings.
	Replay func(ctx context.Context, workspace, channel string, since time.Time, trying *escalation.Settings) (replay.Result, error)
	// Zone is that of what is posted once a week.
	Zone   func() *time.Location
	Now    func() time.Time
	Logger *slog.Logger
}

// Channels is the modal in which a channel is set up.
type Channels struct {
	window
	book      Book
	roster    func(workspace string) calendar.Roster
	directory circle.Directory
	reach     func(workspace string) circle.Reach
	replay    func(ctx context.Context, workspace, channel string, since time.Time, trying *escalation.Settings) (replay.Result, error)
	readers   Readers
}

// NewChannels returns the modal of /sla-setup.
func NewChannels(c Config) *Channels {
	return &Channels{
		window: window{c.Slack, c.People, c.Now, c.Logger},
		book:   c.Book, roster: c.Roster, directory: c.Directory, reach: c.Reach, replay: c.Replay, readers: c.Readers,
	}
}

// channelState is what the modal remembers.
type channelState struct {
	Channel    string `json:"channel"`
	Version    int64  `json:"version"`    // the one that is changed
	Tiers      int    `json:"tiers"`      // fields for so many
	Generation int    `json:"generation"` // part of the block_ids: in new ones, Slack forgets what was typed
}

func (s channelState) scope() string { return setup.ChannelScope(s.Channel) }

// field is the block_id of a field.
func (s channelState) field(name string) string { return name + "@" + strconv.Itoa(s.Generation) }

// Open answers /sla-setup.
func (c *Channels) Open(_ context.Context, cmd slackapp.Command) (slackapp.Answer, error) {
	if !strings.HasPrefix(cmd.Channel, "C") && !strings.HasPrefix(cmd.Channel, "G") {
		return slackapp.Answer{Body: block.Say("Type `/sla-setup` in the channel where your help desk posts its tickets: it is that channel that I then watch.").Body()}, nil
	}
	return c.open(cmd, nil, func(ctx context.Context) (slack.ModalViewRequest, error) {
		return c.fresh(ctx, cmd.Workspace, channelState{Channel: cmd.Channel}, "")
	}), nil
}

// fresh is the modal as things are now, after a word on why.
func (c *Channels) fresh(ctx context.Context, workspace string, s channelState, why string) (slack.ModalViewRequest, error) {
	view := c.book.View(workspace)
	versions, err := c.book.History(ctx, workspace, s.scope(), setup.HistoryShown)
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	s.Version, s.Generation = view.Version(s.scope()), s.Generation+1
	form := view.Channels[s.Channel].Form()
	s.Tiers = max(len(form.Tiers), 1)
	return c.render(workspace, s, fields{ChannelForm: form, own: len(form.Tiers) > 0}, versions, why), nil
}

// Interact takes in what is done in the modal.
func (c *Channels) Interact(ctx context.Context, i slackapp.Interaction) (slackapp.Answer, error) {
	s := unpack[channelState](i.View.Private)
	if !slackid.IsChannel(s.Channel) {
		return c.odd(i), nil
	}
	s.Tiers = min(max(s.Tiers, 1), policy.MaxTiers)
	switch i.Type {
	case "view_submission":
		return c.submit(ctx, i, s)
	case "block_actions":
		if len(i.Actions) > 0 {
			return c.click(ctx, i, s)
		}
	}
	return slackapp.Answer{}, nil
}

// submit puts in force what was filled in. A second submission of the same finds it in force.
func (c *Channels) submit(ctx context.Context, i slackapp.Interaction, s channelState) (slackapp.Answer, error) {
	if words := c.refusedIn(ctx, i, s.Channel, c.readers); words != "" {
		return wrong(map[string]string{s.field(setup.FieldPolicy): words}), nil
	}
	f := readFields(i.View, s)
	f.OwnHours = c.ownHours(ctx, i, f)
	channel, problems := f.read(c.book.View(i.Workspace).Settings)
	if len(problems) > 0 {
		return wrong(s.beside(problems, f)), nil
	}
	_, err := c.book.Change(ctx, setup.Edit{Workspace: i.Workspace, Scope: s.scope(), By: i.User, Version: s.Version, Body: channel})
	if words := stopped(err); words != "" {
		return wrong(map[string]string{s.field(setup.FieldPolicy): words}), nil
	}
	switch {
	case errors.As(err, &problems):
		return wrong(s.beside(problems, f)), nil
	case err != nil && !errors.Is(err, setup.ErrUnchanged):
		return slackapp.Answer{}, err
	}
	return show(c.saved(i.Workspace, s)), nil
}

// stopped says why a change was refused as a whole; "" if it was not.
func stopped(err error) string {
	var conflict *setup.ConflictError
	switch {
	case errors.As(err, &conflict):
		return "Somebody else has changed this while the window was open. Please close it and type the command again: you will see what it is now."
	case errors.Is(err, setup.ErrFromFile):
		return "This is set in slabuddy.yaml by whoever runs me, and can only be changed there."
	}
	return ""
}

// beside puts each problem beside its field, or beside the nearest that is shown.
func (s channelState) beside(problems setup.Problems, f fields) map[string]string {
	shown := map[string]bool{setup.FieldPolicy: true, setup.FieldByPriority: true}
	if f.own {
		shown[setup.FieldDeadline], shown[setup.FieldRepeat] = true, true
		for _, clock := range furtherClocks {
			shown[setup.PromiseField(clock, setup.FieldDeadline)], shown[setup.PromiseField(clock, setup.FieldTiers)] = true, true
		}
		for i := range s.Tiers {
			for _, part := range []string{setup.PartAfter, setup.PartNotify, setup.PartMessage} {
				shown[setup.TierField(i+1, part)] = true
			}
		}
	}
	shown[setup.FieldHours] = true
	if f.Hours == setup.OwnHours {
		for _, name := range []string{setup.FieldZone, setup.FieldWeek, setup.FieldCountry, setup.FieldClosed, setup.FieldOpen} {
			shown[name] = true
		}
	}
	by := map[string]string{}
	for _, p := range problems {
		name := p.Field
		if !shown[name] {
			name = setup.FieldPolicy
		}
		if by[s.field(name)] == "" {
			by[s.field(name)] = p.Message
		}
	}
	return by
}

// click draws the modal again, or changes what is in force: undo, and stop watching.
func (c *Channels) click(ctx context.Context, i slackapp.Interaction, s channelState) (slackapp.Answer, error) {
	if id := i.Actions[0].ID; id == actionUndo || id == actionStop {
		return c.change(ctx, i, s)
	}
	f := readFields(i.View, s)
	switch i.Actions[0].ID {
	case actionAdd:
		s.Tiers = min(s.Tiers+1, policy.MaxTiers)
	case actionDrop:
		s.Tiers = max(s.Tiers-1, 1)
		f.Tiers = f.Tiers[:min(len(f.Tiers), s.Tiers)]
	}
	return c.redraw(i, func(ctx context.Context) (slack.ModalViewRequest, error) {
		f.OwnHours = c.ownHours(ctx, i, f)
		if i.Actions[0].ID == actionPreview {
			f.lately = c.lately(ctx, i, s, f)
		}
		versions, err := c.book.History(ctx, i.Workspace, s.scope(), setup.HistoryShown)
		return c.render(i.Workspace, s, f, versions, ""), err
	}), nil
}

// ownHours are those of the channel that are filled in; where none are yet, what most teams work.
func (c *Channels) ownHours(ctx context.Context, i slackapp.Interaction, f fields) setup.HoursForm {
	if f.Hours != setup.OwnHours || f.OwnHours != (setup.HoursForm{}) {
		return f.OwnHours
	}
	return setup.UsualHours(c.zone(ctx, i))
}

// zone is the time zone of whoever sets up, as far as Slack says.
func (c *Channels) zone(ctx context.Context, i slackapp.Interaction) string {
	p, err := c.people.Who(ctx, i.Workspace, i.User)
	if err != nil || p.Zone == "" {
		return time.UTC.String()
	}
	return p.Zone
}

func (c *Channels) change(ctx context.Context, i slackapp.Interaction, s channelState) (slackapp.Answer, error) {
	if words := c.refusedIn(ctx, i, s.Channel, c.readers); words != "" {
		return c.redraw(i, func(context.Context) (slack.ModalViewRequest, error) { return notice(words), nil }), nil
	}
	e := setup.Edit{Workspace: i.Workspace, Scope: s.scope(), By: i.User, Version: s.Version}
	var err error
	why := "Done. I do not watch this channel any more; open tickets are still followed to their end."
	switch to, _ := strconv.ParseInt(i.Actions[0].Value, 10, 64); {
	case i.Actions[0].ID == actionUndo:
		why = "Done. It is as it was in version " + strconv.FormatInt(to, 10) + "."
		_, err = c.book.Undo(ctx, e, to)
	default:
		_, err = c.book.Change(ctx, e)
	}
	var problems setup.Problems
	switch words := stopped(err); {
	case words != "":
		why = words
	case errors.As(err, &problems):
		why = "That cannot be in force any more: " + problems[0].Message
	case errors.Is(err, setup.ErrUnchanged):
		why = "It is like that already."
	case errors.Is(err, setup.ErrNoVersion):
		why = "That version is too long ago to go back to."
	case err != nil:
		return slackapp.Answer{}, err
	}
	return c.redraw(i, func(ctx context.Context) (slack.ModalViewRequest, error) {
		return c.fresh(ctx, i.Workspace, s, why)
	}), nil
}
