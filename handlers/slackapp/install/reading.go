package install

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/install/seal"
)

// Wake has a workspace's installation read again, because somebody says that it has changed; "" has all.
func (t *Tokens) Wake(workspace string) {
	t.mu.Lock()
	t.woken[workspace] = true
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *Tokens) takeWoken() map[string]bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	woken := t.woken
	t.woken = map[string]bool{}
	return woken
}

// Run keeps up with the installations until ctx ends, and then returns nil.
func (t *Tokens) Run(ctx context.Context) error {
	timer := time.NewTimer(readEvery)
	defer timer.Stop()
	for {
		all := false
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			all = true
		case <-t.wake:
		}
		next := readEvery
		if err := t.read(ctx, all); err != nil && ctx.Err() == nil {
			t.sayAway(err)
			next = retryEvery
		}
		if all || next == retryEvery {
			timer.Reset(next)
		}
	}
}

// read reads those woken, or all.
func (t *Tokens) read(ctx context.Context, all bool) error {
	woken := t.takeWoken()
	if all || woken[""] {
		return t.Load(ctx)
	}
	for workspace := range woken {
		if err := t.Refresh(ctx, workspace); err != nil {
			return err // all are read a little later
		}
	}
	return nil
}

func (t *Tokens) sayAway(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.away {
		t.away = true
		t.Log.Warn("the installations cannot be read; going on with those known", "error", err)
	}
}

// Load reads all installations now. After an error those known before stay.
func (t *Tokens) Load(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	began := t.Now()
	installations, err := t.Store.Installations(ctx)
	if err != nil {
		return fmt.Errorf("read the installations: %w", err)
	}
	var changed []string
	t.mu.Lock()
	first := t.known == nil
	there := make(map[string]bool, len(installations))
	for _, i := range installations {
		there[i.Workspace] = true
		if t.put(i) && !first {
			changed = append(changed, i.Workspace)
		}
	}
	if first && t.known == nil {
		t.known = map[string]entry{}
	}
	for workspace, e := range t.known {
		if !there[workspace] && e.at.Before(began) {
			delete(t.known, workspace) // it was erased
			changed = append(changed, workspace)
		}
	}
	t.away = false
	t.mu.Unlock()
	t.notify(changed...)
	return nil
}

// Refresh reads the installation of one workspace now.
func (t *Tokens) Refresh(ctx context.Context, workspace string) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	i, found, err := t.Store.Installation(ctx, workspace)
	if err != nil {
		return fmt.Errorf("read the installation: %w", err)
	}
	t.mu.Lock()
	changed := false
	if found {
		changed = t.put(i)
	} else if _, changed = t.known[workspace]; changed {
		delete(t.known, workspace)
	}
	t.away = false
	t.mu.Unlock()
	if changed {
		t.notify(workspace)
	}
	return nil
}

// take makes an installation known that was saved just now.
func (t *Tokens) take(i setup.Installation) {
	t.mu.Lock()
	changed := t.put(i)
	t.mu.Unlock()
	if changed {
		t.notify(i.Workspace)
	}
}

func (t *Tokens) notify(workspaces ...string) {
	if t.Changed == nil {
		return
	}
	for _, workspace := range workspaces {
		t.Changed(workspace)
	}
}

// put makes an installation known, unless a later state of it is, and says whether that is news. t.mu is held.
func (t *Tokens) put(i setup.Installation) (news bool) {
	at := i.UpdatedAt
	if i.EndedAt.After(at) {
		at = i.EndedAt
	}
	before, was := t.known[i.Workspace]
	switch {
	case was && at.Before(before.at):
		return false
	case was && at.Equal(before.at) && bytes.Equal(i.Token, before.sealed) && before.ended == !i.EndedAt.IsZero():
		return false
	}
	if t.known == nil {
		t.known = map[string]entry{}
	}
	e := t.open(i)
	e.at, e.self = at, client.Identity{Workspace: i.Workspace, User: i.BotUser, BotID: i.BotID}
	t.known[i.Workspace] = e
	delete(t.missed, i.Workspace)
	return !was || e.token != before.token || e.ended != before.ended || (e.err == nil) != (before.err == nil)
}

// open makes an entry of an installation. A token that cannot be opened holds its workspace alone.
func (t *Tokens) open(i setup.Installation) entry {
	if !i.EndedAt.IsZero() {
		delete(t.troubles, i.Workspace)
		return entry{ended: true, sealed: i.Token, err: t.ended(i)}
	}
	err := seal.ErrNoKey
	var token string
	if t.Sealer != nil {
		token, _, err = t.Sealer.Open(i.Workspace, i.Token)
	}
	if err == nil {
		delete(t.troubles, i.Workspace)
		return entry{token: token, sealed: i.Token}
	}
	words := noToken(fmt.Sprintf("the workspace's token cannot be opened: %v; set SLABUDDY_ENCRYPTION_KEY to new,old with the key it was sealed with, or install the app there again%s", err, t.at()))
	if !t.troubles[i.Workspace] {
		t.troubles[i.Workspace] = true
		t.Log.Error("nothing can be posted to a workspace, whose jobs are held; the others go on", "workspace", i.Workspace, "name", i.Name, "error", words)
	}
	return entry{sealed: i.Token, err: words}
}

func (t *Tokens) ended(i setup.Installation) error {
	return noToken(fmt.Sprintf("SLA Buddy left the workspace on %s (%s); install it again%s",
		i.EndedAt.UTC().Format("2 January 2006, 15:04 MST"), i.EndedWhy, t.at()))
}

func (t *Tokens) at() string {
	if t.PublicURL == "" {
		return ""
	}
	return " at " + t.PublicURL + "/slack/install"
}
