package message

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// words are what each kind of note says, line by line.
var words = map[escalation.NoteKind]func(n *escalation.Note, now time.Time) []string{
	escalation.NoteSnoozed:    oneLine(snoozed),
	escalation.NoteNothing:    oneLine(nothingLeft),
	escalation.NoteLongest:    oneLine(longest),
	escalation.NoteUnsnoozed:  oneLine(unsnoozed),
	escalation.NoteNotSnoozed: oneLine(notSnoozed),
	escalation.NoteStop:       func(n *escalation.Note, _ time.Time) []string { return []string{stops(n)} },
	escalation.NoteClosed:     oneLine(closedAlready),
	escalation.NoteDone:       oneLine(closedNow),
	escalation.NoteStatus:     status,
	escalation.NoteHelp:       func(n *escalation.Note, _ time.Time) []string { return help(n) },
	escalation.NoteUntracked:  oneLine(untracked),

	escalation.NoteAssigned:      oneLine(assigned),
	escalation.NoteNotAssigned:   oneLine(notAssigned),
	escalation.NoteAlreadyTheirs: oneLine(alreadyTheirs),
	escalation.NoteHandedOver:    oneLine(handedOver),
	escalation.NoteRelieved:      oneLine(relieved),

	escalation.NoteOwned:        owned,
	escalation.NoteTookOver:     owned,
	escalation.NoteAlreadyYours: oneLine(alreadyYours),
	escalation.NoteTwice:        oneLine(twice),
	escalation.NoteSettled:      oneLine(settled),
	escalation.NoteUnanswered:   unanswered,
	escalation.NoteSilent:       oneLine(silent),
	escalation.NoteAskedSoon:    oneLine(askedSoon),
	escalation.NoteNoDesk:       oneLine(noDesk),
	escalation.NoteWhy:          why,
	escalation.NoteGone:         oneLine(gone),

	escalation.NotePaused:  oneLine(paused),
	escalation.NoteResumed: oneLine(resumed),
}

func oneLine(say func(n *escalation.Note, now time.Time) string) func(*escalation.Note, time.Time) []string {
	return func(n *escalation.Note, now time.Time) []string { return []string{say(n, now)} }
}

// Words are what a note says, for places that have no thread.
func Words(n escalation.Note, now time.Time) (string, error) {
	s, err := renderNote(&n, now)
	if err != nil {
		return "", err
	}
	return s.text(), nil
}

// renderNote answers somebody who mentioned the bot or pressed a button. Notes ping nobody but whom a ticket is
// handed to, and who had it.
func renderNote(n *escalation.Note, now time.Time) (*said, error) {
	say, ok := words[n.Kind]
	if !ok {
		return nil, fmt.Errorf("there are no words for a note of kind %q", n.Kind)
	}
	s := &said{}
	s.paragraph(say(n, now)...)
	return s, nil
}

// thanks are kind, and not always the same. Which ones is the seed's doing alone.
func thanks(seed string) string {
	all := []string{
		"Thank you for looking after this.",
		"Thanks! Good to know that somebody is there.",
		"Much appreciated, thank you.",
		"Lovely, thank you.",
		"Thank you for stepping in.",
		"Thanks a lot, that helps.",
		"Thank you! The customer is in good hands.",
		"Wonderful, thank you.",
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(seed))
	return all[h.Sum32()%uint32(len(all))]
}

// after is the same message with words before its first.
func (s *said) after(words string) *said {
	return new(said).paragraphs(append([]string{words + " " + s.texts[0]}, s.texts[1:]...))
}

func (s *said) paragraphs(texts []string) *said {
	for _, t := range texts {
		s.paragraph(t)
	}
	return s
}

func snoozed(n *escalation.Note, now time.Time) string {
	text := fmt.Sprintf("Snoozed for %s", mrkdwn.Lasting(n.For))
	switch {
	case n.Guessed:
		text = fmt.Sprintf("I took that as a snooze, and wait %s; I understand `45m`, `until 15:00`, `tomorrow 9:00`, and what `help` tells", mrkdwn.Lasting(n.For))
	case n.Zone != "":
		text = "Snoozed until " + mrkdwn.Moment(n.Until, now) + " (times of day are those of " + mrkdwn.EscapeLine(n.Zone, maxShown) + ")"
	}
	if n.Capped {
		text = "Snoozed for " + mrkdwn.Lasting(n.MaxSnooze) + " from now, which is the most I can do"
	}
	text += ". " + postponed(n, now)
	if n.BeyondDeadline {
		return mindTheDeadline(n, now) + " " + text
	}
	return text
}

// longest says that a snooze moved nothing, because the next reminder comes as late already.
func longest(n *escalation.Note, now time.Time) string {
	why := "The next reminder comes no sooner as it is"
	if n.Capped {
		why = "That is as long as I can wait: " + mrkdwn.Lasting(n.MaxSnooze) + " from now, whoever snoozes how often"
	}
	text := why + ". I changed nothing. " + postponed(n, now)
	if n.BeyondDeadline {
		return mindTheDeadline(n, now) + " " + text
	}
	return text
}

func unsnoozed(n *escalation.Note, now time.Time) string {
	text := "The snooze is taken back: reminders come at their own times again."
	switch {
	case n.Next == nil:
		return text
	case !n.Next.At.After(now):
		return text + " Next: " + mrkdwn.People(n.Next) + ", now."
	}
	return text + " Next: " + mrkdwn.People(n.Next) + " " + mrkdwn.When(n.Next.At, now) + "."
}

func notSnoozed(n *escalation.Note, _ time.Time) string {
	return "No reminder of " + ofTicket(n.Timeline) + " is put off, so there is nothing to take back."
}

// stops says what ends the reminders, and what postpones them, to somebody who asked for neither in a way that
// the bot could do.
func stops(n *escalation.Note) string {
	ends := "A public reply in the help desk ends the reminders of " + ofTicket(n.Timeline) + ": I notice it by myself, and at once with *I replied, check again*."
	if n.CanDone {
		ends = "`done` ends the reminders of " + ofTicket(n.Timeline) + ", once the customer has an answer."
	}
	return ends + " `30m`, `2h` or `until 15:00` puts them off, " + mrkdwn.Lasting(n.MaxSnooze) + " at most. I changed nothing."
}

func nothingLeft(n *escalation.Note, _ time.Time) string {
	return "There is nothing left to snooze: every tier of " + ofTicket(n.Timeline) + " has had its reminder."
}

func closedAlready(n *escalation.Note, now time.Time) string {
	return closed(n.Timeline, now) + noUse(n.Asked)
}

func closedNow(n *escalation.Note, _ time.Time) string {
	return "Thank you! I have closed " + ofTicket(n.Timeline) + " and will not remind anybody of it again."
}

// postponed says what comes after a snooze, and what does not move.
func postponed(n *escalation.Note, now time.Time) string {
	if n.Next == nil {
		return strings.TrimSpace(fmt.Sprintf("I am quiet until then, %s. %s", mrkdwn.When(n.Until, now), deadlineStays(n)))
	}
	unless := "somebody replies"
	if n.CanDone {
		unless = "somebody says `done`"
	}
	return strings.TrimSpace(fmt.Sprintf("Next: %s %s, unless %s first. %s", mrkdwn.People(n.Next), mrkdwn.When(n.Next.At, now), unless, deadlineStays(n)))
}

// deadlineStays goes without saying where the deadline was said first.
func deadlineStays(n *escalation.Note) string {
	if n.BeyondDeadline {
		return ""
	}
	return "The deadline stays as it is."
}

// mindTheDeadline comes before anything else: what is put off comes after it.
func mindTheDeadline(n *escalation.Note, now time.Time) string {
	return fmt.Sprintf("*Mind the deadline: it stays %s, which is before that.*", mrkdwn.When(n.Deadline, now))
}

func ofTicket(t *escalation.Timeline) string {
	if t == nil {
		return "this ticket"
	}
	return ticketName("ticket", t.Ticket)
}

// closed says how a timeline ended.
func closed(t *escalation.Timeline, now time.Time) string {
	if t == nil {
		return "This ticket is closed."
	}
	switch t.State {
	case escalation.Answered:
		if _, done := doneBy(t); done {
			return fmt.Sprintf("Somebody said %s that the customer has an answer, so I stopped following %s.", mrkdwn.When(t.AnsweredAt, now), ofTicket(t))
		}
		return fmt.Sprintf("Somebody replied %s, so I stopped following %s.", mrkdwn.When(t.AnsweredAt, now), ofTicket(t))
	case escalation.Withdrawn:
		return fmt.Sprintf("The help desk closed %s without a reply (%s), so I stopped following it %s.", ofTicket(t), mrkdwn.EscapeLine(t.Cause, maxShown), mrkdwn.When(t.ClosedAt, now))
	}
	return fmt.Sprintf("I stopped following %s %s, because nobody replied for so long.", ofTicket(t), mrkdwn.When(t.ClosedAt, now))
}

// noUse says what a closed timeline means for what was asked.
func noUse(a escalation.Asked) string {
	switch a {
	case escalation.AskedOwn:
		return " Nobody has to be on it any more."
	case escalation.AskedCheck:
		return " There is nothing left to check."
	case escalation.AskedDone, escalation.AskedStop:
		return ""
	case escalation.AskedUnsnooze:
		return " There is no reminder left to bring back."
	}
	return " There is nothing to snooze."
}

func help(n *escalation.Note) []string {
	lines := []string{
		"I remind the team of tickets that wait for an answer. In a ticket's thread, mention me with",
		fmt.Sprintf("• nothing: I wait %s longer; any other words count as that, too", mrkdwn.Lasting(n.Snooze)),
		fmt.Sprintf("• `45m`, `1.5h`, `half an hour`, `until 15:00` or `tomorrow 9:00`: I wait so long, %s from now at most", mrkdwn.Lasting(n.MaxSnooze)),
		"• `unsnooze`: the reminders come at their own times again",
		"• `assign @…` or `assign me`: they have the ticket, and are reminded alone; nothing is put off",
		"• `status`: I tell where the ticket stands",
	}
	if n.CanDone {
		return append(lines, "• `done`: the customer has an answer, and I stop")
	}
	return append(lines, "When somebody replies in the help desk, I notice and stop by myself.")
}

func untracked(n *escalation.Note, _ time.Time) string {
	return fmt.Sprintf("Hello! I look after tickets that wait for an answer, and this is not the thread of one that I follow. "+
		"In such a thread, mention me to put its reminders off by %s, or say `help` there.", mrkdwn.Lasting(n.Snooze))
}

// paused tells a channel that nobody is reminded in it for a while, and by whom.
func paused(n *escalation.Note, now time.Time) string {
	return fmt.Sprintf("%s paused me here until %s: I remind nobody until then. Tickets and their deadlines go on; `/sla resume` wakes me earlier.",
		whoAsked(n), mrkdwn.Moment(n.Until, now))
}

func resumed(n *escalation.Note, _ time.Time) string {
	return whoAsked(n) + " woke me up: I remind the team in this channel again, of what came due meanwhile too."
}

func whoAsked(n *escalation.Note) string {
	if n.Name == "" {
		return "Somebody"
	}
	return mrkdwn.EscapeLine(n.Name, maxShown)
}
