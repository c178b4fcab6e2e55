package saying

import (
	"regexp"
	"strings"
)

// What hands a ticket on: "assign @ana", "assign it to me", "hand over to @ana"; "give it to @ana", where somebody
// is mentioned. Whatever else is said with these words asks for something else: "give me an hour".
var (
	beforeVerb = `^(?:<@[A-Z0-9]+(?:\|[^>]*)?>|[\s,:–—-]|(?i:please|pls|hey|hi|ok|okay|can you|could you))*`
	theTicket  = `(?:\s+(?:(?:the |this )?ticket|it|this|that))?`
	somebody   = `(<@[A-Z0-9]+(?:\|[^>]*)?>|@?[\p{L}][\p{L}\p{M}\p{N}'’.-]*)`
	assigns    = regexp.MustCompile(beforeVerb + `(?i:re-?assign|assign|hand` + theTicket + `\s+over)\b` + `(?i:` + theTicket + `(?:\s+over)?(?:\s+to)?)` + `(?:\s+` + somebody + `)?`)
	gives      = regexp.MustCompile(beforeVerb + `(?i:(?:give|pass|hand)` + theTicket + `(?:\s+(?:on|over|off))?\s+to)\s+(<@[A-Z0-9]+(?:\|[^>]*)?>)`)
)

// assignment says to whom a ticket is to be given, as it was said; "" if nobody was named.
func assignment(said string) (whom string, ok bool) {
	for _, asks := range []*regexp.Regexp{gives, assigns} {
		m := asks.FindStringSubmatch(said)
		if m == nil {
			continue
		}
		whom = strings.Trim(m[1], "@.,!")
		if id := mentionedID.FindStringSubmatch(m[1]); id != nil {
			whom = id[1]
		}
		return whom, true
	}
	return "", false
}

var mentionedID = regexp.MustCompile(`^<@([A-Z0-9]+)`)
