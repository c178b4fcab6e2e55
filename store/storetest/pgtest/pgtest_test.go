package pgtest

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestEachURLIsAnEmptyDatabaseOfItsOwn(t *testing.T) {
	a, b := URL(t), URL(t)
	if a == b {
		t.Fatalf("both are %s", a)
	}
	for _, address := range []string{a, b} {
		err := with(t.Context(), address, func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "create table here (n int)")
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestAClusterKeepsItsDataOverARestartAndIsGoneWhenRemoved(t *testing.T) {
	c, err := Start("")
	if err != nil {
		t.Fatal(err)
	}
	db, err := Create(t.Context(), c.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := with(t.Context(), db, func(ctx context.Context, c *pgx.Conn) error { return c.Ping(ctx) }); err != nil {
		t.Error(err)
	}
	if err := c.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", c.dir, err)
	}
}
