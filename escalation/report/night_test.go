package report

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/review"
)

// Rule 25: night is night where the person is; for groups, and where that is not known, in the report's zone.
func TestNightIsEachPersonsOwn(t *testing.T) {
	t.Parallel()
	zones := review.Zones{"U0ANA": time.FixedZone("Asia/Tokyo", 9*3600), "U0BEN": time.FixedZone("America/Lima", -5*3600)}
	for _, c := range []struct {
		hour      int // UTC
		mentioned []string
		each      []bool
		whole     bool
	}{
		{14, []string{"U0ANA", "U0BEN", "S0SUPPORT"}, []bool{true, false, false}, true}, // 23:00 in Tokyo, 09:00 in Lima
		{4, []string{"U0ANA", "U0BEN"}, []bool{false, true}, true},                      // 13:00 and 23:00
		{2, []string{"U0ANA"}, []bool{false}, false},
		{2, []string{"S0SUPPORT"}, []bool{true}, true},
		{23, nil, []bool{}, true}, {12, nil, []bool{}, false},
	} {
		e := &escalation.Event{At: time.Date(2026, 11, 23, c.hour, 0, 0, 0, time.UTC), Details: escalation.Details{Mentioned: c.mentioned}}
		each, whole := Nights(e, zones, time.UTC)
		if d := cmp.Diff(c.each, each); d != "" || whole != c.whole {
			t.Errorf("%02d:00 UTC to %v: %t, want %t\n%s", c.hour, c.mentioned, whole, c.whole, d)
		}
	}
}

// Hours that are not configured any more, or whose zone is gone, count no working time; that is said.
func TestWhatHoursAreNotKnownAnyMoreIsSaid(t *testing.T) {
	t.Parallel()
	for hours, said := range map[string]bool{"office": true, "": false, policy.AroundTheClock: false} {
		tl := opened()
		tl.Hours, tl.State, tl.AnsweredAt = hours, escalation.Answered, at(20)
		b := NewBuilder(Query{From: at(0), To: at(1)}, at(600), time.UTC)
		b.Add(review.Record{Timeline: tl}, Known{})
		r := b.Report()
		if got := strings.Contains(strings.Join(r.Limits, "\n"), "Of 1 ticket the working hours are not configured any more"); got != said || r.FirstReply.Working.Median != 20*60 {
			t.Errorf("hours %q: said %t, %+v", hours, got, r.FirstReply.Working)
		}
	}
}
