package people_test

import (
	"context"
	"errors"
	"testing"
	"time"

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
