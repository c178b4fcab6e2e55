package overview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// People is what is known of who is on shift in a workspace.
type People struct {
	Roster      calendar.Roster
	Outlook     calendar.Outlook // of the next day
	HasCalendar bool
	Now         time.Time
}

const mostListed = 15 // people, turns, gaps or names; more are counted

// OnShift says who is on shift, embedded and away.
func (p People) OnShift() []string {
	if p.Roster.AsOf.IsZero() {
		return append(p.unknown(), p.away()...)
	}
	lines := []string{p.shifts()}
	if len(p.Roster.Embedded) > 0 {
		lines = append(lines, "*Embedded*: "+strings.Join(listed(p.Roster.Embedded, func(e calendar.Embedded) string {
			if len(e.Products) == 0 {
				return name(e.Engineer)
			}
			return name(e.Engineer) + " (" + mrkdwn.EscapeLine(mrkdwn.List(e.Products), maxShown) + ")"
		}), ", "))
	}
	return append(lines, p.away()...)
}

func (p People) unknown() []string {
	if !p.HasCalendar {
		return []string{"I have no shift calendar here, so I do not know who is on shift. Whoever runs me can name one: `calendar` in slabuddy.yaml."}
	}
	return []string{"I could not read the shift calendar lately, so I do not know who is on shift."}
}

func (p People) shifts() string {
	if len(p.Roster.OnShift) == 0 {
		return "*On shift*: nobody just now."
	}
	return "*On shift*: " + strings.Join(listed(p.Roster.OnShift, func(e calendar.Engineer) string {
		shift, known := p.Roster.Shifts[e.Name]
		if !known || !shift.End.After(p.Now) {
			return name(e)
		}
		return name(e) + " until " + mrkdwn.Moment(shift.End, p.Now)
	}), ", ")
}

func (p People) away() []string {
	if len(p.Roster.Away) == 0 {
		return nil
	}
	return []string{"*Away*: " + strings.Join(listed(p.Roster.Away, name), ", ")}
}

func name(e calendar.Engineer) string { return mrkdwn.EscapeLine(e.Name, maxShown) }

// Ahead says who comes on shift later on.
func (p People) Ahead() []string {
	later := slices.DeleteFunc(slices.Clone(p.Outlook.Turns), func(t calendar.Turn) bool { return !t.Start.After(p.Now) })
	if len(later) == 0 {
		return nil
	}
	return slices.Concat([]string{"*The next 24 hours*"}, listed(later, func(t calendar.Turn) string {
		return "• " + name(t.Engineer) + " " + mrkdwn.When(t.Start, p.Now) + ", until " + mrkdwn.Moment(t.End, p.Now)
	}))
}

// Gaps says when nobody is on shift, as far as the calendar is known.
func (p People) Gaps() []string {
	if p.Outlook.Until.IsZero() {
		return nil
	}
	if len(p.Outlook.Gaps) == 0 {
		return []string{":white_check_mark: Somebody is on shift all the time until " + mrkdwn.Moment(p.Outlook.Until, p.Now) + "."}
	}
	return slices.Concat([]string{"*Nobody is on shift*"}, listed(p.Outlook.Gaps, func(g calendar.Interval) string {
		from := mrkdwn.When(g.Start, p.Now)
		if !g.Start.After(p.Now) {
			from = "from now on"
		}
		return "• " + from + ", until " + mrkdwn.Moment(g.End, p.Now) + ": " + mrkdwn.Lasting(g.End.Sub(g.Start))
	}))
}

// Unmatched are the events that name nobody whom the bot knows, with what to do.
func (p People) Unmatched() []string {
	if len(p.Outlook.Unresolved) == 0 {
		return nil
	}
	lines := listed(p.Outlook.Unresolved, func(u calendar.Unresolved) string {
		title := "an event without a title that I may show"
		if u.Title != "" {
			title = "“" + mrkdwn.EscapeLine(u.Title, maxShown) + "”"
		}
		return "• " + title + " " + mrkdwn.When(u.Start, p.Now)
	})
	return slices.Concat([]string{"*In the calendar, but nobody I know*"}, lines,
		[]string{"Add who is meant, or another name of theirs, with `/add-support-engineer`."})
}

// listed are the words for each of them, and how many more there are.
func listed[T any](all []T, words func(T) string) []string {
	var lines []string
	for i, one := range all {
		if i == mostListed && len(all) > mostListed+1 {
			return append(lines, fmt.Sprintf("and %d more", len(all)-mostListed))
		}
		lines = append(lines, words(one))
	}
	return lines
}
