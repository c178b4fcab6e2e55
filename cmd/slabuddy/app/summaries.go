package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/escalation/setup"
	"github.com/slabuddy/slabuddy/escalation/sleep"
	"github.com/slabuddy/slabuddy/handlers/slackapp/summary"
)

const (
	// stillNews is how long after its time the week's summary is still posted, if the bot was stopped then.
	stillNews      = 24 * time.Hour
	summaryTimeout = 5 * time.Minute // a report may read much
)

// postSummaries posts the week's summary, once, in each workspace that wants it.
func (a *App) postSummaries(ctx context.Context) {
	done := map[string]bool{} // by key: there is a job
	for sleep.For(ctx, 15*a.opts.Tick) == nil {
		if a.clock.Hold() {
			continue
		}
		workspaces, err := a.reported(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.Warn("where the week's report is wanted cannot be read, trying again shortly", "error", err)
		}
		for _, workspace := range workspaces {
			if err := a.postSummary(ctx, workspace, done); err != nil && ctx.Err() == nil {
				a.log.Warn("the week's report could not be made, trying again shortly", "workspace", workspace, "error", err)
			}
		}
	}
}

// reported are the workspaces that want the week's report, by the configuration or by the setup in Slack. The others are
// not looked at.
func (a *App) reported(ctx context.Context) (all []string, err error) {
	if c := a.config.Load(); c.Report.Channel != "" {
		if c.Workspace == "" {
			return a.directory.Workspaces(), nil
		}
		all = []string{c.Workspace}
	}
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	set, err := a.store.WorkspacesWith(ctx, setup.ReportScope)
	all = append(all, set...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(workspace string) bool { return !a.directory.In(workspace) }), err
}

// postSummary adds the jobs of the summary of the week that ended last, unless that is long ago. All replicas may do so
// at once: the jobs have the same keys and ids on each.
func (a *App) postSummary(ctx context.Context, workspace string, done map[string]bool) error {
	plan := a.settings(workspace).Report
	if plan.Channel == "" {
		return nil
	}
	now, zone := a.now(), a.zone()
	to, due := plan.At.Due(now, zone, stillNews)
	key := escalation.SummaryKey(workspace, to)
	if !due || done[key] {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, summaryTimeout)
	defer cancel()
	there, err := a.store.JobsByKey(ctx, []string{key})
	if err != nil {
		return err
	}
	if len(there) == 0 {
		s, err := a.summaryOf(ctx, workspace, plan.Channel, to.In(zone).AddDate(0, 0, -7), to)
		if err != nil {
			return err
		}
		if err := a.store.AddJobs(ctx, summaryJobs(escalation.Thread{Workspace: workspace, Channel: plan.Channel}, s, now), now); err != nil {
			return fmt.Errorf("owe the week's report: %w", err)
		}
	}
	done[key] = true
	return nil
}

// summaryOf is a workspace's summary for a channel. It says no more about tickets than everybody who reads the channel may
// know.
func (a *App) summaryOf(ctx context.Context, workspace, channel string, from, to time.Time) (escalation.Summary, error) {
	r, err := a.makeReport(ctx, report.Query{From: from, To: to, Workspace: workspace})
	if err != nil {
		return escalation.Summary{}, err
	}
	s := r.Summary(a.zone(), func(channels []string) map[string]bool {
		may := a.readers.Public(ctx, workspace, channels)
		may[channel] = true
		return may
	})
	summary.LinkThreads(ctx, a.api, workspace, s.Missed)
	return s, nil
}

// summaryJobs post a summary and, in its thread, its details.
func summaryJobs(at escalation.Thread, s escalation.Summary, now time.Time) []queue.New {
	key, under := escalation.SummaryKey(at.Workspace, s.To), escalation.DetailsKey(at.Workspace, s.To)
	more := escalation.Summary{From: s.From, To: s.To, Zone: s.Zone, Details: s.Details, Under: key}
	s.Details = nil
	first := escalation.NewPostJob(idOf(key), key, escalation.Post{Thread: at, Summary: &s}, now)
	second := escalation.NewPostJob(idOf(under), under, escalation.Post{Thread: at, Summary: &more}, now)
	second.After = []string{first.ID}
	second.LookGates = []string{gate.Workspace(at.Workspace), gate.Method(at.Workspace, gate.MethodReplies)}
	return []queue.New{first, second}
}

// idOf is the id of the job with a key, the same on every replica.
func idOf(key string) string { return uuid.NewSHA1(uuid.NameSpaceURL, []byte(key)).String() }
