package handlers

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/helpdesk"
)

// DeskInbox is the DeskWebhook of all help desks.
type DeskInbox struct {
	Inbounds map[string]helpdesk.Inbound // by the last part of the path
	Hear     func(ctx context.Context, e escalation.DeskEvent) error
	Now      func() time.Time
}

var _ DeskWebhook = DeskInbox{}

// Serve takes in what a help desk reports, durably before it answers.
func (d DeskInbox) Serve(_ http.ResponseWriter, r *http.Request, kind string) error {
	inbound, known := d.Inbounds[kind]
	if !known {
		return ErrNotFound
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return fmt.Errorf("%w: %w", helpdesk.ErrMalformed, err)
	}
	if err := inbound.Verify(r.Header, body, d.Now()); err != nil {
		return err
	}
	events, err := inbound.Events(body)
	if err != nil {
		return err
	}
	for _, e := range events {
		if err := d.Hear(r.Context(), e); err != nil {
			return err
		}
	}
	return nil
}
