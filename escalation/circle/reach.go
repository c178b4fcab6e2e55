package circle

import (
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/calendar"
)

// Reach is what is known of whom words may stand for, whoever is on shift at the moment.
type Reach struct {
	Workspace   string
	HasCalendar bool
	Directory   Directory // nil: whom Slack knows is not known, so everybody who is named is somebody
	Engineers   []calendar.Engineer
	LastResort  string // as in Facts
}

// Gaps say why the words of a tier stand for nobody at any time, whatever ticket comes; none if they may stand for
// somebody (rule 8).
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

// never says why a word stands for nobody at any time; "" if it may stand for somebody.
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

// Never says in words why the circle stands for nobody at any time.
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
