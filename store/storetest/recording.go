package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
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

var rosters = map[string]func(*testing.T, store.Store){
	"a roster is stored when it differs from the latest, and every field survives": func(t *testing.T, s store.Store) {
		full := calendar.Snapshot{
			Known: true, OnShift: []string{"Ana Silva", "Ben \x1f <O'Kafor>"}, Embedded: map[string][]string{"Ana Silva": {"Auth", "Storage"}}, Away: []string{"Chloé"},
		}
		for i, c := range []struct {
			at     time.Duration
			roster calendar.Snapshot
			added  bool
		}{
			{0, full, true}, {time.Minute, full, false}, {2 * time.Minute, calendar.Snapshot{Known: true}, true}, {3 * time.Minute, calendar.Snapshot{}, true},
			{4 * time.Minute, full, true}, {time.Minute, calendar.Snapshot{}, false}, {4 * time.Minute, calendar.Snapshot{}, false},
		} {
			same(t, fmt.Sprint("added ", i), must(s.AddRoster(t.Context(), "T1", review.RosterSince{At: after(c.at), Roster: c.roster}))(t), c.added)
		}
		same(t, "all", must(s.Rosters(t.Context(), "T1", after(-year), after(year)))(t), review.Rosters{
			{At: after(0).UTC(), Roster: full}, {At: after(2 * time.Minute).UTC(), Roster: calendar.Snapshot{Known: true}},
			{At: after(3 * time.Minute).UTC()}, {At: after(4 * time.Minute).UTC(), Roster: full},
		})
	},
	"the rosters of a span begin with the one in force, and are one workspace's": func(t *testing.T, s store.Store) {
		for hour, name := range []string{"Ana", "Ben", "Ana"} {
			addRoster(t, s, "T1", time.Duration(hour)*time.Hour, name)
		}
		addRoster(t, s, "T2", 90*time.Minute, "Zoe")
		for _, c := range []struct {
			from, to time.Duration
			want     []string
		}{
			{-time.Hour, 0, nil}, {-time.Hour, time.Second, []string{"Ana"}}, {time.Minute, time.Hour, []string{"Ana"}}, {time.Hour, 2 * time.Hour, []string{"Ben"}},
			{90 * time.Minute, 3 * time.Hour, []string{"Ben", "Ana"}}, {year, 2 * year, []string{"Ana"}},
		} {
			var got []string
			for _, r := range must(s.Rosters(t.Context(), "T1", after(c.from), after(c.to)))(t) {
				got = append(got, r.Roster.OnShift...)
			}
			same(t, fmt.Sprint(c.from, " to ", c.to), got, c.want)
		}
		same(t, "from the beginning", len(must(s.Rosters(t.Context(), "T1", time.Time{}, after(year)))(t)), 3)
		same(t, "elsewhere", len(must(s.Rosters(t.Context(), "T3", after(-year), after(year)))(t)), 0)
	},
	"of replicas that store the same roster at once, one adds it": func(t *testing.T, s store.Store) {
		added := winners(t, 16, func(int) (bool, error) {
			return s.AddRoster(t.Context(), "T1", review.RosterSince{At: t0, Roster: calendar.Snapshot{Known: true, OnShift: []string{"Ana"}}})
		})
		same(t, "added", added, 1)
	},
	"rosters that ended before the retention are purged, and the one in force stays": func(t *testing.T, s store.Store) {
		for hour, name := range []string{"Ana", "Ben", "Ana", "Ben"} {
			addRoster(t, s, "T1", time.Duration(hour)*time.Hour, name)
		}
		addRoster(t, s, "T2", 0, "Zoe")
		purge := func(d time.Duration, n int) int {
			t.Helper()
			return must(s.Purge(t.Context(), after(d), after(-year), after(-year), n))(t)
		}
		same(t, "one at a time", purge(150*time.Minute, 1), 1)
		same(t, "the rest", purge(150*time.Minute, 10), 1)
		same(t, "no more", purge(150*time.Minute, 10), 0)
		left := must(s.Rosters(t.Context(), "T1", after(150*time.Minute), after(year)))(t)
		same(t, "in force then, and later", len(left), 2)
		same(t, "a year later", purge(year, 10), 1)
		same(t, "the last of each stays", len(must(s.Rosters(t.Context(), "T2", after(year), after(2*year)))(t)), 1)
	},
}

// addRoster stores that somebody is on shift from so long after t0 on.
func addRoster(t *testing.T, s store.Store, workspace string, since time.Duration, name string) {
	t.Helper()
	must(s.AddRoster(t.Context(), workspace, review.RosterSince{At: after(since), Roster: calendar.Snapshot{Known: true, OnShift: []string{name}}}))(t)
}
