package directory

import (
	"context"
	"encoding/json"
	"fmt"
)

// Kept is what the bot last knew of the names of a workspace. It may be old.
type Kept struct {
	Groups map[string]string // S… to the user group's handle, without its @
	People map[string]string // U… to what they are called: those who were asked about
	Emails map[string]string // e-mail address in lower case to U…
}

// ReadKept reads what the directory of a workspace has kept. It asks nobody; where nothing was kept it is
// empty.
func ReadKept(ctx context.Context, from Cache, workspace string) (Kept, error) {
	kept := Kept{Groups: map[string]string{}, People: map[string]string{}, Emails: map[string]string{}}
	for _, of := range []string{"", workspace} { // that of SLACK_BOT_TOKEN may be this one
		d := Directory{directoryConfig: directoryConfig{Workspace: of}}
		value, _, found, err := from.Get(ctx, d.keptUnder())
		if err != nil {
			return Kept{}, err
		}
		var k known
		if found {
			if err := json.Unmarshal(value, &k); err != nil {
				return Kept{}, fmt.Errorf("what was known of the workspace cannot be read: %w", err)
			}
		}
		if k.Self.Workspace == workspace {
			kept.add(k)
		}
	}
	return kept, nil
}

func (kept Kept) add(k known) {
	for handle, id := range k.Groups {
		kept.Groups[id] = handle
	}
	for email, id := range k.Users {
		kept.Emails[email] = id
	}
	for id, n := range k.Names {
		if n.Name != "" {
			kept.People[id] = n.Name
		}
	}
}
