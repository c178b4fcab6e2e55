package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/store/internal/row"
)

func (s *Store) Purge(ctx context.Context, closedBefore, jobsBefore, mentionsBefore time.Time, n int) (deleted int, err error) {
	for _, purge := range []func(t *tx) (int64, error){
		func(t *tx) (int64, error) { return t.purgeTimelines(closedBefore, n) },
		func(t *tx) (int64, error) {
			return t.exec(`delete from rosters where (workspace, at) in (select workspace, at from rosters r where at < ?1 and exists
					(select 1 from rosters later where later.workspace = r.workspace and later.at > r.at and later.at < ?1)
				order by workspace, at limit ?2)`, stamp(closedBefore), n)
		},
		func(t *tx) (int64, error) { return t.purgeJobs(jobsBefore, n) },
		func(t *tx) (int64, error) {
			return t.exec(`delete from mentions where (workspace, channel, ts) in (select workspace, channel, ts
				from mentions where heard_at < ? order by heard_at limit ?)`, stamp(mentionsBefore), n)
		},
		func(t *tx) (int64, error) {
			return t.exec(`delete from desk_events where (ticket_id, kind, happened_at) in
				(select ticket_id, kind, happened_at from desk_events where heard_at < ? order by heard_at limit ?)`,
				stamp(mentionsBefore), n)
		},
		func(t *tx) (int64, error) {
			return t.exec(`delete from once where key in
				(select key from once where used_until < ? order by used_until limit ?)`, stamp(mentionsBefore), n)
		},
	} {
		err := s.w.do(ctx, false, func(t *tx) error {
			k, err := purge(t)
			deleted += int(k)
			return err
		})
		if err != nil {
			return deleted, wrap("purge", err)
		}
	}
	return deleted, nil
}

func (t *tx) purgeTimelines(before time.Time, n int) (int64, error) {
	const old = `(select id from timelines where state <> 'open' and closed_at < ? order by closed_at limit ?)`
	if _, err := t.exec(`delete from history where timeline_id in `+old, stamp(before), n); err != nil {
		return 0, err
	}
	return t.exec(`delete from timelines where id in `+old, stamp(before), n)
}

func (t *tx) purgeJobs(before time.Time, n int) (int64, error) {
	const old = `(select id from jobs where finished_at is not null and finished_at < ?
		and (not watched or not exists (select 1 from job_edges where after = id)) order by finished_at limit ?)`
	rows, err := t.query(`delete from jobs where id in `+old+` returning id`, stamp(before), n)
	ids, err := collect(rows, err, row.Value[string])
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		for _, query := range []string{`delete from job_edges where job = ?`, `delete from job_attempts where job = ?`} {
			if _, err := t.exec(query, id); err != nil {
				return 0, err
			}
		}
	}
	return int64(len(ids)), nil
}
