package escalation_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// Rule 8: whom the roster has on shift comes with the calendar event that says so.
func TestCircleTellsTheShift(t *testing.T) {
	c, _ := Decide(enterprise(inStates(TierPosted)), onShift(facts(at(20))))
	withShift := toAna
	withShift.Shift = &anasShift
	equal(t, "mention", post(t, c).Reminder.Mention, []Recipient{withShift, toBob})
}

// around is where the circles of these tests are resolved: a ticket of the type login, which means Auth.
func around(roster calendar.Roster) Surroundings {
	f := facts(posted0)
	f.Roster = roster
	return f.Around(enterprise())
}

func nobodyOnShift() calendar.Roster { return calendar.Roster{At: posted0, AsOf: posted0} }

// Rule 8: what a word in `notify` stands for.
func TestCircle(t *testing.T) {
	// Everybody is on shift; Bob works on Auth, Cleo on Storage.
	full := shift()
	full.OnShift = []calendar.Engineer{ana, bob, cleo, dan}
	full.Embedded = append(full.Embedded, calendar.Embedded{Engineer: cleo, Products: []string{"Storage"}})

	for _, tt := range []struct {
		name   string
		roster calendar.Roster
		notify []string
		want   []Recipient
		gaps   []Gap
	}{
		{name: "non-embedded: on shift and not embedded", roster: full, notify: []string{"non-embedded"}, want: []Recipient{toAna}},
		{name: "on-shift: the embedded included", roster: full, notify: []string{"on-shift"}, want: []Recipient{toAna, toBob, toCleo}},
		{name: "embedded: with the ticket's product", roster: full, notify: []string{"embedded"}, want: []Recipient{toBob}},
		{name: "an alias", roster: full, notify: []string{"ana"}, want: []Recipient{toAna}},
		{name: "an alias with an @, on shift or not", roster: nobodyOnShift(), notify: []string{"@Ana"}, want: []Recipient{toAna}},
		{name: "a name", roster: full, notify: []string{"Ana Silva"}, want: []Recipient{toAna}},
		{name: "an alias before a user group's handle", roster: full, notify: []string{"@bob"}, want: []Recipient{toBob}},
		{name: "a user group's handle", roster: full, notify: []string{"@support"}, want: []Recipient{toSupport}},
		{name: "an engineer known by e-mail", roster: full, notify: []string{"Cleo Marsh"}, want: []Recipient{toCleo}},
		{name: "a user's id", roster: full, notify: []string{"U0VP"}, want: []Recipient{toUser("U0VP", "")}},
		{name: "an engineer's id tells the name", roster: full, notify: []string{"U0BOB"}, want: []Recipient{toBob}},
		{name: "a group's id", roster: full, notify: []string{"S0OTHER"}, want: []Recipient{toGroup("S0OTHER", "")}},
		{name: "here and channel", roster: full, notify: []string{"here", "channel"}, want: []Recipient{{Kind: ToHere}, {Kind: ToChannel}}},
		{name: "several words are one circle, nobody twice", roster: full, notify: []string{"on-shift", "embedded", "ana", "@support", "U0BOB"}, want: []Recipient{toAna, toBob, toCleo, toSupport}},
		{name: "a word that stands for nobody is no gap beside others", roster: full, notify: []string{"nonesuch", "ana"}, want: []Recipient{toAna}},

		{name: "nobody on shift", roster: nobodyOnShift(), notify: []string{"on-shift"}, gaps: []Gap{{Circle: "on-shift", Reason: GapNobody}}},
		{name: "all on shift embedded", roster: func() calendar.Roster { r := shift(); r.OnShift = []calendar.Engineer{bob}; return r }(),
			notify: []string{"non-embedded"}, gaps: []Gap{{Circle: "non-embedded", Reason: GapNobody}}},
		{name: "nobody whom Slack knows", roster: calendar.Roster{AsOf: posted0, OnShift: []calendar.Engineer{dan}},
			notify: []string{"on-shift"}, gaps: []Gap{{Circle: "on-shift", Reason: GapNoAccount}}},
		{name: "no calendar", roster: calendar.Roster{}, notify: []string{"non-embedded"}, gaps: []Gap{{Circle: "non-embedded", Reason: GapNoRoster}}},
		{name: "nobody by that name", roster: full, notify: []string{"@nonesuch"}, gaps: []Gap{{Circle: "@nonesuch", Reason: GapUnknown}}},
		{name: "an engineer whom Slack does not know", roster: full, notify: []string{"Dan Reed"}, gaps: []Gap{{Circle: "Dan Reed", Reason: GapUnknown}}},
		{name: "a user whom Slack has no more", roster: full, notify: []string{"U0ZOE"}, gaps: []Gap{{Circle: "U0ZOE", Reason: GapGone}}},
		{name: "a group that is disabled", roster: full, notify: []string{"S0DEAD"}, gaps: []Gap{{Circle: "S0DEAD", Reason: GapGone}}},
		{name: "the others of a circle are told", roster: full, notify: []string{"S0DEAD", "ana", "U0ZOE"}, want: []Recipient{toAna}},
		{name: "each word tells why", roster: nobodyOnShift(), notify: []string{"on-shift", "nonesuch"},
			gaps: []Gap{{Circle: "on-shift", Reason: GapNobody}, {Circle: "nonesuch", Reason: GapUnknown}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, gaps := around(tt.roster).Circle(tt.notify)
			equal(t, "recipients", got, tt.want)
			equal(t, "gaps", gaps, tt.gaps)
		})
	}
}

func TestCircleWithoutADirectory(t *testing.T) {
	f := facts(posted0)
	f.Directory = nil
	got, gaps := f.Around(enterprise()).Circle([]string{"@support", "Cleo Marsh"})
	equal(t, "recipients", got, nil)
	equal(t, "gaps", gaps, []Gap{{Circle: "@support", Reason: GapUnknown}, {Circle: "Cleo Marsh", Reason: GapUnknown}})
}

// Rule 8: `embedded` are those embedded with the ticket's product.
func TestTicketTypeNamesAProduct(t *testing.T) {
	s := settings()
	s.Products["Billing"] = []string{"invoice", "sso"} // sso is listed twice: the first product by name has it
	for _, tt := range []struct{ ticketType, want string }{
		{"login", "Auth"}, {" LOGIN ", "Auth"}, {"sso", "Auth"}, {"Auth", "Auth"}, {"Storage", "Storage"}, {"", ""}, {" ", ""},
	} {
		for range 20 { // a map is behind it
			equal(t, "product of "+tt.ticketType, s.Product(tt.ticketType), tt.want)
		}
	}
}

func TestEmbeddedCircleOfATicket(t *testing.T) {
	for _, tt := range []struct {
		name, ticketType string
		want             []Recipient
		reason           GapReason
	}{
		{"its type is listed", "login", []Recipient{toBob}, ""},
		{"its type is the product, in any case", "auth", []Recipient{toBob}, ""},
		{"nobody is embedded with it", "storage", nil, GapNobody},
		{"no type", "", nil, GapNoProduct},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ticket := func(tl *Timeline) { tl.Ticket.Type = tt.ticketType }
			got, gaps := facts(posted0).Around(enterprise(ticket)).Circle([]string{"embedded"})
			equal(t, "recipients", got, tt.want)
			if tt.reason != "" {
				equal(t, "gaps", gaps, []Gap{{Circle: "embedded", Reason: tt.reason}})
			}
		})
	}
}

// Rule 8: the assignee is whom the help desk names, if on shift.
func TestAssigneeCircle(t *testing.T) {
	for _, tt := range []struct {
		name     string
		assignee desk.Person
		roster   calendar.Roster
		want     []Recipient
		reason   GapReason
	}{
		{"by e-mail address", desk.Person{Email: "ANA@example.com", Name: "Bob"}, shift(), []Recipient{toAna}, ""},
		{"by name", desk.Person{Name: "ana silva"}, shift(), []Recipient{toAna}, ""},
		{"nobody is named", desk.Person{}, shift(), nil, GapNoAssignee},
		{"not on shift", desk.Person{Email: "ana@example.com"}, nobodyOnShift(), nil, GapAssigneeOff},
		{"somebody unknown", desk.Person{Email: "eve@example.com"}, shift(), nil, GapAssigneeOff},
		{"without a calendar", desk.Person{Email: "ana@example.com"}, calendar.Roster{}, nil, GapNoRoster},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(posted0)
			f.Roster = tt.roster
			got, gaps := f.Around(enterprise(func(tl *Timeline) { tl.Desk.Ticket.Assignee = tt.assignee })).Circle([]string{"assignee"})
			equal(t, "recipients", got, tt.want)
			if tt.reason != "" {
				equal(t, "gaps", gaps, []Gap{{Circle: "assignee", Reason: tt.reason}})
			}
		})
	}
}

// Rules 8 and 17: a circle gives way within its clock, and the tier that it gives way to is numbered as people count.
func TestCirclesGiveWayWithinTheirClock(t *testing.T) {
	p := Policy{Name: "p", Deadline: time.Hour, Tiers: []Tier{{After: time.Hour, Notify: []string{"@support"}}},
		Resolution: &Promise{Tiers: []Tier{{After: 2 * time.Hour, Notify: []string{"@nonesuch"}}, {After: 3 * time.Hour, Notify: []string{"@support"}}}}}
	s := settings()
	tl := Begin("TL1", message(), p, s, posted0)
	plan := Plan(tl, func(time.Time) calendar.Roster { return shift() }, directory{}, s)
	equal(t, "gaps", plan[1].Gaps, []Gap{{Circle: "@nonesuch", Reason: GapUnknown, GaveTo: 2}})
}

// Rule 8: an empty circle gives way to the next tier's. Rule 6: those of the covered tiers come along.
func TestAudience(t *testing.T) {
	gap := func(circle string, r GapReason, gaveTo int) Gap {
		return Gap{Circle: circle, Reason: r, GaveTo: gaveTo}
	}
	for _, tt := range []struct {
		name   string
		roster calendar.Roster
		notify [][]string // nil: the enterprise policy's
		tier   int
		covers []int
		none   bool // last_resort: none
		want   []Recipient
		gaps   []Gap
	}{
		{name: "its own circle", roster: shift(), tier: 1, want: []Recipient{toAna}},
		{name: "empty: the next tier's, and why", roster: nobodyOnShift(), tier: 2,
			want: []Recipient{toSupport}, gaps: []Gap{gap("on-shift", GapNobody, 3)}},
		{name: "empty twice over", roster: nobodyOnShift(), tier: 1,
			want: []Recipient{toSupport}, gaps: []Gap{gap("non-embedded", GapNobody, 3), gap("on-shift", GapNobody, 3)}},
		{name: "without a calendar", roster: calendar.Roster{}, tier: 1,
			want: []Recipient{toSupport}, gaps: []Gap{gap("non-embedded", GapNoRoster, 3), gap("on-shift", GapNoRoster, 3)}},
		{name: "empty in the last tier: everybody here, and says so", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}}, tier: 2,
			want: []Recipient{{Kind: ToHere}}, gaps: []Gap{{Circle: "@nonesuch", Reason: GapUnknown, Here: true}}},
		{name: "empty in the last tier, and there is no last resort", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}}, tier: 2, none: true,
			gaps: []Gap{gap("@nonesuch", GapUnknown, 0)}},
		{name: "the last resort is not for those whom the last tier covers", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}}, tier: 2, covers: []int{1},
			want: []Recipient{toAna}, gaps: []Gap{gap("@nonesuch", GapUnknown, 0)}},
		{name: "empty to the last tier", roster: nobodyOnShift(), notify: [][]string{{"on-shift"}, {"@nonesuch"}}, tier: 1,
			gaps: []Gap{gap("on-shift", GapNobody, 0), gap("@nonesuch", GapUnknown, 0)}},
		{name: "never a lower tier's instead", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}, {"@support"}}, tier: 2,
			want: []Recipient{toSupport}, gaps: []Gap{gap("@nonesuch", GapUnknown, 3)}},
		{name: "the covered come along, nobody twice", roster: shift(), tier: 3, covers: []int{1, 2},
			want: []Recipient{toSupport, toAna, toBob}},
		{name: "a covered circle that is empty is no gap", roster: nobodyOnShift(), tier: 3, covers: []int{1, 2}, want: []Recipient{toSupport}},
		{name: "its own empty, and covered ones along", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}, {"@support"}}, tier: 2, covers: []int{1},
			want: []Recipient{toSupport, toAna}, gaps: []Gap{gap("@nonesuch", GapUnknown, 3)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tiers := enterprise().Tiers
			if tt.notify != nil {
				tiers = nil
				for _, words := range tt.notify {
					tiers = append(tiers, DueTier{Tier: Tier{Notify: words}})
				}
			}
			s := around(tt.roster)
			if tt.none {
				s.Settings().LastResort = ""
			}
			got, gaps := Audience(tiers, len(tiers), tt.tier-1, tt.covers, s)
			equal(t, "recipients", got, tt.want)
			equal(t, "gaps", gaps, tt.gaps)
		})
	}
}

// Rule 9: whoever is named and not pinged is plain text.
func TestNamesAreForPlacesWhereNobodyIsPinged(t *testing.T) {
	got := around(shift()).Names([]string{"on-shift", "@support", "here", "S0OTHER"})
	equal(t, "names", got, []string{"Ana Silva", "Bob Stone", "@support"})
}

// Rule 16: the history has whom a reminder mentioned, by Slack id.
func TestHistoryKeepsWhomAReminderMentioned(t *testing.T) {
	tl := enterprise(func(tl *Timeline) { tl.Tiers[0].Notify = []string{"ana", "@support", "here"} })
	got, _ := Decide(tl, facts(at(10)))
	equal(t, "mentioned", got.Events[0].Mentioned, []string{"U0ANA", "S0SUPPORT", "here"})
}

// Rule 8: an engineer whose account was deactivated is nobody, by name and on shift.
func TestAnEngineerWhoHasLeftIsNobody(t *testing.T) {
	zoe := calendar.Engineer{Name: "Zoe Fox", Aliases: []string{"zoe"}, Slack: "U0ZOE"}
	f := facts(posted0)
	s := *f.Settings
	s.Engineers = append(s.Engineers, zoe)
	f.Settings = &s
	f.Roster = calendar.Roster{At: posted0, AsOf: posted0, OnShift: []calendar.Engineer{zoe}}
	_, gaps := f.Around(enterprise()).Circle([]string{"@zoe", "on-shift"})
	equal(t, "gaps", gaps, []Gap{{Circle: "@zoe", Reason: GapGone}, {Circle: "on-shift", Reason: GapNoAccount}})
	equal(t, "on it", f.Around(enterprise()).Has(Owner{User: "U0ZOE", Name: "Zoe Fox"}, posted0), false)
}
