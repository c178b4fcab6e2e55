package escalation

import (
	"cmp"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/queue"
)

// MaxDigest is how many tickets one digest names. Slack takes 50 blocks in a message, and a button's value of
// 2000 characters, which names all of them.
const MaxDigest = 40

const (
	// DigestWindow is how close together the reminders of a channel have to be due to become a digest.
	DigestWindow = time.Minute
	// gatherFor is how long the first of them waits for the others at most: whatever comes within five minutes is in
	// two digests.
	gatherFor = 150 * time.Second
)

// Waiting are the reminders of one channel that are due, or will be soon.
type Waiting struct {
	Due    int       // how many are due
	First  time.Time // when the first of them became due
	Coming int       // how many more come due within DigestWindow
}

// GatherUntil is how long the reminders that are due wait for those that come, so that one digest tells of all of
// them; zero: they do not wait. from is Settings.DigestFrom.
func (w Waiting) GatherUntil(from int, now time.Time) time.Time {
	until := w.First.Add(gatherFor)
	if from == 0 || w.Due == 0 || w.Coming == 0 || w.Due+w.Coming < from || !now.Before(until) {
		return time.Time{}
	}
	return until
}

// DueReminder is when the reminder of an open timeline became due; zero if none is due, or if it has a page: that does
// not wait for other reminders.
func (t Timeline) DueReminder(now time.Time) time.Time {
	held := t.owed() >= 0
	var first time.Time
	for _, tier := range t.Tiers {
		at := tier.nextReminder(held)
		if at.IsZero() || at.After(now) {
			continue
		}
		if tier.Page != "" {
			return time.Time{}
		}
		if at = later(at, t.PausedUntil); first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if first.After(now) {
		return time.Time{}
	}
	return first
}

// digestKey is the key of a digest's job.
func digestKey(job string) string { return "digest/" + job }

// Digests makes digests of the decisions of one walk: one for the reminders of a channel, if there are at least from.
// A digest is one job. The change of each of its timelines carries that job, so that it is stored if any of them is
// saved. Its rows are the timelines whose tier waits for it when it is sent. The changes of a digest have to be saved
// together, in one transaction (rule 11).
func Digests(changes []Change, now time.Time, from func(workspace string) int, newID func() string) (single []Change, digests [][]Change) {
	type channel struct{ workspace, id string }
	groups := map[channel][]Change{}
	var order []channel
	for _, c := range changes {
		if c.Reminds == nil || from(c.Reminds.Workspace) == 0 {
			single = append(single, c)
			continue
		}
		ch := channel{c.Reminds.Workspace, c.Reminds.Channel}
		if groups[ch] == nil {
			order = append(order, ch)
		}
		groups[ch] = append(groups[ch], c)
	}
	for _, ch := range order {
		group := groups[ch]
		if len(group) < max(from(ch.workspace), 2) {
			single = append(single, group...)
			continue
		}
		slices.SortStableFunc(group, func(a, b Change) int {
			return cmp.Or(a.Reminds.Reminder.Deadline.Compare(b.Reminds.Reminder.Deadline), cmp.Compare(a.Timeline.ID, b.Timeline.ID))
		})
		for _, some := range evenly(group) {
			digests = append(digests, digest(some, now, newID()))
		}
	}
	return single, digests
}

// evenly divides a group into as few parts as possible, all of about the same size: none has only a ticket or two.
func evenly(group []Change) [][]Change {
	parts := (len(group) + MaxDigest - 1) / MaxDigest
	return slices.Collect(slices.Chunk(group, (len(group)+parts-1)/parts))
}

// digest replaces the jobs of the reminders by one job.
func digest(group []Change, now time.Time, id string) []Change {
	first := group[0].Reminds
	post := Post{Thread: Thread{Workspace: first.Workspace, Channel: first.Channel}}
	for _, c := range group {
		row := *c.Reminds
		row.Digest = id
		post.Rows = append(post.Rows, row)
	}
	job := NewPostJob(id, digestKey(id), post, now)
	job.Awaited, job.Expires = first.Reminder.Due, now.Add(decisionGoodFor)
	whole := make([]Change, len(group))
	for i, c := range group {
		whole[i] = c.inDigest(job)
	}
	return whole
}

// own is the job of the change's reminder.
func (c Change) own() queue.New {
	key := reminderKey(c.Reminds.Timeline, c.Reminds.Reminder.Tier, c.Reminds.Round)
	return c.Jobs[slices.IndexFunc(c.Jobs, func(j queue.New) bool { return j.Key == key })]
}

// inDigest is the change with the digest's job in place of its reminder's. The tier waits for that job, and so do
// pages that carry the reminder's link.
func (c Change) inDigest(job queue.New) Change {
	own := c.own().ID
	t := c.Timeline.clone()
	t.Tiers[c.Reminds.Reminder.Tier-1].Digest = job.ID
	c.Timeline = &t
	c.Jobs = slices.Clone(c.Jobs)
	for i, j := range c.Jobs {
		if j.ID == own {
			c.Jobs[i] = job
		} else if k := slices.Index(j.After, own); k >= 0 {
			c.Jobs[i].After = slices.Clone(j.After)
			c.Jobs[i].After[k] = job.ID
		}
	}
	return c
}
