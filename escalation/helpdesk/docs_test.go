package helpdesk_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
)

var update = flag.Bool("update", false, "write the tables of deploy/desks.md")

// The tables of the documentation are the descriptors'.
func TestDocumentation(t *testing.T) {
	const file = "../../deploy/desks.md"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := string(content)
	for name, table := range map[string]string{"variables": variables(), "tells": tells(), "statuses": statuses()} {
		section := regexp.MustCompile(`(?s)(<!-- ` + name + `\b[^\n]*-->\n).*?(<!-- end -->)`)
		if !section.MatchString(want) {
			t.Errorf("%s has no place for the table of %s", file, name)
		}
		want = section.ReplaceAllString(want, "${1}"+strings.ReplaceAll(table, "$", "$$")+"${2}")
	}
	if want == string(content) {
		return
	}
	if !*update {
		t.Fatalf("the tables of %s are not those of the descriptors: run go test ./escalation/helpdesk -run Documentation -update", file)
	}
	if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func desks() []helpdesk.Kind {
	return slices.DeleteFunc(helpdesk.Kinds(), func(k helpdesk.Kind) bool { return k.Name == helpdesk.NoneKind })
}

func variables() string {
	var b strings.Builder
	b.WriteString("| kind | variable | what it is |\n|---|---|---|\n")
	for _, k := range desks() {
		for _, v := range k.Variables {
			fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", k.Name, v.Name, v.Help)
		}
	}
	return b.String()
}

func tells() string {
	kinds := desk.FactKinds()
	head, line := "| |", "|---|"
	for _, f := range kinds {
		head, line = head+" "+f.Words()+" |", line+"---|"
	}
	b := head + "\n" + line + "\n"
	for _, k := range desks() {
		b += "| `" + k.Name + "` |"
		for _, f := range kinds {
			if mark := " ✓ |"; slices.Contains(k.Tells, f) {
				b += mark
			} else {
				b += " |"
			}
		}
		b += "\n"
	}
	return b
}

func statuses() string {
	ours := []desk.Status{
		desk.StatusOpen, desk.StatusPending, desk.StatusHold, desk.StatusSolved, desk.StatusClosed,
	}
	var b strings.Builder
	b.WriteString("| |")
	for _, s := range ours {
		fmt.Fprintf(&b, " %s |", s)
	}
	b.WriteString("\n|" + strings.Repeat("---|", len(ours)+1) + "\n")
	for _, k := range desks() {
		fmt.Fprintf(&b, "| `%s` |", k.Name)
		for _, s := range ours {
			var words []string
			for _, w := range k.Statuses {
				if w.Means == s {
					words = append(words, w.Word)
				}
			}
			fmt.Fprintf(&b, " %s |", strings.Join(words, ", "))
		}
		b.WriteString("\n")
	}
	return b.String()
}
