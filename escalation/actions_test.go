package escalation

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// actionsStore holds one timeline, which goes stale as often as it is told.
type actionsStore struct {
	loader
	stale   int
	broken  error // what saving comes to
	changes []Change
}

func (s *actionsStore) Save(_ context.Context, changes []Change) ([]Saved, error) {
	s.changes = append(s.changes, changes...)
	if s.broken != nil {
		return nil, s.broken
	}
	if s.stale > 0 {
		s.stale--
		s.timelines[0].Version++
		return []Saved{SavedStale}, nil
	}
	return []Saved{SavedOK}, nil
}

// saying is a help desk that says the same of every ticket; nothing, if that is no answer.
type saying Answer

func (d saying) Ask(_ context.Context, qs []Question) (map[string]Answer, error) {
	got := map[string]Answer{}
	for _, q := range qs {
		got[q.TicketID] = Answer(d)
	}
	return got, nil
}

func actions(s ActionsStore, desk HelpDesk) *Actions {
	m, _ := metrics()
	return &Actions{Store: s, Desk: desk, Roster: func(string) calendar.Roster { return shift() }, Directory: directory{},
		Settings: func(string) *Settings { return settings() }, Now: func() time.Time { return at(12) },
		NewID: counter("job"), Logger: quiet(), Metrics: m}
}

func holding(ts ...Timeline) *actionsStore { return &actionsStore{loader: loader{timelines: ts}} }

// everyButton presses each of them.
func everyButton(t *testing.T, s ActionsStore, desk HelpDesk, c Click) map[string]NoteKind {
	t.Helper()
	a := actions(s, desk)
	said := map[string]NoteKind{}
	for name, press := range map[string]func() (Note, error){
		"snooze": func() (Note, error) { return a.Snooze(t.Context(), c, 0) },
		"own":    func() (Note, error) { return a.Own(t.Context(), c) },
		"check":  func() (Note, error) { return a.CheckAgain(t.Context(), c) },
		"why":    func() (Note, error) { return a.Why(t.Context(), c) },
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
	tl := enterprise(inStates(TierPosted), func(tl *Timeline) { tl.Tiers[0].Round = 2 })
	fits := clickBy("U0ANA", "ana", at(12))
	edit := func(f func(*Click)) Click { c := fits; f(&c); return c }
	for _, tt := range []struct {
		name  string
		click Click
		found bool
	}{
		{"a reminder of before", fits, true},
		{"the latest", edit(func(c *Click) { c.Round = 2 }), true},
		{"its message's thread is not known", edit(func(c *Click) { c.TS = "" }), true},
		{"another workspace", edit(func(c *Click) { c.Workspace = "T0OTHER" }), false},
		{"another channel", edit(func(c *Click) { c.Channel = "C0OTHER" }), false},
		{"another thread", edit(func(c *Click) { c.TS = "1772442000.000101" }), false},
		{"no tier", edit(func(c *Click) { c.Tier = 0 }), false},
		{"a tier the policy does not have", edit(func(c *Click) { c.Tier = 5 }), false},
		{"a tier that no reminder was made for", edit(func(c *Click) { c.Tier = 2 }), false},
		{"no round", edit(func(c *Click) { c.Round = 0 }), false},
		{"a round that was never", edit(func(c *Click) { c.Round = 3 }), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			equal(t, "fits", tt.click.of(tl), tt.found)
			if !tt.found {
				s := holding(tl)
				for button, kind := range everyButton(t, s, saying{Status: DeskAnswered}, tt.click) {
					equal(t, button, kind, NoteGone)
				}
				equal(t, "saved", len(s.changes), 0)
			}
		})
	}
	t.Run("the timeline is purged", func(t *testing.T) {
		for button, kind := range everyButton(t, holding(), saying{}, fits) {
			equal(t, button, kind, NoteGone)
		}
	})
}

func TestButtonsOfAClosedTimelineOnlyAnswer(t *testing.T) {
	s := holding(enterprise(inStates(TierPosted), closed(Answered)))
	original, _ := reminding(t)
	s.jobs = []queue.Job{original}
	equal(t, "answers", everyButton(t, s, saying{Status: DeskAnswered}, clickBy("U0ANA", "ana", at(12))),
		map[string]NoteKind{"snooze": NoteClosed, "own": NoteClosed, "check": NoteClosed, "why": NoteWhy})
	equal(t, "saved", len(s.changes), 0)
	note, err := actions(s, saying{Status: DeskAnswered}).CheckAgain(t.Context(), clickBy("U0ANA", "ana", at(12)))
	equal(t, "checked", note.Asked, AskedCheck)
	equal(t, "error", err, nil)
	_, note = checked(s.timelines[0], "U0ANA", facts(at(12))) // closed while the help desk was asked
	equal(t, "checked meanwhile", note.Asked, AskedCheck)
}

// Rule 10 holds for a click as for a mention.
func TestSnoozeByClick(t *testing.T) {
	waits := enterprise(inStates(TierPosted), standing(1))
	nothing := enterprise(inStates(TierPosted, TierPosted, TierPosted, TierPosted), standing(4))
	for _, tt := range []struct {
		name   string
		t      Timeline
		length time.Duration
		want   Note // as far as it is worth a look
	}{
		{"the default length", waits, 0, Note{Kind: NoteSnoozed, For: 30 * time.Minute, Until: at(50)}},
		{"another length, beyond the deadline", waits, 31 * time.Minute, Note{Kind: NoteSnoozed, For: 31 * time.Minute, Until: at(51), BeyondDeadline: true}},
		{"cut at max_snooze", waits, 9 * time.Hour, Note{Kind: NoteSnoozed, For: 4 * time.Hour, Capped: true, Until: at(260), BeyondDeadline: true}},
		{"nonsense is the default length", waits, -time.Hour, Note{Kind: NoteSnoozed, For: 30 * time.Minute, Until: at(50)}},
		{"nothing is pending", nothing, time.Hour, Note{Kind: NoteNothing, For: time.Hour}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, note := snoozeByClick(tt.t, clickBy("U0ANA", "ana", at(11.9)), tt.length, facts(at(12)))
			equal(t, "note", Note{Kind: note.Kind, For: note.For, Capped: note.Capped, Until: note.Until, BeyondDeadline: note.BeyondDeadline}, tt.want)
			if tt.want.Kind == NoteNothing {
				equal(t, "change", c, Change{})
				return
			}
			equal(t, "deadline", note.Deadline, at(50))
			want, _ := Snooze(tt.t, tt.want.For, at(12))
			want.SnoozedBy, want.SnoozedAt = "U0ANA", at(11.9)
			equal(t, "timeline", *c.Timeline, want)
			equal(t, "history", c.Events, []Event{{Timeline: "tl-1", At: at(12), Kind: EventSnoozed, Details: Details{By: "U0ANA", For: tt.want.For, Until: tt.want.Until}}})
			equal(t, "refreshed", keysOf(c), []string{"refresh/tl-1/1/1/0"})
		})
	}
}

// Once the deadline has passed, a snooze goes beyond nothing.
func TestSnoozeAfterTheDeadline(t *testing.T) {
	_, note := snoozeByClick(enterprise(inStates(TierPosted, TierPosted, TierPosted)), clickBy("U0ANA", "ana", at(51)), 0, facts(at(51)))
	equal(t, "beyond", note.BeyondDeadline, false)
}

// A double click is meant as one.
func TestDoubleClickSnoozesOnce(t *testing.T) {
	first, _ := snoozeByClick(enterprise(inStates(TierPosted), standing(1)), clickBy("U0ANA", "ana", at(12)), 0, facts(at(12)))
	for _, tt := range []struct {
		name string
		user string
		at   time.Time
		want NoteKind
	}{
		{"the same click again", "U0ANA", at(12), NoteTwice},
		{"a double click", "U0ANA", at(12).Add(2999 * time.Millisecond), NoteTwice},
		{"the later of the two was quicker", "U0ANA", at(12).Add(-2999 * time.Millisecond), NoteTwice},
		{"once more, meant so", "U0ANA", at(12).Add(3 * time.Second), NoteSnoozed},
		{"somebody else", "U0BOB", at(12).Add(time.Second), NoteSnoozed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, note := snoozeByClick(*first.Timeline, clickBy(tt.user, "", tt.at), 0, facts(at(12.1)))
			equal(t, "note", note.Kind, tt.want)
			equal(t, "changed", c.Timeline != nil, tt.want == NoteSnoozed)
			if tt.want == NoteTwice {
				equal(t, "till when", note.Until, at(50))
			}
		})
	}
}

// A click on an older reminder brings that one up to date too, and the latest, which says who is next.
func TestClickRefreshesTheClickedAndTheLatest(t *testing.T) {
	tl := enterprise(inStates(TierPosted, TierPosted, TierPosted), standing(1, 2, 3))
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
			c, _ := snoozeByClick(tl, click, 0, facts(at(36)))
			equal(t, "snooze", keysOf(c), tt.want)
			c, _ = own(tl, click, facts(at(36)))
			equal(t, "own", keysOf(c), tt.want)
		})
	}
	c, _ := Respond(tl, byAna, Request{Kind: RequestSnooze}, facts(at(36)))
	equal(t, "a mention", keysOf(c), []string{"refresh/tl-1/3/1/0"})
}

func TestActionsAreWorkedOutAnewWhenTheTimelineChanged(t *testing.T) {
	s := holding(enterprise(inStates(TierPosted)))
	s.stale = 2
	note, err := actions(s, saying{}).Own(t.Context(), clickBy("U0ANA", "ana", at(12)))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "note", note.Kind, NoteOwned)
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
		{"the timeline keeps changing", &actionsStore{loader: loader{timelines: []Timeline{enterprise(inStates(TierPosted))}}, stale: 100}, errContended},
		{"the database is gone", &actionsStore{loader: loader{timelines: []Timeline{enterprise(inStates(TierPosted))}}, broken: context.DeadlineExceeded}, context.DeadlineExceeded},
		{"it cannot be read", &actionsStore{loader: loader{err: context.DeadlineExceeded}}, context.DeadlineExceeded},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := actions(tt.store, saying{}).Snooze(t.Context(), clickBy("U0ANA", "ana", at(12)), 0)
			if !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}

// "I replied, check again" closes what the help desk confirms, and tells what it saw else.
func TestCheckAgain(t *testing.T) {
	waits := enterprise(inStates(TierPosted), standing(1))
	for _, tt := range []struct {
		name   string
		answer Answer
		kind   NoteKind
		check  *Check
		state  TimelineState
	}{
		{"answered", Answer{Status: DeskAnswered, RepliedAt: at(11)}, NoteSettled, &Check{At: at(12), Status: DeskAnswered, RepliedAt: at(11)}, Answered},
		{"closed without a reply", Answer{Status: DeskWithdrawn, Cause: "solved"}, NoteSettled, &Check{At: at(12), Status: DeskWithdrawn, Cause: "solved"}, Withdrawn},
		{"not answered", Answer{Status: DeskUnanswered}, NoteUnanswered, &Check{At: at(12), Status: DeskUnanswered}, Open},
		{"answered before the ticket's message", Answer{Status: DeskAnswered, RepliedAt: at(-2)}, NoteUnanswered, &Check{At: at(12), Status: DeskUnanswered, RepliedAt: at(-2)}, Open},
		{"no answer", Answer{}, NoteSilent, &Check{At: at(12)}, Open},
		{"no help desk", Answer{Status: DeskNone}, NoteNoDesk, &Check{At: at(12), Status: DeskNone}, Open},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := holding(waits)
			note, err := actions(s, saying(tt.answer)).CheckAgain(t.Context(), clickBy("U0ANA", "ana", at(12)))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "note", note.Kind, tt.kind)
			equal(t, "what it saw", note.Check, tt.check)
			equal(t, "state told", note.Timeline.State, tt.state)
			equal(t, "closed", len(s.changes) > 0, tt.state != Open)
			if tt.state != Open {
				equal(t, "refreshed", keysOf(s.changes[0]), []string{"refresh/tl-1/1/1/0"})
			}
		})
	}
}

func TestCheckAgainCutShortIsNoSilence(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if note, err := actions(holding(enterprise(inStates(TierPosted))), saying{}).CheckAgain(ctx, clickBy("U0ANA", "ana", at(12))); err == nil {
		t.Errorf("%+v, want an error", note)
	}
}

// "Why me?" tells how somebody was pinged, and by which calendar event.
func TestWhy(t *testing.T) {
	here, channel := Recipient{Kind: ToHere}, Recipient{Kind: ToChannel}
	shifted := toAna
	shifted.Shift = &anasShift
	for _, tt := range []struct {
		name    string
		mention []Recipient
		owner   bool
		as      MentionedAs
		shift   *calendar.Shift
	}{
		{"of the circle, on shift", []Recipient{toBob, shifted}, false, AsPerson, &anasShift},
		{"by name", []Recipient{toAna}, false, AsPerson, nil},
		{"as the owner", []Recipient{shifted}, true, AsOwner, &anasShift},
		{"perhaps in a group", []Recipient{toBob, toSupport}, false, AsGroup, nil},
		{"everybody active", []Recipient{toSupport, here}, false, AsChannel, nil},
		{"the whole channel", []Recipient{channel}, false, AsChannel, nil},
		{"not at all", []Recipient{toBob}, false, AsNobody, nil},
		{"nobody was", nil, false, AsNobody, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Reminder{Policy: "enterprise", Tier: 1, Tiers: 4, Mention: tt.mention, Owner: tt.owner, Desk: DeskUnanswered, DeskAt: at(10)}
			s := holding(enterprise(inStates(TierPosted)))
			s.jobs = []queue.Job{{New: NewPostJob("job-1", "reminder/tl-1/1/1", Post{Reminder: &r}, at(10))}}
			note, err := actions(s, saying{}).Why(t.Context(), clickBy("U0ANA", "ana", at(12)))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "kind", note.Kind, NoteWhy)
			equal(t, "why", note.Why, &Why{Reminder: r, Notify: []string{"non-embedded"}, As: tt.as, Shift: tt.shift})
			equal(t, "asked for", s.askedJobs, []string{"reminder/tl-1/1/1"})
		})
	}
}

func TestWhyOfAPurgedReminder(t *testing.T) {
	note, err := actions(holding(enterprise(inStates(TierPosted))), saying{}).Why(t.Context(), clickBy("U0ANA", "ana", at(12)))
	if err != nil || note.Kind != NoteGone {
		t.Errorf("%+v, %v, want a note that it is gone", note, err)
	}
}

// Rule 8: whom the roster has on shift comes with the calendar event that says so.
func TestCircleTellsTheShift(t *testing.T) {
	c, _ := Decide(enterprise(inStates(TierPosted)), onShift(facts(at(20))))
	withShift := toAna
	withShift.Shift = &anasShift
	equal(t, "mention", post(t, c).Reminder.Mention, []Recipient{withShift, toBob})
}
