package escalation_test

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Rule 8: whom the roster has on shift comes with the calendar event that says so.
func TestCircleTellsTheShift(t *testing.T) {
	c := Decide(enterprise(inStates(TierPosted)), onShift(facts(at(20))))
	withShift := toAna
	withShift.Shift = &anasShift
	equal(t, "mention", post(t, c).Reminder.Mention, []circle.Recipient{withShift, toBob})
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
		want             []circle.Recipient
		reason           circle.GapReason
	}{
		{"its type is listed", "login", []circle.Recipient{toBob}, ""},
		{"its type is the product, in any case", "auth", []circle.Recipient{toBob}, ""},
		{"nobody is embedded with it", "storage", nil, circle.GapNobody},
		{"no type", "", nil, circle.GapNoProduct},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ticket := func(tl *Timeline) { tl.Ticket.Type = tt.ticketType }
			got, gaps := facts(posted0).CircleFacts(enterprise(ticket)).Resolve([]string{"embedded"})
			equal(t, "recipients", got, tt.want)
			if tt.reason != "" {
				equal(t, "gaps", gaps, []circle.Gap{{Circle: "embedded", Reason: tt.reason}})
			}
		})
	}
}

// Rules 8 and 17: a circle gives way within its clock, and the tier that it gives way to is numbered as people count.
func TestCirclesGiveWayWithinTheirClock(t *testing.T) {
	p := policy.Policy{Name: "p", Deadline: time.Hour, Tiers: []policy.Tier{{After: time.Hour, Notify: []string{"@support"}}},
		Resolution: &policy.Promise{Tiers: []policy.Tier{{After: 2 * time.Hour, Notify: []string{"@nonesuch"}}, {After: 3 * time.Hour, Notify: []string{"@support"}}}}}
	s := settings()
	tl := Begin("TL1", message(), p, s, posted0)
	plan := Plan(tl, func(time.Time) calendar.Roster { return shift() }, directory{}, s)
	equal(t, "gaps", plan[1].Gaps, []circle.Gap{{Circle: "@nonesuch", Reason: circle.GapUnknown, GaveTo: 2}})
}

// Rule 16: the history has whom a reminder mentioned, by Slack id.
func TestHistoryKeepsWhomAReminderMentioned(t *testing.T) {
	tl := enterprise(func(tl *Timeline) { tl.Tiers[0].Notify = []string{"ana", "@support", "here"} })
	got := Decide(tl, facts(at(10)))
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
	_, gaps := f.CircleFacts(enterprise()).Resolve([]string{"@zoe", "on-shift"})
	equal(t, "gaps", gaps, []circle.Gap{{Circle: "@zoe", Reason: circle.GapGone}, {Circle: "on-shift", Reason: circle.GapNoAccount}})
	equal(t, "on it", Owner{User: "U0ZOE", Name: "Zoe Fox"}.OnShift(f.CircleFacts(enterprise()), posted0), false)
}
