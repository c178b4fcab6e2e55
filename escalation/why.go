package escalation

import (
	"slices"
)

// Explain explains a reminder of t to one person.
func Explain(t Timeline, r Reminder, user string, f Facts) Note {
	note := about(NoteWhy, t, user, f)
	w := Why{Reminder: r, As: AsNobody}
	if r.Tier > 0 {
		w.Notify, w.Sum = t.Tiers[r.Tier-1].Notify, f.Settings.sum(t, *t.ClockOf(r.Tier - 1))
	}
	i := slices.IndexFunc(r.Mention, func(m Recipient) bool { return m.Kind == ToUser && m.ID == user })
	switch {
	case i >= 0 && r.Owner:
		w.As, w.Shift = AsOwner, r.Mention[i].Shift
	case i >= 0:
		w.As, w.Shift = AsPerson, r.Mention[i].Shift
	case r.mentions(ToChannel), r.mentions(ToHere):
		w.As = AsChannel
	case r.mentions(ToGroup):
		w.As = AsGroup
	}
	note.Why = &w
	return note
}

func (r Reminder) mentions(kind RecipientKind) bool {
	return slices.ContainsFunc(r.Mention, func(m Recipient) bool { return m.Kind == kind })
}
