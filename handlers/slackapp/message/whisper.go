package message

import (
	"context"

	"github.com/slabuddy/slabuddy/escalation"
)

// Whisper shows a note to one user alone, in the thread.
func (p *Poster) Whisper(ctx context.Context, at escalation.Thread, user string, n escalation.Note) error {
	s, err := renderNote(&n, p.now())
	if err != nil {
		return err
	}
	return p.api.PostEphemeral(ctx, at.Workspace, at.Channel, at.TS, user, s.text(), s.blocks)
}

// WhisperText shows a few words in the same way. They are mrkdwn.
func (p *Poster) WhisperText(ctx context.Context, at escalation.Thread, user, words string) error {
	return p.api.PostEphemeral(ctx, at.Workspace, at.Channel, at.TS, user, words, nil)
}
