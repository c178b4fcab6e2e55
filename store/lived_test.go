package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// rowsOfVersion1 are what version 1 wrote for a ticket whose first reminder it had just decided.
var rowsOfVersion1 = []string{
	`insert into timelines (id, version, workspace, channel, thread_ts, ticket_id, policy, state, posted_at, deadline, next_at, asked_at, body)
	values ('00000000-0000-7000-8000-000000000042', 2, 'T0', 'C0ENT', '1795165200.000001', '42', 'enterprise', 'open',
	{1795165200000001}, {1795168200000001}, {1795168200000001}, {1795165800000001},
	'{"ticket":{"id":"42","priority":"high","subject":"It burns"},"opened_at":1795165201000001,"expires_at":1797757200000001,"tiers":[{"after":600000000000,"notify":["non-embedded"],"due":1795165800000001,"state":"owed","round":1},{"after":1200000000000,"notify":["on-shift"],"due":1795166400000001,"state":"pending"},{"after":2100000000000,"notify":["@support"],"due":1795167300000001,"state":"pending"},{"after":3000000000000,"notify":["@head-of-success"],"due":1795168200000001,"state":"pending"}],"desk":"unanswered","desk_at":1795165800000001}')`,
	`insert into history (timeline_id, at, kind, tier, details)
	values ('00000000-0000-7000-8000-000000000042', {1795165201000001}, 'opened', 0, '{}')`,
	`insert into history (timeline_id, at, kind, tier, details)
	values ('00000000-0000-7000-8000-000000000042', {1795165800000001}, 'due', 1, '{"mentioned":["U0ANA"],"round":1,"desk":"unanswered"}')`,
	`insert into jobs (id, key, queue, state, run_at, max_attempts, created_at, pace, gates, look_gates, payload)
	values ('00000000-0000-7000-8000-000000000001', 'reminder/00000000-0000-7000-8000-000000000042/1/1', 'slack', 'pending',
	{1795165800000001}, 0, {1795165800000001}, 'pace/T0/C0ENT', 'workspace/T0', 'workspace/T0',
	<{"Workspace":"T0","Channel":"C0ENT","TS":"1795165200.000001","timeline":"00000000-0000-7000-8000-000000000042","round":1,"reminder":{"ticket":{"id":"42","priority":"high","subject":"It burns"},"policy":"enterprise","tier":1,"tiers":4,"decided_at":"2026-11-20T09:10:00.000001Z","posted_at":"2026-11-20T09:00:00.000001Z","due":"2026-11-20T09:10:00.000001Z","mention":[{"kind":"user","id":"U0ANA","name":"Ana Silva"}],"desk":"unanswered","desk_at":"2026-11-20T09:10:00.000001Z","deadline":"2026-11-20T09:50:00.000001Z","snooze":1800000000000}}>)`,
}

// lastOfVersion1 is the last migration that version 1 knows.
const lastOfVersion1 = 5

// TestADatabaseOfVersion1IsTakenOver: its timelines have the first reply's clock, and its reminders are kept
// with them.
func TestADatabaseOfVersion1IsTakenOver(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "v1.db")
		version1(t, "sqlite", path, goose.DialectSQLite3, strings.NewReplacer("{17", "17", "01}", "01", "<", "'", ">", "'"))
		takenOver(t, "sqlite:"+path)
	})
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		version1(t, "pgx", url, goose.DialectPostgres, strings.NewReplacer("{17", "to_timestamp(17", "01}", "01 / 1000000.0)", "<", "convert_to('", ">", "', 'UTF8')"))
		takenOver(t, url)
	})
}

// version1 makes a database as version 1 left it.
func version1(t *testing.T, driver, source string, dialect goose.Dialect, spelling *strings.Replacer) {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	folder := "sqlite/migrations"
	if dialect == goose.DialectPostgres {
		folder = "postgres/migrations"
	}
	p, err := goose.NewProvider(dialect, db, os.DirFS(folder), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), lastOfVersion1); err != nil {
		t.Fatal(err)
	}
	for _, statement := range rowsOfVersion1 {
		columns, body, hasBody := strings.Cut(statement, "'{\"ticket\"") // a body is JSON: its braces are its own
		statement = spelling.Replace(columns)
		if hasBody {
			statement += "'{\"ticket\"" + body
		}
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func takenOver(t *testing.T, address string) {
	t.Helper()
	s := open(t, address)
	migrate(t, s)
	posted := time.Date(2026, 11, 20, 9, 0, 0, 1000, time.UTC)
	ts, err := s.Load(t.Context(), []string{"00000000-0000-7000-8000-000000000042"})
	if err != nil || len(ts) != 1 {
		t.Fatal(ts, err)
	}
	want := escalation.Clock{Kind: policy.FirstReply, Start: posted, Target: 50 * time.Minute, Deadline: posted.Add(50 * time.Minute), Tiers: 4}
	first := *ts[0].FirstReply()
	if first.Kind != want.Kind || !first.Start.Equal(want.Start) || first.Target != want.Target || !first.Deadline.Equal(want.Deadline) || first.Tiers != want.Tiers {
		t.Errorf("clock %+v, want %+v", first, want)
	}
	if ts[0].Tiers[0].Clock != policy.FirstReply || ts[0].Tiers[0].State != escalation.TierOwed || !ts[0].Tiers[1].Due.Equal(posted.Add(20*time.Minute)) {
		t.Errorf("tiers %+v", ts[0].Tiers)
	}
	decided, err := s.Happened(t.Context(), []string{ts[0].ID}, escalation.EventDue)
	if err != nil {
		t.Fatal(err)
	}
	r := escalation.ReminderOf(decided, ts[0].ID, escalation.Posting{Tier: 1, Round: 1})
	if r == nil || len(r.Mention) != 1 || r.Mention[0].ID != "U0ANA" || r.Ticket.Subject != "It burns" {
		t.Errorf("the reminder is kept as %+v", r)
	}
	if _, err := s.Save(t.Context(), []escalation.Change{{Timeline: &ts[0]}}); err != nil {
		t.Error(err)
	}
}
