package views

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/slackid"
	"github.com/slabuddy/slabuddy/handlers/slackapp"
)

// fields are a channel as it is filled in. People of a tier stand in a field of their own, beside the
// words that no list of people could offer.
type fields struct {
	setup.ChannelForm
	own    bool     // tiers of its own, instead of a policy that has a name
	lately []string // what the last days would have been like
}

const partPeople = "people"

// readFields is what is in the modal just now.
func readFields(v slackapp.View, s channelState) fields {
	get := func(name string) string { return text(v, s.field(name), name) }
	pick := func(name string) []string { return chosen(v, s.field(name), name) }
	f := fields{ChannelForm: setup.ChannelForm{
		ByPriority: get(setup.FieldByPriority), Deadline: get(setup.FieldDeadline), Repeat: get(setup.FieldRepeat),
		OwnHours: setup.HoursForm{
			Zone: get(setup.FieldZone), Week: get(setup.FieldWeek), Country: first(pick(setup.FieldCountry)),
			Closed: get(setup.FieldClosed), Open: get(setup.FieldOpen),
		},
	}}
	hours := s.field(setup.FieldHours)
	if f.Hours = cmp.Or(first(chosen(v, hours, actionHours)), first(chosen(v, hours, actionAlways))); f.Hours == policysHours {
		f.Hours = ""
	}
	if f.OwnHours.Country == noHolidays {
		f.OwnHours.Country = ""
	}
	promise := func(clock policy.ClockKind) setup.PromiseForm {
		return setup.PromiseForm{
			Deadline: get(setup.PromiseField(clock, setup.FieldDeadline)), Tiers: get(setup.PromiseField(clock, setup.FieldTiers)),
			Pause: pick(setup.PromiseField(clock, setup.FieldPause)),
		}
	}
	f.NextReply, f.Resolution = promise(policy.NextReply), promise(policy.Resolution)
	picked := first(chosen(v, s.field(setup.FieldPolicy), actionPolicy))
	if f.own = picked == ownTiers; !f.own {
		f.Policy = picked
	}
	for i := range min(s.Tiers, policy.MaxTiers) {
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
func (f fields) read(s *escalation.Settings) (setup.Channel, setup.Problems) {
	form := f.ChannelForm
	if !f.own {
		form.Tiers, form.Deadline, form.Repeat = nil, "", ""
		form.NextReply, form.Resolution = setup.PromiseForm{}, setup.PromiseForm{}
		return form.Read(s)
	}
	form.Policy = ""
	c, problems := form.Read(s)
	if len(c.Tiers) == 0 && len(problems) == 0 {
		problems = setup.Problems{{Field: setup.TierField(1, setup.PartAfter), Message: "Fill in at least one tier, or choose a policy above."}}
	}
	return c, problems
}

// trying is the channel that is filled in, as far as it can be read: what cannot is left out.
func (f fields) trying(s *escalation.Settings) setup.Channel {
	c, _ := f.read(s)
	c.Tiers = slices.DeleteFunc(c.Tiers, func(t policy.Tier) bool { return t.After+t.Before <= 0 || len(t.Notify) == 0 })
	for _, promise := range []*setup.Promise{c.NextReply, c.Resolution} {
		if promise != nil {
			promise.Tiers = slices.DeleteFunc(promise.Tiers, func(t policy.Tier) bool { return t.After+t.Before <= 0 })
		}
	}
	return c
}

// split takes the people out of a tier's recipients.
func split(notify string) (words string, people []string) {
	var others []string
	for _, word := range setup.ParseNotify(notify) {
		if slackid.IsUser(word) {
			people = append(people, word)
		} else {
			others = append(others, word)
		}
	}
	return strings.Join(others, ", "), people
}
