package app

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/replay"
	"github.com/slabuddy/slabuddy/escalation/report"
	"github.com/slabuddy/slabuddy/handlers/reportpage"
)

// operatorsReport is the report on the operator's address.
type operatorsReport struct{ *App }

// Report implements handlers.Report.
func (o operatorsReport) Report(w http.ResponseWriter, r *http.Request) error {
	q, err := o.query(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return nil
	}
	made, err := o.makeReport(r.Context(), q)
	if err != nil {
		return fmt.Errorf("make a report: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", reportpage.Policy)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	return reportpage.Write(w, made)
}

// query reads the parameters: ?since=30d, and workspace, channel and policy.
func (o operatorsReport) query(asked url.Values) (report.Query, error) {
	since := cmp.Or(asked.Get("since"), "30d")
	ago, err := config.ParseDuration(since)
	if err != nil || ago <= 0 {
		return report.Query{}, fmt.Errorf("since=%s says no length: write how long ago, such as 30d or 12h", since)
	}
	now := o.now()
	return report.Query{
		From: now.Add(-ago), To: now,
		Workspace: asked.Get("workspace"), Channel: asked.Get("channel"), Policy: asked.Get("policy"),
	}, nil
}

// reports are those that people ask for in Slack.
type reports struct{ *App }

// Report implements commands.Reports.
func (r reports) Report(ctx context.Context, q report.Query) (report.Report, error) {
	return r.makeReport(ctx, q)
}

// Report is how all teams did in the time up to now.
func (a *App) Report(ctx context.Context, ago time.Duration) (report.Report, error) {
	now := a.now()
	return a.makeReport(ctx, report.Query{From: now.Add(-ago), To: now})
}

// Replay runs what was stored in the time up to now through other settings; with is what the result
// calls them.
func (a *App) Replay(ctx context.Context, ago time.Duration, with string, trying *escalation.Settings) (replay.Result, error) {
	past := a.past()
	return replay.Make(ctx, a.store, replay.Query{From: a.now().Add(-ago), With: with}, func(ctx context.Context, workspace string) (replay.Conditions, error) {
		conditions, err := past.Conditions(ctx, workspace)
		conditions.Settings = trying
		return conditions, err
	}, a.now(), a.zone())
}

// makeReport reports on what is stored, as of now.
func (a *App) makeReport(ctx context.Context, q report.Query) (report.Report, error) {
	leave, err := a.lookBack.enter(ctx, q.Workspace)
	if err != nil {
		return report.Report{}, err
	}
	defer leave()
	return report.Make(ctx, a.store, q, a.past(), a.now(), a.zone())
}

// zone is the time zone of weekdays, weeks and nights.
func (a *App) zone() *time.Location { return cmp.Or(a.config.Load().Calendar.Location, time.UTC) }

// replay runs what is stored of a channel since then through other settings.
func (a *App) replay(ctx context.Context, workspace, channel string, since time.Time, trying *escalation.Settings) (replay.Result, error) {
	leave, err := a.lookBack.enter(ctx, workspace)
	if err != nil {
		return replay.Result{}, err
	}
	defer leave()
	conditions, err := a.past().Conditions(ctx, workspace)
	if err != nil {
		return replay.Result{}, err
	}
	conditions.Settings = trying
	q := replay.Query{From: since, Workspace: workspace, Channel: channel}
	return replay.Make(ctx, a.store, q, func(context.Context, string) (replay.Conditions, error) { return conditions, nil }, a.now(), a.zone())
}
