package sqlite

import (
	"context"

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
	rows, err := s.query(ctx, `select `+row.SettingColumns+` from settings s where workspace = ? and version =
			(select max(version) from settings where workspace = s.workspace and scope = s.scope)
		order by scope`, workspace)
	vs, err := collect(rows, err, row.Setting[timestamp])
	return vs, wrap("read settings", err)
}

func (s *Store) WorkspacesWith(ctx context.Context, scope string) ([]string, error) {
	rows, err := s.query(ctx, `select workspace from settings s where scope = ? and length(body) > 0 and version =
			(select max(version) from settings where workspace = s.workspace and scope = s.scope)
		order by workspace`, scope)
	workspaces, err := collect(rows, err, row.Value[string])
	return workspaces, wrap("read who set something up", err)
}

func (s *Store) SettingVersions(ctx context.Context, workspace, scope string, n int) ([]setup.Setting, error) {
	rows, err := s.query(ctx, `select `+row.SettingColumns+` from settings
		where workspace = ? and scope = ? order by version desc limit ?`, workspace, scope, max(n, 0))
	vs, err := collect(rows, err, row.Setting[timestamp])
	return vs, wrap("read versions of a setting", err)
}
