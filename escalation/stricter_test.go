package escalation_test

import (
	"testing"

	. "github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Rules 1 and 20: a second message moves an open timeline to a stricter policy, and to no other.
func TestASecondMessageMovesATimelineToAStricterPolicy(t *testing.T) {
	teams := func(edits ...func(*Timeline)) Timeline {
		tl := Begin("tl-1", message(), policy.BuiltIn()["teams"], settings(), posted0)
		for _, edit := range edits {
			edit(&tl)
		}
		return tl
	}
	for _, tt := range []struct {
		name   string
		t      Timeline
		m      Message
		change func(*Settings)
		policy string // "": it stays
	}{
		{"a stricter one", teams(), message(), nil, "enterprise"},
		{"for its priority", teams(), message(), func(s *Settings) {
			s.Channels["C0ENTERPRISE"] = policy.Channel{Policy: "teams", ByPriority: map[string]string{"high": "enterprise"}}
		}, "enterprise"},
		{"the same one", enterprise(), message(), nil, ""},
		{"a laxer one", enterprise(), message(), func(s *Settings) { s.Channels["C0ENTERPRISE"] = policy.Channel{Policy: "teams"} }, ""},
		{"one that is not configured", teams(), message(), func(s *Settings) { s.Channels["C0ENTERPRISE"] = policy.Channel{Policy: "gone"} }, ""},
		{"of a timeline that is closed", teams(closed(Answered)), message(), nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts(at(12))
			if tt.change != nil {
				tt.change(f.Settings)
			}
			before := tt.t.Clone()
			c := Stricter(tt.t, tt.m, f)
			equal(t, "the timeline passed in", tt.t, before)
			if tt.policy == "" {
				equal(t, "change", c, Change{})
				return
			}
			equal(t, "policy", c.Timeline.Policy, tt.policy)
			equal(t, "deadline", c.Timeline.FirstReply().Deadline, at(50))
			equal(t, "history", kinds(c.Events), []EventKind{EventPolicy})
			equal(t, "what is due already is posted", Decide(*c.Timeline, f).Reminds != nil, true)
		})
	}
}
