package reportpage

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// hostile is what a customer might write to be more than text.
const hostile = `</script><script>document.title="taken"</script><img src=x onerror=alert(1)> "Käufer" 客户`

var (
	sampleFrom = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	sampleTo   = time.Date(2026, 11, 15, 0, 0, 0, 0, time.UTC)
)

// sample is the report of a made-up team's six weeks, which are always the same ones: mornings are busy, and on
// Mondays nobody is on shift before ten.
func sample(n int) report.Report {
	random := rand.New(rand.NewPCG(1, 2))
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	known := report.Known{Names: review.Names{"U0ANA": "Ana Silva", "U0BEN": "Ben Okafor", "U0CHLOE": "Chloé Martin-Delacroix-Beaumont", "S0SUPPORT": "@support"}}
	for day := sampleFrom; day.Before(sampleTo); day = day.AddDate(0, 0, 1) {
		opens := 7
		if day.Weekday() == time.Monday {
			opens = 9
		}
		known.Rosters = append(known.Rosters,
			review.RosterSince{At: day.Add(time.Duration(opens) * time.Hour), Roster: calendar.Snapshot{Known: true, OnShift: []string{"Ana Silva", "Ben Okafor"}}},
			review.RosterSince{At: day.Add(18 * time.Hour), Roster: calendar.Snapshot{Known: true, OnShift: []string{"Chloé Martin-Delacroix-Beaumont"}}},
			review.RosterSince{At: day.Add(23 * time.Hour), Roster: calendar.Snapshot{Known: true}})
	}
	b := report.NewBuilder(report.Query{From: sampleFrom, To: sampleTo}, sampleTo, zone)
	for i := range n {
		day := sampleFrom.AddDate(0, 0, -20+random.IntN(65))
		posted := day.Add(time.Duration(6+random.NormFloat64()*2.5+4*random.Float64()) * time.Hour).Add(time.Duration(random.IntN(3600)) * time.Second)
		b.Add(lived(random, i, posted), known)
	}
	return b.Report()
}

func lived(random *rand.Rand, i int, posted time.Time) review.Record {
	subject := []string{"Cannot log in", "Invoice is wrong", "Webhook is called twice", "Export never ends"}[i%4]
	if i == 0 {
		subject = hostile
	}
	name := []string{"enterprise", "teams"}[i%2]
	t := escalation.Begin(fmt.Sprint("tl-", i), escalation.Message{
		Thread:   escalation.Thread{Workspace: "T0ACME", Channel: "C0ENTERPRISE", TS: fmt.Sprint(posted.Unix())},
		PostedAt: posted, Ticket: escalation.Ticket{
			ID: fmt.Sprint(4000 + i), Priority: []string{"urgent", "high", "normal"}[i%3], Customer: "Northwind", Subject: subject,
			Link: fmt.Sprint("https://desk.example.com/tickets/", 4000+i),
		},
	}, policy.BuiltIn()[name], &escalation.Settings{GiveUp: 30 * 24 * time.Hour}, posted)
	r := review.Record{}
	wait := time.Duration((5 + random.ExpFloat64()*16) * float64(time.Minute))
	if name == "teams" {
		wait *= 8
	}
	if random.IntN(40) == 0 {
		wait *= 6
	}
	ids := []string{"U0ANA", "U0BEN", "U0CHLOE", "S0SUPPORT"}
	for k := range t.Tiers {
		tier := &t.Tiers[k]
		if tier.Due.Sub(posted) > wait {
			break
		}
		tier.State, tier.PostedAt = escalation.TierPosted, tier.Due
		late := time.Duration(random.IntN(300)) * time.Millisecond
		r.History = append(r.History, escalation.Event{At: tier.Due, Kind: escalation.EventDue, Tier: k + 1, Details: escalation.Details{Desk: desk.Unanswered}},
			escalation.Event{At: tier.Due, Kind: escalation.EventPosted, Tier: k + 1, Details: escalation.Details{Late: late, Mentioned: []string{ids[(i+k)%4]}}})
	}
	switch {
	case i%17 == 0:
		t.State, t.ClosedAt = escalation.Withdrawn, posted.Add(wait)
	case posted.Add(wait).Before(sampleTo):
		t.State, t.AnsweredAt, t.ClosedAt = escalation.Answered, posted.Add(wait), posted.Add(wait)
	}
	if first := t.FirstReply(); i == 0 || t.ClosedAt.After(first.Deadline) {
		first.BreachedAt = first.Deadline
	}
	r.Timeline = t
	return r
}
