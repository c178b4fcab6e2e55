package escalation

import "github.com/slabuddy/slabuddy/escalation/desk"

// CheckAgain is what the help desk's answer (in f) to somebody's request does to a timeline. An answer
// that closes nothing is weighed as in any walk; none at all changes nothing.
func CheckAgain(t Timeline, user string, f Facts) (Change, Note) {
	if t.State != Open {
		return Change{}, closedBefore(AskedCheck, t, user, f)
	}
	note := about(NoteUnanswered, t, user, f)
	note.Check = &Check{At: f.Now, Status: f.Answer.Status, RepliedAt: f.Answer.RepliedAt, Cause: f.Answer.Cause}
	if note.Check.RepliedAt.After(f.Now) {
		note.Check.RepliedAt = f.Now
	}
	switch f.Answer.Status {
	case desk.Unchecked:
		note.Kind = NoteSilent
		return Change{}, note
	case desk.None:
		note.Kind, note.CanDone = NoteNoDesk, true
		return Change{}, note
	}
	change, verdict := Decide(t, f)
	switch verdict {
	case VerdictAnswered, VerdictWithdrawn:
		note.Kind = NoteSettled
	case VerdictExpired:
		note.Kind, note.Asked = NoteClosed, AskedCheck
	default:
		note.Check.Status = desk.Unanswered
	}
	if change.Timeline != nil {
		note.Timeline = change.Timeline
	}
	return change, note
}
