package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

const settingColumns = `workspace, scope, version, set_at, set_by, body`

func scanSetting(r pgx.CollectableRow) (setup.Setting, error) {
	var s setup.Setting
	var set pgtype.Timestamptz
	err := r.Scan(&s.Workspace, &s.Scope, &s.Version, &set, &s.By, &s.Body)
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
	err = s.inTx(ctx, func(t *tx) error {
		// Of two that see the same latest version, the second meets the first one's row.
		t.queue(`insert into settings (`+settingColumns+`)
			select $1, $2, $3, $4::timestamptz, $5, $6::bytea
			where $3::bigint = 1 + (select coalesce(max(version), 0) from settings where workspace = $1 and scope = $2)
			on conflict (workspace, scope, version) do nothing`,
			v.Workspace, v.Scope, v.Version, stamp(v.At), v.By, append([]byte{}, v.Body...)).
			Exec(func(tag pgconn.CommandTag) error {
				added = tag.RowsAffected() == 1
				return nil
			})
		queueNotify(t, wake.Settings(v.Workspace))
		return nil
	})
	return added && err == nil, wrap("add setting", err)
}

// Settings returns the latest version of each scope of a workspace, by scope; what was taken back
// has an empty body.
func (s *Store) Settings(ctx context.Context, workspace string) ([]setup.Setting, error) {
	rows, err := s.query(ctx, `select distinct on (scope) `+settingColumns+` from settings
		where workspace = $1 order by scope, version desc`, workspace)
	if err != nil {
		return nil, wrap("read settings", err)
	}
	vs, err := pgx.CollectRows(rows, scanSetting)
	return vs, wrap("read settings", err)
}

// SettingVersions returns the versions of a scope, the newest first, at most n.
func (s *Store) SettingVersions(ctx context.Context, workspace, scope string, n int) ([]setup.Setting, error) {
	rows, err := s.query(ctx, `select `+settingColumns+` from settings
		where workspace = $1 and scope = $2 order by version desc limit $3`, workspace, scope, max(n, 0))
	if err != nil {
		return nil, wrap("read versions of a setting", err)
	}
	vs, err := pgx.CollectRows(rows, scanSetting)
	return vs, wrap("read versions of a setting", err)
}
