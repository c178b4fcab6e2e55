package ticket

import (
	"regexp"
	"strings"
)

// What the first lines of a post say when it tells of a ticket that was there before: who did something to
// it. What also speaks of a new one is new.
var (
	usualUpdate = regexp.MustCompile(`(?i)\b(?:(?:updated|closed|solved|resolved|reopened|assigned|reassigned|merged|escalated|changed) by\b` +
		`|(?:has been|was) (?:updated|closed|solved|resolved|reopened|assigned|reassigned|merged|escalated)\b` +
		`|commented on|replied (?:to|on|in)|transitioned|reassigned|reopened` +
		`|(?:updated|resolved|closed|assigned|moved|changed|edited) (?:this|the|an?|[*_#]|[A-Z][A-Z0-9]+-[0-9]|ticket|conversation|case|issue|request)\b` +
		`|(?:added|left|posted) an? (?:\w+ )?(?:comment|note|reply)\b` +
		`|(?:new|latest) (?:\w+ )?(?:comment|note|reply|response)\b` +
		`|(?:ticket|conversation|case|issue|request) (?:updated|closed|solved|resolved|reopened|reassigned|merged|escalated)\b` +
		`|(?:status|state|priority|assignee) (?:was |has been )?(?:changed|updated|set)\b` +
		`|(?:about|going) to breach|breached (?:its|the|an?)? ?(?:\w+ )?sla|sla (?:breach|warning|reminder|violat)|is overdue\b|satisfaction (?:rating|survey)` +
		`|rated (?:this|the|an?|[*_#]|ticket|conversation|case)\b` +
		`|reminder reached|escalation warning)`)
	freshly = regexp.MustCompile(`(?i)\b(?:created|opened|submitted|raised|received|new (?:\w+ )?(?:ticket|conversation|case|issue|request))\b`)
	arrow   = regexp.MustCompile(`\S\s*(?:->|=>|→|➔|➜)\s*\S`)
)

// tellsOfUpdate says that a post is about what happened to a ticket, not about a new one.
func (r *Reader) tellsOfUpdate(parts []*part, found []record) bool {
	for _, p := range parts {
		for i, h := range p.headline {
			const first = 2 // lines: what comes later may be the customer's
			if i < first && (h.surer || names(h.text, found)) && r.isUpdate(strings.Trim(h.text, decoration)) {
				return true
			}
		}
		if r.p.Update == nil && isRetold(p.title, found) {
			return true
		}
		for _, f := range p.facts {
			if r.p.Update == nil && (f.name == namePriority || f.name == nameType) && f.origin <= ofLine && arrow.MatchString(f.value) {
				return true
			}
		}
	}
	return false
}

func (r *Reader) isUpdate(line string) bool {
	if r.p.Update != nil {
		return r.p.Update.MatchString(line)
	}
	return usualUpdate.MatchString(line) && !freshly.MatchString(line)
}

// isRetold says that a title names the ticket and goes on, without a sign between them, with what happened to it;
// or that somebody answered in it. Behind a sign, or without the id, it is the customer's subject.
func isRetold(title string, found []record) bool {
	for _, rec := range found {
		at := strings.Index(title, rec.id)
		if at >= 0 && (happened.MatchString(title[at+len(rec.id):]) || at+len(rec.id) == len(title) && answeredIn.MatchString(title[:at])) {
			return true
		}
	}
	return false
}

var (
	happened = regexp.MustCompile(`(?i)^ (?:(?:was|has been|is now) )?(?:(?:status|state|priority|assignee) (?:was |has been )?(?:changed|updated|set)|updated|closed|solved|resolved|reopened|assigned|reassigned|merged|escalated)\b` +
		`(?: (?:to|by|from|as|at|on)\b.*)?$`)
	answeredIn = regexp.MustCompile(`(?i)\b(?:replied|commented|responded) (?:to|on|in) (?:the )?(?:ticket|case|conversation|request|issue)? ?#?$`)
)

func names(line string, found []record) bool {
	for _, rec := range found {
		if containsWord(line, rec.id) {
			return true
		}
	}
	return false
}
