package blockkit

import "html/template"

// cell is one of a data table.
type cell struct {
	HTML   template.HTML
	Button *control
}

// rows are those of a data_table block, with as many pages as it has shown as one.
func (r *Reader) rows(o object, at Container) (all [][]cell) {
	lines, _ := o["rows"].([]any)
	for _, line := range lines {
		var row []cell
		for _, c := range list(line) {
			row = append(row, r.cell(c, o.str("block_id"), at))
		}
		all = append(all, row)
	}
	return all
}

func (r *Reader) cell(o object, block string, at Container) cell {
	switch o.str("type") {
	case "rich_text":
		return cell{HTML: r.rich(o)}
	case "action_cell":
		return cell{Button: r.control(o.in("element"), block, at)}
	}
	words := o.str("text")
	if words == "" {
		words = o.str("value") // of a number
	}
	return cell{HTML: template.HTML(template.HTMLEscapeString(words))}
}
