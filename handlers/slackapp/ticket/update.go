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
		`|(?:ticket|conversation|case|issue|request) (?:updated|closed|solved|resolved|reopened|reassigned|merged)\b` +
		`|(?:status|state|priority|assignee) (?:was |has been )?(?:changed|updated|set)\b` +
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

func names(line string, found []record) bool {
	for _, rec := range found {
		if containsWord(line, rec.id) {
			return true
		}
	}
	return false
}
