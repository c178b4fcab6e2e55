package setup

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/closed"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/wording"
)

// OwnPolicy is what every policy is called that a channel has for itself: in reminders, where its
// channel says the rest, and in metrics, whose labels have to stay few.
const OwnPolicy = "custom"

// ownPolicyKey is the key of a channel's own policy among Settings.Policies. No policy of the file is
// called so: its channel would have to be.
func ownPolicyKey(channel string) string { return OwnPolicy + "/" + channel }

// overKept is how long an absence that is over is still of interest: readings go back that far.
const overKept = 7 * 24 * time.Hour

// merge is what is in force in a workspace: what the file says (base, if it holds there), and beside
// it what was set up from Slack. Where both speak of one channel or engineer, the file wins. A setting
// of a kind that this version does not know, or cannot read, is left alone.
func merge(workspace string, base *escalation.Settings, holds bool, stored []Setting, days ClosedDays, now time.Time) *View {
	m := merger{now: now, settings: startFrom(base, holds), view: &View{
		Workspace: workspace, FileHolds: holds,
		Channels: map[string]ChannelView{}, Pauses: map[string]PauseView{}, latest: map[string]Setting{}, days: days,
	}}
	m.takeFile()
	for _, s := range stored {
		m.view.latest[s.Scope] = s
		m.take(s)
	}
	m.view.Settings = &m.settings
	slices.Sort(m.view.Calendars)
	m.view.Calendars = slices.Compact(m.view.Calendars)
	m.takeAbsences()
	return m.view
}

// startFrom is a copy of base that can be added to. Where base does not hold everything is as in an
// empty file, and there is no help desk: the deployment's knows the tickets of the file's workspace.
func startFrom(base *escalation.Settings, holds bool) escalation.Settings {
	s := *base
	if !holds {
		s = escalation.DefaultSettings()
		s.HasDesk = false
	}
	s.Policies, s.Channels = clone(s.Policies), clone(s.Channels)
	s.Engineers, s.Admins = slices.Clone(s.Engineers), slices.Clone(s.Admins)
	s.Paused = clone(s.Paused)
	return s
}

// clone is a copy of a map that is never nil.
func clone[K comparable, V any](m map[K]V) map[K]V {
	c := make(map[K]V, len(m))
	maps.Copy(c, m)
	return c
}

type merger struct {
	now      time.Time
	settings escalation.Settings
	view     *View
}

func (m *merger) takeFile() {
	if m.settings.Report.Channel != "" {
		m.view.Report = Mark{Origin: File}
	}
	if m.settings.Handover.Channel != "" {
		m.view.Handover = Mark{Origin: File}
	}
	for id, c := range m.settings.Channels {
		m.view.Channels[id] = ChannelView{ID: id, Channel: Channel{Policy: c.Policy, ByPriority: c.ByPriority, Hours: c.Hours}, Mark: Mark{Origin: File}}
	}
	for _, e := range m.settings.Engineers {
		m.view.Engineers = append(m.view.Engineers, EngineerView{Engineer: e, Mark: Mark{Origin: File}})
	}
}

// take takes in one setting.
func (m *merger) take(s Setting) {
	body, err := s.body()
	if err != nil || body == nil {
		return
	}
	mark := Mark{Origin: Slack, Version: s.Version, At: s.At, By: s.By}
	_, id := s.kind()
	switch body := body.(type) {
	case Channel:
		m.takeChannel(id, body, mark)
	case Engineer:
		m.takeEngineer(body, mark)
	case Absence:
		if body.To.After(m.now.Add(-overKept)) {
			m.view.Absences = append(m.view.Absences, AbsenceView{Absence: body, Mark: mark, Scope: s.Scope})
		}
	case Pause:
		m.settings.Paused[id] = body.Until
		m.view.Pauses[id] = PauseView{body, mark}
	case Report:
		if m.view.Report.Origin != File {
			m.settings.Report = escalation.Weekly{Channel: body.Channel, At: body.At}
			m.view.Report = mark
		}
	case Handover:
		if m.view.Handover.Origin != File {
			m.settings.Handover = escalation.HandoverSettings{Channel: body.Channel, Outlook: body.Outlook}
			m.view.Handover = mark
		}
	case Admins:
		for _, user := range body.Users {
			if !slices.Contains(m.settings.Admins, user) {
				m.settings.Admins = append(m.settings.Admins, user)
			}
		}
	}
}

func (m *merger) takeChannel(id string, c Channel, mark Mark) {
	if _, inFile := m.settings.Channels[id]; inFile {
		return
	}
	view := ChannelView{ID: id, Channel: c, Mark: mark}
	known := func(name string) string {
		if _, ok := m.settings.Policies[name]; ok || name == "" {
			return name
		}
		view.Missing = append(view.Missing, name)
		return policy.Default
	}
	in := policy.Channel{Policy: known(c.Policy), ByPriority: map[string]string{}}
	for _, priority := range sortedKeys(c.ByPriority) {
		in.ByPriority[priority] = known(c.ByPriority[priority])
	}
	for _, choice := range c.Choose {
		in.Choose = append(in.Choose, choice.inForce(known(choice.Policy)))
	}
	if len(c.Tiers) > 0 {
		in.Policy = ownPolicyKey(id)
		m.settings.Policies[in.Policy] = c.inForce()
	}
	in.Hours = m.takeHours(&view)
	m.settings.Channels[id] = in
	m.view.Channels[id] = view
}

// takeHours takes in a channel's hours, and returns their name.
func (m *merger) takeHours(c *ChannelView) string {
	if c.OwnHours == nil {
		if _, known := m.settings.Hours[c.Hours]; known || c.Hours == "" || c.Hours == policy.AroundTheClock {
			return c.Hours
		}
		c.NoHours = true
		return ""
	}
	made, problems := c.OwnHours.made(m.view.days)
	if len(problems) > 0 {
		c.NoHours = true
		return ""
	}
	m.view.Calendars = append(m.view.Calendars, c.OwnHours.calendars()...)
	if country, named := closed.CountryOf(c.OwnHours.Country); named && made.CalendarDays() == "" {
		c.Unread = country.Name
	}
	name := ownPolicyKey(c.ID)
	m.settings.Hours = clone(m.settings.Hours) // it may still be the file's
	m.settings.Hours[name] = made
	return name
}

// inForce is the channel's own policy without the messages that may not be said any more: they were set
// before messages were held to fields, and stay in the view until somebody sets the channel up again.
func (c Channel) inForce() policy.Policy {
	c.Tiers = slices.Clone(c.Tiers)
	for i := range c.Tiers {
		if wording.Check(c.Tiers[i].Message) != nil {
			c.Tiers[i].Message = ""
		}
	}
	return c.Own()
}

// takeEngineer adds an engineer, unless the file knows the same one. An alias that is another's by now
// is left to them.
func (m *merger) takeEngineer(e Engineer, mark Mark) {
	for _, have := range m.settings.Engineers {
		if same(have, e) {
			return
		}
	}
	engineer := e.engineer()
	engineer.Aliases = slices.DeleteFunc(slices.Clone(engineer.Aliases), func(alias string) bool {
		return slices.ContainsFunc(m.settings.Engineers, func(have calendar.Engineer) bool { return have.GoesBy(alias) })
	})
	m.settings.Engineers = append(m.settings.Engineers, engineer)
	m.view.Engineers = append(m.view.Engineers, EngineerView{engineer, mark})
}

// same says that an engineer of the settings is the one who was set up.
func same(have calendar.Engineer, e Engineer) bool {
	return have.Slack != "" && have.Slack == e.Slack ||
		have.Email != "" && strings.EqualFold(have.Email, e.Email) ||
		have.GoesBy(e.Name)
}

// takeAbsences makes changes to the calendar of the absences, in the order in which they were entered.
func (m *merger) takeAbsences() {
	entered := slices.Clone(m.view.Absences)
	slices.SortStableFunc(entered, func(a, b AbsenceView) int { return a.At.Compare(b.At) })
	for _, a := range entered {
		who, ok := m.view.person(a.Who)
		if !ok {
			continue
		}
		c := calendar.Change{Who: who, From: a.From, To: a.To}
		if a.Kind == Swap {
			if c.By, ok = m.view.person(a.With); !ok {
				continue
			}
		}
		m.view.Changes = append(m.view.Changes, c)
	}
	slices.SortStableFunc(m.view.Absences, func(a, b AbsenceView) int { return a.From.Compare(b.From) })
}

// person is the engineer that somebody is now.
func (v *View) person(p Person) (calendar.Engineer, bool) {
	for _, e := range v.Engineers {
		if p.Slack != "" && e.Slack == p.Slack {
			return e.Engineer, true
		}
	}
	for _, e := range v.Engineers {
		if e.Name == p.Name {
			return e.Engineer, true
		}
	}
	return calendar.Engineer{}, false
}

// fromFile says that a scope is the file's, so that nobody changes it from Slack.
func (v *View) fromFile(scope string) bool {
	switch kind, id := (Setting{Scope: scope}).kind(); kind {
	case kindChannel:
		return v.Channels[id].Origin == File
	case kindEngineer:
		return slices.ContainsFunc(v.Engineers, func(e EngineerView) bool { return e.Origin == File && e.Slack == id })
	case ReportScope:
		return v.Report.Origin == File
	case HandoverScope:
		return v.Handover.Origin == File
	}
	return false
}

// kind is what kind of thing a setting is about, and which of them.
func (s Setting) kind() (kind, id string) {
	for _, kind := range []string{kindChannel, kindEngineer, kindAbsence, kindPause} {
		if id, ok := strings.CutPrefix(s.Scope, kind); ok {
			return kind, id
		}
	}
	return s.Scope, ""
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
