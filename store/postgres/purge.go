package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
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
