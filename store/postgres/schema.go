package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/table"
)

// ownSchema is where the tables are unless the address names another schema (search_path). Nothing in it is
// granted to anybody else: on Supabase, everybody may read what is in public through the data API.
const ownSchema = "slabuddy"

var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// checkSchema refuses what an address names as search_path if it is not one schema.
func checkSchema(searchPath string) error {
	if searchPath != "" && !schemaName.MatchString(searchPath) {
		return errors.New("search_path in the address of the database (DATABASE_URL) has to name one schema, in lower case, such as search_path=slabuddy")
	}
	return nil
}

// locate finds the schema that holds the installation. The tables of an older program are where the server's
// own search_path leads, which is public as a rule: they are used there until Migrate moves them.
func (s *Store) locate(ctx context.Context) error {
	if s.named {
		return nil
	}
	older, err := s.older(ctx)
	if err != nil {
		return err
	}
	s.use(cmp.Or(older, ownSchema))
	return nil
}

// use changes the schema. Connections that were set to another one are closed.
func (s *Store) use(schema string) {
	if old := s.schema.Swap(&schema); *old != schema {
		s.pool.Reset()
	}
}

// older names the schema of an older program's tables; "" if there are none, or those of this one.
func (s *Store) older(ctx context.Context) (string, error) {
	var found []string
	err := s.inTx(ctx, func(t *tx) error {
		t.queue(`set local search_path to default`)
		// Five columns distinguish our tables from those of another program.
		t.queue(`select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
			where c.oid = to_regclass('timelines') and n.nspname <> $1 and to_regclass($2) is null
				and 5 = (select count(*) from pg_attribute where attrelid = c.oid
					and attname in ('ticket_id', 'thread_ts', 'next_at', 'asked_at', 'body'))`,
			ownSchema, ownSchema+".timelines").Query(into(&found, row.Value[string]))
		return nil
	})
	if err != nil || len(found) == 0 {
		return "", wrap("look for the tables", err)
	}
	return found[0], nil
}

// moveHome makes the schema if it does not exist, and moves the tables of an older program into it.
func (s *Store) moveHome(ctx context.Context) error {
	if err := s.locate(ctx); err != nil {
		return err
	}
	from, to := *s.schema.Load(), ownSchema
	if s.named {
		to = from
	}
	err := s.inTx(ctx, func(t *tx) error {
		var exists []bool
		t.queue(`select exists (select from pg_namespace where nspname = $1)`, to).Query(into(&exists, row.Value[bool]))
		if err := t.send(); err != nil {
			return err
		}
		if !exists[0] {
			t.queue(`create schema ` + to)
		}
		if from != to {
			return moveTables(t, from, to)
		}
		return nil
	})
	if denied := (*pgconn.PgError)(nil); errors.As(err, &denied) && denied.Code == "42501" {
		return fmt.Errorf("the database's user may not make the schema %s: grant it create on the database, make the schema for it, or name one that exists in DATABASE_URL (search_path=public): %w", to, err)
	}
	if err != nil {
		return wrap("make the schema "+to, err)
	}
	s.use(to)
	if from != to {
		s.log.Info("the tables now have a schema of their own; older programs that are still running fail and do not start again", "was", from, "is", to)
	}
	return nil
}

// since is the migration that made a table. Those before the first that is not listed are the ones with which
// a program looked for its tables in public.
var since = map[string]int64{
	"mentions": 1, "jobs": 1, "timelines": 1, "history": 1, "gates": 1, "kept": 1, "goose_db_version": 0,
	"desk_events": 2, "once": 2, "installations": 2, "settings": 2, "job_edges": 3, "job_attempts": 3, "schema_floor": 5, "move": 5,
}

const firstUnlisted = 6

// tablesAt lists the tables of an installation at a version, in the order in which transactions lock them.
func tablesAt(version int64) []string {
	names := []string{"mentions", "jobs", "timelines", "history", "gates"}
	for _, t := range table.All() {
		if !slices.Contains(names, t.Name) {
			names = append(names, t.Name)
		}
	}
	return slices.DeleteFunc(append(names, table.Own()...), func(name string) bool {
		made, listed := since[name]
		return listed && made > version || !listed && version < firstUnlisted
	})
}

// elsewhere is the migration at which the old schema says it is, and which it says is needed. No program that
// looks for its tables there knows it, so none starts there with empty tables, and posts everything again.
const elsewhere = 99_999

// moveTables moves tables to another schema with all that belongs to them, and leaves a note for programs of
// before.
func moveTables(t *tx, from, to string) error {
	names := strings.NewReplacer("OLD", pgx.Identifier{from}.Sanitize(), "NEW", pgx.Identifier{to}.Sanitize(),
		"ELSEWHERE", fmt.Sprint(elsewhere))
	var version []int64
	t.queue(names.Replace(`select max(version_id) from OLD.goose_db_version`)).Query(into(&version, row.Value[int64]))
	if err := t.send(); err != nil {
		return err
	}
	for _, name := range tablesAt(version[0]) {
		t.queue(names.Replace(`alter table OLD.` + name + ` set schema NEW`))
	}
	if err := t.send(); err != nil {
		return err
	}
	for _, statement := range []string{
		`create table OLD.goose_db_version (like NEW.goose_db_version including all)`,
		`insert into OLD.goose_db_version (version_id, is_applied)
			select version_id, is_applied from NEW.goose_db_version order by id`,
		`insert into OLD.goose_db_version (version_id, is_applied) values (ELSEWHERE, true)`,
		`create table OLD.schema_floor (version bigint not null)`,
		`insert into OLD.schema_floor values (ELSEWHERE)`,
		`comment on table OLD.schema_floor is 'slabuddy has its tables in another schema now. This table and
			goose_db_version keep its older versions from starting here; drop both once there are none.'`,
	} {
		t.queue(names.Replace(statement))
		if err := t.send(); err != nil { // each names what the one before has made
			return err
		}
	}
	if err := revoke(t, to, nil); err != nil {
		return err
	}
	return revoke(t, from, []string{"goose_db_version", "schema_floor", "goose_db_version_id_seq"})
}

// revoke takes from everybody but their owner what default privileges have granted on tables, sequences and
// the schema itself. only names the tables; nil is all of the schema.
func revoke(t *tx, schema string, only []string) error {
	var revocations []string
	t.queue(`with acls as (
			select case relkind when 'S' then 'sequence ' else 'table ' end || oid::regclass as object, relowner as owner, relacl as acl
			from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
				and ($2::text[] is null or relname = any($2::text[]))
			union all
			select 'schema ' || nspname, nspowner, nspacl from pg_namespace where oid = $1::regnamespace and $2::text[] is null)
		select distinct 'revoke all on ' || object || ' from ' || case grantee when 0 then 'public' else grantee::regrole::text end || ' cascade'
		from acls, aclexplode(acl) where grantee <> owner`, pgx.Identifier{schema}.Sanitize(), only).
		Query(into(&revocations, row.Value[string]))
	if err := t.send(); err != nil {
		return err
	}
	for _, r := range revocations {
		t.queue(r)
	}
	return t.send()
}
