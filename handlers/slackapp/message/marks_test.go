package message

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// Rule 12: a reminder is known again by its mark, alone and in a digest, if we posted it ourselves.
func TestRemindersAreKnownAgainByTheirMarks(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	b.BotID = func(string) string { return b.Options().App.BotID }
	ts, err := b.post(t, "job-1")
	if err != nil {
		t.Fatal(err)
	}
	mark := firstTier().Mark()
	forged := slacktest.Message{ThreadTS: b.thread.TS, Metadata: &slacktest.Metadata{EventType: metadataType, EventPayload: map[string]any{"id": "job-2", "marks": mark}}}
	if _, err := b.PostAs(b.AddApp(slacktest.App{Name: "Another"}).ID, "C0ENT", forged); err != nil {
		t.Fatal(err)
	}
	since := time.Now().Add(-5 * time.Minute)
	got, err := b.Marks(t.Context(), b.thread, since)
	if diff := cmp.Diff(deliver.Marks{Ours: []deliver.Marked{{TS: ts, Marks: []string{mark}}}}, got); diff != "" || err != nil {
		t.Errorf("in the thread: %v %s", err, diff)
	}

	second := *firstTier()
	second.Ticket.ID += "1"
	channel := escalation.Thread{Workspace: b.thread.Workspace, Channel: b.thread.Channel}
	digest := escalation.Post{Thread: channel, Rows: []escalation.Post{
		{Thread: b.thread, Row: 1, Reminder: firstTier()}, {Thread: b.thread, Row: 2, Reminder: &second},
	}}
	landed, err := b.Post(t.Context(), "job-3", digest)
	if err != nil {
		t.Fatal(err)
	}
	got, err = b.Marks(t.Context(), channel, since)
	want := []deliver.Marked{{TS: landed.TS, Marks: []string{mark, second.Mark()}, Outside: true, Digest: true}}
	if diff := cmp.Diff(want, got.Ours); diff != "" || err != nil {
		t.Errorf("in the channel: %v %s", err, diff)
	}
	quiet, answered := got.Replied[landed.TS], got.Replied[b.thread.TS]
	if last := b.Thread("C0ENT", b.thread.TS); !quiet.IsZero() || slacktest.TS(answered) != last[len(last)-1].TS {
		t.Errorf("the digest was replied to at %s, and the ticket at %s", quiet, answered)
	}
	if mark == second.Mark() {
		t.Error("two tickets have one mark")
	}
}
