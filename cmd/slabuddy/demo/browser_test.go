package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browsers are those that will do, by the names that packages give them.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("This test looks at the demo's page in a real browser, and there is none of %q.\n"+
		"Install one (on Debian: apt-get install chromium), or run the tests by `make test`, which does.", browsers)
	return ""
}

// browse opens a browser of 1280×800 with nothing in it.
func browse(t *testing.T) context.Context {
	t.Helper()
	path := findBrowser(t)
	folder, err := os.MkdirTemp("", "b") // a short name, since it is to hold a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	flags := append([]chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(folder, "user")), chromedp.Env("TMPDIR=" + folder),
	}, chromedp.NoFirstRun, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU)
	for _, name := range []string{"disable-background-networking", "disable-component-update", "disable-sync", "disable-quic", "disable-dev-shm-usage", "hide-scrollbars"} {
		flags = append(flags, chromedp.Flag(name, true))
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

var address = regexp.MustCompile(`Open (http://127\.0\.0\.1:\d+)`)

// showPage runs a demo with its page and returns where that is.
func showPage(t *testing.T, speed float64) (url string) {
	t.Helper()
	opened := make(chan struct{})
	out := &screen{word: "Open http://", then: func() { close(opened) }}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{
			Speed: speed, Version: "test", Out: out, Width: 100, Listen: "127.0.0.1:0",
			Logger: slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn})),
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the demo ends with %v\n%s", err, out)
		}
	})
	select {
	case <-opened:
	case err := <-ended:
		ended <- err
		t.Fatal(err)
	}
	return address.FindStringSubmatch(out.String())[1]
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Errorf("the demo logs %s", p)
	return len(p), nil
}

// complaints fails the test for whatever the page's script or the browser (of the page's policy, say)
// complains about.
func complaints(ctx context.Context, t *testing.T) {
	t.Helper()
	messages := chromedp.Console(ctx)
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		for m, err := range messages {
			if err == nil && (m.IsException() || m.Type == chromedp.ConsoleError) {
				t.Errorf("the page complains: %s (%s %d)", m, m.URL, m.Line)
			}
		}
	}()
	t.Cleanup(func() { <-listening })
}

// picture keeps a screenshot in the folder that PICTURES names; without one it is thrown away.
func picture(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return err
		}
		if len(png) == 0 {
			return errors.New("the screenshot is empty")
		}
		if dir := os.Getenv("PICTURES"); dir != "" {
			return os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
		}
		return nil
	})
}

// does runs one part of what a person does, and says which it was.
func does(ctx context.Context, t *testing.T, what string, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(limited, actions...); err != nil {
		_ = chromedp.Do(ctx, picture("failed"))
		t.Fatalf("%s: %v", what, err)
	}
}

// withText waits for an element of a kind that says something.
func withText(selector, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.textContent.includes(%q))`, selector, text),
		chromedp.WithPollingInterval(50*time.Millisecond))
}

func without(selector, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](fmt.Sprintf(`![...document.querySelectorAll(%q)].some(e => e.textContent.includes(%q))`, selector, text),
		chromedp.WithPollingInterval(50*time.Millisecond))
}

// press clicks the last of a kind that says something, once there is one.
func press(selector, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void](fmt.Sprintf(`(() => {
		const found = [...document.querySelectorAll(%q)].filter(e => e.textContent.includes(%q));
		found.at(-1)?.click();
		return found.length > 0;
	})()`, selector, text), chromedp.WithPollingInterval(50*time.Millisecond))
}

func scheme(s string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s}},
		})
		return err
	})
}

// fill types into the field below a label, in place of what is there.
func fill(label, text string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
		const of = [...document.querySelectorAll("dialog[open] label")].find(l => l.textContent.startsWith(%q));
		document.getElementById(of.htmlFor).value = %q;
		document.getElementById(of.htmlFor).dispatchEvent(new Event("change", {bubbles: true}));
	})()`, label, text))
}

func TestSomebodyTakesPartAtThePage(t *testing.T) {
	url := showPage(t, 1)
	ctx := browse(t)
	if err := chromedp.Do(ctx); err != nil { // starts the browser
		t.Fatal(err)
	}
	complaints(ctx, t)
	does(ctx, t, "open the page", chromedp.EmulateViewport(1280, 800), scheme("light"),
		chromedp.Navigate(url), withText("#main h1", "enterprise"))
	does(ctx, t, "go faster until a reminder appears",
		press("#clock button", "10 min/s"), withText("#thread .message", "waiting"), press("#clock button", "Pause"))
	does(ctx, t, "see whom it reminds", withText("#story li", "Bob and Chloe are reminded"), withText("#thread .mention.me", "@Bob"))
	does(ctx, t, "ask why", press("#thread button", "Why me?"), withText("#thread .only", "The calendar has you on shift"),
		chromedp.Sleep(600*time.Millisecond), picture("page"))
	does(ctx, t, "see it in the dark", scheme("dark"), picture("dark"), scheme("light"))
	does(ctx, t, "snooze", press("#thread button", "Snooze 30 min"), withText("#thread .message", "Snoozed until"), withText("#story li", "Bob snoozes ticket 4101"))
	does(ctx, t, "reply in the help desk, and see the reminder settled",
		press("#main .message.open .ticket button", "Reply as agent"), withText("#story li", "Bob replies to the customer of ticket 4101"),
		press("#clock button", "10 min/s"), withText("#story li", "ticket 4101 is answered"), press("#clock button", "Pause"),
		press("#main .message:first-child a.replies", "repl"), withText("#thread h2", "ticket 4101"),
		withText("#thread .message", "Answered after"), without("#thread .message", "Snooze 30 min"),
		withText("#main .ticket.done", "in time"), picture("settled"))

	does(ctx, t, "go to a channel that nobody has set up", press("#sidebar a", "startups"), withText("#main h1", "startups"))
	does(ctx, t, "open the modal", press("#main .chips button", "/sla-setup"), withText("dialog[open] h2", "Watch this channel"))
	does(ctx, t, "choose tiers of its own", fill("Policy", "/own"), withText("dialog[open] label", "After"))
	does(ctx, t, "submit a bad value, and see the error beside the field", fill("After", "soon"), fill("Remind", "on-shift, @support"),
		chromedp.SendKeys("dialog[open] .body input:not([type=hidden])", "\r"), withText("dialog[open] .block.wrong .error", "Write a time"), picture("error"))
	does(ctx, t, "submit a good one", fill("After", "5m"), press("dialog[open] footer button", "Save"), withText("dialog[open]", "Saved. I watch"))
	does(ctx, t, "close the modal", press("dialog[open] footer button", "Close"), chromedp.WaitNotPresent("#modal dialog"))

	does(ctx, t, "write as a customer", press(".bar button", "New ticket"), chromedp.SendKeys("#nt-subject", "<b>Help</b> & hurry"),
		press("#new-ticket button", "Post the ticket"), withText("#main .message", "<b>Help</b> & hurry"), withText("#main .ticket", "tier 1 of 1"))
	does(ctx, t, "look at the home tab", press("#sidebar a", "SLA Buddy"), withText("#main", "On shift"), picture("home"))
	does(ctx, t, "ask who is on, on a narrow screen", chromedp.EmulateViewport(390, 844), press("#sidebar a", "enterprise"),
		withText("#main h1", "enterprise"), chromedp.SendKeys("#main .composer input[name=text]", "/sla who\r"), withText("#main .only", "On shift"), picture("narrow"))
	does(ctx, t, "open a thread there, which comes into view", chromedp.Evaluate[chromedp.Void]("scrollTo(0, 0)"),
		press("#main .message:first-child a.replies", "repl"), chromedp.Poll[chromedp.Void](
			`(() => { const at = document.querySelector("#thread h2").getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight; })()`,
			chromedp.WithPollingInterval(50*time.Millisecond)), picture("narrow-thread"))
	does(ctx, t, "see all of the narrow page", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		wide, err := chromedp.Run(ctx, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
		if err == nil && wide > 390 {
			err = fmt.Errorf("the page is %d wide", wide)
		}
		return err
	}))
}

// Rule 22: a burst is one button, and its reminders are one message; the links of its tickets lead to the help desk.
func TestABurstAtThePage(t *testing.T) {
	url := showPage(t, 1)
	ctx := browse(t)
	if err := chromedp.Do(ctx); err != nil { // starts the browser
		t.Fatal(err)
	}
	complaints(ctx, t)
	does(ctx, t, "press it", chromedp.EmulateViewport(1280, 900), scheme("light"), chromedp.Navigate(url), withText("#main h1", "enterprise"),
		press(".bar button", "Burst"), withText("#main .message", "Are you down?"))
	does(ctx, t, "see one message of all", press("#clock button", "10 min/s"), withText("#main .message", "8 tickets wait for an answer"),
		press("#clock button", "Pause"), withText("#main .data td", "Are you down?"), picture("burst"))
	does(ctx, t, "take them all", press("#main button", "I'm on all"), withText(".only", "You are on 8 tickets"),
		withText("#main .data td", "Bob is on it"), picture("taken"))
	does(ctx, t, "look at one in the help desk, where its link leads",
		chromedp.Poll[chromedp.Void](`[...document.querySelectorAll("#main .data a")].at(-1).pathname === "/tickets/4208"`),
		chromedp.Navigate(url+"/tickets/4208"), withText("main h1", "Are you down?"), withText("main .ticket", "Nobody has replied yet"), picture("desk"))
	does(ctx, t, "and go back", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		back, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("main a").href`))
		if err != nil {
			return err
		}
		return chromedp.Do(ctx, chromedp.Navigate(back))
	}), withText("#thread h2", "ticket 4208"))
}
