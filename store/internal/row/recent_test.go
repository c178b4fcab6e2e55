package row

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
)

func TestABodyIsRecalledOnceAndOnlyWhereItDidNotChange(t *testing.T) {
	before, after := fullest("before", 1), fullest("after", 2)
	var recent Recent
	write := func(tl escalation.Timeline) []byte {
		js, err := Body(tl)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(js)
	}
	read := func(with func(string, []byte) (body, error), js []byte) escalation.Timeline {
		b, err := with(before.ID, js)
		if err != nil {
			t.Fatal(err)
		}
		tl := escalation.Timeline{ID: before.ID}
		b.fill(&tl)
		return tl
	}
	kept := func() bool { _, ok := recent.of[before.ID]; return ok }

	first := read(recent.remembered, write(before))
	if !kept() {
		t.Fatal("what was read is not remembered")
	}
	again := read(recent.recalled, write(before))
	if diff := cmp.Diff(before, again); diff != "" || kept() {
		t.Errorf("recalled, and still there %v: -written +recalled:\n%s", kept(), diff)
	}
	again.Posts[0].TS, again.Tiers[0].State = "changed", escalation.TierFailed
	if diff := cmp.Diff(before, first); diff != "" {
		t.Errorf("a change of what was recalled shows in what was read first:\n%s", diff)
	}

	read(recent.remembered, write(before))
	if diff := cmp.Diff(after, read(recent.recalled, write(after))); diff != "" {
		t.Errorf("changed since: -written +read:\n%s", diff)
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	var recent Recent
	for i := range 3 * mostRecent {
		recent.put(string(rune(i)), decoded{})
	}
	if n := len(recent.of); n > mostRecent {
		t.Errorf("%d bodies are remembered", n)
	}
}
