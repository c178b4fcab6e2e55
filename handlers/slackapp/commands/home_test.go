package commands_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/home"
)

// home opens somebody's home tab and waits until it says something.
func (w *world) home(user, says string) string {
	w.t.Helper()
	if err := w.OpenHome(user); err != nil {
		w.t.Fatal(err)
	}
	var shown string
	w.waits("the home tab", func() bool {
		v, ok := w.Home(user)
		shown = read(v.Blocks)
		return ok && strings.Contains(shown, says)
	})
	return shown
}

// reminded has a reminder stand in a timeline's thread that mentions somebody.
func (w *world) reminded(t escalation.Timeline, user string) {
	w.t.Helper()
	t.Version = 1
	t.Posts = []escalation.Posting{{TS: "1.000001", Tier: 1, Round: 1}}
	posted := escalation.Event{Timeline: t.ID, At: w.now(), Kind: escalation.EventPosted, Tier: 1, Details: escalation.Details{Round: 1, Mentioned: []string{user}}}
	saved, err := w.store.Save(w.t.Context(), []escalation.Change{{Timeline: &t, Events: []escalation.Event{posted}}})
	if err != nil || saved[0] != escalation.SavedOK {
		w.t.Fatalf("%v, %v", saved, err)
	}
}

func TestTheHomeTabShowsWhatIsMine(t *testing.T) {
	w := newWorld(t)
	empty := w.home(member, "Nothing waits for you")
	says(t, empty, "*On shift*: Ana Silva", "*Nobody is on shift*", "2 hours", "I had nothing to remind of in the last 7 days", "I watch 1 channel", "/sla help")

	ts := w.open(team, other, 5*time.Minute, "41", "42", "43")
	w.reminded(ts[0], member)
	w.reminded(ts[1], bob)
	owned := ts[2]
	owned.Version, owned.Owner = 1, escalation.Owner{User: member, Name: "Ana Silva", Since: w.now()}
	if saved, err := w.store.Save(t.Context(), []escalation.Change{{Timeline: &owned}}); err != nil || saved[0] != escalation.SavedOK {
		t.Fatalf("%v, %v", saved, err)
	}
	foreign := w.open("T0ELSE", other, 5*time.Minute, "99")
	w.reminded(foreign[0], member)

	mine := w.home(member, "Ticket 41")
	says(t, mine, "Ticket 43", "Ana Silva is on it", "left until the deadline")
	keepsQuiet(t, mine, "Ticket 42", "Ticket 99")
}

func TestTheHomeTabIsRefreshedByItsButton(t *testing.T) {
	w := newWorld(t)
	w.home(member, "Nothing waits for you")
	v, _ := w.Home(member)
	ts := w.open(team, other, 5*time.Minute, "41")
	w.reminded(ts[0], member)
	w.clicks(member, v, "slabuddy_home_refresh", "")
	w.waits("the ticket", func() bool {
		v, _ := w.Home(member)
		return strings.Contains(read(v.Blocks), "Ticket 41")
	})
}

// Rule 23: an owner hands their tickets over where they see them.
func TestAnOwnerHandsOverOnTheHomeTab(t *testing.T) {
	w := newWorld(t)
	ts := w.open(team, other, 5*time.Minute, "41", "42")
	w.reminded(ts[0], member)
	owned := ts[1]
	owned.Version, owned.Owner = 1, escalation.Owner{User: member, Name: "Ana Silva", Since: w.now()}
	if saved, err := w.store.Save(t.Context(), []escalation.Change{{Timeline: &owned}}); err != nil || saved[0] != escalation.SavedOK {
		t.Fatalf("%v, %v", saved, err)
	}
	w.home(member, "Ticket 42")
	v, _ := w.Home(member)
	if n := strings.Count(string(v.Blocks), home.ActionHandOver); n != 1 {
		t.Fatalf("%d menus, want one, of the ticket that is theirs", n)
	}
	w.clicks(member, v, home.ActionHandOver, "slabuddy_home/"+owned.ID, bob)
	w.waits("what came of it", func() bool {
		v, _ := w.Home(member)
		return strings.Contains(read(v.Blocks), "Handed "+owned.ID+" of "+team+" from Ana Silva to "+bob+".")
	})
}
