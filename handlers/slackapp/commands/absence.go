package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/plain"
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
	if off(r.words) {
		return c.takingBack(cmd, who, setup.Away, func(do func(context.Context) (*block.Answer, error)) (slackapp.Answer, error) {
			return c.forSomebody(ctx, cmd, who, do)
		})
	}
	return c.absent(ctx, cmd, who, setup.Absence{Kind: setup.Away, Who: asPerson(who)}, r.words)
}

// swap says that somebody takes over the shifts of whoever sent the command.
func (c *Commands) swap(ctx context.Context, cmd slackapp.Command, r request) (slackapp.Answer, error) {
	who, problem := c.engineer(cmd, person{})
	if problem == "" && off(r.words) {
		return c.takingBack(cmd, who, setup.Swap, func(do func(context.Context) (*block.Answer, error)) (slackapp.Answer, error) { return answer(do(ctx)) })
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
	return c.absent(ctx, cmd, who, setup.Absence{Kind: setup.Swap, Who: asPerson(who), With: asPerson(with)}, r.words)
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
	if me, ok := c.Book.View(cmd.Workspace).Engineer(cmd.User, c.Directory); ok && me.Name == who.Name {
		return answer(do(ctx))
	}
	return c.withRight(ctx, cmd, block.Say("Only "+admins+" can do that for somebody else. Please ask one of them, or "+
		mrkdwn.EscapeLine(who.Name, 60)+" themselves. I changed nothing."), do)
}

// absent puts an absence in force for the time that words name. A long one takes the right to set up.
func (c *Commands) absent(ctx context.Context, cmd slackapp.Command, who calendar.Engineer, a setup.Absence, words []string) (slackapp.Answer, error) {
	zone, _ := c.zone(cmd.Workspace)
	s, err := parseSpan(words, c.Now().In(zone))
	if err != nil {
		return say(block.Say("Sorry, " + err.Error() + ". I changed nothing.")), nil
	}
	if end, ok := endOfShift(c.Rosters.Ahead(cmd.Workspace, ahead).Turns, who.Name, c.Now().In(zone)); ok && len(words) == 0 {
		s.To = end
	}
	var tell []letter
	do := func(ctx context.Context) (answer *block.Answer, err error) {
		answer, tell, err = c.setAbsence(ctx, cmd, a)
		return answer, err
	}
	a.From, a.To = s.From.UTC().Truncate(time.Second), s.To.UTC().Truncate(time.Second)
	if tooLong(a, c.Book.View(cmd.Workspace).Absences) {
		answer, err := c.withRight(ctx, cmd, block.Say("Only "+admins+" can set more than two weeks in a row, and what was set before counts. Please ask one of them, or name a nearer end. I changed nothing."), do)
		return c.thenTell(cmd, answer, &tell), err
	}
	answer, err := c.forSomebody(ctx, cmd, who, do)
	return c.thenTell(cmd, answer, &tell), err
}

func (c *Commands) setAbsence(ctx context.Context, cmd slackapp.Command, a setup.Absence) (*block.Answer, []letter, error) {
	_, zoneName := c.zone(cmd.Workspace)
	now := c.Now()
	again, running := running(a, c.Book.View(cmd.Workspace).Absences)
	if running {
		a.From = again.From // one absence, of another length
	}
	though := ""
	if a.Kind == setup.Swap && !running && c.noShift(cmd.Workspace, a) {
		though = "The calendar has no shift of " + mrkdwn.EscapeLine(a.Who.Name, 60) + "'s in that time, though: so far there is nothing to take over."
	}
	before := c.unmanned(cmd.Workspace, a.To)
	set, err := c.set(ctx, cmd, a.Scope(), a)
	if err != nil {
		answer, err := refused(err)
		return answer, nil, err
	}
	if c.unmanned(cmd.Workspace, a.To) > before {
		c.Emptied(cmd.Workspace, "Nobody is on shift for a while, since "+plain.Words(c.nameOf(cmd))+" said that "+plain.Words(a.Who.Name)+" is off until "+a.To.Format("Jan 2 15:04 MST")+". See /sla who; who is on shift is set in the calendar, with /sla away and with /sla swap.")
	}
	var letters []letter
	if set.Version > 0 { // else nothing has changed
		letters = c.lettersOf(cmd, a, told(a, now))
	}
	return block.Say(told(a, now), though).Small("Days and times of day are those of " + mrkdwn.Escape(zoneName) + ". `/sla " + string(a.Kind) + " off` takes it back."), letters, nil
}

// noShift says that the calendar was read that far, and has no shift to hand over.
func (c *Commands) noShift(workspace string, a setup.Absence) bool {
	o := c.Rosters.Ahead(workspace, a.To.Sub(c.Now()))
	return !o.Until.Before(a.To) && !slices.ContainsFunc(o.Turns, func(t calendar.Turn) bool {
		return t.Name == a.Who.Name && t.Start.Before(a.To) && t.End.After(a.From)
	})
}

// unmanned is how long nobody is on shift until then, as far as the calendar was read.
func (c *Commands) unmanned(workspace string, until time.Time) (sum time.Duration) {
	for _, gap := range c.Rosters.Ahead(workspace, until.Sub(c.Now())).Gaps {
		sum += gap.End.Sub(gap.Start)
	}
	return sum
}

// running is the absence of the same kind that is in force when a begins.
func running(a setup.Absence, all []setup.AbsenceView) (setup.AbsenceView, bool) {
	for _, have := range all {
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

// takingBack takes somebody's absences back, as permit allows, and tells whom that puts on or off.
func (c *Commands) takingBack(cmd slackapp.Command, who calendar.Engineer, kind setup.AbsenceKind,
	permit func(do func(context.Context) (*block.Answer, error)) (slackapp.Answer, error)) (slackapp.Answer, error) {
	var tell []letter
	a, err := permit(func(ctx context.Context) (answer *block.Answer, err error) {
		answer, tell, err = c.takeBack(ctx, cmd, who, kind)
		return answer, err
	})
	return c.thenTell(cmd, a, &tell), err
}

// takeBack ends what there is of somebody's absences, and leaves out those to come.
func (c *Commands) takeBack(ctx context.Context, cmd slackapp.Command, who calendar.Engineer, kind setup.AbsenceKind) (answer *block.Answer, tell []letter, err error) {
	now := c.Now().UTC().Truncate(time.Second)
	ended := 0
	for _, a := range c.Book.View(cmd.Workspace).Absences {
		if a.Kind != kind || a.Who != asPerson(who) || !a.To.After(now) {
			continue
		}
		var left setup.Body // nothing of one that was still to come
		if over := a.Absence; over.From.Before(now) {
			over.To = now // it counts among those in a row
			left = over
		}
		if _, err := c.set(ctx, cmd, a.Scope, left); err != nil {
			answer, err := refused(err)
			return answer, tell, err
		}
		ended++
		tell = append(tell, c.lettersOf(cmd, a.Absence, takenBack(a.Absence))...)
	}
	name := mrkdwn.EscapeLine(who.Name, 60)
	switch {
	case ended == 0 && kind == setup.Swap:
		return block.Say("There is no swap of " + name + "'s shifts to take back."), tell, nil
	case ended == 0:
		return block.Say("I know of no absence of " + name + " that was told me here; the calendar has its own."), tell, nil
	case kind == setup.Swap:
		return block.Say("Noted: " + name + "'s shifts are their own again."), tell, nil
	}
	return block.Say("Welcome back! " + name + " is counted in again, as the calendar says."), tell, nil
}

const (
	// longestAlone is how long somebody may be off in a row without the right to set up: colleagues have holidays, and
	// two of them empty no roster for a year.
	longestAlone = 14 * 24 * time.Hour
	// inARow is how far apart two absences are that count as one: whoever comes back for an evening was not there.
	inARow = 24 * time.Hour
)

// tooLong says that an absence takes the right to set up, with those of the same person before and after it. Making
// one shorter never does.
func tooLong(a setup.Absence, all []setup.AbsenceView) bool {
	again, renews := running(a, all)
	if renews && !a.To.After(again.To) {
		return false
	}
	from, to := a.From, a.To
	for grown := true; grown; {
		grown = false
		for _, have := range all {
			if have.Who != a.Who || have.From.After(to.Add(inARow)) || have.To.Before(from.Add(-inARow)) {
				continue
			}
			if have.From.Before(from) {
				from, grown = have.From, true
			}
			if have.To.After(to) {
				to, grown = have.To, true
			}
		}
	}
	return to.Sub(from) > longestAlone
}
