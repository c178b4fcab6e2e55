package circle_test

import (
	"testing"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
)

// The people of the sample ticket.
var (
	ana, bob, cleo, dan = escalationtest.Ana, escalationtest.Bob, escalationtest.Cleo, escalationtest.Dan

	toAna, toBob, toCleo, toSupport = escalationtest.ToAna, escalationtest.ToBob, escalationtest.ToCleo, escalationtest.ToSupport

	toUser, toGroup = escalationtest.ToUser, escalationtest.ToGroup

	shift, posted0 = escalationtest.Shift, escalationtest.Posted0
)

// around is where the circles of these tests are resolved: a ticket about Auth.
func around(roster calendar.Roster) circle.Facts {
	return circle.Facts{
		Workspace: escalationtest.Message().Workspace, Product: "Auth", Roster: roster, Directory: escalationtest.Directory{},
		Engineers: escalationtest.Settings().Engineers, LastResort: circle.Here,
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	escalationtest.Equal(t, what, got, want)
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
		want   []circle.Recipient
		gaps   []circle.Gap
	}{
		{name: "non-embedded: on shift and not embedded", roster: full, notify: []string{"non-embedded"}, want: []circle.Recipient{toAna}},
		{name: "on-shift: the embedded included", roster: full, notify: []string{"on-shift"}, want: []circle.Recipient{toAna, toBob, toCleo}},
		{name: "embedded: with the ticket's product", roster: full, notify: []string{"embedded"}, want: []circle.Recipient{toBob}},
		{name: "an alias", roster: full, notify: []string{"ana"}, want: []circle.Recipient{toAna}},
		{name: "an alias with an @, on shift or not", roster: nobodyOnShift(), notify: []string{"@Ana"}, want: []circle.Recipient{toAna}},
		{name: "a name", roster: full, notify: []string{"Ana Silva"}, want: []circle.Recipient{toAna}},
		{name: "an alias before a user group's handle", roster: full, notify: []string{"@bob"}, want: []circle.Recipient{toBob}},
		{name: "a user group's handle", roster: full, notify: []string{"@support"}, want: []circle.Recipient{toSupport}},
		{name: "an engineer known by e-mail", roster: full, notify: []string{"Cleo Marsh"}, want: []circle.Recipient{toCleo}},
		{name: "a user's id", roster: full, notify: []string{"U0VP"}, want: []circle.Recipient{toUser("U0VP", "")}},
		{name: "an engineer's id tells the name", roster: full, notify: []string{"U0BOB"}, want: []circle.Recipient{toBob}},
		{name: "a group's id", roster: full, notify: []string{"S0OTHER"}, want: []circle.Recipient{toGroup("S0OTHER", "")}},
		{name: "here and channel", roster: full, notify: []string{"here", "channel"}, want: []circle.Recipient{{Kind: circle.ToHere}, {Kind: circle.ToChannel}}},
		{name: "several words are one circle, nobody twice", roster: full, notify: []string{"on-shift", "embedded", "ana", "@support", "U0BOB"}, want: []circle.Recipient{toAna, toBob, toCleo, toSupport}},
		{name: "a word that stands for nobody is no gap beside others", roster: full, notify: []string{"nonesuch", "ana"}, want: []circle.Recipient{toAna}},

		{name: "nobody on shift", roster: nobodyOnShift(), notify: []string{"on-shift"}, gaps: []circle.Gap{{Circle: "on-shift", Reason: circle.GapNobody}}},
		{name: "all on shift embedded", roster: func() calendar.Roster { r := shift(); r.OnShift = []calendar.Engineer{bob}; return r }(),
			notify: []string{"non-embedded"}, gaps: []circle.Gap{{Circle: "non-embedded", Reason: circle.GapNobody}}},
		{name: "nobody whom Slack knows", roster: calendar.Roster{AsOf: posted0, OnShift: []calendar.Engineer{dan}},
			notify: []string{"on-shift"}, gaps: []circle.Gap{{Circle: "on-shift", Reason: circle.GapNoAccount}}},
		{name: "no calendar", roster: calendar.Roster{}, notify: []string{"non-embedded"}, gaps: []circle.Gap{{Circle: "non-embedded", Reason: circle.GapNoRoster}}},
		{name: "nobody by that name", roster: full, notify: []string{"@nonesuch"}, gaps: []circle.Gap{{Circle: "@nonesuch", Reason: circle.GapUnknown}}},
		{name: "an engineer whom Slack does not know", roster: full, notify: []string{"Dan Reed"}, gaps: []circle.Gap{{Circle: "Dan Reed", Reason: circle.GapUnknown}}},
		{name: "a user whom Slack has no more", roster: full, notify: []string{"U0ZOE"}, gaps: []circle.Gap{{Circle: "U0ZOE", Reason: circle.GapGone}}},
		{name: "a group that is disabled", roster: full, notify: []string{"S0DEAD"}, gaps: []circle.Gap{{Circle: "S0DEAD", Reason: circle.GapGone}}},
		{name: "the others of a circle are told", roster: full, notify: []string{"S0DEAD", "ana", "U0ZOE"}, want: []circle.Recipient{toAna}},
		{name: "each word tells why", roster: nobodyOnShift(), notify: []string{"on-shift", "nonesuch"},
			gaps: []circle.Gap{{Circle: "on-shift", Reason: circle.GapNobody}, {Circle: "nonesuch", Reason: circle.GapUnknown}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, gaps := around(tt.roster).Resolve(tt.notify)
			equal(t, "recipients", got, tt.want)
			equal(t, "gaps", gaps, tt.gaps)
		})
	}
}

func TestCircleWithoutADirectory(t *testing.T) {
	f := around(shift())
	f.Directory = nil
	got, gaps := f.Resolve([]string{"@support", "Cleo Marsh"})
	equal(t, "recipients", got, nil)
	equal(t, "gaps", gaps, []circle.Gap{{Circle: "@support", Reason: circle.GapUnknown}, {Circle: "Cleo Marsh", Reason: circle.GapUnknown}})
}

// Rule 8: the assignee is whom the help desk names, if on shift.
func TestAssigneeCircle(t *testing.T) {
	for _, tt := range []struct {
		name     string
		assignee desk.Person
		roster   calendar.Roster
		want     []circle.Recipient
		reason   circle.GapReason
	}{
		{"by e-mail address", desk.Person{Email: "ANA@example.com", Name: "Bob"}, shift(), []circle.Recipient{toAna}, ""},
		{"by name", desk.Person{Name: "ana silva"}, shift(), []circle.Recipient{toAna}, ""},
		{"nobody is named", desk.Person{}, shift(), nil, circle.GapNoAssignee},
		{"not on shift", desk.Person{Email: "ana@example.com"}, nobodyOnShift(), nil, circle.GapAssigneeOff},
		{"somebody unknown", desk.Person{Email: "eve@example.com"}, shift(), nil, circle.GapAssigneeOff},
		{"without a calendar", desk.Person{Email: "ana@example.com"}, calendar.Roster{}, nil, circle.GapNoRoster},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := around(tt.roster)
			f.Assignee = tt.assignee
			got, gaps := f.Resolve([]string{"assignee"})
			equal(t, "recipients", got, tt.want)
			if tt.reason != "" {
				equal(t, "gaps", gaps, []circle.Gap{{Circle: "assignee", Reason: tt.reason}})
			}
		})
	}
}

// Rule 8: an empty circle gives way to the next tier's. Rule 6: those of the covered tiers come along.
func TestAudience(t *testing.T) {
	gap := func(word string, r circle.GapReason, gaveTo int) circle.Gap {
		return circle.Gap{Circle: word, Reason: r, GaveTo: gaveTo}
	}
	for _, tt := range []struct {
		name   string
		roster calendar.Roster
		notify [][]string // nil: the enterprise policy's
		tier   int
		covers []int
		none   bool // last_resort: none
		want   []circle.Recipient
		gaps   []circle.Gap
	}{
		{name: "its own circle", roster: shift(), tier: 1, want: []circle.Recipient{toAna}},
		{name: "empty: the next tier's, and why", roster: nobodyOnShift(), tier: 2,
			want: []circle.Recipient{toSupport}, gaps: []circle.Gap{gap("on-shift", circle.GapNobody, 3)}},
		{name: "empty twice over", roster: nobodyOnShift(), tier: 1,
			want: []circle.Recipient{toSupport}, gaps: []circle.Gap{gap("non-embedded", circle.GapNobody, 3), gap("on-shift", circle.GapNobody, 3)}},
		{name: "without a calendar", roster: calendar.Roster{}, tier: 1,
			want: []circle.Recipient{toSupport}, gaps: []circle.Gap{gap("non-embedded", circle.GapNoRoster, 3), gap("on-shift", circle.GapNoRoster, 3)}},
		{name: "empty in the last tier: everybody here, and says so", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}}, tier: 2,
			want: []circle.Recipient{{Kind: circle.ToHere}}, gaps: []circle.Gap{{Circle: "@nonesuch", Reason: circle.GapUnknown, Here: true}}},
		{name: "empty in the last tier, and there is no last resort", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}}, tier: 2, none: true,
			gaps: []circle.Gap{gap("@nonesuch", circle.GapUnknown, 0)}},
		{name: "the last resort is not for those whom the last tier covers", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}}, tier: 2, covers: []int{1},
			want: []circle.Recipient{toAna}, gaps: []circle.Gap{gap("@nonesuch", circle.GapUnknown, 0)}},
		{name: "empty to the last tier", roster: nobodyOnShift(), notify: [][]string{{"on-shift"}, {"@nonesuch"}}, tier: 1,
			gaps: []circle.Gap{gap("on-shift", circle.GapNobody, 0), gap("@nonesuch", circle.GapUnknown, 0)}},
		{name: "never a lower tier's instead", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}, {"@support"}}, tier: 2,
			want: []circle.Recipient{toSupport}, gaps: []circle.Gap{gap("@nonesuch", circle.GapUnknown, 3)}},
		{name: "the covered come along, nobody twice", roster: shift(), tier: 3, covers: []int{1, 2},
			want: []circle.Recipient{toSupport, toAna, toBob}},
		{name: "a covered circle that is empty is no gap", roster: nobodyOnShift(), tier: 3, covers: []int{1, 2}, want: []circle.Recipient{toSupport}},
		{name: "its own empty, and covered ones along", roster: shift(), notify: [][]string{{"ana"}, {"@nonesuch"}, {"@support"}}, tier: 2, covers: []int{1},
			want: []circle.Recipient{toSupport, toAna}, gaps: []circle.Gap{gap("@nonesuch", circle.GapUnknown, 3)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tiers := [][]string{{"non-embedded"}, {"on-shift"}, {"@support"}, {"@head-of-success"}}
			if tt.notify != nil {
				tiers = tt.notify
			}
			var covered [][]string
			for _, c := range tt.covers {
				covered = append(covered, tiers[c-1])
			}
			f := around(tt.roster)
			if tt.none {
				f.LastResort = ""
			}
			got, gaps := f.Audience(tiers[tt.tier-1:], tt.tier, covered)
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
