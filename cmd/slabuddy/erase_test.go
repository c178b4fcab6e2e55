package main_test

import (
	"database/sql"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// everything is all that stands in the database, row by row, whatever tables there are.
func (w *world) everything() (rows []string) {
	w.t.Helper()
	driver, address, tables := "pgx", w.database, `select tablename from pg_tables where schemaname = 'slabuddy'`
	if path, is := strings.CutPrefix(w.database, "sqlite:"); is {
		driver, address, tables = "sqlite", path, `select name from sqlite_schema where type = 'table'`
	}
	db, err := sql.Open(driver, address)
	w.check(err)
	defer db.Close()
	for _, name := range w.rows(db, tables) {
		for _, row := range w.rows(db, "select * from "+name) {
			rows = append(rows, name+": "+row)
		}
	}
	return rows
}

func (w *world) rows(db *sql.DB, query string) (all []string) {
	w.t.Helper()
	rows, err := db.QueryContext(w.t.Context(), query)
	w.check(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.check(err)
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		w.check(rows.Scan(into...))
		texts := make([]string, len(values))
		for i, v := range values {
			if b, is := v.([]byte); is {
				v = string(b)
			}
			texts[i] = fmt.Sprint(v)
		}
		all = append(all, strings.Join(texts, " "))
	}
	w.check(rows.Err())
	return all
}

// Somebody has left and wants to be forgotten, and so does a customer. What is still worked with goes on.
func TestAPersonIsErased(t *testing.T) {
	onBothStores(t, func(t *testing.T, database string) {
		w, running := actingWorld(t, database, 2)
		channel, other := ofThread(0), ofThread(1)
		about := func(channel, id string) string {
			m := desks.Fields(desks.Ticket{ID: id, Priority: "high", Customer: "Maria López", Subject: "Maria López <maria@example.com> cannot log in"})
			m.TS = slacktest.TS(time.Now().Add(-11 * time.Minute))
			ts, err := w.slack.PostAs(deskApp, channel, m)
			w.check(err)
			w.click("U0ANA", channel, w.reminder(channel, ts), own)
			return ts
		}
		ts, still := about(channel, "1"), about(other, "2")
		w.whispered("U0ANA", "Thank you")
		_, err := w.slack.Mention("U0ANA", channel, ts, "45m, says Ana Silva")
		w.check(err)
		w.until("snoozed", patience, func() bool { return w.timeline(channel, ts).SnoozedBy == "U0ANA" })
		w.desk.Reply("1", time.Now())
		w.click("U0BOB", channel, w.reminder(channel, ts), checkAgain)
		w.until("answered", patience, func() bool { return w.timeline(channel, ts).State == escalation.Answered })
		w.settled(w.database)
		if code := running.stop(); code != 0 {
			t.Fatalf("ended with %d", code)
		}

		known := []string{"erase", "U0ANA", "Ana Silva", "Maria López", "maria@example.com"}
		w.configure("")
		before := w.everything()
		expect(t, w.must(known...).stdout, "It would be erased in", "Nothing was changed", "--yes", "still naming them: 1 open ticket")
		if after := w.everything(); strings.Join(after, "\n") != strings.Join(before, "\n") {
			t.Error("without --yes something changed")
		}
		expect(t, w.must(append(known, "--yes")...).stdout, "Erased in", "still naming them: 1 open ticket", "Not touched: Slack")
		names := regexp.MustCompile(`U0ANA|(?i)ana silva|maria`)
		open := w.timeline(other, still).ID
		for _, row := range w.everything() {
			if names.MatchString(row) && !strings.HasPrefix(row, "timelines: "+open) {
				t.Errorf("is still there: %s", row)
			}
		}
		if by := w.timeline(channel, ts).SnoozedBy; !strings.HasPrefix(by, "UERASED") {
			t.Errorf("snoozed by %s", by)
		}
		again := w.launch()
		w.ready(again) // it goes on, and may run meanwhile
		expect(t, w.must(append(known, "--yes")...).stdout, "Erased in", "still naming them: 1 open ticket")
		if code := again.stop(); code != 0 {
			t.Errorf("ended with %d", code)
		}
	})
}

// Whoever the file or the setup in Slack still names would be back at once, or would be half of somebody.
func TestWhoIsOnTheTeamIsNotErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["sqlite"](t), "")
	w.must("migrate", "up")
	for _, version := range []string{`{"name":"Ana","slack":"U0ANA"}`, `{"name":"Ana Silva","slack":"U0ANA"}`} {
		_, err := w.peek().AddSetting(t.Context(), setup.Setting{
			Workspace: "T0ACME", Scope: setup.EngineerScope("U0ANA"), Version: int64(len(w.engineer())) + 1, Body: []byte(version),
		})
		w.check(err)
	}
	before := w.engineer()
	for _, test := range []struct {
		file, who string
		code      int
		stderr    string
	}{
		{"engineers:\n- {name: Ana Silva, email: Ana@example.com}", "ana@example.com", 1, "names them in line 2: take them out there first"},
		{"engineers:\n- {name: Ana S., slack: U0ANA, aliases: [Ana Silva]}", "Ana Silva", 1, "names them in line 2: take them out there first"},
		{"channels: {C0ENTERPRISE: {}}\nadmins: [U0ANA]", "U0ANA", 1, "names them in line 2: take them out there first"},
		{"", "U0ANA", 1, "set up from Slack: take them off it there first"},
		{"", "Ana", 2, `"Ana" is no Slack id`},
		{"", "", 2, "no full name"},
	} {
		w.configure(test.file)
		for _, args := range [][]string{{"erase", test.who}, {"erase", test.who, "--yes"}} {
			got := w.run(args...)
			if got.code != test.code || got.stdout != "" {
				t.Errorf("%q: exit code %d, want %d; on stdout: %q", args, got.code, test.code, got.stdout)
			}
			expect(t, got.stderr, test.stderr)
		}
	}
	if after := w.engineer(); !reflect.DeepEqual(before, after) {
		t.Errorf("something was changed: %v", after)
	}
}

func (w *world) engineer() []setup.Setting {
	w.t.Helper()
	versions, err := w.peek().SettingVersions(w.t.Context(), "T0ACME", setup.EngineerScope("U0ANA"), 10)
	w.check(err)
	return versions
}
