package views

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

// fields are a channel as it is filled in. People of a tier stand in a field of their own, beside the
// words that no list of people could offer.
type fields struct {
	setup.ChannelForm
	own bool // tiers of its own, instead of a policy that has a name
}

const partPeople = "people"

// readFields is what stands in the modal just now.
func readFields(v slackapp.View, s channelState) fields {
	get := func(name string) string { return text(v, s.field(name), name) }
	f := fields{ChannelForm: setup.ChannelForm{
		ByPriority: get(setup.FieldByPriority), Deadline: get(setup.FieldDeadline), Repeat: get(setup.FieldRepeat),
	}}
	policy := first(chosen(v, s.field(setup.FieldPolicy), actionPolicy))
	if f.own = policy == ownTiers; !f.own {
		f.Policy = policy
	}
	for i := range min(s.Tiers, escalation.MaxTiers) {
		part := func(p string) string { return get(setup.TierField(i+1, p)) }
		words := []string{part(setup.PartNotify)}
		name := setup.TierField(i+1, partPeople)
		words = append(words, chosen(v, s.field(name), name)...)
		f.Tiers = append(f.Tiers, setup.TierForm{
			After: part(setup.PartAfter), Message: part(setup.PartMessage),
			Notify: strings.Join(slices.DeleteFunc(words, func(w string) bool { return strings.TrimSpace(w) == "" }), ", "),
		})
	}
	return f
}

// read is the channel that is filled in; tiers of its own count only where they are chosen.
func (f fields) read() (setup.Channel, setup.Problems) {
	form := f.ChannelForm
	if !f.own {
		form.Tiers, form.Deadline, form.Repeat = nil, "", ""
		return form.Read()
	}
	form.Policy = ""
	c, problems := form.Read()
	if len(c.Tiers) == 0 && len(problems) == 0 {
		problems = setup.Problems{{Field: setup.TierField(1, setup.PartAfter), Message: "Fill in at least one tier, or choose a policy above."}}
	}
	return c, problems
}

// policy is what is filled in as a policy, as far as it can be read.
func (f fields) policy(s *escalation.Settings) escalation.Policy {
	c, _ := f.read()
	if f.own {
		c.Tiers = slices.DeleteFunc(c.Tiers, func(t escalation.Tier) bool { return t.After <= 0 || len(t.Notify) == 0 })
		return escalation.Policy{Name: setup.OwnPolicy, Tiers: c.Tiers, Deadline: c.Deadline}
	}
	name := c.Policy
	if name == "" {
		name = escalation.DefaultPolicy
	}
	return s.Policies[name]
}

var userID = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)

// split takes the people out of a tier's recipients.
func split(notify string) (words string, people []string) {
	var others []string
	for _, word := range setup.ParseNotify(notify) {
		if userID.MatchString(word) {
			people = append(people, word)
		} else {
			others = append(others, word)
		}
	}
	return strings.Join(others, ", "), people
}
