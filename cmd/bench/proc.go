package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// cpu is processor time. On a machine that others use too it says more than rates do.
type cpu struct{ ours, postgres time.Duration }

// cpuNow is the processor time used so far, by this process and by the server. What cannot be known
// (another system than Linux, a server elsewhere) is zero.
func (b *bench) cpuNow(ctx context.Context) cpu {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return cpu{}
	}
	ours := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	return cpu{ours, serverTime(b.postmaster(ctx))}
}

// since is what was used since then for each of n things.
func (c cpu) since(before cpu, n int) string {
	each := func(now, then time.Duration) time.Duration {
		return ((now - then) / time.Duration(n)).Round(100 * time.Nanosecond)
	}
	return fmt.Sprintf("processor time for each: %s here (stubs included), %s in Postgres",
		each(c.ours, before.ours), each(c.postgres, before.postgres))
}

// postmaster is the process id of the server's parent process; 0 if it is not on this machine.
func (b *bench) postmaster(ctx context.Context) int {
	conn, err := pgx.Connect(ctx, b.server.url)
	if err != nil {
		return 0
	}
	defer conn.Close(ctx)
	var backend int
	if err := conn.QueryRow(ctx, "select pg_backend_pid()").Scan(&backend); err != nil {
		return 0
	}
	return readStat(backend).parent
}

// serverTime is what the server's processes have used, those that ended included.
func serverTime(postmaster int) time.Duration {
	if postmaster == 0 {
		return 0
	}
	total := readStat(postmaster).ended
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			continue
		}
		if s := readStat(pid); s.parent == postmaster {
			total += s.used
		}
	}
	return total
}

// stat is a process as /proc shows it (proc_pid_stat(5)).
type stat struct {
	parent      int
	used, ended time.Duration // its own; that of its children that have ended
}

func readStat(pid int) (s stat) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name, which may hold anything, comes before
	fields := strings.Fields(rest)
	if len(fields) < 15 {
		return s
	}
	number := func(i int) int { n, _ := strconv.Atoi(fields[i]); return n }
	const tick = 10 * time.Millisecond // 100 a second on every Linux that Go runs on
	s.parent = number(1)
	s.used = time.Duration(number(11)+number(12)) * tick
	s.ended = time.Duration(number(13)+number(14)) * tick
	return s
}

func rssAnon(pid int) (float64, error) { return statusMiB(pid, "RssAnon:") }

func rss(pid int) (float64, error) { return statusMiB(pid, "VmRSS:") }

// statusMiB is a line of a process's status (proc_pid_status(5)), in MiB.
func statusMiB(pid int, name string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kib, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("this system does not tell a process's %s", strings.TrimSuffix(name, ":"))
}
