package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

type queueRetryCmd struct {
	ID []string `arg:"" help:"Ids of jobs that failed or were cancelled."`
}

func (c queueRetryCmd) Run(in *invocation) error {
	return withStore(in, func(ctx context.Context, s store.Store) error {
		for _, id := range c.ID {
			if err := s.RetryJob(ctx, id, rightNow()); err != nil {
				return err
			}
			d, err := s.ShowJob(ctx, id)
			if err != nil {
				return err
			}
			fmt.Fprintf(in.stdout, "Job %s is tried again.\n", id)
			if owesReminder(d.Job) {
				fmt.Fprintln(in.stdout, "Its reminder is decided anew, if the ticket is still open: it goes out as another job, with the tiers that came due since.")
			}
		}
		return nil
	})
}

type queueCancelCmd struct {
	ID []string `arg:"" help:"Ids of jobs that have not ended."`
}

func (c queueCancelCmd) Run(in *invocation) error {
	return withStore(in, func(ctx context.Context, s store.Store) error {
		for _, id := range c.ID {
			j, err := s.CancelJob(ctx, id, rightNow())
			if err != nil {
				return err
			}
			if j.State == queue.Cancelled {
				fmt.Fprintf(in.stdout, "Job %s is cancelled, and what waited for it.\n", id)
				if owesReminder(j) {
					fmt.Fprintf(in.stdout, "Its tier is given up, and the ticket's next tier comes when it is due. slabuddy queue retry %s has it decided again. To quiet a ticket for a while, mention the bot in its thread.\n", id)
				}
			} else {
				fmt.Fprintf(in.stdout, "Job %s may have been sent: it is cancelled once it is known that it was not. See slabuddy queue show %s.\n", id, id)
			}
		}
		return nil
	})
}

type queueReleaseCmd struct {
	Name []string `arg:"" help:"Ids of held jobs, or names of their graphs."`
}

func (c queueReleaseCmd) Run(in *invocation) error {
	return withStore(in, func(ctx context.Context, s store.Store) error {
		for _, name := range c.Name {
			n, err := s.ReleaseJobs(ctx, name, rightNow())
			if err != nil {
				return err
			}
			fmt.Fprintf(in.stdout, "%s of %s released.\n", counted(n, "job"), name)
		}
		return nil
	})
}

// owesReminder says that a job is to post a tier's reminder: its timeline goes on from what becomes of it.
func owesReminder(j queue.Job) bool {
	var p escalation.Post
	return json.Unmarshal(j.Payload, &p) == nil && p.Reminder != nil
}

// counted is a number with its noun: 1 job, 2 jobs.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
