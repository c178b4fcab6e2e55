package act

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// actionsStore holds one timeline, which goes stale as often as it is told.
type actionsStore struct {
	loader
	stale   int
	broken  error // what saving comes to
	changes []escalation.Change
}

func (s *actionsStore) Save(_ context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	s.changes = append(s.changes, changes...)
	if s.broken != nil {
		return nil, s.broken
	}
	if s.stale > 0 {
		s.stale--
		s.Timelines[0].Version++
		return []escalation.Saved{escalation.SavedStale}, nil
	}
	return []escalation.Saved{escalation.SavedOK}, nil
}

func actions(s ActionsStore, desk desk.HelpDesk) *Actions {
	d, _ := escalationtest.Deps(func() time.Time { return at(12) })
	d.Desk = desk
	return &Actions{Deps: d, Store: s}
}

func holding(ts ...escalation.Timeline) *actionsStore {
	return &actionsStore{loader: loader{Timelines: ts}}
}

// everyButton presses each of them.
func everyButton(t *testing.T, s ActionsStore, desk desk.HelpDesk, c escalation.Click) map[string]escalation.NoteKind {
	t.Helper()
	a := actions(s, desk)
	said := map[string]escalation.NoteKind{}
	for name, press := range map[string]func() (escalation.Note, error){
		"snooze":   func() (escalation.Note, error) { return a.Snooze(t.Context(), c, 0) },
		"unsnooze": func() (escalation.Note, error) { return a.Unsnooze(t.Context(), c) },
		"own":      func() (escalation.Note, error) { return a.Own(t.Context(), c) },
		"check":    func() (escalation.Note, error) { return a.CheckAgain(t.Context(), c) },
		"why":      func() (escalation.Note, error) { return a.Why(t.Context(), c) },
	} {
		note, err := press()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		equal(t, name+" answers", note.User, c.User)
		said[name] = note.Kind
	}
	return said
}

// A button of something that is not there, or not of this thread, finds nothing and changes nothing.
func TestClickThatFitsNoReminderFindsNothing(t *testing.T) {
	tl := enterprise(inStates(escalation.TierPosted), func(tl *escalation.Timeline) { tl.Tiers[0].Round = 2 })
	fits := clickBy("U0ANA", "ana", at(12))
	edit := func(f func(*escalation.Click)) escalation.Click { c := fits; f(&c); return c }
	for _, tt := range []struct {
		name  string
		click escalation.Click
		found bool
	}{
		{"a reminder of before", fits, true},
		{"the latest", edit(func(c *escalation.Click) { c.Round = 2 }), true},
		{"its message's thread is not known", edit(func(c *escalation.Click) { c.TS = "" }), true},
		{"another workspace", edit(func(c *escalation.Click) { c.Workspace = "T0OTHER" }), false},
		{"another channel", edit(func(c *escalation.Click) { c.Channel = "C0OTHER" }), false},
		{"another thread", edit(func(c *escalation.Click) { c.TS = "1772442000.000101" }), false},
		{"no tier", edit(func(c *escalation.Click) { c.Tier = 0 }), false},
		{"a tier the policy does not have", edit(func(c *escalation.Click) { c.Tier = 5 }), false},
		{"a tier that no reminder was made for", edit(func(c *escalation.Click) { c.Tier = 2 }), false},
		{"no round", edit(func(c *escalation.Click) { c.Round = 0 }), false},
		{"a round that was never", edit(func(c *escalation.Click) { c.Round = 3 }), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			equal(t, "fits", tt.click.Of(tl), tt.found)
			if !tt.found {
				s := holding(tl)
				for button, kind := range everyButton(t, s, escalationtest.Saying{Status: desk.Answered}, tt.click) {
					equal(t, button, kind, escalation.NoteGone)
				}
				equal(t, "saved", len(s.changes), 0)
			}
		})
	}
	t.Run("the timeline is purged", func(t *testing.T) {
		for button, kind := range everyButton(t, holding(), escalationtest.Saying{}, fits) {
			equal(t, button, kind, escalation.NoteGone)
		}
	})
}

// Rule 29: from outside its channel a ticket is taken, and handed on, only by who may read it there.
func TestATicketIsTakenOnlyByWhoReadsItsChannel(t *testing.T) {
	for name, c := range map[string]struct {
		workspace, channel string // of the click
		reads              bool
		want               escalation.NoteKind
		refused            escalation.Refusal
	}{
		"in its own channel":               {"T0ACME", "C0ENTERPRISE", false, escalation.NoteAssigned, ""},
		"elsewhere, by a reader":           {"T0ACME", "C0SHIFT", true, escalation.NoteAssigned, ""},
		"elsewhere, by who is not in it":   {"T0ACME", "C0SHIFT", false, escalation.NoteNotAssigned, escalation.RefusedUnread},
		"on the home tab, by a reader":     {"T0ACME", "", true, escalation.NoteAssigned, ""},
		"on the home tab, no longer in it": {"T0ACME", "", false, escalation.NoteNotAssigned, escalation.RefusedUnread},
		"from another workspace":           {"T0OTHER", "C0ENTERPRISE", true, escalation.NoteGone, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := holding(enterprise(inStates(escalation.TierPosted)))
			a := actions(s, escalationtest.Saying{})
			a.Reads = func(_ context.Context, workspace, user, channel string) bool {
				equal(t, "asked about", []string{workspace, user, channel}, []string{"T0ACME", "U0ANA", "C0ENTERPRISE"})
				return c.reads
			}
			click := clickBy("U0ANA", "ana", at(12))
			click.Thread, click.Tier, click.Round = escalation.Thread{Workspace: c.workspace, Channel: c.channel}, 0, 0
			note, err := a.AssignElsewhere(t.Context(), click, "me")
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "answer", note.Kind, c.want)
			equal(t, "refused", note.Refused, c.refused)
			equal(t, "changed something", len(s.changes) > 0, c.want == escalation.NoteAssigned)
		})
	}
}

func TestButtonsOfAClosedTimelineOnlyAnswer(t *testing.T) {
	s := holding(enterprise(inStates(escalation.TierPosted), closed(escalation.Answered)))
	original, _ := reminding(t)
	s.History = []escalation.Event{escalationtest.Decided(t, original)}
	equal(t, "answers", everyButton(t, s, escalationtest.Saying{Status: desk.Answered}, clickBy("U0ANA", "ana", at(12))),
		map[string]escalation.NoteKind{"snooze": escalation.NoteClosed, "unsnooze": escalation.NoteClosed, "own": escalation.NoteClosed, "check": escalation.NoteClosed, "why": escalation.NoteWhy})
	equal(t, "saved", len(s.changes), 0)
	note, err := actions(s, escalationtest.Saying{Status: desk.Answered}).CheckAgain(t.Context(), clickBy("U0ANA", "ana", at(12)))
	equal(t, "checked", note.Asked, escalation.AskedCheck)
	equal(t, "error", err, nil)
	_, note = escalation.CheckAgain(s.Timelines[0], "U0ANA", facts(at(12))) // closed while the help desk was asked
	equal(t, "checked meanwhile", note.Asked, escalation.AskedCheck)
}

// Rule 10 holds for a click as for a mention.
func TestSnoozeByClick(t *testing.T) {
	waits := enterprise(inStates(escalation.TierPosted), standing(1))
	nothing := enterprise(inStates(escalation.TierPosted, escalation.TierPosted, escalation.TierPosted, escalation.TierPosted), standing(4))
	for _, tt := range []struct {
		name   string
		t      escalation.Timeline
		length time.Duration
		want   escalation.Note // as far as it is worth a look
	}{
		{"the default length", waits, 0, escalation.Note{Kind: escalation.NoteSnoozed, For: 30 * time.Minute, Until: at(50)}},
		{"another length, beyond the deadline", waits, 31 * time.Minute, escalation.Note{Kind: escalation.NoteSnoozed, For: 31 * time.Minute, Until: at(51), BeyondDeadline: true}},
		{"cut at max_snooze", waits, 9 * time.Hour, escalation.Note{Kind: escalation.NoteSnoozed, For: 232 * time.Minute, Capped: true, Until: at(252), BeyondDeadline: true}},
		{"nonsense is the default length", waits, -time.Hour, escalation.Note{Kind: escalation.NoteSnoozed, For: 30 * time.Minute, Until: at(50)}},
		{"nothing is pending", nothing, time.Hour, escalation.Note{Kind: escalation.NoteNothing}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, note := escalation.SnoozeByClick(tt.t, clickBy("U0ANA", "ana", at(11.9)), tt.length, facts(at(12)))
			equal(t, "note", escalation.Note{Kind: note.Kind, For: note.For, Capped: note.Capped, Until: note.Until, BeyondDeadline: note.BeyondDeadline}, tt.want)
			if tt.want.Kind == escalation.NoteNothing {
				equal(t, "change", c, escalation.Change{})
				return
			}
			equal(t, "deadline", note.Deadline, at(50))
			want, _ := escalation.Snooze(tt.t, escalation.Wait{For: max(tt.length, 30*time.Minute), Most: 4 * time.Hour}, at(12), nil)
			want.SnoozedBy, want.SnoozedAt, want.SnoozedFor = "U0ANA", at(11.9), tt.length
			equal(t, "timeline", *c.Timeline, want)
			equal(t, "history", c.Events, []escalation.Event{{Timeline: "tl-1", At: at(12), Kind: escalation.EventSnoozed, Details: escalation.Details{By: "U0ANA", For: tt.want.For, Until: tt.want.Until}}})
			equal(t, "refreshed", keysOf(c), []string{"refresh/tl-1/1/1/0"})
		})
	}
}

// Once the deadline has passed, a snooze goes beyond nothing.
func TestSnoozeAfterTheDeadline(t *testing.T) {
	_, note := escalation.SnoozeByClick(enterprise(inStates(escalation.TierPosted, escalation.TierPosted, escalation.TierPosted)), clickBy("U0ANA", "ana", at(51)), 0, facts(at(51)))
	equal(t, "beyond", note.BeyondDeadline, false)
}

// A double click is meant as one.
func TestDoubleClickSnoozesOnce(t *testing.T) {
	first, _ := escalation.SnoozeByClick(enterprise(inStates(escalation.TierPosted), standing(1)), clickBy("U0ANA", "ana", at(12)), 0, facts(at(12)))
	for _, tt := range []struct {
		name string
		user string
		at   time.Time
		want escalation.NoteKind
	}{
		{"the same click again", "U0ANA", at(12), escalation.NoteTwice},
		{"a double click", "U0ANA", at(12).Add(2999 * time.Millisecond), escalation.NoteTwice},
		{"the later of the two was quicker", "U0ANA", at(12).Add(-2999 * time.Millisecond), escalation.NoteTwice},
		{"once more, meant so", "U0ANA", at(12).Add(3 * time.Second), escalation.NoteSnoozed},
		{"somebody else", "U0BOB", at(12).Add(time.Second), escalation.NoteSnoozed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, note := escalation.SnoozeByClick(*first.Timeline, clickBy(tt.user, "", tt.at), 0, facts(at(12.1)))
			equal(t, "note", note.Kind, tt.want)
			equal(t, "changed", c.Timeline != nil, tt.want == escalation.NoteSnoozed)
			if tt.want == escalation.NoteTwice {
				equal(t, "till when", note.Until, at(50))
			}
		})
	}
}

// A click on an older reminder brings that one up to date too, and the latest, which says who is next.
func TestClickRefreshesTheClickedAndTheLatest(t *testing.T) {
	tl := enterprise(inStates(escalation.TierPosted, escalation.TierPosted, escalation.TierPosted), standing(1, 2, 3))
	for _, tt := range []struct {
		name string
		tier int
		want []string
	}{
		{"an older one", 1, []string{"refresh/tl-1/3/1/0", "refresh/tl-1/1/1/0"}},
		{"the latest", 3, []string{"refresh/tl-1/3/1/0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			click := clickBy("U0ANA", "ana", at(36))
			click.Tier = tt.tier
			c, _ := escalation.SnoozeByClick(tl, click, 0, facts(at(36)))
			equal(t, "snooze", keysOf(c), tt.want)
			c, _ = escalation.Own(tl, click, facts(at(36)))
			equal(t, "own", keysOf(c), tt.want)
		})
	}
	c, _ := escalation.Respond(tl, byAna, escalation.Request{Kind: escalation.RequestSnooze}, facts(at(36)))
	equal(t, "a mention", keysOf(c), []string{"refresh/tl-1/3/1/0"})
}

func TestActionsAreWorkedOutAnewWhenTheTimelineChanged(t *testing.T) {
	s := holding(enterprise(inStates(escalation.TierPosted)))
	s.stale = 2
	note, err := actions(s, escalationtest.Saying{}).Own(t.Context(), clickBy("U0ANA", "ana", at(12)))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "note", note.Kind, escalation.NoteOwned)
	var versions []int64
	for _, c := range s.changes {
		versions = append(versions, c.Timeline.Version)
	}
	equal(t, "worked out from", versions, []int64{0, 1, 2})
}

func TestActionsThatCannotBeSavedSaySo(t *testing.T) {
	for _, tt := range []struct {
		name  string
		store *actionsStore
		want  error
	}{
		{"the timeline keeps changing", &actionsStore{loader: loader{Timelines: []escalation.Timeline{enterprise(inStates(escalation.TierPosted))}}, stale: 100}, flow.ErrContended},
		{"the database is gone", &actionsStore{loader: loader{Timelines: []escalation.Timeline{enterprise(inStates(escalation.TierPosted))}}, broken: context.DeadlineExceeded}, context.DeadlineExceeded},
		{"it cannot be read", &actionsStore{loader: loader{Err: context.DeadlineExceeded}}, context.DeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := actions(tt.store, escalationtest.Saying{}).Snooze(t.Context(), clickBy("U0ANA", "ana", at(12)), 0)
			if !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

// "I replied, check again" closes what the help desk confirms, and tells what it saw else.
func TestCheckAgain(t *testing.T) {
	waits := enterprise(inStates(escalation.TierPosted), standing(1))
	for _, tt := range []struct {
		name   string
		answer desk.Answer
		kind   escalation.NoteKind
		check  *escalation.Check
		state  escalation.TimelineState
	}{
		{"answered", desk.Answer{Status: desk.Answered, RepliedAt: at(11)}, escalation.NoteSettled, &escalation.Check{At: at(12), Status: desk.Answered, RepliedAt: at(11)}, escalation.Answered},
		{"closed without a reply", desk.Answer{Status: desk.Withdrawn, Cause: "solved"}, escalation.NoteSettled, &escalation.Check{At: at(12), Status: desk.Withdrawn, Cause: "solved"}, escalation.Withdrawn},
		{"not answered", desk.Answer{Status: desk.Unanswered}, escalation.NoteUnanswered, &escalation.Check{At: at(12), Status: desk.Unanswered}, escalation.Open},
		{"answered before the ticket's message", desk.Answer{Status: desk.Answered, RepliedAt: at(-2)}, escalation.NoteUnanswered, &escalation.Check{At: at(12), Status: desk.Unanswered, RepliedAt: at(-2)}, escalation.Open},
		{"no answer", desk.Answer{}, escalation.NoteSilent, &escalation.Check{At: at(12)}, escalation.Open},
		{"no help desk", desk.Answer{Status: desk.None}, escalation.NoteNoDesk, &escalation.Check{At: at(12), Status: desk.None}, escalation.Open},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := holding(waits)
			note, err := actions(s, escalationtest.Saying(tt.answer)).CheckAgain(t.Context(), clickBy("U0ANA", "ana", at(12)))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "note", note.Kind, tt.kind)
			equal(t, "what it saw", note.Check, tt.check)
			equal(t, "state told", note.Timeline.State, tt.state)
			equal(t, "closed", len(s.changes) > 0, tt.state != escalation.Open)
			if tt.state != escalation.Open {
				equal(t, "refreshed", keysOf(s.changes[0]), []string{"refresh/tl-1/1/1/0"})
			}
		})
	}
}

// "Why me?" tells how somebody was pinged, and by which calendar event.
func TestWhy(t *testing.T) {
	here, channel := circle.Recipient{Kind: circle.ToHere}, circle.Recipient{Kind: circle.ToChannel}
	shifted := toAna
	shifted.Shift = &anasShift
	for _, tt := range []struct {
		name    string
		mention []circle.Recipient
		owner   bool
		as      escalation.MentionedAs
		shift   *calendar.Shift
	}{
		{"of the circle, on shift", []circle.Recipient{toBob, shifted}, false, escalation.AsPerson, &anasShift},
		{"by name", []circle.Recipient{toAna}, false, escalation.AsPerson, nil},
		{"as the owner", []circle.Recipient{shifted}, true, escalation.AsOwner, &anasShift},
		{"perhaps in a group", []circle.Recipient{toBob, toSupport}, false, escalation.AsGroup, nil},
		{"everybody active", []circle.Recipient{toSupport, here}, false, escalation.AsChannel, nil},
		{"the whole channel", []circle.Recipient{channel}, false, escalation.AsChannel, nil},
		{"not at all", []circle.Recipient{toBob}, false, escalation.AsNobody, nil},
		{"nobody was", nil, false, escalation.AsNobody, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := escalation.Reminder{Policy: "enterprise", Tier: 1, Tiers: 4, Mention: tt.mention, Owner: tt.owner, Desk: desk.Unanswered, DeskAt: at(10)}
			s := holding(enterprise(inStates(escalation.TierPosted)))
			s.History = []escalation.Event{{Timeline: "tl-1", Kind: escalation.EventDue, Tier: 1, Details: escalation.Details{Round: 1, Reminder: &r}}}
			note, err := actions(s, escalationtest.Saying{}).Why(t.Context(), clickBy("U0ANA", "ana", at(12)))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "kind", note.Kind, escalation.NoteWhy)
			equal(t, "why", note.Why, &escalation.Why{Reminder: r, Notify: []string{"non-embedded"}, As: tt.as, Shift: tt.shift})
		})
	}
}

func TestWhyOfAPurgedReminder(t *testing.T) {
	note, err := actions(holding(enterprise(inStates(escalation.TierPosted))), escalationtest.Saying{}).Why(t.Context(), clickBy("U0ANA", "ana", at(12)))
	if err != nil || note.Kind != escalation.NoteGone {
		t.Errorf("%+v, %v, want a note that it is gone", note, err)
	}
}
