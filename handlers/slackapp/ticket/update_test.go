package ticket

import (
	"testing"

	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

func TestAPostAboutAnUpdateIsNoNewTicket(t *testing.T) {
	r := NewReader(Patterns{})
	for message, want := range map[string]Verdict{
		`{"bot_id":"B0","text":"# Printer offline","attachments":[{"text":"_[Ticket#3001](https://help.acme.example/#ticket/zoom/1): Updated by Ana Silva at 04/24/2026_\n\n* Priority: 2 normal -> 1 low"}]}`: Update,
		`{"bot_id":"B0","text":"_[Ticket#3001](https://help.acme.example/#ticket/zoom/1): Updated by Ana Silva at noon_\n\n* State: new -> open"}`:                                                             Update,
		`{"bot_id":"B0","text":"*Ana* commented on <https://acme.atlassian.net/browse/SUP-12|SUP-12 Login>"}`:                                                                                                  Update,
		`{"bot_id":"B0","text":"*Ana* transitioned a *Bug* from To do to Done <https://acme.atlassian.net/browse/SUP-12|SUP-12 Login>"}`:                                                                       Update,
		`{"bot_id":"B0","attachments":[{"pretext":"New comment on ticket","title":"No mail","title_link":"https://acme.zendesk.com/agent/tickets/42"}]}`:                                                       Update,
		`{"bot_id":"B0","attachments":[{"pretext":"Ana Silva replied to a conversation","title":"No mail","title_link":"https://secure.helpscout.net/conversation/42/9"}]}`:                                    Update,
		`{"bot_id":"B0","blocks":[{"type":"header","text":{"type":"plain_text","text":"Ticket updated"}},{"type":"section","text":{"type":"mrkdwn","text":"*Ticket ID*: 42\n*Status*: Pending"}}]}`:            Update,
		`{"bot_id":"B0","attachments":[{"fields":[{"title":"Ticket ID","value":"42"},{"title":"Priority","value":"low → high"}]}]}`:                                                                            Update,

		`{"bot_id":"B0","text":"Ticket <https://acme.zendesk.com/agent/tickets/42|#42> is about to breach its SLA"}`:                                                                                      Update,
		`{"bot_id":"B0","text":"Nora rated ticket <https://acme.zendesk.com/agent/tickets/42|#42>: Bad, I am unsatisfied"}`:                                                                               Update,
		`{"bot_id":"B0","attachments":[{"title":"Ticket #42 status changed from Open to Pending","title_link":"https://acme.zendesk.com/agent/tickets/42"}]}`:                                             Update,
		`{"bot_id":"B0","attachments":[{"title":"Nora replied to ticket #42","title_link":"https://acme.zendesk.com/agent/tickets/42"}]}`:                                                                 Update,
		`{"bot_id":"B0","attachments":[{"title":"#42: status changed on my order","title_link":"https://acme.zendesk.com/agent/tickets/42"}]}`:                                                            Readable,
		`{"bot_id":"B0","attachments":[{"title":"[#42] Nobody replied to ticket #41","title_link":"https://acme.zendesk.com/agent/tickets/42"}]}`:                                                         Readable,
		`{"bot_id":"B0","attachments":[{"title":"#42 Status page down, was updated by whom?","title_link":"https://acme.zendesk.com/agent/tickets/42"}]}`:                                                 Readable,
		`{"bot_id":"B0","text":"Ticket created by Nora, assigned to Ana\n*Ticket ID*: 42"}`:                                                                                                               Readable,
		`{"bot_id":"B0","attachments":[{"pretext":"New ticket","fields":[{"title":"Ticket ID","value":"42"},{"title":"Subject","value":"Ticket updated by mistake -> please look"}]}]}`:                   Readable,
		`{"bot_id":"B0","attachments":[{"fields":[{"title":"Ticket ID","value":"42"},{"title":"Description","value":"it was closed by Ana, status changed"}]}]}`:                                          Readable,
		`{"bot_id":"B0","text":"*Ticket ID*: 42\n*Subject*: my account was closed by you\n*Status*: New"}`:                                                                                                Readable,
		`{"bot_id":"B0","attachments":[{"pretext":"New conversation","title":"It was reopened","title_link":"https://secure.helpscout.net/conversation/42/9","text":"Hi\nthere\nmy ticket was closed"}]}`: Readable,
	} {
		if got := read(t, r, message); got.Verdict != want {
			t.Errorf("%s: %s, want %s", message, got.Verdict, want)
		}
	}
}

// What happened to a ticket is told in many words; a subject may hold the same ones.
func TestAHeadlineTellsOfAnUpdateInTheDesksWordsOnly(t *testing.T) {
	const zendesk, jira, rt = "<https://acme.zendesk.com/agent/tickets/42", "<https://acme.atlassian.net/browse/SUP-12", "<https://rt.example.com/Ticket/Display.html?id=31"
	r := NewReader(Patterns{})
	for want, headlines := range map[Verdict][]string{
		Update: {
			"Ticket " + zendesk + "|#42> escalated to Tier 2", "Escalated: " + zendesk + "|#42>", "Status of ticket " + zendesk + "|#42> changed to Pending", "Ticket " + zendesk + "|#42> moved to Tier 2",
			zendesk + "|#42> is due in 15 minutes", "Ticket " + zendesk + "|#42> is now solved", "Ticket " + zendesk + "|#42> deleted", "Customer replied: " + zendesk + "|#42>", "Nora responded on " + zendesk + "|#42>",
			"Internal note added to " + zendesk + "|#42>", "Ticket " + zendesk + "|#42> has a new reply", "Updated: " + zendesk + "|No mail>", "Ticket update: " + zendesk + "|#42>", "Ana took " + zendesk + "|#42>",
			"*Ana* assigned " + jira + "|SUP-12 Login> to *Ben*", "*Ana* updated priority on " + jira + "|SUP-12 Login>", "*Ana* moved " + jira + "|SUP-12 Login> to *In progress*", "Issue commented " + jira + "|Login> by Ana",
			jira + "|SUP-12 Login> will breach *Time to first response* in 30 minutes", rt + "|#31> Correspondence added by nora", rt + "|#31> taken by ana",
			"Ticket " + zendesk + "|#42> wurde von Ana geschlossen", "Neuer Kommentar zu " + zendesk + "|#42>", "Le ticket " + zendesk + "|#42> a été fermé", "Nouvelle réponse sur " + zendesk + "|#42>",
			"El ticket " + zendesk + "|#42> fue cerrado", "O ticket " + zendesk + "|#42> foi atualizado",
			"Customer responded\n" + zendesk + "|No mail>", "New conversation rating from Nora\n" + zendesk + "|No mail>", "Ana changed status to Closed\n" + zendesk + "|No mail>",
		},
		Readable: {
			"New ticket " + zendesk + "|#42>: please update my account", "Ticket " + zendesk + "|#42> created and assigned to Ana", "New ticket\nMy ticket was closed by Ana\n" + zendesk + "|#42>",
			zendesk + "|#42> My ticket was closed by you", zendesk + "|#42>: My ticket was updated", zendesk + "|#42> closed beta access, please", "My ticket was closed (" + zendesk + "|#42>)", zendesk + "|#42> is overdue invoice still valid?",
			"Nora asks: why was my ticket closed?\n" + zendesk + "|#42>", "Ticket from Nora: " + zendesk + "|#42 Deleted by mistake>", "Waiting for a first reply: " + zendesk + "|#42>", "Unassigned ticket " + zendesk + "|#42>",
			"Linked issue key: 9\n*Ticket ID:* 42", "Neues Ticket " + zendesk + "|#42>: mein Ticket wurde geschlossen", "Nouvelle demande " + zendesk + "|fermé par erreur>",
			"*Nora* created a *Bug* " + jira + "|SUP-12 Updated by mistake>",
		},
	} {
		for _, headline := range headlines {
			if got := read(t, r, asJSON(t, map[string]any{"bot_id": "B0", "text": headline})); got.Verdict != want {
				t.Errorf("%s: %s, want %s", headline, got.Verdict, want)
			}
		}
	}
	for header, want := range map[string]Verdict{
		"Ticket updated": Update, "🔄 Ticket status changed": Update, "New comment on ticket": Update, "Ticket #42 updated": Update,
		"#42 My ticket was closed by you": Readable, "My account was closed by you": Readable, "Nobody replied to me": Readable, "Why was my request deleted": Readable,
	} {
		got := read(t, r, `{"bot_id":"B0","blocks":[{"type":"header","text":{"type":"plain_text","text":"`+header+`"}},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"View"},"url":"https://acme.zendesk.com/agent/tickets/42"}]}]}`)
		if got.Verdict != want {
			t.Errorf("%s: %s, want %s", header, got.Verdict, want)
		}
	}
}

// A help desk says in its own language what happened; what the customer wrote below says nothing of it.
func TestZammadsUpdatesInAnyLanguage(t *testing.T) {
	r := NewReader(Patterns{})
	for _, c := range []struct {
		title, told, below string
		want               Verdict
	}{
		{"Printer", "Aktualisiert von Ana am 24.04.2026", "* Status: neu -> offen", Update},
		{"Printer", "Mis à jour par Ana le 24.04.2026", "* État: nouveau -> ouvert", Update},
		{"New ticket please", "Updated by Ana at noon", "* State: new -> open", Update},
		{"Printer", "Escalated at noon", "* State: open", Update},
		{"Printer", "Erstellt von Nora am 24.04.2026", "* Priorität: 2 normal", Readable},
		{"Ticket closed without a word", "Created by Nora at noon", "* Priority: 2 normal", Readable},
		{"Printer", "Created by Nora at noon", "* Priority: 2 normal\n\n[Ticket#9](https://help.acme.example/#ticket/zoom/9): Updated by Ana at noon\n* Priority: 3 high -> 1 low", Readable},
		{"Printer", "Created by Nora at noon", "* Priority: 2 normal\n\nStatus: open -> failed", Readable},
	} {
		text := "_[Ticket#3001](https://help.acme.example/#ticket/zoom/1): " + c.told + "_\n\n" + c.below
		got := read(t, r, asJSON(t, map[string]any{"bot_id": "B0", "text": "# " + c.title, "attachments": []any{map[string]any{"text": text}}}))
		if got.Verdict != c.want {
			t.Errorf("%s, %s, %s: %s, want %s", c.title, c.told, c.below, got.Verdict, c.want)
		}
	}
}

// Rule 1, Reading: whatever a customer calls it, what the desks' apps post as new is new.
func TestNoSubjectMakesAnUpdateOfANewTicket(t *testing.T) {
	r := NewReader(Patterns{})
	for _, shape := range append(desks.Official(), desks.Shapes()...) {
		for _, subject := range []string{
			"Ticket updated", "Ticket #9 was closed by Ana", "My ticket was closed", "Re: New comment on ticket", "Escalated: pay now", "Reminder: invoice", "SLA breach", "is overdue",
			"Status changed to Pending", "Ana replied to a conversation", "Updated by Ana at noon", "low -> high", "Status: open -> closed", "was solved",
		} {
			m := shape.Message(desks.Ticket{ID: "SUP-12", Priority: "High", Customer: "Nora Field", Subject: subject})
			if shape.Name != "Jira" {
				m = shape.Message(desks.Ticket{ID: "42", Priority: "High", Customer: "Nora Field", Subject: subject})
			}
			m.BotID = "B0"
			if got := read(t, r, asJSON(t, m)); got.Verdict != Readable {
				t.Errorf("%s, %q: %s", shape.Name, subject, got.Verdict)
			}
		}
	}
}
