package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

func (s *Store) Purge(ctx context.Context, closedBefore, jobsBefore, mentionsBefore time.Time, n int) (deleted int, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		deleted = 0
		count := func(r pgx.Row) error {
			var k int
			err := r.Scan(&k)
			deleted += k
			return err
		}
		t.queue(`with old as (
				select id as oid from timelines where state <> 'open' and closed_at < $1
				order by closed_at limit $2 for update skip locked),
			h as (delete from history using old where timeline_id = oid),
			d as (delete from timelines using old where id = oid returning id)
			select count(*) from d`, stamp(closedBefore), n).QueryRow(count)
		t.queue(`with old as (
				select workspace as w, at as a from rosters r where at < $1 and exists
					(select 1 from rosters later where later.workspace = r.workspace and later.at > r.at and later.at < $1)
				order by workspace, at limit $2 for update skip locked),
			d as (delete from rosters using old where workspace = w and at = a returning at)
			select count(*) from d`, stamp(closedBefore), n).QueryRow(count)
		queuePurgeJobs(t, jobsBefore, n).QueryRow(count)
		t.queue(`with old as (
				select workspace as w, channel as c, ts as m from mentions where heard_at < $1
				order by heard_at limit $2 for update skip locked),
			d as (delete from mentions using old where workspace = w and channel = c and ts = m returning ts)
			select count(*) from d`, stamp(mentionsBefore), n).QueryRow(count)
		t.queue(`with old as (
				select ticket_id as i, kind as k, happened_at as h from desk_events where heard_at < $1
				order by heard_at limit $2 for update skip locked),
			d as (delete from desk_events using old
				where ticket_id = i and kind = k and happened_at = h returning kind)
			select count(*) from d`, stamp(mentionsBefore), n).QueryRow(count)
		t.queue(`with old as (
				select key as k from once where used_until < $1
				order by used_until limit $2 for update skip locked),
			d as (delete from once using old where key = k returning key)
			select count(*) from d`, stamp(mentionsBefore), n).QueryRow(count)
		return nil
	})
	return deleted, wrap("purge", err)
}

// queuePurgeJobs queues the deletion of old jobs; its one row says how many.
func queuePurgeJobs(t *tx, before time.Time, n int) *pgx.QueuedQuery {
	return t.queue(`with old as (
			select id as oid from jobs where finished_at is not null and finished_at < $1
				and (not watched or not exists (select 1 from job_edges where after = id))
			order by finished_at limit $2 for update skip locked),
		e as (delete from job_edges using old where job = oid),
		a as (delete from job_attempts using old where job = oid),
		d as (delete from jobs using old where id = oid returning id)
		select count(*) from d`, stamp(before), n)
}

// eraseRows delete the rows of workspace $1, at most $2 of a table, and tell how many. Each is asked again
// until it finds none, and only then the next: jobs go while the timelines that they name are there.
var eraseRows = []string{
	`with gone as (
			select id as oid from jobs where chr(31) || gates || chr(31) like '%' || chr(31) || 'workspace/' || $1 || chr(31) || '%'
				or key like '%/' || $1 || '/%'
				or substr(key, position('/' in key) + 1, 36) in (select id::text from timelines where workspace = $1)
			limit $2 for update),
		e as (delete from job_edges using gone where job = oid or after = oid),
		a as (delete from job_attempts using gone where job = oid),
		d as (delete from jobs using gone where id = oid returning id)
		select count(*) from d`,
	`with gone as (select id as oid from timelines where workspace = $1 limit $2 for update),
		h as (delete from history using gone where timeline_id = oid),
		d as (delete from timelines using gone where id = oid returning id)
		select count(*) from d`,
	`with d as (delete from mentions where ctid in (select ctid from mentions where workspace = $1 limit $2) returning ts)
		select count(*) from d`,
	`with d as (delete from desk_events where ctid in (select ctid from desk_events where workspace = $1 limit $2) returning kind)
		select count(*) from d`,
	`with d as (delete from settings where ctid in (select ctid from settings where workspace = $1 limit $2) returning scope)
		select count(*) from d`,
	`with d as (delete from rosters where ctid in (select ctid from rosters where workspace = $1 limit $2) returning at)
		select count(*) from d`,
	`with d as (delete from kept where key in (select key from kept
			where key like '%/' || $1 or key like '%/' || $1 || '/%' limit $2) returning key)
		select count(*) from d`,
	`with d as (delete from once where key in (select key from once
			where key like '%/' || $1 or key like '%/' || $1 || '/%' limit $2) returning key)
		select count(*) from d`,
	`with d as (delete from gates where key in (select key from gates
			where key like '%/' || $1 or key like '%/' || $1 || '/%' limit $2) returning key)
		select count(*) from d`,
}

func (s *Store) EraseWorkspace(ctx context.Context, workspace string, endedBefore time.Time, n int) (deleted int, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		deleted = 0
		installed := 0
		t.queue(`select id from (select workspace as id from installations
			where workspace = $1 and (ended_at is null or ended_at >= $2) for update) i`, workspace, stamp(endedBefore)).
			Query(func(rows pgx.Rows) error {
				for rows.Next() {
					installed++
				}
				return rows.Err()
			})
		if err := t.send(); err != nil {
			return err
		}
		if installed > 0 {
			return row.ErrInstalled
		}
		for _, q := range eraseRows {
			t.queue(q, workspace, n).QueryRow(value(&deleted))
			if err := t.send(); err != nil || deleted > 0 {
				return err
			}
		}
		t.queue(`with d as (delete from installations where workspace = $1 returning workspace) select count(*) from d`, workspace).
			QueryRow(value(&deleted))
		queueNotify(t, wake.Installations(workspace))
		return nil
	})
	return deleted, wrap("erase a workspace", err)
}
