package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// bodies are the large requests that nobody signed, all held open at once; each of bodySize.
const (
	bodies   = 800
	bodySize = 1 << 20
)

// bodiesHeld measures the resident memory of the binary while somebody who cannot sign sends it many large
// bodies at once, and leaves each unfinished.
func bodiesHeld(ctx context.Context, b *bench) ([]figure, error) {
	address, remove, err := b.emptySQLite()
	if err != nil {
		return nil, err
	}
	defer remove()
	w, err := b.watch(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	defer w.stop()
	before, err := rss(w.cmd.Process.Pid)
	if err != nil {
		return nil, err
	}
	n := b.size(bodies)
	var held sync.WaitGroup
	for range n {
		held.Go(func() { holdBody(ctx, w.public) })
	}
	most, err := w.mostResident(ctx, 6*time.Second)
	held.Wait()
	if err != nil {
		return nil, err
	}
	return []figure{{
		name:    fmt.Sprintf("resident memory, %d unsigned bodies of 1 MiB held at once (most in 6 s)", n),
		reached: most, unit: "MiB", reach: 128,
		baseline: fmt.Sprintf("%.0f MiB before; %d MiB if all were held", before, n),
	}}, w.stop()
}

// holdBody sends all of a body but its last byte, and holds it until it is refused.
func holdBody(ctx context.Context, address string) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprintf(conn, "POST /slack/events HTTP/1.1\r\nHost: bench\r\nContent-Length: %d\r\n"+
		"X-Slack-Request-Timestamp: %d\r\nX-Slack-Signature: v0=%s\r\n\r\n", bodySize, time.Now().Unix(), strings.Repeat("0", 64))
	_, _ = conn.Write(make([]byte, bodySize-1))
	_, _ = conn.Read(make([]byte, 1)) // the refusal, or the deadline
}

// mostResident samples the child's resident memory for a while, and returns the largest.
func (c *child) mostResident(ctx context.Context, d time.Duration) (most float64, err error) {
	return mostOf(ctx, d, func() (float64, error) { return rss(c.cmd.Process.Pid) })
}

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
