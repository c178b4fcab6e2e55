package escalation

import (
	"regexp"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/hours"
)

// Request is what somebody asked of the bot by mentioning it.
type Request struct {
	Kind RequestKind
	For  time.Duration // RequestSnooze: the length asked for; 0: the default
}

// RequestKind is one of the few things the bot understands.
type RequestKind string

const (
	RequestSnooze RequestKind = "snooze"
	RequestHelp   RequestKind = "help"
	RequestStatus RequestKind = "status"
	RequestDone   RequestKind = "done" // only without a help desk; else it is taken as any other words
)

var (
	noWord = regexp.MustCompile(`<@[A-Z0-9]+(\|[^>]*)?>|,`)
	// A length is taken only where it is all that is said: "the customer wrote 2h ago" is no length.
	length = regexp.MustCompile(`^(?:(?:please|snooze|wait|postpone|sleep|for|another) ?)*((?:\d+ ?[a-z]+ ?)+)(?:please)?$`)
)

// ParseRequest reads the text of a mention (rule 10). Whatever it does not know is a snooze of the
// default length: somebody is there, and that is what counts.
func ParseRequest(text string) Request {
	words := strings.ToLower(strings.Join(strings.Fields(noWord.ReplaceAllString(text, " ")), " "))
	words = strings.Trim(words, " .,;:!?*_~`-–—")
	switch words {
	case "help", "status", "done":
		return Request{Kind: RequestKind(words)}
	}
	r := Request{Kind: RequestSnooze}
	if m := length.FindStringSubmatch(words); m != nil {
		r.For, _ = readLength(m[1])
	}
	return r
}

// Snooze moves every pending tier back by d, counted in its hours, keeping their spacing; an overdue one counts from now. A
// reminder already owed is pulled back with them: its job notices before it is sent. moved is false if
// there was nothing to move. The deadline stays.
func Snooze(t Timeline, d time.Duration, now time.Time, h *hours.Hours) (snoozed Timeline, moved bool) {
	t = t.clone()
	for i := range t.Tiers {
		until := t.Tiers[i].snooze(d, now, h)
		if until.IsZero() {
			continue
		}
		if !moved {
			t.SnoozedUntil = until
		}
		moved = true
	}
	return t, moved
}

// snooze moves a tier that is pending or owed, and its page if that was not sent yet. It returns when
// what it moved is due now; zero if there was nothing to move.
func (t *DueTier) snooze(d time.Duration, now time.Time, h *hours.Hours) time.Time {
	paging := t.Paging == PageOwed || t.Paging == PageWaits
	if paging {
		t.again() // its job notices
	}
	switch {
	case t.State == TierPending || t.State == TierOwed:
		t.Due = h.Add(later(t.Due, now), d)
		return t.Due
	case paging || !t.nextPage().IsZero():
		t.PageAt = h.Add(later(t.pageDue(), now), d)
		return t.PageAt
	}
	return time.Time{}
}
