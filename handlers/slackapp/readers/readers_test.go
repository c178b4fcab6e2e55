package readers_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slabuddy/slabuddy/handlers/slackapp/client"
	"github.com/slabuddy/slabuddy/handlers/slackapp/readers"
)

// slack has a public channel and a private one, and knows who is in them.
type slack struct {
	asked   int
	members map[string][]string
	err     error
}

func (s *slack) Channel(_ context.Context, _, channel string) (client.Channel, error) {
	s.asked++
	return client.Channel{ID: channel, Private: channel == "C0PRIVATE"}, s.err
}

func (s *slack) MemberOf(_ context.Context, workspace, user string) ([]string, error) {
	s.asked++
	return s.members[workspace+user], s.err
}

func (s *slack) Who(_ context.Context, _, user string) (client.Person, error) {
	return client.Person{ID: user, Guest: user == "U0GUEST"}, s.err
}

var both = []string{"C0PUBLIC", "C0PRIVATE", "C0PRIVATE"}

func TestWhoMayReadWhat(t *testing.T) {
	s := &slack{members: map[string][]string{"T0ANAU0ANA": {"C0PRIVATE"}, "T0ANAU0GUEST": {"C0PUBLIC"}}}
	for name, c := range map[string]struct {
		workspace, user string
		away            error
		want            map[string]bool
	}{
		"a member of both":            {"T0ANA", "U0ANA", nil, map[string]bool{"C0PUBLIC": true, "C0PRIVATE": true}},
		"a member of neither":         {"T0ANA", "U0BOB", nil, map[string]bool{"C0PUBLIC": true, "C0PRIVATE": false}},
		"the same, of another place":  {"T0BOB", "U0ANA", nil, map[string]bool{"C0PUBLIC": true, "C0PRIVATE": false}},
		"a guest of the public one":   {"T0ANA", "U0GUEST", nil, map[string]bool{"C0PUBLIC": true, "C0PRIVATE": false}},
		"a guest of neither":          {"T0BOB", "U0GUEST", nil, map[string]bool{"C0PUBLIC": false, "C0PRIVATE": false}},
		"anybody, while Slack is off": {"T0ANA", "U0ANA", errors.New("away"), map[string]bool{"C0PUBLIC": false, "C0PRIVATE": false}},
	} {
		s.err = c.away
		r := readers.New(s, s, time.Now)
		if diff := cmp.Diff(c.want, r.MayRead(t.Context(), c.workspace, c.user, both)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhatSlackSaidIsRememberedForFiveMinutes(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s := &slack{}
	r := readers.New(s, s, func() time.Time { return now })
	for range 3 {
		r.MayRead(t.Context(), "T0ANA", "U0ANA", both)
	}
	if s.asked != 3 { // about two channels, and about one person
		t.Errorf("asked %d times, want 3", s.asked)
	}
	s.members = map[string][]string{"T0ANAU0ANA": {"C0PRIVATE"}}
	now = now.Add(5 * time.Minute)
	if !r.MayRead(t.Context(), "T0ANA", "U0ANA", both)["C0PRIVATE"] {
		t.Error("remembered for ever")
	}
}
