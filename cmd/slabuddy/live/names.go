package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/slackid"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// groups looks for the user groups that tiers notify, by handle or by id.
func (p *pass) groups(ctx context.Context) {
	handles, ids := p.words(p.isHandle), p.words(slackid.IsGroup)
	if len(handles)+len(ids) == 0 {
		return
	}
	known, err := p.Slack.Groups(ctx, p.workspace)
	switch {
	case errors.Is(err, client.ErrNoGroups):
		p.wrong("group", "Let the tiers notify people instead: a list such as notify: ['@Ana', '@Bob'], with both under engineers.",
			"The workspace's plan has no user groups, so nobody would be pinged for %s.", strings.Join(slices.Concat(handles, ids), ", "))
		return
	case err != nil:
		p.wrong("group", mend(err, "Add the scope usergroups:read, and install the app again."), "User groups cannot be read: %v.", err)
		return
	}
	for _, handle := range handles {
		if _, ok := known[strings.ToLower(strings.TrimPrefix(handle, "@"))]; ok {
			p.ok("group", "%s is a user group.", handle)
			continue
		}
		p.wrong("group", "Create the user group in Slack, or name another one, or an engineer's alias, under policies.",
			"%s is neither a user group nor an engineer's alias: nobody would be pinged.", handle)
	}
	there := slices.Collect(maps.Values(known))
	for _, id := range ids {
		if slices.Contains(there, id) {
			p.ok("group", "%s is a user group.", id)
			continue
		}
		p.wrong("group", "Bring the user group back in Slack, or name another one under policies.", "Slack has no user group %s, or it is disabled: nobody would be pinged.", id)
	}
}

// named looks for the people whom tiers notify by their ids.
func (p *pass) named(ctx context.Context) {
	for _, id := range p.words(slackid.IsUser) {
		who, err := p.Slack.Person(ctx, p.workspace, id)
		switch {
		case nobody(err), client.Refused(err, "user_not_found"):
			p.wrong("person", "Correct the id under policies (in Slack: profile, ⋮, Copy member ID).", "Nobody in Slack has the id %s, which tiers notify.", id)
		case err != nil:
			p.wrong("person", "Try again; if it stays so, check the scope users:read.", "%s cannot be looked up: %v.", id, err)
		case who.Deleted:
			p.wrong("person", "Name somebody else under policies.", "%s's Slack account (%s) is deactivated, and tiers notify it.", who.Called, id)
		default:
			p.ok("person", "%s is %s.", id, who.Called)
		}
	}
}

// words are those of a kind that policies in use notify.
func (p *pass) words(is func(string) bool) []string {
	inUse := map[string]bool{}
	for _, c := range p.Settings.Channels {
		for _, policy := range c.Policies() {
			inUse[policy] = true
		}
	}
	found := map[string]bool{}
	for policy := range inUse {
		for _, word := range p.Settings.Policies[policy].Words() {
			if is(word) {
				found[word] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// isHandle says that a word can only be a user group's.
func (p *pass) isHandle(word string) bool {
	return strings.HasPrefix(word, "@") && !p.isAlias(word[1:])
}

func (p *pass) isAlias(name string) bool {
	return slices.ContainsFunc(p.Settings.Engineers, func(e calendar.Engineer) bool { return e.GoesBy(name) })
}

// people looks for the engineers' accounts.
func (p *pass) people(ctx context.Context) {
	found := 0
	for _, e := range p.Settings.Engineers {
		if e.Slack == "" && e.Email == "" {
			p.wrong("person", "Give them a slack id or an email under engineers.", "%s cannot be pinged: neither a Slack id nor an e-mail address is configured.", e.Name)
			continue
		}
		who, err := p.Slack.FindPerson(ctx, p.workspace, e.Slack, e.Email)
		switch {
		case nobody(err):
			p.wrong("person", "Correct their slack id or email under engineers (in Slack: profile, ⋮, Copy member ID).", "Nobody in Slack has what is configured for %s.", e.Name)
		case err != nil:
			p.wrong("person", "Try again; if it stays so, check the scopes users:read and users:read.email.", "%s cannot be looked up: %v.", e.Name, err)
		case who.Deleted:
			p.wrong("person", "Take them out of engineers.", "%s's Slack account is deactivated.", e.Name)
		default:
			found++
		}
	}
	if found > 0 {
		p.ok("person", "%d of %d engineers have a Slack account that can be pinged.", found, len(p.Settings.Engineers))
	}
}

// calendar reads the shifts, and reports which names in them mean nobody.
func (p *pass) calendar(ctx context.Context) {
	if p.Calendar == nil {
		p.ok("calendar", "There is no calendar: nobody is known to be on shift, and such tiers give way to the next.")
		return
	}
	reading, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	now := p.Now()
	read, err := calendar.Read(reading, p.Calendar, p.Matching, now)
	if err != nil {
		p.wrong("calendar", "See the message; a private calendar has to be shared with the service account's address.", "The calendar cannot be read: %v.", err)
		return
	}
	if len(read.Events) == 0 {
		p.look("calendar", "Is it the right one? Nobody counts as on shift without an event.", "The calendar has no event until %s.", until(read))
		return
	}
	schedule := p.Matching.Schedule(read)
	p.ok("calendar", "%d events until %s make %d shifts and absences.", len(read.Events), until(read), len(schedule.Entries))
	for _, u := range schedule.Unresolved {
		title := fmt.Sprintf("%q", u.Title)
		if u.Title == "" {
			title = "without a title that can be read"
		}
		p.look("calendar", "If it is somebody's: add the guest's e-mail, or the name as an alias, under engineers. If not: make ignore match the title.",
			"The event %s on %s names nobody who is configured.", title, u.Start.UTC().Format("Jan 2 15:04 MST"))
	}
	roster := schedule.At(now, p.Matching.StaleAfter)
	if len(roster.OnShift) == 0 {
		p.ok("calendar", "Nobody is on shift now. If somebody should be: all-day events have to be set to Busy, since Google makes them Free.")
		return
	}
	var names []string
	for _, e := range roster.OnShift {
		names = append(names, e.Name)
	}
	p.ok("calendar", "On shift now: %s.", strings.Join(names, ", "))
}

// until is the end of what was read of a calendar.
func until(read calendar.Reading) string { return read.To.UTC().Format("Jan 2 15:04 MST") }
