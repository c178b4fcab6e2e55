package message

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/slack-go/slack"

	"github.com/slabuddy/slabuddy/escalation/circle"
)

var (
	mention = regexp.MustCompile(`<[@!](?:subteam\^|here|channel|everyone|[UW])[^>]*>`)
	date    = regexp.MustCompile(`<!date\^\d+\^([^|]*)\|[^>]*>`)
	link    = regexp.MustCompile(`<http[^|>]*\|([^>]*)>`)
)

// seen are the words that a reminder's reader sees beside mentions: neither the small print nor the notification.
func seen(s *said) (words []string) {
	for _, b := range s.blocks {
		section, ok := b.(*slack.SectionBlock)
		if !ok {
			continue
		}
		text := mention.ReplaceAllString(section.Text.Text, "")
		text = link.ReplaceAllString(date.ReplaceAllString(text, "$1"), "$1")
		for _, w := range strings.Fields(text) {
			if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
				words = append(words, w)
			}
		}
	}
	return words
}

// Rule 9: a reminder is read while somebody does something else. An ordinary one has about 25 words, and one that
// has to explain itself twice as many at most.
func TestAReminderIsShort(t *testing.T) {
	ordinary := map[string]bool{"first tier": true, "only an id": true, "late and covering": true, "last tier and past the deadline": true,
		"last tier repeated": true, "policy of days": true, "last tier owned and snoozed": true, "next by id": true}
	sum, n := 0, 0
	for name, r := range reminders() {
		most := 50
		if ordinary[name] {
			most = 27
			n++
		}
		words := seen(renderReminder(r, people))
		if ordinary[name] {
			sum += len(words)
		}
		if len(words) > most {
			t.Errorf("%q has %d words, want %d at most: %s", name, len(words), most, strings.Join(words, " "))
		}
		t.Logf("%3d %s", len(words), name)
	}
	if n != len(ordinary) {
		t.Errorf("%d of %d ordinary reminders are sampled", n, len(ordinary))
	}
	t.Logf("ordinary ones have %d words on average", sum/max(n, 1))
}

// What is wanted first stands first: whom it pings and how much time is left, the ticket, who is next.
func TestAReminderSaysFirstWhatIsWantedFirst(t *testing.T) {
	text := renderReminder(firstTier(), people).texts
	at := -1
	all := strings.Join(text, "\n")
	for _, part := range []string{"<@U0ANA>", "*40 minutes left*", "Cannot log in", "Example Ltd", "priority high", "enterprise", "waiting 10 minutes", "Next: ", "Tier 1 of 4"} {
		i := strings.Index(all, part)
		if i <= at {
			t.Errorf("%q does not come after what is wanted before it:\n%s", part, all)
		}
		at = i
	}
	if strings.Contains(all, string(circle.NonEmbedded)) {
		t.Errorf("a circle in place of names:\n%s", all)
	}
}
