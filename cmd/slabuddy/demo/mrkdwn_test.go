package demo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

var readable = reader{names: map[string]string{"U0BOB": "Bob", "S0SUPPORT": "@support"}}

func TestMarkupIsReadAsPeopleSeeIt(t *testing.T) {
	date := func(day int, format string) string {
		return fmt.Sprintf("<!date^%d^%s|somewhen>", monday(9+24*day, 20).Unix(), format)
	}
	tests := []struct{ text, want string }{
		{"<@U0BOB> <!subteam^S0SUPPORT> hello", "[@Bob] [@support] hello"},
		{"<@U0BOB|bob>, <!subteam^S0SUPPORT|@help>", "[@Bob], [@support]"},
		{"<@U0NOBODY> <!here>", "[@U0NOBODY] [@here]"},
		{"due " + date(0, "at {time}"), "due at 09:20"},
		{date(0, "{date_short_pretty} at {time}"), "today at 09:20"},
		{date(1, "{date_short_pretty} at {time}"), "tomorrow at 09:20"},
		{date(-1, "{date_short_pretty} at {time}"), "yesterday at 09:20"},
		{date(4, "{date_short_pretty} at {time}"), "Mar 6 at 09:20"},
		{date(0, "{ago}"), "somewhen"},
		{"<!date^soon^at {time}|somewhen>", "somewhen"},
		{"<https://desk.example.com/42|ticket 42> <https://example.com>", "ticket 42 https://example.com"},
		{"waited *10 minutes* now", "waited {10 minutes] now"},
		{"> a subject\nand more", "│ a subject\nand more"},
		{"2 &lt; 3 &amp;&amp; 4 &gt; 3, &amp;lt;", "2 < 3 && 4 > 3, &lt;"},
	}
	plain := strings.NewReplacer(markPing, "[", markBold, "{", markPlain, "]")
	for _, tt := range tests {
		if got := plain.Replace(readable.read(tt.text, monday(9, 10))); got != tt.want {
			t.Errorf("%q reads %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestThoseWhoArePingedAreNamed(t *testing.T) {
	got := readable.pings("<@U0BOB> <!subteam^S0SUPPORT>: <https://example.com|a link>, <!date^1^{time}|then>, Ana and @Chloe")
	if want := []string{"Bob", "@support"}; !slices.Equal(got, want) {
		t.Errorf("pinged %q, want %q", got, want)
	}
}
