package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/trouble"
	"github.com/slabuddy/slabuddy/handlers/slackapp/ticket"
	"github.com/slabuddy/slabuddy/store"
	"github.com/slabuddy/slabuddy/store/storetest/sqlitetest"
)

// A team with few open tickets asks its desk every five minutes: that is one trouble, not one each time,
// and it is not over for not being asked.
func TestADeskThatIsAskedRarelyIsOneTroubleUntilItAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sqlitetest.Open(t)
		a := &App{now: time.Now, log: slog.New(slog.DiscardHandler)}
		a.config.Store(config.Default())
		a.troubles = &trouble.Reporter{
			Store: s, Now: time.Now, NewID: newID, Log: a.log,
			Channel: func() (trouble.Channel, bool) { return trouble.Channel{Workspace: "T0", Channel: "C0OPS"}, true },
		}
		ctx, cancel := context.WithCancel(t.Context())
		go a.troubles.Run(ctx)
		looking := make(chan struct{})
		go func() {
			defer close(looking)
			for ctx.Err() == nil {
				time.Sleep(lookEvery)
				a.lookAtDesk()
			}
		}()
		for range 6 {
			a.deskAsked("http", errors.New("it answered 500"))
			time.Sleep(5 * time.Minute)
		}
		if posted := faultsPosted(t, s); len(posted) != 1 || !posted[0].Over.IsZero() {
			t.Errorf("after half an hour of failing: %+v", posted)
		}
		a.deskAsked("http", nil)
		time.Sleep(5 * time.Minute)
		if posted := faultsPosted(t, s); len(posted) != 2 || posted[1].Over.IsZero() {
			t.Errorf("once it answers: %+v", posted)
		}
		a.deskAsked("http", errors.New("it answered 500"))
		time.Sleep(time.Hour)
		if posted := faultsPosted(t, s); len(posted) != 4 || posted[3].Over.IsZero() {
			t.Errorf("an hour after this replica last asked: %+v", posted)
		}
		cancel()
		<-looking
	})
}

// Rule 29: ops_channel is read in one workspace, and what goes wrong in another is not told there: it would show that
// one's tickets and channels, and whoever installs the bot could fill it.
func TestOpsIsToldOfItsOwnWorkspaceOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sqlitetest.Open(t)
		a := &App{now: time.Now, log: slog.New(slog.DiscardHandler), store: s, unfollowed: make(chan unfollowed, 2)}
		c := config.Default()
		c.Workspace = "T0OURS"
		a.config.Store(c)
		a.troubles = &trouble.Reporter{
			Store: s, Now: time.Now, NewID: newID, Log: a.log,
			Channel: func() (trouble.Channel, bool) { return trouble.Channel{Workspace: "T0OURS", Channel: "C0OPS"}, true },
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go a.troubles.Run(ctx)
		goesWrong := func(workspace string) {
			at := escalation.Thread{Workspace: workspace, Channel: "C0ENT"}
			a.unreadable(at, ticket.Problem{})
			for len(a.unfollowed) > 0 {
				a.reportUnfollowed(ctx, <-a.unfollowed)
			}
			a.renamed(workspace, "C0ENT", "C0NEW")
			a.shut(workspace, "C0ENT", errors.New("not_in_channel"))
			a.failed(escalation.Post{Thread: at, Reminder: &escalation.Reminder{}}, errors.New("is_archived"))
			if err := s.ShutGate(ctx, queue.Gate{Key: gate.Workspace(workspace), Until: a.now().Add(time.Hour), Reason: "token_revoked"}); err != nil {
				t.Fatal(err)
			}
			for range 8 {
				a.lookAtGates(ctx)
				time.Sleep(lookEvery)
			}
		}
		goesWrong("T0STRANGER")
		if posted := faultsPosted(t, s); len(posted) != 0 {
			t.Errorf("of another workspace: %+v", posted)
		}
		goesWrong("T0OURS")
		if posted := faultsPosted(t, s); len(posted) != 5 {
			t.Errorf("of its own: %+v", posted)
		}
	})
}

func faultsPosted(t *testing.T, s store.Store) (faults []escalation.Fault) {
	t.Helper()
	jobs, err := s.Jobs(t.Context(), queue.Filter{Queue: escalation.QueueSlack})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		var p escalation.Post
		if err := json.Unmarshal(j.Payload, &p); err != nil || p.Fault == nil {
			t.Fatalf("job %s: %v", j.Key, err)
		}
		faults = append(faults, *p.Fault)
	}
	return faults
}

// Rule 29: what is said in the ops channel may be quoted there, whoever else may not read it; another workspace's words
// may not, though its channel has the same id.
func TestTheOpsChannelMayQuoteItself(t *testing.T) {
	ops := trouble.Channel{Workspace: "T0OURS", Channel: "C0OPS"}
	for workspace, may := range map[string]bool{"T0OURS": true, "T0OTHER": false} {
		if got := new(App).mayQuote(t.Context(), ops, escalation.Thread{Workspace: workspace, Channel: "C0OPS"}); got != may {
			t.Errorf("of %s: %t", workspace, got)
		}
	}
}
