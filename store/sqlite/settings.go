package sqlite

import (
	"context"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

const settingColumns = `workspace, scope, version, set_at, set_by, body`

func scanSetting(scan func(...any) error) (setup.Setting, error) {
	var s setup.Setting
	var set nullable
	err := scan(&s.Workspace, &s.Scope, &s.Version, &set, &s.By, &s.Body)
	s.At = at(set)
	if len(s.Body) == 0 {
		s.Body = nil
	}
	return s, err
}

// AddSetting adds a version of a scope if it is one more than the latest (1 if there is none), and
// tells all who listen. Else somebody was quicker: nothing is added. After an error it may have
// been added.
func (s *Store) AddSetting(ctx context.Context, v setup.Setting) (added bool, err error) {
	err = s.w.do(ctx, true, func(t *tx) error {
		n, err := t.exec(`insert into settings (`+settingColumns+`) select ?1, ?2, ?3, ?4, ?5, ?6
			where ?3 = 1 + (select coalesce(max(version), 0) from settings where workspace = ?1 and scope = ?2)`,
			v.Workspace, v.Scope, v.Version, stamp(v.At), v.By, append([]byte{}, v.Body...))
		added = n == 1
		return err
	})
	if err != nil {
		return false, wrap("add setting", err)
	}
	s.hub.Tell(wake.Settings(v.Workspace))
	return added, nil
}

// Settings returns the latest version of each scope of a workspace, by scope; what was taken back
// has an empty body.
func (s *Store) Settings(ctx context.Context, workspace string) ([]setup.Setting, error) {
	rows, err := s.query(ctx, `select `+settingColumns+` from settings s where workspace = ? and version =
			(select max(version) from settings where workspace = s.workspace and scope = s.scope)
		order by scope`, workspace)
	vs, err := collect(rows, err, scanSetting)
	return vs, wrap("read settings", err)
}

// SettingVersions returns the versions of a scope, the newest first, at most n.
func (s *Store) SettingVersions(ctx context.Context, workspace, scope string, n int) ([]setup.Setting, error) {
	rows, err := s.query(ctx, `select `+settingColumns+` from settings
		where workspace = ? and scope = ? order by version desc limit ?`, workspace, scope, max(n, 0))
	vs, err := collect(rows, err, scanSetting)
	return vs, wrap("read versions of a setting", err)
}
