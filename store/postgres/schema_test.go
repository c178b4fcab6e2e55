package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/internal/table"
	"github.com/slabuddy/slabuddy/store/storetest/pgtest"
)

// supabase gives a database the roles and default privileges of a Supabase: what is made in public, everybody
// who has the project's public key may read and write through the data API.
const supabase = `
do $$ begin
	create role anon nologin noinherit; create role authenticated nologin noinherit; create role service_role nologin noinherit bypassrls;
exception when duplicate_object or unique_violation then null; end $$;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;`

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func run(t *testing.T, c *pgx.Conn, sql string) {
	t.Helper()
	if _, err := c.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func list(t *testing.T, c *pgx.Conn, sql string) []string {
	t.Helper()
	rows, err := c.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// inPublic is the address as an older program used it, which had its tables in public.
func inPublic(url string) string { return url + "&search_path=public" }

// readNothing checks that the roles of the data API can neither read nor change what we have, nor call anything.
func readNothing(t *testing.T, c *pgx.Conn) {
	t.Helper()
	for _, role := range []string{"anon", "authenticated", "service_role"} {
		may := list(t, c, `select n.nspname || '.' || relname from pg_class c join pg_namespace n on n.oid = relnamespace
			where n.nspname in ('slabuddy', 'public') and relkind in ('r', 'p', 'v', 'm') and relname <> 'theirs' and has_table_privilege('`+role+`', c.oid, 'select, insert, update, delete')
			union all select 'sequence ' || relname from pg_class c join pg_namespace n on n.oid = relnamespace
			where n.nspname in ('slabuddy', 'public') and case relkind when 'S' then has_sequence_privilege('`+role+`', c.oid, 'usage, select, update') end
			union all select 'function ' || proname from pg_proc p join pg_namespace n on n.oid = pronamespace
			where n.nspname in ('slabuddy', 'public') and has_function_privilege('`+role+`', p.oid, 'execute')
			union all select 'schema' where has_schema_privilege('`+role+`', 'slabuddy', 'usage, create')`)
		if len(may) > 0 {
			t.Errorf("%s may use %q", role, may)
		}
	}
	if len(list(t, c, `select tablename::text from pg_tables where schemaname = 'slabuddy'`)) < len(table.All()) {
		t.Error("the tables are not there")
	}
}

// Rule 15: on Supabase nobody reads a row through the data API.
func TestOnSupabaseNobodyElseMayReadOrWriteAnything(t *testing.T) {
	url := pgtest.URL(t)
	c := connect(t, url)
	run(t, c, supabase)
	run(t, c, `alter default privileges grant all on tables to anon; alter default privileges grant usage on schemas to anon`)
	t.Run("new", func(t *testing.T) {
		migrate(t, open(t, url))
		readNothing(t, c)
	})
	t.Run("what an operator grants stays", func(t *testing.T) {
		run(t, c, `grant usage on schema slabuddy to service_role; grant select on slabuddy.history to service_role`)
		migrate(t, open(t, url))
		if got := list(t, c, `select 'yes' where has_table_privilege('service_role', 'slabuddy.history', 'select')`); len(got) == 0 {
			t.Error("it was revoked")
		}
	})
}

// older fills an installation in public, as the older program made it.
func older(t *testing.T, url string) store.Store {
	t.Helper()
	s := open(t, inPublic(url))
	migrate(t, s)
	var jobs []queue.New
	for n := range 50 {
		jobs = append(jobs, job(n))
	}
	if err := s.AddJobs(t.Context(), jobs, t0); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), "roster", []byte("{}"), t0); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnOlderInstallationIsMovedOutOfPublicAndNothingIsLost(t *testing.T) {
	url := pgtest.URL(t)
	c := connect(t, url)
	run(t, c, supabase)
	run(t, c, `create table public.theirs (id int)`)
	before := older(t, url)

	s := open(t, url)
	if jobs, err := s.Jobs(t.Context(), queue.Filter{}); err != nil || len(jobs) != 50 {
		t.Errorf("before the migration %d jobs are found, %v", len(jobs), err)
	}
	migrate(t, s)
	if jobs, err := s.Jobs(t.Context(), queue.Filter{}); err != nil || len(jobs) != 50 {
		t.Errorf("after it %d, %v", len(jobs), err)
	}
	readNothing(t, c)
	if got := list(t, c, `select tablename::text from pg_tables where schemaname = 'public' order by 1`); strings.Join(got, " ") != "goose_db_version schema_floor theirs" {
		t.Errorf("public has %q", got)
	}
	migrate(t, open(t, url)) // again, and it stays

	// An older replica does nothing from then on, and does not start again.
	if _, err := before.Claim(t.Context(), queue.Request{Queue: "q", N: 1, Now: t0, Lease: time.Minute}); err == nil {
		t.Error("an older replica claimed a job")
	}
	if err := open(t, inPublic(url)).Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "start the newer version again") {
		t.Errorf("an older program started: %v", err)
	}
	got, err := s.Claim(t.Context(), queue.Request{Queue: "q", N: 9, Now: t0, Lease: time.Minute})
	if err != nil || len(got.Jobs) != 9 {
		t.Errorf("claimed %d, %v", len(got.Jobs), err)
	}
}

// Replicas of both versions are at work while one of the new ones migrates.
func TestWhileItMovesEveryJobIsClaimedOnce(t *testing.T) {
	url := pgtest.URL(t)
	before := older(t, url)
	claimed := map[string]int{}
	claim := func(s store.Store) error {
		got, err := s.Claim(t.Context(), queue.Request{Queue: "q", N: 1, Now: t0, Lease: time.Hour})
		for _, j := range got.Jobs {
			claimed[j.ID]++
		}
		return err
	}
	s := open(t, url)
	moved := make(chan error, 1)
	for n := 0; ; n++ {
		err := claim(before)
		if pg := (*pgconn.PgError)(nil); errors.As(err, &pg) && pg.Code == "42P01" { // no such table
			break
		}
		if err != nil {
			t.Fatalf("the older replica fails in another way: %v", err)
		}
		if n == 3 {
			go func() { moved <- s.Migrate(t.Context()) }()
		}
		select {
		case err := <-moved:
			if moved <- err; err != nil {
				t.Fatal(err)
			}
		default:
		}
	}
	if err := <-moved; err != nil {
		t.Fatal(err)
	}
	for len(claimed) < 50 {
		if err := claim(s); err != nil {
			t.Fatal(err)
		}
	}
	for id, n := range claimed {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
}

func TestTheSchemaThatTheAddressNamesIsUsed(t *testing.T) {
	url := pgtest.URL(t)
	c := connect(t, url)
	a, b := open(t, url+"&search_path=team_a"), open(t, url+"&search_path=team_b")
	migrate(t, a)
	migrate(t, b)
	if err := a.Put(t.Context(), "k", []byte("a"), t0); err != nil {
		t.Fatal(err)
	}
	if _, _, found, err := b.Get(t.Context(), "k"); found || err != nil {
		t.Errorf("one team sees the other's: %v", err)
	}
	if got := list(t, c, `select count(*)::text from pg_tables where schemaname in ('public', 'slabuddy')`); got[0] != "0" {
		t.Errorf("%s tables are elsewhere", got)
	}
	for _, odd := range []string{`"$user",public`, "Team", "a.b"} {
		if s, err := store.Open(t.Context(), url+"&search_path="+odd, store.Options{}); err == nil {
			s.Close()
			t.Errorf("%s is taken for a schema", odd)
		}
	}
}

func TestAUserWhoMayMakeNoSchemaIsToldWhatToDo(t *testing.T) {
	url := pgtest.URL(t)
	c := connect(t, url)
	run(t, c, `create role poor login`)
	t.Cleanup(func() {
		if _, err := c.Exec(context.Background(), `drop role poor`); err != nil {
			t.Error(err)
		}
	})
	s := open(t, url+"&user=poor")
	if err := s.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "grant it create on the database") {
		t.Errorf("got %v", err)
	}
}
