package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dashboard is as much of a Grafana dashboard as is looked at here.
type dashboard struct {
	ID            any
	UID           string
	SchemaVersion int
	Annotations   struct {
		List []struct {
			Expr       string
			Datasource source
		}
	}
	Templating struct {
		List []struct {
			Name, Type, Definition string
			Datasource             source
		}
	}
	Panels []panel
}

type source struct{ Type, UID string }

type panel struct {
	ID                       int
	Type, Title, Description string
	Datasource               source
	GridPos                  struct{ X, Y, W, H int }
	FieldConfig              struct {
		Defaults struct{ Unit string }
	}
	Options struct {
		YAxis struct{ Unit string }
	}
	Targets []struct {
		RefID, Expr, LegendFormat string
		Datasource                source
	}
}

func grafana(t *testing.T) dashboard {
	t.Helper()
	var d dashboard
	read(t, "../grafana/slabuddy.json", &d)
	return d
}

var (
	legendLabel = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)
	valuesOf    = regexp.MustCompile(`^label_values\((.+), *(\w+)\)$`)
	// Grafana replaces these with spans of time.
	spans = strings.NewReplacer("$__rate_interval", "5m", "$__range", "1d")
)

func TestTheDashboardAsksForWhatTheProgramExports(t *testing.T) {
	d := grafana(t)
	var queries []query
	for _, v := range d.Templating.List {
		if m := valuesOf.FindStringSubmatch(v.Definition); m != nil {
			queries = append(queries, query{"variable " + v.Name, m[1], m[2:]})
		} else if v.Type == "query" {
			t.Errorf("variable %s: %s is not understood", v.Name, v.Definition)
		}
	}
	for _, a := range d.Annotations.List {
		queries = append(queries, query{where: "annotations", expr: a.Expr})
	}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			q := query{where: p.Title, expr: spans.Replace(target.Expr)}
			for _, m := range legendLabel.FindAllStringSubmatch(target.LegendFormat, -1) {
				q.names = append(q.names, m[1])
			}
			queries = append(queries, q)
		}
	}
	checkAll(t, queries)
}

// It can be imported anywhere: it brings no number of a database's, and leaves the choice of Prometheus open.
func TestTheDashboardCanBeImported(t *testing.T) {
	d := grafana(t)
	if d.ID != nil || d.UID != "slabuddy" || d.SchemaVersion < 36 {
		t.Errorf("id %v, uid %s, schema %d", d.ID, d.UID, d.SchemaVersion)
	}
	chosen := source{"prometheus", "${datasource}"}
	var ids []int
	taken := map[[2]int]string{}
	for _, p := range d.Panels {
		if slices.Contains(ids, p.ID) || p.ID == 0 {
			t.Errorf("%s: id %d", p.Title, p.ID)
		}
		ids = append(ids, p.ID)
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if other, is := taken[at]; is || at[0] >= 24 {
					t.Fatalf("%s lies over %s, or over the edge", p.Title, other)
				}
				taken[at] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Title == "" || p.Description == "" || p.Datasource != chosen || p.FieldConfig.Defaults.Unit+p.Options.YAxis.Unit == "" || len(p.Targets) == 0 {
			t.Errorf("panel %d (%s) lacks a title, a description, a unit, a query, or the choice of Prometheus", p.ID, p.Title)
		}
		for i, target := range p.Targets {
			if target.RefID != fmt.Sprintf("%c", 'A'+i) || target.LegendFormat == "" || target.Datasource != chosen {
				t.Errorf("%s, query %d: %+v", p.Title, i+1, target)
			}
		}
	}
}
