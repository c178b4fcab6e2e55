package views

import (
	"cmp"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/handlers/slackapp/block"
)

// What is chosen in place of hours and of a country. No name has a slash.
const (
	policysHours = "/policy"
	noHolidays   = "/none"
)

// furtherClocks are promised beside the first reply.
var furtherClocks = []policy.ClockKind{policy.NextReply, policy.Resolution}

// hoursFields say when time counts.
func hoursFields(settings *escalation.Settings, s channelState, f fields) []slack.Block {
	options := []*slack.OptionBlockObject{block.Option(setup.OwnHours, "Weekdays from nine to five, or other hours")}
	for _, name := range setup.NamedHours(settings) {
		if name == policy.AroundTheClock {
			options = append(options, block.Option(name, "Around the clock"))
		} else if len(name) <= maxOptionValue && len(options) < 99 {
			options = append(options, block.Option(name, name+", as slabuddy.yaml says"))
		}
	}
	chosen, action := f.Hours, actionHours
	if f.own {
		chosen, action = cmp.Or(f.Hours, policy.AroundTheClock), actionAlways
	} else {
		options = append(options, block.Option(policysHours, "As the policy says"))
		if chosen == "" {
			chosen = policysHours
		}
	}
	menu := block.Input(s.field(setup.FieldHours), "When time counts", "Nobody is reminded outside these hours, and a ticket that comes then waits for them.", false,
		block.Menu(action, "Choose hours", chosen, options...))
	menu.DispatchAction = true
	if f.Hours != setup.OwnHours {
		return []slack.Block{menu}
	}
	return append([]slack.Block{menu}, ownHoursFields(s, f.OwnHours)...)
}

func ownHoursFields(s channelState, f setup.HoursForm) []slack.Block {
	field := func(name, placeholder, value string, long bool) *slack.PlainTextInputBlockElement {
		e := block.Field(name, placeholder, value, 1000)
		e.Multiline = long
		return e
	}
	countries := []*slack.OptionBlockObject{block.Option(noHolidays, "No holidays")}
	for _, c := range closed.Countries {
		countries = append(countries, block.Option(c.Key, c.Name))
	}
	country := f.Country
	if country == "" {
		country = noHolidays
	}
	return []slack.Block{
		block.Input(s.field(setup.FieldCountry), "Official holidays of", "They are closed. Google's calendar of them is read once a day.", false,
			block.Menu(setup.FieldCountry, "Choose a country", country, countries...)),
		block.Input(s.field(setup.FieldWeek), "Hours", "Days not named are closed. Several lines or windows: mon-thu 09:00-12:00, 13:00-17:30. A window over midnight: 22:00-06:00.", false,
			field(setup.FieldWeek, "mon-fri 09:00-17:00", f.Week, true)),
		block.Input(s.field(setup.FieldZone), "Time zone", "", false, field(setup.FieldZone, "Europe/Berlin", f.Zone, false)),
		block.Input(s.field(setup.FieldClosed), "Further closed days", "With commas between them: 12-24 is every year's, 2026-12-28..2026-12-31 is four days.", true,
			field(setup.FieldClosed, "12-24, 12-31", f.Closed, false)),
		block.Input(s.field(setup.FieldOpen), "Open all the same", "A day and its hours, one a line. It goes before what is closed.", true,
			field(setup.FieldOpen, "2026-12-31 09:00-12:00", f.Open, true)),
	}
}

// promiseFields say what is promised beside the first reply.
func promiseFields(s channelState, f fields) []slack.Block {
	fields := func(clock policy.ClockKind, form setup.PromiseForm, label, hint, placeholder string) []slack.Block {
		deadline, tiers := setup.PromiseField(clock, setup.FieldDeadline), setup.PromiseField(clock, setup.FieldTiers)
		whom := block.Field(tiers, placeholder, form.Tiers, 1000)
		whom.Multiline = true
		return []slack.Block{
			block.Input(s.field(deadline), label, hint, true, block.Field(deadline, "2h", form.Deadline, 30)),
			block.Input(s.field(tiers), "Remind of it", "One a line: when, a colon, and whom.", true, whom),
		}
	}
	blocks := append([]slack.Block{block.Section("*Promised beside the first reply*")},
		fields(policy.NextReply, f.NextReply, "An answer to each later message within", "Empty: it is not promised.", "30m before: assignee")...)
	blocks = append(blocks,
		fields(policy.Resolution, f.Resolution, "A solution within", "Empty: it is not promised.", "2h before: on-shift")...)
	return append(blocks, pauseField(s, f.Resolution.Pause))
}

// pauseField says when a resolution waits.
func pauseField(s channelState, chosen []string) slack.Block {
	name := setup.PromiseField(policy.Resolution, setup.FieldPause)
	words := map[desk.Status]string{
		desk.StatusPending: "pending: it waits for the customer", desk.StatusHold: "hold: it waits for somebody else",
	}
	var options, initial []*slack.OptionBlockObject
	for _, status := range setup.Pauses() {
		o := block.Option(string(status), words[status])
		options = append(options, o)
		for _, c := range chosen {
			if c == o.Value {
				initial = append(initial, o)
			}
		}
	}
	boxes := slack.NewCheckboxGroupsBlockElement(name, options...)
	boxes.InitialOptions = initial
	return block.Input(s.field(name), "Its clock pauses while the ticket is", "", true, boxes)
}
