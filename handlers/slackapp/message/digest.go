package message

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/buttons"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// maxInRow is the most of a ticket's field that a digest's row shows: there are many rows.
const maxInRow = 80

// RefreshDigest implements deliver.Poster.
func (p *Poster) RefreshDigest(ctx context.Context, ts string, rows []deliver.DigestRow) error {
	at := escalation.Thread{Workspace: rows[0].Workspace, Channel: rows[0].Channel}
	s := renderDigestNow(rows, p.whois(at.Workspace), p.now())
	err := s.inForms(func(form *said) error { return p.update(ctx, at, ts, form) })
	if beyondUpdating(err) {
		return nil
	}
	return err
}

// postWithTable posts a message with its table, if it has one, and in another form where Slack refuses that.
func (p *Poster) postWithTable(ctx context.Context, jobID string, at escalation.Thread, s *said) (landed deliver.Landed, err error) {
	err = s.inForms(func(form *said) (err error) {
		landed, err = p.post(ctx, jobID, at, form)
		return err
	})
	return landed, err
}

// inForms sends a message with its table, as a list where Slack refuses that, and with a line for each row where even
// that is too much: Slack takes some 12,000 characters in all blocks of a message together, and documents it nowhere
// (github.com/slackapi/bolt-js/issues/2867). What it refused is surely not there.
func (s *said) inForms(send func(form *said) error) (err error) {
	forms := []*said{s}
	if s.table != nil {
		forms = []*said{s.withTable(), s}
	}
	if s.brief != nil {
		forms = append(forms, &said{texts: s.texts, blocks: s.brief, rows: s.rows, marks: s.marks})
	}
	for ; len(forms) > 0; forms = forms[1:] {
		if err = send(forms[0]); !client.RefusedBlocks(err) {
			return err
		}
		if client.Refused(err, "msg_blocks_too_long") {
			forms = forms[max(len(forms)-2, 0):] // a list is longer than its table
		}
	}
	return err
}

// renderDigest is one message for the reminders of many tickets: whom it pings, a row for each ticket, and the
// buttons for all of them.
func renderDigest(post escalation.Post) *said {
	s := &said{rows: rowsOf(post), marks: marksOf(post)}
	now := post.Rows[0].Reminder.DecidedAt
	var rows []row
	for _, p := range post.Rows {
		rows = append(rows, waitingRow(p, "", now))
	}
	waits := mrkdwn.Plural(len(rows), "ticket") + " wait for an answer."
	s.paragraph(append([]string{"*" + waits + "* The nearest deadline comes first."}, pings(recipients(post.Rows))...)...)
	s.digest(rows, post.Rows[0].Reminder)
	return s
}

// renderDigestNow is a digest as its tickets stand now. Once none of them waits, it can not be clicked any more.
func renderDigestNow(all []deliver.DigestRow, names whois, now time.Time) *said {
	s := &said{}
	var rows []row
	var posts []escalation.Post
	waiting := 0
	for _, r := range all {
		posts = append(posts, r.Post)
		if r.Now.State != escalation.Open {
			rows = append(rows, row{ticket: r.Reminder.Ticket, became: outcome(r.Reminder.Clock, &r.Now, names), state: string(r.Now.State)})
			continue
		}
		waiting++
		w := waitingRow(r.Post, strings.Join(sinceThen(&r.Now, names, now), " "), now)
		w.state = stateNow(&r.Now, w.tier, names, now)
		if w.older = !r.Now.Newest(escalation.Posting{Tier: r.Reminder.Tier, Round: r.Round}); w.older {
			w.became = strings.TrimSpace(w.became + " There is a newer reminder, with the buttons.")
		}
		rows = append(rows, w)
	}
	if waiting == 0 {
		s.paragraph("*Settled:* none of these " + mrkdwn.Plural(len(all), "ticket") + " waits any more. Thank you!")
	} else {
		s.paragraph(append([]string{
			"*" + strconv.Itoa(waiting) + " of " + mrkdwn.Plural(len(all), "ticket") + " still wait for an answer.*",
		}, pings(recipients(posts))...)...)
	}
	s.digest(rows, all[0].Reminder)
	return s
}

// recipients are all whom the rows mention, each once.
func recipients(rows []escalation.Post) (all []circle.Recipient) {
	seen := map[string]bool{}
	for _, p := range rows {
		for _, r := range p.Reminder.Mention {
			if key := string(r.Kind) + r.Key(); !seen[key] {
				seen[key] = true
				all = append(all, r)
			}
		}
	}
	return all
}

// row is what a digest says of one ticket.
type row struct {
	ticket   escalation.Ticket
	waits    string // how long the customer has been waiting; "": the ticket is settled
	deadline string
	tier     string
	became   string // what people have done about it, or how it ended
	state    string // the same in a word or two of plain text; otherwise the tier
	reminder *escalation.Reminder
	ref      buttons.Ref
	older    bool // a newer reminder of the ticket is posted, and has the buttons
}

func waitingRow(p escalation.Post, became string, now time.Time) row {
	r := p.Reminder
	tier := "tier " + strconv.Itoa(r.TierNumber()) + " of " + strconv.Itoa(r.Tiers)
	return row{
		ticket: r.Ticket, waits: mrkdwn.Lasting(r.Waited()), deadline: rowDeadline(r, now), became: became, reminder: r,
		tier: tier, state: tier,
		ref: buttons.Ref{Timeline: p.Timeline, Tier: r.Tier, Round: p.Round},
	}
}

// stateNow is how an open ticket stands, in plain text.
func stateNow(t *escalation.Timeline, tier string, names whois, now time.Time) string {
	switch {
	case t.Owner.User != "" && !t.Owner.Ended(now):
		if name := cmp.Or(t.Owner.Name, names(t.Owner.User)); name != "" {
			return name + " is on it"
		}
		return "somebody is on it"
	case t.SnoozedUntil.After(now):
		return "snoozed"
	}
	return tier
}

// rowDeadline does not say how far off the deadline is: the message may be read hours later.
func rowDeadline(r *escalation.Reminder, now time.Time) string {
	at := mrkdwn.When(r.Deadline, now)
	if now.Before(r.Deadline) {
		return "deadline " + at
	}
	return "*deadline passed* " + at
}

// digest adds the rows, as a table, as a list and as a line each, and the buttons for all that wait.
func (s *said) digest(rows []row, first *escalation.Reminder) {
	head := len(s.blocks)
	var refs []buttons.Ref
	var lines []string
	for i, r := range rows {
		lines = append(lines, r.line())
		words := r.words()
		s.texts = append(s.texts, words)
		if r.waits == "" || r.older {
			s.blocks = append(s.blocks, block.Section(words))
			continue
		}
		refs = append(refs, r.ref)
		s.blocks = append(s.blocks, block.SectionWith(buttons.InRow(buttons.ActionOwn, i+1, r.ref, r.reminder), words))
	}
	tail := len(s.blocks)
	if len(refs) > 0 {
		s.blocks = append(s.blocks, buttons.ForAll(refs, first.Snooze))
		s.aside("Each row goes once its ticket is answered. For one ticket alone, mention me in its own thread.")
		s.table = slices.Concat(s.blocks[:head:head], []slack.Block{table(rows)}, s.blocks[tail:])
	}
	s.shorten(head, tail, lines)
}

// shorten is the same with these lines in place of the blocks from head until tail.
func (s *said) shorten(head, tail int, lines []string) {
	var brief said
	brief.paragraph(lines...)
	s.brief = slices.Concat(s.blocks[:head:head], brief.blocks, s.blocks[tail:])
}

// line is a row in few words.
func (r row) line() string {
	name := ticketName("Ticket", r.ticket)
	if r.waits == "" {
		return name + " · " + r.state
	}
	return name + " · " + r.deadline
}

// words is a row as a list has it.
func (r row) words() string {
	about := []string{"*" + ticketName("Ticket", r.ticket) + "*"}
	for _, f := range []string{r.ticket.Subject, r.ticket.Customer} {
		if f != "" {
			about = append(about, mrkdwn.Quote(f, maxInRow))
		}
	}
	var then []string
	if r.waits != "" {
		then = append(then, "waits "+r.waits+" · "+r.deadline+" · "+r.tier)
	}
	if r.became != "" {
		then = append(then, r.became)
	}
	return strings.Join(about, " · ") + "\n" + strings.Join(then, " ")
}

// table is a digest's rows as Slack's own table (docs.slack.dev/reference/block-kit/blocks/data-table-block).
func table(rows []row) *slack.DataTableBlock {
	t := slack.NewDataTableBlock("Tickets that wait for an answer").WithPageSize(len(rows))
	t.AddRow(cell("Ticket"), cell("Subject"), cell("Customer"), cell("Waits"), cell("Deadline"), cell("How it stands"), cell("Take it"), cell("Later"))
	for i, r := range rows {
		about := []slack.DataTableCell{block.LinkCell(r.ticket.Link, r.ticket.ID, maxInRow), cell(r.ticket.Subject), cell(r.ticket.Customer), cell(r.waits)}
		if r.waits == "" {
			t.AddRow(append(about, cell(""), cell(r.state), cell(""), cell(""))...)
			continue
		}
		if r.older {
			t.AddRow(append(about, dateCell(r.reminder.Deadline), cell(r.state), cell(""), cell(""))...)
			continue
		}
		t.AddRow(append(about, dateCell(r.reminder.Deadline), cell(r.state),
			slack.NewDataTableActionCell(buttons.InRow(buttons.ActionOwn, i+1, r.ref, r.reminder)),
			slack.NewDataTableActionCell(buttons.InRow(buttons.ActionSnooze, i+1, r.ref, r.reminder)))...)
	}
	return t
}

func cell(words string) slack.DataTableCell { return block.Cell(words, maxInRow) }

// dateCell is a time that each reader sees in their own time zone.
func dateCell(at time.Time) slack.DataTableCell {
	plain := at.UTC().Format("Jan 2 15:04 UTC")
	return slack.NewDataTableRichTextCell(slack.NewRichTextSection(slack.NewRichTextSectionDateElement(at.Unix(), "{date_short_pretty} {time}", nil, &plain)))
}
