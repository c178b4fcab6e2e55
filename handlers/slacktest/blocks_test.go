package slacktest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestBlocksAreHeldToTheirPublishedLimits(t *testing.T) {
	section := func(text string) string {
		return fmt.Sprintf(`[{"type":"section","text":{"type":"mrkdwn","text":%q}}]`, text)
	}
	fields := func(n, length int) string {
		field := fmt.Sprintf(`{"type":"mrkdwn","text":%q}`, strings.Repeat("x", length))
		return `[{"type":"section","fields":[` + strings.TrimSuffix(strings.Repeat(field+",", n), ",") + `]}]`
	}
	header := func(n int) string {
		return fmt.Sprintf(`[{"type":"header","text":{"type":"plain_text","text":%q}}]`, strings.Repeat("x", n))
	}
	contexts := func(n int) string {
		element := `{"type":"mrkdwn","text":"x"},`
		return `[{"type":"context","elements":[` + strings.TrimSuffix(strings.Repeat(element, n), ",") + `]}]`
	}
	button := func(n int) string {
		return fmt.Sprintf(`[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":%q}}]}]`, strings.Repeat("x", n))
	}
	chart := func(parts string) string {
		return `[{"type":"data_visualization","title":"T","chart":{` + parts + `}}]`
	}
	const axis, a, ab = `"axis_config":{"categories":["a","b"]}`, `{"label":"a","value":1}`, `{"label":"a","value":1},{"label":"b","value":-2.5}`
	table := func(rows string) string {
		return `[{"type":"data_table","caption":"T","page_size":5,"rows":[` + rows + `]}]`
	}
	cell := func(n int) string { return `{"type":"raw_text","text":"` + strings.Repeat("x", n) + `"}` }
	rows := func(n int, row string) string { return strings.TrimSuffix(strings.Repeat(row+",", n), ",") }
	press := func(kind string) string {
		return `{"type":"action_cell","element":{"type":"` + kind + `","action_id":"a","text":{"type":"plain_text","text":"Go"}}}`
	}
	one := `[` + cell(1) + `]`
	const richCell, numberCell = `{"type":"rich_text","elements":[]}`, `{"type":"raw_number","value":2.5}`
	tests := map[string]struct{ blocks, problem string }{
		"a table":                        {table(`[` + rows(4, cell(1)) + `],[` + cell(1) + `,` + richCell + `,` + numberCell + `,` + press("button") + `]`), ""},
		"a table of 101 rows":            {table(rows(101, one)), ""},
		"a table of 102 rows":            {table(rows(102, one)), "must have 2 to 101 items [json-pointer:/blocks/0/rows]"},
		"a table that is only a header":  {table(one), "must have 2 to 101 items [json-pointer:/blocks/0/rows]"},
		"a table of 20 columns":          {table(rows(2, `[`+rows(20, cell(1))+`]`)), ""},
		"a table of 21 columns":          {table(rows(2, `[`+rows(21, cell(1))+`]`)), "must have 1 to 20 items [json-pointer:/blocks/0/rows/0]"},
		"a row that lacks a cell":        {table(`[` + rows(2, cell(1)) + `],` + one), "must have as many items as the header [json-pointer:/blocks/0/rows/1]"},
		"a table's cells of 10000":       {table(rows(2, `[`+cell(5000)+`]`)), ""},
		"a table's cells of 10001":       {table(`[` + cell(5001) + `],[` + cell(5000) + `]`), "no more than 10000 characters allowed in all cells [json-pointer:/blocks/0/rows]"},
		"an empty cell":                  {table(one + `,[` + cell(0) + `]`), "must be more than 0 characters [json-pointer:/blocks/0/rows/1/0/text]"},
		"a rich header":                  {table(`[` + richCell + `],` + one), "must be one of: raw_text [json-pointer:/blocks/0/rows/0/0/type]"},
		"a cell of another kind":         {table(one + `,[{"type":"picture"}]`), "must be one of: raw_text, raw_number, rich_text, action_cell [json-pointer:/blocks/0/rows/1/0/type]"},
		"a cell to choose in":            {table(one + `,[` + press("overflow") + `]`), "must be one of: button [json-pointer:/blocks/0/rows/1/0/element/type]"},
		"a table without a caption":      {strings.Replace(table(one+`,`+one), `"T"`, `""`, 1), "must be more than 0 characters [json-pointer:/blocks/0/caption]"},
		"a table's page of 101":          {strings.Replace(table(one+`,`+one), `:5`, `:101`, 1), "must be a whole number from 1 to 100 [json-pointer:/blocks/0/page_size]"},
		"a chart":                        {chart(`"type":"bar",` + axis + `,"series":[{"name":"s","data":[` + ab + `]}]`), ""},
		"a pie":                          {chart(`"type":"pie","segments":[` + a + `]`), ""},
		"a chart of another kind":        {chart(`"type":"donut"`), "must be one of: pie, bar, area, line [json-pointer:/blocks/0/chart/type]"},
		"a chart's title of 51":          {strings.Replace(chart(`"type":"pie","segments":[`+a+`]`), `"T"`, `"`+strings.Repeat("x", 51)+`"`, 1), "must be less than 51 characters [json-pointer:/blocks/0/title]"},
		"a series that lacks a category": {chart(`"type":"line",` + axis + `,"series":[{"name":"s","data":[` + a + `]}]`), "must have exactly one point for each category [json-pointer:/blocks/0/chart/series/0/data]"},
		"two series of one name":         {chart(`"type":"area",` + axis + `,"series":[{"name":"s","data":[` + ab + `]},{"name":"s","data":[` + ab + `]}]`), "must be unique [json-pointer:/blocks/0/chart/series/1/name]"},
		"a slice of nothing":             {chart(`"type":"pie","segments":[{"label":"a","value":0}]`), "must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]"},
		"section text of 3000":           {section(strings.Repeat("ü", 3000)), ""},
		"section text of 3001":           {section(strings.Repeat("ü", 3001)), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		"empty section text":             {section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
		"section with nothing":           {`[{"type":"section"}]`, "missing required field: text [json-pointer:/blocks/0]"},
		"10 fields of 2000":              {fields(10, 2000), ""},
		"11 fields":                      {fields(11, 1), "no more than 10 items allowed [json-pointer:/blocks/0/fields]"},
		"a field of 2001":                {fields(1, 2001), "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"},
		"header of 150":                  {header(150), ""},
		"header of 151":                  {header(151), "must be less than 151 characters [json-pointer:/blocks/0/text/text]"},
		"10 context elements":            {contexts(10), ""},
		"11 context elements":            {contexts(11), "no more than 10 items allowed [json-pointer:/blocks/0/elements]"},
		"no context elements":            {contexts(0), "missing required field: elements [json-pointer:/blocks/0/elements]"},
		"button text of 75":              {button(75), ""},
		"button text of 76":              {button(76), "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"},
		"a block nobody knows":           {`[{"type":"divider"},{"type":"mood_ring"}]`, "unsupported type: mood_ring [json-pointer:/blocks/1/type]"},
		"the same id twice":              {`[{"type":"divider","block_id":"d"},{"type":"divider","block_id":"d"}]`, "block_id already exists [json-pointer:/blocks/1/block_id]"},
		"header in markdown":             {`[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "must be one of: plain_text [json-pointer:/blocks/0/text/type]"},
		"an image without words":         {`[{"type":"image","image_url":"https://example.com/a.png"}]`, "missing required field: alt_text [json-pointer:/blocks/0]"},
		"rich text without elements":     {`[{"type":"rich_text"}]`, "missing required field: elements [json-pointer:/blocks/0]"},
	}
	w := newWorkspace(t, slacktest.Options{})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := call(t, w, "chat.postMessage", "channel", support, "blocks", test.blocks)
			if test.problem == "" {
				if answer["ok"] != true {
					t.Errorf("refused: %v", answer)
				}
				return
			}
			want := []any{"[ERROR] " + test.problem}
			metadata, _ := answer["response_metadata"].(map[string]any)
			if diff := cmp.Diff(want, metadata["messages"]); answer["error"] != "invalid_blocks" || diff != "" {
				t.Errorf("error %v\n%s", answer["error"], diff)
			}
		})
	}
}

func TestClientLibraryReadsTheReasonsForInvalidBlocks(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	tooLong := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", strings.Repeat("x", 3001), false, false), nil, nil)
	_, _, err := client(w).PostMessageContext(t.Context(), support, slack.MsgOptionBlocks(tooLong))
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) || refused.Err != "invalid_blocks" || len(refused.ResponseMetadata.Messages) != 1 {
		t.Errorf("err = %#v", err)
	}
}

// A workspace may not know a kind of block yet, and may learn it, or lose it again, at any time.
func TestAKindOfBlockIsRefusedWhileItIsNotKnown(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	const table = `[{"type":"data_table","caption":"T","rows":[[{"type":"raw_text","text":"x"}],[{"type":"raw_text","text":"y"}]]}]`
	post := func(blocks string) any {
		return call(t, w, "chat.postMessage", "channel", support, "text", "x", "blocks", blocks)["error"]
	}
	unknown := w.RefuseBlocks("data_table")
	if got := post(table); got != "invalid_blocks" {
		t.Errorf("a table: %v", got)
	}
	if got := post(`[{"type":"divider"}]`); got != nil {
		t.Errorf("a line: %v", got)
	}
	unknown.Clear()
	if got := post(table); got != nil {
		t.Errorf("a table that is known: %v", got)
	}
}
