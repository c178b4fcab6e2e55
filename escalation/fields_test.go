package escalation_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/fields/fieldstest"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

func TestTheListsSayWhatTheTagsSay(t *testing.T) {
	fieldstest.Agree(t, TicketFields)
	fieldstest.Agree(t, circle.RecipientFields)
	fieldstest.Agree(t, OwnerFields)
	fieldstest.Agree(t, PostingFields)
	fieldstest.Agree(t, DetailsFields)
}

// A kind of post that the list forgets would be stored as nothing: each is tried.
func TestAPostIsStoredByItsTagsAndReadBack(t *testing.T) {
	tried := map[string]bool{"Row": true} // of a digest's row, and never stored
	reminder := &Reminder{Policy: "teams", DecidedAt: time.Unix(1_795_262_400, 1).UTC(), Mention: []circle.Recipient{{Kind: circle.ToUser, ID: "U0ANA"}}}
	for name, p := range map[string]Post{
		"a reminder": {Thread: Thread{Workspace: "T0", Channel: "C0", TS: "1.0"}, Timeline: "tl-1", Digest: "job-1", Round: 2, Reminder: reminder},
		"a digest":   {Thread: Thread{Channel: "C0"}, Rows: []Post{{Timeline: "tl-1", Reminder: reminder}}},
		"a note":     {Note: &Note{Kind: NoteHelp}},
		"a refresh":  {Refresh: &Posting{TS: "1.0", Tier: 1}},
		"a fault":    {Fault: &Fault{Name: "desk"}},
		"a summary":  {Summary: &Summary{Sentence: "No ticket came in."}},
		"a card":     {Handover: &Handover{Goes: []string{"Ana Silva"}}},
		"an outlook": {Outlook: &Outlook{Gaps: []calendar.Interval{{Start: time.Unix(1_795_262_400, 0).UTC(), End: time.Unix(1_795_262_500, 0).UTC()}}}},
	} {
		for i, of := 0, reflect.ValueOf(p); i < of.NumField(); i++ {
			tried[of.Type().Field(i).Name] = tried[of.Type().Field(i).Name] || !of.Field(i).IsZero()
		}
		want, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		job := NewPostJob("job-1", "key", p, time.Time{})
		equal(t, name+", stored", string(job.Payload), string(want))
		got, err := ReadPost(queue.Job{New: job})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, name+", read back", got, p)
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Post]()) {
		if len(field.Index) == 1 && !tried[field.Name] {
			t.Errorf("%s is not tried", field.Name)
		}
	}
}
