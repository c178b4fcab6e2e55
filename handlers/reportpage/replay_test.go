package reportpage

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/escalation/report"
)

// tried is a replay under gentler tiers, with a ticket and a name that would be more than text.
func tried() replay.Result {
	people := func(ana, night int) []replay.Person {
		return []replay.Person{{Workspace: "T1", ID: "U0ANA", Name: "Ana Silva", Reminders: ana, Night: night}, {Workspace: "T1", ID: "U0EVE", Name: hostile, Reminders: 3}}
	}
	return replay.Result{
		From: sampleFrom, To: sampleTo, Zone: "Europe/Berlin", With: "tried.yaml",
		Before:  replay.Side{Counts: report.Counts{Kept: 136, Breached: 12, Withdrawn: 3, Open: 1}, Reminders: 1320, Night: 40, People: people(700, 30)},
		After:   replay.Side{Counts: report.Counts{Kept: 134, Breached: 14, Withdrawn: 3, Open: 1}, Reminders: 801, Night: 3, People: people(400, 2)},
		Changed: []replay.Changed{{Ticket: hostile, Clock: policy.FirstReply, Before: report.Kept, After: report.Breached, Policy: "enterprise", NewPolicy: hostile}},
		Limits:  []string{"People would have acted otherwise."},
	}
}

func TestThePageOfAReplay(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := WriteReplay(&out, tried()); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, said := range []string{"Reminders 1,320 → 801, by night 40 → 3, breaches 12 → 14.", "would have been under tried.yaml.", "People would have acted otherwise.", "Ana Silva", "<td class=\"n\">1320</td>"} {
		if !strings.Contains(page, said) {
			t.Errorf("it does not say %q", said)
		}
	}
	if strings.Count(page, "<script>") != 1 || strings.Contains(page, "<img") {
		t.Error("what others wrote is more than text")
	}
	out.Reset()
	if err := WriteReplay(&out, replay.Result{From: time.Unix(0, 0), Zone: "Mars/Olympus"}); err != nil || !strings.Contains(out.String(), "<p>None.</p>") {
		t.Errorf("of nothing: %v", err)
	}
}
