package window

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/slabuddy/slabuddy/handlers/slacktest/desks"
)

// lookEvery is how often the server looks for what has changed.
const lookEvery = 150 * time.Millisecond

// page serves the whole window.
func (w *Window) page(rw http.ResponseWriter, r *http.Request) {
	l := w.lookOf(r)
	fragments, err := w.fragments(l)
	if err == nil {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		err = w.pages.ExecuteTemplate(rw, "page", map[string]any{
			"Token": w.token, "Fragments": fragments, "Rooms": w.rooms(l), "Pages": w.Pages, "Apps": desks.Official(), "Workspace": w.Slack.Options().Team.Name,
		})
	}
	if err != nil {
		w.Log.Error("the demo's page cannot be shown", "error", err)
		http.Error(rw, "Sorry, this page cannot be shown just now.", http.StatusInternalServerError)
	}
}

// live sends the fragments that differ from those sent before, for as long as somebody looks
// (html.spec.whatwg.org/multipage/server-sent-events.html).
func (w *Window) live(rw http.ResponseWriter, r *http.Request) {
	l := w.lookOf(r)
	out := http.NewResponseController(rw)
	rw.Header().Set("Content-Type", "text/event-stream")
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	sent := map[string]string{}
	for {
		news, err := w.news(l, sent)
		if err != nil {
			w.Log.Error("the demo's page cannot be shown", "error", err)
			return
		}
		if len(news) > 0 {
			body, err := json.Marshal(news)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(rw, "data: %s\n\n", body); err != nil {
				return
			}
			if err := out.Flush(); err != nil {
				return
			}
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return
		case <-w.ended:
			return
		}
	}
}

// news are the fragments that differ from those sent, which then count as sent.
func (w *Window) news(l look, sent map[string]string) (map[string]string, error) {
	fragments, err := w.fragments(l)
	if err != nil {
		return nil, err
	}
	news := map[string]string{}
	for id, html := range fragments {
		if before, ok := sent[id]; !ok || before != string(html) {
			news[id], sent[id] = string(html), string(html)
		}
	}
	return news, nil
}
