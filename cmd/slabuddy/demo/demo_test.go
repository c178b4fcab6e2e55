package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// TestMain runs the demos in a folder that has to be empty afterwards.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "demo-test-")
	if err == nil {
		err = os.Setenv("TMPDIR", dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		fmt.Fprintln(os.Stderr, "the demos leave something behind:", left, err)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

var errGone = errors.New("nobody reads this any more")

// screen is what a demo writes. Once that holds a word, it does something, or takes no more.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
	word string
	then func()
	gone bool
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone && strings.Contains(s.text.String(), s.word) {
		return 0, errGone
	}
	s.text.Write(p)
	if s.then != nil && strings.Contains(s.text.String(), s.word) {
		s.then()
		s.then = nil
	}
	return len(p), nil
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// show runs a demo and returns what it wrote and what it logged.
func show(t *testing.T, ctx context.Context, o Options, out *screen) (log string, err error) {
	t.Helper()
	var logged screen
	o.Out, o.Width, o.Version, o.limit = out, 100, "test", cmp.Or(o.limit, time.Minute) // the machine may be busy
	o.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelWarn}))
	err = Run(ctx, o)
	return logged.String(), err
}

func TestTheStoryComesOutAsItShould(t *testing.T) {
	for name, o := range map[string]Options{"once": {Once: true, Speed: 1}, "in a hurry": {Speed: 60}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out screen
			log, err := show(t, t.Context(), o, &out)
			if err != nil {
				t.Errorf("error %v", err)
			}
			if log != "" {
				t.Errorf("it logs\n%s", log)
			}
			text := out.String()
			if n := strings.Count(text, "✓"); n != len(checks()) || strings.Contains(text, "✗") {
				t.Errorf("%d of %d checks hold", n, len(checks()))
			}
			checkReadable(t, text)
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

// checkReadable holds the text to what a newcomer can be expected to read.
func checkReadable(t *testing.T, text string) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		if utf8.RuneCountInString(line) > 100 {
			t.Errorf("more than 100 columns: %s", line)
		}
	}
	if odd := regexp.MustCompile(`[UCSTB]0[A-Z]+|<[@!]|\*\w|\x1b|&\w+;|[\x{e000}-\x{e0ff}]`).FindString(text); odd != "" {
		t.Errorf("people have to read %q", odd)
	}
	times := regexp.MustCompile(`(?m)^(?:Mon|Tue) \d\d:\d\d`).FindAllString(text, -1)
	if !slices.IsSorted(times) || len(times) < 20 {
		t.Errorf("it is not in order: %q", times)
	}
	for _, said := range []string{
		"SLA Buddy in #enterprise, in the thread of ticket 4101, pinging Bob and Chloe\n           “Nobody can sign in” · “Northwind”\n           @Bob @Chloe 40 minutes left\n",
		"@support 15 minutes left\n",
		"follows ticket 4101 under the policy enterprise: reminders at 09:10, 09:20,",
		"does not follow ticket 4103: tickets of type feedback are ignored",
		"           @SLA Buddy 20m\n",
		"Snoozed for 20 minutes.",
		"Bob replies to the customer of ticket 4102.",
		"Tier 2 of 4 · The help desk said at 01:40 that nobody has replied.",
		"records a breach",
	} {
		if !strings.Contains(text, said) {
			t.Errorf("it does not say %q", said)
		}
	}
}

// A desk that never learns of a reply is what would happen if the program did not ask it.
func TestAStoryThatComesOutOtherwiseIsReported(t *testing.T) {
	t.Parallel()
	var beats []beat
	for _, b := range story() {
		if !b.at.Equal(monday(9, 16)) {
			beats = append(beats, b)
		}
	}
	var out screen
	_, err := show(t, t.Context(), Options{Once: true, Speed: 1, beats: beats}, &out)
	if !errors.Is(err, ErrUnexpected) {
		t.Errorf("error %v, want ErrUnexpected", err)
	}
	const want = "✗ Ticket 4102 was answered in the help desk: one reminder, and none after the reply\n" +
		"      in its thread stand “09:14 Bob, Chloe”, “09:24 Ana, Bob, Chloe”"
	if text := out.String(); !strings.Contains(text, want) || strings.Count(text, "✗") != 1 {
		t.Errorf("it says\n%s\nwant\n%s", text, want)
	}
}

func TestWhoeverEndsTheDemoReadsWhatCameOfItSoFar(t *testing.T) {
	for name, once := range map[string]bool{"once": true, "in a hurry": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			out := screen{word: "waiting 10 minutes", then: cancel}
			_, err := show(t, ctx, Options{Once: once, Speed: 60}, &out)
			if failed := err != nil; failed != once {
				t.Errorf("error %v", err)
			}
			if text := out.String(); !strings.Contains(text, "What came of it") || strings.Contains(text, "✓ Ticket 4105") {
				t.Errorf("it says\n%s", text)
			}
		})
	}
}

func TestTheDemoThatTakesTooLongSaysSo(t *testing.T) {
	var out screen
	_, err := show(t, t.Context(), Options{Once: true, Speed: 1, limit: time.Nanosecond}, &out)
	if err == nil || err.Error() != "the story has not come to its end within 1ns" {
		t.Errorf("error %v", err)
	}
}

func TestTheDemoEndsWhenNobodyReadsItAnyMore(t *testing.T) {
	t.Parallel()
	out := screen{word: "Mon 09:00", gone: true}
	if _, err := show(t, t.Context(), Options{Speed: 1}, &out); !errors.Is(err, errGone) {
		t.Errorf("error %v, want %v", err, errGone)
	}
}

// The last line sends people to the README.
func TestTheReadmeGoesOnWhereTheDemoEnds(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	sendOff(newPage(&out, 100, false))
	sections := regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(out.String(), -1)
	for _, s := range sections {
		if !strings.Contains(string(readme), "\n## "+s[1]+"\n") {
			t.Errorf("the README has no section %q", s[1])
		}
	}
	if len(sections) == 0 {
		t.Errorf("no section is named in %q", out.String())
	}
}
