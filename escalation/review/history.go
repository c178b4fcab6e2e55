package review

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
)

// Happening is one event of a timeline's history, as programs read it.
type Happening struct {
	At          time.Time            `json:"at"`
	Kind        escalation.EventKind `json:"kind"`
	Tier        int                  `json:"tier,omitempty"` // 1-based; 0: not about one tier
	Cause       string               `json:"cause,omitempty"`
	By          *Party               `json:"by,omitempty"`
	ForSeconds  float64              `json:"for_seconds,omitempty"` // how far what was pending was moved
	Until       time.Time            `json:"until,omitzero"`
	LateSeconds float64              `json:"late_seconds,omitempty"`
	Mentioned   []Party              `json:"mentioned,omitempty"`
	Round       int                  `json:"round,omitempty"`
	TS          string               `json:"ts,omitempty"`
	Desk        desk.AnswerStatus    `json:"desk,omitempty"`
	ReplyAt     time.Time            `json:"reply_at,omitzero"`
	Page        string               `json:"page,omitempty"`
}

func happening(e escalation.Event, names Names) Happening {
	return Happening{
		At: e.At, Kind: e.Kind, Tier: e.Tier, Cause: e.Cause, By: names.party(e.By), ForSeconds: e.For.Seconds(), Until: e.Until,
		LateSeconds: e.Late.Seconds(), Mentioned: names.all(e.Mentioned), Round: e.Round, TS: e.TS, Desk: e.Desk,
		ReplyAt: e.ReplyAt, Page: e.Page,
	}
}
