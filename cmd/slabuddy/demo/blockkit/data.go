package blockkit

import (
	"fmt"
	"html/template"
)

// The sheet that a bar chart is drawn on, in units of its own: it is scaled to the screen.
const (
	chartLeft, chartTop   = 30, 10
	chartWide, chartHigh  = 560, 130
	chartWidth, chartDeep = chartLeft + chartWide, chartTop + chartHigh + 22
)

// chart is a data_visualization block of bars, as Slack draws it: the bars of a category stand side by side.
type chart struct {
	Categories []string
	Series     []series
	Most       float64 // the axis goes from 0 to it
	Y          string  // what is counted
}

// series is one of up to six.
type series struct {
	Name   string
	Values []float64 // in the order of the categories
	Tone   int       // of its colour
}

// bar is one, on the sheet.
type bar struct {
	X, Y, Width, Height float64
	Tone                int
	Title               string
}

// label is a word under a category, or beside a line.
type label struct {
	X, Y  float64
	Words string
}

// chartOf reads the chart of a block; nil if it is none of bars.
func chartOf(o object) *chart {
	if o.str("type") != "bar" {
		return nil
	}
	axis := o.in("axis_config")
	c := &chart{Categories: axis.strs("categories"), Y: axis.str("y_label"), Most: 1}
	for i, s := range o.list("series") {
		by := map[string]float64{}
		for _, point := range s.list("data") {
			by[point.str("label")], _ = point["value"].(float64)
		}
		one := series{Name: s.str("name"), Tone: i}
		for _, category := range c.Categories {
			one.Values = append(one.Values, by[category])
			c.Most = max(c.Most, by[category])
		}
		c.Series = append(c.Series, one)
	}
	return c
}

// Box is the sheet.
func (c *chart) Box() string { return fmt.Sprintf("0 0 %d %d", chartWidth, chartDeep) }

// Bars are all of them.
func (c *chart) Bars() (all []bar) {
	step := float64(chartWide) / float64(max(len(c.Categories), 1))
	width := step * 0.8 / float64(max(len(c.Series), 1))
	for i, s := range c.Series {
		for k, v := range s.Values {
			height := max(v, 0) / c.Most * chartHigh
			all = append(all, bar{
				X: chartLeft + step*(float64(k)+0.1) + width*float64(i), Y: chartTop + chartHigh - height, Width: width, Height: height,
				Tone: s.Tone, Title: fmt.Sprintf("%s, %s: %g", c.Categories[k], s.Name, v),
			})
		}
	}
	return all
}

// Under are the categories' words, as far as there is room for them.
func (c *chart) Under() (all []label) {
	step := float64(chartWide) / float64(max(len(c.Categories), 1))
	each := len(c.Categories)/9 + 1
	for i, words := range c.Categories {
		if i%each == 0 {
			all = append(all, label{X: chartLeft + step*(float64(i)+0.5), Y: chartTop + chartHigh + 16, Words: words})
		}
	}
	return all
}

// Beside are the ends of the axis.
func (c *chart) Beside() []label {
	return []label{{X: chartLeft - 4, Y: chartTop + 4, Words: fmt.Sprintf("%g", c.Most)}, {X: chartLeft - 4, Y: chartTop + chartHigh + 4, Words: "0"}}
}

// Right is where the lines beside Beside end.
func (c *chart) Right() int { return chartWidth }

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
