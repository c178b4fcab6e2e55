package message

import (
	"context"
	"strings"
	"testing"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// gifs have a picture, or none.
type gifs struct{ url string }

func (g gifs) Find(context.Context, string) (url, shows string, ok bool) {
	return g.url, "A cat\nthat says thanks", g.url != ""
}

func (b *bench) note(t *testing.T, kind string) (slacktest.Message, error) {
	t.Helper()
	_, err := b.Post(t.Context(), "job-1", escalation.Post{Thread: b.thread, Note: notes()[kind]})
	thread := b.Thread("C0ENT", b.thread.TS)
	return thread[len(thread)-1], err
}

func TestThanksComeWithAGIF(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	b.GIFs = gifs{"https://media.giphy.com/x.gif"}
	m, err := b.note(t, "snoozed")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"image_url":"https://media.giphy.com/x.gif"`, `"alt_text":"A cat that says thanks"`} {
		if !strings.Contains(string(m.Blocks), part) {
			t.Errorf("the blocks lack %s: %s", part, m.Blocks)
		}
	}
	if strings.Contains(m.Text, "giphy") {
		t.Errorf("the picture is in the text: %s", m.Text)
	}
	if m, err := b.note(t, "help"); err != nil || strings.Contains(string(m.Blocks), "image_url") {
		t.Errorf("another note comes with a picture: %s, %v", m.Blocks, err)
	}
}

func TestWithoutAGIFThanksComeAllTheSame(t *testing.T) {
	for name, g := range map[string]GIFs{"none configured": nil, "none found": gifs{}} {
		b := newBench(t, slacktest.Options{})
		b.GIFs = g
		if m, err := b.note(t, "snoozed"); err != nil || !strings.Contains(m.Text, "Snoozed for 30 minutes.") {
			t.Errorf("%s: %q, %v", name, m.Text, err)
		}
	}
}

// Slack fetches a picture while it posts, and refuses the whole message if it cannot.
func TestAPictureThatSlackRefusesIsLeftOut(t *testing.T) {
	b := newBench(t, slacktest.Options{})
	b.GIFs = gifs{"https://media.giphy.com/x.gif"}
	b.Inject(slacktest.Fault{Method: "chat.postMessage", Times: 1, Do: slacktest.Refused("invalid_blocks")})
	m, err := b.note(t, "snoozed")
	if err != nil || !strings.Contains(m.Text, "Snoozed for 30 minutes.") || strings.Contains(string(m.Blocks), "image_url") {
		t.Errorf("posted %+v, %v", m, err)
	}
	if n := len(b.Calls("chat.postMessage")); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

// What may have been posted is not posted once more in another shape.
func TestAPictureOfUnknownOutcomeIsNotPostedAgain(t *testing.T) {
	for name, effect := range map[string]slacktest.Effect{
		"internal_error": slacktest.Refused("internal_error"), "500": slacktest.Status(500).AfterAccepting(), "cut": slacktest.Cut().AfterAccepting(),
	} {
		b := newBench(t, slacktest.Options{})
		b.GIFs = gifs{"https://media.giphy.com/x.gif"}
		b.Inject(slacktest.Fault{Method: "chat.postMessage", Times: 1, Do: effect})
		if _, err := b.note(t, "snoozed"); err == nil {
			t.Errorf("%s: no error", name)
		}
		if n := len(b.Calls("chat.postMessage")); n != 1 {
			t.Errorf("%s: %d calls, want 1", name, n)
		}
	}
}
