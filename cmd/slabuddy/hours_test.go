package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/calendar/calendartest"
)

// told is what the command prints for programs.
type told struct {
	Elapsed *int64
	Due     *time.Time
	Spans   []struct {
		From, To time.Time
		Open     bool
		Reason   string
	}
}

// hoursCommand runs `slabuddy hours` with a configuration, and nothing else to go on.
func hoursCommand(t *testing.T, configuration string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "slabuddy.yaml")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	code = run(t.Context(), append([]string{"hours", "--config", file}, args...), onlyGoogle, nil, &out, &errs)
	return code, out.String(), errs.String()
}

// onlyGoogle is an environment that says where Google is, if a test does.
func onlyGoogle(name string) string {
	if name != "GOOGLE_CALENDAR_URL" {
		return ""
	}
	return os.Getenv(name)
}

func hoursJSON(t *testing.T, configuration string, args ...string) told {
	t.Helper()
	code, stdout, stderr := hoursCommand(t, configuration, append(args, "--json")...)
	var got told
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	return got
}

// The vectors of working time, asked of the command as people would: all but those with pauses, which it
// does not know.
func TestHoursVectors(t *testing.T) {
	data, err := os.ReadFile("../../escalation/hours/testdata/hours.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		ID, Kind, Zone, Week, Start, End, Target, Want string
		Closed                                         []string
		Pauses                                         [][]string
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, v := range vectors {
		if v.Pauses != nil {
			continue
		}
		asked++
		var days []string
		for day := range strings.SplitSeq(v.Week, "; ") {
			names, windows, _ := strings.Cut(day, " ")
			days = append(days, fmt.Sprintf("'%s': '%s'", names, windows))
		}
		name, week := "vector", "{"+strings.Join(days, ", ")+"}"
		if v.Week == "24x7" {
			name, week = v.Week, v.Week
		}
		configuration := fmt.Sprintf("hours: {vector: {timezone: %s, week: %s, closed: [%s]}}", v.Zone, week, strings.Join(v.Closed, ", "))
		switch v.Kind {
		case "elapsed":
			got := hoursJSON(t, configuration, name, "--from", v.Start, "--to", v.End)
			if got.Elapsed == nil || fmt.Sprintf("%ds", *got.Elapsed) != v.Want || got.Due != nil {
				t.Errorf("%s: %+v, want %s", v.ID, got, v.Want)
			}
		default:
			add := map[string]string{"due": v.Target, "before": "-" + v.Target, "starts": "0s"}[v.Kind]
			got := hoursJSON(t, configuration, name, "--add="+add, "--at", v.Start)
			if got.Due == nil || got.Due.Format(time.RFC3339) != v.Want || got.Elapsed != nil {
				t.Errorf("%s: %+v, want %s", v.ID, got, v.Want)
			}
		}
	}
	if asked < 50 {
		t.Errorf("only %d vectors were asked", asked)
	}
}

const berlinHours = `
hours:
  berlin:
    timezone: Europe/Berlin
    week: {mon-thu: '09:00-12:00, 13:00-17:30', fri: '09:00-17:00'}
    closed: [2026-01-12]
    open: {2026-01-17: '10:00-11:00'}
`

// For people, times are those of the hours' zone, with the reasons of what is closed.
func TestHoursForPeople(t *testing.T) {
	tests := []struct {
		args   string
		stdout []string // parts
	}{
		{"berlin --add 50m --at 2026-01-09T16:40", []string{
			"Fri 16:40–17:00 20 min · Sat, Sun closed · Mon closed (2026-01-12) · Tue 09:00–09:30 30 min → due Tue 09:30\n",
			"That is Tue 13 Jan 2026 09:30 CET, 50m of working time after Fri 9 Jan 2026 16:40 CET.\n"}},
		{"berlin --add 50m --at 2026-01-09T15:40:00Z", []string{"Fri 16:40–17:00 20 min ·"}},
		{"berlin --add=-1h --at 2026-01-10", []string{"Fri 16:00–17:00 1 h → 1h before Sat 10 Jan 2026 00:00 CET is Fri 9 Jan 2026 16:00 CET\n"}},
		{"berlin --add 0s --at 2026-01-10", []string{"Counting from Sat 10 Jan 2026 00:00 CET begins Tue 13 Jan 2026 09:00 CET\n"}},
		{"berlin --from 2026-01-09", []string{
			"berlin, Europe/Berlin: 30h30m of working time from Fri 9 Jan 2026 00:00 CET until Fri 16 Jan 2026 00:00 CET\n",
			"Sat 10 Jan 00:00 – Sun 11 Jan 00:00 closed 24h no hours on Sat\n",
			"Mon 12 Jan 00:00 – Tue 13 Jan 00:00 closed 24h 2026-01-12\n",
			"Tue 13 Jan 13:00 – Tue 13 Jan 17:30 open 4h30m Tue 09:00-12:00, 13:00-17:30\n"}},
		{"berlin --from 2026-01-17 --to 2026-01-18", []string{"open 1h 2026-01-17 10:00-11:00\n"}},
		{"24x7 --from 2026-01-17 --to 2026-01-18", []string{"24x7, UTC: 24h of working time", "around the clock\n"}},
		{"24x7 --add 1d --at 2026-01-17", []string{"Sat 00:00–24:00 24 h → due Sat 24:00 (midnight)\n"}},
		{"berlin", []string{"berlin, Europe/Berlin: "}},
	}
	for _, tt := range tests {
		code, stdout, stderr := hoursCommand(t, berlinHours, strings.Fields(tt.args)...)
		if code != 0 || stderr != "" {
			t.Errorf("hours %s: exit code %d, %s", tt.args, code, stderr)
		}
		stdout = columns.ReplaceAllString(stdout, " ")
		for _, part := range tt.stdout {
			if !strings.Contains(stdout, part) {
				t.Errorf("hours %s: %q is not in\n%s", tt.args, part, stdout)
			}
		}
	}
}

// A calendar of closed days is read when its hours are asked about, and only then.
func TestHoursWithACalendar(t *testing.T) {
	google, err := calendartest.Start(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer google.Close()
	const id = "en.german.official#holiday@group.v.calendar.google.com"
	tomorrow := time.Now().UTC().AddDate(0, 0, 1).Truncate(24 * time.Hour)
	_, err = google.AddCalendar(&calendartest.Calendar{ID: id}).Insert(calendartest.Event{
		Summary: "Tag der Einheit", Transparency: "transparent",
		Start: calendartest.On(tomorrow.Format(time.DateOnly)), End: calendartest.On(tomorrow.AddDate(0, 0, 1).Format(time.DateOnly)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOOGLE_CALENDAR_URL", google.URL())
	configuration := fmt.Sprintf("hours: {with: {timezone: UTC, week: 24x7, closed: ['%s']}, without: {timezone: UTC, week: 24x7}}", id)
	from, to := tomorrow.Format(time.DateOnly), tomorrow.AddDate(0, 0, 2).Format(time.DateOnly)
	if got := hoursJSON(t, configuration, "without", "--from", from, "--to", to); *got.Elapsed != 48*60*60 || len(google.Requests()) != 0 {
		t.Errorf("without a calendar: %+v after %v", got, google.Requests())
	}
	got := hoursJSON(t, configuration, "with", "--from", from, "--to", to)
	if *got.Elapsed != 24*60*60 || len(got.Spans) != 2 || got.Spans[0].Open || got.Spans[0].Reason != "Tag der Einheit" {
		t.Errorf("with a calendar: %+v", got)
	}
	google.Close()
	if code, stdout, stderr := hoursCommand(t, configuration, "with"); code != 1 || stdout != "" || !strings.Contains(stderr, "the closed days of hours.with cannot be read") {
		t.Errorf("without an answer: exit code %d, %s%s", code, stdout, stderr)
	}
}

// columns are apart by as many spaces as it takes.
var columns = regexp.MustCompile(` +`)

func TestHoursMisused(t *testing.T) {
	tests := []struct {
		args   string
		code   int
		stderr string // a part
	}{
		{"", 2, `expected "<name>"`},
		{"berlin --from yesterday", 2, `write it as 2026-01-02T09:00, on the clock of the hours`},
		{"berlin --add 4", 2, "add a unit: 4s, 4m, 4h or 4d"},
		{"berlin --add 4h --from 2026-01-09", 2, "leave out --from and --to"},
		{"berlin --at 2026-01-09", 2, "add --add 4h, or write --from"},
		{"bern", 1, `there are no hours "bern"; those of the configuration are berlin, 24x7`},
		{"berlin --from 2026-01-09 --to 2026-01-08", 1, "--to Thu 8 Jan 2026 00:00 CET comes before --from"},
		{"berlin --from 2026-01-09 --to 2126-01-08", 1, "more than 10 years apart"},
		{"berlin --add 90000h", 1, "more than 10 years off"},
		{"berlin --add 1d", 1, "--add 1d: write hours: 7h30m if a day is to be 7h30m"},
	}
	for _, tt := range tests {
		code, _, stderr := hoursCommand(t, berlinHours, strings.Fields(tt.args)...)
		if code != tt.code || !strings.Contains(stderr, tt.stderr) {
			t.Errorf("hours %s: exit code %d, want %d; on stderr: %s", tt.args, code, tt.code, stderr)
		}
	}
}
