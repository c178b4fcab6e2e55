package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// Standby makes a second server that follows c, and has c confirm no transaction before the standby has it
// (synchronous replication): whichever of them is lost, the other has all that was confirmed.
func (c *Cluster) Standby() (*Cluster, error) {
	s := &Cluster{bin: c.bin, settings: c.settings, ours: true}
	var err error
	if s.dir, err = os.MkdirTemp("", "slabuddy-pg-"); err != nil {
		return nil, err
	}
	if err := s.giveAway(); err != nil {
		return nil, err
	}
	backup := s.command(filepath.Join(c.bin, "pg_basebackup"), "--host="+c.dir, "--username=postgres", "--pgdata="+s.data(),
		"--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
	if out, err := backup.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("copy the primary: %w\n%s", err, out)
	}
	if err := s.start(); err != nil {
		return nil, err
	}
	return s, with(context.Background(), c.URL("postgres"), func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "alter system set synchronous_standby_names = '*'"); err != nil {
			return err
		}
		_, err := conn.Exec(ctx, "select pg_reload_conf()")
		return err
	})
}

// FallBehind has a standby of c receive nothing more, and c wait for no standby: what is written from now on is lost
// with c.
func (c *Cluster) FallBehind(standby *Cluster) error {
	for _, change := range []struct {
		of  *Cluster
		sql string
	}{
		{c, "alter system reset synchronous_standby_names"},
		{standby, "alter system set primary_conninfo = ''"},
	} {
		err := with(context.Background(), change.of.URL("postgres"), func(ctx context.Context, conn *pgx.Conn) error {
			if _, err := conn.Exec(ctx, change.sql); err != nil {
				return err
			}
			_, err := conn.Exec(ctx, "select pg_reload_conf()")
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Promote makes a standby the primary.
func (c *Cluster) Promote() error {
	return with(context.Background(), c.URL("postgres"), func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "select pg_promote()")
		return err
	})
}

// EitherURL is the address of a database on whichever of two servers is the primary.
func EitherURL(a, b *Cluster, database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database,
		RawQuery: url.Values{"host": {a.dir + "," + b.dir}, "target_session_attrs": {"read-write"}}.Encode()}
	return u.String()
}

// Kill ends the server's processes as a power cut does.
func (c *Cluster) Kill() error { return c.signal(syscall.SIGKILL) }

// Freeze stops the server's processes, and keeps their connections: it still takes new ones, and answers none.
func (c *Cluster) Freeze() error { return c.signal(syscall.SIGSTOP) }

// Thaw is the reverse of Freeze.
func (c *Cluster) Thaw() error { return c.signal(syscall.SIGCONT) }

// signal sends a signal to the server, and to the processes that it has made for connections.
func (c *Cluster) signal(s syscall.Signal) error {
	file, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(file), "\n")
	server, err := strconv.Atoi(first)
	if err != nil {
		return fmt.Errorf("read the server's process id: %w", err)
	}
	children, err := exec.Command("pgrep", "-P", first).Output()
	if err != nil {
		return fmt.Errorf("list the server's processes: %w", err)
	}
	err = syscall.Kill(server, s)
	for _, child := range strings.Fields(string(children)) {
		if pid, bad := strconv.Atoi(child); bad == nil {
			_ = syscall.Kill(pid, s) // it may have ended just now
		}
	}
	return err
}
