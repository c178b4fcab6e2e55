package trouble

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var t0 = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)

// play reports name at each of the given seconds, and steps every 15 s until end; it returns what was
// posted, as "1m0s posted", "after over".
func play(r Report, reports []int, end int) (posted []string) {
	var book map[string]fault
	ids := 0
	newID := func() string { ids++; return string(rune('a' + ids - 1)) }
	for now := 0; now <= end; now += 15 {
		news := map[string]seen{}
		for _, at := range reports {
			if at > now-15 && at <= now {
				n := news[r.Name]
				if n.first.IsZero() {
					n.first = t0.Add(time.Duration(at) * time.Second)
				}
				n.Report, n.last = r, t0.Add(time.Duration(at)*time.Second)
				n.count++
				news[r.Name] = n
			}
		}
		var ts []post
		book, ts = step(book, news, t0.Add(time.Duration(now)*time.Second), newID)
		for _, g := range ts {
			if g.Job != "a" {
				posted = append(posted, "under another job")
			}
			switch {
			case g.over:
				posted = append(posted, g.at(t0)+" over")
			default:
				posted = append(posted, g.at(t0)+" posted")
			}
		}
	}
	return posted
}

func (g post) at(t0 time.Time) string {
	if g.over {
		return "after"
	}
	return g.PostedAt.Sub(t0).String()
}

func every30s(until int) (at []int) {
	for s := 0; s <= until; s += 30 {
		at = append(at, s)
	}
	return at
}

func TestAFaultIsPostedOnceAndSaidToBeOver(t *testing.T) {
	state := Report{Name: "desk", Words: "The help desk does not answer."}
	incident := Report{Name: "failed", Words: "A reminder could not be posted.", Incident: true}
	for name, tc := range map[string]struct {
		report  Report
		reports []int
		want    []string
	}{
		"a blip is not worth a word":         {state, []int{0, 30}, nil},
		"what lasts a minute is posted":      {state, every30s(600), []string{"1m0s posted", "after over"}},
		"an incident is posted at once":      {incident, []int{0}, []string{"15s posted", "after over"}},
		"incidents are counted, five min on": {incident, []int{0, 20, 40, 60}, []string{"15s posted", "5m15s posted", "after over"}},
		"it may pause without being over":    {state, []int{0, 30, 60, 200, 260}, []string{"1m0s posted", "after over"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, play(tc.report, tc.reports, 3600)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestChangedWordsBringTheMessageUpToDateButNotMoreOftenThanEveryFiveMinutes(t *testing.T) {
	book := map[string]fault{"desk": {Words: "a", Posted: "a", Since: t0, SeenAt: t0, PostedAt: t0, Job: "j", Posts: 1}}
	news := func(at time.Time) map[string]seen {
		return map[string]seen{"desk": {Report: Report{Name: "desk", Words: "b"}, first: at, last: at, count: 1}}
	}
	early := t0.Add(time.Minute)
	book, ts := step(book, news(early), early, nil)
	if len(ts) != 0 {
		t.Fatalf("posted after a minute already: %+v", ts)
	}
	for _, minutes := range []time.Duration{2, 4} {
		at := t0.Add(minutes * time.Minute)
		if book, ts = step(book, news(at), at, nil); len(ts) != 0 {
			t.Fatalf("posted after %d minutes already: %+v", minutes, ts)
		}
	}
	late := t0.Add(5 * time.Minute)
	_, ts = step(book, news(late), late, nil)
	if len(ts) != 1 || ts[0].Words != "b" || ts[0].Posts != 2 {
		t.Fatalf("after five minutes: %+v", ts)
	}
}

func TestAnIncidentThatGoesOnForDaysGetsANewMessageEachDay(t *testing.T) {
	now := t0.Add(25 * time.Hour)
	book := map[string]fault{"failed": {
		Words: "a", Posted: "a", Incident: true, Count: 3, PostedCount: 3, Since: t0, SeenAt: now.Add(-time.Minute), PostedAt: now.Add(-time.Hour), Job: "old", Posts: 9,
	}}
	news := map[string]seen{"failed": {Report: Report{Name: "failed", Words: "a", Incident: true}, first: now, last: now, count: 1}}
	newID := func() string { return "new" }
	book, ts := step(book, news, now, newID)
	if len(ts) != 0 || book["failed"].Job != "new" {
		t.Fatalf("posted %+v, book %+v: the new job's id has to be kept first", ts, book)
	}
	_, ts = step(book, nil, now.Add(15*time.Second), newID)
	if len(ts) != 1 || ts[0].Job != "new" || ts[0].Posts != 1 || ts[0].Count != 4 {
		t.Fatalf("posted %+v", ts)
	}
}
