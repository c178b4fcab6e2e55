package sqlite

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/store/internal/row"
	"github.com/slabuddy/slabuddy/store/internal/wake"
)

// SaveInstallation keeps an installation as it is, in place of the workspace's earlier one, and
// tells all who listen.
func (s *Store) SaveInstallation(ctx context.Context, i setup.Installation) error {
	err := s.w.do(ctx, true, func(t *tx) error {
		_, err := t.exec(`insert or replace into installations (workspace, name, app_id, bot_user, bot_id, scopes,
				token, installed_by, installed_at, updated_at, ended_at, ended_why)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			i.Workspace, i.Name, i.AppID, i.BotUser, i.BotID, row.Keys(i.Scopes), append([]byte{}, i.Token...),
			i.InstalledBy, stamp(i.InstalledAt), stamp(i.UpdatedAt), stamp(i.EndedAt), i.EndedWhy)
		return err
	})
	if err != nil {
		return wrap("save installation", err)
	}
	s.hub.Tell(wake.Installations)
	return nil
}

// EndInstallation notes that an installation has ended, and tells all who listen. One that has
// ended before keeps its first end, and one made after that time stays: the word came late.
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
	s.hub.Tell(wake.Installations)
	return nil
}

// Installations lists all installations by workspace, those that have ended included.
func (s *Store) Installations(ctx context.Context) ([]setup.Installation, error) {
	rows, err := s.query(ctx, `select workspace, name, app_id, bot_user, bot_id, scopes, token,
		installed_by, installed_at, updated_at, ended_at, ended_why from installations order by workspace`)
	is, err := collect(rows, err, func(scan func(...any) error) (i setup.Installation, err error) {
		var scopes string
		var installed, updated, ended nullable
		err = scan(&i.Workspace, &i.Name, &i.AppID, &i.BotUser, &i.BotID, &scopes, &i.Token,
			&i.InstalledBy, &installed, &updated, &ended, &i.EndedWhy)
		i.Scopes = row.ParseKeys(scopes)
		i.InstalledAt, i.UpdatedAt, i.EndedAt = at(installed), at(updated), at(ended)
		return i, err
	})
	return is, wrap("list installations", err)
}
