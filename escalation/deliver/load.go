package deliver

import (
	"context"
	"fmt"

	"github.com/slabuddy/slabuddy/escalation"
)

// Timelines reads timelines by id; missing ones are left out.
type Timelines interface {
	Load(ctx context.Context, ids []string) ([]escalation.Timeline, error)
}

// load reads timelines once more, just before something is sent for them.
func load(ctx context.Context, store Timelines, ids []string) (map[string]*escalation.Timeline, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	ts, err := store.Load(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("re-read timelines: %w", err)
	}
	byID := make(map[string]*escalation.Timeline, len(ts))
	for i := range ts {
		byID[ts[i].ID] = &ts[i]
	}
	return byID, nil
}
