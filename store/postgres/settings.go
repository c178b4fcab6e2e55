package postgres

import (
	"context"

	"github.com/jackc/pgx/v5/pgconn"

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
