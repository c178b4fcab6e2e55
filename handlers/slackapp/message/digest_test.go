package message

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/policy"
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

const tableKind = "data_table"

// Rules 12 and 22: a digest is a table where Slack knows tables, and a list otherwise. It is found again, with the
// rows it has; it is brought up to date and settled where it stands, also if Slack takes the table no more by then,
// or takes it only then.
func TestADigestIsATableWhereSlackKnowsTablesAndAListOtherwise(t *testing.T) {
	for name, knows := range map[string]struct{ atFirst, then bool }{
		"a table": {true, true}, "a list": {false, false}, "a table that becomes a list": {true, false}, "a list that becomes a table": {false, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, slacktest.Options{})
			refused := b.RefuseBlocks(tableKind)
			if knows.atFirst {
				refused.Clear()
			}
			p := digestOf(3)
			landed, err := b.Post(t.Context(), "job-1", p)
			if err != nil {
				t.Fatal(err)
			}
			b.isTable(t, landed.TS, knows.atFirst)
			found, ok, err := b.Find(t.Context(), "job-1", p.Thread, time.Now().Add(-5*time.Minute))
			if err != nil || !ok || found.TS != landed.TS || !slices.Equal(found.Rows, []int{1, 3, 4}) {
				t.Errorf("found %+v, %v, %v", found, ok, err)
			}

			refused.Clear()
			if !knows.then {
				b.RefuseBlocks(tableKind)
			}
			rows := asNow(p)
			rows[0].Now.State, rows[0].Now.AnsweredAt = escalation.Answered, noon.Add(12*time.Minute)
			first := "Answered after 12 minutes"
			if knows.then {
				first = `"answered"`
			}
			b.shows(t, landed.TS, rows, "*2 of 3 tickets still wait", first, "I'm on all", "slabuddy_own#2", "slabuddy_own#3")
			b.isTable(t, landed.TS, knows.then)
			for i := range rows {
				rows[i].Now.State, rows[i].Now.AnsweredAt = escalation.Answered, noon.Add(20*time.Minute)
			}
			b.shows(t, landed.TS, rows, "*Settled:* none of these 3 tickets waits any more")
			b.isTable(t, landed.TS, false)
			if n := len(b.digests()); n != 1 {
				t.Errorf("%d digests", n)
			}
		})
	}
}

// Slack takes so much in all blocks of a message together, and no more: then each ticket has a line, and the buttons are
// for all of them.
func TestADigestThatIsTooLongForSlackHasALineForEachTicket(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	tooLong := b.Inject(slacktest.Fault{Do: slacktest.Refused("msg_blocks_too_long"), When: func(c slacktest.Call) bool { return len(c.Args["blocks"]) > 12000 }})
	p := digestOf(escalation.MaxDigest)
	landed, err := b.Post(t.Context(), "job-1", p)
	if err != nil {
		t.Fatal(err)
	}
	if tooLong.Hits() != 1 {
		t.Errorf("refused %d times; a list is longer than its table", tooLong.Hits())
	}
	b.isTable(t, landed.TS, false)
	if found, ok, err := b.Find(t.Context(), "job-1", p.Thread, time.Now().Add(-5*time.Minute)); err != nil || !ok || len(found.Rows) != escalation.MaxDigest {
		t.Errorf("found %+v, %v, %v", found, ok, err)
	}
	rows := asNow(p)
	rows[0].Now.State, rows[0].Now.AnsweredAt = escalation.Answered, noon.Add(12*time.Minute)
	b.shows(t, landed.TS, rows, "*39 of 40 tickets still wait", "@U0ANA", "I'm on all")
	for _, line := range []string{"100\\u003e · answered", "101\\u003e · *deadline passed*", "139\\u003e · *deadline passed*"} {
		if blocks := string(b.digests()[0].Blocks); !strings.Contains(blocks, line) {
			t.Errorf("no line says %q: %s", line, blocks)
		}
	}
}

// A digest that somebody deleted is left alone, whether Slack knows tables or not, and no other takes its place.
func TestADigestThatWasDeletedIsLeftAlone(t *testing.T) {
	for name, knows := range map[string]bool{"a table": true, "a list": false} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, slacktest.Options{})
			if !knows {
				b.RefuseBlocks(tableKind)
			}
			p := digestOf(3)
			landed, err := b.Post(t.Context(), "job-1", p)
			if err != nil {
				t.Fatal(err)
			}
			if err := b.Delete(p.Channel, landed.TS); err != nil {
				t.Fatal(err)
			}
			if err := b.RefreshDigest(t.Context(), landed.TS, asNow(p)); err != nil {
				t.Error(err)
			}
			if n := len(b.digests()); n != 0 {
				t.Errorf("%d digests", n)
			}
		})
	}
}

// Rule 25: a summary has its picture and its table, and is the same as text where Slack refuses either of them.
func TestASummaryIsAListWhereSlackRefusesThePictureOrTheTable(t *testing.T) {
	summary := escalation.Summary{
		From: noon.AddDate(0, 0, -7), To: noon, Zone: "UTC", Sentence: "50 % of 2 tickets.", Breaches: 1, Bars: []escalation.Bar{{Label: "Mon", Kept: 1, Breached: 1}},
		Missed: []escalation.Missed{{Channel: "C0ENT", Thread: "1.1", Clock: policy.FirstReply, At: noon, Ticket: escalation.Ticket{ID: "4000", Subject: "Cannot log in"}}},
	}
	for _, refused := range []string{"", tableKind, "data_visualization"} {
		t.Run("refused: "+refused, func(t *testing.T) {
			b := newBench(t, slacktest.Options{})
			b.RefuseBlocks(refused)
			if _, err := b.Post(t.Context(), "job-1", escalation.Post{Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT"}, Summary: &summary}); err != nil {
				t.Fatal(err)
			}
			posted := b.digests()
			if len(posted) != 1 {
				t.Fatalf("%d summaries", len(posted))
			}
			shown := string(posted[0].Blocks)
			for _, kind := range []string{tableKind, "data_visualization"} {
				if strings.Contains(shown, kind) != (refused == "") {
					t.Errorf("%s: %s", kind, shown)
				}
			}
			if !strings.Contains(shown, "4000") || !strings.Contains(posted[0].Text, "Cannot log in") {
				t.Errorf("it does not tell of the ticket: %s\n%s", shown, posted[0].Text)
			}
		})
	}
}

// asNow is a digest's tickets while all of them wait.
func asNow(p escalation.Post) (rows []deliver.DigestRow) {
	for _, r := range p.Rows {
		tl := escalation.Timeline{ID: r.Timeline, Thread: r.Thread, Ticket: r.Reminder.Ticket, PostedAt: noon, State: escalation.Open}
		tl.Clocks = []escalation.Clock{{Kind: policy.FirstReply, Start: noon, Deadline: r.Reminder.Deadline}}
		rows = append(rows, deliver.DigestRow{Post: r, Now: tl})
	}
	return rows
}

// digests are the bot's messages in the channel: all besides the desk's ticket.
func (b *bench) digests() []slacktest.Message {
	return slices.DeleteFunc(b.History("C0ENT"), func(m slacktest.Message) bool { return m.TS == b.thread.TS })
}

func (b *bench) isTable(t *testing.T, ts string, want bool) {
	t.Helper()
	for _, m := range b.digests() {
		if m.TS == ts && strings.Contains(string(m.Blocks), tableKind) == want {
			return
		}
	}
	t.Errorf("no digest %s that is a table: %v", ts, want)
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
