package blocks

import (
	"encoding/json"
	"fmt"
	"slices"
)

// chart checks a data_visualization block
// (docs.slack.dev/reference/block-kit/blocks/data-visualization-block).
func (c *check) chart(at string, block map[string]any) {
	c.name(at+"/title", block["title"], 50)
	chart, _ := block["chart"].(map[string]any)
	at += "/chart"
	switch chart["type"] {
	case "pie":
		c.each(at+"/segments", chart["segments"], 6, func(at string, segment map[string]any) {
			c.name(at+"/label", segment["label"], 20)
			if n, ok := c.number(at+"/value", segment["value"]); ok && n <= 0 {
				c.problem(at+"/value", "must be greater than 0")
			}
		})
	case "bar", "area", "line":
		c.seriesChart(at, chart)
	default:
		c.problem(at+"/type", "must be one of: pie, bar, area, line")
	}
}

// seriesChart checks that each series has one point for each category of the axis.
func (c *check) seriesChart(at string, chart map[string]any) {
	axis, _ := chart["axis_config"].(map[string]any)
	list, _ := axis["categories"].([]any)
	var categories []string
	for i, v := range list {
		categories = append(categories, c.name(fmt.Sprintf("%s/axis_config/categories/%d", at, i), v, 20))
	}
	if len(categories) == 0 || len(categories) > 20 {
		c.problem(at+"/axis_config/categories", "must have 1 to 20 items")
	}
	for _, label := range []string{"x_label", "y_label"} {
		if s, ok := axis[label].(string); ok {
			c.length(at+"/axis_config/"+label, s, 50)
		}
	}
	var names []string
	c.each(at+"/series", chart["series"], 6, func(at string, series map[string]any) {
		name := c.name(at+"/name", series["name"], 20)
		if slices.Contains(names, name) {
			c.problem(at+"/name", "must be unique")
		}
		names = append(names, name)
		var labels []string
		c.each(at+"/data", series["data"], 20, func(at string, point map[string]any) {
			labels = append(labels, c.name(at+"/label", point["label"], 20))
			c.number(at+"/value", point["value"])
		})
		slices.Sort(labels)
		if !slices.Equal(labels, slices.Sorted(slices.Values(categories))) {
			c.problem(at+"/data", "must have exactly one point for each category")
		}
	})
}

// each checks the items of a list of 1 to most.
func (c *check) each(at string, v any, most int, check func(at string, item map[string]any)) {
	list, _ := v.([]any)
	if len(list) == 0 || len(list) > most {
		c.problem(at, fmt.Sprintf("must have 1 to %d items", most))
	}
	for i, item := range list {
		object, _ := item.(map[string]any)
		check(fmt.Sprintf("%s/%d", at, i), object)
	}
}

// name checks a text that has to be there.
func (c *check) name(at string, v any, limit int) string {
	s, _ := v.(string)
	if s == "" {
		c.problem(at, "must be more than 0 characters")
	}
	c.length(at, s, limit)
	return s
}

func (c *check) number(at string, v any) (n float64, ok bool) {
	written, ok := v.(json.Number)
	if !ok {
		c.problem(at, "must be a number")
		return 0, false
	}
	n, err := written.Float64()
	return n, err == nil
}
