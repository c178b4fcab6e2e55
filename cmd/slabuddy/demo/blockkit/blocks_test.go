package blockkit

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

func renderer(t *testing.T) *Renderer {
	t.Helper()
	rd, err := NewRenderer()
	if err != nil {
		t.Fatal(err)
	}
	return rd
}

func blocks(t *testing.T, raw string, at Container) string {
	t.Helper()
	html, err := renderer(t).Blocks(newReader(), json.RawMessage(raw), at)
	if err != nil {
		t.Fatal(err)
	}
	return string(html)
}

func contains(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(html, part) {
			t.Errorf("%s is missing from\n%s", part, html)
		}
	}
}

const inputAfter = `[{"type":"input","block_id":"after","label":{"type":"plain_text","text":"After"},"hint":{"type":"plain_text","text":"10m"},
	"element":{"type":"plain_text_input","action_id":"text","initial_value":"5m","max_length":9}}]`

func TestAButtonIsAFormWithItsContainer(t *testing.T) {
	html := blocks(t, `[{"type":"actions","block_id":"b0","elements":[
		{"type":"button","action_id":"snooze","style":"primary","text":{"type":"plain_text","text":"Snooze"},"accessibility_label":"Snooze ticket 1"},
		{"type":"static_select","action_id":"for","placeholder":{"type":"plain_text","text":"For…"},"options":[{"text":{"type":"plain_text","text":"1 h"},"value":"1h"}]}]}]`,
		Container{Channel: "C1", TS: "1.000001"})
	contains(t, html, `<form method="post" action="/press"`, `name="channel" value="C1"`, `name="ts" value="1.000001"`, `name="block" value="b0"`,
		`name="action" value="snooze"`, `aria-label="Snooze ticket 1"`, `class="primary"`, `<select`, `name="v:for"`, `aria-label="For…"`, `data-now`, `value="1h"`)
}

func TestAnErrorStandsBesideItsField(t *testing.T) {
	at := Container{View: "V1", Modal: true, Errors: map[string]string{"after": "Write a <time>."}}
	html := blocks(t, inputAfter, at)
	contains(t, html, `<label for="c-V1-after-text">After`, `name="v:after"`, `value="5m"`, `maxlength="9"`, ` required`, `aria-invalid="true"`,
		`<p class="error" role="alert">Write a &lt;time&gt;.</p>`, `<p class="hint">10m</p>`)
	if strings.Contains(html, "<form") {
		t.Errorf("a modal is a form already:\n%s", html)
	}
}

func TestWhatIsFilledInStaysInItsField(t *testing.T) {
	at := Container{View: "V1", Modal: true, Values: map[string]map[string]map[string]any{"after": {"text": {"type": "plain_text_input", "value": "25m"}}}}
	contains(t, blocks(t, inputAfter, at), `value="25m"`)
	people := `[{"type":"input","block_id":"who","optional":true,"label":{"type":"plain_text","text":"Who"},"element":{"type":"multi_users_select","action_id":"u"}}]`
	contains(t, blocks(t, people, Container{View: "V1", Modal: true}), `(optional)`, `name="v:who" value="U0ANA">`, `name="n:who"`)
	at.Values = map[string]map[string]map[string]any{"who": {"u": {"selected_users": []string{"U0ANA"}}}}
	contains(t, blocks(t, people, at), `value="U0ANA" checked`)
}

func TestATableHasItsLinksDatesAndButtons(t *testing.T) {
	html := blocks(t, `[{"type":"data_table","block_id":"b1","caption":"Tickets","rows":[
		[{"type":"raw_text","text":"Ticket"},{"type":"raw_text","text":"Deadline"},{"type":"raw_text","text":"Waits"},{"type":"raw_text","text":"Take it"}],
		[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"link","url":"https://desk.example.com/1","text":"41"}]}]},
		 {"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"date","timestamp":1800000000,"format":"{date} {time}","fallback":"x"}]}]},
		 {"type":"raw_number","value":2.5},
		 {"type":"action_cell","element":{"type":"button","action_id":"own:1","value":"v","text":{"type":"plain_text","text":"I'm on it"}}}]]}]`,
		Container{Channel: "C1", TS: "1.000001"})
	contains(t, html, `<caption>Tickets</caption>`, `<th scope="col">Ticket</th>`, `<a href="https://desk.example.com/1"`, `January 15, 2027 08:00`, `<td>2.5</td>`,
		`<form method="post" action="/press"`, `name="block" value="b1"`, `name="action" value="own:1"`, `I&#39;m on it</button>`)
}

func TestBlocksAreHostileByAssumption(t *testing.T) {
	const evil = `\"><script>alert(1)</script>`
	text := `{"type":"plain_text","text":"` + evil + `"}`
	html := blocks(t, `[{"type":"header","text":`+text+`},{"type":"section","text":`+text+`,"fields":[`+text+`],"accessory":
		{"type":"button","action_id":"`+evil+`","text":`+text+`,"url":"javascript:alert(1)"}},
		{"type":"image","image_url":"https://x.example/p.gif","alt_text":"`+evil+`","title":`+text+`},{"type":"context","elements":[`+text+`]},
		{"type":"input","block_id":"`+evil+`","label":`+text+`,"element":{"type":"plain_text_input","action_id":"a","initial_value":"`+evil+`","placeholder":`+text+`}},
		{"type":"actions","elements":[{"type":"checkboxes","action_id":"c","options":[{"text":`+text+`,"value":"`+evil+`","description":`+text+`}]}]},
		{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"`+evil+`"},
		 {"type":"link","url":"javascript:alert(1)","text":"`+evil+`"},{"type":"emoji","name":"`+evil+`"},{"type":"user","user_id":"`+evil+`"}]}]},
		{"type":"data_table","caption":"`+evil+`","rows":[[{"type":"raw_text","text":"`+evil+`"}],[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":
		 [{"type":"date","timestamp":"x","fallback":"`+evil+`"}]}]},{"type":"action_cell","element":{"type":"button","action_id":"`+evil+`","text":`+text+`}}]]}]`,
		Container{Channel: evil, TS: evil})
	for _, wrong := range []string{"<script", `"><`, "href=\"javascript", "x.example"} {
		if strings.Contains(html, wrong) && !(wrong == `"><` && !strings.Contains(html, `"><script`)) {
			t.Errorf("%s gets out:\n%s", wrong, html)
		}
	}
	attachments, err := renderer(t).Attachments(newReader(), json.RawMessage(`[{"title":"`+evil+`","title_link":"javascript:x","text":"`+evil+`","color":"`+evil+`",
		"fields":[{"title":"`+evil+`","value":"`+evil+`"}]}]`), Container{})
	if err != nil || strings.Contains(string(attachments), "<script") || strings.Contains(string(attachments), "javascript:") {
		t.Errorf("%v\n%s", err, attachments)
	}
}

func TestWhatCannotBeReadIsLeftOut(t *testing.T) {
	for _, raw := range []string{"", "null", "7", `{"type":"section"}`, `["a",{"type":7}]`, `[{"type":"actions","elements":"x"}]`, `[{"type":"data_table","rows":[7,[null]]}]`, string(desks.OddBlocks())} {
		blocks(t, raw, Container{})
		if _, err := renderer(t).Attachments(newReader(), json.RawMessage(raw), Container{}); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
	if _, err := renderer(t).Attachments(newReader(), desks.OddAttachments(), Container{}); err != nil {
		t.Error(err)
	}
}

func TestAChartOfBarsIsDrawn(t *testing.T) {
	html := blocks(t, `[{"type":"data_visualization","title":"First <replies>","chart":{"type":"bar","axis_config":{"categories":["Mon","Tue"],"y_label":"tickets"},
		"series":[{"name":"in time","data":[{"label":"Tue","value":4},{"label":"Mon","value":8}]},{"name":"late","data":[{"label":"Mon","value":0},{"label":"Tue","value":2}]}]}}]`,
		Container{Channel: "C1", TS: "1.000001"})
	contains(t, html, `First &lt;replies&gt;`, `<span class="key bar1">late</span>`, `aria-label="Mon, in time: 8"`, `height="130"`, `aria-label="Tue, in time: 4"`, `height="65"`,
		`aria-label="Mon, late: 0"`, `height="0"`, `>8</text>`, `>Tue</text>`)
	if n := strings.Count(html, "<rect"); n != 4 {
		t.Errorf("%d bars, want 4", n)
	}
	if odd := blocks(t, `[{"type":"data_visualization","title":"T","chart":{"type":"pie"}},{"type":"data_visualization","chart":7}]`, Container{}); strings.Contains(odd, "<svg") {
		t.Errorf("what is not simulated is drawn: %s", odd)
	}
}
