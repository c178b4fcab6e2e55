package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// spoken is something that is said in a ticket's thread, and what has to come of it.
type spoken struct {
	name    string
	ago     time.Duration // the ticket's age; 0: five minutes, when no tier is due
	say     func(w *world, channel, ts string)
	answers []string      // a part of each answer
	moves   time.Duration // how far each tier moves
	most    bool          // each waits for the longest there is, from now
	back    bool          // it moves, and moves back
}

// ana mentions the bot with these words.
func ana(words string) func(*world, string, string) {
	return func(w *world, channel, ts string) {
		_, err := w.slack.Mention("U0ANA", channel, ts, words)
		w.check(err)
	}
}

// anas mention meets with something on its way.
func anas(fate slacktest.Fate) func(*world, string, string) {
	return func(w *world, channel, ts string) {
		w.slack.Tamper(func(slacktest.Event) slacktest.Fate { return fate })
		defer w.slack.Tamper(nil)
		ana("")(w, channel, ts)
	}
}

// by posts in the thread as somebody else.
func by(author, text string) func(*world, string, string) {
	return func(w *world, channel, ts string) {
		_, err := w.slack.PostAs(author, channel, slacktest.Message{ThreadTS: ts, Text: text})
		w.check(err)
	}
}

// ofThread is a ticket's thread, each in a channel of its own: posts in one channel are a second apart.
func ofThread(i int) string { return fmt.Sprintf("C0THREAD%02d", i) }

// threadWorld has so many watched channels.
func threadWorld(t *testing.T, database, configuration string, n int) *world {
	t.Helper()
	channels := "\nchannels:\n"
	for i := range n {
		channels += "  " + ofThread(i) + ": {}\n"
	}
	w := newWorld(t, database, configuration+channels)
	for i := range n {
		w.slack.AddChannel(slacktest.Channel{ID: ofThread(i), Name: fmt.Sprintf("thread-%d", i), ExtShared: true, Members: everybody})
	}
	w.slack.AddUser(slacktest.User{ID: "U0EVE", Name: "eve", RealName: "Eve", Team: "T0OTHER"})
	return w
}

// Rule 10: what mentioning the bot in a ticket's thread does, and what it does not.
func TestMentionsInATicketsThread(t *testing.T) {
	const half = 30 * time.Minute
	snoozed := []string{"Snoozed for 30 minutes. Next: everybody non-embedded"}
	tests := []spoken{
		{name: "a mention moves the tiers back", say: ana(""), answers: snoozed, moves: half},
		{name: "so do other words", say: ana("on it, thanks"), answers: snoozed, moves: half},
		{name: "done changes nothing where a help desk knows better", say: ana("done"), answers: []string{"A public reply in the help desk ends the reminders of"}},
		{name: "nor does stop", say: ana("stop!"), answers: []string{"I changed nothing."}},
		{name: "nor a quoted mention", say: by("U0ANA", "&gt; <@U0SLABUDDY> 2h\nthat was yesterday")},
		{name: "a length as people write it", say: ana("half an hour please, waiting for logs"), answers: snoozed, moves: half},
		{name: "a snooze is taken back", say: andBack, answers: []string{"Snoozed for 45 minutes.", "The snooze is taken back"}, back: true},
		{name: "delivered twice it counts once", say: anas(slacktest.Fate{Copies: 2}), answers: snoozed, moves: half},
		{name: "under another event_id too", say: anas(slacktest.Fate{Copies: 3, Renumber: true}), answers: snoozed, moves: half},
		{name: "and as app_mention before message", say: mentionFirst, answers: snoozed, moves: half},
		{name: "a length", say: ana("45m"), answers: []string{"Snoozed for 45 minutes."}, moves: 45 * time.Minute},
		{name: "too long a one is cut, and that is said", say: ana("10h"), answers: []string{"Snoozed for 4 hours from now, which is the most I can do."}, most: true},
		{name: "two mentions are two snoozes", say: twice, answers: []string{"Snoozed for 45 minutes.", "Snoozed for 30 minutes."}, moves: 75 * time.Minute},
		{name: "help moves nothing", say: ana("help"), answers: []string{"In a ticket's thread, mention me with"}},
		{name: "status moves nothing", say: ana("status"), answers: []string{"Tier 1 of 4: due "}},
		{name: "another bot counts for nothing", say: by(deskApp, "<@U0SLABUDDY> 2h")},
		{name: "the bot's own echo counts for nothing", say: by("A0SLABUDDY", "<@U0SLABUDDY> 2h")},
		{name: "somebody of another workspace counts for nothing", say: by("U0EVE", "<@U0SLABUDDY> 2h")},
		{name: "talk without the bot counts for nothing", say: by("U0ANA", "<@U0BOB> please snooze 2h")},
		{name: "after the last tier there is only an answer", ago: 51 * time.Minute, say: ana("2h"), answers: []string{"There is nothing left to snooze"}},
	}
	onBothStores(t, func(t *testing.T, database string) {
		w := threadWorld(t, database, "", len(tests))
		w.start()
		threads := make([]string, len(tests))
		for i, tt := range tests {
			threads[i] = w.ticket(ofThread(i), fmt.Sprint(100+i), max(tt.ago, 5*time.Minute))
		}
		for i, tt := range tests {
			if tt.ago > 0 {
				w.reminder(ofThread(i), threads[i])
			}
		}
		w.told()
		for i, tt := range tests {
			tt.say(w, ofThread(i), threads[i])
		}
		w.told()
		for i, tt := range tests {
			t.Run(tt.name, func(t *testing.T) { w.heard(t, tt, ofThread(i), threads[i]) })
		}
	})
}

func mentionFirst(w *world, channel, ts string) {
	w.slack.MentionFirst(true)
	defer w.slack.MentionFirst(false)
	ana("")(w, channel, ts)
}

func andBack(w *world, channel, ts string) {
	ana("45m")(w, channel, ts)
	w.delivered()
	ana("unsnooze")(w, channel, ts)
}

func twice(w *world, channel, ts string) {
	ana("45m")(w, channel, ts)
	w.delivered()
	ana("")(w, channel, ts)
}

// heard checks what came of one.
func (w *world) heard(t *testing.T, want spoken, channel, ts string) {
	answers := w.answers(channel, ts)
	if len(answers) != len(want.answers) {
		t.Fatalf("%d answers, want %d: %q", len(answers), len(want.answers), answers)
	}
	for i, part := range want.answers {
		expect(t, answers[i], part)
	}
	timeline := w.timeline(channel, ts)
	for i, tier := range timeline.Tiers {
		if waits := tier.Due.Sub(timeline.SnoozedAt); want.most && waits != 4*time.Hour {
			t.Errorf("tier %d waits %s from the snooze on, want 4 h", i+1, waits)
		} else if want.most {
			continue
		}
		if moved := tier.Due.Sub(timeline.PostedAt.Add(tier.After)); moved != want.moves {
			t.Errorf("tier %d moved by %s, want %s", i+1, moved, want.moves)
		}
	}
	if moved := timeline.FirstReply().Deadline.Sub(timeline.PostedAt.Add(50 * time.Minute)); moved != 0 {
		t.Errorf("the deadline moved by %s", moved)
	}
	if want.most || want.back {
		return // it moved by less, or moved back
	}
	w.snoozedBy(t, timeline, want.moves, "U0ANA")
}

// snoozedBy checks that the history tells of so much snoozing, all by one person.
func (w *world) snoozedBy(t *testing.T, timeline escalation.Timeline, total time.Duration, who string) {
	var sum time.Duration
	for _, e := range w.happened(timeline, escalation.EventSnoozed) {
		sum += e.For
		if e.By != who {
			t.Errorf("snoozed by %q, want %s", e.By, who)
		}
	}
	if sum != total {
		t.Errorf("the history tells of %s of snoozing, want %s", sum, total)
	}
}

// answers are the notes that the bot itself posted in a thread, without its reminders, whatever those have become.
func (w *world) answers(channel, ts string) []string {
	w.t.Helper()
	notes := map[any]bool{} // by the id of the job that posted them
	for _, j := range w.jobs("") {
		var p escalation.Post
		w.check(json.Unmarshal(j.Payload, &p))
		notes[j.ID] = p.Note != nil
	}
	var texts []string
	for _, m := range w.replies(channel, ts) {
		if m.Metadata != nil && notes[m.Metadata.EventPayload["id"]] {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// Rule 10: a mention that arrives before its ticket is kept, and applied at opening.
func TestAMentionBeforeItsTicketIsAppliedAtOpening(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := threadWorld(t, database, "", 1)
		w.start()
		channel := ofThread(0)
		w.slack.Tamper(func(slacktest.Event) slacktest.Fate { return slacktest.Fate{Drop: true} })
		ts := w.ticket(channel, "42", 5*time.Minute)
		w.slack.Tamper(nil)
		ana("45m")(w, channel, ts)
		w.told()
		if _, found := w.find(channel, ts); found {
			t.Fatal("the ticket came through: the test proves nothing")
		}
		w.slack.SendEvent(again(w.slack.History(channel)[0], channel)) // by a late retry
		w.told()

		timeline := w.timeline(channel, ts)
		if got, want := timeline.Tiers[0].Due, timeline.PostedAt.Add(55*time.Minute); !got.Equal(want) {
			t.Errorf("tier 1 is due at %s, want %s", got, want)
		}
		answers := w.answers(channel, ts)
		expect(t, answers[len(answers)-1], "Snoozed for 45 minutes.")
	})
}

// again is a message's event once more.
func again(m slacktest.Message, channel string) any {
	m.ThreadTS = "" // it had no replies then
	return struct {
		slacktest.Message
		Channel string `json:"channel"`
	}{m, channel}
}

// Rule 10: elsewhere than in a ticket's thread a mention gets an explanation, once.
func TestElsewhereTheBotExplainsItself(t *testing.T) {
	t.Parallel()
	w := threadWorld(t, databases["sqlite"](t), "", 1)
	w.slack.AddChannel(slacktest.Channel{ID: "C0OTHER", Name: "other"})
	w.start()
	threads := map[string]string{} // name to thread, all in different places
	for _, channel := range []string{ofThread(0), "C0OTHER"} {
		chat, err := w.slack.PostAs("U0ANA", channel, slacktest.Message{Text: "Lunch?"})
		w.check(err)
		ana("2h")(w, channel, chat)
		threads[channel+" in a thread"] = chat
		top, err := w.slack.Mention("U0BOB", channel, "", "status")
		w.check(err)
		threads[channel+" at top level"] = top
	}
	w.told()
	for place, ts := range threads {
		channel, _, _ := strings.Cut(place, " ")
		answers := w.answers(channel, ts)
		if len(answers) != 1 {
			t.Errorf("%s: %d answers, want 1: %q", place, len(answers), answers)
			continue
		}
		expect(t, answers[0], "I look after tickets that wait for an answer, and this is not the thread of one that I follow")
		if strings.Contains(answers[0], "<@") {
			t.Errorf("%s: it pings somebody: %s", place, answers[0])
		}
	}
}
