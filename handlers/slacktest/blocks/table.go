package blocks

import (
	"fmt"
	"unicode/utf8"
)

const maxTableText = 10_000 // characters in the cells of all tables of a message

// table checks a data_table block (docs.slack.dev/reference/block-kit/blocks/data-table-block).
func (c *check) table(at string, block map[string]any) {
	if text(block, "caption") == "" {
		c.problem(at+"/caption", "must be more than 0 characters")
	}
	rows, _ := block["rows"].([]any)
	if len(rows) < 2 || len(rows) > 101 {
		c.problem(at+"/rows", "must have 2 to 101 items")
	}
	columns := 0
	for i, row := range rows {
		cells, _ := row.([]any)
		in := fmt.Sprintf("%s/rows/%d", at, i)
		switch {
		case i == 0 && (len(cells) == 0 || len(cells) > 20):
			c.problem(in, "must have 1 to 20 items")
		case i > 0 && len(cells) != columns:
			c.problem(in, "must have as many items as the header")
		}
		if i == 0 {
			columns = len(cells)
		}
		for j, v := range cells {
			cell, _ := v.(map[string]any)
			c.cell(fmt.Sprintf("%s/%d", in, j), cell, i == 0)
		}
	}
	c.within(at+"/page_size", block["page_size"], 1, 100)
	c.within(at+"/row_header_column_index", block["row_header_column_index"], 0, max(columns-1, 0))
	if c.tableText += letters(rows); c.tableText > maxTableText {
		c.problem(at+"/rows", fmt.Sprintf("no more than %d characters allowed in all cells", maxTableText))
	}
}

// cell checks one of a data table. A header is plain text.
func (c *check) cell(at string, cell map[string]any, header bool) {
	kind := text(cell, "type")
	switch {
	case kind == "raw_text":
		c.name(at+"/text", cell["text"], maxTableText)
	case header:
		c.problem(at+"/type", "must be one of: raw_text")
	case kind == "raw_number":
		c.number(at+"/value", cell["value"])
	case kind == "rich_text":
		c.require(at, cell, "elements")
	case kind == "action_cell":
		c.actionCell(at, cell)
	default:
		c.problem(at+"/type", "must be one of: raw_text, raw_number, rich_text, action_cell")
	}
}

// actionCell checks a cell with a button, and what is shown where buttons cannot be.
func (c *check) actionCell(at string, cell map[string]any) {
	button, _ := cell["element"].(map[string]any)
	if text(button, "type") != "button" {
		c.problem(at+"/element/type", "must be one of: button")
		return
	}
	c.element(at+"/element", button, inActions)
	fallback, ok := cell["fallback"].(map[string]any)
	if !ok {
		return
	}
	switch text(fallback, "type") {
	case "raw_text", "raw_number":
		c.cell(at+"/fallback", fallback, false)
	default:
		c.problem(at+"/fallback/type", "must be one of: raw_text, raw_number")
	}
}

// within checks a whole number that may be left out.
func (c *check) within(at string, v any, least, most int) {
	if v == nil {
		return
	}
	if n, ok := number(v); !ok || n < least || n > most {
		c.problem(at, fmt.Sprintf("must be a whole number from %d to %d", least, most))
	}
}

// letters counts the characters of all texts in a value.
func letters(v any) (n int) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			n += letters(e)
		}
	case map[string]any:
		for name, e := range v {
			if s, ok := e.(string); ok && name == "text" {
				n += utf8.RuneCountInString(s)
			}
			n += letters(e)
		}
	}
	return n
}

// cells are those of a data table, row by row.
func cells(block map[string]any) (all []map[string]any) {
	rows, _ := block["rows"].([]any)
	for _, r := range rows {
		row, _ := r.([]any)
		for _, v := range row {
			if cell, ok := v.(map[string]any); ok {
				all = append(all, cell)
			}
		}
	}
	return all
}
