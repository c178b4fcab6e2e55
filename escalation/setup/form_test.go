package setup_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

func TestAChannelAsItIsTyped(t *testing.T) {
	f := setup.ChannelForm{
		ByPriority: "urgent: urgent\n High :teams ",
		Tiers: []setup.TierForm{
			{After: "10m", Notify: "On shift, <@U0ANA|ana>, <!subteam^S0OPS|@ops>", Message: " Hurry. "},
			{After: "1 h 30 min", Notify: "@support\nhere, @support"},
			{},
		},
		Deadline: "2h", Repeat: "1d",
	}
	got, problems := f.Read(file())
	want := setup.Channel{
		ByPriority: map[string]string{"urgent": "urgent", "High": "teams"},
		Tiers: []policy.Tier{
			{After: 10 * time.Minute, Notify: []string{"on-shift", "U0ANA", "S0OPS"}, Message: "Hurry."},
			{After: 90 * time.Minute, Notify: []string{"@support", "here"}, Repeat: 24 * time.Hour},
		},
		Deadline: 2 * time.Hour,
	}
	if diff := cmp.Diff(want, got); diff != "" || len(problems) > 0 {
		t.Errorf("%v\n(-want +got):\n%s", problems, diff)
	}
	again, problems := want.Form().Read(file())
	if diff := cmp.Diff(want, again); diff != "" || len(problems) > 0 {
		t.Errorf("written and read again: %v\n%s", problems, diff)
	}
}

func TestWhatCannotBeReadIsToldBesideItsField(t *testing.T) {
	_, got := setup.ChannelForm{
		ByPriority: "urgent", Deadline: "soon", Repeat: "10",
		Tiers: []setup.TierForm{{After: "", Notify: "here"}, {}, {After: "2 parsecs", Notify: "here"}},
	}.Read(file())
	expect(t, map[string]string{
		"by_priority": "urgent: enterprise-urgent", "deadline": "such as 10m", "repeat": "10m or 10h",
		"tier_1_after": "such as 10m", "tier_2_after": "Fill in this tier", "tier_3_after": "such as 10m",
	}, got.ByField())
	_, got = setup.ChannelForm{Repeat: "10m", ByPriority: "a: b\na: c"}.Read(file())
	expect(t, map[string]string{"repeat": "there is none yet", "by_priority": "twice"}, got.ByField())
}

func TestWordsAsTheyAreTyped(t *testing.T) {
	if diff := cmp.Diff([]string{"Ana", "Ana Silva"}, setup.ParseWords(" Ana,\nAna Silva ;, ")); diff != "" {
		t.Error(diff)
	}
}

// What the database holds was written by some earlier version: these texts must stay readable for ever.
func TestStoredBodiesStayReadable(t *testing.T) {
	at := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	read := func(t *testing.T, text string, want setup.Body, got setup.Body, isSet bool, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" || !isSet || err != nil {
			t.Errorf("%s: set %t, %v\n%s", text, isSet, err, diff)
		}
		if written, err := json.Marshal(want); err != nil || string(written) != text {
			t.Errorf("written as %s, %v", written, err)
		}
	}
	stored := func(text string) setup.Setting { return setup.Setting{Scope: "x", Version: 2, Body: []byte(text)} }

	text := `{"by_priority":{"high":"urgent"},"tiers":[{"after":600000000000,"notify":["on-shift"]},{"after":3600000000000,"notify":["@support"],"repeat":3600000000000}],"deadline":7200000000000}`
	channel, ok, err := setup.Decode[setup.Channel](stored(text))
	read(t, text, setup.Channel{ByPriority: map[string]string{"high": "urgent"}, Tiers: tiers, Deadline: 2 * time.Hour}, channel, ok, err)

	text = `{"choose":[{"type":["outage"],"customer":"acme","policy":"urgent"}],"tiers":[{"after":0,"before":600000000000,"notify":["on-shift"]}],"deadline":7200000000000,` +
		`"next_reply":{"tiers":[{"after":3600000000000,"notify":["here"]}]},"resolution":{"deadline":7200000000000,"tiers":[{"after":3600000000000,"notify":["here"]}],"pause":["pending"]},` +
		`"own_hours":{"timezone":"Europe/Berlin","week":["mon-fri 09:00-17:00"],"country":"german","closed":["12-24"],"open":["2026-12-31 09:00-12:00"]}}`
	channel, ok, err = setup.Decode[setup.Channel](stored(text))
	here := []policy.Tier{{After: time.Hour, Notify: []string{"here"}}}
	read(t, text, setup.Channel{
		Choose: []setup.Choice{{Type: []string{"outage"}, Customer: "acme", Policy: "urgent"}},
		Tiers:  []policy.Tier{{Before: 10 * time.Minute, Notify: []string{"on-shift"}}}, Deadline: 2 * time.Hour,
		NextReply: &setup.Promise{Tiers: here}, Resolution: &setup.Promise{Deadline: 2 * time.Hour, Tiers: here, Pause: []desk.Status{"pending"}},
		OwnHours: &setup.Hours{Zone: "Europe/Berlin", Week: []string{"mon-fri 09:00-17:00"}, Country: "german", Closed: []string{"12-24"}, Open: []string{"2026-12-31 09:00-12:00"}},
	}, channel, ok, err)

	text = `{"name":"Bob Lee","slack":"U0BOB","aliases":["Bob"],"products":["Storage"]}`
	engineer, ok, err := setup.Decode[setup.Engineer](stored(text))
	read(t, text, bob, engineer, ok, err)

	text = `{"kind":"swap","who":{"slack":"U0ANA","name":"Ana"},"with":{"name":"Dan"},"from":"2026-03-09T12:00:00Z","to":"2026-03-09T13:00:00Z"}`
	absence, ok, err := setup.Decode[setup.Absence](stored(text))
	read(t, text, setup.Absence{Kind: setup.Swap, Who: setup.Person{Slack: "U0ANA", Name: "Ana"}, With: setup.Person{Name: "Dan"}, From: at, To: at.Add(time.Hour)}, absence, ok, err)

	text = `{"until":"2026-03-09T12:00:00Z"}`
	pause, ok, err := setup.Decode[setup.Pause](stored(text))
	read(t, text, setup.Pause{Until: at}, pause, ok, err)

	text = `{"users":["U0HANA"]}`
	admins, ok, err := setup.Decode[setup.Admins](stored(text))
	read(t, text, setup.Admins{Users: []string{hana}}, admins, ok, err)

	if _, isSet, err := setup.Decode[setup.Channel](stored("")); isSet || err != nil {
		t.Errorf("taken back: set %t, %v", isSet, err)
	}
	if _, isSet, err := setup.Decode[setup.Channel](stored(`{"policy":"teams","colour":"blue"}`)); !isSet || err != nil {
		t.Errorf("with something of a later version: set %t, %v", isSet, err)
	}
	if _, isSet, err := setup.Decode[setup.Channel](stored(`[`)); isSet || err == nil {
		t.Error("something broken was read")
	}
}
