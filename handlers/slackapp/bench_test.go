package slackapp

import (
	"testing"
)

// BenchmarkEvent takes in an event that carries a ticket, storing excepted.
func BenchmarkEvent(b *testing.B) {
	f := newApp(b)
	body := event(`"bot_id":"B0DESK","app_id":"A0DESK","text":"","bot_profile":{"id":"B0DESK","app_id":"A0DESK","name":"Zendesk","icons":{"image_36":"https://example.com/a.png"}},
		"attachments":[{"id":1,"color":"d00000","fallback":"New ticket","title":"Cannot log in","title_link":"https://desk.example.com/tickets/42","fields":[
		{"title":"Ticket ID","value":"42","short":true},{"title":"Ticket Priority","value":"high","short":true},{"title":"Type","value":"bug","short":true},
		{"title":"Customer","value":"Example Ltd","short":true},{"title":"Subject","value":"Cannot log in since this morning","short":false}]}]`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.send(body); err != nil {
			b.Fatal(err)
		}
		f.opened = f.opened[:0]
		f.log.Reset()
	}
}
