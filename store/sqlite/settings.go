package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/review"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

func (s *Store) AddSetting(ctx context.Context, v setup.Setting) (added bool, err error) {
	err = s.w.do(ctx, true, func(t *tx) error {
		n, err := t.exec(`insert into settings (`+row.SettingColumns+`) select ?1, ?2, ?3, ?4, ?5, ?6
			where ?3 = 1 + (select coalesce(max(version), 0) from settings where workspace = ?1 and scope = ?2)`,
			v.Workspace, v.Scope, v.Version, stamp(v.At), v.By, append([]byte{}, v.Body...))
		added = n == 1
		return err
	})
	if err != nil {
		return false, wrap("add setting", err)
	}
	s.hub.Notify(wake.Settings(v.Workspace))
	return added, nil
}

func (s *Store) Settings(ctx context.Context, workspace string) ([]setup.Setting, error) {
	return read(ctx, s, "read settings", row.Setting[timestamp],
		`select `+row.SettingColumns+` from settings s where workspace = ? and version =
			(select max(version) from settings where workspace = s.workspace and scope = s.scope)
		order by scope`, workspace)
}

func (s *Store) WorkspacesWith(ctx context.Context, scope string) ([]string, error) {
	return read(ctx, s, "read who set something up", row.Value[string],
		`select workspace from settings s where scope = ? and length(body) > 0 and version =
			(select max(version) from settings where workspace = s.workspace and scope = s.scope)
		order by workspace`, scope)
}

func (s *Store) SettingVersions(ctx context.Context, workspace, scope string, n int) ([]setup.Setting, error) {
	return read(ctx, s, "read versions of a setting", row.Setting[timestamp],
		`select `+row.SettingColumns+` from settings
		where workspace = ? and scope = ? order by version desc limit ?`, workspace, scope, max(n, 0))
}

func (s *Store) SaveInstallation(ctx context.Context, i setup.Installation) error {
	err := s.w.do(ctx, true, func(t *tx) error {
		_, err := t.exec(`insert or replace into installations (`+row.InstallColumns+`)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			i.Workspace, i.Name, i.AppID, i.BotUser, i.BotID, row.Keys(i.Scopes), append([]byte{}, i.Token...),
			i.InstalledBy, stamp(i.InstalledAt), stamp(i.UpdatedAt), stamp(i.EndedAt), i.EndedWhy)
		return err
	})
	if err != nil {
		return wrap("save installation", err)
	}
	s.hub.Notify(wake.Installations(i.Workspace))
	return nil
}

func (s *Store) EndInstallation(ctx context.Context, workspace string, ended time.Time, why string) error {
	err := s.w.do(ctx, true, func(t *tx) error {
		_, err := t.exec(`update installations set ended_at = ?2, ended_why = ?3
			where workspace = ?1 and ended_at is null and (installed_at is null or installed_at <= ?2)`,
			workspace, stamp(ended), why)
		return err
	})
	if err != nil {
		return wrap("end installation", err)
	}
	s.hub.Notify(wake.Installations(workspace))
	return nil
}

func (s *Store) Installations(ctx context.Context) ([]setup.Installation, error) {
	return read(ctx, s, "list installations", row.Installation[timestamp],
		`select `+row.InstallColumns+` from installations order by workspace`)
}

func (s *Store) Installation(ctx context.Context, workspace string) (i setup.Installation, found bool, err error) {
	return row.First(read(ctx, s, "read an installation", row.Installation[timestamp],
		`select `+row.InstallColumns+` from installations where workspace = ?`, workspace))
}

func (s *Store) AddRoster(ctx context.Context, workspace string, r review.RosterSince) (added bool, err error) {
	js, err := row.Roster(r.Roster)
	if err != nil {
		return false, wrap("add roster", err)
	}
	err = s.w.do(ctx, true, func(t *tx) error {
		n, err := t.exec(`insert into rosters (workspace, at, roster) select ?1, ?2, ?3 where not exists
			(select 1 from rosters where workspace = ?1 and (at >= ?2 or roster = ?3 and at =
				(select max(at) from rosters where workspace = ?1)))`, workspace, stamp(r.At), js)
		added = n == 1
		return err
	})
	return added && err == nil, wrap("add roster", err)
}

func (s *Store) Rosters(ctx context.Context, workspace string, from, to time.Time) (review.Rosters, error) {
	return read(ctx, s, "read rosters", row.RosterSince[timestamp],
		`select at, roster from rosters r where workspace = ?1 and at < ?3 and not exists
			(select 1 from rosters later where later.workspace = ?1 and later.at > r.at and later.at <= ?2)
		order by at`, workspace, stamp(from), stamp(to))
}
