package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slack-go/slack"
)

// ErrNoDate says that Slack answers, and does not say what time it is.
var ErrNoDate = errors.New("the answer of Slack bears no date")

// Date is what time it is at Slack, in whole seconds: every answer of a web server says so, whatever it is asked. No
// method is called. url is as in Config.
func Date(ctx context.Context, url string) (time.Time, error) {
	if url == "" {
		url = slack.APIURL
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return time.Time{}, err
	}
	c := newClient(1)
	defer c.CloseIdleConnections()
	resp, err := c.Do(req)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask Slack what time it is: %w", err)
	}
	defer resp.Body.Close()
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}, ErrNoDate
	}
	return at, nil
}
