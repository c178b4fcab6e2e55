package handover

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// Rule 24: an outlook names the hours without anybody in which a ticket could be due, and no closed night.
func TestAnOutlookLeavesOutWhatIsClosed(t *testing.T) {
	var week [7][]hours.Window
	for d := range week {
		week[d] = []hours.Window{{From: 9 * 60, To: 17 * 60}}
	}
	office, err := hours.New(hours.Definition{Zone: time.UTC, Week: week})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	gap := calendar.Interval{Start: day.Add(15 * time.Hour), End: day.Add(34 * time.Hour)}
	f := escalationtest.Facts(day)
	enterprise := policy.BuiltIn()["enterprise"]
	enterprise.Hours = "office"
	f.Settings.Hours = map[string]*hours.Hours{"office": office}
	f.Settings.Policies = map[string]policy.Policy{"enterprise": enterprise, "night": policy.BuiltIn()["teams"]}
	f.Settings.Channels = map[string]policy.Channel{"C0ENTERPRISE": {Policy: "enterprise"}}
	gapsIn := func() []calendar.Interval {
		job := outlook(calendar.Outlook{From: day, Until: day.AddDate(0, 0, 7), Gaps: []calendar.Interval{gap}}, day, escalation.Thread{Workspace: "T0ACME", Channel: "C0SHIFT"}, f)
		return escalationtest.Post(t, escalation.Change{Jobs: []queue.New{job}}).Outlook.Gaps
	}
	escalationtest.Equal(t, "in office hours", gapsIn(), []calendar.Interval{{Start: gap.Start, End: day.Add(17 * time.Hour)}, {Start: day.Add(33 * time.Hour), End: gap.End}})
	f.Settings.Channels["C0NIGHT"] = policy.Channel{Policy: "night"}
	escalationtest.Equal(t, "where a channel counts around the clock", gapsIn(), []calendar.Interval{gap})
}
