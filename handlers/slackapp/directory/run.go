package directory

import (
	"context"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/sleep"
)

// Ready is closed once SLACK_BOT_TOKEN's workspace and those in which something is decided soon have been read, or
// could not be. Nobody waits for the others.
func (d *Directories) Ready() <-chan struct{} { return d.ready }

// Run reads what is asked for until ctx ends, and then returns nil.
func (d *Directories) Run(ctx context.Context) error {
	d.begun(ctx)
	go d.look(ctx)
	d.plan.Run(ctx, d.turn)
	return nil
}

// begun plans the turns that Ready waits for.
func (d *Directories) begun(ctx context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Installations.HasHome() {
		d.first[""] = true
	}
	for _, workspace := range d.soon(ctx) {
		if d.Installations.In(workspace) {
			d.first[workspace] = true
		}
	}
	for key := range d.first {
		d.plan.Soon(key)
	}
	if len(d.first) == 0 {
		close(d.ready)
	}
}

func (d *Directories) soon(ctx context.Context) []string {
	if d.Soon == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	workspaces, err := d.Soon(ctx)
	if err != nil && ctx.Err() == nil {
		d.Log.Warn("which workspaces to read ahead cannot be found out; they are read when they are looked at", "error", err)
	}
	return workspaces
}

// look has those read that something is decided about soon, and the tokens tested whose jobs are held.
func (d *Directories) look(ctx context.Context) {
	for sleep.For(ctx, lookEvery) == nil {
		for _, workspace := range d.soon(ctx) {
			d.of(workspace)
		}
		d.lookAtGates(ctx)
	}
}

// lookAtGates has the tokens tested whose gates a poster has shut, on any replica: nobody else opens them.
func (d *Directories) lookAtGates(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	gates, err := d.Gates.Gates(ctx, d.Now())
	if err != nil {
		return // the database is away; that is said elsewhere
	}
	for _, g := range gates {
		if workspace, ok := strings.CutPrefix(g.Key, gate.Workspace("")); ok {
			d.Doubt(workspace)
		}
	}
}

// Doubt has a workspace's token tested: Slack has refused it to somebody. One that is known to be refused is
// tested in its time.
func (d *Directories) Doubt(workspace string) {
	one := d.of(workspace)
	if one == nil || !one.doubt() {
		return
	}
	d.plan.Soon(one.Workspace)
}

// turn reads of a workspace what is stale, and says when it is to be read again though nobody asks.
func (d *Directories) turn(ctx context.Context, key string) (next time.Time) {
	if key != "" && !d.Installations.In(key) {
		d.forget(key)
	} else if key != "" || !d.Installations.In(d.Home()) {
		one := d.opened(key)
		next = one.turn(ctx)
		if key != "" && one.idle() {
			next = time.Time{} // it is read when somebody looks at it again
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.first[key] {
		delete(d.first, key)
		if len(d.first) == 0 {
			close(d.ready)
		}
	}
	return next
}
