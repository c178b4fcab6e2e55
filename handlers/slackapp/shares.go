package slackapp

import (
	"context"

	"github.com/slabuddy/slabuddy/handlers/fair"
)

// What is taken in before it is acknowledged, of one workspace and of one person: so much at once, and so much that
// waits for it. Slack sends the rest again (rule 29). Many at once share a transaction, so few turns would be slow;
// all of one workspace's together hold less than the bound of all bodies.
const (
	takenOfWorkspace, waitOfWorkspace = 64, 128
	takenOfPerson, waitOfPerson       = 16, 48
)

// shares are those of whoever sends something.
type shares struct{ persons, workspaces fair.Shares }

func newShares() *shares {
	return &shares{
		persons:    fair.Shares{AtOnce: takenOfPerson, Waiting: waitOfPerson},
		workspaces: fair.Shares{AtOnce: takenOfWorkspace, Waiting: waitOfWorkspace},
	}
}

// enter waits until something of a sender may be taken in; without a user it is nobody's but the workspace's.
func (s *shares) enter(ctx context.Context, by sender) (leave func(), err error) {
	if by.user == "" {
		return s.workspaces.Enter(ctx, by.workspace)
	}
	leavePerson, err := s.persons.Enter(ctx, by.workspace+"/"+by.user)
	if err != nil {
		return nil, err
	}
	leaveWorkspace, err := s.workspaces.Enter(ctx, by.workspace)
	if err != nil {
		leavePerson()
		return nil, err
	}
	return func() { leaveWorkspace(); leavePerson() }, nil
}
