package ticket

import "strings"

// cell is one of a table.
type cell struct {
	text  string
	found []address
}

// markdownRow reads a line of a Markdown table.
func markdownRow(line string) ([]cell, bool) {
	if len(line) < 3 || line[0] != '|' || line[len(line)-1] != '|' {
		return nil, false
	}
	var row []cell
	const escaped = "\x00"
	for inside := range strings.SplitSeq(strings.ReplaceAll(line[1:len(line)-1], `\|`, escaped), "|") {
		text, found := shown(strings.ReplaceAll(strings.TrimSpace(inside), escaped, "|"), false)
		row = append(row, cell{text, found})
	}
	return row, true
}

// textTable takes in a table that is in a text: lines of cells, the second one a rule.
func (v *viewer) textTable(f *flow, rows [][]cell) {
	if len(rows) < 2 || strings.Trim(rows[1][0].text, ":- ") != "" || f.doubtful { // none, or not the desk's
		for _, row := range rows {
			for _, c := range row {
				f.line(c.text, c.found, false)
			}
		}
		return
	}
	v.cells(f, append(rows[:1:1], rows[2:]...))
}

func (v *viewer) table(f *flow, b *block) {
	var rows [][]cell
	for _, row := range b.rows() {
		var cells []cell
		for i := range row {
			cells = append(cells, v.cell(&row[i]))
		}
		rows = append(rows, cells)
	}
	v.cells(f, rows)
}

func (v *viewer) cell(b *block) cell {
	var c cell
	switch {
	case b.Element != nil: // a button
		c.text = string(b.Element.Text)
		if isWeb(string(b.Element.URL)) {
			c.found = append(c.found, address{url: string(b.Element.URL), label: c.text})
		}
	case len(b.Elements) > 0:
		var texts []string
		for _, e := range b.Elements {
			text, found := inline(e.Elements)
			texts, c.found = append(texts, text), append(c.found, found...)
		}
		c.text = strings.Join(texts, " ")
	case b.Text != "":
		c.text = string(b.Text)
	default:
		c.text = string(b.Value)
	}
	c.text = inOneLine(v.take(c.text))
	return c
}

// cells takes in a table: of a label and its value in each row, or of labels in its first row and a
// ticket in each of the others. Which of them it is, shows in where an id is; in doubt, in where the
// labels do.
func (v *viewer) cells(f *flow, rows [][]cell) {
	if len(rows) == 0 {
		return
	}
	down, over := pairs(rows), across(rows[0], rows[1:])
	if hasID(over) && (!hasID(down) || labelsIn(over) > labelsIn(down)) || !hasID(down) && labelsIn(down) <= 0 && len(rows) > 1 {
		v.rowsOf(f, rows)
		return
	}
	for _, pair := range down {
		f.cellField(pair)
	}
}

// rowsOf takes in a table with a ticket in each row.
func (v *viewer) rowsOf(f *flow, rows [][]cell) {
	for _, row := range rows[1:] {
		p := f.part
		if len(rows) > 2 {
			p = v.part("row")
		}
		for _, pair := range across(rows[0], [][]cell{row}) {
			p.cellField(pair)
		}
	}
}

// titledCell is a value and the cell that says what it is.
type titledCell struct{ title, value cell }

func pairs(rows [][]cell) (all []titledCell) {
	for _, row := range rows {
		for i := 0; i < len(row); i += 2 {
			if i+1 == len(row) {
				all = append(all, titledCell{value: row[i]})
				break
			}
			all = append(all, titledCell{row[i], row[i+1]})
		}
	}
	return all
}

func across(head []cell, rows [][]cell) (all []titledCell) {
	for _, row := range rows {
		for i := range min(len(head), len(row)) {
			all = append(all, titledCell{head[i], row[i]})
		}
	}
	return all
}

func hasID(all []titledCell) bool {
	for _, pair := range all {
		n, _ := titled(pair.title.text)
		if id, ok := fitID(pair.value.text); n == nameID && ok && strings.ContainsAny(id, "0123456789") {
			return true
		}
	}
	return false
}

// labelsIn says how surely what is in the place of titles are titles: 1 if all are labels and no value is.
func labelsIn(all []titledCell) float64 {
	n := 0
	for _, pair := range all {
		if title, _ := titled(pair.title.text); title != nameOther {
			n++
		}
		if value, _ := titled(pair.value.text); value != nameOther {
			n--
		}
	}
	return float64(n) / float64(max(len(all), 1))
}

// cellField takes in a titled cell. Its text has no escapes any more.
func (p *part) cellField(c titledCell) {
	p.titledValue(c.title.text, c.value.text, c.value.found)
}
