package escalation_test

import (
	"maps"
	"slices"
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
		{"answered in time", decide(enterprise(), at(50), Answer{Status: DeskAnswered, RepliedAt: at(50)}), "slabuddy_answered_in_time_total", []string{"first_reply", "enterprise"}, 1},
		{"answered too late", decide(enterprise(), at(51), Answer{Status: DeskAnswered, RepliedAt: at(50.5)}), "slabuddy_answered_in_time_total", []string{"first_reply", "enterprise"}, 0},
		{"answered too late, a breach", decide(enterprise(), at(51), Answer{Status: DeskAnswered, RepliedAt: at(50.5)}), "slabuddy_breaches_total", []string{"first_reply", "enterprise"}, 1},
		{"first reply", decide(enterprise(), at(5), Answer{Status: DeskAnswered}), "slabuddy_first_reply_seconds", []string{"enterprise"}, 1},
		{"withdrawn", decide(enterprise(), at(5), Answer{Status: DeskWithdrawn}), "slabuddy_tickets_total", []string{"enterprise", "withdrawn"}, 1},
		{"expired", decide(enterprise(), end, Answer{}), "slabuddy_tickets_total", []string{"enterprise", "expired"}, 1},
		{"breached, and not certain yet", decide(enterprise(), at(50), Answer{Status: DeskUnanswered}), "slabuddy_breaches_total", []string{"first_reply", "enterprise"}, 0},
		{"superseded", decide(enterprise(), at(21), Answer{Status: DeskUnanswered}), "slabuddy_reminders_total", []string{"enterprise", "first_reply", "1", "superseded"}, 1},
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

// Rule 17: a breach is counted once nothing takes it back: the desk confirmed it again a poll later, or the clock
// has ended. One that is taken back is counted nowhere, and its promise as kept.
func TestABreachIsCountedWhenItIsCertain(t *testing.T) {
	for _, tt := range []struct {
		name             string
		answers          map[float64]Answer // by the minute
		breached, inTime float64
	}{
		{"seen once", map[float64]Answer{50: {Status: DeskUnanswered}}, 0, 0},
		{"seen again too soon", map[float64]Answer{50: {Status: DeskUnanswered}, 54: {Status: DeskUnanswered}}, 0, 0},
		{"the desk said nothing the second time", map[float64]Answer{50: {Status: DeskUnanswered}, 60: {}}, 0, 0},
		{"seen again, and once more", map[float64]Answer{50: {Status: DeskUnanswered}, 55: {Status: DeskUnanswered}, 60: {Status: DeskUnanswered}}, 1, 0},
		{"answered late", map[float64]Answer{50: {Status: DeskUnanswered}, 53: {Status: DeskAnswered, RepliedAt: at(52)}}, 1, 0},
		{"counted, then answered late", map[float64]Answer{50: {Status: DeskUnanswered}, 56: {Status: DeskUnanswered}, 58: {Status: DeskAnswered, RepliedAt: at(57)}}, 1, 0},
		{"taken back", map[float64]Answer{50: {Status: DeskUnanswered}, 53: {Status: DeskAnswered, RepliedAt: at(49)}}, 0, 1},
		{"withdrawn", map[float64]Answer{50: {Status: DeskUnanswered}, 53: {Status: DeskWithdrawn}}, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, reg := deps(time.Now)
			tl := enterprise()
			for _, minute := range slices.Sorted(maps.Keys(tt.answers)) {
				f := facts(at(minute))
				f.Answer = tt.answers[minute]
				c, _ := Decide(tl, f)
				d.Committed(c, "")
				if c.Timeline != nil {
					tl = *c.Timeline
				}
			}
			equal(t, "breaches", value(t, reg, "slabuddy_breaches_total", "first_reply", "enterprise"), tt.breached)
			equal(t, "in time", value(t, reg, "slabuddy_answered_in_time_total", "first_reply", "enterprise"), tt.inTime)
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
	m.Know(map[string]map[ClockKind]int{"teams": {FirstReply: 2}}, []string{"oncall"})
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
