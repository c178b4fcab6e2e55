package setup

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation/circle"
	"github.com/slabuddy/slabuddy/escalation/slackid"
)

// Bounds of what is said of people.
const (
	maxName    = 60 // characters of a name, an alias or a product
	maxAliases = 20
	maxAhead   = 366 * 24 * time.Hour // how far ahead an absence may begin, and how long it may be
	maxBehind  = 24 * time.Hour       // an absence that began earlier today can still be entered
)

// Check implements Body.
func (e Engineer) Check(k Known) Problems {
	var p Problems
	others := slices.DeleteFunc(slices.Clone(k.View.Engineers), func(o EngineerView) bool {
		return o.Origin == Slack && EngineerScope(o.Slack) == k.Scope
	})
	e.checkAccount(&p, k.Scope, others)
	p.checkName(FieldName, e.Name, others)
	if len(e.Aliases) > maxAliases {
		p.add(FieldAliases, "%d aliases are the most.", maxAliases)
	}
	seen := map[string]bool{strings.ToLower(e.Name): true}
	for _, alias := range e.Aliases {
		p.checkName(FieldAliases, alias, others)
		if key := strings.ToLower(alias); seen[key] {
			p.add(FieldAliases, "%q is there twice, or is the name.", alias)
		} else {
			seen[key] = true
		}
	}
	if len(e.Products) > maxAliases {
		p.add(FieldProducts, "%d products are the most.", maxAliases)
	}
	for _, product := range e.Products {
		if !isLine(product) {
			p.add(FieldProducts, "Write each product in at most %d characters on one line.", maxName)
		}
	}
	return p
}

// checkAccount holds the Slack user and the address against those of the others.
func (e Engineer) checkAccount(p *Problems, scope string, others []EngineerView) {
	switch {
	case !slackid.IsUser(e.Slack):
		p.add(FieldUser, "Choose who it is in Slack.")
	case EngineerScope(e.Slack) != scope:
		p.add(FieldUser, "This is somebody else: add them as an engineer of their own.")
	}
	if address, err := mail.ParseAddress(e.Email); e.Email != "" && (err != nil || address.Address != e.Email) {
		p.add(FieldEmail, "Write the bare address, such as ana@example.com, or leave it empty.")
	}
	for _, o := range others {
		if o.Slack == e.Slack {
			p.add(FieldUser, "%s is set in slabuddy.yaml, and can only be changed there.", o.Name)
		}
		if e.Email != "" && strings.EqualFold(o.Email, e.Email) {
			p.add(FieldEmail, "This is %s's address.", o.Name)
		}
	}
}

// checkName holds a name or alias to what notify and event titles can say, and to be one engineer's.
func (p *Problems) checkName(field, name string, others []EngineerView) {
	switch {
	case strings.TrimSpace(name) == "":
		p.add(field, "Write a name, as the calendar's events have it.")
	case !isLine(name):
		p.add(field, "Write each name in at most %d characters on one line.", maxName)
	case strings.HasPrefix(name, "@"), strings.Contains(name, ","):
		p.add(field, "Leave out the @ and commas: %q.", name)
	case !strings.ContainsFunc(name, unicode.IsLetter):
		p.add(field, "%q has no letter: nobody could be found by it.", name)
	case asCircle(name) != "":
		p.add(field, "%q has a meaning of its own: choose another.", name)
	}
	for _, o := range others {
		if o.GoesBy(name) {
			p.add(field, "%q is %s's already.", name, o.Name)
		}
	}
}

// isLine says that a text is a short one on one line.
func isLine(s string) bool {
	return strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= maxName && !strings.ContainsFunc(s, unicode.IsControl)
}

// Check implements Body.
func (a Absence) Check(k Known) Problems {
	var p Problems
	who, known := k.View.person(a.Who)
	if !known {
		p.add(FieldWho, "%s is not among the engineers yet: add them with /add-support-engineer.", nameOr(a.Who, "This person"))
	}
	switch a.Kind {
	case Away:
		if a.With != (Person{}) {
			p.add(FieldWith, "Nobody takes over while somebody is away: swap shifts instead.")
		}
	case Swap:
		with, ok := k.View.person(a.With)
		switch {
		case !ok:
			p.add(FieldWith, "%s is not among the engineers yet: add them with /add-support-engineer.", nameOr(a.With, "This person"))
		case known && with.Name == who.Name:
			p.add(FieldWith, "Choose somebody else to take over.")
		}
	default:
		p.add(FieldKind, "Say whether somebody is away, or swaps shifts.")
	}
	if !a.endsNow(k) {
		p.checkTimes(a.From, a.To, k.Now)
	}
	return p
}

// endsNow says that an absence in force is over as of now.
func (a Absence) endsNow(k Known) bool {
	if a.To.After(k.Now) || k.Now.Sub(a.To) > time.Minute || !a.To.After(a.From) {
		return false
	}
	return slices.ContainsFunc(k.View.Absences, func(have AbsenceView) bool { return have.Scope == a.Scope() && have.To.After(a.To) })
}

func (p *Problems) checkTimes(from, to, now time.Time) {
	switch {
	case from.IsZero():
		p.add(FieldFrom, "Say from when.")
	case from.Before(now.Add(-maxBehind)) && !to.After(now):
		p.add(FieldFrom, "That is over already.")
	case from.Sub(now) > maxAhead:
		p.add(FieldFrom, "That is more than a year ahead.")
	}
	switch {
	case !to.After(from):
		p.add(FieldTo, "Choose an end after the beginning.")
	case !to.After(now):
		p.add(FieldTo, "That is over already.")
	case to.Sub(from) > maxAhead:
		p.add(FieldTo, "That is more than a year.")
	}
}

func nameOr(p Person, or string) string {
	if p.Name != "" {
		return p.Name
	}
	return or
}

var (
	mentioned  = regexp.MustCompile(`<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>`)
	loudly     = regexp.MustCompile(`<!(here|channel)(?:\|[^>]*)?>`)
	betweenAll = regexp.MustCompile(`[,;\n]+`)
)

// ParseNotify reads recipients as people type them, separated by commas: "on-shift, @support". Slack's
// own writing of people and groups (<@U…>, <!subteam^S…>) is understood.
func ParseNotify(text string) []string {
	text = mentioned.ReplaceAllString(text, ",$1$2,")
	text = loudly.ReplaceAllString(text, ",$1,")
	var words []string
	for _, word := range betweenAll.Split(text, -1) {
		word = strings.TrimSpace(word)
		if circle := asCircle(word); circle != "" {
			word = circle
		}
		if word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return words
}

// asCircle is the circle that is meant by a word written in some other way: "On shift", "@here".
func asCircle(word string) string {
	plain := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(word, "@")), " ", "-")
	if slices.Contains(circle.Words(), plain) {
		return plain
	}
	return ""
}

func (k Known) checkNotify(p *Problems, field string, words []string) {
	switch {
	case len(words) == 0:
		p.add(field, "Say whom to remind, such as on-shift, or @ and a user group's handle.")
	case len(words) > maxNotify:
		p.add(field, "%d recipients are the most; a user group can be more.", maxNotify)
	}
	for _, word := range words {
		if problem := k.recipientProblem(word); problem != "" {
			p.add(field, "%s", problem)
		}
	}
}

// recipientProblem says why a word of notify reaches nobody; "" if it reaches somebody, in the order in
// which a reminder resolves it.
func (k Known) recipientProblem(word string) string {
	name := strings.TrimPrefix(word, "@")
	switch {
	case slices.Contains(circle.Words(), word), slackid.IsUser(word), slackid.IsGroup(word):
		return ""
	case slices.ContainsFunc(k.View.Engineers, func(e EngineerView) bool { return e.GoesBy(name) }):
		return ""
	}
	if k.Directory != nil {
		if _, ok := k.Directory.Group(k.Workspace, name); ok {
			return ""
		}
	}
	if strings.HasPrefix(word, "@") {
		return "Nobody here is called " + word + ": there is no user group with that handle, and no engineer. " +
			"Without user groups, name people one by one, separated by commas."
	}
	return word + " is nobody: write one of " + strings.Join(circle.Words(), ", ") + ", an engineer, or @ and a user group's handle."
}
