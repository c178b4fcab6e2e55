package escalation_test

import (
	"testing"
	"time"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// full is a policy with all three clocks; the resolution waits while the ticket is pending.
func full(first, next, resolution time.Duration) policy.Policy {
	p := promising(first)
	p.NextReply, p.Resolution = promise(next), promise(resolution)
	p.Resolution.Pause = []desk.Status{desk.StatusPending}
	return p
}

// Rules 17 and 18, in lives of one ticket each.
func TestLivesOfATicket(t *testing.T) {
	const hour = time.Hour
	for name, live := range map[string]func(t *testing.T){
		"pending when it is opened: the first reply runs all the same": func(t *testing.T) {
			o := opens(t, full(4*hour, hour, 8*hour), "10:00")
			o.desk.Status = desk.StatusPending
			o.asked("10:05")
			o.due(policy.FirstReply, "14:00")
			o.stands(policy.Resolution)
			o.fact("12:05", desk.FactStatus, "open")
			o.due(policy.Resolution, "20:00")
		},
		"hold does not pause what only pending pauses": func(t *testing.T) {
			o := opens(t, full(4*hour, hour, 8*hour), "10:00")
			o.fact("11:00", desk.FactStatus, "hold")
			o.due(policy.Resolution, "18:00")
		},
		"a priority raised while pending keeps what was earned": func(t *testing.T) {
			long, short := full(4*hour, hour, 8*hour), full(2*hour, hour, 4*hour)
			long.Name, short.Name = "long", "short"
			o := opens(t, long, "10:00")
			o.settings.Policies["short"] = short
			o.settings.Channels["C1"] = policy.Channel{Policy: "long", ByPriority: map[string]string{"urgent": "short"}}
			o.desk.Priority = "normal"
			o.fact("10:10", desk.FactReplied, "")
			o.fact("11:00", desk.FactStatus, "pending")
			o.desk.Priority = "urgent"
			o.asked("12:00")
			o.stands(policy.Resolution)
			o.fact("13:00", desk.FactStatus, "open")
			o.due(policy.Resolution, "16:00") // an hour was used
		},
		"a target below what is used is due at once, and no earlier": func(t *testing.T) {
			long, short := full(8*hour, hour, 8*hour), full(hour, hour, 8*hour)
			o := becomesUrgent(t, long, short)
			equal(t, "breaches", o.breaches, []string{"first_reply Mon 12:30"})
			equal(t, "reminded", o.reminded, []string{"first_reply 1 Mon 12:30"})
		},
		"a solution that is promised only now, and was due before, breaks now": func(t *testing.T) {
			long, short := promising(8*hour), full(8*hour, hour, hour)
			o := becomesUrgent(t, long, short)
			equal(t, "breaches", o.breaches, []string{"resolution Mon 12:30"})
		},
		"a customer who thanks for the solution has no next reply promised": func(t *testing.T) {
			o := opens(t, full(hour, hour, 8*hour), "10:00")
			o.fact("10:30", desk.FactReplied, "")
			o.told = append(o.told, desk.Fact{Kind: desk.FactStatus, At: clockAt("11:00"), Value: "solved", ID: "solved"},
				desk.Fact{Kind: desk.FactCustomerWrote, At: clockAt("11:05"), ID: "thanks"})
			o.desk.Status = desk.StatusSolved
			o.asked("12:30")
			equal(t, "ended", o.ended, []string{"first_reply kept", "resolution kept"})
			equal(t, "breaches", o.breaches, nil)
		},
		"a pause over night, in hours": func(t *testing.T) {
			p := full(hour, hour, 4*hour)
			p.Hours = "office"
			o := opens(t, p, "15:00")
			o.fact("15:10", desk.FactReplied, "")
			o.fact("16:00", desk.FactStatus, "pending")
			o.fact("Wed 07:00", desk.FactStatus, "open") // outside hours
			o.due(policy.Resolution, "Wed 12:00")
		},
		"a next reply late in the day is due tomorrow": func(t *testing.T) {
			p := full(hour, hour, 80*hour)
			p.Hours = "office"
			o := opens(t, p, "15:00")
			o.fact("15:10", desk.FactReplied, "")
			o.fact("16:40", desk.FactCustomerWrote, "")
			o.due(policy.NextReply, "Tue 09:40")
			o.fact("Tue 09:30", desk.FactReplied, "")
			equal(t, "breaches", o.breaches, nil)
		},
		"all is told at once, and in time": func(t *testing.T) {
			o := opens(t, full(hour, hour, 8*hour), "10:00")
			o.told = append(o.told,
				desk.Fact{Kind: desk.FactReplied, At: clockAt("10:30"), ID: "1"},
				desk.Fact{Kind: desk.FactCustomerWrote, At: clockAt("11:00"), ID: "2"},
				desk.Fact{Kind: desk.FactReplied, At: clockAt("11:20"), ID: "3"})
			o.asked("13:00") // the desk was silent until then
			equal(t, "breaches", o.breaches, nil)
			o.stands(policy.NextReply)
		},
		"an answer that comes too late and is told late": func(t *testing.T) {
			o := opens(t, full(hour, hour, 8*hour), "10:00")
			o.fact("10:30", desk.FactReplied, "")
			o.fact("11:00", desk.FactCustomerWrote, "")
			o.told = append(o.told, desk.Fact{Kind: desk.FactReplied, At: clockAt("12:20"), ID: "late"})
			o.asked("12:40")
			equal(t, "breaches", o.breaches, []string{"next_reply Mon 12:00"})
			o.stands(policy.NextReply)
		},
		"an older message is heard later: no breach is dated before it was": func(t *testing.T) {
			o := opens(t, full(hour, hour, 8*hour), "10:00")
			o.fact("10:30", desk.FactReplied, "")
			o.fact("12:00", desk.FactCustomerWrote, "")
			o.due(policy.NextReply, "13:00")
			o.told = append(o.told, desk.Fact{Kind: desk.FactCustomerWrote, At: clockAt("11:00"), ID: "older"})
			o.asked("12:30")
			equal(t, "breaches", o.breaches, []string{"next_reply Mon 12:30"})
		},
		"solved while a next reply is owed: void, and what broke stays broken": func(t *testing.T) {
			o := opens(t, full(hour, hour, 8*hour), "10:00")
			o.fact("10:30", desk.FactReplied, "")
			o.fact("11:00", desk.FactCustomerWrote, "")
			o.asked("12:00")
			o.asked("12:10")
			o.fact("12:30", desk.FactStatus, "solved")
			equal(t, "breaches", o.breaches, []string{"next_reply Mon 12:00"})
			equal(t, "ended", o.ended, []string{"first_reply kept", "next_reply void", "resolution kept"})
		},
		"a snooze moves no deadline of any clock": func(t *testing.T) {
			o := opens(t, full(hour, hour, 8*hour), "10:00")
			o.t, _ = Snooze(o.t, Wait{For: 2 * hour}, clockAt("10:10"), nil)
			o.due(policy.FirstReply, "11:00")
			o.due(policy.Resolution, "18:00")
		},
	} {
		t.Run(name, live)
	}
}

// Rule 5: what a desk tells that cannot be right closes and breaks nothing.
func TestWhatADeskTellsThatCannotBeRight(t *testing.T) {
	const hour = time.Hour
	untouched := func(t *testing.T, o *owing) {
		t.Helper()
		equal(t, "state", o.t.State, Open)
		equal(t, "breaches", o.breaches, nil)
		o.due(policy.FirstReply, "14:00")
	}
	ahead, longAgo := clockAt("10:30").Add(90*time.Minute), clockAt("10:00").AddDate(0, 0, -3)
	t.Run("a status that is no word of ours", func(t *testing.T) {
		o := opens(t, full(4*hour, hour, 8*hour), "10:00")
		o.desk = desk.Ticket{Said: "frobnicated"}
		o.fact("10:30", desk.FactStatus, "frobnicated")
		untouched(t, o)
		o.due(policy.Resolution, "18:00")
	})
	t.Run("a reply that is older than the ticket", func(t *testing.T) {
		o := opens(t, full(4*hour, hour, 8*hour), "10:00")
		o.desk.CustomerWrote = clockAt("10:00")
		o.told = []desk.Fact{{Kind: desk.FactReplied, At: longAgo, ID: "old"}}
		o.asked("10:30")
		untouched(t, o)
	})
	t.Run("a customer's message dated ahead", func(t *testing.T) {
		o := opens(t, full(4*hour, hour, 8*hour), "10:00")
		o.told = []desk.Fact{{Kind: desk.FactCustomerWrote, At: ahead, ID: "ahead"}}
		o.asked("10:30")
		untouched(t, o)
		o.fact("10:40", desk.FactReplied, "")
		o.stands(policy.NextReply)
	})
	t.Run("a reply dated ahead counts as of now", func(t *testing.T) {
		o := opens(t, full(4*hour, hour, 8*hour), "10:00")
		o.decide("10:30", desk.Answer{Status: desk.Answered, RepliedAt: ahead, Ticket: o.desk})
		equal(t, "answered", o.t.AnsweredAt.UTC(), clockAt("10:30"))
		equal(t, "breaches", o.breaches, nil)
		o.stands(policy.FirstReply)
	})
	t.Run("statuses out of order: the last one said counts", func(t *testing.T) {
		o := opens(t, full(4*hour, hour, 8*hour), "10:00")
		o.fact("11:00", desk.FactStatus, "pending")
		o.told = append(o.told, desk.Fact{Kind: desk.FactStatus, At: clockAt("10:30"), Value: "open", ID: "older"})
		o.asked("11:05")
		o.stands(policy.Resolution)
		o.asked("23:00")
		equal(t, "only the first reply broke", o.breaches, []string{"first_reply Mon 14:00"})
	})
	t.Run("a desk whose clock is slow: the ticket is open, so time counts", func(t *testing.T) {
		o := opens(t, full(4*hour, hour, 8*hour), "10:00")
		o.desk.Status = desk.StatusPending
		o.asked("11:00") // when it was, the desk does not say
		o.desk.Status = desk.StatusOpen
		o.told = []desk.Fact{{Kind: desk.FactStatus, At: clockAt("10:57"), Value: "open", ID: "slow"}}
		o.asked("12:00")
		if !o.t.Clock(policy.Resolution).Running() {
			t.Error("its resolution stands still for good")
		}
	})
	t.Run("priorities out of order: the last one said counts", func(t *testing.T) {
		long, short := full(4*hour, hour, 8*hour), full(hour, hour, 8*hour)
		long.Name, short.Name = "long", "short"
		o := opens(t, long, "10:00")
		o.settings.Policies["short"] = short
		o.settings.Channels["C1"] = policy.Channel{Policy: "long", ByPriority: map[string]string{"urgent": "short"}}
		o.desk.Priority = "normal"
		o.fact("10:20", desk.FactPriority, "normal")
		o.told = append(o.told, desk.Fact{Kind: desk.FactPriority, At: clockAt("10:10"), Value: "urgent", ID: "older"})
		o.asked("10:30")
		equal(t, "policy", o.t.Policy, "long")
	})
	t.Run("solved, dated ahead", func(t *testing.T) {
		o := opens(t, full(4*hour, hour, 8*hour), "10:00")
		o.fact("10:10", desk.FactReplied, "")
		o.desk.Status, o.desk.SolvedAt = desk.StatusSolved, ahead
		o.asked("10:30")
		equal(t, "closed", o.t.ClosedAt.UTC(), clockAt("10:30"))
		equal(t, "breaches", o.breaches, nil)
	})
	t.Run("solved half a minute ahead: as of now", func(t *testing.T) {
		o := opens(t, full(4*hour, hour, 8*hour), "10:00")
		o.fact("10:10", desk.FactReplied, "")
		o.desk.Status, o.desk.SolvedAt = desk.StatusSolved, clockAt("10:30").Add(30*time.Second)
		o.asked("10:30")
		equal(t, "solved", o.t.Desk.Ticket.SolvedAt.UTC(), clockAt("10:30"))
	})
}
