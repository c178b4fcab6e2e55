package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// missedIn is a ticket that nobody answered in time, in a channel.
func missedIn(channel string, n int, posted time.Time) review.Record {
	t := escalation.Begin(fmt.Sprint("tl-", n), escalation.Message{
		Thread:   escalation.Thread{Workspace: "T1", Channel: channel, TS: fmt.Sprint(n)},
		PostedAt: posted, Ticket: escalation.Ticket{ID: fmt.Sprint(n), Subject: "Subject", Customer: "Northwind", Link: "https://desk.example.com/1", Priority: "high"},
	}, policy.BuiltIn()["enterprise"], &escalation.Settings{GiveUp: 30 * 24 * time.Hour}, posted)
	t.FirstReply().BreachedAt = t.FirstReply().Deadline
	return review.Record{Timeline: t}
}

// Of a breach in a channel that not all readers may read, nothing is told but that it happened (rules 25 and 29).
func TestASummaryTellsNoMoreThanItsReadersMayRead(t *testing.T) {
	to := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	b := NewBuilder(Query{From: to.AddDate(0, 0, -7), To: to}, to, time.UTC)
	b.Add(missedIn("C0OPEN", 1, to.Add(-50*time.Hour)), Known{})
	b.Add(missedIn("C0SECRET", 2, to.Add(-26*time.Hour)), Known{})
	var asked []string
	s := b.Report().Summary(time.UTC, func(channels []string) map[string]bool {
		asked = channels
		return map[string]bool{"C0OPEN": true}
	})
	if slices.Sort(asked); !slices.Equal(asked, []string{"C0OPEN", "C0SECRET"}) {
		t.Errorf("asked about %v", asked)
	}
	if len(s.Missed) != 2 || s.Breaches != 2 {
		t.Fatalf("breaches: %+v", s.Missed)
	}
	if s.Missed[0].Thread != "" || s.Missed[1].Thread == "" {
		t.Errorf("threads: %q and %q", s.Missed[0].Thread, s.Missed[1].Thread)
	}
	if secret := s.Missed[0].Ticket; secret != (escalation.Ticket{ID: "2", Priority: "high"}) {
		t.Errorf("of the one that not everybody may read: %+v", secret)
	}
	if open := s.Missed[1].Ticket; open.Subject != "Subject" || open.Link == "" {
		t.Errorf("of the other: %+v", open)
	}
}

// The bars are the days of a week and the weeks of a quarter, also those on which nothing happened, and no more than
// a chart takes.
func TestTheBarsOfASummary(t *testing.T) {
	to := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for days, want := range map[int][2]string{
		7:  {"Mon 16 Nov=0 Tue 17 Nov=0 Wed 18 Nov=0 Thu 19 Nov=0 Fri 20 Nov=0 Sat 21 Nov=1 Sun 22 Nov=0 Mon 23 Nov=0", ""},
		30: {"19 Oct=0 26 Oct=0 2 Nov=0 9 Nov=0 16 Nov=1 23 Nov=0", ""}, 400: {"", "23 Nov=0"},
	} {
		b := NewBuilder(Query{From: to.AddDate(0, 0, -days), To: to}, to, time.UTC)
		b.Add(missedIn("C1", 1, to.Add(-50*time.Hour)), Known{})
		var got []string
		for _, bar := range b.Report().Summary(time.UTC, func([]string) map[string]bool { return nil }).Bars {
			got = append(got, fmt.Sprintf("%s=%d", bar.Label, bar.Breached))
		}
		said := strings.Join(got, " ")
		if want[0] != "" && said != want[0] || !strings.HasSuffix(said, want[1]) || len(got) > mostBars {
			t.Errorf("of %d days: %d bars: %s", days, len(got), said)
		}
	}
}

func TestTheDetailsSayWhatALeadAsks(t *testing.T) {
	to := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	b := NewBuilder(Query{From: to.AddDate(0, 0, -7), To: to}, to, time.UTC)
	known := Known{Rosters: review.Rosters{
		{At: to.AddDate(0, 0, -7), Roster: calendar.Snapshot{Known: true, OnShift: []string{"Ana"}}},
		{At: to.Add(-4 * time.Hour), Roster: calendar.Snapshot{Known: true}},
	}}
	r := missedIn("C1", 1, to.Add(-50*time.Hour))
	r.History = []escalation.Event{{At: to.Add(-49 * time.Hour), Kind: escalation.EventPosted, Details: escalation.Details{Late: 2 * time.Minute, Mentioned: []string{"U0ANA"}}}}
	b.Add(r, known)
	for n, id := range []string{"1", "7"} { // decided seven and six minutes late, at one moment
		late := missedIn("C1", n+2, to.Add(-48*time.Hour))
		late.Timeline.Ticket.ID, late.Timeline.State, late.Timeline.AnsweredAt = id, escalation.Answered, to.Add(-48*time.Hour+20*time.Minute)
		late.Timeline.FirstReply().BreachedAt = time.Time{}
		late.History = []escalation.Event{{At: to.Add(-48*time.Hour + 17*time.Minute), Kind: escalation.EventDue, Details: escalation.Details{Late: time.Duration(7-n) * time.Minute, Desk: desk.Unanswered}}}
		b.Add(late, known)
	}
	said := strings.Join(b.Report().Summary(time.UTC, func([]string) map[string]bool { return nil }).Details, "\n")
	for _, part := range []string{
		"first reply, enterprise: 2 kept, 1 breached, 0 withdrawn, 0 still open; 67 % in time.", "Why promises broke: 1 nobody was told.",
		"Nobody was on shift for 4 h 00 min, most of it on Mon", "1 reminder posted, 0 of them by night", "1 late by a minute or more",
		"It was blind Sat 21 Nov 09:10 to 09:17, while 2 tickets waited for it: 1, 7.",
	} {
		if !strings.Contains(said, part) {
			t.Errorf("it does not say %q:\n%s", part, said)
		}
	}
}
