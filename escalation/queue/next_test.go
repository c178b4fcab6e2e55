package queue

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var figures = QueueConfig{
	Timeout: 5 * time.Second, Lease: 30 * time.Second, MaxAttempts: 25,
	BackoffBase: 500 * time.Millisecond, BackoffCap: time.Minute,
	SettleAfter: 10 * time.Second, LookAgain: 5 * time.Second,
}

// sent is a job claimed at noon for its fourth send, looked a job claimed to look for the third.
var (
	sent = Job{
		New: New{ID: "job"}, State: Running, Attempts: 4, Looks: 2, Fence: 9,
		FirstSent: at(-time.Hour), LastSent: noon, LastError: "before",
	}
	looked = Job{
		New: New{ID: "job"}, State: Running, Attempts: 3, Looks: 2, Fence: 9, Looking: true,
		FirstSent: at(-time.Hour), LastSent: at(-10 * time.Second), LastError: "before",
	}
)

// effect changes whatever it names.
type effect string

func (e effect) Subjects() []string { return []string{string(e)} }

func row(s State, runAt time.Duration, attempts, looks int, lastError string) Finished {
	return Finished{ID: "job", Fence: 9, State: s, RunAt: at(runAt), Attempts: attempts, Looks: looks, LastError: lastError}
}

// The whole table of what an outcome makes of a job: every kind, sent and looked for.
func TestNext(t *testing.T) {
	oops := errors.New("oops")
	with := func(f Finished, g *Gate, e Effect) Finished { f.Shut, f.Effect = g, e; return f }
	gate := func(until time.Duration) *Gate { return &Gate{Key: "gate", Until: at(until), Reason: "oops"} }
	last := func(j Job) Job { j.MaxAttempts = j.Attempts; return j }
	lastLook := func(j Job) Job { j.Looks = 1; return j }
	long := func(j Job) Job { j.LastSent = at(-2 * time.Hour); return j }
	const held = 10 * time.Minute

	tests := []struct {
		name    string
		job     Job
		outcome Outcome
		want    Finished
		gaveUp  string
	}{
		{"retry, of few: one is left", sent, Outcome{Kind: KindRetry, Err: oops, Tries: 5}, row(Pending, 2*time.Second, 4, 0, "oops"), ""},
		{"retry, of few: the last one", sent, Outcome{Kind: KindRetry, Err: oops, Tries: 4},
			row(Failed, 2*time.Second, 4, 0, "given up after 4 attempts: oops"), "given up after 4 attempts: oops"},
		// What a send came to.
		{"sent: done, with its effect", sent, Sent(effect("job")), with(row(Done, 0, 4, 0, ""), nil, effect("job")), ""},
		{"dropped: cancelled with its effect, and was no attempt", sent, Dropped("answered", effect("job")),
			with(row(Cancelled, 0, 3, 0, "answered"), nil, effect("job")), ""},
		{"retry: later, half of 500 ms doubled thrice", sent, Outcome{Kind: KindRetry, Err: oops},
			row(Pending, 2*time.Second, 4, 0, "oops"), ""},
		{"retry: no sooner than was asked for", sent, Outcome{Kind: KindRetry, Err: oops, After: time.Hour},
			row(Pending, time.Hour, 4, 0, "oops"), ""},
		{"retry with no attempts left: failed", last(sent), Outcome{Kind: KindRetry, Err: oops},
			row(Failed, 2*time.Second, 4, 0, "given up after 4 attempts: oops"), "given up after 4 attempts: oops"},
		{"unknown: to be looked for twice", sent, Outcome{Kind: KindUnknown, Err: oops},
			row(Pending, 10*time.Second, 4, 2, "oops"), ""},
		{"unknown with no attempts left: looked for all the same", last(sent), Outcome{Kind: KindUnknown, Err: oops},
			row(Pending, 10*time.Second, 4, 2, "oops"), ""},
		{"limited: the gate is shut, and it was no attempt", sent,
			Outcome{Kind: KindLimited, Err: oops, After: 30 * time.Second, Gate: "gate"},
			with(row(Pending, 30*time.Second, 3, 0, "oops"), gate(30*time.Second), nil), ""},
		{"limited, for nobody knows how long: a second", sent, Outcome{Kind: KindLimited, Err: oops, Gate: "gate"},
			with(row(Pending, time.Second, 3, 0, "oops"), gate(time.Second), nil), ""},
		{"limited, no gate named: this job alone waits", sent, Outcome{Kind: KindLimited, Err: oops, After: time.Minute},
			row(Pending, time.Minute, 3, 0, "oops"), ""},
		{"limited at the last attempt: it was none", last(sent), Outcome{Kind: KindLimited, Err: oops, Gate: "gate"},
			with(row(Pending, time.Second, 3, 0, "oops"), gate(time.Second), nil), ""},
		{"held: the gate is shut, to be tried again", sent, Outcome{Kind: KindHeld, Err: oops, Gate: "gate"},
			with(row(Pending, time.Minute, 3, 0, "oops"), gate(held), nil), ""},
		{"terminal: failed", sent, Outcome{Kind: KindTerminal, Err: oops}, row(Failed, 0, 4, 0, "oops"), "oops"},
		{"absent is nothing a send can find out: unknown", sent, Absent(), row(Pending, 10*time.Second, 4, 2, ""), ""},
		{"lookfail is no word for a send: unknown", sent, Outcome{Kind: KindLookFail}, row(Pending, 10*time.Second, 4, 2, ""), ""},
		{"no outcome at all: unknown", sent, Outcome{}, row(Pending, 10*time.Second, 4, 2, ""), ""},
		{"an effect belongs to sent and dropped alone", sent, Outcome{Kind: KindRetry, Effect: effect("job")},
			row(Pending, 2*time.Second, 4, 0, ""), ""},

		// What a look came to.
		{"found: done without a second send", looked, Sent(effect("job")), with(row(Done, 0, 3, 0, ""), nil, effect("job")), ""},
		{"absent: looked for once more", looked, Absent(), row(Pending, 5*time.Second, 3, 1, "before"), ""},
		{"absent again: to be sent again at once", lastLook(looked), Absent(), row(Pending, 0, 3, 0, "before"), ""},
		{"absent, attempts used up: looked for once more", last(looked), Absent(), row(Pending, 5*time.Second, 3, 1, "before"), ""},
		{"absent again, attempts used up: failed", last(lastLook(looked)), Absent(),
			row(Failed, 0, 3, 0, "given up after 3 attempts: no attempt got through"), "given up after 3 attempts: no attempt got through"},
		{"look failed: looked for again, at three quarters of the time since it was sent", looked,
			Outcome{Kind: KindLookFail, Err: oops}, row(Pending, 7500*time.Millisecond, 3, 2, "oops"), ""},
		{"look failed: no sooner than was asked for", lastLook(looked),
			Outcome{Kind: KindLookFail, Err: oops, After: time.Hour}, row(Pending, time.Hour, 3, 1, "oops"), ""},
		{"look refused for good: it may be allowed again", looked,
			Outcome{Kind: KindLookFail, Err: oops, Denied: true}, row(Pending, 7500*time.Millisecond, 3, 2, "oops"), ""},
		{"look refused for over an hour: failed, not sent, and still to be looked for", long(looked), Outcome{Kind: KindLookFail, Err: oops, Denied: true},
			row(Failed, 0, 3, 2, "oops"), "nobody can tell whether it got through, because looking is refused: oops"},
		{"look failed for over an hour, and not for good: looked for still", long(looked),
			Outcome{Kind: KindLookFail, Err: oops}, row(Pending, 45*time.Second, 3, 2, "oops"), ""},
		{"look limited: the gate is shut, and the look stays due", looked,
			Outcome{Kind: KindLimited, Err: oops, After: 30 * time.Second, Gate: "gate"},
			with(row(Pending, 30*time.Second, 3, 2, "oops"), gate(30*time.Second), nil), ""},
		{"look held: the gate is shut, and the look stays due", lastLook(looked),
			Outcome{Kind: KindHeld, Err: oops, Gate: "gate"}, with(row(Pending, time.Minute, 3, 1, "oops"), gate(held), nil), ""},
		{"dropped is no word for a look: it failed", looked, Dropped("answered", effect("job")),
			row(Pending, 7500*time.Millisecond, 3, 2, "answered"), ""},
		{"retry is no word for a look: it failed", looked, Outcome{Kind: KindRetry}, row(Pending, 7500*time.Millisecond, 3, 2, ""), ""},
		{"unknown is no word for a look: it failed", looked, Outcome{Kind: KindUnknown}, row(Pending, 7500*time.Millisecond, 3, 2, ""), ""},
		{"terminal is no word for a look: it failed", looked, Outcome{Kind: KindTerminal}, row(Pending, 7500*time.Millisecond, 3, 2, ""), ""},
		{"no outcome of a look at all: it failed", looked, Outcome{}, row(Pending, 7500*time.Millisecond, 3, 2, ""), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, gaveUp := figures.decide(tt.job, tt.outcome, noon, 0.5)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("decide (-want +got):\n%s", diff)
			}
			if said := text(gaveUp); said != tt.gaveUp {
				t.Errorf("gave up because of %q, want %q", said, tt.gaveUp)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestBeforeAJobRuns(t *testing.T) {
	claimed := sent
	claimed.RunAt = at(15 * time.Second) // exactly what a send and settling take
	tooLate, overLimit, ownLimit := claimed, claimed, claimed
	tooLate.RunAt = at(15*time.Second - time.Microsecond)
	overLimit.Attempts = figures.MaxAttempts + 1
	ownLimit.MaxAttempts = 3
	early := looked
	early.LastSent = at(-9 * time.Second)

	tests := []struct {
		name   string
		job    Job
		want   Finished // zero: it runs
		gaveUp string
	}{
		{name: "the lease covers time-out and settling: sent", job: claimed},
		{name: "it no longer does: put back, as if never claimed", job: tooLate, want: row(Pending, 0, 3, 0, "before")},
		{name: "past the queue's limit: failed, not sent", job: overLimit,
			want: row(Failed, 0, 25, 0, "given up after 25 attempts: no more are allowed"), gaveUp: "given up after 25 attempts: no more are allowed"},
		{name: "past its own limit: failed, not sent", job: ownLimit,
			want: row(Failed, 0, 3, 0, "given up after 3 attempts: no more are allowed"), gaveUp: "given up after 3 attempts: no more are allowed"},
		{name: "ten seconds after sending: looked for", job: looked},
		{name: "sooner: put back until then, and still to be looked for", job: early, want: row(Pending, time.Second, 3, 2, "before")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, gaveUp, ok := figures.before(tt.job, noon)
			if want := cmp.Equal(tt.want, Finished{}); ok != want {
				t.Errorf("may run: %t, want %t", ok, want)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("before (-want +got):\n%s", diff)
			}
			if said := text(gaveUp); said != tt.gaveUp {
				t.Errorf("gave up because of %q, want %q", said, tt.gaveUp)
			}
		})
	}
}

func TestRetriesBackOffAndSpread(t *testing.T) {
	for _, tt := range []struct {
		attempts int
		jitter   float64
		want     time.Duration
	}{
		{1, 0, 0},
		{1, 0.5, 250 * time.Millisecond},
		{1, 1, 500 * time.Millisecond},
		{2, 1, time.Second},
		{7, 1, 32 * time.Second},
		{8, 1, time.Minute},
		{1000, 1, time.Minute},
		{1000, 0.1, 6 * time.Second},
	} {
		j := sent
		j.Attempts, j.MaxAttempts = tt.attempts, 2000
		got, _ := figures.next(j, Outcome{Kind: KindRetry}, noon, tt.jitter)
		if wait := got.RunAt.Sub(noon); wait != tt.want {
			t.Errorf("after %d attempts with jitter %v: %s, want %s", tt.attempts, tt.jitter, wait, tt.want)
		}
	}
}

func TestLooksThatFailBackOff(t *testing.T) {
	for _, tt := range []struct {
		since, least, most time.Duration
	}{
		{time.Second, 2500 * time.Millisecond, 5 * time.Second},
		{20 * time.Second, 10 * time.Second, 20 * time.Second},
		{time.Hour, 30 * time.Second, time.Minute},
	} {
		j := looked
		j.LastSent = at(-tt.since)
		for jitter, want := range map[float64]time.Duration{0: tt.least, 1: tt.most} {
			got, _ := figures.next(j, Outcome{Kind: KindLookFail}, noon, jitter)
			if wait := got.RunAt.Sub(noon); wait != want {
				t.Errorf("%s after sending, with jitter %v: %s, want %s", tt.since, jitter, wait, want)
			}
		}
	}
}

func TestAnErrorIsMadeFitToBeStored(t *testing.T) {
	got := lastError(errors.New("cut \xff and \x00" + strings.Repeat("ä", 1000)))
	if !utf8.ValidString(got) || strings.Contains(got, "\x00") {
		t.Errorf("no text: %q", got)
	}
	if len(got) > 1024 || len(got) < 1020 || !strings.HasPrefix(got, "cut ? and ä") || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func TestAnAttemptLeavesALineUnlessItSucceededAtOnce(t *testing.T) {
	first := sent
	first.Attempts = 1
	foundFirst := looked
	foundFirst.Attempts = 1
	oops := errors.New("oops")
	line := func(number int, looking bool, k Kind, err string) *Attempt {
		return &Attempt{Number: number, Looking: looking, At: noon, Kind: k, Error: err}
	}
	for name, tt := range map[string]struct {
		job     Job
		outcome Outcome
		want    *Attempt
	}{
		"sent at once":            {first, Sent(nil), nil},
		"dropped":                 {first, Dropped("answered", nil), nil},
		"failed":                  {first, Outcome{Kind: KindRetry, Err: oops}, line(1, false, KindRetry, "oops")},
		"no outcome: unknown":     {first, Outcome{}, line(1, false, KindUnknown, "")},
		"sent at a later attempt": {sent, Sent(nil), line(4, false, KindSent, "")},
		"found by looking":        {foundFirst, Sent(nil), line(1, true, KindSent, "")},
		"not found":               {looked, Absent(), line(3, true, KindAbsent, "")},
	} {
		got, _ := figures.next(tt.job, tt.outcome, noon, 0)
		if diff := cmp.Diff(tt.want, got.Log); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAnAnswerIsKeptAndCutBetweenCharacters(t *testing.T) {
	got, _ := figures.next(sent, Outcome{Kind: KindSent, Result: Result{Status: 201, Body: "ok"}}, noon, 0)
	if got.Result != (Result{201, "ok"}) {
		t.Errorf("got %+v", got.Result)
	}
	for lead := range 4 {
		body := strings.Repeat("x", lead) + strings.Repeat("€", 2000)
		got, _ := figures.next(sent, Outcome{Kind: KindRetry, Result: Result{Status: 503, Body: body}}, noon, 0)
		b := got.Result.Body
		if len(b) > 4096 || len(b) < 4090 || !utf8.ValidString(b) || !strings.HasPrefix(body, strings.TrimSuffix(b, "…")) {
			t.Errorf("%d bytes, ending in %q", len(b), b[len(b)-9:])
		}
	}
}

func TestATimeOutOfItsOwnNeedsALeaseThatCoversIt(t *testing.T) {
	j := sent
	j.Timeout = 15 * time.Second
	j.RunAt = at(25 * time.Second)
	if _, _, ok := figures.before(j, noon); !ok {
		t.Error("not sent though the lease covers time-out and settling")
	}
	j.Timeout++
	if _, _, ok := figures.before(j, noon); ok {
		t.Error("sent though whoever took it over could not find it yet")
	}
}
