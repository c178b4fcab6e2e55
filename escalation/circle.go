package escalation

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/calendar"
	"github.com/slabuddy/slabuddy/escalation/desk"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// Directory knows the names of a workspace. It answers from memory.
type Directory interface {
	Group(workspace, handle string) (id string, ok bool)
	UserByEmail(workspace, email string) (id string, ok bool)
	Zone(workspace, user string) *time.Location // the time zone that somebody is in; nil: not known
	// Gone says that Slack has a person or a user group no more: deactivated, disabled, deleted.
	Gone(workspace, id string) bool
}

// surroundings are the facts a circle is resolved against.
type surroundings struct {
	workspace string
	ticket    Ticket
	assignee  desk.Person // as the help desk last told
	roster    calendar.Roster
	directory Directory
	settings  *Settings
}

// audience is who a reminder pings: the tier's own circle, or, while that stands for nobody, the
// next tier's (rule 8), and after them the circles of the lower tiers it covers (rule 6). Behind the last
// of tiers stands the last resort. The tiers of its clock end before the index end; those it covers may be another's.
func audience(tiers []DueTier, end, tier int, covers []int, s surroundings) (mention []Recipient, gaps []Gap) {
	for i := tier; i < end && len(mention) == 0; i++ {
		var empty []Gap
		mention, empty = s.circle(tiers[i].Notify)
		if len(mention) > 0 {
			for g := range gaps {
				gaps[g].GaveTo = i + 1
			}
			break
		}
		gaps = append(gaps, empty...)
	}
	for _, c := range covers {
		lower, _ := s.circle(tiers[c-1].Notify)
		mention = union(mention, lower)
	}
	if len(mention) == 0 && tier == end-1 && s.settings.LastResort == CircleHere {
		for g := range gaps {
			gaps[g].Here = true
		}
		mention = []Recipient{{Kind: ToHere}}
	}
	return mention, gaps
}

// circle resolves the words of one tier's notify. The gaps say why, where nobody is left.
func (s surroundings) circle(notify []string) (rs []Recipient, gaps []Gap) {
	for _, word := range notify {
		found, reason := s.word(word)
		rs = union(rs, found)
		if len(found) == 0 {
			gaps = append(gaps, Gap{Circle: word, Reason: reason})
		}
	}
	if len(rs) > 0 {
		return rs, nil
	}
	return nil, gaps
}

func (s surroundings) word(word string) ([]Recipient, GapReason) {
	switch word {
	case CircleHere:
		return []Recipient{{Kind: ToHere}}, ""
	case CircleChannel:
		return []Recipient{{Kind: ToChannel}}, ""
	case CircleNonEmbedded, CircleOnShift, CircleEmbedded:
		return s.rostered(word)
	case CircleAssignee:
		return s.assigned()
	}
	return s.named(word)
}

func (s surroundings) rostered(word string) ([]Recipient, GapReason) {
	if s.roster.AsOf.IsZero() {
		return nil, GapNoRoster
	}
	var people []calendar.Engineer
	switch word {
	case CircleNonEmbedded:
		people = s.roster.NonEmbedded()
	case CircleOnShift:
		people = s.roster.OnShift
	case CircleEmbedded:
		product := s.settings.Product(s.ticket.Type)
		if product == "" {
			return nil, GapNoProduct
		}
		for _, e := range s.roster.Embedded {
			if slices.ContainsFunc(e.Products, func(p string) bool { return strings.EqualFold(p, product) }) {
				people = append(people, e.Engineer)
			}
		}
	}
	if len(people) == 0 {
		return nil, GapNobody
	}
	return s.recipients(people)
}

// recipients are the people of a roster who have an account that is known.
func (s surroundings) recipients(people []calendar.Engineer) ([]Recipient, GapReason) {
	rs := make([]Recipient, 0, len(people))
	for _, e := range people {
		if r, ok := s.engineer(e); ok {
			if shift, known := s.roster.Shifts[e.Name]; known {
				r.Shift = &shift
			}
			rs = append(rs, r)
		}
	}
	return rs, GapNoAccount
}

// assigned is whom the help desk names, by e-mail address and then by name, if they are on shift.
func (s surroundings) assigned() ([]Recipient, GapReason) {
	is := func(e calendar.Engineer) bool {
		if s.assignee.Email != "" && e.Email != "" {
			return strings.EqualFold(e.Email, s.assignee.Email)
		}
		return s.assignee.Name != "" && e.GoesBy(s.assignee.Name)
	}
	on := slices.IndexFunc(s.roster.OnShift, is)
	switch {
	case s.assignee == desk.Person{}:
		return nil, GapNoAssignee
	case s.roster.AsOf.IsZero():
		return nil, GapNoRoster
	case on < 0:
		return nil, GapAssigneeOff
	}
	return s.recipients(s.roster.OnShift[on : on+1])
}

// named resolves an engineer's alias, then a user group's handle, then an id. Whom Slack has no more is nobody.
func (s surroundings) named(word string) ([]Recipient, GapReason) {
	name, reason := strings.TrimPrefix(word, "@"), GapUnknown
	for _, e := range s.settings.Engineers {
		if !e.GoesBy(name) {
			continue
		}
		if r, ok := s.engineer(e); ok {
			return []Recipient{r}, ""
		} else if r.ID != "" {
			reason = GapGone
		}
	}
	if s.directory != nil {
		if id, ok := s.directory.Group(s.workspace, name); ok {
			return []Recipient{{Kind: ToGroup, ID: id, Name: "@" + name}}, ""
		}
	}
	isUser, isGroup := slackid.IsUser(word), slackid.IsGroup(word)
	switch {
	case (isUser || isGroup) && s.gone(word):
		return nil, GapGone
	case isUser:
		return []Recipient{{Kind: ToUser, ID: word, Name: s.settings.nameOf(word)}}, ""
	case isGroup:
		return []Recipient{{Kind: ToGroup, ID: word}}, ""
	}
	return nil, reason
}

// engineer is somebody as a recipient, if they have an account that is in use.
func (s surroundings) engineer(e calendar.Engineer) (Recipient, bool) {
	id := e.Slack
	if id == "" && e.Email != "" && s.directory != nil {
		id, _ = s.directory.UserByEmail(s.workspace, e.Email)
	}
	return Recipient{Kind: ToUser, ID: id, Name: e.Name}, id != "" && !s.gone(id)
}

func (s surroundings) gone(id string) bool {
	return s.directory != nil && s.directory.Gone(s.workspace, id)
}

// names are a circle's people as plain text, for places where nobody may be pinged.
func (s surroundings) names(notify []string) []string {
	rs, _ := s.circle(notify)
	var names []string
	for _, r := range rs {
		if r.Name != "" {
			names = append(names, r.Name)
		}
	}
	return names
}

// Product is the product that a ticket type means: one that lists the type among its words, or one
// of that very name. "" if there is none.
func (s *Settings) Product(ticketType string) string {
	ticketType = strings.TrimSpace(ticketType)
	if ticketType == "" {
		return ""
	}
	for _, product := range slices.Sorted(maps.Keys(s.Products)) {
		if slices.ContainsFunc(s.Products[product], func(t string) bool { return strings.EqualFold(t, ticketType) }) {
			return product
		}
	}
	return ticketType
}

// People are the ids of those whom reminders may mention by what is set up: engineers, and those whom tiers name.
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

func (s *Settings) nameOf(slackID string) string {
	for _, e := range s.Engineers {
		if e.Slack == slackID {
			return e.Name
		}
	}
	return ""
}

// union appends those of more that are not in rs yet.
func union(rs, more []Recipient) []Recipient {
	for _, r := range more {
		if !slices.ContainsFunc(rs, func(have Recipient) bool { return have.Kind == r.Kind && have.ID == r.ID }) {
			rs = append(rs, r)
		}
	}
	return rs
}
