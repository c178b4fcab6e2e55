// Package readers knows which channels somebody may read in Slack, so that lists show nobody more than that
// (rule 29). Only Slack can say, and a person waits for the answer: so it is asked only where it matters, for a
// short time, and remembered for a while.
//
//	a channel ──▶ the asker is in it ───────────────▶ may be read
//	      └─────▶ public, and the asker is no guest ─▶ may be read
//	otherwise, and where Slack cannot say in time ──▶ may not
package readers

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

const (
	kept     = 5 * time.Minute // how long what Slack said is taken for true
	mostKept = 5000            // channels, and people
	// within is how long Slack is asked for one list: Slack waits three seconds for ours.
	within = 1500 * time.Millisecond
)

// Asker asks Slack. *client.API is one.
type Asker interface {
	Channel(ctx context.Context, workspace, channel string) (client.Channel, error)
	MemberOf(ctx context.Context, workspace, user string) ([]string, error)
}

// People know who somebody is. *people.People is one.
type People interface {
	Who(ctx context.Context, workspace, user string) (client.Person, error)
}

// Readers remember who may read what.
type Readers struct {
	asker  Asker
	people People
	now    func() time.Time

	mu      sync.Mutex
	private map[key]remembered[bool]
	member  map[key]remembered[[]string]
}

// key is a channel, or a person, of a workspace.
type key struct{ workspace, id string }

type remembered[T any] struct {
	said T
	at   time.Time
}

// New returns readers of whom nothing is known yet.
func New(a Asker, p People, now func() time.Time) *Readers {
	return &Readers{asker: a, people: p, now: now, private: map[key]remembered[bool]{}, member: map[key]remembered[[]string]{}}
}

// MayRead are those of channels that somebody may read. What Slack cannot say in time, they may not.
func (r *Readers) MayRead(ctx context.Context, workspace, user string, channels []string) map[string]bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	may := map[string]bool{}
	person, err := r.people.Who(ctx, workspace, user)
	everyPublic := err == nil && person.Colleague()
	for _, c := range channels {
		if _, asked := may[c]; asked {
			continue
		}
		may[c] = everyPublic && r.public(ctx, workspace, c) || slices.Contains(r.channelsOf(ctx, workspace, user), c)
	}
	return may
}

// Public are those of channels that everybody in the workspace may read. What Slack cannot say in time, is not.
func (r *Readers) Public(ctx context.Context, workspace string, channels []string) map[string]bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	may := map[string]bool{}
	for _, c := range channels {
		if _, asked := may[c]; !asked {
			may[c] = r.public(ctx, workspace, c)
		}
	}
	return may
}

func (r *Readers) public(ctx context.Context, workspace, channel string) bool {
	private, err := recall(r, r.private, key{workspace, channel}, func() (bool, error) {
		c, err := r.asker.Channel(ctx, workspace, channel)
		return c.Private, err
	})
	return err == nil && !private
}

func (r *Readers) channelsOf(ctx context.Context, workspace, user string) []string {
	in, err := recall(r, r.member, key{workspace, user}, func() ([]string, error) {
		return r.asker.MemberOf(ctx, workspace, user)
	})
	if err != nil {
		return nil
	}
	return in
}

// recall asks, unless the answer is remembered. A failure is not.
func recall[T any](r *Readers, known map[key]remembered[T], k key, ask func() (T, error)) (T, error) {
	r.mu.Lock()
	have, ok := known[k]
	r.mu.Unlock()
	if ok && r.now().Sub(have.at) < kept {
		return have.said, nil
	}
	said, err := ask()
	if err != nil {
		return said, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(known) >= mostKept {
		clear(known)
	}
	known[k] = remembered[T]{said, r.now()}
	return said, nil
}
