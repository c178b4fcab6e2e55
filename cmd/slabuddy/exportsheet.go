package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// exportColumns come before those of the tiers. Names and places of columns are relied on: new ones go to
// the end of the row.
var exportColumns = []string{
	"workspace", "channel", "ticket_id", "priority", "type", "customer", "subject", "link", "policy",
	"opened_at", "deadline", "outcome", "state", "cause", "replied_at", "replied_by", "first_reply_seconds", "closed_at",
	"owner", "snoozes", "snoozed_seconds", "reminders", "highest_tier", "timeline",
}

// tierColumns are those of each tier. There are as many tiers as a policy may have, whatever the policies
// are: a sheet that is written while it is read cannot know, and a formula over it should not care.
var tierColumns = []string{"due_at", "state", "posted_at", "mentioned"}

// clockColumns come after those of the tiers: what is promised beside the first reply.
var clockColumns = []string{"next_replies_kept", "next_replies_breached", "resolution_deadline", "resolution_outcome", "resolved_at"}

// csvSheet writes RFC 4180.
type csvSheet struct {
	w *csv.Writer
	// row is used again for each timeline.
	row []string
}

func newCSVSheet(out io.Writer) *csvSheet {
	s := &csvSheet{w: csv.NewWriter(out)}
	s.w.UseCRLF = true
	return s
}

func (s *csvSheet) begin() error {
	header := append([]string{}, exportColumns...)
	for tier := 1; tier <= policy.MaxTiers; tier++ {
		for _, column := range tierColumns {
			header = append(header, fmt.Sprintf("tier_%d_%s", tier, column))
		}
	}
	return s.write(append(header, clockColumns...))
}

func (s *csvSheet) add(v exported) error {
	s.row = append(s.row[:0],
		cell(v.Workspace), cell(v.Channel), cell(v.Ticket.ID), cell(v.Ticket.Priority), cell(v.Ticket.Type),
		cell(v.Ticket.Customer), cell(v.Ticket.Subject), cell(v.Ticket.Link), cell(v.Policy),
		timeCell(v.OpenedAt), timeCell(v.Deadline), string(v.Outcome), string(v.State), cell(v.Cause),
	)
	if r := v.Reply; r != nil {
		s.row = append(s.row, timeCell(r.At), partyCell(r.By), secondsCell(r.Seconds))
	} else {
		s.row = append(s.row, "", "", "")
	}
	s.row = append(s.row,
		timeCell(v.ClosedAt), partyCell(v.Owner), strconv.Itoa(v.Snoozes.Count), secondsCell(v.Snoozes.Seconds),
		strconv.Itoa(v.Reminders), strconv.Itoa(highestTier(v.Tiers)), v.Timeline,
	)
	for i := range policy.MaxTiers {
		if i >= len(v.Tiers) {
			s.row = append(s.row, "", "", "", "")
			continue
		}
		t := v.Tiers[i]
		s.row = append(s.row, timeCell(t.Due), string(t.State), timeCell(t.PostedAt), mentionedCell(t))
	}
	s.row = append(s.row, clockCells(v.Clocks)...)
	return s.write(s.row)
}

// clockCells are empty where nothing is promised beside the first reply.
func clockCells(clocks []exportedClock) []string {
	cells := make([]string, len(clockColumns))
	kept, breached, next := 0, 0, false
	for _, c := range clocks {
		switch c.Clock {
		case policy.NextReply:
			next = true
			switch c.Outcome {
			case report.Kept:
				kept++
			case report.Breached:
				breached++
			}
		case policy.Resolution:
			cells[2], cells[3], cells[4] = timeCell(c.Deadline), string(c.Outcome), timeCell(c.EndedAt)
		}
	}
	if next {
		cells[0], cells[1] = strconv.Itoa(kept), strconv.Itoa(breached)
	}
	return cells
}

func (s *csvSheet) end() error { return nil }

// write hands a row on at once: what comes after out is buffered, and an error is returned where it happens.
func (s *csvSheet) write(row []string) error {
	if err := s.w.Write(row); err != nil {
		return err
	}
	s.w.Flush()
	return s.w.Error()
}

// highestTier is how far it went: the last tier whose reminder or page went out, 0 if none did.
func highestTier(tiers []review.Tier) (highest int) {
	for _, t := range tiers {
		if !t.PostedAt.IsZero() || !t.PagedAt.IsZero() {
			highest = t.Tier
		}
	}
	return highest
}

// mentionedCell says whom a tier mentioned, and what it paged.
func mentionedCell(t review.Tier) string {
	var all []string
	for _, p := range t.Mentioned {
		all = append(all, called(p))
	}
	if !t.PagedAt.IsZero() {
		all = append(all, "page "+t.Page)
	}
	return cell(strings.Join(all, ", "))
}

func partyCell(p *review.Party) string {
	if p == nil {
		return ""
	}
	return cell(called(*p))
}

// called is a name as people say it, or the id. The @ of a handle is left out: it would begin a formula.
func called(p review.Party) string {
	if p.Name == "" {
		return p.ID
	}
	return strings.TrimPrefix(p.Name, "@")
}

func timeCell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func secondsCell(s float64) string { return strconv.FormatFloat(math.Round(s), 'f', 0, 64) }

// formula is what makes a spreadsheet take a cell for one, at its beginning or where a sheet that parts
// cells at semicolons would begin another.
var formula = regexp.MustCompile(`(^|;)(\s*)([=+\-@＝＋－＠])`)

// cell is a text of somebody else's as it may be in a sheet: on one line, and no formula. Customers
// write subjects, and a spreadsheet would run them.
func cell(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return formula.ReplaceAllString(text, "$1$2'$3")
}

// jsonSheet writes one array with an object on each line, so that it can be read as a whole or line by line.
type jsonSheet struct {
	out    io.Writer
	enc    *json.Encoder
	object bytes.Buffer // used again for each timeline
	before string       // what comes before the next object
}

func newJSONSheet(out io.Writer) *jsonSheet {
	s := &jsonSheet{out: out, before: "\n"}
	s.enc = json.NewEncoder(&s.object)
	s.enc.SetEscapeHTML(false)
	return s
}

func (s *jsonSheet) begin() error { return s.write("[") }

func (s *jsonSheet) add(v exported) error {
	s.object.Reset()
	if err := s.enc.Encode(v); err != nil {
		return err
	}
	if err := s.write(s.before); err != nil {
		return err
	}
	s.before = ",\n"
	_, err := s.out.Write(bytes.TrimSuffix(s.object.Bytes(), []byte("\n")))
	return err
}

func (s *jsonSheet) end() error { return s.write("\n]\n") }

func (s *jsonSheet) write(text string) error {
	_, err := io.WriteString(s.out, text)
	return err
}
