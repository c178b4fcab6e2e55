package directory

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
)

const (
	nameFresh   = 24 * time.Hour // people rename themselves
	nameUnknown = time.Hour      // asks again about somebody who could not be found
	goneFresh   = time.Hour      // people leave
	namesAtOnce = 50             // users.info allows a hundred a minute
	namesEvery  = time.Minute
	mostNames   = 5000 // kept in memory and at rest
)

// knownName is what somebody is called, and since when that is known.
type knownName struct {
	Name string    `json:"name"`           // "": nobody has that id
	Gone bool      `json:"gone,omitempty"` // the account was deactivated, or there is none
	Zone string    `json:"zone,omitempty"` // such as Europe/Lisbon
	At   time.Time `json:"at"`
}

// names are the people whose names somebody has asked for.
type names struct {
	mu     sync.Mutex
	wanted map[string]bool
}

// want notes that somebody is to be looked up, and says whether that is news.
func (n *names) want(user string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.wanted[user] || len(n.wanted) >= mostNames {
		return false
	}
	n.wanted[user] = true
	return true
}

// take removes and returns some of those wanted, and says whether others are left.
func (n *names) take() (some []string, left bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	some = slices.Sorted(maps.Keys(n.wanted))
	some = some[:min(len(some), namesAtOnce)]
	for _, user := range some {
		delete(n.wanted, user)
	}
	return some, len(n.wanted) > 0
}

// Name is what somebody is called there. Whoever is not known yet is looked up, and known next time.
func (d *Directory) Name(workspace, user string) (name string, ok bool) {
	n := d.person(workspace, user)
	return n.Name, n.Name != ""
}

// Zone is the time zone that somebody is in; nil where it is not known, or not yet.
func (d *Directory) Zone(workspace, user string) *time.Location {
	n := d.person(workspace, user)
	if n.Zone == "" {
		return nil
	}
	zone, err := time.LoadLocation(n.Zone)
	if err != nil {
		return nil // a zone that Slack knows and we do not
	}
	return zone
}

// person is what is known of somebody.
func (d *Directory) person(workspace, user string) knownName {
	k := d.of(workspace)
	if k.Self.Workspace == "" || user == "" {
		return knownName{}
	}
	n, found := k.Names[user]
	if age := d.Now().Sub(n.At); !found || age > nameFresh || n.Name == "" && age > nameUnknown {
		d.want(user)
	}
	return n
}

// want has somebody looked up in the next turn.
func (d *Directory) want(user string) {
	if d.asked.want(user) {
		d.Wanted()
	}
}

// Gone says that Slack has a person or a user group no more. Of people it is looked up each hour that they are
// asked about; usergroups.list leaves out those that are disabled, and those made since it was read.
func (d *Directory) Gone(workspace, id string) bool {
	k := d.of(workspace)
	if strings.HasPrefix(id, "S") {
		return d.goneGroup(workspace, id)
	}
	n := d.person(workspace, id)
	if d.Now().Sub(n.At) > goneFresh && k.Self.Workspace != "" {
		d.want(id)
	}
	return n.Gone
}

// learnNames looks up those that were asked for, and says whether some are left for later. One it cannot find out
// it leaves: whoever asks next has it looked up again.
func (d *Directory) learnNames(ctx context.Context) (left bool) {
	users, left := d.asked.take()
	if len(users) == 0 {
		return left
	}
	workspace := d.known.Load().Self.Workspace
	learned := map[string]knownName{}
	for _, user := range users {
		p, err := d.lookAt(ctx, workspace, user)
		if err == nil || client.Refused(err, "user_not_found") || client.Refused(err, "user_not_visible") {
			learned[user] = knownName{Name: p.Called, Gone: err != nil || p.Deleted, Zone: p.Zone, At: d.Now()}
			continue
		}
		if client.Outcome(err) != string(queue.KindLimited) {
			d.failing("names", "people's names cannot be read just now; going on without", err)
			d.failed(ctx, err)
		}
		break // the others would meet the same
	}
	if len(learned) == 0 {
		return left
	}
	d.over("names")
	d.learn(ctx, func(k *known) {
		all := maps.Clone(k.Names)
		if all == nil || len(all)+len(learned) > mostNames {
			all = map[string]knownName{} // those still in use are asked for again
		}
		maps.Copy(all, learned)
		k.Names = all
	})
	return left
}

func (d *Directory) lookAt(ctx context.Context, workspace, user string) (client.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return d.API.Person(ctx, workspace, user)
}

// KnowsGroups says that it is known which user groups there are, even if there are none.
func (d *Directories) KnowsGroups(workspace string) bool {
	one := d.of(workspace)
	return one != nil && one.of(workspace).Groups != nil
}

// Handle is what a user group is called there: @support.
func (d *Directories) Handle(workspace, group string) (handle string, ok bool) {
	one := d.of(workspace)
	if one == nil {
		return "", false
	}
	for handle, id := range one.of(workspace).Groups {
		if id == group {
			return "@" + handle, true
		}
	}
	return "", false
}
