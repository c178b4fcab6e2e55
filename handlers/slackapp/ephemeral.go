package slackapp

import (
	"context"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
)

// PostEphemeral shows a message to one user alone, in a channel or in a thread of it, until they
// reload. blocks may be nil. It is called once for each message: Slack neither finds such a message
// again nor promises to show it, so an unknown outcome stays unknown.
func (a *API) PostEphemeral(ctx context.Context, workspace, channel, threadTS, user, text string, blocks []slack.Block) error {
	var f form
	f.set("channel", channel)
	f.set("user", user)
	if threadTS != "" {
		f.set("thread_ts", threadTS)
	}
	f.set("text", text)
	if len(blocks) > 0 {
		encoded, err := encodeBlocks(blocks)
		if err != nil {
			return err
		}
		f.setBytes("blocks", encoded)
	}
	return a.call(ctx, workspace, "chat.postEphemeral", f, &reply{})
}

// Whisper shows a note to one user alone, in the thread.
func (p *Poster) Whisper(ctx context.Context, at escalation.Thread, user string, n escalation.Note) error {
	s := renderNote(&n, p.api.now())
	return p.api.PostEphemeral(ctx, at.Workspace, at.Channel, at.TS, user, s.text(), s.blocks)
}

// WhisperText shows a few words likewise. They are mrkdwn.
func (p *Poster) WhisperText(ctx context.Context, at escalation.Thread, user, words string) error {
	return p.api.PostEphemeral(ctx, at.Workspace, at.Channel, at.TS, user, words, nil)
}
