package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

const own = "/own"

// setUp opens the modal of a channel.
func (w *world) setUp(user, channel, says string) slacktest.View {
	w.t.Helper()
	if said := w.types(user, channel, "/sla-setup"); said != "" {
		w.t.Fatalf("said at once: %s", said)
	}
	return w.modal(user, says)
}

// submits submits a modal and returns what it shows then.
func (w *world) submits(user string, v slacktest.View, filled slacktest.Values) slacktest.Ack {
	w.t.Helper()
	ack, err := w.Submit(user, v.ID, filled)
	if err != nil || !ack.OK() {
		w.t.Fatalf("submit: %+v, %v", ack, err)
	}
	return ack
}

func (w *world) clicks(user string, v slacktest.View, action, block string, chosen ...string) {
	w.t.Helper()
	ack, err := w.Press(user, slacktest.Container{View: v.ID}, slacktest.Control{Action: action, Block: block, Chosen: chosen})
	if err != nil || !ack.OK() {
		w.t.Fatalf("click %s: %+v, %v", action, ack, err)
	}
}

func TestAChannelIsSetUpWithoutLeavingSlack(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, channel, "I do not watch <#"+channel+"> yet")
	says(t, read(v.Blocks), "/invite @SLA Buddy", "Ana Silva") // whom the default policy would ping now

	w.clicks(admin, v, "slabuddy_setup_policy", "", own)
	v = w.modal(admin, "*Tier 1*")
	w.clicks(admin, v, "slabuddy_setup_add", "")
	v = w.modal(admin, "*Tier 2*")

	// Wrong: beside the fields.
	ack := w.submits(admin, v, slacktest.Values{
		"tier_1_after": {"soon"}, "tier_1_notify": {"on-shift"}, "tier_2_after": {"20m"}, "tier_2_notify": {"@nobody"},
	})
	errs := map[string]string{}
	for block, words := range ack.Errors {
		name, _, _ := strings.Cut(block, "@")
		errs[name] = words
	}
	says(t, errs["tier_1_after"], "10m")
	if len(ack.Errors) == 0 || ack.ResponseAction != "errors" {
		t.Fatalf("%+v", ack)
	}
	if _, watched := w.book.Settings(team).Channels[channel]; watched {
		t.Fatal("something is in force already")
	}

	ack = w.submits(admin, v, slacktest.Values{"tier_1_after": {"5m"}, "tier_2_notify": {"@nobody"}})
	if len(ack.Errors) != 1 {
		t.Errorf("%+v", ack.Errors)
	}

	// Right: in force.
	ack = w.submits(admin, v, slacktest.Values{"tier_2_notify": {"@support"}, "tier_2_people": {"U0CY"}, "tier_2_message": {"Ticket {{.Ticket.ID}} burns."}, "deadline": {"1h"}})
	if ack.ResponseAction != "update" {
		t.Fatalf("%+v %s", ack, ack.Body)
	}
	w.modal(admin, "Saved. I watch <#"+channel+">")
	settings := w.book.Settings(team)
	want := policy.Policy{Name: setup.OwnPolicy, Deadline: time.Hour, Tiers: []policy.Tier{
		{After: 5 * time.Minute, Notify: []string{"on-shift"}},
		{After: 20 * time.Minute, Notify: []string{"@support", "U0CY"}, Message: "Ticket {{.Ticket.ID}} burns."},
	}}
	if diff := cmp.Diff(want, settings.Policies[settings.Channels[channel].For("")]); diff != "" {
		t.Errorf("in force (-want +got):\n%s", diff)
	}
	if c := w.book.View(team).Channels[channel]; c.By != admin || !c.At.Equal(start) {
		t.Errorf("signed %+v", c.Mark)
	}
	if _, elsewhere := w.book.Settings("T0ELSE").Channels[channel]; elsewhere {
		t.Error("another workspace sees it")
	}

	// Submitted twice: nothing twice.
	again := w.Repeat(ack)
	if !again.OK() || again.ResponseAction == "errors" {
		t.Errorf("%+v %s", again, again.Body)
	}
	if versions, err := w.book.History(t.Context(), team, setup.ChannelScope(channel), 10); err != nil || len(versions) != 1 {
		t.Errorf("%d versions, %v", len(versions), err)
	}
	w.submitsNothingNew(channel)
}

// submitsNothingNew opens the modal once more: it shows what is set.
func (w *world) submitsNothingNew(channel string) {
	w.t.Helper()
	v := w.setUp(admin, channel, "*Tier 2*")
	says(w.t, read(v.Blocks), `"initial_value":"5m"`, `"initial_users":["U0CY"]`, "Version 1", "as <@"+admin+"> set it")
}

func TestAPolicyWithANameIsChosenAndTakenBack(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, channel, "I do not watch")
	w.submits(admin, v, slacktest.Values{"slabuddy_setup_policy": {"teams"}})
	if got := w.book.Settings(team).Channels[channel].For(""); got != "teams" {
		t.Fatalf("policy %q", got)
	}

	w.pass(time.Minute)
	v = w.setUp(admin, channel, "Stop watching")
	w.submits(admin, v, slacktest.Values{"slabuddy_setup_policy": {"enterprise"}, "by_priority": {"low: teams"}})

	v = w.setUp(admin, channel, "Version 2")
	w.clicks(admin, v, "slabuddy_setup_undo", "")
	v = w.modal(admin, "It is as it was in version 1")
	if got := w.book.Settings(team).Channels[channel].For("low"); got != "teams" {
		t.Errorf("policy %q after undo", got)
	}
	if got := w.book.Settings(team).Channels[channel].For("high"); got != "teams" {
		t.Errorf("policy %q after undo", got)
	}

	w.clicks(admin, v, "slabuddy_setup_stop", "")
	w.modal(admin, "I do not watch this channel any more")
	if _, watched := w.book.Settings(team).Channels[channel]; watched {
		t.Error("still watched")
	}
	versions, err := w.book.History(t.Context(), team, setup.ChannelScope(channel), 10)
	if err != nil || len(versions) != 4 {
		t.Errorf("%d versions, %v", len(versions), err)
	}
}

func TestATierIsRemovedAgain(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, channel, "I do not watch")
	w.clicks(admin, v, "slabuddy_setup_policy", "", own)
	for range 7 {
		before := read(w.modal(admin, "*Tier 1*").Blocks)
		w.clicks(admin, v, "slabuddy_setup_add", "")
		w.waits("another tier", func() bool { return read(w.Views(admin)[0].Blocks) != before })
	}
	v = w.modal(admin, "*Tier 8*")
	keepsQuiet(t, read(v.Blocks), "slabuddy_setup_add")
	w.clicks(admin, v, "slabuddy_setup_drop", "")
	w.waits("a tier less", func() bool { return !strings.Contains(read(w.Views(admin)[0].Blocks), "*Tier 8*") })
	says(t, read(w.Views(admin)[0].Blocks), "*Tier 7*", "slabuddy_setup_add")
}

func TestWhatTheFileSetsIsShownAndStays(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, other, "is set in slabuddy.yaml")
	says(t, read(v.Blocks), "*teams*", "Ana Silva")
	if v.Submit != nil && string(v.Submit) != "null" {
		t.Errorf("it can be submitted: %s", v.Submit)
	}
	keepsQuiet(t, read(v.Blocks), "slabuddy_setup_stop", "slabuddy_setup_policy")
}

func TestWhoMayNotSetUpIsToldSo(t *testing.T) {
	w := newWorld(t)
	w.types(member, channel, "/sla-setup")
	v := w.modal(member, "Only admins of this workspace")
	if v.Submit != nil && string(v.Submit) != "null" {
		t.Errorf("it can be submitted: %s", v.Submit)
	}
	// It is known by now, and said without a window.
	says(t, w.types(member, channel, "/sla-setup"), "Only admins")
	says(t, w.types(member, channel, "/add-support-engineer"), "Only admins")
	if n := len(w.Calls("views.open")); n != 1 {
		t.Errorf("%d windows were opened", n)
	}
}

func TestWhoIsNamedAmongTheAdminsMaySetUp(t *testing.T) {
	w := newWorld(t)
	w.file.Admins = []string{member}
	w.book.SetBase(&w.file, "")
	w.setUp(member, channel, "I do not watch")
	if n := len(w.Calls("users.info")); n != 0 {
		t.Errorf("Slack was asked %d times", n)
	}
}

func TestSomebodyElseWasFaster(t *testing.T) {
	w := newWorld(t)
	w.file.Admins = []string{member}
	w.book.SetBase(&w.file, "")
	mine := w.setUp(admin, channel, "I do not watch")
	theirs := w.setUp(member, channel, "I do not watch")
	w.submits(member, theirs, slacktest.Values{"slabuddy_setup_policy": {"teams"}})
	ack := w.submits(admin, mine, slacktest.Values{"slabuddy_setup_policy": {"enterprise"}})
	if len(ack.Errors) != 1 {
		t.Fatalf("%+v", ack)
	}
	for _, words := range ack.Errors {
		says(t, words, "Somebody else has changed this")
	}
	if got := w.book.Settings(team).Channels[channel].For(""); got != "teams" {
		t.Errorf("policy %q", got)
	}
}

// The right is asked for again when a modal is submitted: one that was left open is worth nothing to an admin who
// is one no more, nor while Slack cannot say.
func TestADemotedAdminsOpenModalCountsForNothing(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, channel, "I do not watch")
	away := w.Inject(slacktest.Fault{Method: "users.info", Do: slacktest.Status(503)})
	refused := func(want string) {
		t.Helper()
		ack := w.submits(admin, v, nil)
		for _, words := range ack.Errors {
			says(t, words, want)
		}
		if _, watched := w.book.Settings(team).Channels[channel]; watched || len(ack.Errors) != 1 {
			t.Errorf("watched: %v, %+v", watched, ack.Errors)
		}
	}
	refused("could not do that just now")
	away.Clear()
	w.AddUser(slacktest.User{ID: admin, Name: "hana"})
	refused("Only admins of this workspace")
	w.AddUser(slacktest.User{ID: admin, Name: "hana", Admin: true})
	w.submits(admin, v, nil)
	if _, watched := w.book.Settings(team).Channels[channel]; !watched {
		t.Error("nor to one who is an admin again")
	}
}

// Rule 29: an admin sets up the channels that they read, and no private one that they have left or never were in.
func TestAChannelIsSetUpByWhoReadsIt(t *testing.T) {
	w := newWorld(t)
	w.AddChannel(slacktest.Channel{ID: "C0SECRET", Name: "secret", Private: true, Members: []string{admin, bob, w.Options().App.UserID}})
	w.types(admin, "C0SECRET", "/sla-setup")
	v := w.modal(admin, "I do not watch")
	if err := w.Leave(admin, "C0SECRET"); err != nil {
		t.Fatal(err)
	}
	ack := w.submits(admin, v, nil)
	for _, words := range ack.Errors {
		says(t, words, "I cannot see that you are in this channel")
	}
	if _, watched := w.book.Settings(team).Channels["C0SECRET"]; watched || len(ack.Errors) != 1 {
		t.Errorf("watched: %v, %+v", watched, ack.Errors)
	}
}

// What comes back from a modal is held to its form.
func TestIdsFromAModalThatAreNoneChangeNothing(t *testing.T) {
	w := newWorld(t)
	before := w.book.View(team)
	for _, view := range []string{
		`{"id":"V1","callback_id":"slabuddy_setup_channel","private_metadata":"{\"channel\":\"C0 ENT/x\",\"tiers\":1}","state":{"values":{}}}`,
		`{"id":"V1","callback_id":"slabuddy_setup_channel","private_metadata":"","state":{"values":{}}}`,
		`{"id":"V1","callback_id":"slabuddy_engineer_team","private_metadata":"{}","state":{"values":{"user@0":{"slabuddy_engineer_user":{"selected_user":"../admins"}}}}}`,
	} {
		payload := `{"type":"view_submission","team":{"id":"` + team + `"},"user":{"id":"` + admin + `","team_id":"` + team + `"},"view":` + view + `}`
		if _, err := w.app.Interaction(t.Context(), []byte(payload)); err != nil {
			t.Error(err)
		}
	}
	many := `{"type":"block_actions","team":{"id":"` + team + `"},"user":{"id":"` + admin + `","team_id":"` + team + `"},"actions":[{"action_id":"slabuddy_setup_drop"}],` +
		`"view":{"id":"V1","callback_id":"slabuddy_setup_channel","private_metadata":"{\"channel\":\"C0ENT\",\"tiers\":2147483647}","state":{"values":{}}}}`
	if _, err := w.app.Interaction(t.Context(), []byte(many)); err != nil {
		t.Error(err)
	}
	if after := w.book.View(team); after != before {
		t.Error("something was set")
	}
}

func TestAWindowThatCouldNotBeOpenedIsExplained(t *testing.T) {
	w := newWorld(t)
	w.Inject(slacktest.Fault{Method: "views.open", Do: slacktest.Refused("expired_trigger_id")})
	w.types(admin, channel, "/sla-setup")
	w.waits("an explanation", func() bool { return len(w.Ephemerals(admin)) == 1 })
	says(t, w.Ephemerals(admin)[0].Text, "Slack took too long", "once more")
}

// Slack's three seconds are kept whatever its own API does.
func TestACommandIsAnsweredWhileSlackHangs(t *testing.T) {
	w := newWorld(t)
	release := make(chan struct{})
	defer close(release)
	w.Inject(slacktest.Fault{Do: slacktest.Hang(release)})
	for _, command := range []string{"/sla-setup", "/add-support-engineer", "/sla away <@U0BOB> today"} {
		w.types(admin, channel, command)
	}
	says(t, w.types(admin, channel, "/sla who"), "On shift")
}

// What the file sets stays what is shown, however often it is looked at.
func TestLookingAgainShowsWhatTheFileSets(t *testing.T) {
	w := newWorld(t)
	w.types(admin, other, "/sla-setup")
	v := w.modal(admin, "is set in slabuddy.yaml")
	says(t, read(v.Blocks), "*1.* after 1 hour")
	if _, err := w.ClickIn(admin, v.ID, "slabuddy_setup_preview"); err != nil {
		t.Fatal(err)
	}
	w.waits("the modal drawn again", func() bool { return len(w.Calls("views.update")) == 2 })
	says(t, read(w.modal(admin, "is set in slabuddy.yaml").Blocks), "Policy *teams*", "*1.* after 1 hour")
}

// What most teams want is two choices: the usual hours, and the country.
func TestWorkingHoursAreTwoChoices(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, channel, "I do not watch")
	w.clicks(admin, v, "slabuddy_setup_hours", "", own)
	v = w.modal(admin, "Official holidays of")
	says(t, read(v.Blocks), `"initial_value":"mon-fri 09:00-17:00"`, `"initial_value":"Europe/Lisbon"`, "*A ticket that came now would be due* Wed 18 Nov 16:20 WET")
	ack := w.submits(admin, v, slacktest.Values{"country": {"portuguese"}})
	if ack.ResponseAction != "update" {
		t.Fatalf("%+v", ack)
	}
	c := w.book.View(team).Channels[channel]
	want := setup.Channel{Policy: "enterprise", OwnHours: &setup.Hours{Zone: "Europe/Lisbon", Week: []string{"mon-fri 09:00-17:00"}, Country: "portuguese"}}
	if diff := cmp.Diff(want, c.Channel); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// Opened once more it shows what is set, and that the holidays are still to be read.
	v = w.setUp(admin, channel, "The holidays of Portugal are not known yet")
	says(t, read(v.Blocks), "in hours mon-fri 09:00-17:00 (Europe/Lisbon)", `"initial_value":"mon-fri 09:00-17:00"`)
	ack = w.submits(admin, v, slacktest.Values{"week": {"mon-fri 9-17"}, "closed": {"02-30"}})
	if len(ack.Errors) != 2 {
		t.Errorf("%+v", ack)
	}
}

// Saved before the window shows its fields, the usual hours are in force.
func TestTheUsualHoursNeedNoFurtherField(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, channel, "I do not watch")
	w.submits(admin, v, slacktest.Values{"slabuddy_setup_hours": {own}})
	if c := w.book.View(team).Channels[channel]; c.OwnHours == nil || c.OwnHours.Zone == "" {
		t.Errorf("%+v", c.Channel)
	}
}

func TestFurtherClocksAreSetUpInSlack(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, channel, "I do not watch")
	w.clicks(admin, v, "slabuddy_setup_policy", "", own)
	v = w.modal(admin, "*Promised beside the first reply*")
	filled := slacktest.Values{
		"tier_1_after": {"10m before"}, "tier_1_notify": {"on-shift"}, "deadline": {"1h"},
		"next_reply_deadline": {"2h"}, "next_reply_tiers": {"30m before on-shift"},
		"resolution_deadline": {"8h"}, "resolution_tiers": {"1h before: assignee"}, "resolution_pause": {"pending"},
	}
	ack := w.submits(admin, v, filled)
	for block, words := range ack.Errors {
		says(t, block+" "+words, "next_reply_tiers", "Line 1: write when, a colon")
	}
	if len(ack.Errors) != 1 {
		t.Fatalf("%+v", ack)
	}
	filled["next_reply_tiers"] = []string{"30m before: on-shift"}
	w.submits(admin, v, filled)
	v = w.modal(admin, "Saved")
	says(t, read(v.Blocks), "*Each later message of the customer* would have 2 hours", "*It would have to be solved*")
	s := w.book.Settings(team)
	p := s.Policies[s.PolicyFor(channel, escalation.Ticket{})]
	if p.NextReply == nil || p.Resolution == nil || !cmp.Equal(p.Resolution.Pause, []desk.Status{desk.StatusPending}) || p.Tiers[0].Before != 10*time.Minute {
		t.Errorf("%+v", p)
	}
	v = w.setUp(admin, channel, "Promised beside")
	says(t, read(v.Blocks), `"initial_value":"30m before: on-shift"`, `"initial_options"`, "next replies, solutions")
}

// Rule 29: what nobody could type is not read at all.
func TestACommandOfAMegabyteIsNotRead(t *testing.T) {
	w := newWorld(t)
	for _, command := range []string{"/sla ", "/sla away ", "/add-support-engineer "} {
		says(t, w.types(admin, channel, command+strings.Repeat("<@U0ANA> 1h ", 10_000)), "more than I read at once", "/sla who")
	}
}

// Rule 8: who sets a channel up sees which of its tiers can reach nobody, before and after it is saved.
func TestSettingUpSaysWhichTiersReachNobody(t *testing.T) {
	w := newWorld(t)
	const noGroup = "Tier 4 of enterprise reaches nobody: Slack has no user group @head-of-success"
	v := w.setUp(admin, channel, noGroup)
	says(t, read(v.Blocks), "Everybody active in the channel is told instead", "somebody hears of each ticket")

	w.shift.mu.Lock()
	w.shift.in = &calendar.InForce{}
	w.shift.mu.Unlock()
	w.clicks(admin, v, "slabuddy_setup_preview", "")
	v = w.modal(admin, "Tiers 1, 2 and 4 of enterprise reach nobody: without a shift calendar")
	w.submits(admin, v, slacktest.Values{})
	says(t, read(w.modal(admin, "Saved. I watch <#"+channel+">").Blocks), "Tiers 1, 2 and 4 of enterprise reach nobody")

	v = w.setUp(admin, channel, "How I watch <#"+channel+">")
	w.clicks(admin, v, "slabuddy_setup_policy", "", own)
	v = w.modal(admin, "*Tier 1*")
	w.submits(admin, v, slacktest.Values{"tier_1_after": {"5m"}, "tier_1_notify": {"@support"}})
	if saved := read(w.modal(admin, "Saved. I watch <#"+channel+">").Blocks); strings.Contains(saved, "nobody") {
		t.Errorf("of a group that there is it says: %s", saved)
	}
}
