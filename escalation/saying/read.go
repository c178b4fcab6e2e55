package saying

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation"
)

var mentioned = regexp.MustCompile(`<@[A-Z0-9]+(?:\|[^>]*)?>`)

// Read reads the text of a mention. Times of day are those of now's zone. Whatever it does not know is a snooze
// of the default length: somebody is there, and that is what counts.
func Read(text string, now time.Time) escalation.Request {
	said := own(text)
	if whom, ok := assignment(said); ok {
		return escalation.Request{Kind: escalation.RequestAssign, Whom: whom}
	}
	all := split(mentioned.ReplaceAllString(said, ";"))
	words := trim(english(all))
	for _, said := range [][]string{trim(all), words} {
		if kind, ok := askedFor(said); ok {
			return escalation.Request{Kind: kind}
		}
	}
	r := escalation.Request{Kind: escalation.RequestSnooze}
	if d, ok := wholeLength(words); ok {
		r.For = d
		return r
	}
	if until, ok := wholeMoment(words, now); ok {
		r.Until, r.Zone = until, now.Location().String()
		return r
	}
	if asks(all, words) {
		return escalation.Request{Kind: escalation.RequestHelp}
	}
	r.Guessed = slices.ContainsFunc(words, func(w string) bool { return !isMark(w) && !about[w] })
	return r
}

// token is a word, a number, a time of day, or a mark that parts what is said.
var token = regexp.MustCompile(`\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}|\d+(?:[.,]\d+)?|[½¼¾]|[\p{L}][\p{L}\p{M}']*|[-–—,;.!?():/]`)

var (
	compound = regexp.MustCompile(`(\p{L})[-‐‑](\p{L})`)
	primes   = regexp.MustCompile(`(\d)\s?['′]([^\p{L}]|$)`)
	pointed  = regexp.MustCompile(`(^|\s)\.(\d)`)             // .5h
	halfDay  = regexp.MustCompile(`(^|\PL)([ap])\.\s?m\b\.?`) // 5 p.m.
	emoji    = regexp.MustCompile(`:(?:[+-]1|[a-z][a-z0-9_+-]*):`)
	negated  = regexp.MustCompile(`\b(?:do not|dont)\b`)
	written  = strings.NewReplacer("’", "'", "\n", " ; ") // a line's end parts what is said as a mark does
)

// split divides a text into its words, in small letters. A unit that is written on to its number is a word of
// its own, and so is each part of "half-hour".
func split(text string) []string {
	text = negated.ReplaceAllString(strings.ToLower(written.Replace(text)), "don't")
	text = compound.ReplaceAllString(compound.ReplaceAllString(text, "$1 $2"), "$1 $2")
	text = halfDay.ReplaceAllString(pointed.ReplaceAllString(emoji.ReplaceAllString(text, " "), "${1}0.$2"), "$1 ${2}m")
	return token.FindAllString(primes.ReplaceAllString(text, "$1 min$2"), -1)
}

// isMark says that a word is none.
func isMark(word string) bool { return strings.Contains("-–—,;.!?():/", word) }

// trim leaves out marks at both ends, and what is only said to be kind.
func trim(words []string) []string {
	idle := func(w string) bool { return isMark(w) || kind[w] }
	for len(words) > 0 && idle(words[0]) {
		words = words[1:]
	}
	for len(words) > 0 && idle(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return words
}

// kind are words that change nothing.
var kind = set("please pls plz kindly thanks thank thx ty you hey hi hello ok okay")

// about are the words that a length may come after: they say what is asked for, or are said on the way.
var about = set(`snooze snoozing wait waiting postpone postponed sleep delay defer hold off put push move set quiet be remind ping
	again back in for another about around roughly approx by it this that the a ticket reminder reminders
	i i'll ill i'm im we we'll need needs will would like take takes give gimme me us let lets let's can could
	have get got next following within hang stop mute silence pause pinging approximately approx max most least less than under brb look looking check answer reply respond
	more extra on to`)

// goesOn are the words that may come after a length or a time: what follows says why.
var goesOn = set(`please pls plz thanks thank thx ty then because cause as while since so or waiting to for and from if ish time i i'm we need cc fyi`)

func set(words string) map[string]bool {
	s := map[string]bool{}
	for _, w := range strings.Fields(words) {
		s[w] = true
	}
	return s
}

// ended says that nothing follows a length or a time that makes it part of something else: "2h ago" is no
// length to wait, "an hour and ten" is more than an hour, and "until 3 or 4 people answer" no time of day.
func ended(rest []string) bool {
	if len(rest) == 0 || isMark(rest[0]) {
		return true
	}
	if rest[0] == "and" || rest[0] == "or" {
		if _, after, isNumber := readNumber(rest[1:]); isNumber {
			if len(after) > 0 && unitOf(after[0]) > 0 {
				after = after[1:]
			}
			return rest[0] == "or" && ended(after)
		}
	}
	return goesOn[rest[0]]
}

// led finds where what is asked for begins: after words that lead up to it.
func led(words []string, starts func([]string) bool) (rest []string, ok bool) {
	for i := range words {
		if starts(words[i:]) {
			return words[i:], true
		}
		if !isMark(words[i]) && !about[words[i]] && !kind[words[i]] {
			break
		}
	}
	return nil, false
}

var (
	codeBlock = regexp.MustCompile("(?s)```.*?(```|$)")
	code      = regexp.MustCompile("`[^`\n]*`")
)

// Unquoted is what the writer of a message says in their own words: without lines that are quoted, and without
// code. What is left of a message's mentions is meant.
func Unquoted(text string) string { return code.ReplaceAllString(own(text), " ") }

// own leaves `2h` in: people copy it from the help as it is.
func own(text string) string {
	var lines []string
	for line := range strings.Lines(codeBlock.ReplaceAllString(text, " ")) {
		start := strings.TrimLeft(line, " \t")
		if strings.HasPrefix(start, "&gt;&gt;&gt;") || strings.HasPrefix(start, ">>>") {
			break // all that follows is quoted
		}
		if !strings.HasPrefix(start, "&gt;") && !strings.HasPrefix(start, ">") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// What hands a ticket on: "assign @ana", "assign it to me", "hand over to @ana"; "give it to @ana", where somebody
// is mentioned. Whatever else is said with these words asks for something else: "give me an hour".
var (
	beforeVerb = `^(?:<@[A-Z0-9]+(?:\|[^>]*)?>|[\s,:–—-]|(?i:please|pls|hey|hi|ok|okay|can you|could you))*`
	theTicket  = `(?:\s+(?:(?:the |this |that )?(?:ticket|one)|it|this|that))?`
	somebody   = `(<@[A-Z0-9]+(?:\|[^>]*)?>|@?[\p{L}][\p{L}\p{M}\p{N}'’.-]*)`
	assigns    = regexp.MustCompile(beforeVerb + `(?i:re-?assign|assign|hand` + theTicket + `[\s-]*over)\b` + `:?(?i:` + theTicket + `(?:\s+over)?(?:\s+to)?)` + `(?:\s+` + somebody + `)?`)
	gives      = regexp.MustCompile(beforeVerb + `(?i:(?:give|pass|hand)` + theTicket + `(?:\s+(?:on|over|off))?\s+to)\s+(<@[A-Z0-9]+(?:\|[^>]*)?>)`)
)

// assignment says to whom a ticket is to be given, as it was said; "" if nobody was named.
func assignment(said string) (whom string, ok bool) {
	said = strings.NewReplacer("*", "", "~", "").Replace(said) // bold type
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
