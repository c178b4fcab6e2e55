package app

import (
	"os"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/config"
	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// variable is a variable of the environment, without the line break that a mounted file ends in.
func variable(name string) (string, bool) {
	value, isSet := os.LookupEnv(name)
	return strings.TrimSpace(value), isSet
}

const (
	leastLease = 30 * time.Second
	// Nobody can look for an HTTP call, so there is no need to wait long: it is made again soon after its lease.
	settleCalls = time.Second
	// updateWorkers bring reminders up to date. Slack allows fifty a minute in a workspace.
	updateWorkers = 8
)

// queues are all queues of a configuration: the two for Slack, and those for HTTP calls.
func (a *App) queues(c *config.Config) []queue.QueueConfig {
	all := []queue.QueueConfig{
		{Name: escalation.QueueSlack, Handler: a.deliverer, Workers: c.SlackWorkers},
		{Name: escalation.QueueUpdates, Handler: a.deliverer, Workers: updateWorkers},
	}
	for name, q := range c.Queues {
		all = append(all, queue.QueueConfig{
			Name: name, Handler: a.pager, Workers: q.Workers, MaxAttempts: q.Attempts, Timeout: q.Timeout, Rate: q.Rate,
			BackoffBase: q.Backoff, BackoffCap: q.BackoffMost, SettleAfter: settleCalls, LookAgain: settleCalls,
			Lease: max(leastLease, q.Timeout+10*time.Second), Pace: -1,
		})
	}
	return all
}

func (a *App) queueNames() []string {
	var names []string
	for _, q := range a.queues(a.config.Load()) {
		names = append(names, q.Name)
	}
	return names
}
