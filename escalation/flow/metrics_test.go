package flow_test

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/escalationtest"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/saying"
)

func TestSavedChangesAreCounted(t *testing.T) {
	end := escalationtest.Posted0.AddDate(0, 0, 30)
	decide := func(tl escalation.Timeline, now time.Time, a desk.Answer) escalation.Change {
		f := escalationtest.Facts(now)
		f.Answer = a
		c := escalation.Decide(tl, f)
		return c
	}
	snoozed, _ := escalation.Respond(escalationtest.Enterprise(), escalationtest.ByAna, saying.Read("45m", escalationtest.Posted0), escalationtest.Facts(escalationtest.At(5)))
	for _, tt := range []struct {
		name   string
		change escalation.Change
		metric string
		labels []string
		want   float64
	}{
		{"answered", decide(escalationtest.Enterprise(), escalationtest.At(5), desk.Answer{Status: desk.Answered}), "slabuddy_tickets_total", []string{"enterprise", "answered"}, 1},
		{"answered in time", decide(escalationtest.Enterprise(), escalationtest.At(50), desk.Answer{Status: desk.Answered, RepliedAt: escalationtest.At(50)}), "slabuddy_answered_in_time_total", []string{"first_reply", "enterprise"}, 1},
		{"answered too late", decide(escalationtest.Enterprise(), escalationtest.At(51), desk.Answer{Status: desk.Answered, RepliedAt: escalationtest.At(50.5)}), "slabuddy_answered_in_time_total", []string{"first_reply", "enterprise"}, 0},
		{"answered too late, a breach", decide(escalationtest.Enterprise(), escalationtest.At(51), desk.Answer{Status: desk.Answered, RepliedAt: escalationtest.At(50.5)}), "slabuddy_breaches_total", []string{"first_reply", "enterprise"}, 1},
		{"first reply", decide(escalationtest.Enterprise(), escalationtest.At(5), desk.Answer{Status: desk.Answered}), "slabuddy_first_reply_seconds", []string{"enterprise"}, 1},
		{"withdrawn", decide(escalationtest.Enterprise(), escalationtest.At(5), desk.Answer{Status: desk.Withdrawn}), "slabuddy_tickets_total", []string{"enterprise", "withdrawn"}, 1},
		{"expired", decide(escalationtest.Enterprise(), end, desk.Answer{}), "slabuddy_tickets_total", []string{"enterprise", "expired"}, 1},
		{"breached, and not certain yet", decide(escalationtest.Enterprise(), escalationtest.At(50), desk.Answer{Status: desk.Unanswered}), "slabuddy_breaches_total", []string{"first_reply", "enterprise"}, 0},
		{"superseded", decide(escalationtest.Enterprise(), escalationtest.At(21), desk.Answer{Status: desk.Unanswered}), "slabuddy_reminders_total", []string{"enterprise", "first_reply", "1", "superseded"}, 1},
		{"snoozed", snoozed, "slabuddy_snoozes_total", []string{"enterprise"}, 1},
		{"nothing moved", escalation.Change{}, "slabuddy_snoozes_total", []string{"enterprise"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, reg := escalationtest.Deps(time.Now)
			commit(t, d, tt.change, "U0ANA")
			escalationtest.Equal(t, tt.metric, escalationtest.Value(t, reg, tt.metric, tt.labels...), tt.want)
		})
	}
}

// The log has what people did and each end once; what the help desk told is in the history.
func TestTheLogTellsWhatPeopleDidAndEachEnd(t *testing.T) {
	f := escalationtest.Facts(escalationtest.At(5))
	snoozed, _ := escalation.Respond(escalationtest.Enterprise(), escalationtest.ByAna, saying.Read("45m", escalationtest.Posted0), f)
	f.Answer = desk.Answer{Status: desk.Answered, RepliedAt: escalationtest.At(4)}
	answered := escalation.Decide(escalationtest.Enterprise(), f)
	for _, tt := range []struct {
		name   string
		change escalation.Change
		by     string
		want   string
	}{
		{"somebody snoozes", snoozed, "U0ANA", "timeline snoozed by=U0ANA for=45m0s\n"},
		{"answered", answered, "", "timeline closed verdict=answered cause=\"\" after=5m0s\n"},
		{"answered, as somebody had the desk asked", answered, "U0ANA", "timeline closed by=U0ANA verdict=answered cause=\"\" after=5m0s\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log strings.Builder
			d, _ := escalationtest.Deps(time.Now)
			d.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if slices.Contains([]string{"time", "level", "timeline", "ticket", "channel", "policy"}, a.Key) {
					return slog.Attr{}
				}
				return a
			}}))
			commit(t, d, tt.change, tt.by)
			got := strings.NewReplacer("msg=", "", `"timeline snoozed"`, "timeline snoozed", `"timeline closed"`, "timeline closed").Replace(log.String())
			escalationtest.Equal(t, "log", got, tt.want)
		})
	}
}

// What somebody else was faster to change is decided again, and counted only once it is saved (rule 11).
func TestAChangeThatCameTooLateIsNotCounted(t *testing.T) {
	d, reg := escalationtest.Deps(time.Now)
	f := escalationtest.Facts(escalationtest.At(5))
	f.Answer = desk.Answer{Status: desk.Answered}
	c := escalation.Decide(escalationtest.Enterprise(), f)
	once := saves{escalation.SavedStale, escalation.SavedOK}
	if _, err := d.Update(t.Context(), &once, "", func() ([]escalation.Change, error) { return []escalation.Change{c}, nil }); err != nil {
		t.Fatal(err)
	}
	escalationtest.Equal(t, "answered", escalationtest.Value(t, reg, "slabuddy_tickets_total", "enterprise", "answered"), 1.0)
}

// saves is a store that says what became of one change after the other.
type saves []escalation.Saved

func (s *saves) Save(context.Context, []escalation.Change) ([]escalation.Saved, error) {
	next := (*s)[:1]
	*s = (*s)[1:]
	return next, nil
}

// Rule 17: a breach is counted once nothing takes it back: the desk confirmed it again a poll later, or the clock
// has ended. One that is taken back is counted nowhere, and its promise as kept.
func TestABreachIsCountedWhenItIsCertain(t *testing.T) {
	for _, tt := range []struct {
		name             string
		answers          map[float64]desk.Answer // by the minute
		breached, inTime float64
	}{
		{"seen once", map[float64]desk.Answer{50: {Status: desk.Unanswered}}, 0, 0},
		{"seen again too soon", map[float64]desk.Answer{50: {Status: desk.Unanswered}, 54: {Status: desk.Unanswered}}, 0, 0},
		{"the desk said nothing the second time", map[float64]desk.Answer{50: {Status: desk.Unanswered}, 60: {}}, 0, 0},
		{"seen again, and once more", map[float64]desk.Answer{50: {Status: desk.Unanswered}, 55: {Status: desk.Unanswered}, 60: {Status: desk.Unanswered}}, 1, 0},
		{"answered late", map[float64]desk.Answer{50: {Status: desk.Unanswered}, 53: {Status: desk.Answered, RepliedAt: escalationtest.At(52)}}, 1, 0},
		{"counted, then answered late", map[float64]desk.Answer{50: {Status: desk.Unanswered}, 56: {Status: desk.Unanswered}, 58: {Status: desk.Answered, RepliedAt: escalationtest.At(57)}}, 1, 0},
		{"taken back", map[float64]desk.Answer{50: {Status: desk.Unanswered}, 53: {Status: desk.Answered, RepliedAt: escalationtest.At(49)}}, 0, 1},
		{"withdrawn", map[float64]desk.Answer{50: {Status: desk.Unanswered}, 53: {Status: desk.Withdrawn}}, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, reg := escalationtest.Deps(time.Now)
			tl := escalationtest.Enterprise()
			for _, minute := range slices.Sorted(maps.Keys(tt.answers)) {
				f := escalationtest.Facts(escalationtest.At(minute))
				f.Answer = tt.answers[minute]
				c := escalation.Decide(tl, f)
				commit(t, d, c, "")
				if c.Timeline != nil {
					tl = *c.Timeline
				}
			}
			escalationtest.Equal(t, "breaches", escalationtest.Value(t, reg, "slabuddy_breaches_total", "first_reply", "enterprise"), tt.breached)
			escalationtest.Equal(t, "in time", escalationtest.Value(t, reg, "slabuddy_answered_in_time_total", "first_reply", "enterprise"), tt.inTime)
		})
	}
}

func TestReplyBeforeTheMessageCountsAsNoWait(t *testing.T) {
	d, reg := escalationtest.Deps(time.Now)
	f := escalationtest.Facts(escalationtest.At(5))
	f.Answer = desk.Answer{Status: desk.Answered, RepliedAt: escalationtest.At(-0.5)}
	c := escalation.Decide(escalationtest.Enterprise(), f)
	commit(t, d, c, "")
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "slabuddy_first_reply_seconds" {
			escalationtest.Equal(t, "seconds", family.GetMetric()[0].GetHistogram().GetSampleSum(), 0)
		}
	}
}

func TestWhatIsKnownBeginsAtZero(t *testing.T) {
	m, reg := escalationtest.Metrics()
	m.Know(map[string]map[policy.ClockKind]int{"teams": {policy.FirstReply: 2}}, []string{"oncall"})
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]int{}
	for _, f := range families {
		for _, metric := range f.GetMetric() {
			if len(metric.GetLabel()) > 0 {
				known[f.GetName()]++
			}
		}
	}
	escalationtest.Equal(t, "samples", known, map[string]int{
		"slabuddy_tickets_total": 8, "slabuddy_reminders_total": 2 * 5, "slabuddy_pages_total": 6, "slabuddy_first_reply_seconds": 1,
		"slabuddy_answered_in_time_total": 1, "slabuddy_breaches_total": 1, "slabuddy_snoozes_total": 1,
	})
}

// commit saves a change in a store that takes everything.
func commit(t *testing.T, d flow.Deps, c escalation.Change, by string) {
	t.Helper()
	if _, err := d.Save(t.Context(), takesAll{}, by, []escalation.Change{c}); err != nil {
		t.Fatal(err)
	}
}

type takesAll struct{}

func (takesAll) Save(_ context.Context, changes []escalation.Change) ([]escalation.Saved, error) {
	return slices.Repeat([]escalation.Saved{escalation.SavedOK}, len(changes)), nil
}
