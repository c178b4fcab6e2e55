package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// replayed is a part of what replay prints for programs.
type replayed struct {
	Before, After struct{ Kept, Breached, Withdrawn, Open, Reminders int }
	Changed       []struct{ Ticket, Before, After string }
	Limits        []string
}

// Another configuration's policies over what is stored: the bot's own configuration stays as it is (rule 26).
func TestReplayOfAQuarter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), reviewed)
	w.must("migrate", "up")
	w.aQuarter()
	file := filepath.Join(w.dir, "tried.yaml")
	w.check(os.WriteFile(file, []byte(reviewed+"\npolicies: {enterprise: {deadline: 15m, tiers: [{after: 10m, notify: '@support'}]}}\n"), 0o600))
	first := w.must("replay", "--with", file, "--since", "2026-01-01", "--json")
	got := read[replayed](t, first)
	if b := got.Before; b.Kept != 2 || b.Breached != 1 || b.Withdrawn != 1 {
		t.Errorf("before: %+v", b)
	}
	if len(got.Changed) == 0 || got.Changed[0].Ticket != "40" || got.Changed[0].Before != "kept" || got.Changed[0].After != "breached" {
		t.Errorf("changed: %+v", got.Changed) // it was replied to after 17 minutes
	}
	if len(got.Limits) == 0 || !strings.Contains(got.Limits[0], "People would have acted otherwise") {
		t.Errorf("limits: %q", got.Limits)
	}
	expect(t, w.must("replay", "--with", file, "--since", "2026-01-01").stdout, "as it would have been under tried.yaml", "would be", "Tickets that come to another end", "People would have acted otherwise")
	page := filepath.Join(w.dir, "replay.html")
	w.must("replay", "--with", file, "--since", "2026-01-01", "--html", page)
	html, err := os.ReadFile(page)
	w.check(err)
	expect(t, string(html), "What another policy would have done", "People would have acted otherwise", "Tickets that come to another end")
	again := w.must("replay", "--with", file, "--since", "2026-01-01", "--json")
	if got := again.stdout; len(got) == 0 || read[replayed](t, again).After != read[replayed](t, first).After {
		t.Error("the same input gives another output")
	}
	if bad := w.run("replay", "--with", file, "--since", "2099-01-01"); bad.code != 1 || !strings.Contains(bad.stderr, "choose an earlier --since") {
		t.Errorf("a span that is still to come: %d, %s", bad.code, bad.stderr)
	}
	w.check(os.WriteFile(file, []byte(reviewed+"\npolicies: {enterprise: {tiers: [{after: never}]}}\n"), 0o600))
	if bad := w.run("replay", "--with", file); bad.code != 1 || !strings.Contains(bad.stderr, "tried.yaml:") || !strings.Contains(bad.stderr, "never") {
		t.Errorf("a file with an error: %d, %s", bad.code, bad.stderr)
	}
	if bad := w.run("replay", "--with", "nowhere.yaml"); bad.code != 1 || !strings.Contains(bad.stderr, "there is no configuration file nowhere.yaml") {
		t.Errorf("a file that is not there: %d, %s", bad.code, bad.stderr)
	}
	if bad := w.run("replay"); bad.code != 2 {
		t.Errorf("without a file: exit code %d", bad.code)
	}
}
