package commands

import (
	"testing"
	"time"

	"github.com/slabuddy/slabuddy/escalation/setup"
)

// Rule 29: two weeks in a row are what colleagues may have by themselves, however often they say it.
func TestAbsencesInARowAreCountedTogether(t *testing.T) {
	const day = 24 * time.Hour
	begin := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	ana, bob := setup.Person{Slack: "U0ANA", Name: "Ana"}, setup.Person{Slack: "U0BOB", Name: "Bob"}
	away := func(who setup.Person, from, to time.Duration) setup.AbsenceView {
		return setup.AbsenceView{Absence: setup.Absence{Kind: setup.Away, Who: who, From: begin.Add(from), To: begin.Add(to)}}
	}
	swap := func(a setup.AbsenceView) setup.AbsenceView { a.Kind = setup.Swap; return a }
	for name, c := range map[string]struct {
		sets setup.AbsenceView
		have []setup.AbsenceView
		want bool
	}{
		"two weeks":                            {away(ana, 0, 14*day), nil, false},
		"a moment more":                        {away(ana, 0, 14*day+time.Second), nil, true},
		"renewed while it lasts":               {away(ana, 13*day, 20*day), []setup.AbsenceView{away(ana, 0, 14*day)}, true},
		"renewed when it is over":              {away(ana, 14*day, 15*day), []setup.AbsenceView{away(ana, 0, 14*day)}, true},
		"back for an evening":                  {away(ana, 14*day+12*time.Hour, 20*day), []setup.AbsenceView{away(ana, 0, 14*day)}, true},
		"back for two days":                    {away(ana, 16*day, 30*day), []setup.AbsenceView{away(ana, 0, 14*day)}, false},
		"in small pieces":                      {away(ana, 14*day, 15*day), []setup.AbsenceView{away(ana, 7*day, 14*day), away(ana, 0, 7*day)}, true},
		"before one that is to come":           {away(ana, 0, 2*day), []setup.AbsenceView{away(ana, 2*day, 15*day)}, true},
		"a swap after being away":              {swap(away(ana, 14*day, 15*day)), []setup.AbsenceView{away(ana, 0, 14*day)}, true},
		"made longer, within two weeks":        {away(ana, 1*day, 10*day), []setup.AbsenceView{away(ana, 0, 5*day)}, false},
		"a month of the admin's, made shorter": {away(ana, 10*day, 20*day), []setup.AbsenceView{away(ana, 0, 30*day)}, false},
		"a month of the admin's, made longer":  {away(ana, 10*day, 31*day), []setup.AbsenceView{away(ana, 0, 30*day)}, true},
		"somebody else's is none of their own": {away(ana, 14*day, 15*day), []setup.AbsenceView{away(bob, 0, 14*day)}, false},
		"long ago":                             {away(ana, 60*day, 74*day), []setup.AbsenceView{away(ana, 0, 14*day)}, false},
	} {
		if got := tooLong(c.sets.Absence, c.have); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
