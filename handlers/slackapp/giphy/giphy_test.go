package giphy

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const key = "a-secret-key"

// in is a client of a GIPHY that answers with h, without a socket, and what it logs.
func in(t *testing.T, base string, h http.HandlerFunc) (*Client, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	c, err := New(key, base, &http.Client{Transport: inProcess{h}}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return c, &log
}

type inProcess struct{ h http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	done := make(chan *http.Response, 1)
	go func() {
		w := httptest.NewRecorder()
		p.h.ServeHTTP(w, r)
		done <- w.Result()
	}()
	select {
	case resp := <-done:
		return resp, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func says(downsized, fixedHeight string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"data":{"title":"Thank You Cat GIF","images":{"downsized":{"url":%q},"fixed_height":{"url":%q}}}}`, downsized, fixedHeight)
	}
}

func TestAGIFIsAskedForByTagAndRatedG(t *testing.T) {
	var asked *http.Request
	c, _ := in(t, "", func(w http.ResponseWriter, r *http.Request) {
		asked = r
		says("https://media2.giphy.com/media/x/giphy.gif?cid=tracks&rid=us", "")(w, r)
	})
	url, shows, ok := c.Find(t.Context(), "thank you")
	if !ok || url != "https://media2.giphy.com/media/x/giphy.gif" || shows != "Thank You Cat GIF" {
		t.Errorf("Find() = %q, %q, %t", url, shows, ok)
	}
	q := asked.URL.Query()
	if asked.URL.Host != "api.giphy.com" || asked.URL.Path != "/v1/gifs/random" || q.Get("tag") != "thank you" || q.Get("rating") != "g" || q.Get("api_key") != key {
		t.Errorf("asked %s", asked.URL)
	}
}

func TestOnlyGIPHYsOwnPicturesAreShown(t *testing.T) {
	for address, want := range map[string]bool{
		"https://giphy.com/x.gif":           true,
		"https://media.giphy.com/x.gif":     true,
		"http://media.giphy.com/x.gif":      false,
		"https://giphy.com.evil.example/x":  false,
		"https://evilgiphy.com/x":           false,
		"https://a:b@media.giphy.com/x.gif": false,
		"https://evil.example/giphy.com":    false,
		"javascript:alert(1)":               false,
		"//media.giphy.com/x.gif":           false,
		"":                                  false,
		"https://api.giphy.com:1/x":         false,
	} {
		c, _ := in(t, "", says(address, ""))
		if _, _, ok := c.Find(t.Context(), "x"); ok != want {
			t.Errorf("%q: shown %t", address, ok)
		}
	}
	c, _ := in(t, "http://127.0.0.1:9/", says("http://127.0.0.1:9/x.gif", ""))
	if _, _, ok := c.Find(t.Context(), "x"); !ok {
		t.Error("another address's own pictures are refused")
	}
	c, _ = in(t, "http://127.0.0.1:9/", says("http://127.0.0.1:8/x.gif", "http://127.0.0.1:9/y.gif"))
	if url, _, _ := c.Find(t.Context(), "x"); url != "http://127.0.0.1:9/y.gif" {
		t.Errorf("found %q, want the second rendition", url)
	}
}

func TestWhateverGoesWrongThereIsNoGIFAndNoKeyInTheLog(t *testing.T) {
	refuse := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Error(w, "bad key "+r.URL.RawQuery, code) }
	}
	for name, h := range map[string]http.HandlerFunc{
		"a refused key": refuse(401), "too many": refuse(429), "broken": refuse(500),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://evil.example/?"+r.URL.RawQuery, http.StatusFound)
		},
		"no JSON": func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.RawQuery) },
		"nothing": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":[]}`) },
	} {
		c, log := in(t, "", h)
		if _, _, ok := c.Find(t.Context(), "x"); ok {
			t.Errorf("%s: a GIF", name)
		}
		c.Find(t.Context(), "x")
		if strings.Contains(log.String(), key) || strings.Count(log.String(), "level=INFO") != 1 {
			t.Errorf("%s: logged\n%s", name, log)
		}
	}
	// A connection that fails makes the error that names the whole address.
	var log bytes.Buffer
	c, err := New(key, "http://127.0.0.1:1", nil, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := c.Find(t.Context(), "x"); ok || strings.Contains(log.String(), key) || log.Len() == 0 {
		t.Errorf("refused connection: %t, logged\n%s", ok, &log)
	}
}

func TestAGIFIsWaitedForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, log := in(t, "", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		began := time.Now()
		if _, _, ok := c.Find(context.Background(), "x"); ok || time.Since(began) != time.Second {
			t.Errorf("%t after %s", ok, time.Since(began))
		}
		if strings.Contains(log.String(), key) {
			t.Errorf("logged\n%s", log)
		}
	})
}

func TestAnAddressThatIsNoneIsRefused(t *testing.T) {
	for _, base := range []string{"giphy", "://", "/v1"} {
		if _, err := New(key, base, nil, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("New() accepts %q", base)
		}
	}
}
