package mrkdwn

import (
	"strings"
	"testing"
)

func TestCutCountsAsSlackDoesInTheWorstCase(t *testing.T) {
	for s, want := range map[string]string{
		"short":                      "short",
		"0123456789":                 "0123456789",
		"0123456789a":                "012345678…",
		strings.Repeat("🦥", 5):       strings.Repeat("🦥", 5), // two each
		strings.Repeat("🦥", 6):       strings.Repeat("🦥", 4) + "…",
		"éééééééééé":                 "éééééééééé",
		"a" + strings.Repeat("🦥", 5): "a" + strings.Repeat("🦥", 4) + "…",
	} {
		if got := Cut(s, 10); got != want {
			t.Errorf("Cut(%q) = %q, want %q", s, got, want)
		}
	}
}

// Half an entity or half a token would be shown as it is written, and a date or a link not at all.
func TestMarkupIsCutBeforeWhatItWouldBreak(t *testing.T) {
	for s, want := range map[string]string{
		"Ticket 42 &amp; more":                      "Ticket 42…",
		"Ticket 4 &lt;3 and more":                   "Ticket 4…",
		"due <!date^1795265400^at {time}|at 12:50>": "due…",
		"see <https://x.test/42|42>, please":        "see…",
		"<@U0ANA> is on it now, and nobody else":    "<@U0ANA> is…",
		"a & b &amp; c &amp; d &amp; e":             "a & b &amp;…",
		"nothing special in here":                   "nothing spec…",
	} {
		if got := CutMarkup(s, 13); got != want {
			t.Errorf("CutMarkup(%q) = %q, want %q", s, got, want)
		}
	}
	if got := CutMarkup("all of <it>", 11); got != "all of <it>" {
		t.Errorf("what fits is cut to %q", got)
	}
}
