package commands_test

import (
	"context"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// replay runs what is stored of a channel through other settings.
func (w *world) replay(ctx context.Context, workspace, channel string, since time.Time, trying *escalation.Settings) (replay.Result, error) {
	q := replay.Query{From: since, Workspace: workspace, Channel: channel}
	conditions := func(context.Context, string) (replay.Conditions, error) {
		return replay.Conditions{Settings: trying, Directory: groups{}}, nil
	}
	return replay.Make(ctx, w.store, q, conditions, w.now(), time.UTC)
}

// Rule 26: before a change is saved, whoever may set up sees what the last 30 days would have been like under it, and
// what nobody can know.
func TestWhatTheLastDaysWouldHaveBeenLikeIsSeenBeforeSaving(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, channel, "I do not watch")
	says(t, read(v.Blocks), "*Look again* also says what the last 30 days would have been like")
	look := func(says string) string {
		t.Helper()
		vs := w.Views(admin)
		if _, err := w.ClickIn(admin, vs[len(vs)-1].ID, "slabuddy_setup_preview"); err != nil {
			t.Fatal(err)
		}
		return read(w.modal(admin, says).Blocks)
	}
	look("In the last 30 days no ticket came in here.")
	w.open(team, channel, 5*time.Hour, "41")
	w.open(team, other, 5*time.Hour, "42")
	seen := look("*The last 30 days under this:* reminders 0 → 4, by night")
	says(t, seen, "breaches 1 as before.", "No ticket comes to another end.", "People would have acted otherwise")
	keepsQuiet(t, seen, "42")
}

// looksAgain presses the button, and waits until the modal is drawn again.
func (w *world) looksAgain(v slacktest.View) {
	w.t.Helper()
	before := len(w.Calls("views.update"))
	if _, err := w.ClickIn(admin, v.ID, "slabuddy_setup_preview"); err != nil {
		w.t.Fatal(err)
	}
	w.waits("the modal drawn again", func() bool {
		updates := w.Calls("views.update")
		return len(updates) > before && updates[len(updates)-1].Accepted
	})
}

// A replay that is asked for without the right is none: a window that is still open shows nothing to somebody who is
// an admin no more.
func TestTheLastDaysAreNotShownToWhoeverMayNotSetUp(t *testing.T) {
	w := newWorld(t)
	v := w.setUp(admin, channel, "I do not watch")
	w.open(team, channel, 5*time.Hour, "41")
	w.AddUser(slacktest.User{ID: admin, Name: "hana"})
	w.looksAgain(v)
	vs := w.Views(admin)
	keepsQuiet(t, read(vs[len(vs)-1].Blocks), "The last 30 days under this", "Ticket 41")
}

// Nor to somebody who is not in the channel any more: it names tickets.
func TestTheLastDaysAreNotShownToWhoHasLeftTheChannel(t *testing.T) {
	const secret = "C0SECRET"
	w := newWorld(t)
	w.AddChannel(slacktest.Channel{ID: secret, Name: "secret", Private: true, Members: []string{admin, bob, w.Options().App.UserID}})
	w.types(admin, secret, "/sla-setup")
	v := w.modal(admin, "I do not watch")
	w.open(team, secret, 5*time.Hour, "41")
	if err := w.Leave(admin, secret); err != nil {
		t.Fatal(err)
	}
	w.looksAgain(v)
	vs := w.Views(admin)
	keepsQuiet(t, read(vs[len(vs)-1].Blocks), "The last 30 days under this", "Ticket 41")
}
