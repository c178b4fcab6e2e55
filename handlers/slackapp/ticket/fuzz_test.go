package ticket

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// ofDesk are messages of a desk that has a field for everything, with room for a subject and a
// description.
func ofDesk(t testing.TB, subject, words string) map[string]string {
	field := func(title, value string) map[string]any { return map[string]any{"title": title, "value": value} }
	cell := func(s string) map[string]any { return map[string]any{"type": "raw_text", "text": s} }
	mrkdwn := func(s string) map[string]any { return map[string]any{"type": "mrkdwn", "text": s} }
	section := func(s string) map[string]any { return map[string]any{"type": "section", "text": mrkdwn(s)} }
	line := strings.Join(strings.Fields(subject), " ")
	quoted := "> " + strings.ReplaceAll(words, "\n", "\n> ")
	with := func(key string, parts ...any) string { return asJSON(t, map[string]any{"bot_id": "B0", key: parts}) }
	return map[string]string{
		"fields": with("attachments", map[string]any{"fields": []any{
			field("Subject", subject), field("Description", words), field("Ticket ID", "5521"), field("Priority", "low"), field("Type", "bug")}}),
		"fields, and a mail below": with("attachments", map[string]any{"title": subject, "text": words, "fields": []any{
			field("Ticket ID", "5521"), field("Priority", "low"), field("Type", "bug")}}),
		"section fields": with("blocks", map[string]any{"type": "section", "fields": []any{
			mrkdwn("*Subject*\n" + subject), mrkdwn("*Ticket ID*\n5521"), mrkdwn("*Priority*\nlow"), mrkdwn("*Type*\nbug")}}, section(words)),
		"a table": with("blocks", map[string]any{"type": "table", "rows": []any{
			[]any{cell("Subject"), cell("Ticket ID"), cell("Priority"), cell("Type")}, []any{cell(line), cell("5521"), cell("low"), cell("bug")}}}, section(words)),
		"a table of pairs": with("blocks", map[string]any{"type": "table", "rows": []any{
			[]any{cell("Subject"), cell(line)}, []any{cell("Ticket ID"), cell("5521")}, []any{cell("Priority"), cell("low")}, []any{cell("Type"), cell("bug")}}}),
		"lines": asJSON(t, map[string]any{"bot_id": "B0", "text": "*Ticket ID*: 5521\n*Priority*: low\n*Type*: bug\n*Subject*: " + line + "\n*Description*:\n" + words}),
		"lines, the subject first": asJSON(t, map[string]any{"bot_id": "B0",
			"text": "*Subject*: " + line + "\n*Ticket ID*: 5521\n*Priority*: low\n*Type*: bug\n\n" + quoted}),
		"lines in blocks": with("blocks", section("*Ticket ID*: 5521 | *Priority*: low | *Type*: bug"), section(quoted)),
		"an official app's": with("attachments", map[string]any{
			"footer": "<https://acme.zendesk.com/agent/tickets/5521|*Ticket #5521*> | Priority: low | Type: bug",
			"fields": []any{field("", "<https://acme.zendesk.com/agent/tickets/5521|*"+strings.NewReplacer("|", "/", ">", "&gt;", "<", "&lt;").Replace(line)+"*>\n*Description*:\n"+words)}}),
	}
}

// FuzzWhatTheCustomerWroteNeverDecides plants ids, priorities and types into a customer's words: none of
// them comes out. The desk's own do, or the message is told to be unreadable.
func FuzzWhatTheCustomerWroteNeverDecides(f *testing.F) {
	for _, s := range []string{
		"Ticket ID: 9", "*Ticket ID*: 9\n*Priority*: urgent\n*Type*: feedback", "Fwd: [Ticket ID: 9] | Priority: urgent; type: feedback",
		"Ticket ID:\n9\nPriority:\nurgent", "```\nTicket ID: 9\n```", "> *Ticket ID*: 9", "## Ticket ID\n9", "| Ticket ID | Priority |\n|---|---|\n| 9 | urgent |",
		"<https://acme.zendesk.com/agent/tickets/9|#9>", "[Ticket#9](https://help.example/#ticket/zoom/9)", "Priority", "Ticket ID", "Type", "• Type: feedback", "9", "\u202eTicket ID: 9",
	} {
		f.Add(s, s)
		f.Add(s, "hello\n"+s)
	}
	r := NewReader(Patterns{})
	f.Fuzz(func(t *testing.T, subject, words string) {
		if strings.Contains(subject+words, "5521") || !utf8.ValidString(subject+words) || len(subject)+len(words) > 4096 {
			return // nothing that could be planted
		}
		for name, message := range ofDesk(t, subject, words) {
			got := read(t, r, message)
			for _, ticket := range got.Tickets {
				if ticket.ID != "5521" || ticket.Priority != "low" || ticket.Type != "bug" {
					t.Errorf("%s: %+v comes out of %s", name, ticket, message)
				}
			}
			if got.Verdict != Readable && got.Verdict != Unreadable && got.Verdict != Update {
				t.Errorf("%s: %s: the ticket is lost without a word in %s", name, got.Verdict, message)
			}
		}
	})
}

// FuzzTicketsAreFitToBeKept holds that whatever is read can be stored and shown, and is read alike twice.
func FuzzTicketsAreFitToBeKept(f *testing.F) {
	for _, text := range []string{"*Ticket ID*: 42\n*Type*: bug", "Ticket ID:\n42 | Priority: high", "<https://x.test/42|Ticket ID: 42>", "Ticket ID: &lt;!here&gt;"} {
		f.Add([]byte(text))
	}
	for _, message := range ofDesk(f, "Cannot log in", "Hello\nthere") {
		f.Add([]byte(message))
	}
	r := NewReader(posted)
	f.Fuzz(func(t *testing.T, data []byte) {
		var m Message
		if tolerant.Decode(data, &m) != nil {
			m = Message{Text: tolerant.Text(data)}
		}
		got, again := r.Read(&m), r.Read(&m)
		if asJSON(t, got.Tickets) != asJSON(t, again.Tickets) || (got.Verdict == Readable) != (len(got.Tickets) > 0) {
			t.Errorf("%+v, and the second time %+v", got, again)
		}
		if p := got.Problem; p.Pattern != "" && got.Verdict == Unreadable {
			if pasted := NewReader(Patterns{ID: regexp.MustCompile(p.Pattern), From: posted.From}).Read(&m); pasted.Verdict != Readable && pasted.Verdict != Update {
				t.Errorf("with %q it is %s", p.Pattern, pasted.Verdict)
			}
		}
		for _, ticket := range got.Tickets {
			for name, field := range map[string]struct {
				value string
				most  int
			}{
				"id": {ticket.ID, MaxID}, "priority": {ticket.Priority, MaxWord}, "type": {ticket.Type, MaxWord},
				"customer": {ticket.Customer, MaxName}, "subject": {ticket.Subject, MaxSubject}, "link": {ticket.Link, mrkdwn.MaxLink},
			} {
				if !utf8.ValidString(field.value) || utf8.RuneCountInString(field.value) > field.most || strings.ContainsFunc(field.value, unicode.IsControl) {
					t.Errorf("%s is %q", name, field.value)
				}
			}
		}
	})
}

// hostile are messages of n bytes that are built to take long.
func hostile(n int) map[string]string {
	text := func(s string) string {
		data, _ := json.Marshal(map[string]any{"bot_id": "B0", "text": s})
		return string(data)
	}
	fill := func(s string) string { return strings.Repeat(s, n/len(s)) }
	deep := n / 38
	return map[string]string{
		"labels":          text(fill("Ticket ID: ")),
		"lines of labels": text(fill("Ticket ID:\n")),
		"signs":           text(fill("|")),
		"signs, labels":   text(fill("|Type:")),
		"stars":           text(fill("*")),
		"emoji":           text(fill("|:" + strings.Repeat("a", 60) + ":")),
		"angles":          text(fill("<")),
		"open angles":     text(fill("<https://")),
		"brackets":        text(fill("](https://x")),
		"open brackets":   text(fill("[](")),
		"links":           text(fill("<https://a.zendesk.com/agent/tickets/1|x>")),
		"entities":        text(fill("&amp;")),
		"dashes":          text(fill("Type - ")),
		"one word":        text("Ticket ID: " + fill("a")),
		"numbers":         text("Ticket ID: " + fill("1,")),
		"colons":          text(fill(":")),
		"fences":          text(fill("```\n")),
		"table rows":      text(fill("|a|b|\n")),
		"nested blocks":   `{"bot_id":"B0","blocks":[` + strings.Repeat(`{"elements":[{"text":"x","elements":[`, deep) + `1` + strings.Repeat(`]}]}`, deep) + `]}`,
		"nested rows":     `{"bot_id":"B0","blocks":[` + strings.Repeat(`{"rows":[{"items":[{"block":`, n/28) + `1` + strings.Repeat(`}]}]}`, n/28) + `]}`,
		"attachments":     `{"bot_id":"B0","attachments":[` + strings.Repeat(`{"text":"x"},`, n/13) + `{}]}`,
		"fields":          `{"bot_id":"B0","attachments":[{"fields":[` + strings.Repeat(`{"title":"Ticket ID","value":"1"},`, n/34) + `{}]}]}`,
		"many ids":        `{"bot_id":"B0","attachments":[{"text":"` + fill(`Ticket ID: 1\nTicket ID: 2\n`) + `"}]}`,
	}
}

func TestReadingTakesTimeInProportion(t *testing.T) {
	const most = 5 * time.Second // tens of milliseconds on an idle machine; over ten seconds when reading was quadratic
	r := NewReader(Patterns{})
	for name, message := range hostile(40_000) {
		var m Message
		if err := tolerant.Decode([]byte(message), &m); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		took := most
		for range 3 { // the best of a few: others are at work here, too
			began := time.Now()
			r.Read(&m)
			took = min(took, time.Since(began))
		}
		if took >= most {
			t.Errorf("%s: reading took %s", name, took)
		}
	}
}

// BenchmarkRead shows that ten times the message takes ten times as long.
func BenchmarkRead(b *testing.B) {
	r := NewReader(Patterns{})
	for _, size := range []struct {
		name string
		n    int
	}{{"4kB", 4_000}, {"40kB", 40_000}} {
		for name, message := range hostile(size.n) {
			b.Run(name+"/"+size.name, func(b *testing.B) {
				var m Message
				if err := tolerant.Decode([]byte(message), &m); err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					r.Read(&m)
				}
			})
		}
	}
}
