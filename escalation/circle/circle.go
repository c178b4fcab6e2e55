// Package circle resolves the words of a tier's `notify` (non-embedded, on-shift, @support) to a circle: the people
// and groups that such a word means at one moment (rule 8). It is pure: who is on shift, whom Slack knows and whom the
// help desk names are facts that it is given.
package circle

import (
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// The words that mean other people at other times. Any other word is an engineer's alias, a user group's handle, or an
// id.
const (
	NonEmbedded = "non-embedded"
	OnShift     = "on-shift"
	Embedded    = "embedded"
	Assignee    = "assignee" // the person that the help desk names, if on shift
	Here        = "here"
	Channel     = "channel"
)

// Words are all of these words.
func Words() []string {
	return []string{NonEmbedded, OnShift, Embedded, Assignee, Here, Channel}
}

// Directory knows the names of a workspace. It answers from memory.
type Directory interface {
	Group(workspace, handle string) (id string, ok bool)
	UserByEmail(workspace, email string) (id string, ok bool)
	Zone(workspace, user string) *time.Location // somebody's time zone; nil: not known
	// Gone says that a person or a user group is no longer in Slack: deactivated, disabled, deleted.
	Gone(workspace, id string) bool
}

// Facts are the facts by which a circle is resolved.
type Facts struct {
	Workspace  string
	Product    string      // that the ticket is about; "": none
	Assignee   desk.Person // as the help desk said last
	Roster     calendar.Roster
	Directory  Directory // nil: nothing is known of Slack's people and groups
	Engineers  []calendar.Engineer
	LastResort string // whom a last tier mentions when its circle is empty: Here; "": nobody
}

// Audience is whom a reminder pings. That is the circle of the first of tiers; if it is empty, the next tier's, and so on,
// and after the last one the last resort (rule 8). Behind them come the circles of the lower tiers that the reminder
// covers (rule 6). tiers are the words of the reminder's own tier and of the higher ones of its clock; number is how
// people number its own.
func (f Facts) Audience(tiers [][]string, number int, covered [][]string) (mention []Recipient, gaps []Gap) {
	for i := 0; i < len(tiers) && len(mention) == 0; i++ {
		var empty []Gap
		mention, empty = f.Resolve(tiers[i])
		if len(mention) > 0 {
			for g := range gaps {
				gaps[g].GaveTo = number + i
			}
			break
		}
		gaps = append(gaps, empty...)
	}
	for _, words := range covered {
		lower, _ := f.Resolve(words)
		mention = Union(mention, lower)
	}
	if len(mention) == 0 && len(tiers) == 1 && f.LastResort == Here {
		for g := range gaps {
			gaps[g].Here = true
		}
		mention = []Recipient{{Kind: ToHere}}
	}
	return mention, gaps
}

// Resolve resolves the words of one tier. If they mean nobody, the gaps say why.
func (f Facts) Resolve(words []string) (rs []Recipient, gaps []Gap) {
	for _, word := range words {
		found, reason := f.word(word)
		rs = Union(rs, found)
		if len(found) == 0 {
			gaps = append(gaps, Gap{Circle: word, Reason: reason})
		}
	}
	if len(rs) > 0 {
		return rs, nil
	}
	return nil, gaps
}

// Names are a circle's people as plain text, for places where nobody may be pinged.
func (f Facts) Names(words []string) []string {
	rs, _ := f.Resolve(words)
	var names []string
	for _, r := range rs {
		if r.Name != "" {
			names = append(names, r.Name)
		}
	}
	return names
}

func (f Facts) word(word string) ([]Recipient, GapReason) {
	switch word {
	case Here:
		return []Recipient{{Kind: ToHere}}, ""
	case Channel:
		return []Recipient{{Kind: ToChannel}}, ""
	case NonEmbedded, OnShift, Embedded:
		return f.rostered(word)
	case Assignee:
		return f.assigned()
	}
	return f.named(word)
}

func (f Facts) rostered(word string) ([]Recipient, GapReason) {
	if f.Roster.AsOf.IsZero() {
		return nil, GapNoRoster
	}
	var people []calendar.Engineer
	switch word {
	case NonEmbedded:
		people = f.Roster.NonEmbedded()
	case OnShift:
		people = f.Roster.OnShift
	case Embedded:
		if f.Product == "" {
			return nil, GapNoProduct
		}
		for _, e := range f.Roster.Embedded {
			if slices.ContainsFunc(e.Products, func(p string) bool { return strings.EqualFold(p, f.Product) }) {
				people = append(people, e.Engineer)
			}
		}
	}
	if len(people) == 0 {
		return nil, GapNobody
	}
	return f.recipients(people)
}

// recipients are the people of a roster who have an account that is known.
func (f Facts) recipients(people []calendar.Engineer) ([]Recipient, GapReason) {
	rs := make([]Recipient, 0, len(people))
	for _, e := range people {
		if r, ok := f.Engineer(e); ok {
			if shift, known := f.Roster.Shifts[e.Name]; known {
				r.Shift = &shift
			}
			rs = append(rs, r)
		}
	}
	return rs, GapNoAccount
}

// assigned is the person that the help desk names, found by e-mail address and then by name, if they are on shift.
func (f Facts) assigned() ([]Recipient, GapReason) {
	is := func(e calendar.Engineer) bool {
		if f.Assignee.Email != "" && e.Email != "" {
			return strings.EqualFold(e.Email, f.Assignee.Email)
		}
		return f.Assignee.Name != "" && e.GoesBy(f.Assignee.Name)
	}
	on := slices.IndexFunc(f.Roster.OnShift, is)
	switch {
	case f.Assignee == desk.Person{}:
		return nil, GapNoAssignee
	case f.Roster.AsOf.IsZero():
		return nil, GapNoRoster
	case on < 0:
		return nil, GapAssigneeOff
	}
	return f.recipients(f.Roster.OnShift[on : on+1])
}

// named resolves an engineer's alias, or a user group's handle, or an id. People and groups that Slack no longer has are
// left out.
func (f Facts) named(word string) ([]Recipient, GapReason) {
	name, reason := strings.TrimPrefix(word, "@"), GapUnknown
	for _, e := range f.Engineers {
		if !e.GoesBy(name) {
			continue
		}
		if r, ok := f.Engineer(e); ok {
			return []Recipient{r}, ""
		} else if r.ID != "" {
			reason = GapGone
		}
	}
	if f.Directory != nil {
		if id, ok := f.Directory.Group(f.Workspace, name); ok {
			return []Recipient{{Kind: ToGroup, ID: id, Name: "@" + name}}, ""
		}
	}
	isUser, isGroup := slackid.IsUser(word), slackid.IsGroup(word)
	switch {
	case (isUser || isGroup) && f.Gone(word):
		return nil, GapGone
	case isUser:
		return []Recipient{f.User(word)}, ""
	case isGroup:
		return []Recipient{{Kind: ToGroup, ID: word}}, ""
	}
	return nil, reason
}

// User is a Slack user as a recipient, with the name that the configuration gives them.
func (f Facts) User(id string) Recipient {
	r := Recipient{Kind: ToUser, ID: id}
	if i := slices.IndexFunc(f.Engineers, func(e calendar.Engineer) bool { return e.Slack == id }); i >= 0 {
		r.Name = f.Engineers[i].Name
	}
	return r
}

// Engineer is somebody as a recipient, if they have an account that is in use.
func (f Facts) Engineer(e calendar.Engineer) (Recipient, bool) {
	id := e.Slack
	if id == "" && e.Email != "" && f.Directory != nil {
		id, _ = f.Directory.UserByEmail(f.Workspace, e.Email)
	}
	return Recipient{Kind: ToUser, ID: id, Name: e.Name}, id != "" && !f.Gone(id)
}

// Is returns a function that says whether an engineer is this Slack user.
func (f Facts) Is(user string) func(calendar.Engineer) bool {
	return func(e calendar.Engineer) bool {
		r, ok := f.Engineer(e)
		return ok && r.ID == user
	}
}

// Gone says that a person or a user group is no longer in Slack, as far as is known.
func (f Facts) Gone(id string) bool {
	return f.Directory != nil && f.Directory.Gone(f.Workspace, id)
}
