package walk

import (
	"context"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/flow"
)

// storeTimeout bounds one call of the store. A database that goes silent without closing its connections must not keep
// the walker from the one that took its place.
const storeTimeout = 15 * time.Second

// saveDecisions decides about each timeline and commits all decisions together. It leaves a timeline that changed since
// it was read to the next walk.
func saveDecisions(ctx context.Context, d flow.Deps, store flow.Saver, ts []escalation.Timeline, answers map[string]desk.Answer) error {
	facts := factsByWorkspace(d)
	var changes []escalation.Change
	for _, t := range ts {
		f := facts(t.Workspace)
		f.Answer = answers[t.ID]
		if c := escalation.Decide(t, f); c.Timeline != nil {
			changes = append(changes, c)
		}
	}
	from := func(workspace string) int { return facts(workspace).Settings.DigestFrom }
	single, digests := escalation.Digests(changes, d.Now(), from, d.NewID)
	if len(single) > 0 {
		digests = append(digests, single)
	}
	for _, together := range digests { // those of a digest are few enough for one transaction
		saving, cancel := context.WithTimeout(ctx, storeTimeout)
		_, err := d.Save(saving, store, "", together)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// factsByWorkspace reads the facts of each workspace once: within one walk they stay the same.
func factsByWorkspace(d flow.Deps) func(workspace string) escalation.Facts {
	now := d.Now()
	known := map[string]escalation.Facts{}
	return func(workspace string) escalation.Facts {
		f, ok := known[workspace]
		if !ok {
			f = d.Facts(workspace)
			f.Now = now
			known[workspace] = f
		}
		return f
	}
}
