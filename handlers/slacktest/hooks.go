package slacktest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	hookUses = 5
	hookLife = 30 * time.Minute
)

// hook is a response URL: what is behind it, and how often it was used.
type hook struct {
	user    string
	channel *channel
	message *record    // the one that was clicked, if it is in the channel
	whisper *ephemeral // or if it was ephemeral
	at      time.Time
	uses    int
}

// newHook opens a response URL. kind is actions or commands.
func (w *Workspace) newHook(kind string, h hook) (url string) {
	path := "/" + kind + "/" + w.opts.Team.ID + "/" + w.opts.NewID("") + "/" + w.opts.NewID("simulated")
	h.at = w.opts.Wall()
	w.hooks[path] = &h
	return w.cloud.url() + path
}

func (c *Cloud) serveHook(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxUpload))
	if err != nil {
		return
	}
	out := fail("no_team")
	if w := c.workspace(r.PathValue("team")); w != nil {
		out = w.respond(r.URL.Path, body)
	}
	status := http.StatusOK
	if out["ok"] != true {
		status = http.StatusNotFound
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(out)
}

// respond is one use of a response URL.
func (w *Workspace) respond(path string, body []byte) answer {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.hooks[path]
	switch {
	case h == nil:
		return fail("no_service")
	case w.opts.Wall().Sub(h.at) > hookLife:
		return fail("expired_url")
	case h.uses == hookUses:
		return fail("used_url")
	}
	p := parsed{args: args{}}
	if problem := p.readJSON(body); problem != "" {
		return fail("invalid_payload")
	}
	h.uses++
	return w.say(h, p.args)
}

// say does what the app says through a response URL, or in its answer to a command.
func (w *Workspace) say(h *hook, a args) answer {
	done := answer{"ok": true}
	if a.flag("delete_original") {
		w.takeBack(h)
		return done
	}
	content, refused := readContent(a)
	if refused != nil {
		return refused
	}
	m := Message{Blocks: content.blocks, Attachments: content.attachments, ThreadTS: a.text("thread_ts")}
	m.Text, _ = shorten(a.text("text"))
	switch {
	case a.flag("replace_original"):
		if !w.replace(h, m) {
			return fail("message_not_found")
		}
	case a.text("response_type") == "in_channel":
		w.post(h.channel, w.signedByApp(&w.opts.App, m))
		w.changed()
	default:
		w.whisper(h.channel, h.user, m)
	}
	return done
}

func (w *Workspace) takeBack(h *hook) {
	if h.whisper != nil {
		w.dismiss(h.whisper)
	}
	if h.message != nil {
		w.erase(h.channel, h.message)
		w.changed()
	}
}

// replace replaces with m the message that was clicked, if there is one.
func (w *Workspace) replace(h *hook, m Message) bool {
	switch {
	case h.whisper != nil:
		h.whisper.Text, h.whisper.Blocks, h.whisper.Attachments = m.Text, m.Blocks, m.Attachments
	case h.message != nil && h.channel.all[h.message.TS] == h.message:
		before := h.message.view()
		h.message.Text, h.message.Blocks, h.message.Attachments = m.Text, m.Blocks, m.Attachments
		h.message.Edited = &Edited{User: h.message.author(), TS: w.nextTS(h.channel)}
		w.sayChanged(h.channel, h.message, before, h.message.Edited.TS)
	default:
		return false
	}
	w.changed()
	return true
}

// heard shows what an app answered to a command: JSON as a message, other answers as text, nothing
// as nothing. What cannot be shown is the failure that the user sees.
func (w *Workspace) heard(h *hook, body []byte) (failure string) {
	text := strings.TrimSpace(string(body))
	if text == "" || text == "{}" {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p := parsed{args: args{}}
	if p.readJSON(body) != "" {
		p.args = args{"text": text}
	}
	if out := w.say(h, p.args); out["ok"] != true {
		code, _ := out["error"].(string)
		return code
	}
	return ""
}
