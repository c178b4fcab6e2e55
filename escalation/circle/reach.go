package circle

import (
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/calendar"
)

// Reach is what is known of the people and groups that words may mean, at any time.
type Reach struct {
	Workspace   string
	HasCalendar bool
	Directory   Directory // nil: nothing is known of Slack's people and groups, so every name counts as somebody
	Engineers   []calendar.Engineer
	LastResort  string // as in Facts
}

// Gaps say why the words of a tier mean nobody, at any time and for any ticket; none if they may mean somebody (rule 8).
func (r Reach) Gaps(words []string) (gaps []Gap) {
	for _, word := range words {
		reason := r.never(word)
		if reason == "" {
			return nil
		}
		gaps = append(gaps, Gap{Circle: word, Reason: reason})
	}
	return gaps
}

// never says why a word never means anybody; "" if it may mean somebody.
func (r Reach) never(word string) GapReason {
	switch word {
	case Here, Channel:
		return ""
	case NonEmbedded, OnShift, Embedded, Assignee:
		switch {
		case !r.HasCalendar:
			return GapNoRoster
		case r.Directory != nil && len(r.Engineers) == 0:
			return GapNobody
		}
		return ""
	}
	if r.Directory == nil {
		return ""
	}
	found, reason := Facts{Workspace: r.Workspace, Directory: r.Directory, Engineers: r.Engineers}.named(word)
	if len(found) > 0 {
		return ""
	}
	named := func(e calendar.Engineer) bool { return e.GoesBy(strings.TrimPrefix(word, "@")) }
	if reason == GapUnknown && slices.ContainsFunc(r.Engineers, named) {
		return GapNoAccount
	}
	return reason
}

// Never says in words why the circle never means anybody.
func (g Gap) Never() string {
	switch g.Reason {
	case GapNoRoster:
		return "without a shift calendar nobody is known to be on shift"
	case GapNobody:
		return "no engineer is set up, so nobody is known to be on shift"
	case GapNoAccount:
		return "nobody in Slack is known to be " + g.Circle
	case GapGone:
		return "Slack no longer has " + g.Circle
	}
	return "Slack has no user group " + g.Circle + ", and no engineer is called so"
}
