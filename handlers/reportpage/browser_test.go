package reportpage

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func browse(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Fatal("This test looks at the report in a real browser, and there is none.\n" +
			"Install one (on Debian: apt-get install chromium), or run the tests by `make test`, which does.")
	}
	folder, err := os.MkdirTemp("", "b") // a short name, since a socket is to stand in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	flags := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(folder, "user")), chromedp.Env("TMPDIR=" + folder),
		chromedp.NoFirstRun, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
	}
	for _, name := range []string{"disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars"} {
		flags = append(flags, chromedp.Flag(name, true))
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), flags...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// serve serves the page alone, and notes whatever else is asked for.
func serve(t *testing.T) (url string, others func() []string) {
	t.Helper()
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/replay" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := WriteReplay(w, tried()); err != nil {
				t.Error(err)
			}
			return
		}
		if r.URL.Path == "/" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := Write(w, sample(900)); err != nil {
				t.Error(err)
			}
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path != "/favicon.ico" { // browsers ask for it by themselves
			asked = append(asked, r.URL.Path)
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/", func() []string { mu.Lock(); defer mu.Unlock(); return asked }
}

// picture keeps a screenshot in the folder that PICTURES names; without one it is thrown away.
func picture(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if dir := os.Getenv("PICTURES"); err == nil && dir != "" {
			err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
		}
		return err
	})
}

func scheme(s string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s}},
		})
		return err
	})
}

// media shows the page as on paper ("print"), or on a screen.
func media(kind string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind})
		return err
	})
}

// holds fails unless an expression of the page's is true.
func holds(expression string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if err == nil && !ok {
			err = fmt.Errorf("it does not hold that %s", expression)
		}
		return err
	})
}

// press presses a key where the focus is.
func press(key string) chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(key) }

const first = `document.querySelector("table.sorts")`

// The page in a real browser: wide, narrow and dark; by the keyboard; with a subject that would be more than text (rule 25).
func TestThePageInABrowser(t *testing.T) {
	url, others := serve(t)
	ctx := browse(t)
	if err := chromedp.Do(ctx); err != nil { // starts the browser
		t.Fatal(err)
	}
	console := chromedp.Console(ctx)
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		for m, err := range console {
			if err == nil && (m.IsException() || m.Type == chromedp.ConsoleError) {
				t.Errorf("the page complains: %s (%s %d)", m, m.URL, m.Line)
			}
		}
	}()
	t.Cleanup(func() { <-listening })
	does := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		limited, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := chromedp.Do(limited, actions...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	does("open it", chromedp.EmulateViewport(1100, 1400), scheme("light"), chromedp.Navigate(url), picture("report"))
	does("take no subject for more than text", holds(`document.title.startsWith("How the team did") && document.images.length === 0 && document.scripts.length === 1`),
		holds(`[...document.querySelectorAll("td")].some(td => td.textContent.includes("<script>document.title"))`))
	does("have a name and a table for each picture",
		holds(`[...document.querySelectorAll("svg")].length === 4`),
		holds(`[...document.querySelectorAll("svg")].every(s => s.getAttribute("aria-labelledby").split(" ").every(id => document.getElementById(id)?.textContent) && s.closest("section").querySelector("table tbody tr"))`))
	does("sort by the keyboard", chromedp.Evaluate[chromedp.Void](first+`.tHead.rows[0].cells[4].firstChild.focus()`), press("\r"),
		holds(first+`.tHead.rows[0].cells[4].getAttribute("aria-sort") === "descending"`), press("\r"),
		holds(first+`.tHead.rows[0].cells[4].getAttribute("aria-sort") === "ascending"`),
		holds(`(n => n.every((v, i) => i === 0 || n[i-1] <= v))([...`+first+`.tBodies[0].rows].map(r => Number(r.cells[4].textContent)))`))
	does("in the dark", scheme("dark"), holds(`getComputedStyle(document.body).backgroundColor === "rgb(18, 22, 27)"`), picture("report-dark"))
	does("on a narrow screen", scheme("light"), chromedp.EmulateViewport(400, 2600), holds(`document.documentElement.scrollWidth <= 400`), picture("report-narrow"))
	does("on paper", chromedp.EmulateViewport(1100, 1400), media("print"), holds(`getComputedStyle(document.body).backgroundColor !== "rgb(18, 22, 27)"`), picture("report-print"), media("screen"))
	does("of a replay", chromedp.Navigate(url+"replay"), picture("replay"),
		holds(`document.title.startsWith("What another policy") && document.images.length === 0 && document.scripts.length === 1`),
		holds(`[...document.querySelectorAll("td")].some(td => td.textContent.includes("<script>document.title"))`))
	does("of a replay, by the keyboard", chromedp.Evaluate[chromedp.Void](first+`.tHead.rows[0].cells[2].firstChild.focus()`), press("\r"),
		holds(first+`.tHead.rows[0].cells[2].getAttribute("aria-sort") === "descending"`))
	does("of a replay, in the dark and narrow", scheme("dark"), chromedp.EmulateViewport(400, 1400), holds(`document.documentElement.scrollWidth <= 400`), picture("replay-narrow"))
	if asked := others(); len(asked) > 0 {
		t.Errorf("the page asks for %q", asked)
	}
}
