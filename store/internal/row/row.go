// Package row holds what both stores write alike: the body of a timeline, the details of an event,
// the precision of times, and how the changes of one call fall into transactions.
//
// A timeline is a row of columns that the database looks at (identity, version, scheduling) and
// one JSON body with everything else, which no query ever opens.
package row

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

// body is the part of a timeline that no query looks at. Its keys are stored: they may be added
// to, never reused.
type body struct {
	Ticket         escalation.Ticket     `json:"ticket"`
	OpenedAt       time.Time             `json:"opened_at"`
	ExpiresAt      time.Time             `json:"expires_at"`
	Tiers          []escalation.DueTier  `json:"tiers"`
	Desk           escalation.DeskAnswer `json:"desk,omitzero"`
	DeadlinePassed bool                  `json:"deadline_passed,omitempty"`
	SnoozedUntil   time.Time             `json:"snoozed_until,omitzero"`
	Cause          string                `json:"cause,omitempty"`
}

// Body is the JSON of all of t that has no column of its own.
func Body(t escalation.Timeline) (string, error) {
	b := body{
		Ticket:         t.Ticket,
		OpenedAt:       Time(t.OpenedAt),
		ExpiresAt:      Time(t.ExpiresAt),
		Tiers:          make([]escalation.DueTier, len(t.Tiers)),
		Desk:           t.Desk,
		DeadlinePassed: t.DeadlinePassed,
		SnoozedUntil:   Time(t.SnoozedUntil),
		Cause:          t.Cause,
	}
	b.Desk.At = Time(b.Desk.At)
	for i, tier := range t.Tiers {
		tier.Due, tier.PostedAt = Time(tier.Due), Time(tier.PostedAt)
		b.Tiers[i] = tier
	}
	js, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("encode timeline %s: %w", t.ID, err)
	}
	return string(js), nil
}

// SetBody fills in what Body kept of t.
func SetBody(t *escalation.Timeline, js []byte) error {
	var b body
	if err := json.Unmarshal(js, &b); err != nil {
		return fmt.Errorf("decode timeline %s: %w", t.ID, err)
	}
	t.Ticket = b.Ticket
	t.OpenedAt, t.ExpiresAt = b.OpenedAt, b.ExpiresAt
	t.Tiers = b.Tiers
	t.Desk = b.Desk
	t.DeadlinePassed = b.DeadlinePassed
	t.SnoozedUntil = b.SnoozedUntil
	t.Cause = b.Cause
	return nil
}

// Details is the JSON of an event's details.
func Details(e escalation.Event) (string, error) {
	d := e.Details
	d.Until, d.ReplyAt = Time(d.Until), Time(d.ReplyAt)
	js, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("encode event %s of timeline %s: %w", e.Kind, e.Timeline, err)
	}
	return string(js), nil
}

// SetDetails fills in what Details kept of e.
func SetDetails(e *escalation.Event, js []byte) error {
	if err := json.Unmarshal(js, &e.Details); err != nil {
		return fmt.Errorf("decode event %s of timeline %s: %w", e.Kind, e.Timeline, err)
	}
	return nil
}

// Time is t as both stores keep it: UTC, in whole microseconds.
func Time(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
