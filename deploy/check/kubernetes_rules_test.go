package check

import (
	"flag"
	"os"
	"strings"
	"testing"
)

const (
	prometheusRules = "../prometheus/rules.yaml"
	prometheusRule  = kubernetes + "/components/monitoring/prometheusrule.yaml"
)

var update = flag.Bool("update", false, "rewrite what is made of other files")

// prometheusRuleHead is put before the rules. Kustomize can wrap no file in another, and Prometheus reads no
// file that is wrapped, so there are two.
const prometheusRuleHead = `# Made of deploy/prometheus/rules.yaml. Change the rules there, and then, in deploy/check:
#
#   go test -run PrometheusRule -update
#
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: slabuddy
spec:
`

func TestThePrometheusRuleIsMadeOfTheRules(t *testing.T) {
	rules, err := os.ReadFile(prometheusRules)
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString(prometheusRuleHead)
	for line := range strings.Lines(string(rules)) {
		if strings.TrimSpace(line) != "" {
			want.WriteString("  ")
		}
		want.WriteString(line)
	}
	if *update {
		if err := os.WriteFile(prometheusRule, []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(prometheusRule); err != nil || string(got) != want.String() {
		t.Errorf("%s is not what the rules are: run `go test -run PrometheusRule -update` in deploy/check", prometheusRule)
	}
}
