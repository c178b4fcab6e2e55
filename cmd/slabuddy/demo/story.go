package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/demo/window"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk/helpdesktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// The tickets of the story.
const (
	unanswered = "4101" // nobody answers it
	answered   = "4102" // answered in the help desk after its first reminder
	feedback   = "4103" // of a type that opens nothing
	snoozed    = "4104" // put off, reminded of again, and answered in time
	overnight  = "4105" // for the other policy, at night
	owing      = "4106" // at night, in a plan that counts working hours, with all three clocks
)

// curtain is when the clock starts, some minutes before the first beat.
func curtain() time.Time { return monday(8, 55) }

// beat is one moment of the story: the narrator speaks, or somebody does something.
type beat struct {
	at    time.Time
	says  string
	does  func(*stage) error
	about string // the ticket that it is left out of once people have to do with that; "": it always happens
}

func say(at time.Time, text string) beat          { return beat{at: at, says: text} }
func act(at time.Time, f func(*stage) error) beat { return beat{at: at, does: f} }

// of is a beat about a ticket.
func (b beat) of(ticket string) beat {
	b.about = ticket
	return b
}

// story keeps its beats clear of the times at which reminders come.
func story() []beat {
	beats := []beat{
		say(monday(9, 0), "A customer of the Enterprise plan writes, and the help desk posts the ticket."),
		act(monday(9, 0), posts(enterprise, desks.Fields, desks.Ticket{
			ID: unanswered, Priority: "high", Type: "auth", Customer: "Northwind", Subject: "Nobody can sign in",
		})),
		act(monday(9, 4), posts(enterprise, desks.Fields, desks.Ticket{
			ID: answered, Priority: "normal", Type: "bug", Customer: "Contoso", Subject: "The export ends in the middle of a line",
		})),
		act(monday(9, 7), posts(enterprise, desks.Fields, desks.Ticket{
			ID: feedback, Priority: "low", Type: "feedback", Customer: "Contoso", Subject: "I like the new colours",
		})),
		say(monday(9, 11), "Ana is on shift too, but embedded: she works on Auth today, and tier 1 leaves her in peace.").of(unanswered),
		act(monday(9, 12), saysInThread(bob, unanswered, "Looking into it.")).of(unanswered),
		say(monday(9, 13), "That was said in Slack. Only a reply to the customer, in the help desk, is an answer.").of(unanswered),
		act(monday(9, 16), repliesInDesk("Bob", answered)).of(answered),
		act(monday(9, 18), posts(enterprise, desks.Fields, desks.Ticket{
			ID: snoozed, Priority: "normal", Type: "bug", Customer: "Fabrikam", Subject: "Uploads stop at 2 GB",
		})),
		say(monday(9, 22), "Tier 2 tells everybody on shift. Now Ana is pinged as well.").of(unanswered),
		say(monday(9, 25), "Ticket 4102 has its answer, so its tier 2, due at 09:24, is not posted.").of(answered),
		act(monday(9, 31), mentionsBot(chloe, snoozed, "20m")).of(snoozed),
		say(monday(9, 40), "Tier 2 of ticket 4104 was due at 09:38. It is snoozed, and nobody is pinged.").of(snoozed),
		act(monday(10, 2), repliesInDesk("Chloe", snoozed)).of(snoozed),
		say(monday(10, 14), "Ticket 4104 has its answer, so tier 3, which the snooze had moved to 10:13, is not posted.").of(snoozed),

		say(monday(22, 40), "Night. A customer of the Teams plan writes, whose reminders come after 1, 3, 6 and 12 hours."),
		act(monday(22, 40), posts(teams, desks.Plain, desks.Ticket{
			ID: overnight, Priority: "normal", Type: "billing", Customer: "Tailspin", Subject: "Where is our invoice?",
		})),
		act(tuesday(1, 52), repliesInDesk("Dev", overnight)).of(overnight),
		say(tuesday(4, 41), "Ticket 4105 has its answer, so its tier 3, due at 04:40, is not posted.").of(overnight),
	}
	beats = slices.Concat(beats, owed())
	slices.SortStableFunc(beats, func(a, b beat) int { return a.at.Compare(b.at) })
	return beats
}

// owed is the part of the story about what is owed, and only that.
func owed() []beat {
	return []beat{
		say(monday(22, 50), "A customer of the Business plan writes as well. Its time counts from nine to five, so the ticket waits for the morning, and wakes nobody."),
		act(monday(22, 50), posts(business, desks.Fields, desks.Ticket{
			ID: owing, Priority: "normal", Type: "bug", Customer: "Adatum", Subject: "The weekly report is empty",
		})),
		say(tuesday(9, 46), "Its first reply is due at 10:00, an hour after opening. Tier 1 is a warning: 15 minutes before the deadline, not after it.").of(owing),
		act(tuesday(9, 51), repliesInDesk("Chloe", owing)).of(owing),
		act(tuesday(10, 21), customerWrites(owing)).of(owing),
		say(tuesday(11, 2), "Nobody has replied to that for 40 minutes: a warning again, of the next reply.").of(owing),
		act(tuesday(11, 6), repliesInDesk("Chloe", owing)).of(owing),
		act(tuesday(11, 12), setsStatus("Chloe", owing, desk.StatusPending)).of(owing),
		say(tuesday(12, 31), "A solution was due at 13:00, with a warning at 12:30. The team waits for the customer, so that clock stands still, and nobody is reminded.").of(owing),
		act(tuesday(13, 2), customerWrites(owing)).of(owing),
		act(tuesday(13, 22), repliesInDesk("Bob", owing)).of(owing),
		act(tuesday(14, 11), setsStatus("Bob", owing, desk.StatusSolved)).of(owing),
		say(tuesday(14, 20), "Ticket 4106 is solved, in time: the two hours of waiting for its customer did not count.").of(owing),
	}
}

// stage is what beats act upon.
type stage struct {
	*surroundings
	watcher *watcher
	clock   *clock
	tickets map[string]escalation.Message // as they were posted, by id
	replies map[string]time.Time          // when tickets got a reply in the help desk that the customer has not answered
	news    map[string]news               // what the App has to hear of a ticket from the help desk, the latest
	written int                           // by people
}

func newStage(around *surroundings, w *watcher, c *clock) *stage {
	return &stage{
		surroundings: around, watcher: w, clock: c,
		tickets: map[string]escalation.Message{}, replies: map[string]time.Time{}, news: map[string]news{},
	}
}

// news is something that happened to a ticket in the help desk.
type news struct {
	at    time.Time // whoever asks from then on learns of it
	heard func(escalation.Timeline) bool
}

// heardOf says that a timeline knows of a fact. One that has ended asks no more.
func heardOf(kind desk.FactKind, at time.Time) func(escalation.Timeline) bool {
	return func(t escalation.Timeline) bool {
		return slices.ContainsFunc(t.Desk.Heard, func(f desk.Fact) bool { return f.Kind == kind && !f.At.Before(at.Truncate(time.Second)) })
	}
}

// posts has the help desk's app post a ticket, in one of the shapes that help desks give it.
func posts(channel string, shape func(desks.Ticket) slacktest.Message, t desks.Ticket) func(*stage) error {
	return func(s *stage) error {
		ts, err := s.slack.PostAs(deskApp, channel, shape(t))
		s.tickets[t.ID] = escalation.Message{
			Thread: escalation.Thread{Workspace: s.slack.Options().Team.ID, Channel: channel, TS: ts},
			Ticket: escalation.Ticket{ID: t.ID, Type: t.Type},
		}
		return err
	}
}

// saysInThread has somebody write in a ticket's thread.
func saysInThread(user, ticket, text string) func(*stage) error {
	return func(s *stage) error {
		th := s.tickets[ticket]
		_, err := s.slack.PostAs(user, th.Channel, slacktest.Message{ThreadTS: th.TS, Text: text})
		return err
	}
}

// mentionsBot has somebody mention the bot in a ticket's thread.
func mentionsBot(user, ticket, text string) func(*stage) error {
	return func(s *stage) error {
		th := s.tickets[ticket]
		_, err := s.slack.Mention(user, th.Channel, th.TS, text)
		return err
	}
}

// repliesInDesk has an agent reply to the customer in the help desk. Slack hears nothing of it.
func repliesInDesk(who, ticket string) func(*stage) error {
	return func(s *stage) error {
		at := s.clock.Now()
		s.desk.Reply(ticket, at)
		s.replies[ticket] = s.clock.Now()
		s.news[ticket] = news{s.clock.Now(), heardOf(desk.FactReplied, at)}
		says := fmt.Sprintf("%s replies to the customer of ticket %s.", who, ticket)
		s.watcher.replied(s.tickets[ticket])
		s.watcher.show(entry{at: at, who: "In the help desk", text: says, kind: window.Desk, page: "In the help desk, " + says + " SLA Buddy asks it before every reminder, and every 5 minutes."})
		return nil
	}
}

// customerWrites has the customer write in the help desk once more.
func customerWrites(ticket string) func(*stage) error {
	return func(s *stage) error {
		at := s.clock.Now().Truncate(time.Second)
		s.desk.Tell(ticket, func(f *helpdesktest.Further) { f.Status, f.WaitingSince = string(desk.StatusOpen), at })
		delete(s.replies, ticket)
		s.news[ticket] = news{s.clock.Now(), heardOf(desk.FactCustomerWrote, at)}
		s.watcher.wroteAgain(s.tickets[ticket])
		says := fmt.Sprintf("The customer of ticket %s writes again.", ticket)
		s.watcher.show(entry{at: s.clock.Now(), who: "In the help desk", text: says, kind: window.Desk, page: "In the help desk: " + says})
		return nil
	}
}

// setsStatus has an agent change a ticket's status in the help desk.
func setsStatus(who, ticket string, status desk.Status) func(*stage) error {
	return func(s *stage) error {
		at := s.clock.Now().Truncate(time.Second)
		s.desk.Tell(ticket, func(f *helpdesktest.Further) {
			if f.Status = string(status); status.Over() {
				f.SolvedAt = at
			}
		})
		s.news[ticket] = news{s.clock.Now(), func(t escalation.Timeline) bool { return t.Desk.Ticket.Status == status }}
		says := fmt.Sprintf("%s sets ticket %s to %s.", who, ticket, status)
		s.watcher.show(entry{at: s.clock.Now(), who: "In the help desk", text: says, kind: window.Desk, page: "In the help desk, " + says})
		return nil
	}
}
