package message

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// GIFs finds moving pictures.
type GIFs interface {
	// Find returns a picture's public address and what it shows. It takes a second at most; without
	// one, for whatever reason, ok is false.
	Find(ctx context.Context, tag string) (url, shows string, ok bool)
}

// postWithGIF posts thanks with a picture if there is one. The snooze itself is stored long since, and
// waits for none of this. Slack fetches the picture while it posts: where it cannot, it refuses the
// whole message, which then is surely not there, so it is posted without.
func (p *Poster) postWithGIF(ctx context.Context, jobID string, at escalation.Thread, s *said) (deliver.Landed, error) {
	if p.GIFs == nil {
		return p.post(ctx, jobID, at, s)
	}
	url, shows, ok := p.GIFs.Find(ctx, "thank you")
	if !ok {
		return p.post(ctx, jobID, at, s)
	}
	landed, err := p.post(ctx, jobID, at, s.with(picture(url, shows)))
	if client.RefusedBlocks(err) || client.Refused(err, "invalid_attachments") {
		return p.post(ctx, jobID, at, s)
	}
	return landed, err
}

func picture(url, shows string) *slack.ImageBlock {
	const most = 200
	alt := cmp.Or(strings.TrimSpace(mrkdwn.Cut(plain.Line(shows), most)), "A GIF that says thank you")
	return slack.NewImageBlock(url, alt, "", block.Plain("via GIPHY", most))
}

// with is the same message with one more block, which the text leaves out.
func (s *said) with(b slack.Block) *said {
	return &said{texts: s.texts, blocks: append(slices.Clip(s.blocks), b)}
}
