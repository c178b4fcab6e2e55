package people_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/people"
)

// slack answers who somebody is, and counts how often it was asked.
type slack struct {
	asked int
	err   error
}

func (s *slack) Person(_ context.Context, workspace, user string) (client.Person, error) {
	s.asked++
	return client.Person{ID: user, Admin: workspace == "T0ONE" && user == "U0ADMIN"}, s.err
}

func TestWhoMaySetUpIsRememberedForTenMinutes(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	asker := &slack{}
	p := people.New(asker, func(string) []string { return []string{"U0NAMED"} }, func() time.Time { return now })

	if _, known := p.MayNow("T0ONE", "U0ADMIN"); known {
		t.Error("known before anybody was asked")
	}
	if may, err := p.May(t.Context(), "T0ONE", "U0ADMIN"); !may || err != nil {
		t.Errorf("an admin may not: %v", err)
	}
	if may, known := p.MayNow("T0ONE", "U0ADMIN"); !may || !known {
		t.Error("not remembered")
	}
	if may, err := p.May(t.Context(), "T0TWO", "U0ADMIN"); may || err != nil {
		t.Errorf("an admin of another workspace may: %v", err)
	}
	now = now.Add(10 * time.Minute)
	if _, known := p.MayNow("T0ONE", "U0ADMIN"); known {
		t.Error("remembered for ever")
	}
}

func TestWhoIsNamedAmongTheAdminsIsNotAskedAbout(t *testing.T) {
	asker := &slack{err: errors.New("away")}
	p := people.New(asker, func(string) []string { return []string{"U0NAMED"} }, time.Now)
	if may, err := p.May(t.Context(), "T0ONE", "U0NAMED"); !may || err != nil || asker.asked != 0 {
		t.Errorf("%v, %v, asked %d times", may, err, asker.asked)
	}
	if may, err := p.May(t.Context(), "T0ONE", "U0OTHER"); may || err == nil {
		t.Errorf("%v, %v", may, err)
	}
}

// Nobody acts but full members: no guest of one channel or of several, nobody from outside, nobody who is gone.
func TestWhoIsAColleague(t *testing.T) {
	organisations := map[string]string{"T0ONE": "E0ORG"}
	for name, c := range map[string]struct {
		workspace, user string
		person          client.Person
		err             error
		want            bool
		fails           bool
	}{
		"a member":                     {person: client.Person{}, want: true},
		"an admin":                     {person: client.Person{Admin: true}, want: true},
		"a guest":                      {person: client.Person{Guest: true}},
		"somebody from outside":        {person: client.Person{Foreign: true}},
		"of our Grid organisation":     {person: client.Person{Elsewhere: "E0ORG"}, want: true},
		"of another Grid organisation": {person: client.Person{Elsewhere: "E0OTHER"}},
		"of a Grid organisation, in none of our own": {workspace: "T0SMALL", person: client.Person{Elsewhere: "E0OTHER"}},
		"of an organisation, ours not known yet":     {workspace: "T0UNREAD", person: client.Person{Elsewhere: "E0ORG"}, want: true},
		"somebody who is gone":                       {person: client.Person{Deleted: true}},
		"a bot":                                      {person: client.Person{Bot: true}},
		"somebody unheard of":                        {err: fmt.Errorf("asked: %w", slackgo.SlackErrorResponse{Err: "user_not_found"})},
		"nobody can tell":                            {err: errors.New("away"), fails: true},
		"of the team, and nobody can tell":           {user: "U0TEAM", err: errors.New("away"), want: true},
		"of the team, and a guest":                   {user: "U0TEAM", person: client.Person{Guest: true}},
	} {
		p := people.New(answers{c.person, c.err}, nil, time.Now)
		p.Organisation = func(workspace string) (string, bool) { return organisations[workspace], workspace != "T0UNREAD" }
		p.Team = func(workspace, user string) bool { return workspace == "T0ONE" && user == "U0TEAM" }
		if got, err := p.Colleague(t.Context(), cmp.Or(c.workspace, "T0ONE"), cmp.Or(c.user, "U0ANA")); got != c.want || (err != nil) != c.fails {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// An admin sets up the workspace that they are an admin of, while they are there.
func TestWhoseAdminsMaySetUp(t *testing.T) {
	for name, c := range map[string]struct {
		person client.Person
		want   bool
	}{
		"an admin":                         {client.Person{Admin: true}, true},
		"a member":                         {client.Person{}, false},
		"an admin who is gone":             {client.Person{Admin: true, Deleted: true}, false},
		"an admin of another company":      {client.Person{Admin: true, Foreign: true}, false},
		"an admin elsewhere in our Grid":   {client.Person{Admin: true, Elsewhere: "E0ORG"}, false},
		"an admin of another organisation": {client.Person{Admin: true, Elsewhere: "E0OTHER"}, false},
	} {
		p := people.New(answers{c.person, nil}, func(string) []string { return nil }, time.Now)
		if may, err := p.May(t.Context(), "T0ONE", "U0ANA"); may != c.want || err != nil {
			t.Errorf("%s: %v, %v", name, may, err)
		}
		if may, known := p.MayNow("T0ONE", "U0ANA"); may != c.want || !known {
			t.Errorf("%s, remembered: %v", name, may)
		}
	}
}

type answers struct {
	person client.Person
	err    error
}

func (a answers) Person(context.Context, string, string) (client.Person, error) {
	return a.person, a.err
}
