// Package trouble posts the bot's own troubles in Slack: one message a fault, which is brought up to
// date and in the end says that it is over.
//
//	Report ─▶ gathered in memory ─▶ step, every 15 s, by one replica at a time ─▶ jobs, the book stored
//
//	          lasts a minute              changed, 5 min later          not seen for a while
//	seen ───────────────────▶ posted ─────────────────────▶ updated ─────────────────────▶ over
//	  └── gone before that: never posted
//
// All replicas know a fault by its name: what several of them see is posted once.
package trouble

import (
	"maps"
	"slices"
	"time"
)

// Report says that something is wrong just now.
type Report struct {
	Name  string // which fault: reports of one name make one message
	Words string // what is wrong, and what to do; plain text
	// Incident is set for what happens rather than lasts: it is posted at once and counted.
	Incident bool
}

// How soon and how often a fault is posted.
const (
	patience     = time.Minute      // a fault that is over sooner is not worth a word
	updateEvery  = 5 * time.Minute  // between two updates of a message
	overAfter    = 3 * time.Minute  // a fault not seen for so long is over
	incidentOver = 30 * time.Minute // so long after the last incident nobody needs to worry
	renewAfter   = 24 * time.Hour   // an older message is left behind for a new one
)

// fault is one entry of the book, as it is stored: the JSON names are those of version 1.
type fault struct {
	Words       string    `json:"words"`
	Incident    bool      `json:"incident,omitempty"`
	Since       time.Time `json:"since"`
	SeenAt      time.Time `json:"seen_at"`
	Count       int       `json:"count"`
	PostedAt    time.Time `json:"told_at,omitzero"`
	Posted      string    `json:"told,omitempty"` // the words that Slack shows
	PostedCount int       `json:"told_n,omitempty"`
	Job         string    `json:"job"` // that posted it first: its id finds the message again
	Posts       int       `json:"tellings,omitempty"`
}

// seen is what this process saw of a fault since it last wrote the book.
type seen struct {
	Report
	first, last time.Time
	count       int
}

// post is what is to be posted now.
type post struct {
	name string
	fault
	over bool
}

// step works out the new book, and what is to be posted. It is pure; newID names the jobs.
func step(book map[string]fault, news map[string]seen, now time.Time, newID func() string) (map[string]fault, []post) {
	next := maps.Clone(book)
	if next == nil {
		next = map[string]fault{}
	}
	for name, n := range news {
		f, known := next[name]
		if !known {
			f.Since, f.Job = n.first, newID()
		}
		f.Words, f.Incident = n.Words, n.Incident
		f.Count += n.count
		if n.last.After(f.SeenAt) {
			f.SeenAt = n.last
		}
		next[name] = f
	}
	var posts []post
	for _, name := range slices.Sorted(maps.Keys(next)) {
		f := next[name]
		_, kept := book[name] // and with it the id of its first job, which a crash must not lose
		switch {
		case f.isOver(now):
			delete(next, name)
			if !f.PostedAt.IsZero() {
				f.Posts++
				posts = append(posts, post{name, f, true})
			}
		case kept && f.needsPost(now) && now.Sub(f.Since) >= renewAfter:
			// A message of days ago is far up, and hard to find: a new one goes out at the next look.
			next[name] = fault{Words: f.Words, Incident: f.Incident, Since: now, SeenAt: f.SeenAt, Count: f.Count, Job: newID()}
		case kept && f.needsPost(now):
			f.Posts++
			f.PostedAt, f.Posted, f.PostedCount = now, f.Words, f.Count
			next[name] = f
			posts = append(posts, post{name, f, false})
		}
	}
	return next, posts
}

func (f fault) isOver(now time.Time) bool {
	if f.Incident {
		return now.Sub(f.SeenAt) >= incidentOver
	}
	return now.Sub(f.SeenAt) >= overAfter
}

func (f fault) needsPost(now time.Time) bool {
	if f.PostedAt.IsZero() {
		return f.Incident || f.SeenAt.Sub(f.Since) >= patience
	}
	changed := f.Words != f.Posted || f.Incident && f.Count != f.PostedCount
	return changed && now.Sub(f.PostedAt) >= updateEvery
}
