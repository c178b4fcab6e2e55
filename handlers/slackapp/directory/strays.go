package directory

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

// freshWithin is how long a decision waits for Slack to say whether there is a user group.
const freshWithin = 1500 * time.Millisecond

// strays are user groups that somebody named by id and that the last list did not hold: they are gone, or younger than
// the list.
type strays struct {
	mu    sync.Mutex // held while Slack is asked: who asks about the same waits for the same answer
	asked map[string]stray
}

type stray struct {
	gone bool
	at   time.Time
}

// goneGroup says that Slack has a user group no more. Before that is said, the list is read once more for it.
func (d *Directory) goneGroup(workspace, id string) bool {
	k := d.of(workspace)
	if k.Groups == nil || holds(k.Groups, id) {
		return false
	}
	d.strays.mu.Lock()
	defer d.strays.mu.Unlock()
	if s, found := d.strays.asked[id]; found && d.Now().Sub(s.at) < s.serves() {
		return s.gone
	}
	ctx, cancel := context.WithTimeout(context.Background(), freshWithin)
	defer cancel()
	groups, err := d.API.Groups(ctx, workspace)
	if err != nil && !errors.Is(err, client.ErrNoGroups) {
		return false // not known, and a mention too many is better than nobody told
	}
	if d.strays.asked == nil || len(d.strays.asked) >= mostNames {
		d.strays.asked = map[string]stray{}
	}
	d.strays.asked[id] = stray{gone: !holds(groups, id), at: d.Now()}
	return d.strays.asked[id].gone
}

// serves is how long an answer does: a group that is there is in the next list.
func (s stray) serves() time.Duration {
	if s.gone {
		return goneFresh
	}
	return refreshEvery
}

func holds(groups map[string]string, id string) bool {
	return slices.Contains(slices.Collect(maps.Values(groups)), id)
}
