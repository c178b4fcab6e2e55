package deliver

import "github.com/slabuddy/slabuddy/escalation"

// asOfNow is the one answer to a burst of mentions: how the ticket stands just before it is sent. A timeline that
// retention has removed meanwhile leaves nothing to say but that.
func (d *delivery) asOfNow(p escalation.Post) escalation.Post {
	if p.Note == nil || !p.Note.Together {
		return p
	}
	if d.timeline == nil {
		p.Note = &escalation.Note{Kind: escalation.NoteGone, User: p.Note.User}
		return p
	}
	_, note := escalation.Respond(*d.timeline, escalation.Mention{}, escalation.Request{Kind: escalation.RequestStatus}, d.by.Facts(p.Workspace))
	note.Together = true
	p.Note = &note
	return p
}
