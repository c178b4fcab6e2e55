package ticket

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// Why a message that looks like a ticket cannot be read. The strings are metric labels.
const (
	ReasonID      = "id"      // what is in the id's place is none
	ReasonNoID    = "no_id"   // it has a ticket's labels, and no id
	ReasonApp     = "app"     // it carries no ticket, though those of its app do as a rule
	ReasonSeveral = "several" // it names several ids, and which is the desk's cannot be told
)

// Problem is why a message, or a part of it, cannot be read.
type Problem struct {
	Reason  string // "": there is none
	Words   string // the message's own, shortened, without the customer's
	Pattern string // of tickets.fields.id, that would have read it; "" if none is known
	said    string
}

// Sentence says it to whoever set the bot up.
func (p Problem) Sentence() string {
	var s string
	switch p.Reason {
	case ReasonID:
		s = "it looks like a ticket, but its id cannot be read; see tickets.fields.id"
	case ReasonNoID:
		s = "it has the labels of a ticket, but no id is found in it; see tickets.fields.id"
	case ReasonApp:
		s = "its app posts tickets here as a rule, and in this message none is found; see tickets.fields.id"
	case ReasonSeveral:
		s = "it names several ids, and which of them is the ticket's cannot be told; see tickets.fields.id"
	}
	if p.Words != "" {
		s += ". It says: " + p.Words
	}
	if p.Pattern != "" {
		s += ". This would have read it: tickets.fields.id: '" + strings.ReplaceAll(p.Pattern, "'", "''") + "'"
	}
	return s
}

// Unusual is the problem of a message without a ticket from an app that posts tickets as a rule.
func Unusual(m *Message) Problem {
	p := Problem{Reason: ReasonApp}
	p.describe(see(m))
	return p
}

// Reasons are all reasons for which a message that looks like a ticket cannot be read.
func Reasons() []string { return []string{ReasonID, ReasonNoID, ReasonApp, ReasonSeveral} }

const maxWords = 160

// describe finds the words to show, and a pattern that would have read the message.
func (p *Problem) describe(parts []*part) {
	var own strings.Builder
	for _, part := range parts {
		for _, piece := range part.pieces {
			if piece.origin <= ofLine && own.Len() < 8*maxWords {
				own.WriteString(hidden.ReplaceAllString(piece.text, "…"))
				own.WriteString(" ⏎ ")
			}
		}
	}
	said := strings.TrimSuffix(own.String(), " ⏎ ")
	p.Words = mrkdwn.Cut(plain.Line(said), maxWords)
	for _, found := range []func(*part) string{ // in the customer's words least of all
		func(part *part) string { return suggest(part.surest()) },
		func(part *part) string { return suggestPath(part.addressesOwn()) },
		func(part *part) string { return suggest(part.own()) },
	} {
		for _, part := range parts {
			if pattern := found(part); pattern != "" && p.isRead(parts, pattern) {
				p.Pattern = pattern
				return
			}
		}
	}
}

// surest is what the desk says for sure: its fields, and the first line without the words that link to something.
func (p *part) surest() string {
	var fields, first string
	for _, piece := range p.pieces {
		switch {
		case piece.origin == ofField:
			fields += piece.text + "\n"
		case first == "" && piece.origin <= ofDoubt:
			first = piece.text[:len(piece.text)-piece.theirs] + "\n"
		}
	}
	for _, a := range p.addresses {
		if a.label != "" {
			first = strings.ReplaceAll(first, a.label, "")
		}
	}
	return fields + first
}

// isRead says that a pattern reads the message, and takes no half of a value for the value. Of several ids none is
// known to be the desk's, whatever a pattern finds.
func (p *Problem) isRead(parts []*part, pattern string) bool {
	if p.Reason == ReasonSeveral {
		return false
	}
	found := joined(idsByPattern(parts, regexp.MustCompile(pattern)), parts)
	if len(found.records) == 0 || found.problem.Reason != "" {
		return false
	}
	for _, rec := range found.records {
		before, after, half := strings.Cut(p.said, rec.id)
		if half && strings.ContainsFunc(before+after, unicode.IsDigit) {
			return false
		}
	}
	return true
}

// named is how a desk says which ticket it speaks of, where it uses no label: "New ticket #42: no mail".
var named = regexp.MustCompile(`(?i)\b(?:ticket|case|incident|conversation)(?:(?:[^\pL\pN\n]{0,3}#|[ _]?(?:id|number|no)\b["'*_]{0,2}[:=])[^\pL\pN\n]{0,2}(?:[0-9]+|[a-z]{2,10}-[0-9]+)\b| [0-9]{3,}:| [a-z]{2,10}-?[0-9]{5,}\b)`)

// announced is how a desk begins a post about a new ticket, where it does not say which.
var announced = regexp.MustCompile(`(?i)^[^\pL]*(?:an? )?(?:new|incoming) (?:\w+ )?(?:ticket|case|conversation|support request|incident)\b`)

// namesATicket says that the desk names a ticket in its own words, or announces one and leads to it.
func (p *part) namesATicket() bool {
	if named.MatchString(p.own()) {
		return true
	}
	isNew := func(h headline) bool { return announced.MatchString(h.text) }
	return slices.ContainsFunc(p.headline, isNew) && (inPath.MatchString(p.addressesOwn()) || afterWord.MatchString(p.own()))
}

// hidden is what is not written to a log: addresses of people and of pages, and what may be a key.
var hidden = regexp.MustCompile(`\S+@\S+|https?://\S+|\b[A-Za-z0-9_-]{24,}\b`)

var (
	afterWord = regexp.MustCompile(`(?i)\b((?:ticket|case|request|issue|conversation|incident) |(?:ticket(?:_?id)?|case|request|issue|conversation|incident|id|no|nr|number)[^\pL\pN\n]{0,3}[#:]{1,2} ?)([0-9]+|[A-Z][A-Z0-9]+-[0-9]+|[A-Z]{2,10}[0-9]{5,})\b`)
	hashed    = regexp.MustCompile(`(?:^|[^\pL\pN])(#(?:: )?)([0-9]+)\b`)
	key       = regexp.MustCompile(`\b()([A-Z][A-Z0-9]+-[0-9]+)\b`)
	inPath    = regexp.MustCompile(`/([a-z]+/)([0-9]{2,}|[A-Z][A-Z0-9]+-[0-9]+)(?:[/?#\n]|$)`)
)

// suggest is a pattern for the first thing in a text that looks like an id.
func suggest(text string) string {
	for _, form := range []*regexp.Regexp{afterWord, hashed, key} {
		for _, at := range form.FindAllStringSubmatchIndex(text, -1) {
			if !inPart(text, at[4], text[at[4]:at[5]]) {
				return like(text[at[2]:at[3]], text[at[4]:at[5]])
			}
		}
	}
	return ""
}

func suggestPath(addresses string) string {
	if m := inPath.FindStringSubmatch(addresses); m != nil {
		return like(m[1], m[2])
	}
	return ""
}

func like(before, id string) string {
	switch {
	case strings.Contains(id, "-"):
		return regexp.QuoteMeta(before) + `\b([A-Z][A-Z0-9]+-\d+)\b`
	case strings.ContainsFunc(id, unicode.IsLetter):
		return regexp.QuoteMeta(before) + `\b([A-Z]+\d+)\b`
	}
	return regexp.QuoteMeta(before) + `(\d+)`
}

// ownPriority is the rank of the labels that say priority: an alert has a severity, and an urgency.
const ownPriority = 2

// hasLabels says that a message without an id looks like a ticket all the same: it has a label that
// speaks of a ticket, a priority, or two labels that desks use.
func hasLabels(parts []*part) bool {
	if slices.ContainsFunc(parts, (*part).namesATicket) {
		return true
	}
	names := map[name]bool{}
	for _, p := range parts {
		for _, f := range p.facts {
			if f.origin > ofLine || !says(f.name) && f.name != nameAside {
				continue
			}
			if f.ticket && says(f.name) || f.name == namePriority && f.rank <= ownPriority {
				return true
			}
			names[f.name] = true
		}
	}
	return len(names) > 1
}
