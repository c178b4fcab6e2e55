package postgres

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

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
