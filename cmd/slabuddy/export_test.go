package main_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
)

var update = flag.Bool("update", false, "rewrite testdata/export.csv and testdata/export.json")

// reviewed is a team whose timelines are exported.
const reviewed = `
engineers: [{name: Ana Silva, slack: U0ANA}, {name: Bob Stone, slack: U0BOB}]
channels: {C0ENTERPRISE: {}}
`

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; go test -update writes it", err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

// What a team lead takes to a review, from either store, to the letter. A date counts in UTC; what is older is left out.
func TestExportOfAQuarter(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, reviewed)
		w.must("migrate", "up")
		w.aQuarter()
		sheet := w.must("export", "--since", "2026-01-01", "--csv")
		golden(t, "export.csv", sheet.stdout)
		list := w.must("export", "--since", "2026-01-01", "--json")
		golden(t, "export.json", list.stdout)

		rows, err := csv.NewReader(strings.NewReader(sheet.stdout)).ReadAll() // fails unless all rows are as wide as the header
		w.check(err)
		objects := read[[]map[string]any](t, list)
		if len(rows) != 6 || len(objects) != 5 {
			t.Errorf("%d rows and %d objects, want a header and 5 rows, and 5 objects", len(rows), len(objects))
		}
		for i, line := range strings.Split(strings.TrimSuffix(list.stdout, "\n]\n"), "\n")[1:] {
			if !json.Valid([]byte(strings.TrimSuffix(line, ","))) {
				t.Errorf("line %d is no object by itself: %s", i+2, line)
			}
		}
		for _, cell := range slices.Concat(rows...) {
			for _, part := range strings.Split(cell, ";") { // some sheets part cells there
				if part = strings.TrimSpace(part); part != "" && strings.ContainsAny(part[:1], "=+-@") {
					t.Errorf("a sheet would run %q", cell)
				}
			}
		}
		if lines := strings.Count(sheet.stdout, "\r\n"); lines != len(rows) {
			t.Errorf("%d rows on %d lines: a row is to be on one", len(rows), lines)
		}
	})
}

// exported is a part of what export prints for programs.
type exported struct {
	Ticket    struct{ ID string }
	OpenedAt  time.Time `json:"opened_at"`
	State     escalation.TimelineState
	Outcome   string
	Reminders int
	Reply     *struct {
		At time.Time
		By *struct{ ID, Name string }
	}
	Snoozes struct {
		Count   int
		Seconds float64
	}
	Tiers []struct {
		State     string
		Mentioned []struct{ ID, Name string }
	}
	History []struct{ Kind escalation.EventKind }
}

// While the bot serves, what it did is exported, with the names that it knows from Slack and the file.
func TestExportBesideABotThatServes(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, "help_desk: {kind: none}"+reviewed)
		w.start()
		ts := w.ticket(enterprise, "42", 11*time.Minute)
		w.reminder(enterprise, ts) // with no calendar: to @support
		w.settled(database)
		quiet := w.ticket(enterprise, "43", 0)
		w.delivered()
		ana("45m")(w, enterprise, ts)
		w.told()
		ana("done")(w, enterprise, ts)
		w.told()

		list := read[[]exported](t, w.must("export", "--json"))
		if len(list) != 2 {
			t.Fatalf("%d timelines, want 2", len(list))
		}
		got, stored := list[0], w.timeline(enterprise, ts)
		if got.Outcome != "met" || got.State != escalation.Answered || !got.OpenedAt.Equal(stored.PostedAt) || got.Reminders != 1 {
			t.Errorf("the first: %+v", got)
		}
		if got.Reply == nil || got.Reply.By == nil || got.Reply.By.Name != "Ana Silva" || !got.Reply.At.Equal(stored.AnsweredAt) {
			t.Errorf("the reply: %+v", got.Reply)
		}
		if got.Snoozes.Count != 1 || got.Snoozes.Seconds != 45*60 {
			t.Errorf("snoozes: %+v", got.Snoozes)
		}
		if m := got.Tiers[0].Mentioned; got.Tiers[0].State != "posted" || len(m) != 1 || m[0].ID != "S0SUPPORT" || m[0].Name != "@support" {
			t.Errorf("tier 1: %+v", got.Tiers[0])
		}
		if got.Tiers[1].State != "unneeded" {
			t.Errorf("tier 2: %+v", got.Tiers[1])
		}
		if n := len(w.history(stored)); len(got.History) != n {
			t.Errorf("%d events are told of, %d happened", len(got.History), n)
		}
		if other := list[1]; other.Ticket.ID != "43" || other.Outcome != "open" || other.Tiers[0].State != "pending" || other.Reply != nil {
			t.Errorf("the other: %+v", other)
		}

		if all := read[[]exported](t, w.must("export", "--since", "0001-01-01", "--json")); len(all) != 2 {
			t.Errorf("%d timelines since the first day of all", len(all))
		}
		recent := read[[]exported](t, w.must("export", "--since", "5m", "--json"))
		if len(recent) != 1 || recent[0].Ticket.ID != "43" {
			t.Errorf("of the last 5 minutes: %+v", recent)
		}
		at := w.timeline(enterprise, quiet).PostedAt.Add(time.Second).Format(time.RFC3339)
		if later := w.must("export", "--since", at, "--json").stdout; later != "[\n]\n" {
			t.Errorf("of none:\n%s", later)
		}
		expect(t, w.must("export", "--csv").stdout, ",met,answered,done by U0ANA,", ",Ana Silva,", ",posted,", ",support,")
	})
}

func TestWhatCannotBeExportedIsRefusedAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	for _, test := range []struct {
		args   string
		code   int
		stderr string
	}{
		{"--csv", 1, "there is no database"},
		{"", 2, "missing flags: --csv or --json"},
		{"--csv --json", 2, "--csv and --json can't be used together"},
		{"--csv --since 90", 2, "such as 90d or 12h, or a date such as 2026-01-01"},
		{"--csv --since=-1h", 2, "such as 90d or 12h, or a date such as 2026-01-01"},
		{"--csv --since 2026-13-01", 2, "such as 90d or 12h, or a date such as 2026-01-01"},
		{"--csv --config nowhere.yaml", 1, "there is no configuration file nowhere.yaml"},
	} {
		got := w.run(append([]string{"export"}, strings.Fields(test.args)...)...)
		if got.code != test.code || got.stdout != "" {
			t.Errorf("export %s: exit code %d, want %d; on stdout: %q", test.args, got.code, test.code, got.stdout)
		}
		expect(t, got.stderr, test.stderr)
	}
}

// Whoever has seen enough closes the pipe, as head does: that is no error to speak of.
func TestAnExportIntoABrokenPipeEndsQuietly(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, plain)
		w.many()
		for _, format := range []string{"--csv", "--json"} {
			cmd := exec.CommandContext(t.Context(), binary, "export", "--since", "2026-01-01", format)
			var stderr bytes.Buffer
			cmd.Env, cmd.Dir, cmd.Stderr = w.env, w.dir, &stderr
			stdout, err := cmd.StdoutPipe()
			w.check(err)
			w.check(cmd.Start())
			if _, err := bufio.NewReaderSize(stdout, 16).ReadByte(); err != nil {
				t.Fatal(err, stderr.String())
			}
			w.check(stdout.Close())
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGPIPE {
				t.Errorf("%s: it ended with %v, want by the broken pipe", format, err)
			}
			if stderr.Len() > 0 {
				t.Errorf("%s: it says:\n%s", format, &stderr)
			}
		}
	})
}

// An error half way is told, and what was written before cannot be taken for the whole.
func TestAnExportThatFailsHalfWaySaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	last := w.many()
	db, err := sql.Open("sqlite", strings.TrimPrefix(w.database, "sqlite:"))
	w.check(err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "update timelines set body = '{' where id = ?", last.ID)
	w.check(err)
	for format, lines := range map[string]int{"--csv": 1001, "--json": 1000} { // the last line of JSON has no end
		got := w.run("export", "--since", "2026-01-01", format)
		if got.code != 1 || !strings.Contains(got.stderr, "slabuddy: the export is not complete: ") || !strings.Contains(got.stderr, last.ID) {
			t.Errorf("%s: exit code %d, on stderr %q", format, got.code, got.stderr)
		}
		if n := strings.Count(got.stdout, "\n"); n != lines {
			t.Errorf("%s: %d lines, want %d: the 1000 timelines that could be read", format, n, lines)
		}
	}
	if err := json.NewDecoder(strings.NewReader(w.run("export", "--since", "2026-01-01", "--json").stdout)).Decode(&[]any{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("what was written half way reads as JSON: %v", err)
	}
}

// Each promise of a ticket has an outcome of its own. This one had its first reply in time, one next reply in time
// and one late, and still waits for its solution.
func TestExportOfEachClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), reviewed)
	w.must("migrate", "up")
	hour := policy.Promise{Deadline: time.Hour, Tiers: []policy.Tier{{Before: 10 * time.Minute, Notify: []string{"here"}}}}
	day := policy.Promise{Deadline: 200 * 365 * 24 * time.Hour, Tiers: []policy.Tier{{After: time.Hour, Notify: []string{"here"}}}}
	tl := past(0, escalation.Ticket{ID: "40"}, policy.Policy{Name: "p", Tiers: hour.Tiers, Deadline: hour.Deadline, NextReply: &hour, Resolution: &day})
	tl.AnsweredAt, tl.FirstReply().StoppedAt = since(tl, 5), since(tl, 5)
	next := tl.Clock(policy.NextReply)
	next.Start, next.Deadline, next.StoppedAt, next.BreachedAt = since(tl, 100), since(tl, 160), since(tl, 170), since(tl, 160)
	of := func(kind escalation.EventKind, minute, until int) escalation.Event {
		e := escalation.Event{At: since(tl, minute), Kind: kind, Details: escalation.Details{Clock: policy.NextReply}}
		if until > 0 {
			e.Until = since(tl, until)
		}
		return e
	}
	w.keep(tl, of(escalation.EventStarted, 10, 70), of(escalation.EventKept, 20, 0), of(escalation.EventStarted, 100, 160), of(escalation.EventBreached, 160, 0),
		escalation.Event{At: since(tl, 170), Kind: escalation.EventFact, Details: escalation.Details{Fact: &desk.Fact{Kind: desk.FactReplied, At: since(tl, 170)}}})

	list := read[[]struct {
		Outcome string
		Clocks  []struct{ Clock, Outcome string }
		Tiers   []struct {
			Clock         string
			BeforeSeconds float64 `json:"before_seconds"`
		}
	}](t, w.must("export", "--since", "2026-01-01", "--json"))
	if len(list) != 1 {
		t.Fatalf("%d timelines", len(list))
	}
	got := list[0]
	want := []struct{ Clock, Outcome string }{{"first_reply", "kept"}, {"next_reply", "kept"}, {"next_reply", "breached"}, {"resolution", "open"}}
	if diff := cmp.Diff(want, got.Clocks); diff != "" || got.Outcome != "met" {
		t.Errorf("outcome %s, clocks (-want +got):\n%s", got.Outcome, diff)
	}
	if len(got.Tiers) != 3 || got.Tiers[0].Clock != "" || got.Tiers[0].BeforeSeconds != 600 || got.Tiers[1].Clock != "next_reply" || got.Tiers[2].Clock != "resolution" {
		t.Errorf("tiers: %+v", got.Tiers)
	}
	rows, err := csv.NewReader(strings.NewReader(w.must("export", "--since", "2026-01-01", "--csv").stdout)).ReadAll()
	w.check(err)
	if n := len(rows[1]); rows[1][n-5] != "1" || rows[1][n-4] != "1" || rows[1][n-2] != "open" || rows[1][n-1] != "" {
		t.Errorf("the row ends with %q", rows[1][n-5:])
	}
}
