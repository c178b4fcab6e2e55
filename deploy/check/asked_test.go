package check

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// offered is what the program exports, as deploy/prometheus/metrics.txt has it; a test of the program's
// own holds the running program to that list.
type offered struct {
	kind   string
	labels map[string][]string // with the values that may be asked for by name; nil: none is fixed
}

func offer(t *testing.T) map[string]offered {
	t.Helper()
	text, err := os.ReadFile("../prometheus/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]offered{
		// Prometheus's own.
		"up":     {"gauge", nil},
		"ALERTS": {"gauge", map[string][]string{"alertname": nil, "alertstate": nil, "severity": nil}},
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		o := offered{fields[1], map[string][]string{}}
		for _, f := range fields[2:] {
			name, values, fixed := strings.Cut(f, ":")
			o.labels[name] = nil
			if fixed {
				o.labels[name] = strings.Split(values, ",")
			}
		}
		all[fields[0]] = o
	}
	return all
}

// targetLabels are put on by Prometheus.
var targetLabels = []string{"job", "namespace", "instance"}

// query is a piece of PromQL, and the labels that its words name: of a legend or an annotation.
type query struct {
	where, expr string
	names       []string
}

// wrong says what is asked for in vain.
func (q query) wrong(all map[string]offered) (problems []string) {
	expr, err := parser.ParseExpr(q.expr)
	if err != nil {
		return []string{err.Error()}
	}
	known := slices.Clone(targetLabels)
	grouped := slices.Clone(q.names)
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			has, wrong := selected(n, all)
			known, problems = append(known, has...), append(problems, wrong...)
		case *parser.AggregateExpr:
			grouped = append(grouped, n.Grouping...)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				grouped = append(grouped, n.VectorMatching.MatchingLabels...)
			}
		}
		return nil
	})
	for _, g := range grouped {
		if !slices.Contains(known, g) {
			problems = append(problems, "nothing in it has a label "+g)
		}
	}
	return problems
}

// selected says which labels a selector's series have, and what is wrong about it.
func selected(s *parser.VectorSelector, all map[string]offered) (has, problems []string) {
	name := s.Name
	o, ok := all[name]
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if base, is := strings.CutSuffix(name, suffix); is && all[base].kind == "histogram" {
			o, ok = all[base], true
			if suffix == "_bucket" {
				has = append(has, "le")
			}
		}
	}
	if !ok || o.kind == "histogram" && all[name].kind != "" {
		return has, []string{"the program exports no " + name}
	}
	for l := range o.labels {
		has = append(has, l)
	}
	for _, m := range s.LabelMatchers {
		switch {
		case m.Name == model.MetricNameLabel || slices.Contains(targetLabels, m.Name):
		case !slices.Contains(has, m.Name):
			problems = append(problems, name+" has no label "+m.Name)
		default:
			problems = append(problems, unknownValues(m, o.labels[m.Name], name)...)
		}
	}
	return has, problems
}

// unknownValues are those a matcher names that no series can have. What begins with a $ is the reader's choice.
func unknownValues(m *labels.Matcher, fixed []string, metric string) (problems []string) {
	if fixed == nil || strings.HasPrefix(m.Value, "$") {
		return nil
	}
	values := []string{m.Value}
	if m.Type == labels.MatchRegexp || m.Type == labels.MatchNotRegexp {
		values = strings.Split(m.Value, "|")
	}
	for _, v := range values {
		if !slices.Contains(fixed, v) {
			problems = append(problems, metric+" is never exported with "+m.Name+"="+v)
		}
	}
	return problems
}

func checkAll(t *testing.T, queries []query) {
	t.Helper()
	all := offer(t)
	if len(queries) < 20 {
		t.Fatalf("only %d queries were found: this test holds nothing", len(queries))
	}
	for _, q := range queries {
		for _, p := range q.wrong(all) {
			t.Errorf("%s: %s\n\t%s", q.where, p, q.expr)
		}
	}
}
