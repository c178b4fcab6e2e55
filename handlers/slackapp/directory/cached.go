package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Cached is what the bot last knew of the names of a workspace. It may be old.
type Cached struct {
	Groups map[string]string         // S… to the user group's handle, without its @
	People map[string]string         // U… to what they are called: those who were asked about
	Emails map[string]string         // e-mail address in lower case to U…
	Zones  map[string]*time.Location // U… to the time zone that they are in; one that does not exist is left out
}

// ReadCached reads what the directory of a workspace has cached. It asks nobody; where nothing was cached it is
// empty.
func ReadCached(ctx context.Context, from Cache, workspace string) (Cached, error) {
	names := Cached{Groups: map[string]string{}, People: map[string]string{}, Emails: map[string]string{}, Zones: map[string]*time.Location{}}
	for _, of := range []string{"", workspace} { // that of SLACK_BOT_TOKEN may be this one
		d := Directory{directoryConfig: directoryConfig{Workspace: of}}
		value, _, found, err := from.Get(ctx, d.cacheKey())
		if err != nil {
			return Cached{}, err
		}
		var k known
		if found {
			if err := json.Unmarshal(value, &k); err != nil {
				return Cached{}, fmt.Errorf("what was known of the workspace cannot be read: %w", err)
			}
		}
		if k.Self.Workspace == workspace {
			names.add(k)
		}
	}
	return names, nil
}

func (names Cached) add(k known) {
	for handle, id := range k.Groups {
		names.Groups[id] = handle
	}
	for email, id := range k.Users {
		names.Emails[email] = id
	}
	for id, n := range k.Names {
		if n.Name != "" {
			names.People[id] = n.Name
		}
		if zone, err := time.LoadLocation(n.Zone); err == nil && n.Zone != "" {
			names.Zones[id] = zone
		}
	}
}
