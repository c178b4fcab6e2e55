package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

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
	rows, err := s.query(ctx, `select `+row.InstallColumns+` from installations order by workspace`)
	is, err := collect(rows, err, row.Installation[timestamp])
	return is, wrap("list installations", err)
}

func (s *Store) Installation(ctx context.Context, workspace string) (i setup.Installation, found bool, err error) {
	rows, err := s.query(ctx, `select `+row.InstallColumns+` from installations where workspace = ?`, workspace)
	is, err := collect(rows, err, row.Installation[timestamp])
	if err != nil || len(is) == 0 {
		return setup.Installation{}, false, wrap("read an installation", err)
	}
	return is[0], true, nil
}
