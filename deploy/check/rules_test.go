package check

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// ruleFile is as much of a file of alerts as is looked at here. promtool looks at the rest.
type ruleFile struct {
	Groups []struct {
		Rules []struct {
			Alert, Expr string
			Labels      map[string]string
			Annotations map[string]string
		}
	}
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func alerts(t *testing.T) ruleFile {
	t.Helper()
	var f ruleFile
	read(t, "../prometheus/rules.yaml", &f)
	return f
}

var labelInText = regexp.MustCompile(`\$labels\.(\w+)`)

func TestTheRulesAskForWhatTheProgramExports(t *testing.T) {
	var queries []query
	for _, g := range alerts(t).Groups {
		for _, r := range g.Rules {
			q := query{where: r.Alert, expr: r.Expr}
			for _, text := range r.Annotations {
				for _, m := range labelInText.FindAllStringSubmatch(text, -1) {
					q.names = append(q.names, m[1])
				}
			}
			queries = append(queries, q)
		}
	}
	paths, err := filepath.Glob("../prometheus/*_test.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no tests of the rules: %v", err)
	}
	for _, path := range paths {
		var f struct {
			Tests []struct {
				Name        string
				InputSeries []struct{ Series string } `json:"input_series"`
			}
		}
		read(t, path, &f)
		for _, test := range f.Tests {
			for _, s := range test.InputSeries {
				queries = append(queries, query{where: test.Name, expr: s.Series})
			}
		}
	}
	checkAll(t, queries)
}

var heading = regexp.MustCompile(`(?m)^#+ +(.+)$`)

// anchor is where GitHub puts a heading.
func anchor(heading string) string {
	kept := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
	return strings.ReplaceAll(kept, " ", "-")
}

func TestEachAlertSaysHowUrgentItIsAndWhereItIsExplained(t *testing.T) {
	guide, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(string(guide), -1) {
		explained[anchor(m[1])] = true
	}
	severities := map[string]bool{"critical": true, "warning": true, "info": true, "heartbeat": true}
	for _, g := range alerts(t).Groups {
		for _, r := range g.Rules {
			at, ours := strings.CutPrefix(r.Annotations["runbook_url"], "https://github.com/slabuddy/slabuddy/blob/main/deploy/README.md#")
			switch {
			case !severities[r.Labels["severity"]]:
				t.Errorf("%s: severity %q", r.Alert, r.Labels["severity"])
			case r.Annotations["summary"] == "" || r.Annotations["description"] == "":
				t.Errorf("%s does not say what is wrong", r.Alert)
			case !ours || at != strings.ToLower(r.Alert):
				t.Errorf("%s leads to %s", r.Alert, r.Annotations["runbook_url"])
			case !explained[at]:
				t.Errorf("deploy/README.md has no heading %s", r.Alert)
			}
		}
	}
}
