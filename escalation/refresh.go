package escalation

import (
	"fmt"
	"slices"
	"time"

	"github.com/slabuddy/slabuddy/escalation/gate"
	"github.com/slabuddy/slabuddy/escalation/queue"
)

// maxPosts is how many posted reminders of a thread are kept up to date. Otherwise a last tier that repeats for days
// would need an update for each repetition.
const maxPosts = 20

// addPosting records a reminder that is posted in the thread.
func (t *Timeline) addPosting(p Posting) {
	t.Posts = append(slices.Clip(t.Posts), p)
	t.Posts = t.Posts[max(len(t.Posts)-maxPosts, 0):]
}

// newest are the reminders that a change of an open timeline concerns: the latest, which says who is
// next, and the one that was clicked.
func (t Timeline) newest(clicked Posting) []Posting {
	var ps []Posting
	if n := len(t.Posts); n > 0 {
		ps = append(ps, t.Posts[n-1])
	}
	for _, p := range t.Posts[:max(len(t.Posts)-1, 0)] {
		if p.Tier == clicked.Tier && p.Round == clicked.Round {
			ps = append(ps, p)
		}
	}
	return ps
}

// posting is the clicked reminder, as far as the click knows it.
func (c Click) posting() Posting { return Posting{Tier: c.Tier, Round: c.Round} }

// unsettled are the reminders that are brought up to date when the timeline closes: all that are posted, and one that
// is on its way and may be posted yet.
func (t Timeline) unsettled() []Posting {
	ps := slices.Clip(t.Posts)
	if i := t.owed(); i >= 0 {
		ps = append(ps, Posting{Tier: i + 1, Round: t.Tiers[i].Round, Digest: t.Tiers[i].Digest})
	}
	return ps
}

// refreshes are the jobs that bring reminders of t up to date, once a change made from t is saved. Their keys name the
// version of t: of two changes made from one version only one is saved.
func refreshes(t Timeline, f Facts, ps []Posting) []queue.New {
	var jobs []queue.New
	for _, p := range ps {
		if p.Digest != "" {
			jobs = append(jobs, refreshDigest(t, f, p))
			continue
		}
		key := fmt.Sprintf("refresh/%s/%d/%d/%d", t.ID, p.Tier, p.Round, t.Version)
		job := newJob(QueueUpdates, f.NewID(), key, Post{Thread: t.Thread, Timeline: t.ID, Refresh: &p}, f.Now)
		// The updates of one message keep their order. They share no pace with what is posted.
		job.Pace = gate.PaceMessage(t.Workspace, t.Channel, fmt.Sprintf("%s/%d/%d", t.TS, p.Tier, p.Round))
		job.Gates = []string{gate.Workspace(t.Workspace), gate.Method(t.Workspace, gate.MethodUpdate)}
		jobs = append(jobs, job)
	}
	return jobs
}

// A digest has many tickets, and is brought up to date once in digestPace at most. All changes within one such span
// share a job, which runs when the span is over and they are committed.
const (
	digestPace   = 5 * time.Second
	digestCommit = 2 * time.Second
)

func refreshDigest(t Timeline, f Facts, p Posting) queue.New {
	over := f.Now.Truncate(digestPace).Add(digestPace)
	at := Thread{Workspace: t.Workspace, Channel: t.Channel}
	key := fmt.Sprintf("refresh/%s/%d", p.Digest, over.Unix())
	job := newJob(QueueUpdates, f.NewID(), key, Post{Thread: at, Timeline: t.ID, Refresh: &p}, over.Add(digestCommit))
	job.Pace = gate.PaceMessage(t.Workspace, t.Channel, p.Digest)
	job.Gates = []string{gate.Workspace(t.Workspace), gate.Method(t.Workspace, gate.MethodUpdate)}
	return job
}

// InDigest finds the timeline's reminder in a digest by the id of the digest's job.
func (t Timeline) InDigest(id string) (p Posting, ok bool) {
	i := slices.IndexFunc(t.Posts, func(p Posting) bool { return p.Digest == id })
	if i < 0 {
		return Posting{}, false
	}
	return t.Posts[i], true
}

// postingOf is the posted reminder of a tier and round. It has no ts if the timeline no longer remembers it.
func (t Timeline) postingOf(tier, round int) Posting {
	for _, p := range t.Posts {
		if p.Tier == tier && p.Round == round {
			return p
		}
	}
	return Posting{Tier: tier, Round: round}
}

// Newest says that no newer reminder of the timeline is posted. Only the newest has buttons.
func (t Timeline) Newest(p Posting) bool {
	n := len(t.Posts)
	return n == 0 || t.Posts[n-1].Tier == p.Tier && t.Posts[n-1].Round == p.Round
}

// PostedTS is the ts under which a reminder was posted; "" if the timeline does not know it.
func (t Timeline) PostedTS(p Posting) string {
	if p.TS != "" {
		return p.TS
	}
	return t.postingOf(p.Tier, p.Round).TS
}
