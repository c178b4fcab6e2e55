package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
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
	ids, err := readIn(t, row.Value[string], `delete from jobs where id in `+old+` returning id`, stamp(before), n)
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

// eraseRows delete the rows of workspace ?1, at most ?2 of a table. Each is asked again until it finds none,
// and only then the next: jobs go while the timelines that they name are there. What is uncounted goes
// before the rows that it belongs to, which are the same until they are gone.
var eraseRows = []struct {
	query     string
	uncounted bool
}{
	{`delete from job_edges where job in ` + jobsOf + ` or after in ` + jobsOf, true},
	{`delete from job_attempts where job in ` + jobsOf, true},
	{`delete from jobs where id in ` + jobsOf, false},
	{`delete from history where timeline_id in (select id from timelines where workspace = ?1 order by id limit ?2)`, true},
	{`delete from timelines where id in (select id from timelines where workspace = ?1 order by id limit ?2)`, false},
	{`delete from mentions where (workspace, channel, ts) in
		(select workspace, channel, ts from mentions where workspace = ?1 limit ?2)`, false},
	{`delete from desk_events where (ticket_id, kind, happened_at) in
		(select ticket_id, kind, happened_at from desk_events where workspace = ?1 limit ?2)`, false},
	{`delete from settings where (workspace, scope, version) in
		(select workspace, scope, version from settings where workspace = ?1 limit ?2)`, false},
	{`delete from rosters where (workspace, at) in (select workspace, at from rosters where workspace = ?1 limit ?2)`, false},
	{`delete from kept where key in (select key from kept where key like '%/' || ?1 or key like '%/' || ?1 || '/%' limit ?2)`, false},
	{`delete from once where key in (select key from once where key like '%/' || ?1 or key like '%/' || ?1 || '/%' limit ?2)`, false},
	{`delete from gates where key in (select key from gates where key like '%/' || ?1 or key like '%/' || ?1 || '/%' limit ?2)`, false},
}

const jobsOf = `(select id from jobs where char(31) || gates || char(31) like '%' || char(31) || 'workspace/' || ?1 || char(31) || '%'
	or key like '%/' || ?1 || '/%'
	or substr(key, instr(key, '/') + 1, 36) in (select id from timelines where workspace = ?1)
	order by id limit ?2)`

func (s *Store) EraseWorkspace(ctx context.Context, workspace string, endedBefore time.Time, n int) (deleted int, err error) {
	err = s.w.do(ctx, false, func(t *tx) error {
		deleted = 0
		installed, err := readIn(t, row.Value[string], `select workspace from installations
			where workspace = ?1 and (ended_at is null or ended_at >= ?2)`, workspace, stamp(endedBefore))
		if err != nil {
			return err
		}
		if len(installed) > 0 {
			return row.ErrInstalled
		}
		for _, e := range eraseRows {
			k, err := t.exec(e.query, workspace, n)
			if err != nil {
				return err
			}
			if !e.uncounted && k > 0 {
				deleted = int(k)
				return nil
			}
		}
		k, err := t.exec(`delete from installations where workspace = ?1`, workspace)
		deleted = int(k)
		return err
	})
	if err == nil {
		s.hub.Notify(wake.Installations(workspace))
	}
	return deleted, wrap("erase a workspace", err)
}
