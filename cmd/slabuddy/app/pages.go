package app

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/deliver"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/page/httpjob"
	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/escalation/queue"
	"github.com/slabuddy/slabuddy/escalation/trouble"
)

// faultPage: see the other faults.
const faultPage = "page"

// buildPager builds what makes HTTP calls: pages, and what was added by hand.
func (a *App) buildPager() error {
	caller, err := httpjob.New(httpjob.Config{Now: a.now, Registerer: a.registry})
	if err != nil {
		return err
	}
	a.pager = &deliver.Pager{
		Deps: a.deps, Store: a.store, Caller: caller, Links: a.api,
		Headers: func(name string) map[string]string { return a.config.Load().Queues[name].Headers },
		Grant:   func(name string) page.Grant { return a.config.Load().Queues[name].Secrets },
		Secret:  variable, GaveUp: a.notPaged,
	}
	return nil
}

// variable is a variable of the environment, without the line break that a mounted file ends in.
func variable(name string) (string, bool) {
	value, isSet := os.LookupEnv(name)
	return strings.TrimSpace(value), isSet
}

// notPaged reports a page that was given up.
func (a *App) notPaged(o escalation.PageOrder, err error) {
	a.troubles.Report(trouble.Report{Name: faultPage, Incident: true, Words: fmt.Sprintf(
		"Pages could not be sent and were given up; the last one is %s, of ticket %s: %s. See `slabuddy queue list --state=failed`.", o.Name, plain.Words(o.Facts.Ticket.ID), clean(err))})
}

const (
	leastLease = 30 * time.Second
	// There is nothing to be looked for after a call: it is made again soon after its lease.
	settleCalls = time.Second
)

// callQueues are the queues of HTTP calls.
func (a *App) callQueues(c *config.Config) []queue.QueueConfig {
	var all []queue.QueueConfig
	for name, q := range c.Queues {
		all = append(all, queue.QueueConfig{
			Name: name, Handler: a.pager, Workers: q.Workers, MaxAttempts: q.Attempts, Timeout: q.Timeout, Rate: q.Rate,
			BackoffBase: q.Backoff, BackoffCap: q.BackoffMost, SettleAfter: settleCalls, LookAgain: settleCalls,
			Lease: max(leastLease, q.Timeout+10*time.Second), Pace: -1,
		})
	}
	return all
}
