package setup_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/intake"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

// A channel's own policy is known by its channel: as a name, in reminders and metrics, all share one.
func TestTicketsOfChannelsWithTiersOfTheirOwn(t *testing.T) {
	db := sqlitetest.Open(t)
	b := newBook(t, db)
	b.SetBase(file(), "")
	quick := []policy.Tier{{After: time.Minute, Notify: []string{"here"}}}
	for channel, body := range map[string]setup.Channel{"C0ONE": {Tiers: tiers}, "C0TWO": {Tiers: quick, ByPriority: map[string]string{"low": "teams"}}} {
		change(t, b, setup.Edit{Workspace: team, Scope: setup.ChannelScope(channel), By: hana, Body: body})
	}
	reg := prometheus.NewRegistry()
	opener := &intake.Opener{Store: db, Deps: flow.Deps{
		Settings: b.Settings, Now: func() time.Time { return monday }, NewID: uuid.NewString,
		Logger: slog.New(slog.DiscardHandler), Metrics: flow.NewMetrics(reg),
	}}
	for ticket, at := range map[string]struct{ channel, priority string }{"1": {"C0ONE", ""}, "2": {"C0TWO", "high"}, "3": {"C0TWO", "low"}} {
		m := escalation.Message{
			Thread:   escalation.Thread{Workspace: team, Channel: at.channel, TS: "177305760" + ticket + ".000000"},
			Ticket:   escalation.Ticket{ID: ticket, Priority: at.priority},
			PostedAt: monday,
		}
		if got, err := opener.Open(t.Context(), m); got != flow.OpenedNew || err != nil {
			t.Fatalf("ticket %s: %s, %v", ticket, got, err)
		}
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			for _, label := range m.GetLabel() {
				if family.GetName() == "slabuddy_tickets_total" && label.GetName() == "policy" {
					counted[label.GetValue()] = m.GetCounter().GetValue()
				}
			}
		}
	}
	if diff := cmp.Diff(map[string]float64{setup.OwnPolicy: 2, "teams": 1}, counted); diff != "" {
		t.Errorf("tickets by policy (-want +got):\n%s", diff)
	}
	open, err := db.CountOpen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]int{setup.OwnPolicy: {2}, "teams": {1}}, open); diff != "" {
		t.Errorf("open by policy (-want +got):\n%s", diff)
	}
}
