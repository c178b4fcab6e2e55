package threads

import (
	"context"
	"errors"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// site is a Slack that knows of threads, is slow for one, and has lost another.
type site struct {
	mu    sync.Mutex
	asked int
}

func (s *site) Permalink(ctx context.Context, workspace, channel, ts string) (string, error) {
	s.mu.Lock()
	s.asked++
	s.mu.Unlock()
	switch ts {
	case "slow":
		<-ctx.Done()
		return "", ctx.Err()
	case "gone":
		return "", errors.New("message_not_found")
	}
	return "https://" + workspace + "/" + channel + "/" + ts, nil
}

func in(ts string) escalation.Timeline {
	return escalation.Timeline{Thread: thread(ts)}
}

func thread(ts string) escalation.Thread {
	return escalation.Thread{Workspace: "T0", Channel: "C0", TS: ts}
}

// A list leads to each thread whose address Slack says in time, and Slack is asked for each once.
func TestALinkIsAskedForOnceAndWaitedForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{}
		links, begun := New(s), time.Now()
		moved := in("1.0")
		moved.Gone, moved.Moved = true, "3.0" // the ticket's message is gone, and its thread goes on elsewhere
		lost := in("5.0")                     // nor does it go on anywhere yet
		lost.Gone = true
		list := []escalation.Timeline{in("2.0"), moved, in("slow"), in("gone"), lost}
		want := map[escalation.Thread]string{thread("2.0"): "https://T0/C0/2.0", thread("3.0"): "https://T0/C0/3.0"}
		if got := links.Of(t.Context(), list); !maps.Equal(got, want) {
			t.Errorf("links %v, want %v", got, want)
		}
		if took := time.Since(begun); took != askedWithin {
			t.Errorf("it took %s", took)
		}
		if got := links.Of(t.Context(), list[:2]); !maps.Equal(got, want) || s.asked != 4 {
			t.Errorf("links %v after %d questions, want the same after 4", got, s.asked)
		}
	})
}
