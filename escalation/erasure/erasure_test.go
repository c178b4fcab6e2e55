package erasure

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func erasing(t testing.TB, known ...string) Erasure {
	t.Helper()
	e, err := New(known, "4K7Q")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestWhatNamesThePersonIsGoneAndTheRestStays(t *testing.T) {
	e := erasing(t, "U0ANA", "Ana Silva", "ana@example.com")
	for text, want := range map[string]string{
		"":                                 "",
		"nobody here":                      "nobody here",
		"U0ANA":                            "UERASED4K7Q",
		"<@U0ANA> and <@U0BEN>":            "<@UERASED4K7Q> and <@U0BEN>",
		"engineer/U0ANA":                   "engineer/UERASED4K7Q",
		"U0ANAS, XU0ANA":                   "U0ANAS, XU0ANA", // other people's
		"u0ana":                            "u0ana",          // no id
		"ana silva wrote; ANA SILVA!":      "(erased) wrote; (erased)!",
		"Ana Silvana, Mariana Silva":       "Ana Silvana, Mariana Silva",
		"Ana":                              "Ana",
		"To: <Ana@Example.com>":            "To: <(erased)>",
		"joana@example.com":                "joana@example.com",
		"ana@example.community":            "ana@example.community",
		"Ana Silva, Ana Silva":             "(erased), (erased)",
		"Ana Silvas und Ana Silva":         "Ana Silvas und (erased)",
		`{"by":"U0ANA","n":1}`:             `{"by":"UERASED4K7Q","n":1}`,
		`{"by": "U0BEN", "n": 1}`:          `{"by": "U0BEN", "n": 1}`, // not even rewritten
		`["U0ANA",12345678901234567890.5]`: `["UERASED4K7Q",12345678901234567890.5]`,
		`{"users":{"ana@example.com":1}}`:  `{"users":{"(erased)":1}}`,
		`{"body":"{\"by\":\"U0ANA\"}"}`:    `{"body":"{\"by\":\"UERASED4K7Q\"}"}`,
		`{"text":"line\nAna Silva\u003cana@example.com\u003e"}`: `{"text":"line\n(erased)\u003c(erased)\u003e"}`,
		`{"by":"\u00550ANA"}`:    `{"by":"UERASED4K7Q"}`, // however it is written
		`{half, U0ANA`:           `{half, UERASED4K7Q`,
		`{"a":1} {"by":"U0ANA"}`: `{"a":1} {"by":"UERASED4K7Q"}`,
		"\xffU0ANA\xff":          "\xffUERASED4K7Q\xff",
	} {
		if diff := cmp.Diff(want, e.Text(text)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", text, diff)
		}
	}
}

// What is written in some other way is the same name, and what only contains it is not.
func TestANameIsFoundHoweverItIsWritten(t *testing.T) {
	e := erasing(t, "U0ANA", "W0ANA", "  José  Peña ", "Ana Silva", "Nia \"Bo\" O'Hara", "Lee Lee", "ana+desk@example.com", "a.b (c)*", "Jörg 😀 Öz")
	for text, want := range map[string]string{
		"U0ANA and W0ANA":                            "UERASED4K7Q and UERASED4K7Q2", // two ids stay two
		`{"U0ANA":1,"W0ANA":2}`:                      `{"UERASED4K7Q":1,"UERASED4K7Q2":2}`,
		"José Peña":                                  "(erased)",
		"Jose\u0301 Pen\u0303a":                      "(erased)", // accents by themselves
		"JOSE\u0301 PEÑA, josé\u00a0\n  peña":        "(erased), (erased)",
		"Jose Pena":                                  "Jose Pena",
		"Ana Silva\u0301":                            "Ana Silva\u0301",                // Silvá
		`{"text":"José Peña and jos\u00c9 pe\u00f1a`: `{"text":"(erased) and (erased)`, // cut short, and no JSON any more
		`{"text":"\nAna Silva\u003cana\u002bdesk@example.com\u003e\nU0ANA`: `{"text":"\n(erased)\u003c(erased)\u003e\nUERASED4K7Q`,
		`400: {"by":"{\"by\":\"Jos\\u00e9 Pe\\u00f1a\"}"}`:                 `400: {"by":"{\"by\":\"(erased)\"}"}`,
		`{"x":"Mari\u00e1Ana Silva\u00e1`:                                  `{"x":"Mari\u00e1Ana Silva\u00e1`,
		`by Nia "Bo" O'Hara`:                                               "by (erased)",
		`{"by":"nia \"bo\" o\u0027hara`:                                    `{"by":"(erased)`,
		"Lee Lee's, Ashlee Lee Lee":                                        "(erased)'s, Ashlee (erased)",
		"a.b (c)* axb c":                                                   "(erased) axb c",
		`Jörg 😀 Öz, J\u00f6rg \ud83d\ude00 \u00d6z`:                        "(erased), (erased)",
		"ana+desk@example.com.":                                            "(erased).",
		"ana+desk@example.com.br":                                          "ana+desk@example.com.br", // somebody else's
		"joe.ana+desk@example.com":                                         "joe.ana+desk@example.com",
		"...ana+desk@example.com, mailto:ana+desk@example.com|x":           "...(erased), mailto:(erased)|x",
	} {
		if diff := cmp.Diff(want, e.Text(text)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", text, diff)
		}
	}
}

func TestWordsThatCouldMeanAnythingAreRefused(t *testing.T) {
	for _, bad := range []string{"", " ", "Ana", "open", "posted", "@support", "U", "U0AN", "URGENT", "WEEKLY", "u0anabel", "S0SUPPORT", "a b", "ana@", "C0ENTERPRISE"} {
		if _, err := New([]string{"U0ANA", bad}, "X"); err == nil {
			t.Errorf("%q: accepted", bad)
		} else if !strings.Contains(err.Error(), "full name") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Whatever is in it beside them, JSON stays the same JSON but for the words.
func TestJSONStaysJSON(t *testing.T) {
	e := erasing(t, "U0ANA", "Ana Silva")
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"U0ANA", "by Ana Silva\n", "<@U0ANA>", `{"x":"U0ANA"}`, "open"}))
	rapid.Check(t, func(rt *rapid.T) {
		in := rapid.MapOfN(texts, texts, 0, 5).Draw(rt, "object")
		js, err := json.Marshal(in)
		if err != nil {
			rt.Fatal(err)
		}
		var out map[string]string
		text := e.Text(string(js))
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			rt.Fatalf("%s: %v", text, err)
		}
		for k, v := range in {
			if k != e.plain(k) {
				continue // two such names may have become one
			}
			if got, has := out[k]; !has || got != e.Text(v) {
				rt.Errorf("%q: %q became %q", k, v, got)
			}
		}
		if again := e.Text(text); again != text {
			rt.Errorf("%q became %q the second time", text, again)
		}
	})
}
