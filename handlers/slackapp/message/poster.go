package message

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
	"github.com/slabuddy/slabuddy/handlers/slackapp/tolerant"
)

// Poster posts reminders and notes, finds again what it posted, and brings it up to date.
type Poster struct {
	GIFs  GIFs                          // beside thanks for a mention; nil: none
	Names Names                         // of people of whom only the id is known; nil: they have no name
	BotID func(workspace string) string // the bot whose posts are ours, "" if not known; nil: it never is
	api   *client.API
	now   func() time.Time
}

// Names knows what people and user groups are called, from memory.
type Names interface {
	Name(workspace, user string) (name string, ok bool)
	Handle(workspace, group string) (handle string, ok bool)
}

// NewPoster returns a poster that calls api.
func NewPoster(api *client.API, now func() time.Time) *Poster { return &Poster{api: api, now: now} }

var _ deliver.Poster = (*Poster)(nil)

// Post implements deliver.Poster.
func (p *Poster) Post(ctx context.Context, jobID string, post escalation.Post) (deliver.Landed, error) {
	if landed, done, err := p.updateFault(ctx, post); done {
		return landed, err
	}
	if post.Rows != nil {
		return p.postWithTable(ctx, jobID, post.Thread, renderDigest(post))
	}
	said, err := render(jobID, post, p.whois(post.Workspace), p.now())
	if err != nil {
		return deliver.Landed{}, &queue.Error{Kind: queue.KindTerminal, Err: err}
	}
	if post.Note != nil && post.Note.Kind == escalation.NoteSnoozed {
		return p.postWithGIF(ctx, jobID, post.Thread, said)
	}
	return p.postWithTable(ctx, jobID, post.Thread, said)
}

// post is one attempt.
func (p *Poster) post(ctx context.Context, jobID string, post escalation.Thread, s *said) (deliver.Landed, error) {
	f, err := postForm(jobID, post, s)
	if err != nil {
		return deliver.Landed{}, &queue.Error{Kind: queue.KindTerminal, Err: err}
	}
	var posted struct {
		client.Reply
		TS      tolerant.Text
		Message *struct {
			ThreadTS tolerant.Text `json:"thread_ts"`
		}
	}
	err = p.api.Call(ctx, post.Workspace, gate.MethodPost, f, &posted)
	if client.Refused(err, "not_in_channel") {
		return deliver.Landed{}, p.join(ctx, post.Workspace, post.Channel, err)
	}
	if err == nil && posted.TS == "" {
		err = client.Failure(queue.KindUnknown, gate.MethodPost, errors.New("the answer is ok and lacks the ts"))
	}
	outside := post.TS == "" || posted.Message != nil && posted.Message.ThreadTS == ""
	return deliver.Landed{TS: string(posted.TS), Outside: err == nil && outside}, err
}

func postForm(jobID string, post escalation.Thread, s *said) (url.Values, error) {
	blocks, err := json.Marshal(s.blocks)
	if err != nil {
		return nil, fmt.Errorf("encode blocks: %w", err)
	}
	mark, err := json.Marshal(metadata{metadataType, payload{tolerant.Text(jobID), s.rows, s.marks}})
	if err != nil {
		return nil, fmt.Errorf("encode metadata: %w", err)
	}
	f := url.Values{
		"channel": {post.Channel}, "text": {s.text()}, "blocks": {string(blocks)}, "metadata": {string(mark)},
		"unfurl_links": {"false"}, "unfurl_media": {"false"},
	}
	if post.TS != "" {
		f.Set("thread_ts", post.TS)
	}
	return f, nil
}

// join makes the bot join a public channel, so that the next attempt gets through. It cannot join private ones.
func (p *Poster) join(ctx context.Context, workspace, channel string, refusal error) error {
	err := p.api.Join(ctx, workspace, channel)
	var e *queue.Error
	var code slack.SlackErrorResponse
	switch {
	case err == nil:
		joined := client.FewTries(gate.MethodPost, errors.New("the bot was not in the channel, and has joined it"))
		joined.After = 0 // it is in the channel now: no need to wait
		return joined
	case errors.As(err, &e) && (e.Kind == queue.KindTerminal || e.Kind == queue.KindHeld || e.Tries > 0),
		errors.As(err, &code) && e.Kind != queue.KindLimited && e.Kind != queue.KindRetry:
		return refusal // it cannot join: the refusal is final
	}
	// Whether it has joined or not, the post was refused.
	return &queue.Error{Kind: queue.KindRetry, Err: fmt.Errorf("the bot is not in the channel: %w", err)}
}

// maxUpdated is the longest text that chat.update takes: far shorter than that of chat.postMessage. The rest of the text
// is still in the blocks.
const maxUpdated = 4000

// Refresh implements deliver.Poster.
func (p *Poster) Refresh(ctx context.Context, ts string, r escalation.Reminder, t escalation.Timeline) error {
	err := p.update(ctx, t.Thread, ts, renderRefreshed(&r, &t, ts, p.whois(t.Workspace), p.now()))
	if beyondUpdating(err) {
		return nil
	}
	return err
}

// whois is the name of a person or a user group with an id; "" if it is not known.
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

// update replaces a message's text and blocks. Its metadata stay, because the call does not name them.
func (p *Poster) update(ctx context.Context, at escalation.Thread, ts string, s *said) error {
	blocks, err := json.Marshal(s.blocks)
	if err != nil {
		return &queue.Error{Kind: queue.KindTerminal, Err: fmt.Errorf("encode blocks: %w", err)}
	}
	f := url.Values{"channel": {at.Channel}, "ts": {ts}, "text": {mrkdwn.CutMarkup(s.text(), maxUpdated)}, "blocks": {string(blocks)}}
	return p.api.Call(ctx, at.Workspace, gate.MethodUpdate, f, &client.Reply{})
}

// beyondUpdating says that a message is gone, or can never be changed any more
// (docs.slack.dev/reference/methods/chat.update).
func beyondUpdating(err error) bool {
	return slices.ContainsFunc([]string{
		"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive",
		"channel_not_found", "is_archived", "not_in_channel",
	}, func(code string) bool { return client.Refused(err, code) })
}

// Whisper shows a note in the thread to one user only.
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
