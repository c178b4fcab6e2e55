// Package giphy finds a GIF that goes with a word, rated g, at GIPHY
// (developers.giphy.com/docs/api/endpoint, "Random"). It is there for joy alone: whatever goes wrong,
// there is no GIF.
package giphy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	timeout   = time.Second
	maxAnswer = 1 << 20
	home      = "https://api.giphy.com"
)

// Client asks GIPHY.
type Client struct {
	key     string
	base    *url.URL
	http    *http.Client
	log     *slog.Logger
	failing atomic.Bool // logged already
}

// New returns a client with the key. base "" is GIPHY's own address; a nil client is one of its own.
func New(key, base string, client *http.Client, log *slog.Logger) (*Client, error) {
	if base == "" {
		base = home
	}
	u, err := url.Parse(strings.TrimSuffix(base, "/"))
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("GIPHY's address %q is no URL", base)
	}
	if client == nil {
		client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Client{key: key, base: u, http: client, log: log}, nil
}

// Find returns the address of a GIF and what it shows, within a second. ok is false if there is none.
// A failure is logged once, until there is a GIF again.
func (c *Client) Find(ctx context.Context, tag string) (gif, shows string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	gif, shows, err := c.random(ctx, tag)
	if err != nil {
		if !c.failing.Swap(true) {
			c.log.Info("GIPHY gives no GIF; thanks go out without", "error", err)
		}
		return "", "", false
	}
	c.failing.Store(false)
	return gif, shows, true
}

type answer struct {
	Data struct {
		Title  string
		Images struct {
			Downsized   rendition
			FixedHeight rendition `json:"fixed_height"`
		}
	}
}

type rendition struct{ URL string }

// random never returns an error that holds the key, as *url.Error would: it names the whole address.
func (c *Client) random(ctx context.Context, tag string) (gif, shows string, err error) {
	at := c.base.JoinPath("v1/gifs/random")
	at.RawQuery = url.Values{"api_key": {c.key}, "tag": {tag}, "rating": {"g"}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return "", "", errors.New("the request cannot be made")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		var named *url.Error
		if errors.As(err, &named) {
			err = named.Err
		}
		return "", "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", "", fmt.Errorf("HTTP status %d", resp.StatusCode)
	}
	var a answer
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&a); err != nil {
		return "", "", errors.New("the answer cannot be read")
	}
	for _, r := range []rendition{a.Data.Images.Downsized, a.Data.Images.FixedHeight} {
		if gif, ok := c.public(r.URL); ok {
			return gif, a.Data.Title, nil
		}
	}
	return "", "", errors.New("the answer holds no picture of GIPHY's")
}

// public checks the address of a picture, which everybody in the channel will load: it has to be
// GIPHY's own, and over TLS. Its query only says to GIPHY who asked.
func (c *Client) public(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return "", false
	}
	giphys := u.Scheme == "https" && (u.Host == "giphy.com" || strings.HasSuffix(u.Host, ".giphy.com"))
	ours := c.base.String() != home && u.Scheme == c.base.Scheme && u.Host == c.base.Host
	if !giphys && !ours {
		return "", false
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String(), true
}
