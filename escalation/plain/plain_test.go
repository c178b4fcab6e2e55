package plain_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slabuddy/slabuddy/escalation/plain"
)

// Rule 29: what others wrote stands on one line, and formats nothing.
func TestWordsOfOthersArePlain(t *testing.T) {
	for s, want := range map[string]string{
		"":                            "",
		"mon-fri 09:00-17:00:30 CET":  "mon-fri 09:00-17:00:30 CET",
		":100: :1234:":                "∶100∶ ∶1234∶",
		"Exports fail since 10:30":    "Exports fail since 10:30",
		"acme_prod, 3*4, v1.2-rc~1":   "acme_prod, 3∗4, v1.2-rc∼1",
		":rotating_light: *Notice* ":  "∶rotating_light∶ ∗Notice∗",
		":a::b:c:":                    "∶a∶∶b∶c:",
		":émoji: :+1::skin-tone-2:":   "∶émoji∶ ∶+1∶∶skin-tone-2∶",
		"_sign in_ ~now~ `here`":      "ˍsign inˍ ∼now∼ ˋhereˋ",
		"__init__ and a__b":           "ˍˍinitˍˍ and aˍˍb",
		"https://x.example:8080/a":    "https://x.example:8080/a",
		"two\nlines\r\n\ttab":         "two lines tab",
		"nul\x00 \u202Eesrever\u2066": "nul esrever",
		"half \xff\xfe a rune":        "half a rune",
	} {
		if got := plain.Words(s); got != want {
			t.Errorf("%q became %q, want %q", s, got, want)
		}
	}
}

func TestNothingEndsAQuotation(t *testing.T) {
	if got := plain.Quotable("done” *The bot*: sign in “here"); got != "done’ ∗The bot∗: sign in ‘here" {
		t.Errorf("%q", got)
	}
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"*a* :b: _c_", "a_b", "\x00", ":::", "``", "é_é", "a : b: :c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := plain.Words(s)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "*~`\n\r\x00") {
			t.Errorf("%q became %q", s, got)
		}
		if again := plain.Words(got); again != got {
			t.Errorf("%q became %q, and that %q", s, got, again)
		}
	})
}
