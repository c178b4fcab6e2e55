package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/saying"
)

func TestSavedChangesAreCounted(t *testing.T) {
	end := posted0.AddDate(0, 0, 30)
	decide := func(tl Timeline, now time.Time, a Answer) Change {
		f := facts(now)
		f.Answer = a
		c, _ := Decide(tl, f)
		return c
	}
	snoozed, _ := Respond(enterprise(), byAna, saying.Read("45m", posted0), facts(at(5)))
	for _, tt := range []struct {
		name   string
		change Change
		metric string
		labels []string
		want   float64
	}{
		{"answered", decide(enterprise(), at(5), Answer{Status: DeskAnswered}), "slabuddy_tickets_total", []string{"enterprise", "answered"}, 1},
		{"answered in time", decide(enterprise(), at(50), Answer{Status: DeskAnswered, RepliedAt: at(50)}), "slabuddy_answered_in_time_total", []string{"enterprise"}, 1},
		{"answered too late", decide(enterprise(), at(51), Answer{Status: DeskAnswered, RepliedAt: at(50.5)}), "slabuddy_answered_in_time_total", []string{"enterprise"}, 0},
		{"answered too late, a breach", decide(enterprise(), at(51), Answer{Status: DeskAnswered, RepliedAt: at(50.5)}), "slabuddy_breaches_total", []string{"enterprise"}, 1},
		{"first reply", decide(enterprise(), at(5), Answer{Status: DeskAnswered}), "slabuddy_first_reply_seconds", []string{"enterprise"}, 1},
		{"withdrawn", decide(enterprise(), at(5), Answer{Status: DeskWithdrawn}), "slabuddy_tickets_total", []string{"enterprise", "withdrawn"}, 1},
		{"expired", decide(enterprise(), end, Answer{}), "slabuddy_tickets_total", []string{"enterprise", "expired"}, 1},
		{"breached", decide(enterprise(), at(50), Answer{Status: DeskUnanswered}), "slabuddy_breaches_total", []string{"enterprise"}, 1},
		{"superseded", decide(enterprise(), at(21), Answer{Status: DeskUnanswered}), "slabuddy_reminders_total", []string{"enterprise", "1", "superseded"}, 1},
		{"snoozed", snoozed, "slabuddy_snoozes_total", []string{"enterprise"}, 1},
		{"nothing moved", Change{}, "slabuddy_snoozes_total", []string{"enterprise"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, reg := deps(time.Now)
			d.Committed(tt.change, "U0ANA")
			equal(t, tt.metric, value(t, reg, tt.metric, tt.labels...), tt.want)
		})
	}
}

func TestReplyBeforeTheMessageCountsAsNoWait(t *testing.T) {
	d, reg := deps(time.Now)
	f := facts(at(5))
	f.Answer = Answer{Status: DeskAnswered, RepliedAt: at(-0.5)}
	c, _ := Decide(enterprise(), f)
	d.Committed(c, "")
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "slabuddy_first_reply_seconds" {
			equal(t, "seconds", family.GetMetric()[0].GetHistogram().GetSampleSum(), 0)
		}
	}
}

func TestWhatIsKnownBeginsAtZero(t *testing.T) {
	m, reg := metrics()
	m.Know(map[string]int{"teams": 2}, []string{"oncall"})
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]int{}
	for _, f := range families {
		for _, metric := range f.GetMetric() {
			if len(metric.GetLabel()) > 0 {
				known[f.GetName()]++
			}
		}
	}
	equal(t, "samples", known, map[string]int{
		"slabuddy_tickets_total": 8, "slabuddy_reminders_total": 2 * 5, "slabuddy_pages_total": 6, "slabuddy_first_reply_seconds": 1,
		"slabuddy_answered_in_time_total": 1, "slabuddy_breaches_total": 1, "slabuddy_snoozes_total": 1,
	})
}
