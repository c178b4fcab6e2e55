package ticket

import (
	"regexp"
	"testing"
)

func TestPatternsSeeAllThatAReaderSeesAndTheAddresses(t *testing.T) {
	section := func(text string) string { return `{"type":"section","text":{"type":"mrkdwn","text":"` + text + `"}}` }
	for name, c := range map[string]struct{ pattern, message, want string }{
		"a menu's address":     {`case/(\d+)`, `{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"overflow","options":[{"text":{"type":"plain_text","text":"Open"},"url":"https://d.example/case/7"}]}}]}`, "7"},
		"a picture's words":    {`Ref (\d+)`, `{"blocks":[{"type":"image","alt_text":"Ref 7","image_url":"https://d.example/x.png"}]}`, "7"},
		"a footer":             {`Ref (\w+)`, `{"attachments":[{"text":"x","footer":"Desk | Ref A7"}]}`, "A7"},
		"an author":            {`#(\d+)`, `{"attachments":[{"author_name":"Desk #7","text":"x"}]}`, "7"},
		"an author's address":  {`u/(\d+)`, `{"attachments":[{"author_name":"Desk","author_link":"https://d.example/u/7","text":"x"}]}`, "7"},
		"a title":              {`#(\d+)`, `{"attachments":[{"title":"#7 no mail"}]}`, "7"},
		"a title's address":    {`case/(\d+)`, `{"attachments":[{"title":"no mail","title_link":"https://d.example/case/7"}]}`, "7"},
		"a button's words":     {`Open (\d+)`, `{"blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open 7"}}]}]}`, "7"},
		"a button's address":   {`case/(\d+)`, `{"blocks":[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://d.example/case/7"}]}]}`, "7"},
		"an old button":        {`case/(\d+)`, `{"attachments":[{"text":"x","actions":[{"type":"button","text":"Open","url":"https://d.example/case/7"}]}]}`, "7"},
		"an accessory":         {`case/(\d+)`, `{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"x"},"accessory":{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://d.example/case/7"}}]}`, "7"},
		"a link's address":     {`case/(\d+)`, `{"blocks":[` + section("New: <https://d.example/case/7?a=1&amp;b=2|no mail>") + `]}`, "7"},
		"a bare link":          {`case/(\d+)`, `{"text":"https://d.example/case/7"}`, "7"},
		"a link in rich text":  {`case/(\d+)`, `{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://d.example/case/7","text":"no mail"}]}]}]}`, "7"},
		"a link in Markdown":   {`case/(\d+)`, `{"blocks":[{"type":"markdown","text":"**New** [no mail](https://d.example/case/7)"}]}`, "7"},
		"a cell":               {`No (\d+)`, `{"blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"Ref"},{"type":"raw_text","text":"No 7"}]]}]}`, "7"},
		"a cell's address":     {`case/(\d+)`, `{"blocks":[{"type":"data_table","caption":"x","rows":[[{"type":"raw_text","text":"Ref"}],[{"type":"action_cell","element":{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://d.example/case/7"}}]]}]}`, "7"},
		"a table's caption":    {`#(\d+)`, `{"blocks":[{"type":"data_table","caption":"Ticket #7","rows":[[{"type":"raw_text","text":"a"}],[{"type":"raw_text","text":"b"}]]}]}`, "7"},
		"a card's small print": {`Ref (\d+)`, `{"blocks":[{"type":"card","title":{"type":"mrkdwn","text":"x"},"subtext":{"type":"mrkdwn","text":"Ref 7"}}]}`, "7"},
		"a container's title":  {`#(\d+)`, `{"blocks":[{"type":"container","title":{"type":"plain_text","text":"#7"},"child_blocks":[` + section("x") + `]}]}`, "7"},
		"an alert":             {`#(\d+)`, `{"blocks":[{"type":"alert","text":{"type":"mrkdwn","text":"#7"}}]}`, "7"},
		"a list in rich text":  {`No\. (\d+)`, `{"blocks":[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"No. 7"}]}]}]}]}`, "7"},
		"a row in Markdown":    {`No (\d+)`, `{"blocks":[{"type":"markdown","text":"| Ref | State |\n|---|---|\n| No 7 | new |"}]}`, "7"},
		"a field's title":      {`Ticket (\d+)`, `{"attachments":[{"fields":[{"title":"Ticket 7","value":"no mail"}]}]}`, "7"},
		"a video":              {`#(\d+)`, `{"blocks":[{"type":"video","title":{"type":"plain_text","text":"Call #7"},"title_url":"https://d.example"}]}`, "7"},
		"a mention's words":    {`(\d+) by @U0ANA`, `{"text":"7 by <@U0ANA>"}`, "7"},

		"the desk's words before the customer's": {`#(\d+)`, `{"attachments":[{"fields":[{"title":"Subject","value":"Re: #9"},{"title":"Ref","value":"#7"}]}]}`, "7"},
		"the desk's address before them":         {`(?:#|case/)(\d+)`, `{"attachments":[{"fields":[{"title":"Description","value":"Re: #9"}],"title":"x","title_link":"https://d.example/case/7"}]}`, "7"},
		"the customer's, if nothing else is":     {`\[#(\d+)\]`, `{"attachments":[{"fields":[{"title":"Subject","value":"[#7] no mail"}]}]}`, "7"},
		"a number with groups":                   {`Ref (\d+)`, `{"text":"Ref 12,345"}`, "12345"},
		"half a number":                          {`Ref (\d{3})`, `{"text":"Ref 12345"}`, ""},
		"a group of a number":                    {`(?m)(\d{3})$`, `{"text":"Ref 12,345"}`, ""},
		"a number and a half":                    {`Ref (\d+)`, `{"text":"Ref 12,34"}`, ""},
		"a number before a comma":                {`Ref (\d+)`, `{"text":"Ref 12, 300 users"}`, "12"},
		"a number at an end":                     {`Ref (\d+)`, `{"text":"It is Ref 12."}`, "12"},
	} {
		r := NewReader(Patterns{ID: regexp.MustCompile(c.pattern), From: From{Anyone: true}})
		got := read(t, r, c.message)
		id := ""
		if len(got.Tickets) > 0 {
			id = got.Tickets[0].ID
		}
		if id != c.want || c.want == "" && got.Verdict != Unreadable {
			t.Errorf("%s: %q (%s), want %q", name, id, got.Verdict, c.want)
		}
	}
}

func TestWhatAPatternTakesForTheSubjectIsTheCustomers(t *testing.T) {
	r := NewReader(Patterns{ID: regexp.MustCompile(`Nr\.\W*(\d+)`), Priority: regexp.MustCompile(`Prio\W*(\w+)`), Subject: regexp.MustCompile(`Thema\W*(.+)`)})
	got := read(t, r, `{"bot_id":"B0","text":"*Thema*: Nr. 9, Prio hoch\n*Nr.*: 42\n*Prio*: mittel"}`)
	if want := (tk{ID: "42", Priority: "mittel", Subject: "Nr. 9, Prio hoch"}); len(got.Tickets) != 1 || got.Tickets[0] != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	whole := NewReader(Patterns{ID: regexp.MustCompile(`#(\d+)`), Subject: regexp.MustCompile(`^(.+)$`)})
	if got := read(t, whole, `{"bot_id":"B0","text":"#42 no mail"}`); len(got.Tickets) != 1 || got.Tickets[0].ID != "42" {
		t.Errorf("%+v", got)
	}
}

func TestAnIDThatIsNotFollowedIsTold(t *testing.T) {
	got := read(t, NewReader(Patterns{}), `{"bot_id":"B0","text":"*Ticket ID*: 61\n*Priority*: high\n\n*Ticket ID*: 62"}`)
	if len(got.Tickets) != 1 || got.Tickets[0].ID != "61" || got.Problem.Reason == "" {
		t.Errorf("%+v", got)
	}
}

func TestAPatternDoesNotFindInTheCustomersWordsWhatTheDeskSays(t *testing.T) {
	r := NewReader(Patterns{Priority: regexp.MustCompile(`(?i)prio\w*: (\w+)`), Type: regexp.MustCompile(`Kind: (\w+)`)})
	for message, want := range map[string]tk{
		attached(field("Ticket ID", "7") + "," + field("Priority", "-") + "," + field("Subject", "Priority: urgent, Kind: feedback")): {ID: "7", Type: "feedback", Subject: "Priority: urgent, Kind: feedback"},
		attached(field("Ticket ID", "7") + "," + field("Prio", "low") + "," + field("Subject", "Priority: urgent")):                   {ID: "7", Priority: "low", Subject: "Priority: urgent"},
		attached(field("Ticket ID", "7") + "," + field("Subject", "[Prio: high] no mail")):                                            {ID: "7", Priority: "high", Subject: "[Prio: high] no mail"},
	} {
		if got := read(t, r, message); len(got.Tickets) != 1 || got.Tickets[0] != want {
			t.Errorf("%s: %+v, want %+v", message, got.Tickets, want)
		}
	}
}
