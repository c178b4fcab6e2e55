// Package people knows who of a workspace may set the bot up, who may act on it at all, and whose account is
// still in use. That only Slack can say, and a person waits for the answer: so it is remembered for a while.
package people

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

const (
	kept     = 10 * time.Minute // how long what Slack said of somebody is taken for true
	mostKept = 10_000
	// atOnce is how long Slack is asked while it waits for our own answer, for three seconds at most.
	atOnce = 1500 * time.Millisecond
)

// Asker asks Slack who somebody is.
type Asker interface {
	Person(ctx context.Context, workspace, user string) (client.Person, error)
}

// People remember what Slack said of somebody.
type People struct {
	// Team says that somebody is in a workspace's support team: they are taken for colleagues while Slack cannot
	// say who they are. Nil: nobody is.
	Team func(workspace, user string) bool
	// Organisation is the Enterprise Grid organisation that a workspace is in, "" if it is in none, and whether that is
	// known. Nil: it never is.
	Organisation func(workspace string) (organisation string, known bool)

	asker  Asker
	admins func(workspace string) []string
	now    func() time.Time

	mu    sync.Mutex
	known map[key]answer
}

type key struct{ workspace, user string }

type answer struct {
	client.Person
	at time.Time
}

// New returns people of whom nothing is known yet. admins are those of a workspace who may set up
// beside its own admins.
func New(a Asker, admins func(workspace string) []string, now func() time.Time) *People {
	return &People{asker: a, admins: admins, now: now, known: map[key]answer{}}
}

// Recall is what is remembered of somebody. It asks nobody.
func (p *People) Recall(workspace, user string) (client.Person, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a, ok := p.known[key{workspace, user}]
	if !ok || p.now().Sub(a.at) >= kept {
		return client.Person{}, false
	}
	return a.Person, true
}

// Who asks Slack, unless the answer is remembered.
func (p *People) Who(ctx context.Context, workspace, user string) (client.Person, error) {
	if known, ok := p.Recall(workspace, user); ok {
		return known, nil
	}
	person, err := p.asker.Person(ctx, workspace, user)
	if err != nil {
		return client.Person{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= mostKept {
		clear(p.known)
	}
	p.known[key{workspace, user}] = answer{person, p.now()}
	return person, nil
}

// Colleague says whether somebody may act: a full member of the workspace or its organisation, no guest, and
// nobody whose account is deactivated (rule 29). It is asked while Slack waits for an answer, so it fails
// rather than take long; the support team is known here, and is not held up by that.
func (p *People) Colleague(ctx context.Context, workspace, user string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, atOnce)
	defer cancel()
	person, err := p.Who(ctx, workspace, user)
	switch {
	case client.Refused(err, "user_not_found"), client.Refused(err, "user_not_visible"):
		return false, nil
	case err != nil && p.Team != nil && p.Team(workspace, user):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("ask Slack who somebody is: %w", err)
	}
	return person.Colleague() && !p.stranger(workspace, person), nil
}

// stranger says that somebody is of another Enterprise Grid organisation than the workspace: they share a channel
// with it.
func (p *People) stranger(workspace string, person client.Person) bool {
	if person.Elsewhere == "" || p.Organisation == nil {
		return false
	}
	ours, known := p.Organisation(workspace)
	return known && ours != person.Elsewhere
}

// MayNow says whether somebody may set up, as far as that is known without asking.
func (p *People) MayNow(workspace, user string) (may, known bool) {
	admins := p.admins(workspace)
	if setup.MayChange(admins, false, user) {
		return true, true
	}
	person, known := p.Recall(workspace, user)
	return known && setup.MayChange(admins, administers(person), user), known
}

// MayStill asks Slack whatever is remembered: what somebody could when they opened a modal, they may have lost
// since. It is asked while Slack waits for an answer, so it fails rather than take long.
func (p *People) MayStill(ctx context.Context, workspace, user string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, atOnce)
	defer cancel()
	p.mu.Lock()
	delete(p.known, key{workspace, user})
	p.mu.Unlock()
	return p.May(ctx, workspace, user)
}

// May says whether somebody may set up, and asks Slack if need be.
func (p *People) May(ctx context.Context, workspace, user string) (bool, error) {
	if may, known := p.MayNow(workspace, user); known {
		return may, nil
	}
	person, err := p.Who(ctx, workspace, user)
	if err != nil {
		return false, err
	}
	return setup.MayChange(p.admins(workspace), administers(person), user), nil
}

// administers says that somebody is an admin of the workspace itself: one of another workspace is an admin there.
func administers(p client.Person) bool { return p.Admin && p.Colleague() && p.Elsewhere == "" }
