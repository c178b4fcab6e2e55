package message

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// whispers are the answers to buttons, and those to mentions that tell more than the plain ones.
func whispers() map[string]*escalation.Note {
	open := following("1.0", nil)
	with := func(change func(*escalation.Timeline)) *escalation.Timeline {
		t := following("1.0", change)
		return &t
	}
	done := with(func(t *escalation.Timeline) {
		t.State, t.AnsweredAt, t.Cause = escalation.Answered, noon.Add(20*time.Minute), "done by U0ANA"
	})
	next := &escalation.Next{At: noon.Add(70 * time.Minute), Notify: []string{"on-shift"}, Names: []string{"Ana Silva"}}
	alone := &escalation.Next{At: noon.Add(50 * time.Minute), Names: []string{"Ana Silva"}, Owner: true}
	ana := &escalation.Owner{User: "U0ANA", Name: "Ana Silva"}
	shift := &calendar.Shift{Title: "On-call: Ana <3", Start: noon.Add(-4 * time.Hour), End: noon.Add(4 * time.Hour)}
	why := func(as escalation.MentionedAs, shift *calendar.Shift, change func(*escalation.Reminder)) *escalation.Note {
		r := firstTier()
		change(r)
		return &escalation.Note{Kind: escalation.NoteWhy, Timeline: &open,
			Why: &escalation.Why{Reminder: *r, Notify: []string{"non-embedded", "@support"}, As: as, Shift: shift}}
	}
	as := func(*escalation.Reminder) {}
	check := func(c escalation.Check) *escalation.Check { c.At = noon.Add(36 * time.Minute); return &c }
	return map[string]*escalation.Note{
		"snoozed past the deadline": {Kind: escalation.NoteSnoozed, For: 30 * time.Minute, Until: next.At, Next: next,
			BeyondDeadline: true, Deadline: noon.Add(50 * time.Minute)},
		"snoozed without a desk": {Kind: escalation.NoteSnoozed, For: 30 * time.Minute, Until: next.At, Next: next, CanDone: true},
		"status after done":      {Kind: escalation.NoteStatus, Timeline: done, CanDone: true},
		"closed by done":         {Kind: escalation.NoteClosed, Timeline: done, CanDone: true},
		"status with the last one owed": {Kind: escalation.NoteStatus, Owed: 4, Timeline: with(func(t *escalation.Timeline) {
			for i := range t.Tiers {
				t.Tiers[i].State, t.Tiers[i].PostedAt = escalation.TierPosted, t.Tiers[i].Due
			}
			t.Tiers[3].State = escalation.TierOwed
		})},
		"owned":                     {Kind: escalation.NoteOwned, Owner: ana, For: 30 * time.Minute, Until: alone.At, Next: alone},
		"owned until somebody else": {Kind: escalation.NoteOwned, Owner: ana, For: 30 * time.Minute, Until: next.At, Next: next},
		"owned with nothing left":   {Kind: escalation.NoteOwned, Owner: ana},
		"took over": {Kind: escalation.NoteTookOver, Owner: ana, Previous: &escalation.Owner{User: "U0BOB", Name: "Bob"},
			For: 30 * time.Minute, Until: alone.At, Next: alone},
		"already yours": {Kind: escalation.NoteAlreadyYours, Owner: ana},
		"twice":         {Kind: escalation.NoteTwice},
		"settled answered": {Kind: escalation.NoteSettled, Check: check(escalation.Check{Status: desk.Answered}),
			Timeline: with(func(t *escalation.Timeline) { t.State, t.AnsweredAt = escalation.Answered, noon.Add(35*time.Minute) })},
		"settled withdrawn": {Kind: escalation.NoteSettled, Check: check(escalation.Check{Status: desk.Withdrawn}),
			Timeline: with(func(t *escalation.Timeline) {
				t.State, t.ClosedAt, t.Cause = escalation.Withdrawn, noon.Add(36*time.Minute), "solved"
			})},
		"unanswered": {Kind: escalation.NoteUnanswered, Timeline: &open, Check: check(escalation.Check{Status: desk.Unanswered})},
		"unanswered but before": {Kind: escalation.NoteUnanswered, Timeline: &open,
			Check: check(escalation.Check{Status: desk.Unanswered, RepliedAt: noon.Add(-20 * time.Hour)})},
		"silent":          {Kind: escalation.NoteSilent, Timeline: &open, Check: check(escalation.Check{})},
		"asked soon":      {Kind: escalation.NoteAskedSoon, Timeline: &open},
		"no desk":         {Kind: escalation.NoteNoDesk, CanDone: true, Timeline: &open},
		"paused":          {Kind: escalation.NotePaused, Name: "Ana <3", Until: noon.Add(2 * time.Hour)},
		"resumed":         {Kind: escalation.NoteResumed},
		"gone":            {Kind: escalation.NoteGone},
		"why you":         why(escalation.AsPerson, shift, as),
		"why you alone":   why(escalation.AsOwner, &calendar.Shift{Start: shift.Start, End: shift.End}, func(r *escalation.Reminder) { r.Tier, r.Owner = 2, true }),
		"why your group":  why(escalation.AsGroup, nil, as),
		"why the channel": why(escalation.AsChannel, nil, as),
		"why not you": why(escalation.AsNobody, nil, func(r *escalation.Reminder) {
			r.Gaps = []circle.Gap{{Circle: "non-embedded", Reason: circle.GapNobody, GaveTo: 2}}
		}),
		"why at a deadline": why(escalation.AsPerson, shift, func(r *escalation.Reminder) { r.AtDeadline, r.Tier = true, 0 }),
		"why nobody":        why(escalation.AsNobody, nil, func(r *escalation.Reminder) { r.Mention, r.Desk = nil, desk.Unchecked }),
	}
}

func TestAnswersToButtonsReadAsTheyShould(t *testing.T) {
	for name, n := range whispers() {
		t.Run(name, func(t *testing.T) { golden(t, "note "+name, noted(t, n, noon.Add(36*time.Minute)).text()) })
	}
}

func TestAnswersToButtonsPingNobody(t *testing.T) {
	for name, n := range whispers() {
		for _, ping := range []string{"<@", "<!here", "<!channel", "<!subteam"} {
			if text := noted(t, n, noon).text(); strings.Contains(text, ping) {
				t.Errorf("%s pings:\n%s", name, text)
			}
		}
	}
}

func TestThanksVaryAndAreTheSameForTheSameMention(t *testing.T) {
	different := map[string]bool{}
	for _, job := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		n := escalation.Post{Note: notes()["snoozed"]}
		s, err := render(job, n, people, noon)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := render(job, n, people, noon)
		if diff := cmp.Diff(s.text(), again.text()); diff != "" {
			t.Errorf("the same job says another time:\n%s", diff)
		}
		if !strings.Contains(strings.ToLower(s.text()), "thank") || !strings.HasSuffix(s.text(), noted(t, n.Note, noon).text()) {
			t.Errorf("it says %q", s.text())
		}
		different[s.text()] = true
	}
	if len(different) < 3 {
		t.Errorf("%d different thanks among 8", len(different))
	}
}
