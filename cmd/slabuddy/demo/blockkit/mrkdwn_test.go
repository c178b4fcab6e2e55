package blockkit

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func newReader() *Reader {
	return &Reader{
		Names: map[string]string{"U0ANA": "Ana", "S0SUPPORT": "support", "C0TEAMS": "teams", "U0EVIL": "<i>Mallory</i>"},
		Me:    "U0ANA", Groups: []string{"S0SUPPORT"}, Now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		People: []Option{{Value: "U0ANA", Label: "Ana"}},
	}
}

func TestTextReadsAsInSlack(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                                "plain",
		"*bold* and _slanted_ and ~gone~":      "<b>bold</b> and <i>slanted</i> and <s>gone</s>",
		"`a *b* <c>`":                          "<code>a *b* &lt;c&gt;</code>",
		"*bold _both_*":                        "<b>bold <i>both</i></b>",
		"2 * 3 * 4, snake_case_name, 5*6*7":    "2 * 3 * 4, snake_case_name, 5*6*7",
		"*not closed":                          "*not closed",
		"a\nb":                                 "a<br>b",
		"&gt; said\n> more\nafter":             "<blockquote>said<br>more</blockquote>after",
		"```x < y\n*z*```":                     "<pre>x &lt; y\n*z*</pre>",
		"<@U0ANA> <@U0BOB|bob>":                `<span class="mention me">@Ana</span> <span class="mention">@bob</span>`,
		"<!subteam^S0SUPPORT> <#C0TEAMS>":      `<span class="mention me">@support</span> <span class="mention">#teams</span>`,
		"<!here>":                              `<span class="mention me">@here</span>`,
		"<https://x.example/a?b=1&amp;c=2|it>": `<a href="https://x.example/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">it</a>`,
		"*<https://x.example/a*b|it>*":         `<b><a href="https://x.example/a*b" target="_blank" rel="noopener noreferrer">it</a></b>`,
		"<!date^1772442600^at {time}|later>":   "<time>at 09:10</time>",
		"<!date^soon^{time}|later>":            "later",
		"<!date^1772442600^{ago}|a while ago>": "a while ago",
		":warning: 09:10 :unknown:":            "⚠️ 09:10 :unknown:",
		"AT&amp;T &lt;3":                       "AT&amp;T &lt;3",
	} {
		if got := string(newReader().Text(text)); got != want {
			t.Errorf("%q\n reads %s\n  want %s", text, got, want)
		}
	}
}

func TestTextIsHostileByAssumption(t *testing.T) {
	for _, text := range []string{
		"<script>alert(1)</script>", `<img src=x onerror=alert(1)>`, "&lt;script&gt;", `"><script>`, "*<script>*",
		"<javascript:alert(1)|click>", "<JaVaScRiPt:alert(1)>", "<data:text/html;base64,PHNjcmlwdD4=|x>", "<vbscript:x|y>",
		`<https://x.example/"onmouseover="alert(1)|x>`, "<https://x.example/'><script>|x>", "<@U0EVIL>", "<@<script>>",
		"`<script>`", "```<script>```", "<!date^1^<script>{time}|<b>>", "<#C1|<img>>", "<https://ok.example|<script>alert(1)</script>>",
	} {
		checkSafe(t, text, string(newReader().Text(text)))
	}
}

// allowed is every tag that text may become.
var allowed = regexp.MustCompile(`^<(/?(b|i|s|code|pre|blockquote|time)|br|/span|/a|span class="mention( me)?"|a href="(https?|mailto):[^"<>]*" target="_blank" rel="noopener noreferrer")>`)

func checkSafe(t *testing.T, text, html string) {
	t.Helper()
	for i := range len(html) {
		if html[i] == '<' && !allowed.MatchString(html[i:]) {
			t.Errorf("%q becomes %s", text, html)
			return
		}
	}
}

func FuzzTextGetsOutEscaped(f *testing.F) {
	for _, s := range []string{"*a* _b_ ~c~ `d`", "<@U0ANA> <https://x.example|y>", "> q\n```p```", "<!date^1^{time}|x>", ":tada:", "<", "*<a*>*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkSafe(t, text, string(newReader().Text(text)))
		if n := len(newReader().Text(strings.Repeat(text, 3))); n > 400+len(text)*3*60 {
			t.Errorf("%d bytes become %d", len(text)*3, n)
		}
	})
}
