package setup_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/setup"
)

func TestWhatIsSetUpJoinsWhatTheFileSays(t *testing.T) {
	own := policy.Policy{Name: "custom", Tiers: tiers, Deadline: 2 * time.Hour}
	tests := map[string]struct {
		stored map[string]setup.Body
		want   func(*escalation.Settings) // changes what the file says to what is in force
	}{
		"nothing": {nil, func(*escalation.Settings) {}},
		"a channel under a policy": {
			map[string]setup.Body{"channel/C0NEW": setup.Channel{Policy: "teams", ByPriority: map[string]string{"high": "urgent"}}},
			func(s *escalation.Settings) {
				s.Channels["C0NEW"] = policy.Channel{Policy: "teams", ByPriority: map[string]string{"high": "urgent"}}
			},
		},
		"a channel under tiers of its own": {
			map[string]setup.Body{"channel/C0NEW": setup.Channel{Tiers: tiers, Deadline: 2 * time.Hour}},
			func(s *escalation.Settings) {
				s.Channels["C0NEW"] = policy.Channel{Policy: "custom/C0NEW", ByPriority: map[string]string{}}
				s.Policies["custom/C0NEW"] = own
			},
		},
		"a message stored before messages were held to fields is left out (rule 29)": {
			map[string]setup.Body{"channel/C0NEW": setup.Channel{Tiers: []policy.Tier{{After: time.Hour, Notify: []string{"here"}, Message: "{{range 1000000000}}{{end}}"}}}},
			func(s *escalation.Settings) {
				s.Channels["C0NEW"] = policy.Channel{Policy: "custom/C0NEW", ByPriority: map[string]string{}}
				s.Policies["custom/C0NEW"] = policy.Policy{Name: "custom", Tiers: []policy.Tier{{After: time.Hour, Notify: []string{"here"}}}}
			},
		},
		"a channel whose policy is gone runs under the default one": {
			map[string]setup.Body{"channel/C0NEW": setup.Channel{Policy: "gone", ByPriority: map[string]string{"high": "gone too"}}},
			func(s *escalation.Settings) {
				s.Channels["C0NEW"] = policy.Channel{Policy: "enterprise", ByPriority: map[string]string{"high": "enterprise"}}
			},
		},
		"a channel that the file watches is the file's": {
			map[string]setup.Body{"channel/C0FILE": setup.Channel{Tiers: tiers}},
			func(*escalation.Settings) {},
		},
		"changes of shift": {
			map[string]setup.Body{"handover": setup.Handover{Channel: "C0SHIFT", Outlook: &weekly.Moment{Day: time.Monday, Hour: 9}}},
			func(s *escalation.Settings) {
				s.Handover = escalation.HandoverSettings{Channel: "C0SHIFT", Outlook: &weekly.Moment{Day: time.Monday, Hour: 9}}
			},
		},
		"the week's report": {
			map[string]setup.Body{"report": setup.Report{Channel: "C0LEADS", At: weekly.Moment{Day: time.Friday, Hour: 16}}},
			func(s *escalation.Settings) {
				s.Report = escalation.Weekly{Channel: "C0LEADS", At: weekly.Moment{Day: time.Friday, Hour: 16}}
			},
		},
		"an engineer": {
			map[string]setup.Body{"engineer/U0BOB": bob},
			func(s *escalation.Settings) {
				s.Engineers = append(s.Engineers, calendar.Engineer{Name: "Bob Lee", Aliases: []string{"Bob"}, Slack: "U0BOB", Products: []string{"Storage"}})
			},
		},
		"an engineer whom the file knows is the file's: by id": {
			map[string]setup.Body{"engineer/U0ANA": setup.Engineer{Name: "Somebody", Slack: "U0ANA"}}, func(*escalation.Settings) {},
		},
		"by address": {
			map[string]setup.Body{"engineer/U0DAN": setup.Engineer{Name: "Daniel", Slack: "U0DAN", Email: "Dan@Example.com"}}, func(*escalation.Settings) {},
		},
		"by name": {
			map[string]setup.Body{"engineer/U0DAN": setup.Engineer{Name: "dan", Slack: "U0DAN"}}, func(*escalation.Settings) {},
		},
		"an alias that is another's in the file is left to them": {
			map[string]setup.Body{"engineer/U0BOB": setup.Engineer{Name: "Bob Lee", Slack: "U0BOB", Aliases: []string{"ana", "Bob"}}},
			func(s *escalation.Settings) {
				s.Engineers = append(s.Engineers, calendar.Engineer{Name: "Bob Lee", Aliases: []string{"Bob"}, Slack: "U0BOB"})
			},
		},
		"a pause, of the file's channel too": {
			map[string]setup.Body{"pause/C0FILE": setup.Pause{Until: monday}},
			func(s *escalation.Settings) { s.Paused = map[string]time.Time{"C0FILE": monday} },
		},
		"admins": {
			map[string]setup.Body{"admins": setup.Admins{Users: []string{"U0HANA", "U0BOSS"}}},
			func(s *escalation.Settings) { s.Admins = []string{"U0BOSS", "U0HANA"} },
		},
		"what a later version set is left alone": {
			map[string]setup.Body{"hours/C0FILE": setup.Pause{Until: monday}}, func(*escalation.Settings) {},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			base := file()
			b := newBook(t, with(t, test.stored))
			b.SetBase(base, "")
			want := file()
			want.Paused = map[string]time.Time{}
			test.want(want)
			if diff := cmp.Diff(want, b.Settings(team)); diff != "" {
				t.Errorf("in force (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(file(), base); diff != "" {
				t.Errorf("what the file says was changed:\n%s", diff)
			}
		})
	}
}

func TestWhatCannotBeReadIsLeftAlone(t *testing.T) {
	m := with(t, map[string]setup.Body{"engineer/U0BOB": bob})
	m.rows = append(m.rows, setup.Setting{Workspace: team, Scope: "channel/C0NEW", Version: 3, Body: []byte(`{"tiers":"many"}`)})
	v := newBook(t, m).View(team)
	if len(v.Engineers) != 1 || len(v.Channels) != 0 || v.Version("channel/C0NEW") != 3 {
		t.Errorf("engineers %v, channels %v, version %d", v.Engineers, v.Channels, v.Version("channel/C0NEW"))
	}
}

func TestAViewTellsWhatComesFromTheFile(t *testing.T) {
	b := newBook(t, with(t, map[string]setup.Body{
		"channel/C0NEW": setup.Channel{Policy: "gone"}, "channel/C0FILE": setup.Channel{Tiers: tiers}, "engineer/U0BOB": bob,
		"pause/C0NEW": setup.Pause{Until: monday},
	}))
	b.SetBase(file(), "")
	v := b.View(team)
	signed := setup.Mark{Origin: setup.Slack, Version: 1, At: monday, By: hana}
	want := map[string]setup.ChannelView{
		"C0FILE": {ID: "C0FILE", Channel: setup.Channel{Policy: "teams"}, Mark: setup.Mark{Origin: setup.File}},
		"C0NEW":  {ID: "C0NEW", Channel: setup.Channel{Policy: "gone"}, Mark: signed, Missing: []string{"gone"}},
	}
	if diff := cmp.Diff(want, v.Channels); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	var marks []setup.Mark
	for _, e := range v.Engineers {
		marks = append(marks, e.Mark)
	}
	if diff := cmp.Diff([]setup.Mark{{Origin: setup.File}, {Origin: setup.File}, signed}, marks); diff != "" {
		t.Errorf("engineers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]setup.PauseView{"C0NEW": {Pause: setup.Pause{Until: monday}, Mark: signed}}, v.Pauses); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
	if got := v.Version("channel/C0FILE"); got != 1 {
		t.Errorf("the version under what the file hides is %d", got)
	}
}

func TestNothingOfOneWorkspaceIsInForceInAnother(t *testing.T) {
	b := newBook(t, with(t, map[string]setup.Body{
		"channel/C0NEW": setup.Channel{Tiers: tiers}, "engineer/U0BOB": bob, "admins": setup.Admins{Users: []string{hana}},
		"pause/C0NEW":          setup.Pause{Until: monday.Add(time.Hour)},
		"absence/U0BOB/1/away": setup.Absence{Kind: setup.Away, Who: setup.Person{Slack: "U0BOB"}, From: monday, To: monday.Add(time.Hour)},
	}))
	b.SetBase(file(), team)
	want := escalation.DefaultSettings()
	want.HasDesk = false // the deployment's is the file's workspace's
	want.Channels, want.Paused = map[string]policy.Channel{}, map[string]time.Time{}
	v := b.View(other)
	if diff := cmp.Diff(&want, v.Settings); diff != "" {
		t.Errorf("in force elsewhere (-want +got):\n%s", diff)
	}
	if v.FileHolds || len(v.Channels)+len(v.Engineers)+len(v.Absences)+len(v.Pauses)+len(v.Changes) > 0 {
		t.Errorf("seen elsewhere: %+v", v)
	}
	if v := b.View(team); !v.FileHolds || len(v.Channels) != 2 || len(v.Engineers) != 3 || len(v.Changes) != 1 {
		t.Errorf("seen at home: %+v", v)
	}
	if diff := cmp.Diff(file(), b.Settings("")); diff == "" || b.Settings("").Poll != 7*time.Minute || len(b.Settings("").Channels) != 1 {
		t.Errorf("the deployment's own: %+v", b.Settings(""))
	}
}

func TestAbsencesChangeTheCalendarInTheOrderInWhichTheyWereTold(t *testing.T) {
	person := func(slack, name string) setup.Person { return setup.Person{Slack: slack, Name: name} }
	hours := func(n int) time.Time { return monday.Add(time.Duration(n) * time.Hour) }
	stored := []struct {
		scope   string
		entered int // hours after monday
		setup.Absence
	}{
		{"absence/1", 3, setup.Absence{Kind: setup.Swap, Who: person("U0BOB", "Bob"), With: person("U0ANA", "Ana Silva"), From: hours(1), To: hours(2)}},
		{"absence/2", 1, setup.Absence{Kind: setup.Away, Who: person("", "Dan"), From: hours(5), To: hours(6)}},
		{"absence/3", 2, setup.Absence{Kind: setup.Away, Who: person("U0GONE", "Gone"), From: hours(3), To: hours(4)}},
		{"absence/4", 0, setup.Absence{Kind: setup.Away, Who: person("U0ANA", "her old name"), From: hours(-200), To: hours(-168)}},
		{"absence/5", 0, setup.Absence{Kind: setup.Away, Who: person("U0ANA", "her old name"), From: hours(-200), To: hours(-167)}},
	}
	m := with(t, map[string]setup.Body{"engineer/U0BOB": bob})
	for _, a := range stored {
		s := setting(t, team, a.scope, 1, a.Absence)
		s.At = hours(a.entered)
		m.rows = append(m.rows, s)
	}
	b := newBook(t, m)
	b.SetBase(file(), "")
	v := b.View(team)
	ana, dan := file().Engineers[0], file().Engineers[1]
	bobby := v.Engineers[2].Engineer
	want := []calendar.Change{
		{Who: ana, From: hours(-200), To: hours(-167)},
		{Who: dan, From: hours(5), To: hours(6)},
		{Who: bobby, By: ana, From: hours(1), To: hours(2)},
	}
	if diff := cmp.Diff(want, v.Changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	var shown []string
	for _, a := range v.Absences {
		shown = append(shown, a.Scope)
	}
	if diff := cmp.Diff([]string{"absence/5", "absence/1", "absence/3", "absence/2"}, shown); diff != "" {
		t.Errorf("absences by their beginning, without those long over (-want +got):\n%s", diff)
	}
}

func TestAnEngineerIsFoundByTheirSlackAccount(t *testing.T) {
	b := newBook(t, with(t, map[string]setup.Body{"engineer/U0BOB": bob}))
	b.SetBase(file(), "")
	for user, want := range map[string]string{"U0ANA": "Ana Silva", "U0BOB": "Bob Lee", "U0DAN": "Dan", "U0NOBODY": "", "": ""} {
		e, ok := b.View(team).Engineer(user, groups{})
		if e.Name != want || ok != (want != "") {
			t.Errorf("%q is %q, %t", user, e.Name, ok)
		}
	}
}

func TestWhoMaySetUp(t *testing.T) {
	tests := map[string]struct {
		admins  []string
		isAdmin bool
		user    string
		want    bool
	}{
		"a workspace admin":          {nil, true, "U0HANA", true},
		"somebody named":             {[]string{"U0BOSS", "U0HANA"}, false, "U0HANA", true},
		"somebody else":              {[]string{"U0BOSS"}, false, "U0HANA", false},
		"nobody, named by a mistake": {[]string{""}, false, "", false},
	}
	for name, test := range tests {
		if got := setup.MayChange(test.admins, test.isAdmin, test.user); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
