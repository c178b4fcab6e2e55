package message

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// digestOf is a digest of n tickets, as it is sent when its second ticket was left out.
func digestOf(n int) escalation.Post {
	p := escalation.Post{Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT"}}
	for i := range n {
		r := firstTier()
		r.Ticket.ID = fmt.Sprint(100 + i)
		row := escalation.Post{Thread: p.Thread, Timeline: fmt.Sprintf("00000000-0000-7000-8000-%012d", i), Round: 1, Digest: "job-1", Reminder: r, Row: i + 1}
		if i > 0 {
			row.Row++
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// Rule 22: each recipient is mentioned once, and each ticket has a row with its button.
func TestADigestNamesEveryTicketAndPingsEverybodyOnce(t *testing.T) {
	s := renderDigest(digestOf(escalation.MaxDigest))
	for _, told := range []string{encoded(t, s), encoded(t, s.withTable()), s.text()} {
		for i := range escalation.MaxDigest {
			if id := fmt.Sprint(100 + i); !strings.Contains(told, id) {
				t.Errorf("ticket %s is not named", id)
			}
		}
		if n := strings.Count(told, `@U0ANA`); n != 1 {
			t.Errorf("Ana is mentioned %d times", n)
		}
	}
	if n := len(s.blocks); n > 50 {
		t.Errorf("%d blocks", n)
	}
	if n := strings.Count(encoded(t, s.withTable()), `"action_cell"`); n != 2*escalation.MaxDigest {
		t.Errorf("%d buttons in the table's rows", n)
	}
	if !strings.HasPrefix(s.text(), "*40 tickets wait for an answer.*") {
		t.Errorf("it begins %q", s.text()[:60])
	}
}

// Rules 12 and 22: a Slack that knows no tables gets the same as a list; what is found says which rows it has.
func TestADigestIsPostedAsAListWhereSlackRefusesTheTableAndFoundInTheChannel(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	p := digestOf(3)
	landed, err := b.Post(t.Context(), "job-1", p)
	if err != nil {
		t.Fatal(err)
	}
	found, ok, err := b.Find(t.Context(), "job-1", p.Thread, time.Now().Add(-5*time.Minute))
	if err != nil || !ok || found.TS != landed.TS || !slices.Equal(found.Rows, []int{1, 3, 4}) {
		t.Errorf("found %+v, %v, %v", found, ok, err)
	}

	var rows []deliver.DigestRow
	for i, r := range p.Rows {
		tl := escalation.Timeline{ID: r.Timeline, Thread: r.Thread, Ticket: r.Reminder.Ticket, PostedAt: noon, State: escalation.Open}
		if i == 0 {
			tl.State, tl.AnsweredAt = escalation.Answered, noon.Add(12*time.Minute)
		}
		tl.Clocks = []escalation.Clock{{Kind: escalation.FirstReply, Start: noon, Deadline: r.Reminder.Deadline}}
		rows = append(rows, deliver.DigestRow{Post: r, Now: tl})
	}
	b.shows(t, landed.TS, rows, "*2 of 3 tickets still wait", "Answered after 12 minutes", "I'm on all")
	for i := range rows {
		rows[i].Now.State, rows[i].Now.AnsweredAt = escalation.Answered, noon.Add(20*time.Minute)
	}
	b.shows(t, landed.TS, rows, "*Settled:* none of these 3 tickets waits any more")

	if err := b.RefreshDigest(t.Context(), "1.000001", rows); err != nil {
		t.Errorf("a digest that is gone is left alone: %v", err)
	}
}

func (b *bench) shows(t *testing.T, ts string, rows []deliver.DigestRow, words ...string) {
	t.Helper()
	if err := b.RefreshDigest(t.Context(), ts, rows); err != nil {
		t.Fatal(err)
	}
	for _, m := range b.History("C0ENT") {
		if m.TS != ts {
			continue
		}
		for _, w := range words {
			if !strings.Contains(m.Text, w) && !strings.Contains(string(m.Blocks), w) {
				t.Errorf("the digest does not say %q: %s", w, m.Text)
			}
		}
	}
}
