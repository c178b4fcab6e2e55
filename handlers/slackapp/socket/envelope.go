package socket

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
)

// maxAnswer is where Slack silently drops what it is answered.
const maxAnswer = 20 << 10

// envelope is what Slack sends.
type envelope struct {
	Type    string          `json:"type"`
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
	Accepts bool            `json:"accepts_response_payload"`
	Reason  string          `json:"reason"` // of a disconnect
}

// take hands an envelope to the App and acknowledges it, unless that failed.
func (l *link) take(ctx context.Context, e envelope) {
	ctx, cancel := context.WithTimeout(ctx, l.timing.handle)
	defer cancel()
	answer, err := l.hand(ctx, e)
	if err != nil {
		l.Log.Error("not taken in, and not acknowledged: Slack delivers it again", "type", e.Type, "error", err)
		return
	}
	ack := struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload,omitempty"`
	}{ID: e.ID}
	switch {
	case len(bytes.TrimSpace(answer)) == 0:
	case !e.Accepts:
		l.Log.Warn("Slack takes no answer here; it is left out", "type", e.Type)
	case len(answer) > maxAnswer-len(e.ID)-100:
		l.Log.Error("the answer is larger than Slack takes, and is left out", "type", e.Type, "bytes", len(answer))
	default:
		ack.Payload = answer
	}
	if err := l.write(ack); err != nil {
		l.Log.Info("an acknowledgement did not get through; Slack delivers it again", "type", e.Type, "error", err)
	}
}

func (l *link) hand(ctx context.Context, e envelope) ([]byte, error) {
	switch e.Type {
	case "events_api":
		return nil, l.App.Event(ctx, e.Payload)
	case "interactive":
		return l.App.Interaction(ctx, e.Payload)
	case "slash_commands":
		form, err := formOf(e.Payload)
		if err != nil {
			return nil, err
		}
		return l.App.Command(ctx, form)
	}
	l.Log.Debug("Slack sends what the bot has no use for", "type", e.Type)
	return nil, nil
}

// formOf is a command's payload, an object of texts, as the form that it is over HTTP.
func formOf(payload []byte) (url.Values, error) {
	var fields map[string]any
	if err := json.Unmarshal(payload, &fields); err != nil {
		return nil, fmt.Errorf("a command that is no object: %w", err)
	}
	form := make(url.Values, len(fields))
	for name, value := range fields {
		switch v := value.(type) {
		case string:
			form.Set(name, v)
		case bool, float64:
			form.Set(name, fmt.Sprint(v))
		}
	}
	return form, nil
}
