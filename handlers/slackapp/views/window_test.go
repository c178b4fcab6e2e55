package views

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

var now = time.Date(2026, 11, 18, 15, 30, 0, 0, time.UTC)

func TestWhatAModalRemembersComesBack(t *testing.T) {
	want := channelState{Channel: "C0ENT", Version: 3, Tiers: 2, Generation: 1}
	if diff := cmp.Diff(want, unpack[channelState](pack(want))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEachTierSaysWhomItWouldPingNow(t *testing.T) {
	s := escalation.DefaultSettings()
	s.Engineers = []calendar.Engineer{{Name: "Ana <Silva>", Slack: "U0ANA"}, {Name: "Bob Lee", Slack: "U0BOB"}}
	roster := calendar.Roster{At: now, AsOf: now, OnShift: s.Engineers, Embedded: []calendar.Embedded{{Engineer: s.Engineers[1]}}}
	telling := func(notify ...string) policy.Policy {
		p := policy.Policy{Name: "test"}
		for i, word := range notify {
			p.Tiers = append(p.Tiers, policy.Tier{After: time.Duration(i+1) * time.Hour, Notify: []string{word}})
		}
		return p
	}
	tests := map[string]struct {
		policy policy.Policy
		roster calendar.Roster
		want   []string
	}{
		"those on shift": {telling("on-shift", "non-embedded"), roster, []string{
			"*A ticket that came now would be due* <!date^1795023000^{time}|17:30 UTC>.",
			"*1.* after 1 hour: on-shift → Ana &lt;Silva&gt; and Bob Lee",
			"*2.* after 2 hours: non-embedded → Ana &lt;Silva&gt;",
		}},
		"an empty circle gives way": {telling("embedded", "here"), roster, []string{
			"*A ticket that came now would be due* <!date^1795023000^{time}|17:30 UTC>.",
			"*1.* after 1 hour: embedded → depends on the ticket's type, so tier 2's: everybody active in the channel",
			"*2.* after 2 hours: here → everybody active in the channel",
		}},
		"nobody at all, so the last resort": {telling("on-shift"), calendar.Roster{}, []string{
			"*A ticket that came now would be due* <!date^1795019400^{time}|16:30 UTC>.",
			"*1.* after 1 hour: on-shift → unknown without a shift calendar, so everybody active in the channel",
		}},
		"somebody by id": {telling("U0CY"), roster, []string{
			"*A ticket that came now would be due* <!date^1795019400^{time}|16:30 UTC>.",
			"*1.* after 1 hour: U0CY → <@U0CY>",
		}},
		"no tiers": {telling(), roster, nil},
	}
	for name, test := range tests {
		s.Policies["test"], s.Channels = test.policy, map[string]policy.Channel{"C0": {Policy: "test"}}
		got := preview("T0", "C0", test.roster, nil, &s, now)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAProblemStandsBesideItsFieldOrTheNearestShown(t *testing.T) {
	s := channelState{Tiers: 1, Generation: 2}
	got := s.beside(setup.Problems{
		{Field: setup.TierField(1, setup.PartNotify), Message: "nobody"},
		{Field: setup.FieldTiers, Message: "too many"},
		{Field: setup.TierField(4, setup.PartAfter), Message: "not shown"},
	}, fields{own: true})
	want := map[string]string{"tier_1_notify@2": "nobody", "policy@2": "too many"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPeopleOfATierHaveAFieldOfTheirOwn(t *testing.T) {
	words, people := split("on-shift, U0ANA, @support, <@U0BOB>")
	if words != "on-shift, @support" || !cmp.Equal(people, []string{"U0ANA", "U0BOB"}) {
		t.Errorf("%q, %q", words, people)
	}
	s := channelState{Tiers: 1, Generation: 1}
	f := readFields(slackapp.View{Values: map[string]map[string]slackapp.Value{
		"policy@1":        {actionPolicy: {Selected: []string{ownTiers}}},
		"tier_1_after@1":  {"tier_1_after": {Text: "10m"}},
		"tier_1_people@1": {"tier_1_people": {Selected: []string{"U0ANA", "U0BOB"}}},
	}}, s)
	c, problems := f.read(&escalation.Settings{})
	if len(problems) > 0 || len(c.Tiers) != 1 || !cmp.Equal(c.Tiers[0].Notify, []string{"U0ANA", "U0BOB"}) {
		t.Errorf("%+v, %v", c, problems)
	}
}

func TestTiersOfItsOwnNeedOne(t *testing.T) {
	f := readFields(slackapp.View{Values: map[string]map[string]slackapp.Value{
		"policy@1": {actionPolicy: {Selected: []string{ownTiers}}},
	}}, channelState{Tiers: 1, Generation: 1})
	if _, problems := f.read(&escalation.Settings{}); len(problems) != 1 || problems[0].Field != "tier_1_after" {
		t.Errorf("%v", problems)
	}
}

// What is promised is told as it would be counted: the ticket comes on a Wednesday at 15:30 UTC, half an hour before close.
func TestThePreviewCountsInHours(t *testing.T) {
	book := setup.NewBook(setup.BookConfig{Store: nothing{}, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	f := fields{own: true, ChannelForm: setup.ChannelForm{
		Tiers:     []setup.TierForm{{After: "15m before", Notify: "here"}},
		Deadline:  "1h",
		Hours:     setup.OwnHours,
		OwnHours:  setup.UsualHours("Europe/Berlin"),
		NextReply: setup.PromiseForm{Tiers: "2h: here"}, Resolution: setup.PromiseForm{Deadline: "8h", Tiers: "1h before: here"},
	}}
	view := book.View("")
	got := preview("T0", "C0", calendar.Roster{}, nil, view.Trying("C0", f.trying(view.Settings)), now)
	want := []string{
		"*A ticket that came now would be due* Thu 19 Nov 09:30 CET.\n_Wed 16:30–17:00 30 min · Thu 09:00–09:30 30 min → due Thu 09:30_",
		"*1.* 15m of working time before the deadline, Thu 19 Nov 09:15 CET: here → everybody active in the channel",
		"*Each later message of the customer* would have 2h of working time.",
		"*1.* after 2h of working time: here",
		"*It would have to be solved* by Thu 19 Nov 16:30 CET.\n_Wed 16:30–17:00 30 min · Thu 09:00–16:30 7 h 30 min → due Thu 16:30_",
		"*1.* 1h of working time before the deadline, Thu 19 Nov 15:30 CET: here → everybody active in the channel",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// nothing is a store in which nothing is set up.
type nothing struct{ setup.Store }
