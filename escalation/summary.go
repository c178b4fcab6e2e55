package escalation

import (
	"time"

	"github.com/slabuddy/slabuddy/escalation/policy"
)

// Summary is how the team did in a span of time, as far as a message in Slack tells it. The first message says it in
// a sentence, a picture and a table; with Under, it is the details, in the thread of the first.
type Summary struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Zone     string    `json:"zone"` // of days and weeks
	Sentence string    `json:"sentence,omitempty"`
	Bars     []Bar     `json:"bars,omitempty"`
	Missed   []Missed  `json:"missed,omitempty"`   // the latest breaches, newest first
	Breaches int       `json:"breaches,omitempty"` // all there are
	Details  []string  `json:"details,omitempty"`  // a line each, as plain text
	Under    string    `json:"under,omitempty"`    // key of the job that posted the first message
}

// Bar is what became of the first replies of a day, or of a week.
type Bar struct {
	Label    string `json:"label"`
	Kept     int    `json:"kept"`
	Breached int    `json:"breached"`
}

// Missed is a promise that was broken.
type Missed struct {
	Channel string           `json:"channel"`
	Thread  string           `json:"thread,omitempty"` // ts of the thread; "" for those who may not read its channel
	Ticket  Ticket           `json:"ticket"`           // without subject, customer and link for those who may not read its channel
	Clock   policy.ClockKind `json:"clock"`
	At      time.Time        `json:"at"`
	Because string           `json:"because"`
	Late    string           `json:"late,omitempty"` // by how much
	Link    string           `json:"link,omitempty"` // to the thread, in Slack
}

// SummaryKey is the key of the job that posts a workspace the summary of the span that ended then: there is one.
func SummaryKey(workspace string, to time.Time) string {
	return "summary/" + workspace + "/" + to.UTC().Format("2006-01-02T15:04")
}

// DetailsKey is the key of the job that posts the details under the summary.
func DetailsKey(workspace string, to time.Time) string { return SummaryKey(workspace, to) + "/details" }
