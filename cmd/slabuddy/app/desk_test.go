package app

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/desk"
)

// Rule 5: what a desk says and nothing can be made of is told to those who can mend it.
func TestWhatIsOddAboutADesksAnswerIsTold(t *testing.T) {
	now := time.Date(2026, 1, 12, 10, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		answer desk.Answer
		want   string // a part; "": nothing is told
	}{
		"a status that is known":        {desk.Answer{Ticket: desk.Ticket{Status: desk.StatusOpen, Said: "new"}}, ""},
		"no status":                     {desk.Answer{}, ""},
		"a status that nobody knows":    {desk.Answer{Ticket: desk.Ticket{Said: "waiting on\n*vendor*"}}, `a status "waiting on *vendor*", of ticket 42`},
		"a reply of a minute from now":  {desk.Answer{Status: desk.Answered, RepliedAt: now.Add(time.Minute)}, ""},
		"a reply of three hours ahead":  {desk.Answer{Status: desk.Answered, RepliedAt: now.Add(3 * time.Hour)}, "3h0m0s ahead of now, so it counts as of now. Is its clock right"},
		"a word without end is clipped": {desk.Answer{Ticket: desk.Ticket{Said: strings.Repeat("x", 1000)}}, strings.Repeat("x", 60) + "…"},
	} {
		if got := oddity("http", "42", tt.answer, now); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want …%s…", name, got, tt.want)
		}
	}
}
