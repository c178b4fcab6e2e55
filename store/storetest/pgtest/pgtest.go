// Package pgtest gives tests a real Postgres: the server that TEST_DATABASE_URL names, or else a
// private cluster, made from the binaries on this machine and gone with the process that made it.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// URL returns the address of a fresh, empty database, dropped when the test ends. Where there is
// no Postgres the test fails: nothing is skipped.
func URL(t testing.TB) string {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatalf("no Postgres to test against: %v\n`make test` installs one; or set TEST_DATABASE_URL", err)
	}
	db, err := Create(t.Context(), server.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(server.url, db); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Wipe empties the tables of a database that URL gave, but for those named, which is much quicker than
// making and migrating another.
func Wipe(t testing.TB, db string, but ...string) {
	t.Helper()
	err := with(t.Context(), db, func(ctx context.Context, c *pgx.Conn) error {
		var tables string
		err := c.QueryRow(ctx, `select string_agg(quote_ident(tablename), ', ') from pg_tables
			where schemaname = 'slabuddy' and tablename <> all($1)`, but).Scan(&tables)
		if err == nil {
			_, err = c.Exec(ctx, "truncate "+tables+" restart identity")
		}
		return err
	})
	if err != nil {
		t.Fatalf("wipe the test database: %v", err)
	}
}

// server is what the tests of this process share.
type server struct {
	url     string
	cluster *Cluster // nil if it is not ours; held here because it lives as long as it is held
}

var shared = sync.OnceValues(func() (s server, err error) {
	if s.url = os.Getenv("TEST_DATABASE_URL"); s.url == "" {
		// What is tested here is not whether the disk keeps its word.
		if s.cluster, err = Start("", "fsync=off"); err != nil {
			return s, err
		}
		s.url = s.cluster.URL("postgres")
	}
	var version string
	err = with(context.Background(), s.url, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "show server_version").Scan(&version)
	})
	if err == nil {
		fmt.Fprintln(os.Stderr, "testing against Postgres", version)
	}
	return s, err
})

// Create makes a fresh, empty database on a server and returns its address. Statements of tests find the tables
// of the program there without naming their schema.
func Create(ctx context.Context, server string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("read the address of the test server: %w", err)
	}
	name := "slabuddy_test_" + strings.ToLower(rand.Text())
	err = with(ctx, server, func(ctx context.Context, c *pgx.Conn) error {
		if _, err := c.Exec(ctx, "create database "+name); err != nil {
			return err
		}
		_, err := c.Exec(ctx, "alter database "+name+" set search_path to slabuddy, public")
		return err
	})
	if err != nil {
		return "", fmt.Errorf("create a test database: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// Copy returns the address of a copy of a database that nobody is connected to, dropped when the test ends: what a
// backup of this moment would be restored to.
func Copy(t testing.TB, db string) string {
	t.Helper()
	u, err := url.Parse(db)
	if err != nil {
		t.Fatal(err)
	}
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	of := strings.TrimPrefix(u.Path, "/")
	name := of + "_copy"
	err = with(t.Context(), server.url, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "create database "+name+" template "+of)
		return err
	})
	if err != nil {
		t.Fatalf("copy a test database: %v", err)
	}
	u.Path = "/" + name
	t.Cleanup(func() {
		if err := drop(server.url, u.String()); err != nil {
			t.Error(err)
		}
	})
	return u.String()
}

func drop(server, db string) error {
	u, err := url.Parse(db)
	if err != nil {
		return err
	}
	return with(context.Background(), server, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "drop database "+strings.TrimPrefix(u.Path, "/")+" with (force)")
		return err
	})
}

func with(ctx context.Context, address string, f func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	return f(ctx, c)
}
