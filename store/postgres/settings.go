package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

func (s *Store) AddSetting(ctx context.Context, v setup.Setting) (added bool, err error) {
	err = s.inTx(ctx, func(t *tx) error {
		// Of two calls that see the same latest version, the second conflicts with the first one's row.
		t.queue(`insert into settings (`+row.SettingColumns+`)
			select $1, $2, $3, $4::timestamptz, $5, $6::bytea
			where $3::bigint = 1 + (select coalesce(max(version), 0) from settings where workspace = $1 and scope = $2)
			on conflict (workspace, scope, version) do nothing`,
			v.Workspace, v.Scope, v.Version, stamp(v.At), v.By, append([]byte{}, v.Body...)).
			Exec(func(tag pgconn.CommandTag) error {
				added = tag.RowsAffected() == 1
				return nil
			})
		return publish(t, wake.Settings(v.Workspace))
	})
	return added && err == nil, wrap("add setting", err)
}

func (s *Store) Settings(ctx context.Context, workspace string) ([]setup.Setting, error) {
	rows, err := s.query(ctx, `select distinct on (scope) `+row.SettingColumns+` from settings
		where workspace = $1 order by scope, version desc`, workspace)
	vs, err := collect(rows, err, row.Setting[timestamp])
	return vs, wrap("read settings", err)
}

func (s *Store) WorkspacesWith(ctx context.Context, scope string) ([]string, error) {
	rows, err := s.query(ctx, `select workspace from (select distinct on (workspace) workspace, body from settings
		where scope = $1 order by workspace, version desc) latest where body <> '' order by workspace`, scope)
	workspaces, err := collect(rows, err, row.Value[string])
	return workspaces, wrap("read who set something up", err)
}

func (s *Store) SettingVersions(ctx context.Context, workspace, scope string, n int) ([]setup.Setting, error) {
	rows, err := s.query(ctx, `select `+row.SettingColumns+` from settings
		where workspace = $1 and scope = $2 order by version desc limit $3`, workspace, scope, max(n, 0))
	vs, err := collect(rows, err, row.Setting[timestamp])
	return vs, wrap("read versions of a setting", err)
}

func (s *Store) SaveInstallation(ctx context.Context, i setup.Installation) error {
	return wrap("save installation", s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into installations (`+row.InstallColumns+`)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			on conflict (workspace) do update set name = excluded.name, app_id = excluded.app_id,
				bot_user = excluded.bot_user, bot_id = excluded.bot_id, scopes = excluded.scopes,
				token = excluded.token, installed_by = excluded.installed_by,
				installed_at = excluded.installed_at, updated_at = excluded.updated_at,
				ended_at = excluded.ended_at, ended_why = excluded.ended_why`,
			i.Workspace, i.Name, i.AppID, i.BotUser, i.BotID, row.Keys(i.Scopes), append([]byte{}, i.Token...),
			i.InstalledBy, stamp(i.InstalledAt), stamp(i.UpdatedAt), stamp(i.EndedAt), i.EndedWhy)
		return publish(t, wake.Installations(i.Workspace))
	}))
}

func (s *Store) EndInstallation(ctx context.Context, workspace string, ended time.Time, why string) error {
	return wrap("end installation", s.inTx(ctx, func(t *tx) error {
		t.queue(`update installations set ended_at = $2, ended_why = $3
			where workspace = $1 and ended_at is null and (installed_at is null or installed_at <= $2)`,
			workspace, stamp(ended), why)
		return publish(t, wake.Installations(workspace))
	}))
}

func (s *Store) Installations(ctx context.Context) ([]setup.Installation, error) {
	rows, err := s.query(ctx, `select `+row.InstallColumns+` from installations order by workspace`)
	is, err := collect(rows, err, row.Installation[timestamp])
	return is, wrap("list installations", err)
}

func (s *Store) Installation(ctx context.Context, workspace string) (i setup.Installation, found bool, err error) {
	rows, err := s.query(ctx, `select `+row.InstallColumns+` from installations where workspace = $1`, workspace)
	is, err := collect(rows, err, row.Installation[timestamp])
	if err != nil || len(is) == 0 {
		return setup.Installation{}, false, wrap("read an installation", err)
	}
	return is[0], true, nil
}

func (s *Store) AddRoster(ctx context.Context, workspace string, r review.RosterSince) (added bool, err error) {
	js, err := row.Roster(r.Roster)
	if err != nil {
		return false, wrap("add roster", err)
	}
	err = s.inTx(ctx, func(t *tx) error {
		t.queue(`insert into rosters (workspace, at, roster) select $1, $2::timestamptz, $3 where not exists
			(select 1 from rosters where workspace = $1 and (at >= $2 or roster = $3 and at =
				(select max(at) from rosters where workspace = $1)))
			on conflict (workspace, at) do nothing`, workspace, stamp(r.At), js).
			Exec(func(tag pgconn.CommandTag) error {
				added = tag.RowsAffected() == 1
				return nil
			})
		return nil
	})
	return added && err == nil, wrap("add roster", err)
}

func (s *Store) Rosters(ctx context.Context, workspace string, from, to time.Time) (review.Rosters, error) {
	rows, err := s.query(ctx, `select at, roster from rosters r where workspace = $1 and at < $3 and not exists
			(select 1 from rosters later where later.workspace = $1 and later.at > r.at and later.at <= $2)
		order by at`, workspace, stamp(from), stamp(to))
	all, err := collect(rows, err, row.RosterSince[timestamp])
	return all, wrap("read rosters", err)
}
