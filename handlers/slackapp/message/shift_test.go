package message

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/handover"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// handovers are cards of a change of shift (rule 24).
func handovers() map[string]*escalation.Handover {
	open := []escalation.HandoverTicket{
		{Timeline: "tl-1", Ticket: full, Channel: "C0ENT", Deadline: noon.Add(-10 * time.Minute), Owner: "Ana Silva", OwnerID: "U0ANA"},
		{Timeline: "tl-2", Ticket: escalation.Ticket{ID: "43"}, Channel: "C0ENT", Deadline: noon.Add(time.Hour), OwnerID: "U0EVE", Snoozed: noon.Add(30 * time.Minute)},
	}
	return map[string]*escalation.Handover{
		"of two":            {At: noon, Goes: []string{"Ana Silva"}, Comes: []string{"Bob Stone", "Cleo Marsh"}, On: []string{"Bob Stone", "Cleo Marsh"}, Open: open, More: 3},
		"to nobody":         {At: noon, Goes: []string{"Ana Silva"}},
		"of one more":       {At: noon, Comes: []string{"<!here>"}, On: []string{"<!here>", "Ana Silva"}, Open: open[1:]},
		"while others stay": {At: noon, Goes: []string{"Ana Silva", "Bob Stone"}, On: []string{"Cleo Marsh"}},
	}
}

func TestACardOfAChangeOfShiftReadsAsItShould(t *testing.T) {
	for name, h := range handovers() {
		t.Run(name, func(t *testing.T) {
			text := renderHandover(h, people).text()
			golden(t, "handover "+name, text)
			if strings.Contains(text, "<@") || strings.Contains(text, "<!here") {
				t.Errorf("a card pings:\n%s", text)
			}
		})
	}
}

func TestAnOutlookReadsAsItShould(t *testing.T) {
	week := noon.Add(7 * 24 * time.Hour)
	gap := func(from, to int) calendar.Interval {
		return calendar.Interval{Start: noon.Add(time.Duration(from) * time.Hour), End: noon.Add(time.Duration(to) * time.Hour)}
	}
	var many []calendar.Interval
	for i := range 25 {
		many = append(many, gap(6*i, 6*i+1))
	}
	for name, o := range map[string]*escalation.Outlook{
		"of gaps":         {From: noon, Until: week, Gaps: []calendar.Interval{gap(6, 20), gap(90, 91)}},
		"without gaps":    {From: noon, Until: week},
		"of many":         {From: noon, Until: week, Gaps: many},
		"of a short look": {From: noon, Until: noon.Add(48 * time.Hour)},
	} {
		t.Run(name, func(t *testing.T) { golden(t, "outlook "+name, renderOutlook(o).text()) })
	}
}

// Slack takes a full card: each row has a button, and no two the same name.
func TestSlackTakesAFullCard(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	h := &escalation.Handover{At: noon, Comes: []string{"Ana Silva"}, On: []string{"Ana Silva"}, More: 100}
	for range handover.MaxOpen {
		h.Open = append(h.Open, escalation.HandoverTicket{Timeline: strings.Repeat("0", 36), Ticket: enormous().Ticket, Channel: "C0ENT", Deadline: noon, OwnerID: "U0ANA", Snoozed: noon})
	}
	post := escalation.Post{Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT"}, Handover: h}
	if _, err := b.Post(t.Context(), "job-1", post); err != nil {
		t.Fatal(err)
	}
	if s := renderHandover(h, people); len(s.blocks) > block.InMessage {
		t.Errorf("%d blocks", len(s.blocks))
	}
}

// Where a card is too long for Slack, each ticket has a line, without a button.
func TestACardThatIsTooLongForSlackHasALineForEachTicket(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	b.Inject(slacktest.Fault{Do: slacktest.Refused("msg_blocks_too_long"), When: func(c slacktest.Call) bool { return len(c.Args["blocks"]) > 12000 }})
	h := &escalation.Handover{At: noon, Comes: []string{"Ana Silva"}, On: []string{"Ana Silva"}, More: 100}
	wordy := firstTier().Ticket
	wordy.Subject = strings.Repeat("word ", 60)
	for range handover.MaxOpen {
		h.Open = append(h.Open, escalation.HandoverTicket{Timeline: strings.Repeat("0", 36), Ticket: wordy, Channel: "C0ENT", Deadline: noon})
	}
	landed, err := b.Post(t.Context(), "job-1", escalation.Post{Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT"}, Handover: h})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range b.digests() {
		if n := strings.Count(string(m.Blocks), "Ticket 42"); m.TS == landed.TS && (n != handover.MaxOpen || !strings.Contains(string(m.Blocks), "100 tickets more")) {
			t.Errorf("%d lines: %s", n, m.Blocks)
		}
	}
}
