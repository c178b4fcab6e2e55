package check

import (
	"iter"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/compose-spec/compose-go/v2/template"
)

// notForCompose are variables that the program reads and that .env.example leaves out: the image or compose.yaml
// sets them, or they are for tests.
var notForCompose = []string{
	"DATABASE_URL", "SLABUDDY_LISTEN", "SLABUDDY_ADMIN_LISTEN", "SLABUDDY_ADMIN_HOSTS", "SLABUDDY_CONFIG", "LOG_FORMAT",
	"SLACK_API_URL", "GOOGLE_CALENDAR_URL", "ZENDESK_URL", "FRESHDESK_URL",
}

var assignment = regexp.MustCompile(`(?m)^(?:# )?([A-Z][A-Z_]*)=`)

// .env.example names every variable that somebody reads, whether it is set there or only shown, and no other.
func TestEnvExampleNamesWhatIsRead(t *testing.T) {
	var shown []string
	for _, found := range assignment.FindAllStringSubmatch(content(t, "../.env.example"), -1) {
		shown = append(shown, found[1])
	}
	var file map[string]any
	parse(t, "../compose.yaml", &file)
	composeReads := slices.Collect(keys(template.ExtractVariables(file, template.DefaultPattern)))
	botReads := slices.DeleteFunc(programReads(), func(name string) bool { return slices.Contains(notForCompose, name) })

	want := slices.Sorted(slices.Values(slices.Concat(composeReads, botReads)))
	if got := slices.Sorted(slices.Values(shown)); !slices.Equal(got, want) {
		t.Errorf(".env.example names\n%v\nand what is read is\n%v", got, want)
	}
}

func keys[M ~map[string]V, V any](m M) iter.Seq[string] { return maps.Keys(m) }
