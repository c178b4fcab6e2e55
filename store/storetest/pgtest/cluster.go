package pgtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
)

// Cluster is a private Postgres server, reached over a socket in its own folder.
type Cluster struct {
	dir      string
	ours     bool // made here, so removed here
	bin      string
	owner    *syscall.Credential // nil: as we are
	settings []string

	sentry *exec.Cmd
	leash  io.WriteCloser // closed when this process ends, in whatever way
	log    *bytes.Buffer
}

// Start makes a cluster in dir, or a temporary folder if that is empty, and starts it. Settings
// are as on postgres's command line: "fsync=off". It ends with this process at the latest.
func Start(dir string, settings ...string) (*Cluster, error) {
	c := &Cluster{dir: dir, settings: settings}
	var err error
	if c.bin, err = binaries(); err != nil {
		return nil, err
	}
	if dir == "" {
		if c.dir, err = os.MkdirTemp("", "slabuddy-pg-"); err != nil {
			return nil, err
		}
		c.ours = true
	}
	if err := c.giveAway(); err != nil {
		return nil, err
	}
	initdb := c.command(filepath.Join(c.bin, "initdb"), "--no-sync", "--auth=trust", "--username=postgres",
		"--encoding=UTF8", "--locale=C", "--pgdata="+c.data())
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make a Postgres cluster: %w\n%s", err, out)
	}
	if err := c.start(); err != nil {
		return nil, err
	}
	return c, nil
}

// URL is the address of one of the cluster's databases; "postgres" is always there.
func (c *Cluster) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database,
		RawQuery: url.Values{"host": {c.dir}}.Encode()}
	return u.String()
}

// Stop ends the server in an orderly way, cutting its connections.
func (c *Cluster) Stop() error { return c.stop() }

// Restart cuts all connections and starts the server again with the same data.
func (c *Cluster) Restart() error {
	if err := c.stop(); err != nil {
		return err
	}
	return c.start()
}

// Remove stops the server and removes its folder, if Start made it.
func (c *Cluster) Remove() error {
	err := c.stop()
	if c.ours {
		err = errors.Join(err, os.RemoveAll(c.dir))
	}
	return err
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

// guard starts the server, and ends it when it is told to or its leash is let go; in the latter
// case it also clears up.
const guard = `remove=$1; shift
"$@" & server=$!
read -r word
kill -INT $server 2>/dev/null
wait $server
[ "$word" = keep ] || [ -z "$remove" ] || rm -rf "$remove"`

func (c *Cluster) start() error {
	remove := ""
	if c.ours {
		remove = c.dir
	}
	args := []string{"-c", guard, "guard", remove, filepath.Join(c.bin, "postgres"), "-D", c.data(),
		"-c", "listen_addresses=", "-c", "unix_socket_directories=" + c.dir, "-c", "max_connections=300"}
	for _, s := range c.settings {
		args = append(args, "-c", s)
	}
	cmd := c.command("/bin/sh", args...)
	leash, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	c.log = &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = c.log, c.log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start Postgres: %w", err)
	}
	c.sentry, c.leash = cmd, leash
	if err := answers(c.URL("postgres")); err != nil {
		return fmt.Errorf("start Postgres: %w\n%s", errors.Join(err, c.stop()), c.log)
	}
	return nil
}

// stop ends the server and keeps its data.
func (c *Cluster) stop() error {
	if c.sentry == nil {
		return nil
	}
	_, err := io.WriteString(c.leash, "keep\n")
	err = errors.Join(err, c.leash.Close())
	_ = c.sentry.Wait() // it ended, whatever its exit code
	c.sentry = nil
	return err
}

// giveAway makes the folder somebody's whom Postgres accepts: it refuses to run as root.
func (c *Cluster) giveAway() error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uerr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gerr := strconv.ParseUint(u.Gid, 10, 32)
		if uerr != nil || gerr != nil {
			continue
		}
		c.owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return os.Chown(c.dir, int(uid), int(gid))
	}
	return errors.New("no user postgres or nobody to run Postgres as: it refuses to run as root")
}

// command runs in a session of its own, so that a Ctrl-C does not overtake the guard.
func (c *Cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: c.owner}
	return cmd
}

// binaries finds the folder of Postgres's server binaries, the newest of several.
func binaries() (string, error) {
	places, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(places)
	brew, _ := filepath.Glob("/opt/homebrew/opt/postgresql*/bin")
	places = append(places, brew...)
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			places = append(places, filepath.Dir(path))
		}
	}
	for _, dir := range places {
		if _, err := exec.LookPath(filepath.Join(dir, "postgres")); err != nil {
			continue
		}
		if _, err := exec.LookPath(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("found no initdb and postgres in PATH or /usr/lib/postgresql")
}
