package commands_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

func TestSLAListsTheOpenTicketsOfItsChannel(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(member, other, "/sla"), "No ticket of this channel waits")
	says(t, w.types(member, channel, "/sla"), "I do not watch this channel", "/sla-setup")

	w.open(team, other, 5*time.Minute, "41", "42")
	w.open(team, channel, 5*time.Minute, "77")
	w.open("T0ELSE", other, 5*time.Minute, "99")
	got := w.types(member, other, "/sla")
	says(t, got, "2 tickets of this channel wait", "<https://desk.example.com/41|Ticket 41>", "has waited 5 minutes",
		"next: Ana Silva", "*45 minutes* left")
	keepsQuiet(t, got, "77", "99", "<!here>", "<@")
	if i, j := strings.Index(got, "Ticket 41"), strings.Index(got, "Ticket 42"); i > j {
		t.Errorf("the next reminder does not come first:\n%s", got)
	}
}

func TestSLAAllListsEveryChannelOfTheWorkspaceAndNoOther(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(member, other, "/sla all"), "No ticket waits for an answer")
	w.open(team, other, 5*time.Minute, "41")
	w.open(team, channel, 55*time.Minute, "77")
	w.open("T0ELSE", other, 5*time.Minute, "99")
	got := w.types(member, other, "/sla all")
	says(t, got, "Ticket 41", "Ticket 77", "<#"+channel+">", "the deadline passed")
	keepsQuiet(t, got, "99")
	if strings.Index(got, "Ticket 77") > strings.Index(got, "Ticket 41") {
		t.Errorf("the nearest deadline does not come first:\n%s", got)
	}
}

func TestALongListIsCutAndSaysSo(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for i := range 33 {
		ids = append(ids, fmt.Sprint(1000+i))
	}
	w.open(team, other, time.Minute, ids...)
	got := w.types(member, other, "/sla")
	says(t, got, "33 tickets", "…and 13 more.")
	if n := strings.Count(got, "|Ticket "); n != 20 {
		t.Errorf("%d tickets are listed", n)
	}
}

func TestSLAWhoSaysWhoIsThere(t *testing.T) {
	w := newWorld(t)
	got := w.types(member, channel, "/sla who")
	says(t, got, "*On shift*: Ana Silva until", "*The next 24 hours*\n• Bob Lee", "*Nobody is on shift*", "2 hours", "“Zed on call”", "/add-support-engineer")
	keepsQuiet(t, got, "<@")
}

func TestWithoutACalendarWhoSaysSo(t *testing.T) {
	w := newWorld(t)
	none := *w.shift.in
	none.HasCalendar, none.Reading.ReadAt = false, time.Time{}
	w.shift.in = &none
	says(t, w.types(member, channel, "/sla who"), "I have no shift calendar")
}

func TestAwayTakesSomebodyOffShiftAndOffPutsThemBack(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(member, channel, "/sla away for 2h"), "Ana Silva is away until", "UTC")
	says(t, w.types(member, channel, "/sla who"), "*On shift*: nobody", "*Away*: Ana Silva")

	w.pass(10 * time.Minute)
	// Said again it is another length, and not a second absence.
	says(t, w.types(member, channel, "/sla away for 1h"), "Ana Silva is away")
	if n := len(w.book.View(team).Absences); n != 1 {
		t.Errorf("%d absences", n)
	}
	says(t, w.types(member, channel, "/sla away off"), "Ana Silva is counted in again")
	says(t, w.types(member, channel, "/sla who"), "*On shift*: Ana Silva")
	says(t, w.types(member, channel, "/sla away off"), "I know of no absence")
}

func TestEachAbsenceIsSignedAndDated(t *testing.T) {
	w := newWorld(t)
	w.types(member, channel, "/sla away tomorrow")
	absences := w.book.View(team).Absences
	if len(absences) != 1 || absences[0].By != member || !absences[0].At.Equal(start) {
		t.Fatalf("%+v", absences)
	}
	if want := time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC); !absences[0].From.Equal(want) {
		t.Errorf("from %s", absences[0].From)
	}
}

func TestOnlyWhoMaySetUpSaysThatSomebodyElseIsAway(t *testing.T) {
	w := newWorld(t)
	w.types(member, channel, "/sla away <@U0BOB|bob> today")
	w.waits("the refusal", func() bool { return len(w.Ephemerals(member)) == 1 })
	says(t, w.Ephemerals(member)[0].Text, "Only admins", "Bob Lee", "I changed nothing")
	if n := len(w.book.View(team).Absences); n != 0 {
		t.Fatalf("%d absences", n)
	}
	// It is known by now.
	says(t, w.types(member, channel, "/sla away @Bob today"), "I know no Bob")
	says(t, w.types(member, channel, "/sla away <@U0BOB> today"), "Only admins")

	w.types(admin, channel, "/sla away <@U0BOB|bob> today")
	w.waits("the answer", func() bool { return len(w.Ephemerals(admin)) == 1 })
	says(t, w.Ephemerals(admin)[0].Text, "Bob Lee is away until")
	if n := len(w.book.View(team).Absences); n != 1 {
		t.Errorf("%d absences", n)
	}
	w.tells(bob, "hana changed who is on shift", "Bob Lee is away until")
}

// tells waits until somebody was told something directly.
func (w *world) tells(user string, words ...string) {
	w.t.Helper()
	last := func() string {
		all := w.Direct(user)
		if len(all) == 0 {
			return ""
		}
		return all[len(all)-1].Text
	}
	w.waits("told directly: "+words[1], func() bool { return strings.Contains(last(), words[1]) })
	says(w.t, last(), words...)
}

// Rule 24: without an end, being away or a swap lasts to the end of the shift, over midnight too.
func TestWithoutAnEndItLastsToTheEndOfTheShift(t *testing.T) {
	w := newWorld(t)
	ends := func() time.Time {
		all := w.book.View(team).Absences
		return all[len(all)-1].To
	}
	w.types(member, channel, "/sla away")
	if want := start.Add(3 * time.Hour); !ends().Equal(want) {
		t.Errorf("Ana is away until %s, want %s, the end of her shift", ends(), want)
	}
	w.types(member, channel, "/sla away off")
	w.pass(5 * time.Hour) // half past eight, and Bob is on until half past one
	w.types(bob, channel, "/sla swap <@U0ANA>")
	night := start.Add(10 * time.Hour)
	if !ends().Equal(night) {
		t.Errorf("the swap ends %s, want %s, the end of the night shift", ends(), night)
	}
	w.tells(member, "Bob Lee changed who is on shift", "Ana Silva takes over Bob Lee's shifts until")
	w.types(bob, channel, "/sla swap off")
	w.tells(member, "Bob Lee changed", "It is taken back that Ana Silva takes over")
	if n := len(w.Direct(bob)); n > 0 {
		t.Errorf("whoever says it is told of it: %+v", w.Direct(bob))
	}
}

func TestSwapHandsShiftsOver(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(member, channel, "/sla swap"), "Whom do you swap with?")
	says(t, w.types(member, channel, "/sla swap <@U0CY|cy>"), "I know no cy", "/add-support-engineer")
	says(t, w.types("U0CY", channel, "/sla swap <@U0BOB>"), "You are not in the support team")
	says(t, w.types(member, channel, "/sla swap <@U0ANA>"), "Choose somebody else", "I changed nothing")
	says(t, w.types(member, channel, "/sla swap <@U0BOB|bob> for 1h"), "Bob Lee takes over Ana Silva's shifts")
	says(t, w.types(member, channel, "/sla who"), "*On shift*: Bob Lee")
	says(t, w.types(member, channel, "/sla swap off"), "their own again")
	says(t, w.types(member, channel, "/sla who"), "*On shift*: Ana Silva")
}

// Noted or not: whoever swaps learns when there is nothing to hand over.
func TestSwapWithoutAShiftSaysSo(t *testing.T) {
	w := newWorld(t)
	got := w.types(member, channel, "/sla swap <@U0BOB> tomorrow")
	says(t, got, "Bob Lee takes over Ana Silva's shifts", "no shift of Ana Silva's in that time")
	keepsQuiet(t, w.types(member, channel, "/sla swap <@U0BOB> for 1h"), "no shift of")
	keepsQuiet(t, w.types(member, channel, "/sla swap <@U0BOB> for 30m"), "no shift of") // handed over just now

	none := *w.shift.in
	none.HasCalendar, none.Reading.ReadAt = false, time.Time{}
	w.shift.mu.Lock()
	w.shift.in = &none
	w.shift.mu.Unlock()
	before := len(w.book.View(team).Absences)
	says(t, w.types(bob, channel, "/sla swap <@U0ANA>"), "I have no shift calendar", "I changed nothing")
	if n := len(w.book.View(team).Absences); n != before {
		t.Errorf("%d absences, want %d", n, before)
	}
}

func TestWhatIsNotUnderstoodChangesNothing(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(member, channel, "/sla dance <!here>"), "“dance”", "/sla who")
	says(t, w.types(member, channel, "/sla help"), "/sla pause", "/sla-setup")
	says(t, w.types(member, channel, "/sla away for ever"), "say for how long", "I changed nothing")
	says(t, w.types(member, other, "/sla pause for ever"), "I do not understand", "I changed nothing")
	if v := w.book.View(team); len(v.Absences)+len(v.Pauses) != 0 {
		t.Errorf("%+v, %+v", v.Absences, v.Pauses)
	}
}

func TestPauseKeepsTheChannelQuietAndTellsIt(t *testing.T) {
	w := newWorld(t)
	says(t, w.types(member, channel, "/sla pause"), "nothing to pause", "/sla-setup")
	says(t, w.types(member, other, "/sla resume"), "I am not paused")

	opened := w.open(team, other, time.Minute, "41")
	says(t, w.types(member, other, "/sla pause"), "You named no length, so I took an hour.", "I remind nobody in this channel until", "telling the channel")
	until := start.Add(time.Hour)
	if got := w.book.Settings(team).Paused[other]; !got.Equal(until) {
		t.Errorf("paused until %s", got)
	}
	if ts, err := w.store.Load(t.Context(), []string{opened[0].ID}); err != nil || !ts[0].PausedUntil.Equal(until) {
		t.Errorf("%+v, %v", ts, err)
	}
	says(t, w.types(member, other, "/sla"), "I am paused in this channel until")
	says(t, w.types(admin, other, "/sla pause 3 days"), "a day, the most I can do")
	if got := w.book.Settings(team).Paused[other]; !got.Equal(start.Add(24 * time.Hour)) {
		t.Errorf("paused until %s", got)
	}
	says(t, w.types(member, other, "/sla resume"), "Good to be back")
	if got := w.book.Settings(team).Paused[other]; got.After(w.now()) {
		t.Errorf("still paused until %s", got)
	}
	if ts, err := w.store.Load(t.Context(), []string{opened[0].ID}); err != nil || ts[0].PausedUntil.After(w.now()) {
		t.Errorf("%+v, %v", ts, err)
	}
	jobs, err := w.store.Jobs(t.Context(), queue.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, j := range jobs {
		told = append(told, j.Key)
	}
	if len(told) != 3 {
		t.Errorf("the channel is told %q", told)
	}
}

// A pause may have been taken back, and the program have ended before the timelines were told.
func TestResumeTriedAgainEndsWhatAnEarlierTryLeft(t *testing.T) {
	w := newWorld(t)
	opened := w.open(team, other, time.Minute, "41")
	w.types(member, other, "/sla pause")
	if _, err := w.book.Remove(t.Context(), team, setup.PauseScope(other), member, 1); err != nil {
		t.Fatal(err)
	}
	says(t, w.types(member, other, "/sla resume"), "I am not paused")
	if ts, err := w.store.Load(t.Context(), []string{opened[0].ID}); err != nil || ts[0].PausedUntil.After(w.now()) {
		t.Errorf("%+v, %v", ts, err)
	}
}

func TestAWorkspaceThatIsNotKnownIsToldSoKindly(t *testing.T) {
	w := newWorld(t)
	w.known = false
	for _, command := range []string{"/sla", "/sla all", "/sla-setup", "/add-support-engineer"} {
		says(t, w.types(member, other, command), "I do not know this workspace")
	}
}

func TestACommandThatFailsIsAnsweredAllTheSame(t *testing.T) {
	w := newWorld(t)
	w.types(member, other, "/sla")
	w.store.Close()
	for _, command := range []string{"/sla", "/sla all", "/sla pause", "/sla away"} {
		says(t, w.types(member, other, command), "I could not do that just now")
	}
}
