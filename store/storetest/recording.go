package storetest

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/internal/row"
)

var recording = map[string]func(*testing.T, store.Store){
	"records are whole timelines with their history, open or closed, of every workspace": func(t *testing.T, s store.Store) {
		a, b := openedOn(t, s, "T1", 0), openedOn(t, s, "T2", time.Minute)
		remind(t, s, b, escalation.EventDue, 10*time.Minute, time.Second)
		remind(t, s, a, escalation.EventPosted, 11*time.Minute, 2*time.Second)
		remind(t, s, b, escalation.EventPosted, 12*time.Minute, 3*time.Second)
		a = closeTimeline(t, s, a)
		var want []review.Record
		for _, tl := range []escalation.Timeline{a, b} {
			want = append(want, review.Record{Timeline: tl, History: must(s.History(t.Context(), tl.ID))(t)})
		}
		same(t, "records", must(s.Records(t.Context(), "", after(-year), "", 10))(t), want)
		for i, workspace := range []string{"T1", "T2"} {
			same(t, "of "+workspace, must(s.Records(t.Context(), workspace, after(-year), "", 10))(t), want[i:i+1])
			same(t, "after its last", len(must(s.Records(t.Context(), workspace, after(-year), want[i].Timeline.ID, 10))(t)), 0)
		}
		same(t, "of a workspace that is not there", len(must(s.Records(t.Context(), "T3", after(-year), "", 10))(t)), 0)
	},
	"records come in the order of opening, a page at a time": func(t *testing.T, s store.Store) {
		want := make([]string, 5)
		for _, i := range []int{3, 1, 4, 0, 2} {
			want[i] = openedOn(t, s, "T1", time.Duration(i)*time.Minute).ID
		}
		var got []string
		for last := ""; ; {
			page := must(s.Records(t.Context(), "", after(-year), last, 2))(t)
			if len(page) == 0 {
				break
			}
			if len(page) > 2 {
				t.Fatalf("%d records, want 2 at most", len(page))
			}
			for _, r := range page {
				last = r.Timeline.ID
				got = append(got, last)
			}
		}
		same(t, "records", got, want)
		same(t, "none asked for", len(must(s.Records(t.Context(), "", after(-year), "", 0))(t)), 0)
	},
	"records with much history come whole, and fewer at once": func(t *testing.T, s store.Store) {
		for i, n := range []int{10, row.MostEvents - 20, 10, 2 * row.MostEvents, 10, row.MostEvents, 0} {
			tl := openedOn(t, s, "T1", time.Duration(i)*time.Minute)
			events := make([]escalation.Event, n)
			for k := range events {
				events[k] = escalation.Event{Timeline: tl.ID, At: after(time.Minute), Kind: escalation.EventPosted}
			}
			must(s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Events: events}}))(t)
		}
		var got []int
		for last := ""; ; {
			page := must(s.Records(t.Context(), "", after(-year), last, 100))(t)
			if len(page) == 0 {
				break
			}
			held := 0
			for _, r := range page {
				last = r.Timeline.ID
				got = append(got, len(r.History))
				held += len(r.History)
			}
			if len(page) > 1 && held > row.MostEvents {
				t.Errorf("%d events at once", held)
			}
		}
		const opened = 1 // event of each
		same(t, "events", got, []int{10 + opened, row.MostEvents - 20 + opened, 10 + opened, 2*row.MostEvents + opened, 10 + opened, row.MostEvents + opened, opened})
	},
	"it is the ticket's time that counts, not that of opening": func(t *testing.T, s store.Store) {
		posted := func(opened, before time.Duration) string {
			tl := openedAs("T1", opened)
			tl.PostedAt = after(opened - before)
			return open(t, s, tl)[0].ID
		}
		posted(-time.Minute, 0)
		exactly := posted(0, 0)
		posted(time.Minute, time.Hour) // found by the scan
		behind := posted(2*time.Minute, 0)
		ahead := posted(-2*time.Minute, -3*time.Minute) // Slack's clock is before ours
		same(t, "records since t0", recorded(t, s, t0), []string{ahead, exactly, behind})
		same(t, "records since ever", len(recorded(t, s, time.Time{})), 5)
		same(t, "records since later", len(recorded(t, s, after(time.Hour))), 0)
	},
	"a record is of one moment, whatever is written meanwhile": func(t *testing.T, s store.Store) {
		tl := openedOn(t, s, "T1", 0)
		const changes = 60
		written := make(chan struct{})
		go func() {
			defer close(written)
			for i := range changes {
				e := escalation.Event{Timeline: tl.ID, At: after(time.Minute), Kind: escalation.EventSnoozed}
				saved, err := s.Save(t.Context(), []escalation.Change{{Timeline: &tl, Events: []escalation.Event{e}}})
				if err != nil || saved[0] != escalation.SavedOK {
					t.Errorf("change %d: %v, %v", i, saved, err)
					return
				}
				tl.Version++
			}
		}()
		for over := false; !over; {
			select {
			case <-written:
				over = true
			default:
			}
			r := must(s.Records(t.Context(), "", after(-year), "", 10))(t)[0]
			if events := int64(len(r.History)); events != r.Timeline.Version {
				t.Fatalf("version %d with %d events", r.Timeline.Version, events)
			}
			if over {
				same(t, "version", r.Timeline.Version, int64(1+changes))
			}
		}
	},
}

func recorded(t *testing.T, s store.Store, since time.Time) []string {
	t.Helper()
	var ids []string
	for _, r := range must(s.Records(t.Context(), "", since, "", 100))(t) {
		ids = append(ids, r.Timeline.ID)
	}
	return ids
}
