package message

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// following is the timeline of firstTier's reminder, which stands under ts.
func following(ts string, change func(*escalation.Timeline)) escalation.Timeline {
	t := escalation.Timeline{
		ID: "tl-1", Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT"}, Ticket: full, PostedAt: noon,
		Clocks: []escalation.Clock{{Kind: policy.FirstReply, Start: noon, Deadline: noon.Add(50 * time.Minute)}}, State: escalation.Open,
		Posts: []escalation.Posting{{TS: ts, Tier: 1, Round: 2}},
	}
	for i, after := range []int{10, 20, 35, 50} {
		notify := []string{"non-embedded", "on-shift", "@support", "@head-of-success"}[i : i+1]
		t.Tiers = append(t.Tiers, escalation.DueTier{
			Tier: policy.Tier{Notify: notify}, Due: noon.Add(time.Duration(after) * time.Minute), State: escalation.TierPending,
		})
	}
	t.Tiers[0].State, t.Tiers[0].Round = escalation.TierPosted, 2
	if change != nil {
		change(&t)
	}
	return t
}

// people are those whose names are known by their ids.
func people(user string) string {
	return map[string]string{"U0BOB": "Bob", "U0DORA": "Dora <3"}[user]
}

func refreshed() map[string]escalation.Timeline {
	but := func(change func(*escalation.Timeline)) escalation.Timeline { return following("1.0", change) }
	snoozed := func(t *escalation.Timeline) {
		t.SnoozedUntil = noon.Add(50 * time.Minute)
		for i := range t.Tiers[1:] {
			t.Tiers[i+1].Due = t.Tiers[i+1].Due.Add(30 * time.Minute)
		}
	}
	return map[string]escalation.Timeline{
		"snoozed": but(snoozed),
		"snoozed by somebody known": but(func(t *escalation.Timeline) {
			snoozed(t)
			t.SnoozedBy, t.SnoozedAt = "U0BOB", noon.Add(12*time.Minute)
		}),
		"owned": but(func(t *escalation.Timeline) {
			snoozed(t)
			t.SnoozedBy, t.SnoozedAt = "U0BOB", noon.Add(11*time.Minute)
			t.Owner = escalation.Owner{User: "U0ANA", Name: "Ana Silva", Since: noon.Add(12 * time.Minute)}
		}),
		"owned by somebody whose shift ends before": but(func(t *escalation.Timeline) {
			snoozed(t)
			t.Owner = escalation.Owner{User: "U0X", Since: noon.Add(12 * time.Minute), Until: noon.Add(30 * time.Minute)}
		}),
		"owner off and deadline passed": but(func(t *escalation.Timeline) {
			t.Owner = escalation.Owner{User: "U0ANA", Name: "Ana Silva", Since: noon.Add(12 * time.Minute), Until: noon.Add(14 * time.Minute)}
			t.FirstReply().Deadline = noon.Add(14 * time.Minute)
		}),
		"paused":          but(func(t *escalation.Timeline) { t.PausedUntil = noon.Add(2 * time.Hour) }),
		"next on its way": but(func(t *escalation.Timeline) { t.Tiers[1].State = escalation.TierOwed }),
		"nothing left": but(func(t *escalation.Timeline) {
			for i := range t.Tiers {
				t.Tiers[i].State = escalation.TierPosted
			}
		}),
		"checked since": but(func(t *escalation.Timeline) {
			t.Desk = escalation.DeskAnswer{Status: desk.Unanswered, At: noon.Add(14 * time.Minute)}
		}),
		"answered": but(func(t *escalation.Timeline) {
			t.State, t.AnsweredAt = escalation.Answered, noon.Add(23*time.Minute)
		}),
		"answered too late": but(func(t *escalation.Timeline) {
			t.State, t.AnsweredAt = escalation.Answered, noon.Add(70*time.Minute)
		}),
		"done": but(func(t *escalation.Timeline) {
			t.State, t.AnsweredAt, t.Cause = escalation.Answered, noon.Add(23*time.Minute), "done by U0BOB"
		}),
		"withdrawn": but(func(t *escalation.Timeline) {
			t.State, t.ClosedAt, t.Cause = escalation.Withdrawn, noon.Add(23*time.Minute), "merged into <#7>"
		}),
		"expired": but(func(t *escalation.Timeline) {
			t.State, t.ClosedAt = escalation.Expired, noon.Add(30*24*time.Hour)
		}),
	}
}

func TestRefreshedRemindersReadAsTheyShould(t *testing.T) {
	for name, timeline := range refreshed() {
		t.Run(name, func(t *testing.T) {
			s := renderRefreshed(firstTier(), &timeline, "1.0", people, noon.Add(15*time.Minute))
			golden(t, "refreshed "+name, s.text())
		})
	}
}

// While the ticket waits its reminders can be clicked and mention their people; then neither.
func TestAReminderIsQuietOnceItsTimelineIsClosed(t *testing.T) {
	for name, timeline := range refreshed() {
		s := renderRefreshed(firstTier(), &timeline, "1.0", people, noon.Add(15*time.Minute))
		open := timeline.State == escalation.Open
		if pings := strings.Contains(s.text(), "<@U0ANA>"); pings != open {
			t.Errorf("%s: it mentions people: %t", name, pings)
		}
		if shown := strings.Contains(encoded(t, s), buttons.ActionOwn); shown != open {
			t.Errorf("%s: it has buttons: %t", name, shown)
		}
	}
}

func TestPeopleWithoutANameAreCounted(t *testing.T) {
	user := func(name string) circle.Recipient {
		return circle.Recipient{Kind: circle.ToUser, ID: "U0" + name, Name: name}
	}
	group := circle.Recipient{Kind: circle.ToGroup, ID: "S0X"}
	for want, rs := range map[string][]circle.Recipient{
		"1 person":                       {user("")},
		"2 people":                       {user(""), user("")},
		"Ana and 1 more person":          {user("Ana"), user("")},
		"Ana and 2 more people":          {user(""), user("Ana"), user("")},
		"1 user group":                   {group},
		"@support and 1 more user group": {support(), group},
		"everybody active here":          {{Kind: circle.ToHere}},
		"Ana and the whole channel":      {user("Ana"), {Kind: circle.ToChannel}},
		"Dora &lt;3":                     {{Kind: circle.ToUser, ID: "U0DORA"}},
		"&lt;!channel&gt;":               {user("<!channel>")},
	} {
		if got := quietly(rs, people); got != want {
			t.Errorf("quietly(%v) = %q, want %q", rs, got, want)
		}
	}
}

func TestARefreshChangesTheMessageInPlace(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	landed, err := b.Post(t.Context(), "job-1", escalation.Post{Thread: b.thread, Timeline: "tl-1", Round: 2, Reminder: firstTier()})
	ts := landed.TS
	if err != nil {
		t.Fatal(err)
	}
	timeline := following(ts, func(t *escalation.Timeline) {
		t.State, t.AnsweredAt = escalation.Answered, noon.Add(23*time.Minute)
	})
	for range 2 { // twice does no harm
		if err := b.Refresh(t.Context(), ts, *firstTier(), timeline); err != nil {
			t.Fatal(err)
		}
	}
	thread := b.Thread("C0ENT", b.thread.TS)
	if len(thread) != 2 || !strings.Contains(thread[1].Text, "*Answered after 23 minutes.*") || strings.Contains(string(thread[1].Blocks), "actions") {
		t.Errorf("the thread is %+v", thread)
	}
	if _, found, err := b.find(t, "job-1"); !found || err != nil {
		t.Errorf("after the refresh the job is not found: %v", err)
	}
}

// In hours a night is not waiting, and of a clock that ended with the ticket only that is said.
func TestWhatBecameOfAReminderIsToldByItsClock(t *testing.T) {
	answered := following("1.0", func(t *escalation.Timeline) {
		t.State, t.AnsweredAt, t.Hours = escalation.Answered, noon.Add(15*time.Hour), "office"
		t.FirstReply().Deadline = noon.Add(16 * time.Hour)
	})
	nobody := func(string) string { return "" }
	for clock, want := range map[policy.ClockKind]string{
		"":                "*Answered in time,* 15 hours after it came. Thank you!",
		policy.NextReply:  "*Solved.* Nothing is promised for this ticket any more. Thank you!",
		policy.Resolution: "*Solved.* Nothing is promised for this ticket any more. Thank you!",
	} {
		if got := outcome(clock, &answered, nobody); got != want {
			t.Errorf("%q: %q", clock, got)
		}
	}
}

func TestAMessageThatCannotBeRefreshedIsNoError(t *testing.T) {
	for _, code := range []string{"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive", "channel_not_found", "is_archived", "not_in_channel"} {
		b := newBench(t, slacktest.Options{})
		b.Inject(slacktest.Fault{Method: "chat.update", Times: 1, Do: slacktest.Refused(code)})
		if err := b.Refresh(t.Context(), "1.0", *firstTier(), following("1.0", nil)); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// chat.update may be done again, so that nothing it comes to has to be looked into.
func TestARefreshOfUnknownOutcomeIsTriedAgain(t *testing.T) {
	for name, fault := range map[string]slacktest.Effect{
		"internal_error": slacktest.Refused("internal_error"),
		"500":            slacktest.Status(500).AfterAccepting(),
		"cut":            slacktest.Cut().AfterAccepting(),
	} {
		b := newBench(t, slacktest.Options{})
		b.Inject(slacktest.Fault{Method: "chat.update", Times: 1, Do: fault})
		err := b.Refresh(t.Context(), "1.0", *firstTier(), following("1.0", nil))
		var e *queue.Error
		if !errors.As(err, &e) || e.Kind != queue.KindRetry {
			t.Errorf("%s: %v, want one to retry", name, err)
		}
	}
}

func TestARefreshHoldsToTheShorterTextOfUpdates(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	ts, err := b.post(t, "job-1")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Refresh(t.Context(), ts, *enormous(), following(ts, nil)); err != nil {
		t.Fatal(err)
	}
	if n := len([]rune(b.Thread("C0ENT", b.thread.TS)[1].Text)); n > 4000 {
		t.Errorf("a text of %d characters", n)
	}
}

// A tier that repeats has several reminders standing; a click names the one it was made on.
func TestARefreshedReminderKeepsItsOwnRound(t *testing.T) {
	timeline := following("1.0", func(t *escalation.Timeline) {
		t.Tiers[0].Round = 3
		t.Posts = append(t.Posts, escalation.Posting{TS: "2.0", Tier: 1, Round: 3})
	})
	for ts, value := range map[string]string{"1.0": "There is a newer reminder", "2.0": `"tl-1/1/3"`, "unknown": `"tl-1/1/3"`} {
		if row := encoded(t, renderRefreshed(firstTier(), &timeline, ts, people, noon)); !strings.Contains(row, value) {
			t.Errorf("%s: it lacks %s: %s", ts, value, row)
		}
	}
}

// Rule 9: only the newest reminder of a timeline has buttons.
func TestAnOlderReminderHasNoButtons(t *testing.T) {
	timeline := following("1.0", func(t *escalation.Timeline) {
		t.Posts = append(t.Posts, escalation.Posting{TS: "2.0", Tier: 2, Round: 1})
	})
	if row := encoded(t, renderRefreshed(firstTier(), &timeline, "1.0", people, noon)); strings.Contains(row, `"actions"`) {
		t.Errorf("it has buttons: %s", row)
	}
}
