package saying

import (
	"regexp"
	"slices"
	"strings"

	"github.com/slabuddy/slabuddy/escalation"
)

// asked are what people say when they want something else than to wait, without the words that add nothing.
var asked = map[escalation.RequestKind]string{
	escalation.RequestHelp:   "help, commands, ?",
	escalation.RequestStatus: "status, status of, what's status, what status, whats status, show status",
	escalation.RequestUnsnooze: "unsnooze, un snooze, resume, unpause, undo, undo snooze, wake up, wake, take back, take back snooze, take snooze back, cancel snooze, cancel snoozing, stop snooze, stop snoozing, " +
		"remove snooze, end snooze, drop snooze, snooze off, no snooze, don't snooze, don't wait, don't stop, don't mute, don't pause, don't hold, don't postpone, don't delay, start, start reminding, resume reminding, resume reminders, " +
		"keep reminding, clear snooze, delete snooze, revert snooze",
	escalation.RequestDone: "done, all done, finished",
	escalation.RequestStop: "stop, stop reminding, stop reminders, stop pinging, stop bothering, mute, cancel, cancel reminders, cancel reminder, close, closed, solved, resolved, answered, replied, fixed, handled, " +
		"shut up, no more, no more reminders, ignore, dismiss, responded",
}

var meanings = func() map[string]escalation.RequestKind {
	all := map[string]escalation.RequestKind{}
	for kind, phrases := range asked {
		for p := range strings.SplitSeq(phrases, ", ") {
			all[p] = kind
		}
	}
	return all
}()

// idle are the words that add nothing to a request.
var idle = set(`the this that these it it's its is was has been have i i've we we've you me us my our now just already again ticket`)

// askedFor says what is asked for, if words say that and nothing else.
func askedFor(words []string) (escalation.RequestKind, bool) {
	var left []string
	for _, w := range words {
		if !idle[w] {
			left = append(left, w)
		}
	}
	kind, ok := meanings[strings.Join(left, " ")]
	return kind, ok
}

var question = regexp.MustCompile(`^(?:how (?:do|does|can|to|long|often|is|are)|what (?:do|does|can|is|are|did|will|happens)|who (?:is|are|was|has|gets|comes|will)|when (?:is|are|does|do|will|did)|where (?:is|are)|` +
	`why (?:is|are|did|does|do|was|were|me)|(?:what|who|where|when|how)'s) `)

// asks says that words are a question: all of them end in its mark, or begin as one does.
func asks(all, words []string) bool {
	for _, w := range slices.Backward(all) {
		if w == "?" {
			return true
		}
		if !isMark(w) && !kind[w] {
			break
		}
	}
	return question.MatchString(strings.Join(words, " ") + " ")
}
