package client

import (
	"context"
	"errors"
	"maps"
	"net/url"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// MethodHistory reads a channel's messages.
const MethodHistory = gate.MethodHistory

// FullBatch is what Slack recommends to ask for at most; apps under its stricter limits get 15 at a time.
const FullBatch = "200"

// ReadBatch reads messages of a channel's history or of a thread, as M decodes them. next is the cursor of
// the batch that follows, "" after the last. f says which channel, thread and time
// (docs.slack.dev/reference/methods/conversations.history).
func ReadBatch[M any](ctx context.Context, a *API, workspace, method string, f url.Values, cursor, limit string) (messages []M, next string, err error) {
	f = maps.Clone(f) // what is added here is not the caller's
	f.Set("limit", limit)
	if cursor != "" {
		f.Set("cursor", cursor)
	}
	var got struct {
		Reply
		Messages []M  // nil if there is no list at all
		HasMore  bool `json:"has_more"`
		Metadata struct {
			NextCursor string `json:"next_cursor"`
		} `json:"response_metadata"`
	}
	if err := a.Call(ctx, workspace, method, f, &got); err != nil {
		return nil, "", err
	}
	next = got.Metadata.NextCursor
	switch {
	case got.Messages == nil:
		return nil, "", Failure(queue.KindUnknown, method, errors.New("the answer holds no messages, not even none"))
	case got.HasMore && next == "", next != "" && next == cursor:
		return nil, "", Failure(queue.KindUnknown, method, errors.New("the answer says that there is more, and not where"))
	}
	return got.Messages, next, nil
}
