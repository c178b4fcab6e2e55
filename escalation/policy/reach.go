package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/slabuddy/slabuddy/escalation/circle"
)

// Unreached are the tiers of one clock of a policy that can reach nobody, for any ticket (rule 8).
type Unreached struct {
	Policy string // its name
	Clock  ClockKind
	Tiers  []int        // as people count
	Gaps   []circle.Gap // why
	Last   bool         // the last tier is one of them
	Here   bool         // in its place everybody active in the channel is reminded
}

// Unreached are the tiers of the policy that can reach nobody. A tier that sends a page reaches who is paged.
func (p Policy) Unreached(r circle.Reach) (all []Unreached) {
	for _, promised := range p.Promises() {
		u := Unreached{Policy: p.Name, Clock: promised.Clock}
		for i, tier := range promised.Tiers {
			if gaps := r.Gaps(tier.Notify); len(gaps) > 0 && tier.Page == "" {
				u.Tiers, u.Gaps = append(u.Tiers, i+1), append(u.Gaps, gaps...)
				u.Last = i == len(promised.Tiers)-1
			}
		}
		if u.Here = u.Last && r.LastResort == circle.Here; len(u.Tiers) > 0 {
			all = append(all, u)
		}
	}
	return all
}

// which names the tiers: "tiers 1 and 2 of enterprise".
func (u Unreached) which() string {
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

// why says what keeps the tiers from reaching anybody.
func (u Unreached) why() string {
	var why []string
	for _, g := range u.Gaps {
		if words := g.Never(); !slices.Contains(why, words) {
			why = append(why, words)
		}
	}
	return strings.Join(why, "; ")
}

// instead says who is reminded in place of the tiers' people.
func (u Unreached) instead() string {
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

// Words say which tiers reach nobody, why, and who is reminded in their place.
func (u Unreached) Words() string {
	reach := " reaches"
	if len(u.Tiers) > 1 {
		reach = " reach"
	}
	which := u.which()
	return strings.ToUpper(which[:1]) + which[1:] + reach + " nobody: " + u.why() + ". " + u.instead() + "."
}
