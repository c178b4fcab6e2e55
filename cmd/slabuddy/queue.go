package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/store"
)

// queueCmd looks at the jobs and mends them. It opens the database itself, beside a server that runs: on
// SQLite too, where the server has the file to itself among servers only, and notices what was done here
// within a second.
type queueCmd struct {
	List    queueListCmd    `cmd:"" help:"List jobs, those that are due next at the top."`
	Show    queueShowCmd    `cmd:"" help:"Tell all about a job: its call, attempts, answer, what it waits for and what waits for it."`
	Retry   queueRetryCmd   `cmd:"" help:"Try jobs again that failed or were cancelled, and revive what was cancelled because of them."`
	Cancel  queueCancelCmd  `cmd:"" help:"Cancel jobs, and what waits for them."`
	Add     queueAddCmd     `cmd:"" help:"Add an HTTP call, or with --file a whole graph of them."`
	Release queueReleaseCmd `cmd:"" help:"Let held jobs go, by id or by the name of their graph."`
	Stats   queueStatsCmd   `cmd:"" help:"Count the jobs of each queue by state, with the oldest."`
}

// age is how long ago, on the command line.
type age time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *age) UnmarshalText(text []byte) error {
	d, err := config.ParseDuration(string(text))
	*a = age(d)
	return err
}

type queueListCmd struct {
	Queue string `help:"Only of this queue." placeholder:"NAME"`
	State string `help:"Only in this state: held, pending, running, done, failed or cancelled." enum:",held,pending,running,done,failed,cancelled" default:"" placeholder:"STATE"`
	Older age    `help:"Only those added longer ago than this, such as 10m or 2d." placeholder:"AGE"`
	Graph string `help:"Only of this graph." placeholder:"NAME"`
	Text  string `help:"Only with these words in id, key, graph or last error." placeholder:"WORDS"`
	Limit int    `help:"At most so many." default:"50"`
	After string `help:"Go on after a list that ended with this cursor." placeholder:"CURSOR"`
	JSON  bool   `help:"For programs."`
}

func (c queueListCmd) Run(in *invocation) error {
	filter := queue.Filter{Queue: c.Queue, State: queue.State(c.State), Graph: c.Graph, Text: c.Text, Limit: c.Limit, Cursor: c.After}
	now := rightNow()
	if c.Older > 0 {
		filter.CreatedBefore = now.Add(-time.Duration(c.Older))
	}
	return withStore(in, func(ctx context.Context, s store.Store) error {
		jobs, err := s.Jobs(ctx, filter)
		if err != nil {
			return err
		}
		cursor := ""
		if c.Limit > 0 && len(jobs) == c.Limit {
			cursor = queue.CursorAfter(jobs[len(jobs)-1])
		}
		if c.JSON {
			return printJSON(in, jobList{Jobs: shownJobs(jobs), Cursor: cursor})
		}
		return printJobs(plainly(in.stdout), jobs, cursor, now)
	})
}

func printJobs(stdout io.Writer, jobs []queue.Job, cursor string, now time.Time) error {
	if len(jobs) == 0 {
		_, err := fmt.Fprintln(stdout, "There are no such jobs.")
		return err
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tQUEUE\tSTATE\tAGE\tDUE\tATTEMPTS\tKEY\tLAST ERROR")
	for _, j := range jobs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", j.ID, j.Queue, stateOf(j), length(now.Sub(j.CreatedAt)), dueOf(j, now), j.Attempts, j.Key, cutLine(j.LastError, 60))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if cursor != "" {
		_, err := fmt.Fprintf(stdout, "There may be more: add --after=%s\n", cursor)
		return err
	}
	return nil
}

// stateOf is a job's state, with what it waits for if that is no time.
func stateOf(j queue.Job) string {
	switch {
	case j.Cancelling:
		return string(j.State) + ", cancelling"
	case j.State == queue.Pending && j.Waits > 0:
		return fmt.Sprintf("pending, after %d", j.Waits)
	}
	return string(j.State)
}

// dueOf is when a job that waits for a time may run.
func dueOf(j queue.Job, now time.Time) string {
	switch {
	case j.State != queue.Pending || j.Parked():
		return "-"
	case j.RunAt.After(now):
		return "in " + length(j.RunAt.Sub(now))
	}
	return "now"
}

// length is a time's length as people say it, no finer than is of use.
func length(d time.Duration) string {
	switch {
	case d < time.Second:
		return "0s"
	case d < time.Minute:
		return d.Truncate(time.Second).String()
	case d < time.Hour:
		return config.FormatDuration(d.Truncate(time.Minute))
	case d < 48*time.Hour:
		return config.FormatDuration(d.Truncate(time.Minute))
	}
	return config.FormatDuration(d.Truncate(24 * time.Hour))
}

// cutLine is s on one line, at most so many characters.
func cutLine(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

type queueStatsCmd struct {
	Since age  `help:"Count those that ended within this time, too." default:"24h" placeholder:"AGE"`
	JSON  bool `help:"For programs."`
}

// queueStat is a queue's jobs in one state, as programs read it.
type queueStat struct {
	Queue         string      `json:"queue"`
	State         queue.State `json:"state"`
	Jobs          int         `json:"jobs"`
	OldestSeconds float64     `json:"oldest_seconds,omitempty"`
}

func (c queueStatsCmd) Run(in *invocation) error {
	now := rightNow()
	return withStore(in, func(ctx context.Context, s store.Store) error {
		stats, err := s.JobStats(ctx, now, now.Add(-time.Duration(c.Since)))
		if err != nil {
			return err
		}
		if c.JSON {
			list := make([]queueStat, len(stats))
			for i, st := range stats {
				list[i] = queueStat{st.Queue, st.State, st.Jobs, 0}
				if !st.Oldest.IsZero() {
					list[i].OldestSeconds = max(now.Sub(st.Oldest).Seconds(), 0)
				}
			}
			return printJSON(in, list)
		}
		w := tabwriter.NewWriter(in.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "QUEUE\tSTATE\tJOBS\tOLDEST")
		for _, st := range stats {
			oldest := "-"
			if !st.Oldest.IsZero() {
				oldest = length(now.Sub(st.Oldest))
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", st.Queue, st.State, st.Jobs, oldest)
		}
		return w.Flush()
	})
}

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
				fmt.Fprintln(in.stdout, "Its reminder is decided again, if the ticket is still open: it goes out as another job, with the tiers that came due since.")
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
