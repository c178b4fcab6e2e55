package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pooler puts a PgBouncer in transaction mode before the server of a database, until the test ends, and returns
// the database's address there. Where there is no PgBouncer the test fails: nothing is skipped.
func Pooler(t testing.TB, address string) string {
	t.Helper()
	pgbouncer, err := exec.LookPath("pgbouncer")
	if err != nil {
		if pgbouncer, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			t.Fatalf("no PgBouncer to test with: %v\n`make test` installs one", err)
		}
	}
	dir, err := os.MkdirTemp("", "slabuddy-pgb-") // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{dir: dir}
	if err := c.giveAway(); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "pgbouncer.ini")
	if err := os.WriteFile(conf, []byte(poolerConfig(t, address, dir)), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := c.command(pgbouncer, "-q", conf)
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // it ended, whatever its exit code
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	pooled, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	pooled.Host, pooled.User = "", url.User("pooled")
	pooled.RawQuery = url.Values{"host": {dir}, "port": {"6432"}}.Encode()
	if err := answers(pooled.String()); err != nil {
		t.Fatalf("PgBouncer does not answer: %v\n%s", err, log.String())
	}
	return pooled.String()
}

// poolerConfig leads every database to the server of an address, as its user.
func poolerConfig(t testing.TB, address, dir string) string {
	t.Helper()
	c, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	server := fmt.Sprintf("host=%s port=%d user=%s", c.Host, c.Port, c.User)
	if c.Password != "" {
		server += " password=" + c.Password
	}
	return `[databases]
* = ` + server + `
[pgbouncer]
pool_mode = transaction
auth_type = any
listen_addr =
listen_port = 6432
unix_socket_dir = ` + dir + `
default_pool_size = 20
max_client_conn = 500
`
}

// answers waits until a server answers.
func answers(address string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}
