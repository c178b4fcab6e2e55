package ticket

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
)

// Fields of an attachment and of a section, and cells, as JSON.
func attached(fields string) string {
	return `{"bot_id":"B0","attachments":[{"fields":[` + fields + `]}]}`
}
func field(title, value string) string {
	return `{"title":"` + title + `","value":"` + value + `"}`
}

type kind struct {
	message string
	want    []escalation.Ticket
}

func one(t escalation.Ticket) []escalation.Ticket { return []escalation.Ticket{t} }

func testKinds(t *testing.T, kinds map[string]kind) {
	t.Helper()
	r := NewReader(Patterns{})
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			got := read(t, r, k.message)
			if diff := cmp.Diff(k.want, got.Tickets); diff != "" {
				t.Errorf("%s: tickets (-want +got):\n%s", got.Verdict, diff)
			}
		})
	}
}

type tk = escalation.Ticket

func TestWhatTheCustomerWroteSetsNeitherIDNorPriorityNorType(t *testing.T) {
	testKinds(t, map[string]kind{
		"a subject before the id": {attached(field("Subject", "Ticket ID: 9 down") + "," + field("Ticket ID", "5521")),
			one(tk{ID: "5521", Subject: "Ticket ID: 9 down"})},
		"a subject with every label": {attached(field("Ticket ID", "5521") + "," + field("Ticket Priority", "low") + "," + field("Type", "bug") + "," + field("Subject", `*Ticket ID*: 9\n*Priority*: urgent\n*Type*: feedback`)),
			one(tk{ID: "5521", Priority: "low", Type: "bug", Subject: "Ticket ID*: 9 *Priority*: urgent *Type*: feedback"})},
		"a subject before the id, as a line": {`{"bot_id":"B0","text":"*Subject*: Fwd | Ticket ID: 9 | Priority: urgent\n*Ticket ID*: 5521\n*Priority*: low"}`,
			one(tk{ID: "5521", Priority: "low", Subject: "Fwd | Ticket ID: 9 | Priority: urgent"})},
		"a subject as a section's field": {`{"bot_id":"B0","blocks":[{"type":"section","fields":[{"type":"mrkdwn","text":"*Subject*\nPriority: urgent\nTicket ID: 9"},{"type":"mrkdwn","text":"*Ticket ID*\n5521"},{"type":"mrkdwn","text":"*Priority*\nlow"}]}]}`,
			one(tk{ID: "5521", Priority: "low", Subject: "Priority: urgent Ticket ID: 9"})},
		"a subject as a cell": {`{"bot_id":"B0","blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"Subject"},{"type":"raw_text","text":"Ticket ID"}],[{"type":"raw_text","text":"Ticket ID"},{"type":"raw_text","text":"5521"}]]}]}`,
			one(tk{ID: "5521", Subject: "Ticket ID"})},
		"a description below": {`{"bot_id":"B0","text":"*Ticket ID*: 5521\n*Priority*: low\n*Type*: bug\n*Description*:\n*Ticket ID*: 9\n*Priority*: urgent\n*Type*: feedback"}`,
			one(tk{ID: "5521", Priority: "low", Type: "bug"})},
		"a description above, in its own words": {`{"bot_id":"B0","text":"*Description*\nplease see\nTicket ID: 9\nPriority: urgent\n*Ticket ID*\n5521\n*Priority*\nlow"}`,
			one(tk{ID: "5521", Priority: "low"})},
		"a mail quoted": {`{"bot_id":"B0","text":"&gt; *Ticket ID*: 9\n&gt; *Priority*: urgent\n*Ticket ID*: 5521\n*Priority*: low"}`,
			one(tk{ID: "5521", Priority: "low"})},
		"a mail quoted, and no field for what it says": {`{"bot_id":"B0","text":"*Ticket ID*: 5521\n&gt; Priority: urgent\n&gt; Type: feedback"}`, one(tk{ID: "5521"})},
		"a subject in another language":                {`{"bot_id":"B0","text":"*Betreff*: Ticket ID: 9 | Type: feedback\n*Ticket ID*: 5521"}`, one(tk{ID: "5521", Subject: "Ticket ID: 9 | Type: feedback"})},
		"code": {"{\"bot_id\":\"B0\",\"text\":\"```\\nTicket ID: 9\\nType: feedback\\n```\\nTicket ID: 5521\\nType: bug\"}",
			one(tk{ID: "5521", Type: "bug"})},
		"a quotation in rich text": {`{"bot_id":"B0","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"text","text":"Ticket ID: 9\nType: feedback"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"Ticket ID: 5521\nType: bug"}]}]}]}`,
			one(tk{ID: "5521", Type: "bug"})},
		"a title": {`{"bot_id":"B0","attachments":[{"title":"[Ticket ID: 9] Priority: urgent","text":"Ticket ID: 5521"}]}`,
			one(tk{ID: "5521", Subject: "[Ticket ID: 9] Priority: urgent"})},
		"a priority that is empty": {attached(field("Ticket ID", "5521") + "," + field("Priority", "") + "," + field("Subject", "Priority: urgent")),
			one(tk{ID: "5521", Subject: "Priority: urgent"})},
		"a type in a line that is empty": {`{"bot_id":"B0","text":"Ticket ID: 5521\nType: -\nSubject: x, Type: feedback"}`,
			one(tk{ID: "5521", Subject: "x, Type: feedback"})},
		"words after the desk's, unlabelled": {`{"bot_id":"B0","text":"*Ticket ID*: 5521\n*Priority*: low\n\nHello, nothing works\nTicket ID: 9\nPriority: urgent\nType: feedback"}`,
			one(tk{ID: "5521", Priority: "low"})},
		"an id alone in an unlabelled description": {`{"bot_id":"B0","text":"*Ticket ID*: 5521\n*Priority*: low\n\n*Ticket ID*: 9"}`,
			one(tk{ID: "5521", Priority: "low"})},
		"a link in the description": {attached(field("Ticket ID", "5521") + "," + field("Description", "see <https://acme.zendesk.com/agent/tickets/9>")),
			one(tk{ID: "5521"})},
	})
}

func TestAValueIsTakenWholeOrNotAtAll(t *testing.T) {
	r := NewReader(Patterns{})
	for said, want := range map[string]string{
		"12,345": "12345", "12.345": "12345", "12'345": "12345", "12’345": "12345", "1,234,567": "1234567", "12\u00a0345": "12345", "12\u202f345": "12345", "#12,345": "12345",
		"12,34": "", "12,3456": "", "12 345": "", "12 - 345": "", "12 13": "", "42 was closed": "", "42 (urgent!)": "42", "42 – no mail": "42", "42.": "42",
		"2026-0042": "2026-0042", "T.1": "T.1", ":ticket: 42": "42", "🎫 42": "42", "<tel:4930123|4930123>": "4930123", "<mailto:x@example.com|SUP-7>": "SUP-7",
		"`42`": "42", "*#42*": "42", "_SUP-7_": "SUP-7", "12345.0": "12345", "#42: no mail": "42", "n/a": "", "unknown": "", "pending review": "",
		"<https://acme.zendesk.com/agent/tickets/42>": "42", "<https://desk.example.com/tickets/42>": "", "&lt;42&gt;": "42",
	} {
		got := read(t, r, asJSON(t, map[string]any{"bot_id": "B0", "attachments": []any{map[string]any{"fields": []any{map[string]any{"title": "Ticket ID", "value": said}}}}}))
		id := ""
		if len(got.Tickets) > 0 {
			id = got.Tickets[0].ID
		}
		if id != want || (want == "") != (got.Verdict == Unreadable) {
			t.Errorf("%q is read as %q (%s), want %q", said, id, got.Verdict, want)
		}
	}
}

func TestEveryTicketOfAMessageIsRead(t *testing.T) {
	two := []tk{{ID: "61", Priority: "high"}, {ID: "62", Priority: "low"}}
	testKinds(t, map[string]kind{
		"an attachment each":                  {`{"bot_id":"B0","attachments":[{"fields":[` + field("Priority", "high") + "," + field("Ticket ID", "61") + `]},{"fields":[` + field("Ticket ID", "62") + "," + field("Priority", "low") + `]}]}`, two},
		"an attachment's text each":           {`{"bot_id":"B0","attachments":[{"text":"*Ticket ID*: 61\n*Priority*: high"},{"text":"*Ticket ID*: 62\n*Priority*: low"}]}`, two},
		"fields of one attachment":            {attached(field("Ticket ID", "61") + "," + field("Priority", "high") + "," + field("Ticket ID", "62") + "," + field("Priority", "low")), two},
		"sections":                            {`{"bot_id":"B0","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Ticket ID*: 61\n*Priority*: high"}},{"type":"divider"},{"type":"section","text":{"type":"mrkdwn","text":"*Ticket ID*: 62\n*Priority*: low"}}]}`, two},
		"sections of fields":                  {`{"bot_id":"B0","blocks":[{"type":"section","fields":[{"type":"mrkdwn","text":"*Ticket ID*\n61"},{"type":"mrkdwn","text":"*Priority*\nhigh"}]},{"type":"section","fields":[{"type":"mrkdwn","text":"*Ticket ID*\n62"},{"type":"mrkdwn","text":"*Priority*\nlow"}]}]}`, two},
		"lines":                               {`{"bot_id":"B0","text":"Two new tickets\n*Ticket ID*: 61 | *Priority*: high\n*Ticket ID*: 62 | *Priority*: low"}`, two},
		"rows of a table":                     {`{"bot_id":"B0","blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"Ticket ID"},{"type":"raw_text","text":"Priority"}],[{"type":"raw_number","value":61},{"type":"raw_text","text":"high"}],[{"type":"raw_number","value":62},{"type":"raw_text","text":"low"}]]}]}`, two},
		"rows of a data table":                {`{"bot_id":"B0","blocks":[{"type":"data_table","caption":"New tickets","rows":[[{"type":"raw_text","text":"Priority"},{"type":"raw_text","text":"Ticket ID"}],[{"type":"raw_text","text":"high"},{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://x.example/61","text":"61"}]}]}],[{"type":"raw_text","text":"low"},{"type":"action_cell","element":{"type":"button","text":{"type":"plain_text","text":"62"},"url":"https://x.example/62"}}]]}]}`, two},
		"rows in Markdown":                    {`{"bot_id":"B0","blocks":[{"type":"markdown","text":"| Ticket ID | Priority |\n|---|---|\n| 61 | high |\n| 62 | low |"}]}`, two},
		"cards of a carousel":                 {`{"bot_id":"B0","blocks":[{"type":"carousel","elements":[{"type":"card","subtitle":{"type":"mrkdwn","text":"*Ticket ID*: 61"},"body":{"type":"mrkdwn","text":"*Priority*: high"}},{"type":"card","subtitle":{"type":"mrkdwn","text":"*Ticket ID*: 62"},"body":{"type":"mrkdwn","text":"*Priority*: low"}}]}]}`, two},
		"containers":                          {`{"bot_id":"B0","blocks":[{"type":"container","title":{"type":"plain_text","text":"New ticket"},"child_blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Ticket ID*: 61\n*Priority*: high"}}]},{"type":"container","title":{"type":"plain_text","text":"New ticket"},"child_blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Ticket ID*: 62\n*Priority*: low"}}]}]}`, two},
		"links of an app":                     {`{"bot_id":"B0","attachments":[{"footer":"<https://acme.zendesk.com/agent/tickets/61|*Ticket #61*> | Priority: high"},{"footer":"<https://acme.zendesk.com/agent/tickets/62|*Ticket #62*> | Priority: low"}]}`, two},
		"cards, of which one says less":       {`{"bot_id":"B0","blocks":[{"type":"carousel","elements":[{"type":"card","title":{"type":"mrkdwn","text":"A"},"body":{"type":"mrkdwn","text":"*Ticket ID*: 61\n*Priority*: high"}},{"type":"card","title":{"type":"mrkdwn","text":"B"},"body":{"type":"mrkdwn","text":"*Ticket ID*: 62"}}]}]}`, []tk{{ID: "61", Priority: "high", Subject: "A"}, {ID: "62", Subject: "B"}}},
		"a list of links":                     {`{"bot_id":"B0","text":"2 new tickets\n• <https://acme.zendesk.com/agent/tickets/61|#61 no mail>\n• <https://acme.zendesk.com/agent/tickets/62|#62 vpn>"}`, []tk{{ID: "61", Subject: "no mail"}, {ID: "62", Subject: "vpn"}}},
		"the same ticket twice":               {`{"bot_id":"B0","attachments":[{"fields":[` + field("Ticket ID", "61") + `]},{"fields":[` + field("Ticket ID", "61") + "," + field("Priority", "high") + `]}]}`, one(tk{ID: "61", Priority: "high"})},
		"one, and a mail that quotes another": {`{"bot_id":"B0","attachments":[{"fields":[` + field("Ticket ID", "61") + "," + field("Priority", "high") + `]},{"text":"*Ticket ID*: 9\n*Priority*: low"}]}`, one(tk{ID: "61", Priority: "high"})},
	})
}

func TestTheLabelMayStandInManyWays(t *testing.T) {
	want := one(tk{ID: "42", Priority: "high"})
	kinds := map[string]kind{}
	for _, text := range []string{
		"*Ticket ID:* 42\n*Priority:* high", "**Ticket ID**: 42\n**Priority**: high", "**Ticket ID:** 42\n**Priority:** high", "Ticket ID:42\nPriority:high",
		"• *Ticket ID* — 42\n• *Priority* — high", "1. Ticket ID: 42\n2. Priority: high", "- Ticket number: 42\n- Priority: high", "Ticket #: 42\nTicket priority: high",
		"`Ticket ID`: 42\n`Priority`: high", "Ticket ID： 42\nPriority： high", "Ticket ID = 42\nPriority = high", ":ticket: Ticket ID: 42\n:fire: Priority: :red_circle: high",
		"*Ticket ID*:\n42\n*Priority*:\nhigh", "### Ticket ID\n42\n### Priority\nhigh", "Ticket ID: 42 · Priority: high", "Ticket ID: 42    Priority: high", "Ticket ID: 42\tPriority: high",
		"Ticket ID: 42; Group: Tier 2; Priority: high", "(Ticket ID: 42, Priority: high)", "*Ticket ID*: 42\n*Customer*:\n*Priority*: high", "_Ticket ID:_ 42\n_Priority:_ high",
		"New ticket (Ticket ID: 42, Priority: high)",
	} {
		kinds[text] = kind{asJSON(t, map[string]any{"bot_id": "B0", "text": text}), want}
	}
	kinds["a table in Markdown"] = kind{`{"bot_id":"B0","blocks":[{"type":"markdown","text":"| Ticket ID | 42 |\n|---|---|\n| Priority | high |"}]}`, want}
	testKinds(t, kinds)
}

func TestNewBlocksAreRead(t *testing.T) {
	testKinds(t, map[string]kind{
		"a card's small print": {`{"bot_id":"B0","blocks":[{"type":"card","title":{"type":"mrkdwn","text":"No mail"},"body":{"type":"mrkdwn","text":"Hello"},"subtext":{"type":"plain_text","text":"Ticket ID: 42 | Priority: high"}}]}`,
			one(tk{ID: "42", Priority: "high", Subject: "No mail"})},
		"a layout":                       {`{"bot_id":"B0","blocks":[{"type":"layout","label":"ticket","rows":[{"items":[{"block":{"type":"section","text":{"type":"mrkdwn","text":"*Ticket ID*: 42"}}},{"block":{"type":"section","text":{"type":"mrkdwn","text":"*Priority*: high"}}}]}]}]}`, one(tk{ID: "42", Priority: "high"})},
		"an alert in a container":        {`{"bot_id":"B0","blocks":[{"type":"container","rich_text_title":{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"New ticket"}]}]},"child_blocks":[{"type":"alert","level":"warning","text":{"type":"mrkdwn","text":"Ticket ID: 42"}}]}]}`, one(tk{ID: "42"})},
		"a plan's task":                  {`{"bot_id":"B0","blocks":[{"type":"plan","title":"Triage","tasks":[{"type":"task_card","title":"No mail","details":{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Ticket ID: 42"}]}]}}]}]}`, one(tk{ID: "42", Subject: "Triage"})},
		"a context":                      {`{"bot_id":"B0","blocks":[{"type":"context","elements":[{"type":"mrkdwn","text":"New | Ticket ID: 42 | Priority: high"}]}]}`, one(tk{ID: "42", Priority: "high"})},
		"a table in two pairs of rows":   {`{"bot_id":"B0","blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"Ticket ID"},{"type":"raw_text","text":"42"},{"type":"raw_text","text":"Priority"},{"type":"raw_text","text":"high"}]]}]}`, one(tk{ID: "42", Priority: "high"})},
		"a nested rich text list":        {`{"bot_id":"B0","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Priority: "},{"type":"text","text":"high","style":{"bold":true}}]},{"type":"rich_text_list","indent":1,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Ticket ID: "},{"type":"link","url":"https://x.example","text":"42"}]}]}]}]}]}`, one(tk{ID: "42", Priority: "high"})},
		"a text that repeats the blocks": {`{"bot_id":"B0","text":"Fwd: Ticket ID: 9, Priority: low","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Ticket ID*: 42\n*Priority*: high"}}]}`, one(tk{ID: "42", Priority: "high"})},
	})
}

func TestLabelsInOtherLanguagesAreRead(t *testing.T) {
	kinds := map[string]kind{}
	for text, want := range map[string]tk{
		"*Ticketnummer*: 77\n*Priorität*: hoch\n*Kunde*: Müller\n*Betreff*: geht nicht":   {ID: "77", Priority: "hoch", Customer: "Müller", Subject: "geht nicht"},
		"Ticket-Nr.: 77\nTyp: Störung\nPriorität: hoch":                                   {ID: "77", Priority: "hoch", Type: "Störung"},
		"*Numéro du ticket* : 77\n*Priorité* : haute\n*Client* : Dupont":                  {ID: "77", Priority: "haute", Customer: "Dupont"},
		"*ID del ticket*: 77\n*Prioridad*: alta\n*Tipo*: error\n*Asunto*: no funciona":    {ID: "77", Priority: "alta", Type: "error", Subject: "no funciona"},
		"*Número do chamado*: 77\n*Prioridade*: alta\n*Cliente*: Silva\n*Assunto*: parou": {ID: "77", Priority: "alta", Customer: "Silva", Subject: "parou"},
	} {
		kinds[text] = kind{asJSON(t, map[string]any{"bot_id": "B0", "text": text}), one(want)}
	}
	testKinds(t, kinds)
}

func TestATitleMaySayTicketAndMeanItsID(t *testing.T) {
	testKinds(t, map[string]kind{
		"a field": {attached(field("Ticket", "#55") + "," + field("Priority", "high")), one(tk{ID: "55", Priority: "high"})},
		"a field, of a hostile customer": {attached(field("Ticket", "55") + "," + field("Subject", "Type: feedback; Ticket ID: 9") + "," + field("Type", "Incident")),
			one(tk{ID: "55", Type: "Incident", Subject: "Type: feedback; Ticket ID: 9"})},
		"a column": {`{"bot_id":"B0","blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"CASE"},{"type":"raw_text","text":"PRIORITY"}],[{"type":"raw_text","text":"SUP-9"},{"type":"raw_text","text":"high"}]]}]}`,
			one(tk{ID: "SUP-9", Priority: "high"})},
		"beside its id":  {attached(field("Ticket", "12") + "," + field("Ticket ID", "55")), one(tk{ID: "55"})},
		"over a subject": {attached(field("Ticket", "Printer 3 is offline") + "," + field("Ticket ID", "55")), one(tk{ID: "55"})},
	})
}

func TestFieldsMayBeSetOffByADash(t *testing.T) {
	testKinds(t, map[string]kind{
		"a list": {`{"bot_id":"B0","text":"2 new tickets:\n• *Ticket ID*: 61 - *Priority*: high\n• *Ticket ID*: 62 - *Priority*: low"}`,
			[]tk{{ID: "61", Priority: "high"}, {ID: "62", Priority: "low"}}},
		"a long one":               {`{"bot_id":"B0","text":"*Ticket ID*: SUP-61 – *Priority*: high — *Customer*: Acme - North"}`, one(tk{ID: "SUP-61", Priority: "high", Customer: "Acme - North"})},
		"in a subject, it is none": {`{"bot_id":"B0","text":"*Ticket ID*: 61\n*Subject*: broken - *Priority*: urgent\n*Priority*: low"}`, one(tk{ID: "61", Priority: "low", Subject: "broken - *Priority*: urgent"})},
	})
}

func TestFurtherLabelsOfDesks(t *testing.T) {
	testKinds(t, map[string]kind{
		"a case's number":              {attached(field("Case No.", "00012345") + "," + field("Priority", "High")), one(tk{ID: "00012345", Priority: "High"})},
		"a reference":                  {attached(field("Ticket Ref", "ABC-2026-0012") + "," + field("Urgency", "High")), one(tk{ID: "ABC-2026-0012", Priority: "High"})},
		"a remark behind the label":    {attached(field("Ticket ID (Zendesk)", "42") + "," + field("Priority", "high")), one(tk{ID: "42", Priority: "high"})},
		"the same in a line":           {`{"bot_id":"B0","text":"*Ticket ID (internal)*: 42\n*Severity*: SEV1"}`, one(tk{ID: "42", Priority: "SEV1"})},
		"priority before severity":     {attached(field("Ticket ID", "42") + "," + field("Severity", "SEV1") + "," + field("Priority", "P2")), one(tk{ID: "42", Priority: "P2"})},
		"what it is the id of":         {attached(field("Ticket ID", "Ticket #42") + "," + field("Priority", "high")), one(tk{ID: "42", Priority: "high"})},
		"ServiceNow's link":            {`{"bot_id":"B0","text":"*<https://acme.service-now.com/nav_to.do?uri=incident.do?sys_id=ab12|INC0012345>* — Email down\n*Priority:* 1 - Critical"}`, one(tk{ID: "INC0012345", Priority: "1 - Critical"})},
		"ServiceNow's fields":          {attached(field("Number", "INC0012345") + "," + field("Priority", "1 - Critical") + "," + field("Short description", "Priority: low")), one(tk{ID: "INC0012345", Priority: "1 - Critical", Subject: "Priority: low"})},
		"a number that is somebody's":  {attached(field("Number", "555 1234") + "," + field("Ticket ID", "42")), one(tk{ID: "42"})},
		"what nobody sees":             {attached(field("Ticket ID", "\u200b4\u200b2\u200e") + "," + field("Priority", "high\u200b")), one(tk{ID: "42", Priority: "high"})},
		"wide digits":                  {attached(field("Ticket ID", "４２")), one(tk{ID: "42"})},
		"a hyphen that does not break": {attached(field("Ticket ID", "SUP‑42")), one(tk{ID: "SUP-42"})},
		"the desk's name":              {`{"bot_id":"B0","text":"*Zendesk Ticket ID:* 42\n*Zendesk priority:* low"}`, one(tk{ID: "42", Priority: "low"})},
		"words that add nothing":       {attached(field("Ticket ID #", "42") + "," + field("Priority level", "low") + "," + field("Customer name", "Acme")), one(tk{ID: "42", Priority: "low", Customer: "Acme"})},
		"who asked":                    {attached(field("Ticket ID", "42") + "," + field("Prio", "low") + "," + field("Requested by", "Nora")), one(tk{ID: "42", Priority: "low", Customer: "Nora"})},
		"another's id":                 {attached(field("Parent ticket ID", "9") + "," + field("Ticket ID", "42")), one(tk{ID: "42"})},
		"a footer that is no id":       {`{"bot_id":"B0","blocks":[{"type":"context","elements":[{"type":"mrkdwn","text":"Ticket ID: 9 Ltd"}]},{"type":"section","text":{"type":"mrkdwn","text":"*Ticket ID*: 42"}}]}`, one(tk{ID: "42"})},
		"French, Spanish, Portuguese":  {attached(field("N° de ticket", "42") + "," + field("Priorité", "haute")), one(tk{ID: "42", Priority: "haute"})},
		"Japanese":                     {`{"bot_id":"B0","text":"チケットID：42\n優先度：高\n件名：優先度：低"}`, one(tk{ID: "42", Priority: "高", Subject: "優先度：低"})},
		"Korean":                       {attached(field("티켓 번호", "42") + "," + field("우선 순위", "긴급")), one(tk{ID: "42", Priority: "긴급"})},
		"Chinese":                      {attached(field("工单编号", "42") + "," + field("优先级", "高")), one(tk{ID: "42", Priority: "高"})},
		"Dutch and Italian":            {attached(field("Ticketnummer", "42") + "," + field("Prioriteit", "hoog") + "," + field("Klant", "Acme")), one(tk{ID: "42", Priority: "hoog", Customer: "Acme"})},
	})
}

func TestWhereATicketMayBe(t *testing.T) {
	const zendesk = "https://acme.zendesk.com/agent/tickets/"
	testKinds(t, map[string]kind{
		"a button against a link in the customer's words": {`{"bot_id":"B0","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Cannot log in*\nas in <` + zendesk + `9|#9>"}},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open ticket"},"url":"` + zendesk + `42"}]}]}`,
			one(tk{ID: "42"})},
		"a footer against a link in the customer's words": {`{"bot_id":"B0","attachments":[{"pretext":"New ticket","text":"as in <` + zendesk + `9|that one>","footer":"<` + zendesk + `42|Ticket #42>"}]}`,
			one(tk{ID: "42"})},
		"a link to open it against one in the customer's words": {`{"bot_id":"B0","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"as in <` + zendesk + `9|that one>"}},{"type":"context","elements":[{"type":"mrkdwn","text":"<` + zendesk + `42|Open in Zendesk>"}]}]}`,
			one(tk{ID: "42"})},
		"a footer that leads to another ticket": {`{"bot_id":"B0","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"New ticket <` + zendesk + `42|#42 No mail>"}},{"type":"context","elements":[{"type":"mrkdwn","text":"Problem: <` + zendesk + `9|#9>"}]}]}`,
			one(tk{ID: "42", Subject: "No mail"})},
		"a footer's labels against the customer's": {`{"bot_id":"B0","attachments":[{"pretext":"New ticket","text":"Hello\nTicket ID: 9\nPriority: urgent\nType: feedback","footer":"Ticket ID: 42 | Priority: low | Type: bug"}]}`,
			one(tk{ID: "42", Priority: "low", Type: "bug"})},
		"a preview in small print": {`{"bot_id":"B0","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*Ticket ID*: 42\n*Priority*: low"}},{"type":"context","elements":[{"type":"mrkdwn","text":"Nora: see Ticket ID: 9, Priority: urgent"}]}]}`,
			one(tk{ID: "42", Priority: "low"})},
		"a number that is not the address's": {`{"bot_id":"B0","text":"*Conversation number:* 918\n<https://secure.helpscout.net/conversation/2200330044/918|Invoice>"}`, one(tk{ID: "918", Subject: "Invoice"})},
		"a headline's link against a plain line": {`{"bot_id":"B0","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*<` + zendesk + `42|#42 Cannot log in>*"}},{"type":"section","text":{"type":"mrkdwn","text":"Hello\nTicket ID: 9"}}]}`,
			one(tk{ID: "42", Subject: "Cannot log in"})},
		"the desk's labels against a line of a customer's": {`{"bot_id":"B0","text":"*New ticket*\nHi, it is down\nTicket ID: 9\nPriority: urgent\n*Ticket ID:* 42\n*Priority:* low"}`,
			one(tk{ID: "42", Priority: "low"})},
		"a title's link against a forwarded mail": {`{"bot_id":"B0","attachments":[{"pretext":"New conversation from Nora","title":"Fwd: down","title_link":"https://secure.helpscout.net/conversation/22/9","text":"Ticket ID: 9\nHello"}]}`,
			one(tk{ID: "22", Subject: "Fwd: down"})},
		"fields against a forwarded mail": {`{"bot_id":"B0","attachments":[{"title":"Fwd: down","title_link":"https://acme.freshdesk.com/a/tickets/88","text":"Type: feedback\nTicket ID: 9","fields":[` + field("Priority", "High") + `]}]}`,
			one(tk{ID: "88", Priority: "High", Subject: "Fwd: down"})},
		"a link behind the id":      {`{"bot_id":"B0","text":"*Ticket ID:* 42 <` + zendesk + `42|View in Zendesk>\n*Priority:* low"}`, one(tk{ID: "42", Priority: "low"})},
		"a link below the id":       {attached(field("Ticket ID", `42\n<https://x.example/42|Open>`)), one(tk{ID: "42"})},
		"HubSpot's name":            {`{"bot_id":"B0","text":"New ticket\n*Ticket name:* No mail\n*Ticket ID:* 42"}`, one(tk{ID: "42", Subject: "No mail"})},
		"an address as it is":       {`{"bot_id":"B0","blocks":[{"type":"markdown","text":"New ticket (` + zendesk + `42)."}]}`, one(tk{ID: "42"})},
		"the API's address":         {`{"bot_id":"B0","text":"New ticket\n<https://acme.zendesk.com/api/v2/tickets/42.json>\nPriority: high"}`, one(tk{ID: "42", Priority: "high"})},
		"bold labels in one line":   {`{"bot_id":"B0","text":"*Ticket ID:* 42 *Priority:* low *Type:* bug"}`, one(tk{ID: "42", Priority: "low", Type: "bug"})},
		"the same, one ticket each": {`{"bot_id":"B0","text":"1. *Ticket ID:* 42 *Priority:* low\n2. *Ticket ID:* 43 *Priority:* high"}`, []escalation.Ticket{{ID: "42", Priority: "low"}, {ID: "43", Priority: "high"}}},
		"no priority":               {attached(field("Ticket ID", "42") + "," + field("Priority", "No priority")), one(tk{ID: "42"})},
		"Polish":                    {`{"bot_id":"B0","text":"Numer zgłoszenia: 42\nPriorytet: wysoki\nTemat: Priorytet: niski"}`, one(tk{ID: "42", Priority: "wysoki", Subject: "Priorytet: niski"})},
		"Swedish":                   {`{"bot_id":"B0","text":"Ärendenummer: 42\nPrioritet: hög"}`, one(tk{ID: "42", Priority: "hög"})},
	})
}

// Rule 1: what somebody said before the desk's labels is somebody's word.
func TestWhatSomebodyWroteBeforeTheLabelsDecidesNothing(t *testing.T) {
	r := NewReader(Patterns{})
	for text, want := range map[string]escalation.Ticket{
		`Nora wrote:\nHello, it is down.\n\n*Ticket ID:* 42\n*Priority:* low`:     {ID: "42", Priority: "low"},
		`Nora Field wrote:\nPriority: urgent\n\n*Ticket ID:* 42\n*Priority:* low`: {ID: "42"}, // which of the two is the desk's, nobody can tell
		`Nora schrieb:\nTicket ID: 43\n\n*Ticket ID:* 42\n*Priority:* low`:        {},
		`A customer says:\n*Ticket ID:* 43\n*Type:* feedback\n\n*Ticket ID:* 42`:  {},
	} {
		got := read(t, r, `{"bot_id":"B0","text":"`+text+`"}`)
		switch {
		case want.ID == "" && got.Verdict != Unreadable:
			t.Errorf("%s: %s %+v, want it told", text, got.Verdict, got.Tickets)
		case want.ID != "" && (len(got.Tickets) != 1 || got.Tickets[0] != want):
			t.Errorf("%s: %s %+v, want %+v", text, got.Verdict, got.Tickets, want)
		}
	}
}
