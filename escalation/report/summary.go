package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

const (
	mostBars   = 20 // Slack's charts take no more
	mostMissed = 50 // breaches of a summary

	mostBlindTold = 3 // blind spans of a summary
)

// Summary is the report as a message tells it. Of breaches in channels that mayRead does not allow, no more is told
// than that they happened.
func (r Report) Summary(zone *time.Location, mayRead func(channels []string) map[string]bool) escalation.Summary {
	s := escalation.Summary{
		From: r.From, To: r.To, Zone: r.Zone, Sentence: r.Sentence(), Bars: r.bars(zone), Breaches: len(r.Breaches) + r.Unlisted,
		Details: slices.Concat(r.promiseLines(), r.waitLines(), r.causeLines(), r.Coverage(), r.reminderLines(), r.botLines(zone), r.Limits),
	}
	listed := r.Breaches[:min(len(r.Breaches), mostMissed)]
	var channels []string
	for _, b := range listed {
		channels = append(channels, b.Channel)
	}
	may := mayRead(channels)
	for _, b := range listed {
		m := escalation.Missed{Channel: b.Channel, Thread: b.ThreadTS, Ticket: b.Ticket, Clock: b.Clock, At: b.At, Because: b.Because(), Late: b.Late()}
		if !may[b.Channel] {
			m.Ticket, m.Thread = escalation.Ticket{ID: b.Ticket.ID, Priority: b.Ticket.Priority}, ""
		}
		s.Missed = append(s.Missed, m)
	}
	return s
}

// bars are the days of a short span, and the weeks of a longer one: of both the last that a chart takes.
func (r Report) bars(zone *time.Location) []escalation.Bar {
	from, to := r.From.In(zone), r.To.In(zone)
	if to.Sub(from) > (mostBars-1)*24*time.Hour {
		return r.barsOf(r.Weeks, monday(from), to, 7, "2 Jan", func(t Tally) string { return t.Week })
	}
	first := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, zone)
	return r.barsOf(r.Days, first, to, 1, "Mon 2 Jan", func(t Tally) string { return t.Day })
}

func (r Report) barsOf(tallies []Tally, first, to time.Time, days int, form string, of func(Tally) string) (bars []escalation.Bar) {
	counts := map[string]Counts{}
	for _, t := range tallies {
		if t.Clock == policy.FirstReply {
			counts[of(t)] = t.Counts
		}
	}
	for at := first; at.Before(to); at = at.AddDate(0, 0, days) {
		c := counts[at.Format(time.DateOnly)]
		bars = append(bars, escalation.Bar{Label: at.Format(form), Kept: c.Kept, Breached: c.Breached})
	}
	return bars[max(len(bars)-mostBars, 0):]
}

// promiseLines are one for each clock and policy, in the order in which they are counted.
func (r Report) promiseLines() (lines []string) {
	for _, t := range r.Clocks {
		of := t.Clock.Words()
		if t.Policy != "" {
			of += ", " + t.Policy
		}
		line := fmt.Sprintf("%s: %d kept, %d breached, %d withdrawn, %d still open", of, t.Kept, t.Breached, t.Withdrawn, t.Open)
		if percent, ok := t.Attainment(); ok {
			line += "; " + Percent(percent) + " in time"
		}
		if i := slices.IndexFunc(r.Before, func(b Tally) bool { return b.Clock == t.Clock && b.Policy == t.Policy }); i >= 0 {
			if was, ok := r.Before[i].Attainment(); ok {
				line += ", " + Percent(was) + " before"
			}
		}
		lines = append(lines, line+".")
	}
	return lines
}

func (r Report) waitLines() []string {
	real, working := r.FirstReply.Real, r.FirstReply.Working
	if real.Count == 0 {
		return nil
	}
	line := fmt.Sprintf("Customers waited %s in the median for the first reply, and 9 of 10 no longer than %s", Length(real.Median), Length(real.P90))
	if working != real {
		line += fmt.Sprintf("; in working time %s and %s", Length(working.Median), Length(working.P90))
	}
	if was := r.FirstReplyBefore.Real; was.Count > 0 {
		line += fmt.Sprintf(". Before, it was %s and %s", Length(was.Median), Length(was.P90))
	}
	return []string{line + "."}
}

func (r Report) causeLines() []string {
	var all []string
	for _, c := range r.Causes {
		all = append(all, fmt.Sprintf("%d %s", c.Count, c.Cause))
	}
	if len(all) == 0 {
		return nil
	}
	return []string{"Why promises broke: " + strings.Join(all, ", ") + "."}
}

// Coverage says how long nobody was on shift, and when most; nothing where somebody always was, or nobody knows.
func (r Report) Coverage() []string {
	var empty float64
	byDay := map[string]float64{}
	for _, h := range r.Hours {
		empty += h.Empty
		byDay[h.Weekday] += h.Empty
	}
	if empty == 0 {
		return nil
	}
	most := ""
	for _, h := range r.Hours { // in the order of the week
		if most == "" || byDay[h.Weekday] > byDay[most] {
			most = h.Weekday
		}
	}
	return []string{fmt.Sprintf("Nobody was on shift for %s, most of it on %s (%s).", Length(empty), most, Length(byDay[most]))}
}

func (r Report) reminderLines() []string {
	n := r.Reminders
	return []string{fmt.Sprintf("%s posted, %d of them by night; %d were not needed, and %d were left to a higher tier's.",
		plural(n.Posted, "reminder"), n.Night, n.Unneeded, n.Superseded)}
}

func (r Report) botLines(zone *time.Location) []string {
	b := r.Bot
	lines := []string{fmt.Sprintf("The bot itself: %d late by a minute or more, %d failed, %d posted without a word from the help desk.", b.Late, b.Failed, b.Silent)}
	for _, s := range b.Blind[:min(len(b.Blind), mostBlindTold)] {
		lines = append(lines, fmt.Sprintf("It was blind %s to %s, while %s waited for it: %s.",
			s.From.In(zone).Format("Mon 2 Jan 15:04"), s.To.In(zone).Format("15:04"), plural(s.Tickets, "ticket"), s.named()))
	}
	if more := len(b.Blind) - mostBlindTold; more > 0 {
		lines = append(lines, fmt.Sprintf("It was blind %s more.", times(more)))
	}
	return lines
}

// named are the tickets that a blind span concerned, as far as they are kept.
func (b Blind) named() string {
	said := strings.Join(b.Some, ", ")
	if more := b.Tickets - len(b.Some); more > 0 {
		said += fmt.Sprintf(" and %d more", more)
	}
	return said
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return plural(n, "time")
}
