package commands

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/handlers/slackapp/mrkdwn"
)

// What /sla can be followed by.
const (
	verbList   = ""
	verbAll    = "all"
	verbWho    = "who"
	verbHours  = "hours"
	verbAway   = "away"
	verbSwap   = "swap"
	verbPause  = "pause"
	verbResume = "resume"
	verbReport = "report"
	verbAssign = "assign"
	verbHelp   = "help"
)

// verbs are how people say it, beside the words that the help names.
var verbs = map[string]string{
	"": verbList, "list": verbList, "open": verbList, "status": verbList,
	"all": verbAll, "who": verbWho, "roster": verbWho, "hours": verbHours, "away": verbAway, "swap": verbSwap,
	"assign": verbAssign, "reassign": verbAssign,
	"pause": verbPause, "resume": verbResume, "unpause": verbResume,
	"report": verbReport, "help": verbHelp, "?": verbHelp,
}

// request is what somebody typed after /sla.
type request struct {
	verb  string
	words []string // what follows, in lower case, without whoever was named
	who   person
	known bool // the verb is one of those above
}

// acts says that the request changes something, rather than asks for it.
func (r request) acts() bool {
	return slices.Contains([]string{verbAway, verbSwap, verbPause, verbResume, verbAssign}, r.verb)
}

// person is somebody named in a command: by Slack's own mention, or as the word that was typed.
type person struct {
	ID   string // U…; "" if only Name is known
	Name string // without its @
}

// isNamed says that somebody was named at all.
func (p person) isNamed() bool { return p.ID != "" || p.Name != "" }

// named is somebody whom Slack did not recognize, or was not asked to (should_escape in the manifest).
var named = regexp.MustCompile(`(?:^|\s)@([^\s<>@]+)`)

// parse reads what was typed after /sla.
func parse(text string) request {
	var r request
	text = strings.TrimSpace(text)
	if m := mrkdwn.Mentioned.FindStringSubmatch(text); m != nil {
		r.who = person{ID: m[1], Name: m[2]}
		text = mrkdwn.Mentioned.ReplaceAllString(text, " ")
	} else if m := named.FindStringSubmatch(text); m != nil {
		r.who = person{Name: strings.TrimRight(m[1], ".,;:!?")}
		text = named.ReplaceAllString(text, " ")
	}
	words := strings.Fields(strings.ToLower(text))
	first := ""
	if len(words) > 0 {
		first, words = strings.Trim(words[0], ".,;:!"), words[1:]
	}
	r.verb, r.known = verbs[first]
	r.words = words
	if !r.known {
		r.verb = first
	}
	return r
}
