package slackapp

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/flow"
	"github.com/slabuddy/slabuddy/handlers/fair"
	"github.com/slabuddy/slabuddy/handlers/slacktest"
)

// stuck is a database that has room for everybody but one workspace.
type stuck struct {
	inbox
	workspace string
	inside    atomic.Int32
	free      chan struct{}
}

func (s *stuck) hold(workspace string) {
	if workspace == s.workspace {
		s.inside.Add(1)
		<-s.free
	}
}

func (s *stuck) Open(_ context.Context, tickets ...escalation.Message) (flow.OpenOutcome, error) {
	s.hold(tickets[0].Workspace)
	return flow.OpenedNew, nil
}

func (s *stuck) Hear(_ context.Context, m escalation.Mention) error { s.hold(m.Workspace); return nil }

// Interact, Command and OpenHome make it Surfaces: what people do is stored, too.
func (s *stuck) Interact(_ context.Context, i Interaction) (Answer, error) {
	s.hold(i.Workspace)
	return Answer{}, nil
}

func (s *stuck) Command(_ context.Context, c Command) (Answer, error) {
	s.hold(c.Workspace)
	return Answer{}, nil
}

func (s *stuck) OpenHome(context.Context, HomeOpened) (Answer, error) { return Answer{}, nil }

// floods are what can come in great number, each as its n-th of a workspace.
var floods = map[string]struct {
	path            string
	body            func(workspace string, n int) string
	atOnce, waiting int
}{
	"tickets": {"/slack/events", func(workspace string, n int) string {
		return fmt.Sprintf(`{"type":"event_callback","team_id":%q,"event":{"type":"message","channel":"C0ENT","ts":"1799999999.%06d",%s}}`,
			workspace, n, strings.TrimSuffix(carriesTicket, ","))
	}, takenOfWorkspace, waitOfWorkspace},
	"mentions of one person": {"/slack/events", func(workspace string, n int) string {
		return fmt.Sprintf(`{"type":"event_callback","team_id":%q,"event":{"type":"app_mention","user":"U0EVE","channel":"C0ENT","ts":"1799999999.%06d","text":"30m"}}`, workspace, n)
	}, takenOfPerson, waitOfPerson},
	"mentions of many": {"/slack/events", func(workspace string, n int) string {
		return fmt.Sprintf(`{"type":"event_callback","team_id":%q,"event":{"type":"app_mention","user":"U%d","channel":"C0ENT","ts":"1799999999.%06d","text":"30m"}}`, workspace, n, n)
	}, takenOfWorkspace, waitOfWorkspace},
	"clicks of many": {"/slack/interactions", func(workspace string, n int) string {
		return string("payload=" + fmt.Sprintf(`{"type":"block_actions","team":{"id":%q},"user":{"id":"U%d"},"actions":[{"action_id":"x"}]}`, workspace, n))
	}, takenOfWorkspace, waitOfWorkspace},
	"commands of one person": {"/slack/commands", func(workspace string, n int) string {
		return fmt.Sprintf("command=/sla&text=%d&team_id=%s&user_id=U0EVE", n, workspace)
	}, takenOfPerson, waitOfPerson},
}

// Rule 29: whoever floods the bot has their share of what is taken in at once. Past it Slack is told to come again,
// at once; and nothing of others waits for it.
func TestAFloodOfOneWorkspaceHoldsUpNoOther(t *testing.T) {
	for name, flood := range floods {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newApp(t)
				s := &stuck{workspace: "T0FLOOD", free: make(chan struct{})}
				f.Opener, f.Hearer, f.Surfaces = s, s, s
				var missed atomic.Int32
				f.Missed = func(string) { missed.Add(1) }
				send := func(workspace string, n int) (*httptest.ResponseRecorder, error) {
					body := flood.body(workspace, n)
					r := httptest.NewRequest("POST", flood.path, strings.NewReader(body))
					slacktest.SignRequest(r, secret, now, []byte(body))
					w := httptest.NewRecorder()
					switch flood.path {
					case "/slack/interactions":
						return w, f.Interactions(w, r)
					case "/slack/commands":
						return w, f.Commands(w, r)
					}
					return w, f.Events(w, r)
				}
				var taken atomic.Int32
				for n := range flood.atOnce + flood.waiting {
					go func() {
						if _, err := send("T0FLOOD", n); err != nil {
							t.Error(err)
						}
						taken.Add(1)
					}()
				}
				synctest.Wait()
				if n := int(s.inside.Load()); n != flood.atOnce {
					t.Errorf("%d are taken in at once, not %d", n, flood.atOnce)
				}
				w, err := send("T0FLOOD", 1_000)
				switch flood.path {
				case "/slack/commands": // nobody sends a command again, so whoever typed it is told
					if err != nil || !strings.Contains(w.Body.String(), "try again") {
						t.Errorf("past its share: %v, %s", err, w.Body)
					}
				default:
					if !errors.Is(err, fair.ErrFull) {
						t.Errorf("past its share: %v", err)
					}
				}
				if lost := flood.path == "/slack/events"; lost != (missed.Load() == 1) {
					t.Errorf("%d were said to be missed", missed.Load())
				}
				if _, err := send("T0OTHER", 1); err != nil {
					t.Errorf("another workspace: %v", err)
				}
				close(s.free)
				synctest.Wait()
				if n := int(taken.Load()); n != flood.atOnce+flood.waiting {
					t.Errorf("%d were taken in afterwards", n)
				}
				if _, err := send("T0FLOOD", 1_000); err != nil {
					t.Errorf("come again: %v", err)
				}
			})
		})
	}
}
