package row

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// parting separates the keys of a list.
const parting = "\x1f"

// Keys is a list of keys as one text. The databases search it; see the migrations.
func Keys(keys []string) string { return strings.Join(keys, parting) }

// ParseKeys is the reverse of Keys.
func ParseKeys(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, parting)
}

// GateKeys are the keys that queue.Admit asks about for a job.
func GateKeys(j queue.Job, r queue.Request) []string {
	if j.Looks > 0 {
		return j.LookGates
	}
	if j.Pace == "" || r.Pace <= 0 {
		return j.Gates
	}
	return append(slices.Clip(j.Gates), j.Pace)
}

// LongestShut sorts gates by key and keeps of each the one that is shut longest.
func LongestShut(gates []queue.Gate) []queue.Gate {
	slices.SortFunc(gates, func(a, b queue.Gate) int {
		return cmp.Or(strings.Compare(a.Key, b.Key), b.Until.Compare(a.Until))
	})
	return slices.CompactFunc(gates, func(a, b queue.Gate) bool { return a.Key == b.Key })
}

// CheckEffects refuses rows whose effect no store can apply.
func CheckEffects(rows []queue.Finished) error {
	for _, f := range rows {
		if _, ok := f.Effect.(escalation.Effect); f.Effect != nil && !ok {
			return fmt.Errorf("finish job %s: no store knows the effect %T", f.ID, f.Effect)
		}
	}
	return nil
}

// Waits says whether a new job may have to wait for more than its time, or has other properties that most
// jobs do not have: its row has more columns, and may have edges.
func Waits(j queue.New) bool {
	return len(j.After) > 0 || j.Held || j.Graph != "" || j.Timeout != 0
}

// Began is the state in which a new job begins, and when it may run: those held are parked.
func Began(j queue.New) (state queue.State, runAt, notBefore time.Time) {
	if j.Held {
		return queue.Held, queue.Never, j.RunAt
	}
	return queue.Pending, j.RunAt, time.Time{}
}

// Next is when the next job of a queue may be claimed: those parked never are, and none before its
// rate allows it.
func Next(next time.Time, r queue.Request, shut time.Time) time.Time {
	if next.IsZero() || !next.Before(queue.Never) {
		return time.Time{}
	}
	if _, from := r.Allowed(shut); from.After(next) {
		return from
	}
	return next
}
