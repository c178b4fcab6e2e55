package escalation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slabuddy/slabuddy/calendar"
)

// Reach is what is known of whom the words of tiers may stand for, whoever is on shift at the moment.
type Reach struct {
	Workspace   string
	HasCalendar bool
	Directory   Directory // nil: whom Slack knows is not known, so everybody who is named is somebody
}

// Unreached are the tiers of one clock of a policy that can reach nobody, whatever ticket comes (rule 8).
type Unreached struct {
	Policy string // its name
	Clock  ClockKind
	Tiers  []int // as people count
	Gaps   []Gap // why
	Last   bool  // the last tier is one of them
	Here   bool  // and in its place everybody active in the channel is told
}

// Unreached are the tiers of policies, given by their keys, that can reach nobody. A tier that sends a page reaches
// whoever is paged.
func (s *Settings) Unreached(policies []string, r Reach) (all []Unreached) {
	for _, key := range policies {
		p := s.Policies[key]
		for _, promised := range p.Promises() {
			u := Unreached{Policy: p.Name, Clock: promised.Clock}
			for i, tier := range promised.Tiers {
				if gaps := s.Gaps(tier, r); len(gaps) > 0 {
					u.Tiers, u.Gaps = append(u.Tiers, i+1), append(u.Gaps, gaps...)
					u.Last = i == len(promised.Tiers)-1
				}
			}
			if u.Here = u.Last && s.LastResort == CircleHere; len(u.Tiers) > 0 {
				all = append(all, u)
			}
		}
	}
	return all
}

// Gaps say why a tier can reach nobody, whatever ticket comes; none if it can reach somebody.
func (s *Settings) Gaps(t Tier, r Reach) (gaps []Gap) {
	if t.Page != "" {
		return nil
	}
	for _, word := range t.Notify {
		reason := s.neverReached(word, r)
		if reason == "" {
			return nil
		}
		gaps = append(gaps, Gap{Circle: word, Reason: reason})
	}
	return gaps
}

// neverReached says why a word stands for nobody at any time; "" if it may stand for somebody.
func (s *Settings) neverReached(word string, r Reach) GapReason {
	switch word {
	case CircleHere, CircleChannel:
		return ""
	case CircleNonEmbedded, CircleOnShift, CircleEmbedded, CircleAssignee:
		switch {
		case !r.HasCalendar:
			return GapNoRoster
		case r.Directory != nil && len(s.Engineers) == 0:
			return GapNobody
		}
		return ""
	}
	if r.Directory == nil {
		return ""
	}
	found, reason := surroundings{workspace: r.Workspace, directory: r.Directory, settings: s}.named(word)
	if len(found) > 0 {
		return ""
	}
	named := func(e calendar.Engineer) bool { return e.GoesBy(strings.TrimPrefix(word, "@")) }
	if reason == GapUnknown && slices.ContainsFunc(s.Engineers, named) {
		return GapNoAccount
	}
	return reason
}

// Which names the tiers: "tiers 1 and 2 of enterprise".
func (u Unreached) Which() string {
	numbers := make([]string, len(u.Tiers))
	for i, n := range u.Tiers {
		numbers[i] = strconv.Itoa(n)
	}
	which := "tier " + numbers[0]
	if last := len(numbers) - 1; last > 0 {
		which = "tiers " + strings.Join(numbers[:last], ", ") + " and " + numbers[last]
	}
	if u.Clock != FirstReply {
		return fmt.Sprintf("%s of %s (%s)", which, u.Policy, u.Clock.Words())
	}
	return which + " of " + u.Policy
}

// Why says what keeps the tiers from reaching anybody.
func (u Unreached) Why() string {
	var why []string
	for _, g := range u.Gaps {
		if words := g.never(); !slices.Contains(why, words) {
			why = append(why, words)
		}
	}
	return strings.Join(why, "; ")
}

// never says why a word stands for nobody at any time.
func (g Gap) never() string {
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

// Instead says who is told in place of the tiers' people.
func (u Unreached) Instead() string {
	switch next := len(u.Tiers) > 1; {
	case u.Here && next:
		return "The next tier is told instead, and in place of the last everybody active in the channel"
	case u.Here:
		return "Everybody active in the channel is told instead"
	case u.Last && next:
		return "The next tier is told instead, and in place of the last nobody (last_resort: none)"
	case u.Last:
		return "Nobody is told instead (last_resort: none)"
	}
	return "The next tier is told instead"
}

// Words are all of it.
func (u Unreached) Words() string {
	reach := " reaches"
	if len(u.Tiers) > 1 {
		reach = " reach"
	}
	which := u.Which()
	return strings.ToUpper(which[:1]) + which[1:] + reach + " nobody: " + u.Why() + ". " + u.Instead() + "."
}
