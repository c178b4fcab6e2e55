package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// aMonth is how long a span is at most whose days are listed one by one.
const aMonth = 31 * 24 * time.Hour

// Query says of which tickets a report is.
type Query struct {
	From, To  time.Time // posted at From or later, and before To
	Workspace string    // "": all
	Channel   string    // "": all
	Policy    string    // "": all
	// Visible says whether whoever asks may read a channel; nil: all of them.
	Visible func(workspace, channel string) bool
}

// Before is the span before, which is as long.
func (q Query) Before() Query {
	q.From, q.To = q.From.Add(-q.To.Sub(q.From)), q.From
	return q
}

// Takes says that a timeline is meant.
func (q Query) Takes(t *escalation.Timeline) bool {
	return !t.PostedAt.Before(q.From) && t.PostedAt.Before(q.To) &&
		(q.Workspace == "" || q.Workspace == t.Workspace) && (q.Channel == "" || q.Channel == t.Channel) &&
		(q.Policy == "" || q.Policy == t.Policy) && (q.Visible == nil || q.Visible(t.Workspace, t.Channel))
}

// Known is what is known of a workspace beside its timelines.
type Known struct {
	Names   review.Names
	Zones   review.Zones
	Rosters review.Rosters          // as they were; nil: none was kept
	Hours   map[string]*hours.Hours // as they are configured now
}

// Builder adds records up.
type Builder struct {
	query, before Query
	now           time.Time
	zone          *time.Location

	clocks, earlier, priorities, weeks, days tallies
	real, working, realBefore, workBef       samples
	cells                                    [7][24]HourOfWeek
	causes                                   map[Cause]int
	breaches                                 []Breach
	unlisted                                 int
	reminders                                Reminders
	people                                   map[[2]string]*Person // by workspace and id
	known                                    map[string]Known      // by workspace
	noHours                                  int                   // tickets whose hours are not configured any more
	late                                     samples
	bot                                      Bot
	blind                                    blinds
}

// NewBuilder begins a report as of now. Weekdays, weeks and nights are those of a zone.
func NewBuilder(q Query, now time.Time, zone *time.Location) *Builder {
	return &Builder{
		query: q, before: q.Before(), now: now, zone: zone,
		clocks: tallies{}, earlier: tallies{}, priorities: tallies{}, weeks: tallies{}, days: tallies{},
		causes: map[Cause]int{}, people: map[[2]string]*Person{}, known: map[string]Known{},
	}
}

// Add adds a record, if the report is of it. known is what is known of its workspace.
func (b *Builder) Add(r review.Record, known Known) {
	t := &r.Timeline
	switch {
	case b.query.Takes(t):
		b.add(r, known)
	case b.before.Takes(t):
		for _, p := range Promises(r, b.now) {
			count(b.earlier, p, t.Policy)
		}
		b.waited(t, known, &b.realBefore, &b.workBef)
	}
}

func (b *Builder) add(r review.Record, known Known) {
	t := &r.Timeline
	b.known[t.Workspace] = known
	posted := t.PostedAt.In(b.zone)
	b.cell(posted).Tickets++
	week := monday(posted).Format(time.DateOnly)
	for _, p := range Promises(r, b.now) {
		count(b.clocks, p, t.Policy)
		b.weeks.count(Tally{Clock: p.Clock, Week: week}, p.Outcome)
		if b.query.To.Sub(b.query.From) <= aMonth {
			b.days.count(Tally{Clock: p.Clock, Day: posted.Format(time.DateOnly)}, p.Outcome)
		}
		b.priorities.count(Tally{Clock: p.Clock, Priority: cmp.Or(strings.ToLower(strings.TrimSpace(t.Ticket.Priority)), "none")}, p.Outcome)
		if p.Outcome == Breached {
			b.breached(r, p, known)
		}
	}
	b.waited(t, known, &b.real, &b.working)
	b.told(r, known)
}

// count counts a promise by its clock, and by its clock and policy.
func count(ts tallies, p Promise, policy string) {
	ts.count(Tally{Clock: p.Clock}, p.Outcome)
	ts.count(Tally{Clock: p.Clock, Policy: cmp.Or(policy, "none")}, p.Outcome)
}

// waited takes how long the customer waited for the first reply.
func (b *Builder) waited(t *escalation.Timeline, known Known, real, working *samples) {
	if t.AnsweredAt.IsZero() {
		return
	}
	wait := max(t.AnsweredAt.Sub(t.PostedAt), 0)
	real.add(wait)
	switch h := known.Hours[t.Hours]; {
	case h != nil:
		wait = h.Elapsed(t.PostedAt, t.PostedAt.Add(wait), nil)
	case t.Hours != "" && t.Hours != policy.AroundTheClock:
		b.noHours++
	}
	working.add(wait)
}

// mostBreaches is how many are listed: the counts are of all.
const mostBreaches = 1000

func (b *Builder) breached(r review.Record, p Promise, known Known) {
	t := &r.Timeline
	causes, by := why(r, p, known.Hours[t.Hours], known.Rosters)
	b.causes[causes[0]]++
	b.cell(p.BreachedAt.In(b.zone)).Breaches++
	breach := Breach{
		Workspace: t.Workspace, Channel: t.Channel, ThreadTS: t.ThreadNow().TS, Ticket: t.Ticket, Policy: t.Policy,
		Clock: p.Clock, Start: p.Start.UTC(), At: p.BreachedAt.UTC(), EndedAt: p.EndedAt.UTC(), Void: p.Void, Causes: causes,
	}
	if by != "" {
		breach.By = &review.Party{ID: by, Name: known.Names[by]}
	}
	b.breaches = append(b.breaches, breach)
	if len(b.breaches) >= 2*mostBreaches {
		b.cut()
	}
}

// cut keeps the latest breaches, newest first.
func (b *Builder) cut() {
	slices.SortStableFunc(b.breaches, func(x, y Breach) int {
		return cmp.Or(y.At.Compare(x.At), strings.Compare(x.Ticket.ID, y.Ticket.ID), strings.Compare(x.ThreadTS, y.ThreadTS))
	})
	if n := len(b.breaches) - mostBreaches; n > 0 {
		b.unlisted += n
		b.breaches = slices.Delete(b.breaches, mostBreaches, len(b.breaches))
	}
}

func (b *Builder) cell(at time.Time) *HourOfWeek {
	return &b.cells[(int(at.Weekday())+6)%7][at.Hour()]
}

// monday is the first day of a time's week, on its own clock.
func monday(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day()-(int(at.Weekday())+6)%7, 0, 0, 0, 0, at.Location())
}

// Report is what was added up.
func (b *Builder) Report() Report {
	b.cut()
	r := Report{
		From: b.query.From.UTC(), To: b.query.To.UTC(), At: b.now.UTC(), Zone: b.zone.String(),
		Clocks: b.clocks.wholeFirst(), Before: b.earlier.wholeFirst(), Priorities: b.priorities.sorted(), Weeks: b.weeks.sorted(), Days: b.days.sorted(),
		FirstReply: firstReply(b.real, b.working), FirstReplyBefore: firstReply(b.realBefore, b.workBef),
		Causes: []CauseCount{}, Breaches: append([]Breach{}, b.breaches...), Unlisted: b.unlisted,
		Reminders: b.reminders, Bot: b.punctuality(),
	}
	for _, c := range Causes() {
		if n := b.causes[c]; n > 0 {
			r.Causes = append(r.Causes, CauseCount{c, n})
		}
	}
	b.shifts()
	r.People, r.Hours = b.everybody(), b.hoursOfWeek()
	r.Limits = b.limits()
	return r
}

func firstReply(real, working samples) FirstReply {
	return FirstReply{Real: real.latency(), Working: working.latency(), Spread: real.spread()}
}

func (b *Builder) hoursOfWeek() []HourOfWeek {
	all := make([]HourOfWeek, 0, 7*24)
	for day := range b.cells {
		for hour := range b.cells[day] {
			c := b.cells[day][hour]
			c.Weekday, c.Hour = time.Weekday((day + 1) % 7).String()[:3], hour
			all = append(all, c)
		}
	}
	return all
}

// shifts goes through the rosters: how long each person was on shift, and when nobody was.
func (b *Builder) shifts() {
	on := map[[2]string]time.Duration{} // by workspace and name
	for workspace, known := range b.known {
		known.Rosters.Spans(b.query.From, earlier(b.query.To, b.now), func(from, to time.Time, s calendar.Snapshot) {
			for _, name := range s.OnShift {
				on[[2]string{workspace, name}] += to.Sub(from)
			}
			if s.Known && len(s.OnShift) == 0 {
				b.empty(from, to)
			}
		})
	}
	for key, p := range b.people {
		p.ShiftHours = on[[2]string{key[0], p.Name}].Hours()
	}
}

// empty spreads a time with nobody on shift over the hours of the week.
func (b *Builder) empty(from, to time.Time) {
	for from.Before(to) {
		local := from.In(b.zone)
		end := earlier(from.Add(time.Hour-time.Duration(local.Minute())*time.Minute-time.Duration(local.Second())*time.Second-time.Duration(local.Nanosecond())), to)
		b.cell(local).Empty += end.Sub(from).Seconds()
		from = end
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (b *Builder) limits() (all []string) {
	if n := b.unlisted; n > 0 {
		all = append(all, "Only the latest breaches are listed; the counts are of all.")
	}
	if n := b.noHours; n > 0 {
		all = append(all, fmt.Sprintf("Of %s the working hours are not configured any more, or their time zone is gone: their time is counted around the clock.", plural(n, "ticket")))
	}
	kept := false
	var since time.Time
	for _, known := range b.known {
		if len(known.Rosters) > 0 && (!kept || known.Rosters[0].At.Before(since)) {
			kept, since = true, known.Rosters[0].At
		}
	}
	switch {
	case !kept:
		all = append(all, "Who was on shift was not kept in this span: hours of shift, and hours with nobody, are not known.")
	case since.After(b.query.From):
		all = append(all, "Who was on shift is known since "+since.UTC().Format("2 Jan 2006 15:04")+" UTC.")
	}
	return append(all, "Nights are 22:00 to 07:00 in the time zone that each person has in Slack, and "+b.zone.String()+" where that is not known.")
}
