package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/slabuddy/slabuddy/store/internal/row"
)

// lineage tells servers and databases apart, and on one server what was before a promotion from what is after:
// the first eight digits of a file of the write-ahead log are Postgres's own timeline.
const lineage = `select (select system_identifier from pg_control_system()) || '/' ||
	(select oid from pg_database where datname = current_database()) || '/' ||
	left(pg_walfile_name(pg_current_wal_lsn()), 8)`

// Lineage asks nothing where the database is reached directly: a connection stays in the lineage that it was made in.
func (s *Store) Lineage(ctx context.Context) (string, error) {
	if !s.pooled {
		if l := s.lineage.Load(); l != nil {
			return *l, nil
		}
		return "", nil
	}
	rows, err := s.query(ctx, lineage)
	found, err := collect(rows, err, row.Value[string])
	switch {
	case untold(err):
		return "", nil
	case err != nil:
		return "", wrap("read which history the database is in", err)
	}
	return found[0], nil
}

// notice has each new connection tell which lineage it leads to.
func (s *Store) notice(ctx context.Context, c *pgx.Conn) error {
	results, err := c.PgConn().Exec(ctx, lineage).ReadAll()
	switch {
	case untold(err):
		return nil
	case err != nil:
		return err
	}
	l := string(results[0].Rows[0][0])
	s.lineage.Store(&l)
	return nil
}

// untold says that the server does not tell its lineage: it is of a kind that has none, or tells it to others.
func untold(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused)
}
