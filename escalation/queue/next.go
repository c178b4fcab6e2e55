package queue

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// heldFor is how long a gate stays shut until somebody has to correct something, a token for example. The part of the
// program that notices the correction opens it at once; otherwise a try at this interval finds out, and costs no
// attempt.
const heldFor = 10 * time.Minute

// deniedFor is how long a job of unknown outcome waits for a refused look to be allowed again (the bot may be invited
// back). Then it fails, which is logged as an error, so that the jobs behind it can go on. It is never sent again.
const deniedFor = time.Hour

// leastLimit is how long a rate limit lasts if the other side does not say.
const leastLimit = time.Second

// next turns the outcome of an attempt into the job's new row. It is pure; jitter is in [0, 1). gaveUp is set if the job
// has failed for good: the caller adds the effect of that.
func (c *QueueConfig) next(j Job, o Outcome, now time.Time, jitter float64) (row Finished, gaveUp error) {
	row, gaveUp = c.decide(j, o, now, jitter)
	row.Result = Result{o.Result.Status, tidy(o.Result.Body, mostBody)}
	row.Log = logged(j, o, now)
	return row, gaveUp
}

// logged is the line of an attempt in its job's log. Jobs that are done at their first attempt, which are most, have no
// log. Neither have jobs that were dropped: they had no attempt.
func logged(j Job, o Outcome, now time.Time) *Attempt {
	kind := o.Kind.of(j.Looking)
	if kind == KindDropped || kind == KindSent && j.Attempts == 1 && !j.Looking {
		return nil
	}
	return &Attempt{Number: j.Attempts, Looking: j.Looking, At: now, Kind: kind, Error: lastError(o.Err)}
}

func (c *QueueConfig) decide(j Job, o Outcome, now time.Time, jitter float64) (row Finished, gaveUp error) {
	row = pending(j, now)
	row.LastError = lastError(o.Err)
	switch o.Kind.of(j.Looking) {
	case KindSent:
		row.State, row.Looks, row.Effect = Done, 0, o.Effect
	case KindDropped:
		row = unsent(row, j)
		row.State, row.Effect = Cancelled, o.Effect
	case KindRetry:
		row.Looks = 0
		row.RunAt = now.Add(max(o.After, scale(c.backoff(j.Attempts), jitter)))
		if o.Tries > 0 && j.Attempts >= o.Tries {
			return givenUp(row, o.Err)
		}
		return c.unlessUsedUp(row, j, o.Err)
	case KindTerminal:
		row.State, row.Looks = Failed, 0
		return row, reason(o.Err)
	case KindLimited:
		row = unsent(row, j)
		row.RunAt = now.Add(max(o.After, leastLimit))
		row.Shut = shut(o, row.RunAt, row.LastError)
	case KindHeld:
		row = unsent(row, j)
		row.RunAt = now.Add(recheck)
		row.Shut = shut(o, now.Add(heldFor), row.LastError)
	case KindAbsent:
		row.LastError = j.LastError
		row.Looks = j.Looks - 1
		if row.Looks > 0 {
			row.RunAt = now.Add(c.LookAgain)
			return row, nil
		}
		return c.unlessUsedUp(row, j, errors.New("no attempt got through"))
	case KindLookFail:
		if o.Denied && now.Sub(j.LastSent) > deniedFor {
			row.State = Failed // looks stay above 0: a retry has to look first
			return row, fmt.Errorf("nobody can tell whether it got through, because looking is refused: %w", reason(o.Err))
		}
		row.RunAt = now.Add(max(o.After, c.lookBackoff(now.Sub(j.LastSent), jitter)))
	default:
		row.Looks = 2
		row.RunAt = now.Add(c.SettleAfter)
	}
	return row, nil
}

// of replaces a kind that a task must not return by the most careful one: a send with such a kind may have happened, and
// a look with such a kind proves nothing.
func (k Kind) of(looking bool) Kind {
	switch k {
	case KindSent, KindLimited, KindHeld:
		return k
	case KindAbsent:
		if looking {
			return k
		}
	case KindDropped, KindRetry, KindTerminal:
		if !looking {
			return k
		}
	}
	if looking {
		return KindLookFail
	}
	return KindUnknown
}

// before checks a claimed job right before it runs. If ok is false it must not run, and row is its new row.
func (c *QueueConfig) before(j Job, now time.Time) (row Finished, gaveUp error, ok bool) {
	if j.Looking {
		// A lease can end, or an operator can release the job, before what was sent can be seen.
		if from := j.LastSent.Add(c.SettleAfter); now.Before(from) {
			return putBack(j, from), nil, false
		}
		return Finished{}, nil, true
	}
	if j.Attempts > c.limit(j) {
		row = unsent(pending(j, now), j)
		row, gaveUp = c.unlessUsedUp(row, j, errors.New("no more are allowed"))
		return row, gaveUp, false
	}
	// A process that takes the job over looks for this attempt, and has to find it.
	if now.Add(c.timeout(j) + c.SettleAfter).After(j.RunAt) {
		return putBack(j, now), nil, false
	}
	return Finished{}, nil, true
}

// putBack is the row of a claimed job that was not run: as it was before the claim, due at at.
func putBack(j Job, at time.Time) Finished {
	row := pending(j, at)
	row.LastError = j.LastError
	return unsent(row, j)
}

func pending(j Job, at time.Time) Finished {
	return Finished{ID: j.ID, Fence: j.Fence, State: Pending, RunAt: at, Attempts: j.Attempts, Looks: j.Looks}
}

// unsent undoes what the claim for a send has written. The claim for a look has written nothing, and the look still has
// to be made.
func unsent(row Finished, j Job) Finished {
	if !j.Looking {
		row.Attempts, row.Looks = j.Attempts-1, 0
	}
	return row
}

func (c *QueueConfig) unlessUsedUp(row Finished, j Job, err error) (Finished, error) {
	if j.Attempts < c.limit(j) {
		return row, nil
	}
	return givenUp(row, err)
}

func givenUp(row Finished, err error) (Finished, error) {
	err = fmt.Errorf("given up after %d attempts: %w", row.Attempts, reason(err))
	row.State, row.Looks, row.LastError = Failed, 0, lastError(err)
	return row, err
}

func (c *QueueConfig) limit(j Job) int {
	if j.MaxAttempts > 0 {
		return j.MaxAttempts
	}
	return c.MaxAttempts
}

// timeout bounds one send.
func (c *QueueConfig) timeout(j Job) time.Duration {
	if j.Timeout > 0 {
		return j.Timeout
	}
	return c.Timeout
}

// backoff is the longest wait after so many attempts: doubled with each, up to the cap.
func (c *QueueConfig) backoff(attempts int) time.Duration {
	d := c.BackoffBase
	for i := 1; i < attempts && d < c.BackoffCap; i++ {
		d *= 2
	}
	return min(d, c.BackoffCap)
}

// lookBackoff grows with the time since the send, because looks that fail are not counted.
func (c *QueueConfig) lookBackoff(since time.Duration, jitter float64) time.Duration {
	most := min(max(since, c.LookAgain), c.BackoffCap)
	return most/2 + scale(most/2, jitter)
}

func scale(d time.Duration, jitter float64) time.Duration {
	return time.Duration(float64(d) * jitter)
}

func shut(o Outcome, until time.Time, why string) *Gate {
	if o.Gate == "" {
		return nil
	}
	return &Gate{Key: o.Gate, Until: until, Reason: why}
}

func reason(err error) error {
	if err == nil {
		return errors.New("no reason given")
	}
	return err
}

const (
	mostError = 1 << 10
	mostBody  = 4 << 10
)

func lastError(err error) string {
	if err == nil {
		return ""
	}
	return tidy(err.Error(), mostError)
}

// tidy makes a text from outside storable, in at most so many bytes. A database refuses what is not text, and one refused
// row would hold up all rows that are written with it.
func tidy(s string, most int) string {
	const more = "…"
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= most {
		return s
	}
	end := most - len(more)
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + more
}
