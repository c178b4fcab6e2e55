package window

import (
	"fmt"
	"net/http"

	"github.com/slabuddy/slabuddy/escalation"
)

// ticketView is the state of a ticket, in a few words.
type ticketView struct {
	ID, Words string
	Tone      string // open, late, done, none
	CanReply  bool
	Replied   bool
}

// desk is the help desk's page of a ticket, to which links in Slack lead.
func (w *Window) desk(rw http.ResponseWriter, r *http.Request) {
	t, ok := w.Play.Find(r.PathValue("ticket"))
	if !ok {
		http.Error(rw, "The help desk of this demo has no such ticket.", http.StatusNotFound)
		return
	}
	line := t.Timeline
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := w.pages.ExecuteTemplate(rw, "desk", map[string]any{
		"Ticket": ticketOf(t), "About": line.Ticket, "Followed": t.Followed,
		"Back": (look{user: w.lookOf(r).user}).at(line.Channel, line.TS),
	})
	if err != nil {
		w.Log.Error("a ticket's page cannot be shown", "error", err)
	}
}

func ticketOf(t Ticket) *ticketView {
	v := &ticketView{ID: t.ID, CanReply: !t.Replied, Replied: t.Replied}
	v.Words, v.Tone = standing(t)
	return v
}

func standing(t Ticket) (words, tone string) {
	line := t.Timeline
	switch {
	case t.Unread:
		return "just posted", "none"
	case !t.Followed:
		return "not followed: " + t.Why, "none"
	case line.State == escalation.Answered:
		words = "answered at " + line.AnsweredAt.Format(timeOfDay)
		if line.AnsweredAt.After(line.FirstReply().Deadline) {
			return words + ", too late", "late"
		}
		return words + ", in time", "done"
	case line.State != escalation.Open:
		return string(line.State), "none"
	case !line.FirstReply().BreachedAt.IsZero():
		return "deadline missed at " + line.FirstReply().Deadline.Format(timeOfDay), "late"
	}
	next := "all tiers are out"
	for i, tier := range line.Tiers {
		if tier.State == escalation.TierPending || tier.State == escalation.TierOwed {
			next = fmt.Sprintf("tier %d of %d at %s", i+1, len(line.Tiers), tier.Due.Format(timeOfDay))
			break
		}
	}
	return next + " · deadline " + line.FirstReply().Deadline.Format(timeOfDay), "open"
}
