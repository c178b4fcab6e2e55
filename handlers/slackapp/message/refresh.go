package message

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// maxUpdated is how long a text chat.update takes: far shorter than that of chat.postMessage. What is
// beyond it is in the blocks all the same.
const maxUpdated = 4000

// Refresh implements escalation.Poster.
func (p *Poster) Refresh(ctx context.Context, ts string, r escalation.Reminder, t escalation.Timeline) error {
	err := p.update(ctx, t.Thread, ts, renderRefreshed(&r, &t, ts, p.whois(t.Workspace), p.now()))
	if beyondUpdating(err) {
		return nil
	}
	return err
}

// whois tells what people and user groups are called by their ids: "" where that is not known.
type whois func(id string) string

func (p *Poster) whois(workspace string) whois {
	return func(id string) (name string) {
		switch {
		case p.Names == nil || id == "":
		case id[0] == 'S':
			name, _ = p.Names.Handle(workspace, id)
		default:
			name, _ = p.Names.Name(workspace, id)
		}
		return name
	}
}

// update replaces a message's text and blocks. Its metadata stay, as they are not named.
func (p *Poster) update(ctx context.Context, at escalation.Thread, ts string, s *said) error {
	blocks, err := json.Marshal(s.blocks)
	if err != nil {
		return &queue.Error{Kind: queue.KindTerminal, Err: fmt.Errorf("encode blocks: %w", err)}
	}
	f := url.Values{"channel": {at.Channel}, "ts": {ts}, "text": {mrkdwn.CutMarkup(s.text(), maxUpdated)}, "blocks": {string(blocks)}}
	return p.api.Call(ctx, at.Workspace, escalation.MethodUpdate, f, &client.Reply{})
}

// beyondUpdating says that a message is gone, or stays as it is for good
// (docs.slack.dev/reference/methods/chat.update).
func beyondUpdating(err error) bool {
	return slices.ContainsFunc([]string{
		"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive",
		"channel_not_found", "is_archived", "not_in_channel",
	}, func(code string) bool { return client.Refused(err, code) })
}
