package message

import (
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

func (b *bench) fault(t *testing.T, job string, f escalation.Fault) (string, error) {
	t.Helper()
	landed, err := b.Post(t.Context(), job, escalation.Post{Thread: escalation.Thread{Workspace: "T0", Channel: "C0ENT"}, Fault: &f})
	return landed.TS, err
}

func TestFaultsReadAsTheyShould(t *testing.T) {
	f := escalation.Fault{Name: "desk", Words: "The help desk <does> not answer.\nPlease look at its token.", Since: noon}
	counted, over := f, f
	counted.Count, over.Over = 12, noon.Add(23*time.Minute)
	for name, f := range map[string]escalation.Fault{"begun": f, "counted": counted, "over": over} {
		t.Run(name, func(t *testing.T) { golden(t, "fault "+name, renderFault(&f).text()) })
	}
}

func TestAFaultIsToldOnceAndBroughtUpToDateInPlace(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	f := escalation.Fault{Name: "desk", Words: "The help desk does not answer.", Since: time.Now()}
	first, err := b.fault(t, "first", f)
	if err != nil {
		t.Fatal(err)
	}
	f.First, f.Over = "first", f.Since.Add(time.Minute)
	if ts, err := b.fault(t, "second", f); err != nil || ts != first {
		t.Errorf("brought up to date as %s, %v, want %s", ts, err, first)
	}
	history := b.History("C0ENT")
	if len(history) != 2 || !strings.Contains(history[1].Text, "This is over") {
		t.Errorf("the channel holds %+v", history)
	}
}

func TestAFaultWhoseMessageIsGoneIsPostedAgain(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	f := escalation.Fault{Name: "desk", Words: "The help desk does not answer.", Since: time.Now()}
	first, err := b.fault(t, "first", f)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Delete("C0ENT", first); err != nil {
		t.Fatal(err)
	}
	f.First = "first"
	if ts, err := b.fault(t, "second", f); err != nil || ts == first {
		t.Errorf("told as %s, %v", ts, err)
	}
}

// A look that fails permits no second message.
func TestAFaultWhoseMessageCannotBeLookedForWaits(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	f := escalation.Fault{Name: "desk", Words: "x", Since: time.Now(), First: "first"}
	b.Inject(slacktest.Fault{Method: "conversations.history", Times: 1, Do: slacktest.Status(500)})
	_, err := b.fault(t, "second", f)
	if e := kindOf(t, err); e.Kind != queue.KindRetry {
		t.Errorf("%v, want one to retry", err)
	}
	if n := len(b.Calls("chat.postMessage")); n != 0 {
		t.Errorf("%d posts", n)
	}
}
