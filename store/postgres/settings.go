package postgres

import (
	"context"
	"time"

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
			Exec(wrote(&added))
		return publish(t, wake.Settings(v.Workspace))
	})
	return added && err == nil, wrap("add setting", err)
}

func (s *Store) Settings(ctx context.Context, workspace string) ([]setup.Setting, error) {
	return read(ctx, s, "read settings", row.Setting[timestamp],
		`select distinct on (scope) `+row.SettingColumns+` from settings
		where workspace = $1 order by scope, version desc`, workspace)
}

func (s *Store) WorkspacesWith(ctx context.Context, scope string) ([]string, error) {
	return read(ctx, s, "read who set something up", row.Value[string],
		`select workspace from (select distinct on (workspace) workspace, body from settings
		where scope = $1 order by workspace, version desc) latest where body <> '' order by workspace`, scope)
}

func (s *Store) SettingVersions(ctx context.Context, workspace, scope string, n int) ([]setup.Setting, error) {
	return read(ctx, s, "read versions of a setting", row.Setting[timestamp],
		`select `+row.SettingColumns+` from settings
		where workspace = $1 and scope = $2 order by version desc limit $3`, workspace, scope, max(n, 0))
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
	return read(ctx, s, "list installations", row.Installation[timestamp],
		`select `+row.InstallColumns+` from installations order by workspace`)
}

func (s *Store) Installation(ctx context.Context, workspace string) (i setup.Installation, found bool, err error) {
	return row.First(read(ctx, s, "read an installation", row.Installation[timestamp],
		`select `+row.InstallColumns+` from installations where workspace = $1`, workspace))
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
			Exec(wrote(&added))
		return nil
	})
	return added && err == nil, wrap("add roster", err)
}

func (s *Store) Rosters(ctx context.Context, workspace string, from, to time.Time) (review.Rosters, error) {
	return read(ctx, s, "read rosters", row.RosterSince[timestamp],
		`select at, roster from rosters r where workspace = $1 and at < $3 and not exists
			(select 1 from rosters later where later.workspace = $1 and later.at > r.at and later.at <= $2)
		order by at`, workspace, stamp(from), stamp(to))
}
