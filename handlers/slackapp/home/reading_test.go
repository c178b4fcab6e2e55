package home

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

// busy is a database with much in it, which counts what is read.
type busy struct{ lists, histories, lateness atomic.Int32 }

func (b *busy) ListOpen(context.Context, escalation.OpenQuery) (ts []escalation.Timeline, err error) {
	b.lists.Add(1)
	time.Sleep(20 * time.Millisecond)
	settings := escalation.DefaultSettings()
	for i := range 50 {
		m := escalation.Message{Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT"}, PostedAt: time.Now(), Ticket: escalation.Ticket{ID: fmt.Sprint("4", i)}}
		t := escalation.Begin(fmt.Sprint("tl-", i), m, settings.Policies["teams"], &settings, time.Now())
		t.Owner.User = fmt.Sprint("U", i)
		ts = append(ts, t)
	}
	return ts, nil
}

func (b *busy) Happened(_ context.Context, ids []string, _ escalation.EventKind) ([]escalation.Event, error) {
	b.histories.Add(1)
	return []escalation.Event{{Timeline: ids[7], Details: escalation.Details{Mentioned: []string{"U3"}}}}, nil
}

func (b *busy) Lateness(context.Context, string, time.Time, int) ([]time.Duration, error) {
	b.lateness.Add(1)
	return make([]time.Duration, 1000), nil
}

// quiet is a workspace without a calendar, where everybody may read everything.
type quiet struct{}

func (quiet) Of(string) calendar.Roster                    { return calendar.Roster{} }
func (quiet) Ahead(string, time.Duration) calendar.Outlook { return calendar.Outlook{} }
func (quiet) HasCalendar(string) bool                      { return false }
func (quiet) MayRead(_ context.Context, _, _ string, channels []string) map[string]bool {
	may := map[string]bool{}
	for _, c := range channels {
		may[c] = true
	}
	return may
}

// unlinked is a Slack that says no thread's address.
type unlinked struct{}

func (unlinked) Of(context.Context, []escalation.Timeline) map[escalation.Thread]string { return nil }

// Rule 29: home tabs that are opened together are drawn from one reading, each with its own tickets; who opens
// theirs again sees what came since.
func TestAHundredTabsAreOneReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, settings := &busy{}, escalation.DefaultSettings()
		h := &Home{
			Store: b, Rosters: quiet{}, Readers: quiet{}, Threads: unlinked{}, Now: time.Now, NewID: func() string { return "id" }, Logger: slog.New(slog.DiscardHandler),
			Week: func(context.Context, string) (now, before report.Counts, err error) { return now, before, nil },
			View: func(string) *setup.View { return &setup.View{Settings: &settings} },
		}
		opened := func(user string) string {
			var all strings.Builder
			for _, block := range h.render(t.Context(), "T0", user).Blocks.BlockSet {
				if s, ok := block.(*slack.SectionBlock); ok {
					all.WriteString(s.Text.Text + "\n")
				}
			}
			return all.String()
		}
		var tabs sync.WaitGroup
		for i := range 100 {
			tabs.Go(func() {
				tab := opened(fmt.Sprint("U", i))
				for of := range 50 {
					if has, theirs := strings.Contains(tab, fmt.Sprintf("Ticket 4%d*", of)), of == i || i == 3 && of == 7; has != theirs {
						t.Errorf("U%d sees ticket 4%d: %t", i, of, has)
					}
				}
			})
		}
		tabs.Wait()
		if b.lists.Load() != 1 || b.histories.Load() != 1 || b.lateness.Load() != 1 {
			t.Errorf("read %d, %d and %d times", b.lists.Load(), b.histories.Load(), b.lateness.Load())
		}
		opened("U1")
		if b.lists.Load() != 2 {
			t.Errorf("who opens theirs again is shown what they had seen")
		}
		time.Sleep(fresh)
		opened("U200")
		if b.lists.Load() != 3 || len(h.readings) != 1 {
			t.Errorf("read %d times, %d readings kept", b.lists.Load(), len(h.readings))
		}
	})
}
