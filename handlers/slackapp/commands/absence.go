package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// away says that somebody is away, or no longer; whoever sent the command, if nobody is named.
func (c *Commands) away(ctx context.Context, cmd slackapp.Command, r request) (slackapp.Answer, error) {
	who, problem := c.engineer(cmd, r.who)
	if problem != "" {
		return say(block.Say(problem)), nil
	}
	return c.forSomebody(ctx, cmd, who, func(ctx context.Context) (*block.Answer, error) {
		if off(r.words) {
			return c.takeBack(ctx, cmd, who, setup.Away)
		}
		return c.absent(ctx, cmd, setup.Absence{Kind: setup.Away, Who: asPerson(who)}, r.words)
	})
}

// swap says that somebody takes over the shifts of whoever sent the command.
func (c *Commands) swap(ctx context.Context, cmd slackapp.Command, r request) (slackapp.Answer, error) {
	who, problem := c.engineer(cmd, person{})
	if problem == "" && off(r.words) {
		a, err := c.takeBack(ctx, cmd, who, setup.Swap)
		return answer(a, err)
	}
	if problem == "" && !r.who.isNamed() {
		problem = "Whom do you swap with? Write `/sla swap @bob`, and for how long if not for today: `for 2h`, `tomorrow`, `until 17:00`."
	}
	if problem == "" && !c.Rosters.HasCalendar(cmd.Workspace) {
		problem = "I have no shift calendar here, so there are no shifts that I could hand over. I changed nothing."
	}
	var with calendar.Engineer
	if problem == "" {
		with, problem = c.engineer(cmd, r.who)
	}
	if problem != "" {
		return say(block.Say(problem)), nil
	}
	a, err := c.absent(ctx, cmd, setup.Absence{Kind: setup.Swap, Who: asPerson(who), With: asPerson(with)}, r.words)
	return answer(a, err)
}

func answer(a *block.Answer, err error) (slackapp.Answer, error) {
	if err != nil {
		return slackapp.Answer{}, err
	}
	return say(a), nil
}

func off(words []string) bool {
	return len(words) == 1 && slices.Contains([]string{"off", "back", "over", "end"}, words[0])
}

func asPerson(e calendar.Engineer) setup.Person { return setup.Person{Slack: e.Slack, Name: e.Name} }

// engineer is who is meant, or what to say where it is nobody of the team.
func (c *Commands) engineer(cmd slackapp.Command, who person) (calendar.Engineer, string) {
	view := c.Book.View(cmd.Workspace)
	id := who.ID
	if !who.isNamed() || strings.EqualFold(who.Name, "me") && id == "" {
		id = cmd.User
	}
	if id != "" {
		if e, ok := view.Engineer(id, c.Directory); ok {
			return e.Engineer, ""
		}
	}
	for _, e := range view.Engineers {
		if who.Name != "" && id == "" && e.GoesBy(who.Name) {
			return e.Engineer, ""
		}
	}
	const how = " `/add-support-engineer` adds somebody to it."
	if id == cmd.User {
		return calendar.Engineer{}, "You are not in the support team as I know it, so I have no shifts of yours to change." + how
	}
	name := who.Name
	if name == "" {
		name = "that person"
	}
	return calendar.Engineer{}, "I know no " + mrkdwn.EscapeLine(name, 60) + " in the support team." + how
}

// forSomebody does what anybody may do for themselves, and for others only who may set up.
func (c *Commands) forSomebody(ctx context.Context, cmd slackapp.Command, who calendar.Engineer, do func(context.Context) (*block.Answer, error)) (slackapp.Answer, error) {
	own := false
	if me, ok := c.Book.View(cmd.Workspace).Engineer(cmd.User, c.Directory); ok {
		own = me.Name == who.Name
	}
	may, known := c.Rights.MayNow(cmd.Workspace, cmd.User)
	switch {
	case own || may:
		a, err := do(ctx)
		return answer(a, err)
	case known:
		return say(notForOthers(who)), nil
	}
	return c.later(cmd, func(ctx context.Context) (*block.Answer, error) {
		may, err := c.Rights.May(ctx, cmd.Workspace, cmd.User)
		if err != nil {
			return nil, fmt.Errorf("ask whether somebody may set up: %w", err)
		}
		if !may {
			return notForOthers(who), nil
		}
		return do(ctx)
	}), nil
}

func notForOthers(who calendar.Engineer) *block.Answer {
	return block.Say("Only admins of the workspace, and those named as admins in my configuration, can do that for somebody else. " +
		"Please ask one of them, or " + mrkdwn.EscapeLine(who.Name, 60) + " themselves. I changed nothing.")
}

// absent puts an absence in force for the time that words name.
func (c *Commands) absent(ctx context.Context, cmd slackapp.Command, a setup.Absence, words []string) (*block.Answer, error) {
	zone, zoneName := c.zone(cmd.Workspace)
	now := c.Now()
	s, err := parseSpan(words, now.In(zone))
	if err != nil {
		return block.Say("Sorry, " + err.Error() + ". I changed nothing."), nil
	}
	a.From, a.To = s.From.UTC().Truncate(time.Second), s.To.UTC().Truncate(time.Second)
	again, running := c.running(cmd.Workspace, a)
	if running {
		a.From = again.From // one absence, of another length
	}
	though := ""
	if a.Kind == setup.Swap && !running && c.noShift(cmd.Workspace, a) {
		though = "The calendar has no shift of " + mrkdwn.EscapeLine(a.Who.Name, 60) + "'s in that time, though: so far there is nothing to take over."
	}
	if _, err := c.set(ctx, cmd, a.Scope(), a); err != nil {
		return refused(err)
	}
	return block.Say(told(a, now), though).Small("Days and times of day are those of " + mrkdwn.Escape(zoneName) + ". `/sla " + string(a.Kind) + " off` takes it back."), nil
}

// noShift says that the calendar was read that far, and has no shift to hand over.
func (c *Commands) noShift(workspace string, a setup.Absence) bool {
	o := c.Rosters.Ahead(workspace, a.To.Sub(c.Now()))
	return !o.Until.Before(a.To) && !slices.ContainsFunc(o.Turns, func(t calendar.Turn) bool {
		return t.Name == a.Who.Name && t.Start.Before(a.To) && t.End.After(a.From)
	})
}

// running is the absence of the same kind that is in force when a begins, and began today.
func (c *Commands) running(workspace string, a setup.Absence) (setup.AbsenceView, bool) {
	for _, have := range c.Book.View(workspace).Absences {
		if have.Kind == a.Kind && have.Who == a.Who && !have.From.After(a.From) && have.To.After(a.From) {
			return have, true
		}
	}
	return setup.AbsenceView{}, false
}

func told(a setup.Absence, now time.Time) string {
	span := "until " + mrkdwn.Moment(a.To, now)
	if a.From.After(now) {
		span = "from " + mrkdwn.Dated(a.From) + " until " + mrkdwn.Dated(a.To) // whose midnight is not the reader's
	}
	who := mrkdwn.EscapeLine(a.Who.Name, 60)
	if a.Kind == setup.Swap {
		return "Noted: " + mrkdwn.EscapeLine(a.With.Name, 60) + " takes over " + who + "'s shifts " + span + "."
	}
	return "Noted: " + who + " is away " + span + ", and is not reminded of anything."
}

// takeBack ends what there is of somebody's absences, and leaves out those to come.
func (c *Commands) takeBack(ctx context.Context, cmd slackapp.Command, who calendar.Engineer, kind setup.AbsenceKind) (*block.Answer, error) {
	now := c.Now().UTC().Truncate(time.Second)
	ended := 0
	for _, a := range c.Book.View(cmd.Workspace).Absences {
		if a.Kind != kind || a.Who != asPerson(who) || !a.To.After(now) {
			continue
		}
		if _, err := c.set(ctx, cmd, a.Scope, nil); err != nil {
			return refused(err)
		}
		ended++
	}
	name := mrkdwn.EscapeLine(who.Name, 60)
	switch {
	case ended == 0 && kind == setup.Swap:
		return block.Say("There is no swap of " + name + "'s shifts to take back."), nil
	case ended == 0:
		return block.Say("I know of no absence of " + name + " that was told me here; the calendar has its own."), nil
	case kind == setup.Swap:
		return block.Say("Noted: " + name + "'s shifts are their own again."), nil
	}
	return block.Say("Welcome back! " + name + " is counted in again, as the calendar says."), nil
}
