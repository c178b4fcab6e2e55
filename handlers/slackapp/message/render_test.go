package message

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

var update = flag.Bool("update", false, "rewrite the golden files of testdata/render")

// golden compares with testdata/render/name.txt: the text as it is posted.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "render", strings.ReplaceAll(name, " ", "-")+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got+"\n"); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// noon is when tickets of these tests are posted.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func ana() circle.Recipient {
	return circle.Recipient{Kind: circle.ToUser, ID: "U0ANA", Name: "Ana Silva"}
}

func bob() circle.Recipient {
	return circle.Recipient{Kind: circle.ToUser, ID: "U0BOB", Name: "Bob"}
}

func support() circle.Recipient {
	return circle.Recipient{Kind: circle.ToGroup, ID: "S0SUPPORT", Name: "@support"}
}

// firstTier is an ordinary reminder of the enterprise policy's first tier.
func firstTier() *escalation.Reminder {
	at := noon.Add(10 * time.Minute)
	return &escalation.Reminder{
		Ticket: full, Policy: "enterprise", Tier: 1, Tiers: 4, DecidedAt: at, PostedAt: noon, Due: at,
		Mention: []circle.Recipient{ana(), bob()},
		Desk:    desk.Unanswered, DeskAt: at, Deadline: noon.Add(50 * time.Minute),
		Next:   &escalation.Next{At: noon.Add(20 * time.Minute), Notify: []string{"on-shift"}, Names: []string{"Ana Silva", "Bob", "Cleo"}},
		Snooze: 30 * time.Minute,
	}
}

func reminders() map[string]*escalation.Reminder {
	but := func(change func(*escalation.Reminder)) *escalation.Reminder {
		r := firstTier()
		change(r)
		return r
	}
	return map[string]*escalation.Reminder{
		"first tier":              firstTier(),
		"in place of the message": but(func(r *escalation.Reminder) { r.Moved = true }),
		"only an id":              but(func(r *escalation.Reminder) { r.Ticket = escalation.Ticket{ID: "42"} }),
		"late and covering": but(func(r *escalation.Reminder) {
			r.Tier, r.DecidedAt, r.Due, r.Late = 3, noon.Add(42*time.Minute), noon.Add(35*time.Minute), 7*time.Minute
			r.DeskAt, r.Covers = r.DecidedAt, []int{1, 2}
			r.Mention = []circle.Recipient{support(), ana(), bob()}
			r.Next = &escalation.Next{At: noon.Add(50 * time.Minute), Notify: []string{"@head-of-success", "U0VPRESIDENT"}, Names: []string{"@head-of-success", "Vera"}}
		}),
		"last tier and past the deadline": but(func(r *escalation.Reminder) {
			r.Tier, r.DecidedAt, r.Due = 4, noon.Add(50*time.Minute), noon.Add(50*time.Minute)
			r.DeskAt, r.Breached, r.Next = r.DecidedAt, true, nil
			r.Mention = []circle.Recipient{support(), {Kind: circle.ToHere}}
		}),
		"last tier repeated": but(func(r *escalation.Reminder) {
			r.Tier, r.DecidedAt, r.Due, r.Repeat = 4, noon.Add(70*time.Minute), noon.Add(70*time.Minute), true
			r.DeskAt, r.Breached = r.DecidedAt, true
			r.Next = &escalation.Next{At: noon.Add(80 * time.Minute), Notify: []string{"here"}}
			r.Mention = []circle.Recipient{{Kind: circle.ToChannel}}
		}),
		"reply not checked": but(func(r *escalation.Reminder) { r.Desk = desk.Unchecked }),
		"no help desk":      but(func(r *escalation.Reminder) { r.Desk = desk.None }),
		"tier with words":   but(func(r *escalation.Reminder) { r.Message = "Ticket 42 is *burning*.\nPlease <!channel> hurry & help." }),
		"circle gave way": but(func(r *escalation.Reminder) {
			r.Gaps = []circle.Gap{{Circle: "non-embedded", Reason: circle.GapNobody, GaveTo: 2}}
		}),
		"two circles gave way": but(func(r *escalation.Reminder) {
			r.Gaps = []circle.Gap{
				{Circle: "embedded", Reason: circle.GapNoProduct, GaveTo: 3},
				{Circle: "@suport", Reason: circle.GapUnknown, GaveTo: 3},
				{Circle: "on-shift", Reason: circle.GapNoRoster, GaveTo: 3},
			}
		}),
		"whom Slack has no more": but(func(r *escalation.Reminder) {
			r.Gaps = []circle.Gap{{Circle: "U0GONE", Reason: circle.GapGone, GaveTo: 3}, {Circle: "@zoe", Reason: circle.GapGone, GaveTo: 3}}
		}),
		"at a deadline": but(func(r *escalation.Reminder) {
			r.AtDeadline, r.Tier, r.Breached = true, 0, true
			r.DecidedAt, r.DeskAt, r.Due = noon.Add(50*time.Minute), noon.Add(50*time.Minute), r.Deadline
			r.Next = &escalation.Next{At: noon.Add(130 * time.Minute), Notify: []string{"on-shift"}, Names: []string{"Ana Silva"}}
		}),
		"nobody left": but(func(r *escalation.Reminder) {
			r.Tier, r.Mention, r.Next = 4, nil, nil
			r.Gaps = []circle.Gap{{Circle: "@head-of-success", Reason: circle.GapUnknown}}
		}),
		"working time and another clock": but(func(r *escalation.Reminder) {
			r.Clock, r.Tier, r.Number, r.Tiers, r.Since = policy.NextReply, 5, 1, 2, noon.Add(-15*time.Hour)
			r.Deadline, r.Left, r.Used = noon.Add(16*time.Hour), 30*time.Minute, 90*time.Minute
			r.Also = []escalation.OtherClock{{Clock: policy.Resolution, Deadline: noon.Add(20 * time.Hour)}}
			r.Told = []circle.Recipient{support(), {Kind: circle.ToUser, ID: "U0DORA"}}
		}),
		"next by id": but(func(r *escalation.Reminder) {
			r.Next.Names, r.Next.Notify = nil, []string{"U0BOB", "U0HEAD9", "S0SUPPORT"}
		}),
		"last tier owned and snoozed": but(func(r *escalation.Reminder) {
			r.Tier, r.Next = 4, nil
			r.Told, r.SnoozedBy = []circle.Recipient{bob()}, "U0BOB"
			r.OnIt = escalation.Owner{User: "U0ANA", Name: "Ana Silva"}
		}),
		"last resort": but(func(r *escalation.Reminder) {
			r.Tier, r.Next, r.Mention = 4, nil, []circle.Recipient{{Kind: circle.ToHere}}
			r.Gaps = []circle.Gap{{Circle: "on-shift", Reason: circle.GapNobody, Here: true}}
		}),
		"policy of days": but(func(r *escalation.Reminder) {
			r.DecidedAt, r.Due = noon.Add(6*time.Hour), noon.Add(6*time.Hour)
			r.DeskAt, r.Deadline = r.DecidedAt, noon.Add(49*time.Hour)
			r.Next.At = noon.Add(24 * time.Hour)
		}),
	}
}

func TestRemindersReadAsTheyShould(t *testing.T) {
	for name, r := range reminders() {
		t.Run(name, func(t *testing.T) { golden(t, "reminder "+name, renderReminder(r, people).text()) })
	}
}

func notes() map[string]*escalation.Note {
	tiers := []escalation.DueTier{
		{Due: noon.Add(10 * time.Minute), State: escalation.TierSuperseded},
		{Due: noon.Add(20 * time.Minute), State: escalation.TierPosted, PostedAt: noon.Add(20*time.Minute + time.Second)},
		{Due: noon.Add(35 * time.Minute), State: escalation.TierOwed},
		{Due: noon.Add(50 * time.Minute), State: escalation.TierPending},
	}
	timeline := func(change func(*escalation.Timeline)) *escalation.Timeline {
		t := &escalation.Timeline{
			Ticket: full, PostedAt: noon, Tiers: tiers, Clocks: []escalation.Clock{{Kind: policy.FirstReply, Start: noon, Deadline: noon.Add(50 * time.Minute)}}, State: escalation.Open,
			Desk: escalation.DeskAnswer{Status: desk.Unanswered, At: noon.Add(35 * time.Minute)},
		}
		change(t)
		return t
	}
	open := timeline(func(*escalation.Timeline) {})
	next := &escalation.Next{At: noon.Add(50 * time.Minute), Notify: []string{"@head-of-success"}}
	return map[string]*escalation.Note{
		"snoozed":             {Kind: escalation.NoteSnoozed, User: "U0ANA", For: 30 * time.Minute, Until: next.At, Next: next},
		"snoozed at most":     {Kind: escalation.NoteSnoozed, For: 4 * time.Hour, Capped: true, MaxSnooze: 4 * time.Hour, Until: next.At, Next: next},
		"snoozed until":       {Kind: escalation.NoteSnoozed, For: 30 * time.Minute, Zone: "Europe/Lisbon", Until: next.At, Next: next},
		"snoozed by a guess":  {Kind: escalation.NoteSnoozed, For: 30 * time.Minute, Guessed: true, Until: next.At, Next: next},
		"as late as may be":   {Kind: escalation.NoteLongest, Capped: true, MaxSnooze: 4 * time.Hour, Until: next.At, Next: next, BeyondDeadline: true, Deadline: noon.Add(40 * time.Minute)},
		"as late as that":     {Kind: escalation.NoteLongest, Until: next.At, Next: next},
		"unsnoozed":           {Kind: escalation.NoteUnsnoozed, Next: next},
		"unsnoozed and due":   {Kind: escalation.NoteUnsnoozed, Next: &escalation.Next{At: noon, Notify: next.Notify}},
		"not snoozed":         {Kind: escalation.NoteNotSnoozed, Timeline: open},
		"stop":                {Kind: escalation.NoteStop, Timeline: open, MaxSnooze: 4 * time.Hour},
		"stop without a desk": {Kind: escalation.NoteStop, Timeline: open, MaxSnooze: 4 * time.Hour, CanDone: true},
		"nothing to snooze":   {Kind: escalation.NoteNothing, For: 30 * time.Minute, Timeline: open},
		"handed to one of them": {Kind: escalation.NoteAssigned, User: "U0ANA", Name: "Ana Silva", Timeline: open, Next: &escalation.Next{At: next.At, Owner: true}, Deadline: next.At,
			Owner: &escalation.Owner{User: "U0BOB", Name: "Bob Stone"}, Previous: &escalation.Owner{User: "U0CLEO", Name: "Cleo Marsh"}},
		"taken by their own word": {Kind: escalation.NoteAssigned, User: "U0BOB", Timeline: open, Owner: &escalation.Owner{User: "U0BOB", Name: "Bob Stone"}},
		"taken from them": {Kind: escalation.NoteRelieved, User: "U0BOB", Timeline: open,
			Owner: &escalation.Owner{User: "U0BOB", Name: "Bob Stone"}, Previous: &escalation.Owner{User: "U0CLEO", Name: "Cleo Marsh"}},
		"handed over":           {Kind: escalation.NoteHandedOver, User: "U0ANA", Timeline: open, Owner: &escalation.Owner{User: "U0BOB", Name: "Bob Stone"}},
		"handed over already":   {Kind: escalation.NoteAlreadyTheirs, User: "U0ANA", Timeline: open, Owner: &escalation.Owner{User: "U0BOB", Name: "Bob Stone"}},
		"to somebody off shift": {Kind: escalation.NoteNotAssigned, Refused: escalation.RefusedOff, Owner: &escalation.Owner{Name: "Bob Stone"}, OnShift: []string{"Ana Silva", "Cleo Marsh"}},
		"to somebody away":      {Kind: escalation.NoteNotAssigned, Refused: escalation.RefusedAway, Owner: &escalation.Owner{Name: "Bob Stone"}},
		"to a guest":            {Kind: escalation.NoteNotAssigned, Refused: escalation.RefusedStranger, Owner: &escalation.Owner{}},
		"to nobody":             {Kind: escalation.NoteNotAssigned, Refused: escalation.RefusedWhom, Owner: &escalation.Owner{}},
		"to nobody known":       {Kind: escalation.NoteNotAssigned, Refused: escalation.RefusedWhom, Owner: &escalation.Owner{Name: "<@U0EVIL>"}},
		"while Slack is slow":   {Kind: escalation.NoteNotAssigned, Refused: escalation.RefusedUnsure, Owner: &escalation.Owner{}},
		"help":                  {Kind: escalation.NoteHelp, Snooze: 30 * time.Minute, MaxSnooze: 4 * time.Hour},
		"help without a desk":   {Kind: escalation.NoteHelp, Snooze: 30 * time.Minute, MaxSnooze: 4 * time.Hour, CanDone: true},
		"status":                {Kind: escalation.NoteStatus, Timeline: open, Next: next},
		"status of three clocks": {Kind: escalation.NoteStatus, Next: next, Sums: map[policy.ClockKind]string{policy.NextReply: "Sat 12:30–13:00 30 min → due Sat 13:00"},
			Timeline: timeline(func(t *escalation.Timeline) {
				t.Tiers = append(slices.Clone(t.Tiers), escalation.DueTier{Clock: policy.NextReply, Due: noon.Add(time.Hour), State: escalation.TierPending},
					escalation.DueTier{Clock: policy.Resolution, State: escalation.TierIdle})
				t.Clocks = []escalation.Clock{
					{Kind: policy.FirstReply, Start: noon, Deadline: noon.Add(50 * time.Minute), StoppedAt: noon.Add(20 * time.Minute), Tiers: 4},
					{Kind: policy.NextReply, Start: noon.Add(30 * time.Minute), Deadline: noon.Add(time.Hour), First: 4, Tiers: 1},
					{Kind: policy.Resolution, Start: noon, Deadline: noon.Add(4 * time.Hour), PausedAt: noon.Add(25 * time.Minute), First: 5, Tiers: 1},
				}
			})},
		"status at the end": {Kind: escalation.NoteStatus, Timeline: timeline(func(t *escalation.Timeline) {
			t.Desk, t.FirstReply().Deadline = escalation.DeskAnswer{}, noon
		})},
		"status of a closed one": {Kind: escalation.NoteStatus, Timeline: timeline(func(t *escalation.Timeline) {
			t.State, t.AnsweredAt = escalation.Answered, noon.Add(20*time.Minute)
		})},
		"answered": {Kind: escalation.NoteClosed, Timeline: timeline(func(t *escalation.Timeline) {
			t.State, t.AnsweredAt = escalation.Answered, noon.Add(20*time.Minute)
		})},
		"withdrawn": {Kind: escalation.NoteClosed, Timeline: timeline(func(t *escalation.Timeline) {
			t.State, t.ClosedAt, t.Cause = escalation.Withdrawn, noon.Add(20*time.Minute), "solved"
		})},
		"expired": {Kind: escalation.NoteClosed, Timeline: timeline(func(t *escalation.Timeline) {
			t.State, t.ClosedAt, t.Cause = escalation.Expired, noon.Add(-24*time.Hour), "nobody replied before give_up"
		})},
		"closed and owned":     {Kind: escalation.NoteClosed, Asked: escalation.AskedOwn},
		"closed and checked":   {Kind: escalation.NoteClosed, Asked: escalation.AskedCheck},
		"closed and unsnoozed": {Kind: escalation.NoteClosed, Asked: escalation.AskedUnsnooze},
		"closed and done":      {Kind: escalation.NoteClosed, Asked: escalation.AskedDone},
		"done":                 {Kind: escalation.NoteDone, Timeline: open},
		"untracked":            {Kind: escalation.NoteUntracked, Snooze: 30 * time.Minute},
	}
}

func TestNotesReadAsTheyShould(t *testing.T) {
	for name, n := range notes() {
		t.Run(name, func(t *testing.T) { golden(t, "note "+name, noted(t, n, noon.Add(36*time.Minute)).text()) })
	}
}

// TestBlocksSayWhatTheTextSays also holds Slack's limits.
func TestBlocksSayWhatTheTextSays(t *testing.T) {
	all := map[string]*said{}
	for name, r := range reminders() {
		all[name] = renderReminder(r, people)
	}
	for name, n := range notes() {
		all[name] = noted(t, n, noon)
	}
	all["enormous"] = renderReminder(enormous(), people)
	for name, s := range all {
		var texts []string
		for _, b := range blocksOf(t, s) {
			if n := len([]rune(b.words())); n == 0 || n > 3000 {
				t.Errorf("%s: a block of %d characters", name, n)
			}
			if !b.verbatim() {
				t.Errorf("%s: Slack may find mentions of its own in %q", name, b.words())
			}
			texts = append(texts, b.words())
		}
		if len(texts) > 50 {
			t.Errorf("%s: %d blocks", name, len(texts))
		}
		if diff := cmp.Diff(strings.TrimPrefix(s.text(), s.title+"\n"), strings.Join(texts, "\n")); diff != "" {
			t.Errorf("%s: text and blocks differ:\n%s", name, diff)
		}
	}
}

type shownBlock struct {
	Type     string
	Text     shownText
	Elements []shownText
}

type shownText struct {
	Type, Text string
	Verbatim   bool
}

func (b shownBlock) only() shownText {
	if b.Type == "context" {
		return b.Elements[0]
	}
	return b.Text
}

func (b shownBlock) words() string { return b.only().Text }

func (b shownBlock) verbatim() bool { return b.only().Verbatim && b.only().Type == "mrkdwn" }

func blocksOf(t *testing.T, s *said) []shownBlock {
	t.Helper()
	data, err := json.Marshal(s.blocks)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []shownBlock
	if err := json.Unmarshal(data, &blocks); err != nil {
		t.Fatal(err)
	}
	return blocks
}

// enormous has as much of everything as can be.
func enormous() *escalation.Reminder {
	r := firstTier()
	long := strings.Repeat("<&> @here ", 1000)
	r.Ticket = escalation.Ticket{ID: strings.Repeat("<", 200), Subject: long, Customer: long, Priority: long, Link: "https://x.example/" + strings.Repeat("&", 1900)}
	r.Message = strings.Repeat(long+"\n", 3)
	r.Mention = nil
	for range 500 {
		r.Mention = append(r.Mention, support())
	}
	for range 30 {
		r.Next.Names = append(r.Next.Names, "Somebody With A Long Name")
	}
	for i := range 80 {
		nobody := fmt.Sprintf("@%s-%d", strings.Repeat("nobody", 10), i)
		r.Gaps = append(r.Gaps, circle.Gap{Circle: nobody, Reason: circle.GapUnknown, GaveTo: 2})
		r.Next.Notify = append(r.Next.Notify, nobody)
	}
	return r
}

func TestAllRecipientsOfAReminderAreMentioned(t *testing.T) {
	if n := strings.Count(renderReminder(enormous(), people).text(), "<!subteam^S0SUPPORT>"); n != 500 {
		t.Errorf("%d of 500 recipients are mentioned", n)
	}
}

func TestNothingPingsButTheRecipients(t *testing.T) {
	r := firstTier()
	evil := `<!channel> <!here|x> <@U0EVIL> <!subteam^S0EVIL> @here @Channel @everyone <https://evil.example|click>`
	r.Ticket = escalation.Ticket{ID: "<!here>", Subject: evil, Customer: evil, Priority: evil, Link: "https://desk.example.com/<!channel>|x"}
	r.Message, r.Next.Names, r.Next.Notify = evil, []string{"<@U0CLEO>"}, []string{"<!channel>"}
	r.Gaps = []circle.Gap{{Circle: "<!channel>", Reason: circle.GapUnknown, GaveTo: 2}}
	text := renderReminder(r, people).text()
	rest := strings.NewReplacer("<@U0ANA>", "", "<@U0BOB>", "").Replace(text)
	for _, ping := range []string{"<@", "<!here", "<!channel", "<!everyone", "<!subteam", "@here", "@Channel", "@everyone", "|click>"} {
		if strings.Contains(rest, ping) {
			t.Errorf("%s is in the text:\n%s", ping, text)
		}
	}
	for _, n := range notes() {
		text := noted(t, n, noon).text()
		if n.Kind == escalation.NoteAssigned {
			text = strings.Replace(text, "<@"+n.Owner.User+">", "", 1) // whoever is given a ticket is told
		}
		if (n.Kind == escalation.NoteAssigned || n.Kind == escalation.NoteRelieved) && n.Previous != nil {
			text = strings.Replace(text, "<@"+n.Previous.User+">", "", 1) // and whoever had it
		}
		if strings.Contains(text, "<@") || strings.Contains(text, "<!here") || strings.Contains(text, "<!subteam") {
			t.Errorf("a note pings:\n%s", text)
		}
	}
}

func TestDurationsAreSaidAsPeopleDo(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "less than a minute", 29 * time.Second: "less than a minute", 59 * time.Second: "1 minute", time.Minute: "1 minute", 35 * time.Minute: "35 minutes",
		time.Hour: "1 hour", 65 * time.Minute: "1 h 5 min", 3 * time.Hour: "3 hours", 24 * time.Hour: "1 day",
		27 * time.Hour: "1 day 3 h", 49*time.Hour + 10*time.Minute: "2 days 1 h", 48 * time.Hour: "2 days",
	} {
		if got := mrkdwn.Lasting(d); got != want {
			t.Errorf("mrkdwn.Lasting(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestTimesCarryTheirDateUnlessTheyAreNear(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Hour:       "<!date^1795266000^at {time}|at 13:00 UTC>",
		-11 * time.Hour: "<!date^1795222800^at {time}|at 01:00 UTC>",
		12 * time.Hour:  "<!date^1795305600^{date_short_pretty} at {time}|Nov 22 at 00:00 UTC>",
	} {
		if got := mrkdwn.When(noon.Add(d), noon); got != want {
			t.Errorf("mrkdwn.When(%s) = %q, want %q", d, got, want)
		}
	}
}
