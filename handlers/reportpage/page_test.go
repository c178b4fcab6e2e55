package reportpage

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
)

func written(t *testing.T, r report.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What others write stays text, wherever it stands (rule 29).
func TestWhatOthersWriteStaysText(t *testing.T) {
	t.Parallel()
	r := sample(1)
	r.Breaches = append(r.Breaches, report.Breach{
		Ticket: escalation.Ticket{ID: hostile, Customer: hostile, Subject: hostile, Link: "javascript:alert(1)"}, Policy: hostile,
		Causes: []report.Cause{report.Snoozed}, By: &review.Party{Name: hostile},
	})
	r.Breaches = append(r.Breaches, report.Breach{
		Ticket: escalation.Ticket{ID: "7", Customer: "\u202egnihsihp", Subject: strings.Repeat("x", 2000)}, Causes: []report.Cause{report.NobodyTold},
	})
	r.People = append(r.People, report.Person{ID: "U0EVE", Name: hostile, Reminders: 1})
	r.Clocks = append(r.Clocks, report.Tally{Clock: policy.FirstReply, Policy: hostile})
	r.Priorities = append(r.Priorities, report.Tally{Clock: policy.FirstReply, Priority: hostile})
	r.Bot.Blind = []report.Blind{{Some: []string{hostile}}}
	page := written(t, r)
	if n := strings.Count(page, "<script>"); n != 1 {
		t.Errorf("%d scripts, want the page's own", n)
	}
	for _, never := range []string{"<img", "javascript:", "http://", `src=`, "\u202e", strings.Repeat("x", 2*mostWords)} {
		if strings.Contains(strings.ReplaceAll(page, "&lt;img src=x", ""), never) {
			t.Errorf("%q is in the page", never)
		}
	}
}

// A span without a ticket, and one whose zone this machine does not know, are reports too.
func TestAnEmptyReport(t *testing.T) {
	t.Parallel()
	r := report.NewBuilder(report.Query{From: sampleFrom, To: sampleTo}, sampleTo, time.UTC).Report()
	r.Zone = "Mars/Olympus"
	page := written(t, r)
	for _, said := range []string{"No ticket came in.", "No promise was broken.", "No ticket has a first reply yet."} {
		if !strings.Contains(page, said) {
			t.Errorf("it does not say %q", said)
		}
	}
	if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
		t.Error("a number is none")
	}
}
