package main_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tallied is a line of what report prints for programs.
type tallied struct {
	Clock, Policy, Priority, Week   string
	Kept, Breached, Withdrawn, Open int
}

// reported is a part of what report prints for programs.
type reported struct {
	Clocks, Before []tallied
	FirstReply     struct {
		Real struct {
			Count  int
			Median float64 `json:"median_seconds"`
		}
	} `json:"first_reply"`
	Causes []struct {
		Cause string
		Count int
	}
	People []struct {
		Name      string
		Reminders int
	}
	Limits []string
}

// How the team did, from either store: all promises are told of, each once, and the span before beside them (rule 25).
func TestReportOfAQuarter(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w := newWorld(t, database, reviewed)
		w.must("migrate", "up")
		w.aQuarter()
		got := read[reported](t, w.must("report", "--from", "2026-01-01", "--to", "2026-03-31", "--json"))
		want := []tallied{
			{Clock: "first_reply", Kept: 2, Breached: 1, Withdrawn: 1, Open: 1},
			{Clock: "first_reply", Policy: "custom", Open: 1},
			{Clock: "first_reply", Policy: "enterprise", Kept: 2, Breached: 1, Withdrawn: 1},
		}
		if d := cmp.Diff(want, got.Clocks); d != "" {
			t.Errorf("clocks (-want +got):\n%s", d)
		}
		if before := (tallied{Clock: "first_reply", Withdrawn: 1}); len(got.Before) != 2 || got.Before[0] != before {
			t.Errorf("before: %+v", got.Before)
		}
		if r := got.FirstReply.Real; r.Count != 3 || r.Median != 17*60 {
			t.Errorf("first reply: %+v", r)
		}
		if len(got.Causes) != 1 || got.Causes[0].Cause != "told and not answered" {
			t.Errorf("causes: %+v", got.Causes)
		}
		var names []string
		for _, p := range got.People {
			names = append(names, p.Name)
		}
		if d := cmp.Diff([]string{"Ana Silva", "Bob Stone", "", "", ""}, names); d != "" {
			t.Errorf("people (-want +got):\n%s", d)
		}

		one := read[reported](t, w.must("report", "--from", "2026-01-01", "--to", "2026-03-31", "--workspace", "T0OTHER", "--json"))
		if len(one.Clocks) != 2 || one.Clocks[0].Kept != 1 {
			t.Errorf("of one workspace: %+v", one.Clocks)
		}
		for _, none := range []string{"--channel C0NONE", "--policy none", "--workspace T0NONE"} {
			got := read[reported](t, w.must(append([]string{"report", "--from", "2026-01-01", "--json"}, strings.Fields(none)...)...))
			if d := cmp.Diff([]tallied{{Clock: "first_reply"}}, got.Clocks); d != "" {
				t.Errorf("%s (-want +got):\n%s", none, d)
			}
		}
		text := w.must("report", "--from", "2026-01-01", "--to", "2026-03-31").stdout
		expect(t, text, "67 % of 3 tickets got their first reply in time; 1 of 1 breach: told and not answered.", "It broke, and", "Ana Silva", "first reply  custom")
		if strings.ContainsAny(text, "\x07\r") {
			t.Errorf("a subject reaches the terminal as it is: %q", text)
		}
	})
}

func TestWhatCannotBeReportedIsRefusedAndSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), plain)
	for _, test := range []struct {
		args   string
		code   int
		stderr string
	}{
		{"", 1, "there is no database"},
		{"--since 90", 2, "such as 90d or 12h, or a date such as 2026-01-01"},
		{"--from 2026-03-01 --to 2026-02-01", 1, "the report would end 2026-02-01T00:00:00Z, before it begins 2026-03-01T00:00:00Z"},
	} {
		got := w.run(append([]string{"report"}, strings.Fields(test.args)...)...)
		if got.code != test.code || got.stdout != "" {
			t.Errorf("report %s: exit code %d, want %d; on stdout: %q", test.args, got.code, test.code, got.stdout)
		}
		expect(t, got.stderr, test.stderr)
	}
}

// A span in which nothing came in is a report, and a replay, too.
func TestASpanWithoutATicket(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), reviewed)
	w.must("migrate", "up")
	span := []string{"report", "--from", "2020-01-01", "--to", "2020-01-08"}
	expect(t, w.must(span...).stdout, "No ticket came in.", "0 tickets posted from")
	if got := read[reported](t, w.must(append(span, "--json")...)); len(got.Clocks) != 1 || got.Clocks[0] != (tallied{Clock: "first_reply"}) {
		t.Errorf("clocks: %+v", got.Clocks)
	}
	if same := w.run("report", "--from", "2020-01-01", "--to", "2020-01-01"); same.code != 1 || !strings.Contains(same.stderr, "the report would end") {
		t.Errorf("a span of no length: %d, %s", same.code, same.stderr)
	}
	file := filepath.Join(w.dir, "tried.yaml")
	w.check(os.WriteFile(file, []byte(reviewed), 0o600))
	expect(t, w.must("replay", "--with", file).stdout, "No ticket", "People would have acted otherwise")
}

// One file with all in it, for the one who had it made.
func TestReportAsAFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), reviewed)
	w.must("migrate", "up")
	w.aQuarter()
	file := filepath.Join(w.dir, "report.html")
	if out := w.must("report", "--from", "2026-01-01", "--html", file); out.stdout != "" {
		t.Errorf("on stdout: %q", out.stdout)
	}
	page, err := os.ReadFile(file)
	w.check(err)
	expect(t, string(page), "<!DOCTYPE html>", "Ana Silva", "@SUM(A1)")
	info, err := os.Stat(file)
	w.check(err)
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("others may read it: %s", mode)
	}
	if got := w.run("report", "--html", filepath.Join(w.dir, "nowhere", "report.html")); got.code != 1 {
		t.Errorf("into a folder that is not there: exit code %d", got.code)
	}
}

// The operator's address shows it while the bot serves; what cannot be read is refused with a word of what can.
func TestReportOnTheOperatorsAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), "help_desk: {kind: none}"+reviewed)
	c := w.start()
	ts := w.ticket(enterprise, "42", 11*time.Minute)
	w.reminder(enterprise, ts)
	w.settled(w.database)
	get := func(query string) (int, string) {
		r, err := http.Get("http://" + c.admin + "/report" + query)
		w.check(err)
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		w.check(err)
		if csp := r.Header.Get("Content-Security-Policy"); r.StatusCode == http.StatusOK && !strings.HasPrefix(csp, "default-src 'none'") {
			t.Errorf("its policy is %q", csp)
		}
		return r.StatusCode, string(body)
	}
	code, page := get("?since=7d")
	if code != http.StatusOK {
		t.Fatalf("status %d: %s", code, page)
	}
	expect(t, page, "Of 1 ticket, none is decided yet.", "@support")
	if code, said := get("?since=soon"); code != http.StatusBadRequest || !strings.Contains(said, "such as 30d or 12h") {
		t.Errorf("status %d: %s", code, said)
	}
	if r, err := http.Get("http://" + c.public + "/report"); err != nil || r.StatusCode != http.StatusNotFound {
		t.Errorf("on the public address: %v, %v", r, err)
	}
}
