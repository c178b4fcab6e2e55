package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// aHardWeek is the week of Monday, 2 March: Mondays at nine nobody is on shift until eleven, and most promises break
// then. The week before was better.
func (w *world) aHardWeek() {
	w.t.Helper()
	policies := policy.BuiltIn()
	ticket := func(minute int, id, policy string, answered int, mentioned ...string) {
		t := past(minute, escalation.Ticket{ID: id, Priority: "high", Subject: "Subject of " + id, Customer: "Northwind", Link: "https://desk.example.com/" + id}, policies[policy])
		var history []escalation.Event
		for i, who := range mentioned {
			e := postedTier(t, i+1, []int{10, 20}[i], who)
			due := escalation.Event{At: e.At, Kind: escalation.EventDue, Tier: e.Tier, Details: escalation.Details{Desk: desk.Unanswered, Round: 1}}
			history = append(history, due, e)
		}
		w.keep(closed(t, escalation.Answered, answered, ""), history...)
	}
	const day, week = 24 * 60, 7 * 24 * 60
	for i := range 4 {
		ticket(-week+i, fmt.Sprint("before-", i), "enterprise", 9)
	}
	for i := range 3 { // Monday, 09:00: the deadline is at 09:50
		ticket(i, fmt.Sprint("monday-", i), "enterprise", 75, "S0SUPPORT")
	}
	for i := range 5 {
		ticket(day+i, fmt.Sprint("tuesday-", i), "enterprise", 12, "U0ANA")
	}
	ticket(day+15*60, "night", "enterprise", 30, "U0ANA", "U0BOB") // on Wednesday, from midnight
	ticket(2*day, "slow", "teams", 13*60)
	late := past(3*day, escalation.Ticket{ID: "blind"}, policies["enterprise"])
	due := escalation.Event{At: since(late, 17), Kind: escalation.EventDue, Tier: 1, Details: escalation.Details{Late: 7 * time.Minute, Desk: desk.Unanswered, Round: 1}}
	posted := postedTier(late, 1, 17, "U0ANA")
	posted.Late = 7 * time.Minute
	w.keep(closed(late, escalation.Answered, 20, ""), due, posted)
	for _, r := range []struct {
		hour int
		on   []string
	}{{-9, nil}, {2, []string{"Ana Silva"}}, {9, nil}, {23, []string{"Ana Silva"}}} {
		_, err := w.peek().AddRoster(w.t.Context(), "T0ACME", review.RosterSince{
			At: march.Add(time.Duration(r.hour) * time.Hour), Roster: calendar.Snapshot{Known: true, OnShift: r.on},
		})
		w.check(err)
	}
}

// What a lead asks of a week, each answered by the report as text, as a page, and for programs. Found hard by readers who
// opened it cold: when nobody was on shift, how many tickets there were, by how much a breach was late and whether its
// ticket still waits, how long the slowest tenth waited before, who is reminded by night and how often in an hour of
// shift stood nowhere, or had to be worked out.
func TestTheReportAnswersTenQuestionsOfALead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), reviewed)
	w.must("migrate", "up")
	w.aHardWeek()
	span := []string{"report", "--from", "2026-03-02", "--to", "2026-03-09"}
	text := w.must(span...).stdout
	js := w.must(append(span, "--json")...).stdout
	file := filepath.Join(w.dir, "report.html")
	w.must(append(span, "--html", file)...)
	page, err := os.ReadFile(file)
	w.check(err)
	for _, q := range []struct {
		question         string
		text, html, json []string
	}{
		{
			"How many tickets came in, and how many had their first reply in time? Better or worse than before?",
			[]string{"11 tickets posted from", "64 % of 11 tickets got their first reply in time, 36 points worse than before"},
			[]string{"11 tickets posted from", "<b>64 %</b> in time", "<b>7</b> kept", "36 points worse than before"},
			[]string{`"kept": 7`, `"breached": 4`, `"before": [`},
		},
		{
			"Which policy does worse, and how was it week by week?", []string{"first reply  teams", "By week"},
			[]string{"<td>teams</td>", "First replies in time, by week"}, []string{`"policy": "teams"`, `"weeks": [`},
		},
		{
			"When do promises break most, and was anybody on shift then?", []string{"3 of 4 breaches fell on Mondays from 09:00 to 11:00", "Nobody was on shift for"},
			[]string{"3 of 4 breaches fell on Mondays from 09:00 to 11:00", "Nobody was on shift for", "Nobody on shift</th>"},
			[]string{`"weekday": "Mon"`, `"nobody_on_shift_seconds"`},
		},
		{"Why do they break?", []string{"nobody on shift"}, []string{"Why promises broke", "Nobody on shift"}, []string{`"cause": "nobody on shift"`}},
		{
			"Which tickets were missed, whose, by how much, and where do I read about them?", []string{"late by", "slow", "1 h 00 min", "Northwind", "Subject of monday-1"},
			[]string{`<a href="https://desk.example.com/slow"`, "Late by</th>", "1 h 00 min"}, []string{`"thread_ts"`, `"id": "slow"`, `"ended_at": "2026-03-04T22:00:00`},
		},
		{
			"How long do customers wait, in the middle and the slowest tenth, and what was it before?", []string{"90 of 100 within", "90 of 100 before"},
			[]string{"<td>Real time</td>", "<td>Real time, before</td>"}, []string{`"median_seconds": 1200`, `"p90_seconds"`, `"first_reply_before": {`},
		},
		{"Who is reminded by night?", []string{"Ana Silva", "by night"}, []string{"<td>Ana Silva</td>", "1 by night"}, []string{`"night_reminders": 1`}},
		{"How many reminders come in an hour of shift?", []string{"an hour"}, []string{"Each hour</th>"}, []string{`"shift_hours"`}},
		{"Was the bot itself on time, and for which tickets was it blind?", []string{"blind Thu 5 Mar 09:10", "(blind)"}, []string{"<h2 id=\"bot\">", "<td>blind</td>"}, []string{`"blind": [`}},
		{"What do the figures not know?", []string{"Note:"}, []string{"<h2 id=\"limits\">"}, []string{`"limits": [`}},
	} {
		for where, told := range map[string][2]any{"the text": {text, q.text}, "the page": {string(page), q.html}, "the JSON": {js, q.json}} {
			for _, part := range told[1].([]string) {
				if !strings.Contains(told[0].(string), part) {
					t.Errorf("%s\n  %s does not say %q", q.question, where, part)
				}
			}
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}
