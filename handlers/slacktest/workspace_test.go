package slacktest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func TestWaitEndsAsSoonAsItsConditionHolds(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	parent := say(t, w, "New ticket")
	go func() {
		for i := range 3 {
			_, _ = w.PostAs(ana, support, slacktest.Message{ThreadTS: parent, Text: fmt.Sprint(i)})
		}
	}()
	ok(t, w.Wait(t.Context(), func() bool { return len(w.Thread(support, parent)) == 4 }))
}

func TestWaitEndsWithItsContext(t *testing.T) {
	w := newWorkspace(t, slacktest.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := w.Wait(ctx, func() bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v", err)
	}
}

func TestEverythingMayHappenAtOnce(t *testing.T) {
	w, a := withApp(t, slacktest.Options{Workers: 4})
	parent := say(t, w, "New ticket")
	const each = 25
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range each {
				_ = postMessage(t.Context(), client(w))
				_, _ = w.Mention(ana, support, parent, "status")
				_ = w.Edit(support, parent, "Ticket")
				_, _ = w.Thread(support, parent), w.Calls()
				w.Inject(slacktest.Fault{Method: "users.info", Do: slacktest.Cut()}).Clear()
			}
		})
	}
	group.Wait()
	delivered(t, w)
	if got := len(w.Thread(support, parent)); got != 1+4*each {
		t.Errorf("%d messages in the thread", got)
	}
	if got, want := len(a.requests()), 1+4*each*4; got != want { // a post, a mention sent twice, an edit
		t.Errorf("%d events, want %d", got, want)
	}
}
