package message

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

func TestAChannelIsToldOfItsPauseWithoutPingingAnybody(t *testing.T) {
	tests := map[string]struct {
		note escalation.Note
		want []string
	}{
		"paused":     {escalation.Note{Kind: escalation.NotePaused, User: "U0ANA", Name: "Ana Silva", Until: now.Add(time.Hour)}, []string{"Ana Silva paused me here until <!date^", "/sla resume"}},
		"resumed":    {escalation.Note{Kind: escalation.NoteResumed, User: "U0ANA", Name: "Ana Silva"}, []string{"Ana Silva woke me up"}},
		"no name":    {escalation.Note{Kind: escalation.NoteResumed, User: "U0ANA"}, []string{"Somebody woke me up"}},
		"a bad name": {escalation.Note{Kind: escalation.NoteResumed, Name: "<!here> @channel"}, []string{"&lt;!here&gt;"}},
	}
	for name, test := range tests {
		got := noted(t, &test.note, now).text()
		for _, words := range test.want {
			if !strings.Contains(got, words) {
				t.Errorf("%s: %s", name, got)
			}
		}
		if strings.Contains(got, "<@") || strings.Contains(got, "<!here") {
			t.Errorf("%s pings: %s", name, got)
		}
	}
}
