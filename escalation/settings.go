package escalation

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/calendar/weekly"
	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/hours"
	"github.com/slabuddy/slabuddy/escalation/page"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// Settings are what the file and the setup in Slack say. They are read for each decision, so that a reload takes
// effect at once. Open timelines keep the tiers and due times that they were opened with.
type Settings struct {
	Snooze      time.Duration // what a bare @mention postpones by
	MaxSnooze   time.Duration // the longest one may ask for
	GiveUp      time.Duration // how long after its ticket's message an open timeline expires
	MaxAge      time.Duration // older messages open nothing
	IgnoreTypes []string      // ticket types that open nothing, any case
	Policies    map[string]policy.Policy
	Channels    map[string]policy.Channel // watched channels by id
	Engineers   []calendar.Engineer
	Products    map[string][]string     // product to the ticket types that mean it
	DigestFrom  int                     // how many reminders of one channel have to be due together to become one message; 0: never
	HasDesk     bool                    // false: there is nobody to ask, and `done` in the thread closes
	Poll        time.Duration           // how long an open timeline may go unasked between due times
	PollBudget  int                     // polling calls to the help desk in a minute, of all replicas together
	Admins      []string                // Slack user ids: may set up from Slack, beside workspace admins
	Paused      map[string]time.Time    // paused channels, and until when
	Pages       map[string]page.Page    // by the name that tiers give
	Hours       map[string]*hours.Hours // by the name that policies and channels give
	Report      Weekly                  // where and when the week's summary is posted
	Handover    HandoverSettings        // where changes of shift are posted
	LastResort  string                  // whom a last tier mentions when its circle is empty: circle.Here; "": nobody
}

// Weekly is what is posted once a week.
type Weekly struct {
	Channel string // "": nowhere
	At      weekly.Moment
}

// HandoverSettings say where changes of shift are posted, and when the week ahead is.
type HandoverSettings struct {
	Channel string         // "": nowhere
	Outlook *weekly.Moment // nil: never
}

// DefaultSettings are those of an empty configuration: both policies, no channels.
func DefaultSettings() Settings {
	return Settings{
		Snooze:      30 * time.Minute,
		MaxSnooze:   4 * time.Hour,
		GiveUp:      30 * 24 * time.Hour,
		MaxAge:      72 * time.Hour,
		IgnoreTypes: []string{"feedback"},
		Policies:    policy.BuiltIn(),
		DigestFrom:  5,
		HasDesk:     true,
		Poll:        5 * time.Minute,
		PollBudget:  60,
		Report:      Weekly{At: weekly.Moment{Day: time.Monday, Hour: 9}},
		LastResort:  circle.Here,
	}
}

// Unreached are the tiers of policies, given by their keys, that can reach nobody.
func (s *Settings) Unreached(policies []string, r circle.Reach) (all []policy.Unreached) {
	r.Engineers, r.LastResort = s.Engineers, s.LastResort
	for _, key := range policies {
		all = append(all, s.Policies[key].Unreached(r)...)
	}
	return all
}

// Product is the product that a ticket type means: the product that lists the type (of several the first by name),
// otherwise the type itself. "" if there is no type.
func (s *Settings) Product(ticketType string) (product string) {
	ticketType = strings.TrimSpace(ticketType)
	if ticketType == "" {
		return ""
	}
	lists := func(t string) bool { return strings.EqualFold(t, ticketType) }
	for p, types := range s.Products {
		if (product == "" || p < product) && slices.ContainsFunc(types, lists) {
			product = p
		}
	}
	return cmp.Or(product, ticketType)
}

// People are the ids of all people whom reminders may mention: engineers, and those whom tiers name.
func (s *Settings) People() (ids []string) {
	for _, e := range s.Engineers {
		if e.Slack != "" {
			ids = append(ids, e.Slack)
		}
	}
	for _, p := range s.Policies {
		for _, word := range p.Words() {
			if slackid.IsUser(word) {
				ids = append(ids, word)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Times that nobody configures.
const (
	// decisionGoodFor is how long a decision may wait to be posted before it is made again (rule 13).
	decisionGoodFor = time.Minute
	// worthAWord is how late a reminder has to be to mention its lateness (rule 6).
	worthAWord = time.Minute
	// LinkPatience is how long a page waits for its reminder.
	LinkPatience = 10 * time.Minute
	// doubleClick is how close together two clicks of one person are meant as one (rule 10).
	doubleClick = 3 * time.Second
)
