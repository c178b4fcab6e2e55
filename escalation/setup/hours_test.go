package setup_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

const german = "en.german.official#holiday@group.v.calendar.google.com"

// berlin is a form of all that can be set up of a channel.
func berlin() setup.ChannelForm {
	return setup.ChannelForm{
		ByPriority: "type outage or incident and customer Smith and Sons: urgent\nhigh: urgent",
		Tiers:      []setup.TierForm{{After: "30m", Notify: "assignee"}, {After: "15 min before", Notify: "on-shift"}},
		Deadline:   "1d",
		Hours:      setup.OwnHours,
		OwnHours: setup.HoursForm{
			Zone: "Europe/Berlin", Week: "mon-thu: 09:00-12:00, 13:00-18:00\nFri 9:00-17:00", Country: "german",
			Closed: "12-24, 2026-12-28..2026-12-31", Open: "2026-12-31 09:00-17:00",
		},
		NextReply:  setup.PromiseForm{Deadline: "2h", Tiers: "30m before: assignee\n2h: on-shift, @support"},
		Resolution: setup.PromiseForm{Deadline: "2 days", Tiers: "2h before the deadline: on-shift", Pause: []string{"pending", "hold"}},
	}
}

func TestHoursAndClocksAsTheyAreTyped(t *testing.T) {
	c, problems := berlin().Read(file())
	want := setup.Channel{
		ByPriority: map[string]string{"high": "urgent"},
		Choose:     []setup.Choice{{Type: []string{"outage", "incident"}, Customer: "Smith and Sons", Policy: "urgent"}},
		Tiers: []policy.Tier{
			{After: 30 * time.Minute, Notify: []string{"assignee"}}, {Before: 15 * time.Minute, Notify: []string{"on-shift"}},
		},
		Deadline: 8 * time.Hour, // all open days are as long
		NextReply: &setup.Promise{Deadline: 2 * time.Hour, Tiers: []policy.Tier{
			{Before: 30 * time.Minute, Notify: []string{"assignee"}}, {After: 2 * time.Hour, Notify: []string{"on-shift", "@support"}},
		}},
		Resolution: &setup.Promise{
			Deadline: 16 * time.Hour, Tiers: []policy.Tier{{Before: 2 * time.Hour, Notify: []string{"on-shift"}}},
			Pause: []desk.Status{desk.StatusPending, desk.StatusHold},
		},
		OwnHours: &setup.Hours{
			Zone: "Europe/Berlin", Week: []string{"mon-thu: 09:00-12:00, 13:00-18:00", "Fri 9:00-17:00"}, Country: "german",
			Closed: []string{"12-24", "2026-12-28..2026-12-31"}, Open: []string{"2026-12-31 09:00-17:00"},
		},
	}
	if diff := cmp.Diff(want, c); diff != "" || len(problems) > 0 {
		t.Errorf("%v\n(-want +got):\n%s", problems, diff)
	}
	b := newBook(t, &memory{})
	b.SetBase(file(), "")
	if got := b.Check(team, "channel/C0NEW", c); len(got) > 0 {
		t.Errorf("it is refused: %v", got)
	}
	again, problems := want.Form().Read(file())
	if diff := cmp.Diff(want, again); diff != "" || len(problems) > 0 {
		t.Errorf("written and read again: %v\n%s", problems, diff)
	}
}

func TestWrongHoursAndClocksAreToldBesideTheirField(t *testing.T) {
	tests := map[string]struct {
		change func(*setup.ChannelForm)
		want   map[string]string
	}{
		"a zone there is not": {func(f *setup.ChannelForm) { f.OwnHours.Zone = "Berlin" }, map[string]string{"timezone": `no time zone "Berlin"`}},
		"no zone":             {func(f *setup.ChannelForm) { f.OwnHours.Zone = "" }, map[string]string{"timezone": "such as Europe/Berlin"}},
		"no week":             {func(f *setup.ChannelForm) { f.OwnHours.Week = "" }, map[string]string{"week": "never open"}},
		"a day there is not":  {func(f *setup.ChannelForm) { f.OwnHours.Week = "mondays 09:00-17:00" }, map[string]string{"week": `in place of "mondays"`}},
		"a day without hours": {func(f *setup.ChannelForm) { f.OwnHours.Week = "mon" }, map[string]string{"week": "a window as 09:00-17:00"}},
		"a day twice":         {func(f *setup.ChannelForm) { f.OwnHours.Week = "mon-fri 09:00-17:00\nfri 09:00-15:00" }, map[string]string{"week": "Friday is there twice"}},
		"windows that overlap at night": {func(f *setup.ChannelForm) {
			f.OwnHours.Week, f.Deadline, f.Resolution = "mon 22:00-06:00\ntue 05:00-12:00", "1h", setup.PromiseForm{}
		}, map[string]string{"week": "runs into"}},
		"an empty window":              {func(f *setup.ChannelForm) { f.OwnHours.Week = "mon 09:00-09:00" }, map[string]string{"week": "which is empty"}},
		"a country without a calendar": {func(f *setup.ChannelForm) { f.OwnHours.Country = "../atlantis" }, map[string]string{"country": "Choose a country"}},
		"a date there is not":          {func(f *setup.ChannelForm) { f.OwnHours.Closed = "02-30" }, map[string]string{"closed": "there is no 02-30"}},
		"an open day without hours":    {func(f *setup.ChannelForm) { f.OwnHours.Open = "2026-12-31" }, map[string]string{"open": "a window as"}},
		"hours and hours of its own":   {func(f *setup.ChannelForm) { f.Hours = "berlin" }, map[string]string{"hours": `no hours "berlin". Choose one of 24x7`}},
		"days that differ": {func(f *setup.ChannelForm) { f.OwnHours.Week = "mon-thu 09:00-17:00\nfri 09:00-15:00" },
			map[string]string{"deadline": "8h if a day is to be 8h", "resolution_deadline": "16h if a day is to be 8h"}},
		"a warning longer than its deadline": {func(f *setup.ChannelForm) { f.Deadline = "15m"; f.Tiers = f.Tiers[1:] }, map[string]string{"tier_1_after": "shorter than the deadline, which is 15m"}},
		"a warning without a deadline":       {func(f *setup.ChannelForm) { f.Deadline = ""; f.Tiers = f.Tiers[1:] }, map[string]string{"tier_1_after": "Fill in the deadline"}},
		"a tier after a later one":           {func(f *setup.ChannelForm) { f.Deadline = "40m" }, map[string]string{"tier_2_after": "later than tier 1 (30m)"}},
		"nobody is told before the deadline": {func(f *setup.ChannelForm) { f.Deadline = "20m"; f.Tiers = f.Tiers[:1] }, map[string]string{"deadline": "before anybody is told"}},
		"a line without a colon":             {func(f *setup.ChannelForm) { f.NextReply.Tiers = "2h on-shift" }, map[string]string{"next_reply_tiers": "Line 1: write when, a colon"}},
		"a promise of which nobody is told":  {func(f *setup.ChannelForm) { f.NextReply.Tiers = "" }, map[string]string{"next_reply_tiers": "Say whom to remind"}},
		"a line for nobody":                  {func(f *setup.ChannelForm) { f.Resolution.Tiers = "2h before: zoe" }, map[string]string{"resolution_tiers": "Line 1: zoe is nobody"}},
		"a pause that is none":               {func(f *setup.ChannelForm) { f.Resolution.Pause = []string{"open"} }, map[string]string{"resolution_pause": `"open"`}},
		"given up before":                    {func(f *setup.ChannelForm) { f.Resolution = setup.PromiseForm{Tiers: "200h: here"} }, map[string]string{"resolution_tiers": "given up after 30d"}},
		"clocks without tiers": {func(f *setup.ChannelForm) { f.Tiers, f.Deadline, f.Resolution = nil, "", setup.PromiseForm{} },
			map[string]string{"policy": "go with tiers of its own"}},
		"a choice of a policy there is not": {func(f *setup.ChannelForm) { f.ByPriority = "customer acme: gold" }, map[string]string{"by_priority": `no policy "gold"`}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBook(t, &memory{})
			b.SetBase(file(), "")
			f := berlin()
			test.change(&f)
			c, got := f.Read(b.Settings(team))
			if len(got) == 0 {
				got = b.Check(team, "channel/C0NEW", c)
			}
			expect(t, test.want, got.ByField())
		})
	}
}

// What was set up is in force in its own workspace, with what the country's calendar closes by now.
func TestHoursThatWereSetUpAreInForce(t *testing.T) {
	c, problems := berlin().Read(file())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	followed := 0
	holidays := []closed.Event(nil)
	b := newBook(t, with(t, map[string]setup.Body{"channel/C0NEW": c}), func(c *setup.BookConfig) {
		c.Follow = func() { followed++ }
		c.ClosedDays = func(calendar string) []closed.Event {
			if calendar != german {
				t.Errorf("asked for %s", calendar)
			}
			return holidays
		}
	})
	b.SetBase(file(), "")
	good := func() time.Duration { // of Good Friday and the Saturday after
		s := b.Settings(team)
		m := escalation.Message{Thread: escalation.Thread{Workspace: team, Channel: "C0NEW"}}
		h := s.HoursOf(escalation.Begin("", m, s.Policies[s.PolicyFor("C0NEW", m.Ticket)], s, m.PostedAt))
		from := time.Date(2026, 4, 3, 0, 0, 0, 0, h.Zone())
		return h.Elapsed(from, from.AddDate(0, 0, 2), nil)
	}
	if got := good(); got != 8*time.Hour || b.View(team).Channels["C0NEW"].Unread != "Germany" {
		t.Errorf("before the calendar was read, %s are open", got)
	}
	told := b.CalendarDays()
	holidays = []closed.Event{{Title: "Good Friday", First: "2026-04-03", Last: "2026-04-03"}}
	b.SetBase(file(), "")
	if got := good(); got != 0 || b.View(team).Channels["C0NEW"].Unread != "" || cmp.Equal(told, b.CalendarDays()) {
		t.Errorf("Good Friday has %s", got)
	}
	if cmp.Diff([]string{german}, b.Calendars()) != "" || followed != 1 {
		t.Errorf("calendars %v, told of %d times", b.Calendars(), followed)
	}
	if len(b.Settings(other).Hours)+len(b.Settings("").Hours) > 0 {
		t.Error("another workspace has the hours")
	}
	s := b.Settings(team)
	p := s.Policies[s.PolicyFor("C0NEW", escalation.Ticket{})]
	if p.NextReply == nil || p.NextReply.Target() != 2*time.Hour || p.Resolution == nil || len(p.Resolution.Pause) != 2 {
		t.Errorf("the policy is %+v", p)
	}
	if got := s.PolicyFor("C0NEW", escalation.Ticket{Type: "Incident", Customer: "SMITH AND SONS Ltd"}); got != "urgent" {
		t.Errorf("an incident of Smith and Sons has policy %q", got)
	}
}

// Hours of the file may be chosen by name; once they are gone, time counts around the clock, and that is said.
func TestHoursOfTheFileAreChosenByName(t *testing.T) {
	b := newBook(t, with(t, map[string]setup.Body{"channel/C0NEW": setup.Channel{Hours: "nights"}}))
	in := file()
	h, err := hours.New(hours.Definition{Zone: time.UTC, Week: [7][]hours.Window{{{From: 60, To: 120}}}})
	if err != nil {
		t.Fatal(err)
	}
	in.Hours = map[string]*hours.Hours{"nights": h}
	b.SetBase(in, "")
	if v := b.View(team); v.Settings.Channels["C0NEW"].Hours != "nights" || v.Channels["C0NEW"].NoHours {
		t.Errorf("%+v", v.Channels["C0NEW"])
	}
	b.SetBase(file(), "")
	if v := b.View(team); v.Settings.Channels["C0NEW"].Hours != "" || !v.Channels["C0NEW"].NoHours {
		t.Errorf("%+v", v.Channels["C0NEW"])
	}
}

// Every country's calendar is one of official holidays.
func TestCountries(t *testing.T) {
	last := ""
	for _, c := range closed.Countries {
		if c.Key == "" || strings.ToLower(c.Name) <= strings.ToLower(last) || !strings.Contains(c.Calendar(), ".official#holiday@") {
			t.Errorf("%+v after %s", c, last)
		}
		last = c.Name
	}
}
