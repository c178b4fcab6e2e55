package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Guests read what everybody may, and change nothing.
func TestGuestsSetNothing(t *testing.T) {
	w := newWorld(t)
	for _, user := range []string{guest, lone} {
		for _, command := range []string{"/sla pause", "/sla resume", "/sla away <@U0ANA>", "/sla away", "/sla swap <@U0BOB>"} {
			says(t, w.types(user, other, command), "full members", "changed nothing")
		}
		says(t, w.types(user, other, "/sla help"), "/sla who")
	}
	if view := w.book.View(team); len(view.Absences) > 0 || !view.Settings.Paused[other].IsZero() {
		t.Errorf("set all the same: %+v, %v", view.Absences, view.Settings.Paused)
	}
}

func TestWhoIsDeactivatedSetsNothing(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(bob, other, "/sla away"), "Bob Lee is away")
	w.pass(10 * time.Minute)
	if err := w.Deactivate(bob); err != nil {
		t.Fatal(err)
	}
	if ack, err := w.Command(bob, other, "/sla", "away off"); err == nil && !strings.Contains(string(ack.Body), "full members") {
		t.Errorf("answered %s", ack.Body)
	}
	if n := len(w.book.View(team).Absences); n != 1 {
		t.Errorf("%d absences, want the one from before", n)
	}
}

// An hour of quiet is anybody's; more takes the right to set up.
func TestALongPauseTakesTheRight(t *testing.T) {
	w := newWorld(t)
	w.types(member, other, "/sla pause 61m")
	w.hears(member, "more than an hour", "I changed nothing")
	if until := w.book.View(team).Settings.Paused[other]; !until.IsZero() {
		t.Errorf("paused until %s", until)
	}
	says(t, w.types(member, other, "/sla pause 61m"), "more than an hour") // it is known by now
	says(t, w.types(member, other, "/sla pause 1h"), "I remind nobody in this channel until")
	w.types(admin, other, "/sla pause 2h")
	w.hears(admin, "I remind nobody in this channel until")
	if got := w.book.View(team).Settings.Paused[other]; !got.Equal(start.Add(2 * time.Hour)) {
		t.Errorf("paused until %s", got)
	}
}

// Two weeks are a holiday; more takes the right to set up.
func TestALongAbsenceTakesTheRight(t *testing.T) {
	w := newWorld(t)
	for _, command := range []string{"/sla away until 2027-11-01", "/sla swap <@U0BOB> until 2026-12-10", "/sla away for 15 days"} {
		w.types(member, channel, command)
		w.hears(member, "more than two weeks", "I changed nothing")
	}
	if n := len(w.book.View(team).Absences); n != 0 {
		t.Errorf("%d absences", n)
	}
	says(t, w.types(member, channel, "/sla away for 14 days"), "Ana Silva is away")
	w.types(admin, channel, "/sla away <@U0BOB> until 2026-12-24")
	w.hears(admin, "Bob Lee is away")
}

// What colleagues may say for two weeks, they cannot say again and again: not while it lasts, not by a swap, and not by
// taking it back first.
func TestAnAbsenceIsNotRenewedForEver(t *testing.T) {
	w := newWorld(t)
	renewals := []string{"/sla away for 14 days", "/sla swap <@U0BOB> for 14 days"}
	refused := func() {
		t.Helper()
		for _, command := range renewals {
			w.types(member, channel, command)
			w.hears(member, "more than two weeks in a row", "I changed nothing")
		}
	}
	says(t, w.types(member, channel, "/sla away for 14 days"), "Ana Silva is away")
	w.pass(13 * 24 * time.Hour)
	refused()
	says(t, w.types(member, channel, "/sla away off"), "Ana Silva is counted in again")
	refused()
	w.pass(2 * 24 * time.Hour)
	says(t, w.types(member, channel, "/sla away for 14 days"), "Ana Silva is away")
	w.pass(14 * 24 * time.Hour)
	refused()
}

// Whoever leaves hours with nobody on shift is not the only one to know.
func TestARosterThatIsEmptiedIsTold(t *testing.T) {
	w := newWorld(t)
	w.types(member, channel, "/sla swap <@U0BOB> for 2h")
	if len(w.emptied) != 0 {
		t.Fatalf("told %q, though Bob is on", w.emptied)
	}
	w.types(bob, channel, "/sla away for 2h")
	if len(w.emptied) != 1 {
		t.Fatalf("told %q, want once", w.emptied)
	}
	says(t, w.emptied[0], team, "Nobody is on shift", "Bob Lee", "/sla who")
	w.types(bob, channel, "/sla away for 2h")
	if len(w.emptied) != 1 {
		t.Errorf("told again: %q", w.emptied)
	}
}

// hears waits until somebody alone was told words, at once or later.
func (w *world) hears(user string, words ...string) {
	w.t.Helper()
	last := func() string {
		all := w.Ephemerals(user)
		if len(all) == 0 {
			return ""
		}
		return all[len(all)-1].Text
	}
	w.waits("told "+words[0], func() bool { return strings.Contains(last(), words[0]) })
	says(w.t, last(), words...)
}

// Whoever may not read a private channel learns that something waits there, and no more. Guests may read those
// channels that they are in.
func TestListsShowWhatTheirReaderMayRead(t *testing.T) {
	w := newWorld(t)
	const private = "C0PRIVATE"
	w.AddChannel(slacktest.Channel{ID: private, Name: "acquisition", Private: true, Members: []string{member}})
	if err := w.Leave(lone, other); err != nil {
		t.Fatal(err)
	}
	w.open(team, private, 5*time.Minute, "41")
	ts := w.open(team, other, 4*time.Minute, "42")
	for user, reads := range map[string]struct{ private, public bool }{member: {true, true}, bob: {false, true}, guest: {false, true}, lone: {false, false}} {
		shown := 0
		if reads.private {
			shown++
		}
		if reads.public {
			shown++
		}
		all := w.types(user, channel, "/sla all")
		says(t, all, "2 tickets wait", "Ticket 41", "Ticket 42")
		if got := strings.Count(all, "burns"); got != shown || strings.Count(all, "a channel that you do not read") != 2-shown {
			t.Errorf("%s reads %d subjects, want %d:\n%s", user, got, shown, all)
		}
	}
	// So does the home tab of somebody who was mentioned and has left since.
	w.reminded(ts[0], lone)
	keepsQuiet(t, w.home(lone, "a channel that you do not read"), "burns")

	w.Inject(slacktest.Fault{Method: "conversations.info", Do: slacktest.Status(503)})
	w.Inject(slacktest.Fault{Method: "users.conversations", Do: slacktest.Status(503)})
	w.pass(10 * time.Minute)
	keepsQuiet(t, w.types(member, channel, "/sla all"), "burns")
}
