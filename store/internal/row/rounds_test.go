package row

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
)

func TestNoRoundNamesATimelineOrAMentionTwice(t *testing.T) {
	for _, c := range []struct {
		changes string // a timeline is a small letter, a mention a capital one
		n       int
		want    string
	}{
		{"", 3, ""},
		{"a b c", 3, "abc"},
		{"a b c d", 3, "abc|d"},
		{"a b a", 3, "ab|a"},
		{"a a a", 3, "a|a|a"},
		{"aA bA", 3, "aA|bA"},
		{"A B A b", 3, "AB|Ab"},
		{"a b c a b", 3, "abc|ab"},
	} {
		var changes []escalation.Change
		for _, word := range strings.Fields(c.changes) {
			var ch escalation.Change
			for _, r := range word {
				if r >= 'a' {
					ch.Timeline = &escalation.Timeline{ID: string(r)}
				} else {
					ch.Mention = &escalation.MentionKey{TS: string(r)}
				}
			}
			changes = append(changes, ch)
		}
		var got []string
		for _, round := range Rounds(changes, c.n) {
			var s string
			for _, ch := range round {
				if ch.Timeline != nil {
					s += ch.Timeline.ID
				}
				if ch.Mention != nil {
					s += ch.Mention.TS
				}
			}
			got = append(got, s)
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: got %s, want %s", fmt.Sprint(c.changes), strings.Join(got, "|"), c.want)
		}
	}
}
